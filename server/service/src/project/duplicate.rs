//! A new project like an old one: the questions, the rules and the people, without the data.

use domain::{
    Error as Problem,
    access::{OrgPermission, ProjectPermission},
    id::ProjectId,
    project::{ProjectState, copy_title},
};
use serde_json::json;

use super::sql;
use crate::{
    Actor, Cx, Result, access, audit, boxed,
    webhook::{Happening, Place, tell},
};

/// Makes a project with the settings, labeling interface and people of another; tasks and work stay where they are.
///
/// # Errors
/// *Not found*; *forbidden* for those who do not manage the project or may not make new ones in its organization.
#[boxed]
pub async fn duplicate(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ProjectId> {
    let from = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    access::org(cx, actor, from.org_id(), OrgPermission::CreateProject).await?;
    let mut tx = from.begin(cx).await?;
    let title = copy_title(&sql::title_of(&mut tx, &from).await?);
    let copy = sql::copy(&mut tx, &from, &title, cx.now()).await?.ok_or_else(|| Problem::not_found("project"))?;
    let change = audit::Transition {
        org_id: from.org_id(),
        project_id: Some(copy),
        entity: "project",
        entity_id: copy.0,
        from: None,
        to: ProjectState::Pending.as_str(),
        transition: "create",
        actor_id: from.user_id(),
        data: json!({ "title": title, "copied_from": project_id }),
    };
    audit::transition(cx, &mut tx, change).await?;
    tell(cx, &mut tx, Place { org_id: from.org_id(), project_id: copy }, Happening::ProjectCreated).await?;
    tx.commit().await?;
    Ok(copy)
}
