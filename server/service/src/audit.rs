//! What people must be able to answer for, and every change of state, each one row for ever.

use domain::id::{OrgId, ProjectId, UserId};
use serde_json::Value;
use sqlx::PgConnection;

use crate::{Cx, Result};

/// Something somebody did.
#[derive(Debug)]
pub struct Event<'a> {
    /// In which organization.
    pub org_id: Option<OrgId>,
    /// Who; nobody for the command line.
    pub actor_id: Option<UserId>,
    /// What, as a `snake_case` participle: `member_removed`.
    pub action: &'a str,
    /// The table of the thing.
    pub subject: &'a str,
    /// The thing.
    pub subject_id: Option<i64>,
    /// What else matters; never a secret.
    pub data: Value,
}

/// Records the event in the transaction of the change.
///
/// # Errors
/// When the database refuses.
pub async fn record(cx: &Cx, conn: &mut PgConnection, event: Event<'_>) -> Result<()> {
    sqlx::query!(
        "insert into audit_event (audit_event_id, organization_id, actor_id, action, subject, subject_id, data, occurred_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)",
        cx.new_uuid(),
        event.org_id.map(|id| id.0),
        event.actor_id.map(|id| id.0),
        event.action,
        event.subject,
        event.subject_id,
        event.data,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A change of state of a project, task, annotation or assignment.
#[derive(Debug)]
pub struct Transition<'a> {
    /// In which organization.
    pub org_id: OrgId,
    /// In which project, if any.
    pub project_id: Option<ProjectId>,
    /// The table of the thing.
    pub entity: &'a str,
    /// The thing.
    pub entity_id: i64,
    /// The state before; none for something new.
    pub from: Option<&'a str>,
    /// The state after.
    pub to: &'a str,
    /// The verb that did it.
    pub transition: &'a str,
    /// Who; nobody for the system.
    pub actor_id: Option<UserId>,
    /// What else matters.
    pub data: Value,
}

/// Records the transition in the transaction of the change.
///
/// # Errors
/// When the database refuses.
pub async fn transition(cx: &Cx, conn: &mut PgConnection, change: Transition<'_>) -> Result<()> {
    sqlx::query!(
        "insert into state_transition (state_transition_id, organization_id, project_id, entity, entity_id, from_state,
            to_state, transition, actor_id, data, occurred_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        cx.new_uuid(),
        change.org_id.0,
        change.project_id.map(|id| id.0),
        change.entity,
        change.entity_id,
        change.from,
        change.to,
        change.transition,
        change.actor_id.map(|id| id.0),
        change.data,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Records the same transition of many things; the `entity_id` of the change is not looked at.
///
/// # Errors
/// When the database refuses.
pub async fn transition_each(
    cx: &Cx,
    conn: &mut PgConnection,
    change: Transition<'_>,
    entity_ids: &[i64],
) -> Result<()> {
    if entity_ids.is_empty() {
        return Ok(());
    }
    let ids: Vec<uuid::Uuid> = entity_ids.iter().map(|_| cx.new_uuid()).collect();
    sqlx::query!(
        "insert into state_transition (state_transition_id, organization_id, project_id, entity, entity_id, from_state,
            to_state, transition, actor_id, data, occurred_at)
        select n.id, $3, $4, $5, n.entity_id, $6, $7, $8, $9, $10, $11
        from unnest($1::uuid[], $2::bigint[]) n (id, entity_id)",
        &ids,
        entity_ids,
        change.org_id.0,
        change.project_id.map(|id| id.0),
        change.entity,
        change.from,
        change.to,
        change.transition,
        change.actor_id.map(|id| id.0),
        change.data,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}
