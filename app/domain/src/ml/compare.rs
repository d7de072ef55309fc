//! How versions of models do beside each other: how often a version says what people said, control by control.
//!
//! Two answers to a question are the same when their values are: the choice, the number, the text. Where shapes and stretches
//! are labeled, places hardly ever agree to the last digit, so there the labels are compared: the same ones, as often.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::label_config::LabelConfig;
use crate::result::{ResultItem, is_region_type};

/// The most tasks of a version that are looked at, the newest first.
pub const MAX_COMPARED: i64 = 2_000;
/// The most versions that are compared.
pub const MAX_VERSIONS: usize = 20;

/// How a version does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// In the model's own words.
    pub model_version: String,
    /// Predictions in all.
    pub predictions: i64,
    /// How sure it is of them, on average; none where it does not say.
    pub mean_score: Option<f64>,
    /// When it predicted last.
    pub latest: DateTime<Utc>,
    /// Whether the project goes by it.
    pub counts: bool,
    /// Tasks with a prediction and an answer of people that were held against each other.
    pub compared: i64,
    /// How many of those answers are references.
    pub references: i64,
    /// By control, in the order of the interface.
    pub controls: Vec<ControlMatch>,
}

/// How often a version says what people said with a control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlMatch {
    /// The control.
    pub name: String,
    /// Whether labels are compared rather than whole answers.
    pub by_labels: bool,
    /// On so many tasks the version or the people used it.
    pub tasks: i64,
    /// On so many of them they said the same.
    pub same: i64,
}

impl ControlMatch {
    /// The part that is the same, from 0 to 1; none where there is nothing to compare.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        #[allow(clippy::cast_precision_loss, reason = "a few thousand")]
        let part = || self.same as f64 / self.tasks as f64;
        (self.tasks > 0).then(part)
    }
}

impl Compared {
    /// The part of all answers that is the same, from 0 to 1.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        let sum = |of: fn(&ControlMatch) -> i64| self.controls.iter().map(of).sum();
        let all =
            ControlMatch { name: String::new(), by_labels: false, tasks: sum(|it| it.tasks), same: sum(|it| it.same) };
        all.rate()
    }
}

/// Counts what is the same.
#[derive(Debug, Default)]
pub struct Tally {
    /// Tasks and the same among them, by control; whether it labels shapes.
    controls: BTreeMap<String, (i64, i64, bool)>,
}

impl Tally {
    /// Holds a prediction against an answer of people.
    pub fn add(&mut self, predicted: &[ResultItem], given: &[ResultItem]) {
        let (predicted, given) = (by_control(predicted), by_control(given));
        let names: BTreeSet<&str> = predicted.keys().chain(given.keys()).copied().collect();
        for name in names {
            let (one, other) = (predicted.get(name), given.get(name));
            let (tasks, same, by_labels) = self.controls.entry(name.to_owned()).or_default();
            *tasks += 1;
            *same += i64::from(one.map(|said| &said.values) == other.map(|said| &said.values));
            *by_labels |= [one, other].into_iter().flatten().any(|said| said.by_labels);
        }
    }

    /// What was counted of the controls that the interface still has.
    #[must_use]
    pub fn into_controls(mut self, config: &LabelConfig) -> Vec<ControlMatch> {
        let known = config.controls.iter().filter_map(|control| {
            let (tasks, same, by_labels) = self.controls.remove(&control.name)?;
            Some(ControlMatch { name: control.name.clone(), by_labels, tasks, same })
        });
        known.collect()
    }
}

/// What was said with one control, in an order that does not matter.
#[derive(Default)]
struct Said {
    values: Vec<String>,
    by_labels: bool,
}

fn by_control(result: &[ResultItem]) -> BTreeMap<&str, Said> {
    let mut said: BTreeMap<&str, Said> = BTreeMap::new();
    for item in result.iter().filter(|item| item.item_type() != "relation" && !item.from_name().is_empty()) {
        let of = said.entry(item.from_name()).or_default();
        if is_region_type(item.item_type()) {
            of.by_labels = true;
            let mut labels = item.labels();
            labels.sort_unstable();
            of.values.push(labels.join("\u{1f}"));
        } else {
            // Several choices have no order; everything else that is a list has one.
            let is_set = ["choices", "taxonomy"].contains(&item.item_type());
            let value = item.value().map(|value| canonical(&Value::Object(value.clone()), is_set));
            of.values.push(value.unwrap_or_default());
        }
    }
    for of in said.values_mut() {
        of.values.sort_unstable();
    }
    said
}

/// The same text for the same value, however its keys and numbers are written.
fn canonical(value: &Value, is_set: bool) -> String {
    match value {
        Value::Object(fields) => {
            let sorted: BTreeMap<&String, String> =
                fields.iter().map(|(key, value)| (key, canonical(value, is_set))).collect();
            let fields: Vec<String> = sorted.into_iter().map(|(key, value)| format!("{key}:{value}")).collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            // The list itself, not the paths in it.
            let mut items: Vec<String> = items.iter().map(|item| canonical(item, false)).collect();
            if is_set {
                items.sort_unstable();
            }
            format!("[{}]", items.join(","))
        }
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), |number| number.to_string()),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::label_config::read;

    fn items(json: Value) -> Vec<ResultItem> {
        ResultItem::list_from_json(json).unwrap()
    }

    fn choices(names: &[&str]) -> Value {
        json!({"from_name": "mood", "to_name": "t", "type": "choices", "value": {"choices": names}})
    }

    fn cat(x: f64, label: &str) -> Value {
        json!({"id": format!("{x}"), "from_name": "box", "to_name": "t", "type": "rectanglelabels",
            "value": {"x": x, "y": 1, "width": 2, "height": 3, "rectanglelabels": [label]}})
    }

    #[test]
    fn answers_are_compared_by_value_and_shapes_by_their_labels() {
        let stars = |number: Value| json!({"from_name": "stars", "to_name": "t", "type": "rating", "value": {"rating": number}});
        let ranked = |order: &[&str]| json!({"from_name": "order", "to_name": "t", "type": "ranker", "value": {"ranker": order}});
        for (predicted, given, name, same) in [
            (json!([choices(&["A", "B"])]), json!([choices(&["B", "A"])]), "mood", 1),
            (json!([choices(&["A"])]), json!([choices(&["B"])]), "mood", 0),
            (json!([ranked(&["A", "B"])]), json!([ranked(&["B", "A"])]), "order", 0),
            (json!([choices(&["A"])]), json!([]), "mood", 0),
            (json!([]), json!([choices(&["A"])]), "mood", 0),
            (json!([stars(json!(3))]), json!([stars(json!(3.0))]), "stars", 1),
            (json!([cat(1.0, "Cat"), cat(2.0, "Dog")]), json!([cat(9.0, "Dog"), cat(8.0, "Cat")]), "box", 1),
            (json!([cat(1.0, "Cat"), cat(2.0, "Cat")]), json!([cat(9.0, "Cat")]), "box", 0),
        ] {
            let mut tally = Tally::default();
            tally.add(&items(predicted.clone()), &items(given.clone()));
            assert_eq!(tally.controls.get(name), Some(&(1, same, name == "box")), "{predicted} {given}");
        }
    }

    #[test]
    fn a_rate_is_of_what_was_used() {
        let config = read(
            r#"<View><Image name="t" value="$i"/><RectangleLabels name="box" toName="t"><Label value="Cat"/></RectangleLabels>
            <Choices name="mood" toName="t"><Choice value="A"/></Choices></View>"#,
        )
        .unwrap();
        let mut tally = Tally::default();
        tally.add(&items(json!([choices(&["A"]), cat(1.0, "Cat")])), &items(json!([choices(&["A"])])));
        tally.add(&items(json!([choices(&["A"])])), &items(json!([choices(&["A"])])));
        tally.add(&[], &items(json!([{"from_name": "gone", "to_name": "t", "type": "choices", "value": {}}])));
        tally.add(&[], &[]);
        let controls = tally.into_controls(&config);
        let rates: Vec<_> = controls.iter().map(|it| (it.name.as_str(), it.tasks, it.rate(), it.by_labels)).collect();
        assert_eq!(rates, [("box", 1, Some(0.0), true), ("mood", 2, Some(1.0), false)]);
        let compared = Compared {
            model_version: "one".into(),
            predictions: 2,
            mean_score: None,
            latest: DateTime::UNIX_EPOCH,
            counts: false,
            compared: 2,
            references: 0,
            controls,
        };
        assert_eq!(compared.rate(), Some(2.0 / 3.0));
        assert_eq!(Compared { controls: Vec::new(), ..compared }.rate(), None);
    }
}
