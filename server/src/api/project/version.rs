//! Versions of models that have predicted for a project.

use axum::{Extension, Json, extract::State};
use domain::id::ProjectId;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use service::{Actor, Cx, ml, prediction};
use utoipa::{IntoParams, ToSchema};

use crate::api::{
    Answer,
    input::{At, Input, Query},
    ml::MlOut,
};

/// How versions of models are told.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VersionsQuery {
    /// With moments, as lists.
    #[serde(default)]
    extended: bool,
    /// With the models of the project, for those who may change its settings.
    #[serde(default)]
    include_live_models: bool,
}

/// The versions of models that have predicted for a project: how many predictions each has made.
#[utoipa::path(get, path = "/projects/{id}/model-versions", tag = "Predictions",
    params(("id" = i64, Path), VersionsQuery), responses((status = 200, body = Object)))]
pub async fn model_versions(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(query): Query<VersionsQuery>,
) -> Answer<Value> {
    let versions = prediction::versions(&cx, &actor, project_id).await?;
    if query.extended {
        let rows = versions.iter().map(|version| {
            json!({ "model_version": version.model_version, "count": version.count, "latest": version.latest })
        });
        let rows: Vec<Value> = rows.collect();
        let live = match query.include_live_models {
            true => Some(ml::list(&cx, &actor, project_id).await?.into_iter().map(MlOut::from).collect::<Vec<_>>()),
            false => None,
        };
        return Ok(Json(json!({ "static": rows, "live": live })));
    }
    let counts: Map<String, Value> =
        versions.into_iter().map(|version| (version.model_version, version.count.into())).collect();
    Ok(Json(counts.into()))
}

/// A version of a model.
#[derive(Debug, Deserialize, ToSchema)]
pub struct VersionIn {
    /// In the model's own words.
    model_version: String,
}

/// How much was taken away.
#[derive(Debug, Serialize, ToSchema)]
pub struct VersionDeletedOut {
    deleted_predictions: i64,
}

/// Takes all predictions of a version away.
#[utoipa::path(delete, path = "/projects/{id}/model-versions", tag = "Predictions", params(("id" = i64, Path)),
    request_body = VersionIn, responses((status = 200, body = VersionDeletedOut)))]
pub async fn delete_model_version(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<VersionIn>,
) -> Answer<VersionDeletedOut> {
    let version = input.model_version.replace('\0', "");
    let deleted_predictions = prediction::delete_version(&cx, &actor, project_id, &version).await?;
    Ok(Json(VersionDeletedOut { deleted_predictions }))
}
