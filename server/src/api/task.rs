//! Tasks.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem, cloud,
    data_manager::Selection,
    id::{ProjectId, TaskId, ViewId},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service::{
    Actor, Cx,
    data_manager::{Asked, Slice},
    import,
    task::{
        change::{self, TaskPatch},
        record::{self, TaskRecord, With},
    },
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    annotation::{AnnotationOut, DraftOut},
    input::{At, Input, Json as AnyJson, Query},
    output::{PageQuery, RawJson},
    prediction::PredictionOut,
    view,
};
use crate::error::Failure;

/// How many a page holds.
const USUAL_PAGE: i64 = 100;

/// A task.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskOut {
    id: i64,
    /// What is shown to annotators.
    #[schema(value_type = Object)]
    data: RawJson,
    /// What travels along.
    #[schema(value_type = Object)]
    meta: RawJson,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
    /// Whether it has all it needs; reference answers count among it here.
    is_labeled: bool,
    /// How many annotations it needs.
    overlap: i32,
    /// Its number in the project.
    inner_id: i64,
    total_annotations: i32,
    cancelled_annotations: i32,
    total_predictions: i32,
    comment_count: i64,
    unresolved_comment_count: i64,
    last_comment_updated_at: Option<DateTime<Utc>>,
    project: i64,
    #[schema(value_type = Vec<Object>)]
    updated_by: Vec<Value>,
    /// The file it came in.
    file_upload: Option<String>,
    storage_filename: Option<String>,
    comment_authors: Vec<i64>,
    /// Who has worked on it.
    annotators: Vec<i64>,
    /// This and the next two are left out where they were not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    annotations: Option<Vec<AnnotationOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    predictions: Option<Vec<PredictionOut>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    drafts: Option<Vec<DraftOut>>,
    /// Their numbers, separated by commas.
    annotations_ids: String,
    /// Their results as a JSON list in a text; empty where they were not asked for.
    annotations_results: String,
    predictions_results: String,
    /// On average.
    predictions_score: Option<f64>,
    /// Separated by commas.
    predictions_model_versions: String,
    /// Seconds spent on an annotation, on average.
    avg_lead_time: Option<f64>,
    allow_skip: bool,
    /// Where the person has a draft.
    draft_exists: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<&'static str>,
}

impl TaskOut {
    /// With who made the annotations rather than their numbers alone.
    pub fn with_authors(task: TaskRecord, now: DateTime<Utc>) -> Self {
        let authored = task.annotations.iter().cloned().map(|annotation| AnnotationOut::with_author(annotation, now));
        let annotations = Some(authored.collect());
        Self { annotations, ..Self::new(task, now, false) }
    }

    pub fn new(task: TaskRecord, now: DateTime<Utc>, is_leased: bool) -> Self {
        let empty = || serde_json::value::to_raw_value(&json!({})).unwrap_or_default();
        let times: Vec<i64> = task.annotations.iter().filter_map(|annotation| annotation.lead_time_ms).collect();
        #[allow(clippy::cast_precision_loss, reason = "nobody spends that long")]
        let avg_lead_time = (!times.is_empty()).then(|| times.iter().sum::<i64>() as f64 / 1000.0 / times.len() as f64);
        let last = task.annotations.iter().max_by_key(|annotation| annotation.updated_at);
        let updated_by = last.and_then(|annotation| annotation.updated_by.or(annotation.completed_by));
        let ids: Vec<String> = task.annotations.iter().map(|annotation| annotation.annotation_id.to_string()).collect();
        let mut versions: Vec<&str> =
            task.predictions.iter().map(|prediction| prediction.model_version.as_str()).collect();
        versions.sort_unstable();
        versions.dedup();
        Self {
            annotations_ids: ids.join(","),
            annotations_results: listed(task.annotations.iter().map(|annotation| annotation.result.0.get())),
            predictions_results: listed(task.predictions.iter().map(|prediction| prediction.result.0.get())),
            predictions_score: task.prediction_score,
            predictions_model_versions: versions.join(","),
            id: task.task_id.0,
            data: task.data.0,
            meta: task.meta.map_or_else(empty, |meta| meta.0),
            created_at: task.created_at,
            updated_at: task.updated_at,
            completed_at: task.completed_at,
            is_labeled: task.is_labeled
                || (task.ground_truth_count > 0 && task.annotation_count + task.ground_truth_count >= task.overlap),
            overlap: task.overlap,
            inner_id: task.inner_id,
            total_annotations: task.annotation_count + task.ground_truth_count,
            cancelled_annotations: task.cancelled_count,
            total_predictions: task.prediction_count,
            comment_count: task.comment_count,
            unresolved_comment_count: task.open_comment_count,
            last_comment_updated_at: task.last_comment_at,
            project: task.project_id.0,
            updated_by: updated_by.map(|id| json!({ "user_id": id })).into_iter().collect(),
            file_upload: task.file_upload,
            storage_filename: task.storage_filename,
            comment_authors: Vec::new(),
            annotators: task.annotators,
            draft_exists: !task.drafts.is_empty(),
            annotations: Some(task.annotations.into_iter().map(|one| AnnotationOut::new(one, now)).collect()),
            predictions: Some(task.predictions.into_iter().map(|one| PredictionOut::new(one, now)).collect()),
            drafts: Some(task.drafts.into_iter().map(|draft| DraftOut::new(draft, now)).collect()),
            avg_lead_time,
            allow_skip: true,
            queue: is_leased.then_some("Sequence queue"),
        }
    }

    /// Without the work that was not read.
    fn with(self, with: With) -> Self {
        Self {
            annotations: self.annotations.filter(|_| with.annotations),
            predictions: self.predictions.filter(|_| with.predictions),
            drafts: self.drafts.filter(|_| with.drafts),
            ..self
        }
    }

    /// With uploads and objects of storages as addresses that can be fetched, unless they are wanted as they stand.
    pub(super) fn resolved(mut self, cx: &Cx, wanted: Option<&str>) -> Self {
        let is_wanted = !wanted.is_some_and(|wanted| wanted.eq_ignore_ascii_case("false") || wanted == "0");
        let (project_id, task_id) = (ProjectId(self.project), TaskId(self.id));
        if is_wanted && let Some(data) = cloud::resolve(project_id, task_id, self.data.get(), &cx.link("")) {
            self.data = serde_json::value::to_raw_value(&data).unwrap_or(self.data);
        }
        self
    }
}

/// Several JSON texts as one list; nothing where there are none.
fn listed<'a>(results: impl Iterator<Item = &'a str>) -> String {
    let results: Vec<&str> = results.collect();
    if results.is_empty() { String::new() } else { format!("[{}]", results.join(",")) }
}

/// Which tasks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this project.
    project: Option<i64>,
    /// Those that this view shows, in its order.
    view: Option<i64>,
    /// `{"filters": …, "ordering": […], "selectedItems": …}` as JSON: those that it lets through, in its order. With a view,
    /// both must let them through.
    query: Option<String>,
    /// `all` for annotations, predictions and drafts, `task_only` (the usual) without them.
    fields: Option<String>,
    /// Only these members of each, separated by commas.
    include: Option<String>,
    /// Whether uploads and objects of storages are told as addresses that can be fetched, which is the usual.
    resolve_uri: Option<String>,
}

impl ListQuery {
    /// The members that are wanted, where not all are.
    fn members(&self) -> Option<Vec<&str>> {
        let include = self.include.as_deref().filter(|include| !include.trim().is_empty())?;
        Some(include.split(',').map(str::trim).collect())
    }

    /// What is read of each task besides its own row.
    fn with(&self) -> With {
        match self.members() {
            Some(wanted) => With {
                annotations: wanted.iter().any(|name| name.starts_with("annot") || *name == "updated_by"),
                predictions: wanted.iter().any(|name| name.starts_with("predictions")),
                drafts: wanted.iter().any(|name| name.starts_with("draft")),
            },
            None if self.fields.as_deref() == Some("all") => With::ALL,
            None => With::default(),
        }
    }
}

/// A task, or what of it was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum PickedOut {
    Whole(Box<TaskOut>),
    Part(Map<String, Value>),
}

impl PickedOut {
    fn of(task: TaskOut, wanted: Option<&[&str]>) -> Result<Self, Failure> {
        let Some(wanted) = wanted else { return Ok(Self::Whole(Box::new(task))) };
        let task = serde_json::to_value(task).map_err(anyhow::Error::new).map_err(service::Error::from)?;
        let Value::Object(mut members) = task else { return Ok(Self::Part(Map::new())) };
        members.retain(|name, _| wanted.contains(&name.as_str()));
        Ok(Self::Part(members))
    }
}

/// A page of tasks, and what it is part of.
#[derive(Debug, Serialize, ToSchema)]
pub struct TasksOut {
    #[schema(value_type = Vec<TaskOut>)]
    tasks: Vec<PickedOut>,
    /// Tasks in all.
    total: i64,
    total_annotations: i64,
    total_predictions: i64,
}

/// A project's tasks, in the order they came in, or as a view or a query says.
#[utoipa::path(get, path = "/tasks", tag = "Tasks", params(ListQuery, PageQuery),
    responses((status = 200, body = TasksOut)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ListQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<TasksOut> {
    actor.user()?;
    if query.project.is_none() && query.view.is_none() {
        let message = "Say of which project: project=…, or which view: view=….";
        return Err(Problem::invalid("project", "project_missing", message).into());
    }
    let (offset, limit) = page.window(USUAL_PAGE, record::MAX_PAGE);
    let (with, wanted) = (query.with(), query.members());
    let mut pick = query.query.as_deref().map(view::read_query).transpose()?.unwrap_or_default();
    if pick.selection.is_none() {
        // What an untouched page of Label Studio says of its tasks.
        pick.selection = Selection::default();
    }
    let asked = Asked { project_id: query.project.map(ProjectId), view_id: query.view.map(ViewId), pick };
    let (totals, tasks) = record::picked(&cx, &actor, asked, Slice { offset, limit }, with).await?;
    if page.page.unwrap_or(1) > 1 && tasks.is_empty() {
        return Err(Problem::new(domain::Kind::NotFound, "page_unknown", "Invalid page.").into());
    }
    let (now, resolves) = (cx.now(), query.resolve_uri.as_deref());
    let tell = |task| {
        let told = TaskOut::new(task, now, false).with(with).resolved(&cx, resolves);
        PickedOut::of(told, wanted.as_deref())
    };
    Ok(Json(TasksOut {
        tasks: tasks.into_iter().map(tell).collect::<Result<_, _>>()?,
        total: totals.tasks,
        total_annotations: totals.annotations,
        total_predictions: totals.predictions,
    }))
}

/// A task to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TaskIn {
    /// In which project.
    project: i64,
    /// What is shown to annotators.
    #[schema(value_type = Object)]
    data: AnyJson,
    /// What travels along.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    meta: Option<AnyJson>,
    /// Finished work that comes along.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    annotations: Option<AnyJson>,
    /// Proposals that come along.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    predictions: Option<AnyJson>,
    /// How many annotations it needs; the project's number where nothing is said.
    #[schema(minimum = 1, maximum = 100)]
    overlap: Option<i32>,
}

/// Makes a task.
#[utoipa::path(post, path = "/tasks", tag = "Tasks", request_body = TaskIn,
    responses((status = 201, body = TaskOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<TaskIn>,
) -> Result<Created<TaskOut>, Failure> {
    let mut task = json!({ "data": input.data.object("data")? });
    cloud::as_written(&mut task["data"], &cx.link(""));
    for (name, part) in [("meta", input.meta), ("annotations", input.annotations), ("predictions", input.predictions)] {
        if let (Some(part), Some(task)) = (part, task.as_object_mut()) {
            task.insert(name.to_owned(), part.0);
        }
    }
    let json = serde_json::to_vec(&task).map_err(anyhow::Error::new).map_err(service::Error::from)?;
    let made = import::direct(&cx, &actor, ProjectId(input.project), json.into(), Vec::new()).await?;
    let task_id = made.task_ids.first().copied().ok_or_else(|| Problem::not_found("task"))?;
    if input.overlap.is_some() {
        change::update(&cx, &actor, task_id, TaskPatch { overlap: input.overlap, ..TaskPatch::default() }).await?;
    }
    Ok(Created(found(&cx, &actor, task_id).await?.resolved(&cx, None)))
}

async fn found(cx: &Cx, actor: &Actor, task_id: TaskId) -> Result<TaskOut, Failure> {
    let task = record::record(cx, actor, task_id, With::ALL).await?;
    Ok(TaskOut::with_authors(task, cx.now()))
}

/// One task, with annotations, predictions and the person's drafts.
#[utoipa::path(get, path = "/tasks/{id}", tag = "Tasks", params(("id" = i64, Path), OneQuery),
    responses((status = 200, body = TaskOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
    Query(query): Query<OneQuery>,
) -> Answer<TaskOut> {
    Ok(Json(found(&cx, &actor, task_id).await?.resolved(&cx, query.resolve_uri.as_deref())))
}

/// How a task is told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct OneQuery {
    /// Whether uploads and objects of storages are told as addresses that can be fetched, which is the usual.
    resolve_uri: Option<String>,
}

/// What of a task can be changed. What is not named stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TaskPatchIn {
    /// What is shown to annotators, all of it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    data: Option<AnyJson>,
    /// What travels along, all of it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    meta: Option<AnyJson>,
    /// How many annotations it needs.
    #[schema(minimum = 1, maximum = 100)]
    overlap: Option<i32>,
}

/// Changes a task.
#[utoipa::path(patch, path = "/tasks/{id}", tag = "Tasks", params(("id" = i64, Path)), request_body = TaskPatchIn,
    responses((status = 200, body = TaskOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
    Input(input): Input<TaskPatchIn>,
) -> Answer<TaskOut> {
    let meta = input.meta.filter(|meta| !meta.0.is_null()).map(|meta| meta.object("meta")).transpose()?;
    let mut data = input.data;
    if let Some(data) = &mut data {
        cloud::as_written(&mut data.0, &cx.link(""));
    }
    let patch = TaskPatch {
        data: data.map(|data| data.object("data")).transpose()?,
        meta: meta.map(|meta| (!meta.is_empty()).then_some(meta)),
        overlap: input.overlap,
    };
    change::update(&cx, &actor, task_id, patch).await?;
    Ok(Json(found(&cx, &actor, task_id).await?.resolved(&cx, None)))
}

/// Takes a task away, with everything done on it.
#[utoipa::path(delete, path = "/tasks/{id}", tag = "Tasks", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
) -> Result<StatusCode, Failure> {
    change::delete(&cx, &actor, task_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
