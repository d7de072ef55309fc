//! JSON, which carries everything, and its short form with one flat record per annotation.

use std::io;

use serde_json::{Map, Value, json};

use super::{
    ExportAnnotation, ExportOptions, ExportTask, Exporter, Manifest, Numbers, Sink, moment, whole::Whole, write_json,
};

/// What the short forms add to a task's data; fields of the same name make room.
const OWN_FIELDS: [&str; 6] = ["id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time"];

/// JSON that is written one element at a time, as a list or each on a line of its own.
struct List {
    empty: bool,
    lines: bool,
}

impl List {
    fn add(&mut self, value: &impl serde::Serialize, sink: &mut dyn Sink) -> io::Result<()> {
        let is_first = std::mem::take(&mut self.empty);
        match (self.lines, is_first) {
            (true, _) => {}
            (false, true) => sink.write(b"[\n")?,
            (false, false) => sink.write(b",\n")?,
        }
        write_json(sink, value)?;
        if self.lines { sink.write(b"\n") } else { Ok(()) }
    }

    fn end(&self, sink: &mut dyn Sink) -> io::Result<()> {
        match (self.lines, self.empty) {
            (true, _) => Ok(()),
            (false, true) => sink.write(b"[]\n"),
            (false, false) => sink.write(b"\n]\n"),
        }
    }
}

/// Tasks as Label Studio writes them.
pub(super) struct Full {
    manifest: Manifest,
    all: bool,
    numbers: Numbers,
    list: List,
}

impl Full {
    pub(super) fn begin(
        manifest: Manifest,
        options: &ExportOptions,
        lines: bool,
        sink: &mut dyn Sink,
    ) -> io::Result<Self> {
        sink.begin(if lines { "result.ndjson" } else { "result.json" })?;
        let ExportOptions { include_unlabeled: all, numbers, .. } = *options;
        Ok(Self { manifest, all, numbers, list: List { empty: true, lines } })
    }
}

impl Exporter for Full {
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        let labeled = self.manifest.look_at(task, self.all);
        // A skipped task is work too: it belongs to the whole picture though it is not labeled.
        let is_skipped = !labeled && !task.annotations.is_empty();
        self.manifest.tasks_written += u64::from(is_skipped && !self.all);
        if !labeled && !self.all && !is_skipped {
            let message = "Tasks without a valid annotation were left out, as chosen.";
            self.manifest.lose(task.id, 1, "not_labeled", message);
            return Ok(());
        }
        self.manifest.annotations += task.annotations.len() as u64;
        self.manifest.results +=
            task.annotations.iter().map(|annotation| annotation.result.count() as u64).sum::<u64>();
        self.list.add(&Whole::new(task, self.numbers), sink)
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        self.list.end(sink)?;
        Ok(self.manifest.sorted())
    }
}

/// One flat record per annotation.
pub(super) struct Min {
    manifest: Manifest,
    all: bool,
    list: List,
}

impl Min {
    pub(super) fn begin(manifest: Manifest, all: bool, sink: &mut dyn Sink) -> io::Result<Self> {
        sink.begin("result.json")?;
        Ok(Self { manifest, all, list: List { empty: true, lines: false } })
    }
}

impl Exporter for Min {
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        for record in records(task, self.all, &mut self.manifest) {
            self.list.add(&Value::Object(record), sink)?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        self.list.end(sink)?;
        Ok(self.manifest.sorted())
    }
}

/// The flat records of a task, its newest annotation first.
pub(super) fn records(task: &ExportTask, all: bool, manifest: &mut Manifest) -> Vec<Map<String, Value>> {
    let labeled = manifest.look_at(task, all);
    let skipped = (task.annotations.len() - task.answers().count()) as u64;
    manifest.lose(task.id, skipped, "skipped", "Skipped annotations are not part of this format.");
    let predictions = task.predictions.len() as u64;
    manifest.lose(task.id, predictions, "predictions", "Predictions are not part of this format.");
    if !labeled {
        if all {
            return vec![record(task, None, manifest)];
        }
        manifest.lose(task.id, 1, "not_labeled", "Tasks without a valid annotation were left out, as chosen.");
        return Vec::new();
    }
    let mut answers: Vec<&ExportAnnotation> = task.answers().collect();
    answers.sort_by_key(|annotation| std::cmp::Reverse((annotation.created_at, annotation.id)));
    answers.into_iter().map(|annotation| record(task, Some(annotation), manifest)).collect()
}

fn record(task: &ExportTask, annotation: Option<&ExportAnnotation>, manifest: &mut Manifest) -> Map<String, Value> {
    let mut answers: Map<String, Value> = Map::new();
    if let Some(annotation) = annotation {
        manifest.annotations += 1;
        let mut grouped: Map<String, Value> = Map::new();
        for item in &annotation.result {
            let name = item.get("from_name").and_then(Value::as_str);
            let (Some(name), Some(Value::Object(value))) = (name, item.get("value")) else {
                manifest.lose(task.id, 1, "relations", "Relations between regions are not part of this format.");
                continue;
            };
            manifest.results += 1;
            let mut value = value.clone();
            for size in ["original_width", "original_height"] {
                if let Some(pixels) = item.get(size) {
                    value.insert(size.to_owned(), pixels.clone());
                }
            }
            let item_type = item.get("type").and_then(Value::as_str).unwrap_or_default();
            let entry = grouped.entry(name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(values) = entry {
                values.push(json!({"type": item_type, "value": value}));
            }
        }
        for (name, values) in grouped {
            let Value::Array(values) = values else { continue };
            answers.insert(name, simplified(values));
        }
    }
    let mut record = Map::new();
    for (field, value) in &task.data {
        let clashes = OWN_FIELDS.contains(&field.as_str()) || answers.contains_key(field);
        record.insert(if clashes { format!("_data_{field}") } else { field.clone() }, value.clone());
    }
    record.insert("id".to_owned(), task.id.into());
    record.extend(answers);
    if let Some(annotation) = annotation {
        record.insert("annotator".to_owned(), annotation.completed_by.as_ref().map(|(id, _)| *id).into());
        record.insert("annotation_id".to_owned(), annotation.id.into());
        record.insert("created_at".to_owned(), moment(annotation.created_at).into());
        record.insert("updated_at".to_owned(), moment(annotation.updated_at).into());
        record.insert("lead_time".to_owned(), annotation.lead_time.into());
    }
    record
}

/// A single choice or a single text stands for itself; everything else stays a list of values.
fn simplified(values: Vec<Value>) -> Value {
    let single = |value: &Value| {
        let kind = value["type"].as_str()?;
        let key = match kind {
            "choices" => "choices",
            "textarea" => "text",
            _ => return None,
        };
        match value["value"].get(key)? {
            Value::Array(answers) if answers.len() == 1 => answers.first().cloned(),
            Value::String(text) => Some(Value::from(text.as_str())),
            _ => None,
        }
    };
    let unwrapped = |kind: &Value| matches!(kind.as_str(), Some("choices" | "textarea"));
    let only = values.len() == 1 && unwrapped(&values[0]["type"]);
    let mut simple: Vec<Value> =
        values.into_iter().map(|mut value| single(&value).unwrap_or_else(|| value["value"].take())).collect();
    if only { simple.remove(0) } else { Value::Array(simple) }
}
