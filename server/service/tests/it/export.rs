//! Exports through the real job and the real store.

use std::io::{Cursor, Read};

use domain::{
    Kind,
    format::{ExportFormat, ExportOptions, ExportRun},
    import::RunStatus,
    project::NewProject,
};
use futures::TryStreamExt;
use serde_json::{Value, json};
use service::{Actor, Cx, CxBuilder, Settings, export, import::Source, job, project};
use zip::ZipArchive;

use crate::{code, import::Desk, refused};

async fn run(desk: &Desk, format: ExportFormat) -> (ExportRun, Vec<u8>) {
    run_on(&desk.db.cx, desk, format).await
}

async fn run_on(cx: &Cx, desk: &Desk, format: ExportFormat) -> (ExportRun, Vec<u8>) {
    let id = export::start(cx, &desk.owner, desk.project_id, format, ExportOptions::default()).await.unwrap();
    assert_eq!(refused(export::download(cx, &desk.owner, desk.project_id, id).await), Kind::NotFound);
    job::runner::run_waiting(cx).await.unwrap();
    let run = export::get(cx, &desk.owner, desk.project_id, id).await.unwrap();
    assert_eq!(run.status, RunStatus::Completed, "{run:?}");
    let download = export::download(cx, &desk.owner, desk.project_id, id).await.unwrap();
    let chunks: Vec<_> = export::read(cx, &download, None).await.unwrap().try_collect().await.unwrap();
    let bytes = chunks.concat();
    assert_eq!(bytes.len() as u64, download.size_bytes);
    (run, bytes)
}

async fn labeled() -> Desk {
    let desk = Desk::new().await;
    let pixel = include_bytes!("pixel.png");
    let image = desk.upload("cat.png", &pixel[..]).await.unwrap();
    let item = json!({"id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels",
        "original_width": 640, "original_height": 480,
        "value": {"x": 10, "y": 10, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["Cat"]}});
    let tasks = json!([
        {"data": {"picture": "cat.png"}, "annotations": [{"result": [item]}]},
        {"data": {"picture": "cat.png"}, "annotations": [{"result": []}]},
        {"data": {"picture": "https://example.org/b.png"}},
    ]);
    let file = desk.upload("t.json", tasks.to_string()).await.unwrap();
    let run = desk.run(Source::Files(vec![image, file])).await;
    assert_eq!(run.tasks, 3);
    desk
}

#[tokio::test]
async fn work_leaves_as_coco_with_its_images() {
    let desk = labeled().await;
    let (run_, bytes) = run(&desk, ExportFormat::CocoWithImages).await;
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name("result.json").unwrap().read_to_string(&mut text).unwrap();
    let coco: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(coco["annotations"][0]["bbox"], json!([64.0, 48.0, 320.0, 240.0]));
    assert_eq!(coco["images"].as_array().unwrap().len(), 2);
    // The empty one's size is known from the stored file.
    assert_eq!((&coco["images"][1]["width"], &coco["images"][1]["height"]), (&json!(1), &json!(1)));
    let name = coco["images"][0]["file_name"].as_str().unwrap().to_owned();
    let mut image = Vec::new();
    zip.by_name(&name).unwrap().read_to_end(&mut image).unwrap();
    assert_eq!(image, include_bytes!("pixel.png"));
    let manifest = run_.manifest.unwrap();
    assert_eq!((manifest.tasks, manifest.tasks_written, manifest.reviewed_empty, manifest.not_labeled), (3, 2, 1, 1));
    assert_eq!((manifest.images, run_.done, run_.total), (2, 3, Some(3)));
}

#[tokio::test]
async fn images_of_the_site_come_along_and_nothing_else_of_it() {
    let desk = Desk::new().await;
    let addresses =
        ["/demo/chelsea.jpg", "/demo/melody.wav", "/demo/../Cargo.toml", "/demo/%2e%2e/Cargo.toml", "/demo"];
    let tasks: Vec<Value> = addresses
        .iter()
        .map(|address| json!({"data": {"picture": address}, "annotations": [{"result": []}]}))
        .collect();
    let file = desk.upload("t.json", json!(tasks).to_string()).await.unwrap();
    assert_eq!(desk.run(Source::Files(vec![file])).await.tasks, 5);
    let site = concat!(env!("CARGO_MANIFEST_DIR"), "/../../public").into();
    let settings = Settings { site_dir: Some(site), ..desk.db.cx.settings().clone() };
    let cx = CxBuilder::new(desk.db.pool().clone()).clock(desk.db.cx.clock().clone()).settings(settings);
    let cx = cx.build().unwrap();
    let (_, bytes) = run_on(&cx, &desk, ExportFormat::CocoWithImages).await;
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let names: Vec<&String> = names.iter().filter(|name| name.starts_with("images/")).collect();
    assert_eq!(names.len(), 1, "{names:?}");
    let mut image = Vec::new();
    zip.by_name(names[0]).unwrap().read_to_end(&mut image).unwrap();
    assert_eq!(image, include_bytes!("../../../../public/demo/chelsea.jpg"));
}

#[tokio::test]
async fn the_same_work_gives_the_same_file() {
    let desk = labeled().await;
    let formats = export::formats(&desk.db.cx, &desk.owner, desk.project_id).await.unwrap();
    for format in formats.into_iter().filter_map(|(format, reason)| reason.is_none().then_some(format)) {
        let (first, bytes) = run(&desk, format).await;
        let (_, again) = run(&desk, format).await;
        assert_eq!(bytes, again, "{format:?}");
        assert!(first.file_name.unwrap().ends_with(format.extension()));
    }
}

#[tokio::test]
async fn json_can_be_imported_again() {
    let desk = labeled().await;
    let (_, bytes) = run(&desk, ExportFormat::Json).await;
    let input = NewProject { title: "Copy".into(), ..NewProject::default() };
    let copy = project::create(&desk.db.cx, &desk.owner, input).await.unwrap();
    let desk = Desk { project_id: copy, ..desk };
    let file = desk.upload("result.json", bytes).await.unwrap();
    let run = desk.run(Source::Files(vec![file])).await;
    assert_eq!((run.tasks, run.annotations, run.failed), (2, 2, 0));
}

#[tokio::test]
async fn exports_are_kept_until_they_are_deleted() {
    let desk = labeled().await;
    let cx = &desk.db.cx;
    let (run, _) = run(&desk, ExportFormat::Csv).await;
    assert_eq!(export::list(cx, &desk.owner, desk.project_id).await.unwrap().len(), 1);
    export::delete(cx, &desk.owner, desk.project_id, run.export_id).await.unwrap();
    assert_eq!(refused(export::download(cx, &desk.owner, desk.project_id, run.export_id).await), Kind::NotFound);
    assert_eq!(refused(export::delete(cx, &desk.owner, desk.project_id, run.export_id).await), Kind::NotFound);
    let id =
        export::start(cx, &desk.owner, desk.project_id, ExportFormat::Csv, ExportOptions::default()).await.unwrap();
    export::delete(cx, &desk.owner, desk.project_id, id).await.unwrap();
    job::runner::run_waiting(cx).await.unwrap();
    assert!(export::list(cx, &desk.owner, desk.project_id).await.unwrap().is_empty());
}

#[tokio::test]
async fn formats_that_do_not_fit_are_refused() {
    let desk = Desk::new().await;
    let input = NewProject { title: "Bare".into(), ..NewProject::default() };
    let bare = project::create(&desk.db.cx, &desk.owner, input).await.unwrap();
    let cx = &desk.db.cx;
    let refused_format = export::start(cx, &desk.owner, bare, ExportFormat::Coco, ExportOptions::default()).await;
    assert_eq!(code(refused_format), "export_needs_image");
    let formats = export::formats(cx, &desk.owner, bare).await.unwrap();
    assert_eq!(formats.iter().filter(|(_, reason)| reason.is_none()).count(), 6);
}

#[tokio::test]
async fn only_admins_of_the_project_export() {
    let desk = labeled().await;
    let cx = &desk.db.cx;
    let (_, stranger) = desk.db.org("other").await;
    let (run, _) = run(&desk, ExportFormat::Json).await;
    for (actor, kind) in [(&stranger, Kind::NotFound), (&Actor::Anonymous, Kind::Unauthenticated)] {
        let project_id = desk.project_id;
        let start = export::start(cx, actor, project_id, ExportFormat::Json, ExportOptions::default()).await;
        assert_eq!(refused(start), kind);
        assert_eq!(refused(export::list(cx, actor, project_id).await), kind);
        assert_eq!(refused(export::get(cx, actor, project_id, run.export_id).await), kind);
        assert_eq!(refused(export::formats(cx, actor, project_id).await), kind);
        assert_eq!(refused(export::download(cx, actor, project_id, run.export_id).await), kind);
        assert_eq!(refused(export::delete(cx, actor, project_id, run.export_id).await), kind);
    }
}
