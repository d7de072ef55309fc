//! Webhooks on screen: the list in the settings of an organization and of a project, and a page for each with its log.

mod again;
pub mod api;
mod form;
mod key;
mod log;
mod org_page;
mod page;
mod section;

use domain::webhook::{Health, Webhook};
use leptos::prelude::*;

pub use org_page::OrgWebhooksPage;
pub use page::WebhookPage;
pub(crate) use section::Webhooks;

use crate::ui::{Badge, Tone};

/// How a webhook does, as a badge.
fn health_badge(webhook: &Webhook) -> AnyView {
    let (tone, word) = match webhook.health() {
        Health::Off => (Tone::Neutral, "Off"),
        Health::GivenUp => (Tone::Danger, "Switched off"),
        Health::Failing => (Tone::Warning, "Failing"),
        Health::Fine => (Tone::Success, "Delivering"),
        Health::New => (Tone::Neutral, "Nothing sent yet"),
    };
    view! { <Badge tone dot=true>{word}</Badge> }.into_any()
}

/// What a webhook hears, in a few words.
fn hears(webhook: &Webhook) -> String {
    /// More would not fit on a line.
    const SHOWN: usize = 3;
    if webhook.send_for_all_actions {
        return "Everything that happens".to_owned();
    }
    let shown: Vec<&str> = webhook.actions.iter().take(SHOWN).map(|action| action.title()).collect();
    match webhook.actions.len().saturating_sub(SHOWN) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
