//! Bringing tasks that are there already up to date from files. What would change is looked at first; nothing is written
//! until somebody says so.
//!
//! Invariants:
//! - a look changes nothing; applying judges every row anew against the tasks as they are then, behind their locks;
//! - each batch is one transaction with its checkpoint, so a run that is killed goes on where it was;
//! - work of people is never changed.

mod job;
mod judge;
mod read;
mod sql;

use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    id::{FileId, ProjectId, ReimportId},
    import::reimport::{LookedRow, Outcome, ReimportHistory, ReimportRun, ReimportStatus, Rules},
    page::Limit,
};
use serde_json::json;

pub use job::RunReimport;

use crate::{
    Actor, Cx, Result,
    access::{self, ProjectAccess},
    audit, boxed, events,
    job::enqueue,
    storage::{self, StoredFile},
};

/// How many files one run may read.
pub const MAX_FILES: usize = 100;
/// How many runs the list shows.
const HISTORY: i64 = 50;

/// Begins to look at what files would change.
///
/// # Errors
/// *Not found* for files of another project; rules that are none; files without rows; no file at all.
#[boxed]
pub async fn start(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    files: Vec<FileId>,
    rules: Rules,
) -> Result<ReimportId> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let rules = rules.check()?;
    if files.is_empty() {
        return Err(Problem::invalid("file_upload_ids", "import_without_files", "Choose at least one file.").into());
    }
    if files.len() > MAX_FILES {
        let message = format!("At most {MAX_FILES} files can be read at once.");
        return Err(Problem::new(Kind::TooLarge, "import_too_many_files", message).on("file_upload_ids").into());
    }
    let found = found(cx, &access, &files).await?;
    if let Some(other) = found.iter().find(|file| file.is_media()) {
        let message = format!("“{}” has no rows. Send a table, a list, or an archive of them.", other.name);
        return Err(Problem::invalid("file_upload_ids", "file_without_rows", message).into());
    }
    let name = match found.as_slice() {
        [file] => file.name.clone(),
        more => format!("{} files", more.len()),
    };
    let bytes = found.iter().map(|file| file.size_bytes).sum();
    let mut tx = access.begin(cx).await?;
    let new = sql::New { name: &name, files: &files, rules: &rules, bytes };
    let reimport_id = sql::insert(&mut tx, &access, &new, cx.now()).await?;
    enqueue(&mut tx, &RunReimport { project_id, reimport_id }).await?;
    tx.commit().await?;
    Ok(reimport_id)
}

/// The files of a run, in its order.
async fn found(cx: &Cx, access: &ProjectAccess, files: &[FileId]) -> Result<Vec<StoredFile>> {
    let mut found = Vec::with_capacity(files.len());
    for file_id in files {
        let file = storage::of_project(cx, access, *file_id).await?;
        found.push(file.ok_or_else(|| Problem::not_found("file").on("file_upload_ids"))?);
    }
    Ok(found)
}

fn gone() -> Problem {
    Problem::not_found("reimport")
}

/// One run.
///
/// # Errors
/// *Not found* for another project's.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, project_id: ProjectId, reimport_id: ReimportId) -> Result<ReimportRun> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    let runs = sql::runs(&mut tx, &access, Some(reimport_id), 1).await?;
    tx.commit().await?;
    Ok(runs.into_iter().next().ok_or_else(gone)?)
}

/// The project's runs, newest first.
///
/// # Errors
/// As [`access::project`].
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<ReimportRun>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    let runs = sql::runs(&mut tx, &access, None, HISTORY).await?;
    tx.commit().await?;
    Ok(runs)
}

/// The project's runs, and the first rows of the newest: everything the page shows.
///
/// # Errors
/// As [`access::project`].
#[boxed]
pub async fn history(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ReimportHistory> {
    let runs = list(cx, actor, project_id).await?;
    let kind = runs.first().filter(|run| run.status.rests()).and_then(|run| Some((run.reimport_id, run.first_kind()?)));
    let rows = match kind {
        Some((id, outcome)) => rows(cx, actor, project_id, id, outcome, 0, Limit::default()).await?,
        None => Vec::new(),
    };
    Ok(ReimportHistory { runs, rows })
}

/// What becomes of rows, in order; go on behind the position of the last one of the page before. The first thousand of a
/// kind are kept.
///
/// # Errors
/// As [`get`].
#[boxed]
pub async fn rows(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    reimport_id: ReimportId,
    outcome: Outcome,
    after: i64,
    limit: Limit,
) -> Result<Vec<LookedRow>> {
    get(cx, actor, project_id, reimport_id).await?;
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let mut tx = access.begin(cx).await?;
    let rows = sql::rows(&mut tx, &access, reimport_id, outcome, after, limit.rows()).await?;
    tx.commit().await?;
    Ok(rows)
}

/// Applies what was looked at: tasks that are otherwise by now are judged as they are then.
///
/// # Errors
/// As [`get`]; *conflict* unless the look is over and would change something.
#[boxed]
pub async fn apply(cx: &Cx, actor: &Actor, project_id: ProjectId, reimport_id: ReimportId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let run = get(cx, actor, project_id, reimport_id).await?;
    let refused = |message: &str| Problem::conflict("reimport_not_ready", message.to_owned());
    if run.status != ReimportStatus::Ready {
        return Err(refused("This can be applied once it was looked at, and only once.").into());
    }
    if !run.would_change() {
        return Err(refused("There is nothing to apply: no task would change.").into());
    }
    let mut tx = access.begin(cx).await?;
    if !sql::turn(&mut tx, &access, reimport_id, ReimportStatus::Ready, ReimportStatus::Applying, cx.now()).await? {
        return Err(refused("Somebody was faster.").into());
    }
    let event = audit::Event {
        org_id: Some(access.org_id()),
        actor_id: access.user_id(),
        action: "tasks_reimported",
        subject: "project",
        subject_id: Some(project_id.0),
        data: json!({ "reimport_id": reimport_id, "source": run.source_name, "changed": run.changed, "new": run.new }),
    };
    audit::record(cx, &mut tx, event).await?;
    enqueue(&mut tx, &RunReimport { project_id, reimport_id }).await?;
    events::tell(&mut tx, &topic(reimport_id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Stops a run; what was applied stays.
///
/// # Errors
/// As [`get`]; *conflict* when it is over.
#[boxed]
pub async fn cancel(cx: &Cx, actor: &Actor, project_id: ProjectId, reimport_id: ReimportId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    get(cx, actor, project_id, reimport_id).await?;
    let mut tx = access.begin(cx).await?;
    if !sql::end(&mut tx, &access, reimport_id, ReimportStatus::Cancelled, None, cx.now()).await? {
        return Err(Problem::conflict("reimport_over", "This is over already.").into());
    }
    job::close(cx, &mut tx, &access, reimport_id).await?;
    events::tell(&mut tx, &topic(reimport_id)).await?;
    tx.commit().await?;
    Ok(())
}

/// The name under which changes of a run are told.
#[must_use]
pub fn topic(reimport_id: ReimportId) -> String {
    format!("reimport:{reimport_id}")
}
