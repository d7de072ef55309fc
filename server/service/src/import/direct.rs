//! Tasks that a program hands over in one piece: all of them are stored, or none.

use std::{io::Cursor, time::Instant};

use bytes::Bytes;
use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    id::{ImportId, ProjectId, TaskId},
    import::{self as rows, NewTask, preannotated},
    label_config,
};

use super::{Manner, rows::Origin, sql, summary, summary::Counts, uploaded::Uploaded};
use crate::{
    Actor, Cx, Result, access, boxed, client_api,
    webhook::{Happening, tell},
};

/// The most that is taken in one piece, in bytes; more comes as a file.
pub const MAX_BYTES: usize = 128 << 20;
/// How many tasks are written at once.
const BATCH: usize = 5_000;

/// What became of them.
#[derive(Debug, Clone)]
pub struct Direct {
    /// The run, as the history shows it.
    pub import_id: ImportId,
    /// The tasks, in the order they came.
    pub task_ids: Vec<TaskId>,
    /// Annotations that came with them.
    pub annotations: i64,
    /// Predictions that came with them.
    pub predictions: i64,
    /// The fields of their data.
    pub columns: Vec<String>,
    /// How long it took, in seconds.
    pub seconds: f64,
}

/// Stores the tasks in a JSON list, or the one in an object. Where `fields` names controls, what a task's data holds under
/// these names becomes a prediction.
///
/// # Errors
/// As [`access::project`]; the first row that is no task, with its number, and then nothing is stored.
#[boxed]
pub async fn direct(cx: &Cx, actor: &Actor, project_id: ProjectId, json: Bytes, fields: Vec<String>) -> Result<Direct> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    if json.len() > MAX_BYTES {
        let message = format!("At most {} MB are taken at once. Send more as a file.", MAX_BYTES >> 20);
        return Err(Problem::new(Kind::TooLarge, "import_too_large", message).into());
    }
    let started = Instant::now();
    let size = json.len() as u64;
    // Reading is work for a processor, and there may be much of it.
    let mut tasks = tokio::task::spawn_blocking(move || read(&json)).await.map_err(anyhow::Error::new)??;
    let now = cx.now();
    // As the owner of the tables, because Postgres has no `COPY` behind row-level security.
    let mut tx = cx.begin().await?;
    let new = sql::NewImport { source: "text", name: "API".to_owned(), url: None, size: Some(size), files: Vec::new() };
    let import_id = sql::insert(cx, &mut tx, &access, &new, Manner::default()).await?;
    let taken = sql::take(cx, &mut tx, &access, import_id).await?.ok_or_else(|| Problem::not_found("project"))?;
    let config = label_config::read(&taken.label_config).unwrap_or_default();
    if !fields.is_empty() {
        for task in &mut tasks {
            task.predictions.extend(preannotated(&config, &task.data, &fields));
        }
    }
    Uploaded::new(None).resolve(&mut tx, project_id, &mut tasks).await?;
    let origin = Origin::new(&access, import_id, &taken);
    let mut counts = Counts::default();
    let mut task_ids = Vec::with_capacity(tasks.len());
    for batch in tasks.chunks(BATCH) {
        task_ids.extend(origin.write(cx, &mut tx, batch, &[], now, &mut counts).await?.into_iter().map(TaskId));
    }
    let (annotations, predictions) = (counts.annotations + counts.skipped, counts.predictions);
    let columns = counts.columns.columns.keys().cloned().collect();
    sql::count_direct(&mut tx, &access, import_id, &counts).await?;
    summary::add(&mut tx, &access, counts, now).await?;
    sql::finish(cx, &mut tx, &access, import_id, None).await?;
    tell(cx, &mut tx, (&access).into(), Happening::ImportCompleted(import_id)).await?;
    client_api::after_import(cx, &mut tx, &access, import_id).await?;
    tx.commit().await?;
    let seconds = started.elapsed().as_secs_f64();
    Ok(Direct { import_id, task_ids, annotations, predictions, columns, seconds })
}

/// The tasks, or the first row that is none.
fn read(json: &[u8]) -> Result<Vec<NewTask>> {
    let empty = || Problem::invalid("non_field_errors", "import_empty", "There are no tasks in this.");
    let start = json.iter().find(|byte| !byte.is_ascii_whitespace());
    if !matches!(start, Some(b'[' | b'{')) {
        return Err(empty().into());
    }
    let rows = rows::open("tasks.json", Cursor::new(json)).map_err(anyhow::Error::new)??;
    let mut tasks = Vec::new();
    for row in rows {
        let row = row.map_err(anyhow::Error::new)?;
        let task = row.outcome.map_err(|error| {
            let message = format!("Task {}: {}", row.number, error.reason);
            Problem::invalid("non_field_errors", "import_row_refused", message)
        })?;
        tasks.push(task);
    }
    if tasks.is_empty() { Err(empty().into()) } else { Ok(tasks) }
}
