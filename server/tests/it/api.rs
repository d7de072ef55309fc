//! The REST interface: what programs show, how refusals look, and the shapes that Label Studio's SDK reads.

use axum::body::Body;
use domain::token::{NewToken, Scope, TokenKind};
use http::{Method, Request, StatusCode, header};
use serde_json::{Value, json};
use service::{Actor, account, testing::TestDb};

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

#[tokio::test]
async fn a_program_is_who_its_token_belongs_to() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let email = owner.user().unwrap().email.clone();
    for kind in [TokenKind::Key, TokenKind::Personal] {
        let ours = program(&app, &owner, kind, Scope::Write).await;
        for path in ["/current-user/whoami", "/current-user/whoami/"] {
            let answer = ours.get(path).await;
            assert_eq!(answer.json::<Value>()["email"], json!(email), "{kind:?} {path}");
        }
    }
    let key = program(&app, &owner, TokenKind::Key, Scope::Write).await.authorization.replace("Token ", "");
    let nobody = Program { browser: app.stranger(), authorization: String::new() };
    let named = nobody.with(Method::GET, "/current-user/whoami", None, &[("x-api-key", &key)]).await;
    assert_eq!(named.status, StatusCode::OK);
    for wrong in ["Token nonsense", "Token ", "Bearer a.b.c", "Bearer sk_live_x"] {
        let answer = nobody.with(Method::GET, "/current-user/whoami", None, &[("authorization", wrong)]).await;
        assert_eq!((answer.status, answer.header("www-authenticate")), (StatusCode::UNAUTHORIZED, "Token"), "{wrong}");
    }
    // A token that is none does not fall back to the cookie that comes along.
    let browser = Program { browser: app.browser_of(&owner).await, authorization: "Token nonsense".to_owned() };
    assert_eq!(browser.get("/current-user/whoami").await.status, StatusCode::UNAUTHORIZED);
    let page = Program { browser: app.browser_of(&owner).await, authorization: String::new() };
    assert_eq!(page.get("/current-user/whoami").await.status, StatusCode::OK);
}

#[tokio::test]
async fn what_was_taken_back_or_has_ended_is_worth_nothing() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let cx = &app.db.cx;
    let access = program(&app, &owner, TokenKind::Personal, Scope::Write).await;
    let key = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    assert_eq!(access.get("/projects").await.status, StatusCode::OK);
    app.db.wait(chrono::TimeDelta::minutes(6));
    assert_eq!(access.get("/projects").await.status, StatusCode::UNAUTHORIZED, "access lasts five minutes");
    assert_eq!(key.get("/projects").await.status, StatusCode::OK);
    app.db.wait(chrono::TimeDelta::days(31));
    assert_eq!(key.get("/projects").await.status, StatusCode::UNAUTHORIZED, "a key lasts as long as was said");
    let personal = NewToken { title: "x".to_owned(), kind: TokenKind::Personal, scope: Scope::Write, days: Some(1) };
    let personal = account::create_token(cx, &owner, personal).await.unwrap();
    let nobody = Program { browser: app.stranger(), authorization: String::new() };
    let refreshed = nobody.post("/token/refresh", json!({ "refresh": personal.secret })).await;
    let bearer = format!("Bearer {}", refreshed.json::<Value>()["access"].as_str().unwrap());
    let access = Program { browser: app.stranger(), authorization: bearer };
    assert_eq!(access.get("/projects").await.status, StatusCode::OK);
    account::revoke_token(cx, &owner, personal.info.token_id).await.unwrap();
    assert_eq!(access.get("/projects").await.status, StatusCode::UNAUTHORIZED, "access goes with its token");
    let again = nobody.post("/token/refresh", json!({ "refresh": personal.secret })).await;
    assert_eq!(again.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn storages_have_the_shapes_of_label_studio() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    for name in ["in", "out"] {
        std::fs::create_dir(path(name)).unwrap();
    }
    std::fs::write(path("in/a.json"), r#"{"text": "one"}"#).unwrap();
    std::fs::write(path("in/b.json"), r#"[{"text": "two"}, {"text": "three"}]"#).unwrap();
    std::fs::write(path("in/c.txt"), "not asked for").unwrap();
    let app = TestApp::over(TestDb::with(|builder| builder.local_files(folder.path().to_owned())).await);
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let (project, _) = project(&ours).await;
    let missing = ours.post("/storages/localfiles/", json!({})).await;
    assert_eq!((missing.status, missing.field()), (StatusCode::BAD_REQUEST, "project".to_owned()));
    let outside = json!({ "project": project, "path": "/etc" });
    let refused = ours.post("/storages/localfiles/validate", outside).await;
    assert_eq!((refused.status, refused.code()), (StatusCode::BAD_REQUEST, "local_no_folder".to_owned()));

    let body = json!({ "project": project, "path": path("in"), "title": "Local", "regex_filter": ".*json",
        "use_blob_urls": false });
    assert_eq!(ours.post("/storages/localfiles/validate", body.clone()).await.status, StatusCode::OK);
    let files: Value = ours.post("/storages/localfiles/files", body.clone()).await.json();
    assert_eq!(files["files"].as_array().unwrap().len(), 2);
    let made = ours.post("/storages/localfiles/", body).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made: Value = made.json();
    assert_eq!(made["type"], "localfiles");
    assert_eq!(made["status"], "initialized");
    assert_eq!(made["path"], json!(path("in")));
    assert_eq!(made["recursive_scan"], json!(false));
    assert!(made.get("bucket").is_none() && made.get("can_delete_objects").is_none());
    let one = format!("/storages/localfiles/{}", made["id"]);
    let synced: Value = ours.post(&format!("{one}/sync"), json!({})).await.json();
    assert_eq!(synced["status"], "queued");
    let again: Value = ours.post(&format!("{one}/sync"), json!({})).await.json();
    assert_eq!(again["status"], "queued", "one that is under way is what was wanted");
    service::job::runner::run_waiting(&app.db.cx).await.unwrap();
    let done: Value = ours.get(&one).await.json();
    assert_eq!((done["status"].as_str(), done["last_sync_count"].as_i64()), (Some("completed"), Some(3)));
    assert!(done["last_sync"].is_string() && done["traceback"].is_null());
    let changed = ours.ask(Method::PATCH, &one, Some(json!({ "title": "Other" }))).await;
    let changed: Value = changed.json();
    assert_eq!((changed["title"].as_str(), changed["regex_filter"].as_str()), (Some("Other"), Some(".*json")));
    let listed: Value = ours.get(&format!("/storages?project={project}")).await.json();
    assert_eq!(listed[0]["id"], made["id"]);
    assert_eq!(ours.get("/storages/localfiles").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        ours.get(&format!("/storages/s3/{}", made["id"])).await.status,
        StatusCode::NOT_FOUND,
        "of another kind"
    );
    assert_eq!(ours.get(&format!("/storages/export/localfiles/{}", made["id"])).await.status, StatusCode::NOT_FOUND);

    let target = json!({ "project": project, "path": path("out"), "can_delete_objects": true });
    let target: Value = ours.post("/storages/export/localfiles", target).await.json();
    assert_eq!((target["status"].as_str(), target["can_delete_objects"].as_bool()), (Some("queued"), Some(true)));
    assert!(target.get("presign").is_none());
    let s3 = json!({ "project": project, "bucket": "cats", "aws_access_key_id": "AKIA", "aws_secret_access_key": "secret",
        "s3_endpoint": "http://10.0.0.1" });
    assert_eq!(ours.post("/storages/s3", s3).await.code(), "url_private");
    assert_eq!(ours.ask(Method::DELETE, &one, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ours.get(&one).await.status, StatusCode::NOT_FOUND);
    let kinds: Value = ours.get("/storages/types").await.json();
    assert_eq!(kinds[0], json!({ "name": "s3", "title": "S3" }));
}

#[tokio::test]
async fn a_token_that_reads_changes_nothing() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let reads = program(&app, &owner, TokenKind::Key, Scope::Read).await;
    assert_eq!(reads.get("/projects").await.status, StatusCode::OK);
    let answer = reads.post("/projects", json!({ "title": "No" })).await;
    assert_eq!((answer.status, answer.code().as_str()), (StatusCode::FORBIDDEN, "token_may_only_read"));
    // Nor does it learn what lets somebody do more than read.
    let writes = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let hook = writes.post("/webhooks", json!({ "url": "http://1.1.1.1/hook" })).await.json::<Value>()["id"].clone();
    for path in [format!("/v1/webhooks/{hook}/key"), "/invite".to_owned()] {
        assert_eq!(writes.get(&path).await.status, StatusCode::OK, "{path}");
        assert_eq!(reads.get(&path).await.code(), "token_may_only_read", "{path}");
    }
}

#[tokio::test]
async fn work_goes_in_and_comes_out() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let (project, tasks) = project(&ours).await;
    let path = format!("/tasks/{}/annotations/", tasks[0]);
    let made = ours.post(&path, json!({ "result": mood("good"), "lead_time": 2.5 })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made: Value = made.json();
    assert_eq!((&made["lead_time"], &made["result"]), (&json!(2.5), &mood("good")));
    let counts = async || {
        let found: Value = ours.get(&format!("/projects/{project}/")).await.json();
        [
            "task_number",
            "finished_task_number",
            "total_annotations_number",
            "skipped_annotations_number",
            "ground_truth_number",
            "total_predictions_number",
        ]
        .map(|name| found[name].as_i64().unwrap())
    };
    assert_eq!(counts().await, [3, 1, 1, 0, 0, 0]);
    let annotation = format!("/annotations/{}/", made["id"]);
    let skipped: Value = ours.ask(Method::PATCH, &annotation, Some(json!({ "was_cancelled": true }))).await.json();
    assert_eq!(skipped["was_cancelled"], json!(true));
    assert_eq!(counts().await, [3, 0, 0, 1, 0, 0]);
    ours.ask(Method::PATCH, &annotation, Some(json!({ "was_cancelled": false, "ground_truth": true }))).await;
    assert_eq!(counts().await, [3, 1, 1, 0, 1, 0], "to programs a task with a reference answer is finished");
    let is_open: bool = sqlx::query_scalar("select not is_labeled from task where task_id = $1")
        .bind(tasks[0])
        .fetch_one(app.db.pool())
        .await
        .unwrap();
    assert!(is_open, "other people still get it");
    ours.ask(Method::PATCH, &annotation, Some(json!({ "ground_truth": false, "result": mood("bad") }))).await;
    assert_eq!(counts().await, [3, 1, 1, 0, 0, 0]);
    let summary: Value = ours.get(&format!("/projects/{project}/summary/")).await.json();
    assert_eq!(summary["created_labels"], json!({ "mood": { "bad": 1 } }));
    assert_eq!(summary["all_data_columns"], json!({ "text": 3 }));
    let proposed = json!({ "task": tasks[1], "result": mood("good"), "score": 0.5, "model_version": "v1" });
    let proposed = ours.post("/predictions/", proposed).await;
    assert_eq!(proposed.status, StatusCode::CREATED, "{}", proposed.text());
    assert_eq!(counts().await, [3, 1, 1, 0, 0, 1]);
    let versions: Value = ours.get(&format!("/projects/{project}/model-versions/")).await.json();
    assert_eq!(versions, json!({ "v1": 1 }));
    let list: Value = ours.get(&format!("/tasks/?project={project}&fields=all&page_size=2")).await.json();
    assert_eq!((&list["total"], list["tasks"].as_array().unwrap().len()), (&json!(3), 2));
    assert_eq!(list["tasks"][0]["annotations"][0]["result"], mood("bad"));
    assert_eq!(list["tasks"][1]["predictions"][0]["score"], json!(0.5));
    let changed: Value = ours
        .ask(Method::PATCH, &format!("/tasks/{}", tasks[2]), Some(json!({ "data": { "text": "3", "extra": 1 } })))
        .await
        .json();
    assert_eq!(changed["data"], json!({ "text": "3", "extra": 1 }));
    let gone = ours.ask(Method::DELETE, &annotation, None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(counts().await, [3, 0, 0, 0, 0, 1]);
    assert_eq!(ours.ask(Method::DELETE, &format!("/tasks/{}/", tasks[1]), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(counts().await, [2, 0, 0, 0, 0, 0]);
    let summary: Value = ours.get(&format!("/projects/{project}/summary/")).await.json();
    assert_eq!(summary["all_data_columns"], json!({ "text": 2, "extra": 1 }));
    assert_eq!(summary["common_data_columns"], json!(["text"]));
    assert_eq!(
        ours.ask(Method::DELETE, &format!("/projects/{project}/tasks/"), None).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(counts().await, [0, 0, 0, 0, 0, 0]);
}

#[tokio::test]
async fn drafts_are_the_persons_own() {
    let app = TestApp::new().await;
    let (org_id, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let (_, tasks) = project(&ours).await;
    let path = format!("/tasks/{}/drafts", tasks[0]);
    let first: Value = ours.post(&path, json!({ "result": mood("good"), "lead_time": 1 })).await.json();
    let second: Value = ours.post(&path, json!({ "result": mood("bad") })).await.json();
    assert_eq!(first["id"], second["id"], "one on each task");
    let draft = format!("/drafts/{}/", first["id"]);
    let read: Value = ours.get(&draft).await.json();
    assert_eq!(read["result"], mood("bad"));
    let admin = app.db.member(org_id, "Admin", domain::access::OrgRole::Admin).await;
    let other = program(&app, &admin, TokenKind::Key, Scope::Write).await;
    assert_eq!(other.get(&draft).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get(&path).await.json::<Value>(), json!([]));
    assert_eq!(other.ask(Method::DELETE, &draft, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ours.ask(Method::DELETE, &draft, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ours.get(&draft).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_import_is_stored_whole_or_not_at_all() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let (project, _) = project(&ours).await;
    let path = format!("/projects/{project}/import");
    for (body, field) in [
        (json!([{ "text": "fine" }, 7]), "non_field_errors"),
        (json!([{ "data": { "text": "x" }, "annotations": [{}] }]), "non_field_errors"),
        (json!([]), "non_field_errors"),
        (json!("text"), "non_field_errors"),
    ] {
        let answer = ours.post(&path, body.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.text());
        assert!(answer.json::<Value>()["validation_errors"][field].is_array(), "{body}: {}", answer.text());
    }
    let found: Value = ours.get(&format!("/projects/{project}/")).await.json();
    assert_eq!(found["task_number"], json!(3));
    let made: Value = ours
        .post(
            &format!("{path}?preannotated_from_fields=mood&return_task_ids=1"),
            json!([{ "text": "x", "mood": "bad" }]),
        )
        .await
        .json();
    assert_eq!(made["prediction_count"], json!(1));
    let task: Value = ours.get(&format!("/tasks/{}/", made["task_ids"][0])).await.json();
    assert_eq!(task["predictions"][0]["result"][0]["value"], json!({ "choices": ["bad"] }));
    let many = json!([{ "task": task["id"], "result": mood("good") }, { "task": 999_999, "result": [] }]);
    let answer = ours.post(&format!("{path}/predictions"), many).await;
    assert_eq!((answer.status, answer.field().as_str()), (StatusCode::BAD_REQUEST, "task"));
    let task: Value = ours.get(&format!("/tasks/{}/", task["id"])).await.json();
    assert_eq!(task["total_predictions"], json!(1), "all or none");
}

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
async fn annotators_get_what_is_theirs() {
    let app = TestApp::new().await;
    let (org_id, owner) = app.db.org("Acme").await;
    let cx = &app.db.cx;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let (project, tasks) = project(&ours).await;
    let ann = app.db.member(org_id, "Ann", domain::access::OrgRole::Member).await;
    let id = domain::id::ProjectId(project);
    let role = domain::access::ProjectRole::Annotator;
    service::project::put_member(cx, &owner, id, service::testing::user_id(&ann), role).await.unwrap();
    let theirs = program(&app, &ann, TokenKind::Key, Scope::Write).await;
    let next = theirs.get(&format!("/projects/{project}/next/")).await;
    assert_eq!((next.status, next.code().as_str()), (StatusCode::NOT_FOUND, "no_task"), "not live yet");
    let go = domain::project::ProjectMove::GoLive;
    service::project::change_state(cx, &owner, id, go).await.unwrap();
    let next: Value = theirs.get(&format!("/projects/{project}/next/")).await.json();
    let task = next["id"].as_i64().unwrap();
    assert_eq!(task, tasks[0]);
    assert_eq!(theirs.get(&format!("/tasks/{}/", tasks[1])).await.status, StatusCode::NOT_FOUND, "not in their hands");
    assert_eq!(theirs.get(&format!("/tasks/?project={project}")).await.status, StatusCode::FORBIDDEN);
    let path = format!("/tasks/{task}/annotations/");
    let truth = theirs.post(&path, json!({ "result": mood("good"), "ground_truth": true })).await;
    assert_eq!(truth.status, StatusCode::FORBIDDEN);
    let done = theirs.post(&path, json!({ "result": mood("good") })).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.text());
    let annotation = format!("/annotations/{}/", done.json::<Value>()["id"]);
    let promoted = theirs.ask(Method::PATCH, &annotation, Some(json!({ "ground_truth": true }))).await;
    assert_eq!(promoted.status, StatusCode::FORBIDDEN);
    assert_eq!(theirs.ask(Method::DELETE, &annotation, None).await.status, StatusCode::FORBIDDEN);
    let again = theirs.post(&path, json!({ "result": mood("bad") })).await;
    assert_eq!(again.code(), "already_annotated");
    let change = theirs.ask(Method::PATCH, &annotation, Some(json!({ "result": mood("bad") }))).await;
    assert_eq!(change.json::<Value>()["result"], mood("bad"));
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

#[tokio::test]
async fn what_the_pages_can_do_programs_can_do() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("acme").await;
    let colleague = service::testing::user_id(
        &app.db.member(owner.user().unwrap().org_id.unwrap(), "ann", domain::access::OrgRole::Member).await,
    );
    let program = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    // A folder.
    let folder: Value = program.post("/v1/workspaces", json!({ "title": "Vision", "color": "#14B8A6" })).await.json();
    assert_eq!((&folder["title"], &folder["color"]), (&json!("Vision"), &json!("teal")));
    let twice = program.post("/v1/workspaces", json!({ "title": "Vision" })).await;
    assert_eq!((twice.status, twice.json::<Value>()["field"].clone()), (StatusCode::CONFLICT, json!("title")));
    let path = format!("/v1/workspaces/{}", folder["id"]);
    let renamed = program.ask(Method::PATCH, &path, Some(json!({ "title": "Sight" }))).await.json::<Value>();
    assert_eq!((&renamed["title"], &renamed["color"]), (&json!("Sight"), &json!("teal")));
    // A project's life.
    let project = json!({ "title": "Moods", "label_config": SENTIMENT, "workspace": folder["id"] });
    let project: Value = program.post("/projects", project).await.json();
    let v1 = format!("/v1/projects/{}", project["id"]);
    let early = program.post(&format!("{v1}/state"), json!({ "move": "go_live" })).await;
    assert_eq!(early.json::<Value>()["code"], "project_not_ready");
    let rows = json!([{ "text": "Good" }, { "text": "Bad" }]);
    assert_eq!(program.post(&format!("/projects/{}/import", project["id"]), rows).await.status, StatusCode::CREATED);
    let state: Value = program.post(&format!("{v1}/state"), json!({ "move": "go_live" })).await.json();
    assert_eq!(state["state"], "live");
    assert!(state["moves"].as_array().unwrap().contains(&json!("pause")));
    let wrong = program.post(&format!("{v1}/state"), json!({ "move": "fly" })).await;
    assert_eq!((wrong.status, wrong.json::<Value>()["field"].clone()), (StatusCode::BAD_REQUEST, json!("move")));
    let history: Value = program.get(&format!("{v1}/history")).await.json();
    assert_eq!(history[0]["to"], "live");
    let jobs: Value = program.get(&format!("{v1}/jobs?limit=1")).await.json();
    assert_eq!((&jobs["results"][0]["kind"], &jobs["results"][0]["done"]), (&json!("import"), &json!(2)));
    assert_eq!(jobs["next"], Value::Null);
    assert_eq!(program.get(&format!("{v1}/jobs?after=nonsense")).await.status, StatusCode::BAD_REQUEST);
    // People.
    let place = format!("{v1}/members/{colleague}");
    let reviewer = program.ask(Method::PUT, &place, Some(json!({ "role": "reviewer" }))).await.json::<Value>();
    assert_eq!((&reviewer["role"], &reviewer["user"]["id"]), (&json!("reviewer"), &json!(colleague)));
    let wrong = program.ask(Method::PUT, &place, Some(json!({ "role": "king" }))).await;
    assert_eq!(wrong.json::<Value>()["field"], "role");
    let promoted =
        program.ask(Method::PATCH, &format!("/v1/members/{colleague}"), Some(json!({ "role": "admin" }))).await;
    assert_eq!(promoted.json::<Value>()["role"], "admin");
    assert_eq!(
        program.ask(Method::DELETE, &format!("/v1/members/{colleague}"), None).await.status,
        StatusCode::NO_CONTENT
    );
    let members: Value = program.get("/v1/members").await.json();
    let gone = members.as_array().unwrap().iter().find(|member| member["user"]["id"] == json!(colleague)).unwrap();
    assert_ne!(gone["removed_at"], Value::Null);
    let back = program.post(&format!("/v1/members/{colleague}/restore"), json!({})).await.json::<Value>();
    assert_eq!(back["removed_at"], Value::Null);
    // What was done.
    let log: Value = program.get("/v1/audit-events?action=member_removed").await.json();
    assert_eq!((log["results"].as_array().unwrap().len(), &log["results"][0]["subject_id"]), (1, &json!(colleague)));
    let page: Value = program.get("/v1/audit-events?limit=2").await.json();
    let next = page["next"].as_str().unwrap();
    let rest: Value = program.get(&format!("/v1/audit-events?limit=2&after={next}")).await.json();
    assert_ne!(rest["results"][0]["id"], page["results"][0]["id"]);
    // What was said.
    let tasks: Value = program.get(&format!("/projects/{}/tasks", project["id"])).await.json();
    let task = &tasks[0]["id"];
    let said: Value =
        program.post(&format!("/v1/tasks/{task}/comments"), json!({ "text": "Good or bad?" })).await.json();
    let head = &said[0]["id"];
    let answer = json!({ "text": "Good.", "parent": head });
    let said: Value = program.post(&format!("/v1/tasks/{task}/comments"), answer).await.json();
    assert_eq!(said[0]["answers"][0]["text"], "Good.");
    let settled = program
        .ask(Method::PATCH, &format!("/v1/tasks/{task}/comments/{head}"), Some(json!({ "is_resolved": true })))
        .await;
    assert_ne!(settled.json::<Value>()[0]["resolved_at"], Value::Null);
    let both = json!({ "text": "x", "parent": head, "annotation": 1 });
    let both = program.post(&format!("/v1/tasks/{task}/comments"), both).await;
    assert_eq!(both.json::<Value>()["field"], "parent");
}

#[tokio::test]
async fn client_apis_are_set_up_by_programs() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("acme").await;
    let program = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let project: Value = program.post("/projects", json!({ "title": "Texts", "label_config": SENTIMENT })).await.json();
    let path = format!("/v1/projects/{}/client-apis", project["id"]);
    let new = json!({
        "data_key": "translation", "url": "https://1.1.1.1/v2", "payload": { "text": ["$text"], "to": "ES" },
        "path": "translations[0].text", "headers": { "X-Key": "secret" }, "cost_per_call": "0.0150", "currency": "eur",
        "budget": 5, "calls_per_day": 100,
    });
    let made = program.post(&path, new.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made: Value = made.json();
    assert_eq!(made["payload"], new["payload"]);
    assert_eq!(made["headers"], json!({ "X-Key": domain::webhook::MASK }));
    assert_eq!(
        (&made["cost_per_call"], &made["currency"], &made["budget"]),
        (&json!("0.015"), &json!("EUR"), &json!("5"))
    );
    assert_eq!((&made["taking"], &made["method"], &made["group"]), (&json!("json"), &json!("POST"), &json!("group1")));
    let one = format!("{path}/{}", made["id"]);
    // A mask keeps the value, null takes a limit away.
    let patch = json!({ "headers": made["headers"], "budget": null, "position": 1 });
    let changed = program.ask(Method::PATCH, &one, Some(patch)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    let changed: Value = changed.json();
    assert_eq!((&changed["budget"], &changed["calls_per_day"]), (&Value::Null, &json!(100)));
    for (wrong, field) in [
        (json!({ "url": "http://127.0.0.1/" }), "url"),
        (json!({ "method": "BREW" }), "method"),
        (json!({ "taking": "guess" }), "taking"),
        (json!({ "payload": "${open" }), "payload"),
        (json!({ "path": "a[" }), "path"),
        (json!({ "cost_per_call": -1 }), "cost_per_call"),
        (json!({ "timeout_s": 0 }), "timeout_s"),
    ] {
        let refused = program.ask(Method::PATCH, &one, Some(wrong.clone())).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{wrong}");
        assert_eq!(refused.json::<Value>()["field"], field, "{wrong}");
    }
    let run: Value = program.post(&format!("{path}/runs"), json!({})).await.json();
    assert_eq!((&run["status"], &run["total"]), (&json!("created"), &json!(0)));
    let list: Value = program.get(&format!("{path}/runs")).await.json();
    assert_eq!(list["results"][0]["id"], run["id"]);
    let cancelled: Value = program.post(&format!("{path}/runs/{}/cancel", run["id"]), json!({})).await.json();
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(program.ask(Method::DELETE, &one, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(program.ask(Method::DELETE, &one, None).await.status, StatusCode::NOT_FOUND);
}
