//! The doors to imports.

use domain::{
    id::{FileId, ImportId, ProjectId},
    import::{ImportHistory, LabelsAs},
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::Result;

/// Imports files that were uploaded before.
#[server(input = Json)]
pub async fn import_files(project_id: ProjectId, files: Vec<FileId>, labels_as: LabelsAs) -> Result<ImportId> {
    use service::import::Source;
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::start_as(&cx, &actor, project_id, Source::Files(files), labels_as).await?)
}

/// Imports pasted text.
#[server(input = Json)]
pub async fn import_text(project_id: ProjectId, text: String, labels_as: LabelsAs) -> Result<ImportId> {
    use service::import::Source;
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::start_as(&cx, &actor, project_id, Source::Text(text), labels_as).await?)
}

/// Imports the file behind an address.
#[server(input = Json)]
pub async fn import_url(project_id: ProjectId, url: String, labels_as: LabelsAs) -> Result<ImportId> {
    use service::import::Source;
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::start_as(&cx, &actor, project_id, Source::Url(url), labels_as).await?)
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
