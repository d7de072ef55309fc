//! Projects.

pub mod config;
pub mod list;
mod shape;
pub mod summary;
pub mod version;

use axum::{Extension, Json, extract::State};
use domain::{
    Error as Problem,
    id::{ProjectId, UserId, WorkspaceId},
    project::{NewProject, ProjectPatch},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{
    Actor, Cx, assignment, project,
    task::{
        change,
        record::{self, With},
    },
};
use utoipa::ToSchema;

pub use self::shape::{ProjectIn, ProjectOut};
use super::{
    Answer, Created,
    input::{At, Input, Query},
    output::{PageQuery, PersonOut},
    task::TaskOut,
};
use crate::error::Failure;

/// What a project is called that nobody has named.
const UNNAMED: &str = "Untitled project";
/// How many tasks a page holds.
const USUAL_TASKS: i64 = 100;

pub(super) async fn found(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<ProjectOut, Failure> {
    Ok(project::record(cx, actor, project_id).await?.into())
}

/// Makes a project.
#[utoipa::path(post, path = "/projects", tag = "Projects", request_body = ProjectIn,
    responses((status = 201, body = ProjectOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<ProjectIn>,
) -> Result<Created<ProjectOut>, Failure> {
    let patch = input.patch()?;
    let new = NewProject {
        title: input.title.clone().filter(|title| !title.is_empty()).unwrap_or_else(|| UNNAMED.to_owned()),
        description: input.description.clone().unwrap_or_default(),
        color: patch.color.clone().unwrap_or_default(),
        workspace_id: patch.workspace_id,
        label_config: input.label_config.clone().unwrap_or_default(),
    };
    let patch = ProjectPatch { title: None, ..patch };
    let project_id = project::create_with(&cx, &actor, new, patch).await?;
    input.keep(&cx, &actor, project_id).await?;
    Ok(Created(found(&cx, &actor, project_id).await?))
}

/// One project.
#[utoipa::path(get, path = "/projects/{id}", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = ProjectOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<ProjectOut> {
    Ok(Json(found(&cx, &actor, project_id).await?))
}

async fn set(cx: &Cx, actor: &Actor, project_id: ProjectId, input: ProjectIn) -> Answer<ProjectOut> {
    let patch = input.patch()?;
    if let Some(xml) = input.label_config.as_ref().filter(|xml| !xml.trim().is_empty()) {
        project::set_label_config(cx, actor, project_id, xml.clone(), false).await?;
    }
    if patch != ProjectPatch::default() {
        project::update(cx, actor, project_id, patch).await?;
    }
    input.keep(cx, actor, project_id).await?;
    Ok(Json(found(cx, actor, project_id).await?))
}

/// Changes settings; what is not named stays.
#[utoipa::path(patch, path = "/projects/{id}", tag = "Projects", params(("id" = i64, Path)),
    request_body = ProjectIn, responses((status = 200, body = ProjectOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ProjectIn>,
) -> Answer<ProjectOut> {
    set(&cx, &actor, project_id, input).await
}

/// Changes settings; what is not named stays.
#[utoipa::path(put, path = "/projects/{id}", tag = "Projects", params(("id" = i64, Path)),
    request_body = ProjectIn, responses((status = 200, body = ProjectOut)))]
pub async fn replace(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ProjectIn>,
) -> Answer<ProjectOut> {
    set(&cx, &actor, project_id, input).await
}

/// Moves a project into the bin, where it stays 30 days.
#[utoipa::path(delete, path = "/projects/{id}", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Result<StatusCode, Failure> {
    // A second time it is not there any more.
    project::record(&cx, &actor, project_id).await?;
    project::delete(&cx, &actor, project_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The next task for the person who asks, leased to them for half an hour.
#[utoipa::path(get, path = "/projects/{id}/next", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = TaskOut)))]
pub async fn next(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<TaskOut> {
    let task = assignment::take_next(&cx, &actor, project_id).await?;
    Ok(Json(TaskOut::new(task, cx.now(), true).resolved(&cx, None)))
}

/// How a project is copied.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct DuplicateIn {
    /// `settings`; tasks are not copied here.
    mode: Option<String>,
    /// What the copy is called.
    title: Option<String>,
    description: Option<String>,
    workspace: Option<i64>,
}

/// A copy.
#[derive(Debug, Serialize, ToSchema)]
pub struct DuplicateOut {
    id: i64,
}

/// Copies a project's settings into a new one.
#[utoipa::path(post, path = "/projects/{id}/duplicate", tag = "Projects", params(("id" = i64, Path)),
    request_body = DuplicateIn, responses((status = 201, body = DuplicateOut)))]
pub async fn duplicate(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<DuplicateIn>,
) -> Result<Created<DuplicateOut>, Failure> {
    if input.mode.as_deref().is_some_and(|mode| mode != "settings") {
        let message = "Only “settings” are copied: export the tasks and import them into the copy.";
        return Err(Problem::invalid("mode", "choice_unknown", message).into());
    }
    let copy = project::duplicate(&cx, &actor, project_id).await?;
    let patch = ProjectPatch {
        title: input.title,
        description: input.description,
        workspace_id: input.workspace.map(WorkspaceId),
        ..ProjectPatch::default()
    };
    if patch != ProjectPatch::default() {
        project::update(&cx, &actor, copy, patch).await?;
    }
    Ok(Created(DuplicateOut { id: copy.0 }))
}

/// Who has annotated in a project.
#[utoipa::path(get, path = "/projects/{id}/annotators", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<PersonOut>)))]
pub async fn annotators(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<PersonOut>> {
    let people: Vec<(UserId, String, String)> = project::annotators(&cx, &actor, project_id).await?;
    Ok(Json(people.iter().map(|(id, name, email)| PersonOut::new(*id, name, email)).collect()))
}

/// A project's tasks with annotations and predictions, the newest first.
#[utoipa::path(get, path = "/projects/{id}/tasks", tag = "Tasks", params(("id" = i64, Path), PageQuery),
    responses((status = 200, body = Vec<TaskOut>)))]
pub async fn tasks(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(page): Query<PageQuery>,
) -> Answer<Vec<TaskOut>> {
    let (offset, limit) = page.window(USUAL_TASKS, record::MAX_PAGE);
    let with = With { annotations: true, predictions: true, drafts: false };
    let (_, tasks) = record::records(&cx, &actor, project_id, true, offset, limit, with).await?;
    let now = cx.now();
    Ok(Json(tasks.into_iter().map(|task| TaskOut::new(task, now, false).resolved(&cx, None)).collect()))
}

/// Takes all tasks of a project away, with everything done on them.
#[utoipa::path(delete, path = "/projects/{id}/tasks", tag = "Tasks", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete_tasks(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Result<StatusCode, Failure> {
    change::delete_all(&cx, &actor, project_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
