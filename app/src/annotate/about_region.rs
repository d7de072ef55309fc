//! What is asked about the selected region in the list of regions: `<TextArea perRegion displayMode="region-list">`.

use domain::label_config::Element;
use leptos::prelude::*;

use super::bench::Bench;
use super::control;
use super::tree::conditional;

/// The questions of the interface that are answered here; they appear with the region they are about.
#[component]
pub(super) fn AboutRegion(bench: Bench) -> impl IntoView {
    let names: Vec<String> = bench.peek(|editor| {
        let questions = editor.document().kit().questions.iter().filter(|question| question.is_in_regions());
        questions.map(|question| question.name.clone()).collect()
    });
    if names.is_empty() {
        return ().into_any();
    }
    let asked: Vec<Element> = bench.config.with_value(|config| {
        let mut found = Vec::new();
        collect(&config.root, &names, &mut found);
        found
    });
    let is_about_one = Memo::new(move |_| bench.read(|editor| names.iter().any(|name| editor.about(name).is_some())));
    let views = asked
        .into_iter()
        .map(|element| {
            let attributes = element.attributes.clone();
            conditional(bench, attributes, control::view_anywhere(bench, element))
        })
        .collect_view();
    view! {
        <section class="panel-part about-region" aria-label="About the selected region" hidden=move || !is_about_one.get()>
            {views}
        </section>
    }
    .into_any()
}

fn collect(element: &Element, names: &[String], found: &mut Vec<Element>) {
    for inner in element.elements() {
        if inner.attribute("name").is_some_and(|name| names.iter().any(|known| known == name)) {
            found.push(inner.clone());
        }
        collect(inner, names, found);
    }
}
