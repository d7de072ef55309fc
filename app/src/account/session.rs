//! Who is signed in, known to every page.

use domain::account::Me;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::AppError;

/// What the server knew when it sent the page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Known {
    /// The signed-in person, if anybody is.
    pub me: Option<Me>,
    /// Whether there are pages for development.
    pub dev_pages: bool,
}

/// What is known without asking: it comes with the page, so that the frame stands before anything else is asked for.
/// Behind a question of its own the frame, and every page in it, would be made anew each time the server looks whether
/// the answer is there.
#[derive(Clone, Copy)]
pub struct Session(StoredValue<Known>);

impl Session {
    /// The signed-in person, if anybody is.
    #[must_use]
    pub fn me(self) -> Option<Me> {
        self.0.with_value(|known| known.me.clone())
    }

    /// Whether there are pages for development.
    #[must_use]
    pub fn dev_pages(self) -> bool {
        self.0.with_value(|known| known.dev_pages)
    }
}

/// The signed-in person, inside the frame of the product. Update it after a change, and everything shows it.
#[derive(Clone, Copy)]
pub struct SignedIn(pub RwSignal<Me>);

/// Call once at the root.
pub fn provide_session() {
    #[cfg(feature = "ssr")]
    let known = crate::ssr::known;
    // The browser reads what the server has written into the page.
    #[cfg(not(feature = "ssr"))]
    let known = Known::default;
    provide_context(Session(StoredValue::new(SharedValue::new(known).into_inner())));
}

/// For pages outside the frame.
#[must_use]
pub fn use_session() -> Session {
    expect_context::<Session>()
}

/// For pages inside the frame, where somebody is always signed in.
#[must_use]
pub fn use_me() -> RwSignal<Me> {
    expect_context::<SignedIn>().0
}

/// Follows an answer that says where to go with a fresh page: after signing in or out nothing of the old one holds.
pub fn leave_for(to: impl Fn() -> Option<Result<String, AppError>> + 'static) {
    Effect::new(move |_| {
        if let Some(Ok(path)) = to() {
            // The browser refuses only addresses that are none.
            let _ = window().location().assign(&path);
        }
    });
}
