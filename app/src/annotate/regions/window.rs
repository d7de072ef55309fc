//! Which rows of the list are on the page: those in sight, and the one that has the keyboard.

use editor::annotate::Entry;
use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

/// Rows drawn beyond each end of what is in sight, so that scrolling shows no gap.
const BEYOND: usize = 8;
/// Rows drawn before anybody knows how tall the panel is.
pub(super) const FIRST: usize = 40;

/// Which rows are drawn, and which one has the keyboard.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) entries: Memo<Vec<Entry>>,
    pub(super) list: NodeRef<html::Ul>,
    pub(super) seen: RwSignal<(usize, usize)>,
    pub(super) active: RwSignal<usize>,
}

impl Window {
    pub(super) fn count(self) -> usize {
        self.entries.with(Vec::len)
    }

    /// How tall one row is, in CSS pixels: all are the same.
    fn row_height(self, list: &web_sys::HtmlUListElement) -> f64 {
        let count = self.entries.with_untracked(Vec::len);
        u32::try_from(count).map_or(0.0, |count| list.get_bounding_client_rect().height() / f64::from(count.max(1)))
    }

    /// Looks which rows are in sight now.
    pub(super) fn look(self) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let height = self.row_height(&list);
        if height < 1.0 {
            return;
        }
        let place = list.get_bounding_client_rect();
        let screen = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or(0.0);
        let (top, bottom) = match scroller(&list) {
            Some(panel) => {
                let panel = panel.get_bounding_client_rect();
                (panel.top().max(0.0), panel.bottom().min(screen))
            }
            None => (0.0, screen),
        };
        let row = |at: f64| format!("{:.0}", ((at - place.top()) / height).floor().max(0.0)).parse().unwrap_or(0_usize);
        let seen = (row(top).saturating_sub(BEYOND), row(bottom.max(top)) + 1 + BEYOND);
        if self.seen.get_untracked() != seen {
            self.seen.set(seen);
        }
    }

    /// Brings a row into sight where the panel scrolls by itself; a page that scrolls as a whole stays where it is.
    pub(super) fn reveal(self, at: usize) {
        let Some(list) = self.list.try_get_untracked().flatten() else { return };
        let Some(panel) = scroller(&list) else { return };
        let (height, at) = (self.row_height(&list), u32::try_from(at).unwrap_or(u32::MAX));
        let top = list.get_bounding_client_rect().top() + f64::from(at) * height;
        let room = panel.get_bounding_client_rect();
        // What is asked about the region lies over the end of the list.
        let about = panel.query_selector(":scope > .about-region").ok().flatten();
        let bottom = room.bottom() - about.map_or(0.0, |about| about.get_bounding_client_rect().height());
        // The heading stays on top of the rows.
        let head = list.get_bounding_client_rect().top() - room.top() + f64::from(panel.scroll_top());
        let by = if top < room.top() + head {
            top - room.top() - head
        } else if top + height > bottom {
            top + height - bottom
        } else {
            return;
        };
        panel.set_scroll_top(panel.scroll_top() + format!("{by:.0}").parse::<i32>().unwrap_or(0));
        self.look();
    }

    /// Moves the keyboard to the region at a place of the list, or to the next one on the way there from `before`: the lines
    /// between groups have nothing to press.
    pub(super) fn focus(self, at: usize, before: usize) {
        let at = self.entries.with_untracked(|entries| {
            let at = at.min(entries.len().saturating_sub(1));
            let is_region = |at: &usize| entries.get(*at).is_some_and(|entry| entry.key().is_some());
            let onwards =
                if at >= before { (at..entries.len()).find(is_region) } else { (0..=at).rev().find(is_region) };
            onwards.unwrap_or(before)
        });
        self.active.set(at);
        self.reveal(at);
        // A row that is there has the keyboard at once, before the next key; others are only now drawn.
        if !self.focus_row(at) {
            request_animation_frame(move || {
                // A later key may have gone elsewhere meanwhile.
                if self.active.try_get_untracked() == Some(at) {
                    self.focus_row(at);
                }
            });
        }
    }

    fn focus_row(self, at: usize) -> bool {
        let Some(list) = self.list.try_get_untracked().flatten() else { return false };
        let row = list.query_selector(&format!("[data-row=\"{at}\"]")).ok().flatten();
        row.and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()).is_some_and(|row| row.focus().is_ok())
    }
}

/// What scrolls the list: the panel on wide screens, the page itself on narrow ones.
fn scroller(list: &web_sys::HtmlUListElement) -> Option<web_sys::Element> {
    let panel = list.closest(".panel").ok().flatten()?;
    (panel.scroll_height() > panel.client_height()).then_some(panel)
}
