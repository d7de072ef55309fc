//! Elements that arrange and explain. One file per tag.

mod header;
mod layout;
mod markdown;

use domain::label_config::Element;
use leptos::prelude::*;

use super::bench::Bench;

/// The view of an element that neither shows data of its own nor takes answers.
pub(super) fn view(bench: Bench, element: Element) -> AnyView {
    match element.tag.as_str() {
        "Header" => header::view(bench, &element),
        "Markdown" => markdown::view(bench, &element),
        "Style" => ().into_any(),
        // Whatever else it is, what is inside counts.
        _ => layout::view(&element),
    }
}
