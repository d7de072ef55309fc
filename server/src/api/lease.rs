//! Holding on to a task one was given.

use axum::{Extension, Json, extract::State};
use domain::id::TaskId;
use serde::Serialize;
use service::{Actor, Cx, assignment, task};
use utoipa::ToSchema;

use super::{Answer, input::At};

/// Whether the task is still one's own.
#[derive(Debug, Serialize, ToSchema)]
pub struct HeldOut {
    /// Not so where the time ran out before: then somebody else may have it.
    held: bool,
}

/// Says that one still works on the task one was given: it stays one's own for ten more minutes.
#[utoipa::path(post, path = "/v1/tasks/{id}/heartbeat", tag = "Tasks", params(("id" = i64, Path)),
    responses((status = 200, body = HeldOut)))]
pub async fn heartbeat(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(task_id): At<TaskId>,
) -> Answer<HeldOut> {
    let project_id = task::project_of(&cx, &actor, task_id).await?;
    Ok(Json(HeldOut { held: assignment::heartbeat(&cx, &actor, project_id, task_id).await? }))
}
