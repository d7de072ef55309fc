//! Statements of sending. They run as the owner of the tables: jobs work for all tenants, and only here is read what is sealed.

use chrono::{DateTime, Utc};
use domain::{
    id::{DeliveryId, OrgId, WebhookId},
    webhook::DeliveryState,
};
use serde_json::json;
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

use super::send::Outcome;
use crate::Result;

/// Marks the webhooks that have something to send now and no job, or one that is silent since `forgotten`.
pub(super) async fn wake(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    forgotten: DateTime<Utc>,
) -> Result<Vec<WebhookId>> {
    // From one webhook to the next along the index, however many messages each has.
    Ok(sqlx::query_scalar!(
        r#"with recursive busy as (
            (select webhook_id from webhook_delivery where state = 'waiting' order by webhook_id limit 1)
            union all
            select (select d.webhook_id from webhook_delivery d where d.state = 'waiting' and d.webhook_id > b.webhook_id
                order by d.webhook_id limit 1)
            from busy b where b.webhook_id is not null
        )
        update webhook w set woken_at = $1
        from busy b
        where w.webhook_id = b.webhook_id and w.is_active and (w.paused_until is null or w.paused_until <= $1)
            and (w.woken_at is null or w.woken_at <= $2)
        returning w.webhook_id as "webhook_id: WebhookId""#,
        now,
        forgotten
    )
    .fetch_all(conn)
    .await?)
}

/// The job has ended.
pub(super) async fn rest(pool: &PgPool, webhook_id: WebhookId) -> Result<()> {
    sqlx::query!("update webhook set woken_at = null where webhook_id = $1", webhook_id.0).execute(pool).await?;
    Ok(())
}

/// The message that is to be sent next.
pub(super) struct Next {
    pub(super) webhook_id: WebhookId,
    pub(super) delivery_id: DeliveryId,
    pub(super) org_id: OrgId,
    pub(super) event_id: Uuid,
    pub(super) url: String,
    /// Sealed.
    pub(super) headers: Option<Vec<u8>>,
    pub(super) body: String,
    /// How often it has failed since it was last begun anew.
    pub(super) tries: i32,
}

/// The first that waits, where it may be sent now.
pub(super) async fn next(pool: &PgPool, webhook_id: WebhookId, now: DateTime<Utc>) -> Result<Option<Next>> {
    Ok(sqlx::query_as!(
        Next,
        r#"select w.webhook_id as "webhook_id: WebhookId", d.webhook_delivery_id as "delivery_id: DeliveryId",
            w.organization_id as "org_id: OrgId", e.webhook_event_id as event_id, w.url, w.headers,
            case when w.send_payload then coalesce(e.body, e.brief) else e.brief end as "body!", d.tries
        from webhook w
        join webhook_delivery d on d.webhook_id = w.webhook_id and d.state = 'waiting'
        join webhook_event e on e.webhook_event_id = d.webhook_event_id
        where w.webhook_id = $1 and w.is_active and (w.paused_until is null or w.paused_until <= $2)
        order by d.webhook_delivery_id limit 1"#,
        webhook_id.0,
        now
    )
    .fetch_optional(pool)
    .await?)
}

/// A message by its number, whatever became of it.
pub(super) async fn one(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
) -> Result<Option<Next>> {
    Ok(sqlx::query_as!(
        Next,
        r#"select w.webhook_id as "webhook_id: WebhookId", d.webhook_delivery_id as "delivery_id: DeliveryId",
            w.organization_id as "org_id: OrgId", e.webhook_event_id as event_id, w.url, w.headers,
            case when w.send_payload then coalesce(e.body, e.brief) else e.brief end as "body!", d.tries
        from webhook w
        join webhook_delivery d on d.webhook_id = w.webhook_id
        join webhook_event e on e.webhook_event_id = d.webhook_event_id
        where w.webhook_id = $1 and d.webhook_delivery_id = $2"#,
        webhook_id.0,
        delivery_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// A signing key.
pub(super) struct SealedKey {
    pub(super) webhook_secret_id: Uuid,
    pub(super) secret: Vec<u8>,
}

/// The signing keys that count, the newest first.
pub(super) async fn keys(pool: &PgPool, webhook_id: WebhookId, now: DateTime<Utc>) -> Result<Vec<SealedKey>> {
    Ok(sqlx::query_as!(
        SealedKey,
        "select webhook_secret_id, secret from webhook_secret
        where webhook_id = $1 and (expires_at is null or expires_at > $2) order by webhook_secret_id desc",
        webhook_id.0,
        now
    )
    .fetch_all(pool)
    .await?)
}

/// The headers of a webhook, sealed.
pub(super) async fn headers(pool: &PgPool, webhook_id: WebhookId) -> Result<Option<Vec<u8>>> {
    Ok(sqlx::query_scalar!("select headers from webhook where webhook_id = $1", webhook_id.0)
        .fetch_optional(pool)
        .await?
        .flatten())
}

/// Locks webhook and message, and numbers the attempt; `None` when it is gone.
pub(super) async fn lock(conn: &mut PgConnection, next: &Next) -> Result<Option<i32>> {
    let webhook = sqlx::query_scalar!(
        "select webhook_id from webhook where webhook_id = $1 for no key update",
        next.webhook_id.0
    )
    .fetch_optional(&mut *conn)
    .await?;
    if webhook.is_none() {
        return Ok(None);
    }
    Ok(sqlx::query_scalar!(
        "update webhook_delivery set attempts = attempts + 1 where webhook_id = $1 and webhook_delivery_id = $2
        returning attempts",
        next.webhook_id.0,
        next.delivery_id.0
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn insert_attempt(
    conn: &mut PgConnection,
    next: &Next,
    attempt: i32,
    outcome: &Outcome,
) -> Result<()> {
    sqlx::query!(
        "insert into webhook_attempt (webhook_id, webhook_delivery_id, attempt, organization_id, started_at, duration_ms,
            status, message, request_headers, response_headers, response_body)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        next.webhook_id.0,
        next.delivery_id.0,
        attempt,
        next.org_id.0,
        outcome.started_at,
        outcome.duration_ms,
        outcome.status.map(i32::from),
        outcome.message,
        json!(outcome.request_headers),
        json!(outcome.response_headers),
        outcome.response_body
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What became of a message. One that somebody decided about meanwhile stays as they decided, unless it got through.
pub(super) async fn settle(
    conn: &mut PgConnection,
    next: &Next,
    state: DeliveryState,
    outcome: &Outcome,
    next_attempt_at: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query!(
        "update webhook_delivery set state = case when state = 'waiting' or $3 = 'delivered' then $3 else state end,
            tries = $4 + 1, status = $5, message = $6, duration_ms = $7,
            next_attempt_at = case when state = 'waiting' then $8::timestamptz end
        where webhook_id = $1 and webhook_delivery_id = $2",
        next.webhook_id.0,
        next.delivery_id.0,
        state.as_str(),
        next.tries,
        outcome.status.map(i32::from),
        outcome.message,
        outcome.duration_ms,
        next_attempt_at
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Something got through: nothing waits any longer.
pub(super) async fn got_through(conn: &mut PgConnection, webhook_id: WebhookId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update webhook set delivered_at = $2, failing_since = null, paused_until = null where webhook_id = $1",
        webhook_id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A webhook that fails.
pub(super) struct Failing {
    pub(super) org_id: OrgId,
    pub(super) since: DateTime<Utc>,
    pub(super) is_active: bool,
}

/// Something did not get through: the others wait with it until it is tried again.
pub(super) async fn failed(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Failing> {
    Ok(sqlx::query_as!(
        Failing,
        r#"update webhook set paused_until = $2, failing_since = coalesce(failing_since, $3) where webhook_id = $1
        returning organization_id as "org_id: OrgId", failing_since as "since!", is_active"#,
        webhook_id.0,
        until,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// Switches a webhook off by itself; what waits is not sent.
pub(super) async fn switch_off(conn: &mut PgConnection, webhook_id: WebhookId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update webhook set is_active = false, switched_off_at = $2, paused_until = null, updated_at = $2
        where webhook_id = $1",
        webhook_id.0,
        now
    )
    .execute(&mut *conn)
    .await?;
    super::sql::leave(conn, webhook_id).await
}

/// Somebody who is told about a webhook.
pub(super) struct Keeper {
    pub(super) name: String,
    pub(super) email: String,
}

/// Owners and admins of the organization, and who made it while they are still there.
pub(super) async fn keepers(conn: &mut PgConnection, webhook_id: WebhookId) -> Result<Vec<Keeper>> {
    Ok(sqlx::query_as!(
        Keeper,
        "select u.name, u.email from webhook w
        join organization_member m on m.organization_id = w.organization_id and m.removed_at is null
        join user_account u on u.user_id = m.user_id
        where w.webhook_id = $1 and (m.role in ('owner', 'admin') or u.user_id = w.created_by)
        order by u.user_id",
        webhook_id.0
    )
    .fetch_all(conn)
    .await?)
}

/// Forgets some of the messages before a time, with their log; how many.
pub(super) async fn forget(pool: &PgPool, before: DateTime<Utc>, most: i64) -> Result<u64> {
    let done = sqlx::query!(
        "delete from webhook_event where webhook_event_id in (
            select webhook_event_id from webhook_event where created_at < $1 order by created_at limit $2)",
        before,
        most
    )
    .execute(pool)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn forget_keys(pool: &PgPool, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("delete from webhook_secret where expires_at <= $1", now).execute(pool).await?;
    Ok(())
}
