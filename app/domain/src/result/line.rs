//! Pieces of texts, dialogues, HTML, sounds and series.

use serde_json::{Map, Value};

use super::ResultItem;
use super::number::{malformed, number, offset, put, put_offset, whole};
use crate::Result;
use crate::region::{HyperSpan, Moment, ParagraphSpan, SeriesSpan, TextSpan, TimeSpan};

fn text(value: &Map<String, Value>) -> String {
    value.get("text").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Results of objects with `saveTextResult="no"` carry no text, and an answer keeps its own texts under the same key.
fn put_text(value: &mut Map<String, Value>, text: &str) {
    let is_answer = value.get("text").is_some_and(Value::is_array);
    let says_nothing = text.is_empty() && !value.contains_key("text");
    if !is_answer && !says_nothing {
        value.insert("text".to_owned(), text.into());
    }
}

pub(super) fn read_text(value: &Map<String, Value>) -> Result<TextSpan> {
    let start = offset(value, "start").ok_or_else(|| malformed("start"))?;
    let end = offset(value, "end").ok_or_else(|| malformed("end"))?;
    if end < start {
        return Err(malformed("end"));
    }
    Ok(TextSpan { start, end, text: text(value) })
}

pub(super) fn write_text(span: &TextSpan, value: &mut Map<String, Value>) {
    put_offset(value, "start", span.start);
    put_offset(value, "end", span.end);
    put_text(value, &span.text);
}

pub(super) fn read_paragraph(value: &Map<String, Value>) -> Result<ParagraphSpan> {
    let whole = |key: &'static str| offset(value, key).ok_or_else(|| malformed(key));
    let span = ParagraphSpan {
        start: whole("start")?,
        end: whole("end")?,
        start_offset: whole("startOffset")?,
        end_offset: whole("endOffset")?,
        text: text(value),
    };
    if (span.end, span.end_offset) < (span.start, span.start_offset) {
        return Err(malformed("end"));
    }
    Ok(span)
}

pub(super) fn write_paragraph(span: &ParagraphSpan, value: &mut Map<String, Value>) {
    for (key, paragraph) in [("start", span.start), ("end", span.end)] {
        // Label Studio counts paragraphs in texts of digits.
        if offset(value, key) != Some(paragraph) {
            value.insert(key.to_owned(), paragraph.to_string().into());
        }
    }
    put_offset(value, "startOffset", span.start_offset);
    put_offset(value, "endOffset", span.end_offset);
    put_text(value, &span.text);
}

pub(super) fn read_hypertext(value: &Map<String, Value>) -> Result<HyperSpan> {
    let path =
        |key: &'static str| value.get(key).and_then(Value::as_str).map(str::to_owned).ok_or_else(|| malformed(key));
    let global = match value.get("globalOffsets") {
        Some(Value::Object(global)) => offset(global, "start").zip(offset(global, "end")),
        _ => None,
    };
    if global.is_some_and(|(start, end)| end < start) {
        return Err(malformed("globalOffsets"));
    }
    // What models predict may carry global offsets alone.
    let whole = |key: &'static str| match offset(value, key) {
        None if global.is_some() && !value.contains_key(key) => Ok(0),
        found => found.ok_or_else(|| malformed(key)),
    };
    let path_or_empty = |key: &'static str| match path(key) {
        Err(_) if global.is_some() && !value.contains_key(key) => Ok(String::new()),
        found => found,
    };
    Ok(HyperSpan {
        start: path_or_empty("start")?,
        end: path_or_empty("end")?,
        start_offset: whole("startOffset")?,
        end_offset: whole("endOffset")?,
        global,
        text: text(value),
    })
}

pub(super) fn write_hypertext(span: &HyperSpan, value: &mut Map<String, Value>) {
    value.insert("start".to_owned(), span.start.as_str().into());
    value.insert("end".to_owned(), span.end.as_str().into());
    put_offset(value, "startOffset", span.start_offset);
    put_offset(value, "endOffset", span.end_offset);
    match (span.global, value.get_mut("globalOffsets")) {
        (Some((start, end)), Some(Value::Object(global))) => {
            put_offset(global, "start", start);
            put_offset(global, "end", end);
        }
        (Some((start, end)), _) => {
            value.insert("globalOffsets".to_owned(), serde_json::json!({"start": start, "end": end}));
        }
        (None, _) => {
            value.shift_remove("globalOffsets");
        }
    }
    put_text(value, &span.text);
}

pub(super) fn read_time(item: &ResultItem, value: &Map<String, Value>) -> Result<TimeSpan> {
    let (start, end) = (number(value, "start")?, number(value, "end")?);
    if end < start {
        return Err(malformed("end"));
    }
    let channel = offset(value, "channel").and_then(|channel| u32::try_from(channel).ok());
    Ok(TimeSpan { start, end, channel, original_length: item.original_length() })
}

pub(super) fn write_time(span: &TimeSpan, value: &mut Map<String, Value>) {
    put(value, "start", span.start, |written| written, whole(span.start));
    put(value, "end", span.end, |written| written, whole(span.end));
    if let Some(channel) = span.channel {
        put_offset(value, "channel", channel as usize);
    } else if offset(value, "channel").is_some() {
        value.shift_remove("channel");
    }
}

fn moment(value: &Map<String, Value>, key: &'static str) -> Result<Moment> {
    match value.get(key) {
        Some(Value::Number(number)) => number.as_f64().map(Moment::Number).ok_or_else(|| malformed(key)),
        Some(Value::String(written)) => Ok(Moment::Written(written.clone())),
        _ => Err(malformed(key)),
    }
}

pub(super) fn read_series(value: &Map<String, Value>) -> Result<SeriesSpan> {
    Ok(SeriesSpan {
        start: moment(value, "start")?,
        end: moment(value, "end")?,
        instant: value.get("instant").and_then(Value::as_bool).unwrap_or(false),
    })
}

pub(super) fn write_series(span: &SeriesSpan, value: &mut Map<String, Value>) {
    for (key, moment) in [("start", &span.start), ("end", &span.end)] {
        match moment {
            Moment::Number(now) => put(value, key, *now, |written| written, whole(*now)),
            Moment::Written(text) => {
                value.insert(key.to_owned(), text.as_str().into());
            }
        }
    }
    if value.get("instant").and_then(Value::as_bool) != Some(span.instant) {
        value.insert("instant".to_owned(), span.instant.into());
    }
}
