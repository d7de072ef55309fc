//! Where the keyboard goes on when what had the focus is gone.

use std::sync::{Mutex, PoisonError};

use leptos::prelude::*;
use web_sys::{FocusOptions, HtmlElement};

/// What `autofocus` does to a page that is loaded, for one that is gone to: unless something has the focus already.
pub(crate) fn focus_when_free(element: HtmlElement) {
    // What was left is taken away, and a dialog gives the focus back, before the next frame but one.
    after_frames(2, move || take_when_free(&element));
}

/// How far the visit is: nothing drawn, at the page that was loaded, or gone on from there.
enum Visit {
    Begun,
    At(String),
    GoneOn,
}

/// The keyboard goes on with the page that was gone to, where its link has left with the page before. A page that was loaded
/// begins where the browser says, however often it is drawn. `here` is the path as the router knows it: the browser's own
/// comes later.
pub fn focus_page(element: HtmlElement, here: String) {
    static VISIT: Mutex<Visit> = Mutex::new(Visit::Begun);
    let mut visit = VISIT.lock().unwrap_or_else(PoisonError::into_inner);
    match &*visit {
        Visit::Begun => *visit = Visit::At(here),
        Visit::At(loaded) if *loaded == here => {}
        // A page may be drawn more than once until all of it is there: each takes what the one before had to leave.
        Visit::At(_) | Visit::GoneOn => {
            *visit = Visit::GoneOn;
            // A field that the page begins with comes first.
            after_frames(3, move || take_when_free(&element));
        }
    }
}

fn take_when_free(element: &HtmlElement) {
    let holder = document().active_element();
    if holder.is_none_or(|holder| holder.tag_name().eq_ignore_ascii_case("body")) {
        let options = FocusOptions::new();
        // A page that begins at its top stays there.
        options.set_prevent_scroll(true);
        // One that cannot take it leaves it where it is.
        let _ = element.focus_with_options(&options);
    }
}

fn after_frames(count: u32, act: impl FnOnce() + 'static) {
    match count.checked_sub(1) {
        Some(left) => request_animation_frame(move || after_frames(left, act)),
        None => act(),
    }
}
