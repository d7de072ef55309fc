//! Made once: a derived file is found in the store, or made by the first who asks while the others wait for the same work.
//!
//! Work goes on when the one who asked goes away. Whoever waits for long is told how far it is and asks again. What a file is
//! refused for is remembered for a minute, so that a broken file that many look at is read once.

use std::{
    collections::HashMap,
    fs::File,
    io::{Read, Seek, SeekFrom},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use chrono::TimeDelta;
use domain::{Error as Problem, Kind};
use moka::future::Cache;
use object_store::{ObjectMeta, ObjectStoreExt, path::Path};
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, watch};

use super::source::{Data, Found, Opened, Origin, refuse};
use crate::{Cx, Result, storage};

/// How long a request waits before it is told how far the work is.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long one piece of work may take.
const WORK_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// How many files one node works on at a time.
const AT_ONCE: usize = 2;
/// What is behind an address of the web may change: after this long it is fetched again.
const WEB_FRESH: TimeDelta = TimeDelta::hours(24);
const REFUSED_FOR: Duration = Duration::from_secs(60);
const REFUSED_HELD: u64 = 10_000;
/// The largest derived file.
const MAX_DERIVED_BYTES: u64 = 8 << 30;

/// A derived file in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Derived {
    key: String,
    /// How large it is.
    pub size_bytes: u64,
    /// Changes with the content.
    pub etag: String,
}

/// Ready, or being made.
#[derive(Debug, Clone, PartialEq)]
pub enum State<T> {
    /// Here it is.
    Ready(T),
    /// Somebody is at it: this share of 1 is done. Ask again.
    Making(f32),
}

impl Derived {
    pub(super) fn key(&self) -> &str {
        &self.key
    }
}

/// What is being made on this node, and what was refused lately.
pub(crate) struct Workshop {
    running: Mutex<HashMap<String, Arc<Work>>>,
    refused: Cache<String, Problem>,
    places: Arc<Semaphore>,
}

impl Default for Workshop {
    fn default() -> Self {
        Self {
            running: Mutex::default(),
            refused: Cache::builder().max_capacity(REFUSED_HELD).time_to_live(REFUSED_FOR).build(),
            places: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

type Outcome = Option<Result<(), Problem>>;

/// One piece of work: how far it is, and how it ended.
pub(super) struct Work {
    permille: AtomicU32,
    outcome: watch::Sender<Outcome>,
    until: Mutex<Option<Instant>>,
}

impl Work {
    pub(super) fn new() -> Self {
        Self { permille: AtomicU32::new(0), outcome: watch::Sender::new(None), until: Mutex::new(None) }
    }

    /// Refuses to go on after the time is over.
    ///
    /// # Errors
    /// *Too large* when it takes too long.
    pub(super) fn in_time(&self) -> Result<(), Problem> {
        let until = *self.until.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if until.is_some_and(|until| Instant::now() > until) {
            let message = "Preparing this file takes too long, so it was given up.";
            return Err(Problem::new(Kind::TooLarge, "media_slow", message).on("src"));
        }
        Ok(())
    }

    /// Says how far it is, from `done` of `all`; refuses to go on after the time is over.
    ///
    /// # Errors
    /// *Too large* when it takes too long.
    pub(super) fn at(&self, done: u64, all: u64) -> Result<(), Problem> {
        let permille = u32::try_from(u128::from(done) * 1000 / u128::from(all.max(1))).unwrap_or(1000);
        self.permille.store(permille.min(1000), Ordering::Relaxed);
        self.in_time()
    }

    fn share(&self) -> f32 {
        u16::try_from(self.permille.load(Ordering::Relaxed)).map_or(0.0, |permille| f32::from(permille) / 1000.0)
    }

    /// A reader of a file that says how far it is.
    pub(super) fn watch(self: &Arc<Self>, opened: Opened) -> Watched {
        Watched { data: opened.data, size: opened.size, at: 0, said: 0, work: self.clone() }
    }
}

/// A file whose reading is the work.
pub(super) struct Watched {
    data: Data,
    size: u64,
    at: u64,
    said: u64,
    work: Arc<Work>,
}

impl Watched {
    pub(super) fn size(&self) -> u64 {
        self.size
    }
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        /// How often the clock is looked at.
        const EVERY_BYTES: u64 = 1 << 18;
        let read = self.data.read(buffer)?;
        self.at += read as u64;
        if self.at.abs_diff(self.said) >= EVERY_BYTES {
            self.said = self.at;
            self.work.at(self.at, self.size).map_err(std::io::Error::other)?;
        }
        Ok(read)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.at = self.data.seek(to)?;
        Ok(self.at)
    }
}

/// The problem inside an IO error, where [`Watched`] or a rule put one.
pub(super) fn problem_in(error: std::io::Error) -> crate::Error {
    match error.downcast::<Problem>().map_err(std::io::Error::downcast::<crate::Error>) {
        Ok(problem) => problem.into(),
        Err(Ok(error)) => error,
        Err(Err(error)) => anyhow::Error::new(error).into(),
    }
}

/// How a derived file is made, by name; another way of making it has another name.
pub(super) struct Recipe<'r> {
    name: &'r str,
    limit: u64,
    is_sparse: bool,
}

impl<'r> Recipe<'r> {
    /// From all of an object of at most `limit` bytes.
    pub(super) fn whole(name: &'r str, limit: u64) -> Self {
        Self { name, limit, is_sparse: false }
    }

    /// From a few parts of it: nothing else is fetched where the other server sends parts.
    pub(super) fn sparse(name: &'r str, limit: u64) -> Self {
        Self { name, limit, is_sparse: true }
    }
}

/// The derived file of this recipe, made from the object if it is not there. `make` runs on a thread of its own.
pub(super) async fn derive(
    cx: &Cx,
    found: &Found,
    recipe: &Recipe<'_>,
    make: impl FnOnce(Opened, &Arc<Work>) -> Result<File> + Send + 'static,
) -> Result<State<Derived>> {
    let folder = storage::folder(found.access.project_id());
    let key = format!("{folder}/media/{}-{}", found.origin.key()?, recipe.name);
    let is_web = matches!(found.origin, Origin::Web(_) | Origin::Cloud(_));
    if let Some(derived) = look(cx, &key, is_web).await? {
        return Ok(State::Ready(derived));
    }
    let workshop = cx.workshop();
    if let Some(problem) = workshop.refused.get(&key).await {
        return Err(problem.into());
    }
    let (work, is_mine) = {
        let mut running = workshop.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        match running.get(&key) {
            Some(work) => (work.clone(), false),
            None => {
                let work = Arc::new(Work::new());
                running.insert(key.clone(), work.clone());
                (work, true)
            }
        }
    };
    let mut outcome = work.outcome.subscribe();
    if is_mine {
        // On its own, so that it goes on when the one who asked goes away.
        tokio::spawn(work_on(
            cx.clone(),
            found.origin.clone(),
            key.clone(),
            (recipe.limit, recipe.is_sparse),
            work.clone(),
            make,
        ));
    }
    // Cloned at once: what is lent must not be held while waiting.
    let ended: Outcome = match tokio::time::timeout(PATIENCE, outcome.wait_for(Option::is_some)).await {
        Ok(Ok(ended)) => ended.clone(),
        Ok(Err(_)) | Err(_) => None,
    };
    match ended {
        None => Ok(State::Making(work.share())),
        Some(Err(problem)) => Err(problem.into()),
        Some(Ok(())) => {
            let derived = look(cx, &key, false).await?;
            derived.map(State::Ready).ok_or_else(|| anyhow::anyhow!("{key} was made and is not there").into())
        }
    }
}

async fn work_on(
    cx: Cx,
    origin: Origin,
    key: String,
    limits: (u64, bool),
    work: Arc<Work>,
    make: impl FnOnce(Opened, &Arc<Work>) -> Result<File> + Send + 'static,
) {
    // Whoever was at it before may have ended between this one's look and its turn.
    let is_web = matches!(origin, Origin::Web(_) | Origin::Cloud(_));
    let made = match look(&cx, &key, is_web).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => match cx.workshop().refused.get(&key).await {
            Some(problem) => Err(problem.into()),
            None => make_and_store(&cx, &origin, &key, limits, &work, make).await,
        },
        Err(error) => Err(error),
    };
    let outcome = made.map_err(|error| match error {
        crate::Error::Domain(problem) => problem,
        crate::Error::Internal(error) => {
            tracing::error!(key, error = format!("{error:#}"), "a medium could not be prepared");
            let message = "This file could not be prepared because of a fault on our side. Please try again later.";
            Problem::new(Kind::Internal, "media_failed", message).on("src")
        }
    });
    let workshop = cx.workshop();
    if let Err(problem) = &outcome {
        workshop.refused.insert(key.clone(), problem.clone()).await;
    }
    workshop.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&key);
    // Nobody may be waiting any more.
    work.outcome.send_replace(Some(outcome));
}

async fn make_and_store(
    cx: &Cx,
    origin: &Origin,
    key: &str,
    (limit, is_sparse): (u64, bool),
    work: &Arc<Work>,
    make: impl FnOnce(Opened, &Arc<Work>) -> Result<File> + Send + 'static,
) -> Result<()> {
    let _place = cx.workshop().places.clone().acquire_owned().await.map_err(anyhow::Error::new)?;
    *work.until.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(Instant::now() + WORK_TIMEOUT);
    let opened = origin.open(cx, limit, is_sparse).await?;
    let at_work = work.clone();
    // A decoder that panics on a hostile file is an error of this work and of nothing else.
    let mut made = tokio::task::spawn_blocking(move || make(opened, &at_work)).await.map_err(anyhow::Error::new)??;
    made.rewind().map_err(anyhow::Error::new)?;
    let body = tokio_util::io::ReaderStream::with_capacity(tokio::fs::File::from_std(made), 1 << 18);
    let path = Path::from(key);
    if let Err(error) = storage::write(cx, &path, Bytes::new(), Box::pin(body), MAX_DERIVED_BYTES).await {
        // A part of a file is as good as none.
        let _gone = cx.store().delete(&path).await;
        return Err(error);
    }
    Ok(())
}

/// What is in the store under the key, if it is fresh enough.
async fn look(cx: &Cx, key: &str, is_web: bool) -> Result<Option<Derived>> {
    match cx.store().head(&Path::from(key)).await {
        Ok(meta) if is_web && meta.last_modified + WEB_FRESH < cx.now() => Ok(None),
        Ok(meta) => Ok(Some(Derived { key: key.to_owned(), size_bytes: meta.size, etag: etag(&meta) })),
        Err(object_store::Error::NotFound { .. }) => Ok(None),
        Err(error) => Err(anyhow::Error::new(error).into()),
    }
}

fn etag(meta: &ObjectMeta) -> String {
    let about = format!("{} {} {}", meta.location, meta.size, meta.last_modified.timestamp_micros());
    format!("\"{}\"", &hex::encode(Sha256::digest(about))[..32])
}

/// Reads a derived file, or the beginning of one.
pub(super) async fn bytes(cx: &Cx, derived: &Derived, range: std::ops::Range<u64>) -> Result<Bytes> {
    let path = Path::from(derived.key());
    Ok(cx.store().get_range(&path, range).await.map_err(anyhow::Error::new)?)
}

/// A derived file that is not as it was made.
pub(super) fn lost() -> Problem {
    refuse("media_lost", "What was prepared of this file is damaged. Please tell an admin.")
}

/// Puts the levels of a pyramid behind its header.
pub(super) fn join(header: &[u8], levels: Vec<std::io::BufWriter<File>>) -> std::io::Result<File> {
    use std::io::Write;
    let mut joined = tempfile::tempfile()?;
    joined.write_all(header)?;
    for level in levels {
        let mut level = level.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        level.rewind()?;
        std::io::copy(&mut level, &mut joined)?;
    }
    Ok(joined)
}

/// A place for a level of a pyramid: on disk, so that memory does not grow with it.
pub(super) fn place() -> std::io::Result<std::io::BufWriter<File>> {
    Ok(std::io::BufWriter::with_capacity(1 << 16, tempfile::tempfile()?))
}
