//! Tasks and the work on them: in, out, and only one's own for annotators.

use domain::token::{Scope, TokenKind};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{mood, program, project};
use crate::support::TestApp;

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
