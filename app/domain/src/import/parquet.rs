//! Parquet: our own tables become the tasks they were, any other table's rows are the data of a task each.

use std::collections::{HashMap, HashSet};

use ::parquet::{
    errors::ParquetError,
    file::{reader::FileReader, serialized_reader::SerializedFileReader},
    record::{Field, Row, reader::RowIter},
};
use bytes::Bytes;
use chrono::DateTime;
use serde_json::{Map, Value};

use super::{Found, MAX_COLUMNS, MAX_RESULTS_PER_TASK, NewAnnotation, NewTask, RowError, task};
use crate::{Error, Result, result::ResultItem};

/// The largest table: it is read from memory, because its directory stands at the end.
pub(crate) const MAX_BYTES: usize = 256 << 20;
/// The most a table may unpack to.
const MAX_UNPACKED: i64 = 4 << 30;

/// What our own tables say about themselves.
struct Ours {
    /// Columns that hold a data field, by column.
    data: HashMap<String, String>,
    json: HashSet<String>,
}

/// The rows of a table.
pub(super) struct Table {
    /// None behind a row that cannot be read.
    rows: Option<RowIter<'static>>,
    ours: Option<Ours>,
    /// The row that begins the next task.
    next: Option<Map<String, Value>>,
    number: u64,
}

impl Table {
    pub(super) fn open(bytes: Bytes) -> Result<Self> {
        let refuse = |message: String| Error::invalid("file", "parquet_malformed", message);
        let broken =
            |error: ::parquet::errors::ParquetError| refuse(format!("This Parquet file cannot be read: {error}."));
        let reader = guarded(|| SerializedFileReader::new(bytes)).map_err(broken)?;
        let metadata = reader.metadata().clone();
        let columns = metadata.file_metadata().schema_descr().num_columns();
        if columns > MAX_COLUMNS {
            return Err(refuse(format!("This table has {columns} columns; at most {MAX_COLUMNS} can be read.")));
        }
        let unpacked: i64 =
            metadata.row_groups().iter().map(|group| group.total_byte_size().max(0)).fold(0, i64::saturating_add);
        if unpacked > MAX_UNPACKED {
            return Err(refuse("This table unpacks to more than 4 GB.".to_owned()));
        }
        let notes = metadata.file_metadata().key_value_metadata();
        let ours = notes.and_then(|notes| notes.iter().find(|note| note.key == crate::format::PARQUET_KEY));
        let ours = ours.and_then(|note| Ours::read(note.value.as_deref()?));
        let rows = guarded(|| Ok(RowIter::from_file_into(Box::new(reader)))).map_err(broken)?;
        Ok(Self { rows: Some(rows), ours, next: None, number: 0 })
    }

    pub(super) fn next_row(&mut self) -> Option<Found> {
        let row = match self.next.take() {
            Some(row) => row,
            None => match self.read()? {
                Ok(row) => row,
                Err(error) => return Some(self.found(Err(error))),
            },
        };
        let Some(ours) = self.ours.take() else {
            let data = task::from_value(Value::Object(row)).map_err(|reason| RowError::new(reason, b""));
            return Some(self.found(data));
        };
        let id = row.get("task_id").cloned();
        let mut task = ours.task(row);
        // Rows of the same task follow each other.
        let mut torn = None;
        while task.as_ref().is_ok_and(|task| task.annotations.len() < MAX_RESULTS_PER_TASK) && id.is_some() {
            match self.read() {
                Some(Ok(row)) if row.get("task_id") == id.as_ref() => match (ours.task(row), &mut task) {
                    (Ok(more), Ok(task)) => task.annotations.extend(more.annotations),
                    (Err(error), task) => *task = Err(error),
                    _ => {}
                },
                Some(Ok(row)) => {
                    self.next = Some(row);
                    break;
                }
                Some(Err(error)) => {
                    torn = Some(error);
                    break;
                }
                None => break,
            }
        }
        self.ours = Some(ours);
        Some(self.found(torn.map_or(task, Err)))
    }

    fn found(&mut self, outcome: std::result::Result<NewTask, RowError>) -> Found {
        self.number += 1;
        Found { line: self.number, outcome }
    }

    fn read(&mut self) -> Option<std::result::Result<Map<String, Value>, RowError>> {
        let rows = self.rows.as_mut()?;
        Some(match guarded(|| rows.next().transpose()).transpose()? {
            Ok(row) => Ok(object(&row)),
            Err(error) => {
                self.rows = None;
                Err(RowError::new(format!("This row, and those behind it, cannot be read: {error}."), b""))
            }
        })
    }
}

/// What the library does with a file that lies about itself is not known in every case: a panic is an error like others.
fn guarded<T>(read: impl FnOnce() -> ::parquet::errors::Result<T>) -> ::parquet::errors::Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(ParquetError::General("it says what cannot be".to_owned())))
}

impl Ours {
    fn read(note: &str) -> Option<Self> {
        let note: Value = serde_json::from_str(note).ok()?;
        let data = note.get("data")?.as_object()?.iter();
        let data = data.filter_map(|(column, field)| Some((column.clone(), field.as_str()?.to_owned()))).collect();
        let json = note.get("json")?.as_array()?.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
        Some(Self { data, json })
    }

    fn task(&self, mut row: Map<String, Value>) -> std::result::Result<NewTask, RowError> {
        let broken = |reason: &str| RowError::new(reason, b"");
        for (name, value) in &mut row {
            if self.json.contains(name)
                && let Value::String(text) = value
            {
                *value = serde_json::from_str(text).map_err(|_| broken("A column of this row is not valid JSON."))?;
            }
        }
        let mut data = Map::new();
        for (name, value) in &row {
            if let Some(field) = self.data.get(name).filter(|_| !value.is_null()) {
                data.insert(field.clone(), value.clone());
            }
        }
        let mut found = NewTask { data, ..NewTask::default() };
        if let Some(Value::Object(meta)) = row.get("meta") {
            found.meta = Some(meta.clone());
        }
        if let Some(result) = row.remove("result").filter(|result| !result.is_null()) {
            let flag = |name: &str| row.get(name).and_then(Value::as_bool).unwrap_or(false);
            let moment = row.get("created_at").and_then(Value::as_i64).and_then(DateTime::from_timestamp_micros);
            found.annotations.push(NewAnnotation {
                result: ResultItem::list_from_json(result).map_err(|error| broken(&error.message))?,
                was_cancelled: flag("was_cancelled"),
                ground_truth: flag("ground_truth"),
                lead_time: row.get("lead_time").and_then(Value::as_f64),
                completed_by: row.get("annotator").and_then(Value::as_str).map(str::to_owned),
                created_at: moment,
            });
        }
        Ok(found)
    }
}

fn object(row: &Row) -> Map<String, Value> {
    row.get_column_iter().map(|(name, field)| (name.clone(), value(field))).collect()
}

/// Moments as numbers, which our own columns need; everything else as the library has it.
fn value(field: &Field) -> Value {
    match field {
        Field::TimestampMicros(micros) => (*micros).into(),
        Field::Group(row) => object(row).into(),
        other => other.to_json_value(),
    }
}
