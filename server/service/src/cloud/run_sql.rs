//! Statements about syncs: where they stand, and where they go on.

use domain::{
    cloud::Scope,
    id::{CloudStorageId, ImportId},
    import::RunStatus,
};
use sqlx::PgConnection;

use crate::{Cx, Result, access::ProjectAccess};

/// Begins a run, unless one is under way.
pub(super) async fn begin(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    scope: Scope,
) -> Result<bool> {
    let begun = sqlx::query!(
        "update cloud_storage set run_status = 'created',
            run_cursor = case when $3 then last_key end, run_done = 0, run_total = null, run_made = 0,
            run_failed = 0, run_error = null, run_started_at = $4, run_finished_at = null, updated_at = $4
        where project_id = $1 and cloud_storage_id = $2
            and (run_status is null or run_status not in ('created', 'in_progress'))",
        access.project_id().0,
        id.0,
        scope == Scope::BehindLast,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(begun.rows_affected() == 1)
}

pub(super) async fn put_import(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    import_id: ImportId,
) -> Result<()> {
    sqlx::query!(
        "update cloud_storage set project_import_id = $3 where project_id = $1 and cloud_storage_id = $2",
        access.project_id().0,
        id.0,
        import_id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The run of the history that the last sync is.
pub(super) async fn import_of(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
) -> Result<Option<ImportId>> {
    let found = sqlx::query_scalar!(
        "select project_import_id from cloud_storage where project_id = $1 and cloud_storage_id = $2",
        access.project_id().0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten().map(ImportId))
}

/// Marks a run as under way; whether it is still wanted.
pub(super) async fn take(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    total: Option<i64>,
) -> Result<bool> {
    let taken = sqlx::query!(
        "update cloud_storage set run_status = 'in_progress', run_total = coalesce($3, run_total), updated_at = $4
        where project_id = $1 and cloud_storage_id = $2 and run_status in ('created', 'in_progress')",
        access.project_id().0,
        id.0,
        total,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// How a run has got on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Step {
    pub(crate) done: i64,
    pub(crate) made: i64,
    pub(crate) failed: i64,
    /// Where it goes on after an interruption.
    pub(crate) cursor: Option<String>,
}

/// Adds to a run; whether it is still wanted.
pub(super) async fn step(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    step: &Step,
) -> Result<bool> {
    let stepped = sqlx::query!(
        "update cloud_storage set run_done = run_done + $3, run_made = run_made + $4, run_failed = run_failed + $5,
            run_cursor = coalesce($6, run_cursor), updated_at = $7
        where project_id = $1 and cloud_storage_id = $2 and run_status = 'in_progress'",
        access.project_id().0,
        id.0,
        step.done,
        step.made,
        step.failed,
        step.cursor,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(stepped.rows_affected() == 1)
}

/// Ends a run that is under way.
pub(super) async fn finish(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    status: RunStatus,
    error: Option<&str>,
) -> Result<()> {
    let name = match status {
        RunStatus::Completed => "completed",
        RunStatus::Cancelled => "cancelled",
        RunStatus::Created | RunStatus::InProgress | RunStatus::Failed => "failed",
    };
    sqlx::query!(
        "update cloud_storage set run_status = $3, run_error = $4, run_finished_at = $5, updated_at = $5,
            last_key = case when $3 = 'completed' then greatest(last_key, run_cursor) else last_key end,
            last_sync_at = case when $3 = 'completed' then $5 else last_sync_at end,
            last_sync_count = case when $3 = 'completed' then run_made else last_sync_count end
        where project_id = $1 and cloud_storage_id = $2 and run_status in ('created', 'in_progress')",
        access.project_id().0,
        id.0,
        name,
        error,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}
