//! Keys of the page.

use editor::command::Command;
use editor::input::{Event, Key};
use leptos::{ev, prelude::*};
use wasm_bindgen::JsCast;

use super::pointer::modifiers_of;
use crate::annotate::bench::Bench;
use crate::annotate::browser::{self, Keyboard};

/// Buttons that change how one goes on.
const TOOLS: &str = ":is(.toolbar, .tipbar, .zoombar, .smartbar, .arrangebar) button, button.label-chip";

/// Keys anywhere on the page; while a field has the focus, only those that hand in.
pub(in crate::annotate) fn listen_to_keys(bench: Bench) {
    // Whoever picks a tool or a label with the pointer goes on working: keys are for the work then, not for the button again.
    let pointed = StoredValue::new_local(None::<web_sys::Element>);
    let clicked = window_event_listener(ev::click, move |event| {
        let button = (event.detail() > 0).then(|| event.target()).flatten();
        let button = button.and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        pointed.set_value(button.and_then(|target| target.closest(TOOLS).ok().flatten()));
    });
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
        let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let pressed = element.and_then(|e| e.closest("button, a, summary, label, [role=radio]").ok().flatten());
        if key == Key::Tab {
            pointed.set_value(None);
        }
        let is_pointed = pressed.is_some() && pointed.with_value(|pointed| *pointed == pressed);
        let on_button = pressed.is_some() && !is_pointed;
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
        clicked.remove();
        down.remove();
        up.remove();
    });
}
