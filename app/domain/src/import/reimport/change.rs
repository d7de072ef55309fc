//! What a row changes of its task, and how that looks before and after.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{super::NewPrediction, Proposals, Row, key_text};
use crate::id::PredictionId;

/// How much of a value is shown before and after, in characters.
pub const GLIMPSE_CHARS: usize = 160;

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
pub(super) fn glimpse(text: &str) -> String {
    let mut shown: String = text.chars().take(GLIMPSE_CHARS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{
        import::{
            NewTask, read_task,
            reimport::{Key, Rules},
        },
        result::ResultItem,
    };

    fn row(value: Value) -> Row {
        let rules = Rules { key: Key::Field("sku".to_owned()), ..Rules::default() };
        rules.row(read_task(value).unwrap()).unwrap()
    }

    fn object(value: &Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap_or_default()
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
            let change = row(said.clone()).change(&present, Proposals::SameVersion);
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
        let long = row(json!({"sku": "a", "text": "é".repeat(500)}));
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
