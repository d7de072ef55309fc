//! The REST interface: what programs show, how refusals look, and the shapes that Label Studio's SDK reads.

mod manners;
mod own;
mod storage;
mod token;
mod work;

use axum::body::Body;
use domain::token::{NewToken, Scope, TokenKind};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use service::{Actor, account};

use crate::support::{Answer, Browser, TestApp};

/// A program with a key.
pub(crate) struct Program<'a> {
    browser: Browser<'a>,
    authorization: String,
}

impl Program<'_> {
    pub(crate) async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.with(method, path, body, &[]).await
    }

    async fn with(&self, method: Method, path: &str, body: Option<Value>, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("/api{path}"));
        if !self.authorization.is_empty() {
            request = request.header(header::AUTHORIZATION, &self.authorization);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        self.browser.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.ask(Method::POST, path, Some(body)).await
    }
}

/// A program that acts for somebody with a new token.
pub(crate) async fn program<'a>(app: &'a TestApp, actor: &Actor, kind: TokenKind, scope: Scope) -> Program<'a> {
    let new = NewToken { title: "Tests".to_owned(), kind, scope, days: Some(30) };
    let created = account::create_token(&app.db.cx, actor, new).await.unwrap();
    let shown = match kind {
        TokenKind::Key => format!("Token {}", created.secret),
        TokenKind::Personal => {
            let nobody = Program { browser: app.stranger(), authorization: String::new() };
            let answer = nobody.post("/token/refresh/", json!({ "refresh": created.secret })).await;
            format!("Bearer {}", answer.json::<Value>()["access"].as_str().unwrap())
        }
    };
    Program { browser: app.stranger(), authorization: shown }
}

const SENTIMENT: &str = r#"<View><Text name="text" value="$text"/>
    <Choices name="mood" toName="text"><Choice value="good"/><Choice value="bad"/></Choices></View>"#;

pub(crate) fn mood(choice: &str) -> Value {
    json!([{ "from_name": "mood", "to_name": "text", "type": "choices", "value": { "choices": [choice] } }])
}

/// A project with three tasks; its number and theirs.
pub(crate) async fn project(ours: &Program<'_>) -> (i64, Vec<i64>) {
    let made = ours.post("/projects/", json!({ "title": "Moods", "label_config": SENTIMENT })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let id = made.json::<Value>()["id"].as_i64().unwrap();
    let tasks = json!([{ "text": "one" }, { "data": { "text": "two" } }, { "text": "three" }]);
    let answer = ours.post(&format!("/projects/{id}/import?return_task_ids=true"), tasks).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    (id, serde_json::from_value(answer.json::<Value>()["task_ids"].clone()).unwrap())
}
