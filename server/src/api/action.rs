//! What the Data Manager does to many tasks at once.

use std::time::Duration;

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    data_manager::{Action, ActionRun, Order},
    id::{ActionRunId, ProjectId, ViewId},
    import::RunStatus,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::{
    Actor, Cx,
    data_manager::{self, Asked},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer,
    input::{At, Input, Json as AnyJson, Query},
    view::{ProjectQuery, read_pick},
    waiting::Watch,
};
use crate::error::Failure;

/// How long a program waits for an action on very many tasks before it goes on without it.
const PATIENCE: Duration = Duration::from_secs(50);

/// An action.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActionOut {
    id: &'static str,
    title: &'static str,
    /// Its place in the menu.
    order: i32,
    permission: &'static str,
    /// What people are asked before; a `form` of its own is at `/dm/actions/{id}/form`.
    #[schema(value_type = Object)]
    dialog: Value,
    /// Whether it takes something away that nothing brings back.
    destructive: bool,
    /// Whether the list of tasks is another one afterwards.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    reload: bool,
}

impl From<Action> for ActionOut {
    fn from(action: Action) -> Self {
        let dialog = action.dialog();
        let mut question = json!({ "title": action.title(), "text": dialog.text, "type": "confirm" });
        if dialog.has_form {
            question["form"] = Value::Null;
        }
        Self {
            id: action.id(),
            title: action.title(),
            order: action.order(),
            permission: action.permission_name(),
            dialog: question,
            destructive: action.is_destructive(),
            reload: action == Action::DeleteTasks,
        }
    }
}

/// What the person may do with the tasks of a project.
#[utoipa::path(get, path = "/dm/actions", tag = "Data Manager", params(ProjectQuery),
    responses((status = 200, body = Vec<ActionOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ProjectQuery>,
) -> Answer<Vec<ActionOut>> {
    actor.user()?;
    let actions = data_manager::actions(&cx, &actor, query.required()?).await?;
    Ok(Json(actions.into_iter().map(ActionOut::from).collect()))
}

/// Which action, on which tasks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ActQuery {
    /// The action.
    id: Option<String>,
    /// Of this project.
    project: Option<i64>,
    /// On the tasks of this view, or on those selected in it.
    view: Option<i64>,
}

/// A run of an action.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunOut {
    id: i64,
    action: &'static str,
    /// `created`, `in_progress`, `completed` or `failed`.
    status: &'static str,
    /// Why it failed, waits, or failed on some tasks.
    error: Option<String>,
    /// How many tasks were meant.
    total: i64,
    /// How many of them are behind it.
    done: i64,
    /// How many of these it failed on.
    failed: i64,
    /// What was deleted, made or changed.
    processed_items: i64,
    /// The same in words.
    detail: String,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<ActionRun> for RunOut {
    fn from(run: ActionRun) -> Self {
        Self {
            id: run.run_id.0,
            action: run.action.id(),
            status: run.status.as_str(),
            error: run.error,
            total: run.total,
            done: run.done,
            failed: run.failed,
            processed_items: run.changed,
            detail: run.told,
            created_at: run.created_at,
            finished_at: run.finished_at,
        }
    }
}

/// What an action did, or that it has begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActedOut {
    /// What was deleted, made or changed so far.
    processed_items: i64,
    /// In words.
    detail: String,
    reload: bool,
    /// How it goes on, where there are very many tasks.
    run: RunOut,
}

/// Does something to tasks: those of `filters` and `selectedItems` in the body, where both say nothing all of them. Very many
/// tasks are worked on after the answer; `run.status` says so.
#[utoipa::path(post, path = "/dm/actions", tag = "Data Manager", params(ActQuery), request_body = Object,
    responses((status = 200, body = ActedOut)))]
pub async fn act(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ActQuery>,
    Input(body): Input<AnyJson>,
) -> Answer<ActedOut> {
    actor.user()?;
    let action = action(query.id.as_deref().unwrap_or_default())?;
    let body = body.object("body")?;
    let asked =
        Asked { project_id: query.project.map(ProjectId), view_id: query.view.map(ViewId), pick: read_pick(&body)? };
    if asked.project_id.is_none() && asked.view_id.is_none() {
        return Err(ProjectQuery::missing().into());
    }
    let run = data_manager::act(&cx, &actor, asked, Order::parse(action, &body)?).await?;
    let run = awaited(&cx, &actor, run).await?;
    let detail = if run.status == RunStatus::Completed {
        run.told.clone()
    } else {
        format!("{} goes on for {} tasks", action.title(), run.total)
    };
    Ok(Json(ActedOut { processed_items: run.changed, detail, reload: action == Action::DeleteTasks, run: run.into() }))
}

/// Waits until the job is through with it, or for as long as a question may last.
async fn awaited(cx: &Cx, actor: &Actor, run: ActionRun) -> Result<ActionRun, Failure> {
    let (project_id, run_id) = (run.project_id, run.run_id);
    let mut watch = Watch::new(cx, data_manager::topic(run_id));
    let mut now = run;
    let finished = async {
        while !now.status.is_over() {
            watch.changed().await;
            now = data_manager::action_run(cx, actor, project_id, run_id).await?;
        }
        Ok::<ActionRun, Failure>(now)
    };
    let run = match tokio::time::timeout(PATIENCE, finished).await {
        Ok(run) => run?,
        Err(_) => data_manager::action_run(cx, actor, project_id, run_id).await?,
    };
    if run.status == RunStatus::Failed {
        let message = run.error.unwrap_or_else(|| "This could not be done.".to_owned());
        return Err(Problem::invalid("non_field_errors", "action_failed", message).into());
    }
    Ok(run)
}

fn action(id: &str) -> Result<Action, Problem> {
    Action::from_id(id).ok_or_else(|| {
        let shown: String = id.chars().take(80).collect();
        Problem::invalid("id", "unknown_action", format!("There is no action “{shown}”."))
    })
}

/// The form of an action: what is asked before it.
#[utoipa::path(get, path = "/dm/actions/{action}/form", tag = "Data Manager", params(("action" = String, Path), ProjectQuery),
    responses((status = 200, body = Vec<Value>)))]
pub async fn form(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<String>,
    Query(query): Query<ProjectQuery>,
) -> Answer<Value> {
    actor.user()?;
    let (action, project_id) = (action(&id)?, query.required()?);
    Ok(Json(data_manager::action_form(&cx, &actor, project_id, action).await?))
}

/// The latest runs of actions in a project, newest first.
#[utoipa::path(get, path = "/v1/projects/{id}/actions", tag = "Data Manager", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<RunOut>)))]
pub async fn runs(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<RunOut>> {
    let runs = data_manager::action_runs(&cx, &actor, project_id).await?;
    Ok(Json(runs.into_iter().map(RunOut::from).collect()))
}

/// How a run of an action is.
#[utoipa::path(get, path = "/v1/projects/{id}/actions/{run}", tag = "Data Manager",
    params(("id" = i64, Path), ("run" = i64, Path)), responses((status = 200, body = RunOut)))]
pub async fn run(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, run_id)): At<(ProjectId, ActionRunId)>,
) -> Answer<RunOut> {
    Ok(Json(data_manager::action_run(&cx, &actor, project_id, run_id).await?.into()))
}
