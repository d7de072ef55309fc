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
    id::{ProjectId, TaskId, UserId},
    label_config,
    project::Sampling,
};

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    boxed, media, ml,
    task::{
        self,
        record::{TaskRecord, With},
    },
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
    let (mut tx, found) = lease_next(cx, &access).await?;
    let desk = task::desk(&mut tx, &access, found).await?;
    tx.commit().await?;
    Ok(desk)
}

/// The next task of a person, leased to them, with all that belongs to it: as a program asks for it.
///
/// # Errors
/// Without the right to label here; *not found* with the reason where there is none.
#[boxed]
pub async fn take_next(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<TaskRecord> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
    let (mut tx, found) = lease_next(cx, &access).await?;
    let record = match found {
        Ok(task_id) => task::record::read(&mut tx, &access, &[task_id.0], With::ALL).await?.pop(),
        Err(_) => None,
    };
    tx.commit().await?;
    found.map_err(|why| Problem::new(Kind::NotFound, "no_task", why.sentence()))?;
    Ok(record.ok_or_else(|| Problem::not_found("task"))?)
}

/// Leases a task in a transaction that goes on. Where the project wants that, its model is asked about a task that is handed
/// out; no transaction is open meanwhile: the one that goes on is another one then.
async fn lease_next(cx: &Cx, access: &ProjectAccess) -> Result<(Tx, Result<TaskId, NoTask>)> {
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let mut tx = access.begin_handing_out(cx).await?;
    let rules = sql::rules(&mut tx, access, me, cx.now()).await?;
    let found = lease_by(cx, &mut tx, access, me, &rules).await?;
    let Ok(task_id) = found else { return Ok((tx, found)) };
    if !rules.asks_model || !ml::wants_prediction(&mut tx, access, task_id).await? {
        return Ok((tx, found));
    }
    tx.commit().await?;
    ml::at_opening(cx, access, task_id).await;
    Ok((access.begin(cx).await?, found))
}

async fn lease_by(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    me: UserId,
    rules: &sql::Rules,
) -> Result<Result<TaskId, NoTask>> {
    let now = cx.now();
    if let Err(why) = rules.state.hands_out(access.role()) {
        return Ok(Err(why));
    }
    if rules.has_expired {
        sql::expire(tx, access, now).await?;
    }
    if let Some(task_id) = rules.held {
        return Ok(Ok(task_id));
    }
    if rules.task_limit > 0 && sql::finished_count(tx, access, me).await? >= rules.task_limit {
        return Ok(Err(NoTask::LimitReached));
    }
    let new = sql::NewLease { who: me, begins: now, ends: now + LEASE };
    let mut leased = None;
    if rules.sampling == Sampling::Uncertainty
        && let Some(version) = sql::telling_version(tx, access).await?
    {
        leased = sql::lease_uncertain(cx, tx, access, &new, &version).await?;
    }
    // Onwards from where the person is, then from the beginning, then what was skipped and is due again.
    if leased.is_none() {
        let after = match rules.sampling {
            Sampling::Uniform => random_start(cx, tx, access).await?,
            _ => rules.latest.unwrap_or(TaskId(0)),
        };
        leased = sql::lease_open(cx, tx, access, &new, after).await?;
        if leased.is_none() && after > TaskId(0) {
            leased = sql::lease_open(cx, tx, access, &new, TaskId(0)).await?;
        }
    }
    if leased.is_none() {
        leased = sql::lease_skipped(cx, tx, access, &new).await?;
    }
    match leased {
        Some(task_id) => Ok(Ok(task_id)),
        None => Ok(Err(sql::why_none(tx, access).await?)),
    }
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
    let rules = sql::rules(&mut tx, &access, me, cx.now()).await?;
    // Nobody looks through tasks that are not theirs: only from the one they hold, one ahead.
    let holds = rules.held == Some(task_id);
    // Where chance decides, nobody knows what comes.
    if !holds || rules.sampling == Sampling::Uniform || rules.state.hands_out(access.role()).is_err() {
        return Ok(Vec::new());
    }
    let mut next = None;
    if rules.sampling == Sampling::Uncertainty
        && let Some(version) = sql::telling_version(&mut tx, &access).await?
    {
        next = sql::next_uncertain(&mut tx, &access, me, &version).await?;
    }
    if next.is_none() {
        next = sql::open_behind(&mut tx, &access, me, task_id).await?;
    }
    tx.commit().await?;
    let Some(next) = next else { return Ok(Vec::new()) };
    let config = label_config::read(&next.label_config).unwrap_or_default();
    let Some(data) = next.data.as_object() else { return Ok(Vec::new()) };
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
