//! Who works on which task now.
//!
//! The law: for each task, live leases plus valid annotations never exceed its overlap, and no task is lost. A lease is
//! taken by one statement that locks the task's row; whoever changes a task's counts locks that row first.

pub(crate) mod sql;

use chrono::TimeDelta;
use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    annotation::{Desk, NoTask},
    id::{ProjectId, TaskId},
    label_config,
};
use serde_json::json;

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    audit::{self, Transition},
    boxed, media, ml, task,
};

/// A lease nobody confirms lives this long: programs, and browsers that could not load.
pub const LEASE: TimeDelta = TimeDelta::minutes(30);
/// After the first heartbeat of an open page, its silence for this long releases the task.
pub const SILENCE: TimeDelta = TimeDelta::minutes(10);
/// How often an open page says that it is there.
pub const HEARTBEAT_SECONDS: u32 = 60;

/// The next task of a person with everything the label page shows, leased to them. A task they already hold comes first,
/// so that two tabs or a reload never hoard.
///
/// # Errors
/// Without the right to label here.
#[boxed]
pub async fn next_task(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Desk> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
    let mut tx = access.begin(cx).await?;
    let found = lease_next(cx, &mut tx, &access).await?;
    let mut tx = with_prediction(cx, tx, &access, &found).await?;
    let desk = task::desk(&mut tx, &access, found).await?;
    tx.commit().await?;
    Ok(desk)
}

/// The next task of a person, leased to them, as a program asks for it.
///
/// # Errors
/// Without the right to label here; *not found* with the reason where there is none.
#[boxed]
pub async fn take_next(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<TaskId> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
    let mut tx = access.begin(cx).await?;
    let found = lease_next(cx, &mut tx, &access).await?;
    with_prediction(cx, tx, &access, &found).await?.commit().await?;
    Ok(found.map_err(|why| Problem::new(Kind::NotFound, "no_task", why.sentence()))?)
}

/// Has the model of the project asked about a task that is handed out, where the project wants that. No transaction is open
/// meanwhile: the one that goes on is another one then.
async fn with_prediction(cx: &Cx, mut tx: Tx, access: &ProjectAccess, found: &Result<TaskId, NoTask>) -> Result<Tx> {
    let Ok(task_id) = *found else { return Ok(tx) };
    if !ml::wants_prediction(&mut tx, access, task_id).await? {
        return Ok(tx);
    }
    tx.commit().await?;
    ml::at_opening(cx, access, task_id).await;
    access.begin(cx).await
}

async fn lease_next(cx: &Cx, tx: &mut Tx, access: &ProjectAccess) -> Result<Result<TaskId, NoTask>, crate::Error> {
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let now = cx.now();
    sql::one_at_a_time(tx, access, me).await?;
    let rules = sql::rules(tx, access, me).await?;
    if let Err(why) = rules.state.hands_out(access.role()) {
        return Ok(Err(why));
    }
    sql::expire(tx, access, now).await?;
    if let Some(task_id) = sql::held(tx, access, me, now).await? {
        return Ok(Ok(task_id));
    }
    if rules.task_limit > 0 && sql::finished_count(tx, access, me).await? >= rules.task_limit {
        return Ok(Err(NoTask::LimitReached));
    }
    let after = if rules.is_random { random_start(cx, tx, access).await? } else { sql::latest(tx, access, me).await? };
    let mut leased = None;
    // Onwards from where the person is, then from the beginning, then what was skipped and is due again.
    for (after, skipped_again) in [(after, false), (TaskId(0), false), (TaskId(0), true)] {
        leased = sql::lease_open(tx, access, me, after, skipped_again, now, now + LEASE).await?;
        if leased.is_some() {
            break;
        }
    }
    let Some((assignment_id, task_id)) = leased else { return Ok(Err(sql::why_none(tx, access).await?)) };
    audit::transition(
        cx,
        tx,
        Transition {
            org_id: access.org_id(),
            project_id: Some(access.project_id()),
            entity: "assignment",
            entity_id: assignment_id.0,
            from: None,
            to: "lease",
            transition: "lease",
            actor_id: Some(me),
            data: json!({ "task_id": task_id }),
        },
    )
    .await?;
    Ok(Ok(task_id))
}

async fn random_start(cx: &Cx, tx: &mut Tx, access: &ProjectAccess) -> Result<TaskId> {
    let (first, last) = sql::open_range(tx, access).await?;
    let width = u64::try_from(last - first).unwrap_or(0).saturating_add(1);
    let step = u64::from_le_bytes(cx.random_bytes()) % width;
    Ok(TaskId(first.saturating_add(i64::try_from(step).unwrap_or(0)).saturating_sub(1)))
}

/// The pictures of the task that the person is probably given after this one, for the browser to fetch while they work; its
/// document is prepared here.
/// Nothing is taken and nothing promised: somebody else may be given it before, and then they were fetched in vain.
///
/// # Errors
/// Without the right to label here.
#[boxed]
pub async fn upcoming(cx: &Cx, actor: &Actor, project_id: ProjectId, task_id: TaskId) -> Result<Vec<String>> {
    /// A list of pictures is looked at one by one.
    const MOST: usize = 4;
    let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let mut tx = access.begin(cx).await?;
    let rules = sql::rules(&mut tx, &access, me).await?;
    // Nobody looks through tasks that are not theirs: only from the one they hold, one ahead.
    let holds = sql::held(&mut tx, &access, me, cx.now()).await? == Some(task_id);
    // Where chance decides, nobody knows what comes.
    if !holds || rules.is_random || rules.state.hands_out(access.role()).is_err() {
        return Ok(Vec::new());
    }
    let Some((data, config)) = sql::open_behind(&mut tx, &access, me, task_id).await? else { return Ok(Vec::new()) };
    tx.commit().await?;
    let config = label_config::read(&config).unwrap_or_default();
    let Some(data) = data.as_object() else { return Ok(Vec::new()) };
    // Getting the pages of a document ready takes longest: one at a time, so that those that are looked at come first.
    if let Some(document) = label_config::documents(&config, data, 1).pop() {
        media::prepare_ahead(cx, access, document);
    }
    Ok(label_config::pictures(&config, data, MOST))
}

/// The page with this task is still open. Returns whether the person still holds it.
///
/// # Errors
/// Without the right to label here.
#[boxed]
pub async fn heartbeat(cx: &Cx, actor: &Actor, project_id: ProjectId, task_id: TaskId) -> Result<bool> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let mut tx = access.begin(cx).await?;
    let alive = sql::renew(&mut tx, &access, me, task_id, cx.now(), cx.now() + SILENCE).await?;
    tx.commit().await?;
    Ok(alive)
}
