//! `<Markdown>`: text of the interface's author.

use domain::label_config::{Element, Node};
use leptos::prelude::*;

use crate::annotate::bench::Bench;

pub(super) fn view(bench: Bench, element: &Element) -> AnyView {
    let text = match element.attribute("value").filter(|value| !value.is_empty()) {
        Some(value) => bench.text_of(value),
        None => {
            let inside = element.children.iter();
            inside.filter_map(|child| if let Node::Text(text) = child { Some(text.as_str()) } else { None }).collect()
        }
    };
    view! { <p class="presented-text" dir="auto">{text}</p> }.into_any()
}
