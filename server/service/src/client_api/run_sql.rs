//! Statements about runs.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    client_api::{FillFailure, FillOrder, FillRun},
    id::{FillRunId, ImportId, TaskId},
    import::RunStatus,
};
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};

use crate::{Result, access::ProjectAccess};

/// A new run about what there is now.
pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    order: &FillOrder,
    import_id: Option<ImportId>,
    now: DateTime<Utc>,
) -> Result<FillRunId> {
    let tasks: Vec<i64> = order.tasks.iter().map(|id| id.0).collect();
    Ok(sqlx::query_scalar!(
        r#"insert into client_api_run (project_id, user_id, fields, overwrite, project_import_id, task_ids, last_task_id, total,
            created_at)
        select $1, $2, $3, $4, $5, $6, coalesce(max(t.task_id), 0), count(t.task_id), $7
        from task t
        where t.project_id = $1 and ($5::bigint is null or t.project_import_id = $5)
            and ($6 = '{}'::bigint[] or t.task_id = any($6))
        returning client_api_run_id as "run_id: FillRunId""#,
        access.project_id().0,
        access.user_id().map(|id| id.0),
        &order.fields,
        order.overwrite,
        import_id.map(|id| id.0),
        &tasks,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// Whether a run that people have begun is not over yet.
pub(super) async fn is_under_way(conn: &mut PgConnection, access: &ProjectAccess) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from client_api_run where project_id = $1 and status in ('created', 'in_progress')
            and project_import_id is null) as "is!""#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?)
}

/// What a worker needs to know of a run.
pub(super) struct Taken {
    pub(super) run_id: FillRunId,
    pub(super) fields: Vec<String>,
    pub(super) overwrite: bool,
    pub(super) import_id: Option<ImportId>,
    pub(super) task_ids: Vec<i64>,
    pub(super) last_task_id: i64,
    pub(super) checkpoint: i64,
}

/// Takes a run on; `None` when it is over or gone.
pub(super) async fn take(conn: &mut PgConnection, access: &ProjectAccess, run_id: FillRunId) -> Result<Option<Taken>> {
    Ok(sqlx::query_as!(
        Taken,
        r#"update client_api_run set status = 'in_progress'
        where project_id = $1 and client_api_run_id = $2 and status in ('created', 'in_progress')
        returning client_api_run_id as "run_id: _", fields, overwrite, project_import_id as "import_id: _", task_ids,
            last_task_id, checkpoint"#,
        access.project_id().0,
        run_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// A task of a run.
pub(super) struct Due {
    pub(super) task_id: TaskId,
    pub(super) data: Json<Map<String, Value>>,
}

/// The next tasks of a run, in the order of their numbers.
pub(super) async fn next(conn: &mut PgConnection, access: &ProjectAccess, run: &Taken, limit: i64) -> Result<Vec<Due>> {
    let import_id = run.import_id.map(|id| id.0);
    Ok(sqlx::query_as!(
        Due,
        r#"select task_id as "task_id: _", data as "data: _" from task
        where project_id = $1 and task_id > $2 and task_id <= $3
            and ($4::bigint is null or project_import_id = $4) and ($5 = '{}'::bigint[] or task_id = any($5))
        order by task_id limit $6"#,
        access.project_id().0,
        run.checkpoint,
        run.last_task_id,
        import_id,
        &run.task_ids,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// What was written behind the checkpoint before a run was interrupted.
pub(super) async fn written(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run: &Taken,
) -> Result<BTreeSet<(TaskId, String)>> {
    let rows = sqlx::query!(
        r#"select task_id as "task_id: TaskId", data_key from client_api_outcome
        where project_id = $1 and client_api_run_id = $2 and task_id > $3"#,
        access.project_id().0,
        run.run_id.0,
        run.checkpoint
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.task_id, row.data_key)).collect())
}

pub(super) async fn write(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: FillRunId,
    task_id: TaskId,
    data_key: &str,
    reason: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into client_api_outcome (project_id, client_api_run_id, task_id, data_key, reason, happened_at)
        values ($1, $2, $3, $4, $5, $6)",
        access.project_id().0,
        run_id.0,
        task_id.0,
        data_key,
        reason,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What is added to the counts of a run.
#[derive(Default)]
pub(super) struct Counts {
    pub(super) filled: i64,
    pub(super) kept: i64,
    pub(super) failed: i64,
}

pub(super) async fn count(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: FillRunId,
    counts: &Counts,
) -> Result<()> {
    sqlx::query!(
        "update client_api_run set filled = filled + $3, kept = kept + $4, failed = failed + $5
        where project_id = $1 and client_api_run_id = $2",
        access.project_id().0,
        run_id.0,
        counts.filled,
        counts.kept,
        counts.failed
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All tasks up to this one are done; that they were filled need not be remembered any more.
pub(super) async fn step(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: FillRunId,
    checkpoint: TaskId,
    tasks: i64,
    kept: i64,
) -> Result<()> {
    sqlx::query!(
        "with forgotten as (
            delete from client_api_outcome
            where project_id = $1 and client_api_run_id = $2 and task_id <= $3 and reason is null
        )
        update client_api_run set checkpoint = $3, done = done + $4, kept = kept + $5
        where project_id = $1 and client_api_run_id = $2",
        access.project_id().0,
        run_id.0,
        checkpoint.0,
        tasks,
        kept
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a run; whether it was not over already.
pub(super) async fn finish(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: FillRunId,
    status: RunStatus,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let ended = sqlx::query!(
        "update client_api_run set status = $3, error = $4, finished_at = $5
        where project_id = $1 and client_api_run_id = $2 and status in ('created', 'in_progress')",
        access.project_id().0,
        run_id.0,
        status.as_str(),
        error,
        now
    )
    .execute(conn)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// Runs of a project, newest first: all, one, or those before one.
pub(super) async fn list(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    only: Option<FillRunId>,
    before: Option<FillRunId>,
    limit: i64,
) -> Result<Vec<FillRun>> {
    let rows = sqlx::query!(
        r#"select r.client_api_run_id as "run_id: FillRunId", r.status, r.fields, r.overwrite,
            r.project_import_id as "import_id: ImportId", r.total, r.filled, r.kept, r.failed, r.error, r.created_at,
            r.finished_at, u.name as "started_by?",
            -- those behind the checkpoint that something was written about
            r.done + case when r.status = 'in_progress' then (select count(distinct o.task_id) from client_api_outcome o
                where o.project_id = r.project_id and o.client_api_run_id = r.client_api_run_id
                and o.task_id > r.checkpoint) else 0 end as "done!"
        from client_api_run r left join user_account u on u.user_id = r.user_id
        where r.project_id = $1 and ($2::bigint is null or r.client_api_run_id = $2)
            and ($3::bigint is null or r.client_api_run_id < $3)
        order by r.client_api_run_id desc limit $4"#,
        access.project_id().0,
        only.map(|id| id.0),
        before.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    let runs = rows.into_iter().map(|row| FillRun {
        run_id: row.run_id,
        status: RunStatus::from_name(&row.status).unwrap_or(RunStatus::Failed),
        fields: row.fields,
        overwrite: row.overwrite,
        import_id: row.import_id,
        total: row.total,
        done: row.done,
        filled: row.filled,
        kept: row.kept,
        failed: row.failed,
        error: row.error,
        started_by: row.started_by,
        created_at: row.created_at,
        finished_at: row.finished_at,
    });
    Ok(runs.collect())
}

/// What could not be filled, in order, behind a task and field.
pub(super) async fn failures(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: FillRunId,
    after: (i64, &str),
    limit: i64,
) -> Result<Vec<FillFailure>> {
    Ok(sqlx::query_as!(
        FillFailure,
        r#"select task_id as "task_id: _", data_key, reason as "reason!", happened_at as at from client_api_outcome
        where project_id = $1 and client_api_run_id = $2 and reason is not null and (task_id, data_key) > ($3, $4)
        order by task_id, data_key limit $5"#,
        access.project_id().0,
        run_id.0,
        after.0,
        after.1,
        limit
    )
    .fetch_all(conn)
    .await?)
}
