//! Which object an address means, whether the person may see it, and how to get at its bytes.

use std::{
    fs::File,
    io::{ErrorKind, Read, Seek, SeekFrom, Write},
    path::PathBuf,
};

use domain::{Error as Problem, Kind, access::ProjectPermission, cloud::ObjectAddress, media::empty};
use futures::StreamExt;
use object_store::{Attribute, GetResult, GetResultPayload, ObjectStoreExt, path::Path};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    Asked,
    remote::{BLOCK_BYTES, Far, Remote},
    sql,
};
use crate::{
    Actor, Cx, Result,
    access::{self, ProjectAccess},
    cloud,
    import::fetch,
    storage::{self, StoredFile},
};

/// An object that may be seen.
pub(super) struct Found {
    pub(super) access: ProjectAccess,
    pub(super) origin: Origin,
}

/// Where an object lies.
#[derive(Clone)]
pub(super) enum Origin {
    /// Among the files of the project.
    Stored(StoredFile),
    /// Among the files that the application itself serves to everybody.
    Site(PathBuf),
    /// On another server.
    Web(String),
    /// In a storage of the project.
    Cloud(cloud::Object),
}

/// The bytes of an object.
pub(super) enum Data {
    /// On this machine.
    Local(File),
    /// On another, fetched as they are read.
    Remote(Box<Remote>),
}

impl Read for Data {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self {
            Self::Local(file) => file.read(buffer),
            Self::Remote(remote) => remote.read(buffer),
        }
    }
}

impl Seek for Data {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        match self {
            Self::Local(file) => file.seek(to),
            Self::Remote(remote) => remote.seek(to),
        }
    }
}

/// An object that can be read.
pub(super) struct Opened {
    pub(super) data: Data,
    pub(super) size: u64,
    /// As the server says that sent it, or as was found when it was stored.
    pub(super) content_type: Option<String>,
    /// Lower case, without the point.
    pub(super) extension: String,
}

/// Finds the object, if the person may see it.
pub(super) async fn find(cx: &Cx, actor: &Actor, asked: &Asked) -> Result<Found> {
    let access = access::project(cx, actor, asked.project_id, ProjectPermission::View).await?;
    find_for(cx, access, asked, false).await
}

/// The same where the server itself has read the address in a task; nobody is shown anything of it.
pub(super) async fn find_ahead(cx: &Cx, access: ProjectAccess, src: &str) -> Result<Found> {
    let asked = Asked { project_id: access.project_id(), task_id: None, src: src.to_owned() };
    find_for(cx, access, &asked, true).await
}

async fn find_for(cx: &Cx, access: ProjectAccess, asked: &Asked, is_known: bool) -> Result<Found> {
    let own = cx.settings().base_url.as_str();
    let src = asked.src.trim();
    // A link to this very server means the file itself.
    let src = src.strip_prefix(own).filter(|path| path.starts_with('/')).unwrap_or(src);
    if let Some(file_id) = storage::file_of(src) {
        let file = storage::of_project(cx, &access, file_id).await?.ok_or_else(|| Problem::not_found("file"))?;
        let may_see = file.is_media() || is_known || access.allows(ProjectPermission::ViewData);
        if !may_see && !is_named(cx, &access, asked).await? {
            return Err(Problem::not_found("file").into());
        }
        return Ok(Found { access, origin: Origin::Stored(file) });
    }
    if let Some(address) = ObjectAddress::parse(src) {
        if !is_known && !is_named(cx, &access, asked).await? {
            return Err(Problem::not_found("object").into());
        }
        let object = cloud::find(cx, &access, &address).await?;
        return Ok(Found { access, origin: Origin::Cloud(object) });
    }
    if src.starts_with('/') && !src.starts_with("//") {
        let path = storage::site_file(cx, src)
            .ok_or_else(|| refuse("media_status", "There is no file at this address (404)."))?;
        return Ok(Found { access, origin: Origin::Site(path) });
    }
    match src.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase()).as_deref() {
        Some("http" | "https") => {
            if !is_known && !is_named(cx, &access, asked).await? {
                return Err(Problem::not_found("object").into());
            }
            if !super::allows_other_servers(cx, &access).await? {
                let message = "This object lies on another server. An admin of the project can allow that it is loaded \
                     through this one: Settings, General, Media.";
                return Err(Problem::new(Kind::Forbidden, "media_proxy_off", message).on("src").into());
            }
            Ok(Found { access, origin: Origin::Web(src.to_owned()) })
        }
        Some("data") => {
            Err(refuse("media_inline", "This object is in the task itself; there is nothing to load.").into())
        }
        _ => Err(refuse("media_address", "This is not an address that can be loaded.").into()),
    }
}

/// Whether the task names this address, and the person may open that task.
async fn is_named(cx: &Cx, access: &ProjectAccess, asked: &Asked) -> Result<bool> {
    let Some(task_id) = asked.task_id else { return Ok(false) };
    let mut tx = access.begin(cx).await?;
    let data = sql::task_data(&mut tx, access, task_id, access.allows(ProjectPermission::ViewData)).await?;
    tx.commit().await?;
    Ok(data.is_some_and(|data| names(&data, asked.src.trim())))
}

/// Whether any text in the data is this address.
fn names(data: &Value, address: &str) -> bool {
    let mut open = vec![data];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if text.trim() == address => return true,
            Value::Array(items) => open.extend(items),
            Value::Object(fields) => open.extend(fields.values()),
            _ => {}
        }
    }
    false
}

impl Origin {
    /// Changes with the content, as far as that can be known without reading it.
    pub(super) fn key(&self) -> Result<String> {
        let digest = |text: &str| hex::encode(Sha256::digest(text.as_bytes()));
        Ok(match self {
            Self::Stored(file) => match file.digest() {
                Some(digest) => digest,
                None => format!("file-{}", file.file_id),
            },
            Self::Site(path) => {
                let about = path.metadata().map_err(anyhow::Error::new)?;
                let changed = about.modified().ok();
                digest(&format!("site {} {} {changed:?}", path.display(), about.len()))
            }
            Self::Web(url) => digest(&format!("web {url}")),
            Self::Cloud(object) => digest(&object.name()),
        })
    }

    /// Lower case, without the point; of addresses without their query.
    pub(super) fn extension(&self) -> String {
        let name = match self {
            Self::Stored(file) => file.name.clone(),
            Self::Site(path) => path.to_string_lossy().into_owned(),
            Self::Web(url) => url.split(['?', '#']).next().unwrap_or_default().to_owned(),
            Self::Cloud(object) => object.key().to_owned(),
        };
        let last = name.rsplit('/').next().unwrap_or_default();
        last.rsplit_once('.').map_or("", |(_, extension)| extension).to_ascii_lowercase()
    }

    /// The bytes, at most `limit` of them: in place where the store is a folder, else copied to a temporary file. With
    /// `is_sparse` those of other servers are fetched as they are read, where that server sends parts.
    pub(super) async fn open(&self, cx: &Cx, limit: u64, is_sparse: bool) -> Result<Opened> {
        let extension = self.extension();
        let opened = match self {
            Self::Stored(file) => {
                if file.size_bytes > limit {
                    return Err(too_large(limit).into());
                }
                let found = cx.store().get(&Path::from(file.storage_key.as_str())).await.map_err(anyhow::Error::new)?;
                let content_type = Some(file.content_type.clone());
                match found.payload {
                    GetResultPayload::File(local, _) => {
                        Opened { data: Data::Local(local), size: file.size_bytes, content_type, extension }
                    }
                    GetResultPayload::Stream(stream) => {
                        let body = stream.map(|chunk| chunk.map_err(std::io::Error::other)).boxed();
                        let (file, size) = spool(body, limit).await?;
                        Opened { data: Data::Local(file), size, content_type, extension }
                    }
                }
            }
            Self::Site(path) => {
                let file = File::open(path).map_err(anyhow::Error::new)?;
                let size = file.metadata().map_err(anyhow::Error::new)?.len();
                Opened { data: Data::Local(file), size, content_type: None, extension }
            }
            Self::Web(url) => {
                let first = is_sparse.then_some(0..BLOCK_BYTES);
                let answer = fetch::get(cx, url, first).await.map_err(as_medium)?;
                if let Some(size) = answer.whole.filter(|_| answer.part.is_some()) {
                    let far = Far::Web(cx.clone(), url.clone());
                    let remote = Remote::new(far, size, answer.body).await.map_err(broken)?;
                    let data = Data::Remote(Box::new(remote));
                    return checked(Opened { data, size, content_type: answer.content_type, extension }, limit);
                }
                // A film that cannot be had in parts is copied like anything else, up to what an upload may have.
                let limit = limit.min(cx.settings().max_upload_bytes);
                if answer.length.is_some_and(|length| length > limit) {
                    return Err(too_large(limit).into());
                }
                let (file, size) = spool(answer.body, limit).await?;
                tracing::info!(url, size, "fetched a medium");
                Opened { data: Data::Local(file), size, content_type: answer.content_type, extension }
            }
            Self::Cloud(object) => {
                let found = object.get(is_sparse.then_some(0..BLOCK_BYTES)).await?;
                let (whole, part) = (found.meta.size, found.range.clone());
                if whole > limit {
                    return Err(too_large(limit).into());
                }
                let content_type = stated_type(&found);
                if let GetResultPayload::File(local, _) = found.payload {
                    return checked(Opened { data: Data::Local(local), size: whole, content_type, extension }, limit);
                }
                let body = found.into_stream().map(|chunk| chunk.map_err(std::io::Error::other)).boxed();
                if part.end < whole {
                    let far = Far::Cloud(object.clone());
                    let remote = Remote::new(far, whole, body).await.map_err(broken)?;
                    let data = Data::Remote(Box::new(remote));
                    return checked(Opened { data, size: whole, content_type, extension }, limit);
                }
                let (file, size) = spool(body, limit).await?;
                Opened { data: Data::Local(file), size, content_type, extension }
            }
        };
        checked(opened, limit)
    }
}

fn checked(opened: Opened, limit: u64) -> Result<Opened> {
    match opened.size {
        0 => Err(empty().into()),
        size if size > limit => Err(too_large(limit).into()),
        _ => Ok(opened),
    }
}

/// What a storage says that an object is, where it says so.
pub(super) fn stated_type(found: &GetResult) -> Option<String> {
    found.attributes.get(&Attribute::ContentType).map(|stated| stated.to_string())
}

/// The other server has stopped sending.
fn broken(error: std::io::Error) -> Problem {
    tracing::debug!(%error, "a medium broke off");
    refuse("media_broken", "The other server broke off before the end of the file. Please try again.")
}

/// Copies a stream to a temporary file that has no name; the length is counted, not believed.
pub(super) async fn spool(
    mut body: futures::stream::BoxStream<'static, std::io::Result<bytes::Bytes>>,
    limit: u64,
) -> Result<(File, u64)> {
    let mut file = tempfile::tempfile().map_err(anyhow::Error::new)?;
    let mut size = 0_u64;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|error| match error.kind() {
            ErrorKind::FileTooLarge => too_large(limit),
            _ => broken(error),
        })?;
        size += chunk.len() as u64;
        if size > limit {
            return Err(too_large(limit).into());
        }
        file = tokio::task::spawn_blocking(move || file.write_all(&chunk).map(|()| file))
            .await
            .map_err(anyhow::Error::new)?
            .map_err(anyhow::Error::new)?;
    }
    file.rewind().map_err(anyhow::Error::new)?;
    Ok((file, size))
}

/// What fetching says, about the object.
pub(super) fn as_medium(error: crate::Error) -> crate::Error {
    match error {
        crate::Error::Domain(problem) => problem.on("src").into(),
        internal @ crate::Error::Internal(_) => internal,
    }
}

pub(super) fn refuse(code: &'static str, message: impl Into<String>) -> Problem {
    Problem::invalid("src", code, message)
}

pub(super) fn too_large(limit: u64) -> Problem {
    let message = format!("This file is larger than {} MB, the most that is prepared for the browser.", limit >> 20);
    Problem::new(Kind::TooLarge, "media_too_large", message).on("src")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_address_is_found_however_deep() {
        let data = json!({"a": [1, {"b": " https://e.org/x.wav "}], "c": "no https://e.org/y.wav"});
        assert!(names(&data, "https://e.org/x.wav"));
        assert!(!names(&data, "https://e.org/y.wav"));
        assert!(!names(&data, ""));
    }
}
