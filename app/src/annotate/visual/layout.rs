//! `<View>` and whatever else only holds other elements.

use domain::label_config::{Element, Node};
use leptos::prelude::*;

use crate::annotate::safe::{own_classes, own_id, safe_style};
use crate::annotate::tree::children;

pub(super) fn view(element: &Element) -> AnyView {
    let get = |name: &str| element.attribute(name).unwrap_or_default();
    let mut class = if holds_picture(element) { "view has-picture".to_owned() } else { "view".to_owned() };
    for own in own_classes(get("className")) {
        class.push(' ');
        class.push_str(&own);
    }
    let inline = (get("display") == "inline").then_some("");
    let (style, id) = (safe_style(get("style")), own_id(get("idAttr")));
    // Views stand below each other here; `display: flex` alone means beside each other.
    let row = style.as_deref().is_some_and(is_row).then_some("");
    let style = style.map(|style| if row.is_some() { format!("{style}; flex-direction: row") } else { style });
    view! { <div class=class id=id data-inline=inline data-row=row style=style>{children(element)}</div> }.into_any()
}

/// Whether a style lays out a row without saying so.
fn is_row(style: &str) -> bool {
    let says =
        |name: &str| style.split(';').filter_map(|rule| rule.split_once(':')).find(|(own, _)| own.trim() == name);
    let is_flex = says("display").is_some_and(|(_, value)| ["flex", "inline-flex"].contains(&value.trim()));
    is_flex && says("flex-direction").is_none() && says("flex-flow").is_none()
}

fn holds_picture(element: &Element) -> bool {
    element.children.iter().any(|child| match child {
        Node::Element(inner) => inner.tag == "Image" || holds_picture(inner),
        Node::Text(_) => false,
    })
}
