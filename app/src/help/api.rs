//! What the help pages ask of the server.

use leptos::prelude::*;

use crate::error::AppError;

/// The help page of that name, as safe HTML.
#[server]
#[allow(clippy::unused_async, reason = "a server function is asynchronous, whatever it does")]
pub async fn help_page(name: String) -> Result<String, AppError> {
    Ok(service::help::page(&name)?)
}
