//! A labeling interface with a sample task, to try out: everything works, nothing is stored.

use domain::label_config::parse;
use leptos::prelude::*;
use serde_json::{Map, Value};

use super::bench::Bench;
use super::page::Desktop;
use super::surface::listen_to_keys;

/// The interface as annotators will see it. Starts anew whenever the text or the task changes; keys work while the
/// preview has the focus.
#[component]
pub fn Preview(
    /// The labeling interface as written.
    #[prop(into)]
    label_config: Signal<String>,
    /// The data of a task.
    #[prop(into)]
    task: Signal<Map<String, Value>>,
    /// Looks only: regions can be picked, not drawn.
    #[prop(optional)]
    read_only: bool,
) -> impl IntoView {
    view! {
        <div class="preview" role="region" aria-label="Preview of the labeling interface">
            {move || match parse(&label_config.get()).config {
                Some(config) => {
                    let bench = Bench::new(config, task.get(), &[], read_only);
                    view! { <PreviewBench bench/> }.into_any()
                }
                None => view! {
                    <p class="panel-empty">"The preview appears as soon as the interface can be read."</p>
                }
                .into_any(),
            }}
        </div>
    }
    .into_any()
}

#[component]
fn PreviewBench(bench: Bench) -> impl IntoView {
    provide_context(bench);
    Effect::new(move |_| {
        bench.redraw(|editor| editor.seed(super::browser::seed()));
        listen_to_keys(bench);
    });
    view! { <Desktop bench/> }
}
