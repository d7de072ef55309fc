//! `<Shortcut>`: buttons and keys that put a phrase into the field one is in.

use domain::answer::{Held, Shortcut};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::{Field, Slot};

/// A button for each phrase.
pub(super) fn view(slot: Slot, field: &Field) -> AnyView {
    let shortcuts = field.shortcuts.get_value();
    if shortcuts.is_empty() {
        return ().into_any();
    }
    let place = field.place;
    let buttons = shortcuts
        .into_iter()
        .map(|shortcut| {
            let color = shortcut.color.as_ref().map(|color| format!("--label: {color}"));
            let keys = shortcut.keys.as_ref().map(domain::answer::Keys::text);
            let (cap, title) = (keys.clone(), shortcut.title.clone());
            let hint = (shortcut.title != shortcut.value).then(|| format!("Puts “{}” in", shortcut.value));
            let value = shortcut.value;
            view! {
                <button
                    class="phrase"
                    type="button"
                    style=color
                    title=hint
                    aria-keyshortcuts=keys
                    // The field one is in keeps the focus, and with it the place to put the phrase.
                    on:pointerdown=|event: ev::PointerEvent| event.prevent_default()
                    on:mousedown=|event: ev::MouseEvent| event.prevent_default()
                    on:click=move |_| {
                        if let Some(field) = current(place) {
                            // Gone when the page went on meanwhile.
                            let _ = field.focus();
                            insert(&field, &value);
                        }
                    }
                >
                    <span class="truncate" dir="auto">{title}</span>
                    {cap.map(|keys| view! { <kbd class="label-key" aria-hidden="true">{keys}</kbd> })}
                </button>
            }
        })
        .collect_view();
    let label = format!("Phrases for {}", field.label);
    let is_fixed = slot.bench.peek(editor::annotate::Editor::is_read_only);
    view! { <div class="phrases" role="group" aria-label=label hidden=is_fixed>{buttons}</div> }.into_any()
}

/// A key went down in a field.
pub(super) fn on_key(shortcuts: &StoredValue<Vec<Shortcut>>, event: &ev::KeyboardEvent) {
    let held =
        Held { control: event.ctrl_key(), alt: event.alt_key(), shift: event.shift_key(), meta: event.meta_key() };
    let (key, code) = (event.key(), event.code());
    let phrase = shortcuts.with_value(|shortcuts| {
        let is_meant =
            |shortcut: &&Shortcut| shortcut.keys.as_ref().is_some_and(|keys| keys.are_pressed(&key, &code, held));
        shortcuts.iter().find(is_meant).map(|shortcut| shortcut.value.clone())
    });
    let field = event.target().and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
    if let (Some(phrase), Some(field)) = (phrase, field) {
        event.prevent_default();
        event.stop_propagation();
        insert(&field, &phrase);
    }
}

/// The field one is in, else the last one.
fn current(place: NodeRef<leptos::html::Div>) -> Option<HtmlTextAreaElement> {
    let root = place.try_get_untracked().flatten()?;
    let focused = document().active_element().filter(|element| root.contains(Some(element)));
    focused.and_then(|element| element.dyn_into().ok()).or_else(|| Field::last(place))
}

/// Puts a phrase where the cursor is, in place of what is selected, and tells the field as if it had been typed.
fn insert(field: &HtmlTextAreaElement, phrase: &str) {
    let end_of_text = u32::try_from(field.value().encode_utf16().count()).unwrap_or(u32::MAX);
    let start = field.selection_start().ok().flatten().unwrap_or(end_of_text);
    let end = field.selection_end().ok().flatten().unwrap_or(end_of_text);
    // Refused only when the end is before the start, which a field never tells.
    if field.set_range_text_with_start_and_end(phrase, start, end).is_err() {
        return;
    }
    let after = start.saturating_add(u32::try_from(phrase.encode_utf16().count()).unwrap_or(0));
    let _ = field.set_selection_range(after, after);
    if let Ok(event) = document().create_event("Event") {
        event.init_event_with_bubbles("input", true);
        // Nobody cancels it.
        let _ = field.dispatch_event(&event);
    }
}
