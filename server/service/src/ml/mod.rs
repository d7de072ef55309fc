//! The models of a project: setting them up, asking one while somebody draws or about many tasks, having them learn, and how
//! their versions do beside each other.
//!
//! Invariants: the password of a model lies sealed, and is never read by anything but the statement that is followed by a call
//! of it; no transaction is open while a model is waited for; one that fails again and again is left alone for a while.

mod ask;
mod breaker;
mod compare;
mod compare_sql;
mod password;
mod predict;
mod sql;
mod train;
mod train_sql;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    id::{MlBackendId, ProjectId},
    ml::{Auth, Backend, BackendForm, MAX_BACKENDS, State, protocol::About},
};
use serde_json::json;

pub use ask::{Tested, annotate, ask, test, versions};
pub use compare::compare;
pub use password::seal_passwords;
pub(crate) use predict::{Predicted, Predictor, at_opening};
pub(crate) use train::train_if_due;
pub use train::{TrainDue, train};

use crate::{
    Actor, Cx, Result, Tx,
    access::{self, ProjectAccess},
    audit, boxed,
    provider::ml::{Credentials, Model, check_address, is_same_server},
    webhook::{Ear, listen_for_model},
};
use sql::Which;
pub(crate) use sql::wants_prediction;

/// The models of a project, oldest first.
///
/// # Errors
/// *Not found*, *forbidden* without the right to change settings.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<Backend>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let backends = sql::list(&mut tx, &access, None).await?;
    tx.commit().await?;
    Ok(backends)
}

/// One model, looked at now.
///
/// # Errors
/// *Not found*, *forbidden* without the right to change settings.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, ml_backend_id: MlBackendId) -> Result<Backend> {
    let access = access::ml_backend(cx, actor, ml_backend_id, ProjectPermission::Manage).await?;
    look(cx, &access, ml_backend_id).await
}

/// One model as it was when it was looked at last.
///
/// # Errors
/// As [`get`].
#[boxed]
pub async fn stored(cx: &Cx, actor: &Actor, ml_backend_id: MlBackendId) -> Result<Backend> {
    let access = access::ml_backend(cx, actor, ml_backend_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let backend = sql::get(&mut tx, &access, ml_backend_id).await?.ok_or_else(gone)?;
    tx.commit().await?;
    Ok(backend)
}

/// Adds a model and looks whether it is there. One that is not is added all the same: its state says so.
///
/// # Errors
/// *Not found*, *forbidden* without the right; a value outside its limits, an address that leads where it must not, more
/// than [`MAX_BACKENDS`].
#[boxed]
pub async fn add(cx: &Cx, actor: &Actor, project_id: ProjectId, form: BackendForm) -> Result<Backend> {
    put(cx, actor, project_id, form, false).await
}

/// Adds a model that answers.
///
/// # Errors
/// As [`add`]; a `Trouble` with it, and then it is not added.
#[boxed]
pub async fn add_working(cx: &Cx, actor: &Actor, project_id: ProjectId, form: BackendForm) -> Result<Backend> {
    put(cx, actor, project_id, form, true).await
}

async fn put(cx: &Cx, actor: &Actor, project_id: ProjectId, form: BackendForm, must_answer: bool) -> Result<Backend> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let form = form.checked()?;
    form.may_keep_password(false, false)?;
    check_address(cx, &form.url).await?;
    if must_answer {
        let mut tx = access.begin(cx).await?;
        let project = sql::project(&mut tx, &access).await?;
        tx.commit().await?;
        untried(&form).check(cx, &about(&access, &project)).await?;
    }
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
    if let Auth::Basic { username, password: Some(password) } = &form.auth {
        let sealed = password::seal(cx, ml_backend_id, password)?;
        sql::put_credentials(&mut tx, &access, ml_backend_id, Some((username, sealed))).await?;
    }
    listen(cx, &mut tx, &access, &Model { ml_backend_id, ..untried(&form) }).await?;
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
    let known = sql::model(cx, &access, Which::Numbered(ml_backend_id)).await?.ok_or_else(gone)?.credentials;
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
            let sealed = password::seal(cx, ml_backend_id, password)?;
            sql::put_credentials(&mut tx, &access, ml_backend_id, Some((username, sealed))).await?;
        }
        Auth::Basic { username, password: None } => {
            sql::put_username(&mut tx, &access, ml_backend_id, username).await?;
        }
    }
    let mut changed = Model { ml_backend_id, ..untried(&form) };
    if let Auth::Basic { username, password: None } = &form.auth {
        let password = known.map(|known| known.password).unwrap_or_default();
        changed.credentials = Some(Credentials { username: username.clone(), password });
    }
    listen(cx, &mut tx, &access, &changed).await?;
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
    let model = sql::model(cx, access, Which::Numbered(ml_backend_id)).await?.ok_or_else(gone)?;
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

/// A model as a form describes it, which nobody has called yet.
fn untried(form: &BackendForm) -> Model {
    let credentials = match &form.auth {
        Auth::Basic { username, password: Some(password) } => {
            Some(Credentials { username: username.clone(), password: password.clone() })
        }
        Auth::Basic { password: None, .. } | Auth::None => None,
    };
    Model {
        ml_backend_id: MlBackendId(0),
        title: form.title.clone(),
        url: form.url.clone(),
        credentials,
        timeout_s: form.timeout_s,
        extra_params: form.extra_params.clone(),
        version: String::new(),
        failures: 0,
        rests_until: None,
    }
}

/// Has a model told of the work at the address and with the credentials it has now.
async fn listen(cx: &Cx, tx: &mut Tx, access: &ProjectAccess, model: &Model) -> Result<()> {
    let ear = Ear {
        ml_backend_id: model.ml_backend_id,
        url: model.address_of("webhook"),
        authorization: model.credentials.as_ref().map(Credentials::header),
    };
    listen_for_model(cx, tx, access, ear).await
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
