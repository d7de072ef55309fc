//! The library as its page shows it: searched, with the names of the projects, and what could be added to it.

use domain::{
    access::{OrgPermission, ProjectPermission},
    id::{LabelId, ProjectId},
    label::{Library, Offer, offers},
    label_config,
};

use super::sql;
use crate::{Actor, Cx, Result, access, boxed};

/// The most labels that are shown at once.
const MAX_SHOWN: i64 = 1_000;
/// The most projects whose labels are offered.
const MAX_SOURCES: i64 = 500;

/// The labels whose title, value or description contains `search`, by their titles, `limit` of them.
///
/// # Errors
/// *Not found* for people without an organization.
#[boxed]
pub async fn library(cx: &Cx, actor: &Actor, search: String, limit: i64) -> Result<Library> {
    let access = access::current_org(cx, actor, OrgPermission::View).await?;
    let may_change = access.role().allows(OrgPermission::CreateProject);
    let mut tx = access.begin(cx).await?;
    let (total, found) = sql::find(&mut tx, &access, search.trim(), limit.clamp(1, MAX_SHOWN)).await?;
    let mut labels = sql::labels(&mut tx, &access, &sql::Which::These(&found)).await?;
    let place = |id: LabelId| found.iter().position(|other| *other == id.0);
    labels.sort_by_key(|label| place(label.label_id));
    let used: Vec<i64> = labels.iter().flat_map(|label| &label.links).map(|(_, project_id)| project_id.0).collect();
    let library = Library {
        is_empty: total == 0 && (search.trim().is_empty() || sql::count(&mut tx, &access).await? == 0),
        labels,
        total,
        projects: sql::titles(&mut tx, &access, &used).await?,
        sources: sql::sources(&mut tx, &access, MAX_SOURCES).await?,
        may_change,
    };
    tx.commit().await?;
    Ok(library)
}

/// What the labeling interface of a project offers, and which of it the library has there already.
///
/// # Errors
/// *Not found*; *forbidden* without the right to manage the project.
#[boxed]
pub async fn offered(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<Offer>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let config = sql::config(&mut tx, &access).await?;
    let linked = sql::linked(&mut tx, &access).await?;
    tx.commit().await?;
    let mut offered = offers(&label_config::read(&config).unwrap_or_default());
    for offer in &mut offered {
        offer.is_known = linked.iter().any(|(from_name, value)| *from_name == offer.from_name && *value == offer.value);
    }
    Ok(offered)
}
