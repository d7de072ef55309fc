//! Tasks that programs change and take away.

mod sql;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    client_api::is_something,
    id::{ProjectId, TaskId},
    import::{MAX_ROW_BYTES, read_task},
    result::ResultItem,
};
use serde_json::{Map, Value, json};

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    audit, boxed,
    import::summary::{self, Counts},
    webhook::{Happening, tell},
};

/// The most tasks that are deleted in one transaction.
pub const MAX_DELETED: usize = 1_000;

/// What of a task is changed; the rest stays.
#[derive(Debug, Clone, Default)]
pub struct TaskPatch {
    /// What is shown to annotators.
    pub data: Option<Map<String, Value>>,
    /// What travels along; `Some(None)` for nothing.
    pub meta: Option<Option<Map<String, Value>>>,
    /// How many annotations it needs.
    pub overlap: Option<i32>,
}

/// Changes a task.
///
/// # Errors
/// *Not found*; *forbidden* without the right to import; data that is too large or cannot be stored.
#[boxed]
pub async fn update(cx: &Cx, actor: &Actor, task_id: TaskId, patch: TaskPatch) -> Result<()> {
    let access = access::task(cx, actor, task_id, ProjectPermission::Import).await?;
    check(patch.data.as_ref(), patch.meta.as_ref().and_then(Option::as_ref))?;
    if patch.overlap.is_some_and(|overlap| !(1..=domain::project::MAX_ANNOTATIONS).contains(&overlap)) {
        let message = format!("Please enter a number from 1 to {}.", domain::project::MAX_ANNOTATIONS);
        return Err(Problem::invalid("overlap", "overlap_out_of_range", message).into());
    }
    let now = cx.now();
    let mut tx = access.begin(cx).await?;
    let before = sql::lock(&mut tx, &access, task_id).await?.ok_or_else(|| Problem::not_found("task"))?;
    let is_labeled = sql::update(&mut tx, &access, task_id, &patch, now).await?;
    let mut counts = Counts { labeled: i64::from(is_labeled) - i64::from(before.is_labeled), ..Counts::default() };
    if let Some(data) = &patch.data {
        counts.gone.add(&before.data.0);
        counts.columns.add(data);
    }
    tell(cx, &mut tx, (&access).into(), Happening::TaskUpdated(task_id)).await?;
    summary::add(&mut tx, &access, counts, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets a field of a task within a transaction, unless it has a value that is to stay; whether it was set. One that is gone
/// is passed over.
///
/// # Errors
/// Data that is too large or cannot be stored.
pub(crate) async fn set_field(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    task_id: TaskId,
    name: &str,
    value: &Value,
    overwrite: bool,
) -> Result<bool> {
    let Some(before) = sql::lock(tx, access, task_id).await? else { return Ok(false) };
    if !overwrite && before.data.get(name).is_some_and(is_something) {
        return Ok(false);
    }
    let mut data = before.data.0.clone();
    data.insert(name.to_owned(), value.clone());
    check(Some(&data), None)?;
    let mut counts = Counts::default();
    counts.gone.add(&before.data.0);
    counts.columns.add(&data);
    let patch = TaskPatch { data: Some(data), ..TaskPatch::default() };
    sql::update(tx, access, task_id, &patch, cx.now()).await?;
    tell(cx, tx, access.into(), Happening::TaskUpdated(task_id)).await?;
    summary::add(tx, access, counts, cx.now()).await?;
    Ok(true)
}

/// Refuses what could not have been imported.
fn check(data: Option<&Map<String, Value>>, meta: Option<&Map<String, Value>>) -> Result<()> {
    for (field, part) in [("data", data), ("meta", meta)] {
        let Some(part) = part else { continue };
        if serde_json::to_vec(part).map_err(anyhow::Error::new)?.len() > MAX_ROW_BYTES {
            let message = format!("A task has {} MB at most.", MAX_ROW_BYTES >> 20);
            return Err(Problem::invalid(field, "data_too_large", message).into());
        }
        if field == "data" || !part.is_empty() {
            read_task(Value::Object(part.clone())).map_err(|reason| Problem::invalid(field, "data_refused", reason))?;
        }
    }
    Ok(())
}

/// Takes a task away, with everything done on it.
///
/// # Errors
/// *Not found*; *forbidden* without the right to change the project.
#[boxed]
pub async fn delete(cx: &Cx, actor: &Actor, task_id: TaskId) -> Result<()> {
    let access = access::task(cx, actor, task_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    if delete_in(cx, &mut tx, &access, &[task_id]).await? == 0 {
        return Err(Problem::not_found("task").into());
    }
    tx.commit().await?;
    Ok(())
}

/// Takes tasks away within a transaction, at most [`MAX_DELETED`] at once; those that are not there are passed over.
/// Returns how many there were.
pub(crate) async fn delete_in(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, ids: &[TaskId]) -> Result<u64> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).take(MAX_DELETED).collect();
    let now = cx.now();
    // Whoever changes a task's counts holds its lock.
    let tasks = sql::lock_all(tx, access, &ids).await?;
    if tasks.is_empty() {
        return Ok(0);
    }
    let mut counts = Counts { tasks: -summed(tasks.len()), ..Counts::default() };
    for task in &tasks {
        counts.labeled -= i64::from(task.is_labeled);
        counts.gone.add(&task.data.0);
    }
    for annotation in sql::annotations(tx, access, &ids).await? {
        if annotation.was_cancelled {
            counts.skipped -= 1;
        } else {
            counts.annotations -= 1;
            counts.given.add(&annotation.result.0, -1);
        }
    }
    for result in sql::predictions(tx, access, &ids).await? {
        counts.predictions -= 1;
        counts.proposed.add(&result.0 as &Vec<ResultItem>, -1);
    }
    sql::delete(tx, access, &ids).await?;
    let gone: Vec<TaskId> = tasks.iter().map(|task| task.task_id).collect();
    tell(cx, tx, access.into(), Happening::TasksDeleted(&gone)).await?;
    summary::add(tx, access, counts, now).await?;
    let event = audit::Event {
        org_id: Some(access.org_id()),
        actor_id: access.user_id(),
        action: "tasks_deleted",
        subject: "project",
        subject_id: Some(access.project_id().0),
        data: json!({ "count": tasks.len(), "first": tasks.first().map(|task| task.task_id) }),
    };
    audit::record(cx, tx, event).await?;
    Ok(tasks.len() as u64)
}

/// Takes all tasks of a project away, some at a time; returns how many there were.
///
/// # Errors
/// *Not found*; *forbidden* without the right to change the project.
#[boxed]
pub async fn delete_all(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<u64> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut deleted = 0;
    loop {
        let mut tx = access.begin(cx).await?;
        let ids = sql::first(&mut tx, &access, i64::try_from(MAX_DELETED).unwrap_or(1)).await?;
        if ids.is_empty() {
            return Ok(deleted);
        }
        deleted += delete_in(cx, &mut tx, &access, &ids).await?;
        tx.commit().await?;
    }
}

fn summed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
