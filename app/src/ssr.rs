//! The only file that reads the server's context: who asks, and with what.

use std::{collections::HashMap, path::Path, sync::Arc};

use crate::account::Known;
use crate::error::AppError;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use domain::{Error as Problem, Kind, account::Me};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use service::{
    Actor, Cx,
    account::{Client, NewSession},
};

/// Which files hold the code of which page, in an optimised build: `script/build-web` writes it down.
#[derive(Clone, Default)]
pub struct Pieces(Arc<HashMap<String, Vec<String>>>);

impl Pieces {
    /// As written beside the files. A build in one piece has no such file.
    #[must_use]
    pub fn read(site: &Path) -> Self {
        Self::from_json(&std::fs::read_to_string(site.join("pieces.json")).unwrap_or_default())
    }

    /// What cannot be read announces nothing: pages then ask for their pieces themselves, a little later.
    fn from_json(text: &str) -> Self {
        Self(Arc::new(serde_json::from_str(text).unwrap_or_default()))
    }

    /// The names of the files, under `/pkg/`.
    #[must_use]
    pub fn files(&self, piece: &str) -> &[String] {
        self.0.get(piece).map_or(&[], Vec::as_slice)
    }
}

/// The name of the session cookie.
pub const SESSION_COOKIE: &str = "synapse_session";

/// What the server has found out before it draws a page; given to views as context.
#[derive(Debug, Clone, Default)]
pub struct Visitor(pub Option<Me>);

/// What every page needs to know before it is drawn.
#[must_use]
pub fn known() -> Known {
    Known {
        me: use_context::<Visitor>().and_then(|visitor| visitor.0),
        dev_pages: use_context::<Cx>().is_some_and(|cx| cx.settings().dev_pages),
    }
}

/// The context and the person of this request. Each call of a server function asks once, so the log shows what a page
/// asks for.
///
/// # Errors
/// An internal error outside a request, which is a fault of ours.
#[track_caller]
pub fn request() -> crate::error::Result<(Cx, Actor)> {
    let door = std::panic::Location::caller();
    tracing::trace!(target: "synapse::asked", door = %format_args!("{}:{}", door.file(), door.line()), "asked");
    let cx = use_context::<Cx>();
    let actor = use_context::<Actor>();
    cx.zip(actor).ok_or_else(|| incident(&"a server function ran outside a request").into())
}

/// What a use case answers becomes what the screen reacts to. Our own failures are logged here, once, and leave as an
/// incident number.
impl From<service::Error> for AppError {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Domain(problem) => Self::Domain(problem),
            service::Error::Internal(cause) => Self::Domain(incident(&format_args!("{cause:#}"))),
        }
    }
}

fn wants_page() -> bool {
    header(header::ACCEPT).is_some_and(|accept| accept.contains("text/html"))
}

fn incident(cause: &dyn std::fmt::Display) -> Problem {
    tracing::error!(error = %cause, "a server function failed");
    let id = header(HeaderName::from_static("x-request-id")).unwrap_or_default();
    let message = format!("Something went wrong on our side. If it happens again, tell us this number: {id}.");
    Problem::new(Kind::Internal, "internal", message)
}

/// The browser of this request.
#[must_use]
pub fn client() -> Client {
    use_context::<Client>().unwrap_or_default()
}

/// A header of this request.
#[must_use]
pub fn header(name: header::HeaderName) -> Option<String> {
    let parts = use_context::<Parts>()?;
    parts.headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
}

/// A cookie of this request.
#[must_use]
pub fn cookie(name: &str) -> Option<String> {
    use_context::<Parts>().and_then(|parts| cookie_of(&parts.headers, name))
}

/// A cookie among headers; the first of that name.
#[must_use]
pub fn cookie_of(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// Signs this browser in: the session's token goes into a cookie that scripts cannot read.
pub fn set_session(cx: &Cx, session: &NewSession) {
    let seconds = (session.expires_at - cx.now()).num_seconds().max(0);
    put_cookie(cx, &session.token, seconds);
}

/// Signs this browser out.
pub fn clear_session(cx: &Cx) {
    put_cookie(cx, "", 0);
}

/// Where the person goes next. A plain form post, made before the page came alive, is sent there by the answer; a living
/// page goes by itself.
#[must_use]
pub fn go(path: &str) -> String {
    if wants_page() {
        leptos_axum::redirect(path);
    }
    path.to_owned()
}

fn put_cookie(cx: &Cx, value: &str, max_age_seconds: i64) {
    let secure = if cx.settings().secure_cookies { "; Secure" } else { "" };
    let cookie = format!("{SESSION_COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_seconds}{secure}");
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie)) {
        response.append_header(header::SET_COOKIE, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_knows_its_files_and_those_it_shares() {
        let pieces =
            Pieces::from_json(r#"{"label": ["synapse.chunk_4.00.wasm", "synapse.label.11.wasm"], "setup": []}"#);
        assert_eq!(pieces.files("label"), ["synapse.chunk_4.00.wasm", "synapse.label.11.wasm"]);
        assert!(pieces.files("setup").is_empty());
        assert!(pieces.files("no such piece").is_empty());
        assert!(Pieces::read(Path::new("no-site")).files("label").is_empty(), "a build for development is one file");
    }
}
