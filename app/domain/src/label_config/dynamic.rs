//! What of an interface comes from the task: labels and choices behind `value="$field"`, and the text a field begins with.

use serde_json::{Map, Value};

use super::{Control, Label, LabelConfig, Object, variable};
use crate::chat::messages_of;

/// The most labels or choices that are taken from a task; a tree of more is a `<Taxonomy>`.
pub const MOST_OPTIONS: usize = 1_000;
/// Where the text that a task lets a field begin with is put: no name that an interface could write.
pub(crate) const BEGINS_WITH: &str = "$value";
/// Where the number of messages is put that a task says in a chat; just as nobody could write it.
pub(crate) const GIVEN_MESSAGES: &str = "$messages";
/// The deepest they are nested.
const MOST_LEVELS: usize = 32;

impl LabelConfig {
    /// Whether what an answer needs is only known with the task it is about.
    #[must_use]
    pub fn depends_on_task(&self) -> bool {
        self.repeats() || self.controls.iter().any(|control| control.tag == "Chat" || control.flag("perItem"))
    }

    /// The interface as it is for a task: what is repeated is written out, pictures of lists are objects of their own, and
    /// what its fields hold stands behind what is written. A field that is missing or holds something else adds nothing.
    /// Trees read their field themselves.
    #[must_use]
    pub fn for_task(&self, data: &Map<String, Value>) -> Self {
        let mut config = self.written_out(data);
        for control in &mut config.controls {
            match control.tag.as_str() {
                "Taxonomy" | "Ranker" | "Relations" => {}
                "TextArea" => begin_with(control, data),
                "Chat" => count_messages(control, &config.objects, data),
                _ => {
                    let field = control.dynamic_field().map(str::to_owned);
                    let found = field.and_then(|field| variable::look_up(data, &field).cloned());
                    let mut room = MOST_OPTIONS;
                    control.labels.extend(found.map(|value| options(&value, &mut room, 0)).unwrap_or_default());
                }
            }
        }
        config.add_items(data);
        config
    }
}

/// What a task says in a chat counts among its messages.
fn count_messages(chat: &mut Control, objects: &[Object], data: &Map<String, Value>) {
    let field = objects.iter().find(|object| object.name == chat.name).and_then(|object| object.field.as_deref());
    let given = field.and_then(|field| variable::look_up(data, field)).map_or(0, |value| messages_of(value).len());
    chat.attributes.push((GIVEN_MESSAGES.to_owned(), given.to_string()));
}

/// The text a field begins with stands in `value`, or in the field of the task that `value` names.
fn begin_with(control: &mut Control, data: &Map<String, Value>) {
    let Some(field) = control.attribute("value").and_then(variable::whole) else { return };
    let text = match variable::look_up(data, field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => return,
        Some(other) => other.to_string(),
    };
    control.attributes.push((BEGINS_WITH.to_owned(), text));
}

/// Labels or choices from a list of texts and objects; one that stands there twice counts once.
fn options(value: &Value, room: &mut usize, level: usize) -> Vec<Label> {
    let Value::Array(entries) = value else { return Vec::new() };
    let mut found: Vec<Label> = Vec::new();
    for entry in entries {
        if *room == 0 || level >= MOST_LEVELS {
            break;
        }
        let Some(label) = option(entry, room, level) else { continue };
        if found.iter().all(|known| known.stored() != label.stored()) {
            found.push(label);
        }
    }
    found
}

fn option(entry: &Value, room: &mut usize, level: usize) -> Option<Label> {
    let words = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => None,
    };
    let label = match entry {
        Value::Object(map) => {
            let get = |name: &str| map.get(name).and_then(words).filter(|text| !text.trim().is_empty());
            let is_true = |name: &str| get(name).is_some_and(|text| text.eq_ignore_ascii_case("true"));
            let alias = get("alias");
            let value = get("value").or_else(|| alias.clone())?;
            *room -= 1;
            Label {
                value,
                alias,
                background: get("background").or_else(|| get("color")),
                hotkey: get("hotkey"),
                hint: get("hint"),
                selected: is_true("selected"),
                category: map.get("category").and_then(Value::as_i64),
                max_usages: map.get("maxUsages").and_then(words).and_then(|most| most.trim().parse().ok()),
                granularity: map.get("granularity").and_then(words),
                children: map.get("children").map(|inner| options(inner, room, level + 1)).unwrap_or_default(),
            }
        }
        other => {
            let value = words(other).filter(|text| !text.trim().is_empty())?;
            *room -= 1;
            Label { value, ..Label::default() }
        }
    };
    Some(label)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::answer::{Answer, Asks};
    use crate::label_config::parse;

    fn for_task(xml: &str, data: Value) -> LabelConfig {
        let Value::Object(data) = data else { unreachable!() };
        parse(&format!("<View><Text name=\"t\" value=\"$t\"/>{xml}</View>")).config.unwrap().for_task(&data)
    }

    fn stored(labels: &[Label]) -> Vec<&str> {
        labels.iter().map(Label::stored).collect()
    }

    #[test]
    fn options_of_the_task_stand_behind_written_ones() {
        let xml =
            r#"<Choices name="c" toName="t" value="$options" allowNested="true"><Choice value="None"/></Choices>"#;
        let data = json!({"options": [
            "One", 2, true, null, "", {"alias": "a", "value": "Any", "background": "#f00", "hotkey": "x", "hint": "h", "selected": true,
                "maxUsages": "2", "children": [{"value": "Inner"}, "Other"]},
            "One", {"no": 1}, ["x"],
        ]});
        let config = for_task(xml, data);
        let labels = &config.controls[0].labels;
        assert_eq!(stored(labels), ["None", "One", "2", "true", "a"]);
        assert_eq!(stored(&labels[4].children), ["Inner", "Other"]);
        assert_eq!((labels[4].value.as_str(), labels[4].max_usages, labels[4].selected), ("Any", Some(2), true));
        let asks = Asks::of(&config.controls[0]).unwrap();
        assert_eq!(asks.initial(&config.controls[0]), Some(Answer::Choices(vec![vec!["a".to_owned()]])));
    }

    #[test]
    fn a_task_without_options_has_the_written_ones() {
        let xml = r#"<Labels name="l" toName="t" value="$more[0].labels"><Label value="A" maxUsages="3"/></Labels>"#;
        for data in
            [json!({}), json!({"more": 3}), json!({"more": [{"labels": {}}]}), json!({"more": [{"labels": "B"}]})]
        {
            assert_eq!(stored(&for_task(xml, data).controls[0].labels), ["A"]);
        }
        let config = for_task(xml, json!({"more": [{"labels": ["B"]}]}));
        assert_eq!(stored(&config.controls[0].labels), ["A", "B"]);
        assert_eq!(config.controls[0].labels[0].max_usages, Some(3));
    }

    #[test]
    fn there_is_an_end_to_options() {
        let xml = r#"<Choices name="c" toName="t" value="$options"/>"#;
        let many: Vec<Value> = (0..5_000).map(|n| json!({"value": format!("{n}"), "children": ["x"]})).collect();
        let config = for_task(xml, json!({"options": many}));
        let labels = &config.controls[0].labels;
        assert_eq!(labels.iter().map(|label| 1 + label.children.len()).sum::<usize>(), MOST_OPTIONS);
        let mut deep = json!(["end"]);
        for _ in 0..200 {
            deep = json!([{"value": "in", "children": deep}]);
        }
        assert_eq!(for_task(xml, json!({"options": deep})).controls[0].labels.len(), 1);
    }

    #[test]
    fn a_field_begins_with_what_the_task_holds() {
        let xml = r#"<TextArea name="a" toName="t" value="$draft"/>"#;
        let begin = |data: Value| {
            let config = for_task(xml, data);
            Asks::of(&config.controls[0]).unwrap().initial(&config.controls[0])
        };
        assert_eq!(begin(json!({"draft": "$5 it says"})), Some(Answer::Texts(vec!["$5 it says".to_owned()])));
        assert_eq!(begin(json!({"draft": 5})), Some(Answer::Texts(vec!["5".to_owned()])));
        assert_eq!(begin(json!({})), None);
    }
}
