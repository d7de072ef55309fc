//! Statements of the organization area.

use chrono::{DateTime, Utc};
use domain::{
    access::OrgRole,
    id::{InviteId, OrgId, UserId, WorkspaceId},
    org::{Invite, Member, Workspace},
};
use sqlx::PgConnection;

use crate::{Result, access::OrgAccess};

pub(super) async fn insert(conn: &mut PgConnection, owner: UserId, name: &str, now: DateTime<Utc>) -> Result<OrgId> {
    let org_id = sqlx::query_scalar!(
        r#"insert into organization (name, created_by, created_at, updated_at) values ($1, $2, $3, $3)
        returning organization_id as "org_id: OrgId""#,
        name,
        owner.0,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(org_id)
}

pub(super) async fn name(conn: &mut PgConnection, access: &OrgAccess) -> Result<String> {
    Ok(sqlx::query_scalar!("select name from organization where organization_id = $1", access.org_id().0)
        .fetch_one(conn)
        .await?)
}

pub(super) async fn rename(conn: &mut PgConnection, access: &OrgAccess, name: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update organization set name = $2, updated_at = $3 where organization_id = $1",
        access.org_id().0,
        name,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Present people, owners first, and those removed since `removed_after`.
pub(super) async fn members(
    conn: &mut PgConnection,
    access: &OrgAccess,
    removed_after: DateTime<Utc>,
) -> Result<Vec<Member>> {
    let rows = sqlx::query!(
        r#"select m.user_id as "user_id: UserId", u.name, u.email, m.role, m.joined_at, m.removed_at
        from organization_member m join user_account u using (user_id)
        where m.organization_id = $1 and (m.removed_at is null or m.removed_at > $2)
        order by array_position(array['owner', 'admin', 'member'], m.role), lower(u.name), m.user_id limit 2000"#,
        access.org_id().0,
        removed_after
    )
    .fetch_all(conn)
    .await?;
    let members = rows.into_iter().filter_map(|row| {
        let role = OrgRole::from_name(&row.role)?;
        Some(Member {
            user_id: row.user_id,
            name: row.name,
            email: row.email,
            role,
            joined_at: row.joined_at,
            removed_at: row.removed_at,
        })
    });
    Ok(members.collect())
}

/// Project by project, each through its index of people's work.
pub(super) async fn work_of(conn: &mut PgConnection, access: &OrgAccess, user_id: UserId) -> Result<super::Work> {
    Ok(sqlx::query_as!(
        super::Work,
        r#"select coalesce(sum(w.count), 0)::bigint as "annotations!", count(*) filter (where w.count > 0) as "projects!"
        from project p, lateral (select count(*) as count from annotation a
            where a.project_id = p.project_id and a.completed_by = $2) w
        where p.organization_id = $1 and p.deleted_at is null"#,
        access.org_id().0,
        user_id.0
    )
    .fetch_one(conn)
    .await?)
}

/// Inserts a member, or gives a present or removed one this role.
pub(super) async fn put_member(
    conn: &mut PgConnection,
    org_id: OrgId,
    user_id: UserId,
    role: OrgRole,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into organization_member (organization_id, user_id, role, joined_at) values ($1, $2, $3, $4)
        on conflict (organization_id, user_id) do update set role = excluded.role, removed_at = null",
        org_id.0,
        user_id.0,
        role.as_str(),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The name of the member with this address.
pub(super) async fn member_with(conn: &mut PgConnection, access: &OrgAccess, email: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select u.name from organization_member m join user_account u using (user_id)
        where m.organization_id = $1 and m.removed_at is null and lower(u.email) = lower($2)",
        access.org_id().0,
        email
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn is_member(conn: &mut PgConnection, org_id: OrgId, user_id: UserId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from organization_member
        where organization_id = $1 and user_id = $2 and removed_at is null) as "is!""#,
        org_id.0,
        user_id.0
    )
    .fetch_one(conn)
    .await?)
}

/// Locks the owners, in order, so that two owners cannot remove each other at the same moment; returns how many.
pub(super) async fn lock_owners(conn: &mut PgConnection, access: &OrgAccess) -> Result<i64> {
    let owners = sqlx::query_scalar!(
        "select user_id from organization_member where organization_id = $1 and role = 'owner' and removed_at is null
        order by user_id for update",
        access.org_id().0
    )
    .fetch_all(conn)
    .await?;
    Ok(i64::try_from(owners.len()).unwrap_or(i64::MAX))
}

pub(super) async fn lock_member(
    conn: &mut PgConnection,
    access: &OrgAccess,
    user_id: UserId,
) -> Result<Option<OrgRole>> {
    let role = sqlx::query_scalar!(
        "select role from organization_member where organization_id = $1 and user_id = $2 and removed_at is null for update",
        access.org_id().0,
        user_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(role.and_then(|role| OrgRole::from_name(&role)))
}

pub(super) async fn removed_role(
    conn: &mut PgConnection,
    access: &OrgAccess,
    user_id: UserId,
) -> Result<Option<OrgRole>> {
    let role = sqlx::query_scalar!(
        "select role from organization_member where organization_id = $1 and user_id = $2 and removed_at is not null for update",
        access.org_id().0,
        user_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(role.and_then(|role| OrgRole::from_name(&role)))
}

pub(super) async fn remove_member(
    conn: &mut PgConnection,
    access: &OrgAccess,
    user_id: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update organization_member set removed_at = $3 where organization_id = $1 and user_id = $2",
        access.org_id().0,
        user_id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) struct NewInviteRow<'a> {
    pub token_hash: &'a [u8],
    pub role: OrgRole,
    pub email: Option<&'a str>,
    pub expires_at: DateTime<Utc>,
    pub max_uses: Option<i32>,
    pub now: DateTime<Utc>,
}

pub(super) async fn insert_invite(
    conn: &mut PgConnection,
    access: &OrgAccess,
    invite: &NewInviteRow<'_>,
) -> Result<InviteId> {
    let invite_id = sqlx::query_scalar!(
        r#"insert into invite (organization_id, token_hash, role, email, created_by, created_at, expires_at, max_uses)
        values ($1, $2, $3, $4, $5, $6, $7, $8) returning invite_id as "invite_id: InviteId""#,
        access.org_id().0,
        invite.token_hash,
        invite.role.as_str(),
        invite.email,
        access.user_id().map(|id| id.0),
        invite.now,
        invite.expires_at,
        invite.max_uses
    )
    .fetch_one(conn)
    .await?;
    Ok(invite_id)
}

pub(super) async fn open_invites(
    conn: &mut PgConnection,
    access: &OrgAccess,
    now: DateTime<Utc>,
) -> Result<Vec<Invite>> {
    let rows = sqlx::query!(
        r#"select i.invite_id as "invite_id: InviteId", i.role, i.email, u.name as "created_by?", i.created_at, i.expires_at,
            i.use_count
        from invite i left join user_account u on u.user_id = i.created_by
        where i.organization_id = $1 and i.revoked_at is null and i.expires_at > $2
            and (i.max_uses is null or i.use_count < i.max_uses)
        order by i.created_at desc limit 200"#,
        access.org_id().0,
        now
    )
    .fetch_all(conn)
    .await?;
    let invites = rows.into_iter().filter_map(|row| {
        let role = OrgRole::from_name(&row.role)?;
        Some(Invite {
            invite_id: row.invite_id,
            role,
            email: row.email,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            use_count: row.use_count,
        })
    });
    Ok(invites.collect())
}

pub(super) async fn revoke_invite(
    conn: &mut PgConnection,
    access: &OrgAccess,
    invite_id: InviteId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update invite set revoked_at = $3 where organization_id = $1 and invite_id = $2 and revoked_at is null",
        access.org_id().0,
        invite_id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Ends the open invitations of an address, in favor of a new one.
pub(super) async fn revoke_invites_of(
    conn: &mut PgConnection,
    access: &OrgAccess,
    email: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update invite set revoked_at = $3
        where organization_id = $1 and lower(email) = lower($2) and revoked_at is null and expires_at > $3
            and (max_uses is null or use_count < max_uses)",
        access.org_id().0,
        email,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) struct InviteRow {
    pub invite_id: InviteId,
    pub org_id: OrgId,
    pub organization: String,
    pub role: OrgRole,
    pub email: Option<String>,
    pub invited_by: Option<String>,
    pub expires_at: DateTime<Utc>,
    pub revoked: bool,
    pub use_count: i32,
    pub max_uses: Option<i32>,
}

pub(super) async fn invite_by_token(conn: &mut PgConnection, token_hash: &[u8]) -> Result<Option<InviteRow>> {
    let row = sqlx::query!(
        r#"select i.invite_id as "invite_id: InviteId", i.organization_id as "org_id: OrgId", o.name as organization, i.role,
            i.email, u.name as "invited_by?", i.expires_at, i.revoked_at is not null as "revoked!", i.use_count, i.max_uses
        from invite i join organization o using (organization_id) left join user_account u on u.user_id = i.created_by
        where i.token_hash = $1"#,
        token_hash
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.and_then(|row| {
        let role = OrgRole::from_name(&row.role)?;
        Some(InviteRow {
            invite_id: row.invite_id,
            org_id: row.org_id,
            organization: row.organization,
            role,
            email: row.email,
            invited_by: row.invited_by,
            expires_at: row.expires_at,
            revoked: row.revoked,
            use_count: row.use_count,
            max_uses: row.max_uses,
        })
    }))
}

/// Counts one use; of two people with a mail invitation at the same moment one gets it.
pub(super) async fn use_invite(conn: &mut PgConnection, invite_id: InviteId) -> Result<bool> {
    let done = sqlx::query!(
        "update invite set use_count = use_count + 1 where invite_id = $1 and (max_uses is null or use_count < max_uses)",
        invite_id.0
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn workspaces(conn: &mut PgConnection, access: &OrgAccess) -> Result<Vec<Workspace>> {
    let workspaces = sqlx::query_as!(
        Workspace,
        r#"select w.workspace_id as "workspace_id: WorkspaceId", w.name, w.color,
            (select count(*) from project p where p.workspace_id = w.workspace_id and p.deleted_at is null) as "project_count!"
        from workspace w where w.organization_id = $1 and w.deleted_at is null
        order by lower(w.name) limit 500"#,
        access.org_id().0
    )
    .fetch_all(conn)
    .await?;
    Ok(workspaces)
}

pub(super) async fn insert_workspace(
    conn: &mut PgConnection,
    access: &OrgAccess,
    name: &str,
    color: &str,
    now: DateTime<Utc>,
) -> Result<WorkspaceId> {
    let workspace_id = sqlx::query_scalar!(
        r#"insert into workspace (organization_id, name, color, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $5) returning workspace_id as "workspace_id: WorkspaceId""#,
        access.org_id().0,
        name,
        color,
        access.user_id().map(|id| id.0),
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(workspace_id)
}

pub(super) async fn update_workspace(
    conn: &mut PgConnection,
    access: &OrgAccess,
    workspace_id: WorkspaceId,
    name: &str,
    color: &str,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update workspace set name = $3, color = $4, updated_at = $5
        where organization_id = $1 and workspace_id = $2 and deleted_at is null",
        access.org_id().0,
        workspace_id.0,
        name,
        color,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn delete_workspace(
    conn: &mut PgConnection,
    access: &OrgAccess,
    workspace_id: WorkspaceId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "with gone as (
            update workspace set deleted_at = $3
            where organization_id = $1 and workspace_id = $2 and deleted_at is null returning workspace_id
        ), freed as (update project set workspace_id = null where workspace_id in (select workspace_id from gone))
        select workspace_id from gone",
        access.org_id().0,
        workspace_id.0,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(done.is_some())
}
