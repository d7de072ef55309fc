//! What every handler shares.

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use service::Cx;

/// Cheap to clone.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// The context of use cases.
    pub cx: Cx,
    /// Where the front end's files are and what they are called.
    pub leptos: LeptosOptions,
}
