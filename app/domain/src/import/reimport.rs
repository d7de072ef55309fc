//! Bringing tasks that are there already up to date from a file: which task a row means, and what it changes.
//!
//! Invariants:
//! - a row changes at most one task, and a task is changed by at most one row;
//! - what a row does not name stays; work of people always does;
//! - a row that was applied changes nothing when it is applied again.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{NewPrediction, NewTask, run::fraction};
use crate::{
    Error, Result,
    id::{PredictionId, ReimportId, TaskId},
};

/// The longest name of a field that rows are told apart by, in characters.
pub const MAX_KEY_FIELD: usize = 200;
/// The longest value that rows are told apart by, in bytes.
pub const MAX_KEY_BYTES: usize = 1_000;
/// How much of a value is shown before and after, in characters.
pub const GLIMPSE_CHARS: usize = 160;

/// How a row says which task it means.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "field")]
pub enum Key {
    /// By the number of the task: `id` of exported tasks, a column `task_id` or `id` of a table.
    #[default]
    TaskId,
    /// By what is in a field that row and task have.
    Field(String),
}

/// Which predictions go where a row brings some.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposals {
    /// Those of the same versions of models.
    #[default]
    SameVersion,
    /// All of the task.
    All,
}

/// How rows are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// How a row says which task it means.
    pub key: Key,
    /// Whether rows that mean no task become one.
    pub adds_new: bool,
    /// Which predictions go where a row brings some.
    pub proposals: Proposals,
}

impl Rules {
    /// Keeps every rule, or says which one is broken.
    ///
    /// # Errors
    /// No field, or one that is too long; new tasks by number, which would come again and again.
    pub fn check(mut self) -> Result<Self> {
        if let Key::Field(field) = &mut self.key {
            *field = field.trim().to_owned();
            if field.is_empty() {
                return Err(Error::invalid("key", "key_missing", "Name the column that tells tasks apart."));
            }
            if field.chars().count() > MAX_KEY_FIELD || field.contains('\0') {
                let message = format!("The name of a column has {MAX_KEY_FIELD} characters at most.");
                return Err(Error::invalid("key", "key_too_long", message));
            }
        } else if self.adds_new {
            let message = "A new task has no number yet, so it would come in again each time. Name a column that tells \
                           tasks apart.";
            return Err(Error::invalid("adds_new", "new_without_key", message));
        }
        Ok(self)
    }

    /// The task that a row means, and the row without what only says that.
    ///
    /// # Errors
    /// Why it means none, in words.
    pub fn row(&self, mut task: NewTask) -> Result<Row, String> {
        let key = match &self.key {
            Key::TaskId => {
                let named = ["task_id", "id"].into_iter().find(|name| task.data.contains_key(*name));
                let key = match (task.id.take(), named) {
                    (Some(id), _) => id.to_string(),
                    (None, Some(name)) => key_text(&task.data.remove(name).unwrap_or_default())
                        .ok_or_else(|| format!("There is no number of a task in “{name}”."))?,
                    (None, None) => {
                        return Err("This row has no number of a task: neither “task_id” nor “id”.".to_owned());
                    }
                };
                if key.parse::<i64>().is_err() {
                    return Err(format!("“{}” is no number of a task.", glimpse(&key)));
                }
                key
            }
            Key::Field(field) => task
                .data
                .get(field)
                .and_then(key_text)
                .ok_or_else(|| format!("This row has nothing in “{field}” to tell its task by."))?,
        };
        if key.len() > MAX_KEY_BYTES {
            return Err("What tells tasks apart is too long here.".to_owned());
        }
        if task.data.is_empty() && task.meta.is_none() && task.predictions.is_empty() {
            return Err("This row says nothing but which task it means.".to_owned());
        }
        Ok(Row { key, task })
    }
}

/// A value as it tells tasks apart: `1` and `"1"` are the same task.
#[must_use]
pub fn key_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A row that means a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which.
    pub key: String,
    /// What it says.
    pub task: NewTask,
}

/// A task as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Present {
    /// What is shown to annotators.
    pub data: Map<String, Value>,
    /// What travels along.
    pub meta: Option<Map<String, Value>>,
    /// What is proposed.
    pub predictions: Vec<(PredictionId, NewPrediction)>,
}

/// What a row changes of a task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// The data from then on, where it changes.
    pub data: Option<Map<String, Value>>,
    /// The meta from then on, where it changes.
    pub meta: Option<Map<String, Value>>,
    /// Predictions that go.
    pub gone: Vec<PredictionId>,
    /// Predictions that come.
    pub new: Vec<NewPrediction>,
    /// What is otherwise, field by field, for people.
    pub fields: Vec<FieldChange>,
}

/// A field before and after, shortened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Its name; `meta.…` for what travels along, `predictions` for what is proposed.
    pub field: String,
    /// What it says; nothing where it is new.
    pub before: Option<String>,
    /// What it will say.
    pub after: String,
}

impl Row {
    /// What the row changes; nothing where the task says all of it already.
    #[must_use]
    pub fn change(&self, present: &Present, proposals: Proposals) -> Option<Change> {
        let mut change = Change::default();
        change.data = overlaid(&present.data, &self.task.data, "", &mut change.fields);
        if let Some(meta) = &self.task.meta {
            let before = present.meta.clone().unwrap_or_default();
            change.meta = overlaid(&before, meta, "meta.", &mut change.fields);
        }
        if !self.task.predictions.is_empty() {
            let versions: BTreeSet<&str> = self.task.predictions.iter().map(version).collect();
            let meant =
                |prediction: &NewPrediction| proposals == Proposals::All || versions.contains(version(prediction));
            let there: Vec<_> = present.predictions.iter().filter(|(_, prediction)| meant(prediction)).collect();
            if !same_proposals(&there, &self.task.predictions) {
                let counted = |count: usize| match count {
                    1 => "1 prediction".to_owned(),
                    count => format!("{count} predictions"),
                };
                change.fields.push(FieldChange {
                    field: "predictions".to_owned(),
                    before: (!there.is_empty()).then(|| counted(there.len())),
                    after: counted(self.task.predictions.len()),
                });
                change.gone = there.iter().map(|(id, _)| *id).collect();
                change.new = self.task.predictions.clone();
            }
        }
        (!change.fields.is_empty()).then_some(change)
    }
}

fn version(prediction: &NewPrediction) -> &str {
    prediction.model_version.as_deref().unwrap_or_default()
}

/// What is there with what is said over it, where that makes a difference.
fn overlaid(
    there: &Map<String, Value>,
    said: &Map<String, Value>,
    prefix: &str,
    fields: &mut Vec<FieldChange>,
) -> Option<Map<String, Value>> {
    let mut after: Option<Map<String, Value>> = None;
    for (name, value) in said {
        let before = there.get(name);
        if before.is_some_and(|before| says(before, value)) {
            continue;
        }
        fields.push(FieldChange { field: format!("{prefix}{name}"), before: before.map(shown), after: shown(value) });
        after.get_or_insert_with(|| there.clone()).insert(name.clone(), value.clone());
    }
    after
}

/// Whether a value says already what a row wants it to. All that a table holds is text, which makes no text of a number.
fn says(there: &Value, wanted: &Value) -> bool {
    match (there, wanted) {
        (Value::Number(_) | Value::Bool(_), Value::String(text)) => key_text(there).as_deref() == Some(text.trim()),
        _ => same(there, wanted),
    }
}

/// Whether two values are the same, however their numbers are written.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => {
            one == other || one.as_f64() == other.as_f64() && !is_large(one, other)
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, value)| other.get(name).is_some_and(|other| same(value, other)))
        }
        _ => one == other,
    }
}

/// Whole numbers that a float would round.
fn is_large(one: &serde_json::Number, other: &serde_json::Number) -> bool {
    let whole = |number: &serde_json::Number| number.is_i64() || number.is_u64();
    whole(one) && whole(other)
}

/// Whether these are proposed already, in whatever order.
fn same_proposals(there: &[&(PredictionId, NewPrediction)], wanted: &[NewPrediction]) -> bool {
    if there.len() != wanted.len() {
        return false;
    }
    let mut left: Vec<&NewPrediction> = there.iter().map(|(_, prediction)| prediction).collect();
    wanted.iter().all(|wanted| {
        let found = left.iter().position(|there| {
            version(there) == version(wanted)
                && there.score == wanted.score
                && there.result.len() == wanted.result.len()
                && there.result.iter().zip(&wanted.result).all(|(one, other)| {
                    one.0.len() == other.0.len()
                        && one.0.iter().all(|(name, value)| other.0.get(name).is_some_and(|other| same(value, other)))
                })
        });
        found.map(|at| left.swap_remove(at)).is_some()
    })
}

/// A value as it is shown before or after.
fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => glimpse(text),
        other => glimpse(&other.to_string()),
    }
}

/// The beginning of a text.
fn glimpse(text: &str) -> String {
    let mut shown: String = text.chars().take(GLIMPSE_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReimportStatus {
    /// Waiting for a worker that looks at the rows.
    Created,
    /// Rows are being looked at.
    InProgress,
    /// What would change is known; somebody decides.
    Ready,
    /// Tasks are being changed.
    Applying,
    /// Done.
    Completed,
    /// Stopped by a reason that is told.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl ReimportStatus {
    const ALL: [Self; 7] =
        [Self::Created, Self::InProgress, Self::Ready, Self::Applying, Self::Completed, Self::Failed, Self::Cancelled];

    /// As stored, and as programs are told.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::InProgress => "in_progress",
            Self::Ready => "ready",
            Self::Applying => "applying",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether nothing happens until somebody does something.
    #[must_use]
    pub fn rests(self) -> bool {
        !matches!(self, Self::Created | Self::InProgress | Self::Applying)
    }

    /// Whether it will change no more.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// A run that brings tasks up to date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReimportRun {
    /// Its id.
    pub reimport_id: ReimportId,
    /// Where it stands.
    pub status: ReimportStatus,
    /// What it reads, in words.
    pub source_name: String,
    /// How rows are read.
    pub rules: Rules,
    /// Why it failed as a whole.
    pub error: Option<String>,
    /// Bytes to read.
    pub bytes_total: u64,
    /// Bytes read.
    pub bytes_done: u64,
    /// Rows that mean no task.
    pub new: u64,
    /// Rows that change a task.
    pub changed: u64,
    /// Rows whose task says all of it already.
    pub unchanged: u64,
    /// Rows that cannot be applied.
    pub conflicts: u64,
    /// Fields that would change, and in how many tasks.
    pub fields: Vec<(String, u64)>,
    /// Tasks that were changed.
    pub updated: u64,
    /// Tasks that were made.
    pub created: u64,
    /// Predictions that came in.
    pub predictions: u64,
    /// Who started it.
    pub started_by: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl ReimportRun {
    /// How much has been read, from 0 to 1.
    #[must_use]
    pub fn fraction_done(&self) -> Option<f64> {
        fraction(self.bytes_done, Some(self.bytes_total))
    }

    /// Whether there is anything to apply.
    #[must_use]
    pub fn would_change(&self) -> bool {
        self.changed > 0 || self.rules.adds_new && self.new > 0
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It means no task.
    New,
    /// It changes a task.
    Changed,
    /// It cannot be applied.
    Conflict,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Changed, Self::New, Self::Conflict];

    /// As people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::New => "Without a task",
            Self::Changed => "Changed",
            Self::Conflict => "Conflicts",
        }
    }

    /// As stored, and as programs are told.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Conflict => "conflict",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// A row of the look, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedRow {
    /// Among all rows, from 1.
    pub position: i64,
    /// The file it stands in.
    pub source_name: String,
    /// Its number there, from 1.
    pub row_number: i64,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What tells its task.
    pub key: String,
    /// Its task.
    pub task_id: Option<TaskId>,
    /// What is otherwise.
    pub fields: Vec<FieldChange>,
    /// Why it cannot be applied.
    pub reason: String,
}

/// The project's runs, and what the newest one found: everything the page shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReimportHistory {
    /// Newest first.
    pub runs: Vec<ReimportRun>,
    /// The first rows of the newest run, of the first kind that it has any of.
    pub rows: Vec<LookedRow>,
}

impl ReimportRun {
    /// How many rows there are of a kind.
    #[must_use]
    pub fn rows(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::New => self.new,
            Outcome::Changed => self.changed,
            Outcome::Conflict => self.conflicts,
        }
    }

    /// The first kind there are rows of.
    #[must_use]
    pub fn first_kind(&self) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| self.rows(*outcome) > 0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{import::read_task, result::ResultItem};

    fn by(field: &str) -> Rules {
        Rules { key: Key::Field(field.to_owned()), ..Rules::default() }
    }

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
    }

    fn row(rules: &Rules, value: Value) -> Result<Row, String> {
        rules.row(read_task(value).unwrap())
    }

    #[test]
    fn a_row_says_which_task_it_means() {
        let number = Rules::default();
        for (rules, said, key) in [
            (number.clone(), json!({"id": 7, "data": {"text": "x"}}), Ok("7")),
            (number.clone(), json!({"task_id": "7", "id": "kept", "text": "x"}), Ok("7")),
            (number.clone(), json!({"id": " 7 ", "text": "x"}), Ok("7")),
            (number.clone(), json!({"id": "seven", "text": "x"}), Err("no number")),
            (number.clone(), json!({"id": "", "text": "x"}), Err("“id”")),
            (number.clone(), json!({"text": "x"}), Err("neither")),
            (number, json!({"id": 7}), Err("nothing but")),
            (by("sku"), json!({"sku": 12, "text": "x"}), Ok("12")),
            (by("sku"), json!({"data": {"sku": "a b "}}), Ok("a b")),
            (by("sku"), json!({"sku": null, "text": "x"}), Err("“sku”")),
            (by("sku"), json!({"sku": ["a"], "text": "x"}), Err("“sku”")),
            (by("sku"), json!({"sku": "x".repeat(2_000)}), Err("too long")),
        ] {
            match (row(&rules, said.clone()).map(|row| row.key), key) {
                (Ok(found), Ok(key)) => assert_eq!(found, key, "{said}"),
                (Err(reason), Err(word)) => assert!(reason.contains(word), "{said}: {reason}"),
                (found, _) => panic!("{said}: {found:?}"),
            }
        }
        let plain = row(&Rules::default(), json!({"task_id": 7, "id": "kept", "text": "x"})).unwrap();
        assert_eq!(Value::Object(plain.task.data), json!({"id": "kept", "text": "x"}));
    }

    #[test]
    fn rules_that_would_double_tasks_are_refused() {
        let adds_new = Rules { adds_new: true, ..Rules::default() };
        assert_eq!(adds_new.check().unwrap_err().code, "new_without_key");
        assert_eq!(by("  ").check().unwrap_err().code, "key_missing");
        assert_eq!(by(&"x".repeat(300)).check().unwrap_err().code, "key_too_long");
        let trimmed = Rules { adds_new: true, ..by(" sku ") }.check().unwrap();
        assert_eq!(trimmed, Rules { adds_new: true, ..by("sku") });
    }

    #[test]
    fn only_what_is_otherwise_changes() {
        let there = json!({"sku": "a", "n": 1, "flag": true, "text": "old", "list": [1, {"x": 2.0}]});
        let present = Present { data: object(&there), ..Present::default() };
        for (said, fields) in [
            (json!({"sku": "a"}), vec![]),
            (json!({"sku": "a", "n": "1", "flag": "true"}), vec![]),
            (json!({"sku": "a", "n": 1.0, "list": [1.0, {"x": 2}]}), vec![]),
            (json!({"sku": "a", "n": "01"}), vec![("n", Some("1"), "01")]),
            (json!({"sku": "a", "text": "new"}), vec![("text", Some("old"), "new")]),
            (json!({"sku": "a", "more": null, "text": ""}), vec![("more", None, "null"), ("text", Some("old"), "")]),
        ] {
            let change = row(&by("sku"), said.clone()).unwrap().change(&present, Proposals::SameVersion);
            let told: Vec<_> = change.iter().flat_map(|change| &change.fields).collect();
            let told: Vec<_> =
                told.iter().map(|one| (one.field.as_str(), one.before.as_deref(), one.after.as_str())).collect();
            assert_eq!(told, fields, "{said}");
            if let Some(change) = change {
                let mut wanted = there.clone();
                for (name, value) in object(&said) {
                    wanted[name] = value;
                }
                assert_eq!(Value::Object(change.data.unwrap()), wanted, "{said}");
            }
        }
        let long = row(&by("sku"), json!({"sku": "a", "text": "é".repeat(500)})).unwrap();
        let change = long.change(&present, Proposals::SameVersion).unwrap();
        assert_eq!(change.fields[0].after.chars().count(), GLIMPSE_CHARS + 1);
    }

    fn proposal(version: &str, label: &str, score: Option<f64>) -> NewPrediction {
        let item = json!({"from_name": "c", "to_name": "t", "type": "choices", "value": {"choices": [label]}});
        let result = vec![ResultItem::from_json(item).unwrap()];
        NewPrediction { result, score, model_version: Some(version.to_owned()) }
    }

    #[test]
    fn predictions_take_the_place_of_those_of_their_version() {
        let (old, new) = (proposal("one", "Yes", Some(0.5)), proposal("one", "No", Some(0.5)));
        let other = proposal("two", "Yes", None);
        let present = Present {
            predictions: vec![(PredictionId(1), old.clone()), (PredictionId(2), other.clone())],
            ..Present::default()
        };
        for (said, proposals, gone) in [
            (vec![old.clone()], Proposals::SameVersion, None),
            (vec![other.clone(), old.clone()], Proposals::SameVersion, None),
            (vec![other.clone(), old.clone()], Proposals::All, None),
            (vec![new.clone()], Proposals::SameVersion, Some(vec![1])),
            (vec![old.clone()], Proposals::All, Some(vec![1, 2])),
            (vec![old.clone(), old.clone()], Proposals::SameVersion, Some(vec![1])),
            (vec![proposal("one", "Yes", None)], Proposals::SameVersion, Some(vec![1])),
            (vec![proposal("three", "Yes", None)], Proposals::SameVersion, Some(vec![])),
        ] {
            let row = Row { key: "1".into(), task: NewTask { predictions: said.clone(), ..NewTask::default() } };
            let change = row.change(&present, proposals);
            let found = change.map(|change| change.gone.iter().map(|id| id.0).collect::<Vec<_>>());
            assert_eq!(found, gone, "{said:?} {proposals:?}");
        }
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e6..1e6_f64).prop_map(Value::from),
            "[a-z0-9 ]{0,5}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 12, 4, |inner| prop::collection::vec(inner, 0..4).prop_map(Value::from))
    }

    fn data() -> impl Strategy<Value = Map<String, Value>> {
        prop::collection::btree_map("[a-e]", value(), 0..5).prop_map(|fields| fields.into_iter().collect())
    }

    fn proposals() -> impl Strategy<Value = Vec<NewPrediction>> {
        let one = ("[mn]", "[YN]", prop::option::of(0.0..1.0_f64))
            .prop_map(|(version, label, score)| proposal(&version, &label, score));
        prop::collection::vec(one, 0..3)
    }

    proptest! {
        #[test]
        fn applied_twice_is_applied_once(
            there in data(), meta in prop::option::of(data()), proposed in proposals(),
            said in data(), said_meta in prop::option::of(data()), said_proposed in proposals(), all in any::<bool>(),
        ) {
            let kind = if all { Proposals::All } else { Proposals::SameVersion };
            let numbered = |list: Vec<NewPrediction>, from: i64| -> Vec<_> { (from..).map(PredictionId).zip(list).collect() };
            let before = Present { data: there, meta, predictions: numbered(proposed, 1) };
            let task = NewTask { data: said, meta: said_meta, predictions: said_proposed, ..NewTask::default() };
            let row = Row { key: "1".into(), task };
            let mut after = before.clone();
            if let Some(change) = row.change(&before, kind) {
                if let Some(data) = change.data {
                    // What the row does not name stays.
                    for (name, value) in &before.data {
                        prop_assert!(row.task.data.contains_key(name) || data.get(name) == Some(value));
                    }
                    after.data = data;
                }
                after.meta = change.meta.or(after.meta);
                after.predictions.retain(|(id, _)| !change.gone.contains(id));
                after.predictions.extend(numbered(change.new, 100));
            }
            prop_assert_eq!(row.change(&after, kind), None);
        }
    }
}
