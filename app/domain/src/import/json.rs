//! Finds the elements of a JSON array, or objects one after another, without building the whole.
//!
//! The scanner only follows brackets, strings and line ends, so a broken element costs itself and not its neighbours:
//! a raw line end closes a string if JSON goes on behind it (none is allowed inside), a closing bracket closes what was
//! left open within it, and one that fits nothing is passed over. `serde_json` then judges each element by itself.

use std::io::{self, Read};

use serde_json::Value;

use super::{Found, MAX_DEPTH, MAX_KEPT_BYTES, MAX_ROW_BYTES, NewTask, RowError, Source, task};

/// Brackets and strings entered so far. Kinds of open brackets are remembered to `MAX_DEPTH`, deeper ones are counted.
#[derive(Default)]
struct Nesting {
    depth: u32,
    /// Bit `n` is set where the bracket at depth `n` is a `[`.
    lists: u128,
    in_string: bool,
    escaped: bool,
    /// A raw line end was met inside a string, and only white space since.
    line_ended: bool,
    too_deep: bool,
}

const _: () = assert!(MAX_DEPTH < 128, "the kinds of open brackets are bits of a u128");

impl Nesting {
    /// Follows bytes until the outermost bracket closes; how many bytes that took, or `None` to go on.
    fn follow(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                if self.escaped {
                    self.escaped = false;
                    at += 1;
                    continue;
                }
                if self.line_ended {
                    let next = bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace());
                    at += next?;
                    self.line_ended = false;
                    self.in_string = !matches!(bytes[at], b'{' | b'}' | b'[' | b']' | b',' | b'"');
                    continue;
                }
                let stop = bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n'));
                at += stop?;
                match bytes[at] {
                    b'\\' => self.escaped = true,
                    b'\n' => self.line_ended = true,
                    _ => self.in_string = false,
                }
                at += 1;
                continue;
            }
            match bytes[at] {
                b'"' => self.in_string = true,
                b'{' => self.enter(false),
                b'[' => self.enter(true),
                b'}' => self.leave(false),
                b']' => self.leave(true),
                _ => {}
            }
            at += 1;
            if self.depth == 0 && !self.in_string {
                return Some(at);
            }
        }
        None
    }

    fn enter(&mut self, list: bool) {
        if self.depth >= MAX_DEPTH {
            self.too_deep = true;
        } else if list {
            self.lists |= 1 << self.depth;
        } else {
            self.lists &= !(1 << self.depth);
        }
        self.depth = self.depth.saturating_add(1);
    }

    fn leave(&mut self, list: bool) {
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return;
        }
        let same_kind = if list { self.lists } else { !self.lists } & ((1 << self.depth) - 1);
        if same_kind != 0 {
            self.depth = same_kind.ilog2();
        }
    }
}

/// The length of the object or list `text` begins with, where it is closed.
pub(super) fn first_element_length(text: &[u8]) -> Option<usize> {
    Nesting::default().follow(text)
}

/// Elements of a stream of JSON.
pub(super) struct Scanner<R> {
    source: Source<R>,
    in_array: bool,
    row: Vec<u8>,
}

impl<R: Read> Scanner<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        Self { source, in_array: false, row: Vec::new() }
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.source.offset()
    }

    pub(super) fn next_row(&mut self) -> io::Result<Option<Found>> {
        loop {
            let Some(first) = self.skip_between()? else {
                return Ok(self.end());
            };
            match first {
                b'[' if !self.in_array => {
                    self.source.consume(1);
                    self.in_array = true;
                }
                b']' if self.in_array => {
                    self.source.consume(1);
                    self.in_array = false;
                }
                b'{' | b'[' => return self.bracketed().map(Some),
                _ => return self.bare().map(Some),
            }
        }
    }

    /// The first byte that is neither white space nor a comma.
    fn skip_between(&mut self) -> io::Result<Option<u8>> {
        loop {
            let chunk = self.source.chunk()?;
            if chunk.is_empty() {
                return Ok(None);
            }
            let between = chunk.iter().position(|byte| !byte.is_ascii_whitespace() && *byte != b',');
            let first = between.map(|at| chunk[at]);
            let passed = between.unwrap_or(chunk.len());
            self.source.consume(passed);
            if first.is_some() {
                return Ok(first);
            }
        }
    }

    /// The end of the file; an array still open is told once.
    fn end(&mut self) -> Option<Found> {
        let line = self.source.line();
        let column = self.source.column();
        std::mem::take(&mut self.in_array).then(|| Found {
            line,
            outcome: Err(RowError::new(
                format!("The file ends at line {line}, column {column} without closing its list; everything before it was read."),
                b"",
            )),
        })
    }

    /// An object, or a list where an object should be.
    fn bracketed(&mut self) -> io::Result<Found> {
        let line = self.source.line();
        let column = self.source.column();
        let mut nesting = Nesting::default();
        let mut too_long = false;
        self.row.clear();
        loop {
            let chunk = self.source.chunk()?;
            if chunk.is_empty() {
                let (end_line, end_column) = (self.source.line(), self.source.column());
                self.in_array = false;
                let reason = format!(
                    "This element begins at line {line}, column {column} and is still open where the file ends \
                     (line {end_line}, column {end_column}); everything before it was read."
                );
                return Ok(Found { line, outcome: Err(RowError::new(reason, &self.row)) });
            }
            let closed = nesting.follow(chunk);
            let taken = closed.unwrap_or(chunk.len());
            let discard = nesting.too_deep || too_long;
            let room = if discard { MAX_KEPT_BYTES } else { MAX_ROW_BYTES }.saturating_sub(self.row.len());
            too_long |= !discard && taken > room;
            self.row.extend_from_slice(&chunk[..taken.min(room)]);
            self.source.consume(taken);
            if closed.is_some() {
                let outcome = if too_long {
                    Err(RowError::new(too_long_reason(), &self.row))
                } else if nesting.too_deep {
                    Err(RowError::new(too_deep_reason(), &self.row))
                } else {
                    parse(&self.row, line, column)
                };
                return Ok(Found { line, outcome });
            }
        }
    }

    /// A number, a word or a string where an object should be: to the comma or bracket in an array, else to the line's end.
    fn bare(&mut self) -> io::Result<Found> {
        let line = self.source.line();
        let column = self.source.column();
        let mut in_string = false;
        let mut escaped = false;
        self.row.clear();
        loop {
            let in_array = self.in_array;
            let chunk = self.source.chunk()?;
            let ends = chunk.iter().position(|byte| {
                if in_array && in_string && *byte != b'\n' {
                    let closes = *byte == b'"' && !escaped;
                    escaped = *byte == b'\\' && !escaped;
                    in_string = !closes;
                    return false;
                }
                in_string = *byte == b'"';
                *byte == b'\n' || (in_array && matches!(byte, b',' | b']' | b'{'))
            });
            let at_end = chunk.is_empty();
            let taken = ends.unwrap_or(chunk.len());
            let room = MAX_KEPT_BYTES.saturating_sub(self.row.len());
            self.row.extend_from_slice(&chunk[..taken.min(room)]);
            self.source.consume(taken);
            if ends.is_some() || at_end {
                let reason = if serde_json::from_slice::<Value>(&self.row).is_ok() {
                    "Every row must be an object such as {\"text\": \"…\"}; this is a single value.".to_owned()
                } else {
                    format!("This is not valid JSON (line {line}, column {column}).")
                };
                return Ok(Found { line, outcome: Err(RowError::new(reason, &self.row)) });
            }
        }
    }
}

/// Judges one element that begins at `line` and `column` of the file.
pub(super) fn parse(bytes: &[u8], line: u64, column: u64) -> Result<NewTask, RowError> {
    let refuse = |reason: String| RowError::new(reason, bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| refuse(format!("Byte {} of this row is not valid UTF-8.", error.valid_up_to() + 1)))?;
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&place).unwrap_or(&message);
        let inner = error.column() as u64;
        let column = if error.line() == 1 { column + inner.saturating_sub(1) } else { inner };
        let line = line + (error.line() as u64).saturating_sub(1);
        refuse(format!("This is not valid JSON (line {line}, column {column}): {message}."))
    })?;
    task::from_value(value).map_err(refuse)
}

/// Judges a line that should hold one object.
pub(super) fn parse_line(bytes: &[u8], line: u64) -> Result<NewTask, RowError> {
    let mut nesting = Nesting::default();
    let mut rest = bytes;
    while let Some(taken) = nesting.follow(rest) {
        rest = &rest[taken..];
    }
    if nesting.too_deep { Err(RowError::new(too_deep_reason(), bytes)) } else { parse(bytes, line, 1) }
}

pub(super) fn too_long_reason() -> String {
    format!("This row is longer than {} MB, the most that one row may hold.", MAX_ROW_BYTES / (1024 * 1024))
}

fn too_deep_reason() -> String {
    format!("This row is nested more than {MAX_DEPTH} levels deep.")
}
