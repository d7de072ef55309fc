//! The doors of the area of client APIs: ask who it is, call the use case, convert.

use domain::client_api::{ClientApi, ClientApiForm, FillFailure, FillOrder, FillRun, Tried};
use domain::id::{ClientApiId, FillRunId, ProjectId, TaskId};
use domain::page::Page;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ssr::request;

/// Adds a client API to a project, or changes one; how it is now.
#[server(input = Json)]
pub async fn put_client_api(
    project_id: ProjectId,
    client_api_id: Option<ClientApiId>,
    form: ClientApiForm,
) -> Result<ClientApi, AppError> {
    let (cx, actor) = request()?;
    Ok(match client_api_id {
        Some(id) => service::client_api::change(&cx, &actor, project_id, id, form).await?,
        None => service::client_api::add(&cx, &actor, project_id, form).await?,
    })
}

/// Has a client API asked at another place among those of its field.
#[server]
pub async fn move_client_api(project_id: ProjectId, client_api_id: ClientApiId, position: i32) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    service::client_api::put_at(&cx, &actor, project_id, client_api_id, position).await?;
    Ok(())
}

/// Removes a client API from a project.
#[server]
pub async fn remove_client_api(project_id: ProjectId, client_api_id: ClientApiId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::client_api::remove(&cx, &actor, project_id, client_api_id).await?)
}

/// Asks once about one task and keeps nothing; what was asked and answered.
#[server(input = Json)]
pub async fn try_client_api(
    project_id: ProjectId,
    client_api_id: Option<ClientApiId>,
    form: ClientApiForm,
    task_id: Option<TaskId>,
) -> Result<Tried, AppError> {
    let (cx, actor) = request()?;
    Ok(service::client_api::test(&cx, &actor, project_id, client_api_id, form, task_id).await?)
}

/// Begins to fill fields of tasks; the run.
#[server(input = Json)]
pub async fn fill_tasks(project_id: ProjectId, order: FillOrder) -> Result<FillRun, AppError> {
    let (cx, actor) = request()?;
    Ok(service::client_api::fill(&cx, &actor, project_id, order).await?)
}

/// Stops a run; how it is then.
#[server]
pub async fn cancel_fill(project_id: ProjectId, run_id: FillRunId) -> Result<FillRun, AppError> {
    let (cx, actor) = request()?;
    Ok(service::client_api::cancel(&cx, &actor, project_id, run_id).await?)
}

/// What a run could not fill.
#[server]
pub async fn fill_failures(
    project_id: ProjectId,
    run_id: FillRunId,
    #[server(default)] after: Option<String>,
) -> Result<Page<FillFailure>, AppError> {
    let (cx, actor) = request()?;
    let limit = domain::page::Limit::default();
    Ok(service::client_api::failures(&cx, &actor, project_id, run_id, after, limit).await?)
}
