//! Files in and out: uploads streamed to the store, stored files, finished exports and refused rows streamed from it.

use std::{ops::Range, str::FromStr};

use axum::{
    Extension, Json,
    body::{Body, Bytes},
    extract::{Multipart, Path, State},
    response::{IntoResponse, Response},
};
use domain::{
    Error as Problem, Kind,
    id::{ExportId, FileId, ImportId, ProjectId},
    import::FailedRow,
    page::Limit,
};
use futures::{StreamExt, TryStreamExt, stream};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use percent_encode::encode;
use serde::Serialize;
use service::{Actor, Cx, export, import, storage};

use crate::error::Failure;

/// How many files one request may carry; browsers send one each.
const MAX_FILES_AT_ONCE: usize = 100;

/// A file that was received.
#[derive(Serialize)]
pub struct Received {
    file_id: FileId,
    name: String,
    content_type: String,
    size_bytes: u64,
    address: String,
}

/// `POST /projects/{id}/upload`: every file of a form, streamed to the store.
pub async fn upload(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path(project_id): Path<ProjectId>,
    form: Result<Multipart, axum::extract::multipart::MultipartRejection>,
) -> Result<Json<Vec<Received>>, Failure> {
    let broken = || Problem::invalid("file", "upload_malformed", "The upload could not be read. Please send it again.");
    let mut form = form.map_err(|_| broken())?;
    let mut received = Vec::new();
    while let Some(field) = form.next_field().await.map_err(|_| broken())? {
        let Some(name) = field.file_name().map(str::to_owned) else { continue };
        if received.len() == MAX_FILES_AT_ONCE {
            let message = format!("Please send at most {MAX_FILES_AT_ONCE} files at once.");
            return Err(Problem::new(Kind::TooLarge, "upload_too_many_files", message).into());
        }
        let body = field.map_err(std::io::Error::other).boxed();
        let file = storage::receive(&cx, &actor, project_id, &name, body).await?;
        received.push(Received {
            file_id: file.file_id,
            address: file.address(),
            name: file.name,
            content_type: file.content_type,
            size_bytes: file.size_bytes,
        });
    }
    Ok(Json(received))
}

/// `GET /files/{id}/{name}`: a stored file, all or a part.
pub async fn file(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((file_id, _name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let file_id = FileId::from_str(&file_id).map_err(|_| Problem::not_found("file"))?;
    let file = storage::open(&cx, &actor, file_id).await?;
    let etag = HeaderValue::from_str(&file.etag()).unwrap_or(HeaderValue::from_static("\"\""));
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    // A part of an older file is no part of this one.
    let same = headers.get(header::IF_RANGE).is_none_or(|known| known == etag);
    let range = match headers.get(header::RANGE).filter(|_| same).map(|value| part(value, file.size_bytes)) {
        Some(Part::Unsatisfiable) => return Ok(unsatisfiable(file.size_bytes)),
        Some(Part::Of(range)) => Some(range),
        Some(Part::Whole) | None => None,
    };
    let body = Body::from_stream(storage::read(&cx, &file, range.clone()).await?);
    let mut response = answer(body, file.size_bytes, range);
    let out = response.headers_mut();
    out.insert(header::ETAG, etag);
    put(out, header::CONTENT_TYPE, &file.content_type);
    // The content of a file never changes, but who may see it does.
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=3600"));
    let kind = if file.is_media() { "inline" } else { "attachment" };
    put(out, header::CONTENT_DISPOSITION, &disposition(kind, &file.name));
    guard(out);
    Ok(response)
}

/// `GET /data/upload/{project}/{id}-{name}`: a stored file where programs written for Label Studio look for it.
pub async fn uploaded(
    cx: State<Cx>,
    actor: Extension<Actor>,
    Path((project_id, name)): Path<(ProjectId, String)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let (file_id, _) = name.split_once('-').ok_or_else(|| Problem::not_found("file"))?;
    let id = FileId::from_str(file_id).map_err(|_| Problem::not_found("file"))?;
    if storage::open(&cx, &actor, id).await?.project_id != project_id {
        return Err(Problem::not_found("file").into());
    }
    let file_id = file_id.to_owned();
    file(cx, actor, Path((file_id, name)), headers).await
}

/// `GET /projects/{id}/exports/{export}/download`.
pub async fn export(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((project_id, export_id)): Path<(ProjectId, ExportId)>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let download = export::download(&cx, &actor, project_id, export_id).await?;
    let range = match headers.get(header::RANGE).map(|value| part(value, download.size_bytes)) {
        Some(Part::Unsatisfiable) => return Ok(unsatisfiable(download.size_bytes)),
        Some(Part::Of(range)) => Some(range),
        Some(Part::Whole) | None => None,
    };
    let body = Body::from_stream(export::read(&cx, &download, range.clone()).await?);
    let mut response = answer(body, download.size_bytes, range);
    let out = response.headers_mut();
    put(out, header::CONTENT_TYPE, &download.content_type);
    put(out, header::CONTENT_DISPOSITION, &disposition("attachment", &download.file_name));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    guard(out);
    Ok(response)
}

/// `GET /projects/{id}/exports/{export}/manifest.json`: what the file holds, and what was changed or left out and why.
pub async fn manifest(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((project_id, export_id)): Path<(ProjectId, ExportId)>,
) -> Result<Response, Failure> {
    let run = export::get(&cx, &actor, project_id, export_id).await?;
    let manifest = run.manifest.ok_or_else(|| Problem::not_found("export"))?;
    let mut response = Json(manifest).into_response();
    let out = response.headers_mut();
    put(out, header::CONTENT_DISPOSITION, &disposition("attachment", &format!("export-{export_id}-manifest.json")));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    guard(out);
    Ok(response)
}

/// `GET /projects/{id}/imports/{import}/failures.{csv|ndjson}`: every refused row with its reason and what it said.
pub async fn failures(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Path((project_id, import_id, file)): Path<(ProjectId, ImportId, String)>,
) -> Result<Response, Failure> {
    let (as_csv, content_type) = match file.as_str() {
        "failures.csv" => (true, "text/csv; charset=utf-8"),
        "failures.ndjson" => (false, "application/x-ndjson"),
        _ => return Err(Problem::not_found("file").into()),
    };
    // Asked once before the answer begins, so that a refusal is still a refusal.
    import::get(&cx, &actor, project_id, import_id).await?;
    let head = if as_csv { "source,row,reason,original\n" } else { "" };
    let pages = stream::try_unfold(Some(None), move |after: Option<Option<(String, i64)>>| {
        let (cx, actor) = (cx.clone(), actor.clone());
        async move {
            let Some(after) = after else { return Ok(None) };
            let rows = import::failures(&cx, &actor, project_id, import_id, after, Limit::new(Limit::MAX))
                .await
                .map_err(std::io::Error::other)?;
            let next = rows.last().map(|row| Some((row.source_name.clone(), row.row_number)));
            let text: String = rows.iter().map(|row| if as_csv { csv_line(row) } else { json_line(row) }).collect();
            Ok::<_, std::io::Error>(Some((Bytes::from(text), next)))
        }
    });
    let body = Body::from_stream(stream::once(async move { Ok(Bytes::from(head)) }).chain(pages));
    let mut response = body.into_response();
    let out = response.headers_mut();
    put(out, header::CONTENT_TYPE, content_type);
    put(out, header::CONTENT_DISPOSITION, &disposition("attachment", &format!("import-{import_id}-{file}")));
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    guard(out);
    Ok(response)
}

fn json_line(row: &FailedRow) -> String {
    let line = serde_json::json!({
        "source": row.source_name, "row": row.row_number, "reason": row.reason, "original": row.original,
    });
    format!("{line}\n")
}

fn csv_line(row: &FailedRow) -> String {
    let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    format!("{},{},{},{}\n", quote(&row.source_name), row.row_number, quote(&row.reason), quote(&row.original))
}

/// Files of people are shown, never run.
pub(crate) fn guard(headers: &mut HeaderMap) {
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:";
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
}

/// What a `Range` header asks for.
pub(crate) enum Part {
    /// Nothing that is understood: the whole.
    Whole,
    /// These bytes.
    Of(Range<u64>),
    /// Bytes that are not there.
    Unsatisfiable,
}

/// One range of bytes; several at once are answered with the whole, as the standard allows.
pub(crate) fn part(value: &HeaderValue, size: u64) -> Part {
    let Some(spec) = value.to_str().ok().and_then(|text| text.strip_prefix("bytes=")) else { return Part::Whole };
    let Some((first, last)) = spec.split_once('-').filter(|_| !spec.contains(',')) else { return Part::Whole };
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let (start, end) = match (number(first), number(last)) {
        (Some(start), Some(last)) if last >= start => (start, last.saturating_add(1).min(size)),
        (Some(start), None) if last.trim().is_empty() => (start, size),
        (None, Some(length)) if first.trim().is_empty() => (size.saturating_sub(length), size),
        _ => return Part::Whole,
    };
    if start < end { Part::Of(start..end) } else { Part::Unsatisfiable }
}

pub(crate) fn answer(body: Body, size: u64, range: Option<Range<u64>>) -> Response {
    let mut response = body.into_response();
    let length = range.as_ref().map_or(size, |range| range.end - range.start);
    if let Some(range) = range {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let content = format!("bytes {}-{}/{size}", range.start, range.end - 1);
        put(response.headers_mut(), header::CONTENT_RANGE, &content);
    }
    put(response.headers_mut(), header::CONTENT_LENGTH, &length.to_string());
    response.headers_mut().insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    response
}

pub(crate) fn unsatisfiable(size: u64) -> Response {
    let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
    put(response.headers_mut(), header::CONTENT_RANGE, &format!("bytes */{size}"));
    response
}

pub(crate) fn disposition(kind: &str, name: &str) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_graphic() && !matches!(c, '"' | '\\') { c } else { '_' }).collect();
    format!("{kind}; filename=\"{plain}\"; filename*=UTF-8''{}", encode(name))
}

pub(crate) fn put(headers: &mut HeaderMap, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        headers.insert(name, value);
    }
}

mod percent_encode {
    use std::fmt::Write as _;

    /// As RFC 5987 wants names that are not ASCII.
    pub(super) fn encode(text: &str) -> String {
        text.bytes().fold(String::new(), |mut encoded, byte| {
            if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
                encoded.push(char::from(byte));
            } else {
                // Writing to a string cannot fail.
                let _infallible = write!(encoded, "%{byte:02X}");
            }
            encoded
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_says() {
        let read = |text: &str| match part(&HeaderValue::from_str(text).unwrap(), 100) {
            Part::Whole => "whole".to_owned(),
            Part::Of(range) => format!("{range:?}"),
            Part::Unsatisfiable => "unsatisfiable".to_owned(),
        };
        let cases = [
            ("bytes=0-9", "0..10"),
            ("bytes=90-", "90..100"),
            ("bytes=-10", "90..100"),
            ("bytes=-1000", "0..100"),
            ("bytes=50-5000", "50..100"),
            ("bytes=100-", "unsatisfiable"),
            ("bytes=-0", "unsatisfiable"),
            ("bytes=9-0", "whole"),
            ("bytes=0-1,5-6", "whole"),
            ("bytes=x-1", "whole"),
            ("items=0-1", "whole"),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn names_survive_every_header() {
        assert_eq!(
            disposition("inline", "Kä\"t\r\n.png"),
            "inline; filename=\"K__t__.png\"; filename*=UTF-8''K%C3%A4%22t%0D%0A.png"
        );
    }
}
