//! What programs say of a project that means nothing here: kept word for word, and told again to whoever asks.

mod sql;

use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    id::ProjectId,
    project::{ProjectMove, ProjectState},
};
use serde_json::{Map, Value};

use super::lifecycle;
use crate::{Actor, Cx, Result, access, boxed};

pub(crate) use sql::forget;

/// What was said, by the names of Label Studio.
pub type Said = Map<String, Value>;

/// Keeps what a program said, beside what it said before.
///
/// # Errors
/// *Not found*, *forbidden* without the right to manage the project.
#[boxed]
pub async fn keep_said(cx: &Cx, actor: &Actor, project_id: ProjectId, said: Said) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    sql::keep(&mut tx, &access, &said, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Publishes the project, or no longer: it goes live, or pauses, where that is possible now. That it was wished for is kept
/// in any case; once people move the project themselves, it is as they say.
///
/// # Errors
/// As [`keep_said`].
#[boxed]
pub async fn publish(cx: &Cx, actor: &Actor, project_id: ProjectId, wanted: bool) -> Result<()> {
    let state = super::get(cx, actor, project_id).await?.state;
    let step = match (wanted, state) {
        (true, ProjectState::Pending | ProjectState::BuildingWorkflow) => Some(ProjectMove::GoLive),
        (true, ProjectState::Paused) => Some(ProjectMove::Resume),
        (false, ProjectState::Live) => Some(ProjectMove::Pause),
        _ => None,
    };
    if let Some(step) = step {
        match lifecycle::change_state(cx, actor, project_id, step).await {
            // Not ready yet, or somebody was faster.
            Err(crate::Error::Domain(Problem { kind: Kind::Conflict, .. })) => {}
            moved => drop(moved?),
        }
    }
    keep_said(cx, actor, project_id, Map::from_iter([("is_published".to_owned(), wanted.into())])).await
}
