//! The interface as written, element by element.
//!
//! What every element shares is here: its conditions, and what is inside. How it looks is decided by its role in
//! [`domain::label_config::TAGS`]: [`visual`] arranges, [`object`] shows data, [`control`] takes answers.

use domain::label_config::{Element, Node, find_tag};
use leptos::prelude::*;

use super::bench::{Bench, use_bench};
use super::{control, object, visual};

/// An element and all in it.
#[component]
pub(super) fn Tree(element: Element) -> impl IntoView {
    let bench = use_bench();
    let has_conditions = element.attribute("visibleWhen").is_some()
        || element.attribute("perRegion").is_some_and(|per_region| per_region.eq_ignore_ascii_case("true"));
    let attributes = has_conditions.then(|| element.attributes.clone());
    let drawn = match find_tag(&element.tag) {
        Some(tag) if tag.is_object() => object::view(bench, element),
        Some(tag) if tag.is_control() => control::view(bench, element),
        _ => visual::view(bench, element),
    };
    let Some(attributes) = attributes else { return drawn };
    conditional(bench, attributes, drawn)
}

/// What is to be seen only while its conditions are met.
pub(super) fn conditional(bench: Bench, attributes: Vec<(String, String)>, drawn: AnyView) -> AnyView {
    let shown = Memo::new(move |_| bench.read(|editor| editor.shows(&attributes)));
    view! { <div class="view-when" hidden=move || !shown.get()>{drawn}</div> }.into_any()
}

/// What is inside an element; label sets that follow each other share their lines.
pub(super) fn children(element: &Element) -> AnyView {
    let is_labels = |node: &Node| matches!(node, Node::Element(e) if e.tag == "Labels" || e.tag.ends_with("Labels"));
    let is_blank = |node: &Node| matches!(node, Node::Text(text) if text.trim().is_empty());
    let nodes: Vec<&Node> = element.children.iter().filter(|node| !is_blank(node)).collect();
    nodes
        .chunk_by(|a, b| is_labels(a) && is_labels(b))
        .map(|group| {
            let inner = group.iter().map(|node| child(node)).collect_view();
            if group.len() > 1 { view! { <div class="label-sets">{inner}</div> }.into_any() } else { inner.into_any() }
        })
        .collect_view()
        .into_any()
}

fn child(node: &Node) -> AnyView {
    match node {
        Node::Element(element) => view! { <Tree element=element.clone()/> }.into_any(),
        Node::Text(text) => view! { <span dir="auto">{text.clone()}</span> }.into_any(),
    }
}
