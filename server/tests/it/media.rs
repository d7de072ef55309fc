//! Media through the real router: parts, caches, and the doors that stay shut.

use axum::body::Body;
use bytes::Bytes;
use chrono::TimeDelta;
use domain::{id::ProjectId, project::NewProject};
use futures::StreamExt;
use http::{Request, StatusCode, header};
use serde_json::Value;
use service::{Actor, project, storage};

use crate::support::{Answer, Browser, TestApp};

const VIDEO: &[u8] = include_bytes!("../../../public/demo/balls.mp4");
const SOUND: &[u8] = include_bytes!("../../../public/demo/melody.wav");

struct Films<'a> {
    app: &'a TestApp,
    owner: Actor,
    project_id: ProjectId,
}

impl<'a> Films<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let (_, owner) = app.db.org("acme").await;
        let input = NewProject { title: "Films".into(), ..NewProject::default() };
        let project_id = project::create(&app.db.cx, &owner, input).await.unwrap();
        Self { app, owner, project_id }
    }

    /// The address of a stored file.
    async fn upload(&self, name: &str, bytes: &'static [u8]) -> String {
        let body = futures::stream::iter([Ok(Bytes::from_static(bytes))]).boxed();
        storage::receive(&self.app.db.cx, &self.owner, self.project_id, name, body).await.unwrap().address()
    }

    fn path(&self, what: &str, src: &str) -> String {
        format!("/projects/{}/media/{what}?src={src}", self.project_id)
    }
}

/// Asks as a view does: not for a page.
async fn ask(browser: &Browser<'_>, path: &str) -> Answer {
    browser.send(Request::get(path).body(Body::empty()).unwrap()).await
}

async fn with(browser: &Browser<'_>, path: &str, name: header::HeaderName, value: &str) -> Answer {
    browser.send(Request::get(path).header(name, value).body(Body::empty()).unwrap()).await
}

/// Asks again for as long as it is being made.
async fn made(browser: &Browser<'_>, path: &str) -> Answer {
    loop {
        let answer = ask(browser, path).await;
        if answer.status != StatusCode::ACCEPTED {
            return answer;
        }
        assert_eq!((answer.header("retry-after"), answer.header("cache-control")), ("1", "no-store"));
        assert!(answer.json::<Value>()["making"].is_number());
    }
}

#[tokio::test]
async fn derived_files_come_in_parts_and_are_not_sent_twice() {
    let app = TestApp::new().await;
    let films = Films::new(&app).await;
    let browser = app.browser_of(&films.owner).await;
    let sound = films.upload("melody.wav", SOUND).await;
    let path = films.path("wave", &sound);
    let whole = made(&browser, &path).await;
    assert_eq!((whole.status, &whole.body[..4]), (StatusCode::OK, &b"SYNW"[..]), "{}", whole.text());
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert_eq!(whole.header("cache-control"), "private, max-age=3600");
    assert!(whole.header("content-security-policy").starts_with("sandbox;"));
    let again = with(&browser, &path, header::IF_NONE_MATCH, whole.header("etag")).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let head = with(&browser, &path, header::RANGE, "bytes=0-31").await;
    assert_eq!((head.status, &head.body[..]), (StatusCode::PARTIAL_CONTENT, &whole.body[..32]));
    assert_eq!(head.header("content-range"), format!("bytes 0-31/{}", whole.body.len()));
    let beyond = with(&browser, &path, header::RANGE, "bytes=999999999-").await;
    assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(ask(&browser, &films.path("video", &sound)).await.code(), "not_video");
}

#[tokio::test]
async fn videos_are_sent_in_parts_and_described() {
    let app = TestApp::new().await;
    let films = Films::new(&app).await;
    let browser = app.browser_of(&films.owner).await;
    let video = films.upload("balls.mp4", VIDEO).await;
    for path in [video.clone(), films.path("file", &video)] {
        let part = with(&browser, &path, header::RANGE, "bytes=4-7").await;
        assert_eq!((part.status, part.body.as_slice()), (StatusCode::PARTIAL_CONTENT, &b"ftyp"[..]), "{path}");
        assert_eq!(part.header("content-range"), format!("bytes 4-7/{}", VIDEO.len()));
        assert_eq!(part.header("content-type"), "video/mp4");
        let rest = with(&browser, &path, header::RANGE, "bytes=100-").await;
        assert_eq!((rest.status, rest.body.as_slice()), (StatusCode::PARTIAL_CONTENT, &VIDEO[100..]), "{path}");
        let beyond = with(&browser, &path, header::RANGE, "bytes=9999999-").await;
        assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE, "{path}");
    }
    let about: Value = made(&browser, &films.path("video", &video)).await.json();
    assert_eq!((&about["container"], &about["is_variable"]), (&"mp4".into(), &false.into()));
    let frames = made(&browser, &films.path("frames", &video)).await;
    assert_eq!(frames.body.len() as u64, 8 * about["frame_count"].as_u64().unwrap());
}

#[tokio::test]
async fn tables_and_images_have_doors_too() {
    let app = TestApp::new().await;
    let films = Films::new(&app).await;
    let browser = app.browser_of(&films.owner).await;
    let table = films.upload("a.csv", b"t,a,b\n1,2,3\n2,3,4\n").await;
    let path = format!("{}&time=t&sep=,&columns=%5B%22b%22%5D", films.path("series", &table));
    let series = made(&browser, &path).await;
    let header = domain::media::series::pyramid::Header::parse(&series.body).unwrap();
    assert_eq!((header.rows, header.columns.len(), header.columns[0].max), (2, 1, 4.0));
    let refused = ask(&browser, &format!("{}&columns=b", films.path("series", &table))).await;
    assert_eq!((refused.status, refused.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "series_columns"));
    let pixel = films.upload("a.png", include_bytes!("../../service/tests/it/pixel.png")).await;
    let about: Value = made(&browser, &films.path("image", &pixel)).await.json();
    assert_eq!((&about["tiled"], &about["tile"]), (&false.into(), &512.into()));
    let tile = ask(&browser, &films.path("tile/0/0/0", &pixel)).await;
    assert_eq!((tile.status, tile.code().as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "image_not_cut"));
}

#[tokio::test]
async fn the_doors_stay_shut() {
    let app = TestApp::new().await;
    let films = Films::new(&app).await;
    let sound = films.upload("melody.wav", SOUND).await;
    let (_, other) = app.db.org("other").await;
    let other = app.browser_of(&other).await;
    let own = app.browser_of(&films.owner).await;
    let doors = ["wave", "series", "image", "tile/0/0/0", "video", "frames", "file"];
    for door in doors {
        let path = films.path(door, &sound);
        assert_eq!(ask(&other, &path).await.status, StatusCode::NOT_FOUND, "{door}");
        assert_eq!(ask(&app.stranger(), &path).await.status, StatusCode::UNAUTHORIZED, "{door}");
        let off = ask(&own, &films.path(door, "https://example.org/a.wav")).await;
        assert_eq!(off.status, StatusCode::NOT_FOUND, "{door}: no task names it");
    }
    assert_eq!(made(&own, &films.path("wave", &sound)).await.status, StatusCode::OK);
    app.db.wait(TimeDelta::days(400));
    for door in doors {
        assert_eq!(ask(&own, &films.path(door, &sound)).await.status, StatusCode::UNAUTHORIZED, "{door}: expired");
    }
}

/// A document of one page whose program is `stream`, an object of its own with its dictionary.
fn document(stream: &[u8]) -> Vec<u8> {
    let mut file =
        b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Count 1/Kids[3 0 R]>> endobj\n\
        3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R>> endobj\n4 0 obj "
            .to_vec();
    file.extend(stream);
    file.extend(b" endobj\ntrailer <</Root 1 0 R>>\n");
    file
}

/// What takes as much memory as it likes when it is unpacked.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let mut block = || {
        packer.write_all(&[b' '; 1 << 20]).unwrap();
        packer.flush().unwrap();
        packer.get_ref().len()
    };
    // Whatever follows a megabyte of nothing is packed the same way: one block says it all.
    let (first, second) = (block(), block());
    let blocks = packer.finish().unwrap();
    let mut packed = vec![0x78, 0xda];
    packed.extend(&blocks[..first]);
    packed.extend(blocks[first..second].repeat(6 << 10));
    let mut stream = format!("<</Filter/FlateDecode/Length {}>> stream\n", packed.len()).into_bytes();
    stream.extend(packed);
    stream.extend(b"\nendstream");
    document(&stream)
}

#[tokio::test]
async fn documents_are_prepared_by_a_process_of_their_own() {
    let mut db = service::testing::TestDb::new().await;
    let settings = service::Settings { program: Some(env!("CARGO_BIN_EXE_server").into()), ..db.cx.settings().clone() };
    db.cx = service::CxBuilder::new(db.pool().clone()).clock(db.cx.clock().clone()).settings(settings).build().unwrap();
    let app = TestApp::over(db);
    let films = Films::new(&app).await;
    let browser = app.browser_of(&films.owner).await;
    let page = films.upload("a.pdf", include_bytes!("../../../public/demo/invoice.pdf")).await;
    let pages = made(&browser, &films.path("pdf", &page)).await;
    assert_eq!(
        pages.json::<Value>(),
        serde_json::json!({"pages": [{"width": 595.0, "height": 842.0}, {"width": 595.0, "height": 842.0}]})
    );
    for (part, kind, begins) in [
        ("page/2", "image/jpeg", &b"\xff\xd8"[..]),
        ("page/2/thumb", "image/jpeg", b"\xff\xd8"),
        ("page/2/words", "application/json", b"[{"),
    ] {
        let answer = ask(&browser, &films.path(part, &page)).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, kind));
        assert!(answer.body.starts_with(begins), "{part}");
        let again = with(&browser, &films.path(part, &page), header::IF_NONE_MATCH, answer.header("etag")).await;
        assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    }
    assert_eq!(ask(&browser, &films.path("page/3", &page)).await.status, StatusCode::NOT_FOUND);
    // Whatever a document does there, this server goes on.
    for (bytes, code) in [(b"%PDF-1.7 and no document".to_vec(), "pdf_damaged"), (bomb(), "pdf_damaged")] {
        let src = films.upload("b.pdf", bytes.leak()).await;
        assert_eq!(made(&browser, &films.path("pdf", &src)).await.problem().code, code);
    }
}
