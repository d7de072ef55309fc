//! The reading half: a thread of its own that turns files into batches of rows.

use domain::import::{self, NewTask, Target};
use tokio::{runtime::Handle, sync::mpsc::Sender};

use crate::{
    Cx, Result,
    storage::{self, StoredFile},
};

/// Rows in one transaction.
const BATCH_ROWS: usize = 500;
/// Bytes of input in one transaction, about.
const BATCH_BYTES: u64 = 2 << 20;

/// One row of a file.
pub(super) struct ReadRow {
    /// Among all rows of the run, from 1.
    pub(super) position: i64,
    pub(super) source: String,
    pub(super) number: i64,
    /// The row, or why there is none.
    pub(super) task: Result<NewTask, String>,
}

/// Rows that are judged together.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) rows: Vec<ReadRow>,
    pub(super) bytes_done: u64,
}

/// Reads every file to its end, or until nobody takes the rows. A file that is none fails the run.
pub(super) fn all(
    cx: &Cx,
    files: &[StoredFile],
    target: &Target,
    runtime: &Handle,
    sender: &Sender<Batch>,
) -> Result<()> {
    let mut batch = Batch::default();
    let (mut position, mut before, mut sent) = (0, 0, 0);
    for file in files {
        let reader = storage::blocking(cx, &file.storage_key, runtime)?;
        let mut rows = import::open_for(&file.name, reader, target).map_err(anyhow::Error::new)??;
        while let Some(row) = rows.next() {
            let row = row.map_err(anyhow::Error::new)?;
            position += 1;
            batch.rows.push(ReadRow {
                position,
                source: file.name.clone(),
                number: i64::try_from(row.number).unwrap_or(i64::MAX),
                task: row.outcome.map_err(|error| error.reason),
            });
            batch.bytes_done = before + rows.bytes_read().min(file.size_bytes);
            if batch.rows.len() >= BATCH_ROWS || batch.bytes_done - sent >= BATCH_BYTES {
                sent = batch.bytes_done;
                if sender.blocking_send(std::mem::take(&mut batch)).is_err() {
                    return Ok(());
                }
            }
        }
        before += file.size_bytes;
    }
    batch.bytes_done = before;
    // Nobody takes it when the run was cancelled at the very end.
    let _stopped = sender.blocking_send(batch);
    Ok(())
}
