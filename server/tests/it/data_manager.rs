//! The Data Manager for programs: views, filters and actions as Label Studio's SDK sends them.

use domain::token::{Scope, TokenKind};
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    api::{Program, mood, program, project},
    support::TestApp,
};

fn encoded(query: &Value) -> String {
    escaped(&query.to_string())
}

fn escaped(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

async fn listed(ours: &Program<'_>, address: &str) -> Vec<i64> {
    let answer = ours.get(address).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let tasks = answer.json::<Value>()["tasks"].as_array().unwrap().clone();
    tasks.iter().map(|task| task["id"].as_i64().unwrap()).collect()
}

fn texts(word: &str) -> Value {
    json!({"conjunction": "and", "items": [
        {"filter": "filter:tasks:data.text", "operator": "contains", "type": "String", "value": word}]})
}

#[tokio::test]
async fn views_and_queries_say_which_tasks_are_listed() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let (project, tasks) = project(&ours).await;
    let data = json!({"title": "With an e", "type": "list", "filters": texts("E"), "ordering": ["-tasks:id"],
        "hiddenColumns": {"explore": ["tasks:inner_id"], "labeling": []}, "gridWidth": 4, "own": {"kept": [1, null]}});
    let made = ours.post("/dm/views/", json!({ "project": project, "data": data })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let made: Value = made.json();
    let id = made["id"].as_i64().unwrap();
    assert_eq!((&made["data"], &made["project"], &made["order"]), (&data, &json!(project), &json!(0)));
    assert_eq!(ours.get(&format!("/dm/views/{id}/")).await.json::<Value>(), made);
    assert_eq!(ours.get(&format!("/dm/views/?project={project}")).await.json::<Value>(), json!([made]));

    assert_eq!(listed(&ours, &format!("/tasks/?view={id}")).await, [tasks[2], tasks[0]]);
    assert_eq!(listed(&ours, &format!("/tasks/?view={id}&project={project}&page=2&page_size=1")).await, [tasks[0]]);
    let query = encoded(&json!({"filters": texts("thr"), "selectedItems": {"all": false, "included": []}}));
    assert_eq!(listed(&ours, &format!("/tasks/?view={id}&query={query}")).await, [tasks[2]]);
    let query = encoded(&json!({"ordering": ["-tasks:id"], "selectedItems": {"all": true, "excluded": [tasks[1]]}}));
    assert_eq!(listed(&ours, &format!("/tasks/?project={project}&query={query}")).await, [tasks[2], tasks[0]]);
    let page = ours.get(&format!("/tasks/?view={id}&page=3")).await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);

    let patched =
        ours.ask(Method::PATCH, &format!("/dm/views/{id}"), Some(json!({"data": {"title": "Renamed"}}))).await;
    assert_eq!(
        patched.json::<Value>()["data"],
        json!({"title": "Renamed", "filters": texts("E"), "ordering": ["-tasks:id"]})
    );
    let second = ours.post("/dm/views", json!({ "project": project })).await.json::<Value>()["id"].as_i64().unwrap();
    let ordered = ours.post("/dm/views/order/", json!({ "project": project, "ids": [second, id] })).await;
    assert_eq!(ordered.status, StatusCode::OK);
    let views: Value = ours.get(&format!("/dm/views?project={project}")).await.json();
    assert_eq!([&views[0]["id"], &views[1]["id"]], [&json!(second), &json!(id)]);
    assert_eq!(ours.ask(Method::DELETE, &format!("/dm/views/{id}/"), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ours.get(&format!("/tasks?view={id}")).await.status, StatusCode::NOT_FOUND);
    let reset = ours.ask(Method::DELETE, "/dm/views/reset/", Some(json!({ "project": project }))).await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT, "{}", reset.text());
    assert_eq!(ours.get(&format!("/dm/views?project={project}")).await.json::<Value>(), json!([]));
}

#[tokio::test]
async fn what_is_wrong_with_a_question_is_said_by_field() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let (project, _) = project(&ours).await;
    let item = |filter: &str, operator: &str| json!({"filters": {"conjunction": "and", "items": [{"filter": filter, "operator": operator, "type": "Number", "value": 1}]}});
    for (query, field) in [
        (item("filter:tasks:zzz", "equal").to_string(), "filters.items[0].filter"),
        (item("filter:tasks:id", "zzz").to_string(), "filters.items[0].operator"),
        ("zzz".to_owned(), "query"),
        ("[]".to_owned(), "query"),
        (json!({"ordering": ["tasks:zzz"]}).to_string(), "ordering[0]"),
        (json!({"selectedItems": [1]}).to_string(), "selectedItems"),
        (json!({"filters": {"conjunction": "and", "items": [{"filter": "filter:tasks:data.text", "operator": "regex",
            "type": "String", "value": "("}]}}).to_string(), "filters"),
    ] {
        let answer = ours.get(&format!("/tasks?project={project}&query={}", escaped(&query))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {}", answer.text());
        let refusal: Value = answer.json();
        assert!(refusal["validation_errors"].get(field).is_some(), "{query}: {refusal}");
    }
    for (body, field) in [
        (json!({"data": {}}), "project"),
        (json!({"project": project, "data": "x"}), "data"),
        (
            json!({"project": project, "data": {"filters": {"conjunction": "xor", "items": []}}}),
            "data.filters.conjunction",
        ),
        (
            json!({"project": project, "data": {"filters": {"conjunction": "and", "items": [{"filter": "filter:tasks:id"}]}}}),
            "data.filters.items[0].operator",
        ),
    ] {
        let answer = ours.post("/dm/views", body.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{body}: {}", answer.text());
        assert!(answer.json::<Value>()["validation_errors"].get(field).is_some(), "{body}: {}", answer.text());
    }
    for address in ["/dm/actions?id=zzz&project=1", "/dm/actions?project=1", "/dm/actions?id=delete_tasks"] {
        assert_eq!(ours.post(address, json!({})).await.status, StatusCode::BAD_REQUEST, "{address}");
    }
    let selected =
        ours.post(&format!("/dm/actions?id=delete_tasks&project={project}"), json!({"selectedItems": [1]})).await;
    assert_eq!(selected.status, StatusCode::BAD_REQUEST);
    assert_eq!(ours.get(&format!("/tasks?project={project}")).await.json::<Value>()["total"], 3);
}

#[tokio::test]
async fn actions_change_many_tasks_at_once() {
    let app = TestApp::new().await;
    let (_, owner) = app.db.org("Acme").await;
    let ours = program(&app, &owner, TokenKind::Key, Scope::Write).await;
    let (project, tasks) = project(&ours).await;
    for (task, version) in [(tasks[0], "v1"), (tasks[1], "v2")] {
        let made =
            ours.post("/predictions", json!({"task": task, "model_version": version, "result": mood("good")})).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    }
    let act = async |id: &str, body: Value| -> Value {
        let answer = ours.post(&format!("/dm/actions/?id={id}&project={project}"), body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        answer.json()
    };
    let some = |tasks: &[i64]| json!({"all": false, "included": tasks});

    let actions: Value = ours.get(&format!("/dm/actions/?project={project}")).await.json();
    let delete = actions.as_array().unwrap().iter().find(|action| action["id"] == "delete_tasks").unwrap().clone();
    assert_eq!(
        (&delete["order"], &delete["destructive"], &delete["reload"]),
        (&json!(100), &json!(true), &json!(true))
    );
    let form: Value = ours.get(&format!("/dm/actions/predictions_to_annotations/form/?project={project}")).await.json();
    assert_eq!(form[0]["fields"][0]["options"], json!(["v1", "v2"]));
    let managed: Value = ours.get(&format!("/dm/project/?project={project}")).await.json();
    assert_eq!(
        (&managed["task_count"], &managed["can_delete_tasks"], &managed["title"]),
        (&json!(3), &json!(true), &json!("Moods"))
    );
    let columns: Value = ours.get(&format!("/dm/columns/?project={project}")).await.json();
    assert_eq!((&columns["columns"][0]["id"], &columns["columns"][0]["parent"]), (&json!("text"), &json!("data")));

    let made = act("predictions_to_annotations", json!({"model_version": "v1"})).await;
    assert_eq!((&made["detail"], &made["run"]["status"]), (&json!("Created 1 annotations"), &json!("completed")));
    let made = act("delete_tasks_predictions", json!({})).await;
    assert_eq!((&made["processed_items"], &made["detail"]), (&json!(2), &json!("Deleted 2 predictions")));
    let nothing = act("delete_tasks_annotations", json!({"selectedItems": some(&[tasks[2]])})).await;
    assert_eq!(nothing["processed_items"], 0);
    let filters = texts("one");
    let one =
        act("delete_tasks_annotations", json!({"filters": filters, "selectedItems": {"all": true, "excluded": []}}))
            .await;
    assert_eq!(one["processed_items"], 1);
    assert_eq!(act("delete_tasks", json!({"selectedItems": some(&[])})).await["processed_items"], 0);
    let deleted = act("delete_tasks", json!({"selectedItems": some(&tasks[..2])})).await;
    assert_eq!((&deleted["processed_items"], &deleted["detail"]), (&json!(2), &json!("Deleted 2 tasks")));
    assert_eq!(listed(&ours, &format!("/tasks?project={project}")).await, [tasks[2]]);
    let run = deleted["run"]["id"].as_i64().unwrap();
    let run: Value = ours.get(&format!("/v1/projects/{project}/actions/{run}")).await.json();
    assert_eq!((&run["status"], &run["total"]), (&json!("completed"), &json!(2)));
    let project_now: Value = ours.get(&format!("/projects/{project}")).await.json();
    assert_eq!(
        (
            &project_now["task_number"],
            &project_now["total_annotations_number"],
            &project_now["total_predictions_number"]
        ),
        (&json!(1), &json!(0), &json!(0))
    );
}
