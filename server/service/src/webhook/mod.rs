//! Webhooks: setting them up, telling them what happens, and the log of that.
//!
//! Invariants:
//! - what is told was written down in the transaction of the change, so there is no message without its change and no change
//!   without its message;
//! - messages of one webhook go out in order, each at least once and under the same id however often it is sent;
//! - headers and signing keys lie sealed in the database; they are read by what sends, and a key by people who manage the
//!   webhook and ask for it;
//! - no transaction is open while a receiver is waited for.

mod job;
mod letters;
mod model;
mod outbox;
mod queue;
pub(crate) mod rehearse;
mod send;
mod sign;
mod sql;
mod tell;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::{
    Error as Problem, Kind,
    access::{OrgPermission, ProjectPermission},
    id::{DeliveryId, OrgId, ProjectId, UserId, WebhookId},
    page::{Limit, Page},
    webhook::{
        Delivery, DeliveryDetail, DeliveryFilter, DeliveryState, Header, MAX_WEBHOOKS, OLD_SECRET_HOURS, Replay, Scope,
        Webhook, WebhookForm, WebhookView,
    },
};
use serde_json::{Value, json};
use uuid::Uuid;

pub use job::{DeliverWebhook, PurgeWebhookLog, keep_waking, wake};
pub(crate) use model::{Ear, listen_for_model};
pub(crate) use tell::{Happening, Place, tell, tell_each_updated};

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, OrgAccess, ProjectAccess},
    account, audit, boxed,
    import::fetch,
    provider::ml::is_same_server,
    secret,
};

/// Proof that somebody manages webhooks there.
enum Keeper {
    Org(OrgAccess),
    Project(ProjectAccess),
}

impl Keeper {
    /// Of a scope.
    async fn of(cx: &Cx, actor: &Actor, scope: Scope) -> Result<Self> {
        Ok(match scope {
            Scope::Organization => Self::Org(access::current_org(cx, actor, OrgPermission::Manage).await?),
            Scope::Project(id) => Self::Project(access::project(cx, actor, id, ProjectPermission::Manage).await?),
        })
    }

    /// Of a webhook.
    async fn of_webhook(cx: &Cx, actor: &Actor, webhook_id: WebhookId) -> Result<Self> {
        if matches!(actor, Actor::Anonymous) {
            return Err(Problem::unauthenticated().into());
        }
        let whose = sql::whose(cx.pool(), webhook_id).await?.ok_or_else(gone)?;
        let proved = match whose.project_id {
            Some(id) => access::project(cx, actor, id, ProjectPermission::Manage).await.map(Self::Project),
            None => access::org(cx, actor, whose.org_id, OrgPermission::Manage).await.map(Self::Org),
        };
        // Of another organization, or of a project in the bin: there is no such webhook.
        proved.map_err(|error| match error {
            crate::Error::Domain(problem) if problem.kind == Kind::NotFound => gone().into(),
            other => other,
        })
    }

    fn org_id(&self) -> OrgId {
        match self {
            Self::Org(access) => access.org_id(),
            Self::Project(access) => access.org_id(),
        }
    }

    fn project_id(&self) -> Option<ProjectId> {
        match self {
            Self::Org(_) => None,
            Self::Project(access) => Some(access.project_id()),
        }
    }

    fn user_id(&self) -> Option<UserId> {
        match self {
            Self::Org(access) => access.user_id(),
            Self::Project(access) => access.user_id(),
        }
    }

    fn scope(&self) -> Scope {
        self.project_id().map_or(Scope::Organization, Scope::Project)
    }

    async fn begin(&self, cx: &Cx) -> Result<Tx> {
        match self {
            Self::Org(access) => access.begin(cx).await,
            Self::Project(access) => access.begin(cx).await,
        }
    }

    async fn read(&self, cx: &Cx, tx: &mut Tx, webhook_id: WebhookId) -> Result<Webhook> {
        let found = sql::list(tx, self.org_id(), self.project_id(), Some(webhook_id), cx.now()).await?;
        Ok(found.into_iter().next().ok_or_else(gone)?)
    }

    async fn record(
        &self,
        cx: &Cx,
        tx: &mut Tx,
        action: &'static str,
        webhook_id: WebhookId,
        data: Value,
    ) -> Result<()> {
        let event = audit::Event {
            org_id: Some(self.org_id()),
            actor_id: self.user_id(),
            action,
            subject: "webhook",
            subject_id: Some(webhook_id.0),
            data,
        };
        audit::record(cx, tx, event).await
    }
}

fn gone() -> Problem {
    Problem::not_found("webhook")
}

/// The webhooks of a project, or all of the organization: first its own, then those of its projects.
///
/// # Errors
/// *Not found*, *forbidden* without the right to change settings.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, scope: Scope) -> Result<Vec<Webhook>> {
    let keeper = Keeper::of(cx, actor, scope).await?;
    let mut tx = keeper.begin(cx).await?;
    let webhooks = sql::list(&mut tx, keeper.org_id(), keeper.project_id(), None, cx.now()).await?;
    tx.commit().await?;
    Ok(webhooks)
}

/// One webhook.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, webhook_id: WebhookId) -> Result<Webhook> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let mut tx = keeper.begin(cx).await?;
    let webhook = keeper.read(cx, &mut tx, webhook_id).await?;
    tx.commit().await?;
    Ok(webhook)
}

/// Adds a webhook, with a signing key of its own.
///
/// # Errors
/// *Not found*, *forbidden* without the right; a value outside its limits, an address that leads where it must not, more
/// than [`MAX_WEBHOOKS`].
#[boxed]
pub async fn add(cx: &Cx, actor: &Actor, scope: Scope, form: WebhookForm) -> Result<Webhook> {
    let keeper = Keeper::of(cx, actor, scope).await?;
    let form = form.checked(scope)?;
    form.may_keep_headers(&[], false)?;
    fetch::check(cx, &form.url).await?;
    let mut tx = keeper.begin(cx).await?;
    sql::lock_org(&mut tx, keeper.org_id()).await?;
    if sql::count(&mut tx, keeper.org_id(), keeper.project_id()).await? >= MAX_WEBHOOKS {
        let message = format!("There are {MAX_WEBHOOKS} webhooks here, which is the most. Remove one first.");
        return Err(Problem::conflict("too_many_webhooks", message).into());
    }
    let created_by = keeper.user_id().map(|id| id.0);
    let webhook_id = sql::insert(&mut tx, keeper.org_id(), keeper.project_id(), &form, created_by, cx.now()).await?;
    sql::put_actions(&mut tx, webhook_id, &form.actions).await?;
    put_headers(cx, &mut tx, webhook_id, &form.headers, &BTreeMap::new()).await?;
    put_key(cx, &mut tx, webhook_id).await?;
    keeper.record(cx, &mut tx, "webhook_added", webhook_id, json!({ "url": form.url })).await?;
    let webhook = keeper.read(cx, &mut tx, webhook_id).await?;
    tx.commit().await?;
    Ok(webhook)
}

/// Changes a webhook. Switched off, it drops what waits; the log keeps it.
///
/// # Errors
/// As [`add`]; *not found* for one that is gone; headers that would go to another server than they were typed for.
#[boxed]
pub async fn change(cx: &Cx, actor: &Actor, webhook_id: WebhookId, form: WebhookForm) -> Result<Webhook> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let form = form.checked(keeper.scope())?;
    fetch::check(cx, &form.url).await?;
    let mut tx = keeper.begin(cx).await?;
    sql::lock_org(&mut tx, keeper.org_id()).await?;
    let before = keeper.read(cx, &mut tx, webhook_id).await?;
    form.may_keep_headers(&before.headers, is_same_server(&before.url, &form.url))?;
    let known = match form.headers.iter().any(|header| header.value.is_none()) {
        true => {
            let sealed = queue::headers(cx.pool(), webhook_id).await?;
            open_headers(cx, webhook_id, sealed.as_deref()).map_err(|error| {
                tracing::error!(%webhook_id, error = %format_args!("{error:#}"), "headers cannot be read");
                let message = "This server can no longer read the stored headers. Please type their values again.";
                Problem::invalid("headers", "headers_unreadable", message)
            })?
        }
        false => Vec::new(),
    };
    let known = known.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    sql::update(&mut tx, webhook_id, &form, cx.now()).await?;
    sql::put_actions(&mut tx, webhook_id, &form.actions).await?;
    put_headers(cx, &mut tx, webhook_id, &form.headers, &known).await?;
    if !form.is_active {
        sql::leave(&mut tx, webhook_id).await?;
    }
    let data = json!({ "url": form.url, "is_active": form.is_active });
    keeper.record(cx, &mut tx, "webhook_changed", webhook_id, data).await?;
    let webhook = keeper.read(cx, &mut tx, webhook_id).await?;
    tx.commit().await?;
    Ok(webhook)
}

/// Switches a webhook on or off.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn set_active(cx: &Cx, actor: &Actor, webhook_id: WebhookId, is_active: bool) -> Result<Webhook> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let mut tx = keeper.begin(cx).await?;
    let before = keeper.read(cx, &mut tx, webhook_id).await?;
    if before.is_active != is_active {
        let form = WebhookForm { is_active, ..before.form() };
        sql::update(&mut tx, webhook_id, &form, cx.now()).await?;
        if !is_active {
            sql::leave(&mut tx, webhook_id).await?;
        }
        keeper.record(cx, &mut tx, "webhook_changed", webhook_id, json!({ "is_active": is_active })).await?;
    }
    let webhook = keeper.read(cx, &mut tx, webhook_id).await?;
    tx.commit().await?;
    Ok(webhook)
}

/// Removes a webhook with its log. Doing it twice is *not found* the second time.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn remove(cx: &Cx, actor: &Actor, webhook_id: WebhookId) -> Result<()> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let mut tx = keeper.begin(cx).await?;
    if let Some(url) = sql::delete(&mut tx, webhook_id).await? {
        keeper.record(cx, &mut tx, "webhook_removed", webhook_id, json!({ "url": url })).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The signing key of a webhook.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn signing_key(cx: &Cx, actor: &Actor, webhook_id: WebhookId) -> Result<String> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let mut tx = keeper.begin(cx).await?;
    keeper.record(cx, &mut tx, "webhook_key_shown", webhook_id, json!({})).await?;
    tx.commit().await?;
    let sealed = queue::keys(cx.pool(), webhook_id, cx.now()).await?;
    let newest = sealed.into_iter().take(1).collect::<Vec<_>>();
    Ok(open_keys(cx, &newest).pop().ok_or_else(|| {
        let message = "This server can no longer read the signing key. Replace it by another one.";
        Problem::conflict("signing_key_unreadable", message)
    })?)
}

/// Gives a webhook another signing key, and returns it. Messages are signed with both for [`OLD_SECRET_HOURS`].
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn rotate_key(cx: &Cx, actor: &Actor, webhook_id: WebhookId) -> Result<String> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let mut tx = keeper.begin(cx).await?;
    let key = put_key(cx, &mut tx, webhook_id).await?;
    keeper.record(cx, &mut tx, "webhook_key_rotated", webhook_id, json!({})).await?;
    tx.commit().await?;
    Ok(key)
}

/// Sends a test at once, whatever waits, and returns what became of it.
///
/// # Errors
/// *Not found*, *forbidden* without the right; too many tests within minutes. A receiver that fails is no error.
#[boxed]
pub async fn test(cx: &Cx, actor: &Actor, webhook_id: WebhookId) -> Result<DeliveryDetail> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    account::spend(cx, account::Limit::Webhook, &webhook_id.to_string()).await?;
    let event_id = cx.new_uuid();
    let mut body = json!({ "action": "TEST", "organization": keeper.org_id(), "webhook": { "id": webhook_id } });
    if let Some(project_id) = keeper.project_id() {
        body["project"] = json!({ "id": project_id });
    }
    let mut tx = keeper.begin(cx).await?;
    let (org_id, project_id) = (keeper.org_id(), keeper.project_id());
    let delivery_id =
        sql::insert_test(&mut tx, org_id, project_id, webhook_id, event_id, &body.to_string(), cx.now()).await?;
    tx.commit().await?;
    let mut tx = cx.begin().await?;
    let next = queue::one(&mut tx, webhook_id, delivery_id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    let outcome = job::attempt(cx, &mut send::Courier::default(), &next).await?;
    let mut tx = cx.begin().await?;
    let attempt = queue::lock(&mut tx, &next).await?.ok_or_else(gone)?;
    queue::insert_attempt(&mut tx, &next, attempt, &outcome).await?;
    let state = if outcome.is_delivered() { DeliveryState::Delivered } else { DeliveryState::Failed };
    queue::settle(&mut tx, &next, state, &outcome, None).await?;
    if outcome.is_delivered() {
        queue::got_through(&mut tx, webhook_id, cx.now()).await?;
    }
    tx.commit().await?;
    delivery(cx, actor, webhook_id, delivery_id).await
}

/// A webhook and the newest of its log.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn page(cx: &Cx, actor: &Actor, webhook_id: WebhookId, filter: DeliveryFilter) -> Result<WebhookView> {
    let webhook = get(cx, actor, webhook_id).await?;
    let deliveries = deliveries(cx, actor, webhook_id, filter, None, Limit::default()).await?;
    Ok(WebhookView { webhook, deliveries })
}

/// A page of the log, the newest first.
///
/// # Errors
/// *Not found*, *forbidden* without the right; a cursor that is none.
#[boxed]
pub async fn deliveries(
    cx: &Cx,
    actor: &Actor,
    webhook_id: WebhookId,
    filter: DeliveryFilter,
    after: Option<String>,
    limit: Limit,
) -> Result<Page<Delivery>> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let refused = |_| Problem::invalid("after", "cursor_malformed", "This page of the list does not exist.");
    let before: Option<DeliveryId> = after.map(|after| after.parse().map_err(refused)).transpose()?;
    let mut tx = keeper.begin(cx).await?;
    let mut items = sql::deliveries(&mut tx, webhook_id, filter, before, limit.rows() + 1).await?;
    tx.commit().await?;
    let most = usize::try_from(limit.rows()).unwrap_or(usize::MAX);
    let has_more = items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| has_more).map(|last| last.delivery_id.to_string());
    Ok(Page { items, next, total: None })
}

/// One delivery with what was sent and answered.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn delivery(
    cx: &Cx,
    actor: &Actor,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
) -> Result<DeliveryDetail> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let mut tx = keeper.begin(cx).await?;
    let found = sql::delivery(&mut tx, webhook_id, delivery_id).await?;
    let (delivery, event_id, body) = found.ok_or_else(|| Problem::not_found("delivery"))?;
    let attempts = sql::attempts(&mut tx, webhook_id, delivery_id).await?;
    tx.commit().await?;
    Ok(DeliveryDetail { delivery, message_id: message_id(event_id), body, attempts })
}

/// Sends messages once more, in their order and under their ids; returns how many. What waits behind a failure goes out now.
///
/// # Errors
/// *Not found*, *forbidden* without the right; *conflict* `webhook_off` while it is switched off.
#[boxed]
pub async fn replay(cx: &Cx, actor: &Actor, webhook_id: WebhookId, what: Replay) -> Result<u64> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let mut tx = keeper.begin(cx).await?;
    if !keeper.read(cx, &mut tx, webhook_id).await?.is_active {
        let message = "This webhook is switched off. Switch it on, then send again what it has missed.";
        return Err(Problem::conflict("webhook_off", message).into());
    }
    let count = match what {
        Replay::One(id) => sql::replay_range(&mut tx, webhook_id, id, id).await?,
        Replay::Range(first, last) => sql::replay_range(&mut tx, webhook_id, first, last).await?,
        Replay::FailedSince(since) => sql::replay_failed(&mut tx, webhook_id, since).await?,
    };
    if let (Replay::One(_), 0) = (what, count) {
        return Err(Problem::not_found("delivery").into());
    }
    sql::hurry(&mut tx, webhook_id).await?;
    keeper.record(cx, &mut tx, "webhook_replayed", webhook_id, json!({ "what": what, "count": count })).await?;
    tx.commit().await?;
    Ok(count)
}

/// Goes on without a message that waits to be tried again.
///
/// # Errors
/// *Not found*, *forbidden* without the right; *conflict* `delivery_over` where it does not wait.
#[boxed]
pub async fn skip(cx: &Cx, actor: &Actor, webhook_id: WebhookId, delivery_id: DeliveryId) -> Result<()> {
    let keeper = Keeper::of_webhook(cx, actor, webhook_id).await?;
    let mut tx = keeper.begin(cx).await?;
    sql::delivery(&mut tx, webhook_id, delivery_id).await?.ok_or_else(|| Problem::not_found("delivery"))?;
    if !sql::skip(&mut tx, webhook_id, delivery_id).await? {
        return Err(Problem::conflict("delivery_over", "This message does not wait any more.").into());
    }
    sql::hurry(&mut tx, webhook_id).await?;
    keeper.record(cx, &mut tx, "webhook_skipped", webhook_id, json!({ "delivery_id": delivery_id })).await?;
    tx.commit().await?;
    Ok(())
}

/// The id of a message: the same to every receiver and at every attempt.
fn message_id(event_id: Uuid) -> String {
    format!("msg_{}", event_id.simple())
}

fn place_of_headers(webhook_id: WebhookId) -> String {
    format!("webhook:{webhook_id}")
}

fn place_of_key(webhook_secret_id: Uuid) -> String {
    format!("webhook_secret:{webhook_secret_id}")
}

/// Stores headers; a value that was not typed is the known one.
async fn put_headers(
    cx: &Cx,
    tx: &mut Tx,
    webhook_id: WebhookId,
    headers: &[Header],
    known: &BTreeMap<String, String>,
) -> Result<()> {
    let names: Vec<String> = headers.iter().map(|header| header.name.clone()).collect();
    let values: Vec<(String, String)> = headers
        .iter()
        .map(|header| {
            let kept = || known.get(&header.name.to_ascii_lowercase()).cloned().unwrap_or_default();
            (header.name.clone(), header.value.clone().unwrap_or_else(kept))
        })
        .collect();
    let sealed = match values.is_empty() {
        true => None,
        false => {
            let plain = serde_json::to_vec(&values).map_err(anyhow::Error::new)?;
            Some(secret::seal(cx, &place_of_headers(webhook_id), &plain)?)
        }
    };
    sql::put_headers(tx, webhook_id, &names, sealed.as_deref()).await
}

fn open_headers(cx: &Cx, webhook_id: WebhookId, sealed: Option<&[u8]>) -> Result<Vec<(String, String)>> {
    let Some(sealed) = sealed else { return Ok(Vec::new()) };
    let plain = secret::open(cx, &place_of_headers(webhook_id), sealed)?;
    Ok(serde_json::from_slice(&plain).map_err(anyhow::Error::new)?)
}

/// Makes a signing key.
async fn put_key(cx: &Cx, tx: &mut Tx, webhook_id: WebhookId) -> Result<String> {
    let key = sign::key_of(cx.random_bytes());
    let webhook_secret_id = cx.new_uuid();
    let sealed = secret::seal(cx, &place_of_key(webhook_secret_id), key.as_bytes())?;
    let until = cx.now() + TimeDelta::hours(OLD_SECRET_HOURS);
    sql::put_key(tx, webhook_id, webhook_secret_id, &sealed, until, cx.now()).await?;
    Ok(key)
}

/// The signing keys that can be read. One that was sealed with a key this server has lost is passed over: another one may
/// have taken its place.
fn open_keys(cx: &Cx, sealed: &[queue::SealedKey]) -> Vec<String> {
    let open = |key: &queue::SealedKey| {
        let plain = secret::open(cx, &place_of_key(key.webhook_secret_id), &key.secret);
        if let Err(error) = &plain {
            tracing::error!(error = %format_args!("{error:#}"), "a signing key cannot be read");
        }
        String::from_utf8(plain.ok()?).ok()
    };
    sealed.iter().filter_map(open).collect()
}
