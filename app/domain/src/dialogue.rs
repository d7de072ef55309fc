//! A dialogue: turns, each with an author and a text, perhaps with its place in a recording.

use serde_json::Value;

/// One turn of a dialogue.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Turn {
    /// Who speaks; empty where nobody is named.
    pub author: String,
    /// What is said.
    pub text: String,
    /// The second of the recording it begins at.
    pub start: Option<f64>,
    /// The second it ends at.
    pub end: Option<f64>,
}

impl Turn {
    /// Whether it is heard at this second. One without an end lasts until `next`, where the next turn begins.
    #[must_use]
    pub fn is_heard_at(&self, second: f64, next: Option<f64>) -> bool {
        self.start.is_some_and(|start| start <= second) && self.end.or(next).is_none_or(|end| second < end)
    }
}

/// The turns a task holds, every entry of the list one turn, so that turns are counted as results count them; names and
/// texts stand under these keys. A text alone is a turn of nobody. `None` for whatever is no list.
#[must_use]
pub fn turns_of(value: &Value, name_key: &str, text_key: &str) -> Option<Vec<Turn>> {
    let words = |value: Option<&Value>| match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let turn = |entry: &Value| match entry {
        Value::Object(map) => {
            let second = |key: &str| match map.get(key)? {
                Value::String(text) => text.trim().parse::<f64>().ok(),
                other => other.as_f64(),
            };
            let start = second("start").filter(|start| start.is_finite() && *start >= 0.0);
            let lasts = || Some(start? + second("duration")?);
            let end =
                second("end").or_else(lasts).filter(|end| end.is_finite() && start.is_some_and(|start| *end > start));
            Turn { author: words(map.get(name_key)), text: words(map.get(text_key)), start, end }
        }
        other => Turn { text: words(Some(other)), ..Turn::default() },
    };
    Some(value.as_array()?.iter().map(turn).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_entry_is_a_turn() {
        let value = json!([
            {"who": "Ada", "said": "Hello", "start": 1, "duration": 2.5},
            {"who": "Grace", "said": 7, "start": "4.0", "end": "3"},
            {"said": null},
            "alone",
        ]);
        let turns = turns_of(&value, "who", "said").unwrap();
        let told: Vec<_> = turns.iter().map(|t| (t.author.as_str(), t.text.as_str(), t.start, t.end)).collect();
        assert_eq!(
            told,
            [
                ("Ada", "Hello", Some(1.0), Some(3.5)),
                ("Grace", "7", Some(4.0), None),
                ("", "", None, None),
                ("", "alone", None, None),
            ]
        );
        assert_eq!(turns_of(&json!({"who": "Ada"}), "who", "said"), None);
    }

    #[test]
    fn a_turn_is_heard_while_it_lasts() {
        let turn = Turn { start: Some(1.0), end: Some(2.0), ..Turn::default() };
        let open = Turn { end: None, ..turn.clone() };
        let table = [
            (&turn, 0.9, None, false),
            (&turn, 1.0, None, true),
            (&turn, 2.0, Some(5.0), false),
            (&open, 4.9, Some(5.0), true),
            (&open, 5.0, Some(5.0), false),
            (&open, 9.0, None, true),
        ];
        for (turn, second, next, heard) in table {
            assert_eq!(turn.is_heard_at(second, next), heard, "{second} {next:?}");
        }
        assert!(!Turn::default().is_heard_at(1.0, None));
    }
}
