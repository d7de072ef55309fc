//! Statements about client APIs and what they cost.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    client_api::{ClientApi, ClientApiForm, Method, SampleTask, Taking},
    id::{ClientApiId, ImportId, TaskId},
};
use rust_decimal::Decimal;
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};

use crate::{Cx, OnConstraint, Result, access::ProjectAccess};

/// Whoever changes client APIs of a project does so one after the other.
pub(super) use crate::project::lock;

pub(super) async fn count(conn: &mut PgConnection, access: &ProjectAccess) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from project_client_api where project_id = $1"#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?)
}

/// The client APIs of a project, or one of them: by field, those of one field in their order.
pub(super) async fn list(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    only: Option<ClientApiId>,
    now: DateTime<Utc>,
) -> Result<Vec<ClientApi>> {
    let rows = sqlx::query!(
        r#"select client_api_id as "client_api_id: ClientApiId", data_key, group_name, position, url, method, header_names,
            payload, taking as "taking: Json<Taking>", timeout_s, cost_per_call, currency, budget, calls_per_day, at_import,
            is_enabled, calls, failures, cost, case when day = $3 then day_calls else 0 end as "calls_today!", called_at,
            trouble, created_at, updated_at
        from project_client_api
        where project_id = $1 and ($2::bigint is null or client_api_id = $2)
        order by min(client_api_id) over (partition by data_key), position, client_api_id"#,
        access.project_id().0,
        only.map(|id| id.0),
        now.date_naive()
    )
    .fetch_all(conn)
    .await?;
    let apis = rows.into_iter().map(|row| ClientApi {
        client_api_id: row.client_api_id,
        data_key: row.data_key,
        group: row.group_name,
        position: row.position,
        url: row.url,
        method: Method::from_name(&row.method).unwrap_or_default(),
        headers: row.header_names,
        payload: row.payload,
        taking: row.taking.0,
        timeout_s: row.timeout_s,
        cost_per_call: row.cost_per_call.normalize(),
        currency: row.currency,
        budget: row.budget.map(|budget| budget.normalize()),
        calls_per_day: row.calls_per_day,
        at_import: row.at_import,
        is_enabled: row.is_enabled,
        calls: row.calls,
        failures: row.failures,
        cost: row.cost.normalize(),
        calls_today: row.calls_today,
        called_at: row.called_at,
        trouble: row.trouble,
        created_at: row.created_at,
        updated_at: row.updated_at,
    });
    Ok(apis.collect())
}

fn twice() -> Problem {
    let message = "This field has a client API in this group already. Choose another name for the group.";
    Problem::conflict("client_api_group_taken", message).on("group")
}

const GROUP: &str = "project_client_api_group_is_unique";

/// It comes behind those that the field has.
pub(super) async fn insert(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    form: &ClientApiForm,
) -> Result<ClientApiId> {
    sqlx::query_scalar!(
        r#"insert into project_client_api (project_id, data_key, group_name, position, url, method, payload, taking, timeout_s,
            cost_per_call, currency, budget, calls_per_day, at_import, is_enabled, created_by, created_at, updated_at)
        values ($1, $2, $3, (select coalesce(max(position), 0) + 1 from project_client_api
            where project_id = $1 and data_key = $2), $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
        returning client_api_id as "id: ClientApiId""#,
        access.project_id().0,
        form.data_key,
        form.group,
        form.url,
        form.method.as_str(),
        form.payload,
        Json(&form.taking) as _,
        form.timeout_s,
        form.cost_per_call,
        form.currency,
        form.budget,
        form.calls_per_day,
        form.at_import,
        form.is_enabled,
        access.user_id().map(|id| id.0),
        cx.now()
    )
    .fetch_one(conn)
    .await
    .on_constraint(GROUP, twice)
}

/// All but its headers. What it has cost in another currency is not added to what it will.
pub(super) async fn update(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: ClientApiId,
    form: &ClientApiForm,
) -> Result<()> {
    sqlx::query!(
        "update project_client_api p set
            position = case when data_key = $3 then position else (select coalesce(max(o.position), 0) + 1
                from project_client_api o where o.project_id = $1 and o.data_key = $3) end,
            data_key = $3, group_name = $4, url = $5, method = $6, payload = $7, taking = $8, timeout_s = $9,
            cost_per_call = $10, cost = case when currency = $11 then cost else 0 end, currency = $11, budget = $12,
            calls_per_day = $13, at_import = $14, is_enabled = $15, trouble = null, updated_at = $16
        where project_id = $1 and client_api_id = $2",
        access.project_id().0,
        id.0,
        form.data_key,
        form.group,
        form.url,
        form.method.as_str(),
        form.payload,
        Json(&form.taking) as _,
        form.timeout_s,
        form.cost_per_call,
        form.currency,
        form.budget,
        form.calls_per_day,
        form.at_import,
        form.is_enabled,
        cx.now()
    )
    .execute(conn)
    .await
    .on_constraint(GROUP, twice)?;
    Ok(())
}

/// Those of a field in another order.
pub(super) async fn order(conn: &mut PgConnection, access: &ProjectAccess, ids: &[ClientApiId]) -> Result<()> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update project_client_api p set position = n.position::int
        from unnest($2::bigint[]) with ordinality n (client_api_id, position)
        where p.project_id = $1 and p.client_api_id = n.client_api_id",
        access.project_id().0,
        &ids
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes one; returns its field and group.
pub(super) async fn delete(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: ClientApiId,
) -> Result<Option<(String, String)>> {
    let row = sqlx::query!(
        "delete from project_client_api where project_id = $1 and client_api_id = $2 returning data_key, group_name",
        access.project_id().0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.data_key, row.group_name)))
}

pub(super) async fn put_headers(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: ClientApiId,
    names: &[String],
    sealed: Option<&[u8]>,
) -> Result<()> {
    sqlx::query!(
        "update project_client_api set header_names = $3, headers = $4 where project_id = $1 and client_api_id = $2",
        access.project_id().0,
        id.0,
        names,
        sealed
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The headers of a project's client APIs, sealed. As the owner of the table: only for statements that are followed by a call,
/// or by sealing them again.
pub(super) async fn headers(cx: &Cx, access: &ProjectAccess) -> Result<HashMap<ClientApiId, Vec<u8>>> {
    let rows = sqlx::query!(
        r#"select client_api_id as "id: ClientApiId", headers as "headers!" from project_client_api
        where project_id = $1 and headers is not null"#,
        access.project_id().0
    )
    .fetch_all(cx.pool())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.headers)).collect())
}

/// A call that may go out.
pub(super) struct Claimed {
    pub(super) id: ClientApiId,
    /// What it costs if it is answered.
    pub(super) cost: Decimal,
}

/// Counts a call before it goes out; nothing where it may not. What it costs is set aside until it is settled.
pub(super) async fn claim(cx: &Cx, access: &ProjectAccess, id: ClientApiId) -> Result<Option<Claimed>> {
    let mut tx = access.begin(cx).await?;
    let cost = sqlx::query_scalar!(
        "update project_client_api set calls = calls + 1, cost = cost + cost_per_call,
            day_calls = case when day = $3 then day_calls + 1 else 1 end, day = $3, called_at = $4
        where project_id = $1 and client_api_id = $2 and is_enabled
            and (calls_per_day is null or day is distinct from $3 or day_calls < calls_per_day)
            and (budget is null or cost + cost_per_call <= budget)
        returning cost_per_call",
        access.project_id().0,
        id.0,
        cx.now().date_naive(),
        cx.now()
    )
    .fetch_optional(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(cost.map(|cost| Claimed { id, cost }))
}

/// How a call went: one that was not answered costs nothing.
pub(super) async fn settle(
    cx: &Cx,
    access: &ProjectAccess,
    claimed: &Claimed,
    is_answered: bool,
    trouble: Option<&str>,
) -> Result<()> {
    let mut tx = access.begin(cx).await?;
    sqlx::query!(
        "update project_client_api set failures = failures + case when $4::text is null then 0 else 1 end, trouble = $4,
            cost = case when $5 then cost else greatest(cost - $3, 0) end
        where project_id = $1 and client_api_id = $2",
        access.project_id().0,
        claimed.id.0,
        claimed.cost,
        trouble.map(|trouble| trouble.replace('\0', "\u{fffd}")),
        is_answered
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// A task to try things with: this one, or the first.
pub(super) async fn sample(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: Option<TaskId>,
) -> Result<Option<SampleTask>> {
    let row = sqlx::query!(
        r#"select task_id as "task_id: TaskId", data as "data: Json<Map<String, Value>>" from task
        where project_id = $1 and ($2::bigint is null or task_id = $2) order by task_id limit 1"#,
        access.project_id().0,
        task_id.map(|id| id.0)
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| SampleTask { task_id: row.task_id, data: row.data.0 }))
}

/// The fields that are filled as tasks are imported, and whether this import has brought any tasks.
pub(super) async fn at_import(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select distinct data_key from project_client_api
        where project_id = $1 and at_import and is_enabled
            and exists (select from task t where t.project_id = $1 and t.project_import_id = $2)
        order by data_key",
        access.project_id().0,
        import_id.0
    )
    .fetch_all(conn)
    .await?)
}
