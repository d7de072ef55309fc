//! The doors to exports.

use domain::{
    format::{ExportFormat, ExportRun},
    id::{ExportId, ProjectId},
};
use leptos::prelude::*;

use crate::error::Result;

/// Which formats fit the project, each with the reason if it does not.
#[server]
pub async fn export_formats(project_id: ProjectId) -> Result<Vec<(ExportFormat, Option<String>)>> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::export::formats(&cx, &actor, project_id).await?)
}

/// Starts an export.
#[server]
pub async fn start_export(project_id: ProjectId, format: ExportFormat, include_unlabeled: bool) -> Result<ExportId> {
    let (cx, actor) = crate::ssr::request()?;
    let options = domain::format::ExportOptions { include_unlabeled, ..domain::format::ExportOptions::default() };
    Ok(service::export::start(&cx, &actor, project_id, format, options).await?)
}

/// The project's exports, newest first.
#[server]
pub async fn exports(project_id: ProjectId) -> Result<Vec<ExportRun>> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::export::list(&cx, &actor, project_id).await?)
}

/// Deletes an export and its file.
#[server]
pub async fn delete_export(project_id: ProjectId, export_id: ExportId) -> Result<()> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::export::delete(&cx, &actor, project_id, export_id).await?)
}
