//! Headers that tell browsers what pages of ours may do.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderName, HeaderValue, header};
use leptos::nonce::use_nonce;

/// For everything that is not a page: it may do nothing, even when somebody opens an uploaded file in a tab.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'; sandbox";

/// For what a browser runs for our pages, beside them too: a sandbox would keep it from running at all.
pub const OUR_CODE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds what a handler has not decided itself.
pub async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NOTHING));
    response
}

/// Adds `Strict-Transport-Security`: only where people come by https.
pub async fn https_only(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
    response
}

/// The policy of the page being rendered: scripts and styles of ours with this page's nonce, nothing from third parties.
/// Pictures, sound and films may come from anywhere, because tasks refer to them by address.
#[must_use]
pub fn page_policy() -> Option<HeaderValue> {
    let nonce = use_nonce()?;
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob: http: https:; media-src 'self' data: blob: http: https:; \
         font-src 'self'; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; \
         frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).ok()
}
