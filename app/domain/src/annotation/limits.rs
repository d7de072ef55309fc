//! Limits of controls that go beyond a single answer: how often a label may be used, how many points a vector has, how
//! many paths of a taxonomy, how long a chat.

use std::collections::{HashMap, HashSet};

use crate::Error;
use crate::answer::Answer;
use crate::label_config::{Control, Element, GIVEN_MESSAGES, Label, LabelConfig};
use crate::region::Shape;
use crate::result::{Region, ResultItem};

/// What exceeds or falls short of the limits of its control.
pub(super) fn problems(config: &LabelConfig, result: &[ResultItem]) -> Vec<Error> {
    let mut by_control: HashMap<&str, Vec<&ResultItem>> = HashMap::new();
    for item in result {
        by_control.entry(item.from_name()).or_default().push(item);
    }
    let none = Vec::new();
    let check = |control: &Control| {
        let items = by_control.get(control.name.as_str()).unwrap_or(&none);
        let sentence = match control.tag.as_str() {
            "Chat" => chat(control, items),
            _ if items.is_empty() => None,
            "Choices" => items.iter().find_map(|item| choices(control, item)),
            "Taxonomy" => items.iter().find_map(|item| taxonomy(control, item)),
            "DateTime" => items.iter().find_map(|item| date_time(control, item)),
            "Ranker" => items.iter().find_map(|item| ranker(item)),
            "Vector" | "VectorLabels" | "VideoVector" | "VideoVectorLabels" => {
                let points = items.iter().find_map(|item| vector(control, item));
                points.or_else(|| usages(config, control, items))
            }
            _ => usages(config, control, items),
        };
        sentence.map(|sentence| Error::invalid("", "answer_out_of_limits", sentence).on(control.name.clone()))
    };
    config.controls.iter().filter_map(check).collect()
}

fn count(control: &Control, name: &str) -> Option<usize> {
    control.attribute(name)?.trim().parse().ok()
}

/// A label given to more regions than its `maxUsages`, or its control's, allows.
fn usages(config: &LabelConfig, control: &Control, items: &[&ResultItem]) -> Option<String> {
    let general = count(control, "maxUsages");
    let own = element(config, control).map(own_limits).unwrap_or_default();
    if general.is_none() && own.is_empty() {
        return None;
    }
    // Several items of one region use a label once.
    let mut used: HashMap<&str, HashSet<(&str, usize)>> = HashMap::new();
    for (at, item) in items.iter().enumerate() {
        let region = (item.id(), if item.id().is_empty() { at } else { 0 });
        for label in item.labels() {
            used.entry(label).or_default().insert(region);
        }
    }
    let too_often = |label: &&Label| {
        let most = own.get(label.stored()).copied().or(general)?;
        let times = used.get(label.stored()).map_or(0, HashSet::len);
        (times > most).then(|| match most {
            1 => format!("“{}” may be used once only; here it is {times} times.", label.value),
            most => format!("“{}” may be used {most} times at most; here it is {times} times.", label.value),
        })
    };
    control.labels.iter().find_map(|label| too_often(&label))
}

/// The element a control was read from.
fn element<'c>(config: &'c LabelConfig, control: &Control) -> Option<&'c Element> {
    let mut open = vec![&config.root];
    while let Some(element) = open.pop() {
        if element.tag == control.tag && element.attribute("name").map(str::trim) == Some(control.name.as_str()) {
            return Some(element);
        }
        open.extend(element.elements());
    }
    None
}

/// `maxUsages` of the labels inside, by what results store for them.
fn own_limits(control: &Element) -> HashMap<&str, usize> {
    let mut limits = HashMap::new();
    let mut open: Vec<&Element> = control.elements().collect();
    while let Some(element) = open.pop() {
        open.extend(element.elements());
        let most = element.attribute("maxUsages").and_then(|most| most.trim().parse().ok());
        let alias = element.attribute("alias").filter(|alias| !alias.trim().is_empty());
        if let Some((stored, most)) = alias.or_else(|| element.attribute("value")).zip(most) {
            limits.insert(stored, most);
        }
    }
    limits
}

fn choices(control: &Control, item: &ResultItem) -> Option<String> {
    let is_multiple = control.attribute("choice").is_some_and(|choice| choice.trim().eq_ignore_ascii_case("multiple"));
    (!is_multiple && item.choices().len() > 1).then(|| "Only one of these can be chosen.".to_owned())
}

fn taxonomy(control: &Control, item: &ResultItem) -> Option<String> {
    let Some(Answer::Taxonomy(paths)) = Answer::from_item(item) else { return None };
    if let Some(most) = count(control, "maxUsages").filter(|most| paths.len() > *most) {
        return Some(format!("At most {most} can be chosen here; there are {}.", paths.len()));
    }
    let has_children = |path: &&Vec<String>| {
        let mut labels = control.labels.as_slice();
        for step in *path {
            match labels.iter().find(|label| label.stored() == step) {
                Some(label) => labels = &label.children,
                // A node that is loaded as people open it.
                None => return false,
            }
        }
        !labels.is_empty()
    };
    let branch = if control.flag("leafsOnly") { paths.iter().find(has_children) } else { None };
    branch.map(|path| format!("“{}” has to be told more exactly.", path.join(" / ")))
}

/// Dates are compared where both are written the same way, biggest unit first.
fn date_time(control: &Control, item: &ResultItem) -> Option<String> {
    let Some(Answer::DateTime(written)) = Answer::from_item(item) else { return None };
    let sortable = |text: &str| -> Option<Vec<usize>> {
        let is_date = text.len() == 4 || text.contains('-') || text.contains(':');
        let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
        let parts: Option<Vec<usize>> = digits.map(|part| part.parse().ok()).collect();
        let starts_big = text.contains(':') || text.split('-').next().is_some_and(|year| year.len() == 4);
        parts.filter(|parts| is_date && starts_big && !parts.is_empty())
    };
    let limit = |name: &str| {
        let text = control.attribute(name)?.trim();
        let parts = sortable(text)?;
        let given = sortable(written.trim())?;
        (given.len() == parts.len()).then(|| (given.cmp(&parts), text.to_owned()))
    };
    match (limit("min"), limit("max")) {
        (Some((std::cmp::Ordering::Less, min)), _) => Some(format!("It must be {min} or later.")),
        (_, Some((std::cmp::Ordering::Greater, max))) => Some(format!("It must be {max} or earlier.")),
        _ => None,
    }
}

fn ranker(item: &ResultItem) -> Option<String> {
    let Some(Answer::Ranking(buckets)) = Answer::from_item(item) else { return None };
    let mut seen = HashSet::new();
    let twice = buckets.iter().flat_map(|(_, ids)| ids).find(|id| !seen.insert(id.as_str()));
    twice.map(|id| format!("“{id}” is ranked twice."))
}

fn vector(control: &Control, item: &ResultItem) -> Option<String> {
    let size = crate::region::ImageSize { width: 1.0, height: 1.0 };
    let points = match Region::from_item(item, Some(size)).ok().flatten()?.shape {
        Shape::Vector(vector) => vector.vertices.len()..=vector.vertices.len(),
        Shape::VectorTrack(track) => {
            let counts = || track.keyframes.iter().map(|key| key.shape.vertices.len());
            counts().min()?..=counts().max()?
        }
        _ => return None,
    };
    if let Some(least) = count(control, "minPoints").filter(|least| points.start() < least) {
        return Some(format!("A line here needs {least} points or more; one has {}.", points.start()));
    }
    let most = count(control, "maxPoints").filter(|most| *most > 0 && points.end() > most)?;
    Some(format!("A line here has {most} points at most; one has {}.", points.end()))
}

/// The messages of the task count too, where the interface is that of a task.
fn chat(control: &Control, items: &[&ResultItem]) -> Option<String> {
    let given = count(control, GIVEN_MESSAGES);
    let written = items.iter().filter(|item| item.item_type() == "chatmessage").count();
    if let Some(most) = count(control, "maxMessages").filter(|most| written > 0 && given.unwrap_or(0) + written > *most)
    {
        return Some(format!("A chat here has {most} messages at most."));
    }
    let least = count(control, "minMessages").filter(|least| given.is_some_and(|given| given + written < *least))?;
    Some(format!("A chat here needs {least} messages or more."))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::label_config::parse;

    fn sentences(xml: &str, data: &Value, result: Value) -> Vec<String> {
        let config = parse(&format!("<View>{xml}</View>")).config.unwrap();
        let result = ResultItem::list_from_json(result).unwrap();
        let config = data.as_object().map(|data| config.for_task(data)).unwrap_or(config);
        problems(&config, &result).into_iter().map(|error| error.message).collect()
    }

    fn say(item_type: &str, value: Value) -> Value {
        json!({"id": "r", "from_name": "c", "to_name": "o", "type": item_type, "value": value})
    }

    #[test]
    fn limits_and_their_neighbours() {
        let image = r#"<Image name="o" value="$o"/>"#;
        let vector = |count: usize| {
            let vertices: Vec<Value> = (0..count).map(|n| json!({"x": n, "y": n})).collect();
            say("vectorlabels", json!({"vertices": vertices, "vectorlabels": ["A"]}))
        };
        let tree = r#"<Taxonomy name="c" toName="o" maxUsages="2" leafsOnly="true"><Choice value="A"><Choice value="B"/></Choice><Choice value="C"/></Taxonomy>"#;
        let paths = |paths: Value| say("taxonomy", json!({"taxonomy": paths}));
        let when = |written: &str| say("datetime", json!({"datetime": written}));
        let dates = r#"<DateTime name="c" toName="o" only="date" min="2020-01-05" max="2021-12-31"/>"#;
        let line = r#"<VectorLabels name="c" toName="o" minPoints="2" maxPoints="3"><Label value="A"/></VectorLabels>"#;
        let ranks = |buckets: Value| say("ranker", json!({"ranker": buckets}));
        let rank = r#"<Ranker name="c" toName="o"/>"#;
        let pick = r#"<Choices name="c" toName="o"><Choice value="A"/><Choice value="B"/></Choices>"#;
        let table = [
            (line, vector(1), Some("A line here needs 2 points or more; one has 1.")),
            (line, vector(2), None),
            (line, vector(3), None),
            (line, vector(4), Some("A line here has 3 points at most; one has 4.")),
            (tree, paths(json!([["A", "B"], ["C"]])), None),
            (tree, paths(json!([["A"]])), Some("“A” has to be told more exactly.")),
            (tree, paths(json!([["A", "loaded"]])), None),
            (tree, paths(json!([["C"], ["C"], ["C"]])), Some("At most 2 can be chosen here; there are 3.")),
            (dates, when("2020-01-05"), None),
            (dates, when("2020-01-04"), Some("It must be 2020-01-05 or later.")),
            (dates, when("2022-01-01"), Some("It must be 2021-12-31 or earlier.")),
            (dates, when("04.01.2020"), None),
            (rank, ranks(json!({"best": ["1", "2"], "worst": ["3"]})), None),
            (rank, ranks(json!({"best": ["1", "2"], "worst": ["2"]})), Some("“2” is ranked twice.")),
            (pick, say("choices", json!({"choices": ["A", "B"]})), Some("Only one of these can be chosen.")),
            (pick, say("choices", json!({"choices": ["A"]})), None),
        ];
        for (control, item, expected) in table {
            let said = sentences(&format!("{image}{control}"), &json!({}), json!([item]));
            assert_eq!(said, Vec::from_iter(expected), "{item}");
        }
    }

    #[test]
    fn labels_are_used_as_often_as_allowed() {
        let xml = r#"<Image name="o" value="$o"/><RectangleLabels name="c" toName="o" maxUsages="2">
            <Label value="A"/><Label value="Bee" alias="b" maxUsages="1"/></RectangleLabels>"#;
        let boxed = |id: &str, label: &str| json!({"id": id, "from_name": "c", "type": "rectanglelabels", "value": {"rectanglelabels": [label]}});
        let said = |items: Value| sentences(xml, &json!({}), items);
        assert_eq!(said(json!([boxed("1", "A"), boxed("2", "A"), boxed("3", "b")])), [""; 0]);
        assert_eq!(said(json!([boxed("1", "A"), boxed("1", "A"), boxed("1", "A")])), [""; 0]);
        assert_eq!(
            said(json!([boxed("1", "A"), boxed("2", "A"), boxed("", "A")])),
            ["“A” may be used 2 times at most; here it is 3 times."]
        );
        assert_eq!(
            said(json!([boxed("1", "b"), boxed("2", "b")])),
            ["“Bee” may be used once only; here it is 2 times."]
        );
    }

    #[test]
    fn chats_count_the_messages_of_the_task() {
        let xml = r#"<Chat name="c" value="$messages" minMessages="3" maxMessages="4"/>"#;
        let task = json!({"messages": [{"role": "user", "content": "Hi"}]});
        let message = || json!({"id": "m", "from_name": "c", "to_name": "c", "type": "chatmessage", "value": {"chatmessage": {"role": "user", "content": "x"}}});
        let said = |count: usize| sentences(xml, &task, (0..count).map(|_| message()).collect());
        assert_eq!(said(1), ["A chat here needs 3 messages or more."]);
        assert_eq!((said(2).len(), said(3).len()), (0, 0));
        assert_eq!(said(4), ["A chat here has 4 messages at most."]);
        // What a task says by itself is nobody's fault.
        let long = json!({"messages": [{"content": "1"}, {"content": "2"}, {"content": "3"}, {"content": "4"}, {"content": "5"}]});
        assert_eq!(sentences(xml, &long, json!([])), [""; 0]);
        // Without the task's data nobody is told that something is missing.
        assert_eq!(sentences(xml, &Value::Null, json!([])), [""; 0]);
        assert_eq!(sentences(xml, &json!({}), json!([])), ["A chat here needs 3 messages or more."]);
    }
}
