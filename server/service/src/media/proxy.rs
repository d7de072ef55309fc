//! An object as it is, all or a part: stored files and those of other servers alike. Nothing of it is kept.

use std::{ops::Range, time::Duration};

use bytes::Bytes;
use domain::{Error as Problem, Kind};
use futures::{StreamExt, stream::BoxStream};

use super::source::{Found, Origin, as_medium, refuse, stated_type};
use crate::{Cx, Result, import::fetch, storage};

/// Bytes on their way to a page.
pub struct Passed {
    /// What they are; never something that runs.
    pub content_type: String,
    /// The whole object, where that is known.
    pub size_bytes: Option<u64>,
    /// Which part this is; nothing for the whole.
    pub part: Option<Range<u64>>,
    /// Changes with the content, where that is known.
    pub etag: Option<String>,
    /// The bytes.
    pub body: BoxStream<'static, std::io::Result<Bytes>>,
}

/// What other servers may send through this one. Pages and scripts are not among them.
fn is_medium(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let exact = [
        "application/pdf",
        "application/json",
        "application/octet-stream",
        "binary/octet-stream",
        "application/ogg",
        "text/plain",
        "text/csv",
        "text/tab-separated-values",
    ];
    ["image/", "audio/", "video/"].iter().any(|family| kind.starts_with(family)) || exact.contains(&kind.as_str())
}

/// What an object is, where its server only says that it is bytes.
fn by_extension(extension: &str) -> &'static str {
    match extension {
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" => "audio/ogg",
        "flac" => "audio/flac",
        "m4a" => "audio/mp4",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "mov" => "video/quicktime",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "pdf" => "application/pdf",
        "csv" => "text/csv",
        "tsv" => "text/tab-separated-values",
        "json" => "application/json",
        "txt" => "text/plain",
        _ => "application/octet-stream",
    }
}

pub(super) async fn pass(cx: &Cx, found: Found, range: Option<Range<u64>>) -> Result<Passed> {
    let extension = found.origin.extension();
    match found.origin {
        Origin::Stored(file) => {
            let range = within(range, file.size_bytes)?;
            let body = storage::read(cx, &file, range.clone()).await?;
            Ok(Passed {
                content_type: file.content_type.clone(),
                size_bytes: Some(file.size_bytes),
                part: range,
                etag: Some(file.etag()),
                body,
            })
        }
        Origin::Site(path) => {
            let size = tokio::fs::metadata(&path).await.map_err(anyhow::Error::new)?.len();
            let range = within(range, size)?;
            let (start, end) = range.as_ref().map_or((0, size), |range| (range.start, range.end));
            let mut file = tokio::fs::File::open(&path).await.map_err(anyhow::Error::new)?;
            tokio::io::AsyncSeekExt::seek(&mut file, std::io::SeekFrom::Start(start))
                .await
                .map_err(anyhow::Error::new)?;
            let part = tokio::io::AsyncReadExt::take(file, end - start);
            let body = tokio_util::io::ReaderStream::new(part).boxed();
            let content_type = by_extension(&extension).to_owned();
            Ok(Passed { content_type, size_bytes: Some(size), part: range, etag: None, body })
        }
        Origin::Web(url) => {
            let answer = fetch::get(cx, &url, range).await.map_err(as_medium)?;
            let limit = cx.settings().max_upload_bytes;
            if answer.length.is_some_and(|length| length > limit) {
                return Err(super::source::too_large(limit).into());
            }
            let stated = answer.content_type.unwrap_or_else(|| "application/octet-stream".to_owned());
            if !is_medium(&stated) {
                let kind: String = stated.chars().take(60).collect();
                let message =
                    format!("The other server sends “{kind}”, which is not a picture, sound, film, document or text.");
                return Err(refuse("media_type", message).into());
            }
            let content_type =
                if stated.contains("octet-stream") { by_extension(&extension).to_owned() } else { stated };
            let mut left = limit;
            // The length is counted, not believed.
            let body = answer.body.map(move |chunk| {
                let chunk = chunk?;
                left = left.checked_sub(chunk.len() as u64).ok_or(std::io::ErrorKind::FileTooLarge)?;
                Ok(chunk)
            });
            tracing::info!(url, "passed a medium on");
            let size_bytes = answer.whole.or(answer.part.is_none().then_some(answer.length).flatten());
            Ok(Passed { content_type, size_bytes, part: answer.part, etag: None, body: body.boxed() })
        }
        Origin::Cloud(object) => {
            let found = object.get(range.clone()).await?;
            let stated = stated_type(&found).filter(|stated| is_medium(stated) && !stated.contains("octet-stream"));
            let size = found.meta.size;
            let part = found.range.clone();
            Ok(Passed {
                // What a storage calls a page or a program is bytes here.
                content_type: stated.unwrap_or_else(|| by_extension(&extension).to_owned()),
                size_bytes: Some(size),
                part: range.is_some().then_some(part),
                etag: found.meta.e_tag.as_ref().map(|etag| format!("\"{}\"", etag.trim_matches('"'))),
                body: found.into_stream().map(|chunk| chunk.map_err(std::io::Error::other)).boxed(),
            })
        }
    }
}

/// Where a browser loads the object from by itself; nothing where it comes through this server.
pub(super) async fn elsewhere(found: &Found) -> Result<Option<Elsewhere>> {
    let Origin::Cloud(object) = &found.origin else { return Ok(None) };
    let url = object.elsewhere().await?;
    Ok(url.map(|(url, good_for)| Elsewhere { url, good_for }))
}

/// An address that is signed for a while.
#[derive(Debug, Clone)]
pub struct Elsewhere {
    /// The address.
    pub url: String,
    /// For how long.
    pub good_for: Duration,
}

/// A range within a file of this size.
fn within(range: Option<Range<u64>>, size: u64) -> Result<Option<Range<u64>>> {
    let Some(range) = range else { return Ok(None) };
    let end = range.end.min(size);
    if range.start >= end {
        let message = format!("There are no bytes from {} on: the object has {size}.", range.start);
        return Err(Problem::new(Kind::Invalid, "media_range", message).on("src").into());
    }
    Ok(Some(range.start..end))
}
