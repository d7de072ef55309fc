//! Statements about annotations on their way to targets.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;

use crate::{Result, access::ProjectAccess};

/// An annotation that is due at the targets, and which change of it.
pub(super) struct Due {
    pub(super) annotation_id: i64,
    pub(super) revision: i64,
    pub(super) attempts: i32,
}

/// The next that are due behind one.
pub(super) async fn due(conn: &mut PgConnection, access: &ProjectAccess, after: i64, limit: i64) -> Result<Vec<Due>> {
    Ok(sqlx::query_as!(
        Due,
        "select annotation_id, revision, attempts from storage_due
        where project_id = $1 and annotation_id > $2 order by annotation_id limit $3",
        access.project_id().0,
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Takes out what is written, unless it has changed since.
pub(super) async fn written(conn: &mut PgConnection, access: &ProjectAccess, due: &[(i64, i64)]) -> Result<()> {
    let (ids, revisions): (Vec<i64>, Vec<i64>) = due.iter().copied().unzip();
    sqlx::query!(
        "delete from storage_due d using unnest($2::bigint[], $3::bigint[]) as w (annotation_id, revision)
        where d.project_id = $1 and d.annotation_id = w.annotation_id and d.revision = w.revision",
        access.project_id().0,
        &ids,
        &revisions
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts an attempt that failed; those that were tried too often are taken out, and wait for a sync.
pub(super) async fn not_written(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    due: &[(i64, i64)],
    most: i32,
) -> Result<()> {
    let (ids, revisions): (Vec<i64>, Vec<i64>) = due.iter().copied().unzip();
    sqlx::query!(
        "update storage_due d set attempts = d.attempts + 1 from unnest($2::bigint[], $3::bigint[]) as w (annotation_id, revision)
        where d.project_id = $1 and d.annotation_id = w.annotation_id and d.revision = w.revision",
        access.project_id().0,
        &ids,
        &revisions
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("delete from storage_due where project_id = $1 and attempts >= $2", access.project_id().0, most)
        .execute(conn)
        .await?;
    Ok(())
}

/// The annotations behind one, in order: what a whole sync writes.
pub(super) async fn annotations_behind(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "select annotation_id from annotation where project_id = $1 and annotation_id > $2 order by annotation_id limit $3",
        access.project_id().0,
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn annotation_count(conn: &mut PgConnection, access: &ProjectAccess) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from annotation where project_id = $1"#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?)
}

/// An annotation with its task, as it is written.
pub(super) struct Work {
    pub(super) annotation_id: i64,
    pub(super) task_id: i64,
    pub(super) inner_id: i64,
    pub(super) data: Value,
    pub(super) meta: Option<Value>,
    pub(super) task_created_at: DateTime<Utc>,
    pub(super) task_updated_at: DateTime<Utc>,
    pub(super) completed_by: Option<i64>,
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    pub(super) result: Value,
    pub(super) was_cancelled: bool,
    pub(super) ground_truth: bool,
    pub(super) lead_time_ms: Option<i64>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

pub(super) async fn work(conn: &mut PgConnection, access: &ProjectAccess, ids: &[i64]) -> Result<Vec<Work>> {
    Ok(sqlx::query_as!(
        Work,
        r#"select a.annotation_id, a.task_id, t.inner_id, t.data, t.meta, t.created_at as task_created_at,
            t.updated_at as task_updated_at, a.completed_by, u.email as "email?", u.name as "name?", a.result,
            a.was_cancelled, a.ground_truth, a.lead_time_ms, a.created_at, a.updated_at
        from annotation a
        join task t on t.project_id = a.project_id and t.task_id = a.task_id
        left join user_account u on u.user_id = a.completed_by
        where a.project_id = $1 and a.annotation_id = any($2) order by a.annotation_id"#,
        access.project_id().0,
        ids
    )
    .fetch_all(conn)
    .await?)
}
