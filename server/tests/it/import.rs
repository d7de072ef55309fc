//! Hostile files and addresses, through the doors that people use: the upload, the server functions, the downloads.

use std::{
    io::{Cursor, Write as _},
    net::SocketAddr,
};

use app::import::api::{ImportFiles, ImportUrl, Imports};
use axum::{Router, response::Redirect, routing::get};
use domain::{
    id::{FileId, ProjectId},
    import::{ImportHistory, ImportRun, LabelsAs, RunStatus},
    project::NewProject,
};
use http::{StatusCode, header};
use serde_json::Value;
use service::{
    Actor, job, project,
    provider::resolve::{Resolver, Script},
    testing::TestDb,
};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::support::{Browser, TestApp};

const PIXEL: &[u8] = include_bytes!("../../service/tests/it/pixel.png");

async fn project_in(app: &TestApp) -> (Actor, ProjectId) {
    let (_, owner) = app.db.org("acme").await;
    let input = NewProject { title: "Cats & dogs".into(), ..NewProject::default() };
    let project_id = project::create(&app.db.cx, &owner, input).await.unwrap();
    (owner, project_id)
}

/// The newest import, when its job is done.
async fn newest(app: &TestApp, browser: &Browser<'_>, project_id: ProjectId) -> ImportRun {
    job::runner::run_waiting(&app.db.cx).await.unwrap();
    let history: ImportHistory = browser.call(&Imports { project_id }).await.json();
    history.runs.into_iter().next().unwrap()
}

/// Sends a file and imports it; the run, and its refused rows as they are downloaded.
async fn import(
    app: &TestApp,
    browser: &Browser<'_>,
    project_id: ProjectId,
    name: &str,
    bytes: &[u8],
) -> (ImportRun, Vec<Value>) {
    let received = browser.upload(project_id, name, bytes).await;
    assert_eq!(received.status, StatusCode::OK, "{name}: {}", received.text());
    let file: FileId = serde_json::from_value(received.json::<Value>()[0]["file_id"].clone()).unwrap();
    let answer =
        browser.call_json(&ImportFiles { project_id, files: vec![file], labels_as: LabelsAs::default() }).await;
    assert_eq!(answer.code_or_ok(), "ok", "{name}");
    let run = newest(app, browser, project_id).await;
    let import_id = run.import_id;
    let rows = browser.get(&format!("/projects/{project_id}/imports/{import_id}/failures.ndjson")).await;
    assert_eq!(rows.status, StatusCode::OK);
    let rows = rows.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (run, rows)
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// An AVIF's head: its brand, and the size of its picture.
fn avif(width: u32, height: u32) -> Vec<u8> {
    let boxed = |name: &[u8; 4], content: &[u8]| {
        let length = u32::try_from(content.len() + 8).unwrap();
        [&length.to_be_bytes()[..], name, content].concat()
    };
    let size = boxed(b"ispe", &[&[0; 4][..], &width.to_be_bytes(), &height.to_be_bytes()].concat());
    let properties = boxed(b"iprp", &boxed(b"ipco", &size));
    let meta = boxed(b"meta", &[&[0; 4][..], &properties].concat());
    [boxed(b"ftyp", b"avif\0\0\0\0avifmif1"), meta, boxed(b"mdat", b"pixels")].concat()
}

/// A PNG that claims a size.
fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = PIXEL.to_vec();
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    };
    let crc = !bytes[12..29].iter().fold(!0, step);
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    bytes
}

#[tokio::test]
async fn a_bad_row_is_told_with_its_number_and_stops_no_other() {
    let app = TestApp::new().await;
    let (owner, project_id) = project_in(&app).await;
    let browser = app.browser_of(&owner).await;
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let huge = "x".repeat(33 << 20);
    let rows = |good: &str, bad: &str, separator: &str| [good, bad, good].join(separator);
    let object = r#"{"a": 1}"#;
    let list = |bad: &str| format!("[{}]", rows(object, bad, ",\n")).into_bytes();
    let lines = |bad: &str| rows(object, bad, "\n").into_bytes();
    let mut not_utf8 = list(r#"{"a": "?"}"#);
    let question = not_utf8.iter().position(|byte| *byte == b'?').unwrap();
    not_utf8[question] = 0xff;
    let cases: Vec<(&str, Vec<u8>, i64, &str)> = vec![
        ("ragged.csv", b"a,b\n1,2\n1,2,3\n1,2\n".to_vec(), 2, "has 3 values, but the table has 2 columns"),
        ("short.csv", b"a,b\n1,2\n1\n1,2\n".to_vec(), 2, "has 1 value, but the table has 2 columns"),
        ("long.csv", format!("a,b\n1,2\n{huge},2\n1,2\n").into_bytes(), 2, "longer than 8 MB"),
        ("long.json", list(&format!("{{\"a\": \"{huge}\"}}")), 2, "longer than 32 MB"),
        ("long.ndjson", lines(&format!("{{\"a\": \"{huge}\"}}")), 2, "longer than 32 MB"),
        ("deep.json", list(&format!("{{\"a\": {deep}}}")), 2, "nested more than 100 levels deep"),
        ("deep.ndjson", lines(&format!("{{\"a\": {deep}}}")), 2, "nested more than 100 levels deep"),
        ("encoding.json", not_utf8, 2, "not valid UTF-8"),
        ("encoding.csv", b"a,b\n1,2\n\xff,2\n1,2\n".to_vec(), 2, "not valid UTF-8"),
        ("encoding.txt", b"one\n\xff\ntwo\n".to_vec(), 2, "not valid UTF-8"),
        ("torn.json", list("{\"a\": \"open}"), 2, "at line 2, column 7 has no partner"),
        ("number.json", list("{\"a\": 18446744073709551616}"), 2, "too large to be kept exactly"),
        ("nul.json", list("{\"a\": \"\\u0000\"}"), 2, "NUL character"),
    ];
    for (name, bytes, row, reason) in cases {
        let (run, failed) = import(&app, &browser, project_id, name, &bytes).await;
        assert_eq!(
            (run.status, run.rows, run.tasks, run.failed),
            (RunStatus::Completed, 3, 2, 1),
            "{name}: {failed:?}"
        );
        assert_eq!((&failed[0]["source"], &failed[0]["row"]), (&name.into(), &row.into()), "{name}");
        assert!(failed[0]["reason"].as_str().unwrap().contains(reason), "{name}: {failed:?}");
        assert!(!failed[0]["original"].as_str().unwrap().is_empty(), "{name}: what it said can be mended");
    }
}

#[tokio::test]
async fn nine_hundred_and_fifty_of_a_thousand_are_seen_and_the_fifty_downloaded() {
    let app = TestApp::new().await;
    let (owner, project_id) = project_in(&app).await;
    let browser = app.browser_of(&owner).await;
    let mut text = String::from("id,text\n");
    for number in 1..=1000 {
        text.push_str(&if number % 20 == 0 { format!("{number}\n") } else { format!("{number},row {number}\n") });
    }
    let (run, failed) = import(&app, &browser, project_id, "rows.csv", text.as_bytes()).await;
    assert_eq!((run.tasks, run.failed, failed.len()), (950, 50, 50));
    let page = browser.get(&format!("/projects/{project_id}/import")).await.text();
    for words in [
        "950 of 1,000 imported",
        "50 rows or files were not imported",
        "This row has 1 value, but the table has 2 columns.",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let csv = browser.get(&format!("/projects/{project_id}/imports/{}/failures.csv", run.import_id)).await;
    assert_eq!(csv.text().lines().count(), 51);
    assert!(csv.header("content-disposition").starts_with("attachment"));
}

#[tokio::test]
async fn images_are_what_their_bytes_say_or_are_refused() {
    let app = TestApp::new().await;
    let (owner, project_id) = project_in(&app).await;
    let browser = app.browser_of(&owner).await;
    for (name, bytes, code) in [
        ("cat.png", b"no image".to_vec(), "not_an_image"),
        ("cat.avif", b"no image".to_vec(), "not_an_image"),
        ("ruin.avif", avif(8, 8)[..24].to_vec(), "not_an_image"),
        ("bomb.png", png(60_000, 60_000), "image_too_large"),
        ("bomb.avif", avif(60_000, 60_000), "image_too_large"),
        ("cat.svg", b"<svg><g></svg>".to_vec(), "svg_refused"),
        ("entity.svg", b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>".to_vec(), "svg_refused"),
        ("cat.zip", b"no archive".to_vec(), "not_an_archive"),
        ("utf16.csv", b"\xff\xfea\0".to_vec(), "import_not_utf8"),
        ("program.csv", b"MZ\0\0".to_vec(), "import_not_text"),
    ] {
        let answer = browser.upload(project_id, name, &bytes).await;
        assert_eq!((answer.status, answer.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, code), "{name}");
        assert_eq!(answer.field(), "file", "{name}");
    }

    let received: Value = browser.upload(project_id, "cat.avif", &avif(640, 480)).await.json();
    assert_eq!(received[0]["content_type"], "image/avif");
    let svg =
        br#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="steal()"><script>steal()</script>
        <image href="https://evil.example/x.png"/><rect width="5" height="5" fill="url(https://evil.example)"/></svg>"#;
    let received: Value = browser.upload(project_id, "logo.svg", svg).await.json();
    let served = browser.get(received[0]["address"].as_str().unwrap()).await;
    assert_eq!(served.header("content-type"), "image/svg+xml");
    assert!(served.header("content-security-policy").starts_with("sandbox;"));
    let text = served.text();
    assert!(text.contains("<rect width=\"5\" height=\"5\"/>"), "{text}");
    for bad in ["script", "steal", "evil", "onload", "<image"] {
        assert!(!text.contains(bad), "{bad} in {text}");
    }
}

#[tokio::test]
async fn archives_cannot_leave_their_place_or_swell() {
    let app = TestApp::new().await;
    let (owner, project_id) = project_in(&app).await;
    let browser = app.browser_of(&owner).await;
    let swelling = vec![b'a'; 64 << 20];
    let bytes = archive(&[
        ("good.png", PIXEL),
        ("../../evil.png", PIXEL),
        ("/etc/evil.png", PIXEL),
        ("..\\evil.png", PIXEL),
        ("bomb.png", &png(60_000, 60_000)),
        ("fake.jpg", b"no image"),
        ("also-good.png", PIXEL),
    ]);
    assert!(archive(&[("bomb.txt", &swelling)]).len() < 100_000, "it is a bomb");
    let (run, failed) = import(&app, &browser, project_id, "pictures.zip", &bytes).await;
    assert_eq!((run.status, run.tasks), (RunStatus::Completed, 2));
    let reasons: Vec<(i64, &str)> =
        failed.iter().map(|row| (row["row"].as_i64().unwrap(), row["reason"].as_str().unwrap())).collect();
    for (entry, reason) in [
        (2, "leads out of the archive"),
        (3, "leads out of the archive"),
        (4, "leads out of the archive"),
        (5, "claims 60000 × 60000 pixels"),
        (6, "named like an image, but it is none"),
    ] {
        assert!(reasons.iter().any(|(row, words)| *row == entry && words.contains(reason)), "{entry}: {reasons:?}");
    }
    assert_eq!(failed.len(), 5, "{failed:?}");

    let inner = archive(&[("x.png", PIXEL)]);
    let bytes = archive(&[("bomb.txt", &swelling), ("inner.zip", &inner), ("rows.csv", b"a,b\n1,2\n")]);
    let (run, failed) = import(&app, &browser, project_id, "bomb.zip", &bytes).await;
    assert_eq!(run.status, RunStatus::Completed);
    assert!(failed.iter().any(|row| row["source"] == "bomb.zip/bomb.txt"), "{failed:?}");
    assert!(failed.iter().any(|row| row["reason"] == "An archive inside an archive is not read."), "{failed:?}");
    let rows: i64 = sqlx::query_scalar("select count(*) from task where data = '{\"a\": \"1\", \"b\": \"2\"}'")
        .fetch_one(app.db.pool())
        .await
        .unwrap();
    assert_eq!(rows, 1, "the entry behind the bomb was read");
}

/// A server of somebody else's, on this machine.
async fn elsewhere() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new()
        .route("/rows.csv", get(|| async { "a,b\n1,2\n3\n" }))
        .route("/moved", get(|| async { Redirect::temporary("/rows.csv") }))
        .route("/to-private", get(|| async { Redirect::temporary("http://10.0.0.1/rows.csv") }))
        .route("/to-metadata", get(|| async { Redirect::permanent("http://169.254.169.254/latest/meta-data") }))
        .route("/to-name", get(|| async { Redirect::temporary("http://inside.example/rows.csv") }))
        .route("/to-file", get(|| async { Redirect::temporary("file:///etc/passwd") }))
        .route("/round", get(|| async { Redirect::temporary("/round") }))
        .route("/image.png", get(|| async { ([(header::CONTENT_TYPE, "image/png")], "no image") }));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

#[tokio::test]
async fn addresses_lead_to_the_public_internet_or_nowhere() {
    let elsewhere = elsewhere().await;
    let port = elsewhere.port();
    // The only network that may be reached besides the public internet is the one of the server above.
    let script = Script::default()
        .then("inside.example", &["10.0.0.1"])
        .then("inside.example", &["10.0.0.1"])
        .then("both.example", &["93.184.216.34", "192.168.0.7"])
        .then("mapped.example", &["::ffff:10.0.0.1"])
        // Judged once when it is typed and once when it is fetched.
        .then("moving.example", &["127.0.0.1"])
        .then("moving.example", &["10.0.0.1"])
        .then("steady.example", &["127.0.0.1"])
        .then("steady.example", &["127.0.0.1"])
        .then("steady.example", &["10.0.0.1"]);
    let (resolver, networks) = (Resolver::Scripted(script.clone()), vec!["127.0.0.0/8".parse().unwrap()]);
    let app = TestApp::over(TestDb::with(|builder| builder.resolver(resolver).allow_networks(networks)).await);
    let (owner, project_id) = project_in(&app).await;
    let browser = app.browser_of(&owner).await;
    let ask =
        async |url: String| browser.call_json(&ImportUrl { project_id, url, labels_as: LabelsAs::default() }).await;

    for (url, code) in [
        ("http://10.0.0.1/a.json".to_owned(), "url_private"),
        ("http://[::ffff:10.0.0.1]/a.json".to_owned(), "url_private"),
        ("http://169.254.169.254/latest/meta-data".to_owned(), "url_private"),
        ("http://0xa000001/a.json".to_owned(), "url_private"),
        ("http://inside.example/rows.csv".to_owned(), "url_private"),
        ("http://both.example/rows.csv".to_owned(), "url_private"),
        ("http://mapped.example/rows.csv".to_owned(), "url_private"),
        ("http://unknown.example/rows.csv".to_owned(), "url_unknown_host"),
        ("file:///etc/passwd".to_owned(), "url_scheme"),
        (format!("http://user:secret@127.0.0.1:{port}/rows.csv"), "url_credentials"),
    ] {
        let answer = ask(url.clone()).await;
        assert_eq!((answer.code().as_str(), answer.field().as_str()), (code, "url"), "{url}");
    }

    for (path, words) in [
        ("/to-private", "leads into a private network"),
        ("/to-metadata", "leads into a private network"),
        ("/to-name", "leads into a private network"),
        ("/to-file", "Only addresses that begin with https:// or http://"),
        ("/round", "sent us on too often"),
        ("/nothing", "answered 404"),
        ("/image.png", "named like an image, but it is none"),
    ] {
        assert_eq!(ask(format!("http://{elsewhere}{path}")).await.code_or_ok(), "ok", "{path}");
        let run = newest(&app, &browser, project_id).await;
        assert_eq!((run.status, run.tasks), (RunStatus::Failed, 0), "{path}");
        assert!(run.error.as_deref().unwrap_or_default().contains(words), "{path}: {:?}", run.error);
    }

    // A name that changes between being judged and being reached is judged again.
    assert_eq!(ask(format!("http://moving.example:{port}/rows.csv")).await.code_or_ok(), "ok");
    let run = newest(&app, &browser, project_id).await;
    assert!(run.error.unwrap().contains("leads into a private network"));
    // What was judged is what is reached: nobody asks a third time, where the answer would be another.
    assert_eq!(ask(format!("http://steady.example:{port}/rows.csv")).await.code_or_ok(), "ok");
    let run = newest(&app, &browser, project_id).await;
    assert_eq!((run.status, run.tasks, run.failed), (RunStatus::Completed, 1, 1));
    assert_eq!(script.left("steady.example"), 1);

    assert_eq!(ask(format!("http://{elsewhere}/moved")).await.code_or_ok(), "ok");
    let run = newest(&app, &browser, project_id).await;
    assert_eq!((run.status, run.tasks, run.failed), (RunStatus::Completed, 1, 1), "a redirect to a file is followed");
}

#[tokio::test]
async fn the_pages_stand_in_the_frame_of_their_project() {
    let app = TestApp::new().await;
    let (owner, project_id) = project_in(&app).await;
    let browser = app.browser_of(&owner).await;
    for page in ["import", "export", "data", "settings"] {
        let text = browser.get(&format!("/projects/{project_id}/{page}")).await.text();
        assert!(text.contains("Cats &amp; dogs"), "{page}: the breadcrumb names the project");
        for tab in ["data", "import", "label", "export", "settings"] {
            assert!(text.contains(&format!("href=\"/projects/{project_id}/{tab}\"")), "{page} has the tab {tab}");
        }
    }
}
