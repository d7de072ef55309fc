//! The labeling interface with its preview, side by side: used by the wizard and by the settings.

use domain::label_config::{FieldType, LabelConfig, Parsed, check_task, parse};
use leptos::prelude::*;
use serde_json::{Map, Value, json};

use super::code_editor::CodeEditor;
use super::preview::Preview;
use crate::ui::{Button, Dialog, Icon, Size, lu};

/// Edits `source` and shows what it looks like with the task `sample`.
#[component]
pub(super) fn ConfigForm(source: RwSignal<String>, #[prop(into)] sample: Signal<Map<String, Value>>) -> impl IntoView {
    let parsed = Memo::new(move |_| source.with(|source| parse(source)));
    view! {
        <div class="config-form">
            <section class="config-side" aria-label="Code">
                <CodeEditor source parsed/>
            </section>
            <section class="config-side" aria-label="Preview">
                <PreviewPane source parsed sample/>
            </section>
        </div>
    }
    .into_any()
}

/// What the interface looks like; the last one that could be read stays while something is mended.
#[component]
fn PreviewPane(source: RwSignal<String>, parsed: Memo<Parsed>, sample: Signal<Map<String, Value>>) -> impl IntoView {
    let shown = Memo::new(move |before: Option<&Option<LabelConfig>>| {
        parsed.with(|parsed| parsed.config.clone()).or_else(|| before.cloned().flatten())
    });
    let is_stale = Memo::new(move |_| parsed.with(|parsed| parsed.config.is_none()));
    let misfits = Memo::new(move |_| {
        shown.with(|config| match config {
            Some(config) => {
                sample.with(|sample| if sample.is_empty() { Vec::new() } else { check_task(config, sample) })
            }
            None => Vec::new(),
        })
    });
    let trying = RwSignal::new(false);
    let task = Signal::derive(move || {
        let sample = sample.get();
        if sample.is_empty() { shown.with(|config| config.as_ref().map(stand_in).unwrap_or_default()) } else { sample }
    });
    view! {
        <div class="preview-pane" data-stale=move || is_stale.get().then_some("")>
            <div class="preview-bar">
                <span class="preview-title"><Icon icon=lu::LuEye/>"Preview"</span>
                <span class="row">
                    <span class="faint small">
                        {move || match (is_stale.get(), sample.with(Map::is_empty)) {
                            (true, _) => "As it was before the errors",
                            (false, true) => "With made-up data",
                            (false, false) => "With a sample task",
                        }}
                    </span>
                    <Button
                        size=Size::Small
                        icon=lu::LuPencil
                        disabled=Signal::derive(move || is_stale.get())
                        on:click=move |_| trying.set(true)
                    >
                        "Try it"
                    </Button>
                </span>
            </div>
            <Dialog
                open=trying
                size="full"
                title="Try it".to_owned()
                text="Label the sample task as people will. Nothing is stored.".to_owned()
            >
                <div class="try-out">
                    <crate::annotate::Preview label_config=source task/>
                </div>
            </Dialog>
            {move || {
                let misfits = misfits.get();
                (!misfits.is_empty()).then(|| view! {
                    <ul class="preview-misfits" role="list">
                        {misfits.into_iter().take(5).map(|misfit| view! { <li>{misfit.message}</li> }).collect_view()}
                    </ul>
                })
            }}
            {move || match shown.get() {
                Some(config) if config.root.elements().next().is_some() => {
                    view! { <Preview config task=task.get()/> }.into_any()
                }
                _ => view! {
                    <div class="preview-nothing">
                        <Icon icon=lu::LuLayoutTemplate/>
                        <p>"Nothing to see yet. Start from a template, or write the interface."</p>
                    </div>
                }
                .into_any(),
            }}
        </div>
    }
}

/// A task for an interface without data, from what its objects expect and the media this server has.
fn stand_in(config: &LabelConfig) -> Map<String, Value> {
    let value = |holds: FieldType, path: &str| match holds {
        FieldType::Image => json!("/demo/coffee.jpg"),
        FieldType::Images => json!(["/demo/coffee.jpg", "/demo/rocket.jpg"]),
        FieldType::Audio => json!("/demo/melody.wav"),
        FieldType::Video => json!("/demo/balls.mp4"),
        FieldType::Dialogue => json!([
            {"author": "Customer", "text": "Has my parcel left already?"},
            {"author": "Support", "text": "Yes, this morning. It should be with you tomorrow."}
        ]),
        FieldType::Messages => json!([{"role": "user", "content": "Has my parcel left already?"}]),
        FieldType::Items => {
            json!([{"id": "a", "title": "First", "body": "One item"}, {"id": "b", "title": "Second", "body": "Another"}])
        }
        FieldType::Options => json!(["First option", "Second option"]),
        FieldType::Table => json!({"Name": "Ada Park", "City": "Oslo", "Amount": 12}),
        FieldType::List => json!([{}, {}]),
        FieldType::Number => json!(1),
        FieldType::Text | FieldType::Any => json!(format!("What “{path}” holds appears here.")),
        FieldType::Pdf | FieldType::Url | FieldType::Series => Value::Null,
    };
    config.fields().into_iter().map(|field| (field.path.clone(), value(field.holds, &field.path))).collect()
}
