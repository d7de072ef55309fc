//! Operations of our own, under `/api/v1`.

use domain::token::{Scope, TokenKind};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{SENTIMENT, program};
use crate::support::TestApp;

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
