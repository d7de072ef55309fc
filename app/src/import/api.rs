//! The doors to imports.

use domain::{
    id::{FileId, ImportId, ProjectId},
    import::ImportHistory,
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::Result;

/// Imports files that were uploaded before.
#[server(input = Json)]
pub async fn import_files(project_id: ProjectId, files: Vec<FileId>) -> Result<ImportId> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::start(&cx, &actor, project_id, service::import::Source::Files(files)).await?)
}

/// Imports pasted text.
#[server(input = Json)]
pub async fn import_text(project_id: ProjectId, text: String) -> Result<ImportId> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::start(&cx, &actor, project_id, service::import::Source::Text(text)).await?)
}

/// Imports the file behind an address.
#[server(input = Json)]
pub async fn import_url(project_id: ProjectId, url: String) -> Result<ImportId> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::start(&cx, &actor, project_id, service::import::Source::Url(url)).await?)
}

/// The project's imports, newest first, and what failed in the newest.
#[server]
pub async fn imports(project_id: ProjectId) -> Result<ImportHistory> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::history(&cx, &actor, project_id).await?)
}

/// Stops an import; what it has stored stays.
#[server]
pub async fn cancel_import(project_id: ProjectId, import_id: ImportId) -> Result<()> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::cancel(&cx, &actor, project_id, import_id).await?)
}
