//! Media made small enough for a browser: waveforms and spectra, tiles, series, the frames of videos and the pages of
//! documents, derived once from a stored file or an address and kept beside it; and a way to load what another server
//! refuses to give to a page.
//!
//! Invariants:
//! - whoever asks may see the object: everybody in the project its pictures, sounds, films and documents; data files only
//!   those who see all data, or whoever may open a task that names the file;
//! - an address of the web is fetched only when a task names it and the project allows it, through the guard of
//!   [`import::fetch`](crate::import::fetch), without cookies, within limits;
//! - a derived file is named by the content it was made from and by the recipe, so it is never stale and can be deleted at
//!   any time; it is made once, however many ask;
//! - work has limits on size, time and memory; what is wrong with a file is told in a sentence.

mod audio;
mod derive;
mod pdf;
mod pdf_apart;
mod pdf_words;
mod proxy;
mod remote;
mod series;
mod source;
mod spectrum;
mod sql;
mod tiles;
mod video;

use std::{fs::File, ops::Range};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use domain::{
    Error as Problem,
    access::ProjectPermission,
    cloud::{ObjectAddress, StorageKind},
    id::{ProjectId, TaskId},
    media::{empty, pdf::Pdf, series::Options, tiles::Grid, video::Video},
};
use futures::stream::BoxStream;

use derive::Recipe;
pub(crate) use derive::Workshop;
pub use derive::{Derived, State};
pub use pdf::Part;
pub use pdf_apart::{COMMAND as PAGES, prepare as prepare_pages};
pub use proxy::{Elsewhere, Passed};
pub use tiles::Picture;

use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    boxed, cloud, storage,
};

/// An object as a view names it.
#[derive(Debug, Clone)]
pub struct Asked {
    /// In this project.
    pub project_id: ProjectId,
    /// The task that shows it. Needed for addresses of the web, and by people who do not see all data.
    pub task_id: Option<TaskId>,
    /// The address as it stands in the task.
    pub src: String,
}

/// The object of a storage that a task names, for programs, which know the task by its number alone and write the address in
/// Base64, as Label Studio has it.
///
/// # Errors
/// *Not found* for tasks of projects the person is not in, and for what is no such address.
#[boxed]
pub async fn of_task(cx: &Cx, actor: &Actor, task_id: TaskId, written: &str) -> Result<Asked> {
    let access = access::task(cx, actor, task_id, ProjectPermission::View).await?;
    let decoded =
        URL_SAFE_NO_PAD.decode(written.trim_end_matches('=')).ok().and_then(|text| String::from_utf8(text).ok());
    let src = [Some(written.to_owned()), decoded].into_iter().flatten().find(|text| ObjectAddress::is_one(text));
    let src = src.ok_or_else(|| Problem::not_found("object"))?;
    Ok(Asked { project_id: access.project_id(), task_id: Some(task_id), src })
}

/// The waveform of a sound, or of the sound of a video (`domain::media::wave`).
///
/// # Errors
/// *Not found*; *invalid* with what is wrong with the sound.
#[boxed]
pub async fn wave(cx: &Cx, actor: &Actor, asked: &Asked) -> Result<State<Derived>> {
    let found = source::find(cx, actor, asked).await?;
    derive::derive(cx, &found, &Recipe::whole("wave1", audio::MAX_BYTES), audio::wave).await
}

/// The spectrum of a sound, or of the sound of a video (`domain::media::spectrum`).
///
/// # Errors
/// *Not found*; *invalid* with what is wrong with the sound.
#[boxed]
pub async fn spectrum(cx: &Cx, actor: &Actor, asked: &Asked) -> Result<State<Derived>> {
    let found = source::find(cx, actor, asked).await?;
    derive::derive(cx, &found, &Recipe::whole("spectrum1", audio::MAX_BYTES), spectrum::spectrum).await
}

/// The pyramid of a series (`domain::media::series::pyramid`).
///
/// # Errors
/// *Not found*; *invalid* with what is wrong with the table.
#[boxed]
pub async fn series(cx: &Cx, actor: &Actor, asked: &Asked, options: Options) -> Result<State<Derived>> {
    let found = source::find(cx, actor, asked).await?;
    let options = options.check()?;
    let name = series::recipe(&options);
    derive::derive(cx, &found, &Recipe::whole(&name, series::MAX_BYTES), move |opened, work| {
        series::pyramid(opened, &options, work)
    })
    .await
}

/// What is known of an image; a very large one is cut into tiles.
///
/// # Errors
/// *Not found*; *invalid* with what is wrong with the image.
#[boxed]
pub async fn picture(cx: &Cx, actor: &Actor, asked: &Asked) -> Result<State<Picture>> {
    let found = source::find(cx, actor, asked).await?;
    match derive::derive(cx, &found, &Recipe::whole(tiles::RECIPE, storage::MAX_IMAGE_BYTES), tiles::cut).await? {
        State::Ready(derived) => Ok(State::Ready(tiles::open(cx, derived).await?)),
        State::Making(share) => Ok(State::Making(share)),
    }
}

/// One tile of a very large image: its bytes.
///
/// # Errors
/// *Not found* outside the image; *invalid* for images that are not cut.
#[boxed]
pub async fn tile(
    cx: &Cx,
    actor: &Actor,
    asked: &Asked,
    level: usize,
    column: u32,
    row: u32,
) -> Result<State<(Picture, Bytes)>> {
    match picture(cx, actor, asked).await? {
        State::Making(share) => Ok(State::Making(share)),
        State::Ready(picture) => {
            let grid = Grid { width: picture.width, height: picture.height };
            if !picture.is_tiled {
                let message = "This image is small enough to be shown as it is; it has no tiles.";
                return Err(Problem::invalid("src", "image_not_cut", message).into());
            }
            let index = grid.index(level, column, row);
            let bytes = tiles::read(cx, &picture, index.ok_or_else(|| Problem::not_found("tile"))?).await?;
            Ok(State::Ready((picture, bytes)))
        }
    }
}

/// What is known of a video.
///
/// # Errors
/// *Not found*; *invalid* with what is wrong with the video.
#[boxed]
pub async fn video(cx: &Cx, actor: &Actor, asked: &Asked) -> Result<State<(Derived, Video)>> {
    match frames(cx, actor, asked).await? {
        State::Making(share) => Ok(State::Making(share)),
        State::Ready((derived, _)) => {
            let video = video::read(cx, &derived).await?;
            Ok(State::Ready((derived, video)))
        }
    }
}

/// When each frame of a video is shown: 64-bit numbers of seconds; and where in the derived file they lie.
///
/// # Errors
/// As [`video`].
#[boxed]
pub async fn frames(cx: &Cx, actor: &Actor, asked: &Asked) -> Result<State<(Derived, Range<u64>)>> {
    let found = source::find(cx, actor, asked).await?;
    match derive::derive(cx, &found, &Recipe::sparse("video1", video::MAX_BYTES), video::timeline).await? {
        State::Making(share) => Ok(State::Making(share)),
        State::Ready(derived) => {
            let times = video::times(cx, &derived).await?;
            Ok(State::Ready((derived, times)))
        }
    }
}

/// The pages of a document, prepared by another process where this server has a program for it.
async fn document(cx: &Cx, actor: &Actor, asked: &Asked) -> Result<State<Derived>> {
    let found = source::find(cx, actor, asked).await?;
    pages_of(cx, &found).await
}

/// Begins to prepare a document that a task of the project names, before anybody opens that task.
pub(crate) fn prepare_ahead(cx: &Cx, access: ProjectAccess, src: String) {
    let cx = cx.clone();
    tokio::spawn(async move {
        // What is wrong with it is told to whoever opens it.
        if let Ok(found) = source::find_ahead(&cx, access, &src).await {
            let _told_later = pages_of(&cx, &found).await;
        }
    });
}

async fn pages_of(cx: &Cx, found: &source::Found) -> Result<State<Derived>> {
    let program = cx.settings().program.clone();
    derive::derive(cx, found, &Recipe::whole(pdf::RECIPE, pdf::MAX_BYTES), move |opened, work| match program {
        Some(program) => pdf_apart::pages(&program, opened, work),
        None => pdf::pages(opened, work, &mut |_, _| {}),
    })
    .await
}

/// How many pages a document has, and how large they are.
///
/// # Errors
/// *Not found*; *invalid* with what is wrong with the document.
#[boxed]
pub async fn pdf(cx: &Cx, actor: &Actor, asked: &Asked) -> Result<State<(Derived, Pdf)>> {
    match document(cx, actor, asked).await? {
        State::Making(share) => Ok(State::Making(share)),
        State::Ready(derived) => {
            let pdf = pdf::open(cx, &derived).await?;
            Ok(State::Ready((derived, pdf)))
        }
    }
}

/// A page of a document, counted from 1: its picture, a small one, or the words on it.
///
/// # Errors
/// As [`pdf`]; *not found* beyond the last page.
#[boxed]
pub async fn page(cx: &Cx, actor: &Actor, asked: &Asked, page: usize, part: Part) -> Result<State<(Derived, Bytes)>> {
    match document(cx, actor, asked).await? {
        State::Making(share) => Ok(State::Making(share)),
        State::Ready(derived) => {
            let bytes = pdf::part(cx, &derived, page, part).await?.ok_or_else(|| Problem::not_found("page"))?;
            Ok(State::Ready((derived, bytes)))
        }
    }
}

/// The object itself, all or a part: for pages that its own server refuses.
///
/// # Errors
/// *Not found*; *forbidden* when the project does not allow it; *invalid* for what is no medium.
#[boxed]
pub async fn pass(cx: &Cx, actor: &Actor, asked: &Asked, range: Option<Range<u64>>) -> Result<Passed> {
    let found = source::find(cx, actor, asked).await?;
    proxy::pass(cx, found, range).await
}

/// Where a browser loads the object from by itself, for a while: an object of a storage that signs addresses. Nothing for
/// every other, which comes through this server.
///
/// # Errors
/// As [`pass`].
#[boxed]
pub async fn elsewhere(cx: &Cx, actor: &Actor, asked: &Asked) -> Result<Option<Elsewhere>> {
    let found = source::find(cx, actor, asked).await?;
    proxy::elsewhere(&found).await
}

/// A file of a folder of the server at the address that Label Studio gives it, all or a part: for people who see all data of a
/// project that the folder belongs to, and for those who may open the task that the file is.
///
/// # Errors
/// *Not found* for everybody else, and for what is not there.
#[boxed]
pub async fn local_file(cx: &Cx, actor: &Actor, key: &str, range: Option<Range<u64>>) -> Result<Passed> {
    let src =
        ObjectAddress { kind: StorageKind::Local, bucket: String::new(), key: key.trim_start_matches('/').to_owned() };
    for (project_id, task_id) in cloud::folders_with(cx, actor.user()?.user_id, &src.key).await? {
        let found = match access::project(cx, actor, project_id, ProjectPermission::ViewData).await {
            Ok(access) => source::find_ahead(cx, access, &src.to_string()).await,
            Err(Error::Domain(_)) if task_id.is_none() => continue,
            Err(Error::Domain(_)) => {
                source::find(cx, actor, &Asked { project_id, task_id, src: src.to_string() }).await
            }
            Err(error) => return Err(error),
        };
        match found {
            Ok(found) => return proxy::pass(cx, found, range).await,
            // What one project does not give, another may.
            Err(Error::Domain(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Problem::not_found("file").into())
}

/// All of an object that the server itself has read in a task, as it comes; nobody is shown anything of it by this alone.
pub(crate) async fn read_ahead(cx: &Cx, access: ProjectAccess, src: &str) -> Result<Passed> {
    let found = source::find_ahead(cx, access, src).await?;
    proxy::pass(cx, found, None).await
}

/// The same in a temporary file, at most `limit` bytes of it: whole, or refused.
pub(crate) async fn bring_ahead(cx: &Cx, access: ProjectAccess, src: &str, limit: u64) -> Result<File> {
    let passed = read_ahead(cx, access, src).await?;
    if passed.size_bytes.is_some_and(|size| size > limit) {
        return Err(source::too_large(limit).into());
    }
    let (file, size) = source::spool(passed.body, limit).await?;
    if size == 0 { Err(empty().into()) } else { Ok(file) }
}

/// Whether the project lets its people load what lies on other servers through this one.
pub(crate) async fn allows_other_servers(cx: &Cx, access: &ProjectAccess) -> Result<bool> {
    let mut tx = access.begin(cx).await?;
    let is_allowed = sql::allows_proxy(&mut tx, access).await?;
    tx.commit().await?;
    Ok(is_allowed)
}

/// The bytes of a derived file, all or a part.
///
/// # Errors
/// When the store has lost it.
#[boxed]
pub async fn read(
    cx: &Cx,
    derived: &Derived,
    range: Option<Range<u64>>,
) -> Result<BoxStream<'static, std::io::Result<Bytes>>> {
    storage::read_key(cx, derived.key(), range).await
}
