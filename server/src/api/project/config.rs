//! Labeling interfaces: whether they are right, and examples of what they show.

use axum::{Extension, Json, extract::State};
use domain::{
    Error as Problem,
    id::ProjectId,
    import::NewPrediction,
    label_config,
    project::CheckedConfig,
    template::{sample_answer, sample_data},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::{Actor, Cx, project};
use utoipa::ToSchema;

use crate::{
    api::{
        Answer,
        input::{At, Input},
    },
    error::Failure,
};

/// A labeling interface.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConfigIn {
    #[serde(default)]
    label_config: String,
}

/// Every problem of a labeling interface in a sentence; nothing where it has none.
fn problems(xml: &str) -> Result<(), Failure> {
    if xml.trim().is_empty() {
        return Err(Problem::invalid("label_config", "label_config_missing", "There is no labeling interface.").into());
    }
    CheckedConfig::new(xml)?;
    Ok(())
}

/// Whether a labeling interface is one.
#[utoipa::path(post, path = "/projects/validate", tag = "Projects", request_body = ConfigIn,
    responses((status = 204)), security(()))]
pub async fn validate(Input(input): Input<ConfigIn>) -> Result<StatusCode, Failure> {
    problems(&input.label_config)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What a labeling interface would mean for a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ValidOut {
    /// Whether it reads other fields of tasks than the present one.
    config_essential_data_has_changed: bool,
}

/// Whether a labeling interface fits a project, and loses nothing of the work in it.
#[utoipa::path(post, path = "/projects/{id}/validate", tag = "Projects", params(("id" = i64, Path)),
    request_body = ConfigIn, responses((status = 200, body = ValidOut)))]
pub async fn validate_for(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ConfigIn>,
) -> Answer<ValidOut> {
    let present = project::record(&cx, &actor, project_id).await?;
    problems(&input.label_config)?;
    project::check_label_config(&cx, &actor, project_id, &input.label_config).await?;
    let fields = |xml: &str| {
        let config = label_config::read(xml).unwrap_or_default();
        config.objects.into_iter().filter_map(|object| object.field).collect::<std::collections::BTreeSet<_>>()
    };
    let changed = fields(&present.label_config) != fields(&input.label_config);
    Ok(Json(ValidOut { config_essential_data_has_changed: changed }))
}

/// A labeling interface to make an example for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SampleIn {
    /// The project's own where nothing is said.
    #[serde(default)]
    label_config: String,
    /// Whether an annotation and a prediction come along.
    #[serde(default)]
    include_annotation_and_prediction: bool,
}

/// An example of a task.
#[derive(Debug, Serialize, ToSchema)]
pub struct SampleOut {
    /// The data of a task; a whole task where an annotation and a prediction were asked for.
    #[schema(value_type = Object)]
    sample_task: Value,
}

/// An example of a task that a labeling interface can show.
#[utoipa::path(post, path = "/projects/{id}/sample-task", tag = "Projects", params(("id" = i64, Path)),
    request_body = SampleIn, responses((status = 200, body = SampleOut)))]
pub async fn sample_task(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<SampleIn>,
) -> Answer<SampleOut> {
    let present = project::record(&cx, &actor, project_id).await?;
    let xml = if input.label_config.trim().is_empty() { present.label_config } else { input.label_config };
    let config = CheckedConfig::new(&xml)?.config;
    let data = sample_data(&config, cx.settings().base_url.trim_end_matches('/'));
    if !input.include_annotation_and_prediction {
        return Ok(Json(SampleOut { sample_task: data.into() }));
    }
    let NewPrediction { result, .. } = sample_answer(&config);
    let annotation = json!({ "was_cancelled": false, "ground_truth": false, "lead_time": 0.0, "result": result });
    let prediction = json!({ "model_version": "sample", "score": 0.0, "result": result });
    Ok(Json(SampleOut {
        sample_task: json!({ "data": data, "annotations": [annotation], "predictions": [prediction] }),
    }))
}
