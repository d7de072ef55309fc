//! The doors to exports.

use domain::{
    format::{Comparison, ExportFormat, ExportOptions, ExportRun},
    id::{ExportId, ProjectId, ViewId},
};
use leptos::{prelude::*, server_fn::codec::Json};

use crate::error::Result;

/// Which formats fit the project, each with the reason if it does not.
#[server]
pub async fn export_formats(project_id: ProjectId) -> Result<Vec<(ExportFormat, Option<String>)>> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::export::formats(&cx, &actor, project_id).await?)
}

/// The views whose tasks can be exported, from the left, by the names on their tabs.
#[server]
pub async fn export_views(project_id: ProjectId) -> Result<Vec<(ViewId, String)>> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::export::views(&cx, &actor, project_id).await?)
}

/// Starts an export.
#[server(input = Json)]
pub async fn start_export(project_id: ProjectId, format: ExportFormat, options: ExportOptions) -> Result<ExportId> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::export::start(&cx, &actor, project_id, format, options).await?)
}

/// Writes a snapshot in another format.
#[server]
pub async fn convert_export(project_id: ProjectId, export_id: ExportId, format: ExportFormat) -> Result<ExportId> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::export::convert(&cx, &actor, project_id, export_id, format).await?)
}

/// What has changed from one snapshot to another.
#[server]
pub async fn compare_exports(project_id: ProjectId, earlier: ExportId, later: ExportId) -> Result<Comparison> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::export::compare(&cx, &actor, project_id, earlier, later).await?)
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
