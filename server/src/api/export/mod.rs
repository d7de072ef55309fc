//! Work out: at once, or as snapshots that are kept.

pub mod compare;
mod options;

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
    format::{ExportFormat, ExportRun},
    id::{ExportId, ProjectId},
    import::RunStatus,
};
use futures::StreamExt;
use http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use service::{
    Actor, Cx,
    export::{self, Original},
};
use tokio::runtime::Handle;
use utoipa::{IntoParams, ToSchema};

use self::options::{
    AnnotationFilterOptions, ExportIn, ExportQuery, SerializationOptions, TaskFilterOptions, format, with_resources,
};
use super::{
    Answer, Created,
    input::{At, Flag, Input, Query},
    output::PersonOut,
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

/// The work of a project in one file, made on the spot.
#[utoipa::path(get, path = "/projects/{id}/export", tag = "Export", params(("id" = i64, Path), ExportQuery),
    responses((status = 200, content_type = "application/octet-stream", description = "The file")))]
pub async fn at_once(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Failure> {
    let export_id = export::start(&cx, &actor, project_id, query.format()?, query.options()).await?;
    // Nobody asked for it to be kept.
    let passing = Passing { cx: cx.clone(), actor: actor.clone(), project_id, export_id };
    written(&cx, &actor, project_id, export_id).await?;
    let download = export::download(&cx, &actor, project_id, export_id).await?;
    let bytes = export::read(&cx, &download, None).await?;
    let bytes = bytes.inspect(move |_| {
        let _kept_until_the_end = &passing;
    });
    Ok(file(&download, Body::from_stream(bytes)))
}

/// An export that lasts as long as the answer to which it belongs.
struct Passing {
    cx: Cx,
    actor: Actor,
    project_id: ProjectId,
    export_id: ExportId,
}

impl Drop for Passing {
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else { return };
        let (cx, actor, project_id, export_id) = (self.cx.clone(), self.actor.clone(), self.project_id, self.export_id);
        runtime.spawn(async move {
            if let Err(error) = export::delete(&cx, &actor, project_id, export_id).await {
                tracing::warn!(?error, %export_id, "an export that nobody keeps could not be deleted");
            }
        });
    }
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

fn file(download: &export::Download, body: Body) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    put(headers, header::CONTENT_TYPE, &download.content_type);
    put(headers, header::CONTENT_LENGTH, &download.size_bytes.to_string());
    put(headers, header::CONTENT_DISPOSITION, &disposition("attachment", &download.file_name));
    put(headers, header::HeaderName::from_static("filename"), &download.file_name);
    response
}

async fn kept_file(cx: &Cx, actor: &Actor, project_id: ProjectId, export_id: ExportId) -> Result<Response, Failure> {
    let download = export::download(cx, actor, project_id, export_id).await?;
    let bytes = export::read(cx, &download, None).await?;
    Ok(file(&download, Body::from_stream(bytes)))
}

/// A snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExportOut {
    id: i64,
    /// What people call it.
    title: String,
    /// Who asked for it.
    created_by: Option<PersonOut>,
    created_at: DateTime<Utc>,
    /// When it was written, or failed.
    finished_at: Option<DateTime<Utc>>,
    /// `created`, `in_progress`, `completed` or `failed`.
    status: &'static str,
    /// The format it was written in.
    export_type: &'static str,
    /// Why it failed.
    error: Option<String>,
    /// How large the file is, in bytes.
    size: Option<u64>,
    /// What is in the file, as MD5 in hexadecimal digits.
    md5: Option<String>,
    /// How many there are of what is in it.
    counters: CountersOut,
    /// The same in other formats.
    converted_formats: Vec<ConvertedOut>,
    /// Which tasks were chosen.
    task_filter_options: TaskFilterOptions,
    /// Which annotations were chosen.
    annotation_filter_options: AnnotationFilterOptions,
    /// How things are told.
    serialization_options: SerializationOptions,
}

/// How many there are of what is in a snapshot.
#[derive(Debug, Serialize, ToSchema)]
pub struct CountersOut {
    /// Tasks; while it is being written, those that were looked at.
    task_number: u64,
    /// Annotations.
    annotation_number: Option<u64>,
}

/// A snapshot in another format.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConvertedOut {
    id: i64,
    /// `created`, `in_progress`, `completed` or `failed`.
    status: &'static str,
    /// The format.
    export_type: &'static str,
    /// Why it failed, in words.
    traceback: Option<String>,
}

impl From<ExportRun> for ConvertedOut {
    fn from(run: ExportRun) -> Self {
        Self { id: run.export_id.0, status: run.status.as_str(), export_type: run.format.code(), traceback: run.error }
    }
}

impl From<Original> for ExportOut {
    fn from(Original { run, conversions }: Original) -> Self {
        let options = &run.options;
        let title = match options.title.as_str() {
            "" => format!("{} at {}", run.format.name(), run.created_at.format("%Y-%m-%d %H:%M")),
            title => title.to_owned(),
        };
        let manifest = run.manifest.as_ref();
        Self {
            id: run.export_id.0,
            title,
            created_by: run
                .starter
                .map(|(id, email)| PersonOut::new(id, run.started_by.as_deref().unwrap_or_default(), &email)),
            created_at: run.created_at,
            finished_at: run.finished_at,
            status: run.status.as_str(),
            export_type: run.format.code(),
            size: run.size_bytes,
            md5: run.md5,
            counters: CountersOut {
                task_number: manifest.map_or(run.done, |manifest| manifest.tasks_written),
                annotation_number: manifest.map(|manifest| manifest.annotations),
            },
            converted_formats: conversions.into_iter().map(ConvertedOut::from).collect(),
            task_filter_options: (&options.tasks).into(),
            annotation_filter_options: (&options.annotations).into(),
            serialization_options: options.into(),
            error: run.error,
        }
    }
}

/// A project's snapshots, the newest first, fifty at most.
#[utoipa::path(get, path = "/projects/{id}/exports", tag = "Export", params(("id" = i64, Path)),
    responses((status = 200, body = Vec<ExportOut>)))]
pub async fn list(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<Vec<ExportOut>> {
    let originals = export::originals(&cx, &actor, project_id).await?;
    Ok(Json(originals.into_iter().map(ExportOut::from).collect()))
}

async fn found(cx: &Cx, actor: &Actor, project_id: ProjectId, export_id: ExportId) -> Result<ExportOut, Failure> {
    Ok(export::original(cx, actor, project_id, export_id).await?.into())
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
    let export_id = match export::start(&cx, &actor, project_id, input.format()?, input.options()).await {
        Err(service::Error::Domain(problem)) if problem.field.as_deref() == Some("view") => {
            return Err(problem.on("task_filter_options").into());
        }
        started => started?,
    };
    Ok(Created(found(&cx, &actor, project_id, export_id).await?))
}

/// One snapshot.
#[utoipa::path(get, path = "/projects/{id}/exports/{export}", tag = "Export",
    params(("id" = i64, Path), ("export" = i64, Path)), responses((status = 200, body = ExportOut)))]
pub async fn one(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, export_id)): At<(ProjectId, ExportId)>,
) -> Answer<ExportOut> {
    Ok(Json(found(&cx, &actor, project_id, export_id).await?))
}

/// Takes a snapshot away, its file, and what was converted from it.
#[utoipa::path(delete, path = "/projects/{id}/exports/{export}", tag = "Export",
    params(("id" = i64, Path), ("export" = i64, Path)), responses((status = 204)))]
pub async fn delete(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, export_id)): At<(ProjectId, ExportId)>,
) -> Result<StatusCode, Failure> {
    let original = export::original(&cx, &actor, project_id, export_id).await?;
    for conversion in original.conversions {
        export::delete(&cx, &actor, project_id, conversion.export_id).await?;
    }
    export::delete(&cx, &actor, project_id, export_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// In which format a snapshot is wanted.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ConvertIn {
    /// One of the formats.
    export_type: String,
    /// Whether the pictures come along, for VOC.
    #[serde(default)]
    #[schema(value_type = Option<bool>)]
    download_resources: Option<Flag>,
}

/// A conversion that was begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConvertOut {
    /// The format.
    export_type: &'static str,
    /// Its number among the `converted_formats` of the snapshot.
    converted_format: i64,
}

/// Writes a snapshot in another format, as the project was when the snapshot was made. A job does it: `converted_formats` of the
/// snapshot says when it is there.
#[utoipa::path(post, path = "/projects/{id}/exports/{export}/convert", tag = "Export",
    params(("id" = i64, Path), ("export" = i64, Path)), request_body = ConvertIn,
    responses((status = 200, body = ConvertOut)))]
pub async fn convert(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, export_id)): At<(ProjectId, ExportId)>,
    Input(input): Input<ConvertIn>,
) -> Answer<ConvertOut> {
    let original = export::original(&cx, &actor, project_id, export_id).await?;
    let format = with_resources(format("export_type", &input.export_type)?, input.download_resources);
    if conversion(&original, format).is_some() {
        let message = format!("This snapshot has been converted to {} already.", format.code());
        return Err(Problem::new(Kind::Invalid, "export_converted", message).into());
    }
    let converted = export::convert(&cx, &actor, project_id, export_id, format).await?;
    Ok(Json(ConvertOut { export_type: format.code(), converted_format: converted.0 }))
}

/// What was written from the snapshot in a format, or is being written.
fn conversion(original: &Original, format: ExportFormat) -> Option<ExportId> {
    let is_usable = |run: &&ExportRun| run.format == format && run.status != RunStatus::Failed;
    original.conversions.iter().find(is_usable).map(|run| run.export_id)
}

/// In which format a snapshot is fetched.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DownloadQuery {
    /// One of the formats; the one it was written in where nothing is said. Where it has not been converted, it is now.
    #[serde(default, rename = "exportType", alias = "export_type")]
    export_type: Option<String>,
}

/// The file of a snapshot.
#[utoipa::path(get, path = "/projects/{id}/exports/{export}/download", tag = "Export",
    params(("id" = i64, Path), ("export" = i64, Path), DownloadQuery),
    responses((status = 200, content_type = "application/octet-stream", description = "The file")))]
pub async fn download(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, export_id)): At<(ProjectId, ExportId)>,
    Query(query): Query<DownloadQuery>,
) -> Result<Response, Failure> {
    let original = export::original(&cx, &actor, project_id, export_id).await?;
    let format = query.export_type.as_deref().map(|name| format("exportType", name)).transpose()?;
    let Some(format) = format.filter(|format| *format != original.run.format) else {
        return kept_file(&cx, &actor, project_id, export_id).await;
    };
    let converted = match conversion(&original, format) {
        Some(known) => known,
        None => export::convert(&cx, &actor, project_id, export_id, format).await?,
    };
    written(&cx, &actor, project_id, converted).await?;
    kept_file(&cx, &actor, project_id, converted).await
}
