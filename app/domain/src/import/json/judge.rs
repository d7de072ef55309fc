//! Judging one element by itself, with reasons for the person who wrote it.

use serde_json::Value;

use super::{
    super::{MAX_DEPTH, NewTask, RowError, task},
    nesting::{Followed, Nesting, string_length},
};

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
pub(in crate::import) fn parse_line(bytes: &[u8], line: u64) -> Result<NewTask, RowError> {
    let mut nesting = Nesting::default();
    let mut rest = bytes;
    while let Followed::Closed(taken) = nesting.follow(rest) {
        rest = &rest[taken..];
    }
    if nesting.too_deep { Err(RowError::new(too_deep_reason(), bytes)) } else { parse(bytes, line, 1) }
}

pub(in crate::import) fn too_long_reason(most: usize) -> String {
    format!("This row is longer than {} MB, the most that one row may hold.", most >> 20)
}

pub(super) fn too_deep_reason() -> String {
    format!("This row is nested more than {MAX_DEPTH} levels deep.")
}
