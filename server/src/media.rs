//! Media for views: what was derived of an object, in parts; the object itself. `docs/media.md` is the contract.

use std::ops::Range;

use axum::{
    Extension, Json,
    body::Body,
    extract::{FromRef, FromRequestParts, Path, Query, State},
    response::{IntoResponse, Response},
};
use domain::{
    Error as Problem,
    id::{ProjectId, TaskId},
    media::series::{Options, TimeFormat, parse_separator},
};
use http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts};
use serde::Deserialize;
use serde_json::json;
use service::{
    Actor, Cx,
    media::{self, Asked, Derived, Elsewhere, Part as Sheet, Passed, State as Made},
};

use crate::{
    error::Failure,
    files::{Part, answer, guard, part, put, unsatisfiable},
};

/// Which object, in every address of this door.
#[derive(Debug, Deserialize)]
struct Which {
    src: String,
    task: Option<TaskId>,
}

/// Which project, in every address of this door.
#[derive(Debug, Deserialize)]
struct Where {
    project: ProjectId,
}

/// Who asks for which object, and what they know of it already.
pub struct Asking {
    cx: Cx,
    actor: Actor,
    object: Asked,
    headers: HeaderMap,
}

impl<S: Send + Sync> FromRequestParts<S> for Asking
where
    Cx: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        let Extension(actor) =
            Extension::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let Path(Where { project }) =
            Path::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let Query(which) =
            Query::<Which>::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        Ok(Self {
            cx: Cx::from_ref(state),
            actor,
            object: Asked { project_id: project, task_id: which.task, src: which.src },
            headers: parts.headers.clone(),
        })
    }
}

/// `GET /projects/{id}/media/wave`: `domain::media::wave`, all or a part.
pub async fn wave(Asking { cx, actor, object, headers }: Asking) -> Result<Response, Failure> {
    match media::wave(&cx, &actor, &object).await? {
        Made::Ready(derived) => file(&cx, &derived, &headers).await,
        Made::Making(share) => Ok(making(share)),
    }
}

/// `GET /projects/{id}/media/spectrum`: `domain::media::spectrum`, all or a part.
pub async fn spectrum(Asking { cx, actor, object, headers }: Asking) -> Result<Response, Failure> {
    match media::spectrum(&cx, &actor, &object).await? {
        Made::Ready(derived) => file(&cx, &derived, &headers).await,
        Made::Making(share) => Ok(making(share)),
    }
}

/// How a table is read; from the attributes of `<TimeSeries>`.
#[derive(Debug, Deserialize)]
pub struct Reading {
    time: Option<String>,
    format: Option<String>,
    sep: Option<String>,
    /// A JSON list of names.
    columns: Option<String>,
}

impl Reading {
    fn options(self) -> Result<Options, Problem> {
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let columns = given(self.columns).map(|list| serde_json::from_str(&list)).transpose();
        let message = "columns must be a JSON list of names.";
        Ok(Options {
            time_column: given(self.time),
            time_format: given(self.format).map(|format| TimeFormat::new(&format)).transpose()?,
            separator: given(self.sep).map(|sep| parse_separator(&sep)).transpose()?,
            columns: columns.map_err(|_| Problem::invalid("columns", "series_columns", message))?.unwrap_or_default(),
        })
    }
}

/// `GET /projects/{id}/media/series`: `domain::media::series::pyramid`, all or a part.
pub async fn series(
    Asking { cx, actor, object, headers }: Asking,
    Query(reading): Query<Reading>,
) -> Result<Response, Failure> {
    match media::series(&cx, &actor, &object, reading.options()?).await? {
        Made::Ready(derived) => file(&cx, &derived, &headers).await,
        Made::Making(share) => Ok(making(share)),
    }
}

/// `GET /projects/{id}/media/image`: the size of an image and, where it is very large, how it is cut.
pub async fn image(Asking { cx, actor, object, headers }: Asking) -> Result<Response, Failure> {
    match media::picture(&cx, &actor, &object).await? {
        Made::Making(share) => Ok(making(share)),
        Made::Ready(picture) => {
            let about = json!({
                "width": picture.width,
                "height": picture.height,
                "tiled": picture.is_tiled,
                "tile": domain::media::tiles::TILE,
                "content_type": picture.content_type,
                "levels": picture.levels(),
            });
            Ok(fresh(&picture.derived, &headers, || Json(about).into_response()))
        }
    }
}

/// Which tile.
#[derive(Debug, Deserialize)]
pub struct Spot {
    level: usize,
    column: u32,
    row: u32,
}

/// `GET /projects/{id}/media/tile/{level}/{column}/{row}`: one tile of a very large image.
pub async fn tile(
    Asking { cx, actor, object, headers }: Asking,
    Path(Spot { level, column, row }): Path<Spot>,
) -> Result<Response, Failure> {
    match media::tile(&cx, &actor, &object, level, column, row).await? {
        Made::Making(share) => Ok(making(share)),
        Made::Ready((picture, bytes)) => Ok(fresh(&picture.derived, &headers, || {
            ([(header::CONTENT_TYPE, HeaderValue::from_static(picture.content_type))], bytes).into_response()
        })),
    }
}

/// `GET /projects/{id}/media/video`: what is known of a video.
pub async fn video(Asking { cx, actor, object, headers }: Asking) -> Result<Response, Failure> {
    match media::video(&cx, &actor, &object).await? {
        Made::Making(share) => Ok(making(share)),
        Made::Ready((derived, video)) => Ok(fresh(&derived, &headers, || Json(video).into_response())),
    }
}

/// `GET /projects/{id}/media/frames`: when each frame of a video is shown, in seconds, as 64-bit numbers.
pub async fn frames(Asking { cx, actor, object, headers }: Asking) -> Result<Response, Failure> {
    match media::frames(&cx, &actor, &object).await? {
        Made::Making(share) => Ok(making(share)),
        Made::Ready((derived, times)) => {
            let length = times.end - times.start;
            let body = Body::from_stream(media::read(&cx, &derived, Some(times)).await?);
            Ok(fresh(&derived, &headers, || answer(body, length, None)))
        }
    }
}

/// `GET /projects/{id}/media/pdf`: the pages of a document.
pub async fn pdf(Asking { cx, actor, object, headers }: Asking) -> Result<Response, Failure> {
    match media::pdf(&cx, &actor, &object).await? {
        Made::Making(share) => Ok(making(share)),
        Made::Ready((derived, pdf)) => Ok(fresh(&derived, &headers, || Json(pdf).into_response())),
    }
}

/// `GET /projects/{id}/media/page/{number}`: a page of a document as a picture.
pub async fn page(asking: Asking, number: Path<Numbered>) -> Result<Response, Failure> {
    sheet(asking, number, Sheet::Picture, "image/jpeg").await
}

/// `GET /projects/{id}/media/page/{number}/thumb`: a small picture of a page.
pub async fn thumb(asking: Asking, number: Path<Numbered>) -> Result<Response, Failure> {
    sheet(asking, number, Sheet::Thumb, "image/jpeg").await
}

/// `GET /projects/{id}/media/page/{number}/words`: what is written on a page.
pub async fn words(asking: Asking, number: Path<Numbered>) -> Result<Response, Failure> {
    sheet(asking, number, Sheet::Words, "application/json").await
}

/// Which page.
#[derive(Debug, Deserialize)]
pub struct Numbered {
    number: usize,
}

async fn sheet(
    Asking { cx, actor, object, headers }: Asking,
    Path(Numbered { number }): Path<Numbered>,
    part: Sheet,
    content_type: &'static str,
) -> Result<Response, Failure> {
    match media::page(&cx, &actor, &object, number, part).await? {
        Made::Making(share) => Ok(making(share)),
        Made::Ready((derived, bytes)) => Ok(fresh(&derived, &headers, || {
            ([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], bytes).into_response()
        })),
    }
}

/// `GET /projects/{id}/media/file`: the object itself, all or a part.
pub async fn pass(Asking { cx, actor, object, headers }: Asking) -> Result<Response, Failure> {
    send(&cx, &actor, &object, &headers).await
}

/// Which object of a task.
#[derive(Debug, Deserialize)]
pub struct Presigned {
    fileuri: String,
}

/// `GET /tasks/{task}/presign`: an object of a storage, as Label Studio's programs ask for it.
pub async fn presign(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path(task_id): Path<TaskId>,
    Query(Presigned { fileuri }): Query<Presigned>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let object = media::of_task(&cx, &actor, task_id, &fileuri).await?;
    send(&cx, &actor, &object, &headers).await
}

/// Which file of the folders of the server.
#[derive(Debug, Deserialize)]
pub struct LocalFile {
    d: String,
}

/// `GET /data/local-files`: a file of a folder of the server, as Label Studio addresses it.
pub async fn local_file(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Query(LocalFile { d }): Query<LocalFile>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    passed_on(media::local_file(&cx, &actor, &d, range(&headers)).await, &headers)
}

/// The size may not be known here: what is beyond the end is the other side's to refuse.
fn range(headers: &HeaderMap) -> Option<Range<u64>> {
    match headers.get(header::RANGE).map(|value| part(value, u64::MAX)) {
        Some(Part::Of(range)) if range.end < u64::MAX || range.start < u64::MAX / 2 => Some(range),
        _ => None,
    }
}

async fn send(cx: &Cx, actor: &Actor, object: &Asked, headers: &HeaderMap) -> Result<Response, Failure> {
    if loads_by_itself(headers)
        && let Some(signed) = media::elsewhere(cx, actor, object).await?
    {
        return Ok(away(&signed));
    }
    passed_on(media::pass(cx, actor, object, range(headers)).await, headers)
}

fn passed_on(passed: service::Result<Passed>, headers: &HeaderMap) -> Result<Response, Failure> {
    let passed = match passed {
        Err(service::Error::Domain(problem)) if problem.code == "media_range" => {
            return Ok(StatusCode::RANGE_NOT_SATISFIABLE.into_response());
        }
        other => other?,
    };
    let same =
        |etag: &String| headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes());
    if passed.etag.as_ref().is_some_and(same) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let body = Body::from_stream(passed.body);
    let mut response = match (passed.size_bytes, passed.part) {
        (Some(size), part) => answer(body, size, part),
        (None, Some(part)) => {
            let mut response = (StatusCode::PARTIAL_CONTENT, body).into_response();
            let range = format!("bytes {}-{}/*", part.start, part.end - 1);
            put(response.headers_mut(), header::CONTENT_RANGE, &range);
            response
        }
        (None, None) => body.into_response(),
    };
    let out = response.headers_mut();
    put(out, header::CONTENT_TYPE, &passed.content_type);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    if let Some(etag) = passed.etag {
        put(out, header::ETAG, &etag);
    }
    guard(out);
    Ok(response)
}

/// Whether whoever asks may be sent on to another server: pictures and players may, and programs. A script of a page may not
/// read what comes from there.
fn loads_by_itself(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-mode").is_none_or(|mode| mode == "no-cors" || mode == "navigate")
}

/// To the storage itself. Browsers keep that for half of the time it is good for.
fn away(signed: &Elsewhere) -> Response {
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    let out = response.headers_mut();
    put(out, header::LOCATION, &signed.url);
    put(out, header::CACHE_CONTROL, &format!("private, max-age={}", signed.good_for.as_secs() / 2));
    put(out, header::VARY, "Sec-Fetch-Mode");
    put(out, header::REFERRER_POLICY, "no-referrer");
    response
}

/// Being made: this share of 1 is done, ask again in a second.
fn making(share: f32) -> Response {
    let mut response = (StatusCode::ACCEPTED, Json(json!({ "making": share }))).into_response();
    let out = response.headers_mut();
    out.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answer with what tells a browser that it has it already; nothing where it has.
fn fresh(derived: &Derived, headers: &HeaderMap, respond: impl FnOnce() -> Response) -> Response {
    let is_known = headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == derived.etag.as_bytes());
    let mut response = if is_known { StatusCode::NOT_MODIFIED.into_response() } else { respond() };
    let out = response.headers_mut();
    put(out, header::ETAG, &derived.etag);
    // What is derived changes with its name only, but who may see it can change.
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    guard(out);
    response
}

/// A derived file, all or a part.
async fn file(cx: &Cx, derived: &Derived, headers: &HeaderMap) -> Result<Response, Failure> {
    let is_same = headers.get(header::IF_RANGE).is_none_or(|known| known.as_bytes() == derived.etag.as_bytes());
    let range = match headers.get(header::RANGE).filter(|_| is_same).map(|value| part(value, derived.size_bytes)) {
        Some(Part::Unsatisfiable) => return Ok(unsatisfiable(derived.size_bytes)),
        Some(Part::Of(range)) => Some(range),
        Some(Part::Whole) | None => None,
    };
    let body = Body::from_stream(media::read(cx, derived, range.clone()).await?);
    Ok(fresh(derived, headers, || {
        let mut response = answer(body, derived.size_bytes, range);
        put(response.headers_mut(), header::CONTENT_TYPE, "application/octet-stream");
        response
    }))
}
