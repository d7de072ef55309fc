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

use std::{
    collections::HashSet,
    io::{self, Read},
};

use serde_json::Value;

use super::{Found, MAX_DEPTH, MAX_KEPT_BYTES, MAX_ROW_BYTES, NewTask, RowError, Source, task};

/// How much of an element is looked at for its names.
const PEEK_BYTES: usize = 1024;
/// How many names are looked at in one element.
const PEEK_KEYS: usize = 16;
/// How many good elements say which names are known.
const LEARNED_ELEMENTS: u32 = 100;

/// How many elements without end are undone by reading again; with more of them a file is not worth the time.
const MAX_TAKEN_BACK: u32 = 8;

/// Where following some bytes led to.
enum Followed {
    /// All of them belong to the element, and it goes on.
    On,
    /// The outermost bracket closes with the last of so many bytes.
    Closed(usize),
    /// After so many bytes it is certain that the element is torn.
    Torn(usize),
}

/// Brackets and strings entered so far. Kinds of open brackets are remembered to `MAX_DEPTH`, deeper ones are counted.
#[derive(Default)]
struct Nesting {
    depth: u32,
    /// Bit `n` is set where the bracket at depth `n` is a `[`.
    lists: u128,
    in_string: bool,
    escaped: bool,
    too_deep: bool,
    /// Bytes followed before the present ones.
    followed: usize,
    /// Where the last string began.
    string_at: usize,
    /// The last byte outside strings that is no white space; a quotation mark where that was the end of a string.
    last: u8,
}

const _: () = assert!(MAX_DEPTH < 128, "the kinds of open brackets are bits of a u128");

impl Nesting {
    fn follow(&mut self, bytes: &[u8]) -> Followed {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                if std::mem::take(&mut self.escaped) {
                    at += 1;
                    continue;
                }
                let Some(stop) = bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n')) else {
                    break;
                };
                at += stop;
                match bytes[at] {
                    b'\\' => self.escaped = true,
                    b'\n' => return Followed::Torn(at),
                    _ => {
                        self.in_string = false;
                        self.last = b'"';
                    }
                }
                at += 1;
                continue;
            }
            let byte = bytes[at];
            if byte.is_ascii_whitespace() {
                at += 1;
                continue;
            }
            if !self.fits(byte) {
                if self.last != b'"' {
                    // What is torn is in front of this bracket.
                    self.string_at = self.followed + at;
                }
                return Followed::Torn(at);
            }
            match byte {
                b'"' => {
                    self.in_string = true;
                    self.string_at = self.followed + at;
                }
                b'{' => self.enter(false),
                b'[' => self.enter(true),
                b'}' => self.leave(false),
                b']' => self.leave(true),
                _ => {}
            }
            self.last = byte;
            at += 1;
            if self.depth == 0 && !self.in_string {
                return Followed::Closed(at);
            }
        }
        self.followed += bytes.len();
        Followed::On
    }

    /// Whether a byte outside strings can stand where it stands, as far as tears show.
    fn fits(&self, byte: u8) -> bool {
        let in_object = (1..=MAX_DEPTH).contains(&self.depth) && self.lists & (1 << (self.depth - 1)) == 0;
        match byte {
            _ if self.last == b'"' => matches!(byte, b':' | b',' | b'}' | b']'),
            b'{' | b'[' if in_object => self.last == b':',
            _ => true,
        }
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
    match Nesting::default().follow(text) {
        Followed::Closed(length) => Some(length),
        Followed::On | Followed::Torn(_) => None,
    }
}

/// The names of the object `text` begins with, as far as it goes and as they are written.
fn keys_of(text: &[u8]) -> Vec<&[u8]> {
    let mut keys = Vec::new();
    let mut depth = 0_u32;
    let mut last = 0;
    let mut at = 0;
    while at < text.len() && keys.len() < PEEK_KEYS {
        let byte = text[at];
        match byte {
            b'"' => {
                let Some(length) = string_length(&text[at + 1..]) else { break };
                let end = at + 1 + length;
                let behind = text[end + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
                if depth == 1 && matches!(last, b'{' | b',') && behind == Some(&b':') {
                    keys.push(&text[at + 1..end]);
                }
                at = end;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
        at += 1;
    }
    keys
}

/// How far away the quotation mark is that closes the string before `text`.
fn string_length(text: &[u8]) -> Option<usize> {
    let mut escaped = false;
    text.iter().position(|byte| {
        let closes = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closes
    })
}

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

/// Judges one element that begins at `line` and `column` of the file.
pub(super) fn parse(bytes: &[u8], line: u64, column: u64) -> Result<NewTask, RowError> {
    let refuse = |reason: String| RowError::new(reason, bytes);
    let text = std::str::from_utf8(bytes)
        .map_err(|error| refuse(format!("Byte {} of this row is not valid UTF-8.", error.valid_up_to() + 1)))?;
    if let Some(number) = inexact_integer(text) {
        return Err(refuse(format!(
            "The number {number} is too large to be kept exactly. Write it as text, in quotation marks."
        )));
    }
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let message = message.strip_suffix(&place).unwrap_or(&message);
        let inner = error.column() as u64;
        let column = if error.line() == 1 { column + inner.saturating_sub(1) } else { inner };
        let line = line + (error.line() as u64).saturating_sub(1);
        refuse(format!("This is not valid JSON (line {line}, column {column}): {}.", in_words(message)))
    })?;
    task::from_value(value).map_err(refuse)
}

/// What the parser says, in the words of people who write JSON rather than parsers.
fn in_words(message: &str) -> &str {
    match message {
        "expected ident" => "only `true`, `false` and `null` are words without quotation marks",
        "expected value" => "a value is missing: text in quotation marks, a number, a list or an object",
        "key must be a string" => "the name of a field stands in double quotation marks",
        "trailing comma" => "nothing comes after the last comma",
        "trailing characters" => "something stands after its end",
        "invalid escape" => "a backslash in text begins nothing that is known; write two for one",
        message if message.starts_with("control character") => {
            "text cannot hold a line break or a tab as it is; write \\n or \\t"
        }
        message if message.starts_with("EOF while parsing") => "it ends too early",
        message => message,
    }
}

/// The first integer in `text` that 64 bits cannot hold: as a float it would come back as another number.
fn inexact_integer(text: &str) -> Option<&str> {
    /// Shorter ones fit into 64 bits.
    const LONG: usize = 19;
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    // Nearly every row has no run of that many digits: looking at every tenth byte says so.
    if !(0..bytes.len()).step_by(LONG / 2).any(|at| digit(at) && (digit(at + 1) || digit(at.wrapping_sub(1)))) {
        return None;
    }
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at += 1 + string_length(&bytes[at + 1..])?,
            b'-' | b'0'..=b'9' => {
                let rest = &text[at..];
                let end = rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
                let number = &rest[..end.unwrap_or(rest.len())];
                let whole = number.bytes().skip(usize::from(number.starts_with('-'))).all(|byte| byte.is_ascii_digit());
                if number.len() >= LONG && whole && number.parse::<i64>().is_err() && number.parse::<u64>().is_err() {
                    return Some(number);
                }
                at += number.len() - 1;
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// Judges a line that should hold one object.
pub(super) fn parse_line(bytes: &[u8], line: u64) -> Result<NewTask, RowError> {
    let mut nesting = Nesting::default();
    let mut rest = bytes;
    while let Followed::Closed(taken) = nesting.follow(rest) {
        rest = &rest[taken..];
    }
    if nesting.too_deep { Err(RowError::new(too_deep_reason(), bytes)) } else { parse(bytes, line, 1) }
}

pub(super) fn too_long_reason(most: usize) -> String {
    format!("This row is longer than {} MB, the most that one row may hold.", most >> 20)
}

fn too_deep_reason() -> String {
    format!("This row is nested more than {MAX_DEPTH} levels deep.")
}
