//! Organizations: people and their roles, invitations, workspaces.

mod invite;
mod sql;
mod workspace;

use chrono::TimeDelta;
use domain::{
    Error as Problem,
    access::{OrgPermission, OrgRole},
    account::parse_name,
    id::{OrgId, UserId},
    org::{OrgDetail, check_role_change},
};
use serde_json::json;
use sqlx::PgConnection;

pub(crate) use self::invite::accept_for;
pub use self::{
    invite::{accept, create as invite, preview, revoke},
    workspace::{create as create_workspace, delete as delete_workspace, update as update_workspace},
};
use crate::{Actor, Cx, Result, access, audit, boxed};

/// A removed person can be taken back for this long with their role.
const TAKE_BACK_DAYS: i64 = 90;

/// The organization this browser works in, with everything its page shows.
///
/// # Errors
/// *Not found* for people without an organization.
#[boxed]
pub async fn current(cx: &Cx, actor: &Actor) -> Result<OrgDetail> {
    let access = access::current_org(cx, actor, OrgPermission::View).await?;
    let me = actor.user()?.user_id;
    let manages = access.role().allows(OrgPermission::ManageMembers);
    let mut tx = access.begin(cx).await?;
    let name = sql::name(&mut tx, &access).await?;
    let people = sql::members(&mut tx, &access, cx.now() - TimeDelta::days(TAKE_BACK_DAYS)).await?;
    let (members, removed): (Vec<_>, Vec<_>) = people.into_iter().partition(|member| member.removed_at.is_none());
    let invites = if manages { sql::open_invites(&mut tx, &access, cx.now()).await? } else { Vec::new() };
    let workspaces = sql::workspaces(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(OrgDetail {
        org_id: access.org_id(),
        name,
        my_role: access.role(),
        me,
        members,
        removed: if manages { removed } else { Vec::new() },
        invites,
        workspaces,
    })
}

/// How much somebody has done in an organization.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Annotations, skipped tasks among them.
    pub annotations: i64,
    /// Projects that have any.
    pub projects: i64,
}

/// How much somebody has done in the current organization.
///
/// # Errors
/// *Not found* for people without an organization.
#[boxed]
pub async fn work_of(cx: &Cx, actor: &Actor, user_id: UserId) -> Result<Work> {
    let access = access::current_org(cx, actor, OrgPermission::View).await?;
    // Not behind the tenant's wall, which shows the annotations of one project at a time.
    let mut tx = cx.begin().await?;
    let work = sql::work_of(&mut tx, &access, user_id).await?;
    tx.commit().await?;
    Ok(work)
}

/// Makes another organization owned by the actor.
///
/// # Errors
/// A name outside the limits.
#[boxed]
pub async fn create(cx: &Cx, actor: &Actor, name: &str) -> Result<OrgId> {
    let me = actor.user()?;
    let name = parse_name("name", name, 2, 100)?;
    let mut tx = cx.begin().await?;
    let org_id = create_for(cx, &mut tx, me.user_id, &name).await?;
    tx.commit().await?;
    Ok(org_id)
}

/// Makes an organization for a person, in the transaction that makes the person.
pub(crate) async fn create_for(cx: &Cx, conn: &mut PgConnection, owner: UserId, name: &str) -> Result<OrgId> {
    let org_id = sql::insert(conn, owner, name, cx.now()).await?;
    sql::put_member(conn, org_id, owner, OrgRole::Owner, cx.now()).await?;
    record(cx, conn, org_id, Some(owner), "organization_created", "organization", org_id.0, json!({ "name": name }))
        .await?;
    Ok(org_id)
}

/// Puts a person into an organization; for demo data and the command line.
///
/// # Errors
/// *Forbidden* for anybody but the system.
#[boxed]
pub async fn add_member(cx: &Cx, actor: &Actor, org_id: OrgId, user_id: UserId, role: OrgRole) -> Result<()> {
    if !matches!(actor, Actor::System) {
        return Err(Problem::forbidden("add people without an invitation").into());
    }
    let mut tx = cx.begin().await?;
    sql::put_member(&mut tx, org_id, user_id, role, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Gives the organization another name.
///
/// # Errors
/// *Forbidden* for members; a name outside the limits.
#[boxed]
pub async fn rename(cx: &Cx, actor: &Actor, name: &str) -> Result<()> {
    let access = access::current_org(cx, actor, OrgPermission::Manage).await?;
    let name = parse_name("name", name, 2, 100)?;
    let mut tx = access.begin(cx).await?;
    sql::rename(&mut tx, &access, &name, cx.now()).await?;
    record(
        cx,
        &mut tx,
        access.org_id(),
        access.user_id(),
        "organization_renamed",
        "organization",
        access.org_id().0,
        json!({ "name": name }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Changes a person's role.
///
/// # Errors
/// *Forbidden* without the right (only owners touch owners), *conflict* for the last owner.
#[boxed]
pub async fn change_role(cx: &Cx, actor: &Actor, user_id: UserId, role: OrgRole) -> Result<()> {
    let access = access::current_org(cx, actor, OrgPermission::ManageMembers).await?;
    let mut tx = access.begin(cx).await?;
    let owners = sql::lock_owners(&mut tx, &access).await?;
    let present = sql::lock_member(&mut tx, &access, user_id).await?.ok_or_else(|| Problem::not_found("person"))?;
    check_role_change(access.role(), present, Some(role), owners)?;
    sql::put_member(&mut tx, access.org_id(), user_id, role, cx.now()).await?;
    let data = json!({ "from": present, "to": role });
    record(cx, &mut tx, access.org_id(), access.user_id(), "member_role_changed", "user_account", user_id.0, data)
        .await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a person out of the organization. Their work keeps its author; they can be taken back.
/// People may always take themselves out.
///
/// # Errors
/// *Forbidden* without the right (only owners touch owners), *conflict* for the last owner.
#[boxed]
pub async fn remove_member(cx: &Cx, actor: &Actor, user_id: UserId) -> Result<()> {
    let leaves = actor.user()?.user_id == user_id;
    let permission = if leaves { OrgPermission::View } else { OrgPermission::ManageMembers };
    let access = access::current_org(cx, actor, permission).await?;
    let mut tx = access.begin(cx).await?;
    let owners = sql::lock_owners(&mut tx, &access).await?;
    let present = sql::lock_member(&mut tx, &access, user_id).await?.ok_or_else(|| Problem::not_found("person"))?;
    check_role_change(access.role(), present, None, owners)?;
    sql::remove_member(&mut tx, &access, user_id, cx.now()).await?;
    record(
        cx,
        &mut tx,
        access.org_id(),
        access.user_id(),
        "member_removed",
        "user_account",
        user_id.0,
        json!({ "role": present }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Takes a removed person back with the role they had.
///
/// # Errors
/// *Forbidden* without the right, *not found* for somebody who was never here.
#[boxed]
pub async fn restore_member(cx: &Cx, actor: &Actor, user_id: UserId) -> Result<()> {
    let access = access::current_org(cx, actor, OrgPermission::ManageMembers).await?;
    let mut tx = access.begin(cx).await?;
    let role = sql::removed_role(&mut tx, &access, user_id).await?.ok_or_else(|| Problem::not_found("person"))?;
    if role == OrgRole::Owner && access.role() != OrgRole::Owner {
        return Err(Problem::forbidden("make or remove owners").into());
    }
    sql::put_member(&mut tx, access.org_id(), user_id, role, cx.now()).await?;
    record(
        cx,
        &mut tx,
        access.org_id(),
        access.user_id(),
        "member_restored",
        "user_account",
        user_id.0,
        json!({ "role": role }),
    )
    .await?;
    tx.commit().await?;
    Ok(())
}

#[expect(clippy::too_many_arguments, reason = "a row of the audit log has this many columns")]
async fn record(
    cx: &Cx,
    conn: &mut PgConnection,
    org_id: OrgId,
    actor_id: Option<UserId>,
    action: &str,
    subject: &str,
    subject_id: i64,
    data: serde_json::Value,
) -> Result<()> {
    audit::record(
        cx,
        conn,
        audit::Event { org_id: Some(org_id), actor_id, action, subject, subject_id: Some(subject_id), data },
    )
    .await
}
