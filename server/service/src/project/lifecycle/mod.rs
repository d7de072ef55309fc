//! The life of a project: going live, pausing, completing, each one row of history.

pub(super) mod sql;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    id::ProjectId,
    project::{Lack, ProjectMove, ProjectState, StateChange},
};
use serde_json::json;

use crate::{
    Actor, Cx, Result, access, audit, boxed,
    webhook::{Happening, tell},
};

/// The most lines of history that are read.
const HISTORY: i64 = 100;

/// Moves the project from one state to another; answers where it stands now.
///
/// # Errors
/// *Not found*, *forbidden* without the right to manage it. *Conflict* `move_illegal` from the wrong state,
/// `project_not_ready` where something is missing before it can go live: the message says what.
#[boxed]
pub async fn change_state(cx: &Cx, actor: &Actor, project_id: ProjectId, step: ProjectMove) -> Result<ProjectState> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let standing = sql::lock(&mut tx, &access).await?.ok_or_else(|| Problem::not_found("project"))?;
    let state = standing.state.after(step, &Lack::of(standing.has_controls, standing.tasks))?;
    sql::set_state(&mut tx, &access, state, cx.now()).await?;
    let change = audit::Transition {
        org_id: access.org_id(),
        project_id: Some(project_id),
        entity: "project",
        entity_id: project_id.0,
        from: Some(standing.state.as_str()),
        to: state.as_str(),
        transition: step.as_str(),
        actor_id: access.user_id(),
        data: json!({ "tasks": standing.tasks, "labeled": standing.labeled }),
    };
    audit::transition(cx, &mut tx, change).await?;
    tell(cx, &mut tx, (&access).into(), Happening::ProjectUpdated).await?;
    tx.commit().await?;
    Ok(state)
}

/// Every state the project was in, newest first.
///
/// # Errors
/// *Not found*; *forbidden* for those who do not see all data.
#[boxed]
pub async fn history(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<StateChange>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let changes = sql::history(&mut tx, &access, HISTORY).await?;
    tx.commit().await?;
    Ok(changes)
}
