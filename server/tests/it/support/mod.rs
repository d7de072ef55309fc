//! `TestApp`: a database of its own behind the real router, and browsers that keep their cookie.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
};
use http::{HeaderMap, Method, Request, StatusCode, header};
use leptos::{config::LeptosOptions, server_fn::ServerFn};
use serde::Serialize;
use server::{
    config::{Config, Flags},
    router::router,
    state::AppState,
};
use service::{
    Actor,
    account::{self, Client},
    testing::{PASSWORD, TestDb},
};
use tower::ServiceExt;

/// No answer of ours is larger.
const ANSWER_MAX_BYTES: usize = 64 << 20;

/// A server without a socket.
pub struct TestApp {
    pub db: TestDb,
    router: Router,
}

/// Somebody's browser: a cookie, or none.
#[derive(Clone)]
pub struct Browser<'a> {
    app: &'a TestApp,
    session: Option<String>,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl TestApp {
    pub async fn new() -> Self {
        let db = TestDb::new().await;
        let config = Config::load(&Flags::default()).unwrap();
        let leptos = LeptosOptions::builder().output_name("synapse").site_root("no-site").hash_files(false).build();
        let router = router(AppState { cx: db.cx.clone(), leptos }, &config).unwrap();
        Self { db, router }
    }

    /// A browser in which nobody has signed in.
    pub fn stranger(&self) -> Browser<'_> {
        Browser { app: self, session: None }
    }

    /// A browser in which this person has signed in.
    pub async fn browser_of(&self, actor: &Actor) -> Browser<'_> {
        let email = &actor.user().unwrap().email;
        let session = account::sign_in(&self.db.cx, &Client::default(), email, PASSWORD.to_owned()).await.unwrap();
        Browser { app: self, session: Some(session.token) }
    }
}

impl Browser<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    }

    /// Calls a server function as the page does.
    pub async fn call<F: ServerFn + Serialize>(&self, input: &F) -> Answer {
        let form = serde_qs::to_string(input).unwrap();
        let request = Request::builder()
            .method(Method::POST)
            .uri(F::PATH)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(form))
            .unwrap();
        self.send(request).await
    }

    /// As [`Browser::call`], for functions that take JSON.
    pub async fn call_json<F: ServerFn + Serialize>(&self, input: &F) -> Answer {
        let request = Request::builder()
            .method(Method::POST)
            .uri(F::PATH)
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(serde_json::to_vec(input).unwrap()))
            .unwrap();
        self.send(request).await
    }

    pub async fn send(&self, mut request: Request<Body>) -> Answer {
        if let Some(session) = &self.session {
            let cookie = format!("synapse_session={session}").parse().unwrap();
            request.headers_mut().insert(header::COOKIE, cookie);
        }
        request.extensions_mut().insert(ConnectInfo(std::net::SocketAddr::from(([127, 0, 0, 1], 40_000))));
        let response = self.app.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, ANSWER_MAX_BYTES).await.unwrap().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The stable code of a refusal, as a server function spells it.
    pub fn code(&self) -> String {
        let json: serde_json::Value = serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", self.text()));
        let code = json.pointer("/domain/code").or_else(|| json.get("code"));
        code.and_then(|code| code.as_str()).unwrap_or_else(|| panic!("{json}")).to_owned()
    }

    /// The input a refusal belongs to.
    pub fn field(&self) -> String {
        let json: serde_json::Value = self.json();
        let field = json.pointer("/domain/field").and_then(|field| field.as_str());
        field.unwrap_or_default().to_owned()
    }

    /// What a server function answered.
    pub fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// `ok`, or the code of the refusal.
    pub fn code_or_ok(&self) -> String {
        if self.status == StatusCode::OK { "ok".to_owned() } else { self.code() }
    }
}
