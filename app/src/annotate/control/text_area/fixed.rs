//! Texts that stay as they were added (`editable="false"`): one field to write the next, below what is there.

use domain::answer::TextArea;
use leptos::{ev, prelude::*};

use super::{Field, Slot, adds, hand_in, hands_in, phrases, put, remove_button, texts};
use crate::ui::{Button, Size, lu};

pub(super) fn view(slot: Slot, field: Field, rules: TextArea) -> AnyView {
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
    // What was begun about one region is not said about the next.
    Effect::new(move |before: Option<Option<_>>| {
        let about = slot.bench.read(|editor| slot.control.with_value(|name| editor.about(name)));
        if before.is_some_and(|before| before != about) {
            next.set(String::new());
        }
        about
    });
    let on_key = move |event: ev::KeyboardEvent| {
        if adds(&event, rules) {
            event.prevent_default();
            add();
        } else if hands_in(&event) {
            // What is written is meant.
            add();
            hand_in(slot, &event);
        } else {
            phrases::on_key(&field.shortcuts, &event);
        }
    };
    let has_room = move || rules.max_submissions.is_none_or(|most| written().len() < most);
    view! {
        <For each=move || written().into_iter().enumerate() key=|entry| entry.clone() let:entry>
            <div class="text-line">
                <p class="text-fixed" dir="auto">{entry.1.clone()}</p>
                {remove_button(slot, entry.0)}
            </div>
        </For>
        <div class="text-line" hidden=move || !has_room()>
            <textarea
                class="input text-field"
                rows=rules.rows
                    style=format!("--rows: {}", rules.rows)
                dir="auto"
                placeholder=field.placeholder
                aria-label=field.label
                prop:value=next
                on:input=move |event| next.set(event_target_value(&event))
                // What is written when the field is left is meant: nothing is lost on the way to “Submit”.
                on:change=move |_| add()
                on:keydown=on_key
            ></textarea>
            {rules.has_button.then(|| view! {
                <Button size=Size::Small icon=lu::LuPlus on:click=move |_| add()>"Add"</Button>
            })}
        </div>
        {move || is_twice().then(|| view! { <p class="answer-problem" role="status">"This text is there already."</p> })}
    }
    .into_any()
}
