//! Bytes written by hand, and what exporters make of the same work.

use std::{collections::BTreeMap, io::Cursor};

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    import,
    label_config::{Control, Label, Object},
    result::ResultItem,
};

mod boxes;
mod round;
mod shapes;
mod sound;
mod text;

/// An export in memory. One image is stored: `/files/1/a.jpg`, 200 × 100.
#[derive(Default)]
struct Folder {
    files: BTreeMap<String, Vec<u8>>,
    open: String,
}

impl Sink for Folder {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        assert!(self.files.insert(path.to_owned(), Vec::new()).is_none(), "{path} is written twice");
        self.open = path.to_owned();
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.files.get_mut(&self.open).unwrap().extend_from_slice(bytes);
        Ok(())
    }

    fn copy_image(&mut self, address: &str, path: &str) -> io::Result<Copied> {
        let stored = address == "/files/1/a.jpg";
        if stored {
            self.begin(path)?;
            self.write(b"pixels")?;
        }
        Ok(match (stored, address.starts_with("s3://")) {
            (true, _) => Copied::Whole,
            (false, true) => Copied::NotFetched("The bucket is gone.".into()),
            (false, false) => Copied::NotStored("It lies elsewhere.".into()),
        })
    }

    fn image_size(&mut self, address: &str) -> io::Result<Option<ImageSize>> {
        Ok((address == "/files/1/a.jpg").then_some(ImageSize { width: 200.0, height: 100.0 }))
    }

    fn spill(&mut self) -> io::Result<Box<dyn Spill>> {
        Ok(Box::new(Cursor::new(Vec::new())))
    }
}

impl Folder {
    fn text(&self, path: &str) -> &str {
        std::str::from_utf8(&self.files[path]).unwrap()
    }
}

fn export(format: ExportFormat, config: &LabelConfig, all: bool, tasks: &[ExportTask]) -> (Folder, Manifest) {
    let mut folder = Folder::default();
    let options = ExportOptions { include_unlabeled: all, ..ExportOptions::default() };
    let mut exporter = exporter(format, config, &options, &mut folder).unwrap().unwrap();
    for task in tasks {
        exporter.task(task, &mut folder).unwrap();
    }
    let manifest = exporter.finish(&mut folder).unwrap();
    (folder, manifest)
}

fn control(tag: &str, labels: &[(&str, Option<i64>)]) -> Control {
    Control {
        name: tag.to_lowercase(),
        tag: tag.to_owned(),
        to_names: vec!["image".to_owned()],
        labels: labels
            .iter()
            .map(|(value, category)| Label { value: (*value).to_owned(), category: *category, ..Label::default() })
            .collect(),
        attributes: Vec::new(),
    }
}

fn image_config(controls: Vec<Control>) -> LabelConfig {
    let image = Object {
        name: "image".to_owned(),
        tag: "Image".to_owned(),
        field: Some("image".to_owned()),
        attributes: Vec::new(),
    };
    LabelConfig { objects: vec![image], controls, ..LabelConfig::default() }
}

fn boxes() -> LabelConfig {
    image_config(vec![
        control("RectangleLabels", &[("Dog", None), ("Cat", None)]),
        control("PolygonLabels", &[("Tree", Some(1))]),
    ])
}

fn values(result: &[ResultItem]) -> Vec<Value> {
    result.iter().cloned().map(Value::from).collect()
}

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_225_600 + second, 0).unwrap()
}

fn annotation(id: i64, result: Value) -> ExportAnnotation {
    ExportAnnotation {
        id,
        completed_by: Some((5, "ada@example.org".to_owned())),
        result: result.as_array().unwrap().clone().into(),
        lead_time: Some(1.5),
        created_at: at(id),
        updated_at: at(id),
        ..ExportAnnotation::default()
    }
}

fn task(id: i64, data: Value, annotations: Vec<ExportAnnotation>) -> ExportTask {
    ExportTask {
        id,
        inner_id: id,
        project: 3,
        data: data.as_object().unwrap().clone(),
        created_at: at(0),
        updated_at: at(0),
        annotations,
        ..ExportTask::default()
    }
}

fn on_image(id: &str, kind: &str, value: Value) -> Value {
    json!({"id": id, "from_name": kind, "to_name": "image", "type": kind,
        "original_width": 640, "original_height": 480, "value": value})
}

fn image_task(id: i64, result: Value) -> ExportTask {
    task(id, json!({"image": format!("https://example.org/p/{id}.jpg?x=1")}), vec![annotation(id, result)])
}

fn lost(manifest: &Manifest) -> Vec<(&str, u64)> {
    manifest.losses.iter().map(|loss| (loss.code.as_str(), loss.count)).collect()
}

fn rectangle() -> Value {
    // 64, 48, 320 × 240 pixels of 640 × 480.
    on_image(
        "r",
        "rectanglelabels",
        json!({"x": 10, "y": 10, "width": 50, "height": 50, "rotation": 0, "rectanglelabels": ["Cat"]}),
    )
}

#[test]
fn coco_is_exact_to_the_pixel() {
    let polygon = on_image(
        "p",
        "polygonlabels",
        json!({"points": [[0, 0], [50, 0], [50, 50]], "closed": true, "polygonlabels": ["Tree"]}),
    );
    let tasks = [image_task(7, json!([rectangle(), polygon])), image_task(8, json!([]))];
    let (folder, manifest) = export(ExportFormat::Coco, &boxes(), false, &tasks);
    let expected = r#"{
"images": [
{"width":640,"height":480,"id":0,"file_name":"7-7.jpg","coco_url":"https://example.org/p/7.jpg?x=1","task_id":7},
{"width":0,"height":0,"id":1,"file_name":"8-8.jpg","coco_url":"https://example.org/p/8.jpg?x=1","task_id":8}],
"categories": [{"id":0,"name":"Cat"},{"id":1,"name":"Tree"},{"id":2,"name":"Dog"}],
"annotations": [
{"id":0,"image_id":0,"category_id":0,"segmentation":[],"bbox":[64.0,48.0,320.0,240.0],"ignore":0,"iscrowd":0,"area":76800.0},
{"id":1,"image_id":0,"category_id":1,"segmentation":[[0.0,0.0,320.0,0.0,320.0,240.0]],"bbox":[0.0,0.0,320.0,240.0],"ignore":0,"iscrowd":0,"area":38400.0}],
"info": {"year":2026,"version":"1.0","description":"","contributor":"Synapse","url":"","date_created":"2026-01-01T00:00:08.000000Z"}
}
"#;
    assert_eq!(folder.text("result.json"), expected);
    assert_eq!((manifest.tasks, manifest.tasks_written, manifest.reviewed_empty, manifest.not_labeled), (2, 2, 1, 0));
    assert_eq!((manifest.annotations, manifest.results), (2, 2));
    assert_eq!(lost(&manifest), [("size_unknown", 1)]);
}

#[test]
fn pixels_come_back_from_percent_without_noise() {
    for (width, height) in [(640_u32, 480_u32), (1001, 667), (3, 7), (4032, 3024)] {
        let (w, h) = (f64::from(width), f64::from(height));
        for x in [1.0, 7.0, 33.0, 333.0, 1000.0].into_iter().filter(|x| *x < w) {
            let value = json!({"x": x / w * 100.0, "y": 1.0 / h * 100.0, "width": 1.0 / w * 100.0, "height": 2.0 / h * 100.0, "rectanglelabels": ["Cat"]});
            let mut item = on_image("r", "rectanglelabels", value);
            item["original_width"] = width.into();
            item["original_height"] = height.into();
            let (folder, _) = export(ExportFormat::Coco, &boxes(), false, &[image_task(1, json!([item]))]);
            let coco: Value = serde_json::from_str(folder.text("result.json")).unwrap();
            assert_eq!(coco["annotations"][0]["bbox"], json!([x, 1.0, 1.0, 2.0]), "{width} × {height}, {x}");
        }
    }
}

#[test]
fn a_rotated_box_keeps_its_truth_in_coco_and_is_flagged_in_yolo() {
    let item = on_image(
        "r",
        "rectanglelabels",
        json!({"x": 50, "y": 0, "width": 10, "height": 20, "rotation": 90, "rectanglelabels": ["Cat"]}),
    );
    let tasks = [image_task(1, json!([item]))];
    let (folder, manifest) = export(ExportFormat::Coco, &boxes(), false, &tasks);
    let coco: Value = serde_json::from_str(folder.text("result.json")).unwrap();
    let found = &coco["annotations"][0];
    // 64 × 96 turned by a quarter about (320, 0): 96 to the left, 64 down.
    assert_eq!(found["bbox"], json!([224.0, 0.0, 96.0, 64.0]));
    assert_eq!(found["segmentation"], json!([[320.0, 0.0, 320.0, 64.0, 224.0, 64.0, 224.0, 0.0]]));
    assert_eq!(found["attributes"], json!({"rotation": 90.0, "unrotated_bbox": [320.0, 0.0, 64.0, 96.0]}));
    assert_eq!(found["area"], json!(6144.0));
    assert_eq!(lost(&manifest), [("rotation_as_hull", 1)]);
    let (folder, manifest) = export(ExportFormat::Yolo, &boxes(), false, &tasks);
    assert_eq!(folder.text("labels/1-1.txt"), "0 0.425 0.0666666667 0.15 0.1333333333\n");
    assert_eq!(lost(&manifest), [("rotation_lost", 1)]);
}

#[test]
fn yolo_writes_what_a_trainer_needs() {
    let stored = task(9, json!({"image": "/files/1/a.jpg"}), vec![annotation(9, json!([]))]);
    let unlabeled = task(10, json!({"image": "/files/2/b.jpg"}), Vec::new());
    let unknown = on_image(
        "u",
        "rectanglelabels",
        json!({"x": 90, "y": 0, "width": 20, "height": 100, "rectanglelabels": ["Ship \"x\"", "Cat"]}),
    );
    let tasks = [image_task(7, json!([rectangle(), unknown])), stored, unlabeled];
    let (folder, manifest) = export(ExportFormat::YoloWithImages, &boxes(), true, &tasks);
    let files: Vec<&str> = folder.files.keys().map(String::as_str).collect();
    assert_eq!(
        files,
        [
            "classes.txt",
            "data.yaml",
            "images/9-a.jpg",
            "labels/7-7.txt",
            "labels/9-a.txt",
            "manifest.json",
            "notes.json"
        ]
    );
    assert_eq!(folder.text("labels/7-7.txt"), "0 0.35 0.35 0.5 0.5\n3 0.95 0.5 0.1 1\n0 0.95 0.5 0.1 1\n");
    assert_eq!(folder.text("labels/9-a.txt"), "");
    assert_eq!(folder.text("classes.txt"), "Cat\nTree\nDog\nShip \"x\"\n");
    assert_eq!(
        folder.text("data.yaml"),
        "path: .\ntrain: images\nval: images\nnc: 4\nnames:\n  0: \"Cat\"\n  1: \"Tree\"\n  2: \"Dog\"\n  3: \"Ship \\\"x\\\"\"\n"
    );
    assert_eq!(
        folder.text("notes.json"),
        r#"{"categories":[{"id":0,"name":"Cat"},{"id":1,"name":"Tree"},{"id":2,"name":"Dog"},{"id":3,"name":"Ship \"x\""}],"info":{"version":"1.0","contributor":"Synapse"}}"#
    );
    assert_eq!((manifest.reviewed_empty, manifest.not_labeled, manifest.images), (1, 1, 1));
    assert_eq!(lost(&manifest), [("clipped", 1), ("image_not_stored", 2)]);
    let missing: Vec<_> = manifest.missing_images.iter().map(|image| (image.task, image.reason.as_str())).collect();
    assert_eq!(missing, [(7, "It lies elsewhere."), (10, "It lies elsewhere.")]);
    assert_eq!(serde_json::from_str::<Manifest>(folder.text("manifest.json")).unwrap(), manifest);
}

#[test]
fn key_points_hang_on_their_box() {
    let config = image_config(vec![
        control("RectangleLabels", &[("Person", None)]),
        control("KeyPointLabels", &[("Nose", None), ("Ear", None)]),
    ]);
    let person = on_image(
        "box",
        "rectanglelabels",
        json!({"x": 0, "y": 0, "width": 50, "height": 50, "rectanglelabels": ["Person"]}),
    );
    let mut ear = on_image("k", "keypointlabels", json!({"x": 25, "y": 25, "width": 1, "keypointlabels": ["Ear"]}));
    let lone = ear.clone();
    ear["parentID"] = "box".into();
    let mut lone = lone;
    lone["id"] = "l".into();
    let tasks = [image_task(1, json!([person, ear, lone]))];
    let (folder, manifest) = export(ExportFormat::Coco, &config, false, &tasks);
    let coco: Value = serde_json::from_str(folder.text("result.json")).unwrap();
    assert_eq!(coco["categories"], json!([{"id": 0, "name": "Person", "keypoints": ["Nose", "Ear"], "skeleton": []}]));
    assert_eq!(coco["annotations"][0]["keypoints"], json!([0.0, 0.0, 0.0, 160.0, 120.0, 2.0]));
    assert_eq!(coco["annotations"][0]["num_keypoints"], json!(1));
    assert_eq!(coco["annotations"].as_array().unwrap().len(), 1);
    assert_eq!((manifest.results, lost(&manifest)), (2, vec![("keypoint_without_box", 1)]));
    let (folder, _) = export(ExportFormat::Yolo, &config, false, &tasks);
    assert_eq!(folder.text("labels/1-1.txt"), "0 0.25 0.25 0.5 0.5 0 0 0 0.25 0.25 2\n");
    assert!(folder.text("data.yaml").contains("kpt_shape: [2, 3]\n"));
}

#[test]
fn key_points_without_boxes_are_one_thing_in_each_image() {
    let config = image_config(vec![control("KeyPointLabels", &[("Nose", None), ("Ear", None)])]);
    let point = |id: &str, x: f64, y: f64, label: &str| {
        on_image(id, "keypointlabels", json!({"x": x, "y": y, "width": 1, "keypointlabels": [label]}))
    };
    let tasks = [
        image_task(
            1,
            json!([point("a", 50.0, 50.0, "Ear"), point("b", 25.0, 75.0, "Nose"), point("c", 1.0, 1.0, "Ear")]),
        ),
        task(2, json!({"image": "/files/1/a.jpg"}), vec![annotation(2, json!([]))]),
    ];
    let (folder, manifest) = export(ExportFormat::Coco, &config, false, &tasks);
    let coco: Value = serde_json::from_str(folder.text("result.json")).unwrap();
    assert_eq!(coco["categories"][0]["name"], "keypointlabels");
    let things = coco["annotations"].as_array().unwrap();
    assert_eq!(things.len(), 1, "{coco}");
    assert_eq!(things[0]["keypoints"], json!([160.0, 360.0, 2.0, 320.0, 240.0, 2.0]));
    assert_eq!((&things[0]["bbox"], &things[0]["num_keypoints"]), (&json!([160.0, 240.0, 160.0, 120.0]), &json!(2)));
    assert_eq!((manifest.results, lost(&manifest)), (2, vec![("keypoint_twice", 1)]));
}

#[test]
fn image_formats_say_what_they_leave_behind() {
    let bare = on_image("b", "rectangle", json!({"x": 0, "y": 0, "width": 5, "height": 5}));
    let joined = on_image("b", "labels", json!({"x": 0, "y": 0, "width": 5, "height": 5, "labels": ["Cat"]}));
    let nameless = on_image("n", "rectangle", json!({"x": 0, "y": 0, "width": 5, "height": 5}));
    let broken = on_image("x", "rectanglelabels", json!({"x": "no", "rectanglelabels": ["Cat"]}));
    let ellipse = on_image(
        "e",
        "ellipselabels",
        json!({"x": 50, "y": 50, "radiusX": 10, "radiusY": 10, "ellipselabels": ["Cat"]}),
    );
    let choice =
        json!({"id": "c", "from_name": "c", "to_name": "image", "type": "choices", "value": {"choices": ["a"]}});
    let mut odd = image_task(1, json!([bare, joined, nameless, broken, ellipse, choice]));
    odd.annotations.push(ExportAnnotation { was_cancelled: true, ..annotation(90, json!([])) });
    odd.annotations.insert(0, annotation(0, json!([rectangle()])));
    let list = task(2, json!({"image": ["a", "b"]}), vec![annotation(2, json!([]))]);
    let (folder, manifest) = export(ExportFormat::Coco, &boxes(), false, &[odd, list, task(3, json!({}), Vec::new())]);
    assert_eq!(
        lost(&manifest),
        [
            ("ellipse_as_polygon", 1),
            ("no_image", 1),
            ("no_label", 1),
            ("not_a_shape", 1),
            ("not_labeled", 1),
            ("other_answers", 1),
            ("skipped", 1),
            ("unusable", 1),
        ]
    );
    assert_eq!((manifest.tasks, manifest.tasks_written, manifest.results), (3, 1, 2));
    let coco: Value = serde_json::from_str(folder.text("result.json")).unwrap();
    assert_eq!(coco["annotations"].as_array().unwrap().len(), 2);
    let config = LabelConfig::default();
    assert_eq!(ExportFormat::Coco.check(&config).unwrap_err().code, "export_needs_image");
    assert!(ExportFormat::Csv.check(&config).is_ok());
}

#[test]
fn each_picture_of_a_list_has_its_own_regions() {
    let mut config = boxes();
    config.objects[0].attributes = vec![("valueList".to_owned(), "$image".to_owned())];
    let on_page = |id: &str, index: Option<u64>| {
        let mut item = on_image(id, "rectanglelabels", rectangle()["value"].take());
        if let Some(index) = index {
            item["item_index"] = index.into();
        }
        item
    };
    let result = json!([on_page("a", Some(1)), on_page("b", None), on_page("c", Some(1)), on_page("d", Some(9))]);
    let pages = json!({"image": ["/files/1/a.jpg", "https://e.org/x/a.jpg", ""]});
    let tasks =
        [task(7, pages, vec![annotation(1, result)]), task(8, json!({"image": []}), vec![annotation(2, json!([]))])];
    let (folder, manifest) = export(ExportFormat::CocoWithImages, &config, false, &tasks);
    let coco: Value = serde_json::from_str(folder.text("result.json")).unwrap();
    let images: Vec<_> = coco["images"].as_array().unwrap().iter().map(|image| &image["file_name"]).collect();
    assert_eq!(images, ["images/7-1-a.jpg", "images/7-2-a.jpg"], "{coco}");
    let regions: Vec<_> = coco["annotations"].as_array().unwrap().iter().map(|region| &region["image_id"]).collect();
    assert_eq!(regions, [0, 1, 1]);
    assert_eq!((manifest.images, manifest.annotations, manifest.tasks_written), (1, 1, 1));
    assert!(
        lost(&manifest).contains(&("other_image", 1)) && lost(&manifest).contains(&("no_image", 2)),
        "{manifest:?}"
    );
    let (folder, _) = export(ExportFormat::Yolo, &config, false, &tasks);
    for (path, lines) in [("labels/7-1-a.txt", 1), ("labels/7-2-a.txt", 2)] {
        assert_eq!(folder.text(path).lines().count(), lines, "{path}");
    }
}

fn mixed_tasks() -> Vec<ExportTask> {
    let choice =
        json!({"id": "c", "from_name": "mood", "to_name": "t", "type": "choices", "value": {"choices": ["good"]}});
    let span = json!({"id": "s", "from_name": "ner", "to_name": "t", "type": "labels",
        "value": {"start": 0, "end": 2, "text": "hi", "labels": ["X"]}});
    let relation = json!({"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"});
    let data = json!({"text": "hi, \"you\"\n", "n": 1.5, "mood": "?", "id": "x"});
    let mut first = task(1, data, vec![annotation(1, json!([choice, span, relation])), annotation(2, json!([]))]);
    first.annotations.push(ExportAnnotation { was_cancelled: true, ..annotation(3, json!([])) });
    vec![first, task(2, json!({"text": "ho"}), Vec::new())]
}

#[test]
fn skipped_tasks_are_part_of_json_alone() {
    let skipped = ExportAnnotation { was_cancelled: true, ..annotation(4, json!([])) };
    let tasks = [task(3, json!({"image": "/a.jpg"}), vec![skipped]), task(5, json!({"image": "/b.jpg"}), Vec::new())];
    let (folder, manifest) = export(ExportFormat::Json, &boxes(), false, &tasks);
    let written: Value = serde_json::from_str(folder.text("result.json")).unwrap();
    assert_eq!((&written[0]["id"], written.as_array().unwrap().len()), (&json!(3), 1));
    assert_eq!(written[0]["annotations"][0]["was_cancelled"], true);
    assert_eq!((manifest.tasks_written, lost(&manifest)), (1, vec![("not_labeled", 1)]));
    let (_, manifest) = export(ExportFormat::Coco, &boxes(), false, &tasks);
    assert_eq!((manifest.tasks_written, lost(&manifest)), (0, vec![("not_labeled", 2)]));
}

#[test]
fn json_min_is_flat_and_newest_first() {
    let (folder, manifest) = export(ExportFormat::JsonMin, &LabelConfig::default(), false, &mixed_tasks());
    let expected = r#"[
{"text":"hi, \"you\"\n","n":1.5,"mood":"?","_data_id":"x","id":1,"annotator":5,"annotation_id":2,"created_at":"2026-01-01T00:00:02.000000Z","updated_at":"2026-01-01T00:00:02.000000Z","lead_time":1.5},
{"text":"hi, \"you\"\n","n":1.5,"_data_mood":"?","_data_id":"x","id":1,"mood":"good","ner":[{"start":0,"end":2,"text":"hi","labels":["X"]}],"annotator":5,"annotation_id":1,"created_at":"2026-01-01T00:00:01.000000Z","updated_at":"2026-01-01T00:00:01.000000Z","lead_time":1.5}
]
"#;
    assert_eq!(folder.text("result.json"), expected);
    assert_eq!(lost(&manifest), [("not_labeled", 1), ("relations", 1), ("skipped", 1)]);
    assert_eq!((manifest.tasks, manifest.tasks_written, manifest.annotations, manifest.results), (2, 1, 2, 2));
}

#[test]
fn csv_quotes_all_but_numbers_and_sorts_columns() {
    let (folder, _) = export(ExportFormat::Csv, &LabelConfig::default(), true, &mixed_tasks());
    let expected = "\"_data_id\",\"_data_mood\",\"annotation_id\",\"annotator\",\"created_at\",\"id\",\"lead_time\",\"mood\",\"n\",\"ner\",\"text\",\"updated_at\"\n\
        \"x\",\"\",2,5,\"2026-01-01T00:00:02.000000Z\",1,1.5,\"?\",1.5,\"\",\"hi, \"\"you\"\"\n\",\"2026-01-01T00:00:02.000000Z\"\n\
        \"x\",\"?\",1,5,\"2026-01-01T00:00:01.000000Z\",1,1.5,\"good\",1.5,\"[{\"\"start\"\":0,\"\"end\"\":2,\"\"text\"\":\"\"hi\"\",\"\"labels\"\":[\"\"X\"\"]}]\",\"hi, \"\"you\"\"\n\",\"2026-01-01T00:00:01.000000Z\"\n\
        \"\",\"\",\"\",\"\",\"\",2,\"\",\"\",\"\",\"\",\"ho\",\"\"\n";
    assert_eq!(folder.text("result.csv"), expected);
    let (folder, _) = export(ExportFormat::Tsv, &LabelConfig::default(), false, &mixed_tasks()[1..]);
    assert_eq!(folder.text("result.tsv"), "\n");
}

#[test]
fn json_carries_everything_and_comes_back() {
    let mut tasks = mixed_tasks();
    tasks[0].meta = Some(json!({"k": 1}).as_object().unwrap().clone());
    tasks[0].predictions.push(ExportPrediction {
        id: 4,
        model_version: "v1".to_owned(),
        score: Some(0.25),
        result: vec![json!({"odd": [1.50]})].into(),
        created_at: at(4),
    });
    let (folder, manifest) = export(ExportFormat::Json, &LabelConfig::default(), true, &tasks);
    assert!(manifest.losses.is_empty());
    assert_eq!((manifest.tasks_written, manifest.annotations), (2, 3));
    let read: Vec<_> = import::open("result.json", &folder.files["result.json"][..]).unwrap().unwrap().collect();
    for (task, row) in tasks.iter().zip(&read) {
        let back = row.as_ref().unwrap().outcome.as_ref().unwrap();
        assert_eq!((&back.data, &back.meta), (&task.data, &task.meta));
        assert_eq!(back.annotations.len(), task.annotations.len());
        for (before, after) in task.annotations.iter().zip(&back.annotations) {
            assert_eq!((&*before.result, before.was_cancelled), (&*values(&after.result), after.was_cancelled));
            assert_eq!(after.completed_by.as_deref(), Some("ada@example.org"));
            assert_eq!((after.created_at, after.lead_time), (Some(before.created_at), before.lead_time));
        }
        for (before, after) in task.predictions.iter().zip(&back.predictions) {
            assert_eq!((&*before.result, before.score), (&*values(&after.result), after.score));
        }
    }
    let (empty, _) = export(ExportFormat::Json, &LabelConfig::default(), false, &[]);
    assert_eq!(empty.text("result.json"), "[]\n");
}

proptest! {
    #[test]
    fn csv_comes_back_through_the_importer(cells in prop::collection::vec(("[a-z]{1,6}", "[ -~\n\r\u{e9}]{0,20}"), 1..5)) {
        let data: Map<String, Value> = cells.into_iter().map(|(name, text)| (format!("c_{name}"), text.into())).collect();
        let tasks = [task(1, Value::Object(data.clone()), vec![annotation(1, json!([]))])];
        let (folder, _) = export(ExportFormat::Csv, &LabelConfig::default(), false, &tasks);
        let row = import::open("result.csv", &folder.files["result.csv"][..]).unwrap().unwrap().next().unwrap().unwrap();
        let back = row.outcome.unwrap().data;
        for (name, value) in &data {
            prop_assert_eq!(&back[name], value);
        }
    }

    #[test]
    fn the_same_work_gives_the_same_bytes(x in 0.0..50.0_f64, rotation in 0.0..360.0_f64) {
        let value = json!({"x": x, "y": x, "width": 20, "height": 10, "rotation": rotation, "rectanglelabels": ["Cat"]});
        let tasks = [image_task(1, json!([on_image("r", "rectanglelabels", value)])), image_task(2, json!([rectangle()]))];
        for format in ExportFormat::ALL.into_iter().filter(|format| format.check(&boxes()).is_ok()) {
            let (first, _) = export(format, &boxes(), false, &tasks);
            let (second, _) = export(format, &boxes(), false, &tasks);
            prop_assert_eq!(first.files, second.files);
        }
    }
}
