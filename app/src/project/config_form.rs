//! The labeling interface with its preview, side by side: used by the wizard and by the settings.

use std::time::Duration;

use domain::label_config::{FieldType, LabelConfig, Parsed, check_task, parse};
use leptos::prelude::*;
use serde_json::{Map, Value, json};

use super::code_editor::CodeEditor;
use crate::annotate::Preview;
use crate::ui::{Button, Dialog, Icon, Size, lu};

/// How long the typing has to pause before the preview follows.
const PAUSE: Duration = Duration::from_millis(350);

/// Edits `source` and shows what it looks like with the task `sample`.
#[component]
pub(super) fn ConfigForm(
    source: RwSignal<String>,
    #[prop(into)] sample: Signal<Map<String, Value>>,
    /// Whether the sample is a task of the project: then what it lacks is told, and not made up.
    #[prop(optional)]
    is_own: bool,
) -> impl IntoView {
    let parsed = Memo::new(move |_| source.with(|source| parse(source)));
    view! {
        <div class="config-form">
            <section class="config-side" aria-label="Code">
                <CodeEditor source parsed/>
            </section>
            <section class="config-side" aria-label="Preview">
                <PreviewPane source parsed sample is_own/>
            </section>
        </div>
    }
    .into_any()
}

/// What the interface looks like; the last one that could be read stays while something is mended.
#[component]
fn PreviewPane(
    source: RwSignal<String>,
    parsed: Memo<Parsed>,
    sample: Signal<Map<String, Value>>,
    is_own: bool,
) -> impl IntoView {
    let shown = Memo::new(move |before: Option<&Option<LabelConfig>>| {
        parsed.with(|parsed| parsed.config.clone()).or_else(|| before.cloned().flatten())
    });
    let is_stale = Memo::new(move |_| parsed.with(|parsed| parsed.config.is_none()));
    // Compared, so that typing does not start the preview anew before it pauses.
    let task = Memo::new(move |_| {
        let sample = sample.get();
        if is_own {
            return sample;
        }
        // A template's sample knows nothing of fields that somebody has added since.
        let mut task = shown.with(|config| config.as_ref().map(stand_in).unwrap_or_default());
        task.extend(sample);
        task
    });
    let misfits = Memo::new(move |_| {
        shown.with(|config| match config {
            Some(config) => task.with(|task| if is_own { check_task(config, task) } else { Vec::new() }),
            None => Vec::new(),
        })
    });
    let trying = RwSignal::new(false);
    let drawn = settled(source, parsed);
    let is_blank = Memo::new(move |_| {
        shown.with(|config| config.as_ref().is_none_or(|config| config.root.elements().next().is_none()))
    });
    view! {
        <div class="preview-pane" data-stale=move || is_stale.get().then_some("")>
            <div class="preview-bar">
                <span class="preview-title"><Icon icon=lu::LuEye/>"Preview"</span>
                <span class="row">
                    <span class="faint small">
                        {move || match is_stale.get() {
                            true => "As it was before the errors",
                            false if is_own => "With a task of this project",
                            false => "With made-up data",
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
                    <Preview label_config=drawn task takes_focus=true/>
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
            {move || {
                if is_blank.get() {
                    view! {
                        <div class="preview-nothing">
                            <Icon icon=lu::LuLayoutTemplate/>
                            <p>"Nothing to see yet. Start from a template, or write the interface."</p>
                        </div>
                    }
                    .into_any()
                } else if trying.get() {
                    // One at a time: both would answer to the same keys.
                    view! { <div class="config-preview"></div> }.into_any()
                } else {
                    view! { <div class="config-preview"><Preview label_config=drawn task/></div> }.into_any()
                }
            }}
        </div>
    }
}

/// The text as it was when it could be read last, once the typing pauses: the preview starts anew with it.
fn settled(source: RwSignal<String>, parsed: Memo<Parsed>) -> RwSignal<String> {
    let readable = move || parsed.with_untracked(|parsed| parsed.config.is_some());
    let drawn = RwSignal::new(source.with_untracked(|text| if readable() { text.clone() } else { String::new() }));
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let text = source.get();
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
        if !readable() || drawn.with_untracked(|drawn| *drawn == text) {
            return;
        }
        let draw = move || drawn.set(text.clone());
        // What comes from elsewhere, such as a template, has nobody typing.
        let pause = if drawn.with_untracked(String::is_empty) { Duration::ZERO } else { PAUSE };
        waiting.set_value(set_timeout_with_handle(draw, pause).ok());
    });
    on_cleanup(move || {
        if let Some(handle) = waiting.try_update_value(Option::take).flatten() {
            handle.clear();
        }
    });
    drawn
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
        FieldType::Pdf => json!("/demo/invoice.pdf"),
        FieldType::Url | FieldType::Series => Value::Null,
    };
    config.fields().into_iter().map(|field| (field.path.clone(), value(field.holds, &field.path))).collect()
}
