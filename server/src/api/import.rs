//! Tasks and predictions in.
//!
//! JSON is stored at once, all of it or none. Files and addresses are read by a job, which the question waits for.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Extension, Json, Router,
    body::Body,
    extract::{FromRequest, Multipart, Request, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem, Kind,
    id::{FileId, ImportId, ProjectId},
    import::{ImportRun, RunStatus},
};
use futures::{StreamExt, TryStreamExt};
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use service::{
    Actor, Cx,
    import::{self, Source},
    prediction, storage,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    input::{At, Json as AnyJson, Query, form, is_yes, json as read},
    prediction::PredictionIn,
    waiting::Watch,
};
use crate::{error::Failure, state::AppState};

/// How long a question waits for its files to be read; the import goes on behind it.
const PATIENCE: Duration = Duration::from_secs(50);
/// How many files one question may carry.
const MAX_FILES: usize = 100;

/// How an import is done.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// `false` keeps files without making tasks of them.
    commit_to_project: Option<String>,
    /// Whether the answer holds the numbers of the tasks; of JSON alone.
    return_task_ids: Option<String>,
    /// Fields that are called like controls: what a task has there becomes a prediction. Separated by commas.
    #[serde(default)]
    preannotated_from_fields: Vec<String>,
}

/// What became of an import.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct ImportOut {
    /// The run, where it goes on: for its status.
    #[serde(skip_serializing_if = "Option::is_none")]
    import: Option<i64>,
    task_count: u64,
    annotation_count: Option<u64>,
    prediction_count: Option<u64>,
    /// Rows that were refused; of JSON there are none, or nothing is stored.
    failed_count: u64,
    /// Seconds.
    duration: f64,
    file_upload_ids: Vec<i64>,
    could_be_tasks_list: bool,
    /// By ending: how many files.
    #[schema(value_type = Object)]
    found_formats: Value,
    data_columns: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_ids: Option<Vec<i64>>,
    /// `completed`, or `in_progress` where it takes longer than a question waits.
    status: &'static str,
}

/// The route itself stands outside of the document's macro, which knows one kind of body.
pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/projects/{id}/tasks/bulk", axum::routing::post(import))
}

/// Makes tasks: of a JSON list or object, of files in a form, or of what lies at the address in a form's `url`.
#[utoipa::path(post, path = "/projects/{id}/import", tag = "Import", params(("id" = i64, Path), ImportQuery),
    request_body(content((Vec<Object> = "application/json"), (UrlIn = "application/x-www-form-urlencoded"),
        (FilesIn = "multipart/form-data"))),
    responses((status = 201, body = ImportOut)))]
pub async fn import(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(query): Query<ImportQuery>,
    request: Request,
) -> Result<Created<ImportOut>, Failure> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or("application/json").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let done = match kind.as_str() {
        "multipart/form-data" => of_files(&cx, &actor, project_id, &query, request).await?,
        "application/x-www-form-urlencoded" => {
            let body = super::input::bytes(request.into_body()).await?;
            let UrlIn { url } = form(&body)?;
            let run = import::start(&cx, &actor, project_id, Source::Url(url)).await?;
            awaited(&cx, &actor, project_id, run, Vec::new()).await?
        }
        "application/json" => {
            // Whoever may not import does not get to send much.
            service::access::project(&cx, &actor, project_id, domain::access::ProjectPermission::Import).await?;
            let body = axum::body::to_bytes(request.into_body(), import::MAX_DIRECT_BYTES).await.map_err(|_| {
                let message = format!("At most {} MB of JSON are taken at once.", import::MAX_DIRECT_BYTES >> 20);
                Problem::new(Kind::TooLarge, "import_too_large", message)
            })?;
            let fields = query.preannotated_from_fields.iter().flat_map(|fields| fields.split(','));
            let fields = fields.map(|field| field.trim().to_owned()).filter(|field| !field.is_empty()).collect();
            let done = import::direct(&cx, &actor, project_id, body, fields).await?;
            ImportOut {
                task_count: done.task_ids.len() as u64,
                annotation_count: Some(done.annotations.unsigned_abs()),
                prediction_count: Some(done.predictions.unsigned_abs()),
                duration: done.seconds,
                data_columns: done.columns,
                task_ids: is_yes(query.return_task_ids.as_deref(), false)
                    .then(|| done.task_ids.iter().map(|id| id.0).collect()),
                status: "completed",
                ..ImportOut::default()
            }
        }
        _ => return Err(super::input::unsupported().into()),
    };
    Ok(Created(done))
}

/// A file on the web.
#[derive(Debug, Deserialize, ToSchema)]
pub struct UrlIn {
    url: String,
}

/// Files of tasks.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "describes a form that is read part by part")]
pub struct FilesIn {
    /// CSV, TSV, JSON, JSON lines, text, media, or an archive of these.
    #[schema(format = Binary, value_type = String)]
    file: Vec<u8>,
}

async fn of_files(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    query: &ImportQuery,
    request: Request<Body>,
) -> Result<ImportOut, Failure> {
    let broken = || Problem::invalid("file", "upload_malformed", "The form could not be read.");
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
    let mut files: Vec<FileId> = Vec::new();
    let mut formats = BTreeMap::new();
    let mut url = None;
    while let Some(part) = form.next_field().await.map_err(|_| broken())? {
        let Some(name) = part.file_name().map(str::to_owned) else {
            if part.name() == Some("url") {
                url = Some(part.text().await.map_err(|_| broken())?);
            }
            continue;
        };
        if files.len() == MAX_FILES {
            let message = format!("Please send at most {MAX_FILES} files at once.");
            return Err(Problem::new(Kind::TooLarge, "upload_too_many_files", message).into());
        }
        let body = part.map_err(std::io::Error::other).boxed();
        let file = storage::receive(cx, actor, project_id, &name, body).await?;
        if let Some((_, ending)) = file.name.rsplit_once('.') {
            *formats.entry(format!(".{}", ending.to_lowercase())).or_insert(0_u32) += 1;
        }
        files.push(file.file_id);
    }
    if let (true, Some(url)) = (files.is_empty(), url) {
        let run = import::start(cx, actor, project_id, Source::Url(url)).await?;
        return awaited(cx, actor, project_id, run, Vec::new()).await;
    }
    if !is_yes(query.commit_to_project.as_deref(), true) {
        return Ok(ImportOut {
            file_upload_ids: files.iter().map(|id| id.0).collect(),
            found_formats: json!(formats),
            status: "completed",
            ..ImportOut::default()
        });
    }
    let run = import::start(cx, actor, project_id, Source::Files(files.clone())).await?;
    let done = awaited(cx, actor, project_id, run, files).await?;
    Ok(ImportOut {
        could_be_tasks_list: formats.keys().any(|ending| ending != ".json"),
        found_formats: json!(formats),
        ..done
    })
}

/// Waits until the job is through with it, or for as long as a question may last.
async fn awaited(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    import_id: ImportId,
    files: Vec<FileId>,
) -> Result<ImportOut, Failure> {
    let mut watch = Watch::new(cx, import::topic(import_id));
    let finished = async {
        loop {
            let run = import::get(cx, actor, project_id, import_id).await?;
            if run.status.is_over() {
                return Ok::<ImportRun, Failure>(run);
            }
            watch.changed().await;
        }
    };
    let run = match tokio::time::timeout(PATIENCE, finished).await {
        Ok(run) => run?,
        Err(_) => import::get(cx, actor, project_id, import_id).await?,
    };
    if run.status == RunStatus::Failed {
        let message = run.error.unwrap_or_else(|| "This could not be imported.".to_owned());
        return Err(Problem::invalid("non_field_errors", "import_failed", message).into());
    }
    if run.status.is_over() && run.tasks == 0 && run.failed > 0 {
        let first = import::failures(cx, actor, project_id, import_id, None, domain::page::Limit::new(1)).await?;
        let reason = first.first().map_or_else(String::new, |row| format!("Row {}: {}", row.row_number, row.reason));
        return Err(Problem::invalid("non_field_errors", "import_row_refused", reason).into());
    }
    let took = run.finished_at.unwrap_or_else(|| cx.now()) - run.created_at;
    Ok(ImportOut {
        import: (!run.status.is_over()).then_some(import_id.0),
        task_count: run.tasks,
        annotation_count: Some(run.annotations),
        prediction_count: Some(run.predictions),
        failed_count: run.failed,
        duration: took.as_seconds_f64(),
        file_upload_ids: files.iter().map(|id| id.0).collect(),
        status: if run.status.is_over() { "completed" } else { "in_progress" },
        ..ImportOut::default()
    })
}

/// How an import stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusOut {
    id: i64,
    project: i64,
    /// `created`, `in_progress`, `completed`, `failed` or `cancelled`.
    status: &'static str,
    error: Option<String>,
    source: String,
    row_count: u64,
    task_count: u64,
    failed_count: u64,
    annotation_count: u64,
    prediction_count: u64,
    created_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

/// How an import stands.
#[utoipa::path(get, path = "/projects/{id}/imports/{import}", tag = "Import",
    params(("id" = i64, Path), ("import" = i64, Path)), responses((status = 200, body = StatusOut)))]
pub async fn status(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, import_id)): At<(ProjectId, ImportId)>,
) -> Answer<StatusOut> {
    let run = import::get(&cx, &actor, project_id, import_id).await?;
    Ok(Json(StatusOut {
        id: import_id.0,
        project: project_id.0,
        status: run.status.as_str(),
        error: run.error,
        source: run.source_name,
        row_count: run.rows,
        task_count: run.tasks,
        failed_count: run.failed,
        annotation_count: run.annotations,
        prediction_count: run.predictions,
        created_at: run.created_at,
        finished_at: run.finished_at,
    }))
}

/// How many predictions were stored.
#[derive(Debug, Serialize, ToSchema)]
pub struct PredictionsOut {
    created: usize,
}

/// Stores predictions for tasks of a project: all of them, or none.
#[utoipa::path(post, path = "/projects/{id}/import/predictions", tag = "Import", params(("id" = i64, Path)),
    request_body = Vec<PredictionIn>, responses((status = 201, body = PredictionsOut)))]
pub async fn predictions(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    request: Request,
) -> Result<Response, Failure> {
    let body = super::input::bytes(request.into_body()).await?;
    let AnyJson(body) = read(&body)?;
    let list = if body.is_object() { vec![body] } else { AnyJson(body).list("non_field_errors")? };
    let mut new = Vec::with_capacity(list.len());
    for one in list {
        let bytes = serde_json::to_vec(&one).map_err(anyhow::Error::new).map_err(service::Error::from)?;
        new.push(read::<PredictionIn>(&bytes)?.read()?);
    }
    let created = prediction::add_many(&cx, &actor, project_id, new).await?;
    Ok((StatusCode::CREATED, Json(PredictionsOut { created })).into_response())
}
