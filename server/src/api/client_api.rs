//! Client APIs: services outside that fill fields of tasks, and the runs that ask them.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    client_api::{ClientApi, ClientApiForm, FillFailure, FillOrder, FillRun, Method, Taking, Tried},
    id::{ClientApiId, FillRunId, ProjectId, TaskId},
    page::Limit,
    webhook::MASK,
};
use http::StatusCode;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use service::{Actor, Cx, client_api};
use utoipa::ToSchema;

use super::{
    Answer, Created,
    input::{At, Input, Json as AnyJson, Query},
    output::{After, Listed},
    webhook::headers,
};
use crate::error::Failure;

/// A client API.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClientApiOut {
    id: i64,
    project: i64,
    /// The field it fills.
    data_key: String,
    /// Its name among those of the field.
    group: String,
    /// When it is asked among those of the field, from 1.
    position: i32,
    url: String,
    /// `POST`, `PUT` or `GET`.
    method: &'static str,
    /// Names, with a mask for each value: those are never shown.
    #[schema(value_type = Object)]
    headers: Value,
    /// What is sent: JSON with fields of the task in it; none for nothing.
    #[schema(value_type = Object)]
    payload: Value,
    /// What of the answer becomes the value: `json`, `text`, `file` or `encoded`.
    taking: &'static str,
    /// The place in a JSON answer.
    path: String,
    timeout_s: i32,
    /// An exact decimal, as text.
    #[schema(value_type = String)]
    cost_per_call: Decimal,
    currency: String,
    /// The most it may cost in all.
    #[schema(value_type = Option<String>)]
    budget: Option<Decimal>,
    calls_per_day: Option<i64>,
    /// Whether it is asked about tasks as they are imported.
    at_import: bool,
    is_enabled: bool,
    calls: i64,
    failures: i64,
    calls_today: i64,
    /// What it has cost.
    #[schema(value_type = String)]
    cost: Decimal,
    called_at: Option<DateTime<Utc>>,
    /// What went wrong last, where nothing has gone well since.
    trouble: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

fn out(project_id: ProjectId, api: ClientApi) -> ClientApiOut {
    let masked: Map<String, Value> = api.headers.into_iter().map(|name| (name, MASK.into())).collect();
    ClientApiOut {
        id: api.client_api_id.0,
        project: project_id.0,
        data_key: api.data_key,
        group: api.group,
        position: api.position,
        url: api.url,
        method: api.method.as_str(),
        headers: masked.into(),
        payload: serde_json::from_str(&api.payload).unwrap_or_default(),
        taking: api.taking.name(),
        path: api.taking.path().to_owned(),
        timeout_s: api.timeout_s,
        cost_per_call: api.cost_per_call,
        currency: api.currency,
        budget: api.budget,
        calls_per_day: api.calls_per_day,
        at_import: api.at_import,
        is_enabled: api.is_enabled,
        calls: api.calls,
        failures: api.failures,
        calls_today: api.calls_today,
        cost: api.cost,
        called_at: api.called_at,
        trouble: api.trouble,
        created_at: api.created_at,
        updated_at: api.updated_at,
    }
}

/// What of a client API can be set. What is not named stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ClientApiIn {
    #[schema(max_length = 50)]
    data_key: Option<String>,
    /// `group1` unless it is named.
    #[schema(max_length = 100)]
    group: Option<String>,
    /// At which place it is asked among those of the field, from 1.
    #[schema(minimum = 1)]
    position: Option<i32>,
    /// With `https`.
    #[schema(max_length = 2048)]
    url: Option<String>,
    /// `POST`, `PUT` or `GET`.
    method: Option<String>,
    /// Names and values. A mask in the place of a value stands for the one that is stored.
    #[schema(value_type = Option<Object>)]
    headers: Option<AnyJson>,
    /// JSON, where `$field` and `${any name}` stand for fields of the task; null for nothing.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<Object>)]
    payload: Option<Value>,
    /// `json`, `text`, `file` or `encoded`.
    taking: Option<String>,
    /// The place in a JSON answer, as in `translations[0].text`.
    path: Option<String>,
    #[schema(minimum = 1, maximum = 120)]
    timeout_s: Option<i32>,
    /// Text or a number.
    #[schema(value_type = Option<String>)]
    cost_per_call: Option<Decimal>,
    /// Three letters.
    currency: Option<String>,
    /// Null for no limit.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<String>)]
    budget: Option<Option<Decimal>>,
    /// Null for no limit.
    #[serde(default, deserialize_with = "named")]
    #[schema(value_type = Option<i64>)]
    calls_per_day: Option<Option<i64>>,
    at_import: Option<bool>,
    is_enabled: Option<bool>,
}

/// What is named, be it null.
fn named<'de, D: serde::Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

fn choice<T>(field: &'static str, name: &str, found: Option<T>) -> Result<T, Problem> {
    found.ok_or_else(|| Problem::invalid(field, "choice_unknown", format!("“{name}” is none of the choices.")))
}

impl ClientApiIn {
    /// What it makes of a client API.
    fn over(self, before: ClientApiForm) -> Result<ClientApiForm, Problem> {
        let method = self.method.map(|name| choice("method", &name, Method::from_name(&name))).transpose()?;
        let path = self.path.unwrap_or_else(|| before.taking.path().to_owned());
        let name = self.taking.unwrap_or_else(|| before.taking.name().to_owned());
        Ok(ClientApiForm {
            data_key: self.data_key.unwrap_or(before.data_key),
            group: self.group.unwrap_or(before.group),
            url: self.url.unwrap_or(before.url),
            method: method.unwrap_or(before.method),
            headers: self.headers.map_or(Ok(before.headers), headers)?,
            payload: self.payload.map_or(before.payload, |payload| match payload {
                Value::Null => String::new(),
                json => serde_json::to_string_pretty(&json).unwrap_or_default(),
            }),
            taking: choice("taking", &name, Taking::of(&name, &path))?,
            timeout_s: self.timeout_s.unwrap_or(before.timeout_s),
            cost_per_call: self.cost_per_call.unwrap_or(before.cost_per_call),
            currency: self.currency.unwrap_or(before.currency),
            budget: self.budget.unwrap_or(before.budget),
            calls_per_day: self.calls_per_day.unwrap_or(before.calls_per_day),
            at_import: self.at_import.unwrap_or(before.at_import),
            is_enabled: self.is_enabled.unwrap_or(before.is_enabled),
        })
    }
}

/// The client APIs of a project: by field, those of one field in the order in which they are asked.
#[utoipa::path(get, path = "/v1/projects/{id}/client-apis", tag = "Client APIs", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<ClientApiOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<ClientApiOut>> {
    let found = client_api::list(&cx, &actor, project_id).await?;
    Ok(Json(found.into_iter().map(|api| out(project_id, api)).collect()))
}

/// Adds a client API to a project.
#[utoipa::path(post, path = "/v1/projects/{id}/client-apis", tag = "Client APIs", params(("id" = i64, Path)),
    request_body = ClientApiIn, responses((status = 201, body = ClientApiOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ClientApiIn>,
) -> Result<Created<ClientApiOut>, Failure> {
    let position = input.position;
    let form = input.over(ClientApiForm::default())?;
    let api = client_api::add(&cx, &actor, project_id, form).await?;
    Ok(Created(out(project_id, placed(&cx, &actor, project_id, api, position).await?)))
}

/// At the place that was asked for.
async fn placed(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    api: ClientApi,
    position: Option<i32>,
) -> Result<ClientApi, Failure> {
    let Some(position) = position.filter(|position| *position != api.position) else { return Ok(api) };
    client_api::put_at(cx, actor, project_id, api.client_api_id, position).await?;
    Ok(client_api::get(cx, actor, project_id, api.client_api_id).await?)
}

/// A client API.
#[utoipa::path(get, path = "/v1/projects/{id}/client-apis/{api}", tag = "Client APIs",
    params(("id" = i64, Path), ("api" = i64, Path)), responses((status = 200, body = ClientApiOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, id)): At<(ProjectId, ClientApiId)>,
) -> Answer<ClientApiOut> {
    Ok(Json(out(project_id, client_api::get(&cx, &actor, project_id, id).await?)))
}

/// Changes a client API.
#[utoipa::path(patch, path = "/v1/projects/{id}/client-apis/{api}", tag = "Client APIs",
    params(("id" = i64, Path), ("api" = i64, Path)), request_body = ClientApiIn,
    responses((status = 200, body = ClientApiOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, id)): At<(ProjectId, ClientApiId)>,
    Input(input): Input<ClientApiIn>,
) -> Answer<ClientApiOut> {
    let before = client_api::get(&cx, &actor, project_id, id).await?;
    let position = input.position;
    let form = input.over(before.form())?;
    let api = client_api::change(&cx, &actor, project_id, id, form).await?;
    Ok(Json(out(project_id, placed(&cx, &actor, project_id, api, position).await?)))
}

/// Removes a client API; what it has filled stays.
#[utoipa::path(delete, path = "/v1/projects/{id}/client-apis/{api}", tag = "Client APIs",
    params(("id" = i64, Path), ("api" = i64, Path)), responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, id)): At<(ProjectId, ClientApiId)>,
) -> Result<StatusCode, Failure> {
    client_api::get(&cx, &actor, project_id, id).await?;
    client_api::remove(&cx, &actor, project_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// With which task it is tried.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TryIn {
    /// The first one unless it is named.
    task: Option<i64>,
}

/// What was asked, and what came of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TriedOut {
    method: &'static str,
    /// With what stands in the address.
    url: String,
    /// Masked.
    #[schema(value_type = Object)]
    headers: Value,
    #[schema(value_type = Object)]
    body: Option<Value>,
    status: Option<u16>,
    content_type: String,
    /// The beginning, where it is text.
    answer: String,
    size_bytes: u64,
    duration_ms: i64,
    /// What the field would become; in words where it would be the address of a file.
    #[schema(value_type = Object)]
    value: Option<Value>,
    /// What went wrong.
    trouble: Option<String>,
}

impl From<Tried> for TriedOut {
    fn from(tried: Tried) -> Self {
        let headers: Map<String, Value> = tried.headers.into_iter().map(|(name, value)| (name, value.into())).collect();
        Self {
            method: tried.method.as_str(),
            url: tried.url,
            headers: headers.into(),
            body: tried.body,
            status: tried.status,
            content_type: tried.content_type,
            answer: tried.answer,
            size_bytes: tried.size_bytes,
            duration_ms: tried.duration_ms,
            value: tried.value,
            trouble: tried.trouble,
        }
    }
}

/// Asks once about one task, keeps nothing, and answers what came of it. It counts as a call.
#[utoipa::path(post, path = "/v1/projects/{id}/client-apis/{api}/test", tag = "Client APIs",
    params(("id" = i64, Path), ("api" = i64, Path)), request_body = TryIn, responses((status = 200, body = TriedOut)))]
pub async fn test(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, id)): At<(ProjectId, ClientApiId)>,
    Input(input): Input<TryIn>,
) -> Answer<TriedOut> {
    let form = client_api::get(&cx, &actor, project_id, id).await?.form();
    let task = input.task.map(TaskId);
    Ok(Json(client_api::test(&cx, &actor, project_id, Some(id), form, task).await?.into()))
}

/// A run that fills fields of tasks.
#[derive(Debug, Serialize, ToSchema)]
pub struct FillRunOut {
    id: i64,
    project: i64,
    /// `created`, `in_progress`, `completed`, `failed` or `cancelled`.
    status: &'static str,
    /// The fields; none for all that have a client API.
    fields: Vec<String>,
    overwrite: bool,
    /// The import that began it.
    import: Option<i64>,
    /// How many tasks it is about, and how many it has been through.
    total: i64,
    done: i64,
    /// How many values were filled, left as they were, and could not be filled.
    filled: i64,
    kept: i64,
    failed: i64,
    /// Why it stopped.
    error: Option<String>,
    started_by: Option<String>,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

fn run_out(project_id: ProjectId, run: FillRun) -> FillRunOut {
    FillRunOut {
        id: run.run_id.0,
        project: project_id.0,
        status: run.status.as_str(),
        fields: run.fields,
        overwrite: run.overwrite,
        import: run.import_id.map(|id| id.0),
        total: run.total,
        done: run.done,
        filled: run.filled,
        kept: run.kept,
        failed: run.failed,
        error: run.error,
        started_by: run.started_by,
        created_at: run.created_at,
        finished_at: run.finished_at,
    }
}

/// The runs of a project, the newest first.
#[utoipa::path(get, path = "/v1/projects/{id}/client-apis/runs", tag = "Client APIs",
    params(("id" = i64, Path), After), responses((status = 200, body = Listed<FillRunOut>)))]
pub async fn runs(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(query): Query<After>,
) -> Answer<Listed<FillRunOut>> {
    let page = client_api::runs(&cx, &actor, project_id, query.after.clone(), query.limit()).await?;
    Ok(Json(Listed::of(page, |run| run_out(project_id, run))))
}

/// What is to be filled.
#[derive(Debug, Deserialize, ToSchema)]
pub struct FillIn {
    /// These fields; none for all that have a client API.
    #[serde(default)]
    fields: Vec<String>,
    /// Of these tasks; none for all of them.
    #[serde(default)]
    tasks: Vec<i64>,
    /// Whether values that are there are replaced.
    #[serde(default)]
    overwrite: bool,
}

/// Begins to fill fields of tasks.
#[utoipa::path(post, path = "/v1/projects/{id}/client-apis/runs", tag = "Client APIs", params(("id" = i64, Path)),
    request_body = FillIn, responses((status = 201, body = FillRunOut)))]
pub async fn fill(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<FillIn>,
) -> Result<Created<FillRunOut>, Failure> {
    let tasks = input.tasks.into_iter().map(TaskId).collect();
    let order = FillOrder { fields: input.fields, tasks, overwrite: input.overwrite };
    Ok(Created(run_out(project_id, client_api::fill(&cx, &actor, project_id, order).await?)))
}

/// How a run is.
#[utoipa::path(get, path = "/v1/projects/{id}/client-apis/runs/{run}", tag = "Client APIs",
    params(("id" = i64, Path), ("run" = i64, Path)), responses((status = 200, body = FillRunOut)))]
pub async fn run(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, run_id)): At<(ProjectId, FillRunId)>,
) -> Answer<FillRunOut> {
    Ok(Json(run_out(project_id, client_api::run(&cx, &actor, project_id, run_id).await?)))
}

/// Stops a run; what it has filled stays.
#[utoipa::path(post, path = "/v1/projects/{id}/client-apis/runs/{run}/cancel", tag = "Client APIs",
    params(("id" = i64, Path), ("run" = i64, Path)), responses((status = 200, body = FillRunOut)))]
pub async fn cancel(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, run_id)): At<(ProjectId, FillRunId)>,
) -> Answer<FillRunOut> {
    Ok(Json(run_out(project_id, client_api::cancel(&cx, &actor, project_id, run_id).await?)))
}

/// A field of a task that could not be filled.
#[derive(Debug, Serialize, ToSchema)]
pub struct FillFailureOut {
    task: i64,
    data_key: String,
    /// What each client API said, in order.
    reason: String,
    at: DateTime<Utc>,
}

impl From<FillFailure> for FillFailureOut {
    fn from(failure: FillFailure) -> Self {
        let FillFailure { task_id, data_key, reason, at } = failure;
        Self { task: task_id.0, data_key, reason, at }
    }
}

/// What a run could not fill, by task.
#[utoipa::path(get, path = "/v1/projects/{id}/client-apis/runs/{run}/failures", tag = "Client APIs",
    params(("id" = i64, Path), ("run" = i64, Path), After), responses((status = 200, body = Listed<FillFailureOut>)))]
pub async fn failures(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, run_id)): At<(ProjectId, FillRunId)>,
    Query(query): Query<After>,
) -> Answer<Listed<FillFailureOut>> {
    let limit: Limit = query.limit();
    let page = client_api::failures(&cx, &actor, project_id, run_id, query.after, limit).await?;
    Ok(Json(Listed::of(page, FillFailureOut::from)))
}
