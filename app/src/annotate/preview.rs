//! A labeling interface with a sample task, to try out: everything works, nothing is stored.

use domain::label_config::read;
use leptos::{ev, html, prelude::*};
use serde_json::{Map, Value};
use wasm_bindgen::JsCast;

use super::bench::Bench;
use super::canvas::listen_to_keys;
use super::desktop::Desktop;
use crate::later::late;

// A project is named and its data chosen before anybody looks at its interface. It is the label page's, nearly whole.
late! {
    label: fn arriving(label_config: Signal<String>, task: Signal<Map<String, Value>>, read_only: bool, takes_focus: bool) {
        view! { <Here label_config task read_only takes_focus/> }.into_any()
    }
}

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
    /// Takes the keyboard at once: for a dialog that holds nothing else.
    #[prop(optional)]
    takes_focus: bool,
) -> impl IntoView {
    arriving(label_config, task, read_only, takes_focus)
}

#[component]
fn Here(
    label_config: Signal<String>,
    task: Signal<Map<String, Value>>,
    read_only: bool,
    takes_focus: bool,
) -> impl IntoView {
    let node = NodeRef::<html::Div>::new();
    let focus = move || {
        if let Some(preview) = node.get_untracked() {
            // One that cannot take the focus works by pointer alone.
            let _ = preview.focus();
        }
    };
    Effect::new(move |_| {
        if takes_focus && node.get().is_some() {
            request_animation_frame(focus);
        }
    });
    // A click on the canvas leaves the focus where it was; keys belong to what was clicked.
    let on_press = move |event: ev::PointerEvent| {
        let on_control =
            event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()).is_some_and(|target| {
                target.closest("button, a, input, textarea, select, label, summary").ok().flatten().is_some()
            });
        if !on_control {
            focus();
        }
    };
    view! {
        <div
            class="preview"
            role="region"
            aria-label="Preview of the labeling interface"
            tabindex="0"
            node_ref=node
            on:pointerdown=on_press
        >
            {move || match read(&label_config.get()) {
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
        bench.begin(true);
        listen_to_keys(bench);
    });
    view! { <Desktop bench/> }
}
