//! Finds the elements of a JSON array, or objects one after another, without building the whole.
//!
//! The scanner only follows brackets and strings; `serde_json` then judges each element by itself. So an element that
//! is wrong inside costs only itself: a closing bracket closes what was left open within it, and one that fits nothing
//! is passed over.
//!
//! An element can also be torn: a quotation mark is missing, so that text and structure change places, or a closing
//! bracket is. Following it further would swallow its neighbours. A tear shows where a line ends inside a string (none
//! is allowed to), where something follows a string that cannot, or where an object holds a bracket without a name. The
//! scanner then goes back to the string or bracket in question and looks for the next place where an element plausibly
//! begins: a `{` behind `,`, `}` or a line end, in the column of the torn one where both begin a line, with names that
//! the elements before had. That keeps parts of the torn element from being taken for elements. The reason says from
//! where to where nothing was read.

mod judge;
mod nesting;
use std::{
    collections::HashSet,
    io::{self, Read},
};

use serde_json::Value;

use judge::{parse, too_deep_reason};
use nesting::{Followed, Nesting, PEEK_BYTES, keys_of};

use super::{Found, MAX_KEPT_BYTES, MAX_ROW_BYTES, NewTask, RowError, Source};

pub(super) use judge::{parse_line, too_long_reason};
pub(super) use nesting::first_element_length;

/// How many good elements say which names are known.
const LEARNED_ELEMENTS: u32 = 100;

/// How many elements without end are undone by reading again; with more of them a file is not worth the time.
const MAX_TAKEN_BACK: u32 = 8;

/// Elements of a stream of JSON.
pub(super) struct Scanner<R> {
    source: Source<R>,
    in_array: bool,
    row: Vec<u8>,
    /// Only white space stands before the element on its line.
    begins_line: bool,
    /// Names that good elements had.
    known: HashSet<Vec<u8>>,
    learned: u32,
    taken_back: u32,
}

/// What is known of a torn element when the next one is looked for.
struct Torn {
    begins_line: bool,
    column: u64,
    /// Names it had before the tear.
    keys: HashSet<Vec<u8>>,
    /// The byte in front of where the search begins.
    before: u8,
}

impl<R: Read> Scanner<R> {
    pub(super) fn new(source: Source<R>) -> Self {
        Self {
            source,
            in_array: false,
            row: Vec::new(),
            begins_line: true,
            known: HashSet::new(),
            learned: 0,
            taken_back: 0,
        }
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
                    self.begins_line = false;
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
            for byte in &chunk[..passed] {
                self.begins_line = *byte == b'\n' || self.begins_line && *byte != b',';
            }
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
                return self.unclosed(line, column, !too_long && !nesting.too_deep);
            }
            let followed = nesting.follow(chunk);
            let taken = match followed {
                Followed::On => chunk.len(),
                Followed::Closed(taken) | Followed::Torn(taken) => taken,
            };
            let discard = nesting.too_deep || too_long;
            let room = if discard { MAX_KEPT_BYTES } else { MAX_ROW_BYTES }.saturating_sub(self.row.len());
            too_long |= !discard && taken > room;
            self.row.extend_from_slice(&chunk[..taken.min(room)]);
            self.source.consume(taken);
            if matches!(followed, Followed::On) {
                continue;
            }
            let whole = !too_long && !nesting.too_deep;
            let outcome = if matches!(followed, Followed::Torn(_)) {
                self.torn(nesting.string_at, line, column, whole)?
            } else if too_long {
                Err(RowError::new(too_long_reason(MAX_ROW_BYTES), &self.row))
            } else if nesting.too_deep {
                Err(RowError::new(too_deep_reason(), &self.row))
            } else {
                self.judged(line, column)
            };
            self.begins_line &= matches!(followed, Followed::Torn(_));
            return Ok(Found { line, outcome });
        }
    }

    /// Judges the element just read, and remembers the names of good ones.
    fn judged(&mut self, line: u64, column: u64) -> Result<NewTask, RowError> {
        let task = parse(&self.row, line, column)?;
        if self.learned < LEARNED_ELEMENTS {
            self.learned += 1;
            for key in keys_of(&self.row[..self.row.len().min(PEEK_BYTES)]) {
                if !self.known.contains(key) {
                    self.known.insert(key.to_vec());
                }
            }
        }
        Ok(task)
    }

    /// An element that is still open at the end of the file: cut off there, or a bracket is missing that nothing showed,
    /// and what it took in were its neighbours.
    fn unclosed(&mut self, line: u64, column: u64, whole: bool) -> io::Result<Found> {
        let (end_line, end_column) = (self.source.line(), self.source.column());
        let mut reason = format!(
            "This element begins at line {line}, column {column} and is still open where the file ends \
             (line {end_line}, column {end_column}); everything before it was read."
        );
        if whole && !self.known.is_empty() && self.taken_back < MAX_TAKEN_BACK {
            self.taken_back += 1;
            let torn = Torn { begins_line: self.begins_line, column, keys: HashSet::new(), before: b'{' };
            self.source.take_back(&self.row[1..], line, column + 1);
            self.row.truncate(1);
            if self.next_plausible(&torn)? {
                let (next_line, next_column) = (self.source.line(), self.source.column());
                reason = format!(
                    "This element begins at line {line}, column {column} and is never closed. Reading went on with the \
                     next row that could be told, at line {next_line}, column {next_column}."
                );
                return Ok(Found { line, outcome: Err(RowError::new(reason, self.lost())) });
            }
        }
        self.in_array = false;
        Ok(Found { line, outcome: Err(RowError::new(reason, &self.row)) })
    }

    /// What was passed over, without what separates it from the next element.
    fn lost(&self) -> &[u8] {
        let lost = self.row.trim_ascii_end();
        lost.strip_suffix(b",").unwrap_or(lost)
    }

    /// Leaves a torn element that began at `line` and `column` for the next one; why it was refused. All of it up to
    /// where the tear showed is in `row` when it is `whole`.
    fn torn(&mut self, tear: usize, line: u64, column: u64, whole: bool) -> io::Result<Result<NewTask, RowError>> {
        let tear = tear.min(self.row.len());
        let before_tear = &self.row[..tear];
        let torn = Torn {
            begins_line: self.begins_line,
            column,
            keys: keys_of(&before_tear[..tear.min(PEEK_BYTES)]).into_iter().map(<[u8]>::to_vec).collect(),
            before: before_tear.iter().rev().find(|byte| !byte.is_ascii_whitespace()).copied().unwrap_or(0),
        };
        let lines = before_tear.iter().filter(|byte| **byte == b'\n').count() as u64;
        let in_line = before_tear.iter().rev().take_while(|byte| **byte != b'\n').count() as u64;
        let (tear_line, tear_column) = (line + lines, if lines > 0 { in_line + 1 } else { column + in_line });
        let what = if self.row.get(tear) == Some(&b'"') {
            format!("the quotation mark at line {tear_line}, column {tear_column} has no partner where it should")
        } else {
            format!("a bracket is not closed before line {tear_line}, column {tear_column}")
        };
        if whole {
            self.source.take_back(&self.row[tear..], tear_line, tear_column);
            self.row.truncate(tear);
        }
        let found = self.next_plausible(&torn)?;
        let goes_on = if found {
            let (line, column) = (self.source.line(), self.source.column());
            format!(" Reading went on with the next row that could be told, at line {line}, column {column}.")
        } else {
            self.in_array = false;
            " No other row could be told behind it.".to_owned()
        };
        Ok(Err(RowError::new(format!("This is not valid JSON: {what}.{goes_on}"), self.lost())))
    }

    /// Moves to where the next element plausibly begins; `false` at the end of the file. What is passed over joins
    /// `row`, as far as it is kept.
    fn next_plausible(&mut self, torn: &Torn) -> io::Result<bool> {
        let mut before = torn.before;
        let mut begins_line = false;
        loop {
            let chunk = self.source.chunk()?;
            if chunk.is_empty() {
                return Ok(false);
            }
            let opens = chunk.iter().position(|byte| {
                if *byte == b'{' && (begins_line || matches!(before, b'}' | b',')) {
                    return true;
                }
                if *byte == b'\n' {
                    begins_line = true;
                } else if !byte.is_ascii_whitespace() {
                    begins_line = false;
                    before = *byte;
                }
                false
            });
            let passed = opens.unwrap_or(chunk.len());
            let room = MAX_KEPT_BYTES.saturating_sub(self.row.len());
            self.row.extend_from_slice(&chunk[..passed.min(room)]);
            self.source.consume(passed);
            if opens.is_none() {
                continue;
            }
            let column = self.source.column();
            let keys = keys_of(self.source.beginning(PEEK_BYTES)?);
            let known = if self.known.is_empty() { &torn.keys } else { &self.known };
            let alike = keys.iter().filter(|key| known.contains(**key)).count();
            let same_names = !keys.is_empty() && (known.is_empty() || alike * 2 > keys.len());
            let same_column = !(begins_line && torn.begins_line) || column == torn.column;
            if same_names && same_column {
                self.begins_line = begins_line;
                return Ok(true);
            }
            self.source.consume(1);
            if room > passed {
                self.row.push(b'{');
            }
            (before, begins_line) = (b'{', false);
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
