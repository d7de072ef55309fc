//! What is written and read again is what it was, up to what the manifest says.

use super::*;
use crate::{
    import::{LabelsAs, NewTask, Target, open_for, yolo::DataSet},
    label_config::parse,
    region::{Mask, Shape},
    result::{Region, rle_from_mask},
};

fn target(config: &LabelConfig) -> Target {
    Target { config: config.clone(), labels_as: LabelsAs::Annotations, has_media: false }
}

fn read(name: &str, folder: &Folder, config: &LabelConfig) -> Vec<NewTask> {
    let rows = open_for(name, &folder.files[name][..], &target(config)).unwrap().unwrap();
    rows.map(|row| row.unwrap().outcome.unwrap()).collect()
}

/// Shapes and labels of a result, and where they hang; in an order of their own.
fn regions(result: impl IntoIterator<Item = Value>) -> Vec<(Shape, Vec<String>, bool)> {
    let items = result.into_iter().map(|item| ResultItem::from_json(item).unwrap());
    let mut found: Vec<(Shape, Vec<String>, bool)> = items
        .filter_map(|item| {
            let region = Region::from_item(&item, None).unwrap()?;
            let mut shape = region.shape;
            if let Shape::KeyPoint(point) = &mut shape {
                // How wide a point is drawn means nothing.
                point.width = 0.0;
            }
            Some((shape, region.labels, item.parent_id().is_some()))
        })
        .collect();
    found.sort_by_key(|(shape, labels, _)| {
        format!("{labels:?} {:?}", shape.bounds().map(|b| [b.min.x.round(), b.min.y.round()]))
    });
    found
}

fn numbers(shape: &Shape) -> Vec<f64> {
    match shape {
        Shape::Rect(rect) => rect.corners().iter().flat_map(|corner| [corner.x, corner.y]).collect(),
        Shape::Polygon(polygon) => polygon.points.iter().flat_map(|point| [point.x, point.y]).collect(),
        Shape::KeyPoint(point) => vec![point.x, point.y],
        _ => Vec::new(),
    }
}

/// Whether both say the same, within `slack` pixels.
fn same(before: &ExportTask, after: &NewTask, slack: f64) {
    let [annotation] = &after.annotations[..] else { panic!("{after:?}") };
    let before = regions(before.annotations[0].result.to_vec());
    let after = regions(values(&annotation.result));
    assert_eq!(before.len(), after.len(), "{before:?}\n{after:?}");
    for ((shape, labels, is_part), (back, labels_back, is_part_back)) in before.iter().zip(&after) {
        assert_eq!((labels, is_part), (labels_back, is_part_back));
        match (shape, back) {
            (Shape::Mask(mask), Shape::Mask(back)) => assert_eq!(mask.runs(), back.runs()),
            _ => {
                let (numbers, back) = (numbers(shape), numbers(back));
                assert_eq!(numbers.len(), back.len(), "{shape:?}");
                for (number, back) in numbers.iter().zip(&back) {
                    assert!((number - back).abs() <= slack, "{shape:?}\n{number} {back}");
                }
            }
        }
    }
}

fn boxed(id: usize, [x, y, width, height]: [f64; 4], rotation: f64, label: &str) -> Value {
    let value =
        json!({"x": x, "y": y, "width": width, "height": height, "rotation": rotation, "rectanglelabels": [label]});
    on_image(&format!("b{id}"), "rectanglelabels", value)
}

fn outline(id: usize, points: &[(f64, f64)]) -> Value {
    on_image(&format!("p{id}"), "polygonlabels", json!({"points": points, "closed": true, "polygonlabels": ["Tree"]}))
}

/// Boxes that lie in the middle, so that no turn takes them over the edge.
fn middle() -> impl Strategy<Value = [f64; 4]> {
    [40.0..60.0, 40.0..60.0, 1.0..20.0, 1.0..20.0_f64]
}

fn inside() -> impl Strategy<Value = Vec<(f64, f64)>> {
    prop::collection::vec((0.0..100.0_f64, 0.0..100.0_f64), 3..9)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn coco_brings_boxes_outlines_and_masks_back(
        corners in middle(), rotation in 0.0..360.0_f64, points in inside(), holes in prop::collection::vec((0_u32..400, 0_u32..60, 1_u32..9), 1..20)
    ) {
        let config = image_config(vec![
            control("RectangleLabels", &[("Cat", None)]),
            control("PolygonLabels", &[("Tree", None)]),
            control("BrushLabels", &[("Sky", None)]),
        ]);
        let mut mask = Mask::new(640, 480).unwrap();
        mask.fill(holes.iter().map(|(y, x, length)| (*y, *x, x + length)), true);
        let sky = on_image("m", "brushlabels", json!({"format": "rle", "rle": rle_from_mask(&mask), "brushlabels": ["Sky"]}));
        let task = image_task(1, json!([boxed(1, corners, rotation, "Cat"), outline(2, &points), sky]));
        let tasks = [task, image_task(2, json!([]))];
        let (folder, manifest) = export(ExportFormat::Coco, &config, false, &tasks);
        // An image without labels may be of unknown size; nothing else is lost.
        prop_assert!(lost(&manifest).iter().all(|(code, _)| ["rotation_as_hull", "size_unknown"].contains(code)), "{:?}", manifest);
        let back = read("result.json", &folder, &config);
        prop_assert_eq!(back.len(), 2);
        same(&tasks[0], &back[0], 1e-5);
        prop_assert_eq!(&back[0].data["image"], &tasks[0].data["image"]);
        prop_assert!(back[1].annotations[0].result.is_empty());
    }

    #[test]
    fn coco_brings_key_points_back(x in 1.0..99.0_f64, y in 1.0..99.0_f64) {
        let config = image_config(vec![
            control("RectangleLabels", &[("Person", None)]),
            control("KeyPointLabels", &[("Nose", None), ("Ear", None)]),
        ]);
        let mut ear = on_image("k", "keypointlabels", json!({"x": x, "y": y, "width": 1, "keypointlabels": ["Ear"]}));
        ear["parentID"] = "b1".into();
        let tasks = [image_task(1, json!([boxed(1, [0.0, 0.0, 100.0, 100.0], 0.0, "Person"), ear]))];
        let (folder, _) = export(ExportFormat::Coco, &config, false, &tasks);
        same(&tasks[0], &read("result.json", &folder, &config)[0], 1e-5);
        let (folder, _) = export(ExportFormat::YoloPose, &config, false, &tasks);
        same(&tasks[0], &yolo(&folder, &config), 1e-4);
    }

    #[test]
    fn yolo_brings_boxes_and_outlines_back(corners in middle(), rotation in 0.0..360.0_f64, points in inside()) {
        let upright = [image_task(1, json!([boxed(1, corners, 0.0, "Cat"), boxed(2, corners, 0.0, "Dog \"x\": y")]))];
        for format in [ExportFormat::Yolo, ExportFormat::YoloDetect, ExportFormat::YoloObb] {
            let (folder, manifest) = export(format, &boxes(), false, &upright);
            prop_assert!(manifest.losses.is_empty());
            same(&upright[0], &yolo(&folder, &boxes()), 1e-4);
        }
        // Turned boxes of a part of the picture that is square, so that none reaches over its edge.
        let turned = [image_task(1, json!([boxed(1, corners, rotation, "Cat")]))];
        let (folder, manifest) = export(ExportFormat::YoloObb, &boxes(), false, &turned);
        prop_assert!(manifest.losses.is_empty(), "{:?}", manifest);
        same(&turned[0], &yolo(&folder, &boxes()), 0.02);
        let outlines = image_config(vec![control("PolygonLabels", &[("Tree", None)])]);
        let drawn = [image_task(1, json!([outline(1, &points)]))];
        let (folder, manifest) = export(ExportFormat::YoloSegment, &outlines, false, &drawn);
        prop_assert!(manifest.losses.is_empty());
        same(&drawn[0], &yolo(&folder, &outlines), 1e-4);
    }

    #[test]
    fn voc_brings_boxes_back(x in 0_u32..600, y in 0_u32..400, width in 1_u32..40, height in 1_u32..80, corners in middle(), rotation in 1.0..359.0_f64) {
        let part = |pixels: u32, side: f64| f64::from(pixels) / side * 100.0;
        let whole = [part(x, 640.0), part(y, 480.0), part(width, 640.0), part(height, 480.0)];
        let tasks = [image_task(1, json!([boxed(1, whole, 0.0, "Cat"), boxed(2, corners, rotation, "A & <B>")]))];
        let (folder, manifest) = export(ExportFormat::Voc, &boxes(), false, &tasks);
        prop_assert!(manifest.losses.is_empty(), "{:?}", manifest);
        let back = read("Annotations/1-1.xml", &folder, &boxes());
        same(&tasks[0], &back[0], 1e-3);
        prop_assert_eq!(&back[0].data["image"], &tasks[0].data["image"]);
    }

    #[test]
    fn conll_brings_words_and_tags_back(words in prop::collection::vec("[A-Za-z0-9é東]{1,8}", 1..12), from in 0_usize..12, length in 1_usize..4) {
        let config = parse(r#"<View><Text name="t" value="$text"/><Labels name="ner" toName="t"><Label value="New place"/></Labels></View>"#).config.unwrap();
        let text = words.join(" ");
        let (first, last) = (from.min(words.len() - 1), (from + length).min(words.len()).max(from.min(words.len() - 1) + 1));
        let start = words[..first].iter().map(|word| word.chars().count() + 1).sum::<usize>();
        let end = words[..last].iter().map(|word| word.chars().count() + 1).sum::<usize>() - 1;
        let span = json!({"id": "a", "from_name": "ner", "to_name": "t", "type": "labels",
            "value": {"start": start, "end": end, "text": "", "labels": ["New place"]}});
        let tasks = [task(1, json!({"text": text}), vec![annotation(1, json!([span]))]), task(2, json!({"text": "a b"}), vec![annotation(2, json!([]))])];
        let (folder, manifest) = export(ExportFormat::Conll2003, &config, false, &tasks);
        let back = read("result.conll", &folder, &config);
        prop_assert_eq!(back.len(), 2);
        // Words of scripts without spaces, and words within words, come apart: then, and only then, the text is another.
        prop_assert_eq!(back[0].data["text"] == text.as_str(), manifest.losses.is_empty());
        if manifest.losses.is_empty() {
            let value = back[0].annotations[0].result[0].value().unwrap();
            prop_assert_eq!((value["start"].as_u64(), value["end"].as_u64()), (Some(start as u64), Some(end as u64)));
        }
        prop_assert!(back[1].annotations[0].result.is_empty());
    }

    #[test]
    fn parquet_brings_everything_back(n in any::<i64>(), x in -1e9..1e9_f64, text in "\\PC{0,20}", flag in any::<bool>(), mixed in any::<bool>()) {
        let item = json!({"id": "c", "from_name": "mood", "to_name": "t", "type": "choices", "value": {"choices": [text]}, "odd": {"deep": [n, x]}});
        let data = json!({"n": n, "x": x, "text": text, "flag": flag, "list": [1, {"a": null}], "created_at": "mine", "mixed": if mixed { json!("1") } else { json!(1) }});
        let mut first = task(1, data, vec![annotation(1, json!([item])), ExportAnnotation { was_cancelled: true, ..annotation(2, json!([])) }]);
        first.meta = Some(Map::from_iter([("k".to_owned(), json!({"v": n}))]));
        let second = task(2, json!({"n": 5, "mixed": 2}), vec![ExportAnnotation { ground_truth: true, lead_time: None, ..annotation(3, json!([])) }]);
        let third = task(3, json!({"only": "unlabeled"}), Vec::new());
        let tasks = [first, second, third];
        let (folder, manifest) = export(ExportFormat::Parquet, &LabelConfig::default(), true, &tasks);
        prop_assert!(manifest.losses.is_empty());
        let back = read("result.parquet", &folder, &LabelConfig::default());
        prop_assert_eq!(back.len(), 3);
        for (task, back) in tasks.iter().zip(&back) {
            let sorted = |data: &Map<String, Value>| data.iter().map(|(name, value)| (name.clone(), value.clone())).collect::<BTreeMap<_, _>>();
            prop_assert_eq!(sorted(&task.data), sorted(&back.data));
            prop_assert_eq!(&task.meta, &back.meta);
            prop_assert_eq!(task.annotations.len(), back.annotations.len());
            for (before, after) in task.annotations.iter().zip(&back.annotations) {
                prop_assert_eq!((&*before.result, before.was_cancelled, before.ground_truth), (&*values(&after.result), after.was_cancelled, after.ground_truth));
                prop_assert_eq!((before.lead_time, Some(before.created_at)), (after.lead_time, after.created_at));
                prop_assert_eq!(after.completed_by.as_deref(), Some("ada@example.org"));
            }
        }
    }
}

/// The one image of a data set.
fn yolo(folder: &Folder, config: &LabelConfig) -> NewTask {
    let mut set = DataSet::default();
    set.read_yaml(folder.text("data.yaml"));
    set.read_classes(folder.text("classes.txt"));
    let size = ImageSize::new(640.0, 480.0);
    set.task("1-1.jpg", Some(folder.text("labels/1-1.txt")), size, &target(config)).unwrap()
}
