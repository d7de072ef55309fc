//! What every answer has in common.

use axum::body::Body;
use http::{Request, StatusCode};

use crate::support::TestApp;

#[tokio::test]
async fn health_and_readiness_tell_the_truth() {
    let app = TestApp::new().await;
    let anybody = app.stranger();
    assert_eq!(anybody.get("/health").await.status, StatusCode::OK);
    assert_eq!(anybody.get("/ready").await.status, StatusCode::OK);
    sqlx::query("delete from _sqlx_migrations where version = (select max(version) from _sqlx_migrations)")
        .execute(app.db.pool())
        .await
        .unwrap();
    assert_eq!(anybody.get("/ready").await.status, StatusCode::SERVICE_UNAVAILABLE, "a migration is missing");
    assert_eq!(anybody.get("/health").await.status, StatusCode::OK, "but the process lives");
}

#[tokio::test]
async fn an_unknown_address_is_a_404_page_with_the_house_headers() {
    let app = TestApp::new().await;
    let answer = app.stranger().get("/no/such/page").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(answer.text().contains("<html"));
    let policy = answer.header("content-security-policy");
    assert!(policy.contains("'nonce-") && !policy.contains("script-src 'self' 'unsafe-inline'"), "{policy}");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(answer.header("x-frame-options"), "DENY");
    assert!(!answer.header("x-request-id").is_empty());
}

#[tokio::test]
async fn a_request_keeps_the_id_a_proxy_gave_it() {
    let app = TestApp::new().await;
    let id = "0192f0c1-2a3b-7c4d-8e5f-6a7b8c9d0e1f";
    let request = Request::get("/health").header("x-request-id", id).body(Body::empty()).unwrap();
    assert_eq!(app.stranger().send(request).await.header("x-request-id"), id);
    let request = Request::get("/health").header("x-request-id", "not-an-id\tat-all").body(Body::empty()).unwrap();
    assert_ne!(app.stranger().send(request).await.header("x-request-id"), "not-an-id\tat-all");
}

#[tokio::test]
async fn a_form_from_another_site_is_refused() {
    let app = TestApp::new().await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = Request::post("/login").header(name, value).header("host", "localhost:3000").body(Body::empty());
        assert_eq!(app.stranger().send(request.unwrap()).await.status, StatusCode::FORBIDDEN, "{name}");
    }
}
