//! The doors of the area of models: ask who it is, call the use case, convert.

use domain::data_manager::ActionRun;
use domain::id::{MlBackendId, ProjectId};
use domain::ml::compare::Compared;
use domain::ml::{Backend, BackendForm};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ssr::request;

/// What the section of models shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelsShown {
    /// The models.
    pub models: Vec<Backend>,
    /// Versions that have predicted.
    pub versions: Vec<String>,
    /// The latest round of predictions.
    pub round: Option<ActionRun>,
}

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

/// Asks a model about all tasks of its project; how that goes on.
#[server]
pub async fn predict_all(project_id: ProjectId, ml_backend_id: MlBackendId) -> Result<ActionRun, AppError> {
    use domain::data_manager::{Order, Pick};
    let (cx, actor) = request()?;
    let asked = service::data_manager::Asked { project_id: Some(project_id), view_id: None, pick: Pick::default() };
    let order = Order::Predict { ml_backend_id: Some(ml_backend_id), batch: None };
    Ok(service::data_manager::act(&cx, &actor, asked, order).await?)
}

/// Versions that have predicted, side by side.
#[server]
pub async fn compare_models(project_id: ProjectId) -> Result<Vec<Compared>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::ml::compare(&cx, &actor, project_id).await?)
}

/// Asks a model to learn from the work.
#[server]
pub async fn train_model(ml_backend_id: MlBackendId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::ml::train(&cx, &actor, ml_backend_id).await?)
}
