//! Statements of the assignment area.

use chrono::{DateTime, Utc};
use domain::{
    annotation::NoTask,
    id::{AssignmentId, TaskId, UserId},
    project::ProjectState,
};
use serde_json::Value;
use sqlx::PgConnection;

use crate::{Cx, Result, access::ProjectAccess};

/// What decides which task is next.
pub(super) struct Rules {
    pub(super) state: ProjectState,
    pub(super) is_random: bool,
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
        r#"select p.state, p.sampling = 'UNIFORM' as "is_random!", p.evaluate_predictions_automatically,
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
        is_random: row.is_random,
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

/// Takes the first open task behind `after` that the person has not skipped. `skip locked` lets many people ask at once; the
/// locked row is looked at again with its newest counts, so the law holds without waiting.
pub(super) async fn lease_open(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    after: TaskId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<Option<TaskId>> {
    Ok(sqlx::query_scalar!(
        r#"with open as (
            select t.task_id from task t
            where t.project_id = $1 and t.task_id > $7 and not t.is_labeled
                and t.annotation_count + t.lease_count < t.overlap
                and not exists (select from annotation a
                    where a.project_id = $1 and a.task_id = t.task_id and a.completed_by = $2 and not a.was_cancelled)
                and not exists (select from assignment l where l.project_id = $1 and l.task_id = t.task_id
                    and l.user_id = $2 and l.state in ('lease', 'skipped'))
            order by t.task_id limit 1 for update of t skip locked
        ), lease as (
            insert into assignment (project_id, task_id, user_id, state, leased_at, heartbeat_at, expires_at)
            select $1, task_id, $2, 'lease', $3, $3, $4 from open
            returning assignment_id, task_id
        ), recorded as (
            insert into state_transition (state_transition_id, organization_id, project_id, entity, entity_id, to_state,
                transition, actor_id, data, occurred_at)
            select $5, $6, $1, 'assignment', assignment_id, 'lease', 'lease', $2, jsonb_build_object('task_id', task_id), $3
            from lease
        )
        update task set lease_count = lease_count + 1, updated_at = $3 from lease
        where task.project_id = $1 and task.task_id = lease.task_id
        returning task.task_id as "task_id: TaskId""#,
        access.project_id().0,
        me.0,
        now,
        expires_at,
        cx.new_uuid(),
        access.org_id().0,
        after.0,
    )
    .fetch_optional(conn)
    .await?)
}

/// As [`lease_open`], of what the person has skipped: longest ago first, as far as the project's skip queue allows. Their own
/// later, or others' once everybody has skipped.
pub(super) async fn lease_skipped(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<Option<TaskId>> {
    Ok(sqlx::query_scalar!(
        r#"with mine as (
            select task_id, max(finished_at) as skipped_at from assignment
            where project_id = $1 and user_id = $2 and state = 'skipped' group by task_id
        ), open as (
            select t.task_id from task t join mine on mine.task_id = t.task_id
            where t.project_id = $1 and not t.is_labeled and t.annotation_count + t.lease_count < t.overlap
                and not exists (select from annotation a
                    where a.project_id = $1 and a.task_id = t.task_id and a.completed_by = $2 and not a.was_cancelled)
                and not exists (select from assignment l
                    where l.project_id = $1 and l.task_id = t.task_id and l.user_id = $2 and l.state = 'lease')
                and exists (select from project p where p.project_id = $1 and (
                    p.skip_queue = 'REQUEUE_FOR_ME'
                    or (p.skip_queue = 'REQUEUE_FOR_OTHERS' and not exists (
                        select from project_member m where m.project_id = $1 and m.enabled and m.user_id <> $2
                            and not exists (select from assignment s where s.project_id = $1 and s.task_id = t.task_id
                                and s.user_id = m.user_id and s.state in ('skipped', 'completed', 'lease'))))))
            order by mine.skipped_at, t.task_id
            limit 1 for update of t skip locked
        ), lease as (
            insert into assignment (project_id, task_id, user_id, state, leased_at, heartbeat_at, expires_at)
            select $1, task_id, $2, 'lease', $3, $3, $4 from open
            returning assignment_id, task_id
        ), recorded as (
            insert into state_transition (state_transition_id, organization_id, project_id, entity, entity_id, to_state,
                transition, actor_id, data, occurred_at)
            select $5, $6, $1, 'assignment', assignment_id, 'lease', 'lease', $2, jsonb_build_object('task_id', task_id), $3
            from lease
        )
        update task set lease_count = lease_count + 1, updated_at = $3 from lease
        where task.project_id = $1 and task.task_id = lease.task_id
        returning task.task_id as "task_id: TaskId""#,
        access.project_id().0,
        me.0,
        now,
        expires_at,
        cx.new_uuid(),
        access.org_id().0,
    )
    .fetch_optional(conn)
    .await?)
}

/// The data of the first task behind `after` that [`lease_open`] would take, and the interface that shows it. Takes nothing.
pub(super) async fn open_behind(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    after: TaskId,
) -> Result<Option<(Value, String)>> {
    let row = sqlx::query!(
        r#"select t.data, p.label_config from task t join project p on p.project_id = t.project_id
        where t.project_id = $1 and t.task_id > $3 and not t.is_labeled
            and t.annotation_count + t.lease_count < t.overlap
            and not exists (select from annotation a
                where a.project_id = $1 and a.task_id = t.task_id and a.completed_by = $2 and not a.was_cancelled)
            and not exists (select from assignment l
                where l.project_id = $1 and l.task_id = t.task_id and l.user_id = $2 and l.state in ('lease', 'skipped'))
        order by t.task_id limit 1"#,
        access.project_id().0,
        me.0,
        after.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.data, row.label_config)))
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
