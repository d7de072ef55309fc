//! Who is signed in, known to every page.

use domain::account::Me;
use leptos::prelude::*;

use super::api;
use crate::error::AppError;

/// The question "who is it", asked once per page load.
#[derive(Clone, Copy)]
pub struct Session(pub Resource<Result<Option<Me>, AppError>>);

/// The signed-in person, inside the frame of the product. Update it after a change, and everything shows it.
#[derive(Clone, Copy)]
pub struct SignedIn(pub RwSignal<Me>);

/// Call once at the root.
pub fn provide_session() {
    provide_context(Session(Resource::new_blocking(|| (), |()| api::who_am_i())));
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
