//! Which answers are enough, and what of the interface is to be seen.
//!
//! All of it is the same for every control: what a control asks and its own limits are [`crate::answer`]'s.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::limits;
use crate::Error;
use crate::answer::Asks;
use crate::label_config::{Control, LabelConfig};
use crate::region::Shape;
use crate::result::{Region, ResultItem, is_region_type};

/// The controls that draw what the label page has a tool for today. What is required of others cannot be given and must
/// not keep anyone from submitting.
const DRAWN: [&str; 24] = [
    "Rectangle",
    "RectangleLabels",
    "Ellipse",
    "EllipseLabels",
    "Polygon",
    "PolygonLabels",
    "KeyPoint",
    "KeyPointLabels",
    "Brush",
    "BrushLabels",
    "Bitmask",
    "BitmaskLabels",
    "Vector",
    "VectorLabels",
    "VideoRectangle",
    "VideoVector",
    "VideoVectorLabels",
    "OcrLabels",
    "TimelineLabels",
    "TimeSeriesLabels",
    "Labels",
    "ParagraphLabels",
    "HyperTextLabels",
    "Chat",
];

/// The region that conditions such as `whenLabelValue` are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Selected<'a> {
    /// Its id.
    pub id: &'a str,
    /// The controls its shape and its labels come from.
    pub controls: [&'a str; 2],
    /// Its labels as stored.
    pub labels: &'a [String],
    /// Who speaks, of a message.
    pub role: Option<&'a str>,
}

/// The ids of the regions for which a required question (`perRegion`) has no answer yet, by id.
#[must_use]
pub fn regions_to_answer(config: &LabelConfig, result: &[ResultItem], control: &str) -> Vec<String> {
    let is_asked = |control: &&Control| control.flag("required") && control.flag("perRegion");
    let asked = config.control(control).filter(is_asked);
    asked.map(|control| unanswered(config, control, result)).unwrap_or_default()
}

fn unanswered(config: &LabelConfig, control: &Control, result: &[ResultItem]) -> Vec<String> {
    let asks = Asks::of(control);
    let says_something =
        |item: &ResultItem| asks.as_ref().is_none_or(|asks| asks.read(item).is_none_or(|answer| !answer.is_empty()));
    let items = result.iter().filter(|item| item.from_name() == control.name && says_something(item));
    let answered: HashSet<&str> = items.map(ResultItem::id).collect();
    let mine = regions(result).into_iter().filter(|(_, region)| control.to_names.contains(&region.to_name));
    let seen = mine.filter(|(id, region)| is_visible(config, &control.attributes, result, Some(region.selected(id))));
    seen.filter(|(id, _)| !answered.contains(id)).map(|(id, _)| id.to_owned()).collect()
}

/// What keeps work from being submitted: unanswered required controls and answers out of their limits. Each error carries
/// the control's name as its field and the control's own message where it has one. What is required of a control that
/// cannot be answered here must not keep anyone from submitting.
#[must_use]
pub fn problems(config: &LabelConfig, result: &[ResultItem]) -> Vec<Error> {
    let mut by_control: HashMap<&str, Vec<&ResultItem>> = HashMap::new();
    for item in result {
        by_control.entry(item.from_name()).or_default().push(item);
    }
    let none = Vec::new();
    let is_open = config.repeats();
    let problem = |control: &Control| {
        let items = by_control.get(control.name.as_str()).unwrap_or(&none);
        let asks = Asks::of(control);
        if is_open && config.is_repeated(&control.name) {
            // How often it is asked is the task's to say.
            return None;
        }
        let items_asked = control.asked_items();
        let is_unknown =
            || config.objects.iter().any(|o| o.value_list().is_some() && control.to_names.contains(&o.name));
        if control.flag("perItem") && !control.flag("perRegion") && items_asked.is_none() && is_unknown() {
            // How many pictures there are is the task's to say.
            return None;
        }
        if asks.is_none() && !DRAWN.contains(&control.tag.as_str()) {
            return None;
        }
        let say = |code, sentence| Some(Error::invalid("", code, sentence).on(control.name.clone()));
        if let Some(sentence) = asks.as_ref().and_then(|asks| items.iter().find_map(|item| asks.problem(item))) {
            return say("answer_out_of_limits", sentence);
        }
        let says_something = |item: &&ResultItem| {
            asks.as_ref().is_none_or(|asks| asks.read(item).is_none_or(|answer| !answer.is_empty()))
        };
        if !control.flag("required") {
            return None;
        }
        let own = control.attribute("requiredMessage").map(str::trim).filter(|message| !message.is_empty());
        if control.flag("perRegion") {
            let open = unanswered(config, control, result).len();
            let sentence = format!("Please answer “{}” for each region ({open} to go).", control.caption());
            return if open > 0 { say("answer_required", own.map_or(sentence, str::to_owned)) } else { None };
        }
        if let Some((_, numbers)) = items_asked {
            let of = |item: &ResultItem| item.item_index().unwrap_or(0);
            let is_open = |number: &&u64| !items.iter().any(|item| of(item) == **number && says_something(item));
            // A condition looks at what is answered about the same picture, as it does while one works.
            let is_seen = |number: &&u64| {
                let is_elsewhere = |item: &&ResultItem| {
                    let asked = config.control(item.from_name()).and_then(Control::asked_items);
                    asked.is_some() && of(item) != **number
                };
                let here: Vec<ResultItem> = result.iter().filter(|item| !is_elsewhere(item)).cloned().collect();
                is_visible(config, &control.attributes, &here, None)
            };
            let has_condition = control.attribute("visibleWhen").is_some();
            let open = numbers.iter().filter(is_open).filter(|number| !has_condition || is_seen(number)).count();
            if open == 0 {
                return None;
            }
            let sentence = format!("Please answer “{}” for each picture ({open} to go).", control.caption());
            return say("answer_required", own.map_or(sentence, str::to_owned));
        }
        if items.iter().any(says_something) || !is_visible(config, &control.attributes, result, None) {
            return None;
        }
        let sentence = format!("Please answer “{}” before you submit.", control.caption());
        say("answer_required", own.map_or(sentence, str::to_owned))
    };
    let mut found: Vec<Error> = config.controls.iter().filter_map(problem).collect();
    found.extend(limits::problems(config, result));
    found
}

/// A region as its items describe it together.
#[derive(Debug, Default)]
struct Described<'a> {
    to_name: String,
    controls: [&'a str; 2],
    labels: Vec<String>,
    role: Option<String>,
}

impl Described<'_> {
    fn selected<'a>(&'a self, id: &'a str) -> Selected<'a> {
        Selected { id, controls: self.controls, labels: &self.labels, role: self.role.as_deref() }
    }
}

/// The regions of a result by their ids.
fn regions(result: &[ResultItem]) -> BTreeMap<&str, Described<'_>> {
    let mut found: BTreeMap<&str, Described<'_>> = BTreeMap::new();
    for item in result.iter().filter(|item| is_region_type(item.item_type()) && !item.id().is_empty()) {
        let region = found.entry(item.id()).or_default();
        item.to_name().clone_into(&mut region.to_name);
        region.labels.extend(item.labels().into_iter().map(str::to_owned));
        if item.item_type() == "chatmessage"
            && let Ok(Some(Region { shape: Shape::Message(message), .. })) = Region::from_item(item, None)
        {
            region.role = Some(message.role);
        }
        region.controls[usize::from(!region.controls[0].is_empty())] = item.from_name();
    }
    found
}

/// Whether an element is to be seen, given the answers and what is selected. A control with `perRegion` is about the
/// selected region alone, with or without `visibleWhen`.
#[must_use]
pub fn is_visible(
    config: &LabelConfig,
    attributes: &[(String, String)],
    result: &[ResultItem],
    selected: Option<Selected<'_>>,
) -> bool {
    let list = |name: &str| -> Vec<&str> {
        let listed = written(attributes, name).map(|text| text.split(',').map(str::trim));
        listed.map(|words| words.filter(|word| !word.is_empty()).collect()).unwrap_or_default()
    };
    let tags = list("whenTagName");
    let fits_region = || {
        selected.is_some_and(|region| {
            let labels = list("whenLabelValue");
            let by_tag = tags.is_empty() || region.controls.iter().any(|name| tags.contains(name));
            let roles = list("whenRole");
            let by_role = roles.is_empty() || region.role.is_some_and(|role| roles.contains(&role));
            by_tag
                && by_role
                && (labels.is_empty() || region.labels.iter().any(|label| labels.contains(&label.as_str())))
        })
    };
    let is_per_region = |name: &str| config.control(name).is_some_and(|control| control.flag("perRegion"));
    let chosen = || {
        let wanted = list("whenChoiceValue");
        let about_here = |item: &&ResultItem| {
            !is_per_region(item.from_name()) || selected.is_some_and(|region| region.id == item.id())
        };
        result
            .iter()
            .filter(|item| item.item_type() == "choices" && config.control(item.from_name()).is_some())
            .filter(|item| tags.is_empty() || tags.contains(&item.from_name()))
            .filter(about_here)
            .flat_map(ResultItem::choices)
            .any(|path| wanted.is_empty() || path.iter().any(|step| wanted.contains(step)))
    };
    match written(attributes, "visibleWhen") {
        Some("choice-selected") => chosen(),
        Some("choice-unselected") => !chosen(),
        Some("region-selected") => fits_region(),
        Some("no-region-selected") => selected.is_none(),
        _ if written(attributes, "perRegion").is_some_and(|per_region| per_region.eq_ignore_ascii_case("true")) => {
            fits_region()
        }
        _ => true,
    }
}

fn written<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::label_config::parse;

    fn config() -> LabelConfig {
        let xml = r#"<View><Image name="img" value="$image"/>
            <RectangleLabels name="box" toName="img" required="true"><Label value="Cat"/></RectangleLabels>
            <Choices name="weather" toName="img" required="true" requiredMessage="How is the weather?">
              <Choice value="Good"/><Choice value="Bad"/></Choices>
            <TextArea name="why" toName="img" required="true" visibleWhen="choice-selected" whenTagName="weather" whenChoiceValue="Bad"/>
            <Number name="count" toName="img" min="0" max="10"/>
            <BrushLabels name="mask" toName="img" required="true" visibleWhen="choice-selected" whenChoiceValue="Bad"><Label value="Sky"/></BrushLabels>
            <Cube name="cube" toName="img" required="true"/></View>"#;
        parse(xml).config.expect("well-formed")
    }

    fn fields(result: Value) -> Vec<String> {
        let items = ResultItem::list_from_json(result).expect("items");
        problems(&config(), &items).into_iter().map(|error| error.field.unwrap_or_default().into_owned()).collect()
    }

    #[test]
    fn what_is_missing_and_what_is_wrong() {
        let cat = json!({"from_name": "box", "to_name": "img", "type": "rectanglelabels", "value": {}});
        let weather = |what: &str| json!({"from_name": "weather", "type": "choices", "value": {"choices": [what]}});
        let count = |n: f64| json!({"from_name": "count", "type": "number", "value": {"number": n}});
        let why = |text: &str| json!({"from_name": "why", "type": "textarea", "value": {"text": [text]}});
        let sky = json!({"from_name": "mask", "to_name": "img", "type": "brushlabels", "value": {}});
        assert_eq!(fields(json!([])), ["box", "weather"]);
        assert_eq!(fields(json!([cat, weather("Good")])), [""; 0]);
        assert_eq!(fields(json!([cat, weather("Bad"), sky])), ["why"]);
        assert_eq!(fields(json!([cat, weather("Bad"), why("  ")])), ["why", "mask"]);
        assert_eq!(fields(json!([cat, weather("Bad"), why("rain"), sky])), [""; 0]);
        assert_eq!(fields(json!([cat, weather("Good"), count(11.0)])), ["count"]);
        let messages: Vec<_> = problems(&config(), &[]).into_iter().map(|error| error.message).collect();
        assert_eq!(messages[1], "How is the weather?");
    }

    #[test]
    fn what_is_asked_of_each_region() {
        let xml = r#"<View><Image name="img" value="$image"/>
            <RectangleLabels name="box" toName="img"><Label value="Cat"/><Label value="Dog"/></RectangleLabels>
            <Choices name="sure" toName="img" perRegion="true" required="true" whenLabelValue="Cat"><Choice value="Yes"/></Choices></View>"#;
        let config = parse(xml).config.unwrap();
        let boxed = |id: &str, label: &str| json!({"id": id, "from_name": "box", "to_name": "img", "type": "rectanglelabels", "value": {"rectanglelabels": [label]}});
        let sure = |id: &str| json!({"id": id, "from_name": "sure", "to_name": "img", "type": "choices", "value": {"choices": ["Yes"]}});
        let messages = |result: Value| -> Vec<String> {
            problems(&config, &ResultItem::list_from_json(result).unwrap()).into_iter().map(|e| e.message).collect()
        };
        assert_eq!(messages(json!([])), [""; 0]);
        assert_eq!(messages(json!([boxed("d", "Dog")])), [""; 0]);
        let asked = messages(json!([boxed("a", "Cat"), boxed("b", "Cat"), boxed("d", "Dog"), sure("a")]));
        assert_eq!(asked, ["Please answer “Sure” for each region (1 to go)."]);
        let open = |result: Value| regions_to_answer(&config, &ResultItem::list_from_json(result).unwrap(), "sure");
        assert_eq!(open(json!([boxed("a", "Cat"), boxed("b", "Cat"), boxed("d", "Dog"), sure("a")])), ["b"]);
        assert_eq!(open(json!([boxed("d", "Dog")])), [""; 0]);
        assert_eq!(messages(json!([boxed("a", "Cat"), sure("a")])), [""; 0]);
    }

    #[test]
    fn what_is_asked_of_each_picture() {
        let xml = r#"<View><Image name="page" valueList="$pages"/>
            <Choices name="sharp" toName="page" perItem="true" required="true"><Choice value="Yes"/></Choices></View>"#;
        let config = parse(xml).config.unwrap();
        let task = json!({"pages": ["/a.jpg", "/b.jpg", "/c.jpg"]});
        let sharp = |index: Option<u64>| {
            let mut item =
                json!({"from_name": "sharp", "to_name": "page", "type": "choices", "value": {"choices": ["Yes"]}});
            if let Some(index) = index {
                item["item_index"] = index.into();
            }
            item
        };
        let messages = |config: &LabelConfig, result: Value| -> Vec<String> {
            problems(config, &ResultItem::list_from_json(result).unwrap()).into_iter().map(|e| e.message).collect()
        };
        let of_task = config.for_task(task.as_object().unwrap());
        assert_eq!(messages(&of_task, json!([])), ["Please answer “Sharp” for each picture (3 to go)."]);
        let two = json!([sharp(None), sharp(Some(2)), sharp(Some(9))]);
        assert_eq!(messages(&of_task, two), ["Please answer “Sharp” for each picture (1 to go)."]);
        assert_eq!(messages(&of_task, json!([sharp(None), sharp(Some(1)), sharp(Some(2))])), [""; 0]);
        // A condition is about the same picture.
        let xml = r#"<View><Image name="page" valueList="$pages"/>
            <Choices name="sharp" toName="page" perItem="true"><Choice value="Yes"/><Choice value="No"/></Choices>
            <Rating name="why" toName="page" perItem="true" required="true" visibleWhen="choice-selected" whenTagName="sharp"
                whenChoiceValue="Yes"/></View>"#;
        let asked = parse(xml).config.unwrap().for_task(task.as_object().unwrap());
        assert_eq!(messages(&asked, json!([])), [""; 0]);
        let stars = |index: u64| json!({"from_name": "why", "to_name": "page", "type": "rating", "item_index": index, "value": {"rating": 3}});
        let sharp_pages = || vec![sharp(Some(0)), sharp(Some(2))];
        let said = |more: Vec<Value>| messages(&asked, Value::Array(sharp_pages().into_iter().chain(more).collect()));
        assert_eq!(said(vec![stars(0)]), ["Please answer “Why” for each picture (1 to go)."]);
        assert_eq!(said(vec![stars(0), stars(1)]), ["Please answer “Why” for each picture (1 to go)."]);
        assert_eq!(said(vec![stars(0), stars(2)]), [""; 0]);
        // Without a task nobody knows how many there are.
        assert_eq!(messages(&config, json!([])), [""; 0]);
    }

    type Written<'a> = &'a [(&'a str, &'a str)];

    #[test]
    fn conditions_on_what_is_selected() {
        let config = config();
        let shown = |attributes: &[(&str, &str)], selected: Option<Selected<'_>>| {
            let attributes: Vec<_> = attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            is_visible(&config, &attributes, &[], selected)
        };
        let labels = ["Cat".to_owned()];
        let cat = Some(Selected { id: "a", controls: ["box", ""], labels: &labels, role: None });
        let table: [(Written<'_>, bool, bool); 8] = [
            (&[("visibleWhen", "region-selected"), ("whenRole", "user")], false, false),
            (&[], true, true),
            (&[("visibleWhen", "region-selected")], false, true),
            (&[("visibleWhen", "no-region-selected")], true, false),
            (&[("visibleWhen", "region-selected"), ("whenTagName", "mask,box")], false, true),
            (&[("visibleWhen", "region-selected"), ("whenTagName", "mask")], false, false),
            (&[("visibleWhen", "region-selected"), ("whenLabelValue", "Dog")], false, false),
            (&[("perRegion", "true"), ("whenLabelValue", "Dog,Cat")], false, true),
        ];
        for (attributes, without, with) in table {
            assert_eq!((shown(attributes, None), shown(attributes, cat)), (without, with), "{attributes:?}");
        }
        let said = |role| Some(Selected { id: "m", controls: ["chat", ""], labels: &[], role: Some(role) });
        let of_assistants = [("visibleWhen", "region-selected"), ("whenRole", "assistant, tool")];
        assert_eq!((shown(&of_assistants, said("tool")), shown(&of_assistants, said("user"))), (true, false));
    }
}
