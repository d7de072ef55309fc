//! From elements as written to objects, controls and labels.

use super::problem::Locator;
use super::tag::{self, Role, Tag};
use super::xml::{Document, RawElement, RawNode};
use super::{Control, Element, Label, LabelConfig, Node, Object, Position, variable};

/// The labeling interface a document describes; `None` where it has no element.
pub(super) fn assemble(document: &Document<'_>, text: &str) -> Option<LabelConfig> {
    document.elements.first()?;
    let mut locator = Locator::new(text);
    let places: Vec<Position> =
        // The name of a tag comes right after its `<`.
        document.elements.iter().map(|element| locator.position(element.tag_span.start.saturating_sub(1))).collect();
    let mut config = LabelConfig { root: element(document, &places, 0), objects: Vec::new(), controls: Vec::new() };
    for (index, raw) in document.elements.iter().enumerate() {
        let Some(tag) = tag::find(raw.tag) else { continue };
        if tag.is_object() {
            config.objects.push(object(raw, tag));
        }
        // `<Relations>` usually has neither name nor object: it is read from the tree.
        if tag.is_control() && raw.attribute("name").is_some() {
            config.controls.push(control(document, index, raw, tag));
        }
    }
    Some(config)
}

/// The names in `toName="a,b"`.
pub(super) fn to_names(raw: &RawElement<'_>) -> Vec<String> {
    let written = raw.value("toName").unwrap_or_default();
    written.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// The labels, choices or buckets directly inside an element, whatever layout stands between.
pub(super) fn parts(document: &Document<'_>, index: usize, part: &str) -> Vec<usize> {
    let mut found = Vec::new();
    for child in &document.elements[index].children {
        let RawNode::Element(child) = child else { continue };
        match tag::find(document.elements[*child].tag) {
            Some(tag) if tag.name == part => found.push(*child),
            Some(tag) if tag.role != Role::Visual => {}
            // Depth is limited by the reader.
            Some(_) | None => found.extend(parts(document, *child, part)),
        }
    }
    found
}

fn element(document: &Document<'_>, places: &[Position], index: usize) -> Element {
    let raw = &document.elements[index];
    let children = raw.children.iter().map(|child| match child {
        RawNode::Element(child) => Node::Element(element(document, places, *child)),
        RawNode::Text { text, .. } => Node::Text(text.clone()),
    });
    Element {
        tag: tag::find(raw.tag).map_or(raw.tag, |tag| tag.name).to_owned(),
        attributes: attributes(raw),
        children: children.collect(),
        at: places[index],
    }
}

fn attributes(raw: &RawElement<'_>) -> Vec<(String, String)> {
    raw.attributes.iter().map(|attribute| (attribute.name.to_owned(), attribute.value.clone())).collect()
}

fn object(raw: &RawElement<'_>, tag: &Tag) -> Object {
    let value = raw.value("value").or_else(|| raw.value("valueList")).or_else(|| raw.value("data"));
    Object {
        name: raw.value("name").unwrap_or_default().to_owned(),
        tag: tag.name.to_owned(),
        field: value.and_then(variable::whole).map(str::to_owned),
        attributes: attributes(raw),
    }
}

fn control(document: &Document<'_>, index: usize, raw: &RawElement<'_>, tag: &Tag) -> Control {
    let name = raw.value("name").unwrap_or_default().to_owned();
    let mut to_names = to_names(raw);
    if to_names.is_empty() && tag.role == Role::ObjectAndControl {
        to_names.push(name.clone());
    }
    Control {
        name,
        tag: tag.name.to_owned(),
        to_names,
        labels: tag.part.map_or_else(Vec::new, |part| labels(document, index, part)),
        attributes: attributes(raw),
    }
}

fn labels(document: &Document<'_>, index: usize, part: &str) -> Vec<Label> {
    let label = |index: usize| {
        let raw = &document.elements[index];
        let owned = |name: &str| raw.value(name).map(str::to_owned);
        let is_true = |name: &str| raw.value(name).is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
        let (value, hint, selected) = match part {
            "Bucket" => (owned("name"), owned("title"), is_true("default")),
            _ => (owned("value"), owned("hint"), is_true("selected")),
        };
        Label {
            value: value.unwrap_or_default(),
            alias: owned("alias"),
            background: owned("background").or_else(|| owned("color")),
            hotkey: owned("hotkey"),
            hint,
            selected,
            category: raw.value("category").and_then(|number| number.trim().parse().ok()),
            max_usages: raw.value("maxUsages").and_then(|most| most.trim().parse().ok()),
            granularity: raw.value("granularity").map(str::to_owned),
            children: labels(document, index, part),
        }
    };
    parts(document, index, part).into_iter().map(label).collect()
}
