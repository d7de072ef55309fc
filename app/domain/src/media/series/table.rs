//! CSV and its kin as a series, row by row.

use std::io::{BufRead, BufReader, Read};

use super::{Clock, Failure, Options, Row, Source, TimeFormat, TimeKind, no_column, no_numbers};
use crate::{
    Error,
    media::{bad, empty, too_large},
};

/// The longest row.
const MAX_ROW_BYTES: usize = 1 << 20;
const BUFFER_BYTES: usize = 1 << 18;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// A table of numbers that is being read.
pub struct Table<R> {
    reader: BufReader<R>,
    separator: u8,
    time: Option<(usize, Option<TimeFormat>)>,
    /// Where in a row the columns of values stand, in the order asked for.
    places: Vec<usize>,
    names: Vec<String>,
    clock: Clock,
    /// The first row of a table without a header.
    first: Option<Vec<u8>>,
    line: Vec<u8>,
    values: Vec<f64>,
    /// Per column: whether it has had a number, and whether it has had text.
    seen: Vec<(bool, bool)>,
}

impl<R: Read> Table<R> {
    /// Reads the header and finds the columns. A table without a header is one whose columns are asked for by number.
    ///
    /// # Errors
    /// *Invalid* for an empty file, and for a column that is not there.
    pub fn open(reader: R, options: &Options) -> Result<Self, Failure> {
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, reader);
        let mut line = Vec::new();
        if !read_row(&mut reader, &mut line)? {
            return Err(empty().into());
        }
        if line.starts_with(BOM) {
            line.drain(..BOM.len());
        }
        if line.contains(&0) {
            let message = "This is not a table: it holds bytes that are no text. It must be UTF-8.";
            return Err(bad("series_not_text", message).into());
        }
        let separator = options.separator.unwrap_or_else(|| sniff(&line));
        let mut header: Vec<String> = Vec::new();
        split(&line, separator, |_, field| header.push(text(field)));
        let asked = || options.time_column.iter().chain(&options.columns);
        let is_numbered = !asked().all(|name| header.contains(name))
            && asked().all(|name| name.parse().is_ok_and(|at: usize| at < header.len()));
        let find = |name: &String| match header.iter().position(|known| known == name) {
            _ if is_numbered => Ok(name.parse().unwrap_or(usize::MAX)),
            Some(at) => Ok(at),
            None => Err(no_column(name, header.iter().map(String::as_str))),
        };
        let time = options.time_column.as_ref().map(find).transpose()?;
        let mut first = is_numbered.then(|| line.clone());
        let mut places = options.columns.iter().map(find).collect::<Result<Vec<_>, Error>>()?;
        if places.is_empty() {
            // All that have a number in the first row.
            let more = match &first {
                Some(_) => true,
                None => read_row(&mut reader, &mut line)?,
            };
            if more {
                split(&line, separator, |at, field| {
                    if Some(at) != time && at < header.len() && number(field).is_some_and(|value| !value.is_nan()) {
                        places.push(at);
                    }
                });
                first = Some(line.clone());
            }
        }
        if places.len() > super::MAX_COLUMNS {
            let message =
                format!("A series has at most {} channels. Please name the ones to show.", super::MAX_COLUMNS);
            return Err(too_large("series_columns", message).into());
        }
        let names: Vec<String> = if is_numbered {
            places.iter().map(ToString::to_string).collect()
        } else {
            places.iter().map(|at| header[*at].clone()).collect()
        };
        Ok(Self {
            reader,
            separator,
            time: time.map(|at| (at, options.time_format.clone())),
            values: vec![f64::NAN; places.len()],
            seen: vec![(false, false); places.len()],
            places,
            names,
            clock: Clock::new(),
            first,
            line,
        })
    }
}

impl<R: Read> Source for Table<R> {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn time(&self) -> TimeKind {
        match &self.time {
            None => TimeKind::RowNumber,
            Some((_, None)) => TimeKind::Number,
            Some((_, Some(_))) => TimeKind::Date,
        }
    }

    fn next(&mut self) -> Result<Option<Row<'_>>, Failure> {
        match self.first.take() {
            Some(first) => self.line = first,
            None => {
                if !read_row(&mut self.reader, &mut self.line)? {
                    let silent = self.seen.iter().position(|seen| *seen == (false, true));
                    return silent.map_or(Ok(None), |at| Err(no_numbers(&self.names[at]).into()));
                }
            }
        }
        self.values.fill(f64::NAN);
        let mut time = None;
        let mut written = String::new();
        let (places, values, seen) = (&self.places, &mut self.values, &mut self.seen);
        split(&self.line, self.separator, |at, field| {
            if let Some((place, format)) = &self.time
                && *place == at
            {
                time = match format {
                    None => number(field),
                    Some(format) => std::str::from_utf8(field).ok().and_then(|text| format.parse(text)),
                };
                if time.is_none() {
                    written = text(field);
                }
            }
            for (column, _) in places.iter().enumerate().filter(|(_, place)| **place == at) {
                match number(field) {
                    Some(value) => {
                        values[column] = value;
                        seen[column].0 |= !value.is_nan();
                    }
                    None => seen[column].1 = true,
                }
            }
        });
        let number = self.clock.row as f64;
        let time = if self.time.is_some() { time } else { Some(number) };
        let time = self.clock.take(time, || written)?;
        Ok(Some(Row { time, values: &self.values }))
    }
}

/// The next row that is not blank, without its line break; quoted values may go over several lines. False at the end.
fn read_row<R: Read>(reader: &mut BufReader<R>, line: &mut Vec<u8>) -> Result<bool, Failure> {
    loop {
        line.clear();
        loop {
            let left = (MAX_ROW_BYTES + 1 - line.len().min(MAX_ROW_BYTES)) as u64;
            let read = reader.by_ref().take(left).read_until(b'\n', line)?;
            if line.len() > MAX_ROW_BYTES {
                let message =
                    "A row of this table is longer than 1 MB. Is it a table at all, and is every quote closed?";
                return Err(too_large("series_row_long", message).into());
            }
            let quotes = if line.contains(&b'"') { line.iter().filter(|byte| **byte == b'"').count() } else { 0 };
            if read == 0 || quotes.is_multiple_of(2) {
                break;
            }
        }
        if line.is_empty() {
            return Ok(false);
        }
        while matches!(line.last(), Some(b'\n' | b'\r')) {
            line.pop();
        }
        if !line.trim_ascii().is_empty() {
            return Ok(true);
        }
    }
}

/// Calls `see` with each field of a row as it is written, quotes included.
fn split(line: &[u8], separator: u8, mut see: impl FnMut(usize, &[u8])) {
    let mut quoted = false;
    let fields = line.split(|byte| {
        quoted ^= *byte == b'"';
        *byte == separator && !quoted
    });
    for (at, field) in fields.enumerate() {
        see(at, field);
    }
}

/// A field without white space around it and without quotes.
fn bare(field: &[u8]) -> &[u8] {
    let field = field.trim_ascii();
    field.strip_prefix(b"\"").and_then(|field| field.strip_suffix(b"\"")).map_or(field, <[u8]>::trim_ascii)
}

fn text(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(bare(field));
    if text.contains("\"\"") { text.replace("\"\"", "\"") } else { text.into_owned() }
}

/// A number, not a number for an empty field, `None` for text.
fn number(field: &[u8]) -> Option<f64> {
    let field = bare(field);
    if field.is_empty() || [&b"null"[..], b"none", b"na", b"n/a"].iter().any(|none| field.eq_ignore_ascii_case(none)) {
        return Some(f64::NAN);
    }
    std::str::from_utf8(field).ok()?.parse().ok()
}

/// Which of the usual separators a header has most of.
fn sniff(header: &[u8]) -> u8 {
    let count = |separator: u8| header.iter().filter(|byte| **byte == separator).count();
    [b'|', b';', b'\t', b','].into_iter().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

#[cfg(test)]
mod tests {
    use super::super::tests::{options, rows};
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str, options: &Options) -> Result<Vec<String>, String> {
        match Table::open(text.as_bytes(), options) {
            Ok(mut table) => rows(&mut table),
            Err(Failure::Bad(error)) => Err(error.code.into_owned()),
            Err(Failure::Io(error)) => panic!("{error}"),
        }
    }

    #[test]
    fn tables_are_read_as_people_write_them() {
        let ok = |text: &str, o: &Options, expected: &[&str]| assert_eq!(read(text, o).unwrap(), expected, "{text}");
        ok("t,a,b\n1,2,3\n2,,x\n", &options("t", "", &["b", "a"]), &["1: 3 2", "2: NaN NaN"]);
        ok("\u{feff}\"t\";\"a \"\"b\"\"\"\r\n1;\"2\"\r\n\r\n", &options("t", "", &["a \"b\""]), &["1: 2"]);
        ok("t\ta\n5\t1e3\n5\t-.5\n", &options("t", "", &["a"]), &["5: 1000", "5: -0.5"]);
        ok("day,a\n2012-01-01,1\n", &options("day", "%Y-%m-%d", &["a"]), &["1325376000000: 1"]);
        ok("a,\"note\"\n1,\"x, y\nz\"\n2,q\n", &options("", "", &["a"]), &["0: 1", "1: 2"]);
        // Every column that has numbers, where none is asked for.
        ok("t,word,a,b\n1,x,2,3\n", &options("t", "", &[]), &["1: 2 3"]);
        // Without a header columns are numbered.
        ok("1,2,3\n2,5,6\n", &options("0", "", &["2"]), &["1: 3", "2: 6"]);
        ok("0,1\n7,8\n", &options("0", "", &["1"]), &["7: 8"]);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let long = format!("a\n{}", "1".repeat(MAX_ROW_BYTES + 1));
        for (text, options, code) in [
            ("", options("", "", &[]), "media_empty"),
            ("\n\n", options("", "", &[]), "media_empty"),
            ("a,b\n1,2\n", options("t", "", &["a"]), "series_no_column"),
            ("t,a\n1,2\n", options("t", "", &["z"]), "series_no_column"),
            ("t,a\n2,1\n1,1\n", options("t", "", &["a"]), "series_unsorted"),
            ("t,a\n2,1\nx,1\n", options("t", "", &["a"]), "series_time"),
            ("t,a\n2,1\n,1\n", options("t", "", &["a"]), "series_time"),
            ("t,a\n2012-13-01,1\n", options("t", "%Y-%m-%d", &["a"]), "series_time"),
            ("t,a\n1,x\n2,y\n", options("t", "", &["a"]), "series_no_numbers"),
            ("PK\0\0", options("", "", &[]), "series_not_text"),
            (&long, options("", "", &["a"]), "series_row_long"),
        ] {
            assert_eq!(read(text, &options).unwrap_err(), code, "{text:.40}");
        }
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[\\PC\n\",;]{0,80}", columns in proptest::collection::vec("[a0-9]", 0..3)) {
            let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
            let _ = read(&text, &options("", "", &columns));
            let _ = read(&text, &options("0", "%Y", &columns));
        }
    }
}
