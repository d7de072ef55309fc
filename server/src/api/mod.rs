//! `/api`: the REST interface for programs, in the paths and shapes of Label Studio's, so that its SDK works unmodified.
//!
//! A handler is a door like any other: it reads, calls one use case, and converts. Addresses work with and without a slash at
//! the end. Every answer that is none says so as a problem document (RFC 9457) that also holds what the SDK looks for.

mod action;
mod annotation;
mod audit;
mod client_api;
mod comment;
mod document;
mod export;
mod file;
mod idempotency;
mod import;
mod input;
mod label;
mod lease;
mod lifecycle;
mod limit;
mod member;
mod ml;
mod organization;
mod output;
mod prediction;
mod project;
mod refusal;
mod reimport;
mod storage;
mod task;
mod template;
mod token;
mod user;
mod version;
mod view;
mod waiting;
mod webhook;
mod words;
mod workspace;

use axum::{
    Json, Router,
    body::Body,
    extract::{DefaultBodyLimit, Request},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::Error as Problem;
use http::{HeaderName, Uri, header, uri::PathAndQuery};
use tower::ServiceBuilder;
use tower_http::cors::{AllowOrigin, CorsLayer};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use limit::Limits;

use crate::{config::Config, error::Failure, state::AppState};

/// Every resource, with the document that describes it.
fn resources() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(document::frame())
        .routes(routes!(user::whoami))
        .routes(routes!(user::current, user::change_current))
        .routes(routes!(user::list, user::invite))
        .routes(routes!(user::one, user::change_one))
        .routes(routes!(user::hotkeys, user::change_hotkeys))
        .routes(routes!(token::legacy))
        .routes(routes!(token::reset))
        .routes(routes!(token::list, token::create))
        .routes(routes!(token::refresh))
        .routes(routes!(token::rotate))
        .routes(routes!(token::revoke))
        .routes(routes!(token::settings))
        .routes(routes!(token::keys, token::create_key))
        .routes(routes!(token::revoke_key))
        .routes(routes!(project::list::list, project::create))
        .routes(routes!(project::list::counts))
        .routes(routes!(project::config::validate))
        .routes(routes!(project::one, project::change, project::replace, project::delete))
        .routes(routes!(project::config::validate_for))
        .routes(routes!(project::summary::summary))
        .routes(routes!(project::summary::reset_summary))
        .routes(routes!(project::config::sample_task))
        .routes(routes!(project::next))
        .routes(routes!(project::duplicate))
        .routes(routes!(project::annotators))
        .routes(routes!(project::version::model_versions, project::version::delete_model_version))
        .routes(routes!(ml::compare))
        .routes(routes!(project::tasks, project::delete_tasks))
        .routes(routes!(import::import))
        .routes(routes!(import::status))
        .routes(routes!(import::reimport))
        .routes(routes!(import::reimport_status))
        .routes(routes!(reimport::list, reimport::create))
        .routes(routes!(reimport::one))
        .routes(routes!(reimport::rows))
        .routes(routes!(reimport::apply))
        .routes(routes!(reimport::cancel))
        .routes(routes!(file::list, file::throw_away))
        .routes(routes!(file::one, file::change, file::delete))
        .routes(routes!(import::predictions))
        .routes(routes!(export::formats))
        .routes(routes!(export::at_once))
        .routes(routes!(export::list, export::create))
        .routes(routes!(export::one, export::delete))
        .routes(routes!(export::download))
        .routes(routes!(export::convert))
        .routes(routes!(export::compare::compare))
        .routes(routes!(task::list, task::create))
        .routes(routes!(task::one, task::change, task::delete))
        .routes(routes!(lease::heartbeat))
        .routes(routes!(annotation::list, annotation::create))
        .routes(routes!(annotation::drafts, annotation::create_draft))
        .routes(routes!(annotation::drafts_of, annotation::create_draft_of))
        .routes(routes!(annotation::one, annotation::change, annotation::replace, annotation::delete))
        .routes(routes!(annotation::draft, annotation::change_draft, annotation::delete_draft))
        .routes(routes!(annotation::delete_many))
        .routes(routes!(annotation::to_draft))
        .routes(routes!(prediction::list, prediction::create))
        .routes(routes!(prediction::one, prediction::change, prediction::replace, prediction::delete))
        .routes(routes!(ml::list, ml::create))
        .routes(routes!(ml::one, ml::change, ml::replace, ml::delete))
        .routes(routes!(ml::train))
        .routes(routes!(ml::predict))
        .routes(routes!(ml::test))
        .routes(routes!(ml::versions))
        .routes(routes!(ml::annotate))
        .routes(routes!(view::list, view::create))
        .routes(routes!(view::order))
        .routes(routes!(view::reset))
        .routes(routes!(view::one, view::replace, view::change, view::delete))
        .routes(routes!(view::columns))
        .routes(routes!(view::project))
        .routes(routes!(action::list, action::act))
        .routes(routes!(action::form))
        .routes(routes!(action::runs))
        .routes(routes!(action::run))
        .routes(routes!(label::list, label::create))
        .routes(routes!(label::rename))
        .routes(routes!(label::one, label::change, label::delete))
        .routes(routes!(label::links, label::create_link))
        .routes(routes!(label::link, label::change_link, label::delete_link))
        .routes(routes!(organization::list))
        .routes(routes!(organization::one, organization::change))
        .routes(routes!(organization::members))
        .routes(routes!(organization::member, organization::remove_member))
        .routes(routes!(organization::invite))
        .routes(routes!(organization::reset_invite))
        .routes(routes!(webhook::list, webhook::create))
        .routes(routes!(webhook::info))
        .routes(routes!(webhook::one, webhook::change, webhook::replace, webhook::delete))
        .routes(routes!(webhook::deliveries))
        .routes(routes!(webhook::delivery))
        .routes(routes!(webhook::skip))
        .routes(routes!(webhook::replay))
        .routes(routes!(webhook::test))
        .routes(routes!(webhook::key, webhook::rotate))
        .routes(routes!(storage::import_storages::types))
        .routes(routes!(storage::import_storages::list_all))
        .routes(routes!(storage::import_storages::list, storage::import_storages::create))
        .routes(routes!(storage::import_storages::validate))
        .routes(routes!(storage::import_storages::files))
        .routes(routes!(
            storage::import_storages::one,
            storage::import_storages::change,
            storage::import_storages::delete
        ))
        .routes(routes!(storage::import_storages::sync))
        .routes(routes!(storage::export_storages::types))
        .routes(routes!(storage::export_storages::list_all))
        .routes(routes!(storage::export_storages::list, storage::export_storages::create))
        .routes(routes!(storage::export_storages::validate))
        .routes(routes!(storage::export_storages::files))
        .routes(routes!(
            storage::export_storages::one,
            storage::export_storages::change,
            storage::export_storages::delete
        ))
        .routes(routes!(storage::export_storages::sync))
        .routes(routes!(client_api::list, client_api::create))
        .routes(routes!(client_api::runs, client_api::fill))
        .routes(routes!(client_api::run))
        .routes(routes!(client_api::cancel))
        .routes(routes!(client_api::failures))
        .routes(routes!(client_api::one, client_api::change, client_api::delete))
        .routes(routes!(client_api::test))
        .routes(routes!(lifecycle::state, lifecycle::go))
        .routes(routes!(lifecycle::history))
        .routes(routes!(lifecycle::restore))
        .routes(routes!(lifecycle::pin, lifecycle::unpin))
        .routes(routes!(lifecycle::jobs))
        .routes(routes!(lifecycle::cancel_import))
        .routes(routes!(lifecycle::import_failures))
        .routes(routes!(template::list))
        .routes(routes!(template::one))
        .routes(routes!(member::list))
        .routes(routes!(member::change, member::remove))
        .routes(routes!(member::restore))
        .routes(routes!(member::invites, member::create_invite))
        .routes(routes!(member::revoke_invite))
        .routes(routes!(member::of_project))
        .routes(routes!(member::put_in_project, member::remove_from_project))
        .routes(routes!(workspace::list, workspace::create))
        .routes(routes!(workspace::one, workspace::change, workspace::delete))
        .routes(routes!(comment::list, comment::create))
        .routes(routes!(comment::change, comment::delete))
        .routes(routes!(audit::events))
        .routes(routes!(audit::sessions, audit::end_others))
        .routes(routes!(audit::end))
        .routes(routes!(version::version))
}

/// The document about every operation, as programs get it.
#[must_use]
pub fn document() -> serde_json::Value {
    let (_, document) = resources().split_for_parts();
    let mut document = serde_json::to_value(document::finish(document)).unwrap_or_default();
    words::complete(&mut document);
    document
}

/// The service at `/api`; the paths it is asked for have lost that prefix.
///
/// # Errors
/// When an origin of the settings is none.
pub fn service(state: AppState, config: &Config) -> anyhow::Result<Router<AppState>> {
    let (router, _) = resources().split_for_parts();
    let text = document().to_string();
    let router = router
        .merge(import::routes())
        .route("/openapi.json", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], text) }))
        .fallback(|| async { Failure::from(Problem::not_found("address")) })
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(state.cx.clone(), idempotency::once))
        .layer(middleware::from_fn_with_state(Limits::new(config.api_requests_per_minute), limit::limit))
        .with_state(state);
    // A slash at the end is no other address. Taken off before the router looks.
    let service = ServiceBuilder::new().map_request(without_slash).service(router);
    Ok(Router::new().fallback_service(service).layer(cors(config)?))
}

/// What programs in browsers of other sites may do.
fn cors(config: &Config) -> anyhow::Result<CorsLayer> {
    let origins = config.api_origins.0.iter().map(|origin| origin.parse()).collect::<Result<Vec<_>, _>>()?;
    Ok(CorsLayer::new()
        .allow_origin(AllowOrigin::list(origins))
        .allow_methods(tower_http::cors::AllowMethods::mirror_request())
        .allow_headers(tower_http::cors::AllowHeaders::mirror_request())
        .expose_headers(EXPOSED.map(HeaderName::from_static))
        .max_age(std::time::Duration::from_secs(600)))
}

/// What scripts of other sites may read of an answer beside its body.
const EXPOSED: [&str; 7] = [
    "x-request-id",
    "retry-after",
    "ratelimit-limit",
    "ratelimit-remaining",
    "ratelimit-reset",
    "idempotent-replayed",
    "content-disposition",
];

fn without_slash(mut request: Request<Body>) -> Request<Body> {
    let path = request.uri().path();
    if path.len() > 1 && path.ends_with('/') {
        let path = path.trim_end_matches('/');
        let path = if path.is_empty() { "/" } else { path };
        let whole = match request.uri().query() {
            Some(query) => format!("{path}?{query}"),
            None => path.to_owned(),
        };
        let mut parts = request.uri().clone().into_parts();
        if let Ok(whole) = whole.parse::<PathAndQuery>() {
            parts.path_and_query = Some(whole);
            if let Ok(uri) = Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
        }
    }
    request
}

pub use refusal::told;

/// What handlers of this folder answer with.
type Answer<T> = Result<Json<T>, Failure>;

/// Something was made.
struct Created<T>(T);

impl<T: serde::Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (http::StatusCode::CREATED, Json(self.0)).into_response()
    }
}
