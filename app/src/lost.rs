//! The pages for when there is no page: not found, not allowed, broken.

use domain::Kind;
use domain::project::IN_BIN;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::account::query_value;
use crate::error::AppError;
use crate::shell::Plain;
use crate::ui::{ErrorBanner, Glyph, LinkButton, Look, lu};

/// Tells the client what kind of answer this is; only the server can.
#[cfg(feature = "ssr")]
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) =
        (use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(status))
    {
        response.set_status(status);
    }
}

/// In the browser the answer is already here.
#[cfg(not(feature = "ssr"))]
pub fn set_status(_status: u16) {}

/// Nothing at this address.
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(404);
    lost(
        lu::LuSearch,
        "There is nothing here",
        "The address may be mistyped, or the thing was moved to the bin, or it belongs to an organization you are not in."
            .to_owned(),
    )
}

/// Whatever a page could not catch itself.
#[component]
pub fn Trouble(errors: ArcRwSignal<Errors>) -> impl IntoView {
    let first =
        move || errors.with(|errors| errors.iter().next().map(|(_, error)| error.downcast_ref::<AppError>().cloned()));
    move || match first().flatten() {
        Some(error) => view! { <Failed error/> }.into_any(),
        None => broken("The page could not be shown. Reload it; if that does not help, tell us what you did."),
    }
}

/// A page that could not be loaded, in place of the page.
#[component]
pub fn Failed(error: AppError) -> impl IntoView {
    let sentence = error.sentence();
    match error.kind() {
        Some(Kind::NotFound) if error.code() == Some(IN_BIN) => {
            set_status(404);
            view! {
                <Plain title="This project is in the bin" text=sentence icon=lu::LuTrash2>
                    <LinkButton href="/projects?bin=1".to_owned() look=Look::Primary wide=true>"Open the bin"</LinkButton>
                </Plain>
            }
            .into_any()
        }
        Some(Kind::NotFound) => {
            set_status(404);
            lost(lu::LuSearch, "There is nothing here", sentence)
        }
        Some(Kind::Forbidden) => {
            set_status(403);
            lost(lu::LuShield, "This is not yours to open", sentence)
        }
        Some(Kind::Unauthenticated) => {
            set_status(401);
            let here = use_location().pathname.get_untracked();
            let sign_in = format!("/login?next={}", query_value(&here));
            view! {
                <Plain title="You are signed out" text=sentence icon=lu::LuKeyRound>
                    <LinkButton href=sign_in look=Look::Primary wide=true>"Sign in"</LinkButton>
                </Plain>
            }
            .into_any()
        }
        _ => {
            set_status(error.status());
            broken(&sentence)
        }
    }
}

/// A part of a page that could not be loaded, in place of the part. The answer tells as much as for the whole page.
#[component]
pub fn PartFailed(error: AppError) -> impl IntoView {
    set_status(error.status());
    view! { <ErrorBanner error/> }
}

fn lost(icon: Glyph, title: &str, text: String) -> AnyView {
    view! {
        <Plain title=title.to_owned() text icon>
            <LinkButton href="/".to_owned() look=Look::Primary wide=true>"Go to the start"</LinkButton>
        </Plain>
    }
    .into_any()
}

fn broken(text: &str) -> AnyView {
    view! {
        <Plain title="This page could not be shown" text=text.to_owned() icon=lu::LuTriangleAlert>
            <a class="button" data-look="primary" data-wide="" href="" rel="external">"Reload the page"</a>
        </Plain>
    }
    .into_any()
}
