//! `<Pairwise>`: which of two objects. Each side is a button; arrows go from one to the other.

use domain::answer::{Answer, Side};
use leptos::{ev, html, prelude::*};

use super::Asked;
use crate::annotate::safe::safe_style;
use crate::ui::{Icon, lu};

pub(super) fn view(asked: &Asked) -> AnyView {
    let slot = asked.slot;
    let style = safe_style(asked.get("selectionStyle"));
    let buttons: [NodeRef<html::Button>; 2] = [NodeRef::new(), NodeRef::new()];
    let chosen = move || slot.with(|answer| if let Some(Answer::Pairwise(side)) = answer { Some(*side) } else { None });
    // The one already chosen gives the choice back.
    let pick = move |side: Side| slot.put((untrack(chosen) != Some(side)).then_some(Answer::Pairwise(side)));
    let go = move |event: ev::KeyboardEvent, to: usize| {
        let here = if to == 0 { ["ArrowLeft", "ArrowUp"] } else { ["ArrowRight", "ArrowDown"] };
        if here.contains(&event.key().as_str()) {
            event.prevent_default();
            event.stop_propagation();
            if let Some(button) = buttons[to].get_untracked() {
                // A button that has left the page takes no focus.
                let _ = button.focus();
            }
        }
    };
    let side = |side: Side, node: NodeRef<html::Button>, fallback: &str| {
        let at = usize::from(side == Side::Right);
        let name = asked.question.to_names.get(at).cloned().unwrap_or_else(|| fallback.to_owned());
        let style = style.clone();
        // What is called as its side is named once.
        let says_more = !name.eq_ignore_ascii_case(fallback);
        view! {
            <button
                class="pair-side"
                type="button"
                node_ref=node
                data-side=side.code()
                style=move || (chosen() == Some(side)).then(|| style.clone()).flatten()
                aria-pressed=move || if chosen() == Some(side) { "true" } else { "false" }
                on:click=move |_| pick(side)
                on:keydown=move |event| go(event, 1 - at)
            >
                <span class="pair-mark" aria-hidden="true"><Icon icon=lu::LuCheck/></span>
                <span class="strong">{fallback.to_owned()}</span>
                {says_more.then(|| view! { <span class="muted truncate">{name}</span> })}
            </button>
        }
    };
    view! {
        <div class="pair" role="group" aria-label=asked.control.name.clone()>
            {side(Side::Left, buttons[0], "Left")}
            {side(Side::Right, buttons[1], "Right")}
        </div>
    }
    .into_any()
}
