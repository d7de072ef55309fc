//! The life of a project: its state and history, the bin, what stands on top of one's list; and everything that runs for it.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    id::{ImportId, ProjectId},
    project::{ProjectMove, ProjectState},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Actor, Cx, import, job, project};
use utoipa::ToSchema;

use super::{
    Answer,
    input::{At, Input, Query},
    output::{After, Listed},
};
use crate::error::Failure;

/// Where a project stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateOut {
    /// `pending`, `building_workflow`, `live`, `paused` or `completed`.
    state: &'static str,
    /// What can be done from there, the usual first: `go_live`, `pause`, `resume`, `complete`, `reopen`, `reset`.
    moves: Vec<&'static str>,
}

impl From<ProjectState> for StateOut {
    fn from(state: ProjectState) -> Self {
        Self { state: state.as_str(), moves: state.moves().map(ProjectMove::as_str).collect() }
    }
}

/// Where a project stands, and where it can go from there.
#[utoipa::path(get, path = "/v1/projects/{id}/state", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = StateOut)))]
pub async fn state(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<StateOut> {
    Ok(Json(project::get(&cx, &actor, project_id).await?.state.into()))
}

/// A step of a project's life.
#[derive(Debug, Deserialize, ToSchema)]
pub struct MoveIn {
    /// `go_live`, `pause`, `resume`, `complete`, `reopen` or `reset`.
    #[serde(rename = "move")]
    step: String,
}

/// Moves a project on: publishes it, pauses it, ends it, or takes that back.
#[utoipa::path(post, path = "/v1/projects/{id}/state", tag = "Projects", params(("id" = i64, Path)),
    request_body = MoveIn, responses((status = 200, body = StateOut)))]
pub async fn go(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<MoveIn>,
) -> Answer<StateOut> {
    let step = ProjectMove::from_name(&input.step)
        .ok_or_else(|| Problem::invalid("move", "choice_unknown", format!("“{}” is none of the choices.", input.step)));
    project::get(&cx, &actor, project_id).await?;
    Ok(Json(project::change_state(&cx, &actor, project_id, step?).await?.into()))
}

/// A change of state.
#[derive(Debug, Serialize, ToSchema)]
pub struct StateChangeOut {
    /// Where it stood; none before it was made.
    from: Option<&'static str>,
    to: &'static str,
    /// Who; none for the system.
    by: Option<String>,
    at: DateTime<Utc>,
}

/// Every state a project was in, the newest first.
#[utoipa::path(get, path = "/v1/projects/{id}/history", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<StateChangeOut>)))]
pub async fn history(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<StateChangeOut>> {
    let changes = project::history(&cx, &actor, project_id).await?;
    let out = changes.into_iter().map(|change| StateChangeOut {
        from: change.from.map(ProjectState::as_str),
        to: change.to.as_str(),
        by: change.by,
        at: change.at,
    });
    Ok(Json(out.collect()))
}

/// Takes a deleted project out of the bin, where it stays 30 days.
#[utoipa::path(post, path = "/v1/projects/{id}/restore", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn restore(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Result<StatusCode, Failure> {
    project::restore(&cx, &actor, project_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps a project on top of one's own list.
#[utoipa::path(put, path = "/v1/projects/{id}/pin", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn pin(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Result<StatusCode, Failure> {
    project::set_pinned(&cx, &actor, project_id, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// No longer keeps a project on top of one's own list.
#[utoipa::path(delete, path = "/v1/projects/{id}/pin", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn unpin(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Result<StatusCode, Failure> {
    project::set_pinned(&cx, &actor, project_id, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Something that runs for a project, or has run.
#[derive(Debug, Serialize, ToSchema)]
pub struct JobOut {
    /// `import`, `export`, `action` or `client_api`.
    kind: String,
    /// Its number among those of its kind.
    id: i64,
    /// `created`, `in_progress`, `completed`, `failed` or `cancelled`.
    status: &'static str,
    /// What it is about.
    title: String,
    /// How much is done: rows of an import, tasks of all others.
    done: i64,
    /// Of how much; none where that is not known.
    total: Option<i64>,
    failed: i64,
    /// Why it stopped.
    error: Option<String>,
    started_by: Option<String>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<job::Run> for JobOut {
    fn from(run: job::Run) -> Self {
        Self {
            kind: run.kind,
            id: run.id,
            status: run.status.as_str(),
            title: run.title,
            done: run.done,
            total: run.total,
            failed: run.failed,
            error: run.error,
            started_by: run.started_by,
            created_at: run.created_at,
            finished_at: run.finished_at,
        }
    }
}

/// Everything that runs for a project or has run, the newest first: imports, exports, actions on tasks, runs of client APIs.
#[utoipa::path(get, path = "/v1/projects/{id}/jobs", tag = "Jobs", params(("id" = i64, Path), After),
    responses((status = 200, body = Listed<JobOut>)))]
pub async fn jobs(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(query): Query<After>,
) -> Answer<Listed<JobOut>> {
    let limit = query.limit();
    let page = job::runs(&cx, &actor, project_id, query.after, limit).await?;
    Ok(Json(Listed::of(page, JobOut::from)))
}

/// Stops an import; what it has stored stays.
#[utoipa::path(post, path = "/v1/projects/{id}/imports/{import}/cancel", tag = "Jobs",
    params(("id" = i64, Path), ("import" = i64, Path)), responses((status = 204)))]
pub async fn cancel_import(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, import_id)): At<(ProjectId, ImportId)>,
) -> Result<StatusCode, Failure> {
    import::cancel(&cx, &actor, project_id, import_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where a list of refused rows goes on: behind this row.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RowsQuery {
    /// The file of the last row of the page before.
    #[serde(default)]
    after_file: String,
    /// Its number there.
    #[serde(default)]
    after_row: i64,
    /// How many, 200 at most.
    #[param(minimum = 1)]
    limit: Option<u32>,
}

/// A row that an import refused.
#[derive(Debug, Serialize, ToSchema)]
pub struct RefusedRowOut {
    /// The file it stood in.
    file: String,
    /// Its number there, from 1.
    row: i64,
    reason: String,
    /// What it said, shortened.
    original: String,
}

/// The rows that an import refused, in order.
#[utoipa::path(get, path = "/v1/projects/{id}/imports/{import}/failures", tag = "Jobs",
    params(("id" = i64, Path), ("import" = i64, Path), RowsQuery), responses((status = 200, body = Vec<RefusedRowOut>)))]
pub async fn import_failures(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, import_id)): At<(ProjectId, ImportId)>,
    Query(query): Query<RowsQuery>,
) -> Answer<Vec<RefusedRowOut>> {
    let limit = After { after: None, limit: query.limit }.limit();
    let after = Some((query.after_file, query.after_row));
    let rows = import::failures(&cx, &actor, project_id, import_id, after, limit).await?;
    let out = rows.into_iter().map(|row| RefusedRowOut {
        file: row.source_name,
        row: row.row_number,
        reason: row.reason,
        original: row.original,
    });
    Ok(Json(out.collect()))
}
