//! Keys of the page.

use editor::command::Command;
use editor::input::{Event, Key};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::pointer::modifiers_of;
use crate::annotate::bench::Bench;
use crate::annotate::browser::{self, Keyboard};

/// Keys anywhere on the page; while a field has the focus, only those that hand in.
pub(in crate::annotate) fn listen_to_keys(bench: Bench) {
    let down = window_event_listener(ev::keydown, move |event| {
        if event.default_prevented() || event.is_composing() {
            return;
        }
        let Some(key) = Key::from_dom_at(&event.key(), &event.code(), event.shift_key()) else { return };
        match browser::keyboard(&event) {
            Keyboard::Free => {}
            // The work is handed in from a field too, with what has just been written there.
            Keyboard::Field(field) if key == Key::Enter && (event.ctrl_key() || event.meta_key()) => {
                if !event.repeat() {
                    browser::settle(&field);
                }
            }
            Keyboard::Field(_) | Keyboard::Elsewhere => return,
        }
        let on_button = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|e| e.closest("button, a, summary, label, [role=radio]").ok().flatten().is_some());
        let modifiers = modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key());
        // Enter and space press what has the focus, arrows move among radio buttons.
        let is_for_button = !modifiers.command()
            && matches!(key, Key::Enter | Key::Space | Key::Up | Key::Down | Key::Left | Key::Right);
        if key == Key::Tab || (on_button && is_for_button) || (key == Key::Char('k') && modifiers.command()) {
            return;
        }
        // A key held down hands in once, not every task that comes.
        let hands_in = bench.peek(|editor| {
            editor.keymap().of_key(key, modifiers).any(|command| matches!(command, Command::Submit | Command::Skip))
        });
        if event.repeat() && hands_in {
            event.prevent_default();
            return;
        }
        if bench.act(|editor| editor.key(key, modifiers)).handled {
            event.prevent_default();
        }
    });
    let up = window_event_listener(ev::keyup, move |event| {
        if let Some(key) = Key::from_dom(&event.key()) {
            let object = bench.peek(|editor| editor.active().to_owned());
            let _ = bench.act(|editor| editor.handle(&object, &Event::KeyUp { key }));
        }
    });
    on_cleanup(move || {
        down.remove();
        up.remove();
    });
}
