//! The data of an example task for any labeling interface, from the samples of the templates.

use serde_json::{Map, Value, json};

use crate::{
    import::{NewPrediction, preannotated},
    label_config::{Control, FieldType, LabelConfig},
};

/// What a text says that nobody has written.
const TEXT: &str = "Oh, to have so much time that one could count the leaves of a tree!";

/// A task's data that the interface can show. Media are those of the demo, at `base`.
#[must_use]
pub fn sample_data(config: &LabelConfig, base: &str) -> Map<String, Value> {
    let mut data = Map::new();
    for field in config.fields() {
        // What lies deeper comes along with the list that is repeated over.
        let name = field.path.split(['.', '[']).next().unwrap_or_default();
        if !name.is_empty() && !data.contains_key(name) {
            data.insert(name.to_owned(), value(field.holds, &field.tag, base));
        }
    }
    data
}

fn value(holds: FieldType, tag: &str, base: &str) -> Value {
    let at = |path: &str| Value::String(format!("{base}/demo/{path}"));
    match holds {
        FieldType::Image => at("astronaut.jpg"),
        FieldType::Images => json!([at("astronaut.jpg"), at("coffee.jpg")]),
        FieldType::Audio => at("melody.wav"),
        FieldType::Video => at("balls.mp4"),
        FieldType::Pdf => at("invoice.pdf"),
        FieldType::Url if tag == "TimeSeries" => at("seattle-weather.csv"),
        FieldType::Url => Value::String(format!("{base}/demo/CREDITS.md")),
        FieldType::Text | FieldType::Any => TEXT.into(),
        FieldType::Number => 1.into(),
        FieldType::Dialogue => json!([
            { "author": "Customer", "text": "Hello, my card was charged twice." },
            { "author": "Support", "text": "I am sorry. I will return one of the charges today." },
        ]),
        FieldType::Items => json!([
            { "id": "a", "title": "Answer A", "body": "Just a small nudge." },
            { "id": "b", "title": "Answer B", "body": "You have not answered my mail." },
        ]),
        FieldType::Series => json!({ "time": [0, 1, 2, 3], "value": [0.5, 0.8, 0.2, 0.6] }),
        FieldType::Table => json!({ "Invoice": "2024-118", "Items": 3, "Total": "57.90" }),
        FieldType::Messages => json!([
            { "role": "user", "content": "My bees cluster at the entrance on hot evenings. Are they about to swarm?" },
            { "role": "assistant", "content": "Probably not. On hot evenings bees hang outside to keep the hive cool." },
        ]),
        FieldType::Options => json!([{ "value": "One" }, { "value": "Other" }]),
        FieldType::List => json!([{ "text": TEXT, "image": at("astronaut.jpg"), "url": at("coffee.jpg") }]),
    }
}

/// An answer to such a task, of the questions that plain values answer.
#[must_use]
pub fn sample_answer(config: &LabelConfig) -> NewPrediction {
    let answers = config.controls.iter().filter_map(|control| Some((control.name.clone(), answer(control)?))).collect();
    let names: Vec<String> = config.controls.iter().map(|control| control.name.clone()).collect();
    preannotated(config, &answers, &names).unwrap_or_default()
}

fn answer(control: &Control) -> Option<Value> {
    Some(match control.tag.as_str() {
        "Choices" | "Taxonomy" => control.labels.first()?.value.clone().into(),
        "TextArea" => "A sample".into(),
        "Rating" | "Number" => 1.into(),
        "DateTime" => "2026-01-31".into(),
        "Pairwise" => "left".into(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        label_config::{check_task, parse},
        template::TEMPLATES,
    };

    #[test]
    fn every_template_can_show_its_sample() {
        for template in TEMPLATES {
            let config = parse(template.xml).config.unwrap();
            let problems = check_task(&config, &sample_data(&config, "https://label.example.com"));
            // Which columns a series has is a matter of its file.
            assert!(problems.is_empty(), "{}: {problems:?}", template.id);
        }
    }

    #[test]
    fn questions_are_answered() {
        let xml = "<View><Text name=\"t\" value=\"$text\"/><Choices name=\"c\" toName=\"t\"><Choice value=\"Yes\"/>\
                   <Choice value=\"No\"/></Choices><Rating name=\"r\" toName=\"t\"/></View>";
        let config = parse(xml).config.unwrap();
        let values: Vec<Value> = sample_answer(&config).result.iter().map(|item| item.0["value"].clone()).collect();
        assert_eq!(values, [json!({ "choices": ["Yes"] }), json!({ "rating": 1 })]);
        assert_eq!(sample_data(&config, "").keys().collect::<Vec<_>>(), ["text"]);
    }
}
