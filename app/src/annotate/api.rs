//! What the label page asks of the server.

use domain::annotation::{Desk, DraftToSave, Submission, Submitted, VersionId};
use domain::comment::{Change, NewComment, Thread};
use domain::hotkeys::OwnKeys;
use domain::id::{CommentId, ProjectId, TaskId};
use domain::ml::{Question, Suggestion};
use domain::result::ResultItem;
use domain::task::TaskView;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;

/// The task with that number, or the next one for this person.
#[server(input = Json)]
pub async fn open_desk(project_id: ProjectId, task_id: Option<TaskId>) -> Result<Desk, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(match task_id {
        Some(task_id) => service::task::open(&cx, &actor, project_id, task_id).await?,
        None => service::assignment::next_task(&cx, &actor, project_id).await?,
    })
}

/// What another version of the answers to the task says.
#[server(input = Json)]
pub async fn read_version(project_id: ProjectId, task_id: TaskId, id: VersionId) -> Result<Vec<ResultItem>, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::annotation::read_version(&cx, &actor, project_id, task_id, id).await?)
}

/// A task to be looked at, with one of the versions of its answers.
#[server(input = Json)]
pub async fn view_task(project_id: ProjectId, task_id: TaskId, shown: Option<VersionId>) -> Result<TaskView, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::task::view(&cx, &actor, project_id, task_id, shown).await?)
}

/// What was said about a task.
#[server(input = Json)]
pub async fn comments(project_id: ProjectId, task_id: TaskId) -> Result<Vec<Thread>, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::comment::list(&cx, &actor, project_id, task_id).await?)
}

/// Says something about a task; what is said of it now.
#[server(input = Json)]
pub async fn write_comment(comment: NewComment) -> Result<Vec<Thread>, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::comment::write(&cx, &actor, comment).await?)
}

/// Does something to a comment; what is said of the task now.
#[server(input = Json)]
pub async fn change_comment(
    project_id: ProjectId,
    task_id: TaskId,
    comment_id: CommentId,
    change: Change,
) -> Result<Vec<Thread>, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::comment::change(&cx, &actor, project_id, task_id, comment_id, change).await?)
}

/// Hands work in.
#[server(input = Json)]
pub async fn submit(submission: Submission) -> Result<Submitted, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::annotation::submit(&cx, &actor, submission).await?)
}

/// Leaves a task to others.
#[server(input = Json)]
pub async fn skip(submission: Submission) -> Result<Submitted, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::annotation::skip(&cx, &actor, submission).await?)
}

/// Keeps unsubmitted work.
#[server(input = Json)]
pub async fn save_draft(draft: DraftToSave) -> Result<i64, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::annotation::save_draft(&cx, &actor, draft).await?)
}

/// Says that the page is still open; whether the task is still the person's.
#[server(input = Json)]
pub async fn heartbeat(project_id: ProjectId, task_id: TaskId) -> Result<bool, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::assignment::heartbeat(&cx, &actor, project_id, task_id).await?)
}

/// The pictures of the task that probably comes after this one.
#[server(input = Json)]
pub async fn upcoming(project_id: ProjectId, task_id: TaskId) -> Result<Vec<String>, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::assignment::upcoming(&cx, &actor, project_id, task_id).await?)
}

/// Asks the model of the project what it proposes for what was drawn.
#[server(input = Json)]
pub async fn ask_model(question: Question) -> Result<Suggestion, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::ml::ask(&cx, &actor, question).await?)
}

/// Puts commands on keys of the person's own.
#[server(input = Json)]
pub async fn save_keys(keys: OwnKeys) -> Result<(), AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::account::set_keys(&cx, &actor, &keys).await?)
}

/// The text behind the address that an object of the interface shows of a task.
#[server(input = Json)]
pub async fn text(project_id: ProjectId, task_id: TaskId, object: String) -> Result<String, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::task::text(&cx, &actor, project_id, task_id, &object).await?)
}

/// The entries of a tree that lie on another server, or those below one of them.
#[server(input = Json)]
pub async fn tree(
    project_id: ProjectId,
    task_id: TaskId,
    control: String,
    path: Vec<String>,
) -> Result<serde_json::Value, AppError> {
    let (cx, actor) = crate::ssr::request()?;
    Ok(service::task::tree(&cx, &actor, project_id, task_id, &control, &path).await?)
}
