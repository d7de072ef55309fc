//! Webhooks of the demo: what would be sent is written into the log as if a receiver had answered. Nothing leaves the machine.

use domain::{
    id::WebhookId,
    webhook::{DeliveryState, MASK, Scope, WebhookForm},
};

use super::{Keeper, open_keys, put_headers, put_key, queue, send::Outcome, sign, sql};
use crate::{Actor, Cx, Result};

/// A webhook whose address nobody judges, since nothing is sent there.
pub(crate) async fn add(cx: &Cx, actor: &Actor, scope: Scope, form: WebhookForm) -> Result<WebhookId> {
    let keeper = Keeper::of(cx, actor, scope).await?;
    let form = form.checked(scope)?;
    let mut tx = keeper.begin(cx).await?;
    let created_by = keeper.user_id().map(|id| id.0);
    let webhook_id = sql::insert(&mut tx, keeper.org_id(), keeper.project_id(), &form, created_by, cx.now()).await?;
    sql::put_actions(&mut tx, webhook_id, &form.actions).await?;
    put_headers(cx, &mut tx, webhook_id, &form.headers, &std::collections::BTreeMap::new()).await?;
    put_key(cx, &mut tx, webhook_id).await?;
    tx.commit().await?;
    Ok(webhook_id)
}

/// Answers the first message that waits with this status, after so many milliseconds; whether there was one.
pub(crate) async fn answer(cx: &Cx, webhook_id: WebhookId, status: u16, duration_ms: i32) -> Result<bool> {
    let Some(next) = queue::next(cx.pool(), webhook_id, cx.now()).await? else { return Ok(false) };
    let is_fine = (200..300).contains(&status);
    let keys = open_keys(cx, &queue::keys(cx.pool(), webhook_id, cx.now()).await?);
    let signed = sign::headers(&keys, &super::message_id(next.event_id), cx.now(), &next.body);
    let mut request_headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    request_headers.extend(signed.into_iter().map(|(name, value)| (name.to_owned(), value)));
    request_headers.push(("Authorization".to_owned(), MASK.to_owned()));
    let outcome = Outcome {
        status: Some(status),
        message: if is_fine { String::new() } else { format!("The receiver answered {status}.") },
        duration_ms,
        started_at: cx.now(),
        request_headers,
        response_headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        response_body: if is_fine { r#"{"ok": true}"# } else { r#"{"error": "the search index is being rebuilt"}"# }
            .to_owned(),
    };
    let mut tx = cx.begin().await?;
    let Some(attempt) = queue::lock(&mut tx, &next).await? else { return Ok(false) };
    queue::insert_attempt(&mut tx, &next, attempt, &outcome).await?;
    let state = if is_fine { DeliveryState::Delivered } else { DeliveryState::Waiting };
    queue::settle(&mut tx, &next, state, &outcome, None).await?;
    if is_fine {
        queue::got_through(&mut tx, webhook_id, cx.now()).await?;
    } else {
        queue::failed(&mut tx, webhook_id, None, cx.now()).await?;
    }
    tx.commit().await?;
    Ok(true)
}
