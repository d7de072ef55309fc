//! Webhooks as programs see them: Label Studio's shapes, masked headers, the log.

use domain::token::{NewToken, Scope, TokenKind};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use service::{CxBuilder, Settings, account, job, testing::TestDb};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::support::{Answer, TestApp};

/// A server that thanks for whatever it is sent.
async fn receiver() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut heard = [0; 65_536];
                let _some = stream.read(&mut heard).await;
                let _gone =
                    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 6\r\nconnection: close\r\n\r\nthanks").await;
            });
        }
    });
    format!("http://{address}/hook")
}

/// A server that may reach this machine, and a program that acts for the owner of an organization.
struct Setting {
    app: TestApp,
    authorization: String,
}

impl Setting {
    async fn new() -> Self {
        let mut db = TestDb::new().await;
        let allow_networks = vec!["127.0.0.0/8".parse().unwrap()];
        let settings = Settings { allow_networks, ..db.cx.settings().clone() };
        db.cx = CxBuilder::new(db.pool().clone()).clock(db.cx.clock().clone()).settings(settings).build().unwrap();
        let app = TestApp::over(db);
        let (_, owner) = app.db.org("acme").await;
        let new = NewToken { title: "Tests".into(), kind: TokenKind::Key, scope: Scope::Write, days: None };
        let token = account::create_token(&app.db.cx, &owner, new).await.unwrap();
        Self { app, authorization: format!("Token {}", token.secret) }
    }

    async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api{path}"))
            .header(header::AUTHORIZATION, &self.authorization)
            .header(header::CONTENT_TYPE, "application/json");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.app.stranger().send(request.body(body.into()).unwrap()).await
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.ask(Method::GET, path, Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    async fn post(&self, path: &str, body: Value, status: u16) -> Value {
        let answer = self.ask(Method::POST, path, body).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text());
        answer.json()
    }
}

#[tokio::test]
async fn a_webhook_goes_through_its_life() {
    let setting = Setting::new().await;
    let url = receiver().await;
    let project = setting.post("/projects/", json!({ "title": "Moods" }), 201).await["id"].clone();
    let input = json!({ "url": url, "project": project, "send_for_all_actions": false,
        "actions": ["TASKS_CREATED", "ANNOTATION_CREATED"], "headers": { "X-Key": "hunter2" } });
    let mut made = setting.post("/webhooks/", input, 201).await;
    let id = made["id"].clone();
    let key = made.as_object_mut().unwrap().shift_remove("secret").unwrap();
    assert_eq!(setting.get(&format!("/v1/webhooks/{id}/key")).await["key"], key, "told once more to whoever asks");
    assert_eq!(made["actions"], json!(["TASKS_CREATED", "ANNOTATION_CREATED"]));
    assert_eq!((&made["project"], &made["is_active"], &made["send_payload"]), (&project, &json!(true), &json!(true)));
    assert_eq!(made["headers"], json!({ "X-Key": "••••••••" }));
    assert_eq!(setting.get(&format!("/webhooks/?project={project}")).await, json!([made]));
    assert_eq!(setting.get("/webhooks/").await.as_array().unwrap().len(), 1);
    let info = setting.get("/webhooks/info/").await;
    assert_eq!(info["ANNOTATION_CREATED"]["key"], "annotation");
    assert_eq!(setting.get("/webhooks/info/?organization-only=true").await.as_object().unwrap().len(), 2);

    // Sent back as it was shown, the masked value stays what it is.
    let patched = setting.ask(Method::PATCH, &format!("/webhooks/{id}/"), json!({ "headers": made["headers"] })).await;
    assert_eq!(patched.json::<Value>()["headers"], made["headers"]);
    setting.post(&format!("/projects/{project}/import"), json!([{ "text": "one" }]), 201).await;
    job::runner::run_waiting(&setting.app.db.cx).await.unwrap();
    let log = setting.get(&format!("/v1/webhooks/{id}/deliveries?state=delivered&action=TASKS_CREATED")).await;
    assert_eq!((log["results"].as_array().unwrap().len(), &log["next"]), (1, &Value::Null));
    let delivery = &log["results"][0]["id"];
    let detail = setting.get(&format!("/v1/webhooks/{id}/deliveries/{delivery}")).await;
    assert_eq!((&detail["state"], &detail["tries"][0]["response_body"]), (&json!("delivered"), &json!("thanks")));
    assert!(!detail.to_string().contains("hunter2"));
    let body: Value = serde_json::from_str(detail["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["tasks"][0]["data"], json!({ "text": "one" }));
    let replay = format!("/v1/webhooks/{id}/replay");
    assert_eq!(setting.post(&replay, json!({ "delivery": delivery }), 200).await["count"], 1);
    assert_eq!(setting.post(&replay, json!({ "first": 1, "last": delivery }), 200).await["count"], 1);
    assert_eq!(setting.post(&replay, json!({ "failed_since": "2026-01-01T00:00:00Z" }), 200).await["count"], 0);
    assert_eq!(setting.post(&format!("/v1/webhooks/{id}/test"), Value::Null, 200).await["state"], "delivered");
    let other = setting.post(&format!("/v1/webhooks/{id}/key"), Value::Null, 201).await;
    assert_ne!(key, other["key"]);

    // What programs get wrong.
    for (body, field) in [
        (json!({}), "url"),
        (json!({ "url": "zzz" }), "url"),
        (json!({ "url": "http://10.0.0.1/" }), "url"),
        (json!({ "url": url, "actions": ["ZZ"] }), "actions"),
        (json!({ "url": url, "project": project, "actions": ["PROJECT_CREATED"] }), "non_field_errors"),
        (json!({ "url": url, "headers": "x" }), "headers"),
        (json!({ "url": url, "headers": { "Host": "x" } }), "headers"),
    ] {
        let answer = setting.ask(Method::POST, "/webhooks/", body.clone()).await;
        assert_eq!((answer.status, answer.field().as_str()), (StatusCode::BAD_REQUEST, field), "{body}");
    }
    let nowhere = setting.ask(Method::POST, "/webhooks/", json!({ "url": url, "project": 99_999 })).await;
    assert_eq!(nowhere.status, StatusCode::NOT_FOUND);
    let wrong = setting.ask(Method::POST, &replay, json!({ "delivery": 1, "first": 2 })).await;
    assert_eq!(wrong.code(), "replay_malformed");
    let gone = setting.ask(Method::DELETE, &format!("/webhooks/{id}/"), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let gone = setting.ask(Method::GET, &format!("/webhooks/{id}/"), Value::Null).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
}
