//! `/docs/api`: the `OpenAPI` document as a page that people read. It is made of the very document that programs get, once when
//! the server starts, and asks nobody else for anything.

mod example;
mod page;
mod read;

use std::sync::Arc;

use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, header};
use serde_json::Value;

/// Styles and scripts of ours alone, and nothing that could be sent anywhere.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'",
);
/// The colors and sizes of the application, and what this page does with them.
const STYLE: &str = concat!(include_str!("../../../style/tokens.css"), include_str!("page.css"));
const SCRIPT: &str = include_str!("page.js");

/// The page about a document, but for the theme.
#[derive(Clone)]
pub struct Page(Arc<str>);

impl Page {
    /// About this document of a server at this address.
    #[must_use]
    pub fn of(document: &Value, base_url: &str) -> Self {
        Self(page::body(&read::reference(document, base_url)).into())
    }
}

/// The page.
pub async fn show(State(Page(body)): State<Page>, headers: HeaderMap) -> Response {
    let page = [page::head(theme(&headers)).as_str(), &body].concat();
    let mut response = Html(page).into_response();
    let out = response.headers_mut();
    out.insert(header::CONTENT_SECURITY_POLICY, POLICY);
    out.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// How it looks.
pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], STYLE)
}

/// How it is searched.
pub async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], SCRIPT)
}

/// What the person chose in the application; nothing for what their system says.
fn theme(headers: &HeaderMap) -> Option<&'static str> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let chosen = cookies.flat_map(|value| value.split(';')).find_map(|cookie| cookie.trim().strip_prefix("theme="));
    ["light", "dark"].into_iter().find(|known| chosen == Some(known))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_theme_is_the_one_that_was_chosen() {
        for (cookie, expected) in [("a=b; theme=dark", Some("dark")), ("theme=light", Some("light")), ("theme=x", None)]
        {
            let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(cookie))]);
            assert_eq!(theme(&headers), expected, "{cookie}");
        }
    }

    #[test]
    fn what_a_document_says_is_text_and_nothing_else() {
        let document =
            json!({"info": {"title": "T", "version": "1", "description": "<script>alert(1)</script>"}, "paths": {}});
        let page = page::body(&read::reference(&document, "https://x"));
        assert!(page.contains("&lt;script&gt;alert(1)"), "{page}");
    }
}
