//! What can be done to many tasks at once, as data: names and questions for screens and programs, and the order that
//! comes of their answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    Error, Result,
    access::ProjectPermission,
    id::{ActionRunId, AnnotationId, MlBackendId, ProjectId, UserId},
    import::RunStatus,
    label_config::LabelConfig,
};

/// How many tasks are worked on while somebody waits for the answer; more are a job.
pub const MAX_SELECTED_AT_ONCE: i64 = 2_000;
/// The most characters of a name or a text in an order.
const MAX_CHARS: usize = 2_000;
/// The most versions of models in an order.
const MAX_VERSIONS: usize = 200;

/// Something that can be done to many tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Ask a model about tasks.
    RetrieveTasksPredictions,
    /// Make what models proposed the work of a person.
    PredictionsToAnnotations,
    /// Keep one task of those with the same data.
    RemoveDuplicates,
    /// Delete tasks with everything on them.
    DeleteTasks,
    /// Delete what people did, and leave the tasks.
    DeleteTasksAnnotations,
    /// Delete what models proposed.
    DeleteTasksPredictions,
    /// Write the labels of the work into a column.
    CacheLabels,
    /// Give tasks a field.
    AddDataField,
    /// Give tasks the same annotation as another.
    PropagateAnnotations,
    /// Call a label otherwise in all annotations.
    RenameLabels,
}

/// What people are asked before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    /// The question.
    pub text: &'static str,
    /// Whether there is more to say than yes.
    pub has_form: bool,
}

/// What a form offers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Offered {
    /// Versions of models that proposed something.
    pub model_versions: Vec<String>,
    /// Who has worked in the project.
    pub annotators: Vec<(UserId, String)>,
    /// The labeling interface.
    pub config: LabelConfig,
}

impl Action {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 10] = [
        Self::AddDataField,
        Self::CacheLabels,
        Self::PropagateAnnotations,
        Self::RenameLabels,
        Self::RetrieveTasksPredictions,
        Self::PredictionsToAnnotations,
        Self::RemoveDuplicates,
        Self::DeleteTasks,
        Self::DeleteTasksAnnotations,
        Self::DeleteTasksPredictions,
    ];

    /// As programs call it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::RetrieveTasksPredictions => "retrieve_tasks_predictions",
            Self::PredictionsToAnnotations => "predictions_to_annotations",
            Self::RemoveDuplicates => "remove_duplicates",
            Self::DeleteTasks => "delete_tasks",
            Self::DeleteTasksAnnotations => "delete_tasks_annotations",
            Self::DeleteTasksPredictions => "delete_tasks_predictions",
            Self::CacheLabels => "cache_labels",
            Self::AddDataField => "add_data_field",
            Self::PropagateAnnotations => "propagate_annotations",
            Self::RenameLabels => "rename_labels",
        }
    }

    /// The action of that name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.id() == id)
    }

    /// As shown in the menu.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::RetrieveTasksPredictions => "Retrieve predictions",
            Self::PredictionsToAnnotations => "Create annotations from predictions",
            Self::RemoveDuplicates => "Remove duplicated tasks",
            Self::DeleteTasks => "Delete tasks",
            Self::DeleteTasksAnnotations => "Delete annotations",
            Self::DeleteTasksPredictions => "Delete predictions",
            Self::CacheLabels => "Cache labels",
            Self::AddDataField => "Add or change a data field",
            Self::PropagateAnnotations => "Propagate an annotation",
            Self::RenameLabels => "Rename a label",
        }
    }

    /// Its place in the menu; the same numbers as in Label Studio.
    #[must_use]
    pub fn order(self) -> i32 {
        match self {
            Self::AddDataField | Self::CacheLabels | Self::PropagateAnnotations | Self::RenameLabels => 1,
            Self::RetrieveTasksPredictions => 90,
            Self::PredictionsToAnnotations => 91,
            Self::RemoveDuplicates => 95,
            Self::DeleteTasks => 100,
            Self::DeleteTasksAnnotations => 101,
            Self::DeleteTasksPredictions => 102,
        }
    }

    /// The right it needs.
    #[must_use]
    pub fn permission(self) -> ProjectPermission {
        ProjectPermission::Manage
    }

    /// The right in Label Studio's words.
    #[must_use]
    pub fn permission_name(self) -> &'static str {
        match self {
            Self::PredictionsToAnnotations | Self::PropagateAnnotations | Self::RenameLabels => "tasks.change",
            Self::RemoveDuplicates | Self::DeleteTasks => "tasks.delete",
            Self::DeleteTasksAnnotations => "annotations.delete",
            Self::RetrieveTasksPredictions | Self::DeleteTasksPredictions => "predictions.any",
            Self::CacheLabels | Self::AddDataField => "projects.change",
        }
    }

    /// Whether it takes something away that nothing brings back.
    #[must_use]
    pub fn is_destructive(self) -> bool {
        matches!(
            self,
            Self::RemoveDuplicates | Self::DeleteTasks | Self::DeleteTasksAnnotations | Self::DeleteTasksPredictions
        )
    }

    /// What people are asked before.
    #[must_use]
    pub fn dialog(self) -> Dialog {
        let (text, has_form) = match self {
            Self::RetrieveTasksPredictions => (
                "The model of the project is asked about the selected tasks. What it says takes the place of what the same \
                 version said before.",
                false,
            ),
            Self::PredictionsToAnnotations => (
                "Every prediction of the selected tasks that is not the source of an annotation yet becomes one. You will be \
                 their author.",
                true,
            ),
            Self::RemoveDuplicates => (
                "Of the selected tasks with the same data one is kept: the first that somebody has worked on, or the first. \
                 Annotations and comments of the others move to it; the others are deleted. This cannot be undone.",
                false,
            ),
            Self::DeleteTasks => {
                ("The selected tasks are deleted with all work on them. This cannot be undone.", false)
            }
            Self::DeleteTasksAnnotations => (
                "The annotations and drafts of the selected tasks are deleted, of everybody or of one person. This cannot be \
                 undone.",
                true,
            ),
            Self::DeleteTasksPredictions => {
                ("The predictions of the selected tasks are deleted. This cannot be undone.", true)
            }
            Self::CacheLabels => ("The labels of the selected tasks are written into a column of their data.", true),
            Self::AddDataField => {
                ("The selected tasks get this field in their data, in the place of the one they have.", true)
            }
            Self::PropagateAnnotations => (
                "The selected tasks get a copy of the annotation. That makes sense for similar things only: images of one \
                 size, texts and sounds of one length.",
                true,
            ),
            Self::RenameLabels => (
                "The label is called otherwise in the annotations of the selected tasks. The labeling interface stays as it \
                 is: change it as well.",
                true,
            ),
        };
        Dialog { text, has_form }
    }

    /// The form, as Label Studio describes forms.
    #[must_use]
    pub fn form(self, offered: &Offered) -> Value {
        let controls = || offered.config.controls.iter().map(|control| control.name.as_str()).collect::<Vec<_>>();
        let select = |name: &str, label: &str, options: Value| json!({"type": "select", "name": name, "label": label, "options": options});
        let input = |name: &str, label: &str| json!({"type": "input", "name": name, "label": label});
        let fields = match self {
            Self::RetrieveTasksPredictions | Self::RemoveDuplicates | Self::DeleteTasks => return json!([]),
            Self::PredictionsToAnnotations | Self::DeleteTasksPredictions => {
                vec![select("model_version", "Which predictions", json!(offered.model_versions))]
            }
            Self::DeleteTasksAnnotations => {
                let people =
                    offered.annotators.iter().map(|(id, name)| json!({"value": id.to_string(), "label": name}));
                let mut field = select("annotator", "Whose", people.collect());
                field["placeholder"] = "Everybody".into();
                field["searchable"] = true.into();
                vec![field]
            }
            Self::CacheLabels => {
                let controls: Vec<&str> = std::iter::once("ALL").chain(controls()).collect();
                vec![
                    select("control_tag", "Control", json!(controls)),
                    input("custom_control_tag", "Or a control that is not in the labeling interface"),
                    select("with_counters", "With counts", json!(["Yes", "No"])),
                    select("source", "Source", json!(["Annotations", "Predictions"])),
                ]
            }
            Self::AddDataField => vec![
                input("value_name", "Name"),
                select("value_type", "Type", json!(["String", "Number"])),
                input("value", "Value"),
            ],
            Self::PropagateAnnotations => {
                vec![json!({"type": "number", "name": "source_annotation_id", "label": "The number of the annotation"})]
            }
            Self::RenameLabels => {
                let labels = offered.config.controls.iter().flat_map(|control| &control.labels);
                let mut labels: Vec<&str> = labels.map(|label| label.value.as_str()).collect();
                labels.sort_unstable();
                labels.dedup();
                vec![
                    select("control_tag", "Control", json!(controls())),
                    select("old_label_name", "The label", json!(labels)),
                    input("new_label_name", "Its new name"),
                ]
            }
        };
        json!([{ "columnCount": 1, "fields": fields }])
    }
}

/// An action with everything that was said about it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Order {
    /// Ask a model, and keep what it says.
    Predict {
        /// Which; where none is named, the one the project goes by, or the first.
        ml_backend_id: Option<MlBackendId>,
        /// How many tasks a question is about.
        batch: Option<i64>,
    },
    /// Delete tasks.
    DeleteTasks,
    /// Delete annotations and drafts, of everybody or of one person.
    DeleteAnnotations {
        /// Whose.
        of: Option<UserId>,
    },
    /// Delete predictions, all or those of some versions.
    DeletePredictions {
        /// Which versions.
        versions: Option<Vec<String>>,
    },
    /// Make annotations of predictions.
    Accept {
        /// Which versions.
        versions: Option<Vec<String>>,
    },
    /// Keep one task of those with the same data.
    RemoveDuplicates,
    /// Write labels into a column.
    CacheLabels(Cached),
    /// Set a field of the data.
    SetField {
        /// Its name.
        name: String,
        /// What it says.
        value: Value,
    },
    /// Copy an annotation to other tasks.
    Propagate {
        /// Which.
        annotation_id: AnnotationId,
    },
    /// Rename a label of a control.
    Rename {
        /// The control.
        control: String,
        /// What the label is called.
        from: String,
        /// What it is to be called.
        to: String,
    },
}

/// An order on its way, or done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionRun {
    /// Which.
    pub run_id: ActionRunId,
    /// In which project.
    pub project_id: ProjectId,
    /// What is done.
    pub action: Action,
    /// How it is.
    pub status: RunStatus,
    /// Why it failed, or failed on some tasks, in words for people.
    pub error: Option<String>,
    /// How many tasks it failed on, and went on without.
    pub failed: i64,
    /// How many tasks were meant when it began.
    pub total: i64,
    /// How many of them are behind it.
    pub done: i64,
    /// What was deleted, made or changed so far.
    pub changed: i64,
    /// The same in words.
    pub told: String,
    /// Who ordered it.
    pub started_by: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// Which labels are written into a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cached {
    /// Of one control; of all where there is none.
    pub control: Option<String>,
    /// Whether each is said with how often.
    pub with_counts: bool,
    /// Of predictions instead of annotations.
    pub of_predictions: bool,
}

impl Cached {
    /// The column.
    #[must_use]
    pub fn column(&self) -> String {
        let source = if self.of_predictions { "cache_predictions" } else { "cache" };
        format!("{source}_{}", self.control.as_deref().unwrap_or("all"))
    }

    /// What is written for labels and how often each was used.
    #[must_use]
    pub fn text(&self, labels: &[(String, i64)]) -> String {
        let mut labels: Vec<String> = labels
            .iter()
            .map(|(label, count)| if self.with_counts { format!("{label}: {count}") } else { label.clone() })
            .collect();
        labels.sort_unstable();
        labels.join(", ")
    }
}

impl Order {
    /// The order that an answered form makes.
    ///
    /// # Errors
    /// An answer that is missing or makes no sense, with its name as the field.
    pub fn parse(action: Action, answers: &Map<String, Value>) -> Result<Self> {
        Ok(match action {
            Action::RetrieveTasksPredictions => Self::Predict {
                ml_backend_id: number(answers, "ml_backend")?.map(MlBackendId),
                batch: number(answers, "batch_size")?,
            },
            Action::DeleteTasks => Self::DeleteTasks,
            Action::RemoveDuplicates => Self::RemoveDuplicates,
            Action::DeleteTasksAnnotations => Self::DeleteAnnotations { of: number(answers, "annotator")?.map(UserId) },
            Action::DeleteTasksPredictions => Self::DeletePredictions { versions: versions(answers)? },
            Action::PredictionsToAnnotations => Self::Accept { versions: versions(answers)? },
            Action::CacheLabels => {
                let control = text(answers, "custom_control_tag")?.or(text(answers, "control_tag")?);
                Self::CacheLabels(Cached {
                    control: control.filter(|control| control != "ALL"),
                    with_counts: one_of(answers, "with_counters", &["yes", "no"])? != Some("no"),
                    of_predictions: one_of(answers, "source", &["annotations", "predictions"])? == Some("predictions"),
                })
            }
            Action::AddDataField => {
                let name = required(answers, "value_name")?;
                let value = match one_of(answers, "value_type", &["string", "number"])? {
                    Some("number") => {
                        let given = answers.get("value").unwrap_or(&Value::Null);
                        let number =
                            super::Number::read(given).ok_or_else(|| wrong("value", "Please give a number."))?;
                        match number {
                            super::Number::Whole(number) => json!(number),
                            super::Number::Real(number) => json!(number),
                        }
                    }
                    _ => text(answers, "value")?.unwrap_or_default().into(),
                };
                Self::SetField { name, value }
            }
            Action::PropagateAnnotations => {
                let source = number(answers, "source_annotation_id")?;
                let source = source.ok_or_else(|| wrong("source_annotation_id", "Please say which annotation."))?;
                Self::Propagate { annotation_id: AnnotationId(source) }
            }
            Action::RenameLabels => Self::Rename {
                control: required(answers, "control_tag")?,
                from: required(answers, "old_label_name")?,
                to: required(answers, "new_label_name")?,
            },
        })
    }

    /// What it is.
    #[must_use]
    pub fn action(&self) -> Action {
        match self {
            Self::Predict { .. } => Action::RetrieveTasksPredictions,
            Self::DeleteTasks => Action::DeleteTasks,
            Self::DeleteAnnotations { .. } => Action::DeleteTasksAnnotations,
            Self::DeletePredictions { .. } => Action::DeleteTasksPredictions,
            Self::Accept { .. } => Action::PredictionsToAnnotations,
            Self::RemoveDuplicates => Action::RemoveDuplicates,
            Self::CacheLabels(_) => Action::CacheLabels,
            Self::SetField { .. } => Action::AddDataField,
            Self::Propagate { .. } => Action::PropagateAnnotations,
            Self::Rename { .. } => Action::RenameLabels,
        }
    }

    /// What is told when it is done to `count` things.
    #[must_use]
    pub fn told(&self, count: i64) -> String {
        match self {
            Self::Predict { .. } => format!("Retrieved {count} predictions"),
            Self::DeleteTasks => format!("Deleted {count} tasks"),
            Self::DeleteAnnotations { .. } => format!("Deleted {count} annotations"),
            Self::DeletePredictions { .. } => format!("Deleted {count} predictions"),
            Self::Accept { .. } | Self::Propagate { .. } => format!("Created {count} annotations"),
            Self::RemoveDuplicates => format!("Removed {count} duplicated tasks"),
            Self::CacheLabels(_) | Self::SetField { .. } => format!("Updated {count} tasks"),
            Self::Rename { .. } => format!("Renamed {count} labels"),
        }
    }
}

fn wrong(field: &'static str, message: &str) -> Error {
    Error::invalid(field, "answer_unfit", message)
}

fn text(answers: &Map<String, Value>, name: &'static str) -> Result<Option<String>> {
    match answers.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) if text.chars().count() <= MAX_CHARS && !text.contains('\0') => {
            Ok(Some(text.clone()))
        }
        Some(Value::Number(number)) => Ok(Some(number.to_string())),
        Some(_) => Err(wrong(name, "Please give a text that is not too long.")),
    }
}

fn required(answers: &Map<String, Value>, name: &'static str) -> Result<String> {
    text(answers, name)?.ok_or_else(|| wrong(name, "Please fill this in."))
}

fn number(answers: &Map<String, Value>, name: &'static str) -> Result<Option<i64>> {
    match text(answers, name)? {
        None => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| wrong(name, "Please give a whole number.")),
    }
}

fn one_of<'a>(answers: &Map<String, Value>, name: &'static str, known: &[&'a str]) -> Result<Option<&'a str>> {
    let Some(given) = text(answers, name)? else { return Ok(None) };
    let found = known.iter().copied().find(|known| known.eq_ignore_ascii_case(&given));
    found.map(Some).ok_or_else(|| wrong(name, &format!("Please choose one of: {}.", known.join(", "))))
}

/// One version or several; none where nothing was said. The empty text is the version of those that name none.
fn versions(answers: &Map<String, Value>) -> Result<Option<Vec<String>>> {
    let unfit = || wrong("model_version", "A version is a text, or a list of texts.");
    match answers.get("model_version") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(version)) if !version.contains('\0') => Ok(Some(vec![version.clone()])),
        Some(Value::Array(versions)) if versions.len() <= MAX_VERSIONS => {
            let versions =
                versions.iter().map(|version| version.as_str().filter(|text| !text.contains('\0')).map(str::to_owned));
            versions.collect::<Option<_>>().map(Some).ok_or_else(unfit)
        }
        Some(_) => Err(unfit()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label_config;

    fn parse(action: Action, answers: Value) -> Result<Order> {
        Order::parse(action, answers.as_object().unwrap())
    }

    #[test]
    fn every_action_has_a_name_and_words() {
        for action in Action::ALL {
            assert_eq!(Action::from_id(action.id()), Some(action));
            assert!(!action.title().is_empty() && !action.dialog().text.contains("  "), "{action:?}");
            let form = action.form(&Offered::default());
            assert_eq!(form.as_array().unwrap().is_empty(), !action.dialog().has_form, "{action:?}");
        }
        assert!(Action::ALL.is_sorted_by_key(|action| action.order()));
        assert_eq!(Action::from_id("zzz"), None);
    }

    #[test]
    fn answers_make_orders() {
        let cached = |control: Option<&str>, with_counts, of_predictions| {
            Order::CacheLabels(Cached { control: control.map(str::to_owned), with_counts, of_predictions })
        };
        for (action, answers, expected) in [
            (
                Action::RetrieveTasksPredictions,
                json!({"ml_backend": 3}),
                Order::Predict { ml_backend_id: Some(MlBackendId(3)), batch: None },
            ),
            (Action::DeleteTasks, json!({}), Order::DeleteTasks),
            (Action::DeleteTasksAnnotations, json!({}), Order::DeleteAnnotations { of: None }),
            (
                Action::DeleteTasksAnnotations,
                json!({"annotator": "7"}),
                Order::DeleteAnnotations { of: Some(UserId(7)) },
            ),
            (Action::DeleteTasksAnnotations, json!({"annotator": 7}), Order::DeleteAnnotations { of: Some(UserId(7)) }),
            (Action::PredictionsToAnnotations, json!({}), Order::Accept { versions: None }),
            (
                Action::PredictionsToAnnotations,
                json!({"model_version": ""}),
                Order::Accept { versions: Some(vec!["".into()]) },
            ),
            (
                Action::PredictionsToAnnotations,
                json!({"model_version": ["a", "b"]}),
                Order::Accept { versions: Some(vec!["a".into(), "b".into()]) },
            ),
            (Action::CacheLabels, json!({}), cached(None, true, false)),
            (
                Action::CacheLabels,
                json!({"control_tag": "ALL", "with_counters": "No", "source": "Predictions"}),
                cached(None, false, true),
            ),
            (
                Action::CacheLabels,
                json!({"control_tag": "a", "custom_control_tag": "b"}),
                cached(Some("b"), true, false),
            ),
            (
                Action::AddDataField,
                json!({"value_name": "n", "value_type": "Number", "value": "2"}),
                Order::SetField { name: "n".into(), value: json!(2) },
            ),
            (
                Action::AddDataField,
                json!({"value_name": "n", "value_type": "String", "value": "2"}),
                Order::SetField { name: "n".into(), value: json!("2") },
            ),
            (
                Action::PropagateAnnotations,
                json!({"source_annotation_id": 5}),
                Order::Propagate { annotation_id: AnnotationId(5) },
            ),
            (
                Action::RenameLabels,
                json!({"control_tag": "c", "old_label_name": "a", "new_label_name": "b"}),
                Order::Rename { control: "c".into(), from: "a".into(), to: "b".into() },
            ),
        ] {
            let order = parse(action, answers).unwrap();
            assert_eq!(order, expected);
            assert_eq!(order.action(), action);
            let job = serde_json::to_value(&order).unwrap();
            assert_eq!(serde_json::from_value::<Order>(job).unwrap(), order);
        }
    }

    #[test]
    fn what_is_missing_is_named() {
        for (action, answers, field) in [
            (Action::DeleteTasksAnnotations, json!({"annotator": "me"}), "annotator"),
            (Action::PredictionsToAnnotations, json!({"model_version": 5}), "model_version"),
            (Action::CacheLabels, json!({"source": "dreams"}), "source"),
            (Action::AddDataField, json!({"value": "x"}), "value_name"),
            (Action::AddDataField, json!({"value_name": "n", "value_type": "Number", "value": "x"}), "value"),
            (Action::AddDataField, json!({"value_name": "n", "value_type": "Expression", "value": "x"}), "value_type"),
            (Action::PropagateAnnotations, json!({}), "source_annotation_id"),
            (Action::RenameLabels, json!({"control_tag": "c", "old_label_name": "a"}), "new_label_name"),
            (Action::RenameLabels, json!({"control_tag": {}}), "control_tag"),
        ] {
            assert_eq!(parse(action, answers).unwrap_err().field.as_deref(), Some(field));
        }
    }

    #[test]
    fn labels_in_a_column() {
        let labels = [("b".to_owned(), 1), ("a".to_owned(), 2)];
        let mut cached = Cached { control: None, with_counts: true, of_predictions: false };
        assert_eq!((cached.column().as_str(), cached.text(&labels).as_str()), ("cache_all", "a: 2, b: 1"));
        (cached.control, cached.with_counts, cached.of_predictions) = (Some("c".into()), false, true);
        assert_eq!((cached.column().as_str(), cached.text(&labels).as_str()), ("cache_predictions_c", "a, b"));
    }

    #[test]
    fn forms_offer_what_there_is() {
        let config = r#"<View><Text name="t" value="$text"/><Labels name="l" toName="t"><Label value="B"/><Label value="A"/></Labels></View>"#;
        let offered = Offered {
            model_versions: vec!["v1".into()],
            annotators: vec![(UserId(7), "Ann".into())],
            config: label_config::parse(config).config.unwrap(),
        };
        let field = |action: Action, index: usize| action.form(&offered)[0]["fields"][index].clone();
        assert_eq!(field(Action::PredictionsToAnnotations, 0)["options"], json!(["v1"]));
        assert_eq!(field(Action::DeleteTasksAnnotations, 0)["options"], json!([{"value": "7", "label": "Ann"}]));
        assert_eq!(field(Action::CacheLabels, 0)["options"], json!(["ALL", "l"]));
        assert_eq!(field(Action::RenameLabels, 1)["options"], json!(["A", "B"]));
    }
}
