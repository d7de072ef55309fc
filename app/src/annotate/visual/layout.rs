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
    view! { <div class=class id=id data-inline=inline style=style>{children(element)}</div> }.into_any()
}

fn holds_picture(element: &Element) -> bool {
    element.children.iter().any(|child| match child {
        Node::Element(inner) => inner.tag == "Image" || holds_picture(inner),
        Node::Text(_) => false,
    })
}
