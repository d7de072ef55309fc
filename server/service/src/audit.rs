//! What people must be able to answer for, and every change of state, each one row for ever.

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    access::OrgPermission,
    id::{OrgId, ProjectId, UserId},
    page::{Limit, Page},
};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{Actor, Cx, Result, access, boxed};

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

/// Something somebody did, as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Which; they sort by time.
    pub id: Uuid,
    /// Who; nobody for the command line, and where nobody knows any more.
    pub actor_id: Option<UserId>,
    /// As shown.
    pub actor: Option<String>,
    /// What, as a `snake_case` participle.
    pub action: String,
    /// The table of the thing.
    pub subject: String,
    /// The thing.
    pub subject_id: Option<i64>,
    /// What else matters.
    pub data: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// Which entries are read; none of these for all.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this action.
    pub action: Option<String>,
    /// About things of this table.
    pub subject: Option<String>,
    /// About this one.
    pub subject_id: Option<i64>,
    /// By this person.
    pub actor_id: Option<UserId>,
}

/// What was done in the organization one works in, the newest first.
///
/// # Errors
/// *Not found* for people without an organization, *forbidden* without the right to change it; a cursor that is none.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, filter: Filter, after: Option<String>, limit: Limit) -> Result<Page<Entry>> {
    let access = access::current_org(cx, actor, OrgPermission::Manage).await?;
    let refused = |_| Problem::invalid("after", "cursor_malformed", "This page of the list does not exist.");
    let before: Option<Uuid> = after.map(|after| after.parse().map_err(refused)).transpose()?;
    let mut tx = access.begin(cx).await?;
    let mut items = sqlx::query_as!(
        Entry,
        r#"select a.audit_event_id as id, a.actor_id as "actor_id: _", u.name as "actor?", a.action, a.subject, a.subject_id,
            a.data, a.occurred_at as at
        from audit_event a left join user_account u on u.user_id = a.actor_id
        where a.organization_id = $1 and ($2::uuid is null or a.audit_event_id < $2)
            and ($3::text is null or a.action = $3) and ($4::text is null or a.subject = $4)
            and ($5::bigint is null or a.subject_id = $5) and ($6::bigint is null or a.actor_id = $6)
        order by a.audit_event_id desc limit $7"#,
        access.org_id().0,
        before,
        filter.action,
        filter.subject,
        filter.subject_id,
        filter.actor_id.map(|id| id.0),
        limit.rows() + 1
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    let most = usize::try_from(limit.rows()).unwrap_or(usize::MAX);
    let has_more = items.len() > most;
    items.truncate(most);
    let next = items.last().filter(|_| has_more).map(|last| last.id.to_string());
    Ok(Page { items, next, total: None })
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
