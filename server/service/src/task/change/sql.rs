//! Statements that change tasks and take them away.

use chrono::{DateTime, Utc};
use domain::{id::TaskId, result::ResultItem};
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};

use super::TaskPatch;
use crate::{Result, access::ProjectAccess};

/// A task whose row is locked until the end of the transaction.
pub(super) struct Locked {
    pub(super) task_id: TaskId,
    pub(super) data: Json<Map<String, Value>>,
    pub(super) is_labeled: bool,
}

pub(super) async fn lock(conn: &mut PgConnection, access: &ProjectAccess, task_id: TaskId) -> Result<Option<Locked>> {
    Ok(lock_all(conn, access, &[task_id.0]).await?.pop())
}

/// In the order of their numbers, so that two at once wait for each other and never for ever.
pub(super) async fn lock_all(conn: &mut PgConnection, access: &ProjectAccess, ids: &[i64]) -> Result<Vec<Locked>> {
    Ok(sqlx::query_as!(
        Locked,
        r#"select task_id as "task_id: _", data as "data: _", is_labeled from task
        where project_id = $1 and task_id = any($2) order by task_id for update"#,
        access.project_id().0,
        ids
    )
    .fetch_all(conn)
    .await?)
}

/// Writes what the patch holds; returns whether the task has all it needs.
pub(super) async fn update(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
    patch: &TaskPatch,
    now: DateTime<Utc>,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"update task t set data = coalesce($3, t.data), meta = case when $4 then $5 else t.meta end,
            overlap = coalesce($6, t.overlap), updated_at = $7,
            is_labeled = case when $6::int is null then t.is_labeled else t.annotation_count
                + case when p.skip_queue = 'IGNORE_SKIPPED' then t.cancelled_count else 0 end >= $6 end
        from project p
        where p.project_id = $1 and t.project_id = $1 and t.task_id = $2 returning t.is_labeled"#,
        access.project_id().0,
        task_id.0,
        patch.data.as_ref().map(Json) as _,
        patch.meta.is_some(),
        patch.meta.as_ref().and_then(Option::as_ref).map(Json) as _,
        patch.overlap,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// An annotation on its way out.
pub(super) struct Gone {
    pub(super) result: Json<Vec<ResultItem>>,
    pub(super) was_cancelled: bool,
}

pub(super) async fn annotations(conn: &mut PgConnection, access: &ProjectAccess, tasks: &[i64]) -> Result<Vec<Gone>> {
    Ok(sqlx::query_as!(
        Gone,
        r#"select result as "result: _", was_cancelled from annotation where project_id = $1 and task_id = any($2)"#,
        access.project_id().0,
        tasks
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn predictions(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
) -> Result<Vec<Json<Vec<ResultItem>>>> {
    Ok(sqlx::query_scalar!(
        r#"select result as "result: Json<Vec<ResultItem>>" from prediction where project_id = $1 and task_id = any($2)"#,
        access.project_id().0,
        tasks
    )
    .fetch_all(conn)
    .await?)
}

/// What belongs to them goes along.
pub(super) async fn delete(conn: &mut PgConnection, access: &ProjectAccess, ids: &[i64]) -> Result<()> {
    sqlx::query!("delete from task where project_id = $1 and task_id = any($2)", access.project_id().0, ids)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn first(conn: &mut PgConnection, access: &ProjectAccess, most: i64) -> Result<Vec<TaskId>> {
    Ok(sqlx::query_scalar!(
        r#"select task_id as "task_id: TaskId" from task where project_id = $1 order by task_id limit $2"#,
        access.project_id().0,
        most
    )
    .fetch_all(conn)
    .await?)
}
