//! Models: in the shapes of Label Studio's ML backends, and how their versions do under `/v1`.

use axum::{
    Extension, Json,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem, Kind,
    data_manager::{Order, Pick},
    id::{MlBackendId, ProjectId, TaskId},
    ml::{
        Auth, Backend, BackendForm, MAX_TITLE_CHARS,
        compare::{Compared, ControlMatch},
    },
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service::{
    Actor, Cx,
    data_manager::{self, Asked},
    ml,
    task::record::{self, With},
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    action::RunOut,
    input::{At, Input, Json as AnyJson, Query},
    refusal::missing,
    task::TaskOut,
};
use crate::error::Failure;

/// How many seconds a model is given that nobody has said anything about.
const USUAL_TIMEOUT_S: i32 = 100;

/// A model.
#[derive(Debug, Serialize, ToSchema)]
pub struct MlOut {
    id: i64,
    /// `CO` connected, `DI` disconnected.
    state: &'static str,
    /// The same in a word.
    readable_state: &'static str,
    /// Asked while people draw.
    is_interactive: bool,
    url: String,
    /// What was wrong when it was looked at last.
    error_message: Option<String>,
    title: String,
    /// `NONE` or `BASIC_AUTH`.
    auth_method: &'static str,
    basic_auth_user: String,
    /// Whether there is a password, which is never shown.
    basic_auth_pass_is_set: bool,
    description: String,
    /// Handed over with `setup`.
    #[schema(value_type = Option<Object>)]
    extra_params: Option<Value>,
    /// In its own words; none where it has none.
    model_version: Option<String>,
    /// Seconds for a task.
    timeout: f64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// Always: its version is the one it says.
    auto_update: bool,
    project: i64,
    /// When it was asked to learn last.
    trained_at: Option<DateTime<Utc>>,
    /// How many annotations have come in since.
    untrained_annotations: i64,
}

impl From<Backend> for MlOut {
    fn from(model: Backend) -> Self {
        let (state, readable_state) = match model.state {
            domain::ml::State::Up => ("CO", "Connected"),
            domain::ml::State::Down | domain::ml::State::Unchecked => ("DI", "Disconnected"),
        };
        Self {
            id: model.ml_backend_id.0,
            state,
            readable_state,
            is_interactive: model.is_interactive,
            url: model.url,
            error_message: Some(model.message).filter(|message| !message.is_empty()),
            title: model.title,
            auth_method: if model.username.is_some() { "BASIC_AUTH" } else { "NONE" },
            basic_auth_pass_is_set: model.username.is_some(),
            basic_auth_user: model.username.unwrap_or_default(),
            description: model.description,
            extra_params: model.extra_params,
            model_version: Some(model.model_version).filter(|version| !version.is_empty()),
            timeout: f64::from(model.timeout_s),
            created_at: model.created_at,
            updated_at: model.updated_at,
            auto_update: true,
            project: model.project_id.0,
            trained_at: model.trained_at,
            untrained_annotations: model.untrained,
        }
    }
}

/// What of a model can be set. What is not named stays as it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct MlIn {
    /// Of which project, when it is made.
    project: Option<i64>,
    /// What `/health`, `/setup`, `/predict` and `/webhook` are put behind.
    #[schema(max_length = 2048)]
    url: Option<String>,
    /// The host of the address where nothing is said.
    #[schema(max_length = 100)]
    title: Option<String>,
    #[schema(max_length = 1000)]
    description: Option<String>,
    is_interactive: Option<bool>,
    /// Seconds for a task, 1 to 600.
    timeout: Option<f64>,
    /// Handed over with `setup`.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    extra_params: Option<AnyJson>,
    /// `NONE` or `BASIC_AUTH`.
    auth_method: Option<String>,
    basic_auth_user: Option<String>,
    /// Left out, the stored one stays.
    basic_auth_pass: Option<String>,
}

impl MlIn {
    /// What it makes of a model.
    fn over(self, before: BackendForm) -> Result<BackendForm, Problem> {
        let auth = self.auth(&before.auth)?;
        let url = self.url.unwrap_or(before.url);
        let title = Some(self.title.unwrap_or(before.title)).filter(|title| !title.trim().is_empty());
        Ok(BackendForm {
            title: title.unwrap_or_else(|| host(&url)),
            description: self.description.unwrap_or(before.description),
            url,
            auth,
            timeout_s: self.timeout.map_or(Ok(before.timeout_s), whole_seconds)?,
            is_interactive: self.is_interactive.unwrap_or(before.is_interactive),
            extra_params: self.extra_params.map_or(before.extra_params, |params| Some(params.0)),
        })
    }

    fn auth(&self, before: &Auth) -> Result<Auth, Problem> {
        let known = if let Auth::Basic { username, .. } = before { Some(username) } else { None };
        let is_basic = match self.auth_method.as_deref() {
            None => known.is_some(),
            Some("NONE") => false,
            Some("BASIC_AUTH") => true,
            Some(other) => {
                let message = format!("“{other}” is none of the choices: NONE, BASIC_AUTH.");
                return Err(Problem::invalid("auth_method", "choice_unknown", message));
            }
        };
        if !is_basic {
            return Ok(Auth::None);
        }
        let username = self.basic_auth_user.clone().or_else(|| known.cloned()).unwrap_or_default();
        let password = self.basic_auth_pass.clone().filter(|password| !password.is_empty());
        Ok(Auth::Basic { username, password })
    }
}

#[allow(clippy::cast_possible_truncation, reason = "brought into a range before")]
fn whole_seconds(seconds: f64) -> Result<i32, Problem> {
    if !seconds.is_finite() {
        return Err(Problem::invalid("timeout", "field_malformed", "“timeout” should be a number."));
    }
    // What is beyond the limits stays beyond them.
    Ok(seconds.ceil().clamp(-1.0, 1e6) as i32)
}

/// What a model is called that nobody has named.
fn host(url: &str) -> String {
    let rest = url.trim().split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default().chars().take(MAX_TITLE_CHARS).collect()
}

/// Names of fields as this interface calls them.
fn named(error: service::Error) -> service::Error {
    let problem = match error {
        service::Error::Domain(problem) => problem,
        internal @ service::Error::Internal(_) => return internal,
    };
    let field = match problem.field.as_deref() {
        Some("username") => "basic_auth_user",
        Some("password") => "basic_auth_pass",
        Some("timeout_s") => "timeout",
        _ => return problem.into(),
    };
    problem.on(field).into()
}

/// Which models.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this project.
    project: Option<i64>,
    /// Only those that are asked while people draw, or only the others.
    is_interactive: Option<bool>,
}

/// The models of a project.
#[utoipa::path(get, path = "/ml", tag = "Models", params(ListQuery), responses((status = 200, body = Vec<MlOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ListQuery>,
) -> Answer<Vec<MlOut>> {
    actor.user()?;
    let Some(project) = query.project else {
        return Err(Problem::invalid("project", "project_missing", "Say of which project: project=….").into());
    };
    let models = ml::list(&cx, &actor, ProjectId(project)).await?;
    let wanted = models.into_iter().filter(|it| query.is_interactive.is_none_or(|wanted| wanted == it.is_interactive));
    Ok(Json(wanted.map(MlOut::from).collect()))
}

/// Connects a model, which has to answer.
#[utoipa::path(post, path = "/ml", tag = "Models", request_body = MlIn, responses((status = 201, body = MlOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<MlIn>,
) -> Result<Response, Failure> {
    actor.user()?;
    let lacks = [("url", input.url.is_none()), ("project", input.project.is_none())];
    let lacks: Vec<&str> = lacks.into_iter().filter_map(|(name, lacks)| lacks.then_some(name)).collect();
    let Some(project) = input.project.filter(|_| lacks.is_empty()) else { return Ok(missing(&lacks)) };
    let nothing = BackendForm {
        title: String::new(),
        description: String::new(),
        url: String::new(),
        auth: Auth::None,
        timeout_s: USUAL_TIMEOUT_S,
        is_interactive: false,
        extra_params: None,
    };
    let form = input.over(nothing)?;
    let made = ml::add_working(&cx, &actor, ProjectId(project), form).await.map_err(|error| match error {
        // A model that does not answer is wrong input here, as Label Studio has it.
        service::Error::Domain(problem) if problem.code.starts_with("model_") => {
            Problem { kind: Kind::Invalid, ..problem }.on("non_field_errors").into()
        }
        other => named(other),
    })?;
    Ok(Created(MlOut::from(made)).into_response())
}

/// One model, looked at now.
#[utoipa::path(get, path = "/ml/{id}", tag = "Models", params(("id" = i64, Path)),
    responses((status = 200, body = MlOut)))]
pub async fn one(State(cx): State<Cx>, Extension(actor): Extension<Actor>, At(id): At<MlBackendId>) -> Answer<MlOut> {
    Ok(Json(ml::get(&cx, &actor, id).await?.into()))
}

/// Changes a model, and looks whether it is there; its project stays.
#[utoipa::path(patch, path = "/ml/{id}", tag = "Models", params(("id" = i64, Path)), request_body = MlIn,
    responses((status = 200, body = MlOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<MlBackendId>,
    Input(input): Input<MlIn>,
) -> Answer<MlOut> {
    let before = ml::stored(&cx, &actor, id).await?;
    let form = input.over(before.form())?;
    Ok(Json(ml::change(&cx, &actor, before.project_id, id, form).await.map_err(named)?.into()))
}

/// The same.
#[utoipa::path(put, path = "/ml/{id}", tag = "Models", params(("id" = i64, Path)), request_body = MlIn,
    responses((status = 200, body = MlOut)))]
pub async fn replace(cx: State<Cx>, actor: Extension<Actor>, at: At<MlBackendId>, input: Input<MlIn>) -> Answer<MlOut> {
    change(cx, actor, at, input).await
}

/// Removes a model. What it predicted stays.
#[utoipa::path(delete, path = "/ml/{id}", tag = "Models", params(("id" = i64, Path)), responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<MlBackendId>,
) -> Result<StatusCode, Failure> {
    let model = ml::stored(&cx, &actor, id).await?;
    ml::remove(&cx, &actor, model.project_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How a model is to learn.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TrainIn {
    /// Taken, and without meaning: what it learns from is the model's business.
    #[serde(default, rename = "use_ground_truth")]
    _use_ground_truth: Option<bool>,
}

/// Asks a model to learn from the work. What became of that is in the log of its webhook.
#[utoipa::path(post, path = "/ml/{id}/train", tag = "Models", params(("id" = i64, Path)), request_body = TrainIn,
    responses((status = 200)))]
pub async fn train(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<MlBackendId>,
    Input(_wish): Input<TrainIn>,
) -> Result<StatusCode, Failure> {
    ml::train(&cx, &actor, id).await?;
    Ok(StatusCode::OK)
}

/// How a model is asked about all tasks.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PredictQuery {
    /// How many tasks a question is about, 1 to 100.
    #[param(minimum = 1, maximum = 100)]
    batch_size: Option<i64>,
}

/// Asks a model about all tasks of its project. How that goes on is at `/v1/projects/{id}/actions/{run}`.
#[utoipa::path(post, path = "/ml/{id}/predict", tag = "Models", params(("id" = i64, Path), PredictQuery),
    responses((status = 200, body = RunOut)))]
pub async fn predict(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<MlBackendId>,
    Query(query): Query<PredictQuery>,
) -> Answer<RunOut> {
    let model = ml::stored(&cx, &actor, id).await?;
    let asked = Asked { project_id: Some(model.project_id), view_id: None, pick: Pick::default() };
    let order = Order::Predict { ml_backend_id: Some(id), batch: query.batch_size };
    Ok(Json(data_manager::act(&cx, &actor, asked, order).await?.into()))
}

/// A question to a model and its answer, word for word.
#[derive(Debug, Serialize, ToSchema)]
pub struct TestedOut {
    /// 200 where it answered as a model does, 500 where not.
    status: u16,
    error_message: Option<String>,
    url: String,
    task: TaskOut,
    #[schema(value_type = Object)]
    request: Value,
    #[schema(value_type = Object)]
    response: Value,
}

/// Which task a model is tried on.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TestQuery {
    /// Any, which is the only way.
    #[serde(default, rename = "random")]
    _random: Option<bool>,
}

/// Asks a model about some task, and shows both. Nothing is stored.
#[utoipa::path(post, path = "/ml/{id}/predict/test", tag = "Models", params(("id" = i64, Path), TestQuery),
    responses((status = 200, body = TestedOut)))]
pub async fn test(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<MlBackendId>,
    Query(_wish): Query<TestQuery>,
) -> Answer<TestedOut> {
    let tested = ml::test(&cx, &actor, id).await?;
    let task = record::record(&cx, &actor, tested.task_id, With::default()).await?;
    Ok(Json(TestedOut {
        status: if tested.trouble.is_none() { 200 } else { 500 },
        error_message: tested.trouble,
        url: tested.url,
        task: TaskOut::new(task, cx.now(), false),
        request: tested.request,
        response: tested.response,
    }))
}

/// What a model can answer with.
#[derive(Debug, Serialize, ToSchema)]
pub struct MlVersionsOut {
    versions: Vec<String>,
}

/// The versions that a model can answer with.
#[utoipa::path(get, path = "/ml/{id}/versions", tag = "Models", params(("id" = i64, Path)),
    responses((status = 200, body = MlVersionsOut)))]
pub async fn versions(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<MlBackendId>,
) -> Answer<MlVersionsOut> {
    Ok(Json(MlVersionsOut { versions: ml::versions(&cx, &actor, id).await? }))
}

/// What somebody has done on a task so far.
#[derive(Debug, Deserialize, ToSchema)]
pub struct AnnotateIn {
    /// Which task.
    task: i64,
    /// `result` and whatever the model knows.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    context: Option<AnyJson>,
}

/// Asks a model about a task that the person works on. Nothing is stored. A model that fails is told in `errors`.
#[utoipa::path(post, path = "/ml/{id}/interactive-annotating", tag = "Models", params(("id" = i64, Path)),
    request_body = AnnotateIn, responses((status = 200, body = Object)))]
pub async fn annotate(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(id): At<MlBackendId>,
    Input(input): Input<AnnotateIn>,
) -> Answer<Value> {
    let context = match input.context {
        None | Some(AnyJson(Value::Null)) => Map::new(),
        Some(context) => context.object("context")?,
    };
    match ml::annotate(&cx, &actor, id, TaskId(input.task), context).await {
        Ok(answer) => Ok(Json(json!({ "data": answer }))),
        Err(service::Error::Domain(problem))
            if problem.kind != Kind::NotFound && problem.code.starts_with("model_") =>
        {
            Ok(Json(json!({ "errors": [problem.message] })))
        }
        Err(error) => Err(error.into()),
    }
}

/// How often a version says what people said with a control.
#[derive(Debug, Serialize, ToSchema)]
pub struct ControlMatchOut {
    name: String,
    /// `answer` where whole answers are compared, `labels` where it is labels, whatever their places.
    compares: &'static str,
    /// On so many tasks either used the control.
    tasks: i64,
    /// On so many of them they said the same.
    same: i64,
    rate: Option<f64>,
}

impl From<ControlMatch> for ControlMatchOut {
    fn from(control: ControlMatch) -> Self {
        let rate = control.rate();
        let compares = if control.by_labels { "labels" } else { "answer" };
        Self { name: control.name, compares, tasks: control.tasks, same: control.same, rate }
    }
}

/// How a version of a model does.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparedOut {
    model_version: String,
    /// Predictions in all.
    predictions: i64,
    mean_score: Option<f64>,
    latest: DateTime<Utc>,
    /// Whether the project goes by it.
    counts: bool,
    /// On so many tasks, the newest 2,000 at most, it was held against what people said.
    compared: i64,
    /// On so many of these against a reference.
    references: i64,
    /// The part that is the same, over all controls.
    rate: Option<f64>,
    controls: Vec<ControlMatchOut>,
}

impl From<Compared> for ComparedOut {
    fn from(version: Compared) -> Self {
        let rate = version.rate();
        Self {
            model_version: version.model_version,
            predictions: version.predictions,
            mean_score: version.mean_score,
            latest: version.latest,
            counts: version.counts,
            compared: version.compared,
            references: version.references,
            rate,
            controls: version.controls.into_iter().map(ControlMatchOut::from).collect(),
        }
    }
}

/// The newest 20 versions of models side by side: how much they predicted, how sure they are, and how often they say what people
/// said.
#[utoipa::path(get, path = "/v1/projects/{id}/model-versions", tag = "Models", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<ComparedOut>)))]
pub async fn compare(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<ComparedOut>> {
    let versions = ml::compare(&cx, &actor, project_id).await?;
    Ok(Json(versions.into_iter().map(ComparedOut::from).collect()))
}
