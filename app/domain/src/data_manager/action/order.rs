//! An action with everything that was said about it, read of the answers to its form.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{super::Number, Action};
use crate::{
    Error, Result,
    id::{AnnotationId, MlBackendId, UserId},
};

/// The most characters of a name or a text in an order.
const MAX_CHARS: usize = 2_000;
/// The most versions of models in an order.
const MAX_VERSIONS: usize = 200;

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
                        let number = Number::read(given).ok_or_else(|| wrong("value", "Please give a number."))?;
                        match number {
                            Number::Whole(number) => json!(number),
                            Number::Real(number) => json!(number),
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

    fn parse(action: Action, answers: Value) -> Result<Order> {
        Order::parse(action, answers.as_object().unwrap())
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
}
