//! Models: who sets them up, what they are told, and everything they can do wrong.

mod work;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use domain::{
    Kind,
    id::{MlBackendId, ProjectId, TaskId},
    ml::{Auth, BackendForm, Question, State},
    result::ResultItem,
};
use serde_json::{Value, json};
use service::{
    Actor, Cx, CxBuilder, Settings, ml,
    provider::resolve::{Resolver, Script},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{annotate::Work, code, refused};

/// How a model behaves.
#[derive(Debug, Clone)]
enum Manner {
    /// As the protocol says, with this answer to `predict`.
    Answers(Value),
    /// It wants these credentials, and then answers that nothing was found.
    Wants(&'static str),
    /// Always this status, with these lines of headers, and this body.
    Says(&'static str, String, String),
    /// What is asked decides what `predict` says, or the status it fails with.
    Does(fn(&Value) -> Result<Value, &'static str>),
    /// It takes the question and never answers.
    Hangs,
    /// It begins to answer and never ends, without a word of how long that is.
    Floods,
}

/// What a model was asked: method and path, credentials, body.
type Heard = Arc<Mutex<Vec<(String, Option<String>, Value)>>>;

/// A stand-in that speaks the protocol of ML backends, or does not.
struct StandIn {
    address: SocketAddr,
    heard: Heard,
}

impl StandIn {
    async fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Heard::default();
        let log = heard.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(attend(stream, manner.clone(), log.clone()));
            }
        });
        Self { address, heard }
    }

    fn url(&self) -> String {
        format!("http://{}/model", self.address)
    }

    fn heard(&self) -> Vec<(String, Option<String>, Value)> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }
}

async fn attend(mut stream: TcpStream, manner: Manner, heard: Heard) {
    let mut bytes = Vec::new();
    let (head, length) = loop {
        let mut piece = [0; 4096];
        let count = stream.read(&mut piece).await.unwrap_or(0);
        if count == 0 {
            return;
        }
        bytes.extend_from_slice(&piece[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let length = header(&head, "content-length").map_or(0, |length| length.parse::<usize>().unwrap());
        if bytes.len() >= end + 4 + length {
            break (head, end + 4..end + 4 + length);
        }
    };
    let first = head.lines().next().unwrap().rsplit_once(' ').unwrap().0.to_owned();
    let credentials = header(&head, "authorization");
    let body = serde_json::from_slice(&bytes[length]).unwrap_or(Value::Null);
    heard.lock().unwrap().push((first.clone(), credentials.clone(), body.clone()));
    let ok = |value: Value| ("200 OK", String::new(), value.to_string());
    let usual = |predict: Value| match first.as_str() {
        "GET /model/health" => ok(json!({"status": "UP", "model_class": "StandIn"})),
        "POST /model/setup" => ok(json!({"model_version": "stand-in 1"})),
        "POST /model/predict" => ok(predict),
        "POST /model/webhook" => ("201 Created", String::new(), "{}".to_owned()),
        "POST /model/versions" => ok(json!({"versions": ["stand-in 0", "stand-in 1"]})),
        _ => ("404 Not Found", String::new(), String::new()),
    };
    let (status, headers, body) = match manner {
        Manner::Answers(value) => usual(value),
        Manner::Wants(wanted) if credentials.as_deref() == Some(wanted) => usual(json!({"results": []})),
        Manner::Wants(_) => ("401 Unauthorized", String::new(), String::new()),
        Manner::Does(predict) => match (first.as_str(), predict(&body)) {
            ("POST /model/predict", Err(status)) => (status, String::new(), "{}".to_owned()),
            (_, answer) => usual(answer.unwrap_or_default()),
        },
        Manner::Says(status, headers, body) => (status, headers, body),
        Manner::Hangs => return std::future::pending().await,
        Manner::Floods => {
            // Chunks without end: more than anybody has memory for.
            let mut answer = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
            while stream.write_all(&answer).await.is_ok() {
                answer = format!("{:x}\r\n{}\r\n", 1 << 16, " ".repeat(1 << 16)).into_bytes();
            }
            return;
        }
    };
    let length = body.len();
    let answer = format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}");
    // A client that has heard enough is gone.
    let _ = stream.write_all(answer.as_bytes()).await;
}

fn header(head: &str, name: &str) -> Option<String> {
    let lines = head.lines().filter_map(|line| line.split_once(':'));
    lines.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// A project with smart boxes, whose server may reach this machine.
struct Studio {
    work: Work,
    cx: Cx,
    task_id: TaskId,
    annotator: Actor,
}

impl Studio {
    async fn new() -> Self {
        Self::with(2).await
    }

    /// With so many tasks.
    async fn with(tasks: i64) -> Self {
        let work = Work::new(tasks, 1).await;
        work.set(
            r#"label_config = '<View><Image name="img" value="$image"/>
            <RectangleLabels name="box" toName="img" smart="true"><Label value="Cat"/></RectangleLabels>
            <Choices name="mood" toName="img"><Choice value="Good"/></Choices></View>'"#,
        )
        .await;
        let annotator = work.annotator("ann").await;
        let task_id = work.next(&annotator).await.task.unwrap().task_id;
        let cx = reaching(&work, &["127.0.0.0/8"], Resolver::System);
        Self { work, cx, task_id, annotator }
    }

    fn project_id(&self) -> ProjectId {
        self.work.project_id
    }

    async fn add(&self, form: BackendForm) -> service::Result<domain::ml::Backend> {
        ml::add(&self.cx, &self.work.owner, self.project_id(), form).await
    }

    fn question(&self) -> Question {
        Question { project_id: self.project_id(), task_id: self.task_id, prompts: items(json!([prompt("p")])) }
    }

    async fn ask(&self) -> service::Result<domain::ml::Suggestion> {
        ml::ask(&self.cx, &self.annotator, self.question()).await
    }
}

fn reaching(work: &Work, networks: &[&str], resolver: Resolver) -> Cx {
    let allow_networks = networks.iter().map(|network| network.parse().unwrap()).collect();
    let settings = Settings { allow_networks, ..work.db.cx.settings().clone() };
    let clock = work.db.cx.clock().clone();
    CxBuilder::new(work.db.pool().clone()).clock(clock).resolver(resolver).settings(settings).build().unwrap()
}

fn form(url: &str) -> BackendForm {
    BackendForm {
        title: "SAM".into(),
        description: String::new(),
        url: url.into(),
        auth: Auth::None,
        timeout_s: 20,
        is_interactive: true,
        extra_params: None,
    }
}

fn basic(username: &str, password: Option<&str>) -> Auth {
    Auth::Basic { username: username.into(), password: password.map(str::to_owned) }
}

fn prompt(id: &str) -> Value {
    json!({"id": id, "from_name": "box", "to_name": "img", "type": "rectanglelabels", "origin": "manual", "is_positive": true,
        "original_width": 100, "original_height": 100, "image_rotation": 0,
        "value": {"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0, "rectanglelabels": ["Cat"]}})
}

fn items(json: Value) -> Vec<ResultItem> {
    ResultItem::list_from_json(json).unwrap()
}

#[tokio::test]
async fn a_model_is_added_asked_changed_and_removed() {
    let studio = Studio::new().await;
    let (cx, owner, project_id) = (&studio.cx, &studio.work.owner, studio.project_id());
    assert_eq!(code(studio.ask().await), "no_model");
    let found = json!({"results": [{"result": [prompt("m")], "score": 0.9, "model_version": "v7"}]});
    let model = StandIn::new(Manner::Answers(found)).await;
    let added = studio.add(form(&format!("{}/", model.url()))).await.unwrap();
    assert_eq!((added.state, added.message.as_str(), added.model_version.as_str()), (State::Up, "", "stand-in 1"));
    let heard = model.heard();
    assert_eq!(heard[0].0, "GET /model/health");
    assert_eq!(heard[1].0, "POST /model/setup");
    let born: i64 =
        sqlx::query_scalar("select floor(extract(epoch from created_at))::bigint from project where project_id = $1")
            .bind(project_id.0)
            .fetch_one(studio.work.db.pool())
            .await
            .unwrap();
    assert_eq!(heard[1].2["project"], format!("{project_id}.{born}"));
    assert!(heard[1].2["schema"].as_str().unwrap().contains("RectangleLabels"));
    assert_eq!(heard[1].2["access_token"], "");

    let suggestion = studio.ask().await.unwrap();
    let [region] = &suggestion.result[..] else { panic!("{suggestion:?}") };
    assert_eq!((region.id(), region.origin(), suggestion.model_version.as_str()), ("m", Some("prediction"), "v7"));
    let (asked, credentials, body) = model.heard().remove(0);
    assert_eq!((asked.as_str(), credentials), ("POST /model/predict", None));
    assert_eq!(body["tasks"], json!([{"id": studio.task_id, "data": {"image": 1}}]));
    assert_eq!(body["params"]["context"], json!({"result": [prompt("p")], "task_id": studio.task_id}));
    assert_eq!(studio.work.next(&studio.annotator).await.project.model.as_deref(), Some("SAM"));

    // One model is asked: another one takes the place of the first, and gives it back.
    let other = studio.add(BackendForm { title: "Other".into(), ..form(&model.url()) }).await.unwrap();
    let asked = async || {
        let all = ml::list(cx, owner, project_id).await.unwrap();
        all.into_iter().filter(|model| model.is_interactive).map(|model| model.title).collect::<Vec<_>>()
    };
    assert_eq!(asked().await, ["Other"]);
    ml::set_interactive(cx, owner, project_id, added.ml_backend_id, true).await.unwrap();
    assert_eq!(asked().await, ["SAM"]);
    ml::set_interactive(cx, owner, project_id, added.ml_backend_id, false).await.unwrap();
    assert_eq!(code(studio.ask().await), "no_model");
    ml::remove(cx, owner, project_id, other.ml_backend_id).await.unwrap();
    ml::remove(cx, owner, project_id, other.ml_backend_id).await.unwrap();
    assert_eq!(ml::list(cx, owner, project_id).await.unwrap().len(), 1);
    let told: Vec<String> = sqlx::query_scalar(
        "select action from audit_event where subject = 'project' and action like 'ml_backend%' order by audit_event_id",
    )
    .fetch_all(studio.work.db.pool())
    .await
    .unwrap();
    let expected = ["added", "added", "changed", "changed", "removed"].map(|what| format!("ml_backend_{what}"));
    assert_eq!(told, expected);
}

#[tokio::test]
async fn whoever_may_not_is_refused() {
    let studio = Studio::new().await;
    let (cx, project_id) = (&studio.cx, studio.project_id());
    let model = StandIn::new(Manner::Answers(json!({"results": []}))).await;
    let id = studio.add(form(&model.url())).await.unwrap().ml_backend_id;
    let (_, rival) = studio.work.db.org("rival").await;
    let idle = studio.work.annotator("idle").await;
    model.heard();
    for (who, kind) in [(&studio.annotator, Kind::Forbidden), (&rival, Kind::NotFound)] {
        assert_eq!(refused(ml::list(cx, who, project_id).await), kind);
        assert_eq!(refused(ml::add(cx, who, project_id, form(&model.url())).await), kind);
        assert_eq!(refused(ml::change(cx, who, project_id, id, form(&model.url())).await), kind);
        assert_eq!(refused(ml::set_interactive(cx, who, project_id, id, true).await), kind);
        assert_eq!(refused(ml::check(cx, who, project_id, id).await), kind);
        assert_eq!(refused(ml::remove(cx, who, project_id, id).await), kind);
    }
    // Whoever has no business with the task asks nobody about it.
    assert_eq!(refused(ml::ask(cx, &idle, studio.question()).await), Kind::NotFound);
    assert_eq!(refused(ml::ask(cx, &rival, studio.question()).await), Kind::NotFound);
    let gone = Question { task_id: TaskId(0), ..studio.question() };
    assert_eq!(refused(ml::ask(cx, &studio.work.owner, gone).await), Kind::NotFound);
    let other = Question { prompts: items(json!([{"from_name": "mood", "to_name": "img"}])), ..studio.question() };
    assert_eq!(code(ml::ask(cx, &studio.annotator, other).await), "not_smart");
    assert!(model.heard().is_empty(), "and the model hears of none of it");
    // A model of another project is none of this one.
    let other_project = Work::new(1, 1).await;
    let elsewhere = ml::check(&other_project.db.cx, &other_project.owner, other_project.project_id, id).await;
    assert_eq!(refused(elsewhere), Kind::NotFound);
    assert_eq!(refused(ml::check(cx, &studio.work.owner, project_id, MlBackendId(0)).await), Kind::NotFound);
    assert!(studio.ask().await.unwrap().result.is_empty(), "who may is answered");
}

#[tokio::test]
async fn a_project_has_so_many_models() {
    let studio = Studio::new().await;
    let model = StandIn::new(Manner::Answers(json!({"results": []}))).await;
    for _ in 0..domain::ml::MAX_BACKENDS {
        studio.add(form(&model.url())).await.unwrap();
    }
    assert_eq!(code(studio.add(form(&model.url())).await), "too_many_models");
}

#[tokio::test]
async fn whatever_a_model_does_is_told_in_a_sentence() {
    let studio = Studio::new().await;
    let says = |status, headers: &str, body: &str| Manner::Says(status, headers.into(), body.into());
    let elsewhere = StandIn::new(Manner::Answers(json!({"results": []}))).await;
    let away = format!("location: {}/health\r\n", elsewhere.url());
    let misfit = json!({"results": [{"result": [{"id": "x", "from_name": "nobody", "to_name": "img", "value": {}}]}]});
    let deep = format!(r#"{{"results": {}1{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    for (manner, expected) in [
        (Manner::Hangs, "model_timed_out"),
        (Manner::Floods, "model_answer_too_large"),
        (says("500 Internal Server Error", "", "{}"), "model_failed"),
        (says("401 Unauthorized", "", ""), "model_refuses_credentials"),
        (says("403 Forbidden", "", ""), "model_refuses_credentials"),
        (says("302 Found", &away, ""), "model_redirects"),
        (says("307 Temporary Redirect", &away, ""), "model_redirects"),
        (says("200 OK", "", "<html>Welcome</html>"), "model_nonsense"),
        (says("200 OK", "", ""), "model_nonsense"),
        (says("200 OK", "", "[]"), "model_nonsense"),
        (says("200 OK", "", &deep), "model_nonsense"),
        (Manner::Answers(json!({"results": [{"result": "all"}]})), "model_nonsense"),
        (Manner::Answers(json!({"results": [{"result": [{"id": "\u{0}"}]}]})), "model_nonsense"),
        (Manner::Answers(misfit), "model_misfit"),
    ] {
        let model = StandIn::new(manner.clone()).await;
        let added = studio.add(BackendForm { timeout_s: 1, ..form(&model.url()) }).await.unwrap();
        let is_up = matches!(manner, Manner::Answers(_));
        assert_eq!(added.state, if is_up { State::Up } else { State::Down }, "{manner:?}");
        assert_eq!(added.message.is_empty(), is_up, "{manner:?}: {}", added.message);
        assert_eq!(code(studio.ask().await), expected, "{manner:?}");
        ml::remove(&studio.cx, &studio.work.owner, studio.project_id(), added.ml_backend_id).await.unwrap();
    }
    assert!(elsewhere.heard().is_empty(), "nobody was sent on");
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let added = studio.add(form(&format!("http://{nobody}"))).await.unwrap();
    assert_eq!(added.state, State::Down);
    assert!(added.message.contains("cannot be reached"), "{}", added.message);
    assert_eq!(code(studio.ask().await), "model_unreachable");
}

#[tokio::test]
async fn a_password_is_said_to_its_server_and_to_nobody_else() {
    let studio = Studio::new().await;
    let (cx, owner, project_id) = (&studio.cx, &studio.work.owner, studio.project_id());
    // me:open sesame
    let model = StandIn::new(Manner::Wants("Basic bWU6b3BlbiBzZXNhbWU=")).await;
    let down = studio.add(BackendForm { auth: basic("me", Some("wrong")), ..form(&model.url()) }).await.unwrap();
    assert_eq!(down.state, State::Down);
    assert!(down.message.contains("does not accept"), "{}", down.message);
    let id = down.ml_backend_id;
    let right = BackendForm { auth: basic("me", Some("open sesame")), ..form(&model.url()) };
    let up = ml::change(cx, owner, project_id, id, right).await.unwrap();
    assert_eq!((up.state, up.username.as_deref()), (State::Up, Some("me")));
    // What is not typed again stays, on the same server.
    let keeps = BackendForm { title: "Renamed".into(), auth: basic("me", None), ..form(&model.url()) };
    assert_eq!(ml::change(cx, owner, project_id, id, keeps.clone()).await.unwrap().state, State::Up);
    assert!(studio.ask().await.is_ok());
    let thief = StandIn::new(Manner::Answers(json!({"results": []}))).await;
    let moved = BackendForm { url: thief.url(), ..keeps };
    assert_eq!(code(ml::change(cx, owner, project_id, id, moved).await), "password_of_another_server");
    assert!(thief.heard().is_empty());
    // Nothing that leaves this area has it, and behind the wall of tenants it cannot be read.
    let all = ml::list(cx, owner, project_id).await.unwrap();
    assert!(!serde_json::to_string(&all).unwrap().contains("sesame"));
    let audit: i64 = sqlx::query_scalar("select count(*) from audit_event where data::text like '%sesame%'")
        .fetch_one(studio.work.db.pool())
        .await
        .unwrap();
    assert_eq!(audit, 0);
    let mut tx = studio.work.db.pool().begin().await.unwrap();
    sqlx::query("set local role synapse_tenant").execute(&mut *tx).await.unwrap();
    for read in ["select password from ml_backend", "select sealed_password from ml_backend"] {
        let read = sqlx::query(read).execute(&mut *tx).await;
        assert!(read.unwrap_err().to_string().contains("permission denied"));
        tx.rollback().await.unwrap();
        tx = studio.work.db.pool().begin().await.unwrap();
        sqlx::query("set local role synapse_tenant").execute(&mut *tx).await.unwrap();
    }
    drop(tx);
    // It lies sealed. What an earlier version stored as it was typed is sealed when the server starts, and works as before.
    let typed = "select count(*) from ml_backend where project_id = $1 and password is not null";
    assert_eq!(studio.work.number(typed).await, 0);
    sqlx::query("update ml_backend set password = 'open sesame', sealed_password = null where ml_backend_id = $1")
        .bind(id.0)
        .execute(studio.work.db.pool())
        .await
        .unwrap();
    assert!(studio.ask().await.is_ok());
    ml::seal_passwords(cx).await.unwrap();
    assert_eq!(studio.work.number(typed).await, 0);
    assert!(studio.ask().await.is_ok());
    let nobody = BackendForm { auth: Auth::None, ..form(&model.url()) };
    let down = ml::change(cx, owner, project_id, id, nobody).await.unwrap();
    assert_eq!((down.state, down.username), (State::Down, None));
}

#[tokio::test]
async fn a_model_is_no_way_into_private_networks() {
    let studio = Studio::new().await;
    let (owner, project_id) = (&studio.work.owner, studio.project_id());
    let shut = reaching(&studio.work, &[], Resolver::System);
    for (address, expected) in [
        ("http://127.0.0.1:9090", "url_private"),
        ("http://169.254.169.254/latest", "url_private"),
        ("http://[::1]:9090", "url_private"),
        ("ftp://example.org", "url_scheme"),
        ("example.org:9090", "url_scheme"),
        ("http://me:secret@example.org", "url_credentials"),
    ] {
        assert_eq!(code(ml::add(&shut, owner, project_id, form(address)).await), expected, "{address}");
    }
    let with_query = ml::add(&studio.cx, owner, project_id, form("http://127.0.0.1/?a=b")).await;
    assert_eq!(code(with_query), "url_query");
    // A name that changes once it has been looked at leads nowhere.
    let model = StandIn::new(Manner::Answers(json!({"results": []}))).await;
    let port = model.address.port();
    let script = Script::default().then("models.example", &["93.184.216.34"]).then("models.example", &["127.0.0.1"]);
    let cx = reaching(&studio.work, &[], Resolver::Scripted(script));
    let added = ml::add(&cx, owner, project_id, form(&format!("http://models.example:{port}/model"))).await.unwrap();
    assert_eq!(added.state, State::Down);
    assert!(added.message.contains("private network"), "{}", added.message);
    // One that had been allowed, to people who label: it cannot be reached, and not why.
    let script = Script::default().then("models.example", &["127.0.0.1"]);
    let cx = reaching(&studio.work, &[], Resolver::Scripted(script));
    assert_eq!(code(ml::ask(&cx, &studio.annotator, studio.question()).await), "model_unreachable");
    assert!(model.heard().is_empty());
}
