//! Texts that can be changed at any time: what is in the fields is the answer.

use domain::answer::TextArea;
use leptos::{ev, prelude::*};

use super::{Field, Slot, adds, hand_in, hands_in, phrases, put, remove_button, texts};
use crate::ui::{Button, Look, Size, lu};

pub(super) fn view(slot: Slot, field: Field, rules: TextArea) -> AnyView {
    let written = move || texts(slot);
    // Fields are told apart by their place alone, so that typing never loses the focus.
    let count = Memo::new(move |_| written().len().max(1));
    let can_add = move || {
        rules.max_submissions.is_none_or(|most| count.get() < most)
            && written().last().is_some_and(|last| !last.trim().is_empty())
    };
    let place = field.place;
    let add = move || {
        if untrack(can_add) {
            let mut texts = untrack(written);
            texts.push(String::new());
            put(slot, texts);
            request_animation_frame(move || {
                if let Some(field) = Field::last(place) {
                    // Gone when the page went on meanwhile.
                    let _ = field.focus();
                }
            });
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if adds(&event, rules) {
            event.prevent_default();
            add();
        } else if hands_in(&event) {
            hand_in(slot, &event);
        } else {
            phrases::on_key(&field.shortcuts, &event);
        }
    };
    let (label, placeholder) = (field.label, field.placeholder);
    view! {
        <For each=move || 0..count.get() key=|at| *at let:at>
            <div class="text-line">
                <textarea
                    class="input text-field"
                    rows=rules.rows
                    style=format!("--rows: {}", rules.rows)
                    dir="auto"
                    placeholder=placeholder.clone()
                    aria-label=if at == 0 { label.clone() } else { format!("{label} {}", at + 1) }
                    prop:value=move || written().get(at).cloned().unwrap_or_default()
                    on:input=move |event| {
                        let mut texts = untrack(written);
                        texts.resize(texts.len().max(at + 1), String::new());
                        texts[at] = event_target_value(&event);
                        put(slot, texts);
                    }
                    on:keydown=on_key
                ></textarea>
                <Show when=move || { count.get() > 1 }>{remove_button(slot, at)}</Show>
            </div>
        </For>
        <Show when=move || rules.has_button && can_add()>
            <Button look=Look::Quiet size=Size::Small icon=lu::LuPlus on:click=move |_| add()>"Add another"</Button>
        </Show>
    }
    .into_any()
}
