//! Every route on one screen, and what each passes through on the way.

use std::path::Path;

use anyhow::Result;
use app::{
    App, shell,
    ssr::{Pieces, Visitor},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    handler::Handler,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::prelude::*;
use leptos_axum::{LeptosRoutes, ResponseOptions, generate_route_list};
use service::{Actor, Cx, account::Client};
use tower_http::{
    CompressionLevel, compression::CompressionLayer, csrf::CsrfLayer, limit::RequestBodyLimitLayer, services::ServeDir,
    timeout::TimeoutLayer,
};

use crate::{
    api, auth, config::Config, error, events, files, health, media, reference, security, state::AppState, trace,
};

/// The largest body of a form or a server function. Files go through routes of their own.
const FORM_MAX_BYTES: usize = 32 << 20;

/// The server's routes over this state.
///
/// # Errors
/// When the base URL is no origin.
pub fn router(state: AppState, config: &Config) -> Result<Router> {
    let base_url = &state.cx.settings().base_url;
    let mut csrf = CsrfLayer::new().add_trusted_origin(base_url.as_str())?;
    for origin in &config.api_origins.0 {
        csrf = csrf.add_trusted_origin(origin.as_str())?;
    }
    let is_https = base_url.starts_with("https://");
    let identify = middleware::from_fn_with_state((state.cx.clone(), config.trusted_proxies.clone()), auth::identify);

    let greet = middleware::from_fn_with_state(state.cx.clone(), auth::greet);

    let cx = state.cx.clone();
    let pieces = Pieces::read(Path::new(&*state.leptos.site_root));
    let context = move || request_context(&cx, &pieces);
    let pages = Router::new()
        .leptos_routes_with_context(&state, generate_route_list(App), context.clone(), {
            let options = state.leptos.clone();
            move || shell(options.clone())
        })
        // Axum's own limit is two megabytes: less than a draft of ten thousand regions.
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(FORM_MAX_BYTES))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, config.request_timeout()))
        .layer(middleware::from_fn(private))
        .layer(greet.clone())
        .layer(middleware::from_fn(error::explain))
        // Fast, because every page is compressed anew.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(identify.clone());

    let not_found = leptos_axum::render_app_async_with_context(context, {
        let options = state.leptos.clone();
        move || shell(options.clone())
    });
    let not_found = not_found
        .layer(greet)
        .layer(identify.clone())
        .layer(middleware::from_fn(as_not_found))
        .with_state(state.clone());
    let files = ServeDir::new(Path::new(&*state.leptos.site_root))
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(not_found);

    // Streams of any length: no limit of a form, no deadline of a page. Each handler keeps its own limits.
    let streams = Router::new()
        .route("/projects/{project}/upload", post(files::upload).layer(DefaultBodyLimit::disable()))
        .route("/projects/{project}/imports/{import}/{file}", get(files::failures))
        .route("/projects/{project}/exports/{export}/download", get(files::export))
        .route("/projects/{project}/exports/{export}/manifest.json", get(files::manifest))
        .route("/files/{file}/{name}", get(files::file))
        .route("/data/upload/{project}/{file}", get(files::uploaded))
        .route("/projects/{project}/media/wave", get(media::wave))
        .route("/projects/{project}/media/spectrum", get(media::spectrum))
        .route("/projects/{project}/media/series", get(media::series))
        .route("/projects/{project}/media/image", get(media::image))
        .route("/projects/{project}/media/tile/{level}/{column}/{row}", get(media::tile))
        .route("/projects/{project}/media/video", get(media::video))
        .route("/projects/{project}/media/frames", get(media::frames))
        .route("/projects/{project}/media/pdf", get(media::pdf))
        .route("/projects/{project}/media/page/{number}", get(media::page))
        .route("/projects/{project}/media/page/{number}/thumb", get(media::thumb))
        .route("/projects/{project}/media/page/{number}/words", get(media::words))
        .route("/projects/{project}/media/file", get(media::pass))
        .route("/data/local-files", get(media::local_file))
        .route("/data/local-files/", get(media::local_file))
        .route("/tasks/{task}/presign", get(media::presign))
        .route("/tasks/{task}/presign/", get(media::presign))
        .route("/tasks/{task}/resolve", get(media::presign))
        .route("/tasks/{task}/resolve/", get(media::presign))
        .route("/events/projects/{project}/imports/{import}", get(events::import))
        .route("/events/projects/{project}/reimports/{reimport}", get(events::reimport))
        .route("/events/projects/{project}/exports/{export}", get(events::export))
        .route("/events/projects/{project}/actions/{run}", get(events::action))
        .route("/events/projects/{project}/storages/{storage}", get(events::storage))
        .route("/events/projects/{project}/client-api-runs/{run}", get(events::client_api_run))
        .layer(identify.clone());

    let api = Router::new()
        .nest_service("/api", api::service(state.clone(), config)?.with_state(state.clone()))
        .layer(identify.clone())
        .layer(middleware::from_fn(api::told))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));

    let reference = Router::new()
        .route("/docs/api", get(reference::show))
        .route("/docs/api/page.css", get(reference::style))
        .route("/docs/api/page.js", get(reference::script))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .with_state(reference::Page::of(&api::document(), base_url));
    let probes = Router::new().route("/health", get(health::health)).route("/ready", get(health::ready));

    let mut router = Router::new()
        .merge(pages)
        .merge(streams)
        .merge(api)
        .merge(reference)
        .merge(probes)
        .fallback_service(Router::new().fallback_service(files).layer(middleware::from_fn(cache_files)))
        .layer(csrf)
        .layer(middleware::from_fn(error::explain))
        .layer(middleware::from_fn(security::headers));
    if is_https {
        router = router.layer(middleware::from_fn(security::https_only));
    }
    Ok(router.layer(middleware::from_fn(trace::trace)).with_state(state))
}

/// What views and server functions find around them: the context of use cases, who asks, and the page's policy.
fn request_context(cx: &Cx, pieces: &Pieces) {
    provide_context(cx.clone());
    provide_context(pieces.clone());
    let extensions = use_context::<Parts>().map(|parts| parts.extensions).unwrap_or_default();
    provide_context(extensions.get::<Actor>().cloned().unwrap_or(Actor::Anonymous));
    provide_context(extensions.get::<Client>().cloned().unwrap_or_default());
    provide_context(extensions.get::<Visitor>().cloned().unwrap_or_default());
    if let (Some(policy), Some(response)) = (security::page_policy(), use_context::<ResponseOptions>()) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
}

/// Pages and answers are one person's, and true now.
async fn private(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let value = HeaderValue::from_static("private, no-cache");
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(value);
    response
}

/// An unknown address shows the application's own page about it, to those who look for a page.
async fn as_not_found(request: Request, next: Next) -> Response {
    let is_read = request.method() == Method::GET || request.method() == Method::HEAD;
    if !is_read || error::is_for_programs(request.uri().path()) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let mut response = next.run(request).await;
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// A name with a hash never changes its content; everything else is asked for again, and mostly answered with 304.
async fn cache_files(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (is_code, is_hashed) = (path.starts_with("/pkg/"), path.starts_with("/pkg/synapse."));
    let mut response = next.run(request).await;
    let is_file = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    let value = if is_hashed && is_file { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(value));
    if is_code && is_file {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, security::OUR_CODE);
    }
    response
}
