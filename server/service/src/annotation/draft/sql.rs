//! Statements about one person's drafts.

use chrono::{DateTime, Utc};
use domain::id::{DraftId, TaskId, UserId};
use sqlx::{PgConnection, types::Json};

use super::NewDraft;
use crate::{Result, access::ProjectAccess, task::record::DraftRecord};

pub(super) async fn list(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: Option<TaskId>,
    draft_id: Option<DraftId>,
) -> Result<Vec<DraftRecord>> {
    Ok(sqlx::query_as!(
        DraftRecord,
        r#"select d.annotation_draft_id as "draft_id: _", d.task_id as "task_id: _", d.project_id as "project_id: _",
            d.user_id as "user_id: _", u.email as user_email, d.annotation_id as "annotation_id: _",
            d.result as "result: _", d.lead_time_ms, d.created_at, d.updated_at
        from annotation_draft d join user_account u using (user_id)
        where d.project_id = $1 and d.user_id = $2 and ($3::bigint is null or d.task_id = $3)
            and ($4::bigint is null or d.annotation_draft_id = $4)
        order by d.annotation_draft_id"#,
        access.project_id().0,
        me.0,
        task_id.map(|id| id.0),
        draft_id.map(|id| id.0)
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn put(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
    new: &NewDraft,
    sitting: i64,
    now: DateTime<Utc>,
) -> Result<DraftId> {
    Ok(sqlx::query_scalar!(
        r#"insert into annotation_draft as d (project_id, task_id, user_id, annotation_id, result, lead_time_ms, revision,
            sitting, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, 1, $7, $8, $8)
        on conflict (project_id, task_id, user_id, (coalesce(annotation_id, 0))) do update set
            result = excluded.result, lead_time_ms = excluded.lead_time_ms, updated_at = excluded.updated_at,
            revision = d.revision + 1, sitting = excluded.sitting
        returning annotation_draft_id as "draft_id: DraftId""#,
        access.project_id().0,
        task_id.0,
        me.0,
        new.annotation_id.map(|id| id.0),
        Json(&new.result) as _,
        new.lead_time_ms.max(0),
        sitting,
        now
    )
    .fetch_one(conn)
    .await?)
}

pub(super) async fn delete(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    draft_id: DraftId,
) -> Result<bool> {
    let done = sqlx::query!(
        "delete from annotation_draft where project_id = $1 and annotation_draft_id = $2 and user_id = $3",
        access.project_id().0,
        draft_id.0,
        me.0
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
