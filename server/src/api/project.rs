//! Projects.

use axum::{
    Extension, Json,
    extract::{OriginalUri, State},
};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem, Kind,
    id::{ProjectId, UserId, WorkspaceId},
    import::NewPrediction,
    label_config,
    org::{color_as_hex, color_from_program},
    project::{CheckedConfig, NewProject, ProjectPatch, Sampling, SkipQueue},
    template::{sample_answer, sample_data},
};
use http::{StatusCode, Uri};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service::{
    Actor, Cx, assignment, ml, prediction,
    project::{self, ProjectRecord, RecordQuery},
    task::{
        change,
        record::{self, With},
    },
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    input::{At, Input, Query},
    ml::MlOut,
    output::{PageOut, PageQuery, PersonOut, page_address},
    task::TaskOut,
};
use crate::error::Failure;

/// What a project is called that nobody has named.
const UNNAMED: &str = "Untitled project";
/// How many a page of the list holds.
const USUAL_PAGE: i64 = 30;
/// How many tasks a page holds.
const USUAL_TASKS: i64 = 100;

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
    pub(super) fn counts(&self) -> (i64, i64) {
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
    title: Option<String>,
    description: Option<String>,
    label_config: Option<String>,
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
    fn patch(&self) -> Result<ProjectPatch, Problem> {
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
    async fn keep(&self, cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<(), Failure> {
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

/// Which projects.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Only these, separated by commas.
    ids: Option<String>,
    /// Part of the title.
    title: Option<String>,
    /// Part of the title.
    search: Option<String>,
    /// In this state.
    state: Option<String>,
    /// In these folders, separated by commas.
    workspaces: Option<String>,
    /// `all`, `pinned_only` or `exclude_pinned`.
    filter: Option<String>,
    /// `title`, `id`, `created_at`, `updated_at` or `state`; with `-` in front for descending.
    ordering: Option<String>,
    /// Only these members of each, separated by commas.
    include: Option<String>,
}

fn numbers(field: &'static str, text: Option<&str>) -> Result<Vec<i64>, Problem> {
    let parts = text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty());
    let numbers = parts.take(1_000).map(|part| {
        part.parse().map_err(|_| Problem::invalid(field, "field_malformed", format!("“{field}” should be numbers.")))
    });
    numbers.collect()
}

async fn page(
    cx: &Cx,
    actor: &Actor,
    uri: &Uri,
    query: &ListQuery,
    window: &PageQuery,
) -> Result<PageOut<ProjectOut>, Failure> {
    let (offset, limit) = window.window(USUAL_PAGE, service::project::record::MAX_PAGE);
    let pinned = match query.filter.as_deref() {
        Some("pinned_only") => Some(true),
        Some("exclude_pinned") => Some(false),
        _ => None,
    };
    let wanted = RecordQuery {
        ids: numbers("ids", query.ids.as_deref())?,
        title: query.title.clone().or_else(|| query.search.clone()).unwrap_or_default().replace('\0', ""),
        state: query.state.clone().filter(|state| !state.contains('\0')),
        workspaces: numbers("workspaces", query.workspaces.as_deref())?,
        pinned,
        ordering: query.ordering.clone().unwrap_or_default().replace('\0', ""),
        offset,
        limit,
    };
    let (count, found) = project::records(cx, actor, wanted).await?;
    let number = window.page.unwrap_or(1).max(1);
    if number > 1 && found.is_empty() {
        return Err(Problem::new(Kind::NotFound, "page_unknown", "Invalid page.").into());
    }
    let base = &cx.settings().base_url;
    let shown = i64::try_from(found.len()).unwrap_or(0);
    Ok(PageOut {
        count,
        next: (offset.saturating_add(shown) < count).then(|| page_address(base, uri, number + 1)),
        previous: (number > 1).then(|| page_address(base, uri, number - 1)),
        results: found.into_iter().map(ProjectOut::from).collect(),
    })
}

/// The projects the person can see in the organization: pinned ones first, then the newest.
#[utoipa::path(get, path = "/projects", tag = "Projects", params(ListQuery, PageQuery),
    responses((status = 200, body = PageOut<ProjectOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<ListQuery>,
    Query(window): Query<PageQuery>,
) -> Result<Json<Value>, Failure> {
    let page = page(&cx, &actor, &uri, &query, &window).await?;
    Ok(Json(narrowed(&page, query.include.as_deref())?))
}

/// Only the members of results that were asked for.
fn narrowed<T: Serialize>(page: &PageOut<T>, include: Option<&str>) -> Result<Value, Failure> {
    let mut page = serde_json::to_value(page).map_err(anyhow::Error::new).map_err(service::Error::from)?;
    let Some(include) = include.filter(|include| !include.trim().is_empty()) else { return Ok(page) };
    let wanted: Vec<&str> = include.split(',').map(str::trim).collect();
    for result in page.get_mut("results").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Some(members) = result.as_object_mut() {
            members.retain(|name, _| wanted.contains(&name.as_str()));
        }
    }
    Ok(page)
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

/// How much there is in projects.
#[utoipa::path(get, path = "/projects/counts", tag = "Projects", params(ListQuery, PageQuery),
    responses((status = 200, body = PageOut<CountsOut>)))]
pub async fn counts(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    OriginalUri(uri): OriginalUri,
    Query(query): Query<ListQuery>,
    Query(window): Query<PageQuery>,
) -> Result<Json<Value>, Failure> {
    let page = page(&cx, &actor, &uri, &query, &window).await?;
    let counted = |project: ProjectOut| CountsOut {
        id: project.id,
        task_number: project.task_number,
        finished_task_number: project.finished_task_number,
        total_predictions_number: project.total_predictions_number,
        total_annotations_number: project.total_annotations_number,
        num_tasks_with_annotations: project.num_tasks_with_annotations,
        useful_annotation_number: project.useful_annotation_number,
        ground_truth_number: project.ground_truth_number,
        skipped_annotations_number: project.skipped_annotations_number,
    };
    let results = page.results.into_iter().map(counted).collect();
    let page = PageOut { count: page.count, next: page.next, previous: page.previous, results };
    Ok(Json(narrowed(&page, query.include.as_deref())?))
}

pub(super) async fn found(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ProjectOut, Failure> {
    Ok(project::record(cx, actor, project_id).await?.into())
}

/// Makes a project.
#[utoipa::path(post, path = "/projects", tag = "Projects", request_body = ProjectIn,
    responses((status = 201, body = ProjectOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<ProjectIn>,
) -> Result<Created<ProjectOut>, Failure> {
    let patch = input.patch()?;
    let new = NewProject {
        title: input.title.clone().filter(|title| !title.is_empty()).unwrap_or_else(|| UNNAMED.to_owned()),
        description: input.description.clone().unwrap_or_default(),
        color: patch.color.clone().unwrap_or_default(),
        workspace_id: patch.workspace_id,
        label_config: input.label_config.clone().unwrap_or_default(),
    };
    let patch = ProjectPatch { title: None, ..patch };
    let project_id = project::create_with(&cx, &actor, new, patch).await?;
    input.keep(&cx, &actor, project_id).await?;
    Ok(Created(found(&cx, &actor, project_id).await?))
}

/// One project.
#[utoipa::path(get, path = "/projects/{id}", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = ProjectOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<ProjectOut> {
    Ok(Json(found(&cx, &actor, project_id).await?))
}

async fn set(cx: &Cx, actor: &Actor, project_id: ProjectId, input: ProjectIn) -> Answer<ProjectOut> {
    let patch = input.patch()?;
    if let Some(xml) = input.label_config.as_ref().filter(|xml| !xml.trim().is_empty()) {
        project::set_label_config(cx, actor, project_id, xml.clone(), false).await?;
    }
    if patch != ProjectPatch::default() {
        project::update(cx, actor, project_id, patch).await?;
    }
    input.keep(cx, actor, project_id).await?;
    Ok(Json(found(cx, actor, project_id).await?))
}

/// Changes settings; what is not named stays.
#[utoipa::path(patch, path = "/projects/{id}", tag = "Projects", params(("id" = i64, Path)),
    request_body = ProjectIn, responses((status = 200, body = ProjectOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ProjectIn>,
) -> Answer<ProjectOut> {
    set(&cx, &actor, project_id, input).await
}

/// Changes settings; what is not named stays.
#[utoipa::path(put, path = "/projects/{id}", tag = "Projects", params(("id" = i64, Path)),
    request_body = ProjectIn, responses((status = 200, body = ProjectOut)))]
pub async fn replace(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ProjectIn>,
) -> Answer<ProjectOut> {
    set(&cx, &actor, project_id, input).await
}

/// Moves a project into the bin, where it stays 30 days.
#[utoipa::path(delete, path = "/projects/{id}", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Result<StatusCode, Failure> {
    // A second time it is not there any more.
    project::record(&cx, &actor, project_id).await?;
    project::delete(&cx, &actor, project_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A labeling interface.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConfigIn {
    #[serde(default)]
    label_config: String,
}

/// Every problem of a labeling interface in a sentence; nothing where it has none.
fn problems(xml: &str) -> Result<(), Failure> {
    if xml.trim().is_empty() {
        return Err(Problem::invalid("label_config", "label_config_missing", "There is no labeling interface.").into());
    }
    CheckedConfig::new(xml)?;
    Ok(())
}

/// Whether a labeling interface is one.
#[utoipa::path(post, path = "/projects/validate", tag = "Projects", request_body = ConfigIn,
    responses((status = 204)), security(()))]
pub async fn validate(Input(input): Input<ConfigIn>) -> Result<StatusCode, Failure> {
    problems(&input.label_config)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a labeling interface would mean for a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValidOut {
    /// Whether it reads other fields of tasks than the present one.
    config_essential_data_has_changed: bool,
}

/// Whether a labeling interface fits a project, and loses nothing of the work in it.
#[utoipa::path(post, path = "/projects/{id}/validate", tag = "Projects", params(("id" = i64, Path)),
    request_body = ConfigIn, responses((status = 200, body = ValidOut)))]
pub async fn validate_for(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ConfigIn>,
) -> Answer<ValidOut> {
    let present = project::record(&cx, &actor, project_id).await?;
    problems(&input.label_config)?;
    project::check_label_config(&cx, &actor, project_id, &input.label_config).await?;
    let fields = |xml: &str| {
        let config = label_config::read(xml).unwrap_or_default();
        config.objects.into_iter().filter_map(|object| object.field).collect::<std::collections::BTreeSet<_>>()
    };
    let changed = fields(&present.label_config) != fields(&input.label_config);
    Ok(Json(ValidOut { config_essential_data_has_changed: changed }))
}

/// What was found in a project's tasks and work.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryOut {
    project: i64,
    created_at: DateTime<Utc>,
    /// By column: how many tasks have it.
    #[schema(value_type = Object)]
    all_data_columns: Value,
    /// Columns that every task has.
    #[schema(value_type = Vec<String>)]
    common_data_columns: Value,
    /// By `from_name|to_name|type`: how often.
    #[schema(value_type = Object)]
    created_annotations: Value,
    /// By control and label: how often.
    #[schema(value_type = Object)]
    created_labels: Value,
    #[schema(value_type = Object)]
    created_labels_drafts: Value,
}

/// What was found in a project's tasks and work.
#[utoipa::path(get, path = "/projects/{id}/summary", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = SummaryOut)))]
pub async fn summary(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<SummaryOut> {
    let present = project::record(&cx, &actor, project_id).await?;
    let summary = project::summary(&cx, &actor, project_id).await?;
    Ok(Json(SummaryOut {
        project: project_id.0,
        created_at: present.created_at,
        all_data_columns: summary.all_data_columns,
        common_data_columns: summary.common_data_columns,
        created_annotations: summary.created_annotations,
        created_labels: summary.created_labels,
        created_labels_drafts: json!({}),
    }))
}

/// Counts tasks and work of a project again. The counts are kept with every change, so there is no need to.
#[utoipa::path(post, path = "/projects/{id}/summary/reset", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = SummaryOut)))]
pub async fn reset_summary(cx: State<Cx>, actor: Extension<Actor>, at: At<ProjectId>) -> Answer<SummaryOut> {
    project::recount(&cx, &actor, at.0).await?;
    summary(cx, actor, at).await
}

/// A labeling interface to make an example for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SampleIn {
    /// The project's own where nothing is said.
    #[serde(default)]
    label_config: String,
    /// Whether an annotation and a prediction come along.
    #[serde(default)]
    include_annotation_and_prediction: bool,
}

/// An example of a task.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleOut {
    /// The data of a task; a whole task where an annotation and a prediction were asked for.
    #[schema(value_type = Object)]
    sample_task: Value,
}

/// An example of a task that a labeling interface can show.
#[utoipa::path(post, path = "/projects/{id}/sample-task", tag = "Projects", params(("id" = i64, Path)),
    request_body = SampleIn, responses((status = 200, body = SampleOut)))]
pub async fn sample_task(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<SampleIn>,
) -> Answer<SampleOut> {
    let present = project::record(&cx, &actor, project_id).await?;
    let xml = if input.label_config.trim().is_empty() { present.label_config } else { input.label_config };
    let config = CheckedConfig::new(&xml)?.config;
    let data = sample_data(&config, cx.settings().base_url.trim_end_matches('/'));
    if !input.include_annotation_and_prediction {
        return Ok(Json(SampleOut { sample_task: data.into() }));
    }
    let NewPrediction { result, .. } = sample_answer(&config);
    let annotation = json!({ "was_cancelled": false, "ground_truth": false, "lead_time": 0.0, "result": result });
    let prediction = json!({ "model_version": "sample", "score": 0.0, "result": result });
    Ok(Json(SampleOut {
        sample_task: json!({ "data": data, "annotations": [annotation], "predictions": [prediction] }),
    }))
}

/// The next task for the person who asks, leased to them for half an hour.
#[utoipa::path(get, path = "/projects/{id}/next", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = TaskOut)))]
pub async fn next(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<TaskOut> {
    let task = assignment::take_next(&cx, &actor, project_id).await?;
    Ok(Json(TaskOut::new(task, cx.now(), true).resolved(&cx, None)))
}

/// How a project is copied.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct DuplicateIn {
    /// `settings`; tasks are not copied here.
    mode: Option<String>,
    /// What the copy is called.
    title: Option<String>,
    description: Option<String>,
    workspace: Option<i64>,
}

/// A copy.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateOut {
    id: i64,
}

/// Copies a project's settings into a new one.
#[utoipa::path(post, path = "/projects/{id}/duplicate", tag = "Projects", params(("id" = i64, Path)),
    request_body = DuplicateIn, responses((status = 201, body = DuplicateOut)))]
pub async fn duplicate(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<DuplicateIn>,
) -> Result<Created<DuplicateOut>, Failure> {
    if input.mode.as_deref().is_some_and(|mode| mode != "settings") {
        let message = "Only “settings” are copied: export the tasks and import them into the copy.";
        return Err(Problem::invalid("mode", "choice_unknown", message).into());
    }
    let copy = project::duplicate(&cx, &actor, project_id).await?;
    let patch = ProjectPatch {
        title: input.title,
        description: input.description,
        workspace_id: input.workspace.map(WorkspaceId),
        ..ProjectPatch::default()
    };
    if patch != ProjectPatch::default() {
        project::update(&cx, &actor, copy, patch).await?;
    }
    Ok(Created(DuplicateOut { id: copy.0 }))
}

/// Who has annotated in a project.
#[utoipa::path(get, path = "/projects/{id}/annotators", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<PersonOut>)))]
pub async fn annotators(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<PersonOut>> {
    let people: Vec<(UserId, String, String)> = project::annotators(&cx, &actor, project_id).await?;
    Ok(Json(people.iter().map(|(id, name, email)| PersonOut::new(*id, name, email)).collect()))
}

/// How versions of models are told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VersionsQuery {
    /// With moments, as lists.
    #[serde(default)]
    extended: bool,
    /// With the models of the project, for those who may change its settings.
    #[serde(default)]
    include_live_models: bool,
}

/// The versions of models that have predicted for a project: how many predictions each has made.
#[utoipa::path(get, path = "/projects/{id}/model-versions", tag = "Predictions",
    params(("id" = i64, Path), VersionsQuery), responses((status = 200, body = Object)))]
pub async fn model_versions(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(query): Query<VersionsQuery>,
) -> Answer<Value> {
    let versions = prediction::versions(&cx, &actor, project_id).await?;
    if query.extended {
        let rows = versions.iter().map(|version| {
            json!({ "model_version": version.model_version, "count": version.count, "latest": version.latest })
        });
        let rows: Vec<Value> = rows.collect();
        let live = match query.include_live_models {
            true => Some(ml::list(&cx, &actor, project_id).await?.into_iter().map(MlOut::from).collect::<Vec<_>>()),
            false => None,
        };
        return Ok(Json(json!({ "static": rows, "live": live })));
    }
    let counts: Map<String, Value> =
        versions.into_iter().map(|version| (version.model_version, version.count.into())).collect();
    Ok(Json(counts.into()))
}

/// A version of a model.
#[derive(Debug, Deserialize, ToSchema)]
pub struct VersionIn {
    /// In the model's own words.
    model_version: String,
}

/// How much was taken away.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionDeletedOut {
    deleted_predictions: i64,
}

/// Takes all predictions of a version away.
#[utoipa::path(delete, path = "/projects/{id}/model-versions", tag = "Predictions", params(("id" = i64, Path)),
    request_body = VersionIn, responses((status = 200, body = VersionDeletedOut)))]
pub async fn delete_model_version(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<VersionIn>,
) -> Answer<VersionDeletedOut> {
    let version = input.model_version.replace('\0', "");
    let deleted_predictions = prediction::delete_version(&cx, &actor, project_id, &version).await?;
    Ok(Json(VersionDeletedOut { deleted_predictions }))
}

/// A project's tasks with annotations and predictions, the newest first.
#[utoipa::path(get, path = "/projects/{id}/tasks", tag = "Tasks", params(("id" = i64, Path), PageQuery),
    responses((status = 200, body = Vec<TaskOut>)))]
pub async fn tasks(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(page): Query<PageQuery>,
) -> Answer<Vec<TaskOut>> {
    let (offset, limit) = page.window(USUAL_TASKS, record::MAX_PAGE);
    let with = With { annotations: true, predictions: true, drafts: false };
    let (_, tasks) = record::records(&cx, &actor, project_id, true, offset, limit, with).await?;
    let now = cx.now();
    Ok(Json(tasks.into_iter().map(|task| TaskOut::new(task, now, false).resolved(&cx, None)).collect()))
}

/// Takes all tasks of a project away, with everything done on them.
#[utoipa::path(delete, path = "/projects/{id}/tasks", tag = "Tasks", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete_tasks(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Result<StatusCode, Failure> {
    change::delete_all(&cx, &actor, project_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
