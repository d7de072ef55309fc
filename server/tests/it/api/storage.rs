//! Storages, in the shapes of Label Studio.

use domain::token::{Scope, TokenKind};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use service::testing::TestDb;

use super::{program, project};
use crate::support::TestApp;

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
