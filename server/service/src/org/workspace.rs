//! Workspaces: folders of projects.

use domain::{Error as Problem, access::OrgPermission, account::parse_name, id::WorkspaceId, org::parse_color};
use serde_json::json;

use super::{record, sql};
use crate::{Actor, Cx, OnConstraint, Result, access, boxed};

fn taken() -> Problem {
    Problem::conflict("workspace_name_taken", "There is already a workspace with this name.").on("name")
}

/// Makes a workspace in the current organization.
///
/// # Errors
/// *Forbidden* for members; a taken name; a name or color outside the limits.
#[boxed]
pub async fn create(cx: &Cx, actor: &Actor, name: &str, color: &str) -> Result<WorkspaceId> {
    let access = access::current_org(cx, actor, OrgPermission::ManageWorkspaces).await?;
    let name = parse_name("name", name, 1, 100)?;
    let color = parse_color(color)?;
    let mut tx = access.begin(cx).await?;
    let id = sql::insert_workspace(&mut tx, &access, &name, &color, cx.now())
        .await
        .on_constraint("workspace_name_is_taken", taken)?;
    record(
        cx,
        &mut tx,
        access.org_id(),
        access.user_id(),
        "workspace_created",
        "workspace",
        id.0,
        json!({ "name": name }),
    )
    .await?;
    tx.commit().await?;
    Ok(id)
}

/// Gives a workspace another name and color.
///
/// # Errors
/// As [`create`]; *not found* for another organization's.
#[boxed]
pub async fn update(cx: &Cx, actor: &Actor, workspace_id: WorkspaceId, name: &str, color: &str) -> Result<()> {
    let access = access::current_org(cx, actor, OrgPermission::ManageWorkspaces).await?;
    let name = parse_name("name", name, 1, 100)?;
    let color = parse_color(color)?;
    let mut tx = access.begin(cx).await?;
    let found = sql::update_workspace(&mut tx, &access, workspace_id, &name, &color, cx.now())
        .await
        .on_constraint("workspace_name_is_taken", taken)?;
    if !found {
        return Err(Problem::not_found("workspace").into());
    }
    record(
        cx,
        &mut tx,
        access.org_id(),
        access.user_id(),
        "workspace_updated",
        "workspace",
        workspace_id.0,
        json!({ "name": name }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a workspace; its projects stay in the organization.
///
/// # Errors
/// *Forbidden* for members, *not found* for another organization's.
#[boxed]
pub async fn delete(cx: &Cx, actor: &Actor, workspace_id: WorkspaceId) -> Result<()> {
    let access = access::current_org(cx, actor, OrgPermission::ManageWorkspaces).await?;
    let mut tx = access.begin(cx).await?;
    if !sql::delete_workspace(&mut tx, &access, workspace_id, cx.now()).await? {
        return Err(Problem::not_found("workspace").into());
    }
    record(cx, &mut tx, access.org_id(), access.user_id(), "workspace_deleted", "workspace", workspace_id.0, json!({}))
        .await?;
    tx.commit().await?;
    Ok(())
}
