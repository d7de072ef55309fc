//! `/health`: the process answers. `/ready`: it can do its work. For load balancers and for `script/server`.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderName, StatusCode, header};
use serde_json::json;
use service::Cx;

const FRESH: [(HeaderName, &str); 1] = [(header::CACHE_CONTROL, "no-store")];

/// Alive.
pub async fn health() -> Response {
    (FRESH, Json(json!({ "status": "UP", "version": env!("CARGO_PKG_VERSION") }))).into_response()
}

/// The database answers and its schema is this build's.
pub async fn ready(State(cx): State<Cx>) -> Response {
    match cx.ready().await {
        Ok(()) => (FRESH, Json(json!({ "status": "ready" }))).into_response(),
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, FRESH, Json(json!({ "status": "not ready" }))).into_response()
        }
    }
}
