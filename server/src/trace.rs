//! One span and one log line per request, an id on both, and an answer even when a handler panics.

use std::{panic::AssertUnwindSafe, time::Instant};

use axum::{extract::Request, middleware::Next, response::Response};
use futures::FutureExt;
use http::{HeaderName, HeaderValue};
use tracing::Instrument;
use uuid::Uuid;

use crate::error;

tokio::task_local! {
    static REQUEST_ID: Uuid;
}

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request being answered; the nil id outside of one.
#[must_use]
pub fn request_id() -> Uuid {
    REQUEST_ID.try_with(|id| *id).unwrap_or_default()
}

/// Wraps the whole router.
pub async fn trace(mut request: Request, next: Next) -> Response {
    // A proxy's id is kept if it is one, so that its logs and ours meet.
    let given = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).and_then(|text| text.parse().ok());
    let id = given.unwrap_or_else(Uuid::now_v7);
    let span =
        tracing::info_span!("request", request_id = %id, method = %request.method(), path = request.uri().path());
    // For whoever answers below, such as a server function that has to name an incident.
    request.headers_mut().insert(HEADER, header_of(id));
    REQUEST_ID.scope(id, answer(request, next).instrument(span)).await
}

async fn answer(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let wants_page = error::wants_page(&request);
    let is_routine = is_routine(request.uri().path());
    let mut response = match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            tracing::error!(panic = message(panic.as_ref()), "a handler panicked");
            error::crashed(wants_page)
        }
    };
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    if is_routine {
        tracing::debug!(status, elapsed_ms, "answered");
    } else {
        tracing::info!(status, elapsed_ms, "answered");
    }
    response.headers_mut().insert(HEADER, header_of(request_id()));
    response
}

fn header_of(id: Uuid) -> HeaderValue {
    HeaderValue::from_str(&id.to_string()).expect("a uuid is plain ASCII")
}

/// Files and probes come by the hundred and tell little.
fn is_routine(path: &str) -> bool {
    path.starts_with("/pkg/") || path.starts_with("/demo/") || path == "/health" || path == "/ready"
}

fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}
