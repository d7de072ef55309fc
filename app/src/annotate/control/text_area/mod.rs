//! `<TextArea>`: written texts, one field each.
//!
//! [`open`]: texts that can be changed at any time; [`fixed`]: texts that stay as they were added. [`phrases`] puts what is
//! said often into the field one is in.

mod fixed;
mod open;
mod phrases;

use domain::answer::{Answer, Shortcut, TextArea};
use editor::annotate::Editor;
use editor::command::Command;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::{Asked, Slot};
use crate::ui::{IconButton, Size, lu};

pub(super) fn view(asked: &Asked, rules: TextArea) -> AnyView {
    let place = NodeRef::<html::Div>::new();
    let field = Field {
        label: asked.control.name.clone(),
        placeholder: asked.get("placeholder").to_owned(),
        shortcuts: StoredValue::new(Shortcut::all_in(&asked.element)),
        place,
    };
    if asked.control.flag("focus") {
        take_focus(asked.slot, place);
    }
    let phrases = phrases::view(asked.slot, &field);
    let fields =
        if rules.editable { open::view(asked.slot, field, rules) } else { fixed::view(asked.slot, field, rules) };
    view! { <div class="texts" node_ref=place>{phrases}{fields}</div> }.into_any()
}

/// How a field looks, and where it is.
#[derive(Clone)]
struct Field {
    label: String,
    placeholder: String,
    shortcuts: StoredValue<Vec<Shortcut>>,
    /// All fields of the control.
    place: NodeRef<html::Div>,
}

impl Field {
    /// The last field of the control, which is the one for what comes next.
    fn last(place: NodeRef<html::Div>) -> Option<web_sys::HtmlTextAreaElement> {
        let fields = place.try_get_untracked().flatten()?.query_selector_all("textarea").ok()?;
        fields.item(fields.length().checked_sub(1)?)?.dyn_into().ok()
    }
}

/// `focus="true"`: one can write at once, about each region anew.
fn take_focus(slot: Slot, place: NodeRef<html::Div>) {
    let about = Memo::new(move |_| {
        slot.bench.read(
            |editor| if editor.is_read_only() { None } else { slot.control.with_value(|name| editor.about(name)) },
        )
    });
    Effect::new(move |_| {
        if about.get().is_some() && place.get().is_some() {
            request_animation_frame(move || {
                if let Some(field) = Field::last(place) {
                    // One that is hidden cannot take the focus, and needs none.
                    let _ = field.focus();
                }
            });
        }
    });
}

fn texts(slot: Slot) -> Vec<String> {
    match slot.get() {
        Some(Answer::Texts(texts)) => texts,
        _ => Vec::new(),
    }
}

/// One empty field is no answer.
fn put(slot: Slot, texts: Vec<String>) {
    let nothing = texts.len() < 2 && texts.iter().all(String::is_empty);
    slot.put((!nothing).then_some(Answer::Texts(texts)));
}

fn remove(slot: Slot, at: usize) {
    let mut texts = untrack(|| texts(slot));
    if at < texts.len() {
        texts.remove(at);
        put(slot, texts);
    }
}

fn remove_button(slot: Slot, at: usize) -> AnyView {
    let is_fixed = slot.bench.peek(Editor::is_read_only);
    (!is_fixed)
        .then(|| {
            view! {
                <IconButton
                    icon=lu::LuX
                    label=format!("Remove text {}", at + 1)
                    size=Size::Small
                    on:click=move |_| remove(slot, at)
                />
            }
        })
        .into_any()
}

/// Whether a key adds what is written: Enter in a field of one line, Shift Enter in a taller one.
fn adds(event: &leptos::ev::KeyboardEvent, rules: TextArea) -> bool {
    let is_plain = !event.ctrl_key() && !event.meta_key() && !event.alt_key();
    event.key() == "Enter" && is_plain && !event.is_composing() && (event.shift_key() || rules.rows == 1)
}

/// Ctrl Enter hands in from a field as it does anywhere else.
fn hands_in(event: &leptos::ev::KeyboardEvent) -> bool {
    event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) && !event.is_composing()
}

fn hand_in(slot: Slot, event: &leptos::ev::KeyboardEvent) {
    event.prevent_default();
    // A key held down hands in once, not every task that comes.
    if !event.repeat() {
        let _ = slot.bench.act(|editor| editor.run(Command::Submit));
    }
}
