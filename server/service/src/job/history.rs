//! What runs for a project, and has run, whatever it is: imports, exports, actions on tasks, runs of client APIs.

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    access::ProjectPermission,
    id::ProjectId,
    import::RunStatus,
    page::{Limit, Page},
};

use crate::{Actor, Cx, Result, access, boxed};

/// A run of some kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// `import`, `export`, `action` or `client_api`.
    pub kind: String,
    /// Its number among those of its kind.
    pub id: i64,
    /// Where it stands.
    pub status: RunStatus,
    /// What it is about, in words.
    pub title: String,
    /// How much is done: rows of an import, tasks of all others.
    pub done: i64,
    /// Of how much, where that is known.
    pub total: Option<i64>,
    /// What failed of it.
    pub failed: i64,
    /// Why it stopped.
    pub error: Option<String>,
    /// Who began it.
    pub started_by: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// The runs of a project, the newest first.
///
/// # Errors
/// *Not found*; *forbidden* without the right to change settings; a cursor that is none.
#[boxed]
pub async fn runs(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    after: Option<String>,
    limit: Limit,
) -> Result<Page<Run>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let refused = || Problem::invalid("after", "cursor_malformed", "This page of the list does not exist.");
    let before = after.map(|after| read_cursor(&after).ok_or_else(refused)).transpose()?;
    let (at, kind, id) = before.map_or((None, None, None), |(at, kind, id)| (Some(at), Some(kind), Some(id)));
    let mut tx = access.begin(cx).await?;
    let rows = sqlx::query!(
        r#"select r.kind as "kind!", r.id as "id!", r.status as "status!", r.title as "title!", r.done as "done!", r.total,
            r.failed as "failed!", r.error, u.name as "started_by?", r.created_at as "created_at!", r.finished_at
        from (
            select 'import' as kind, project_import_id as id, status, source_name as title, row_count as done,
                case when finished_at is null then null else row_count end as total, failed_count as failed, error,
                created_by as user_id, created_at, finished_at
            from project_import where project_id = $1
            union all
            select 'export', project_export_id, status, format, progress_done, progress_total, 0, error, created_by,
                created_at, finished_at
            from project_export where project_id = $1
            union all
            select 'action', action_run_id, status, action, progress_done, progress_total, 0, error, user_id, created_at,
                finished_at
            from action_run where project_id = $1
            union all
            select 'client_api', client_api_run_id, status, array_to_string(fields, ', '), done, total, failed, error,
                user_id, created_at, finished_at
            from client_api_run where project_id = $1
        ) r left join user_account u on u.user_id = r.user_id
        where $2::timestamptz is null or (r.created_at, r.kind, r.id) < ($2, $3, $4)
        order by r.created_at desc, r.kind desc, r.id desc limit $5"#,
        project_id.0,
        at,
        kind,
        id,
        limit.rows() + 1
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let mut items: Vec<Run> = rows
        .into_iter()
        .map(|row| Run {
            kind: row.kind,
            id: row.id,
            status: RunStatus::from_name(&row.status).unwrap_or(RunStatus::Failed),
            title: row.title,
            done: row.done,
            total: row.total,
            failed: row.failed,
            error: row.error,
            started_by: row.started_by,
            created_at: row.created_at,
            finished_at: row.finished_at,
        })
        .collect();
    let most = usize::try_from(limit.rows()).unwrap_or(usize::MAX);
    let has_more = items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| has_more).map(write_cursor);
    Ok(Page { items, next, total: None })
}

fn write_cursor(run: &Run) -> String {
    format!("{}:{}:{}", run.created_at.timestamp_micros(), run.kind, run.id)
}

fn read_cursor(text: &str) -> Option<(DateTime<Utc>, String, i64)> {
    let mut parts = text.splitn(3, ':');
    let at = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?;
    Some((at, parts.next()?.to_owned(), parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_where_it_was_written() {
        let run = Run {
            kind: "import".into(),
            id: 7,
            status: RunStatus::Completed,
            title: String::new(),
            done: 0,
            total: None,
            failed: 0,
            error: None,
            started_by: None,
            created_at: DateTime::from_timestamp_micros(1_790_000_000_123_456).unwrap(),
            finished_at: None,
        };
        assert_eq!(read_cursor(&write_cursor(&run)), Some((run.created_at, "import".to_owned(), 7)));
        for wrong in ["", "1", "1:import", "x:import:1", "1:import:x", "99999999999999999999:import:1"] {
            assert_eq!(read_cursor(wrong), None, "{wrong}");
        }
    }
}
