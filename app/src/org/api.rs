//! The doors of the organization area: ask who it is, call the use case, convert.

use domain::access::OrgRole;
use domain::id::{InviteId, UserId, WorkspaceId};
use domain::org::{InvitePreview, OrgDetail};
use leptos::prelude::*;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ssr::{self, request};

/// Everything the organization page shows.
#[server]
pub async fn current_org() -> Result<OrgDetail, AppError> {
    let (cx, actor) = request()?;
    Ok(service::org::current(&cx, &actor).await?)
}

/// Makes an organization and works in it; answers where to go.
#[server]
pub async fn create_org(name: String) -> Result<String, AppError> {
    let (cx, actor) = request()?;
    let org_id = service::org::create(&cx, &actor, &name).await?;
    service::account::switch_org(&cx, &actor, org_id).await?;
    Ok(ssr::go("/org"))
}

/// Renames the organization.
#[server]
pub async fn rename_org(name: String) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::org::rename(&cx, &actor, &name).await?)
}

/// Makes an invitation; answers its link, which cannot be shown again.
#[server]
pub async fn create_invite(role: OrgRole, #[server(default)] email: String, days: i64) -> Result<String, AppError> {
    let (cx, actor) = request()?;
    let input = domain::org::NewInvite { role, email, days };
    Ok(service::org::invite(&cx, &actor, input).await?)
}

/// Ends an invitation before its time.
#[server]
pub async fn revoke_invite(invite_id: InviteId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::org::revoke(&cx, &actor, invite_id).await?)
}

/// What an invitation link leads to.
#[server]
pub async fn preview_invite(token: String) -> Result<InvitePreview, AppError> {
    let (cx, _) = request()?;
    Ok(service::org::preview(&cx, &token).await?)
}

/// Joins by an invitation and works there; answers where to go.
#[server]
pub async fn accept_invite(token: String) -> Result<String, AppError> {
    let (cx, actor) = request()?;
    let org_id = service::org::accept(&cx, &actor, &token).await?;
    service::account::switch_org(&cx, &actor, org_id).await?;
    Ok(ssr::go(crate::account::HOME))
}

/// Gives a person another role.
#[server]
pub async fn change_role(user_id: UserId, role: OrgRole) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::org::change_role(&cx, &actor, user_id, role).await?)
}

/// Takes a person out; their work stays.
#[server]
pub async fn remove_member(user_id: UserId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::org::remove_member(&cx, &actor, user_id).await?)
}

/// Takes a removed person back in.
#[server]
pub async fn restore_member(user_id: UserId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::org::restore_member(&cx, &actor, user_id).await?)
}

/// Makes a workspace.
#[server]
pub async fn create_workspace(name: String, color: String) -> Result<WorkspaceId, AppError> {
    let (cx, actor) = request()?;
    Ok(service::org::create_workspace(&cx, &actor, &name, &color).await?)
}

/// Renames or recolors a workspace.
#[server]
pub async fn update_workspace(workspace_id: WorkspaceId, name: String, color: String) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::org::update_workspace(&cx, &actor, workspace_id, &name, &color).await?)
}

/// Removes a workspace; its projects stay in the organization.
#[server]
pub async fn delete_workspace(workspace_id: WorkspaceId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::org::delete_workspace(&cx, &actor, workspace_id).await?)
}
