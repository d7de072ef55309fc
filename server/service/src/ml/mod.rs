//! The models of a project: setting them up, and asking one while somebody draws.
//!
//! Invariants: the password of a model is never read by anything but the statement that is followed by a call of it; no
//! transaction is open while a model is waited for.

mod sql;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    id::{MlBackendId, ProjectId},
    label_config::read,
    ml::{
        Auth, Backend, BackendForm, MAX_BACKENDS, Question, State, Suggestion, Trouble, check_question,
        protocol::{About, Asked},
        suggested,
    },
};
use serde_json::json;

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    account::{Limit, spend},
    annotation, audit, boxed,
    provider::ml::{check_address, is_same_server},
};

/// The models of a project, oldest first.
///
/// # Errors
/// *Not found*, *forbidden* without the right to change settings.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<Backend>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let backends = sql::list(&mut tx, &access).await?;
    tx.commit().await?;
    Ok(backends)
}

/// Adds a model and looks whether it is there. One that is not is added all the same: its state says so.
///
/// # Errors
/// *Not found*, *forbidden* without the right; a value outside its limits, an address that leads where it must not, more
/// than [`MAX_BACKENDS`].
#[boxed]
pub async fn add(cx: &Cx, actor: &Actor, project_id: ProjectId, form: BackendForm) -> Result<Backend> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let form = form.checked()?;
    form.may_keep_password(false, false)?;
    check_address(cx, &form.url).await?;
    let mut tx = access.begin(cx).await?;
    sql::lock(&mut tx, &access).await?;
    if sql::count(&mut tx, &access).await? >= MAX_BACKENDS {
        let message = format!("A project has {MAX_BACKENDS} models at most. Remove one first.");
        return Err(Problem::conflict("too_many_models", message).into());
    }
    if form.is_interactive {
        sql::ask_no_other(&mut tx, &access, None, cx.now()).await?;
    }
    let ml_backend_id = sql::insert(&mut tx, &access, &form, cx.now()).await?;
    record(cx, &mut tx, &access, "ml_backend_added", ml_backend_id, &form.title).await?;
    tx.commit().await?;
    look(cx, &access, ml_backend_id).await
}

/// Changes a model and looks whether it is there.
///
/// # Errors
/// As [`add`]; *not found* for a model that is gone; a password that would go to another server than it was typed for.
#[boxed]
pub async fn change(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    ml_backend_id: MlBackendId,
    form: BackendForm,
) -> Result<Backend> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let form = form.checked()?;
    check_address(cx, &form.url).await?;
    let mut tx = access.begin(cx).await?;
    sql::lock(&mut tx, &access).await?;
    let before = sql::get(&mut tx, &access, ml_backend_id).await?.ok_or_else(gone)?;
    form.may_keep_password(before.username.is_some(), is_same_server(&before.url, &form.url))?;
    if form.is_interactive {
        sql::ask_no_other(&mut tx, &access, Some(ml_backend_id), cx.now()).await?;
    }
    sql::update(&mut tx, &access, ml_backend_id, &form, cx.now()).await?;
    match &form.auth {
        Auth::None => sql::put_credentials(&mut tx, &access, ml_backend_id, None).await?,
        Auth::Basic { username, password: Some(password) } => {
            sql::put_credentials(&mut tx, &access, ml_backend_id, Some((username, password))).await?;
        }
        Auth::Basic { username, password: None } => {
            sql::put_username(&mut tx, &access, ml_backend_id, username).await?;
        }
    }
    record(cx, &mut tx, &access, "ml_backend_changed", ml_backend_id, &form.title).await?;
    tx.commit().await?;
    look(cx, &access, ml_backend_id).await
}

/// Has a model asked while people draw, instead of any other, or no longer.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn set_interactive(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    ml_backend_id: MlBackendId,
    is_interactive: bool,
) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    sql::lock(&mut tx, &access).await?;
    let before = sql::get(&mut tx, &access, ml_backend_id).await?.ok_or_else(gone)?;
    if is_interactive {
        sql::ask_no_other(&mut tx, &access, Some(ml_backend_id), cx.now()).await?;
    }
    if before.is_interactive != is_interactive {
        sql::set_interactive(&mut tx, &access, ml_backend_id, is_interactive, cx.now()).await?;
        record(cx, &mut tx, &access, "ml_backend_changed", ml_backend_id, &before.title).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes a model. Doing it twice is the same as once.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn remove(cx: &Cx, actor: &Actor, project_id: ProjectId, ml_backend_id: MlBackendId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    if let Some(title) = sql::delete(&mut tx, &access, ml_backend_id).await? {
        record(cx, &mut tx, &access, "ml_backend_removed", ml_backend_id, &title).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Looks whether a model is there and ready for the project, and keeps what it found.
///
/// # Errors
/// *Not found*, *forbidden* without the right. A model that is down is no error: its state says so.
#[boxed]
pub async fn check(cx: &Cx, actor: &Actor, project_id: ProjectId, ml_backend_id: MlBackendId) -> Result<Backend> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    look(cx, &access, ml_backend_id).await
}

async fn look(cx: &Cx, access: &ProjectAccess, ml_backend_id: MlBackendId) -> Result<Backend> {
    let mut tx = access.begin(cx).await?;
    let project = sql::project(&mut tx, access).await?;
    tx.commit().await?;
    let model = sql::model(cx, access, Some(ml_backend_id)).await?.ok_or_else(gone)?;
    let (state, message, version) = match model.check(cx, &about(access, &project)).await {
        Ok(version) => (State::Up, String::new(), version),
        Err(crate::Error::Domain(problem)) => (State::Down, problem.message, String::new()),
        Err(other) => return Err(other),
    };
    let mut tx = access.begin(cx).await?;
    sql::put_state(&mut tx, access, ml_backend_id, state, &message, &version, cx.now()).await?;
    let backend = sql::get(&mut tx, access, ml_backend_id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    Ok(backend)
}

/// Asks the model of the project what it proposes for what somebody has drawn on a task of theirs. Nothing is stored.
///
/// # Errors
/// *Not found* for tasks the person does not work on; a question that the interface does not have; *conflict* `no_model`
/// where there is none to ask, and a [`Trouble`] with it.
#[boxed]
pub async fn ask(cx: &Cx, actor: &Actor, question: Question) -> Result<Suggestion> {
    let access = access::project(cx, actor, question.project_id, ProjectPermission::Annotate).await?;
    let Some(me) = access.user_id() else { return Err(Problem::unauthenticated().into()) };
    let task_id = question.task_id;
    let mut tx = access.begin(cx).await?;
    let sees_all = access.allows(ProjectPermission::ViewData);
    if !annotation::sql::works_on(&mut tx, &access, me, task_id, sees_all).await? {
        return Err(Problem::not_found("task").into());
    }
    let project = sql::project(&mut tx, &access).await?;
    let data = sql::task_data(&mut tx, &access, task_id).await?.ok_or_else(|| Problem::not_found("task"))?;
    tx.commit().await?;
    let config = read(&project.label_config).unwrap_or_default().for_task(&data);
    let Some(model) = sql::model(cx, &access, None).await? else {
        let message = "This project has no model to ask. Somebody who manages it can add one: Settings, Models.";
        return Err(Problem::conflict("no_model", message).into());
    };
    check_question(&config, &question.prompts)?;
    spend(cx, Limit::Model, &me.to_string()).await?;
    let asked = [Asked { task_id, data: &data }];
    let answers = model.predict(cx, &about(&access, &project), &asked, &question.prompts).await?;
    let answer = answers.into_iter().next().unwrap_or_default();
    let prefix = format!("suggested-{}-", cx.new_uuid().simple());
    let result = suggested(&config, answer.result, &prefix).ok_or_else(|| model.trouble(Trouble::Misfit))?;
    Ok(Suggestion { result, model_version: answer.model_version.unwrap_or_default() })
}

fn about<'a>(access: &ProjectAccess, project: &'a sql::Project) -> About<'a> {
    About { project_id: access.project_id(), created_at: project.created_at, label_config: &project.label_config }
}

fn gone() -> Problem {
    Problem::not_found("model")
}

async fn record(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    action: &'static str,
    ml_backend_id: MlBackendId,
    title: &str,
) -> Result<()> {
    let event = audit::Event {
        org_id: Some(access.org_id()),
        actor_id: access.user_id(),
        action,
        subject: "project",
        subject_id: Some(access.project_id().0),
        data: json!({ "ml_backend_id": ml_backend_id, "title": title }),
    };
    audit::record(cx, tx, event).await
}
