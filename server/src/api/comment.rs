//! Comments on tasks and on the work on them.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    comment::{About, Change, Comment, NewComment, Pin, Thread},
    id::{AnnotationId, CommentId, ProjectId, TaskId},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Actor, Cx, comment, task};
use utoipa::ToSchema;

use super::{
    Answer,
    input::{At, Input},
};
use crate::error::Failure;

/// A comment.
#[derive(Debug, Serialize, ToSchema)]
pub struct CommentOut {
    id: i64,
    /// Who wrote it.
    by: String,
    is_mine: bool,
    /// Empty where it was deleted.
    text: String,
    created_at: DateTime<Utc>,
    edited_at: Option<DateTime<Utc>>,
    /// Deleted, but there are answers to it.
    is_deleted: bool,
}

impl From<Comment> for CommentOut {
    fn from(comment: Comment) -> Self {
        Self {
            id: comment.comment_id.0,
            by: comment.by,
            is_mine: comment.is_mine,
            text: comment.text,
            created_at: comment.at,
            edited_at: comment.edited_at,
            is_deleted: comment.is_deleted,
        }
    }
}

/// A comment and the answers to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ThreadOut {
    #[serde(flatten)]
    head: CommentOut,
    /// In the order they were written.
    answers: Vec<CommentOut>,
    /// The annotation it is about; none where it is about the task, or about work that is not handed in.
    annotation: Option<i64>,
    /// The id of the region it is about.
    region: Option<String>,
    /// When it was settled, and by whom.
    resolved_at: Option<DateTime<Utc>>,
    resolved_by: Option<String>,
}

impl From<Thread> for ThreadOut {
    fn from(thread: Thread) -> Self {
        let (resolved_at, resolved_by) = thread.resolved.map(|resolved| (resolved.at, resolved.by)).unzip();
        Self {
            head: thread.head.into(),
            answers: thread.answers.into_iter().map(CommentOut::from).collect(),
            annotation: thread.work.and_then(|work| work.annotation_id).map(|id| id.0),
            region: thread.pin.map(|pin| pin.id),
            resolved_at,
            resolved_by,
        }
    }
}

fn out(threads: Vec<Thread>) -> Json<Vec<ThreadOut>> {
    Json(threads.into_iter().map(ThreadOut::from).collect())
}

async fn project_of(cx: &Cx, actor: &Actor, task_id: TaskId) -> Result<ProjectId, Failure> {
    Ok(task::project_of(cx, actor, task_id).await?)
}

/// What was said about a task, as far as the person may read it, the oldest first.
#[utoipa::path(get, path = "/v1/tasks/{id}/comments", tag = "Comments", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<ThreadOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
) -> Answer<Vec<ThreadOut>> {
    let project_id = project_of(&cx, &actor, task_id).await?;
    Ok(out(comment::list(&cx, &actor, project_id, task_id).await?))
}

/// A comment to be written: about the task, unless something else is named.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CommentIn {
    #[schema(max_length = 5000)]
    text: String,
    /// About this annotation.
    annotation: Option<i64>,
    /// An answer to this comment.
    parent: Option<i64>,
    /// About this region of the annotation, by its id.
    region: Option<String>,
}

impl CommentIn {
    fn about(&self) -> Result<About, Problem> {
        match (self.annotation, self.parent) {
            (None, None) => Ok(About::Task),
            (Some(id), None) => Ok(About::Annotation(AnnotationId(id))),
            (None, Some(id)) => Ok(About::Comment(CommentId(id))),
            (Some(_), Some(_)) => {
                let message = "An answer is about what its thread is about: name a comment or an annotation.";
                Err(Problem::invalid("parent", "comment_about_two", message))
            }
        }
    }
}

/// Writes a comment, or an answer to one; the comments of the task as they are then.
#[utoipa::path(post, path = "/v1/tasks/{id}/comments", tag = "Comments", params(("id" = i64, Path)),
    request_body = CommentIn, responses((status = 201, body = Vec<ThreadOut>)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
    Input(input): Input<CommentIn>,
) -> Result<(StatusCode, Json<Vec<ThreadOut>>), Failure> {
    let project_id = project_of(&cx, &actor, task_id).await?;
    let about = input.about()?;
    let pin = input.region.map(|id| Pin { title: String::new(), id });
    let new = NewComment { project_id, task_id, about, pin, text: input.text, key: cx.new_uuid() };
    Ok((StatusCode::CREATED, out(comment::write(&cx, &actor, new).await?)))
}

/// What is changed about a comment.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CommentPatch {
    /// It says this from now on; for its author.
    #[schema(max_length = 5000)]
    text: Option<String>,
    /// Whether its thread is settled.
    is_resolved: Option<bool>,
    /// False takes back that it was deleted; for its author.
    is_deleted: Option<bool>,
}

/// Words a comment anew, settles its thread or opens it again, takes back that it was deleted.
#[utoipa::path(patch, path = "/v1/tasks/{id}/comments/{comment}", tag = "Comments",
    params(("id" = i64, Path), ("comment" = i64, Path)), request_body = CommentPatch,
    responses((status = 200, body = Vec<ThreadOut>)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((task_id, comment_id)): At<(TaskId, CommentId)>,
    Input(input): Input<CommentPatch>,
) -> Answer<Vec<ThreadOut>> {
    let project_id = project_of(&cx, &actor, task_id).await?;
    let changes = [
        input.is_deleted.map(|on| if on { Change::Delete } else { Change::Restore }),
        input.text.map(Change::Reword),
        input.is_resolved.map(|on| if on { Change::Resolve } else { Change::Reopen }),
    ];
    for step in changes.into_iter().flatten() {
        comment::change(&cx, &actor, project_id, task_id, comment_id, step).await?;
    }
    Ok(out(comment::list(&cx, &actor, project_id, task_id).await?))
}

/// Deletes a comment; answers to it stay.
#[utoipa::path(delete, path = "/v1/tasks/{id}/comments/{comment}", tag = "Comments",
    params(("id" = i64, Path), ("comment" = i64, Path)), responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((task_id, comment_id)): At<(TaskId, CommentId)>,
) -> Result<StatusCode, Failure> {
    let project_id = project_of(&cx, &actor, task_id).await?;
    comment::change(&cx, &actor, project_id, task_id, comment_id, Change::Delete).await?;
    Ok(StatusCode::NO_CONTENT)
}
