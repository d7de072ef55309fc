//! Sending what the outbox holds: in order for each webhook, side by side for all of them.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use domain::{
    id::WebhookId,
    webhook::{
        DeliveryState, KEEP_DAYS,
        retry::{OFF_AFTER_DAYS, is_given_up, pause_after},
    },
};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    letters, open_headers, open_keys,
    queue::{self, Next},
    send::{Courier, Letter, Outcome},
};
use crate::{
    Cx, Result, audit,
    job::{Job, enqueue},
    ml,
    provider::mail,
};

/// How often the outbox is looked at. A notice at each commit would be a lock that all commits wait for.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// How long to wait before looking again when the database went away.
const PAUSE: Duration = Duration::from_secs(2);
/// After so long without a sign of its job a webhook is woken again.
const FORGOTTEN: TimeDelta = TimeDelta::minutes(2);
/// How long one job goes on before it lets others have its place.
const STINT: Duration = Duration::from_secs(20);
/// How many messages are forgotten in one transaction.
const FORGET_AT_ONCE: i64 = 2_000;

/// Starts the jobs of webhooks that have something to send, for as long as the server runs.
pub async fn keep_waking(cx: Cx) {
    let mut rounds = tokio::time::interval(LOOK_EVERY);
    rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        rounds.tick().await;
        if let Err(error) = wake(&cx).await {
            tracing::warn!(error = %format_args!("{error:#}"), "the outbox of webhooks could not be looked at");
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Starts a job for each webhook that has something to send now and has none.
///
/// # Errors
/// When the database cannot be reached.
pub async fn wake(cx: &Cx) -> Result<()> {
    let mut tx = cx.begin().await?;
    for webhook_id in queue::wake(&mut tx, cx.now(), cx.now() - FORGOTTEN).await? {
        enqueue(&mut tx, &DeliverWebhook { webhook_id }).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Sends what waits for one webhook.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeliverWebhook {
    /// Which.
    pub webhook_id: WebhookId,
}

impl Job for DeliverWebhook {
    const NAME: &'static str = "deliver_webhook";

    /// In order: no two at the same time.
    fn queue(&self) -> Option<String> {
        Some(format!("webhook:{}", self.webhook_id))
    }

    fn key(&self) -> Option<String> {
        self.queue()
    }

    async fn run(&self, cx: &Cx) -> Result<()> {
        let begun = Instant::now();
        let mut courier = Courier::default();
        while begun.elapsed() < STINT {
            let Some(next) = queue::next(cx.pool(), self.webhook_id, cx.now()).await? else { break };
            let outcome = attempt(cx, &mut courier, &next).await?;
            let is_delivered = outcome.is_delivered();
            self.record(cx, &next, &outcome).await?;
            if !is_delivered {
                break;
            }
        }
        queue::rest(cx.pool(), self.webhook_id).await?;
        // A model that has heard of work may have heard of enough to learn from.
        ml::train_if_due(cx, Some(self.webhook_id)).await
    }
}

/// Sends one message.
pub(super) async fn attempt(cx: &Cx, courier: &mut Courier, next: &Next) -> Result<Outcome> {
    let sealed = queue::keys(cx.pool(), next.webhook_id, cx.now()).await?;
    let keys = open_keys(cx, &sealed);
    let headers = open_headers(cx, next.webhook_id, next.headers.as_deref()).inspect_err(|error| {
        tracing::error!(webhook_id = %next.webhook_id, error = %format_args!("{error:#}"), "headers cannot be read");
    });
    let (Ok(headers), false) = (headers, keys.is_empty()) else {
        let message = "This server can no longer read the headers or the signing key of this webhook. Type the headers again and replace the key.";
        return Ok(Outcome { message: message.to_owned(), started_at: cx.now(), ..Outcome::default() });
    };
    let letter = Letter {
        url: next.url.clone(),
        message_id: super::message_id(next.event_id),
        body: next.body.clone(),
        headers,
        keys,
    };
    Ok(courier.send(cx, &letter).await)
}

impl DeliverWebhook {
    async fn record(&self, cx: &Cx, next: &Next, outcome: &Outcome) -> Result<()> {
        let now = cx.now();
        let mut tx = cx.begin().await?;
        // Gone meanwhile, with its webhook.
        let Some(attempt) = queue::lock(&mut tx, next).await? else { return Ok(()) };
        queue::insert_attempt(&mut tx, next, attempt, outcome).await?;
        if outcome.is_delivered() {
            queue::settle(&mut tx, next, DeliveryState::Delivered, outcome, None).await?;
            queue::got_through(&mut tx, next.webhook_id, now).await?;
            tx.commit().await?;
            return Ok(());
        }
        let next_attempt_at = pause_after(next.tries + 1).map(|pause| now + pause);
        let state = if next_attempt_at.is_some() { DeliveryState::Waiting } else { DeliveryState::Failed };
        queue::settle(&mut tx, next, state, outcome, next_attempt_at).await?;
        let failing = queue::failed(&mut tx, next.webhook_id, next_attempt_at, now).await?;
        if failing.is_active && is_given_up(failing.since, now) {
            queue::switch_off(&mut tx, next.webhook_id, now).await?;
            let event = audit::Event {
                org_id: Some(failing.org_id),
                actor_id: None,
                action: "webhook_switched_off",
                subject: "webhook",
                subject_id: Some(next.webhook_id.0),
                data: json!({ "days": OFF_AFTER_DAYS, "message": outcome.message }),
            };
            audit::record(cx, &mut tx, event).await?;
            for person in queue::keepers(&mut tx, next.webhook_id).await? {
                let letter = letters::switched_off(cx, &person, next.webhook_id, &next.url, &outcome.message);
                mail::enqueue(cx, &mut tx, &letter).await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Forgets messages after their time, and signing keys that have ended.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgeWebhookLog;

impl Job for PurgeWebhookLog {
    const NAME: &'static str = "purge_webhook_log";

    async fn run(&self, cx: &Cx) -> Result<()> {
        let before = cx.now() - TimeDelta::days(KEEP_DAYS);
        while queue::forget(cx.pool(), before, FORGET_AT_ONCE).await? > 0 {}
        queue::forget_keys(cx.pool(), cx.now()).await
    }
}
