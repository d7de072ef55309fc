//! `<Filter>`: finds labels and choices by typing. What does not match is hidden, never changed.

use domain::label_config::Element;
use leptos::{ev, prelude::*};

use crate::annotate::bench::Bench;

/// Letters typed before anything is hidden, where nobody says otherwise.
const MIN_LENGTH: usize = 3;

pub(super) fn view(bench: Bench, element: &Element) -> AnyView {
    let target = element.attribute("toName").unwrap_or_default().trim().to_owned();
    let least = element.attribute("minLength").and_then(|least| least.trim().parse().ok()).unwrap_or(MIN_LENGTH);
    let placeholder = match element.attribute("placeholder") {
        None | Some("") => "Quick filter".to_owned(),
        Some(written) => written.to_owned(),
    };
    let label = format!("Filter “{target}”");
    let name = StoredValue::new(target);
    let put = move |event: ev::Event| {
        let typed = event_target_value(&event).trim().to_lowercase();
        let words = if typed.chars().count() >= least { typed } else { String::new() };
        bench.filters.update(|filters| {
            filters.insert(name.get_value(), words);
        });
    };
    view! { <input class="input filter" type="search" placeholder=placeholder aria-label=label on:input=put/> }
        .into_any()
}
