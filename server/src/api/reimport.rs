//! Bringing tasks that are there already up to date: a look first, then the change.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    id::{FileId, ProjectId, ReimportId},
    import::reimport::{FieldChange, Key, LookedRow, Outcome, Proposals, ReimportRun, Rules},
    page::Limit,
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Actor, Cx, import::reimport};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    input::{At, Input, Query},
};
use crate::error::Failure;

/// What brings tasks up to date.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReimportIn {
    /// Files that were sent with `import?commit_to_project=false`.
    #[serde(default)]
    file_upload_ids: Vec<i64>,
    /// The field that tells tasks apart; without it rows name tasks by their numbers (`id`, `task_id`).
    #[schema(max_length = 200)]
    key: Option<String>,
    /// Whether rows that mean no task become one. Needs a `key`.
    #[serde(default)]
    adds_new: bool,
    /// Which predictions go where a row brings some: `same_version`, or `all` of the task.
    predictions: Option<String>,
}

impl ReimportIn {
    fn rules(&self) -> Result<Rules, Problem> {
        let proposals = match self.predictions.as_deref() {
            None | Some("same_version") => Proposals::SameVersion,
            Some("all") => Proposals::All,
            Some(other) => {
                let message = format!("“{other}” is none of the choices: same_version, all.");
                return Err(Problem::invalid("predictions", "choice_unknown", message));
            }
        };
        let key = self.key.clone().map_or(Key::TaskId, Key::Field);
        Ok(Rules { key, adds_new: self.adds_new, proposals })
    }
}

/// How a run stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReimportOut {
    id: i64,
    project: i64,
    /// `created`, `in_progress` (looking), `ready`, `applying`, `completed`, `failed` or `cancelled`.
    status: &'static str,
    error: Option<String>,
    source: String,
    /// The field that tells tasks apart; null for their numbers.
    key: Option<String>,
    adds_new: bool,
    /// How much of the files has been read, from 0 to 1.
    progress: Option<f64>,
    /// Rows that mean no task.
    new_count: u64,
    /// Rows that change a task.
    changed_count: u64,
    /// Rows whose task says all of it already.
    unchanged_count: u64,
    /// Rows that cannot be applied.
    conflict_count: u64,
    /// Fields that change, and in how many tasks.
    changed_fields: Vec<FieldCount>,
    /// Tasks that were changed.
    task_count: u64,
    /// Tasks that were made.
    created_count: u64,
    /// Predictions that came in.
    prediction_count: u64,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// A field that changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldCount {
    field: String,
    tasks: u64,
}

fn out(project_id: ProjectId, run: ReimportRun) -> ReimportOut {
    ReimportOut {
        id: run.reimport_id.0,
        project: project_id.0,
        status: run.status.as_str(),
        progress: run.fraction_done(),
        error: run.error,
        source: run.source_name,
        key: match run.rules.key {
            Key::TaskId => None,
            Key::Field(field) => Some(field),
        },
        adds_new: run.rules.adds_new,
        new_count: run.new,
        changed_count: run.changed,
        unchanged_count: run.unchanged,
        conflict_count: run.conflicts,
        changed_fields: run.fields.into_iter().map(|(field, tasks)| FieldCount { field, tasks }).collect(),
        task_count: run.updated,
        created_count: run.created,
        prediction_count: run.predictions,
        created_at: run.created_at,
        finished_at: run.finished_at,
    }
}

async fn stands(cx: &Cx, actor: &Actor, project_id: ProjectId, id: ReimportId) -> Result<ReimportOut, Failure> {
    Ok(out(project_id, reimport::get(cx, actor, project_id, id).await?))
}

/// The last fifty runs that brought, or would bring, tasks of a project up to date; newest first.
#[utoipa::path(get, path = "/v1/projects/{id}/reimports", tag = "Import", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<ReimportOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<ReimportOut>> {
    let runs = reimport::list(&cx, &actor, project_id).await?;
    Ok(Json(runs.into_iter().map(|run| out(project_id, run)).collect()))
}

/// Looks at what files would change of tasks that are there already. Nothing is changed until it is applied.
#[utoipa::path(post, path = "/v1/projects/{id}/reimports", tag = "Import", params(("id" = i64, Path)),
    request_body = ReimportIn, responses((status = 201, body = ReimportOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ReimportIn>,
) -> Result<Created<ReimportOut>, Failure> {
    let rules = input.rules()?;
    let files = input.file_upload_ids.into_iter().map(FileId).collect();
    let id = reimport::start(&cx, &actor, project_id, files, rules).await?;
    Ok(Created(stands(&cx, &actor, project_id, id).await?))
}

/// How a run stands.
#[utoipa::path(get, path = "/v1/projects/{id}/reimports/{reimport}", tag = "Import",
    params(("id" = i64, Path), ("reimport" = i64, Path)), responses((status = 200, body = ReimportOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, id)): At<(ProjectId, ReimportId)>,
) -> Answer<ReimportOut> {
    Ok(Json(stands(&cx, &actor, project_id, id).await?))
}

/// Which rows.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RowsQuery {
    /// `changed`, `new` or `conflict`.
    outcome: Option<String>,
    /// The `position` of the last row of the page before.
    #[serde(default)]
    after: i64,
    /// 1 to 200.
    #[serde(default)]
    limit: Option<u32>,
}

/// A row, and what becomes of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RowOut {
    position: i64,
    source: String,
    row: i64,
    outcome: &'static str,
    key: String,
    task: Option<i64>,
    /// What changes, shortened.
    fields: Vec<FieldOut>,
    /// Why it cannot be applied.
    reason: String,
}

/// A field before and after, shortened.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldOut {
    field: String,
    before: Option<String>,
    after: String,
}

impl From<FieldChange> for FieldOut {
    fn from(change: FieldChange) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
    }
}

/// What becomes of rows; the first thousand of each kind are kept.
#[utoipa::path(get, path = "/v1/projects/{id}/reimports/{reimport}/rows", tag = "Import",
    params(("id" = i64, Path), ("reimport" = i64, Path), RowsQuery), responses((status = 200, body = Vec<RowOut>)))]
pub async fn rows(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, id)): At<(ProjectId, ReimportId)>,
    Query(query): Query<RowsQuery>,
) -> Answer<Vec<RowOut>> {
    let wanted = query.outcome.as_deref().unwrap_or("changed");
    let outcome = Outcome::from_name(wanted).ok_or_else(|| {
        let message = format!("“{wanted}” is none of the choices: changed, new, conflict.");
        Problem::invalid("outcome", "choice_unknown", message)
    })?;
    let limit = query.limit.map_or_else(Limit::default, Limit::new);
    let rows = reimport::rows(&cx, &actor, project_id, id, outcome, query.after, limit).await?;
    let told = |row: LookedRow| RowOut {
        position: row.position,
        source: row.source_name,
        row: row.row_number,
        outcome: row.outcome.as_str(),
        key: row.key,
        task: row.task_id.map(|id| id.0),
        fields: row.fields.into_iter().map(FieldOut::from).collect(),
        reason: row.reason,
    };
    Ok(Json(rows.into_iter().map(told).collect()))
}

/// Applies what was looked at. It goes on behind the answer; `status` says how it is.
#[utoipa::path(post, path = "/v1/projects/{id}/reimports/{reimport}/apply", tag = "Import",
    params(("id" = i64, Path), ("reimport" = i64, Path)), responses((status = 200, body = ReimportOut)))]
pub async fn apply(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, id)): At<(ProjectId, ReimportId)>,
) -> Answer<ReimportOut> {
    reimport::apply(&cx, &actor, project_id, id).await?;
    Ok(Json(stands(&cx, &actor, project_id, id).await?))
}

/// Stops a run; what was applied stays.
#[utoipa::path(post, path = "/v1/projects/{id}/reimports/{reimport}/cancel", tag = "Import",
    params(("id" = i64, Path), ("reimport" = i64, Path)), responses((status = 204)))]
pub async fn cancel(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, id)): At<(ProjectId, ReimportId)>,
) -> Result<StatusCode, Failure> {
    reimport::cancel(&cx, &actor, project_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
