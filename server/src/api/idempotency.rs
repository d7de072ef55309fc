//! `Idempotency-Key`: a question that creates something may be asked again without creating it twice.
//!
//! The answer is kept for a day and given again, to the same person, for the same key and the same question.

use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Error as Problem, Kind};
use http::{HeaderValue, Method, StatusCode, header};
use service::{
    Actor, Cx,
    account::{Asked, Kept, finish_question, forget_question, remember_question},
};
use sha2::{Digest, Sha256};

use super::input::MAX_BYTES;
use crate::error::Failure;

const KEY: &str = "idempotency-key";
const REPLAYED: &str = "idempotent-replayed";
/// Longer keys are none.
const MAX_KEY_CHARS: usize = 255;
/// A longer answer is not kept: asking again then does it again.
const MAX_KEPT_BYTES: usize = 1 << 20;

/// Answers a question that was asked before as it was answered then.
pub async fn once(State(cx): State<Cx>, request: Request, next: Next) -> Response {
    match ask(&cx, request, next).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

async fn ask(cx: &Cx, request: Request, next: Next) -> Result<Response, Failure> {
    let key = request.headers().get(KEY).cloned();
    let Some(key) = key.filter(|_| request.method() == Method::POST) else { return Ok(next.run(request).await) };
    let actor = request.extensions().get::<Actor>().cloned().unwrap_or(Actor::Anonymous);
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= MAX_KEY_CHARS).ok_or_else(|| {
        let message = format!("An Idempotency-Key has 1 to {MAX_KEY_CHARS} plain characters.");
        Problem::new(Kind::Invalid, "idempotency_key_malformed", message)
    })?;
    if !matches!(actor, Actor::User(_)) {
        return Ok(next.run(request).await);
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MAX_BYTES).await.map_err(|_| {
        let message = "A question with an Idempotency-Key has 32 MB at most.";
        Problem::new(Kind::TooLarge, "body_too_large", message)
    })?;
    let mut print = Sha256::new();
    print.update(parts.uri.to_string());
    print.update([0]);
    print.update(&body);
    let print = print.finalize().to_vec();
    match remember_question(cx, &actor, key, &print).await? {
        Asked::New => {}
        Asked::UnderWay => {
            let message = "The same question is being answered right now.";
            return Err(Problem::conflict("idempotency_key_in_use", message).into());
        }
        Asked::Otherwise => {
            let message = "This Idempotency-Key was used for another question.";
            return Err(Problem::invalid("idempotency-key", "idempotency_key_reused", message).into());
        }
        Asked::Answered(kept) => return Ok(replay(kept)),
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    // What failed on our side, or for now, may be asked again.
    let is_final = !response.status().is_server_error()
        && !matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::UNAUTHORIZED);
    let (parts, body) = response.into_parts();
    let known = http_body::Body::size_hint(&body).exact();
    if !is_final || known.is_none_or(|size| size > MAX_KEPT_BYTES as u64) {
        forget_question(cx, &actor, key).await?;
        return Ok(Response::from_parts(parts, body));
    }
    let body = to_bytes(body, MAX_KEPT_BYTES).await.map_err(anyhow::Error::new).map_err(service::Error::from)?;
    let media_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kept = Kept { status: parts.status.as_u16(), media_type: media_type.to_owned(), body: body.to_vec() };
    finish_question(cx, &actor, key, &kept).await?;
    Ok(Response::from_parts(parts, Body::from(body)))
}

fn replay(kept: Kept) -> Response {
    let mut response = Response::new(Body::from(kept.body));
    *response.status_mut() = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    if let Ok(media_type) = HeaderValue::from_str(&kept.media_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, media_type);
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}
