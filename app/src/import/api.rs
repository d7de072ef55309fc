//! The doors to imports.

use domain::{
    id::{FileId, ImportId, ProjectId, ReimportId},
    import::{
        FailedRow, ImportHistory, LabelsAs,
        reimport::{LookedRow, Outcome, ReimportHistory, Rules},
    },
};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::Result;

/// Imports files that were uploaded before.
#[server(input = Json)]
pub async fn import_files(project_id: ProjectId, files: Vec<FileId>, labels_as: LabelsAs) -> Result<ImportId> {
    use service::import::{Manner, Source};
    let (cx, actor) = crate::ssr::request()?;
    let manner = Manner { labels_as, ..Manner::default() };
    Ok(service::import::start_as(&cx, &actor, project_id, Source::Files(files), manner).await?)
}

/// Imports pasted text.
#[server(input = Json)]
pub async fn import_text(project_id: ProjectId, text: String, labels_as: LabelsAs) -> Result<ImportId> {
    use service::import::{Manner, Source};
    let (cx, actor) = crate::ssr::request()?;
    let manner = Manner { labels_as, ..Manner::default() };
    Ok(service::import::start_as(&cx, &actor, project_id, Source::Text(text), manner).await?)
}

/// Imports the file behind an address.
#[server(input = Json)]
pub async fn import_url(project_id: ProjectId, url: String, labels_as: LabelsAs) -> Result<ImportId> {
    use service::import::{Manner, Source};
    let (cx, actor) = crate::ssr::request()?;
    let manner = Manner { labels_as, ..Manner::default() };
    Ok(service::import::start_as(&cx, &actor, project_id, Source::Url(url), manner).await?)
}

/// The project's imports, newest first, and what failed in the newest.
#[server]
pub async fn imports(project_id: ProjectId) -> Result<ImportHistory> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::history(&cx, &actor, project_id).await?)
}

/// The first rows that an import refused.
#[server]
pub async fn import_failures(project_id: ProjectId, import_id: ImportId) -> Result<Vec<FailedRow>> {
    use domain::page::Limit;
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::failures(&cx, &actor, project_id, import_id, None, Limit::default()).await?)
}

/// Stops an import; what it has stored stays.
#[server]
pub async fn cancel_import(project_id: ProjectId, import_id: ImportId) -> Result<()> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::cancel(&cx, &actor, project_id, import_id).await?)
}

/// Runs that bring tasks up to date, newest first, and what the newest found.
#[server]
pub async fn reimports(project_id: ProjectId) -> Result<ReimportHistory> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::reimport::history(&cx, &actor, project_id).await?)
}

/// Begins to look at what files would change.
#[server(input = Json)]
pub async fn start_reimport(project_id: ProjectId, files: Vec<FileId>, rules: Rules) -> Result<ReimportId> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::reimport::start(&cx, &actor, project_id, files, rules).await?)
}

/// More of what becomes of rows.
#[server]
pub async fn reimport_rows(
    project_id: ProjectId,
    reimport_id: ReimportId,
    outcome: Outcome,
    after: i64,
) -> Result<Vec<LookedRow>> {
    use domain::page::Limit;
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::reimport::rows(&cx, &actor, project_id, reimport_id, outcome, after, Limit::default()).await?)
}

/// Applies what was looked at.
#[server]
pub async fn apply_reimport(project_id: ProjectId, reimport_id: ReimportId) -> Result<()> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::reimport::apply(&cx, &actor, project_id, reimport_id).await?)
}

/// Stops a run; what was applied stays.
#[server]
pub async fn cancel_reimport(project_id: ProjectId, reimport_id: ReimportId) -> Result<()> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::import::reimport::cancel(&cx, &actor, project_id, reimport_id).await?)
}
