//! `<Header>`: headings of an interface stand below those of the page.

use domain::label_config::Element;
use leptos::prelude::*;

use crate::annotate::bench::Bench;
use crate::annotate::safe::safe_style;

pub(super) fn view(bench: Bench, element: &Element) -> AnyView {
    let text = bench.text_of(element.attribute("value").unwrap_or_default());
    let size = element.attribute("size").and_then(|size| size.trim().parse::<u8>().ok()).unwrap_or(4).clamp(1, 6);
    let style = safe_style(element.attribute("style").unwrap_or_default());
    let is_on = |value: &str| value.trim().eq_ignore_ascii_case("true") || value.trim() == "1";
    let underline = element.attribute("underline").is_some_and(is_on).then_some("");
    macro_rules! heading {
        ($tag:ident) => {
            view! { <$tag class="header" data-size=size data-underline=underline dir="auto" style=style>{text}</$tag> }
                .into_any()
        };
    }
    match size {
        1 | 2 => heading!(h2),
        3 => heading!(h3),
        4 => heading!(h4),
        5 => heading!(h5),
        _ => heading!(h6),
    }
}
