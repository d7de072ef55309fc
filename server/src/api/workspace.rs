//! Workspaces: folders of the organization's projects.

use axum::{Extension, Json, extract::State};
use domain::{
    Error as Problem,
    id::WorkspaceId,
    org::{COLORS, Workspace, color_from_program},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Actor, Cx, org};
use utoipa::ToSchema;

use super::{
    Answer, Created,
    input::{At, Input},
};
use crate::error::Failure;

/// A folder of projects.
#[derive(Debug, Serialize, ToSchema)]
pub struct WorkspaceOut {
    id: i64,
    title: String,
    /// By its name, such as `teal`.
    color: String,
    /// How many projects are in it.
    project_count: i64,
}

impl From<Workspace> for WorkspaceOut {
    fn from(folder: Workspace) -> Self {
        Self { id: folder.workspace_id.0, title: folder.name, color: folder.color, project_count: folder.project_count }
    }
}

/// What of a workspace can be set. What is not named stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct WorkspaceIn {
    #[schema(max_length = 100)]
    title: Option<String>,
    /// The name of a color, or `#rrggbb` for the nearest.
    color: Option<String>,
}

async fn found(cx: &Cx, actor: &Actor, id: WorkspaceId) -> Result<Workspace, Failure> {
    let folders = org::current(cx, actor).await?.workspaces;
    let found = folders.into_iter().find(|folder| folder.workspace_id == id);
    Ok(found.ok_or_else(|| Problem::not_found("workspace"))?)
}

/// What is wrong with a name belongs to the title, as programs call it.
fn titled(error: service::Error) -> Failure {
    match error {
        service::Error::Domain(problem) if problem.field.as_deref() == Some("name") => problem.on("title").into(),
        other => other.into(),
    }
}

/// The workspaces of the organization, by name.
#[utoipa::path(get, path = "/v1/workspaces", tag = "Workspaces", responses((status = 200, body = Vec<WorkspaceOut>)))]
pub async fn list(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<Vec<WorkspaceOut>> {
    let folders = org::current(&cx, &actor).await?.workspaces;
    Ok(Json(folders.into_iter().map(WorkspaceOut::from).collect()))
}

/// Makes a workspace.
#[utoipa::path(post, path = "/v1/workspaces", tag = "Workspaces", request_body = WorkspaceIn,
    responses((status = 201, body = WorkspaceOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<WorkspaceIn>,
) -> Result<Created<WorkspaceOut>, Failure> {
    let color = color_from_program(input.color.as_deref().unwrap_or(COLORS[0]))?;
    let title = input.title.unwrap_or_default();
    let id = org::create_workspace(&cx, &actor, &title, &color).await.map_err(titled)?;
    Ok(Created(found(&cx, &actor, id).await?.into()))
}

/// A workspace.
#[utoipa::path(get, path = "/v1/workspaces/{id}", tag = "Workspaces", params(("id" = i64, Path)),
    responses((status = 200, body = WorkspaceOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<WorkspaceId>,
) -> Answer<WorkspaceOut> {
    Ok(Json(found(&cx, &actor, id).await?.into()))
}

/// Gives a workspace another title or color.
#[utoipa::path(patch, path = "/v1/workspaces/{id}", tag = "Workspaces", params(("id" = i64, Path)),
    request_body = WorkspaceIn, responses((status = 200, body = WorkspaceOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<WorkspaceId>,
    Input(input): Input<WorkspaceIn>,
) -> Answer<WorkspaceOut> {
    let before = found(&cx, &actor, id).await?;
    let color = input.color.map_or(Ok(before.color), |color| color_from_program(&color))?;
    let title = input.title.unwrap_or(before.name);
    org::update_workspace(&cx, &actor, id, &title, &color).await.map_err(titled)?;
    Ok(Json(found(&cx, &actor, id).await?.into()))
}

/// Removes a workspace; its projects stay in the organization.
#[utoipa::path(delete, path = "/v1/workspaces/{id}", tag = "Workspaces", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<WorkspaceId>,
) -> Result<StatusCode, Failure> {
    org::delete_workspace(&cx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
