//! Statements about the people in projects. All of them run behind the tenant wall.

use chrono::{DateTime, Utc};
use domain::{access::ProjectRole, id::UserId, project::ProjectMember};
use sqlx::PgConnection;

use crate::{Result, access::ProjectAccess};

/// Admins of the organization, then those who were added, strongest first.
pub(super) async fn members(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Vec<ProjectMember>> {
    let rows = sqlx::query!(
        r#"select u.user_id as "user_id: UserId", u.name, u.email, om.role in ('owner', 'admin') as "by_org!",
            pm.member_type as "member_type?"
        from organization_member om
        join user_account u using (user_id)
        left join project_member pm on pm.project_id = $2 and pm.user_id = om.user_id and pm.enabled
        where om.organization_id = $1 and om.removed_at is null and (om.role in ('owner', 'admin') or pm.user_id is not null)
        order by om.role in ('owner', 'admin') desc, pm.member_type, lower(u.name), u.user_id
        limit 1000"#,
        access.org_id().0,
        access.project_id().0
    )
    .fetch_all(conn)
    .await?;
    let members = rows.into_iter().filter_map(|row| {
        let added = row.member_type.and_then(ProjectRole::from_member_type);
        Some(ProjectMember {
            user_id: row.user_id,
            name: row.name,
            email: row.email,
            role: if row.by_org { ProjectRole::Admin } else { added? },
            by_organization: row.by_org,
        })
    });
    Ok(members.collect())
}

/// People of the organization who are not in the project yet.
pub(super) async fn candidates(
    conn: &mut PgConnection,
    access: &ProjectAccess,
) -> Result<Vec<(UserId, String, String)>> {
    let rows = sqlx::query!(
        r#"select u.user_id as "user_id: UserId", u.name, u.email
        from organization_member om join user_account u using (user_id)
        where om.organization_id = $1 and om.removed_at is null and om.role = 'member'
            and not exists (select from project_member pm
                where pm.project_id = $2 and pm.user_id = om.user_id and pm.enabled)
        order by lower(u.name), u.user_id limit 1000"#,
        access.org_id().0,
        access.project_id().0
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.user_id, row.name, row.email)).collect())
}

/// Adds a person of the organization, or changes what they do. False for somebody outside it.
pub(super) async fn put_member(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    user_id: UserId,
    role: ProjectRole,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "insert into project_member (project_id, user_id, member_type, created_at, updated_at)
        select $2, om.user_id, $4, $5, $5 from organization_member om
        where om.organization_id = $1 and om.user_id = $3 and om.removed_at is null
        on conflict (project_id, user_id) do update set member_type = excluded.member_type, enabled = true, updated_at = $5",
        access.org_id().0,
        access.project_id().0,
        user_id.0,
        role.member_type(),
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn remove_member(conn: &mut PgConnection, access: &ProjectAccess, user_id: UserId) -> Result<bool> {
    let done = sqlx::query!(
        "delete from project_member where project_id = $1 and user_id = $2",
        access.project_id().0,
        user_id.0
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() > 0)
}
