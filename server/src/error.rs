//! From errors to answers: `application/problem+json` (RFC 9457) for programs, a page for people.
//!
//! What only we can mend is logged here, once; the answer carries the request id, by which the log line is found.

use axum::{
    Json,
    body::to_bytes,
    extract::Request,
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use domain::{
    Error as Problem, Kind,
    problem::{MEDIA_TYPE, Problem as ProblemDocument},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::trace::request_id;

/// What a handler answers when it cannot do what was asked.
#[derive(Debug)]
pub struct Failure(service::Error);

/// A refusal that needs no more words: layers further out leave it as it is.
#[derive(Clone, Copy)]
pub struct Told;

impl Failure {
    /// What people are told, where it is theirs to mend.
    #[must_use]
    pub fn problem(self) -> Option<Problem> {
        match self.0 {
            service::Error::Domain(problem) => Some(problem),
            service::Error::Internal(_) => None,
        }
    }
}

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
        answer(ProblemDocument::from(&problem))
    }
}

/// The document as an answer, with the request's id.
fn answer(problem: ProblemDocument) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let problem = problem.at(format!("urn:uuid:{}", request_id()));
    (status, [(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], Json(problem)).into_response()
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

/// Whether this address is for programs: the API, and the functions behind the pages. They get no page, whatever they
/// accept.
#[must_use]
pub fn is_for_programs(path: &str) -> bool {
    ["/api", "/fn"]
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// Every failure in the house's form: a problem document for programs, a page where a browser shows the answer. A router, a
/// limit or a deadline leaves at most a line of text, and a server function forgets the status of what it says.
///
/// Stands inside the layer that compresses, which leaves nothing to read, and around everything once more.
pub async fn explain(request: Request, next: Next) -> Response {
    let wants_page = wants_page(&request);
    let response = next.run(request).await;
    let status = response.status();
    let is_failure = status.is_client_error() || status.is_server_error();
    let is_told = response.extensions().get::<Told>().is_some();
    let is_done = is_told || is_page(response.headers()) || response.headers().contains_key(header::CONTENT_ENCODING);
    if !is_failure || is_done {
        return response;
    }
    let (parts, body) = response.into_parts();
    let told = match is_problem(&parts.headers) {
        true => to_bytes(body, PROBLEM_MAX_BYTES).await.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()),
        false => None,
    };
    let problem = told.unwrap_or_else(|| match status {
        StatusCode::INTERNAL_SERVER_ERROR => ProblemDocument::from(&internal()),
        status => ProblemDocument::of_status(status.as_u16(), status.canonical_reason().unwrap_or_default()),
    });
    let mut explained = if wants_page { page(&problem) } else { answer(problem) };
    // What the layer said beside the body, such as `Allow`, `Retry-After` or `Content-Range`, stays.
    for (name, value) in &parts.headers {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) {
            explained.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
    explained
}

/// A document is never larger.
const PROBLEM_MAX_BYTES: usize = 1 << 20;

fn is_page(headers: &HeaderMap) -> bool {
    media_type(headers).starts_with("text/html")
}

pub(crate) fn is_problem(headers: &HeaderMap) -> bool {
    media_type(headers).starts_with(MEDIA_TYPE)
}

fn media_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Whether a person waits for the answer in a browser's window.
#[must_use]
pub fn wants_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("text/html") && !is_for_programs(request.uri().path())
}

/// Our fault, as a page for people and as a problem for programs.
#[must_use]
pub fn crashed(wants_page: bool) -> Response {
    let problem = ProblemDocument::from(&internal());
    if wants_page { page(&problem) } else { answer(problem) }
}

/// A page that needs nothing else of us: no style sheet, no script, no database.
fn page(problem: &ProblemDocument) -> Response {
    let title = if problem.status < 500 { "This did not work" } else { "This page could not be shown" };
    let page = include_str!("error_page.html").replace("{title}", title).replace("{detail}", &escape(&problem.detail));
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'");
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
}

/// Words that may repeat what a person typed.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_for_programs() {
        for (path, expected) in [
            ("/api", true),
            ("/api/v1/x", true),
            ("/fn/app/org/api/rename_org", true),
            ("/apiary", false),
            ("/", false),
        ] {
            assert_eq!(is_for_programs(path), expected, "{path}");
        }
    }
}
