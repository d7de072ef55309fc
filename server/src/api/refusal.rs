//! Refusals as programs get them: the problem document, and in it what Label Studio's SDK looks for.

use axum::{
    Json,
    body::to_bytes,
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    Error, Kind,
    problem::{MEDIA_TYPE, Problem},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::version::RELEASE;
use crate::{
    error::{Told, is_problem},
    trace::request_id,
};

/// Why a question was refused (RFC 9457), with the members Label Studio's SDK reads beside it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refusal {
    /// No page explains it: the code does.
    #[serde(rename = "type")]
    pub about: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable, unique per cause.
    pub code: String,
    /// The input that caused it.
    pub field: Option<String>,
    /// One kind sentence.
    pub detail: String,
    /// The request, by which it is found in the log.
    pub instance: String,
    /// The request's number, as Label Studio calls it.
    pub id: String,
    /// The HTTP status, as Label Studio calls it.
    pub status_code: u16,
    /// Of this server.
    pub version: String,
    /// Never told.
    pub exc_info: Option<String>,
    /// By field, what is wrong with it; `non_field_errors` for what belongs to none.
    #[schema(value_type = std::collections::BTreeMap<String, Vec<String>>)]
    pub validation_errors: Map<String, Value>,
    /// What is wrong with a labeling interface, as Label Studio tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label_config: Option<Vec<String>>,
}

/// The largest document of a refusal.
const MAX_BYTES: usize = 1 << 20;

/// Gives refusals their form for programs, whoever refused. Stands around everything at `/api`.
pub async fn told(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || response.extensions().get::<Told>().is_some() {
        return response;
    }
    let (parts, body) = response.into_parts();
    let known = match is_problem(&parts.headers) {
        true => to_bytes(body, MAX_BYTES).await.ok().and_then(|bytes| serde_json::from_slice::<Problem>(&bytes).ok()),
        false => None,
    };
    let problem = known.unwrap_or_else(|| match status {
        StatusCode::INTERNAL_SERVER_ERROR => Problem::from(&crate::error::internal()),
        status => Problem::of_status(status.as_u16(), status.canonical_reason().unwrap_or_default()),
    });
    let refusal = Refusal::from(problem);
    let status = StatusCode::from_u16(refusal.status).unwrap_or(status);
    let mut told =
        (status, [(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], Json(refusal)).into_response();
    for (name, value) in &parts.headers {
        if !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH) {
            told.headers_mut().entry(name).or_insert_with(|| value.clone());
        }
    }
    if status == StatusCode::UNAUTHORIZED {
        told.headers_mut().entry(header::WWW_AUTHENTICATE).or_insert(HeaderValue::from_static("Token"));
    }
    told.extensions_mut().insert(Told);
    told
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        // What is wrong with the input is 400 here, as the SDK expects, and 422 nowhere.
        let is_invalid = problem.status == 422;
        let (status, title) =
            if is_invalid { (400, "Bad Request".to_owned()) } else { (problem.status, problem.title) };
        let mut validation_errors = Map::new();
        if status == 400 {
            let field = problem.field.clone().unwrap_or_else(|| "non_field_errors".to_owned());
            validation_errors.insert(field, vec![problem.detail.clone()].into());
        }
        let id = request_id().to_string();
        let is_config = problem.field.as_deref() == Some("label_config");
        Self {
            label_config: is_config.then(|| vec![problem.detail.clone()]),
            about: problem.about,
            title,
            status,
            code: problem.code,
            field: problem.field,
            detail: problem.detail,
            instance: format!("urn:uuid:{id}"),
            id,
            status_code: status,
            version: RELEASE.to_owned(),
            exc_info: None,
            validation_errors,
        }
    }
}

/// Refuses a question that lacks several things, each by its name.
pub fn missing(fields: &[&str]) -> Response {
    let first = fields.first().copied().unwrap_or_default().to_owned();
    let message = |field: &str| format!("“{field}” is missing.");
    let problem = Error::new(Kind::Invalid, "field_missing", message(&first)).on(first);
    let mut refusal = Refusal::from(Problem::from(&problem));
    for field in fields {
        refusal.validation_errors.insert((*field).to_owned(), vec![message(field)].into());
    }
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut told =
        (status, [(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE))], Json(refusal)).into_response();
    told.extensions_mut().insert(Told);
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_input_is_told_by_field() {
        for (error, status, field) in [
            (Error::invalid("title", "title_short", "Too short."), 400, Some("title")),
            (Error::new(domain::Kind::Invalid, "json_malformed", "No JSON."), 400, Some("non_field_errors")),
            (Error::not_found("task"), 404, None),
            (Error::conflict("x", "No."), 409, None),
        ] {
            let refusal = Refusal::from(Problem::from(&error));
            assert_eq!((refusal.status, refusal.status_code), (status, status), "{error:?}");
            assert_eq!(refusal.validation_errors.keys().next().map(String::as_str), field, "{error:?}");
            assert_eq!(refusal.detail, error.message);
        }
    }
}
