//! Work out: at once, or as snapshots that are kept.

use std::time::Duration;

use axum::{
    Extension, Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem, Kind,
    format::{ExportFormat, ExportOptions, ExportRun},
    id::{ExportId, ProjectId},
    import::RunStatus,
};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::{Actor, Cx, export};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    input::{At, Input, Query},
    waiting::Watch,
};
use crate::{
    error::Failure,
    files::{disposition, put},
};

/// How long a question waits for its file to be written.
const PATIENCE: Duration = Duration::from_secs(540);

/// A format.
#[derive(Debug, Serialize, ToSchema)]
pub struct FormatOut {
    /// As programs write it.
    name: &'static str,
    /// As people call it.
    title: &'static str,
    description: &'static str,
    /// What it cannot carry.
    loses: &'static str,
    /// Where it has nothing to say about the project's labeling interface: why.
    #[serde(skip_serializing_if = "Option::is_none")]
    disabled: Option<String>,
}

/// The formats that a project can be exported in; `disabled` says why one cannot.
#[utoipa::path(get, path = "/projects/{id}/export/formats", tag = "Export", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<FormatOut>)))]
pub async fn formats(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<FormatOut>> {
    let formats = export::formats(&cx, &actor, project_id).await?;
    let out = formats.into_iter().map(|(format, disabled)| FormatOut {
        name: format.code(),
        title: format.name(),
        description: format.contains(),
        loses: format.cannot_carry(),
        disabled,
    });
    Ok(Json(out.collect()))
}

/// What is exported.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// One of the formats; `JSON` where nothing is said.
    #[serde(rename = "exportType", alias = "export_type")]
    export_type: Option<String>,
    /// Whether tasks come along that nobody has labeled.
    #[serde(default)]
    download_all_tasks: bool,
}

fn format(name: Option<&str>) -> Result<ExportFormat, Problem> {
    let name = name.unwrap_or("JSON");
    ExportFormat::from_code(name)
        .ok_or_else(|| Problem::invalid("exportType", "format_unknown", format!("“{name}” is no format.")))
}

/// The work of a project in one file, made on the spot.
#[utoipa::path(get, path = "/projects/{id}/export", tag = "Export", params(("id" = i64, Path), ExportQuery),
    responses((status = 200, content_type = "application/octet-stream", description = "The file")))]
pub async fn at_once(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Failure> {
    let format = format(query.export_type.as_deref())?;
    let options = ExportOptions { include_unlabeled: query.download_all_tasks, ..ExportOptions::default() };
    let export_id = export::start(&cx, &actor, project_id, format, options).await?;
    written(&cx, &actor, project_id, export_id).await?;
    let response = file(&cx, &actor, project_id, export_id).await?;
    Ok(response)
}

/// Waits until the job has written it.
async fn written(cx: &Cx, actor: &Actor, project_id: ProjectId, export_id: ExportId) -> Result<ExportRun, Failure> {
    let mut watch = Watch::new(cx, export::topic(export_id));
    let finished = async {
        loop {
            let run = export::get(cx, actor, project_id, export_id).await?;
            if run.status.is_over() {
                return Ok::<ExportRun, Failure>(run);
            }
            watch.changed().await;
        }
    };
    let late = || {
        let message = "This export takes longer than a question waits. Make a snapshot and fetch it when it is there.";
        Problem::new(Kind::Conflict, "export_under_way", message)
    };
    let run = tokio::time::timeout(PATIENCE, finished).await.map_err(|_| late())??;
    if run.status == RunStatus::Completed {
        return Ok(run);
    }
    let message = run.error.unwrap_or_else(|| "This could not be exported.".to_owned());
    Err(Problem::invalid("non_field_errors", "export_failed", message).into())
}

async fn file(cx: &Cx, actor: &Actor, project_id: ProjectId, export_id: ExportId) -> Result<Response, Failure> {
    let download = export::download(cx, actor, project_id, export_id).await?;
    let body = Body::from_stream(export::read(cx, &download, None).await?);
    let mut response = body.into_response();
    let headers = response.headers_mut();
    put(headers, header::CONTENT_TYPE, &download.content_type);
    put(headers, header::CONTENT_LENGTH, &download.size_bytes.to_string());
    put(headers, header::CONTENT_DISPOSITION, &disposition("attachment", &download.file_name));
    put(headers, header::HeaderName::from_static("filename"), &download.file_name);
    Ok(response)
}

/// A snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportOut {
    id: i64,
    title: String,
    #[schema(value_type = Object)]
    created_by: Value,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    /// `created`, `in_progress`, `completed` or `failed`.
    status: &'static str,
    /// The format it was written in.
    export_type: &'static str,
    error: Option<String>,
    size: Option<u64>,
    #[schema(value_type = Object)]
    counters: Value,
    #[schema(value_type = Vec<Object>)]
    converted_formats: Vec<Value>,
}

impl From<ExportRun> for ExportOut {
    fn from(run: ExportRun) -> Self {
        Self {
            id: run.export_id.0,
            title: run.file_name.clone().unwrap_or_else(|| format!("{} export", run.format.name())),
            created_by: json!({ "first_name": run.started_by }),
            created_at: run.created_at,
            finished_at: run.finished_at,
            status: run.status.as_str(),
            export_type: run.format.code(),
            error: run.error,
            size: run.size_bytes,
            counters: json!({ "task_number": run.done }),
            converted_formats: Vec::new(),
        }
    }
}

/// A project's snapshots, the newest first.
#[utoipa::path(get, path = "/projects/{id}/exports", tag = "Export", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<ExportOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<ExportOut>> {
    let runs = export::list(&cx, &actor, project_id).await?;
    Ok(Json(runs.into_iter().map(ExportOut::from).collect()))
}

/// A snapshot to make.
#[derive(Debug, Default, Deserialize, ToSchema)]
pub struct ExportIn {
    /// One of the formats; `JSON` where nothing is said.
    export_type: Option<String>,
    /// Whether tasks come along that nobody has labeled; they do where nothing is said.
    download_all_tasks: Option<bool>,
}

/// Makes a snapshot of a project. A job writes it: its status says when it is there.
#[utoipa::path(post, path = "/projects/{id}/exports", tag = "Export", params(("id" = i64, Path)),
    request_body = ExportIn, responses((status = 201, body = ExportOut)))]
pub async fn create(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ExportIn>,
) -> Result<Created<ExportOut>, Failure> {
    let format = format(input.export_type.as_deref())?;
    let options =
        ExportOptions { include_unlabeled: input.download_all_tasks.unwrap_or(true), ..ExportOptions::default() };
    let export_id = export::start(&cx, &actor, project_id, format, options).await?;
    Ok(Created(export::get(&cx, &actor, project_id, export_id).await?.into()))
}

/// One snapshot.
#[utoipa::path(get, path = "/projects/{id}/exports/{export}", tag = "Export",
    params(("id" = i64, Path), ("export" = i64, Path)), responses((status = 200, body = ExportOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, export_id)): At<(ProjectId, ExportId)>,
) -> Answer<ExportOut> {
    Ok(Json(export::get(&cx, &actor, project_id, export_id).await?.into()))
}

/// Takes a snapshot away, and its file.
#[utoipa::path(delete, path = "/projects/{id}/exports/{export}", tag = "Export",
    params(("id" = i64, Path), ("export" = i64, Path)), responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, export_id)): At<(ProjectId, ExportId)>,
) -> Result<StatusCode, Failure> {
    export::delete(&cx, &actor, project_id, export_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The file of a snapshot.
#[utoipa::path(get, path = "/projects/{id}/exports/{export}/download", tag = "Export",
    params(("id" = i64, Path), ("export" = i64, Path)),
    responses((status = 200, content_type = "application/octet-stream", description = "The file")))]
pub async fn download(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, export_id)): At<(ProjectId, ExportId)>,
) -> Result<Response, Failure> {
    file(&cx, &actor, project_id, export_id).await
}
