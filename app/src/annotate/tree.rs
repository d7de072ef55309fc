//! The interface as written, element by element.
//!
//! What every element shares is here: its conditions, and what is inside. How it looks is decided by its role in
//! [`domain::label_config::TAGS`]: [`visual`] arranges, [`object`] shows data, [`control`] takes answers.

use domain::label_config::{Element, Node, Tag, find_tag};
use editor::annotate::{ObjectKind, Question};
use leptos::prelude::*;

use super::bench::{Bench, use_bench};
use super::{control, object, visual};

/// Around what stands beside the objects, with the regions: see [`beside`].
#[derive(Clone, Copy)]
pub(super) struct Beside;

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

/// The parts of an interface that stand beside its objects, with the regions: what is asked about regions alone. A picture
/// keeps its place that way when a region is picked; next to what is read only `displayMode="region-list"` stands there.
pub(super) fn beside(bench: Bench, element: &Element) -> Vec<Element> {
    let nodes: Vec<&Node> = element.children.iter().collect();
    let parted = parted(bench, &nodes);
    let parts = parted.into_iter().zip(nodes).filter_map(|(is_beside, node)| match node {
        Node::Element(inner) if is_beside => Some(vec![inner.clone()]),
        Node::Element(inner) => Some(beside(bench, inner)),
        Node::Text(_) => None,
    });
    parts.flatten().collect()
}

/// Which of some elements stand beside the objects; a heading goes with what it stands right above.
fn parted(bench: Bench, nodes: &[&Node]) -> Vec<bool> {
    let has_picture = bench.peek(|editor| {
        let mut kinds = editor.document().kit().objects.iter().map(|(_, kind)| *kind);
        kinds.any(|kind| kind.is_canvas() || kind == ObjectKind::Video)
    });
    let is_asked_there = |question: &Question| question.is_in_regions() || (has_picture && question.per_region);
    let mut is_beside: Vec<bool> = nodes
        .iter()
        .map(|node| match node {
            Node::Element(inner) => bench.peek(|editor| {
                let asked = |name: &str| editor.document().kit().question(name).is_some_and(is_asked_there);
                says_only(inner, &asked) && has_control(inner)
            }),
            Node::Text(_) => false,
        })
        .collect();
    for at in (1..nodes.len()).rev() {
        let is_heading = matches!(nodes[at - 1], Node::Element(inner) if inner.tag == "Header");
        let is_blank = matches!(nodes[at - 1], Node::Text(text) if text.trim().is_empty());
        if is_beside[at] && (is_heading || is_blank) {
            is_beside[at - 1] = true;
        }
    }
    is_beside
}

/// Whether all that is asked in an element is `asked`, and nothing is shown in it.
fn says_only(element: &Element, asked: &impl Fn(&str) -> bool) -> bool {
    let tag = find_tag(&element.tag);
    let is_fine = match tag {
        Some(tag) if tag.is_object() => false,
        Some(tag) if tag.is_control() => element.attribute("name").is_some_and(asked),
        _ => true,
    };
    is_fine && element.elements().all(|inner| says_only(inner, asked))
}

fn has_control(element: &Element) -> bool {
    find_tag(&element.tag).is_some_and(Tag::is_control) || element.elements().any(has_control)
}

/// What is inside an element; label sets that follow each other share their lines.
pub(super) fn children(element: &Element) -> AnyView {
    let is_labels = |node: &Node| matches!(node, Node::Element(e) if e.tag == "Labels" || e.tag.ends_with("Labels"));
    let is_blank = |node: &Node| matches!(node, Node::Text(text) if text.trim().is_empty());
    let nodes: Vec<&Node> = element.children.iter().filter(|node| !is_blank(node)).collect();
    let stay = match use_context::<Beside>() {
        Some(Beside) => vec![true; nodes.len()],
        None => parted(use_bench(), &nodes).into_iter().map(|is_beside| !is_beside).collect(),
    };
    let nodes: Vec<&Node> = nodes.into_iter().zip(stay).filter(|(_, stays)| *stays).map(|(node, _)| node).collect();
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
