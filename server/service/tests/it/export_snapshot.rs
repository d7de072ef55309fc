//! Snapshots: what is chosen, what is made of them, and labels of other programs on their way back in.

use std::io::{Cursor, Write};

use domain::{
    Kind,
    data_manager::NewView,
    format::{ChosenView, ExportFormat, ExportOptions, ExportRun, Numbers, Only},
    id::ExportId,
    import::{LabelsAs, RunStatus},
    project::NewProject,
};
use futures::TryStreamExt;
use serde_json::{Value, json};
use service::{data_manager, export, import, import::Source, job, project};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{code, import::Desk, refused};

async fn bytes(desk: &Desk, id: ExportId) -> Vec<u8> {
    let download = export::download(&desk.db.cx, &desk.owner, desk.project_id, id).await.unwrap();
    let chunks: Vec<_> = export::read(&desk.db.cx, &download, None).await.unwrap().try_collect().await.unwrap();
    chunks.concat()
}

async fn made(desk: &Desk, id: ExportId) -> ExportRun {
    job::runner::run_waiting(&desk.db.cx).await.unwrap();
    export::get(&desk.db.cx, &desk.owner, desk.project_id, id).await.unwrap()
}

pub(crate) async fn snapshot(desk: &Desk, options: ExportOptions) -> (ExportRun, Vec<Value>) {
    let id = export::start(&desk.db.cx, &desk.owner, desk.project_id, ExportFormat::Json, options).await.unwrap();
    let run = made(desk, id).await;
    assert_eq!(run.status, RunStatus::Completed, "{run:?}");
    let tasks = serde_json::from_slice::<Value>(&bytes(desk, id).await).unwrap();
    (run, tasks.as_array().unwrap().clone())
}

/// Four tasks: one with a box and a reference answer, one skipped, one with a prediction alone, one plain.
async fn mixed() -> Desk {
    let desk = Desk::new().await;
    let item = json!({"id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels",
        "original_width": 640, "original_height": 480,
        "value": {"x": 10, "y": 10, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["Cat"]}});
    let tasks = json!([
        {"data": {"picture": "https://e.org/1.png"}, "annotations": [{"result": [item]}, {"result": [], "ground_truth": true}]},
        {"data": {"picture": "https://e.org/2.png"}, "annotations": [{"result": [], "was_cancelled": true}]},
        {"data": {"picture": "https://e.org/3.png"}, "predictions": [{"result": [item], "score": 0.5}]},
        {"data": {"picture": "https://e.org/4.png"}},
    ]);
    let file = desk.upload("t.json", tasks.to_string()).await.unwrap();
    assert_eq!(desk.run(Source::Files(vec![file])).await.tasks, 4);
    desk
}

#[tokio::test]
async fn a_snapshot_holds_what_was_chosen() {
    let desk = mixed().await;
    let all = ExportOptions { include_unlabeled: true, ..ExportOptions::default() };
    let (run, tasks) = snapshot(&desk, all.clone()).await;
    assert_eq!((tasks.len(), run.total), (4, Some(4)));
    let ids: Vec<i64> = tasks.iter().map(|task| task["id"].as_i64().unwrap()).collect();
    let kept = |tasks: &[Value]| -> Vec<usize> {
        tasks.iter().map(|task| ids.iter().position(|id| task["id"] == *id).unwrap()).collect()
    };

    let mut chosen = all.clone();
    chosen.tasks.ids = [ids[3], ids[1]].into();
    let (run, tasks) = snapshot(&desk, chosen).await;
    assert_eq!((kept(&tasks), run.options.tasks.ids.len()), (vec![1, 3], 2));

    let mut skipped = all.clone();
    skipped.tasks.skipped = Only::Only;
    assert_eq!(kept(&snapshot(&desk, skipped).await.1), [1]);
    let mut finished = all.clone();
    finished.tasks.finished = Only::Exclude;
    assert!(!kept(&snapshot(&desk, finished).await.1).contains(&0));

    let mut references = all.clone();
    references.annotations.usual = false;
    references.without_predictions = true;
    let (_, tasks) = snapshot(&desk, references).await;
    assert_eq!(tasks[0]["annotations"].as_array().unwrap().len(), 1);
    assert_eq!((&tasks[0]["annotations"][0]["ground_truth"], &tasks[2]["predictions"]), (&json!(true), &json!([])));

    let long = ExportOptions { title: "x".repeat(300), ..ExportOptions::default() };
    let refusal = export::start(&desk.db.cx, &desk.owner, desk.project_id, ExportFormat::Json, long).await;
    assert_eq!(code(refusal), "export_title");
}

#[tokio::test]
async fn a_snapshot_holds_what_a_view_showed() {
    let desk = mixed().await;
    let (cx, owner, project_id) = (&desk.db.cx, &desk.owner, desk.project_id);
    let found = |text: &str| {
        let item =
            json!({"filter": "filter:tasks:data.picture", "operator": "contains", "type": "String", "value": text});
        let data = json!({"title": "Some", "filters": {"conjunction": "and", "items": [item]}});
        NewView { data: data.as_object().unwrap().clone(), is_private: false }
    };
    let view = data_manager::create_view(cx, owner, project_id, found("/3.png")).await.unwrap();
    let mut options = ExportOptions { include_unlabeled: true, ..ExportOptions::default() };
    let chosen = |view_id| Some(ChosenView { view_id, title: String::new(), filters: Value::Null });
    options.tasks.view = chosen(view.view_id);
    let id = export::start(cx, owner, project_id, ExportFormat::Json, options.clone()).await.unwrap();
    // What becomes of the view afterwards is another matter.
    data_manager::delete_view(cx, owner, view.view_id).await.unwrap();
    let run = made(&desk, id).await;
    assert_eq!((run.total, run.options.words()[1].as_str()), (Some(1), "what the view “Some” shows"));
    let tasks: Vec<Value> = serde_json::from_slice(&bytes(&desk, id).await).unwrap();
    assert_eq!(tasks[0]["data"]["picture"], "https://e.org/3.png");
    assert_eq!(run.md5.unwrap().len(), 32);
    assert_eq!(export::views(cx, owner, project_id).await.unwrap(), []);

    // Nor is there such a view any more, and another project's is none.
    assert_eq!(code(export::start(cx, owner, project_id, ExportFormat::Json, options).await), "export_view_unknown");
    let input = NewProject { title: "Another".into(), ..NewProject::default() };
    let other = project::create(cx, owner, input).await.unwrap();
    let foreign = data_manager::create_view(cx, owner, other, found("x")).await.unwrap();
    let mut options = ExportOptions::default();
    options.tasks.view = chosen(foreign.view_id);
    assert_eq!(code(export::start(cx, owner, project_id, ExportFormat::Json, options).await), "export_view_unknown");
}

#[tokio::test]
async fn json_names_by_number_what_is_not_told() {
    let desk = mixed().await;
    let numbers = Numbers { people: true, predictions: true, drafts: true };
    let options = ExportOptions { include_unlabeled: true, numbers, ..ExportOptions::default() };
    let (run, tasks) = snapshot(&desk, options).await;
    assert!(tasks[0]["annotations"][0]["completed_by"].is_i64(), "{tasks:?}");
    assert!(tasks[2]["predictions"][0].is_i64(), "{tasks:?}");
    assert_eq!((&tasks[0]["comment_count"], &tasks[0]["file_upload"]), (&json!(0), &json!("t.json")));
    // What is converted from it is told the same way.
    let cx = &desk.db.cx;
    let again = export::convert(cx, &desk.owner, desk.project_id, run.export_id, ExportFormat::Ndjson).await.unwrap();
    made(&desk, again).await;
    let lines = String::from_utf8(bytes(&desk, again).await).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines, tasks);
    let known = export::originals(cx, &desk.owner, desk.project_id).await.unwrap();
    assert_eq!(known.len(), 1);
    assert_eq!((known[0].run.export_id, known[0].conversions[0].export_id), (run.export_id, again));
    // And it comes in again: a number without its prediction is no proposal.
    let mut desk = desk;
    let file = json!(tasks).to_string().into_bytes();
    let back = brought(&mut desk, "numbers.json", file, LabelsAs::Annotations).await;
    assert_eq!((back.len(), &back[2]["predictions"]), (4, &json!([])));
}

#[tokio::test]
async fn a_snapshot_becomes_another_format_and_is_compared() {
    let desk = mixed().await;
    let cx = &desk.db.cx;
    let options = ExportOptions { include_unlabeled: true, title: "Before".into(), ..ExportOptions::default() };
    let (before, _) = snapshot(&desk, options.clone()).await;
    let direct = export::start(cx, &desk.owner, desk.project_id, ExportFormat::Coco, options.clone()).await.unwrap();
    made(&desk, direct).await;

    // What comes later is not in what is made of the snapshot.
    let more = desk.upload("m.json", r#"[{"data": {"picture": "x"}, "annotations": [{"result": []}]}]"#).await.unwrap();
    assert_eq!(desk.run(Source::Files(vec![more])).await.tasks, 1);
    let converted =
        export::convert(cx, &desk.owner, desk.project_id, before.export_id, ExportFormat::Coco).await.unwrap();
    let run = made(&desk, converted).await;
    assert_eq!((run.status, run.source), (RunStatus::Completed, Some(before.export_id)), "{run:?}");
    assert_eq!(bytes(&desk, converted).await, bytes(&desk, direct).await);

    let (after, _) = snapshot(&desk, options).await;
    let found = export::compare(cx, &desk.owner, desk.project_id, before.export_id, after.export_id).await.unwrap();
    assert_eq!((found.added.count, found.removed.count, found.changed.count, found.same), (1, 0, 0, 4));
    let back = export::compare(cx, &desk.owner, desk.project_id, after.export_id, before.export_id).await.unwrap();
    assert_eq!(back.removed.tasks, found.added.tasks);

    // Only snapshots can be compared or written anew.
    let refusal = export::compare(cx, &desk.owner, desk.project_id, before.export_id, converted).await;
    assert_eq!(code(refusal), "export_no_snapshot");
    let refusal = export::convert(cx, &desk.owner, desk.project_id, converted, ExportFormat::Csv).await;
    assert_eq!(code(refusal), "export_no_snapshot");
    let input = NewProject { title: "Another".into(), ..NewProject::default() };
    let other = project::create(cx, &desk.owner, input).await.unwrap();
    let foreign = export::convert(cx, &desk.owner, other, before.export_id, ExportFormat::Csv).await;
    assert_eq!(refused(foreign), Kind::NotFound);

    // A snapshot that is deleted before its turn comes fails what was to be made of it.
    let late = export::convert(cx, &desk.owner, desk.project_id, after.export_id, ExportFormat::Csv).await.unwrap();
    export::delete(cx, &desk.owner, desk.project_id, after.export_id).await.unwrap();
    let run = made(&desk, late).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert!(run.error.unwrap().contains("is gone"));
}

/// The tasks that a file becomes in a project of its own.
async fn brought(desk: &mut Desk, name: &str, file: Vec<u8>, labels_as: LabelsAs) -> Vec<Value> {
    let input = NewProject { title: name.into(), label_config: crate::import::BOXES.into(), ..NewProject::default() };
    let project_id = project::create(&desk.db.cx, &desk.owner, input).await.unwrap();
    let from = std::mem::replace(&mut desk.project_id, project_id);
    let file = desk.upload(name, file).await.unwrap();
    let source = Source::Files(vec![file]);
    let manner = import::Manner { labels_as, ..import::Manner::default() };
    let id = import::start_as(&desk.db.cx, &desk.owner, project_id, source, manner).await.unwrap();
    job::runner::run_waiting(&desk.db.cx).await.unwrap();
    let run = import::get(&desk.db.cx, &desk.owner, project_id, id).await.unwrap();
    // Pascal VOC has no word for an image that nobody has looked at: it is kept, told, and in no task.
    let untold = u64::from(name.starts_with("VOC"));
    assert_eq!((run.status, run.failed), (RunStatus::Completed, untold), "{name}: {run:?}");
    let options = ExportOptions { include_unlabeled: true, ..ExportOptions::default() };
    let tasks = snapshot(desk, options).await.1;
    desk.project_id = from;
    tasks
}

#[tokio::test]
async fn what_went_out_as_a_data_set_comes_back() {
    let mut desk = Desk::new().await;
    let cat = desk.upload("cat.png", &include_bytes!("pixel.png")[..]).await.unwrap();
    let dog = desk.upload("dog.png", &include_bytes!("pixel.png")[..]).await.unwrap();
    let item = json!({"id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels",
        "original_width": 1, "original_height": 1,
        "value": {"x": 0, "y": 0, "width": 100, "height": 100, "rotation": 0, "rectanglelabels": ["Cat"]}});
    let tasks = json!([
        {"data": {"picture": "cat.png"}, "annotations": [{"result": [item]}]},
        {"data": {"picture": "dog.png"}},
    ]);
    let file = desk.upload("t.json", tasks.to_string()).await.unwrap();
    assert_eq!(desk.run(Source::Files(vec![cat, dog, file])).await.tasks, 2);
    let options = ExportOptions { include_unlabeled: true, ..ExportOptions::default() };
    for format in [
        ExportFormat::CocoWithImages,
        ExportFormat::VocWithImages,
        ExportFormat::YoloWithImages,
        ExportFormat::YoloDetectWithImages,
        ExportFormat::YoloObbWithImages,
        ExportFormat::Parquet,
    ] {
        let id = export::start(&desk.db.cx, &desk.owner, desk.project_id, format, options.clone()).await.unwrap();
        made(&desk, id).await;
        let file = bytes(&desk, id).await;
        let name = format!("{}.{}", format.code(), format.extension());
        let tasks = brought(&mut desk, &name, file.clone(), LabelsAs::Annotations).await;
        let answers: Vec<usize> = tasks.iter().map(|task| task["annotations"].as_array().unwrap().len()).collect();
        let labeled = tasks.iter().find(|task| task["annotations"].as_array().is_some_and(|list| !list.is_empty()));
        let labeled = labeled.unwrap_or_else(|| panic!("{format:?}: {tasks:?}"));
        assert_eq!(answers.iter().sum::<usize>(), 1, "{format:?}");
        let back = &labeled["annotations"][0]["result"][0];
        let number = |name: &str| back["value"][name].as_f64().unwrap();
        assert_eq!(
            (number("x"), number("y"), number("width"), number("height")),
            (0.0, 0.0, 100.0, 100.0),
            "{format:?}"
        );
        assert_eq!((&back["from_name"], &back["value"]["rectanglelabels"]), (&json!("box"), &json!(["Cat"])));
        assert!(labeled["data"]["picture"].as_str().unwrap().starts_with("/files/"), "{format:?}: {labeled}");
        if format != ExportFormat::Parquet {
            let tasks = brought(&mut desk, &name, file, LabelsAs::Predictions).await;
            let proposals: usize = tasks.iter().map(|task| task["predictions"].as_array().unwrap().len()).sum();
            assert_eq!(proposals, 1, "{format:?}");
        }
    }
}

#[tokio::test]
async fn a_broken_data_set_costs_what_is_broken() {
    let desk = Desk::new().await;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let pixel = include_bytes!("pixel.png");
    let files: [(&str, &[u8]); 7] = [
        ("data.yaml", b"names:\n  0: Cat\n"),
        ("images/a.png", pixel),
        ("images/b.png", pixel),
        ("images/c.png", pixel),
        ("labels/a.txt", b"0 0.5 0.5 1 1\n"),
        ("labels/b.txt", b"0 0.5 oops\n"),
        ("labels/nowhere.txt", b"0 0.5 0.5 1 1\n"),
    ];
    for (name, bytes) in files {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    let file = desk.upload("set.zip", zip.finish().unwrap().into_inner()).await.unwrap();
    let run = desk.run(Source::Files(vec![file])).await;
    // The image whose labels are broken is in no task, and is told so as well.
    assert_eq!((run.tasks, run.predictions, run.failed), (2, 1, 3), "{run:?}");
}
