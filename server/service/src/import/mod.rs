//! Bringing tasks in: files, pasted text, addresses. A job reads them row by row; what fails is told with its reason.
//!
//! Invariants:
//! - a row that can be read is never lost to one that cannot;
//! - each batch is one transaction with its checkpoint, so a run that is killed goes on where it was, without duplicates;
//! - memory does not grow with the file.

mod archive;
mod batch;
mod copy;
mod direct;
pub mod fetch;
mod job;
mod look;
mod read;
pub mod reimport;
pub(crate) mod rows;
mod sql;
pub(crate) mod summary;
mod uploaded;
mod yolo;

use bytes::Bytes;
use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    id::{FileId, ImportId, ProjectId, TaskId},
    import::{FailedRow, ImportHistory, ImportRun, LabelsAs, RunStatus},
};
use futures::StreamExt;

pub(crate) use batch::Writer;
pub use direct::{Direct, MAX_BYTES as MAX_DIRECT_BYTES, direct};
pub use job::RunImport;
pub use look::{Looked, look};
pub(crate) use read::{Batch, MediaFields, ReadRow};
pub(crate) use rows::count;
pub(crate) use sql::take;

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    boxed, client_api, events,
    job::enqueue,
    storage,
    webhook::{Happening, tell},
};

/// How many files one import may take.
pub const MAX_FILES: usize = 10_000;
/// The longest text that can be pasted.
pub const MAX_PASTED_BYTES: usize = 16 << 20;
/// How many refused rows are kept per import; all are counted.
pub const MAX_KEPT_FAILURES: i64 = 100_000;
/// How many imports the history shows.
const HISTORY: i64 = 50;

/// Where tasks come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// Files that were received before.
    Files(Vec<FileId>),
    /// Text as it was pasted.
    Text(String),
    /// A file on the web.
    Url(String),
}

/// How rows become tasks.
#[derive(Debug, Clone, Copy, Default)]
pub struct Manner {
    /// What labels of other programs become.
    pub labels_as: LabelsAs,
    /// Whether each file is one task, whatever it holds.
    pub files_are_tasks: bool,
    /// Whether tasks that came in these files earlier go first, with the work on them.
    pub replaces: bool,
}

/// Starts an import; its job begins as soon as this is committed.
///
/// # Errors
/// *Invalid* with what is wrong with the source, *not found* for files of another project.
#[boxed]
pub async fn start(cx: &Cx, actor: &Actor, project_id: ProjectId, source: Source) -> Result<ImportId> {
    start_as(cx, actor, project_id, source, Manner::default()).await
}

/// As [`start`], in another manner.
///
/// # Errors
/// As [`start`]; *forbidden* to replace tasks without the right to delete them.
#[boxed]
pub async fn start_as(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    source: Source,
    manner: Manner,
) -> Result<ImportId> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    if manner.replaces {
        access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    }
    let new = match source {
        Source::Files(ids) => of_files(cx, &access, ids).await?,
        Source::Text(text) => {
            if text.len() > MAX_PASTED_BYTES {
                let message = "This is too much to paste. Please save it as a file and send that.";
                return Err(Problem::new(Kind::TooLarge, "paste_too_large", message).on("text").into());
            }
            let body = futures::stream::iter([Ok(Bytes::from(text))]).boxed();
            let key = storage::new_key(cx, project_id);
            let file = storage::store(cx, &access, &key, "Pasted text", body).await?;
            sql::NewImport {
                source: "text",
                name: file.name,
                url: None,
                size: Some(file.size_bytes),
                files: vec![file.file_id],
            }
        }
        Source::Url(address) => {
            let url = fetch::check(cx, &address).await?;
            sql::NewImport {
                source: "url",
                name: fetch::file_name(&url, None),
                url: Some(url.into()),
                size: None,
                files: Vec::new(),
            }
        }
    };
    let mut tx = access.begin(cx).await?;
    let import_id = sql::insert(cx, &mut tx, &access, &new, manner).await?;
    enqueue(&mut tx, &RunImport { project_id, import_id }).await?;
    tx.commit().await?;
    Ok(import_id)
}

async fn of_files(cx: &Cx, access: &ProjectAccess, ids: Vec<FileId>) -> Result<sql::NewImport> {
    if ids.is_empty() {
        return Err(Problem::invalid("file", "import_without_files", "Choose at least one file.").into());
    }
    if ids.len() > MAX_FILES {
        let message = format!("At most {MAX_FILES} files can be imported at once. A zip archive takes more.");
        return Err(Problem::new(Kind::TooLarge, "import_too_many_files", message).on("file").into());
    }
    let mut tx = access.begin(cx).await?;
    let found = sql::names_and_sizes(&mut tx, access, &ids).await?;
    tx.commit().await?;
    if found.len() != ids.len() {
        return Err(Problem::not_found("file").into());
    }
    let name = match found.as_slice() {
        [(name, _)] => name.clone(),
        more => format!("{} files", more.len()),
    };
    let size = found.iter().map(|(_, size)| size).sum();
    Ok(sql::NewImport { source: "file", name, url: None, size: Some(size), files: ids })
}

/// The project's imports, newest first.
///
/// # Errors
/// As [`access::project`].
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<ImportRun>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    let runs = sql::runs(&mut tx, &access, None, HISTORY).await?;
    tx.commit().await?;
    Ok(runs)
}

/// The project's imports, the first rows that the newest refused, and what tasks lack: everything the page of imports shows.
///
/// # Errors
/// As [`access::project`].
#[boxed]
pub async fn history(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ImportHistory> {
    let runs = list(cx, actor, project_id).await?;
    let failures = match runs.first() {
        Some(run) if run.status.is_over() && run.failed > 0 => {
            failures(cx, actor, project_id, run.import_id, None, domain::page::Limit::default()).await?
        }
        _ => Vec::new(),
    };
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    let (label_config, columns, tasks) = sql::columns(&mut tx, &access).await?;
    tx.commit().await?;
    let gaps = match runs.first() {
        Some(run) if run.status.is_over() => {
            let config = domain::label_config::read(&label_config);
            config.map(|config| domain::import::gaps(&config, &columns, tasks)).unwrap_or_default()
        }
        _ => Vec::new(),
    };
    Ok(ImportHistory { runs, failures, gaps, has_tasks: tasks > 0 })
}

/// One import.
///
/// # Errors
/// *Not found* for another project's.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, project_id: ProjectId, import_id: ImportId) -> Result<ImportRun> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    let runs = sql::runs(&mut tx, &access, Some(import_id), 1).await?;
    tx.commit().await?;
    Ok(runs.into_iter().next().ok_or_else(|| Problem::not_found("import"))?)
}

/// What an import read and made, for programs.
#[derive(Debug, Clone)]
pub struct Particulars {
    /// The files it read, with their names.
    pub files: Vec<(FileId, String)>,
    /// The address it was fetched from.
    pub url: Option<String>,
    /// The fields that its rows had.
    pub columns: Vec<String>,
    /// Whether each file was one task.
    pub files_are_tasks: bool,
    /// When it changed last.
    pub updated_at: chrono::DateTime<chrono::Utc>,
    /// Its tasks in the order they came, at most [`MAX_TOLD`]; those that are gone are not among them.
    pub task_ids: Vec<TaskId>,
}

/// How many tasks of an import are named to programs.
pub const MAX_TOLD: i64 = 1_000_000;

/// What an import read and made.
///
/// # Errors
/// *Not found* for another project's.
#[boxed]
pub async fn particulars(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    import_id: ImportId,
    with_tasks: bool,
) -> Result<Particulars> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    let mut found = sql::particulars(&mut tx, &access, import_id).await?.ok_or_else(|| Problem::not_found("import"))?;
    if with_tasks {
        found.task_ids = sql::tasks_of(&mut tx, &access, import_id, MAX_TOLD).await?;
    }
    tx.commit().await?;
    Ok(found)
}

/// Stops an import; what it has stored stays.
///
/// # Errors
/// *Conflict* when it is over.
#[boxed]
pub async fn cancel(cx: &Cx, actor: &Actor, project_id: ProjectId, import_id: ImportId) -> Result<()> {
    let run = get(cx, actor, project_id, import_id).await?;
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    if !sql::cancel(cx, &mut tx, &access, import_id).await? {
        return Err(
            Problem::conflict("import_over", format!("The import of {} is over already.", run.source_name)).into()
        );
    }
    events::tell(&mut tx, &topic(import_id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Rows that were refused, in order; go on behind the last one of the page before.
///
/// # Errors
/// As [`get`].
#[boxed]
pub async fn failures(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    import_id: ImportId,
    after: Option<(String, i64)>,
    limit: domain::page::Limit,
) -> Result<Vec<FailedRow>> {
    get(cx, actor, project_id, import_id).await?;
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    let (name, number) = after.unwrap_or_default();
    let rows = sql::failures(&mut tx, &access, import_id, &name, number, limit.rows()).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Begins the run of the history that a sync of a storage is.
pub(crate) async fn begin_for_storage(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, title: &str) -> Result<ImportId> {
    let new = sql::NewImport { source: "storage", name: title.to_owned(), url: None, size: None, files: Vec::new() };
    sql::insert(cx, tx, access, &new, Manner::default()).await
}

/// Ends a run, and tells so.
pub(crate) async fn end(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    import_id: ImportId,
    status: RunStatus,
    error: Option<&str>,
) -> Result<()> {
    if status == RunStatus::Cancelled {
        return stop(cx, tx, access, import_id).await;
    }
    if sql::finish(cx, tx, access, import_id, error).await? {
        let happening = match error {
            None => Happening::ImportCompleted(import_id),
            Some(_) => Happening::ImportFailed(import_id),
        };
        tell(cx, tx, access.into(), happening).await?;
        // Also those that a run which broke off has brought.
        client_api::after_import(cx, tx, access, import_id).await?;
    }
    events::tell(tx, &topic(import_id)).await
}

/// Stops a run, unless it is over.
pub(crate) async fn stop(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, import_id: ImportId) -> Result<()> {
    if sql::cancel(cx, tx, access, import_id).await? {
        events::tell(tx, &topic(import_id)).await?;
    }
    Ok(())
}

/// The name under which changes of an import are told.
#[must_use]
pub fn topic(import_id: ImportId) -> String {
    format!("import:{import_id}")
}
