//! The start: what the product is, for whoever is not signed in.

mod landing;

use leptos::prelude::*;
use leptos_router::components::Redirect;

use self::landing::Landing;
use crate::account::{HOME, use_session};

/// The page at `/`.
#[component]
pub fn HomePage() -> impl IntoView {
    let session = use_session();
    if session.me().is_some() { view! { <Redirect path=HOME/> }.into_any() } else { view! { <Landing/> }.into_any() }
}
