//! Reading our own JSON exports again: tasks for another format, and what has changed from one to the other.

use std::{
    cmp::Ordering,
    io::{self, BufRead},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{ExportAnnotation, ExportComments, ExportDraft, ExportPrediction, ExportTask};

/// How many tasks a comparison names of each kind.
const NAMED: usize = 1_000;

/// The tasks of an export as JSON or NDJSON, in order.
pub struct Snapshot<R> {
    lines: Lines<R>,
}

impl<R: BufRead> Snapshot<R> {
    /// Reads from the beginning of the file.
    pub fn new(reader: R) -> Self {
        Self { lines: Lines { reader, line: Vec::new() } }
    }
}

impl<R: BufRead> Iterator for Snapshot<R> {
    type Item = io::Result<ExportTask>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.lines.next() {
            Ok(line) => line.map(|line| Ok(task(serde_json::from_slice(line)?))),
            Err(error) => Some(Err(error)),
        }
    }
}

/// The lines that hold a task each, without what separates them in a list.
struct Lines<R> {
    reader: R,
    line: Vec<u8>,
}

impl<R: BufRead> Lines<R> {
    fn next(&mut self) -> io::Result<Option<&[u8]>> {
        loop {
            self.line.clear();
            if self.reader.read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            let line = self.line.trim_ascii_end();
            let length = line.strip_suffix(b",").unwrap_or(line).len();
            if self.line.first() == Some(&b'{') {
                return Ok(Some(&self.line[..length]));
            }
        }
    }
}

fn task(mut task: Map<String, Value>) -> ExportTask {
    let mut take = |key: &str| task.remove(key).unwrap_or_default();
    ExportTask {
        id: take("id").as_i64().unwrap_or_default(),
        inner_id: take("inner_id").as_i64().unwrap_or_default(),
        project: take("project").as_i64().unwrap_or_default(),
        data: object(take("data")),
        meta: Some(object(take("meta"))).filter(|meta| !meta.is_empty()),
        created_at: moment(&take("created_at")),
        updated_at: moment(&take("updated_at")),
        file_upload: take("file_upload").as_str().map(str::to_owned),
        comments: ExportComments {
            count: take("comment_count").as_i64().unwrap_or_default(),
            open: take("unresolved_comment_count").as_i64().unwrap_or_default(),
            last_at: known_moment(&take("last_comment_updated_at")),
            authors: list(take("comment_authors")).filter_map(|author| author.as_i64()).collect(),
        },
        annotations: list(take("annotations")).map(|value| annotation(object(value))).collect(),
        predictions: list(take("predictions")).map(|value| prediction(numbered(value))).collect(),
        drafts: list(take("drafts")).map(|value| draft(numbered(value))).collect(),
        is_finished: take("is_labeled").as_bool().unwrap_or_default(),
    }
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(object) = value { object } else { Map::new() }
}

/// What was told, or its number where only that was.
fn numbered(value: Value) -> Map<String, Value> {
    match value {
        Value::Number(id) => Map::from_iter([("id".to_owned(), Value::Number(id))]),
        value => object(value),
    }
}

fn annotation(mut annotation: Map<String, Value>) -> ExportAnnotation {
    let person = annotation.get("completed_by").and_then(|person| {
        let id = person.as_i64().or_else(|| person.get("id")?.as_i64())?;
        Some((id, person.get("email").and_then(Value::as_str).unwrap_or_default().to_owned()))
    });
    let mut take = |key: &str| annotation.remove(key).unwrap_or_default();
    ExportAnnotation {
        id: take("id").as_i64().unwrap_or_default(),
        completed_by: person,
        result: list(take("result")).collect(),
        was_cancelled: take("was_cancelled").as_bool().unwrap_or_default(),
        ground_truth: take("ground_truth").as_bool().unwrap_or_default(),
        lead_time: take("lead_time").as_f64(),
        updated_by: take("updated_by").as_i64(),
        parent_prediction: take("parent_prediction").as_i64(),
        parent_annotation: take("parent_annotation").as_i64(),
        import_id: take("import_id").as_i64(),
        created_at: moment(&take("created_at")),
        updated_at: moment(&take("updated_at")),
    }
}

fn prediction(mut prediction: Map<String, Value>) -> ExportPrediction {
    let mut take = |key: &str| prediction.remove(key).unwrap_or_default();
    ExportPrediction {
        id: take("id").as_i64().unwrap_or_default(),
        model_version: take("model_version").as_str().unwrap_or_default().to_owned(),
        score: take("score").as_f64(),
        result: list(take("result")).collect(),
        created_at: moment(&take("created_at")),
    }
}

fn draft(mut draft: Map<String, Value>) -> ExportDraft {
    let mut take = |key: &str| draft.remove(key).unwrap_or_default();
    ExportDraft {
        id: take("id").as_i64().unwrap_or_default(),
        user: take("user").as_i64().unwrap_or_default(),
        annotation: take("annotation").as_i64(),
        result: list(take("result")).collect(),
        lead_time: take("lead_time").as_f64(),
        created_at: moment(&take("created_at")),
        updated_at: moment(&take("updated_at")),
    }
}

fn list(value: Value) -> impl Iterator<Item = Value> {
    let list = if let Value::Array(list) = value { list } else { Vec::new() };
    list.into_iter()
}

fn moment(value: &Value) -> DateTime<Utc> {
    known_moment(value).unwrap_or_default()
}

fn known_moment(value: &Value) -> Option<DateTime<Utc>> {
    let written = value.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    written.map(|moment| moment.to_utc())
}

/// What is different between two snapshots.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// Tasks that only the later one has.
    pub added: Changes,
    /// Tasks that only the earlier one has.
    pub removed: Changes,
    /// Tasks that both have, and that are not the same in both.
    pub changed: Changes,
    /// Tasks that are the same in both.
    pub same: u64,
}

/// Tasks of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// How many.
    pub count: u64,
    /// The first ones' ids.
    pub tasks: Vec<i64>,
}

impl Changes {
    fn add(&mut self, id: i64) {
        self.count += 1;
        if self.tasks.len() < NAMED {
            self.tasks.push(id);
        }
    }
}

/// Compares two snapshots, both in order of their tasks' ids; since the same task gives the same bytes, bytes are compared.
///
/// # Errors
/// When one cannot be read.
pub fn compare(earlier: impl BufRead, later: impl BufRead) -> io::Result<Comparison> {
    let mut found = Comparison::default();
    let (mut earlier, mut later) =
        (Lines { reader: earlier, line: Vec::new() }, Lines { reader: later, line: Vec::new() });
    let (mut before, mut after) = (next(&mut earlier)?, next(&mut later)?);
    loop {
        let order = match (&before, &after) {
            (None, None) => return Ok(found),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((before, _)), Some((after, _))) => before.cmp(after),
        };
        match (order, &before, &after) {
            (Ordering::Less, Some((id, _)), _) => found.removed.add(*id),
            (Ordering::Greater, _, Some((id, _))) => found.added.add(*id),
            (_, Some((id, one)), Some((_, other))) if one != other => found.changed.add(*id),
            _ => found.same += 1,
        }
        if order.is_le() {
            before = next(&mut earlier)?;
        }
        if order.is_ge() {
            after = next(&mut later)?;
        }
    }
}

/// The next task's id and its bytes.
fn next<R: BufRead>(lines: &mut Lines<R>) -> io::Result<Option<(i64, Vec<u8>)>> {
    /// The id comes first.
    const HEAD: &[u8] = b"{\"id\":";
    let Some(line) = lines.next()? else { return Ok(None) };
    let digits = line.strip_prefix(HEAD).map(|rest| rest.split(|byte| *byte == b',').next().unwrap_or_default());
    let id = digits.and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok());
    let id = id.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "a line of a snapshot has no id"))?;
    Ok(Some((id, line.to_vec())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_named_by_its_number_is_known_by_it() {
        let line = br#"{"id":1,"annotations":[{"id":2,"completed_by":5,"result":[]}],"predictions":[7],"drafts":[8]}"#;
        let task = Snapshot::new(&line[..]).next().unwrap().unwrap();
        assert_eq!(task.annotations[0].completed_by, Some((5, String::new())));
        assert_eq!(task.annotations[0].annotator().as_deref(), Some("5"));
        assert_eq!((task.predictions[0].id, task.drafts[0].id), (7, 8));
    }

    #[test]
    fn what_was_added_removed_and_changed() {
        let before = "[\n{\"id\":1,\"a\":1},\n{\"id\":2,\"a\":1},\n{\"id\":4,\"a\":1}\n]\n";
        let after = "{\"id\":2,\"a\":2}\n{\"id\":3,\"a\":1}\n{\"id\":4,\"a\":1}\n{\"id\":10,\"a\":1}\n";
        let found = compare(before.as_bytes(), after.as_bytes()).unwrap();
        assert_eq!((found.added.tasks, found.removed.tasks, found.changed.tasks), (vec![3, 10], vec![1], vec![2]));
        assert_eq!(found.same, 1);
        assert_eq!(compare("[]\n".as_bytes(), "".as_bytes()).unwrap(), Comparison::default());
        assert!(compare("{\"no\":1}\n".as_bytes(), "".as_bytes()).is_err());
    }
}
