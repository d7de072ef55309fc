//! Statements about runs of actions, and the tasks they come to next.

use chrono::{DateTime, Utc};
use domain::{
    data_manager::{Action, ActionRun, Order, Pick},
    id::{ActionRunId, TaskId, UserId},
    import::RunStatus,
};
use sea_query::{Expr, ExprTrait, PostgresQueryBuilder, Query, SelectStatement};
use sea_query_sqlx::SqlxBinder;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgConnection};

use super::act;
use crate::{Result, access::ProjectAccess};

/// A run to be.
pub(super) struct New<'a> {
    pub(super) order: &'a Order,
    pub(super) pick: &'a Pick,
    pub(super) total: i64,
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    new: &New<'_>,
    now: DateTime<Utc>,
) -> Result<ActionRunId> {
    let pick = json!({ "filters": new.pick.filter.write(), "selectedItems": new.pick.selection.write() });
    Ok(sqlx::query_scalar!(
        r#"insert into action_run (project_id, user_id, action, instruction, pick, last_task_id, progress_total, created_at,
            updated_at)
        values ($1, $2, $3, $4, $5, (select coalesce(max(task_id), 0) from task where project_id = $1), $6, $7, $7)
        returning action_run_id as "run_id: ActionRunId""#,
        access.project_id().0,
        access.user_id().map(|id| id.0),
        new.order.action().id(),
        serde_json::to_value(new.order).map_err(anyhow::Error::new)?,
        pick,
        new.total,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// A run whose row is locked until the end of the transaction.
pub(super) struct Taken {
    pub(super) run_id: ActionRunId,
    pub(super) user_id: Option<UserId>,
    pub(super) instruction: Value,
    pub(super) pick: Value,
    pub(super) last_task_id: i64,
    pub(super) checkpoint: i64,
}

/// Takes a run on; `None` when it is over or gone.
pub(super) async fn take(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: ActionRunId,
    now: DateTime<Utc>,
) -> Result<Option<Taken>> {
    Ok(sqlx::query_as!(
        Taken,
        r#"update action_run set status = 'in_progress', updated_at = $3
        where project_id = $1 and action_run_id = $2 and status in ('created', 'in_progress')
        returning action_run_id as "run_id: _", user_id as "user_id: _", instruction, pick, last_task_id, checkpoint"#,
        access.project_id().0,
        run_id.0,
        now
    )
    .fetch_optional(conn)
    .await?)
}

/// Filter and selection of a run.
pub(super) fn read_pick(pick: &Value) -> Result<Pick> {
    act::read(&pick["filters"], &pick["selectedItems"])
}

/// What a batch has done.
pub(super) struct Progress {
    pub(super) done: i64,
    pub(super) changed: i64,
    pub(super) checkpoint: i64,
    pub(super) is_over: bool,
    /// Tasks it could not be carried out on.
    pub(super) failed: i64,
    /// Why, for the last of them.
    pub(super) error: Option<String>,
}

pub(super) async fn progress(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: ActionRunId,
    progress: &Progress,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update action_run set progress_done = case when $6 then progress_total else progress_done + $3 end,
            changed_count = changed_count + $4, checkpoint = $5,
            failed_count = failed_count + $8, error = coalesce($9, error),
            status = case when $6 then 'completed' else status end, finished_at = case when $6 then $7::timestamptz end, updated_at = $7
        where project_id = $1 and action_run_id = $2",
        access.project_id().0,
        run_id.0,
        progress.done,
        progress.changed,
        progress.checkpoint,
        progress.is_over,
        now,
        progress.failed,
        progress.error
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Says why a run has to wait.
pub(super) async fn waits(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: ActionRunId,
    why: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update action_run set error = $3, updated_at = $4
        where project_id = $1 and action_run_id = $2 and status in ('created', 'in_progress')",
        access.project_id().0,
        run_id.0,
        why,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// How many tasks a run has failed on, and why on the last of them.
pub(super) async fn failures(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: ActionRunId,
) -> Result<(i64, i64, Option<String>)> {
    let row = sqlx::query!(
        "select failed_count, changed_count, error from action_run where project_id = $1 and action_run_id = $2",
        access.project_id().0,
        run_id.0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.failed_count, row.changed_count, row.error))
}

pub(super) async fn fail(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: ActionRunId,
    error: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update action_run set status = 'failed', error = $3, finished_at = $4, updated_at = $4
        where project_id = $1 and action_run_id = $2 and status in ('created', 'in_progress')",
        access.project_id().0,
        run_id.0,
        error,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn get(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: ActionRunId,
) -> Result<Option<ActionRun>> {
    Ok(select(conn, access, Some(run_id), 1).await?.pop())
}

pub(super) async fn list(conn: &mut PgConnection, access: &ProjectAccess, limit: i64) -> Result<Vec<ActionRun>> {
    select(conn, access, None, limit).await
}

async fn select(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    run_id: Option<ActionRunId>,
    limit: i64,
) -> Result<Vec<ActionRun>> {
    let rows = sqlx::query!(
        r#"select r.action_run_id as "run_id: ActionRunId", r.action, r.instruction, r.status, r.error, r.progress_total,
            r.progress_done, r.changed_count, r.failed_count, r.created_at, r.finished_at, u.name as "started_by?"
        from action_run r left join user_account u on u.user_id = r.user_id
        where r.project_id = $1 and ($2::bigint is null or r.action_run_id = $2)
        order by r.action_run_id desc limit $3"#,
        access.project_id().0,
        run_id.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    let runs = rows.into_iter().filter_map(|row| {
        let order = serde_json::from_value::<Order>(row.instruction).ok();
        let status = RunStatus::from_name(&row.status).unwrap_or(RunStatus::Failed);
        let mut told = order.map(|order| order.told(row.changed_count)).unwrap_or_default();
        // Why it had to wait is of no interest any more.
        let error = row.error.filter(|_| status != RunStatus::Completed || row.failed_count > 0);
        if let (Some(why), 1..) = (&error, row.failed_count) {
            let tasks = if row.failed_count == 1 { "task" } else { "tasks" };
            told = format!("{told}; {} {tasks} failed: {why}", row.failed_count);
        }
        Some(ActionRun {
            run_id: row.run_id,
            project_id: access.project_id(),
            // What an older version knew and this one does not.
            action: Action::from_id(&row.action)?,
            status,
            error,
            failed: row.failed_count,
            total: row.progress_total,
            done: row.progress_done,
            changed: row.changed_count,
            told,
            started_by: row.started_by,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
    });
    Ok(runs.collect())
}

/// The next tasks of a run, in the order of their numbers.
pub(super) async fn next(
    conn: &mut PgConnection,
    mut tasks: SelectStatement,
    after: i64,
    last: i64,
    limit: i64,
) -> Result<Vec<TaskId>> {
    tasks
        .expr(Expr::cust("t.task_id"))
        .and_where(Expr::cust("t.task_id").gt(after))
        .and_where(Expr::cust("t.task_id").lte(last))
        .order_by_expr(Expr::cust("t.task_id"), sea_query::Order::Asc)
        .limit(u64::try_from(limit).unwrap_or(1));
    let (sql, values) = tasks.build_sqlx(PostgresQueryBuilder);
    Ok(sqlx::query_scalar_with::<_, TaskId, _>(AssertSqlSafe(sql), values).fetch_all(conn).await?)
}

/// Groups of tasks with the same data: the one that is kept first, which is one that somebody has worked on, if any.
pub(super) async fn duplicates(
    conn: &mut PgConnection,
    mut tasks: SelectStatement,
    last: i64,
    limit: usize,
) -> Result<Vec<Vec<i64>>> {
    tasks
        .expr(Expr::cust("t.task_id"))
        .expr_as(Expr::cust("t.annotation_count + t.cancelled_count > 0"), "is_worked_on")
        // The text of `jsonb` is the same for the same data, however its keys were ordered.
        .expr_as(Expr::cust("sha256(convert_to(t.data::text, 'UTF8'))"), "digest")
        .and_where(Expr::cust("t.task_id").lte(last));
    let mut groups = Query::select();
    groups
        .expr(Expr::cust("array_agg(d.task_id order by d.is_worked_on desc, d.task_id)"))
        .from_subquery(tasks, "d")
        .add_group_by([Expr::cust("d.digest")])
        .and_having(Expr::cust("count(*) > 1"))
        .limit(limit as u64);
    let (sql, values) = groups.build_sqlx(PostgresQueryBuilder);
    Ok(sqlx::query_scalar_with::<_, Vec<i64>, _>(AssertSqlSafe(sql), values).fetch_all(conn).await?)
}
