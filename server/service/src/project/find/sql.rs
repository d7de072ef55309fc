//! Statements behind the palette.

use domain::{
    access::{ProjectPermission, ProjectRole},
    id::{ProjectId, TaskId},
    project::{FoundProject, ProjectState},
};
use sqlx::PgConnection;

use crate::{
    Result,
    access::{OrgAccess, ProjectAccess},
};

/// Projects whose title holds every word: those opened last, then those worked on last.
pub(super) async fn projects(
    conn: &mut PgConnection,
    access: &OrgAccess,
    words: &[String],
    recent: &[ProjectId],
    limit: i64,
) -> Result<Vec<FoundProject>> {
    let by_org = access.role().in_projects();
    let recent: Vec<i64> = recent.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select p.project_id as "project_id: ProjectId", p.title, p.color, p.state, m.member_type as "member_type?"
        from project p
        join project_count s using (project_id)
        left join project_member m on m.project_id = p.project_id and m.user_id = $2 and m.enabled
        where p.organization_id = $1 and p.deleted_at is null and ($3 or m.user_id is not null)
            and not exists (select from unnest($4::text[]) word where position(word in lower(p.title)) = 0)
        order by array_position($5::bigint[], p.project_id), coalesce(s.last_annotation_at, p.created_at) desc, p.project_id
        limit $6"#,
        access.org_id().0,
        access.user_id().map(|id| id.0),
        by_org.is_some(),
        words,
        &recent,
        limit
    )
    .fetch_all(conn)
    .await?;
    let found = rows.into_iter().filter_map(|row| {
        Some(FoundProject {
            project_id: row.project_id,
            title: row.title,
            color: row.color,
            state: ProjectState::from_name(&row.state).unwrap_or_default(),
            role: by_org.or_else(|| row.member_type.and_then(ProjectRole::from_member_type))?,
        })
    });
    Ok(found.collect())
}

pub(super) async fn project(
    conn: &mut PgConnection,
    access: &ProjectAccess,
) -> Result<Option<(String, String, ProjectState)>> {
    let row = sqlx::query!("select title, color, state from project where project_id = $1", access.project_id().0)
        .fetch_optional(conn)
        .await?;
    Ok(row.map(|row| (row.title, row.color, ProjectState::from_name(&row.state).unwrap_or_default())))
}

/// The task of that number, as far as the person may open it: all for those who see all data, others what they worked on
/// or hold.
pub(super) async fn task(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    number: i64,
) -> Result<Option<(TaskId, i64)>> {
    let row = sqlx::query!(
        r#"select t.task_id as "task_id: TaskId", t.inner_id from task t
        where t.project_id = $1 and t.inner_id = $2
            and ($3
                or exists (select from annotation a
                    where a.project_id = $1 and a.task_id = t.task_id and a.completed_by = $4)
                or exists (select from assignment l
                    where l.project_id = $1 and l.task_id = t.task_id and l.user_id = $4 and l.state = 'lease'))
        limit 1"#,
        access.project_id().0,
        number,
        access.allows(ProjectPermission::ViewData),
        access.user_id().map(|id| id.0)
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.task_id, row.inner_id)))
}
