//! Elements that arrange and explain. One file per tag.

mod collapse;
mod filter;
mod header;
mod layout;
mod markdown;
mod repeater;
mod style;

use domain::label_config::Element;
use leptos::prelude::*;

use super::bench::Bench;

/// The view of an element that neither shows data of its own nor takes answers.
pub(super) fn view(bench: Bench, element: Element) -> AnyView {
    match element.tag.as_str() {
        "Header" => header::view(bench, &element),
        "Markdown" => markdown::view(bench, &element),
        "Collapse" => collapse::view(bench, &element),
        "Repeater" => repeater::view(&element),
        "Filter" => filter::view(bench, &element),
        "Style" => style::view(&element),
        // Whatever else it is, what is inside counts.
        _ => layout::view(&element),
    }
}
