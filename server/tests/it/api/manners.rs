//! What holds for every operation: forms, refusals, questions asked twice, limits, other sites, and the document.

use axum::body::Body;
use domain::token::{Scope, TokenKind};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};

use super::program;
use crate::support::TestApp;

#[tokio::test]
async fn forms_say_the_same_as_json() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let parts = "--edge\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nBy a form\r\n\
        --edge\r\nContent-Disposition: form-data; name=\"maximum_annotations\"\r\n\r\n2\r\n--edge--\r\n";
    for (media_type, body) in [
        ("application/json", r#"{"title": "By a form", "maximum_annotations": 2}"#),
        ("application/x-www-form-urlencoded", "title=By+a+form&maximum_annotations=2"),
        ("multipart/form-data; boundary=edge", parts),
    ] {
        let request = Request::post("/api/projects/")
            .header(header::CONTENT_TYPE, media_type)
            .header(header::AUTHORIZATION, &ours.authorization)
            .body(Body::from(body))
            .unwrap();
        let answer = ours.browser.send(request).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{media_type}: {}", answer.text());
        let made: Value = answer.json();
        assert_eq!((&made["title"], &made["maximum_annotations"]), (&json!("By a form"), &json!(2)), "{media_type}");
    }
    let request = Request::post("/api/projects/")
        .header(header::CONTENT_TYPE, "application/xml")
        .header(header::AUTHORIZATION, &ours.authorization)
        .body(Body::from("<a/>"))
        .unwrap();
    assert_eq!(ours.browser.send(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn refusals_are_json_wherever_they_come_from() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    for (method, path, body, status) in [
        (Method::GET, "/nothing/here", None, 404),
        (Method::GET, "/projects/no-number/", None, 404),
        (Method::GET, "/projects/999999999999999999999/", None, 404),
        (Method::PUT, "/projects/", None, 405),
        (Method::GET, "/projects/?page=9", None, 404),
        (Method::GET, "/projects/?ids=a", None, 400),
        (Method::GET, "/projects/?page=x", None, 400),
        (Method::GET, "/tasks/", None, 400),
        (Method::POST, "/projects/", Some(json!({ "title": 5 })), 400),
        (Method::POST, "/projects/", Some(json!({ "title": "Nope", "sampling": "none" })), 400),
        (Method::POST, "/projects/", Some(json!({ "title": "Nope", "label_config": "<View>" })), 400),
        (Method::POST, "/projects/validate/", Some(json!({ "label_config": "<View><X/>" })), 400),
        (Method::POST, "/tasks/", Some(json!({ "project": 1 })), 400),
        (Method::POST, "/tasks/1/annotations/", Some(json!({ "result": "x" })), 400),
    ] {
        let answer = ours.ask(method.clone(), path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text());
        let told: Value = answer.json();
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
        assert_eq!(
            (&told["status_code"], told["version"].is_string()),
            (&json!(status), true),
            "{method} {path}: {told}"
        );
        assert!(!told["detail"].as_str().unwrap().is_empty() && told["id"].is_string(), "{method} {path}: {told}");
    }
}

#[tokio::test]
async fn a_question_asked_twice_is_answered_twice_and_done_once() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let ask = async |key: &str, title: &str| {
        let body = Some(json!({ "title": title }));
        ours.with(Method::POST, "/projects/", body, &[("idempotency-key", key)]).await
    };
    let first = ask("a", "Once").await;
    let second = ask("a", "Once").await;
    assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json::<Value>()["id"], second.json::<Value>()["id"]);
    assert_eq!((first.header("idempotent-replayed"), second.header("idempotent-replayed")), ("", "true"));
    let other = ask("a", "Twice").await;
    assert_eq!((other.status, other.code().as_str()), (StatusCode::BAD_REQUEST, "idempotency_key_reused"));
    assert_eq!(ask("b", "Once").await.header("idempotent-replayed"), "");
    assert_eq!(ask("", "Once").await.code(), "idempotency_key_malformed");
    let list: Value = ours.get("/projects/").await.json();
    assert_eq!(list["count"], json!(2));
    app.db.wait(chrono::TimeDelta::hours(25));
    assert_eq!(ask("a", "Anew").await.status, StatusCode::CREATED, "keys are forgotten after a day");
}

#[tokio::test]
async fn too_many_questions_are_told_when_to_ask_again() {
    let app = TestApp::with_config(|config| config.api_requests_per_minute = 2).await;
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let first = ours.get("/version").await;
    assert_eq!((first.header("ratelimit-limit"), first.header("ratelimit-remaining")), ("2", "1"));
    ours.get("/version").await;
    let third = ours.get("/version").await;
    assert_eq!((third.status, third.code().as_str()), (StatusCode::TOO_MANY_REQUESTS, "rate_limited"));
    assert!((1..=31).contains(&third.header("retry-after").parse::<u32>().unwrap()));
    let other = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    assert_eq!(other.get("/version").await.status, StatusCode::OK, "each token has its own");
}

#[tokio::test]
async fn pages_of_other_sites_ask_only_where_they_may() {
    let app = TestApp::with_config(|config| config.api_origins.0.push("https://tools.example.com".to_owned())).await;
    for (origin, allowed) in [("https://tools.example.com", "https://tools.example.com"), ("https://evil.example", "")]
    {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri("/api/projects/")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization")
            .body(Body::empty())
            .unwrap();
        let answer = app.stranger().send(request).await;
        assert_eq!(answer.header("access-control-allow-origin"), allowed, "{origin}");
    }
}

#[tokio::test]
async fn the_document_describes_every_operation() {
    let app = TestApp::new().await;
    let document: Value = app.stranger().get("/api/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let mut count = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            count += 1;
            assert!(operation["tags"][0].is_string(), "{method} {path} has no tag");
            assert!(operation["summary"].is_string(), "{method} {path} has no sentence");
            assert!(operation["responses"]["401"].is_object(), "{method} {path} does not say that it may refuse");
        }
    }
    assert!(count > 60, "{count}");
}
