//! Parquet: a row per annotation with typed columns, and a column with everything the annotation says, so that it can be
//! imported again.
//!
//! What a data field holds is known behind the last task, so rows wait in a spill. The types are told a second time the
//! way Hugging Face's `datasets` tells them, and a third time for our own reader.

mod column;

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Write},
    sync::Arc,
};

use ::parquet::{
    basic::{Compression, Repetition},
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::types::Type,
};
use serde_json::{Map, Value, json};

use super::{ExportAnnotation, ExportTask, Exporter, Manifest, Sink, Spill, pour};
use crate::{
    label_config::LabelConfig,
    region::Shape,
    result::{Region, ResultItem},
};

use column::{Column, Kind, Leaf};

/// Rows that are written together.
const GROUP_ROWS: usize = 2_000;
/// Bytes of rows that are written together, about.
const GROUP_BYTES: usize = 8 << 20;
/// Under this name the file says which column holds which data field.
pub(crate) const OUR_KEY: &str = "synapse";

const SPAN: &[(&str, Leaf)] =
    &[("id", Leaf::Text), ("label", Leaf::Text), ("start", Leaf::Int), ("end", Leaf::Int), ("text", Leaf::Text)];
const PIECE: &[(&str, Leaf)] = &[
    ("id", Leaf::Text),
    ("label", Leaf::Text),
    ("start", Leaf::Double),
    ("end", Leaf::Double),
    ("channel", Leaf::Int),
];
const SHAPE: &[(&str, Leaf)] = &[
    ("id", Leaf::Text),
    ("label", Leaf::Text),
    ("x", Leaf::Double),
    ("y", Leaf::Double),
    ("width", Leaf::Double),
    ("height", Leaf::Double),
    ("rotation", Leaf::Double),
];
const OTHER: &[(&str, Leaf)] = &[("id", Leaf::Text), ("label", Leaf::Text)];

/// The columns every row has.
const OWN: [(&str, Kind); 10] = [
    ("task_id", Kind::One(Leaf::Int)),
    ("annotation_id", Kind::One(Leaf::Int)),
    ("annotator", Kind::One(Leaf::Text)),
    ("created_at", Kind::One(Leaf::Time)),
    ("updated_at", Kind::One(Leaf::Time)),
    ("lead_time", Kind::One(Leaf::Double)),
    ("was_cancelled", Kind::One(Leaf::Bool)),
    ("ground_truth", Kind::One(Leaf::Bool)),
    ("meta", Kind::One(Leaf::Json)),
    ("result", Kind::One(Leaf::Json)),
];

/// Writes Parquet.
pub(super) struct Parquet {
    manifest: Manifest,
    all: bool,
    /// By the control's name.
    answers: BTreeMap<String, (String, Kind)>,
    /// Data fields: the column, and what it holds as far as is known.
    data: BTreeMap<String, (String, Option<Leaf>)>,
    rows: io::BufWriter<Box<dyn Spill>>,
    table: Box<dyn Spill>,
}

impl Parquet {
    pub(super) fn begin(manifest: Manifest, config: &LabelConfig, all: bool, sink: &mut dyn Sink) -> io::Result<Self> {
        sink.begin("result.parquet")?;
        let mut answers = BTreeMap::new();
        for control in &config.controls {
            let about = control.to_names.first().and_then(|name| config.object(name)).map(|object| object.tag.as_str());
            let Some(kind) = kind(&control.tag, about, control.attribute("choice")) else { continue };
            let taken = OWN.iter().any(|(name, _)| *name == control.name);
            let column = if taken { format!("_answer_{}", control.name) } else { control.name.clone() };
            answers.insert(control.name.clone(), (column, kind));
        }
        let rows = io::BufWriter::new(sink.spill()?);
        Ok(Self { manifest, all, answers, data: BTreeMap::new(), rows, table: sink.spill()? })
    }

    /// A column for a data field: its name, unless something else is called so.
    fn free_column(&self, field: &str) -> String {
        let mut column = field.to_owned();
        while OWN.iter().any(|(name, _)| *name == column)
            || self.answers.values().any(|(name, _)| *name == column)
            || self.data.values().any(|(name, _)| *name == column)
        {
            column.insert_str(0, "_data_");
        }
        column
    }

    fn row(&mut self, task: &ExportTask, annotation: Option<&ExportAnnotation>) -> io::Result<()> {
        let mut row = Map::new();
        for (field, value) in &task.data {
            if !self.data.contains_key(field) {
                let column = self.free_column(field);
                self.data.insert(field.clone(), (column, None));
            }
            let Some((column, leaf)) = self.data.get_mut(field) else { continue };
            *leaf = column::common(*leaf, value);
            row.insert(column.clone(), value.clone());
        }
        row.insert("task_id".to_owned(), task.id.into());
        if let Some(meta) = &task.meta {
            row.insert("meta".to_owned(), meta.clone().into());
        }
        if let Some(annotation) = annotation {
            self.manifest.annotations += 1;
            self.manifest.results += annotation.result.len() as u64;
            row.insert("annotation_id".to_owned(), annotation.id.into());
            row.insert("annotator".to_owned(), annotation.annotator().into());
            row.insert("created_at".to_owned(), annotation.created_at.timestamp_micros().into());
            row.insert("updated_at".to_owned(), annotation.updated_at.timestamp_micros().into());
            row.insert("lead_time".to_owned(), annotation.lead_time.into());
            row.insert("was_cancelled".to_owned(), annotation.was_cancelled.into());
            row.insert("ground_truth".to_owned(), annotation.ground_truth.into());
            row.insert("result".to_owned(), annotation.result.to_vec().into());
            self.typed(&annotation.result, &mut row);
        }
        serde_json::to_writer(&mut self.rows, &row)?;
        self.rows.write_all(b"\n")
    }

    /// The answers once more, each in the column of its control.
    fn typed(&self, result: &[Value], row: &mut Map<String, Value>) {
        let items: Vec<ResultItem> =
            result.iter().filter_map(|item| ResultItem::from_json(item.clone()).ok()).collect();
        let size = items.iter().find_map(ResultItem::original_size);
        for item in &items {
            let Some((column, kind)) = self.answers.get(item.from_name()) else { continue };
            let Some(value) = item.value() else { continue };
            match kind {
                Kind::One(_) => {
                    let held = match item.item_type() {
                        "choices" => value.get("choices").and_then(|choices| choices.get(0)),
                        other => value.get(other),
                    };
                    if let Some(held) = held {
                        row.insert(column.clone(), held.clone());
                    }
                }
                Kind::Many => {
                    let held = match item.item_type() {
                        "textarea" => value.get("text"),
                        other => value.get(other),
                    };
                    let held = match held {
                        Some(Value::Array(list)) => list.clone(),
                        Some(one) => vec![one.clone()],
                        None => continue,
                    };
                    push(row, column, held);
                }
                Kind::Regions(_) => {
                    let Ok(Some(region)) = Region::from_item(item, size) else { continue };
                    push(row, column, regions(&region));
                }
            }
        }
    }
}

fn push(row: &mut Map<String, Value>, column: &str, values: Vec<Value>) {
    if let Value::Array(list) = row.entry(column).or_insert_with(|| Value::Array(Vec::new())) {
        list.extend(values);
    }
}

/// A region once for each of its labels.
fn regions(region: &Region) -> Vec<Value> {
    let mut written = Map::new();
    written.insert("id".to_owned(), region.id.as_str().into());
    match &region.shape {
        Shape::Text(span) => {
            written.insert("start".to_owned(), span.start.into());
            written.insert("end".to_owned(), span.end.into());
            written.insert("text".to_owned(), span.text.as_str().into());
        }
        Shape::Time(span) => {
            written.insert("start".to_owned(), span.start.into());
            written.insert("end".to_owned(), span.end.into());
            written.insert("channel".to_owned(), span.channel.into());
        }
        Shape::Rect(rect) => {
            for (name, number) in [
                ("x", rect.x),
                ("y", rect.y),
                ("width", rect.width),
                ("height", rect.height),
                ("rotation", rect.rotation),
            ] {
                written.insert(name.to_owned(), super::image::pixels(number).into());
            }
        }
        shape => {
            if let Some(hull) = shape.bounds() {
                for (name, number) in
                    [("x", hull.min.x), ("y", hull.min.y), ("width", hull.width()), ("height", hull.height())]
                {
                    written.insert(name.to_owned(), super::image::pixels(number).into());
                }
            }
        }
    }
    if region.labels.is_empty() {
        return vec![written.into()];
    }
    let labeled = |label: &String| {
        let mut written = written.clone();
        written.insert("label".to_owned(), label.as_str().into());
        Value::from(written)
    };
    region.labels.iter().map(labeled).collect()
}

/// What the column of a control holds; none for what has no answers of its own.
fn kind(tag: &str, about: Option<&str>, choice: Option<&str>) -> Option<Kind> {
    Some(match tag {
        "Choices" if choice.is_some_and(|choice| choice.eq_ignore_ascii_case("multiple")) => Kind::Many,
        "Choices" | "DateTime" => Kind::One(Leaf::Text),
        "TextArea" => Kind::Many,
        "Rating" => Kind::One(Leaf::Int),
        "Number" => Kind::One(Leaf::Double),
        "Taxonomy" | "Pairwise" | "Ranker" => Kind::One(Leaf::Json),
        "Labels" if about == Some("Audio") => Kind::Regions(PIECE),
        "Labels" if matches!(about, Some("Text")) => Kind::Regions(SPAN),
        _ if about == Some("Image") => Kind::Regions(SHAPE),
        "HyperTextLabels" | "ParagraphLabels" | "TimeSeriesLabels" | "TimelineLabels" | "VideoRectangle" | "Labels" => {
            Kind::Regions(OTHER)
        }
        _ => return None,
    })
}

impl Exporter for Parquet {
    fn task(&mut self, task: &ExportTask, _sink: &mut dyn Sink) -> io::Result<()> {
        let labeled = self.manifest.look_at(task, self.all);
        let predictions = task.predictions.len() as u64;
        self.manifest.lose(task.id, predictions, "predictions", "Predictions are not part of this format.");
        if task.annotations.is_empty() {
            if self.all {
                return self.row(task, None);
            }
            let message = "Tasks without a valid annotation were left out, as chosen.";
            self.manifest.lose(task.id, 1, "not_labeled", message);
            return Ok(());
        }
        // A skipped task is work too.
        self.manifest.tasks_written += u64::from(!labeled && !self.all);
        task.annotations.iter().try_for_each(|annotation| self.row(task, Some(annotation)))
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        let Self { manifest, answers, data, rows, table, .. } = *self;
        let fields: Map<String, Value> =
            data.iter().map(|(field, (column, _))| (column.clone(), field.as_str().into())).collect();
        let mut columns: Vec<Column> =
            OWN.iter().map(|(name, kind)| Column { name: (*name).to_owned(), kind: *kind }).collect();
        columns.extend(
            data.into_values().map(|(name, leaf)| Column { name, kind: Kind::One(leaf.unwrap_or(Leaf::Text)) }),
        );
        columns.extend(answers.into_values().map(|(name, kind)| Column { name, kind }));
        let written_as_json: Vec<&str> = columns
            .iter()
            .filter(|column| column.kind == Kind::One(Leaf::Json))
            .map(|column| column.name.as_str())
            .collect();
        let features: Map<String, Value> =
            columns.iter().map(|column| (column.name.clone(), column.kind.feature())).collect();
        let ours = json!({"version": 1, "data": fields, "json": written_as_json});
        let notes = vec![
            KeyValue::new("huggingface".to_owned(), json!({"info": {"features": features}}).to_string()),
            KeyValue::new(OUR_KEY.to_owned(), ours.to_string()),
        ];
        let properties = WriterProperties::builder()
            .set_created_by("Synapse".to_owned())
            .set_compression(Compression::SNAPPY)
            // What would be the smallest and largest result helps nobody.
            .set_statistics_enabled(EnabledStatistics::None)
            .set_key_value_metadata(Some(notes))
            .build();
        let types = columns.iter().map(Column::schema).collect::<::parquet::errors::Result<Vec<_>>>();
        let schema = types
            .and_then(|types| {
                Type::group_type_builder("row")
                    .with_fields(types.into_iter().map(Arc::new).collect())
                    .with_repetition(Repetition::REQUIRED)
                    .build()
            })
            .map_err(io::Error::other)?;
        let mut writer =
            SerializedFileWriter::new(table, Arc::new(schema), Arc::new(properties)).map_err(io::Error::other)?;
        let mut rows = rows.into_inner().map_err(io::IntoInnerError::into_error)?;
        rows.rewind()?;
        let mut group: Vec<Map<String, Value>> = Vec::new();
        let mut bytes = 0;
        for row in BufReader::new(rows).lines() {
            let row = row?;
            bytes += row.len();
            group.push(serde_json::from_str(&row)?);
            if group.len() >= GROUP_ROWS || bytes >= GROUP_BYTES {
                write_group(&mut writer, &columns, &group)?;
                group.clear();
                bytes = 0;
            }
        }
        if !group.is_empty() {
            write_group(&mut writer, &columns, &group)?;
        }
        let mut table = writer.into_inner().map_err(io::Error::other)?;
        pour(table.as_mut(), sink)?;
        Ok(manifest.sorted())
    }
}

fn write_group(
    writer: &mut SerializedFileWriter<Box<dyn Spill>>,
    columns: &[Column],
    rows: &[Map<String, Value>],
) -> io::Result<()> {
    let mut group = writer.next_row_group().map_err(io::Error::other)?;
    for column in columns {
        column.write(rows, &mut group).map_err(io::Error::other)?;
    }
    group.close().map_err(io::Error::other)?;
    Ok(())
}
