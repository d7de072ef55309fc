//! Statements about the state of a project.

use chrono::{DateTime, Utc};
use domain::project::{ProjectState, StateChange};
use sqlx::PgConnection;

use crate::{Result, access::ProjectAccess};

/// Where a project stands, and what decides where it can go.
pub(super) struct Standing {
    pub(super) state: ProjectState,
    pub(super) has_controls: bool,
    pub(super) tasks: i64,
    pub(super) labeled: i64,
}

/// The project's row stays locked: of two moves at the same moment the second sees the first.
pub(super) async fn lock(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Option<Standing>> {
    let row = sqlx::query!(
        r#"select p.state, p.parsed_label_config not in ('{}', 'null') as "has_controls!", s.task_count as "task_count!",
            s.labeled_task_count as "labeled_task_count!"
        from project p join project_count s using (project_id)
        where p.project_id = $1 for update of p"#,
        access.project_id().0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Standing {
        state: ProjectState::from_name(&row.state).unwrap_or_default(),
        has_controls: row.has_controls,
        tasks: row.task_count,
        labeled: row.labeled_task_count,
    }))
}

pub(super) async fn set_state(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    state: ProjectState,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update project set state = $2, said = said - 'is_published', updated_at = $3 where project_id = $1",
        access.project_id().0,
        state.as_str(),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::project) async fn history(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    limit: i64,
) -> Result<Vec<StateChange>> {
    let rows = sqlx::query!(
        r#"select t.from_state, t.to_state, u.name as "by?", t.occurred_at
        from state_transition t left join user_account u on u.user_id = t.actor_id
        where t.entity = 'project' and t.entity_id = $1
        order by t.state_transition_id desc limit $2"#,
        access.project_id().0,
        limit
    )
    .fetch_all(conn)
    .await?;
    let changes = rows.into_iter().map(|row| StateChange {
        from: row.from_state.as_deref().and_then(ProjectState::from_name),
        to: ProjectState::from_name(&row.to_state).unwrap_or_default(),
        by: row.by,
        at: row.occurred_at,
    });
    Ok(changes.collect())
}
