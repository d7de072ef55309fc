//! Files people send: checked by their first bytes, streamed to the object store, known to the database.
//!
//! Invariants:
//! - what a file is comes from its bytes, never from its name or from what the browser says;
//! - an image that ends too soon is refused, not shown as far as it goes;
//! - an image is measured before anything decodes it, and refused beyond [`MAX_IMAGE_SIDE`] or [`MAX_IMAGE_PIXELS`];
//! - a name people chose is shown and sent back, and never becomes a path;
//! - SVG is kept only after [`svg::sanitise`].

mod blocking;
pub mod kept;
pub mod kind;
mod site;
pub mod svg;
mod whole;

use std::{io::SeekFrom, ops::Range};

use bytes::{Bytes, BytesMut};
use domain::{
    Error as Problem, Kind,
    access::ProjectPermission,
    id::{FileId, ProjectId},
};
use futures::{Stream, StreamExt, TryStreamExt, future::BoxFuture, stream::BoxStream};
use object_store::{
    GetOptions, GetRange, GetResultPayload, ObjectStore, ObjectStoreExt, buffered::BufWriter, path::Path,
};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt};
use tokio_util::io::ReaderStream;

use crate::{Actor, Cx, Result, access, access::ProjectAccess, boxed};

pub(crate) use blocking::blocking;
pub use kind::FileKind;
pub(crate) use site::{image_size, site_file, site_image};
use whole::Whole;

/// The longest side of an image, in pixels.
pub const MAX_IMAGE_SIDE: u32 = 40_000;
/// The most pixels of an image. Nobody decodes one whole in a browser: very large ones are cut into tiles.
pub const MAX_IMAGE_PIXELS: u64 = 1_000_000_000;
/// The largest image file.
pub const MAX_IMAGE_BYTES: u64 = 1 << 30;
/// How much of the beginning is looked at; cameras put up to half a megabyte in front of an image's size.
const HEAD_BYTES: usize = 1 << 20;
/// How much of a file of this machine is read at once: for each piece a thread has to be woken.
pub(crate) const PIECE_BYTES: usize = 1 << 18;
/// The longest name, as the database has it.
const MAX_NAME_CHARS: usize = 255;

/// A file that is kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StoredFile {
    /// Its id.
    pub file_id: FileId,
    /// The project it belongs to.
    pub project_id: ProjectId,
    /// As the person named it.
    pub name: String,
    /// Found in its bytes.
    pub content_type: String,
    /// How large it is.
    pub size_bytes: u64,
    /// Images: pixels across.
    pub width: Option<u32>,
    /// Images: pixels down.
    pub height: Option<u32>,
    #[serde(skip)]
    pub(crate) storage_key: String,
    #[serde(skip)]
    sha256: Vec<u8>,
}

impl StoredFile {
    /// Where browsers find it.
    #[must_use]
    pub fn address(&self) -> String {
        address(self.file_id, &self.name)
    }

    /// Changes with the content.
    #[must_use]
    pub fn etag(&self) -> String {
        format!("\"{}\"", hex::encode(&self.sha256))
    }

    /// Whether it is an image.
    #[must_use]
    pub fn is_image(&self) -> bool {
        self.content_type.starts_with("image/")
    }

    /// Whether it is something to look at or listen to, rather than rows of data.
    #[must_use]
    pub fn is_media(&self) -> bool {
        let kind = self.content_type.as_str();
        ["image/", "audio/", "video/"].iter().any(|family| kind.starts_with(family)) || kind == "application/pdf"
    }

    /// Whether it holds other files.
    #[must_use]
    pub fn is_archive(&self) -> bool {
        self.content_type == "application/zip"
    }

    /// Of its content, in hexadecimal.
    pub(crate) fn digest(&self) -> Option<String> {
        (!self.sha256.is_empty()).then(|| hex::encode(&self.sha256))
    }
}

/// The address of a file; its name is there for people.
#[must_use]
pub fn address(file_id: FileId, name: &str) -> String {
    let mut url = url::Url::parse("http://host/files/").expect("a constant address");
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().push(&file_id.to_string()).push(name);
    }
    url.path().to_owned()
}

/// The file behind an address made by [`address`].
#[must_use]
pub fn file_of(address: &str) -> Option<FileId> {
    address.strip_prefix("/files/")?.split('/').next()?.parse().ok()
}

/// Where the folders of projects lie.
pub(crate) const PROJECT_FOLDERS: &str = "project";

/// Where a project's files lie.
pub(crate) fn folder(project_id: ProjectId) -> String {
    format!("{PROJECT_FOLDERS}/{project_id}")
}

/// A new place for a file of the project.
pub(crate) fn new_key(cx: &Cx, project_id: ProjectId) -> String {
    format!("{}/file/{}", folder(project_id), cx.new_uuid())
}

/// Receives a file a person sends into a project they may import to.
///
/// # Errors
/// *Too large*, or *invalid* with what is wrong with the file; nothing is kept then.
pub fn receive<'a>(
    cx: &'a Cx,
    actor: &'a Actor,
    project_id: ProjectId,
    name: &'a str,
    body: BoxStream<'a, std::io::Result<Bytes>>,
) -> BoxFuture<'a, Result<StoredFile>> {
    // Boxed by hand: the attribute cannot see the lifetime inside the stream.
    Box::pin(async move {
        let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
        store(cx, &access, &new_key(cx, project_id), name, body).await
    })
}

/// Checks and stores a file under `key`. A file that is already there under that key is returned as it is.
pub(crate) async fn store(
    cx: &Cx,
    access: &ProjectAccess,
    key: &str,
    name: &str,
    body: impl Stream<Item = std::io::Result<Bytes>> + Send,
) -> Result<StoredFile> {
    if let Some(file) = by_key(cx, access, key).await? {
        return Ok(file);
    }
    let name = clean_name(name);
    let mut body = Box::pin(body);
    let mut head = BytesMut::new();
    while head.len() < HEAD_BYTES
        && let Some(chunk) = body.next().await
    {
        head.extend_from_slice(&chunk.map_err(broken_upload)?);
    }
    let kind = kind::of(&name, &head)?;
    let limit = match kind {
        FileKind::Svg => svg::MAX_BYTES as u64,
        FileKind::Image(_) => MAX_IMAGE_BYTES,
        FileKind::Media(_) | FileKind::Zip | FileKind::Rows(_) => cx.settings().max_upload_bytes,
    };
    let mut size = kind::dimensions(kind, &head)?;
    let mut rest = body.boxed();
    if kind == FileKind::Svg {
        while head.len() <= svg::MAX_BYTES
            && let Some(chunk) = rest.next().await
        {
            head.extend_from_slice(&chunk.map_err(broken_upload)?);
        }
        if head.len() > svg::MAX_BYTES {
            return Err(too_large(limit).into());
        }
        let (clean, dimensions) = svg::sanitise(&head)?;
        head = BytesMut::from(clean.as_bytes());
        size = dimensions;
        rest = futures::stream::empty().boxed();
    }
    let path = Path::from(key);
    let mut whole = Whole::new(kind.content_type());
    whole.pass(&head);
    let rest = rest.inspect_ok(|chunk| whole.pass(chunk)).boxed();
    let written = write(cx, &path, head.freeze(), rest, limit).await;
    let (size_bytes, sha256) =
        match written.and_then(|written| if whole.is_whole() { Ok(written) } else { Err(cut_off(&name).into()) }) {
            Ok(written) => written,
            Err(error) => {
                // Whatever was written of it is not known to anybody; an object that is not there is as good.
                let _gone = cx.store().delete(&path).await;
                return Err(error);
            }
        };
    let (width, height) = size.unzip();
    let inserted = insert(cx, access, key, &name, kind.content_type(), size_bytes, &sha256, width, height).await;
    if inserted.is_err() {
        let _gone = cx.store().delete(&path).await;
    }
    inserted
}

/// Streams to the store; how much it was, and its digest.
pub(crate) async fn write(
    cx: &Cx,
    path: &Path,
    head: Bytes,
    rest: BoxStream<'_, std::io::Result<Bytes>>,
    limit: u64,
) -> Result<(u64, Vec<u8>)> {
    let mut writer = BufWriter::new(cx.store().clone(), path.clone());
    let mut hash = Sha256::new();
    let mut written = 0_u64;
    let mut chunks = futures::stream::once(async { Ok(head) }).chain(rest).boxed();
    while let Some(chunk) = chunks.next().await {
        let chunk = match chunk {
            Ok(chunk) => chunk,
            Err(error) => {
                let _aborted = writer.abort().await;
                return Err(broken_upload(error).into());
            }
        };
        written += chunk.len() as u64;
        if written > limit {
            let _aborted = writer.abort().await;
            return Err(too_large(limit).into());
        }
        hash.update(&chunk);
        writer.put(chunk).await.map_err(anyhow::Error::new)?;
    }
    writer.shutdown().await.map_err(anyhow::Error::new)?;
    Ok((written, hash.finalize().to_vec()))
}

#[expect(clippy::too_many_arguments, reason = "one per column")]
async fn insert(
    cx: &Cx,
    access: &ProjectAccess,
    key: &str,
    name: &str,
    content_type: &str,
    size_bytes: u64,
    sha256: &[u8],
    width: Option<u32>,
    height: Option<u32>,
) -> Result<StoredFile> {
    let as_column = |side: Option<u32>| side.and_then(|side| i32::try_from(side).ok());
    let mut tx = access.begin(cx).await?;
    let file_id = sqlx::query_scalar!(
        r#"insert into file_upload
            (project_id, user_id, file_name, storage_key, content_type, size_bytes, sha256, width, height, uploaded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning file_upload_id as "id: FileId""#,
        access.project_id().0,
        access.user_id().map(|id| id.0),
        name,
        key,
        content_type,
        i64::try_from(size_bytes).unwrap_or(i64::MAX),
        sha256,
        as_column(width),
        as_column(height),
        cx.now()
    )
    .fetch_one(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(StoredFile {
        file_id,
        project_id: access.project_id(),
        name: name.to_owned(),
        content_type: content_type.to_owned(),
        size_bytes,
        width,
        height,
        storage_key: key.to_owned(),
        sha256: sha256.to_vec(),
    })
}

struct FileRow {
    file_upload_id: FileId,
    project_id: ProjectId,
    file_name: String,
    storage_key: String,
    content_type: String,
    size_bytes: i64,
    sha256: Option<Vec<u8>>,
    width: Option<i32>,
    height: Option<i32>,
}

impl From<FileRow> for StoredFile {
    fn from(row: FileRow) -> Self {
        let side = |side: Option<i32>| side.and_then(|side| u32::try_from(side).ok());
        Self {
            file_id: row.file_upload_id,
            project_id: row.project_id,
            name: row.file_name,
            content_type: row.content_type,
            size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
            width: side(row.width),
            height: side(row.height),
            storage_key: row.storage_key,
            sha256: row.sha256.unwrap_or_default(),
        }
    }
}

async fn by_key(cx: &Cx, access: &ProjectAccess, key: &str) -> Result<Option<StoredFile>> {
    let row = sqlx::query_as!(
        FileRow,
        r#"select file_upload_id as "file_upload_id: FileId", project_id as "project_id: ProjectId", file_name, storage_key,
            content_type, size_bytes, sha256, width, height
        from file_upload where project_id = $1 and storage_key = $2"#,
        access.project_id().0,
        key
    )
    .fetch_optional(cx.pool())
    .await?;
    Ok(row.map(StoredFile::from))
}

/// A file of a project by its id.
pub(crate) async fn of_project(cx: &Cx, access: &ProjectAccess, file_id: FileId) -> Result<Option<StoredFile>> {
    let row = sqlx::query_as!(
        FileRow,
        r#"select file_upload_id as "file_upload_id: FileId", project_id as "project_id: ProjectId", file_name, storage_key,
            content_type, size_bytes, sha256, width, height
        from file_upload where project_id = $1 and file_upload_id = $2"#,
        access.project_id().0,
        file_id.0
    )
    .fetch_optional(cx.pool())
    .await?;
    Ok(row.map(StoredFile::from))
}

/// A file for somebody who may see it: media for everyone in the project, data files for those who see all data.
///
/// # Errors
/// *Not found* for files of other organizations, *unauthenticated* without a session.
#[boxed]
pub async fn open(cx: &Cx, actor: &Actor, file_id: FileId) -> Result<StoredFile> {
    if matches!(actor, Actor::Anonymous) {
        return Err(Problem::unauthenticated().into());
    }
    let row = sqlx::query_as!(
        FileRow,
        r#"select file_upload_id as "file_upload_id: FileId", project_id as "project_id: ProjectId", file_name, storage_key,
            content_type, size_bytes, sha256, width, height
        from file_upload where file_upload_id = $1"#,
        file_id.0
    )
    .fetch_optional(cx.pool())
    .await?;
    let file = StoredFile::from(row.ok_or_else(|| Problem::not_found("file"))?);
    let permission = if file.is_media() { ProjectPermission::View } else { ProjectPermission::ViewData };
    match access::project(cx, actor, file.project_id, permission).await {
        Err(crate::Error::Domain(problem)) if problem.kind == Kind::NotFound => Err(Problem::not_found("file").into()),
        other => other.map(|_| file),
    }
}

/// The bytes of a file, all or a part.
///
/// # Errors
/// When the store has lost it.
#[boxed]
pub async fn read(
    cx: &Cx,
    file: &StoredFile,
    range: Option<Range<u64>>,
) -> Result<BoxStream<'static, std::io::Result<Bytes>>> {
    read_key(cx, &file.storage_key, range).await
}

/// The bytes under a key.
pub(crate) async fn read_key(
    cx: &Cx,
    key: &str,
    range: Option<Range<u64>>,
) -> Result<BoxStream<'static, std::io::Result<Bytes>>> {
    let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
    let found = cx.store().get_opts(&Path::from(key), options).await.map_err(anyhow::Error::new)?;
    Ok(match found.payload {
        GetResultPayload::File(file, _) => {
            let mut file = tokio::fs::File::from_std(file);
            file.seek(SeekFrom::Start(found.range.start)).await.map_err(anyhow::Error::new)?;
            ReaderStream::with_capacity(file.take(found.range.end - found.range.start), PIECE_BYTES).boxed()
        }
        GetResultPayload::Stream(body) => body.map_err(std::io::Error::other).boxed(),
    })
}

/// The last part of a name, without what terminals and file systems stumble over.
fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let clean: String = last.chars().filter(|character| !character.is_control()).take(MAX_NAME_CHARS).collect();
    let clean = clean.trim();
    if clean.is_empty() || clean.chars().all(|character| character == '.') {
        "file".to_owned()
    } else {
        clean.to_owned()
    }
}

fn broken_upload(error: std::io::Error) -> Problem {
    tracing::debug!(%error, "an upload broke off");
    Problem::invalid("file", "upload_broken", "The upload broke off before its end. Please send the file again.")
}

fn cut_off(name: &str) -> Problem {
    let message = format!("“{name}” is damaged: it ends before its image does. Please send the whole file.");
    Problem::invalid("file", "image_cut_off", message)
}

fn too_large(limit: u64) -> Problem {
    let megabytes = limit >> 20;
    Problem::new(
        Kind::TooLarge,
        "file_too_large",
        format!("This file is larger than {megabytes} MB, the most it may have."),
    )
    .on("file")
}
