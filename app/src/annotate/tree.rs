//! The interface as written, element by element.

use domain::label_config::{Element, Node};
use editor::annotate::attribute;
use leptos::prelude::*;

use super::bench::use_bench;
use super::controls::Asked;
use super::labels::LabelBar;
use super::present::{NotYet, Presented};
use super::surface::ImageSurface;
use super::text_surface::TextSurface;

/// An element and all in it.
#[component]
pub(super) fn Tree(element: Element) -> impl IntoView {
    let bench = use_bench();
    let attributes = element.attributes.clone();
    let get = |name: &str| attribute(&attributes, name).unwrap_or_default().to_owned();
    let name = get("name");
    let drawn = match element.tag.as_str() {
        "View" | "Panel" | "Collapse" => {
            let class = if holds_picture(&element) { "view has-picture" } else { "view" };
            let inline = (get("display") == "inline").then_some("");
            let style = safe_style(&get("style"));
            view! {
                <div class=class data-inline=inline style=style>{children(&element)}</div>
            }
            .into_any()
        }
        "Header" => heading(&bench.text_of(&get("value")), &get("size"), &get("style")),
        "Markdown" => {
            let inner: String = element
                .children
                .iter()
                .filter_map(|c| if let Node::Text(t) = c { Some(t.as_str()) } else { None })
                .collect();
            let text = if get("value").is_empty() { inner } else { bench.text_of(&get("value")) };
            view! { <p class="presented-text" dir="auto">{text}</p> }.into_any()
        }
        "Style" => ().into_any(),
        "Image" if get("valueList").is_empty() => {
            let src = safe_address(&bench.text_of(&get("value")));
            view! { <ImageSurface name src/> }.into_any()
        }
        "Text" if get("valueType") != "url" && matches!(get("encoding").as_str(), "" | "none") => {
            let text = bench.text_of(&get("value"));
            view! { <TextSurface name text/> }.into_any()
        }
        "RectangleLabels" | "EllipseLabels" | "PolygonLabels" | "KeyPointLabels" | "Labels" => {
            if bench.peek(|editor| editor.document().kit().labels.iter().any(|label| label.control == name)) {
                view! { <LabelBar name/> }.into_any()
            } else {
                view! { <NotYet tag=element.tag.clone() name/> }.into_any()
            }
        }
        "Rectangle" | "Ellipse" | "Polygon" | "KeyPoint" => ().into_any(),
        "Choices" | "Rating" | "Number" | "TextArea" => view! { <Asked element=element.clone()/> }.into_any(),
        _ => view! { <Presented element=element.clone()/> }.into_any(),
    };
    if attribute(&element.attributes, "visibleWhen").is_none() {
        return drawn;
    }
    let visible = move || {
        bench.read(|editor| {
            let results = editor.results();
            bench.config.with_value(|config| domain::annotation::is_visible(config, &element.attributes, &results))
        })
    };
    view! { <div class="view-when" hidden=move || !visible()>{drawn}</div> }.into_any()
}

/// What is inside; label sets that follow each other share their lines.
fn children(element: &Element) -> AnyView {
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

fn holds_picture(element: &Element) -> bool {
    element.children.iter().any(|child| match child {
        Node::Element(inner) => inner.tag == "Image" || holds_picture(inner),
        Node::Text(_) => false,
    })
}

/// Headings of an interface stand below those of the page.
fn heading(text: &str, size: &str, style: &str) -> AnyView {
    let (text, style) = (text.to_owned(), safe_style(style));
    match size {
        "1" | "2" => view! { <h2 class="header" data-size="2" dir="auto" style=style>{text}</h2> }.into_any(),
        "3" => view! { <h3 class="header" data-size="3" dir="auto" style=style>{text}</h3> }.into_any(),
        _ => view! { <h4 class="header" data-size="4" dir="auto" style=style>{text}</h4> }.into_any(),
    }
}

/// Properties that arrange and color; none that load, cover the page or run.
const SAFE_PROPERTIES: [&str; 44] = [
    "align-content",
    "align-items",
    "align-self",
    "background",
    "background-color",
    "border",
    "border-bottom",
    "border-color",
    "border-left",
    "border-radius",
    "border-right",
    "border-top",
    "color",
    "column-gap",
    "columns",
    "display",
    "flex",
    "flex-basis",
    "flex-direction",
    "flex-grow",
    "flex-shrink",
    "flex-wrap",
    "font-size",
    "font-style",
    "font-weight",
    "gap",
    "grid-template-columns",
    "height",
    "justify-content",
    "line-height",
    "margin",
    "margin-bottom",
    "margin-left",
    "margin-right",
    "margin-top",
    "max-height",
    "max-width",
    "min-height",
    "overflow",
    "padding",
    "row-gap",
    "text-align",
    "text-decoration",
    "width",
];

/// The harmless part of a written style.
pub(super) fn safe_style(written: &str) -> Option<String> {
    let kept: Vec<String> = written
        .split(';')
        .filter_map(|rule| {
            let (property, value) = rule.split_once(':')?;
            let (property, value) = (property.trim().to_ascii_lowercase(), value.trim());
            let plain = value.chars().all(|c| c.is_ascii_alphanumeric() || " #%.,()-+/*!".contains(c));
            let lower = value.to_ascii_lowercase();
            let loads = ["url", "image", "expression", "attr", "element"].iter().any(|word| lower.contains(word));
            (SAFE_PROPERTIES.contains(&property.as_str()) && plain && !loads && value.len() <= 200)
                .then(|| format!("{property}: {value}"))
        })
        .collect();
    (!kept.is_empty()).then(|| kept.join("; "))
}

/// An address that a picture, a sound or a film may come from; empty for any other.
pub(super) fn safe_address(written: &str) -> String {
    let written = written.trim();
    let lower = written.to_ascii_lowercase();
    let has_scheme = lower.split(['/', '?', '#']).next().is_some_and(|start| start.contains(':'));
    let allowed = ["http://", "https://", "data:image/", "data:audio/", "data:video/", "blob:"];
    if !has_scheme || allowed.iter().any(|scheme| lower.starts_with(scheme)) {
        written.to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_arrange_and_do_nothing_else() {
        let table = [
            ("display: flex; gap: 8px", Some("display: flex; gap: 8px")),
            ("background: url(https://evil)", None),
            ("position: fixed; color: red", Some("color: red")),
            ("color: red; background: image-set('x')", Some("color: red")),
            ("nonsense", None),
            ("width: calc(100% - 2px)", Some("width: calc(100% - 2px)")),
        ];
        for (written, expected) in table {
            assert_eq!(safe_style(written).as_deref(), expected, "{written}");
        }
    }

    #[test]
    fn addresses_cannot_run() {
        for address in ["https://a/b.png", "/files/1", "a.png", "data:image/png;base64,AA==", "//host/a:b.png"] {
            assert_eq!(safe_address(address), address);
        }
        for address in ["javascript:alert(1)", " JAVASCRIPT:x", "data:text/html,x", "file:///etc/passwd"] {
            assert_eq!(safe_address(address), "", "{address}");
        }
    }
}
