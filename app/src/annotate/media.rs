//! Derived files of objects: waveforms, series, what is known of a video. `docs/media.md` is the contract.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use domain::cloud::ObjectAddress;
use gloo_timers::future::TimeoutFuture;
use js_sys::Uint8Array;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::Deserialize;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

use super::bench::OpenedTask;

/// Why something cannot be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// As the contract names it; empty where nobody answered.
    pub(super) code: String,
    /// For people.
    pub(super) sentence: String,
}

impl Failure {
    pub(super) fn new(code: &str, sentence: impl Into<String>) -> Self {
        Self { code: code.to_owned(), sentence: sentence.into() }
    }

    fn unreachable() -> Self {
        Self::new("", "The server cannot be reached. Check the connection and try again.")
    }
}

#[derive(Deserialize)]
struct Problem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    detail: String,
}

/// Where what was derived of an object is; `more` are further parameters.
pub(super) fn derived(task: OpenedTask, what: &str, src: &str, more: &[(&str, &str)]) -> String {
    let Ok(query) = web_sys::UrlSearchParams::new() else { return String::new() };
    query.append("src", src);
    query.append("task", &task.task_id.to_string());
    for (name, value) in more.iter().filter(|(_, value)| !value.is_empty()) {
        query.append(name, value);
    }
    format!("/projects/{}/media/{what}?{}", task.project_id, String::from(query.to_string()))
}

/// Whether an address of a task leads to another server.
pub(super) fn is_elsewhere(src: &str) -> bool {
    let here = window().location().origin().unwrap_or_default();
    let is_absolute = ["http:", "https:", "//"].iter().any(|begins| src.starts_with(begins));
    is_absolute && !src.strip_prefix(&here).is_some_and(|path| path.starts_with('/'))
}

/// The way to an object of another server through this one, where the project allows it.
pub(super) fn relayed(task: Option<OpenedTask>, src: &str) -> Option<String> {
    let task = task.filter(|task| task.relays_media && is_elsewhere(src))?;
    Some(derived(task, "file", src, &[]))
}

/// The way to an object of a storage of the project, which no browser knows.
pub(super) fn in_storage(task: Option<OpenedTask>, src: &str) -> Option<String> {
    let task = task?;
    ObjectAddress::loads(task.project_id, task.task_id, src)
}

/// Where a picture or a player loads from: the address as it stands, or the way to it in a storage, and, once that has failed, this server where the project allows it.
/// Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub(super) task: Option<OpenedTask>,
    /// As it stands in the task.
    pub(super) written: StoredValue<String>,
    /// What is loaded at first.
    pub(super) first: StoredValue<String>,
    /// What is loaded; nothing where there is nothing to load.
    pub(super) loads: RwSignal<String>,
}

impl Way {
    pub(super) fn new(task: Option<OpenedTask>, written: String) -> Self {
        let first = in_storage(task, &written).unwrap_or_else(|| written.clone());
        Self {
            task,
            loads: RwSignal::new(first.clone()),
            written: StoredValue::new(written),
            first: StoredValue::new(first),
        }
    }

    /// Goes through this server from now on, where that is allowed and has not been tried; whether it does.
    pub(super) fn relay(self) -> bool {
        let other = self.written.with_value(|written| relayed(self.task, written));
        let Some(other) = other.filter(|other| self.loads.with_untracked(|loads| loads != other)) else { return false };
        self.loads.set(other);
        true
    }

    /// What a player failed at before the page came alive was not heard by anybody.
    pub(super) fn relay_what_failed(self, player: &web_sys::HtmlMediaElement) {
        if player.error().is_some() || player.network_state() == web_sys::HtmlMediaElement::NETWORK_NO_SOURCE {
            let _may_come = self.relay();
        }
    }
}

async fn ask(address: &str, range: Option<&Range<u64>>) -> Option<Response> {
    let request = RequestInit::new();
    if let Some(range) = range {
        let headers = Headers::new().ok()?;
        headers.append("range", &format!("bytes={}-{}", range.start, range.end.saturating_sub(1))).ok()?;
        request.set_headers(&headers);
    }
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, &request)).await.ok()?;
    answer.dyn_into().ok()
}

async fn bytes_of(answer: &Response) -> Option<Vec<u8>> {
    let buffer = JsFuture::from(answer.array_buffer().ok()?).await.ok()?;
    Some(Uint8Array::new(&buffer).to_vec())
}

/// All of an address or a part of it. While it is being made, `making` is told the share that is done, and answers whether
/// anybody still waits.
pub(super) async fn fetch(
    address: &str,
    range: Option<Range<u64>>,
    making: impl Fn(f64) -> bool,
) -> Result<Vec<u8>, Failure> {
    loop {
        let answer = ask(address, range.as_ref()).await.ok_or_else(Failure::unreachable)?;
        let bytes = bytes_of(&answer).await.ok_or_else(Failure::unreachable)?;
        match answer.status() {
            202 => {
                #[derive(Deserialize)]
                struct Making {
                    making: f64,
                }
                let share = serde_json::from_slice::<Making>(&bytes).map_or(0.0, |making| making.making);
                if !making(share) {
                    return Err(Failure::unreachable());
                }
                TimeoutFuture::new(1_000).await;
            }
            200 | 206 => return Ok(bytes),
            status => {
                let told = serde_json::from_slice::<Problem>(&bytes).ok().filter(|told| !told.detail.is_empty());
                return Err(match told {
                    Some(told) => Failure { code: told.code, sentence: told.detail },
                    None => Failure::new(
                        "media_status",
                        format!("There is nothing behind this address: the server answered {status}."),
                    ),
                });
            }
        }
    }
}

/// Where a file lies that is read in parts.
#[derive(Clone)]
pub(super) enum Place {
    /// At this address.
    There(String),
    /// All of it in the page.
    Here(Arc<[u8]>),
}

/// Parts of a file, fetched when they are first wanted. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Parts {
    place: StoredValue<Place>,
    known: StoredValue<HashMap<u64, Part>>,
    /// Rises with every part that arrives.
    pub(super) arrived: RwSignal<u32>,
}

#[derive(Clone)]
enum Part {
    OnItsWay,
    /// Asked for again when it is next wanted after a while.
    Failed,
    Known(Arc<[u8]>),
}

impl Parts {
    pub(super) fn new(place: Place) -> Self {
        Self { place: StoredValue::new(place), known: StoredValue::new(HashMap::new()), arrived: RwSignal::new(0) }
    }

    /// These bytes, if they are known; otherwise they are on their way and `arrived` rises.
    pub(super) fn get(self, range: Range<u64>) -> Option<Arc<[u8]>> {
        if range.is_empty() {
            return None;
        }
        let key = range.start;
        match self.known.with_value(|known| known.get(&key).cloned()) {
            Some(Part::Known(bytes)) => return Some(bytes),
            Some(Part::OnItsWay | Part::Failed) => return None,
            None => {}
        }
        match self.place.get_value() {
            Place::Here(all) => {
                let from = usize::try_from(range.start).ok()?.min(all.len());
                let to = usize::try_from(range.end).ok()?.clamp(from, all.len());
                let part: Arc<[u8]> = all[from..to].into();
                self.put(key, Part::Known(Arc::clone(&part)));
                Some(part)
            }
            Place::There(address) => {
                self.put(key, Part::OnItsWay);
                spawn_local(async move {
                    let got = fetch(&address, Some(range), |_| self.known.try_with_value(|_| ()).is_some()).await;
                    // The page may have gone on to another task.
                    if self.known.try_with_value(|_| ()).is_none() {
                        return;
                    }
                    if let Ok(bytes) = got {
                        self.put(key, Part::Known(bytes.into()));
                    } else {
                        self.put(key, Part::Failed);
                        set_timeout(move || self.forget(key), Duration::from_secs(5));
                    }
                    self.arrived.update(|arrived| *arrived = arrived.wrapping_add(1));
                });
                None
            }
        }
    }

    /// A part that has been fetched otherwise, by where it begins.
    pub(super) fn know(self, start: u64, bytes: Arc<[u8]>) {
        self.put(start, Part::Known(bytes));
    }

    fn put(self, key: u64, part: Part) {
        /// Parts kept; of a file that is panned through the oldest are fetched again.
        const MOST: usize = 512;
        self.known.update_value(|known| {
            if known.len() >= MOST {
                known.retain(|_, part| matches!(part, Part::OnItsWay));
            }
            known.insert(key, part);
        });
    }

    fn forget(self, key: u64) {
        let _ = self.known.try_update_value(|known| known.remove(&key));
        let _ = self.arrived.try_update(|arrived| *arrived = arrived.wrapping_add(1));
    }
}

/// A file of this site as a whole, at most `most` bytes.
pub(super) async fn whole_file(address: &str, most: u64) -> Result<Vec<u8>, Failure> {
    let bytes = fetch(address, None, |_| true).await?;
    if bytes.is_empty() {
        return Err(Failure::new("media_empty", "This file is empty: it has 0 bytes."));
    }
    if bytes.len() as u64 > most {
        return Err(Failure::new(
            "media_too_large",
            "This file is too large for a preview. It is shown when a task is opened.",
        ));
    }
    Ok(bytes)
}

/// The samples of a sound as the browser decodes them, one list per channel, and how many there are in a second.
pub(super) async fn decode_sound(bytes: &[u8]) -> Option<(Vec<Vec<f32>>, f64)> {
    /// What browsers decode to, whatever the file has.
    const RATE: f32 = 44_100.0;
    let context =
        web_sys::OfflineAudioContext::new_with_number_of_channels_and_length_and_sample_rate(1, 1, RATE).ok()?;
    let buffer = Uint8Array::from(bytes).buffer();
    let decoded = JsFuture::from(context.decode_audio_data(&buffer).ok()?).await.ok()?;
    let decoded: web_sys::AudioBuffer = decoded.dyn_into::<JsValue>().ok()?.dyn_into().ok()?;
    let channels = (0..decoded.number_of_channels()).map(|channel| decoded.get_channel_data(channel).ok());
    Some((channels.collect::<Option<_>>()?, f64::from(decoded.sample_rate())))
}
