//! `labels` on a text: offsets in code points and the piece itself.

use serde_json::{Map, Value};

use super::{malformed, put};
use crate::Result;
use crate::region::TextSpan;

/// Spans of plain text have whole offsets; seconds of audio come with a channel, hypertext with paths.
pub(super) fn is_span(value: &Map<String, Value>) -> bool {
    !value.contains_key("channel")
        && !value.contains_key("startOffset")
        && offset(value, "start").is_some()
        && offset(value, "end").is_some()
}

/// A whole offset; some tools write it as `7.0` or `"7"`.
fn offset(value: &Map<String, Value>, key: &str) -> Option<usize> {
    match value.get(key)? {
        Value::Number(number) => match number.as_u64() {
            Some(n) => usize::try_from(n).ok(),
            None => number.as_f64().filter(|f| f.fract() == 0.0 && (0.0..=9e15).contains(f)).and_then(|f| {
                // Checked above to be whole, not negative and exactly representable.
                format!("{f:.0}").parse().ok()
            }),
        },
        Value::String(digits) => digits.parse().ok(),
        _ => None,
    }
}

pub(super) fn read(value: &Map<String, Value>) -> Result<TextSpan> {
    let start = offset(value, "start").ok_or_else(|| malformed("start"))?;
    let end = offset(value, "end").ok_or_else(|| malformed("end"))?;
    if end < start {
        return Err(malformed("end"));
    }
    let text = value.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(TextSpan { start, end, text })
}

pub(super) fn write(span: &TextSpan, value: &mut Map<String, Value>) {
    put(value, "start", span.start);
    put(value, "end", span.end);
    put(value, "text", span.text.as_str());
}
