//! Reading what people bring: JSON, NDJSON, CSV, TSV and plain text become tasks, row by row.
//!
//! [`open`] looks at the name and the first bytes, then hands out [`Rows`]: an iterator over a `Read` that holds one
//! row at a time, however large the file is. A bad row comes back as an `Err` with its number and reason, and the
//! reader finds the beginning of the next one by itself; only a failing disk or socket ends the iteration early.
//!
//! Invariants:
//! - memory is bounded by [`MAX_ROW_BYTES`], never by the file;
//! - rows are numbered from 1 in file order, good and bad alike, so the same file gives the same numbers again and an
//!   interrupted import can skip what it has already stored;
//! - nothing here recurses with the input: nesting beyond [`MAX_DEPTH`] is refused by counting.

mod columns;
mod detect;
mod gap;
mod json;
mod label;
mod lines;
#[cfg(feature = "parquet")]
mod parquet;
mod preannotate;
pub mod reimport;
mod run;
mod source;
mod table;
mod task;

use std::io::{self, Read};

use serde_json::{Map, Value};

pub use columns::{Column, ColumnKind, ColumnSummary};
pub use detect::{Format, detect, is_table_name, is_text_name};
pub use gap::{FieldGap, gaps};
pub use label::{LabelsAs, Target, yolo};
pub use preannotate::{PREANNOTATED, preannotated};
pub(crate) use run::fraction;
pub use run::{FailedRow, ImportHistory, ImportRun, RunStatus};
pub use task::{NewAnnotation, NewPrediction, NewTask, read_prediction, read_task};

use source::Source;

/// The longest row of JSON that is read, as long as an annotation may be; a longer one is refused and skipped.
pub const MAX_ROW_BYTES: usize = 32 << 20;
/// The longest row of a table that is read. Shorter, since so much is read again where a quotation mark is never closed.
pub const MAX_TABLE_ROW_BYTES: usize = 8 << 20;
/// How deep a JSON row may be nested.
pub const MAX_DEPTH: u32 = 100;
/// How much of a refused row is kept, so that it can be downloaded and mended.
pub const MAX_KEPT_BYTES: usize = 64 * 1024;
/// How many columns a table may have.
pub const MAX_COLUMNS: usize = 1_000;
/// How many annotations, and how many predictions, one imported task may carry.
pub const MAX_RESULTS_PER_TASK: usize = 1_000;
/// How much of the beginning is looked at to tell the format.
pub const SNIFF_BYTES: usize = 64 * 1024;

/// One row of the file, good or bad.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number, from 1; a table's header is not counted.
    pub number: u64,
    /// The line it begins on, from 1.
    pub line: u64,
    /// The task it holds, or why it holds none.
    pub outcome: Result<NewTask, RowError>,
}

/// Why a row was refused, and what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// One sentence for the person who brought the file.
    pub reason: String,
    /// The row as it was written, at most [`MAX_KEPT_BYTES`] of it; undecodable bytes are replaced.
    pub original: String,
}

impl RowError {
    fn new(reason: impl Into<String>, original: &[u8]) -> Self {
        let kept = &original[..original.len().min(MAX_KEPT_BYTES)];
        // PostgreSQL cannot hold a NUL in text; the replacement character says that something was there.
        let original = String::from_utf8_lossy(kept).replace('\0', "\u{fffd}");
        Self { reason: reason.into(), original }
    }
}

/// The rows of one file, in order.
pub struct Rows<R> {
    format: Format,
    notes: Vec<String>,
    number: u64,
    reader: Reader<R>,
}

enum Reader<R> {
    Json(json::Scanner<R>),
    Lines(lines::Lines<R>),
    Table(table::Table<R>),
    Conll(Box<label::conll::Conll<R>>),
    /// Rows of a file that had to be read as a whole.
    Held {
        rows: Box<dyn Iterator<Item = Found>>,
        bytes: u64,
    },
}

/// What a reader found: where it begins and what it is.
struct Found {
    line: u64,
    outcome: Result<NewTask, RowError>,
}

/// As [`open_for`], for files that bring no labels of other programs.
pub fn open<R: Read>(name: &str, reader: R) -> io::Result<crate::Result<Rows<R>>> {
    open_for(name, reader, &Target::default())
}

/// Tells the format of `name` from its beginning and reads it; labels of other programs become results for `target`.
///
/// The outer error is the reader's; the inner one says that this is no file that tasks can be read from.
pub fn open_for<R: Read>(name: &str, reader: R, target: &Target) -> io::Result<crate::Result<Rows<R>>> {
    let mut source = Source::new(reader);
    let format = match detect(name, source.beginning(SNIFF_BYTES)?) {
        Ok(format) => format,
        Err(error) => return Ok(Err(error)),
    };
    if format != Format::Parquet {
        source.skip_bom()?;
    }
    let mut notes = Vec::new();
    let reader = match format {
        Format::Json => Reader::Json(json::Scanner::new(source)),
        Format::JsonLines => Reader::Lines(lines::Lines::new(source, lines::Kind::Json)),
        Format::Text => Reader::Lines(lines::Lines::new(source, lines::Kind::Text)),
        Format::Table { delimiter } => match table::Table::open(source, delimiter)? {
            Ok((table, found)) => {
                notes = found;
                Reader::Table(table)
            }
            Err(error) => return Ok(Err(error)),
        },
        Format::Conll => Reader::Conll(Box::new(label::conll::Conll::new(source, target.clone()))),
        Format::Coco => match label::coco::rows(source, target.clone())? {
            Ok(rows) => Reader::Held { rows, bytes: 0 },
            Err(error) => return Ok(Err(error)),
        },
        Format::Voc => {
            let bytes = whole(source, label::voc::MAX_BYTES)?;
            let found = Found { line: 1, outcome: label::voc::task(&bytes, target) };
            Reader::Held { rows: Box::new(std::iter::once(found)), bytes: bytes.len() as u64 }
        }
        Format::Parquet => match parquet_rows(source)? {
            Ok(reader) => reader,
            Err(error) => return Ok(Err(error)),
        },
    };
    Ok(Ok(Rows { format, notes, number: 0, reader }))
}

/// A file that must be read as a whole, at most one byte more than it may have.
fn whole(source: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(feature = "parquet")]
fn parquet_rows<R: Read>(source: Source<R>) -> io::Result<crate::Result<Reader<R>>> {
    let bytes = whole(source, parquet::MAX_BYTES)?;
    if bytes.len() > parquet::MAX_BYTES {
        let message = format!("A Parquet file may be {} MB large.", parquet::MAX_BYTES >> 20);
        return Ok(Err(crate::Error::invalid("file", "parquet_too_large", message)));
    }
    let length = bytes.len() as u64;
    Ok(parquet::Table::open(bytes.into()).map(|mut table| {
        let rows = std::iter::from_fn(move || table.next_row());
        Reader::Held { rows: Box::new(rows), bytes: length }
    }))
}

/// Browsers read no tables.
#[cfg(not(feature = "parquet"))]
fn parquet_rows<R: Read>(_source: Source<R>) -> io::Result<crate::Result<Reader<R>>> {
    Err(io::ErrorKind::Unsupported.into())
}

impl<R: Read> Rows<R> {
    /// What the file was taken for.
    pub fn format(&self) -> Format {
        self.format
    }

    /// What was changed on the way in, such as a column renamed because its name came twice.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many bytes have been read so far.
    pub fn bytes_read(&self) -> u64 {
        match &self.reader {
            Reader::Json(reader) => reader.bytes_read(),
            Reader::Lines(reader) => reader.bytes_read(),
            Reader::Table(reader) => reader.bytes_read(),
            Reader::Conll(reader) => reader.bytes_read(),
            Reader::Held { bytes, .. } => *bytes,
        }
    }
}

impl<R: Read> Iterator for Rows<R> {
    type Item = io::Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        let found = match &mut self.reader {
            Reader::Json(reader) => reader.next_row(),
            Reader::Lines(reader) => reader.next_row(),
            Reader::Table(reader) => reader.next_row(),
            Reader::Conll(reader) => reader.next_row(),
            Reader::Held { rows, .. } => Ok(rows.next()),
        };
        match found {
            Ok(None) => None,
            Ok(Some(Found { line, outcome })) => {
                self.number += 1;
                Some(Ok(Row { number: self.number, line, outcome }))
            }
            Err(error) => Some(Err(error)),
        }
    }
}

/// A task that is nothing but `data`.
fn plain(data: Map<String, Value>) -> NewTask {
    NewTask { data, ..NewTask::default() }
}

#[cfg(test)]
mod tests;
