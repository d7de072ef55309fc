//! The Data Manager: views of a project's tasks, the tasks that one picks, and what is done to many of them.
//!
//! Invariants: only people who see all data pick tasks; a filter becomes bound parameters in `translate` and nowhere else;
//! what people pick is numbers of tasks, and whoever wants more of them reads it by these.

mod act;
mod bulk;
mod bulk_sql;
mod predict;
mod run_sql;
mod sql;
mod translate;

use domain::{
    Error as Problem,
    access::{OrgPermission, ProjectPermission},
    data_manager::{
        Action, Column, ColumnInfo, Columns, MAX_VIEWS, NewView, Pick, View, ViewData, ViewPatch, columns as describe,
    },
    id::{ProjectId, TaskId, ViewId},
};
use serde_json::{Value, json};

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    audit, boxed,
    task::record::{self, Totals},
};

pub use act::{RunAction, act, action_run, action_runs, topic};
pub use predict::RunPredictions;

/// How many views are listed across projects.
const MAX_LISTED: i64 = 1_000;

/// The views of a project, or of every project of the organization one works in, from the left.
///
/// # Errors
/// *Not found*; *forbidden* for people who do not see all data.
#[boxed]
pub async fn views(cx: &Cx, actor: &Actor, project_id: Option<ProjectId>) -> Result<Vec<View>> {
    let Some(project_id) = project_id else {
        let access = access::current_org(cx, actor, OrgPermission::View).await?;
        let mut tx = access.begin(cx).await?;
        let views = sql::views_of_org(&mut tx, &access, MAX_LISTED).await?;
        tx.commit().await?;
        return Ok(views);
    };
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let views = sql::views(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(views)
}

/// One view.
///
/// # Errors
/// *Not found* for views of others' projects and for what others keep to themselves; *forbidden* as [`views`].
#[boxed]
pub async fn view(cx: &Cx, actor: &Actor, view_id: ViewId) -> Result<View> {
    let access = access_to(cx, actor, view_id).await?;
    let mut tx = access.begin(cx).await?;
    let view = sql::lock_view(&mut tx, &access, view_id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    Ok(view)
}

/// Makes a view, right of the others.
///
/// # Errors
/// As [`views`]; what a view cannot remember; more than [`MAX_VIEWS`].
#[boxed]
pub async fn create_view(cx: &Cx, actor: &Actor, project_id: ProjectId, view: NewView) -> Result<View> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let data = ViewData::parse(view.data)?;
    let mut tx = access.begin(cx).await?;
    if sql::lock_views(&mut tx, &access).await? >= MAX_VIEWS {
        let message = format!("A project has {MAX_VIEWS} views at most. Delete one first.");
        return Err(Problem::new(domain::Kind::Invalid, "too_many_views", message).into());
    }
    let view = sql::insert_view(&mut tx, &access, &data, view.is_private, cx.now()).await?;
    tx.commit().await?;
    Ok(view)
}

/// Changes a view. Those that everybody sees are changed by their maker and by people who manage the project.
///
/// # Errors
/// *Not found*, *forbidden*; what a view cannot remember.
#[boxed]
pub async fn update_view(cx: &Cx, actor: &Actor, view_id: ViewId, patch: ViewPatch) -> Result<View> {
    let access = access_to(cx, actor, view_id).await?;
    let mut tx = access.begin(cx).await?;
    let mut view = sql::lock_view(&mut tx, &access, view_id).await?.ok_or_else(gone)?;
    check_own(&access, &view)?;
    if let Some(data) = patch.data {
        view.data = view.data.changed(data)?;
    }
    view.order = patch.order.unwrap_or(view.order);
    // What belongs to nobody would be seen by nobody.
    view.is_private = patch.is_private.unwrap_or(view.is_private) && view.user_id.is_some();
    sql::put_view(&mut tx, &view, cx.now()).await?;
    tx.commit().await?;
    Ok(view)
}

/// Deletes a view; the tasks in it stay.
///
/// # Errors
/// *Not found*, *forbidden* as [`update_view`].
#[boxed]
pub async fn delete_view(cx: &Cx, actor: &Actor, view_id: ViewId) -> Result<()> {
    let access = access_to(cx, actor, view_id).await?;
    let mut tx = access.begin(cx).await?;
    let view = sql::lock_view(&mut tx, &access, view_id).await?.ok_or_else(gone)?;
    check_own(&access, &view)?;
    sql::delete_view(&mut tx, &access, view_id).await?;
    note(cx, &mut tx, &access, "view_deleted", json!({ "view_id": view_id, "title": view.data.title() })).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts views into the order of the list; those it does not name stay where they are.
///
/// # Errors
/// *Not found*, *forbidden* as [`views`].
#[boxed]
pub async fn order_views(cx: &Cx, actor: &Actor, project_id: ProjectId, view_ids: Vec<ViewId>) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let most = usize::try_from(MAX_VIEWS).unwrap_or(usize::MAX);
    let ids: Vec<i64> = view_ids.into_iter().take(most).map(|id| id.0).collect();
    let mut tx = access.begin(cx).await?;
    sql::lock_views(&mut tx, &access).await?;
    sql::order_views(&mut tx, &access, &ids, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Deletes every view that everybody sees, and one's own.
///
/// # Errors
/// *Not found*; *forbidden* for people who do not manage the project.
#[boxed]
pub async fn reset_views(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let deleted = sql::delete_views(&mut tx, &access).await?;
    if deleted > 0 {
        note(cx, &mut tx, &access, "views_reset", json!({ "count": deleted })).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The columns of a project's tasks; without a project those that every one has.
///
/// # Errors
/// *Not found*, *forbidden* as [`views`].
#[boxed]
pub async fn columns(cx: &Cx, actor: &Actor, project_id: Option<ProjectId>) -> Result<Vec<ColumnInfo>> {
    let Some(project_id) = project_id else {
        actor.user()?;
        return Ok(describe(&Columns::default()));
    };
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let mut columns = sql::columns(&mut tx, &access).await?;
    columns.people = sql::people(&mut tx, &access).await?;
    columns.model_versions = sql::model_versions(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(describe(&columns))
}

/// The versions of models that have predicted for a project.
///
/// # Errors
/// *Not found*, *forbidden* as [`views`].
#[boxed]
pub async fn model_versions(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<String>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let versions = sql::model_versions(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(versions)
}

/// What the person may do with the project's tasks, in the order of the menu.
///
/// # Errors
/// *Not found*, *forbidden* as [`views`].
#[boxed]
pub async fn actions(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<Action>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    Ok(Action::ALL.into_iter().filter(|action| access.allows(action.permission())).collect())
}

/// The form of an action, as Label Studio describes forms.
///
/// # Errors
/// *Not found*; *forbidden* for people who may not do it.
#[boxed]
pub async fn action_form(cx: &Cx, actor: &Actor, project_id: ProjectId, action: Action) -> Result<Value> {
    let access = access::project(cx, actor, project_id, action.permission()).await?;
    let mut tx = access.begin(cx).await?;
    let offered = sql::offered(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(action.form(&offered))
}

/// Which part of a long list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// How many come before it.
    pub offset: i64,
    /// How many it has at most.
    pub limit: i64,
}

/// A page of tasks and how many there are in all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picked {
    /// Their numbers, in the order that was asked for.
    pub task_ids: Vec<TaskId>,
    /// Of all pages together.
    pub totals: Totals,
}

/// What somebody asks for: a view, something said on the spot, or both, of which then both hold.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// Of which project; known where there is a view.
    pub project_id: Option<ProjectId>,
    /// Through which view.
    pub view_id: Option<ViewId>,
    /// What else: filter, order and selection.
    pub pick: Pick,
}

/// Proves that the actor may pick tasks of what is asked for, and puts the view and the rest together. The order of the
/// moment comes before that of the view. What is selected in the view is left aside: that is for [`act`].
///
/// # Errors
/// *Not found*, also for a view of another project; *forbidden* as [`views`].
#[boxed]
pub async fn ask(cx: &Cx, actor: &Actor, asked: Asked) -> Result<(ProjectAccess, Pick)> {
    let (access, pick, _) = resolve(cx, actor, asked, ProjectPermission::ViewData).await?;
    Ok((access, pick))
}

async fn resolve(
    cx: &Cx,
    actor: &Actor,
    asked: Asked,
    permission: ProjectPermission,
) -> Result<(ProjectAccess, Pick, Option<ViewData>)> {
    let Asked { project_id, view_id, mut pick } = asked;
    let Some(view_id) = view_id else {
        let project_id = project_id.ok_or_else(|| Problem::not_found("project"))?;
        return Ok((access::project(cx, actor, project_id, permission).await?, pick, None));
    };
    let view = view(cx, actor, view_id).await?;
    if project_id.is_some_and(|project_id| project_id != view.project_id) {
        return Err(gone().into());
    }
    let access = access::project(cx, actor, view.project_id, permission).await?;
    pick.filter = view.data.filter()?.and(pick.filter);
    if pick.ordering.0.is_empty() {
        pick.ordering = view.data.ordering()?;
    }
    Ok((access, pick, Some(view.data)))
}

/// A page of the tasks that are picked, with how many there are. Without a filter the summary knows how many, and the
/// primary key is read in order.
///
/// # Errors
/// A pattern that is none, a filter that takes too long.
#[boxed]
pub async fn pick(cx: &Cx, access: &ProjectAccess, pick: &Pick, slice: Slice) -> Result<Picked> {
    let mut tx = access.begin(cx).await?;
    sql::have_patience(&mut tx).await?;
    let translator = translate::Translator { access, now: cx.now() };
    let totals = if pick.filter.is_open() && pick.selection.is_all() {
        record::totals(&mut tx, access).await?
    } else {
        sql::totals(&mut tx, translator.tasks(pick)).await?
    };
    let mut task_ids = Vec::new();
    if slice.offset < totals.tasks {
        let mut tasks = translator.tasks(pick);
        let columns = columns_for_order(&mut tx, access, pick).await?;
        translator.in_order(&mut tasks, &pick.ordering, &columns);
        task_ids = sql::ids(&mut tx, tasks, slice.offset.max(0), slice.limit).await?;
    }
    tx.commit().await?;
    Ok(Picked { task_ids, totals })
}

/// All tasks that are picked, in order, some at a time: for exports, whose memory must not grow with the project.
pub struct Stream {
    tx: Tx,
}

/// Begins to read all tasks that are picked. What is read is how everything stood at this moment.
///
/// # Errors
/// As [`pick`].
#[boxed]
pub async fn stream(cx: &Cx, access: &ProjectAccess, pick: &Pick) -> Result<Stream> {
    let mut tx = access.begin(cx).await?;
    let translator = translate::Translator { access, now: cx.now() };
    let mut tasks = translator.tasks(pick);
    let columns = columns_for_order(&mut tx, access, pick).await?;
    translator.in_order(&mut tasks, &pick.ordering, &columns);
    sql::open_stream(&mut tx, tasks).await?;
    Ok(Stream { tx })
}

impl Stream {
    /// The next tasks, at most a thousand; none at the end.
    ///
    /// # Errors
    /// As [`pick`].
    pub async fn next(&mut self) -> Result<Vec<TaskId>> {
        sql::stream(&mut self.tx).await
    }
}

/// What data is sorted as is only looked up where it is sorted by data.
async fn columns_for_order(tx: &mut Tx, access: &ProjectAccess, pick: &Pick) -> Result<Columns> {
    if pick.ordering.0.iter().any(|sorted| matches!(sorted.column, Column::Data(_))) {
        return sql::columns(tx, access).await;
    }
    Ok(Columns::default())
}

/// Proves that the person sees the data of the view's project.
async fn access_to(cx: &Cx, actor: &Actor, view_id: ViewId) -> Result<ProjectAccess> {
    actor.user()?;
    let mut tx = cx.begin().await?;
    let project_id = sql::project_of(&mut tx, view_id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    match access::project(cx, actor, project_id, ProjectPermission::ViewData).await {
        Err(crate::Error::Domain(problem)) if problem.kind == domain::Kind::NotFound => Err(gone().into()),
        access => access,
    }
}

fn check_own(access: &ProjectAccess, view: &View) -> Result<()> {
    let is_own = view.user_id.is_some() && view.user_id == access.user_id();
    if is_own || access.allows(ProjectPermission::Manage) {
        return Ok(());
    }
    Err(Problem::forbidden("change views of others").into())
}

fn gone() -> Problem {
    Problem::not_found("view")
}

async fn note(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, action: &'static str, data: Value) -> Result<()> {
    let event = audit::Event {
        org_id: Some(access.org_id()),
        actor_id: access.user_id(),
        action,
        subject: "project",
        subject_id: Some(access.project_id().0),
        data,
    };
    audit::record(cx, tx, event).await
}
