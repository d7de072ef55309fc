//! What people see: Leptos views and server functions, rendered first on the server and then alive in the browser.
//!
//! Holds no SQL, no status codes and no business arithmetic: `service` and `domain` do.
//! A folder per area of the product; `ui` is the kit they are built from, `shell` the frame around them.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::float_cmp))]

pub mod account;
pub mod annotate;
pub mod client_api;
pub mod cloud;
pub mod error;
pub mod export;
#[cfg(debug_assertions)]
mod gallery;
mod headers;
pub mod help;
mod home;
pub mod import;
pub mod label;
mod later;
mod lost;
pub mod ml;
pub mod org;
pub mod project;
mod routes;
mod run;
pub mod shell;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod ui;
mod watch;
pub mod webhook;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::Router;

/// The HTML document around the application; rendered by the server only.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=shell::theme_attribute()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#f9f9fb"/>
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#0f1013"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The application: its routes, and what every page shares.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    account::provide_session();
    shell::provide_theme();
    shell::provide_palette();
    ui::provide_now();
    ui::provide_toasts();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Synapse".to_owned() } else { format!("{title} · Synapse") }/>
        <Router>
            <a class="skip-link" href="#content" rel="external">"Skip to the content"</a>
            <routes::AppRoutes/>
            <shell::Palette/>
            <ui::Toaster/>
        </Router>
    }
}
