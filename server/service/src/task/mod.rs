//! Tasks: the list of a project's, and one as the label page sees it.

pub mod change;
mod encoding;
pub mod record;
mod sql;
mod text;
mod tree;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    annotation::{Desk, NoTask, OpenTask, VersionId},
    id::{ProjectId, TaskId},
    label_config,
    page::{Limit, Page},
    project::ProjectHead,
    task::{TaskFilter, TaskRow, TaskView, glimpse_field, parse_cursor},
};
use sqlx::PgConnection;

use crate::{
    Actor, Cx, Result,
    access::{self, ProjectAccess},
    account, annotation, boxed, comment,
};

pub(crate) use sql::lock_present;
pub use text::{MAX_TEXT_BYTES, text};
pub use tree::{MAX_TREE_BYTES, tree};

/// A page of the project's tasks in order of arrival, for people who see all data.
///
/// # Errors
/// *Not found*; *forbidden* for those who see only their own tasks; a cursor that is none.
#[boxed]
pub async fn list(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    filter: TaskFilter,
    after: Option<String>,
    limit: Limit,
) -> Result<Page<TaskRow>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let after = parse_cursor(after.as_deref())?;
    let mut tx = access.begin(cx).await?;
    let config = label_config::read(&sql::label_config(&mut tx, &access).await?).unwrap_or_default();
    let mut items = sql::list(&mut tx, &access, filter, glimpse_field(&config), after, limit.rows() + 1).await?;
    let total = sql::total(&mut tx, &access, filter).await?;
    tx.commit().await?;
    // One row more than asked for tells whether there is another page.
    let most = usize::try_from(limit.rows()).unwrap_or(usize::MAX);
    let has_more = items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| has_more).map(|task| task.task_id.to_string());
    Ok(Page { items, next, total })
}

/// Which project a task is in: for programs, which address a task by its number alone.
///
/// # Errors
/// *Not found* for tasks of projects the person does not work in.
#[boxed]
pub async fn project_of(cx: &Cx, actor: &Actor, task_id: TaskId) -> Result<ProjectId> {
    Ok(access::task(cx, actor, task_id, ProjectPermission::Annotate).await?.project_id())
}

/// Opens one task. People who see all data open any; annotators open those they hold or have worked on, and nobody learns
/// whether another one exists.
///
/// # Errors
/// *Not found* for tasks the person may not see.
#[boxed]
pub async fn open(cx: &Cx, actor: &Actor, project_id: ProjectId, task_id: TaskId) -> Result<Desk> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
    let mut tx = access.begin(cx).await?;
    let desk = desk(&mut tx, &access, Ok(task_id)).await?;
    tx.commit().await?;
    Ok(desk)
}

/// One task to be looked at, with what was handed in and proposed, and one of these as it is: the one that is asked for, or
/// the newest work, or the newest proposal. People who see all data see everybody's work, annotators their own.
///
/// # Errors
/// *Not found* for tasks the person does not work on, and for versions they may not see.
#[boxed]
pub async fn view(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    task_id: TaskId,
    shown: Option<VersionId>,
) -> Result<TaskView> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let sees_all = access.allows(ProjectPermission::ViewData);
    let mut tx = access.begin(cx).await?;
    if !annotation::sql::works_on(&mut tx, &access, me, task_id, sees_all).await? {
        return Err(Problem::not_found("task").into());
    }
    let project = sql::project(&mut tx, &access, sees_all).await?;
    let task = sql::task(&mut tx, &access, me, task_id).await?.ok_or_else(|| Problem::not_found("task"))?;
    let versions = annotation::versions(&mut tx, &access, me, task_id, false).await?;
    let shown = shown.or_else(|| {
        let is_work = |id: &VersionId| matches!(id, VersionId::Annotation(_));
        let ids = || versions.iter().map(|version| version.id);
        ids().find(is_work).or_else(|| ids().next())
    });
    let result = match shown {
        Some(id) => annotation::version_result(&mut tx, &access, me, task_id, id).await?,
        None => Vec::new(),
    };
    let (before, after) = if sees_all { sql::neighbours(&mut tx, &access, task_id).await? } else { (None, None) };
    let comments = comment::threads(&mut tx, &access, me, task_id).await?;
    let keys = account::keys_of(&mut tx, me).await?;
    tx.commit().await?;
    Ok(TaskView {
        user_id: me,
        project: ProjectHead { project_id, title: project.title, role: access.role() },
        label_config: project.label_config,
        relays_media: project.relays_media,
        task_id,
        inner_id: task.inner_id,
        data: task.data,
        before,
        after,
        versions,
        shown,
        result,
        comments,
        keys,
    })
}

/// Everything the label page shows around a task, or around its absence.
pub(crate) async fn desk(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    found: Result<TaskId, NoTask>,
) -> Result<Desk> {
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let sees_all = access.allows(ProjectPermission::ViewData);
    let project = sql::project(conn, access, sees_all).await?;
    let done = sql::done(conn, access, me).await?;
    let keys = account::keys_of(conn, me).await?;
    let task: Result<OpenTask, NoTask> = match found {
        Err(why) => Err(why),
        Ok(task_id) => {
            let mut task = sql::task(conn, access, me, task_id).await?.ok_or_else(|| Problem::not_found("task"))?;
            task.annotation = sql::annotation(conn, access, me, task_id).await?;
            if !(sees_all || task.leased || task.annotation.is_some()) {
                return Err(Problem::not_found("task").into());
            }
            let of_annotation = task.annotation.as_ref().filter(|a| !a.was_cancelled).map(|a| a.annotation_id);
            task.draft = sql::draft(conn, access, me, task_id, of_annotation).await?;
            task.prediction = sql::prediction(conn, access, task_id).await?;
            task.versions = annotation::versions(conn, access, me, task_id, true).await?;
            task.comments = comment::threads(conn, access, me, task_id).await?;
            Ok(task)
        }
    };
    Ok(Desk { user_id: me, project, task, done, keys })
}
