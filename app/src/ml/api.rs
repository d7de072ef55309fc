//! The doors of the area of models: ask who it is, call the use case, convert.

use domain::id::{MlBackendId, ProjectId};
use domain::ml::{Backend, BackendForm};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ssr::request;

/// Adds a model to a project, or changes one; how it is now.
#[server(input = Json)]
pub async fn put_model(
    project_id: ProjectId,
    ml_backend_id: Option<MlBackendId>,
    form: BackendForm,
) -> Result<Backend, AppError> {
    let (cx, actor) = request()?;
    Ok(match ml_backend_id {
        Some(id) => service::ml::change(&cx, &actor, project_id, id, form).await?,
        None => service::ml::add(&cx, &actor, project_id, form).await?,
    })
}

/// Has a model asked while people draw, or no longer.
#[server]
pub async fn set_model_interactive(
    project_id: ProjectId,
    ml_backend_id: MlBackendId,
    is_interactive: bool,
) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::ml::set_interactive(&cx, &actor, project_id, ml_backend_id, is_interactive).await?)
}

/// Looks whether a model is there; how it is now.
#[server]
pub async fn check_model(project_id: ProjectId, ml_backend_id: MlBackendId) -> Result<Backend, AppError> {
    let (cx, actor) = request()?;
    Ok(service::ml::check(&cx, &actor, project_id, ml_backend_id).await?)
}

/// Removes a model from a project.
#[server]
pub async fn remove_model(project_id: ProjectId, ml_backend_id: MlBackendId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::ml::remove(&cx, &actor, project_id, ml_backend_id).await?)
}
