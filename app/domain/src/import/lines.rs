//! One row per line: NDJSON and plain text.

use std::io::{self, Read};

use serde_json::{Map, Value};

use super::{Found, MAX_KEPT_BYTES, MAX_ROW_BYTES, NewTask, RowError, Source, json, plain};

/// What a line holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A JSON object.
    Json,
    /// Words.
    Text,
}

/// The lines of a source that are not blank.
pub(super) struct Lines<R> {
    source: Source<R>,
    kind: Kind,
    row: Vec<u8>,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(source: Source<R>, kind: Kind) -> Self {
        Self { source, kind, row: Vec::new() }
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.source.offset()
    }

    pub(super) fn next_row(&mut self) -> io::Result<Option<Found>> {
        loop {
            let line = self.source.line();
            let Some(too_long) = self.read_line()? else { return Ok(None) };
            if too_long {
                return Ok(Some(Found {
                    line,
                    outcome: Err(RowError::new(json::too_long_reason(MAX_ROW_BYTES), &self.row)),
                }));
            }
            let bytes = self.row.trim_ascii();
            if !bytes.is_empty() {
                let outcome = match self.kind {
                    Kind::Json => json::parse_line(bytes, line),
                    Kind::Text => text(bytes),
                };
                return Ok(Some(Found { line, outcome }));
            }
        }
    }

    /// Reads to the end of the line; whether it was too long to keep, or `None` at the end of the file.
    fn read_line(&mut self) -> io::Result<Option<bool>> {
        self.row.clear();
        let mut any = false;
        let mut too_long = false;
        loop {
            let chunk = self.source.chunk()?;
            if chunk.is_empty() {
                return Ok(any.then_some(too_long));
            }
            any = true;
            let ends = chunk.iter().position(|byte| *byte == b'\n');
            let taken = ends.unwrap_or(chunk.len());
            let room = if too_long { MAX_KEPT_BYTES } else { MAX_ROW_BYTES }.saturating_sub(self.row.len());
            too_long |= taken > room;
            self.row.extend_from_slice(&chunk[..taken.min(room)]);
            self.source.consume(taken + usize::from(ends.is_some()));
            if ends.is_some() {
                return Ok(Some(too_long));
            }
        }
    }
}

fn text(bytes: &[u8]) -> Result<NewTask, RowError> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        RowError::new(format!("Byte {} of this line is not valid UTF-8.", error.valid_up_to() + 1), bytes)
    })?;
    if text.contains('\0') {
        return Err(RowError::new(super::task::NUL_REASON, bytes));
    }
    Ok(plain(Map::from_iter([("text".to_owned(), Value::from(text))])))
}
