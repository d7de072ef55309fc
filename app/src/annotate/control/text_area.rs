//! `<TextArea>`: written texts, one field each.

use domain::answer::{Answer, TextArea};
use leptos::{ev, prelude::*};

use super::{Asked, Slot};
use crate::ui::{Button, IconButton, Look, Size, lu};

/// How high a field is where nobody says so.
const ROWS: u32 = 2;

pub(super) fn view(asked: &Asked, rules: TextArea) -> AnyView {
    let written = asked.control.attribute("rows").and_then(|rows| rows.trim().parse::<u32>().ok());
    let field = Field {
        label: asked.control.name.clone(),
        placeholder: asked.get("placeholder").to_owned(),
        rows: written.unwrap_or(ROWS).clamp(1, 30),
        has_button: asked.get("showSubmitButton") != "false",
    };
    if rules.editable { open(asked.slot, field, rules) } else { fixed(asked.slot, field, rules) }
}

/// How a field looks.
#[derive(Clone)]
struct Field {
    label: String,
    placeholder: String,
    rows: u32,
    has_button: bool,
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
    view! {
        <IconButton
            icon=lu::LuX
            label=format!("Remove text {}", at + 1)
            size=Size::Small
            on:click=move |_| remove(slot, at)
        />
    }
    .into_any()
}

/// Texts that can be changed at any time: what is in the fields is the answer.
fn open(slot: Slot, field: Field, rules: TextArea) -> AnyView {
    let written = move || texts(slot);
    // Fields are told apart by their place alone, so that typing never loses the focus.
    let count = Memo::new(move |_| written().len().max(1));
    let can_add = move || {
        rules.max_submissions.is_none_or(|most| count.get() < most)
            && written().last().is_some_and(|last| !last.trim().is_empty())
    };
    let has_button = field.has_button;
    view! {
        <div class="texts">
            <For each=move || 0..count.get() key=|at| *at let:at>
                <div class="text-line">
                    <textarea
                        class="input text-field"
                        rows=field.rows
                        style=format!("--rows: {}", field.rows)
                        dir="auto"
                        placeholder=field.placeholder.clone()
                        aria-label=if at == 0 { field.label.clone() } else { format!("{} {}", field.label, at + 1) }
                        prop:value=move || written().get(at).cloned().unwrap_or_default()
                        on:input=move |event| {
                            let mut texts = untrack(written);
                            texts.resize(texts.len().max(at + 1), String::new());
                            texts[at] = event_target_value(&event);
                            put(slot, texts);
                        }
                    ></textarea>
                    <Show when=move || { count.get() > 1 }>{remove_button(slot, at)}</Show>
                </div>
            </For>
            <Show when=move || has_button && can_add()>
                <Button
                    look=Look::Quiet
                    size=Size::Small
                    icon=lu::LuPlus
                    on:click=move |_| {
                        let mut texts = untrack(written);
                        texts.push(String::new());
                        put(slot, texts);
                    }
                >
                    "Add another"
                </Button>
            </Show>
        </div>
    }
    .into_any()
}

/// Texts that stay as they were added (`editable="false"`): one field to write the next, below what is there.
fn fixed(slot: Slot, field: Field, rules: TextArea) -> AnyView {
    let written = move || texts(slot);
    let next = RwSignal::new(String::new());
    let is_twice = move || {
        let text = next.get();
        rules.skip_duplicates && !text.trim().is_empty() && written().iter().any(|known| known.trim() == text.trim())
    };
    let add = move || {
        let text = next.get_untracked();
        let mut texts = untrack(written);
        if !text.trim().is_empty() && !untrack(is_twice) {
            texts.push(text);
            put(slot, texts);
            next.set(String::new());
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let sends = event.key() == "Enter" && !event.shift_key() && !event.is_composing();
        let with_command = event.ctrl_key() || event.meta_key();
        // With nothing to add, Enter with Control means the whole of the work.
        let has_words = next.with_untracked(|next| !next.trim().is_empty());
        if sends && (with_command && has_words || !with_command && field.rows == 1) {
            event.prevent_default();
            event.stop_propagation();
            add();
        }
    };
    let has_room = move || rules.max_submissions.is_none_or(|most| written().len() < most);
    view! {
        <div class="texts">
            <For each=move || written().into_iter().enumerate() key=|entry| entry.clone() let:entry>
                <div class="text-line">
                    <p class="text-fixed" dir="auto">{entry.1.clone()}</p>
                    {remove_button(slot, entry.0)}
                </div>
            </For>
            <div class="text-line" hidden=move || !has_room()>
                <textarea
                    class="input text-field"
                    rows=field.rows
                    style=format!("--rows: {}", field.rows)
                    dir="auto"
                    placeholder=field.placeholder
                    aria-label=field.label
                    prop:value=next
                    on:input=move |event| next.set(event_target_value(&event))
                    // What is written when the field is left is meant: nothing is lost on the way to “Submit”.
                    on:change=move |_| add()
                    on:keydown=on_key
                ></textarea>
                {field.has_button.then(|| view! {
                    <Button size=Size::Small icon=lu::LuPlus on:click=move |_| add()>"Add"</Button>
                })}
            </div>
            {move || is_twice().then(|| view! { <p class="answer-problem" role="status">"This text is there already."</p> })}
        </div>
    }
    .into_any()
}
