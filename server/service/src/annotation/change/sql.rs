//! Statements that store, change and take away annotations by their numbers.

use chrono::{DateTime, Utc};
use domain::{
    id::{AnnotationId, TaskId, UserId},
    result::ResultItem,
};
use sqlx::{PgConnection, types::Json};

use super::AnnotationPatch;
use crate::{Result, access::ProjectAccess};

/// Whether somebody is, or was, in the project's organization.
pub(super) async fn is_colleague(conn: &mut PgConnection, access: &ProjectAccess, user_id: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from organization_member where organization_id = $1 and user_id = $2) as "is!""#,
        access.org_id().0,
        user_id.0
    )
    .fetch_one(conn)
    .await?)
}

/// What is about to be changed.
pub(super) struct Before {
    pub(super) completed_by: Option<UserId>,
    pub(super) result: Json<Vec<ResultItem>>,
    pub(super) was_cancelled: bool,
    pub(super) ground_truth: bool,
}

pub(super) async fn get(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    annotation_id: AnnotationId,
) -> Result<Option<Before>> {
    Ok(sqlx::query_as!(
        Before,
        r#"select completed_by as "completed_by: _", result as "result: _", was_cancelled, ground_truth from annotation
        where project_id = $1 and annotation_id = $2 for update"#,
        access.project_id().0,
        annotation_id.0
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn task_of(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    annotation_id: AnnotationId,
) -> Result<Option<TaskId>> {
    Ok(sqlx::query_scalar!(
        r#"select task_id as "task_id: TaskId" from annotation where project_id = $1 and annotation_id = $2"#,
        access.project_id().0,
        annotation_id.0
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn update(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    annotation_id: AnnotationId,
    patch: &AnnotationPatch,
    me: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    let count = patch.result.as_ref().map(|result| i32::try_from(result.len()).unwrap_or(i32::MAX));
    sqlx::query!(
        "update annotation set result = coalesce($3, result), result_count = coalesce($4, result_count),
            was_cancelled = coalesce($5, was_cancelled), ground_truth = coalesce($6, ground_truth),
            lead_time_ms = coalesce($7, lead_time_ms), updated_at = $8, updated_by = $9
        where project_id = $1 and annotation_id = $2",
        access.project_id().0,
        annotation_id.0,
        patch.result.as_ref().map(Json) as _,
        count,
        patch.was_cancelled,
        patch.ground_truth,
        patch.lead_time_ms,
        now,
        me.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn delete(conn: &mut PgConnection, access: &ProjectAccess, annotation_id: AnnotationId) -> Result<()> {
    sqlx::query!(
        "delete from annotation_draft where project_id = $1 and annotation_id = $2",
        access.project_id().0,
        annotation_id.0
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from annotation where project_id = $1 and annotation_id = $2",
        access.project_id().0,
        annotation_id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts the annotations of a locked task anew, with `leases` fewer leases. Returns 1 where it has all it needs since, −1
/// where it has not any more.
pub(super) async fn recount(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
    leases: i32,
    now: DateTime<Utc>,
) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"with counted as (
            select count(*) filter (where not was_cancelled and not ground_truth)::int as valid,
                count(*) filter (where was_cancelled)::int as cancelled
            from annotation where project_id = $1 and task_id = $2
        ), before as (
            select t.is_labeled, c.valid, c.cancelled, c.valid
                    + case when p.skip_queue = 'IGNORE_SKIPPED' then c.cancelled else 0 end >= t.overlap as labeled
            from task t, counted c, project p where t.project_id = $1 and t.task_id = $2 and p.project_id = $1
        )
        update task t set annotation_count = b.valid, cancelled_count = b.cancelled, is_labeled = b.labeled,
            lease_count = greatest(t.lease_count - $3, 0),
            completed_at = case when not b.labeled then null when b.is_labeled then t.completed_at else $4 end,
            updated_at = $4
        from before b where t.project_id = $1 and t.task_id = $2
        returning b.labeled::int::bigint - b.is_labeled::int::bigint as "change!""#,
        access.project_id().0,
        task_id.0,
        leases,
        now
    )
    .fetch_one(conn)
    .await?)
}
