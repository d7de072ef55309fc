//! What is wrong with a labeling interface that is well-formed XML: all of it, not only the first.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::assemble::{parts, to_names};
use super::attribute::{Expects, misfit};
use super::problem::{Problems, nearest};
use super::sync;
use super::tag::{self, FieldType, Role, TAGS, Tag};
use super::variable;
use super::xml::{Document, RawAttribute, RawElement, RawNode, shorten};

/// The most names a misspelled one is compared with.
const MAX_COMPARED: usize = 500;

/// Reports everything that is wrong with `document` to `problems`.
pub(super) fn check(document: &Document<'_>, problems: &mut Problems) {
    let mut check = Check {
        document,
        problems,
        names: BTreeMap::new(),
        labels: BTreeSet::new(),
        some_dynamic: document.elements.iter().any(is_dynamic),
        hotkeys: HashMap::new(),
    };
    check.root();
    check.collect_names();
    check.collect_labels();
    for index in 0..document.elements.len() {
        check.element(index);
    }
    sync::check(document, problems);
}

struct Check<'d, 'p> {
    document: &'d Document<'d>,
    problems: &'p mut Problems,
    /// Named objects and controls, by name; the first wins.
    names: BTreeMap<&'d str, usize>,
    /// Every value that can be picked.
    labels: BTreeSet<&'d str>,
    /// Some values that can be picked come from the task and are not known here.
    some_dynamic: bool,
    /// Who took a hotkey first.
    hotkeys: HashMap<String, &'d str>,
}

impl<'d> Check<'d, '_> {
    fn root(&mut self) {
        let Some(root) = self.document.elements.first() else { return };
        if !root.tag.eq_ignore_ascii_case("View") {
            let message = format!("The outermost element is <{}>, not <View>.", shorten(root.tag));
            self.problems
                .error(root.tag_span.clone(), "root_not_view", message)
                .hint("Put everything into <View> … </View>.");
        }
        let has_control =
            self.document.elements.iter().any(|element| tag::find(element.tag).is_some_and(Tag::is_control));
        if !has_control {
            let message = "Nothing is asked: there is no control such as <Choices> or <RectangleLabels>.";
            self.problems
                .warn(root.tag_span.clone(), "no_controls", message)
                .hint("Add a control for people to answer with.");
        }
    }

    fn collect_names(&mut self) {
        for (index, element) in self.document.elements.iter().enumerate() {
            let Some(tag) = tag::find(element.tag).filter(|tag| tag.is_object() || tag.is_control()) else { continue };
            let Some(attribute) = element.attribute("name").filter(|name| !name.value.trim().is_empty()) else {
                // Relations belong to the whole task.
                if tag.name != "Relations" {
                    let message = format!("<{}> has no name.", tag.name);
                    let hint = format!("Add name=\"{}\", or any name used nowhere else.", tag.name.to_lowercase());
                    self.problems.error(element.tag_span.clone(), "missing_name", message).hint(hint);
                }
                continue;
            };
            if let Some(&first) = self.names.get(attribute.value.as_str()) {
                let other = self.document.elements[first].tag;
                let message =
                    format!("The name “{}” is already taken by <{}>.", shorten(&attribute.value), shorten(other));
                self.problems
                    .error(attribute.value_span.clone(), "duplicate_name", message)
                    .hint("Give every tag a name of its own.");
            } else {
                self.names.insert(&attribute.value, index);
            }
        }
    }

    fn collect_labels(&mut self) {
        for element in &self.document.elements {
            if matches!(tag::find(element.tag).map(|tag| tag.name), Some("Label" | "Choice" | "Relation")) {
                self.labels.extend(element.value("value"));
                self.labels.extend(element.value("alias"));
            }
        }
    }

    fn element(&mut self, index: usize) {
        let document = self.document;
        let element = &document.elements[index];
        let Some(tag) = tag::find(element.tag) else {
            let message = format!("<{}> is not a tag we know; it is kept and ignored.", shorten(element.tag));
            self.problems.warn(element.tag_span.clone(), "unknown_tag", message);
            if !self.problems.is_full()
                && let Some(name) = nearest(element.tag, TAGS.iter().map(|tag| tag.name))
            {
                self.problems.hint(format!("Did you mean <{name}>?"));
            }
            return;
        };
        self.attributes(element, tag);
        self.stray_text(element, tag);
        self.visible_when(element, tag);
        if tag.role == Role::Part {
            self.placement(index, tag);
        }
        if tag.is_object() {
            self.object(element, tag);
        }
        if tag.role == Role::Control && tag.name != "Relations" {
            self.target(element, tag);
        }
        if let Some(part) = tag.part {
            self.part_list(index, part);
            let offers = matches!(part, "Label" | "Choice");
            if offers && !is_dynamic(element) && parts(document, index, part).is_empty() {
                let message = format!("<{}> offers nothing to pick.", tag.name);
                let hint = format!("Add <{part} value=\"…\"/> inside, or value=\"$field\" to take them from the task.");
                self.problems.warn(element.tag_span.clone(), "no_labels", message).hint(hint);
            }
        }
        if tag.name == "Choice" {
            self.part_list(index, "Choice");
        }
        self.hotkey(element);
        self.particular(index, tag);
    }

    fn attributes(&mut self, element: &RawElement<'_>, tag: &Tag) {
        for attribute in &element.attributes {
            let Some(known) = tag.attribute(attribute.name) else {
                if attribute.name.starts_with("data-") || attribute.name.starts_with("xmlns") {
                    continue;
                }
                let message =
                    format!("<{}> has no attribute {}; it is kept and ignored.", tag.name, shorten(attribute.name));
                self.problems.warn(attribute.name_span.clone(), "unknown_attribute", message);
                let names = tag.attributes.iter().copied().flatten().map(|known| known.name);
                if !self.problems.is_full()
                    && let Some(name) = nearest(attribute.name, names)
                {
                    self.problems.hint(format!("Did you mean {name}?"));
                }
                continue;
            };
            let Some(wanted) = misfit(known.expects, &attribute.value) else { continue };
            let message = format!("{} must be {wanted}, not “{}”.", known.name, shorten(&attribute.value));
            let span = attribute.value_span.clone();
            match known.expects {
                Expects::Number(..) | Expects::Whole(..) => self.problems.error(span, "bad_number", message),
                Expects::Color => self.problems.warn(span, "bad_color", message),
                Expects::Anything | Expects::Flag | Expects::OneOf(_) => self.problems.warn(span, "bad_value", message),
            };
        }
    }

    fn stray_text(&mut self, element: &RawElement<'_>, tag: &Tag) {
        if matches!(tag.name, "Style" | "Markdown" | "ReactCode" | "Text" | "HyperText" | "Header") {
            return;
        }
        for child in &element.children {
            if let RawNode::Text { span, .. } = child {
                let message = format!("Text inside <{}> is not shown.", tag.name);
                self.problems.warn(span.clone(), "stray_text", message).hint("Use <Header value=\"…\"/> to show text.");
            }
        }
    }

    fn placement(&mut self, index: usize, tag: &Tag) {
        let mut parent = self.document.elements[index].parent;
        while let Some(index) = parent {
            let element = &self.document.elements[index];
            match tag::find(element.tag) {
                Some(found) if tag.belongs_to.contains(&found.name) => return,
                Some(found) if found.role == Role::Visual => parent = element.parent,
                None => parent = element.parent,
                Some(_) => break,
            }
        }
        let message = format!("<{}> does nothing here.", tag.name);
        let hint = format!("It belongs inside <{}>.", tag.belongs_to.first().copied().unwrap_or("View"));
        self.problems.warn(self.document.elements[index].tag_span.clone(), "misplaced", message).hint(hint);
    }

    fn object(&mut self, element: &RawElement<'_>, tag: &Tag) {
        let value = ["value", "valueList", "data"].iter().find_map(|name| element.attribute(name));
        let Some(value) = value else {
            if tag.name != "ReactCode" {
                let message = format!("<{}> has no value, so there is nothing to show.", tag.name);
                let hint = format!("Add value=\"${}\" to show that field of each task.", tag.name.to_lowercase());
                self.problems.error(element.tag_span.clone(), "missing_value", message).hint(hint);
            }
            return;
        };
        if self.is_empty_value(value) || !variable::all(&value.value).is_empty() {
            return;
        }
        // Prose may be meant as it stands; a single word, or an address, hardly ever.
        let is_prose = tag.field == FieldType::Text && value.value.trim().contains(char::is_whitespace);
        if !is_prose {
            let message = format!("Every task shows the same “{}”.", shorten(&value.value));
            let hint = "Write value=\"$field\" to show a field of the task.";
            self.problems.warn(value.value_span.clone(), "literal_value", message).hint(hint);
        }
    }

    /// Reports `value=""` and `value="$"`.
    fn is_empty_value(&mut self, value: &RawAttribute<'_>) -> bool {
        let is_empty = matches!(value.value.trim(), "" | "$");
        if is_empty {
            let message = format!("{} names no field of the task.", value.name);
            self.problems
                .error(value.value_span.clone(), "empty_value", message)
                .hint("Write for example value=\"$text\".");
        }
        is_empty
    }

    fn target(&mut self, element: &RawElement<'_>, tag: &Tag) {
        let names = to_names(element);
        let Some(attribute) = element.attribute("toName").filter(|_| !names.is_empty()) else {
            let message = format!("<{}> does not say what it is about.", tag.name);
            self.problems
                .error(element.tag_span.clone(), "missing_to_name", message)
                .hint("Add toName=\"…\" with the name of an object such as <Image>.");
            return;
        };
        let span = attribute.value_span.clone();
        if tag.name == "Pairwise" && names.len() != 2 {
            self.problems
                .error(span.clone(), "pairwise_needs_two", "<Pairwise> compares exactly two objects.")
                .hint("Write toName=\"left,right\".");
        }
        for name in &names {
            let Some(target) = self.names.get(name.as_str()).map(|&index| &self.document.elements[index]) else {
                self.missing_target(span.clone(), name);
                continue;
            };
            let Some(found) = tag::find(target.tag) else { continue };
            if !found.is_object() {
                let message = format!("“{}” is <{}>, which shows nothing to annotate.", shorten(name), found.name);
                self.problems
                    .error(span.clone(), "to_name_not_object", message)
                    .hint("toName is the name of an object such as <Image> or <Text>.");
            } else if !tag.belongs_to.is_empty() && !tag.belongs_to.contains(&found.name) {
                let message = format!("<{}> cannot annotate <{}>.", tag.name, found.name);
                let hint = format!("It works on <{}>.", tag.belongs_to.join(">, <"));
                self.problems.error(span.clone(), "wrong_object", message).hint(hint);
            } else if tag.name.starts_with("Bitmask") && target.value("smoothing") != Some("false") {
                let message = "Bitmasks are exact to the pixel only on an image without smoothing.";
                self.problems.warn(span.clone(), "smoothing", message).hint("Add smoothing=\"false\" to <Image>.");
            }
        }
    }

    fn missing_target(&mut self, span: std::ops::Range<usize>, name: &str) {
        let message = format!("There is no tag called “{}”.", shorten(name));
        self.problems.error(span, "to_name_to_nowhere", message);
        if self.problems.is_full() {
            return;
        }
        let document = self.document;
        let is_object = |index: usize| tag::find(document.elements[index].tag).is_some_and(Tag::is_object);
        let names = self.names.iter().filter(|&(_, &index)| is_object(index)).map(|(&name, _)| name);
        let objects: Vec<&str> = names.take(MAX_COMPARED).collect();
        if let Some(near) = nearest(name, objects.iter().copied()) {
            self.problems.hint(format!("Did you mean “{near}”?"));
        } else if let [only] = objects.as_slice() {
            self.problems.hint(format!("The only object is “{}”.", shorten(only)));
        }
    }

    /// The labels next to each other inside an element.
    fn part_list(&mut self, index: usize, part: &str) {
        let document = self.document;
        let key = if part == "Bucket" { "name" } else { "value" };
        let mut seen: HashSet<&str> = HashSet::new();
        for child in parts(document, index, part) {
            let element = &document.elements[child];
            let Some(value) = element.attribute(key).filter(|value| !value.value.trim().is_empty()) else {
                let message = format!("<{part}> has no {key}.");
                let hint = format!("Write <{part} {key}=\"…\"/>.");
                self.problems.error(element.tag_span.clone(), "missing_label_value", message).hint(hint);
                continue;
            };
            let stored = element.attribute("alias").filter(|alias| !alias.value.trim().is_empty()).unwrap_or(value);
            if !seen.insert(&stored.value) {
                let message = format!("“{}” is on offer twice.", shorten(&stored.value));
                self.problems
                    .error(stored.value_span.clone(), "duplicate_label", message)
                    .hint("Remove one, or give it another value.");
            }
        }
    }

    fn hotkey(&mut self, element: &'d RawElement<'d>) {
        let Some(hotkey) = element.attribute("hotkey") else { return };
        let owner = ["value", "name"].iter().find_map(|name| element.value(name)).unwrap_or(element.tag);
        for key in hotkey.value.split(',').map(|key| key.split_whitespace().collect::<String>().to_lowercase()) {
            if key.is_empty() {
                continue;
            }
            match self.hotkeys.get(&key) {
                Some(first) => {
                    let message = format!("The hotkey {} already picks “{}”.", shorten(&key), shorten(first));
                    self.problems
                        .warn(hotkey.value_span.clone(), "hotkey_conflict", message)
                        .hint("Choose another key.");
                }
                None => {
                    self.hotkeys.insert(key, owner);
                }
            }
        }
    }

    fn visible_when(&mut self, element: &RawElement<'_>, tag: &Tag) {
        let condition = element.value("visibleWhen").unwrap_or_default();
        let mut target = None;
        if let Some(name) = element.attribute("whenTagName") {
            for wanted in name.value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                match self.names.get(wanted) {
                    Some(&index) => target = Some(index),
                    None => {
                        let message = format!("There is no tag called “{}” to depend on.", shorten(wanted));
                        self.problems.error(name.value_span.clone(), "when_to_nowhere", message);
                        if !self.problems.is_full()
                            && let Some(near) = nearest(wanted, self.names.keys().copied().take(MAX_COMPARED))
                        {
                            self.problems.hint(format!("Did you mean “{near}”?"));
                        }
                    }
                }
            }
        } else if condition.starts_with("choice-") && element.attribute("whenChoiceValue").is_none() {
            let span =
                element.attribute("visibleWhen").map_or(element.tag_span.clone(), |when| when.value_span.clone());
            let message = format!("<{}> depends on a choice, but does not say which.", tag.name);
            self.problems.warn(span, "when_incomplete", message).hint("Add whenTagName and whenChoiceValue.");
        }
        let some_dynamic = match target {
            Some(index) => is_dynamic(&self.document.elements[index]),
            None => self.some_dynamic,
        };
        if some_dynamic {
            return;
        }
        for name in ["whenChoiceValue", "whenLabelValue"] {
            let Some(attribute) = element.attribute(name) else { continue };
            // A value may itself contain a comma.
            if self.labels.contains(attribute.value.as_str()) {
                continue;
            }
            for wanted in attribute.value.split(',').map(str::trim).filter(|value| !value.is_empty()) {
                if !self.labels.contains(wanted) {
                    let message = format!("Nothing on offer is called “{}”.", shorten(wanted));
                    self.problems.warn(attribute.value_span.clone(), "when_value_unknown", message);
                    if !self.problems.is_full()
                        && let Some(near) = nearest(wanted, self.labels.iter().copied().take(MAX_COMPARED))
                    {
                        self.problems.hint(format!("Did you mean “{near}”?"));
                    }
                }
            }
        }
    }

    /// Rules of single tags.
    fn particular(&mut self, index: usize, tag: &Tag) {
        let document = self.document;
        let element = &document.elements[index];
        match tag.name {
            "Number" => {
                self.ordered(element, "min", "max");
                if number(element, "step").is_some_and(|step| step <= 0.0) {
                    let span =
                        element.attribute("step").map_or(element.tag_span.clone(), |step| step.value_span.clone());
                    self.problems.error(span, "bad_number", "step must be more than 0.");
                }
                self.ordered(element, "min", "defaultValue");
                self.ordered(element, "defaultValue", "max");
            }
            "Rating" => self.ordered(element, "defaultValue", "maxRating"),
            "Chat" => self.ordered(element, "minMessages", "maxMessages"),
            "Vector" | "VectorLabels" | "VideoVector" | "VideoVectorLabels" => {
                self.ordered(element, "minPoints", "maxPoints");
            }
            "Repeater" => self.repeater(index),
            "Filter" => {
                let Some(to_name) = element.attribute("toName") else {
                    let message = "<Filter> does not say what it filters.";
                    self.problems
                        .error(element.tag_span.clone(), "missing_to_name", message)
                        .hint("Add toName=\"…\" with the name of a set of labels.");
                    return;
                };
                if !self.names.contains_key(to_name.value.trim()) {
                    let message = format!("There is no tag called “{}”.", shorten(&to_name.value));
                    self.problems.error(to_name.value_span.clone(), "to_name_to_nowhere", message);
                }
            }
            _ => {
                // Dynamic labels and choices.
                if tag.part.is_some()
                    && let Some(value) = element.attribute("value")
                {
                    self.is_empty_value(value);
                }
            }
        }
    }

    /// `low` must not be more than `high`.
    fn ordered(&mut self, element: &RawElement<'_>, low: &str, high: &str) {
        if let (Some(low_number), Some(high_number)) = (number(element, low), number(element, high))
            && low_number > high_number
        {
            let span = element.attribute(low).map_or(element.tag_span.clone(), |low| low.value_span.clone());
            let message = format!("{low} ({low_number}) is more than {high} ({high_number}).");
            self.problems.error(span, "min_above_max", message);
        }
    }

    fn repeater(&mut self, index: usize) {
        let document = self.document;
        let element = &document.elements[index];
        match element.attribute("on") {
            None => {
                let message = "<Repeater> does not say what it repeats over.";
                self.problems
                    .error(element.tag_span.clone(), "missing_value", message)
                    .hint("Add on=\"$list\" with a field that holds a list.");
            }
            Some(on) => {
                if !self.is_empty_value(on) && variable::whole(&on.value).is_none() {
                    let message = "on must be a field of the task that holds a list.";
                    self.problems
                        .error(on.value_span.clone(), "empty_value", message)
                        .hint("Write for example on=\"$images\".");
                }
            }
        }
        let flag = element.value("indexFlag").unwrap_or(super::INDEX_FLAG);
        let mut inside: Vec<usize> = vec![index];
        while let Some(index) = inside.pop() {
            for child in &document.elements[index].children {
                let RawNode::Element(child) = child else { continue };
                inside.push(*child);
                let element = &document.elements[*child];
                let is_named = tag::find(element.tag).is_some_and(|tag| tag.is_object() || tag.is_control());
                if let Some(name) = element.attribute("name").filter(|name| is_named && !name.value.contains(flag)) {
                    let message = format!("“{}” is the same in every repetition.", shorten(&name.value));
                    let hint = format!("Write {}_{flag}.", shorten(&name.value));
                    self.problems.warn(name.value_span.clone(), "repeated_name", message).hint(hint);
                }
            }
        }
    }
}

/// Takes what it offers from the task or from elsewhere.
fn is_dynamic(element: &RawElement<'_>) -> bool {
    tag::find(element.tag).is_some_and(|tag| tag.part.is_some())
        && ["value", "apiUrl"].iter().any(|name| element.attribute(name).is_some())
}

fn number(element: &RawElement<'_>, name: &str) -> Option<f64> {
    element.value(name)?.trim().parse().ok()
}
