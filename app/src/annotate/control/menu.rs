//! Menus that fold away: Escape and a click beside close them.

use leptos::{ev, html, prelude::*};
use wasm_bindgen::JsCast;

/// A `<details>` that is a menu. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Menu {
    pub(super) node: NodeRef<html::Details>,
}

impl Menu {
    /// Once per view: it listens for clicks beside it while the view is there.
    pub(super) fn new() -> Self {
        let menu = Self { node: NodeRef::new() };
        Effect::new(move |_| {
            let listener = window_event_listener(ev::pointerdown, move |event| {
                let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
                let is_inside = menu.node.get_untracked().is_some_and(|menu| menu.contains(target.as_ref()));
                if !is_inside {
                    menu.close();
                }
            });
            on_cleanup(move || listener.remove());
        });
        menu
    }

    fn close(self) -> bool {
        let Some(details) = self.node.try_get_untracked().flatten() else { return false };
        let was_open = details.has_attribute("open");
        // Refused only for attributes that are none.
        let _ = details.remove_attribute("open");
        was_open
    }

    /// Escape closes it and gives the keyboard back to what opened it.
    pub(super) fn on_key(self, event: &ev::KeyboardEvent) {
        if event.key() != "Escape" || !self.close() {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        let opener = self.node.get_untracked().and_then(|details| details.query_selector("summary").ok().flatten());
        if let Some(opener) = opener.and_then(|opener| opener.dyn_into::<web_sys::HtmlElement>().ok()) {
            // One that has left the page takes no focus.
            let _ = opener.focus();
        }
    }
}
