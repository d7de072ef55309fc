//! From errors to answers: `application/problem+json` (RFC 9457) for programs, a page for people.
//!
//! What only we can mend is logged here, once; the answer carries the request id, by which the log line is found.

use axum::{
    Json,
    response::{Html, IntoResponse, Response},
};
use domain::{Error as Problem, Kind};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use crate::trace::request_id;

/// What a handler answers when it cannot do what was asked.
#[derive(Debug)]
pub struct Failure(service::Error);

impl<E: Into<service::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = match self.0 {
            service::Error::Domain(problem) => problem,
            service::Error::Internal(error) => {
                tracing::error!(error = format!("{error:#}"), "a request failed");
                internal()
            }
        };
        let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "code": problem.code,
            "field": problem.field,
            "detail": problem.message,
            "instance": format!("urn:uuid:{}", request_id()),
        });
        let kind = HeaderValue::from_static("application/problem+json");
        (status, [(header::CONTENT_TYPE, kind)], Json(body)).into_response()
    }
}

/// Our fault: the sentence with the incident id.
#[must_use]
pub fn internal() -> Problem {
    Problem::new(
        Kind::Internal,
        "internal",
        format!("Something went wrong on our side. If it happens again, tell us this number: {}.", request_id()),
    )
}

/// Our fault, as a page for people and as a problem for programs.
#[must_use]
pub fn crashed(headers: &HeaderMap) -> Response {
    let problem = internal();
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !accept.contains("text/html") {
        return Failure::from(problem).into_response();
    }
    // Needs nothing else of us: no style sheet, no script.
    let page = format!(
        "<!DOCTYPE html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>Something went wrong · Synapse</title><style>\
         :root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem}}\
         a{{color:inherit}}</style><h1>Something went wrong</h1><p>{}</p><p><a href=\"\">Try again</a> or <a href=\"/\">go to the \
         start page</a>.</p>",
        problem.message
    );
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    (StatusCode::INTERNAL_SERVER_ERROR, [(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}
