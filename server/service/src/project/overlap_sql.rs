//! Statements about how many annotations tasks need. All of them run behind the tenant wall.

use chrono::{DateTime, Utc};
use domain::{id::TaskId, task};
use sqlx::PgConnection;

use crate::{Result, access::ProjectAccess, import::summary};

/// How many annotations a task needs and of how many tasks in percent, before the change; the row stays locked.
pub(super) async fn lock_overlap(conn: &mut PgConnection, access: &ProjectAccess) -> Result<(i32, i32)> {
    let row = sqlx::query!(
        "select maximum_annotations, overlap_cohort_percentage from project where project_id = $1 for update",
        access.project_id().0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.maximum_annotations, row.overlap_cohort_percentage))
}

/// Gives every task the overlap the project now asks for, the cohort's or one, and counts anew which ones are done. Skips
/// count where they are ignored. Reads and writes every task of the project once.
pub(super) async fn spread_overlap(conn: &mut PgConnection, access: &ProjectAccess, now: DateTime<Utc>) -> Result<()> {
    let rule = sqlx::query!(
        "select maximum_annotations, overlap_cohort_percentage from project where project_id = $1",
        access.project_id().0
    )
    .fetch_one(&mut *conn)
    .await?;
    let tasks = sqlx::query_scalar!("select task_id from task where project_id = $1", access.project_id().0)
        .fetch_all(&mut *conn)
        .await?;
    let overlaps: Vec<i32> = tasks
        .iter()
        .map(|id| task::overlap(TaskId(*id), rule.maximum_annotations, rule.overlap_cohort_percentage))
        .collect();
    sqlx::query!(
        "update task t set overlap = wanted.overlap, updated_at = $2,
            is_labeled = t.annotation_count + case when p.skip_queue = 'IGNORE_SKIPPED' then t.cancelled_count else 0 end
                >= wanted.overlap
        from project p, unnest($3::bigint[], $4::int[]) wanted (task_id, overlap)
        where p.project_id = $1 and t.project_id = $1 and t.task_id = wanted.task_id and t.overlap <> wanted.overlap",
        access.project_id().0,
        now,
        &tasks,
        &overlaps
    )
    .execute(&mut *conn)
    .await?;
    // All of them, less those that changes tell of: one statement sees one moment.
    summary::lock(conn, access.project_id()).await?;
    sqlx::query!(
        "update project_summary set updated_at = $2,
            labeled_task_count = (select count(*) from task where project_id = $1 and is_labeled)
                - (select coalesce(sum(labeled_task_count), 0) from project_summary_change where project_id = $1)
        where project_id = $1",
        access.project_id().0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
