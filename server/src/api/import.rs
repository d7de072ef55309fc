//! Tasks and predictions in.
//!
//! JSON is stored at once, all of it or none. Files and addresses are read by a job, which the question waits for.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Extension, Json, Router,
    body::{Body, Bytes},
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
    import::{self, Manner, Source},
    prediction, storage,
};
use utoipa::{IntoParams, ToSchema};

use super::{
    Answer, Created,
    input::{At, Input, Json as AnyJson, Query, form, is_yes, json as read},
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
    /// The run, for its status; files that wait have none.
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

impl ImportOut {
    /// With what its files are called.
    fn of_files(self, files: &[(FileId, String)]) -> Self {
        let (file_upload_ids, could_be_tasks_list, found_formats) = told(files);
        Self { file_upload_ids, could_be_tasks_list, found_formats, ..self }
    }
}

/// Files as imports tell of them: their numbers, whether they may be lists of tasks, and how many there are by ending.
fn told(files: &[(FileId, String)]) -> (Vec<i64>, bool, Value) {
    let mut endings = BTreeMap::new();
    for (_, name) in files {
        if let Some((_, ending)) = name.rsplit_once('.') {
            *endings.entry(format!(".{}", ending.to_lowercase())).or_insert(0_u32) += 1;
        }
    }
    let lists = endings.keys().any(|ending| ending != ".json");
    (files.iter().map(|(id, _)| id.0).collect(), lists, json!(endings))
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
    let asked = Asked {
        cx: &cx,
        actor: &actor,
        project_id,
        waits: !is_yes(query.commit_to_project.as_deref(), true),
        with_tasks: is_yes(query.return_task_ids.as_deref(), false),
    };
    let done = match kind.as_str() {
        "multipart/form-data" => asked.of_files(request).await?,
        "application/x-www-form-urlencoded" => {
            let body = super::input::bytes(request.into_body()).await?;
            let UrlIn { url } = form(&body)?;
            asked.of_url(url).await?
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
            asked.of_json(body, fields).await?
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

/// What an import is asked for.
struct Asked<'a> {
    cx: &'a Cx,
    actor: &'a Actor,
    project_id: ProjectId,
    /// Files are kept, and become no tasks yet.
    waits: bool,
    with_tasks: bool,
}

impl Asked<'_> {
    async fn of_json(&self, body: Bytes, fields: Vec<String>) -> Result<ImportOut, Failure> {
        if self.waits {
            let body = futures::stream::iter([Ok(body)]).boxed();
            let file = storage::receive(self.cx, self.actor, self.project_id, "tasks.json", body).await?;
            return self.kept(&[(file.file_id, file.name)]).await;
        }
        let done = import::direct(self.cx, self.actor, self.project_id, body, fields).await?;
        Ok(ImportOut {
            import: Some(done.import_id.0),
            task_count: done.task_ids.len() as u64,
            annotation_count: Some(done.annotations.unsigned_abs()),
            prediction_count: Some(done.predictions.unsigned_abs()),
            duration: done.seconds,
            data_columns: done.columns,
            task_ids: self.with_tasks.then(|| done.task_ids.iter().map(|id| id.0).collect()),
            found_formats: json!({}),
            status: "completed",
            ..ImportOut::default()
        })
    }

    async fn of_url(&self, url: String) -> Result<ImportOut, Failure> {
        if self.waits {
            let message = "An address is read at once. Fetch the file and send it, to let it wait.";
            return Err(Problem::invalid("url", "url_cannot_wait", message).into());
        }
        let run = import::start(self.cx, self.actor, self.project_id, Source::Url(url)).await?;
        self.awaited(run).await
    }

    async fn of_files(&self, request: Request<Body>) -> Result<ImportOut, Failure> {
        let broken = || Problem::invalid("file", "upload_malformed", "The form could not be read.");
        let mut form = Multipart::from_request(request, &()).await.map_err(|_| broken())?;
        let mut files: Vec<(FileId, String)> = Vec::new();
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
            let file = storage::receive(self.cx, self.actor, self.project_id, &name, body).await?;
            files.push((file.file_id, file.name));
        }
        match url {
            Some(url) if files.is_empty() => self.of_url(url).await,
            _ if self.waits => self.kept(&files).await,
            _ => {
                let ids = files.into_iter().map(|(id, _)| id).collect();
                let run = import::start(self.cx, self.actor, self.project_id, Source::Files(ids)).await?;
                self.awaited(run).await
            }
        }
    }

    /// Files that wait, and what they would bring.
    async fn kept(&self, files: &[(FileId, String)]) -> Result<ImportOut, Failure> {
        let ids: Vec<FileId> = files.iter().map(|(id, _)| *id).collect();
        let looked = import::look(self.cx, self.actor, self.project_id, &ids).await?;
        let out = ImportOut {
            task_count: looked.tasks,
            data_columns: looked.columns,
            status: "completed",
            ..ImportOut::default()
        };
        Ok(out.of_files(files))
    }

    /// Waits until the job is through with it, or for as long as a question may last.
    async fn awaited(&self, import_id: ImportId) -> Result<ImportOut, Failure> {
        let (cx, actor, project_id) = (self.cx, self.actor, self.project_id);
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
            let reason =
                first.first().map_or_else(String::new, |row| format!("Row {}: {}", row.row_number, row.reason));
            return Err(Problem::invalid("non_field_errors", "import_row_refused", reason).into());
        }
        let is_over = run.status.is_over();
        let with_tasks = self.with_tasks && is_over;
        let more = import::particulars(cx, actor, project_id, import_id, with_tasks).await?;
        let out = ImportOut {
            import: Some(import_id.0),
            task_count: run.tasks,
            annotation_count: Some(run.annotations),
            prediction_count: Some(run.predictions),
            failed_count: run.failed,
            duration: took(cx, &run),
            data_columns: more.columns,
            task_ids: with_tasks.then(|| more.task_ids.iter().map(|id| id.0).collect()),
            status: if is_over { "completed" } else { "in_progress" },
            ..ImportOut::default()
        };
        Ok(out.of_files(&more.files))
    }
}

/// How long a run took, or takes already, in seconds.
fn took(cx: &Cx, run: &ImportRun) -> f64 {
    (run.finished_at.unwrap_or_else(|| cx.now()) - run.created_at).as_seconds_f64()
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
    url: Option<String>,
    row_count: u64,
    task_count: u64,
    failed_count: u64,
    annotation_count: u64,
    prediction_count: u64,
    /// Whole seconds.
    duration: i64,
    file_upload_ids: Vec<i64>,
    /// Whether files of rows were read as lists of tasks.
    files_as_tasks_list: bool,
    could_be_tasks_list: bool,
    /// By ending: how many files.
    #[schema(value_type = Object)]
    found_formats: Value,
    data_columns: Vec<String>,
    /// The tasks there are so far, at most a million.
    task_ids: Vec<i64>,
    commit_to_project: bool,
    return_task_ids: bool,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
}

async fn stands(cx: &Cx, actor: &Actor, project_id: ProjectId, import_id: ImportId) -> Answer<StatusOut> {
    let run = import::get(cx, actor, project_id, import_id).await?;
    let more = import::particulars(cx, actor, project_id, import_id, true).await?;
    let (file_upload_ids, could_be_tasks_list, found_formats) = told(&more.files);
    Ok(Json(StatusOut {
        id: import_id.0,
        project: project_id.0,
        status: run.status.as_str(),
        #[allow(clippy::cast_possible_truncation, reason = "no import takes that long")]
        duration: took(cx, &run) as i64,
        error: run.error,
        source: run.source_name,
        url: more.url,
        row_count: run.rows,
        task_count: run.tasks,
        failed_count: run.failed,
        annotation_count: run.annotations,
        prediction_count: run.predictions,
        file_upload_ids,
        files_as_tasks_list: !more.files_are_tasks,
        could_be_tasks_list,
        found_formats,
        data_columns: more.columns,
        task_ids: more.task_ids.iter().map(|id| id.0).collect(),
        commit_to_project: true,
        return_task_ids: true,
        created_at: run.created_at,
        updated_at: more.updated_at,
        finished_at: run.finished_at,
    }))
}

/// How an import stands.
#[utoipa::path(get, path = "/projects/{id}/imports/{import}", tag = "Import",
    params(("id" = i64, Path), ("import" = i64, Path)), responses((status = 200, body = StatusOut)))]
pub async fn status(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, import_id)): At<(ProjectId, ImportId)>,
) -> Answer<StatusOut> {
    stands(&cx, &actor, project_id, import_id).await
}

/// Which files are read again.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ReimportIn {
    #[serde(default)]
    file_upload_ids: Vec<i64>,
    /// `false` makes each file one task, whatever it holds.
    #[serde(default = "yes")]
    files_as_tasks_list: bool,
    /// `false` keeps the tasks that came in these files before, and makes others beside them.
    #[serde(default = "yes")]
    delete_tasks: bool,
}

fn yes() -> bool {
    true
}

/// Makes tasks of files that were sent before. Tasks that came in these files earlier go first, with the work on them.
#[utoipa::path(post, path = "/projects/{id}/reimport", tag = "Import", params(("id" = i64, Path)),
    request_body = ReimportIn, responses((status = 201, body = ImportOut), (status = 200, body = ImportOut)))]
pub async fn reimport(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Input(input): Input<ReimportIn>,
) -> Result<Response, Failure> {
    if input.file_upload_ids.is_empty() {
        service::access::project(&cx, &actor, project_id, domain::access::ProjectPermission::Import).await?;
        let (found_formats, status) = (json!({}), "completed");
        let (annotation_count, prediction_count) = (Some(0), Some(0));
        let none = ImportOut { annotation_count, prediction_count, found_formats, status, ..ImportOut::default() };
        return Ok(Json(none).into_response());
    }
    let manner =
        Manner { files_are_tasks: !input.files_as_tasks_list, replaces: input.delete_tasks, ..Manner::default() };
    let files = Source::Files(input.file_upload_ids.into_iter().map(FileId).collect());
    let run = import::start_as(&cx, &actor, project_id, files, manner).await?;
    let asked = Asked { cx: &cx, actor: &actor, project_id, waits: false, with_tasks: true };
    Ok(Created(asked.awaited(run).await?).into_response())
}

/// How it stands that files are read again.
#[utoipa::path(get, path = "/projects/{id}/reimports/{import}", tag = "Import",
    params(("id" = i64, Path), ("import" = i64, Path)), responses((status = 200, body = StatusOut)))]
pub async fn reimport_status(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, import_id)): At<(ProjectId, ImportId)>,
) -> Answer<StatusOut> {
    stands(&cx, &actor, project_id, import_id).await
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
