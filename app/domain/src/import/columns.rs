//! What the tasks of a project are made of: which columns there are and what they hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::MAX_COLUMNS;

/// What a value is, as far as choosing a template and a column's look goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// Text that is none of the others.
    String,
    /// A number, written as such or as text.
    Number,
    /// True or false.
    Boolean,
    /// A date or a moment.
    Datetime,
    /// The address of an image.
    Image,
    /// The address of a sound.
    Audio,
    /// The address of a video.
    Video,
    /// The address of a PDF.
    Pdf,
    /// The address of a table.
    Table,
    /// Any other address.
    Url,
    /// A list.
    List,
    /// An object.
    Object,
}

/// One column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// In how many tasks it is present and neither null nor empty.
    pub count: u64,
    /// In how many tasks it is null or empty.
    pub empty: u64,
    /// How often it held which kind.
    pub kinds: BTreeMap<ColumnKind, u64>,
}

impl Column {
    /// The kind that fits the column: the only one it holds, or text where kinds mix.
    #[must_use]
    pub fn kind(&self) -> ColumnKind {
        let mut kinds = self.kinds.keys();
        match (kinds.next(), kinds.next()) {
            (Some(only), None) => *only,
            _ => ColumnKind::String,
        }
    }
}

/// Columns by name over any number of tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnSummary {
    /// The columns, at most [`MAX_COLUMNS`].
    pub columns: BTreeMap<String, Column>,
    /// Values that belong to columns beyond the limit.
    #[serde(default)]
    pub beyond: u64,
}

impl ColumnSummary {
    /// Counts one task's data.
    pub fn add(&mut self, data: &Map<String, Value>) {
        for (name, value) in data {
            if !self.columns.contains_key(name) {
                if self.columns.len() >= MAX_COLUMNS {
                    self.beyond += 1;
                    continue;
                }
                self.columns.insert(name.clone(), Column::default());
            }
            let Some(column) = self.columns.get_mut(name) else { continue };
            match kind_of(value) {
                None => column.empty += 1,
                Some(kind) => {
                    column.count += 1;
                    *column.kinds.entry(kind).or_default() += 1;
                }
            }
        }
    }

    /// Adds what another summary counted.
    pub fn merge(&mut self, other: &Self) {
        self.beyond += other.beyond;
        for (name, added) in &other.columns {
            if self.columns.len() >= MAX_COLUMNS && !self.columns.contains_key(name) {
                self.beyond += added.count + added.empty;
                continue;
            }
            let column = self.columns.entry(name.clone()).or_default();
            column.count += added.count;
            column.empty += added.empty;
            for (kind, count) in &added.kinds {
                *column.kinds.entry(*kind).or_default() += count;
            }
        }
    }
}

/// The kind of one value; `None` where there is nothing.
fn kind_of(value: &Value) -> Option<ColumnKind> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(_) => ColumnKind::Boolean,
        Value::Number(_) => ColumnKind::Number,
        Value::Array(_) => ColumnKind::List,
        Value::Object(_) => ColumnKind::Object,
        Value::String(text) => return kind_of_text(text.trim()),
    })
}

fn kind_of_text(text: &str) -> Option<ColumnKind> {
    let first = *text.as_bytes().first()?;
    if text.len() <= 5 && (text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")) {
        return Some(ColumnKind::Boolean);
    }
    if matches!(first, b'0'..=b'9' | b'-' | b'+' | b'.') && text.len() <= 40 {
        // `inf` and `nan` parse as numbers too, but nobody means them: the first character rules them out.
        if text.parse::<f64>().is_ok() {
            return Some(ColumnKind::Number);
        }
        if is_datetime(text) {
            return Some(ColumnKind::Datetime);
        }
    }
    Some(if looks_like_address(text) { kind_of_address(text) } else { ColumnKind::String })
}

fn is_datetime(text: &str) -> bool {
    let text = text.as_bytes();
    let dated = text.len() >= 10
        && text[..10].iter().enumerate().all(|(index, byte)| match index {
            4 | 7 => matches!(byte, b'-' | b'/'),
            _ => byte.is_ascii_digit(),
        });
    let rest = text.get(10..).unwrap_or_default();
    let timed = rest.first().is_none_or(|byte| matches!(byte, b'T' | b' '));
    let plausible = rest.iter().skip(1).all(|byte| byte.is_ascii_digit() || b":.,+-Z ".contains(byte));
    dated && timed && plausible
}

fn looks_like_address(text: &str) -> bool {
    const SCHEMES: [&str; 7] = ["http://", "https://", "s3://", "gs://", "azure-blob://", "data:", "/"];
    let single_word = !text.contains(char::is_whitespace);
    single_word && (SCHEMES.iter().any(|scheme| text.starts_with(scheme)) || extension(text).and_then(media).is_some())
}

fn kind_of_address(text: &str) -> ColumnKind {
    if let Some(data) = text.strip_prefix("data:") {
        let family = data.split('/').next().unwrap_or_default();
        return match family {
            "image" => ColumnKind::Image,
            "audio" => ColumnKind::Audio,
            "video" => ColumnKind::Video,
            _ => ColumnKind::Url,
        };
    }
    extension(text).and_then(media).unwrap_or(ColumnKind::Url)
}

fn extension(text: &str) -> Option<&str> {
    let path = text.split(['?', '#']).next().unwrap_or(text);
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map(|(_, extension)| extension).filter(|extension| extension.len() <= 5)
}

fn media(extension: &str) -> Option<ColumnKind> {
    Some(match extension.to_ascii_lowercase().as_str() {
        "png" | "jpg" | "jpeg" | "webp" | "gif" | "bmp" | "avif" | "svg" | "tif" | "tiff" => ColumnKind::Image,
        "mp3" | "wav" | "flac" | "ogg" | "oga" | "m4a" | "opus" | "aac" => ColumnKind::Audio,
        "mp4" | "webm" | "mov" | "mkv" | "avi" | "m4v" => ColumnKind::Video,
        "pdf" => ColumnKind::Pdf,
        "csv" | "tsv" => ColumnKind::Table,
        _ => return None,
    })
}
