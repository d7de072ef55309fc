//! Predictions.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem, Kind,
    id::{PredictionId, ProjectId, TaskId},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{
    Actor, Cx,
    prediction::{self, NewPrediction, PredictionPatch, PredictionQuery},
    task::record::PredictionRecord,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    annotation::items,
    input::{At, Input, Json as AnyJson, Query},
    output::{PageQuery, RawJson, ago},
};
use crate::error::Failure;

/// How many a page holds.
const USUAL_PAGE: i64 = 100;
/// What a model is called that does not say.
pub const UNNAMED: &str = "undefined";

/// A prediction.
#[derive(Debug, Serialize, ToSchema)]
pub struct PredictionOut {
    id: i64,
    /// The result items, as stored.
    #[schema(value_type = Vec<Object>)]
    result: RawJson,
    model_version: String,
    created_ago: String,
    model: Option<i64>,
    model_run: Option<i64>,
    task: i64,
    project: i64,
    score: Option<f64>,
    cluster: Option<i64>,
    neighbors: Option<String>,
    mislabeling: f64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl PredictionOut {
    pub fn new(prediction: PredictionRecord, now: DateTime<Utc>) -> Self {
        Self {
            id: prediction.prediction_id.0,
            result: prediction.result.0,
            model_version: prediction.model_version,
            created_ago: ago(prediction.created_at, now),
            model: None,
            model_run: None,
            task: prediction.task_id.0,
            project: prediction.project_id.0,
            score: prediction.score,
            cluster: None,
            neighbors: None,
            mislabeling: 0.0,
            created_at: prediction.created_at,
            updated_at: prediction.updated_at.unwrap_or(prediction.created_at),
        }
    }
}

/// Which predictions.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// Of this task.
    task: Option<i64>,
    /// Of this project.
    project: Option<i64>,
    /// Of this project.
    #[serde(rename = "task__project")]
    of_project: Option<i64>,
}

/// The predictions of a task or a project, in the order they came in.
#[utoipa::path(get, path = "/predictions", tag = "Predictions", params(ListQuery, PageQuery),
    responses((status = 200, body = Vec<PredictionOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(query): Query<ListQuery>,
    Query(page): Query<PageQuery>,
) -> Answer<Vec<PredictionOut>> {
    let (offset, limit) = page.window(USUAL_PAGE, prediction::MAX_PAGE);
    let wanted = PredictionQuery {
        task_id: query.task.map(TaskId),
        project_id: query.project.or(query.of_project).map(ProjectId),
        offset,
        limit,
    };
    let found = prediction::list(&cx, &actor, wanted).await?;
    let now = cx.now();
    Ok(Json(found.into_iter().map(|prediction| PredictionOut::new(prediction, now)).collect()))
}

/// A prediction to store.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PredictionIn {
    /// For which task.
    pub task: i64,
    /// The result items.
    #[schema(value_type = Vec<Object>)]
    pub result: AnyJson,
    /// How sure the model is.
    pub score: Option<f64>,
    /// Which model, in its own words.
    pub model_version: Option<String>,
}

impl PredictionIn {
    /// What it says.
    pub fn read(self) -> Result<NewPrediction, domain::Error> {
        let result = items(self.result)?;
        let model_version = self.model_version.filter(|version| !version.is_empty());
        Ok(NewPrediction {
            task_id: TaskId(self.task),
            result,
            score: self.score.filter(|score| score.is_finite()),
            model_version: model_version.unwrap_or_else(|| UNNAMED.to_owned()),
        })
    }
}

/// Stores a prediction for a task.
#[utoipa::path(post, path = "/predictions", tag = "Predictions", request_body = PredictionIn,
    responses((status = 201, body = PredictionOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<PredictionIn>,
) -> Result<Created<PredictionOut>, Failure> {
    let task = input.task;
    let prediction_id = prediction::add(&cx, &actor, input.read()?).await.map_err(|error| match error {
        // What a question names in its body is a field of it, and wrong.
        service::Error::Domain(problem) if problem.kind == Kind::NotFound => {
            Problem::invalid("task", "task_unknown", format!("There is no task {task}.")).into()
        }
        other => other,
    })?;
    Ok(Created(found(&cx, &actor, prediction_id).await?))
}

async fn found(cx: &Cx, actor: &Actor, prediction_id: PredictionId) -> Result<PredictionOut, Failure> {
    Ok(PredictionOut::new(prediction::get(cx, actor, prediction_id).await?, cx.now()))
}

/// One prediction.
#[utoipa::path(get, path = "/predictions/{id}", tag = "Predictions", params(("id" = i64, Path)),
    responses((status = 200, body = PredictionOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(prediction_id): At<PredictionId>,
) -> Answer<PredictionOut> {
    Ok(Json(found(&cx, &actor, prediction_id).await?))
}

/// What of a prediction can be changed. What is not named stays as it is.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PredictionPatchIn {
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    result: Option<AnyJson>,
    score: Option<f64>,
    model_version: Option<String>,
}

/// Changes a prediction.
#[utoipa::path(patch, path = "/predictions/{id}", tag = "Predictions", params(("id" = i64, Path)),
    request_body = PredictionPatchIn, responses((status = 200, body = PredictionOut)))]
pub async fn change(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(prediction_id): At<PredictionId>,
    Input(input): Input<PredictionPatchIn>,
) -> Answer<PredictionOut> {
    let patch = PredictionPatch {
        result: input.result.map(items).transpose()?,
        score: input.score.filter(|score| score.is_finite()).map(Some),
        model_version: input.model_version,
    };
    prediction::update(&cx, &actor, prediction_id, patch).await?;
    Ok(Json(found(&cx, &actor, prediction_id).await?))
}

/// The same.
#[utoipa::path(put, path = "/predictions/{id}", tag = "Predictions", params(("id" = i64, Path)),
    request_body = PredictionPatchIn, responses((status = 200, body = PredictionOut)))]
pub async fn replace(
    cx: State<Cx>,
    actor: Extension<Actor>,
    at: At<PredictionId>,
    input: Input<PredictionPatchIn>,
) -> Answer<PredictionOut> {
    change(cx, actor, at, input).await
}

/// Takes a prediction away.
#[utoipa::path(delete, path = "/predictions/{id}", tag = "Predictions", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(prediction_id): At<PredictionId>,
) -> Result<StatusCode, Failure> {
    prediction::delete(&cx, &actor, prediction_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
