//! Proposals that come as plain values beside the data: a column called like a control holds what somebody expects there.

use serde_json::{Map, Value, json};

use super::NewPrediction;
use crate::{
    label_config::{Control, LabelConfig},
    result::ResultItem,
};

/// What predictions made of columns call their model.
pub const PREANNOTATED: &str = "preannotated";

/// The prediction in the fields of a task that are called like controls; none where they say nothing.
#[must_use]
pub fn preannotated(config: &LabelConfig, data: &Map<String, Value>, fields: &[String]) -> Option<NewPrediction> {
    let items = fields.iter().filter_map(|field| item(config.control(field)?, data.get(field)?));
    let result: Vec<ResultItem> = items.collect();
    if result.is_empty() {
        return None;
    }
    Some(NewPrediction { result, score: None, model_version: Some(PREANNOTATED.to_owned()) })
}

/// What a control would have written for this value.
fn item(control: &Control, value: &Value) -> Option<ResultItem> {
    let to_name = control.to_names.first()?;
    let (item_type, key, value) = match control.tag.as_str() {
        "Choices" => ("choices", "choices", json!(texts(value)?)),
        "TextArea" => ("textarea", "text", json!(texts(value)?)),
        "Taxonomy" => ("taxonomy", "taxonomy", json!(paths(value)?)),
        "Rating" => ("rating", "rating", json!(number(value)?)),
        "Number" => ("number", "number", json!(number(value)?)),
        "DateTime" => ("datetime", "datetime", json!(value.as_str()?)),
        "Pairwise" => ("pairwise", "selected", json!(value.as_str().filter(|side| ["left", "right"].contains(side))?)),
        _ => return None,
    };
    let value = Map::from_iter([(key.to_owned(), value)]);
    let mut item = ResultItem::new(&control.name, &control.name, to_name, item_type, value);
    item.0.insert("origin".to_owned(), "prediction".into());
    Some(item)
}

/// One text, or several.
fn texts(value: &Value) -> Option<Vec<String>> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let list: Vec<String> = match value {
        Value::Array(values) => values.iter().map(text).collect::<Option<_>>()?,
        one => vec![text(one)?],
    };
    (!list.is_empty()).then_some(list)
}

/// One path or several; a text is a path of one.
fn paths(value: &Value) -> Option<Vec<Vec<String>>> {
    match value {
        Value::Array(values) if values.iter().any(Value::is_array) => values.iter().map(texts).collect(),
        Value::Array(_) => Some(vec![texts(value)?]),
        one => Some(vec![texts(one)?]),
    }
}

/// A number, also written as text, as tables have them.
fn number(value: &Value) -> Option<serde_json::Number> {
    match value {
        Value::Number(number) => Some(number.clone()),
        Value::String(text) => serde_json::from_str(text.trim()).ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label_config;

    #[test]
    fn values_become_what_the_control_would_have_written() {
        let config = label_config::read(
            r#"<View><Text name="t" value="$text"/><Choices name="mood" toName="t"><Choice value="good"/></Choices>
            <TextArea name="note" toName="t"/><Rating name="stars" toName="t"/><Number name="age" toName="t"/>
            <DateTime name="day" toName="t"/><Taxonomy name="kind" toName="t"><Choice value="a"/></Taxonomy>
            <Labels name="l" toName="t"><Label value="x"/></Labels></View>"#,
        )
        .unwrap();
        for (field, value, expected) in [
            ("mood", json!("good"), Some(json!({ "choices": ["good"] }))),
            ("mood", json!(["good", "bad"]), Some(json!({ "choices": ["good", "bad"] }))),
            ("mood", json!(""), None),
            ("mood", json!({}), None),
            ("note", json!("hi"), Some(json!({ "text": ["hi"] }))),
            ("stars", json!("4"), Some(json!({ "rating": 4 }))),
            ("stars", json!("many"), None),
            ("age", json!(7.5), Some(json!({ "number": 7.5 }))),
            ("day", json!("2026-01-02"), Some(json!({ "datetime": "2026-01-02" }))),
            ("kind", json!("a"), Some(json!({ "taxonomy": [["a"]] }))),
            ("kind", json!([["a", "b"], ["c"]]), Some(json!({ "taxonomy": [["a", "b"], ["c"]] }))),
            ("l", json!("x"), None),
            ("text", json!("x"), None),
        ] {
            let data = Map::from_iter([(field.to_owned(), value.clone())]);
            let made = preannotated(&config, &data, &[field.to_owned()]);
            let found = made.map(|made| Value::Object(made.result[0].value().unwrap().clone()));
            assert_eq!(found, expected, "{field} {value}");
        }
    }
}
