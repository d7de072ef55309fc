//! `TestApp`: a database of its own behind the real router, and browsers that keep their cookie.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
};
use domain::id::ProjectId;
use domain::problem::{MEDIA_TYPE, Problem};
use http::{HeaderMap, Method, Request, StatusCode, header};
use leptos::{config::LeptosOptions, server_fn::ServerFn};
use serde::Serialize;
use server::{
    config::{Config, Flags},
    router::router,
    state::AppState,
};
use service::{
    Actor, CxBuilder, Settings,
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

/// A call of a server function, as the page makes it. It can be made again.
#[derive(Debug, Clone)]
pub struct Call {
    pub path: &'static str,
    pub media_type: &'static str,
    pub body: String,
}

impl Call {
    pub fn of<F: ServerFn + Serialize>(input: &F) -> Self {
        // The first parameter of the protocol is how the input travels.
        let protocol = std::any::type_name::<F::Protocol>();
        let is_json = protocol.split(',').next().is_some_and(|input| input.contains("JsonEncoding"));
        let (media_type, body) = if is_json {
            ("application/json", serde_json::to_string(input).unwrap())
        } else {
            ("application/x-www-form-urlencoded", serde_qs::to_string(input).unwrap())
        };
        Self { path: F::PATH, media_type, body }
    }

    pub fn request(&self) -> Request<Body> {
        Request::builder()
            .method(Method::POST)
            .uri(self.path)
            .header(header::CONTENT_TYPE, self.media_type)
            .header(header::ACCEPT, "application/json")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(self.body.clone()))
            .unwrap()
    }
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl TestApp {
    pub async fn new() -> Self {
        Self::over(TestDb::new().await)
    }

    /// As an operator runs it for others: without pages for development.
    pub async fn for_others() -> Self {
        let mut db = TestDb::new().await;
        let settings = Settings { dev_pages: false, ..db.cx.settings().clone() };
        db.cx = CxBuilder::new(db.pool().clone()).clock(db.cx.clock().clone()).settings(settings).build().unwrap();
        Self::over(db)
    }

    /// With other settings.
    pub async fn with_config(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::load(&Flags::default()).unwrap();
        change(&mut config);
        Self::of(TestDb::new().await, &config)
    }

    /// The same over a database whose context differs.
    pub fn over(db: TestDb) -> Self {
        Self::of(db, &Config::load(&Flags::default()).unwrap())
    }

    fn of(db: TestDb, config: &Config) -> Self {
        crate::rendering::listen();
        let leptos = LeptosOptions::builder().output_name("synapse").site_root("no-site").hash_files(false).build();
        let router = router(AppState { cx: db.cx.clone(), leptos }, config).unwrap();
        Self { db, router }
    }

    /// A browser in which nobody has signed in.
    pub fn stranger(&self) -> Browser<'_> {
        Browser { app: self, session: None }
    }

    /// A browser with this session's cookie.
    pub fn browser_with(&self, session: Option<String>) -> Browser<'_> {
        Browser { app: self, session }
    }

    /// A browser in which this person has signed in.
    pub async fn browser_of(&self, actor: &Actor) -> Browser<'_> {
        self.browser_with(Some(self.session_of(actor).await))
    }

    /// The cookie of a browser in which this person has signed in.
    pub async fn session_of(&self, actor: &Actor) -> String {
        let email = &actor.user().unwrap().email;
        let session = account::sign_in(&self.db.cx, &Client::default(), email, PASSWORD.to_owned()).await.unwrap();
        session.token
    }
}

impl Browser<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).header(header::ACCEPT, "text/html").body(Body::empty()).unwrap()).await
    }

    /// Calls a server function as the page does.
    pub async fn call<F: ServerFn + Serialize>(&self, input: &F) -> Answer {
        self.send(Call::of(input).request()).await
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

    /// Sends a file of a form to a project.
    pub async fn upload(&self, project_id: ProjectId, name: &str, bytes: &[u8]) -> Answer {
        let mut body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let request = Request::post(format!("/projects/{project_id}/upload"))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=edge")
            .header("sec-fetch-site", "same-origin")
            .body(Body::from(body))
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

    /// The refusal, as every door spells it.
    pub fn problem(&self) -> Problem {
        assert_eq!(self.header("content-type"), MEDIA_TYPE, "{}: {}", self.status, self.text());
        let problem: Problem = self.json();
        assert_eq!(problem.status, self.status.as_u16(), "{problem:?}");
        problem
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> String {
        self.problem().code
    }

    /// The input a refusal belongs to.
    pub fn field(&self) -> String {
        self.problem().field.unwrap_or_default()
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
