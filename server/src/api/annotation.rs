//! Annotations and drafts.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    id::{AnnotationId, DraftId, PredictionId, TaskId, UserId},
    result::ResultItem,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use service::{
    Actor, Cx,
    annotation::{
        change::{self, AnnotationPatch, NewAnnotation},
        draft::{self, NewDraft},
    },
    task::record::{self, AnnotationRecord, DraftRecord, With},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    input::{At, Input, Json as AnyJson, Query, is_yes},
    output::{PersonOut, RawJson, ago, milliseconds, seconds},
};
use crate::error::Failure;

/// The most annotations that are taken away at once.
const MAX_DELETED: usize = 1_000;

/// An annotation.
#[derive(Debug, Serialize, ToSchema)]
pub struct AnnotationOut {
    id: i64,
    /// The result items, as stored.
    #[schema(value_type = Vec<Object>)]
    result: RawJson,
    created_username: String,
    created_ago: String,
    /// Whose work it is: their number; beside one task, who they are.
    #[schema(value_type = Option<i64>)]
    completed_by: Value,
    task: i64,
    project: i64,
    /// Whether the task was skipped.
    was_cancelled: bool,
    /// Whether it is a reference answer.
    ground_truth: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    draft_created_at: Option<DateTime<Utc>>,
    /// Seconds spent.
    lead_time: Option<f64>,
    import_id: Option<i64>,
    last_action: Option<&'static str>,
    bulk_created: bool,
    updated_by: Option<i64>,
    parent_prediction: Option<i64>,
    parent_annotation: Option<i64>,
    last_created_by: Option<i64>,
    result_count: i32,
}

impl AnnotationOut {
    /// With who made it rather than their number alone.
    pub fn with_author(annotation: AnnotationRecord, now: DateTime<Utc>) -> Self {
        let author = annotation.completed_by.map(|id| {
            let name = annotation.completed_by_name.as_deref().unwrap_or_default();
            PersonOut::new(id, name, annotation.completed_by_email.as_deref().unwrap_or_default())
        });
        let completed_by = serde_json::to_value(author).unwrap_or_default();
        Self { completed_by, ..Self::new(annotation, now) }
    }

    pub fn new(annotation: AnnotationRecord, now: DateTime<Utc>) -> Self {
        let name = annotation.completed_by_name.unwrap_or_default();
        let email = annotation.completed_by_email.unwrap_or_default();
        Self {
            id: annotation.annotation_id.0,
            result: annotation.result.0,
            created_username: format!(" {name} {email}, {}", annotation.completed_by.map_or(0, |id| id.0)),
            created_ago: ago(annotation.created_at, now),
            completed_by: annotation.completed_by.map(|id| id.0).into(),
            task: annotation.task_id.0,
            project: annotation.project_id.0,
            was_cancelled: annotation.was_cancelled,
            ground_truth: annotation.ground_truth,
            created_at: annotation.created_at,
            updated_at: annotation.updated_at,
            draft_created_at: None,
            lead_time: annotation.lead_time_ms.map(seconds),
            import_id: annotation.import_id,
            last_action: None,
            bulk_created: false,
            updated_by: annotation.updated_by.or(annotation.completed_by).map(|id| id.0),
            parent_prediction: annotation.parent_prediction_id.map(|id| id.0),
            parent_annotation: annotation.parent_annotation_id.map(|id| id.0),
            last_created_by: annotation.completed_by.map(|id| id.0),
            result_count: annotation.result_count,
        }
    }
}

/// A draft: unsubmitted work.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftOut {
    id: i64,
    /// Whose it is.
    user: String,
    created_username: String,
    created_ago: String,
    /// The result items, as stored.
    #[schema(value_type = Vec<Object>)]
    result: RawJson,
    /// Seconds spent.
    lead_time: f64,
    was_postponed: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    task: i64,
    project: i64,
    /// The annotation it will change.
    annotation: Option<i64>,
}

impl DraftOut {
    pub fn new(draft: DraftRecord, now: DateTime<Utc>) -> Self {
        Self {
            id: draft.draft_id.0,
            created_username: format!("{}, {}", draft.user_email, draft.user_id),
            user: draft.user_email,
            created_ago: ago(draft.created_at, now),
            result: draft.result.0,
            lead_time: seconds(draft.lead_time_ms),
            was_postponed: false,
            created_at: draft.created_at,
            updated_at: draft.updated_at,
            task: draft.task_id.0,
            project: draft.project_id.0,
            annotation: draft.annotation_id.map(|id| id.0),
        }
    }
}

/// Result items, judged one by one.
pub fn items(result: AnyJson) -> Result<Vec<ResultItem>, Problem> {
    let list = result.list("result")?;
    let item = |item| ResultItem::from_json(item).map_err(|problem| problem.on("result"));
    let items: Vec<ResultItem> = list.into_iter().map(item).collect::<Result<_, _>>()?;
    if serde_json::to_string(&items).is_ok_and(|text| text.contains("\\u0000")) {
        let message = "This holds a NUL character (\\u0000), which cannot be stored.";
        return Err(Problem::invalid("result", "result_unprintable", message));
    }
    Ok(items)
}

/// An annotation to store.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AnnotationIn {
    /// The result items.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    result: Option<AnyJson>,
    /// Whether the task is skipped.
    was_cancelled: Option<bool>,
    /// Whether it is a reference answer.
    ground_truth: Option<bool>,
    /// Seconds spent.
    lead_time: Option<f64>,
    /// Whose work it is, for people who see all data.
    completed_by: Option<i64>,
    /// The proposal it began with.
    parent_prediction: Option<i64>,
    /// The work on the same task that it began with, for people who see all data.
    parent_annotation: Option<i64>,
}

/// The annotations of a task: everybody's for people who see all data, one's own for others.
#[utoipa::path(get, path = "/tasks/{id}/annotations", tag = "Annotations", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<AnnotationOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
) -> Answer<Vec<AnnotationOut>> {
    let with = With { annotations: true, ..With::default() };
    let task = record::record(&cx, &actor, task_id, with).await?;
    let now = cx.now();
    Ok(Json(task.annotations.into_iter().map(|annotation| AnnotationOut::new(annotation, now)).collect()))
}

/// How an annotation is stored.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SkipQuery {
    /// Whether the task is skipped, where the body does not say.
    was_cancelled: Option<String>,
}

/// Stores an annotation of a task.
#[utoipa::path(post, path = "/tasks/{id}/annotations", tag = "Annotations", params(("id" = i64, Path), SkipQuery),
    request_body = AnnotationIn, responses((status = 201, body = AnnotationOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
    Query(query): Query<SkipQuery>,
    Input(input): Input<AnnotationIn>,
) -> Result<Created<AnnotationOut>, Failure> {
    let new = NewAnnotation {
        result: input.result.map(items).transpose()?.unwrap_or_default(),
        was_cancelled: input.was_cancelled.unwrap_or_else(|| is_yes(query.was_cancelled.as_deref(), false)),
        ground_truth: input.ground_truth.unwrap_or(false),
        lead_time_ms: input.lead_time.map(milliseconds),
        completed_by: input.completed_by.map(UserId),
        prediction_id: input.parent_prediction.map(PredictionId),
        parent_id: input.parent_annotation.map(AnnotationId),
    };
    let stored = change::add(&cx, &actor, task_id, new).await?;
    Ok(Created(AnnotationOut::new(stored, cx.now())))
}

async fn found(cx: &Cx, actor: &Actor, annotation_id: AnnotationId) -> Result<AnnotationOut, Failure> {
    Ok(AnnotationOut::new(record::annotation(cx, actor, annotation_id).await?, cx.now()))
}

/// One annotation.
#[utoipa::path(get, path = "/annotations/{id}", tag = "Annotations", params(("id" = i64, Path)),
    responses((status = 200, body = AnnotationOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(annotation_id): At<AnnotationId>,
) -> Answer<AnnotationOut> {
    Ok(Json(found(&cx, &actor, annotation_id).await?))
}

/// Takes an annotation of the person's back: its result is a draft again, and the task as open as before it.
#[utoipa::path(post, path = "/annotations/{id}/convert-to-draft", tag = "Annotations", params(("id" = i64, Path)),
    responses((status = 201, body = DraftOut)))]
pub async fn to_draft(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(annotation_id): At<AnnotationId>,
) -> Result<Created<DraftOut>, Failure> {
    let draft_id = change::to_draft(&cx, &actor, annotation_id).await?;
    Ok(Created(DraftOut::new(draft::get(&cx, &actor, draft_id).await?, cx.now())))
}

/// What of an annotation can be changed. What is not named stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AnnotationPatchIn {
    /// The result items; those before are kept as a version.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    result: Option<AnyJson>,
    was_cancelled: Option<bool>,
    ground_truth: Option<bool>,
    /// Seconds spent.
    lead_time: Option<f64>,
}

async fn set(cx: &Cx, actor: &Actor, annotation_id: AnnotationId, input: AnnotationPatchIn) -> Answer<AnnotationOut> {
    let patch = AnnotationPatch {
        result: input.result.map(items).transpose()?,
        was_cancelled: input.was_cancelled,
        ground_truth: input.ground_truth,
        lead_time_ms: input.lead_time.map(milliseconds),
    };
    change::update(cx, actor, annotation_id, patch).await?;
    Ok(Json(found(cx, actor, annotation_id).await?))
}

/// Changes an annotation.
#[utoipa::path(patch, path = "/annotations/{id}", tag = "Annotations", params(("id" = i64, Path)),
    request_body = AnnotationPatchIn, responses((status = 200, body = AnnotationOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(annotation_id): At<AnnotationId>,
    Input(input): Input<AnnotationPatchIn>,
) -> Answer<AnnotationOut> {
    set(&cx, &actor, annotation_id, input).await
}

/// Changes an annotation.
#[utoipa::path(put, path = "/annotations/{id}", tag = "Annotations", params(("id" = i64, Path)),
    request_body = AnnotationPatchIn, responses((status = 200, body = AnnotationOut)))]
pub async fn replace(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(annotation_id): At<AnnotationId>,
    Input(input): Input<AnnotationPatchIn>,
) -> Answer<AnnotationOut> {
    set(&cx, &actor, annotation_id, input).await
}

/// Takes an annotation away: its task is as open as before it.
#[utoipa::path(delete, path = "/annotations/{id}", tag = "Annotations", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(annotation_id): At<AnnotationId>,
) -> Result<StatusCode, Failure> {
    change::delete(&cx, &actor, annotation_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Annotations to take away.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeleteIn {
    /// At most 1,000.
    ids: Vec<i64>,
}

/// How many were taken away.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedOut {
    deleted_count: usize,
}

/// Takes annotations away, one after another; those that are not there are passed over.
#[utoipa::path(post, path = "/annotations/bulk-delete", tag = "Annotations", request_body = DeleteIn,
    responses((status = 200, body = DeletedOut)))]
pub async fn delete_many(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<DeleteIn>,
) -> Answer<DeletedOut> {
    actor.user()?;
    let mut deleted_count = 0;
    if input.ids.len() > MAX_DELETED {
        let message = format!("At most {MAX_DELETED} annotations are taken away at once.");
        return Err(Problem::invalid("ids", "too_many_annotations", message).into());
    }
    for id in input.ids {
        match change::delete(&cx, &actor, AnnotationId(id)).await {
            Err(service::Error::Domain(problem)) if problem.kind == domain::Kind::NotFound => {}
            done => {
                done?;
                deleted_count += 1;
            }
        }
    }
    Ok(Json(DeletedOut { deleted_count }))
}

/// Work to keep unsubmitted.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DraftIn {
    /// The result items.
    #[schema(value_type = Vec<Object>)]
    result: AnyJson,
    /// Seconds spent.
    lead_time: Option<f64>,
    /// The annotation it will change.
    annotation: Option<i64>,
}

/// The person's drafts on a task.
#[utoipa::path(get, path = "/tasks/{id}/drafts", tag = "Drafts", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<DraftOut>)))]
pub async fn drafts(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
) -> Answer<Vec<DraftOut>> {
    let now = cx.now();
    let drafts = draft::list(&cx, &actor, task_id).await?;
    Ok(Json(drafts.into_iter().map(|draft| DraftOut::new(draft, now)).collect()))
}

async fn keep(
    cx: &Cx,
    actor: &Actor,
    task_id: TaskId,
    annotation_id: Option<AnnotationId>,
    input: DraftIn,
) -> Result<Created<DraftOut>, Failure> {
    let new =
        NewDraft { result: items(input.result)?, annotation_id, lead_time_ms: input.lead_time.map_or(0, milliseconds) };
    let draft_id = draft::keep(cx, actor, task_id, new).await?;
    Ok(Created(DraftOut::new(draft::get(cx, actor, draft_id).await?, cx.now())))
}

/// Keeps unsubmitted work on a task, in the place of what the person kept there before.
#[utoipa::path(post, path = "/tasks/{id}/drafts", tag = "Drafts", params(("id" = i64, Path)), request_body = DraftIn,
    responses((status = 201, body = DraftOut)))]
pub async fn create_draft(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
    Input(input): Input<DraftIn>,
) -> Result<Created<DraftOut>, Failure> {
    let annotation_id = input.annotation.map(AnnotationId);
    keep(&cx, &actor, task_id, annotation_id, input).await
}

/// The person's drafts of changes of an annotation.
#[utoipa::path(get, path = "/tasks/{id}/annotations/{annotation}/drafts", tag = "Drafts",
    params(("id" = i64, Path), ("annotation" = i64, Path)), responses((status = 200, body = Vec<DraftOut>)))]
pub async fn drafts_of(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((task_id, annotation_id)): At<(TaskId, AnnotationId)>,
) -> Answer<Vec<DraftOut>> {
    let now = cx.now();
    let drafts = draft::list(&cx, &actor, task_id).await?.into_iter();
    let of_it = drafts.filter(|draft| draft.annotation_id == Some(annotation_id));
    Ok(Json(of_it.map(|draft| DraftOut::new(draft, now)).collect()))
}

/// Keeps unsubmitted changes of an annotation of the person's.
#[utoipa::path(post, path = "/tasks/{id}/annotations/{annotation}/drafts", tag = "Drafts",
    params(("id" = i64, Path), ("annotation" = i64, Path)), request_body = DraftIn,
    responses((status = 201, body = DraftOut)))]
pub async fn create_draft_of(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((task_id, annotation_id)): At<(TaskId, AnnotationId)>,
    Input(input): Input<DraftIn>,
) -> Result<Created<DraftOut>, Failure> {
    keep(&cx, &actor, task_id, Some(annotation_id), input).await
}

/// One of the person's drafts.
#[utoipa::path(get, path = "/drafts/{id}", tag = "Drafts", params(("id" = i64, Path)),
    responses((status = 200, body = DraftOut)))]
pub async fn draft(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(draft_id): At<DraftId>,
) -> Answer<DraftOut> {
    Ok(Json(DraftOut::new(draft::get(&cx, &actor, draft_id).await?, cx.now())))
}

/// What of a draft can be changed. What is not named stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DraftPatchIn {
    /// The result items.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    result: Option<AnyJson>,
    /// Seconds spent.
    lead_time: Option<f64>,
}

/// Changes a draft of the person's.
#[utoipa::path(patch, path = "/drafts/{id}", tag = "Drafts", params(("id" = i64, Path)), request_body = DraftPatchIn,
    responses((status = 200, body = DraftOut)))]
pub async fn change_draft(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(draft_id): At<DraftId>,
    Input(input): Input<DraftPatchIn>,
) -> Answer<DraftOut> {
    let result = input.result.map(items).transpose()?;
    draft::update(&cx, &actor, draft_id, result, input.lead_time.map(milliseconds)).await?;
    Ok(Json(DraftOut::new(draft::get(&cx, &actor, draft_id).await?, cx.now())))
}

/// Forgets a draft of the person's.
#[utoipa::path(delete, path = "/drafts/{id}", tag = "Drafts", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete_draft(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(draft_id): At<DraftId>,
) -> Result<StatusCode, Failure> {
    draft::delete(&cx, &actor, draft_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
