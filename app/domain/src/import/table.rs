//! CSV, TSV and their kin: a header, then one task per record.
//!
//! Records are found first and split afterwards, so that a quote nobody closed can be undone: the record is refused,
//! and reading goes on with the line after the one it began on.

use std::collections::HashSet;
use std::io::{self, Read};

use serde_json::{Map, Value};

use super::{Found, MAX_COLUMNS, MAX_KEPT_BYTES, MAX_TABLE_ROW_BYTES, NewTask, RowError, Source, json, plain, task};
use crate::Error;

/// How many unclosed quotes are undone by reading again; a file with more is not worth the time, and the text behind
/// each further one is skipped to the end of its line.
const MAX_TAKEN_BACK: u32 = 8;
/// How many records decide which delimiter a table uses.
const SNIFF_RECORDS: usize = 20;

/// Where a reader stands inside a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

impl At {
    /// Moves over one byte; `None` where it ends the record.
    fn step(self, byte: u8, delimiter: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Quoted, b'"') => Self::QuoteInQuoted,
            (Self::Quoted, _) | (Self::QuoteInQuoted | Self::FieldStart, b'"') => Self::Quoted,
            (_, b'\n' | b'\r') => return None,
            (_, byte) if byte == delimiter => Self::FieldStart,
            _ => Self::Plain,
        })
    }
}

/// How a record ended.
enum Ended {
    Well,
    /// A quote is still open at the end of the file or of what one row may hold.
    InQuote,
    TooLong,
}

/// A table's records.
pub(super) struct Table<R> {
    source: Source<R>,
    delimiter: u8,
    header: Vec<String>,
    row: Vec<u8>,
    taken_back: u32,
}

impl<R: Read> Table<R> {
    /// Reads the header. Along with the table come notes on names that had to be changed.
    pub(super) fn open(source: Source<R>, delimiter: u8) -> io::Result<crate::Result<(Self, Vec<String>)>> {
        let mut table = Self { source, delimiter, header: Vec::new(), row: Vec::new(), taken_back: 0 };
        loop {
            match table.read_record()? {
                None => return Ok(Err(refuse("import_empty", "There is nothing in this table."))),
                Some(Ended::Well) if table.row.trim_ascii().is_empty() => {}
                Some(Ended::Well) => break,
                Some(Ended::InQuote | Ended::TooLong) => {
                    return Ok(Err(refuse("import_header", "The first line, which names the columns, never ends.")));
                }
            }
        }
        let mut fields = Vec::new();
        split(&table.row, delimiter, &mut fields);
        if fields.len() > MAX_COLUMNS {
            let message = format!("This table has {} columns; at most {MAX_COLUMNS} can be read.", fields.len());
            return Ok(Err(refuse("import_columns", message)));
        }
        let mut names = Vec::with_capacity(fields.len());
        for field in fields {
            match String::from_utf8(field) {
                Ok(name) if !name.contains('\0') => names.push(name),
                _ => return Ok(Err(refuse("import_header", "The names of the columns are not valid UTF-8 text."))),
            }
        }
        let notes = table.name_columns(names);
        Ok(Ok((table, notes)))
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.source.offset()
    }

    pub(super) fn next_row(&mut self) -> io::Result<Option<Found>> {
        let mut fields = Vec::new();
        loop {
            let line = self.source.line();
            let Some(ended) = self.read_record()? else { return Ok(None) };
            let outcome = match ended {
                Ended::Well if self.row.trim_ascii().is_empty() => continue,
                Ended::Well => {
                    split(&self.row, self.delimiter, &mut fields);
                    self.task(&fields)
                }
                Ended::TooLong => Err(RowError::new(json::too_long_reason(MAX_TABLE_ROW_BYTES), &self.row)),
                Ended::InQuote => {
                    let first_line = self.take_back_quote(line)?;
                    Err(RowError::new("A quotation mark in this row is never closed.", &first_line))
                }
            };
            return Ok(Some(Found { line, outcome }));
        }
    }

    /// Makes every name unique and non-empty, and says what it changed.
    fn name_columns(&mut self, names: Vec<String>) -> Vec<String> {
        let mut notes = Vec::new();
        let mut taken: HashSet<String> = names.iter().map(|name| name.trim().to_owned()).collect();
        let mut seen = HashSet::new();
        for (index, name) in names.iter().enumerate() {
            let position = index + 1;
            let wanted = name.trim();
            let mut unique = wanted.to_owned();
            if wanted.is_empty() {
                unique = format!("column_{position}");
            }
            let base = unique.clone();
            let mut copy = 2;
            while seen.contains(&unique) || (unique != wanted && taken.contains(&unique)) {
                unique = format!("{base}_{copy}");
                copy += 1;
            }
            if wanted.is_empty() {
                notes.push(format!("Column {position} has no name and was called “{unique}”."));
            } else if unique != wanted {
                notes.push(format!("The name “{wanted}” comes twice; column {position} was called “{unique}”."));
            }
            taken.insert(unique.clone());
            seen.insert(unique.clone());
            self.header.push(unique);
        }
        notes
    }

    /// Reads one record as it is written, without its line end; `None` at the end of the file.
    fn read_record(&mut self) -> io::Result<Option<Ended>> {
        self.row.clear();
        let mut at = At::FieldStart;
        loop {
            let delimiter = self.delimiter;
            let chunk = self.source.chunk()?;
            if chunk.is_empty() {
                if self.row.is_empty() {
                    return Ok(None);
                }
                return Ok(Some(if at == At::Quoted { Ended::InQuote } else { Ended::Well }));
            }
            let mut ends = None;
            for (index, byte) in chunk.iter().enumerate() {
                if let Some(next) = at.step(*byte, delimiter) {
                    at = next;
                } else {
                    ends = Some(index);
                    break;
                }
            }
            let taken = ends.unwrap_or(chunk.len());
            if self.row.len() + taken > MAX_TABLE_ROW_BYTES {
                let in_quote = at == At::Quoted && self.row.contains(&b'\n') && self.taken_back < MAX_TAKEN_BACK;
                if in_quote {
                    return Ok(Some(Ended::InQuote));
                }
                self.skip_line()?;
                self.row.truncate(MAX_KEPT_BYTES);
                return Ok(Some(Ended::TooLong));
            }
            self.row.extend_from_slice(&chunk[..taken]);
            self.source.consume(taken);
            if ends.is_some() {
                self.skip_line_end()?;
                return Ok(Some(Ended::Well));
            }
        }
    }

    /// Goes over `\n`, `\r\n` or a lone `\r`.
    fn skip_line_end(&mut self) -> io::Result<()> {
        let length = if self.source.beginning(2)? == b"\r\n" { 2 } else { 1 };
        self.source.consume(length);
        Ok(())
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let chunk = self.source.chunk()?;
            if chunk.is_empty() {
                return Ok(());
            }
            let ends = chunk.iter().position(|byte| *byte == b'\n');
            let taken = ends.map_or(chunk.len(), |index| index + 1);
            self.source.consume(taken);
            if ends.is_some() {
                return Ok(());
            }
        }
    }

    /// Gives back everything after the first line of a record that began on `line`; that first line remains.
    fn take_back_quote(&mut self, line: u64) -> io::Result<Vec<u8>> {
        let mut first = std::mem::take(&mut self.row);
        let Some(end) = first.iter().position(|byte| *byte == b'\n') else { return Ok(first) };
        if self.taken_back < MAX_TAKEN_BACK {
            self.taken_back += 1;
            self.source.take_back(&first[end + 1..], line + 1, 1);
            first.truncate(end);
        } else {
            self.skip_line()?;
        }
        Ok(first)
    }

    fn task(&self, fields: &[Vec<u8>]) -> Result<NewTask, RowError> {
        let refuse = |reason: String| RowError::new(reason, &self.row);
        if fields.len() != self.header.len() {
            return Err(refuse(format!(
                "This row has {} {}, but the table has {} columns.",
                fields.len(),
                if fields.len() == 1 { "value" } else { "values" },
                self.header.len()
            )));
        }
        let mut data = Map::with_capacity(fields.len());
        for (name, field) in self.header.iter().zip(fields) {
            let value =
                std::str::from_utf8(field).map_err(|_| refuse(format!("The value of “{name}” is not valid UTF-8.")))?;
            if value.contains('\0') {
                return Err(refuse(task::NUL_REASON.to_owned()));
            }
            data.insert(name.clone(), Value::from(value));
        }
        Ok(plain(data))
    }
}

/// The values of one record, unquoted.
fn split(record: &[u8], delimiter: u8, fields: &mut Vec<Vec<u8>>) {
    fields.clear();
    let mut field = Vec::new();
    let mut at = At::FieldStart;
    for byte in record {
        let from = at;
        // A lone `\r` inside a record can only stand in quotes, so stepping never ends the record here.
        at = from.step(*byte, delimiter).unwrap_or(At::Plain);
        match (from, at) {
            (_, At::FieldStart) => fields.push(std::mem::take(&mut field)),
            (At::FieldStart, At::Quoted) | (At::Quoted, At::QuoteInQuoted) => {}
            _ => field.push(*byte),
        }
    }
    fields.push(field);
}

/// The delimiter that cuts the first records of `text` into the same number of values, more than one: most of them, or
/// half of them where the name already says that it is a table.
pub(super) fn sniff(text: &[u8], named: bool) -> Option<u8> {
    let candidates = [b',', b'\t', b';'];
    let agreeing = |delimiter: u8| {
        let mut widths = Vec::new();
        let mut width = 1;
        let mut at = At::FieldStart;
        let mut blank = true;
        for byte in text {
            if let Some(next) = at.step(*byte, delimiter) {
                at = next;
                blank = false;
                width += usize::from(at == At::FieldStart);
                continue;
            }
            if !blank {
                widths.push(width);
            }
            (at, width, blank) = (At::FieldStart, 1, true);
            if widths.len() == SNIFF_RECORDS {
                break;
            }
        }
        if !blank && widths.len() < SNIFF_RECORDS && at != At::Quoted {
            widths.push(width);
        }
        let first = widths.first().copied().unwrap_or(1);
        let same = widths.iter().filter(|width| **width == first).count();
        // Without a name a single record says nothing, and commas in prose do not make a table.
        let enough = if named { same * 2 >= widths.len() } else { widths.len() > 1 && same * 3 >= widths.len() * 2 };
        (first > 1 && enough).then_some((same, first))
    };
    let best = candidates.iter().filter_map(|delimiter| Some((agreeing(*delimiter)?, *delimiter)));
    best.max_by_key(|(score, delimiter)| (*score, *delimiter == b',')).map(|(_, delimiter)| delimiter)
}

fn refuse(code: &'static str, message: impl Into<String>) -> Error {
    Error::invalid("file", code, message)
}
