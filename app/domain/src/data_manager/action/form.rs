//! What people are asked before an action.

use serde_json::{Value, json};

use super::Action;
use crate::{id::UserId, label_config::LabelConfig};

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label_config;

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
