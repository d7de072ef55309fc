//! What only a browser knows: time, chance, and what it keeps. Called from events and effects, never while drawing.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;
use wasm_bindgen::{JsCast, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::Storage;

/// Whether somebody is likely to have keys at hand: where all there is is a finger, a field that takes the focus covers half
/// the screen with a keyboard.
pub(super) fn has_keys() -> bool {
    !window().match_media("(hover: none) and (pointer: coarse)").ok().flatten().is_some_and(|touch| touch.matches())
}

/// Whether a panel has room beside the work.
pub(super) fn has_room() -> bool {
    window().match_media("(width >= 60rem)").ok().flatten().is_some_and(|wide| wide.matches())
}

/// Does something that takes a while as soon as nothing else is to be done, within half a second at the latest.
pub(super) fn when_idle(act: impl FnOnce() + 'static) {
    const LATEST_MS: u32 = 500;
    let act = Closure::once_into_js(act);
    let options = web_sys::IdleRequestOptions::new();
    options.set_timeout(LATEST_MS);
    let asked = window().request_idle_callback_with_options(act.unchecked_ref(), &options);
    if asked.is_err() {
        // A browser that does not know idle times does it next.
        let _ = window().set_timeout_with_callback(act.unchecked_ref());
    }
}

/// Milliseconds on a clock that only goes forward.
pub(super) fn now_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    let filled = window().crypto().and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes));
    if filled.is_err() {
        for byte in &mut bytes {
            // Between 0 and 255; a browser without `crypto` still must not send two submissions under one key.
            *byte = format!("{:.0}", (js_sys::Math::random() * 255.0).floor()).parse().unwrap_or(0);
        }
    }
    bytes
}

/// A key for a submission.
pub(super) fn new_key() -> Uuid {
    uuid::Builder::from_random_bytes(random_bytes()).into_uuid()
}

/// Where region ids of this sitting begin.
pub(super) fn seed() -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = random_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// A number that nobody else draws.
pub(super) fn number() -> i64 {
    // Exact as a number of JavaScript too, which has 53 bits.
    i64::try_from(seed() >> 11).unwrap_or(1)
}

async fn fetched(address: &str) -> Option<web_sys::Response> {
    let answer = JsFuture::from(window().fetch_with_str(address)).await.ok()?;
    answer.dyn_into().ok()
}

fn content_type(answer: &web_sys::Response) -> String {
    answer.headers().get("content-type").ok().flatten().unwrap_or_default()
}

/// The text of a file of this site; why not, in a sentence.
pub(super) async fn fetch_text(address: &str) -> Result<String, String> {
    let unreachable = || "The text could not be fetched. Check the connection and try again.".to_owned();
    let answer = fetched(address).await.ok_or_else(unreachable)?;
    if !answer.ok() {
        return Err(format!("There is no text behind this address: the server answered {}.", answer.status()));
    }
    let kind = content_type(&answer);
    if ["image/", "audio/", "video/", "application/pdf", "application/zip"].iter().any(|no| kind.starts_with(no)) {
        return Err(format!("What is behind this address is no text ({kind})."));
    }
    let text = answer.text().map_err(|_| unreachable())?;
    let text = JsFuture::from(text).await.map_err(|_| unreachable())?;
    Ok(text.as_string().unwrap_or_default())
}

/// Why a picture could not be shown, as far as the browser may know.
pub(super) async fn why_no_picture(address: &str) -> String {
    // Pages may not ask other servers for anything but what they show.
    if super::media::is_elsewhere(address) {
        return "The picture's server cannot be reached, or does not share its pictures with this site.".to_owned();
    }
    match fetched(address).await {
        Some(answer) if !answer.ok() => {
            format!("There is no picture behind this address: the server answered {}.", answer.status())
        }
        Some(answer) if content_type(&answer).starts_with("image/") => {
            "The picture is damaged, or of a kind that this browser cannot show.".to_owned()
        }
        Some(answer) => format!("What is behind this address is no picture ({}).", content_type(&answer)),
        None => "The picture could not be fetched. Check the connection and try again.".to_owned(),
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// A value as it is kept.
pub(super) fn json(value: &impl Serialize) -> String {
    // What is kept here has no maps with keys that are not texts, the one thing JSON cannot write.
    serde_json::to_string(value).unwrap_or_default()
}

/// Keeps a value in this browser. Returns whether it was kept: a full or forbidden storage refuses.
pub(crate) fn keep(key: &str, value: &impl Serialize) -> bool {
    let Ok(json) = serde_json::to_string(value) else { return false };
    storage().is_some_and(|storage| storage.set_item(key, &json).is_ok())
}

/// What this browser has kept.
pub(crate) fn kept<T: DeserializeOwned>(key: &str) -> Option<T> {
    let json = storage()?.get_item(key).ok().flatten()?;
    serde_json::from_str(&json).ok()
}

/// Hears what another tab keeps under a key, for as long as the component lives.
pub(super) fn on_kept_elsewhere<T: DeserializeOwned + 'static>(key: &'static str, hear: impl Fn(T) + 'static) {
    let heard = window_event_listener(leptos::ev::storage, move |event| {
        let value = event.new_value().filter(|_| event.key().as_deref() == Some(key));
        if let Some(value) = value.and_then(|json| serde_json::from_str(&json).ok()) {
            hear(value);
        }
    });
    on_cleanup(move || heard.remove());
}

/// Forgets a value.
pub(crate) fn forget(key: &str) {
    if let Some(storage) = storage() {
        // A storage that refuses to forget has refused to keep before.
        let _ = storage.remove_item(key);
    }
}

/// The keys of what this browser has kept that begin with `prefix`.
pub(super) fn kept_keys(prefix: &str) -> Vec<String> {
    let Some(storage) = storage() else { return Vec::new() };
    let count = storage.length().unwrap_or(0);
    (0..count).filter_map(|at| storage.key(at).ok().flatten()).filter(|key| key.starts_with(prefix)).collect()
}

/// Whether keys are written the Apple way.
pub(super) fn is_apple() -> bool {
    window().navigator().platform().is_ok_and(|platform| platform.starts_with("Mac") || platform.starts_with("iP"))
}

/// Whose the keyboard is right now.
#[derive(Clone)]
pub(super) enum Keyboard {
    /// The work's.
    Free,
    /// A field's of the work, which has letters, arrows and Enter to itself.
    Field(web_sys::HtmlElement),
    /// A menu's, a dialog's, or that of what stands beside a preview.
    Elsewhere,
}

/// Whose the keyboard is, by what a key was pressed on.
pub(super) fn keyboard(event: &web_sys::KeyboardEvent) -> Keyboard {
    let Some(element) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) else {
        return Keyboard::Free;
    };
    let is_inside = |selector: &str| element.closest(selector).ok().flatten().is_some();
    // A dialog keeps the keyboard to itself. So does everything beside a preview, which is never the whole page.
    let is_there = |selector: &str| document().query_selector(selector).ok().flatten().is_some();
    if is_inside("[role=menu]") || (is_there("dialog[open], .preview, .desk[data-shut]") && !is_inside(".preview")) {
        return Keyboard::Elsewhere;
    }
    let field = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
    match element.closest(field).ok().flatten().and_then(|field| field.dyn_into().ok()) {
        Some(field) => Keyboard::Field(field),
        None => Keyboard::Free,
    }
}

/// Calls `act` for these events of the page wherever they happen, before whoever they are meant for. For use in effects.
pub(super) fn overhear(events: &'static [&'static str], act: impl Fn() + 'static) {
    let options = web_sys::AddEventListenerOptions::new();
    options.set_capture(true);
    options.set_passive(true);
    let callback = Closure::<dyn FnMut()>::new(act);
    for event in events {
        let listener = callback.as_ref().unchecked_ref();
        // Refused only for an option that no browser knows.
        let _ = window().add_event_listener_with_callback_and_add_event_listener_options(event, listener, &options);
    }
    let held = StoredValue::new_local(callback);
    on_cleanup(move || {
        // Gone already when the whole page goes.
        let _ = held.try_with_value(|callback| {
            for event in events {
                let listener = callback.as_ref().unchecked_ref();
                let _ = window().remove_event_listener_with_callback_and_bool(event, listener, true);
            }
        });
    });
}

/// Has a field say what is in it as if it had been left, where it says so only then.
pub(super) fn settle(field: &web_sys::HtmlElement) {
    // One that cannot lose or take the focus has nothing to say.
    let _ = field.blur();
    let _ = field.focus();
}
