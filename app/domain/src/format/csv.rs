//! The flat records as a table. The columns are the sorted union over all records, so these wait in a spill until the
//! last one is known.

use std::{
    collections::BTreeSet,
    io::{self, BufRead, BufReader, BufWriter, Write},
};

use serde_json::{Map, Value};

use super::{ExportTask, Exporter, Manifest, Sink, Spill, json::records};

/// One line per annotation.
pub(super) struct Table {
    manifest: Manifest,
    all: bool,
    delimiter: char,
    columns: BTreeSet<String>,
    rows: BufWriter<Box<dyn Spill>>,
}

impl Table {
    pub(super) fn begin(manifest: Manifest, all: bool, delimiter: char, sink: &mut dyn Sink) -> io::Result<Self> {
        sink.begin(if delimiter == '\t' { "result.tsv" } else { "result.csv" })?;
        Ok(Self { manifest, all, delimiter, columns: BTreeSet::new(), rows: BufWriter::new(sink.spill()?) })
    }
}

impl Exporter for Table {
    fn task(&mut self, task: &ExportTask, _sink: &mut dyn Sink) -> io::Result<()> {
        for record in records(task, self.all, &mut self.manifest) {
            for column in record.keys() {
                if !self.columns.contains(column) {
                    self.columns.insert(column.clone());
                }
            }
            serde_json::to_writer(&mut self.rows, &record)?;
            self.rows.write_all(b"\n")?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        let Self { manifest, delimiter, columns, rows, .. } = *self;
        let mut rows = rows.into_inner().map_err(io::IntoInnerError::into_error)?;
        let mut line = String::new();
        for (index, column) in columns.iter().enumerate() {
            separate(&mut line, index, delimiter);
            quote(&mut line, column);
        }
        line.push('\n');
        sink.write(line.as_bytes())?;
        rows.rewind()?;
        for row in BufReader::new(rows).lines() {
            let record: Map<String, Value> = serde_json::from_str(&row?)?;
            line.clear();
            for (index, column) in columns.iter().enumerate() {
                separate(&mut line, index, delimiter);
                cell(&mut line, record.get(column));
            }
            line.push('\n');
            sink.write(line.as_bytes())?;
        }
        Ok(manifest.sorted())
    }
}

fn separate(line: &mut String, index: usize, delimiter: char) {
    if index > 0 {
        line.push(delimiter);
    }
}

/// Everything but numbers is quoted, so that a reader never takes a text for a number.
fn cell(line: &mut String, value: Option<&Value>) {
    match value {
        None | Some(Value::Null) => line.push_str("\"\""),
        Some(Value::Number(number)) => line.push_str(&number.to_string()),
        Some(Value::String(text)) => quote(line, text),
        Some(nested) => quote(line, &nested.to_string()),
    }
}

fn quote(line: &mut String, text: &str) {
    line.push('"');
    line.push_str(&text.replace('"', "\"\""));
    line.push('"');
}
