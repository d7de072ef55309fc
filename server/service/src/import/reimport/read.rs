//! The reading half: files are read as an import reads them, archives too, of which rows alone are taken.

use domain::import::NewTask;

use crate::import::read::{self, BatchSize};

/// How much is judged in one transaction.
pub(super) const JUDGED: BatchSize = BatchSize { rows: 500, bytes: 2 << 20 };

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
pub(super) struct Batch {
    pub(super) rows: Vec<ReadRow>,
    pub(super) bytes_done: u64,
}

/// Numbers rows as they are read, which is the same whenever they are.
#[derive(Default)]
pub(super) struct Numbering(i64);

impl Numbering {
    pub(super) fn batch(&mut self, batch: read::Batch) -> Batch {
        let number = |row: read::ReadRow| {
            self.0 += 1;
            ReadRow {
                position: self.0,
                source: row.source,
                number: i64::try_from(row.number).unwrap_or(i64::MAX),
                task: row.outcome.map_err(|error| error.reason),
            }
        };
        Batch { rows: batch.rows.into_iter().map(number).collect(), bytes_done: batch.bytes_done }
    }
}
