//! A project at a glance, in one answer.

mod sql;

use domain::{
    access::ProjectPermission,
    id::ProjectId,
    project::{Happening, OVERVIEW_DAYS, ProjectEvent, ProjectOverview, fill_days},
};

use super::lifecycle;
use crate::{
    Actor, Cx, Result,
    access::{self, ProjectAccess},
    boxed,
};

/// The most people the charts name.
const PEOPLE: i64 = 50;
/// The most lines of what happened.
const EVENTS: i64 = 12;

/// Everything the overview shows. Who sees all data sees everybody's work and what happened; others their own work.
///
/// # Errors
/// *Not found* for people outside the project.
#[boxed]
pub async fn overview(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ProjectOverview> {
    let detail = super::get(cx, actor, project_id).await?;
    let access = access::project(cx, actor, project_id, ProjectPermission::View).await?;
    let sees_all = access.allows(ProjectPermission::ViewData);
    // Nobody else's work, where not everybody's may be seen.
    let whose = if sees_all { None } else { access.user_id() };
    let today = cx.now().date_naive();
    let mut tx = access.begin(cx).await?;
    let days = sql::days(&mut tx, &access, whose, today, OVERVIEW_DAYS).await?;
    let people = sql::people(&mut tx, &access, whose, PEOPLE).await?;
    let events = if sees_all { happened(&mut tx, &access).await? } else { Vec::new() };
    tx.commit().await?;
    Ok(ProjectOverview { detail, days: fill_days(&days, today), people, events })
}

/// What happened lately, newest first, from every place that remembers.
async fn happened(tx: &mut crate::Tx, access: &ProjectAccess) -> Result<Vec<ProjectEvent>> {
    let states = lifecycle::sql::history(tx, access, EVENTS).await?;
    let mut events: Vec<ProjectEvent> = states
        .into_iter()
        .map(|change| ProjectEvent { at: change.at, by: change.by.clone(), what: Happening::State(change) })
        .collect();
    events.extend(sql::imports(tx, access, EVENTS).await?);
    events.extend(sql::exports(tx, access, EVENTS).await?);
    events.extend(sql::changes(tx, access, EVENTS).await?);
    // Nothing happens to a project before it is made, also where one transaction does it all.
    let is_making = |event: &ProjectEvent| matches!(&event.what, Happening::State(change) if change.from.is_none());
    events.sort_by_key(|event| (std::cmp::Reverse(event.at), is_making(event)));
    events.truncate(usize::try_from(EVENTS).unwrap_or(usize::MAX));
    Ok(events)
}
