//! Statements of managing webhooks and of reading their log, as the tenant.

use chrono::{DateTime, Utc};
use domain::{
    id::{DeliveryId, MlBackendId, OrgId, ProjectId, WebhookId},
    webhook::{Action, Attempt, Delivery, DeliveryFilter, DeliveryState, Webhook, WebhookForm},
};
use sqlx::{PgConnection, PgPool, types::Json};
use uuid::Uuid;

use crate::Result;

/// Of which organization and project a webhook is: before anything is proved.
pub(super) struct Whose {
    pub(super) org_id: OrgId,
    pub(super) project_id: Option<ProjectId>,
}

pub(super) async fn whose(pool: &PgPool, webhook_id: WebhookId) -> Result<Option<Whose>> {
    Ok(sqlx::query_as!(
        Whose,
        r#"select organization_id as "org_id: OrgId", project_id as "project_id: ProjectId" from webhook
        where webhook_id = $1"#,
        webhook_id.0
    )
    .fetch_optional(pool)
    .await?)
}

/// Whoever adds webhooks does so one after the other.
pub(super) async fn lock_org(conn: &mut PgConnection, org_id: OrgId) -> Result<()> {
    sqlx::query!("select organization_id from organization where organization_id = $1 for no key update", org_id.0)
        .fetch_one(conn)
        .await?;
    Ok(())
}

pub(super) async fn count(conn: &mut PgConnection, org_id: OrgId, project_id: Option<ProjectId>) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from webhook where organization_id = $1 and project_id is not distinct from $2
            and ml_backend_id is null"#,
        org_id.0,
        project_id.map(|id| id.0)
    )
    .fetch_one(conn)
    .await?)
}

struct Row {
    webhook_id: WebhookId,
    org_id: OrgId,
    project_id: Option<ProjectId>,
    project_title: Option<String>,
    model: Option<String>,
    url: String,
    send_payload: bool,
    send_for_all_actions: bool,
    actions: Vec<String>,
    headers: Vec<String>,
    is_active: bool,
    failing_since: Option<DateTime<Utc>>,
    switched_off_at: Option<DateTime<Utc>>,
    delivered_at: Option<DateTime<Utc>>,
    old_secret_until: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Webhook {
    fn from(row: Row) -> Self {
        let mut actions: Vec<Action> = row.actions.iter().filter_map(|name| Action::from_name(name)).collect();
        actions.sort_unstable();
        Self {
            webhook_id: row.webhook_id,
            org_id: row.org_id,
            project_id: row.project_id,
            project_title: row.project_title,
            model: row.model,
            url: row.url,
            send_payload: row.send_payload,
            send_for_all_actions: row.send_for_all_actions,
            actions,
            headers: row.headers,
            is_active: row.is_active,
            failing_since: row.failing_since,
            switched_off_at: row.switched_off_at,
            delivered_at: row.delivered_at,
            old_secret_until: row.old_secret_until,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// One webhook, those of a project, or all of an organization: first its own, then those of its projects.
pub(super) async fn list(
    conn: &mut PgConnection,
    org_id: OrgId,
    project_id: Option<ProjectId>,
    webhook_id: Option<WebhookId>,
    now: DateTime<Utc>,
) -> Result<Vec<Webhook>> {
    /// More than anybody reads.
    const MOST: i64 = 1_000;
    let rows = sqlx::query_as!(
        Row,
        r#"select w.webhook_id as "webhook_id: WebhookId", w.organization_id as "org_id: OrgId",
            w.project_id as "project_id: ProjectId", p.title as "project_title?", b.title as "model?", w.url, w.send_payload,
            w.send_for_all_actions, w.header_names as headers, w.is_active, w.failing_since, w.switched_off_at,
            w.delivered_at, w.created_at, w.updated_at,
            array(select a.action from webhook_action a where a.webhook_id = w.webhook_id) as "actions!",
            (select max(s.expires_at) from webhook_secret s where s.webhook_id = w.webhook_id and s.expires_at > $4)
                as old_secret_until
        from webhook w left join project p on p.project_id = w.project_id
            left join ml_backend b on b.project_id = w.project_id and b.ml_backend_id = w.ml_backend_id
        where w.organization_id = $1 and ($2::bigint is null or w.project_id = $2)
            and ($3::bigint is null or w.webhook_id = $3) and (w.project_id is null or p.deleted_at is null)
        order by w.project_id nulls first, w.webhook_id limit $5"#,
        org_id.0,
        project_id.map(|id| id.0),
        webhook_id.map(|id| id.0),
        now,
        MOST
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Webhook::from).collect())
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    org_id: OrgId,
    project_id: Option<ProjectId>,
    form: &WebhookForm,
    created_by: Option<i64>,
    now: DateTime<Utc>,
) -> Result<WebhookId> {
    Ok(sqlx::query_scalar!(
        r#"insert into webhook (organization_id, project_id, url, send_payload, send_for_all_actions, is_active, created_by,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning webhook_id as "webhook_id: WebhookId""#,
        org_id.0,
        project_id.map(|id| id.0),
        form.url,
        form.send_payload,
        form.send_for_all_actions,
        form.is_active,
        created_by,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// The webhook by which a model hears of the work.
pub(super) async fn of_model(conn: &mut PgConnection, ml_backend_id: MlBackendId) -> Result<Option<WebhookId>> {
    Ok(sqlx::query_scalar!(
        r#"select webhook_id as "webhook_id: WebhookId" from webhook where ml_backend_id = $1"#,
        ml_backend_id.0
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn give_to_model(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    ml_backend_id: MlBackendId,
) -> Result<()> {
    sqlx::query!("update webhook set ml_backend_id = $2 where webhook_id = $1", webhook_id.0, ml_backend_id.0)
        .execute(conn)
        .await?;
    Ok(())
}

/// All but headers and actions. An address that is new or switched on begins anew.
pub(super) async fn update(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    form: &WebhookForm,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update webhook set url = $2, send_payload = $3, send_for_all_actions = $4, is_active = $5, updated_at = $6,
            paused_until = case when url = $2 and is_active = $5 then paused_until end,
            failing_since = case when url = $2 and is_active = $5 then failing_since end,
            switched_off_at = case when not $5 then switched_off_at end
        where webhook_id = $1",
        webhook_id.0,
        form.url,
        form.send_payload,
        form.send_for_all_actions,
        form.is_active,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn put_actions(conn: &mut PgConnection, webhook_id: WebhookId, actions: &[Action]) -> Result<()> {
    let names: Vec<String> = actions.iter().map(|action| action.name().to_owned()).collect();
    sqlx::query!("delete from webhook_action where webhook_id = $1 and action <> all($2)", webhook_id.0, &names)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into webhook_action (webhook_id, action) select $1, unnest($2::text[]) on conflict do nothing",
        webhook_id.0,
        &names
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn put_headers(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    names: &[String],
    sealed: Option<&[u8]>,
) -> Result<()> {
    sqlx::query!(
        "update webhook set header_names = $2, headers = $3 where webhook_id = $1",
        webhook_id.0,
        names,
        sealed
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What waits is not sent: it can be sent again from the log.
pub(super) async fn leave(conn: &mut PgConnection, webhook_id: WebhookId) -> Result<()> {
    sqlx::query!(
        "update webhook_delivery set state = 'failed', next_attempt_at = null,
            message = case when message = '' then 'The webhook was switched off before this was sent.' else message end
        where webhook_id = $1 and state = 'waiting'",
        webhook_id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a webhook with its log, and returns its address.
pub(super) async fn delete(conn: &mut PgConnection, webhook_id: WebhookId) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!("delete from webhook where webhook_id = $1 returning url", webhook_id.0)
        .fetch_optional(conn)
        .await?)
}

/// Puts a signing key in the place of the one before, which counts until `until`.
pub(super) async fn put_key(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    webhook_secret_id: Uuid,
    sealed: &[u8],
    until: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update webhook_secret set expires_at = $2 where webhook_id = $1 and expires_at is null",
        webhook_id.0,
        until
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into webhook_secret (webhook_secret_id, webhook_id, secret, created_at) values ($1, $2, $3, $4)",
        webhook_secret_id,
        webhook_id.0,
        sealed,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A test: a message that is sent at once, outside the order.
pub(super) async fn insert_test(
    conn: &mut PgConnection,
    org_id: OrgId,
    project_id: Option<ProjectId>,
    webhook_id: WebhookId,
    event_id: Uuid,
    body: &str,
    now: DateTime<Utc>,
) -> Result<DeliveryId> {
    sqlx::query!(
        "insert into webhook_event (webhook_event_id, organization_id, project_id, brief, created_at)
        values ($1, $2, $3, $4, $5)",
        event_id,
        org_id.0,
        project_id.map(|id| id.0),
        body,
        now
    )
    .execute(&mut *conn)
    .await?;
    Ok(sqlx::query_scalar!(
        r#"insert into webhook_delivery (webhook_id, organization_id, webhook_event_id, state, message, created_at)
        values ($1, $2, $3, 'failed', 'The test was interrupted.', $4)
        returning webhook_delivery_id as "delivery_id: DeliveryId""#,
        webhook_id.0,
        org_id.0,
        event_id,
        now
    )
    .fetch_one(conn)
    .await?)
}

struct DeliveryRow {
    delivery_id: DeliveryId,
    action: Option<String>,
    state: String,
    attempts: i32,
    status: Option<i32>,
    message: String,
    duration_ms: Option<i32>,
    created_at: DateTime<Utc>,
    next_attempt_at: Option<DateTime<Utc>>,
}

impl From<DeliveryRow> for Delivery {
    fn from(row: DeliveryRow) -> Self {
        Self {
            delivery_id: row.delivery_id,
            action: row.action.as_deref().and_then(Action::from_name),
            state: DeliveryState::from_name(&row.state).unwrap_or(DeliveryState::Failed),
            attempts: row.attempts,
            status: row.status,
            message: row.message,
            duration_ms: row.duration_ms,
            created_at: row.created_at,
            next_attempt_at: row.next_attempt_at,
        }
    }
}

/// Deliveries, the newest first, before a number.
pub(super) async fn deliveries(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    filter: DeliveryFilter,
    before: Option<DeliveryId>,
    rows: i64,
) -> Result<Vec<Delivery>> {
    let rows = sqlx::query_as!(
        DeliveryRow,
        r#"select webhook_delivery_id as "delivery_id: DeliveryId", action, state, attempts, status, message, duration_ms,
            created_at, next_attempt_at
        from webhook_delivery
        where webhook_id = $1 and ($2::text is null or state = $2) and ($3::text is null or action = $3)
            and ($4::bigint is null or webhook_delivery_id < $4)
        order by webhook_delivery_id desc limit $5"#,
        webhook_id.0,
        filter.state.map(DeliveryState::as_str),
        filter.action.map(Action::name),
        before.map(|id| id.0),
        rows
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Delivery::from).collect())
}

/// A delivery, its message's id, and what is sent.
pub(super) async fn delivery(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
) -> Result<Option<(Delivery, Uuid, String)>> {
    let row = sqlx::query!(
        r#"select d.webhook_delivery_id as "delivery_id: DeliveryId", d.action, d.state, d.attempts, d.status, d.message,
            d.duration_ms, d.created_at, d.next_attempt_at, e.webhook_event_id,
            case when w.send_payload then coalesce(e.body, e.brief) else e.brief end as "body!"
        from webhook_delivery d
        join webhook w on w.webhook_id = d.webhook_id
        join webhook_event e on e.webhook_event_id = d.webhook_event_id
        where d.webhook_id = $1 and d.webhook_delivery_id = $2"#,
        webhook_id.0,
        delivery_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| {
        let delivery = DeliveryRow {
            delivery_id: row.delivery_id,
            action: row.action,
            state: row.state,
            attempts: row.attempts,
            status: row.status,
            message: row.message,
            duration_ms: row.duration_ms,
            created_at: row.created_at,
            next_attempt_at: row.next_attempt_at,
        };
        (delivery.into(), row.webhook_event_id, row.body)
    }))
}

/// Every attempt of a delivery, the newest first.
pub(super) async fn attempts(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    delivery_id: DeliveryId,
) -> Result<Vec<Attempt>> {
    /// Replays add to them without end.
    const MOST: i64 = 100;
    let rows = sqlx::query!(
        r#"select attempt, started_at, duration_ms, status, message,
            request_headers as "request_headers: Json<Vec<(String, String)>>",
            response_headers as "response_headers: Json<Vec<(String, String)>>", response_body
        from webhook_attempt where webhook_id = $1 and webhook_delivery_id = $2 order by attempt desc limit $3"#,
        webhook_id.0,
        delivery_id.0,
        MOST
    )
    .fetch_all(conn)
    .await?;
    let attempts = rows.into_iter().map(|row| Attempt {
        attempt: row.attempt,
        started_at: row.started_at,
        duration_ms: row.duration_ms,
        status: row.status,
        message: row.message,
        request_headers: row.request_headers.0,
        response_headers: row.response_headers.0,
        response_body: row.response_body,
    });
    Ok(attempts.collect())
}

/// Sends once more what lies between two numbers and is no test; how many.
pub(super) async fn replay_range(
    conn: &mut PgConnection,
    webhook_id: WebhookId,
    first: DeliveryId,
    last: DeliveryId,
) -> Result<u64> {
    let done = sqlx::query!(
        "update webhook_delivery set state = 'waiting', tries = 0, next_attempt_at = null
        where webhook_id = $1 and webhook_delivery_id between $2 and $3 and action is not null",
        webhook_id.0,
        first.0,
        last.0
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// Sends once more what has failed or was skipped since a time; how many.
pub(super) async fn replay_failed(conn: &mut PgConnection, webhook_id: WebhookId, since: DateTime<Utc>) -> Result<u64> {
    let done = sqlx::query!(
        "update webhook_delivery set state = 'waiting', tries = 0, next_attempt_at = null
        where webhook_id = $1 and state in ('failed', 'skipped') and created_at >= $2 and action is not null",
        webhook_id.0,
        since
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

/// What waits behind a failure waits no longer.
pub(super) async fn hurry(conn: &mut PgConnection, webhook_id: WebhookId) -> Result<()> {
    sqlx::query!("update webhook set paused_until = null where webhook_id = $1", webhook_id.0).execute(conn).await?;
    Ok(())
}

/// Goes on without a message that waits.
pub(super) async fn skip(conn: &mut PgConnection, webhook_id: WebhookId, delivery_id: DeliveryId) -> Result<bool> {
    let done = sqlx::query!(
        "update webhook_delivery set state = 'skipped', next_attempt_at = null
        where webhook_id = $1 and webhook_delivery_id = $2 and state = 'waiting'",
        webhook_id.0,
        delivery_id.0
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
