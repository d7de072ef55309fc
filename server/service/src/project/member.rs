//! The people of a project. Owners and admins of the organization are in every project by themselves.

use domain::{
    Error as Problem,
    access::{ProjectPermission, ProjectRole},
    id::{ProjectId, UserId},
    project::ProjectPeople,
};
use serde_json::json;

use super::{member_sql, record_event};
use crate::{Actor, Cx, Result, access, boxed};

/// Who works in the project, and, for those who manage it, who else could.
///
/// # Errors
/// *Not found*; *forbidden* for those who only label.
#[boxed]
pub async fn people(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ProjectPeople> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let members = member_sql::members(&mut tx, &access).await?;
    let candidates = if access.allows(ProjectPermission::Manage) {
        member_sql::candidates(&mut tx, &access).await?
    } else {
        Vec::new()
    };
    tx.commit().await?;
    Ok(ProjectPeople { members, candidates })
}

/// Adds a person of the organization to the project, or changes what they do there.
///
/// # Errors
/// *Not found*, also for people outside the organization; *forbidden* without the right.
#[boxed]
pub async fn put_member(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    user_id: UserId,
    role: ProjectRole,
) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    if !member_sql::put_member(&mut tx, &access, user_id, role, cx.now()).await? {
        return Err(Problem::not_found("person").on("user_id").into());
    }
    record_event(cx, &mut tx, &access, "project_member_added", json!({ "user_id": user_id, "role": role })).await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a person out of the project. Their work stays. Doing it twice is the same as once.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn remove_member(cx: &Cx, actor: &Actor, project_id: ProjectId, user_id: UserId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    if member_sql::remove_member(&mut tx, &access, user_id).await? {
        record_event(cx, &mut tx, &access, "project_member_removed", json!({ "user_id": user_id })).await?;
    }
    tx.commit().await?;
    Ok(())
}
