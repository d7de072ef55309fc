//! What the area of webhooks writes to people.

use domain::{id::WebhookId, webhook::retry::OFF_AFTER_DAYS};

use super::queue::Keeper;
use crate::{
    Cx,
    provider::mail::{Mail, letter},
};

pub(super) fn switched_off(cx: &Cx, person: &Keeper, webhook_id: WebhookId, url: &str, message: &str) -> Mail {
    let body = format!(
        "Nothing has got through to the webhook {url} for {OFF_AFTER_DAYS} days, so it was switched off. The last attempt ended like this: {message} Its log keeps what was not delivered: once the receiver works, switch the webhook on again and send that once more."
    );
    letter(
        &person.email,
        "A webhook was switched off",
        &person.name,
        &body,
        Some(("Look at the webhook", &cx.link(&format!("/webhooks/{webhook_id}")))),
        "You get this mail because you manage webhooks.",
    )
}
