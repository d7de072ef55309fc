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
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match session.0.await {
                    Ok(Some(_)) => view! { <Redirect path=HOME/> }.into_any(),
                    // Whatever is wrong, a visitor can still read what this is.
                    Ok(None) | Err(_) => view! { <Landing/> }.into_any(),
                }
            })}
        </Suspense>
    }
    .into_any()
}
