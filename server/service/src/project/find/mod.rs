//! Finding projects and tasks by name and number, from anywhere: what the palette asks.

mod sql;

use domain::{
    access::{OrgPermission, ProjectPermission},
    project::{Find, Found, FoundProject, MAX_SEARCH, MOST_FOUND, search_words, task_number},
};

use crate::{Actor, Cx, Error, Result, access, boxed};

/// The most recent projects that are looked at.
const RECENT: usize = 20;

/// Projects of the current organization whose title holds every word, those opened last first, and the task of that
/// number in the project one is in. What one may not see is not found, and no error: one is only looking around.
///
/// # Errors
/// *Unauthenticated*; *not found* for people without an organization.
#[boxed]
pub async fn find(cx: &Cx, actor: &Actor, mut find: Find) -> Result<Found> {
    let access = access::current_org(cx, actor, OrgPermission::View).await?;
    if find.text.chars().count() > MAX_SEARCH || find.text.contains('\0') {
        return Ok(Found { text: find.text, ..Found::default() });
    }
    find.recent.truncate(RECENT);
    let mut tx = access.begin(cx).await?;
    let projects = sql::projects(&mut tx, &access, &search_words(&find.text), &find.recent, MOST_FOUND).await?;
    tx.commit().await?;
    let mut found = Found { text: find.text, projects, ..Found::default() };
    let Some(project_id) = find.here else { return Ok(found) };
    let access = match access::project(cx, actor, project_id, ProjectPermission::View).await {
        Ok(access) => access,
        Err(Error::Domain(_)) => return Ok(found),
        Err(error) => return Err(error),
    };
    let mut tx = access.begin(cx).await?;
    found.here = sql::project(&mut tx, &access).await?.map(|(title, color, state)| FoundProject {
        project_id,
        title,
        color,
        state,
        role: access.role(),
    });
    if let Some(number) = task_number(&found.text) {
        found.task = sql::task(&mut tx, &access, number).await?;
    }
    tx.commit().await?;
    Ok(found)
}
