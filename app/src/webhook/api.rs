//! The doors of the area of webhooks: ask who it is, call the use case, convert.

use domain::id::{DeliveryId, WebhookId};
use domain::page::Page;
use domain::webhook::{Delivery, DeliveryDetail, DeliveryFilter, Replay, Scope, Webhook, WebhookForm, WebhookView};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ssr::request;

/// All webhooks of the organization: its own, then those of its projects.
#[server]
pub async fn org_webhooks() -> Result<Vec<Webhook>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::list(&cx, &actor, Scope::Organization).await?)
}

/// Adds a webhook, or changes one; how it is now.
#[server(input = Json)]
pub async fn put_webhook(scope: Scope, webhook_id: Option<WebhookId>, form: WebhookForm) -> Result<Webhook, AppError> {
    let (cx, actor) = request()?;
    Ok(match webhook_id {
        Some(id) => service::webhook::change(&cx, &actor, id, form).await?,
        None => service::webhook::add(&cx, &actor, scope, form).await?,
    })
}

/// Switches a webhook on or off; how it is now.
#[server]
pub async fn set_webhook_active(webhook_id: WebhookId, is_active: bool) -> Result<Webhook, AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::set_active(&cx, &actor, webhook_id, is_active).await?)
}

/// Removes a webhook with its log.
#[server]
pub async fn remove_webhook(webhook_id: WebhookId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::remove(&cx, &actor, webhook_id).await?)
}

/// Everything the page of a webhook shows.
#[server(input = Json)]
pub async fn load_webhook(webhook_id: WebhookId, filter: DeliveryFilter) -> Result<WebhookView, AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::page(&cx, &actor, webhook_id, filter).await?)
}

/// More of the log.
#[server(input = Json)]
pub async fn webhook_deliveries(
    webhook_id: WebhookId,
    filter: DeliveryFilter,
    after: Option<String>,
) -> Result<Page<Delivery>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::deliveries(&cx, &actor, webhook_id, filter, after, domain::page::Limit::default()).await?)
}

/// One delivery with what was sent and answered.
#[server]
pub async fn webhook_delivery(webhook_id: WebhookId, delivery_id: DeliveryId) -> Result<DeliveryDetail, AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::delivery(&cx, &actor, webhook_id, delivery_id).await?)
}

/// The signing key of a webhook.
#[server]
pub async fn webhook_key(webhook_id: WebhookId) -> Result<String, AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::signing_key(&cx, &actor, webhook_id).await?)
}

/// Gives a webhook another signing key; answers the new one.
#[server]
pub async fn rotate_webhook_key(webhook_id: WebhookId) -> Result<String, AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::rotate_key(&cx, &actor, webhook_id).await?)
}

/// Sends a test; what became of it.
#[server]
pub async fn test_webhook(webhook_id: WebhookId) -> Result<DeliveryDetail, AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::test(&cx, &actor, webhook_id).await?)
}

/// Sends messages once more; how many.
#[server(input = Json)]
pub async fn replay_webhook(webhook_id: WebhookId, what: Replay) -> Result<u64, AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::replay(&cx, &actor, webhook_id, what).await?)
}

/// Goes on without a message that waits to be tried again.
#[server]
pub async fn skip_delivery(webhook_id: WebhookId, delivery_id: DeliveryId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::webhook::skip(&cx, &actor, webhook_id, delivery_id).await?)
}
