//! The library of labels of an organization, and where they are used.
//!
//! Invariants:
//! - a title is in a library once, and a label in a project once;
//! - what becomes of a label in the library changes no result: renaming does, and is an action on tasks like any other.

mod library;
mod sql;

use domain::{
    Error as Problem,
    access::{OrgPermission, ProjectPermission},
    data_manager::{ActionRun, Order, Pick},
    id::{LabelId, LabelLinkId, ProjectId},
    label::{Label, LabelLink, LabelPatch, NewLabel, check_count, parse_name, parse_value},
};
use serde_json::json;

pub use library::{library, offered};

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, OrgAccess, ProjectAccess},
    audit, boxed,
    data_manager::{self, Asked},
    webhook::{Happening, tell},
};

/// The most labels, or links, of a page.
pub const MAX_PAGE: i64 = 1_000;

/// A page of the library, oldest first, and how many labels there are.
///
/// # Errors
/// *Not found* for people without an organization.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, offset: i64, limit: i64) -> Result<(i64, Vec<Label>)> {
    let access = access::current_org(cx, actor, OrgPermission::View).await?;
    let mut tx = access.begin(cx).await?;
    let count = sql::count(&mut tx, &access).await?;
    let page = sql::Which::Page { offset: offset.max(0), limit: limit.clamp(1, MAX_PAGE) };
    let labels = sql::labels(&mut tx, &access, &page).await?;
    tx.commit().await?;
    Ok((count, labels))
}

/// One label.
///
/// # Errors
/// *Not found*, also for another organization's.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, label_id: LabelId) -> Result<Label> {
    let access = access::current_org(cx, actor, OrgPermission::View).await?;
    let mut tx = access.begin(cx).await?;
    let label = found(&mut tx, &access, label_id).await?;
    tx.commit().await?;
    Ok(label)
}

async fn found(tx: &mut Tx, access: &OrgAccess, label_id: LabelId) -> Result<Label> {
    let labels = sql::labels(tx, access, &sql::Which::These(&[label_id.0])).await?;
    Ok(labels.into_iter().next().ok_or_else(|| Problem::not_found("label"))?)
}

/// Makes labels, each linked to the project it is used in first: all of them, or none. A label that the library has under the
/// same title is linked, and not made again.
///
/// # Errors
/// *Not found*, *forbidden* without the right to manage one of the projects; a label outside the limits; a title under which
/// the library has another label.
#[boxed]
pub async fn create(cx: &Cx, actor: &Actor, new: Vec<NewLabel>) -> Result<Vec<LabelId>> {
    let org = access::current_org(cx, actor, OrgPermission::View).await?;
    let new: Vec<NewLabel> = new.into_iter().map(NewLabel::check).collect::<domain::Result<_>>()?;
    let mut projects: Vec<ProjectAccess> = Vec::new();
    for label in &new {
        if projects.iter().any(|known| known.project_id() == label.project_id) {
            continue;
        }
        let project = access::project(cx, actor, label.project_id, ProjectPermission::Manage).await?;
        if project.org_id() != org.org_id() {
            return Err(Problem::not_found("project").on("project").into());
        }
        projects.push(project);
    }
    let mut tx = org.begin(cx).await?;
    sql::lock(&mut tx, &org).await?;
    check_count(new.len(), sql::count(&mut tx, &org).await?)?;
    let mut made = Vec::with_capacity(new.len());
    for label in &new {
        let label_id = match sql::known(&mut tx, &org, label).await? {
            Some(known) => known,
            None => {
                let label_id = sql::insert(&mut tx, &org, label, cx.now()).await?;
                note(cx, &mut tx, &org, "label_created", label_id, &label.title).await?;
                label_id
            }
        };
        made.push(label_id);
        let Some(project) = projects.iter().find(|known| known.project_id() == label.project_id) else { continue };
        if sql::is_linked(&mut tx, project, label_id).await? {
            continue;
        }
        let link_id = sql::link(&mut tx, project, label_id, &label.from_name, cx.now()).await?;
        tell(cx, &mut tx, project.into(), Happening::LabelLinkCreated(link_id)).await?;
    }
    tx.commit().await?;
    Ok(made)
}

/// Those who may change the library: who makes projects in the organization.
async fn librarian(cx: &Cx, actor: &Actor) -> Result<OrgAccess> {
    access::current_org(cx, actor, OrgPermission::View).await?;
    access::current_org(cx, actor, OrgPermission::CreateProject).await
}

/// Changes a label in the library; results stay as they are.
///
/// # Errors
/// *Not found*; *forbidden* for members; a label outside the limits; a title that is taken.
#[boxed]
pub async fn update(cx: &Cx, actor: &Actor, label_id: LabelId, patch: LabelPatch) -> Result<()> {
    get(cx, actor, label_id).await?;
    let access = librarian(cx, actor).await?;
    let patch = patch.check()?;
    let mut tx = access.begin(cx).await?;
    let title = found(&mut tx, &access, label_id).await?.title;
    sql::update(&mut tx, &access, label_id, &patch, cx.now()).await?;
    note(cx, &mut tx, &access, "label_changed", label_id, &title).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a label out of the library and out of every project; results stay as they are.
///
/// # Errors
/// *Not found*; *forbidden* for members.
#[boxed]
pub async fn delete(cx: &Cx, actor: &Actor, label_id: LabelId) -> Result<()> {
    get(cx, actor, label_id).await?;
    let access = librarian(cx, actor).await?;
    let mut tx = access.begin(cx).await?;
    let label = found(&mut tx, &access, label_id).await?;
    for (link_id, project_id) in &label.links {
        let place = crate::webhook::Place { org_id: access.org_id(), project_id: *project_id };
        tell(cx, &mut tx, place, Happening::LabelLinkDeleted(*link_id)).await?;
    }
    sql::delete(&mut tx, &access, label_id).await?;
    note(cx, &mut tx, &access, "label_deleted", label_id, &label.title).await?;
    tx.commit().await?;
    Ok(())
}

async fn note(
    cx: &Cx,
    tx: &mut Tx,
    access: &OrgAccess,
    action: &'static str,
    label_id: LabelId,
    title: &str,
) -> Result<()> {
    let event = audit::Event {
        org_id: Some(access.org_id()),
        actor_id: access.user_id(),
        action,
        subject: "label",
        subject_id: Some(label_id.0),
        data: json!({ "title": title }),
    };
    audit::record(cx, tx, event).await
}

/// A page of links, oldest first, and how many there are: of one project, or of those the person sees.
///
/// # Errors
/// *Not found*; *forbidden* for those who see only their own tasks of the project.
#[boxed]
pub async fn links(
    cx: &Cx,
    actor: &Actor,
    project_id: Option<ProjectId>,
    offset: i64,
    limit: i64,
) -> Result<(i64, Vec<LabelLink>)> {
    let access = access::current_org(cx, actor, OrgPermission::View).await?;
    if let Some(project_id) = project_id {
        access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    }
    let mut tx = access.begin(cx).await?;
    let only = project_id.map(|id| id.0);
    let count = sql::count_links(&mut tx, &access, only).await?;
    let links = sql::links(&mut tx, &access, only, offset.max(0), limit.clamp(1, MAX_PAGE)).await?;
    tx.commit().await?;
    Ok((count, links))
}

/// One link.
///
/// # Errors
/// *Not found*, also in a project the person is not in; *forbidden* for those who see only their own tasks.
#[boxed]
pub async fn link(cx: &Cx, actor: &Actor, link_id: LabelLinkId) -> Result<LabelLink> {
    let access = access::label_link(cx, actor, link_id, ProjectPermission::ViewData).await?;
    one_link(cx, &access, link_id).await
}

async fn one_link(cx: &Cx, access: &ProjectAccess, link_id: LabelLinkId) -> Result<LabelLink> {
    let mut tx = access.begin(cx).await?;
    let link = sql::one_link(&mut tx, access, link_id).await?;
    tx.commit().await?;
    Ok(link.ok_or_else(|| Problem::not_found("label_link"))?)
}

/// Uses a label of the library in a project.
///
/// # Errors
/// *Not found*; *forbidden* without the right to manage the project; a label that is used there already.
#[boxed]
pub async fn add_link(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    label_id: LabelId,
    from_name: &str,
) -> Result<LabelLinkId> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let from_name = parse_name("from_name", from_name)?;
    let mut tx = access.begin(cx).await?;
    if !sql::is_label(&mut tx, &access, label_id).await? {
        return Err(Problem::invalid("label", "label_unknown", "There is no such label in the library.").into());
    }
    let link_id = sql::link(&mut tx, &access, label_id, &from_name, cx.now()).await?;
    note_link(cx, &mut tx, &access, "label_linked", label_id).await?;
    tell(cx, &mut tx, (&access).into(), Happening::LabelLinkCreated(link_id)).await?;
    tx.commit().await?;
    Ok(link_id)
}

/// Gives the link another control.
///
/// # Errors
/// As [`add_link`].
#[boxed]
pub async fn update_link(cx: &Cx, actor: &Actor, link_id: LabelLinkId, from_name: &str) -> Result<()> {
    let access = access::label_link(cx, actor, link_id, ProjectPermission::Manage).await?;
    let from_name = parse_name("from_name", from_name)?;
    let mut tx = access.begin(cx).await?;
    let label_id = sql::update_link(&mut tx, &access, link_id, &from_name, cx.now()).await?;
    let label_id = label_id.ok_or_else(|| Problem::not_found("label_link"))?;
    note_link(cx, &mut tx, &access, "label_link_changed", label_id).await?;
    tell(cx, &mut tx, (&access).into(), Happening::LabelLinkUpdated(link_id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Uses a label in a project no longer; results stay as they are.
///
/// # Errors
/// As [`add_link`].
#[boxed]
pub async fn remove_link(cx: &Cx, actor: &Actor, link_id: LabelLinkId) -> Result<()> {
    let access = access::label_link(cx, actor, link_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let label_id = sql::remove_link(&mut tx, &access, link_id).await?;
    let label_id = label_id.ok_or_else(|| Problem::not_found("label_link"))?;
    note_link(cx, &mut tx, &access, "label_unlinked", label_id).await?;
    tell(cx, &mut tx, (&access).into(), Happening::LabelLinkDeleted(link_id)).await?;
    tx.commit().await?;
    Ok(())
}

async fn note_link(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    action: &'static str,
    label_id: LabelId,
) -> Result<()> {
    let event = audit::Event {
        org_id: Some(access.org_id()),
        actor_id: access.user_id(),
        action,
        subject: "project",
        subject_id: Some(access.project_id().0),
        data: json!({ "label_id": label_id }),
    };
    audit::record(cx, tx, event).await
}

/// A label that is called otherwise from now on, wherever it was given in a project.
#[derive(Debug, Clone)]
pub struct Rename {
    /// Where.
    pub project_id: ProjectId,
    /// The control that offers it; every control that has given it where nothing is said.
    pub from_name: Option<String>,
    /// What it is called.
    pub from: Vec<String>,
    /// What it is called from then on.
    pub to: Vec<String>,
}

/// What a renaming does.
#[derive(Debug, Clone, Default)]
pub struct Renamed {
    /// Annotations that have the label.
    pub annotations: i64,
    /// One action for each control. Very many tasks are worked on after the answer.
    pub runs: Vec<ActionRun>,
}

/// Renames a label in the results of a project. What was said before is kept as a version of each annotation.
///
/// # Errors
/// *Not found*; *forbidden* without the right to manage the project; labels that are ways down a taxonomy.
#[boxed]
pub async fn rename(cx: &Cx, actor: &Actor, asked: Rename) -> Result<Renamed> {
    let access = access::project(cx, actor, asked.project_id, ProjectPermission::Manage).await?;
    let one = |field: &'static str, value: Vec<String>| {
        let mut steps = parse_value(field, value)?;
        match (steps.pop(), steps.is_empty()) {
            (Some(label), true) => Ok(label),
            _ => {
                Err(Problem::invalid(field, "label_malformed", "Name one label: its last step, where it has several."))
            }
        }
    };
    let (from, to) = (one("old_label", asked.from)?, one("new_label", asked.to)?);
    let mut tx = access.begin(cx).await?;
    let controls = match asked.from_name {
        Some(control) => vec![parse_name("from_name", &control)?],
        None => sql::controls_with(&mut tx, &access, &from).await?,
    };
    let annotations = sql::annotations_with(&mut tx, &access, &controls, &from).await?;
    tx.commit().await?;
    let mut renamed = Renamed { annotations, runs: Vec::new() };
    for control in controls {
        let asked = Asked { project_id: Some(asked.project_id), view_id: None, pick: Pick::default() };
        let order = Order::Rename { control, from: from.clone(), to: to.clone() };
        renamed.runs.push(data_manager::act(cx, actor, asked, order).await?);
    }
    Ok(renamed)
}
