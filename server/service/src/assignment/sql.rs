//! Statements of the assignment area.

use chrono::{DateTime, Utc};
use domain::{
    annotation::NoTask,
    id::{AssignmentId, TaskId, UserId},
    project::{ProjectState, Sampling},
};
use serde_json::Value;
use sqlx::PgConnection;

use crate::{Cx, Result, access::ProjectAccess};

/// What decides which task is next.
pub(super) struct Rules {
    pub(super) state: ProjectState,
    pub(super) sampling: Sampling,
    /// 0: no limit.
    pub(super) task_limit: i64,
    /// Whether the project has its model asked about tasks that are handed out.
    pub(super) asks_model: bool,
    /// The task the person holds already.
    pub(super) held: Option<TaskId>,
    /// The task the person worked on last: the next one is usually right behind it.
    pub(super) latest: Option<TaskId>,
    /// Whether somebody's time with a task has run out.
    pub(super) has_expired: bool,
}

pub(super) async fn rules(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    now: DateTime<Utc>,
) -> Result<Rules> {
    let row = sqlx::query!(
        r#"select p.state, p.sampling, p.evaluate_predictions_automatically,
            coalesce(m.task_limit, 0)::bigint as "task_limit!",
            (select s.task_id from assignment s where s.project_id = $1 and s.user_id = $2 and s.state = 'lease'
                and s.expires_at > $3 order by s.leased_at limit 1) as "held: TaskId",
            (select a.task_id from annotation a where a.project_id = $1 and a.completed_by = $2
                order by a.annotation_id desc limit 1) as "latest: TaskId",
            exists (select from assignment s where s.project_id = $1 and s.state = 'lease' and s.expires_at <= $3)
                as "has_expired!"
        from project p left join project_member m on m.project_id = p.project_id and m.user_id = $2
        where p.project_id = $1"#,
        access.project_id().0,
        me.0,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(Rules {
        state: ProjectState::from_name(&row.state).unwrap_or_default(),
        sampling: Sampling::from_name(&row.sampling).unwrap_or_default(),
        task_limit: row.task_limit,
        asks_model: row.evaluate_predictions_automatically,
        held: row.held,
        latest: row.latest,
        has_expired: row.has_expired,
    })
}

/// Releases leases whose time has run out. Tasks somebody is changing right now are left for the next call.
pub(super) async fn expire(conn: &mut PgConnection, access: &ProjectAccess, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "with locked as (
            select task_id from task
            where project_id = $1 and task_id in (
                select task_id from assignment where project_id = $1 and state = 'lease' and expires_at <= $2
                order by expires_at limit 100)
            order by task_id for update skip locked
        ), gone as (
            update assignment set state = 'expired', finished_at = $2
            where project_id = $1 and state = 'lease' and expires_at <= $2 and task_id in (select task_id from locked)
            returning task_id
        )
        update task set lease_count = lease_count - gone_from.leases, updated_at = $2
        from (select task_id, count(*)::integer as leases from gone group by task_id) gone_from
        where task.project_id = $1 and task.task_id = gone_from.task_id",
        access.project_id().0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn finished_count(conn: &mut PgConnection, access: &ProjectAccess, me: UserId) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from annotation
        where project_id = $1 and completed_by = $2 and not was_cancelled"#,
        access.project_id().0,
        me.0
    )
    .fetch_one(conn)
    .await?)
}

pub(super) async fn open_range(conn: &mut PgConnection, access: &ProjectAccess) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select coalesce(min(task_id), 0) as "first!", coalesce(max(task_id), 0) as "last!"
        from task where project_id = $1 and not is_labeled"#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.first, row.last))
}

/// Asks about the tasks that the person could be given: those of `$from` that are open, have room, and are not theirs already, by
/// work or in one of the states `$theirs`. The parameters begin with the project and the person. `offset 0` has the database look
/// at one task after the other: what it would gather first, all that the person has ever done, is more every day.
macro_rules! open {
    ($query:ident: $($of:ident,)? $($before:literal)+, from $from:literal, not $theirs:literal, $($behind:literal)+; $($value:expr),+) => {
        sqlx::$query!(
            $($of,)?
            $($before +)+ $from
                + r#" where t.project_id = $1 and not t.is_labeled and t.annotation_count + t.lease_count < t.overlap
                and not exists (select from annotation a
                    where a.project_id = $1 and a.task_id = t.task_id and a.completed_by = $2 and not a.was_cancelled
                    offset 0)
                and not exists (select from assignment l where l.project_id = $1 and l.task_id = t.task_id
                    and l.user_id = $2 and l.state in "#
                + $theirs + " offset 0) " $(+ $behind)+,
            $($value),+
        )
    };
}

/// A lease that somebody is about to get.
pub(super) struct NewLease {
    pub(super) who: UserId,
    pub(super) begins: DateTime<Utc>,
    pub(super) ends: DateTime<Utc>,
}

/// Takes the first task of [`open`] by `$order`, in which `$7` is `$value`. `skip locked` lets many people ask at once; the locked
/// row is looked at again with its newest counts, so the law holds without waiting.
macro_rules! take {
    ($cx:ident, $conn:ident, $access:ident, $new:ident, $with:literal, from $from:literal, not $theirs:literal, $order:literal
        $(, $value:expr)?) => {
        Ok(open!(
            query_scalar: "with " $with "open as (select t.task_id from ",
            from $from,
            not $theirs,
            $order r#" limit 1 for update of t skip locked
            ), lease as (
                insert into assignment (project_id, task_id, user_id, state, leased_at, heartbeat_at, expires_at)
                select $1, task_id, $2, 'lease', $3, $3, $4 from open
                returning assignment_id, task_id
            ), recorded as (
                insert into state_transition (state_transition_id, organization_id, project_id, entity, entity_id, to_state,
                    transition, actor_id, data, occurred_at)
                select $5, $6, $1, 'assignment', assignment_id, 'lease', 'lease', $2,
                    jsonb_build_object('task_id', task_id), $3
                from lease
            )
            update task set lease_count = lease_count + 1, updated_at = $3 from lease
            where task.project_id = $1 and task.task_id = lease.task_id
            returning task.task_id as "task_id: TaskId""#;
            $access.project_id().0,
            $new.who.0,
            $new.begins,
            $new.ends,
            $cx.new_uuid(),
            $access.org_id().0
            $(, $value)?
        )
        .fetch_optional($conn)
        .await?)
    };
}

/// Takes the first open task behind `after` that the person has not skipped.
pub(super) async fn lease_open(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    new: &NewLease,
    after: TaskId,
) -> Result<Option<TaskId>> {
    take!(cx, conn, access, new, "", from "task t", not "('lease', 'skipped')",
        "and t.task_id > $7 order by t.task_id", after.0)
}

/// The version whose scores say what is uncertain: the one that counts, the newest where any does.
pub(super) async fn telling_version(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select coalesce((select counting_model_version($1)), (select model_version from prediction where project_id = $1
            order by prediction_id desc limit 1))",
        access.project_id().0
    )
    .fetch_one(conn)
    .await?)
}

/// As [`lease_open`], the task of which `version` is least sure: the lowest score first, tasks of one score in their order.
pub(super) async fn lease_uncertain(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    new: &NewLease,
    version: &str,
) -> Result<Option<TaskId>> {
    take!(cx, conn, access, new, "",
        from "prediction p join task t on t.project_id = $1 and t.task_id = p.task_id", not "('lease', 'skipped')",
        "and p.project_id = $1 and p.model_version = $7 and p.task_is_open and p.score is not null order by p.score, p.task_id",
        version)
}

/// As [`lease_open`], of what the person has skipped: longest ago first, as far as the project's skip queue allows. Their own
/// later, or others' once everybody has skipped.
pub(super) async fn lease_skipped(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    new: &NewLease,
) -> Result<Option<TaskId>> {
    take!(cx, conn, access, new,
        "mine as (
            select task_id, max(finished_at) as skipped_at from assignment
            where project_id = $1 and user_id = $2 and state = 'skipped' group by task_id
        ), ",
        from "task t join mine on mine.task_id = t.task_id", not "('lease')",
        "and exists (select from project p where p.project_id = $1 and (
            p.skip_queue = 'REQUEUE_FOR_ME'
            or (p.skip_queue = 'REQUEUE_FOR_OTHERS' and not exists (
                select from project_member m where m.project_id = $1 and m.enabled and m.user_id <> $2
                    and not exists (select from assignment s where s.project_id = $1 and s.task_id = t.task_id
                        and s.user_id = m.user_id and s.state in ('skipped', 'completed', 'lease'))))))
        order by mine.skipped_at, t.task_id")
}

/// What is to be shown of a task, and the interface that shows it.
pub(super) struct Shown {
    pub(super) data: Value,
    pub(super) label_config: String,
}

/// The first task behind `after` that [`lease_open`] would take. Takes nothing.
pub(super) async fn open_behind(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    after: TaskId,
) -> Result<Option<Shown>> {
    Ok(open!(
        query_as: Shown, "select t.data, o.label_config from ",
        from "task t join project o on o.project_id = t.project_id", not "('lease', 'skipped')",
        "and t.task_id > $3 order by t.task_id limit 1";
        access.project_id().0, me.0, after.0
    )
    .fetch_optional(conn)
    .await?)
}

/// The task that [`lease_uncertain`] would take. Takes nothing.
pub(super) async fn next_uncertain(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    version: &str,
) -> Result<Option<Shown>> {
    Ok(open!(
        query_as: Shown, "select t.data, o.label_config from ",
        from "prediction p join task t on t.project_id = $1 and t.task_id = p.task_id
            join project o on o.project_id = t.project_id",
        not "('lease', 'skipped')",
        "and p.project_id = $1 and p.model_version = $3 and p.task_is_open and p.score is not null
        order by p.score, p.task_id limit 1";
        access.project_id().0, me.0, version
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn why_none(conn: &mut PgConnection, access: &ProjectAccess) -> Result<NoTask> {
    let row = sqlx::query!(
        r#"select exists (select from task where project_id = $1) as "any!",
            exists (select from task where project_id = $1 and not is_labeled) as "open!",
            exists (select from task where project_id = $1 and not is_labeled
                and annotation_count + lease_count < overlap) as "free!""#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?;
    Ok(match (row.any, row.open, row.free) {
        (false, ..) => NoTask::Empty,
        (_, false, _) => NoTask::AllLabeled,
        (_, _, false) => NoTask::AllTaken,
        _ => NoTask::NothingForYou,
    })
}

/// A live lease lives on. Returns whether there was one.
pub(super) async fn renew(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update assignment set heartbeat_at = $4, expires_at = $5
        where project_id = $1 and task_id = $2 and user_id = $3 and state = 'lease' and expires_at > $4",
        access.project_id().0,
        task_id.0,
        me.0,
        now,
        expires_at
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Remembers a skip of a task that was not leased, so that it is not given to the person again.
pub(crate) async fn insert_skipped(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
    now: DateTime<Utc>,
) -> Result<AssignmentId> {
    Ok(sqlx::query_scalar!(
        r#"insert into assignment (project_id, task_id, user_id, state, leased_at, heartbeat_at, expires_at, finished_at)
        values ($1, $2, $3, 'skipped', $4, $4, $4, $4) returning assignment_id as "assignment_id: AssignmentId""#,
        access.project_id().0,
        task_id.0,
        me.0,
        now
    )
    .fetch_one(conn)
    .await?)
}
