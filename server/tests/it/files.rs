//! Files in and out through the real router.

use axum::body::Body;
use domain::{format::ExportFormat, id::ProjectId, project::NewProject};
use http::{Request, StatusCode, header};
use serde_json::Value;
use service::{Actor, export, import, job, project};

use crate::support::{Answer, Browser, TestApp};

const PIXEL: &[u8] = include_bytes!("../../service/tests/it/pixel.png");

async fn cats(app: &TestApp) -> (Actor, ProjectId) {
    let (_, owner) = app.db.org("acme").await;
    let project_id = project::create(&app.db.cx, &owner, NewProject { title: "Cats".into(), ..NewProject::default() });
    let project_id = project_id.await.unwrap();
    (owner, project_id)
}

async fn get_part(browser: &Browser<'_>, path: &str, name: header::HeaderName, value: &str) -> Answer {
    browser.send(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn a_file_is_kept_by_its_bytes_and_served_with_guards() {
    let app = TestApp::new().await;
    let (owner, project_id) = cats(&app).await;
    let browser = app.browser_of(&owner).await;
    let answer = browser.upload(project_id, "cat.html.png", PIXEL).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    let received: Value = serde_json::from_slice(&answer.body).unwrap();
    let address = received[0]["address"].as_str().unwrap();

    let file = browser.get(address).await;
    assert_eq!((file.status, file.body.as_slice()), (StatusCode::OK, PIXEL));
    assert_eq!(file.header("content-type"), "image/png");
    assert_eq!(file.header("x-content-type-options"), "nosniff");
    assert!(file.header("content-security-policy").starts_with("sandbox;"));
    assert_eq!(file.header("content-disposition"), "inline; filename=\"cat.html.png\"; filename*=UTF-8''cat.html.png");

    let again = get_part(&browser, address, header::IF_NONE_MATCH, file.header("etag")).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let part = get_part(&browser, address, header::RANGE, "bytes=1-3").await;
    assert_eq!((part.status, part.body.as_slice()), (StatusCode::PARTIAL_CONTENT, &b"PNG"[..]));
    assert_eq!(part.header("content-range"), format!("bytes 1-3/{}", PIXEL.len()));
    let beyond = get_part(&browser, address, header::RANGE, "bytes=9999-").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);

    let (_, other) = app.db.org("other").await;
    assert_eq!(app.browser_of(&other).await.get(address).await.status, StatusCode::NOT_FOUND);
    assert_eq!(app.stranger().get(address).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(browser.get("/files/x/y").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn uploads_are_refused_next_to_their_cause() {
    let app = TestApp::new().await;
    let (owner, project_id) = cats(&app).await;
    let browser = app.browser_of(&owner).await;
    let fake = browser.upload(project_id, "cat.png", b"no image").await;
    assert_eq!((fake.status, fake.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "not_an_image"));
    assert_eq!(app.stranger().upload(project_id, "cat.png", PIXEL).await.status, StatusCode::UNAUTHORIZED);
    let (_, other) = app.db.org("other").await;
    let foreign = app.browser_of(&other).await.upload(project_id, "cat.png", PIXEL).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    // Larger than any form may be.
    let large = browser.upload(project_id, "large.txt", &b"a line\n".repeat(6 << 20)).await;
    assert_eq!(large.status, StatusCode::OK, "{}", large.text());
}

#[tokio::test]
async fn what_failed_and_what_was_made_can_be_downloaded_and_watched() {
    let app = TestApp::new().await;
    let (owner, project_id) = cats(&app).await;
    let browser = app.browser_of(&owner).await;
    let cx = &app.db.cx;
    let source = import::Source::Text("a,b\n1,2\n3\n\"4\"\"\",5,6\n7,8\n9,1\n2,3\n".into());
    let import_id = import::start(cx, &owner, project_id, source).await.unwrap();
    let options = domain::format::ExportOptions { include_unlabeled: true, ..Default::default() };
    let export_id = export::start(cx, &owner, project_id, ExportFormat::Csv, options).await.unwrap();
    job::runner::run_waiting(cx).await.unwrap();

    let csv = browser.get(&format!("/projects/{project_id}/imports/{import_id}/failures.csv")).await;
    assert_eq!(
        csv.text(),
        "source,row,reason,original\n\
         \"Pasted text\",2,\"This row has 1 value, but the table has 2 columns.\",\"3\"\n\
         \"Pasted text\",3,\"This row has 3 values, but the table has 2 columns.\",\"\"\"4\"\"\"\"\"\",5,6\"\n"
    );
    let lines = browser.get(&format!("/projects/{project_id}/imports/{import_id}/failures.ndjson")).await;
    assert_eq!(lines.text().lines().count(), 2);

    let path = format!("/projects/{project_id}/exports/{export_id}/download");
    let download = browser.get(&path).await;
    assert_eq!(download.status, StatusCode::OK);
    assert!(download.header("content-disposition").starts_with("attachment; filename=\"cats-"));
    assert_eq!(download.header("content-length"), download.body.len().to_string());
    assert_eq!(app.stranger().get(&path).await.status, StatusCode::UNAUTHORIZED);
    let path = format!("/projects/{project_id}/exports/{export_id}/manifest.json");
    let manifest: Value = browser.get(&path).await.json();
    assert_eq!((&manifest["format"], &manifest["losses"]), (&"CSV".into(), &serde_json::json!([])));
    assert_eq!(app.stranger().get(&path).await.status, StatusCode::UNAUTHORIZED);
    let (_, other) = app.db.org("other").await;
    assert_eq!(app.browser_of(&other).await.get(&path).await.status, StatusCode::NOT_FOUND);

    let events = browser.get(&format!("/events/projects/{project_id}/imports/{import_id}")).await;
    assert_eq!(events.header("content-type"), "text/event-stream");
    let run: Value = serde_json::from_str(events.text().trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((&run["status"], &run["failed"]), (&"completed".into(), &2.into()));
    assert_eq!(app.stranger().get(&format!("/events/projects/{project_id}/imports/{import_id}")).await.status, 401);
}
