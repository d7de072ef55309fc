//! Taking work out: a job writes the file, the store keeps it, people download it as often as they like.
//!
//! Invariants:
//! - memory does not grow with the project: tasks are read page by page and written through a temporary file;
//! - every file has its manifest: what is in it, and what stayed behind and why.

mod gather;
mod job;
mod sink;
mod sql;

use std::{io::BufReader, ops::Range};

use bytes::Bytes;
use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    format::{ChosenView, Comparison, ExportFormat, ExportOptions, ExportRun},
    id::{ExportId, ProjectId, ViewId},
    import::RunStatus,
};
use futures::stream::BoxStream;
use object_store::{ObjectStoreExt, path::Path};
use sqlx::PgConnection;
use tokio::runtime::Handle;

pub use job::{RunExport, RunExportWithImages};
use sql::Which;

use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    boxed, data_manager,
    job::enqueue,
    storage,
};

/// How many exports the history shows.
const HISTORY: i64 = 50;
/// How many that were written from these are told of.
const MOST_CONVERSIONS: i64 = 1_000;

/// Starts an export; its job begins as soon as this is committed.
///
/// # Errors
/// *Invalid* when the format has nothing to say about this labeling interface.
#[boxed]
pub async fn start(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    format: ExportFormat,
    mut options: ExportOptions,
) -> Result<ExportId> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    options.check()?;
    if let Some(chosen) = &mut options.tasks.view {
        *chosen = view(cx, actor, project_id, chosen.view_id).await?;
    }
    let mut tx = access.begin(cx).await?;
    let config = sql::label_config(&mut tx, &access).await?;
    format.check(&config)?;
    let export_id = sql::insert(cx, &mut tx, &access, format, &options, None).await?;
    send(&mut tx, format, RunExport { project_id, export_id }).await?;
    tx.commit().await?;
    Ok(export_id)
}

/// Has an export written: beside the work of this server where it may have to wait for others.
async fn send(conn: &mut PgConnection, format: ExportFormat, job: RunExport) -> Result<()> {
    if format.has_images() { enqueue(conn, &RunExportWithImages(job)).await } else { enqueue(conn, &job).await }
}

/// The views that an export can be made of, from the left, by the names on their tabs.
///
/// # Errors
/// As [`access::project`].
#[boxed]
pub async fn views(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<(ViewId, String)>> {
    access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    let views = data_manager::views(cx, actor, Some(project_id)).await?;
    Ok(views.into_iter().map(|view| (view.view_id, view.data.title().to_owned())).collect())
}

/// The view as it is now, if it is one of the project that the person sees.
async fn view(cx: &Cx, actor: &Actor, project_id: ProjectId, view_id: ViewId) -> Result<ChosenView> {
    let unknown = || Problem::invalid("view", "export_view_unknown", "There is no such view in this project.");
    let view = match data_manager::view(cx, actor, view_id).await {
        Err(Error::Domain(problem)) if problem.kind == Kind::NotFound => return Err(unknown().into()),
        view => view?,
    };
    if view.project_id != project_id {
        return Err(unknown().into());
    }
    let filters = view.data.filter()?.write();
    Ok(ChosenView { view_id, title: view.data.title().to_owned(), filters })
}

/// Writes a snapshot in another format: what the project held when the snapshot was made, whatever has become of it since.
///
/// # Errors
/// *Not found* for another project's export; *invalid* when it is no snapshot that is ready, or the format does not fit.
#[boxed]
pub async fn convert(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    source: ExportId,
    format: ExportFormat,
) -> Result<ExportId> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    let mut tx = access.begin(cx).await?;
    let snapshot = sql::runs(&mut tx, &access, Which::One(source), 1).await?.into_iter().next();
    let snapshot = snapshot.ok_or_else(|| Problem::not_found("export"))?;
    is_snapshot(&snapshot)?;
    let config = sql::label_config(&mut tx, &access).await?;
    format.check(&config)?;
    let export_id = sql::insert(cx, &mut tx, &access, format, &snapshot.options, Some(source)).await?;
    send(&mut tx, format, RunExport { project_id, export_id }).await?;
    tx.commit().await?;
    Ok(export_id)
}

fn is_snapshot(run: &ExportRun) -> Result<()> {
    if run.format.is_snapshot() && run.status == RunStatus::Completed {
        return Ok(());
    }
    let message = "Only exports as JSON or NDJSON that are ready hold everything that this needs.";
    Err(Problem::invalid("export", "export_no_snapshot", message).into())
}

/// What has changed from one snapshot to another.
///
/// # Errors
/// As [`convert`].
#[boxed]
pub async fn compare(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    earlier: ExportId,
    later: ExportId,
) -> Result<Comparison> {
    let mut keys = Vec::with_capacity(2);
    for export_id in [earlier, later] {
        is_snapshot(&get(cx, actor, project_id, export_id).await?)?;
        keys.push(download(cx, actor, project_id, export_id).await?.storage_key);
    }
    let (cx, runtime) = (cx.clone(), Handle::current());
    let compared = tokio::task::spawn_blocking(move || {
        let open = |key: &String| storage::blocking(&cx, key, &runtime).map(BufReader::new);
        Ok(domain::format::compare(open(&keys[0])?, open(&keys[1])?).map_err(anyhow::Error::new)?)
    });
    compared.await.map_err(anyhow::Error::new)?
}

/// The project's exports, newest first.
///
/// # Errors
/// As [`access::project`].
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<ExportRun>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    let mut tx = access.begin(cx).await?;
    let runs = sql::runs(&mut tx, &access, Which::All, HISTORY).await?;
    tx.commit().await?;
    Ok(runs)
}

/// One export.
///
/// # Errors
/// *Not found* for another project's.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, project_id: ProjectId, export_id: ExportId) -> Result<ExportRun> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    let mut tx = access.begin(cx).await?;
    let runs = sql::runs(&mut tx, &access, Which::One(export_id), 1).await?;
    tx.commit().await?;
    Ok(runs.into_iter().next().ok_or_else(|| Problem::not_found("export"))?)
}

/// An export of the project itself, and the exports that were written from it, newest first.
#[derive(Debug, Clone)]
pub struct Original {
    /// The export.
    pub run: ExportRun,
    /// In other formats.
    pub conversions: Vec<ExportRun>,
}

/// The exports that are made from the project itself, newest first, each with what was written from it.
///
/// # Errors
/// As [`access::project`].
#[boxed]
pub async fn originals(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<Original>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    with_conversions(cx, &access, Which::Originals).await
}

/// One export with what was written from it.
///
/// # Errors
/// *Not found* for another project's.
#[boxed]
pub async fn original(cx: &Cx, actor: &Actor, project_id: ProjectId, export_id: ExportId) -> Result<Original> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    let found = with_conversions(cx, &access, Which::One(export_id)).await?;
    Ok(found.into_iter().next().ok_or_else(|| Problem::not_found("export"))?)
}

async fn with_conversions(cx: &Cx, access: &ProjectAccess, which: Which<'_>) -> Result<Vec<Original>> {
    let mut tx = access.begin(cx).await?;
    let runs = sql::runs(&mut tx, access, which, HISTORY).await?;
    let ids: Vec<i64> = runs.iter().map(|run| run.export_id.0).collect();
    let mut made = sql::runs(&mut tx, access, Which::MadeFrom(&ids), MOST_CONVERSIONS).await?;
    tx.commit().await?;
    let originals = runs.into_iter().map(|run| {
        let conversions = made.extract_if(.., |one| one.source == Some(run.export_id)).collect();
        Original { run, conversions }
    });
    Ok(originals.collect())
}

/// Which formats fit the project's labeling interface, each with the reason if it does not.
///
/// # Errors
/// As [`access::project`].
#[boxed]
pub async fn formats(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<(ExportFormat, Option<String>)>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    let mut tx = access.begin(cx).await?;
    let config = sql::label_config(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(ExportFormat::fitting(&config))
}

/// A finished file on its way out.
#[derive(Debug, Clone)]
pub struct Download {
    /// What to call it.
    pub file_name: String,
    /// What it is.
    pub content_type: String,
    /// How large it is.
    pub size_bytes: u64,
    storage_key: String,
}

/// A finished export's file.
///
/// # Errors
/// *Not found*, also while it is still being written.
#[boxed]
pub async fn download(cx: &Cx, actor: &Actor, project_id: ProjectId, export_id: ExportId) -> Result<Download> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    let mut tx = access.begin(cx).await?;
    let file = sql::file(&mut tx, &access, export_id).await?;
    tx.commit().await?;
    Ok(file.ok_or_else(|| Problem::not_found("export"))?)
}

/// The bytes of a download, all or a part.
///
/// # Errors
/// When the store has lost it.
#[boxed]
pub async fn read(
    cx: &Cx,
    download: &Download,
    range: Option<Range<u64>>,
) -> Result<BoxStream<'static, std::io::Result<Bytes>>> {
    storage::read_key(cx, &download.storage_key, range).await
}

/// Deletes an export and its file; one that is under way stops.
///
/// # Errors
/// *Not found* for another project's.
#[boxed]
pub async fn delete(cx: &Cx, actor: &Actor, project_id: ProjectId, export_id: ExportId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Export).await?;
    let mut tx = access.begin(cx).await?;
    let deleted = sql::delete(&mut tx, &access, export_id).await?.ok_or_else(|| Problem::not_found("export"))?;
    tx.commit().await?;
    if let Some(key) = deleted {
        // The row is gone, so nobody can ask for the file; one that is gone already is as good.
        let _gone = cx.store().delete(&Path::from(key)).await;
    }
    Ok(())
}

/// The name under which changes of an export are told.
#[must_use]
pub fn topic(export_id: ExportId) -> String {
    format!("export:{export_id}")
}

fn status(name: &str) -> RunStatus {
    RunStatus::from_name(name).unwrap_or(RunStatus::Failed)
}
