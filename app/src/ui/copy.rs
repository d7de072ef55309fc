//! Copying to the clipboard.

use std::time::Duration;

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{Button, IconButton, Look, Size, lu};

/// How long it says "Copied".
const SAID: Duration = Duration::from_secs(2);

fn copy(text: String, copied: RwSignal<bool>) {
    let clipboard = window().navigator().clipboard();
    leptos::task::spawn_local(async move {
        if JsFuture::from(clipboard.write_text(&text)).await.is_ok() {
            copied.set(true);
            set_timeout(move || copied.set(false), SAID);
        }
    });
}

/// A button that copies.
#[component]
pub fn CopyButton(
    #[prop(into)] text: Signal<String>,
    #[prop(default = "Copy".to_owned(), into)] label: String,
    #[prop(default = Look::Plain)] look: Look,
    #[prop(optional)] size: Size,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    view! {
        <Button look size icon=lu::LuCopy on:click=move |_| copy(text.get_untracked(), copied)>
            {move || if copied.get() { "Copied".to_owned() } else { label.clone() }}
        </Button>
    }
}

/// A value in a frame, with a button that copies it.
#[component]
pub fn CopyLine(
    #[prop(into)] text: String,
    /// What it is, read out.
    #[prop(into)]
    label: String,
) -> impl IntoView {
    let copied = RwSignal::new(false);
    let value = text.clone();
    let name = Signal::derive(move || if copied.get() { "Copied".to_owned() } else { format!("Copy {label}") });
    view! {
        <div class="copy-line">
            <span class="copy-text">{text}</span>
            {move || {
                let value = value.clone();
                view! {
                    <IconButton
                        icon=if copied.get() { lu::LuCheck } else { lu::LuCopy }
                        label=name
                        size=Size::Small
                        on:click=move |_| copy(value.clone(), copied)
                    />
                }
            }}
        </div>
    }
}
