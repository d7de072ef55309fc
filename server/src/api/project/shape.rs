//! How a project looks to programs, and what of it they set.

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    id::{ProjectId, WorkspaceId},
    org::{color_as_hex, color_from_program},
    project::{ProjectPatch, Sampling, SkipQueue},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service::{
    Actor, Cx,
    project::{self, ProjectRecord},
};
use utoipa::ToSchema;

use crate::{api::output::PersonOut, error::Failure};

/// A project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectOut {
    id: i64,
    title: String,
    description: String,
    label_config: String,
    expert_instruction: String,
    show_instruction: bool,
    show_skip_button: bool,
    enable_empty_annotation: bool,
    show_annotation_history: bool,
    organization: i64,
    workspace: Option<i64>,
    /// `#RRGGBB`, as it was said; people see the nearest of ten colors.
    color: String,
    maximum_annotations: i32,
    /// Whether tasks are handed out to annotators, or a program wished so; see `state`.
    is_published: bool,
    model_version: String,
    is_draft: bool,
    created_by: Option<PersonOut>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    min_annotations_to_start_training: i32,
    start_training_on_annotation_update: bool,
    show_collab_predictions: bool,
    num_tasks_with_annotations: i64,
    task_number: i64,
    useful_annotation_number: i64,
    ground_truth_number: i64,
    skipped_annotations_number: i64,
    total_annotations_number: i64,
    total_predictions_number: i64,
    /// `Sequential sampling`, `Uniform sampling`, `Uncertainty sampling` or `Equal distribution`.
    sampling: &'static str,
    show_ground_truth_first: bool,
    annotator_evaluation_enabled: bool,
    show_overlap_first: bool,
    overlap_cohort_percentage: i32,
    task_data_login: Option<String>,
    task_data_password: Option<String>,
    #[schema(value_type = Object)]
    control_weights: Value,
    #[schema(value_type = Object)]
    parsed_label_config: Value,
    evaluate_predictions_automatically: bool,
    config_has_control_tags: bool,
    skip_queue: String,
    reveal_preannotations_interactively: bool,
    pinned_at: Option<DateTime<Utc>>,
    finished_task_number: i64,
    queue_total: i64,
    queue_done: i64,
    config_suitable_for_bulk_annotation: bool,
    members_count: i64,
    /// `pending`, `building_workflow`, `live`, `paused` or `completed`.
    state: String,
}

impl ProjectOut {
    /// How many tasks and annotations it has.
    pub(in crate::api) fn counts(&self) -> (i64, i64) {
        (self.task_number, self.total_annotations_number)
    }
}

impl From<ProjectRecord> for ProjectOut {
    fn from(project: ProjectRecord) -> Self {
        let created_by = project.created_by.map(|id| {
            let name = project.created_by_name.as_deref().unwrap_or_default();
            PersonOut::new(id, name, project.created_by_email.as_deref().unwrap_or_default())
        });
        let said = |name: &str| project.said.get(name).and_then(Value::as_bool).unwrap_or(false);
        let color = project.said.get("color").and_then(Value::as_str);
        let color = color.unwrap_or_else(|| color_as_hex(&project.color)).to_owned();
        Self {
            id: project.project_id.0,
            control_weights: weights(&project.parsed_label_config),
            config_has_control_tags: project
                .parsed_label_config
                .as_object()
                .is_some_and(|controls| !controls.is_empty()),
            title: project.title,
            description: project.description,
            label_config: project.label_config,
            expert_instruction: project.expert_instruction,
            show_instruction: project.show_instruction,
            show_skip_button: project.show_skip_button,
            enable_empty_annotation: project.enable_empty_annotation,
            show_annotation_history: said("show_annotation_history"),
            organization: project.organization_id.0,
            workspace: project.workspace_id.map(|id| id.0),
            color,
            maximum_annotations: project.maximum_annotations,
            is_published: project.state == "live" || said("is_published"),
            model_version: project.model_version,
            is_draft: project.is_draft,
            created_by,
            created_at: project.created_at,
            updated_at: project.updated_at,
            min_annotations_to_start_training: project.min_annotations_to_start_training,
            start_training_on_annotation_update: project.min_annotations_to_start_training > 0,
            show_collab_predictions: project.show_collab_predictions,
            num_tasks_with_annotations: project.annotated_task_count,
            task_number: project.task_count,
            useful_annotation_number: project.annotation_count - project.ground_truth_count,
            ground_truth_number: project.ground_truth_count,
            skipped_annotations_number: project.skipped_annotation_count,
            total_annotations_number: project.annotation_count,
            total_predictions_number: project.prediction_count,
            sampling: sampling_words(&project.sampling),
            show_ground_truth_first: false,
            annotator_evaluation_enabled: false,
            show_overlap_first: said("show_overlap_first"),
            overlap_cohort_percentage: project.overlap_cohort_percentage,
            task_data_login: None,
            task_data_password: None,
            parsed_label_config: project.parsed_label_config,
            evaluate_predictions_automatically: project.evaluate_predictions_automatically,
            skip_queue: project.skip_queue,
            reveal_preannotations_interactively: project.reveal_preannotations_interactively,
            pinned_at: project.pinned_at,
            finished_task_number: project.labeled_task_count + project.settled_task_count,
            queue_total: project.task_count,
            queue_done: project.labeled_task_count,
            config_suitable_for_bulk_annotation: false,
            members_count: project.member_count,
            state: project.state,
        }
    }
}

/// Every control counts the same, and every label of it.
fn weights(parsed: &Value) -> Value {
    let controls = parsed.as_object().into_iter().flatten().map(|(name, control)| {
        let labels = control.get("labels").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let labels: Map<String, Value> = labels.map(|label| (label.to_owned(), json!(1.0))).collect();
        (name.clone(), json!({ "overall": 1.0, "type": control.get("type"), "labels": labels }))
    });
    Value::Object(controls.collect())
}

const SAMPLINGS: [(Sampling, &str); 4] = [
    (Sampling::Sequence, "Sequential sampling"),
    (Sampling::Uniform, "Uniform sampling"),
    (Sampling::Uncertainty, "Uncertainty sampling"),
    (Sampling::EqualDistribution, "Equal distribution"),
];

fn sampling_words(name: &str) -> &'static str {
    let found = SAMPLINGS.iter().find(|(sampling, _)| sampling.as_str() == name);
    found.map_or(SAMPLINGS[0].1, |(_, words)| *words)
}

/// What of a project can be set. What is not named stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ProjectIn {
    /// 3 to 100 characters.
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) label_config: Option<String>,
    expert_instruction: Option<String>,
    show_instruction: Option<bool>,
    show_skip_button: Option<bool>,
    enable_empty_annotation: Option<bool>,
    show_collab_predictions: Option<bool>,
    reveal_preannotations_interactively: Option<bool>,
    /// `#RRGGBB`, or the name of a color.
    color: Option<String>,
    /// 1 to 100.
    #[schema(minimum = 1, maximum = 100)]
    maximum_annotations: Option<i32>,
    /// 0 to 100.
    #[schema(minimum = 0, maximum = 100)]
    overlap_cohort_percentage: Option<i32>,
    /// `Sequential sampling`, `Uniform sampling`, `Uncertainty sampling` or `Equal distribution`.
    sampling: Option<String>,
    /// `REQUEUE_FOR_ME`, `REQUEUE_FOR_OTHERS` or `IGNORE_SKIPPED`.
    skip_queue: Option<String>,
    /// Goes live, or pauses, where that is possible.
    is_published: Option<bool>,
    /// Kept for programs; means nothing here.
    show_annotation_history: Option<bool>,
    /// Kept for programs; means nothing here.
    show_overlap_first: Option<bool>,
    /// Whose predictions count: a version, or the title of a model for the version it has; empty for any.
    #[schema(max_length = 256)]
    model_version: Option<String>,
    /// After so many new annotations models are asked to learn; 0 for never.
    #[schema(minimum = 0, maximum = 1_000_000)]
    min_annotations_to_start_training: Option<i32>,
    /// Whether the model is asked about tasks that are handed out.
    evaluate_predictions_automatically: Option<bool>,
    /// The folder.
    workspace: Option<i64>,
    /// A moment to pin it for oneself.
    pinned_at: Option<String>,
}

impl ProjectIn {
    pub(super) fn patch(&self) -> Result<ProjectPatch, Problem> {
        let sampling = self.sampling.as_deref().map(|words| {
            let known = SAMPLINGS.iter().find(|(sampling, name)| *name == words || sampling.as_str() == words);
            known.map(|(sampling, _)| *sampling).ok_or_else(|| choice("sampling", words))
        });
        let skip_queue =
            self.skip_queue.as_deref().map(|name| SkipQueue::from_name(name).ok_or_else(|| choice("skip_queue", name)));
        Ok(ProjectPatch {
            title: self.title.clone(),
            description: self.description.clone(),
            color: self.color.as_deref().map(color_from_program).transpose()?,
            workspace_id: self.workspace.map(WorkspaceId),
            expert_instruction: self.expert_instruction.clone(),
            show_instruction: self.show_instruction,
            show_skip_button: self.show_skip_button,
            enable_empty_annotation: self.enable_empty_annotation,
            show_collab_predictions: self.show_collab_predictions,
            reveal_preannotations_interactively: self.reveal_preannotations_interactively,
            allow_media_proxy: None,
            maximum_annotations: self.maximum_annotations,
            overlap_cohort_percentage: self.overlap_cohort_percentage,
            sampling: sampling.transpose()?,
            skip_queue: skip_queue.transpose()?,
            model_version: self.model_version.clone(),
            min_annotations_to_start_training: self.min_annotations_to_start_training,
            evaluate_predictions_automatically: self.evaluate_predictions_automatically,
        })
    }
}

impl ProjectIn {
    /// What means nothing here and is told again.
    fn said(&self) -> project::Said {
        let exact = self.color.as_deref().filter(|color| color.starts_with('#')).map(Value::from);
        let said = [
            ("color", exact),
            ("show_annotation_history", self.show_annotation_history.map(Value::from)),
            ("show_overlap_first", self.show_overlap_first.map(Value::from)),
        ];
        said.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }

    /// Does what comes after the settings.
    pub(super) async fn keep(&self, cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<(), Failure> {
        let said = self.said();
        if !said.is_empty() {
            project::keep_said(cx, actor, project_id, said).await?;
        }
        if let Some(wanted) = self.is_published {
            project::publish(cx, actor, project_id, wanted).await?;
        }
        if self.pinned_at.is_some() {
            project::set_pinned(cx, actor, project_id, true).await?;
        }
        Ok(())
    }
}

fn choice(field: &'static str, given: &str) -> Problem {
    Problem::invalid(field, "choice_unknown", format!("“{given}” is none of the choices."))
}

/// How much there is in a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountsOut {
    id: i64,
    task_number: i64,
    finished_task_number: i64,
    total_predictions_number: i64,
    total_annotations_number: i64,
    num_tasks_with_annotations: i64,
    useful_annotation_number: i64,
    ground_truth_number: i64,
    skipped_annotations_number: i64,
}

impl From<ProjectOut> for CountsOut {
    fn from(project: ProjectOut) -> Self {
        Self {
            id: project.id,
            task_number: project.task_number,
            finished_task_number: project.finished_task_number,
            total_predictions_number: project.total_predictions_number,
            total_annotations_number: project.total_annotations_number,
            num_tasks_with_annotations: project.num_tasks_with_annotations,
            useful_annotation_number: project.useful_annotation_number,
            ground_truth_number: project.ground_truth_number,
            skipped_annotations_number: project.skipped_annotations_number,
        }
    }
}
