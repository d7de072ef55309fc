//! From a model's answer to what people are asked to accept.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use crate::label_config::LabelConfig;
use crate::result::{ResultItem, is_region_type};

/// The most characters of the id of a region; a longer one is replaced.
const MAX_ID_CHARS: usize = 100;

fn fits(config: &LabelConfig, item: &ResultItem) -> bool {
    let control = config.control(item.from_name());
    control.is_some_and(|it| it.to_names.iter().any(|name| name == item.to_name())) && item.value().is_some()
}

/// What of an answer fits the interface, untouched: items of its controls about its objects, and relations. `None` where there
/// was something and nothing of it fits.
#[must_use]
pub fn fitting(config: &LabelConfig, mut answer: Vec<ResultItem>) -> Option<Vec<ResultItem>> {
    let had_something = !answer.is_empty();
    answer.retain(|item| item.item_type() == "relation" || fits(config, item));
    (!had_something || !answer.is_empty()).then_some(answer)
}

/// What of an answer fits the interface: items of its controls about its objects, saying that they are proposed, whatever
/// they said before. Regions without a proper id get one that begins with `prefix`. `None` where there was something and
/// nothing of it fits.
#[must_use]
pub fn suggested(config: &LabelConfig, answer: Vec<ResultItem>, prefix: &str) -> Option<Vec<ResultItem>> {
    let had_something = !answer.is_empty();
    let (relations, items): (Vec<_>, Vec<_>) =
        answer.into_iter().partition(|item: &ResultItem| item.item_type() == "relation");
    let mut fitting: Vec<ResultItem> = items.into_iter().filter(|item| fits(config, item)).collect();
    let mut names: HashMap<String, String> = HashMap::new();
    for (at, item) in fitting.iter_mut().enumerate() {
        let id = item.id().to_owned();
        if is_region_type(item.item_type()) && (id.is_empty() || id.chars().count() > MAX_ID_CHARS) {
            let own = format!("{prefix}{at}");
            // Items about the same region keep sharing its id; those without one are regions of their own.
            let name = if id.is_empty() { own } else { names.entry(id).or_insert(own).clone() };
            item.0.insert("id".to_owned(), name.into());
        }
        item.0.insert("origin".to_owned(), "prediction".into());
    }
    if !names.is_empty() {
        for item in &mut fitting {
            if let Some(name) = names.get(item.id()).cloned() {
                item.0.insert("id".to_owned(), name.into());
            }
        }
    }
    let ids: HashSet<&str> =
        fitting.iter().filter(|item| is_region_type(item.item_type())).map(ResultItem::id).collect();
    let end = |item: &ResultItem, key: &str| item.0.get(key).and_then(Value::as_str).map(str::to_owned);
    let has_ends =
        |item: &ResultItem| ["from_id", "to_id"].iter().all(|key| end(item, key).is_some_and(|id| ids.contains(&*id)));
    let relations: Vec<ResultItem> = relations.into_iter().filter(has_ends).collect();
    fitting.extend(relations);
    (!had_something || !fitting.is_empty()).then_some(fitting)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::label_config::read;

    fn fitting(answer: Value) -> Option<Value> {
        let config = read(
            r#"<View><Image name="img" value="$i"/><RectangleLabels name="box" toName="img"><Label value="A"/></RectangleLabels>
            <Choices name="kind" toName="img"><Choice value="x"/></Choices></View>"#,
        )
        .unwrap();
        suggested(&config, ResultItem::list_from_json(answer).unwrap(), "s-").map(|items| json!(items))
    }

    fn boxed(id: Value) -> Value {
        json!({"id": id, "from_name": "box", "to_name": "img", "type": "rectanglelabels", "value": {"x": 1}})
    }

    fn proposed(mut item: Value) -> Value {
        item["origin"] = "prediction".into();
        item
    }

    #[test]
    fn what_fits_is_a_proposal_whatever_it_says() {
        let mut manual = boxed(json!("a"));
        manual["origin"] = "manual".into();
        let choice = json!({"from_name": "kind", "to_name": "img", "type": "choices", "value": {"choices": ["x"]}});
        let mut other = boxed(json!("b"));
        other["to_name"] = "elsewhere".into();
        let mut unknown = boxed(json!("c"));
        unknown["from_name"] = "nobody".into();
        let mut empty = boxed(json!("d"));
        empty["value"] = json!("text");
        let answer = json!([manual, other, choice, unknown, empty]);
        assert_eq!(fitting(answer), Some(json!([proposed(boxed(json!("a"))), proposed(choice)])));
    }

    #[test]
    fn regions_without_a_proper_id_get_one() {
        let long = "x".repeat(MAX_ID_CHARS + 1);
        let about =
            json!({"id": long, "from_name": "kind", "to_name": "img", "type": "choices", "value": {"choices": ["x"]}});
        let answer = json!([boxed(json!("")), boxed(json!(7)), boxed(json!(long)), about, boxed(json!(long))]);
        let ids: Vec<String> = fitting(answer)
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids, ["s-0", "s-1", "s-2", "s-2", "s-2"]);
    }

    #[test]
    fn relations_need_both_their_ends() {
        let relation = |from: &str, to: &str| json!({"type": "relation", "from_id": from, "to_id": to});
        let answer = json!([relation("a", "b"), relation("a", "gone"), boxed(json!("a")), boxed(json!("b"))]);
        let expected = json!([proposed(boxed(json!("a"))), proposed(boxed(json!("b"))), relation("a", "b")]);
        assert_eq!(fitting(answer), Some(expected));
    }

    #[test]
    fn nothing_found_is_not_nothing_that_fits() {
        assert_eq!(fitting(json!([])), Some(json!([])));
        let mut unknown = boxed(json!("c"));
        unknown["from_name"] = "nobody".into();
        assert_eq!(fitting(json!([unknown])), None);
    }
}
