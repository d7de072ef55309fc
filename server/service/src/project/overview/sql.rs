//! Statements behind the overview of a project.

use chrono::NaiveDate;
use domain::{
    format::ExportFormat,
    id::UserId,
    import::RunStatus,
    project::{Happening, PersonWork, ProjectEvent, WorkDay},
};
use sqlx::PgConnection;

use crate::{Result, access::ProjectAccess};

/// The work of the last `days` days, `today` included; of one person where `whose` says so.
pub(super) async fn days(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    whose: Option<UserId>,
    today: NaiveDate,
    days: u64,
) -> Result<Vec<WorkDay>> {
    Ok(sqlx::query_as!(
        WorkDay,
        r#"select day, sum(submitted_count)::bigint as "submitted!", sum(skipped_count)::bigint as "skipped!"
        from work_day
        where project_id = $1 and day > $2::date - $3::integer and day <= $2 and ($4::bigint is null or user_id = $4)
        group by day order by day"#,
        access.project_id().0,
        today,
        i32::try_from(days).unwrap_or(i32::MAX),
        whose.map(|id| id.0)
    )
    .fetch_all(conn)
    .await?)
}

/// What each person did since the beginning.
pub(super) async fn people(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    whose: Option<UserId>,
    limit: i64,
) -> Result<Vec<PersonWork>> {
    Ok(sqlx::query_as!(
        PersonWork,
        r#"select u.user_id as "user_id: UserId", u.name, sum(w.submitted_count)::bigint as "submitted!",
            sum(w.skipped_count)::bigint as "skipped!", sum(w.lead_time_ms)::bigint as "lead_time_ms!"
        from work_day w join user_account u using (user_id)
        where w.project_id = $1 and ($2::bigint is null or w.user_id = $2)
        group by u.user_id, u.name
        order by sum(w.submitted_count) desc, sum(w.skipped_count) desc, u.user_id limit $3"#,
        access.project_id().0,
        whose.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn imports(conn: &mut PgConnection, access: &ProjectAccess, limit: i64) -> Result<Vec<ProjectEvent>> {
    let rows = sqlx::query!(
        r#"select i.source_name, i.status, i.task_count, i.failed_count, i.created_at, u.name as "by?"
        from project_import i left join user_account u on u.user_id = i.created_by
        where i.project_id = $1 order by i.project_import_id desc limit $2"#,
        access.project_id().0,
        limit
    )
    .fetch_all(conn)
    .await?;
    let events = rows.into_iter().filter_map(|row| {
        let what = Happening::Import {
            source: row.source_name,
            status: RunStatus::from_name(&row.status)?,
            tasks: row.task_count,
            failed: row.failed_count,
        };
        Some(ProjectEvent { at: row.created_at, by: row.by, what })
    });
    Ok(events.collect())
}

pub(super) async fn exports(conn: &mut PgConnection, access: &ProjectAccess, limit: i64) -> Result<Vec<ProjectEvent>> {
    let rows = sqlx::query!(
        r#"select e.format, e.status, e.created_at, u.name as "by?"
        from project_export e left join user_account u on u.user_id = e.created_by
        where e.project_id = $1 order by e.project_export_id desc limit $2"#,
        access.project_id().0,
        limit
    )
    .fetch_all(conn)
    .await?;
    let events = rows.into_iter().filter_map(|row| {
        let what = Happening::Export {
            format: ExportFormat::from_code(&row.format),
            status: RunStatus::from_name(&row.status)?,
        };
        Some(ProjectEvent { at: row.created_at, by: row.by, what })
    });
    Ok(events.collect())
}

/// What the audit log knows of the project.
pub(super) async fn changes(conn: &mut PgConnection, access: &ProjectAccess, limit: i64) -> Result<Vec<ProjectEvent>> {
    let rows = sqlx::query!(
        r#"select a.action, a.occurred_at, a.data -> 'role' as role, u.name as "by?", w.name as "whom?"
        from audit_event a left join user_account u on u.user_id = a.actor_id
            left join user_account w on w.user_id = (a.data ->> 'user_id')::bigint
        where a.subject = 'project' and a.subject_id = $1
        order by a.audit_event_id desc limit $2"#,
        access.project_id().0,
        limit
    )
    .fetch_all(conn)
    .await?;
    let events = rows.into_iter().map(|row| ProjectEvent {
        at: row.occurred_at,
        by: row.by,
        what: Happening::Change {
            action: row.action,
            whom: row.whom,
            // One that this version does not know is not told.
            role: row.role.and_then(|role| serde_json::from_value(role).ok()),
        },
    });
    Ok(events.collect())
}
