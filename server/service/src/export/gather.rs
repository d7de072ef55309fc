//! Images of other servers and storages on their way into an export: some at once, ahead of the one that is written.
//!
//! Each becomes a temporary file, whole or not at all: one that breaks off on the way is none. What waits is bounded by how
//! many are on their way, whatever the export's length; a server that does not answer is left alone after a while, so that an
//! export of many thousand images ends.

use std::{
    collections::{HashMap, VecDeque},
    fs::File,
    io::{self, Seek},
    rc::Rc,
};

use domain::cloud::ObjectAddress;
use tokio::{runtime::Handle, time::timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    Cx, Error,
    access::ProjectAccess,
    media,
    storage::{self, MAX_IMAGE_BYTES},
};

/// How many images are on their way at a time.
const AT_ONCE: usize = 8;
/// After how many questions in a row without an answer a server is asked no more by this export.
const MOST_SILENCE: u32 = 5;

/// What came of an image.
#[derive(Clone)]
pub(super) enum Gathered {
    /// It is here; its pixels across and down where it says so.
    Brought(Rc<File>, Option<(u32, u32)>),
    /// It was not given: why.
    Missing(String),
    /// It lies where the project does not allow to ask, or where nobody can: why.
    Elsewhere(String),
}

/// Why an image did not come.
struct Refusal {
    reason: String,
    /// The server did not answer at all.
    is_silence: bool,
}

/// What one of the tasks brings.
type Outcome = Result<File, Refusal>;

/// Brings images here. Lives on a thread of its own, because it waits.
pub(super) struct Gatherer {
    cx: Cx,
    access: ProjectAccess,
    runtime: Handle,
    /// Whether the project allows to load what lies on other servers.
    asks_web: bool,
    /// What will be wanted, in order.
    expected: VecDeque<String>,
    /// What is on its way, in order.
    coming: VecDeque<(String, AbortOnDropHandle<Outcome>)>,
    /// How often in a row each server has not answered.
    silences: HashMap<String, u32>,
}

impl Gatherer {
    pub(super) fn new(cx: Cx, access: ProjectAccess, runtime: Handle) -> crate::Result<Self> {
        let asks_web = runtime.block_on(media::allows_other_servers(&cx, &access))?;
        let (expected, coming, silences) = <_>::default();
        Ok(Self { cx, access, runtime, asks_web, expected, coming, silences })
    }

    /// An image will be wanted, behind all that were announced before.
    pub(super) fn expect(&mut self, address: String) {
        // What is named twice in a row is brought once.
        let is_known = match self.expected.back() {
            Some(last) => *last == address,
            None => self.coming.back().is_some_and(|(last, _)| *last == address),
        };
        if !is_known && self.why_not(&address).is_none() {
            self.expected.push_back(address);
            self.advance();
        }
    }

    /// Waits for an image.
    pub(super) fn take(&mut self, address: &str) -> io::Result<Gathered> {
        if let Some(reason) = self.why_not(address) {
            return Ok(Gathered::Elsewhere(reason));
        }
        let at = self.coming.iter().position(|(coming, _)| coming == address);
        let task = match at {
            // What comes before it is not wanted any more.
            Some(at) => self.coming.drain(..=at).next_back().map(|(_, task)| task),
            None => None,
        };
        if task.is_none() && self.is_silent(address) {
            return Ok(Gathered::Missing("Its server has not answered several times in a row.".to_owned()));
        }
        let task = task.unwrap_or_else(|| self.begin(address.to_owned()));
        self.advance();
        let outcome = self.runtime.block_on(task).map_err(io::Error::other)?;
        let silences = self.silences.entry(server_of(address).to_owned()).or_default();
        Ok(match outcome {
            Ok(mut file) => {
                *silences = 0;
                let size = storage::image_size(address.rsplit('/').next().unwrap_or(address), &file)?;
                file.rewind()?;
                Gathered::Brought(Rc::new(file), size)
            }
            Err(Refusal { reason, is_silence }) => {
                *silences = if is_silence { *silences + 1 } else { 0 };
                tracing::debug!(address, reason, "an image was not given");
                Gathered::Missing(reason)
            }
        })
    }

    /// Why an address is not asked at all.
    fn why_not(&self, address: &str) -> Option<String> {
        if ObjectAddress::is_one(address) {
            return None;
        }
        let scheme = address.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
        let reason = match scheme.as_deref() {
            Some("http" | "https") if self.asks_web => return None,
            Some("http" | "https") => {
                "It lies on another server. An admin of the project can allow that such images are loaded through this one: \
                 Settings, General, Media."
            }
            _ => "This is not an address that can be loaded.",
        };
        Some(reason.to_owned())
    }

    fn is_silent(&self, address: &str) -> bool {
        self.silences.get(server_of(address)).is_some_and(|count| *count >= MOST_SILENCE)
    }

    /// Sends for what is expected next.
    fn advance(&mut self) {
        while self.coming.len() < AT_ONCE
            && let Some(next) = self.expected.pop_front()
        {
            if !self.is_silent(&next) {
                let task = self.begin(next.clone());
                self.coming.push_back((next, task));
            }
        }
    }

    fn begin(&self, address: String) -> AbortOnDropHandle<Outcome> {
        let (cx, access) = (self.cx.clone(), self.access.clone());
        AbortOnDropHandle::new(self.runtime.spawn(async move { bring(&cx, access, &address).await }))
    }
}

/// Brings one image into a temporary file.
async fn bring(cx: &Cx, access: ProjectAccess, address: &str) -> Outcome {
    let limit = MAX_IMAGE_BYTES.min(cx.settings().max_upload_bytes);
    let patience = cx.settings().image_patience;
    match timeout(patience, media::bring_ahead(cx, access, address, limit)).await {
        Ok(brought) => brought.map_err(|error| refusal(error, limit)),
        Err(_) => {
            let reason = format!("It was not here after {} seconds.", patience.as_secs_f64());
            Err(Refusal { reason, is_silence: true })
        }
    }
}

fn refusal(error: Error, limit: u64) -> Refusal {
    match error {
        Error::Domain(problem) if problem.code == "media_too_large" => {
            let reason = format!("It is larger than {} MB, the most that an image may have.", limit >> 20);
            Refusal { reason, is_silence: false }
        }
        Error::Domain(problem) => {
            let is_silence = ["url_unreachable", "url_unknown_host", "storage_unreachable"].contains(&&*problem.code);
            Refusal { reason: problem.message, is_silence }
        }
        error @ Error::Internal(_) => {
            tracing::warn!(%error, "an image could not be brought");
            Refusal { reason: "Something went wrong on our side.".to_owned(), is_silence: false }
        }
    }
}

/// Whom an address asks: its scheme with the host or the bucket.
fn server_of(address: &str) -> &str {
    let host_at = address.find("://").map_or(0, |at| at + 3);
    let length = address[host_at..].find(['/', '?', '#']).unwrap_or(address.len() - host_at);
    &address[..host_at + length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_told_by_its_address() {
        for (address, server) in [
            ("https://e.org:8080/a/b.png?c=/d", "https://e.org:8080"),
            ("https://e.org?a=b", "https://e.org"),
            ("s3://cats/set/a.png", "s3://cats"),
            ("https://e.org", "https://e.org"),
            ("/data/local-files/?d=a", ""),
        ] {
            assert_eq!(server_of(address), server);
        }
    }
}
