//! Tells what a file is from its name and its first bytes.

use serde::{Deserialize, Serialize};

use super::{json, label, table};
use crate::{Error, Result};

/// How rows are written in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// One JSON array, one object, or objects one after another.
    Json,
    /// One JSON object per line.
    JsonLines,
    /// A table with a header: CSV, TSV and their kin.
    Table {
        /// The byte between two values.
        delimiter: u8,
    },
    /// One text per line.
    Text,
    /// COCO's object of images, categories and annotations.
    Coco,
    /// An XML file of Pascal VOC.
    Voc,
    /// A word per line with its tag.
    Conll,
    /// A table of columns.
    Parquet,
}

impl Format {
    /// The name people know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::JsonLines => "NDJSON",
            Self::Table { delimiter: b'\t' } => "TSV",
            Self::Table { .. } => "CSV",
            Self::Text => "Text",
            Self::Coco => "COCO",
            Self::Voc => "Pascal VOC",
            Self::Conll => "CoNLL",
            Self::Parquet => "Parquet",
        }
    }
}

/// Whether a file of this name holds rows that may name other files: a table or a list.
#[must_use]
pub fn is_table_name(name: &str) -> bool {
    let tables = ["json", "jsonl", "ndjson", "csv", "tsv", "tab", "xml", "conll", "bio", "iob", "parquet"];
    tables.contains(&extension(name).as_str())
}

/// Whether a file of this name holds one text per line.
#[must_use]
pub fn is_text_name(name: &str) -> bool {
    matches!(extension(name).as_str(), "txt" | "text")
}

/// What follows the last dot, in small letters; nothing where there is none.
fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase()
}

/// The format of a file called `name` (empty for pasted text) that begins with `beginning`.
///
/// # Errors
/// Refuses what is not text, what is text in another encoding than UTF-8, and a `.json` that begins like something else.
pub fn detect(name: &str, beginning: &[u8]) -> Result<Format> {
    if beginning.starts_with(b"\xff\xfe") || beginning.starts_with(b"\xfe\xff") {
        return Err(refuse("import_not_utf8", "This file is UTF-16. Please save it as UTF-8 and send it again."));
    }
    if beginning.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if beginning.contains(&0) {
        return Err(refuse("import_not_text", "This is not a text file that tasks can be read from."));
    }
    let text = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace()).copied();
    let Some(first) = first else {
        return Err(refuse("import_empty", "There is nothing in this file."));
    };
    let is_json = matches!(first, b'{' | b'[');
    let words = || String::from_utf8_lossy(text);
    if first == b'<' && label::voc::looks_like(&words()) {
        return Ok(Format::Voc);
    }
    if text.starts_with(b"-DOCSTART-") {
        return Ok(Format::Conll);
    }
    if first == b'{' && label::coco::looks_like(&words()) {
        return Ok(Format::Coco);
    }
    Ok(match extension(name).as_str() {
        "xml" => {
            let message = "This XML is none of Pascal VOC: it does not begin with <annotation>.";
            return Err(refuse("import_not_voc", message));
        }
        "parquet" => return Err(refuse("import_not_parquet", "This file is named .parquet, but it is none.")),
        "conll" | "bio" | "iob" => Format::Conll,
        "json" if is_json => json_family(text),
        "json" => {
            return Err(refuse(
                "import_not_json",
                "This file is named .json, but it begins with neither a list nor an object.",
            ));
        }
        "jsonl" | "ndjson" => Format::JsonLines,
        "csv" => Format::Table { delimiter: table::sniff(text, true).unwrap_or(b',') },
        "tsv" | "tab" => Format::Table { delimiter: b'\t' },
        "txt" | "text" => Format::Text,
        _ if is_json => json_family(text),
        _ => table::sniff(text, false).map_or(Format::Text, |delimiter| Format::Table { delimiter }),
    })
}

/// Objects on lines of their own are read line by line, because a broken one then ends with its line.
fn json_family(text: &[u8]) -> Format {
    let text = text.trim_ascii_start();
    if text.first() != Some(&b'{') {
        return Format::Json;
    }
    let Some(length) = json::first_element_length(text) else {
        // The first object is not closed within reach: a line break tells that it is written over several lines.
        return if text.contains(&b'\n') { Format::Json } else { Format::JsonLines };
    };
    let (object, rest) = text.split_at(length);
    let line_ends = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
    if !object.contains(&b'\n') && line_ends == Some(&b'\n') { Format::JsonLines } else { Format::Json }
}

fn refuse(code: &'static str, message: &str) -> Error {
    Error::invalid("file", code, message)
}
