//! What of a project goes into an export, in Label Studio's words.

use std::collections::BTreeSet;

use domain::{
    Error as Problem,
    format::{AnnotationFilter, ChosenView, ExportFormat, ExportOptions, Numbers, Only, TaskFilter},
    id::ViewId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::super::input::{Flag, Nested};

/// What is exported at once, and how.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(default)]
pub struct ExportQuery {
    /// One of the formats; `JSON` where nothing is said.
    #[serde(rename = "exportType", alias = "export_type")]
    pub export_type: Option<String>,
    /// Whether tasks come along that nobody has labeled; they do not where nothing is said.
    #[param(value_type = Option<bool>)]
    download_all_tasks: Option<Flag>,
    /// Whether the pictures come along, for VOC. COCO and YOLO have formats of their own for that: `…_WITH_IMAGES`.
    #[param(value_type = Option<bool>)]
    download_resources: Option<Flag>,
    /// Only these tasks. `ids[]` is read as well.
    ids: Vec<i64>,
    #[serde(rename = "ids[]")]
    #[param(ignore)]
    bracketed_ids: Vec<i64>,
    /// Whether things that move through a video are written at every frame, not only at keyframes.
    #[param(value_type = Option<bool>)]
    interpolate_key_frames: Option<Flag>,
}

impl ExportQuery {
    pub fn options(&self) -> ExportOptions {
        ExportOptions {
            include_unlabeled: self.download_all_tasks.is_some_and(|flag| flag.0),
            interpolate_key_frames: self.interpolate_key_frames.is_some_and(|flag| flag.0),
            include_drafts: true,
            numbers: Numbers { people: true, predictions: true, drafts: false },
            tasks: TaskFilter {
                ids: self.ids.iter().chain(&self.bracketed_ids).copied().collect(),
                ..TaskFilter::default()
            },
            ..ExportOptions::default()
        }
    }

    pub fn format(&self) -> Result<ExportFormat, Problem> {
        let format = format("exportType", self.export_type.as_deref().unwrap_or("JSON"))?;
        Ok(with_resources(format, self.download_resources))
    }
}

/// The format of that name.
pub fn format(field: &'static str, name: &str) -> Result<ExportFormat, Problem> {
    ExportFormat::from_code(name)
        .ok_or_else(|| Problem::invalid(field, "format_unknown", format!("“{name}” is no format.")))
}

/// Label Studio has no other name for VOC with its pictures.
pub fn with_resources(format: ExportFormat, wanted: Option<Flag>) -> ExportFormat {
    match (format, wanted) {
        (ExportFormat::Voc, Some(Flag(true))) => ExportFormat::VocWithImages,
        _ => format,
    }
}

/// A snapshot to make.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ExportIn {
    /// What people call it.
    #[schema(max_length = 200)]
    title: Option<String>,
    /// One of the formats; `JSON` where nothing is said. Only `JSON` and `NDJSON` can be converted and compared later.
    pub export_type: Option<String>,
    /// Whether tasks come along that nobody has labeled; they do where nothing is said.
    #[schema(value_type = Option<bool>)]
    download_all_tasks: Option<Flag>,
    /// Which tasks.
    #[schema(value_type = Option<TaskFilterOptions>)]
    task_filter_options: Option<Nested<TaskFilterOptions>>,
    /// Which annotations; all where nothing is said.
    #[schema(value_type = Option<AnnotationFilterOptions>)]
    annotation_filter_options: Option<Nested<AnnotationFilterOptions>>,
    /// What is told whole, and what by its number alone.
    #[schema(value_type = Option<SerializationOptions>)]
    serialization_options: Option<Nested<SerializationOptions>>,
}

/// Which tasks are exported; all conditions hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct TaskFilterOptions {
    /// Those that this view of the Data Manager shows.
    view: Option<i64>,
    /// `only` those that somebody skipped, or all but them.
    skipped: Option<Wish>,
    /// `only` those that have all the annotations they need, or all but them.
    finished: Option<Wish>,
    /// `only` those that somebody has labeled, or all but them.
    annotated: Option<Wish>,
    /// Those of which an annotation comes along, after annotations were chosen.
    only_with_annotations: Option<bool>,
    /// These, by their numbers.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(value_type = Vec<i64>)]
    ids: BTreeSet<i64>,
}

/// Whether a kind of task is the only one, or left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Wish {
    Only,
    Exclude,
}

impl Wish {
    fn only(wish: Option<Self>) -> Only {
        match wish {
            None => Only::Any,
            Some(Self::Only) => Only::Only,
            Some(Self::Exclude) => Only::Exclude,
        }
    }

    fn told(only: Only) -> Option<Self> {
        match only {
            Only::Any => None,
            Only::Only => Some(Self::Only),
            Only::Exclude => Some(Self::Exclude),
        }
    }
}

/// Which annotations are exported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct AnnotationFilterOptions {
    /// Neither skipped nor reference answers; they come along where nothing is said.
    usual: Option<bool>,
    /// Reference answers.
    ground_truth: Option<bool>,
    /// Skipped ones.
    skipped: Option<bool>,
    /// Only those of these people, by their numbers.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    #[schema(value_type = Vec<i64>)]
    completed_by: BTreeSet<i64>,
}

/// How things that belong to tasks are told in JSON. What is not named is told by its number alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct SerializationOptions {
    /// Unfinished work.
    #[serde(skip_serializing_if = "Option::is_none")]
    drafts: Option<OnlyId>,
    /// Predictions.
    #[serde(skip_serializing_if = "Option::is_none")]
    predictions: Option<OnlyId>,
    /// Whoever made an annotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[serde(rename = "annotations__completed_by")]
    people: Option<OnlyId>,
    /// Whether things that move through a video are written at every frame, not only at keyframes.
    interpolate_key_frames: Option<bool>,
}

/// Whether something is told by its number alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(default)]
pub struct OnlyId {
    /// By its number alone, or whole.
    only_id: bool,
}

impl ExportIn {
    pub fn format(&self) -> Result<ExportFormat, Problem> {
        format("export_type", self.export_type.as_deref().unwrap_or("JSON"))
    }

    pub fn options(self) -> ExportOptions {
        let Nested(tasks) = self.task_filter_options.unwrap_or_default();
        let Nested(told) = self.serialization_options.unwrap_or_default();
        let by_number = |wish: Option<OnlyId>| wish.is_none_or(|wish| wish.only_id);
        ExportOptions {
            title: self.title.unwrap_or_default().trim().to_owned(),
            include_unlabeled: self.download_all_tasks.is_none_or(|flag| flag.0),
            interpolate_key_frames: told.interpolate_key_frames.unwrap_or_default(),
            include_drafts: true,
            numbers: Numbers {
                people: by_number(told.people),
                predictions: by_number(told.predictions),
                drafts: by_number(told.drafts),
            },
            tasks: TaskFilter {
                ids: tasks.ids,
                view: tasks.view.map(|id| ChosenView {
                    view_id: ViewId(id),
                    title: String::new(),
                    filters: Value::Null,
                }),
                only_with_annotations: tasks.only_with_annotations.unwrap_or_default(),
                finished: Wish::only(tasks.finished),
                annotated: Wish::only(tasks.annotated),
                skipped: Wish::only(tasks.skipped),
            },
            annotations: self.annotation_filter_options.map(|Nested(options)| options.into()).unwrap_or_default(),
            ..ExportOptions::default()
        }
    }
}

impl From<AnnotationFilterOptions> for AnnotationFilter {
    fn from(options: AnnotationFilterOptions) -> Self {
        Self {
            usual: options.usual.unwrap_or(true),
            ground_truth: options.ground_truth.unwrap_or_default(),
            skipped: options.skipped.unwrap_or_default(),
            completed_by: options.completed_by,
        }
    }
}

impl From<&TaskFilter> for TaskFilterOptions {
    fn from(tasks: &TaskFilter) -> Self {
        Self {
            view: tasks.view.as_ref().map(|view| view.view_id.0),
            skipped: Wish::told(tasks.skipped),
            finished: Wish::told(tasks.finished),
            annotated: Wish::told(tasks.annotated),
            only_with_annotations: Some(tasks.only_with_annotations),
            ids: tasks.ids.clone(),
        }
    }
}

impl From<&AnnotationFilter> for AnnotationFilterOptions {
    fn from(annotations: &AnnotationFilter) -> Self {
        Self {
            usual: Some(annotations.usual),
            ground_truth: Some(annotations.ground_truth),
            skipped: Some(annotations.skipped),
            completed_by: annotations.completed_by.clone(),
        }
    }
}

impl From<&ExportOptions> for SerializationOptions {
    fn from(options: &ExportOptions) -> Self {
        let Numbers { people, predictions, drafts } = options.numbers;
        Self {
            drafts: options.include_drafts.then_some(OnlyId { only_id: drafts }),
            predictions: (!options.without_predictions).then_some(OnlyId { only_id: predictions }),
            people: Some(OnlyId { only_id: people }),
            interpolate_key_frames: Some(options.interpolate_key_frames),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn options(body: Value) -> ExportOptions {
        serde_json::from_value::<ExportIn>(body).unwrap().options()
    }

    #[test]
    fn what_is_asked_for_in_their_words_is_meant_in_ours() {
        let asked = options(json!({
            "title": " Friday ",
            "task_filter_options": {"view": 4, "skipped": "exclude", "annotated": "only", "only_with_annotations": true},
            "annotation_filter_options": {"ground_truth": true, "completed_by": [7]},
            "serialization_options": {"predictions": {"only_id": false}, "drafts": {"only_id": true}},
        }));
        assert_eq!(asked.title, "Friday");
        assert_eq!(
            (asked.tasks.skipped, asked.tasks.annotated, asked.tasks.finished),
            (Only::Exclude, Only::Only, Only::Any)
        );
        assert_eq!(asked.tasks.view.as_ref().map(|view| view.view_id), Some(ViewId(4)));
        assert!(asked.tasks.only_with_annotations);
        let kinds = &asked.annotations;
        assert_eq!((kinds.usual, kinds.ground_truth, kinds.skipped), (true, true, false));
        assert_eq!(asked.numbers, Numbers { people: true, predictions: false, drafts: true });
        // And back.
        let told = json!(TaskFilterOptions::from(&asked.tasks));
        assert_eq!(told["view"], 4);
        assert_eq!(told["finished"], Value::Null);
        assert_eq!(json!(SerializationOptions::from(&asked))["predictions"]["only_id"], false);
    }

    #[test]
    fn who_asks_for_nothing_gets_everything() {
        let asked = options(json!({}));
        assert_eq!((&asked.annotations, &asked.tasks), (&AnnotationFilter::default(), &TaskFilter::default()));
        assert!(asked.include_unlabeled);
        // Forms write objects as text.
        let form = options(json!({"task_filter_options": "{\"finished\": \"only\"}", "download_all_tasks": "False"}));
        assert_eq!((form.tasks.finished, form.include_unlabeled), (Only::Only, false));
    }

    #[test]
    fn wishes_that_are_none_are_refused() {
        for body in [
            json!({"task_filter_options": {"skipped": "perhaps"}}),
            json!({"task_filter_options": "all of them"}),
            json!({"annotation_filter_options": {"usual": 5}}),
            json!({"serialization_options": {"drafts": "whole"}}),
            json!({"download_all_tasks": "perhaps"}),
        ] {
            assert!(serde_json::from_value::<ExportIn>(body.clone()).is_err(), "{body}");
        }
    }
}
