//! Boxes, outlines and masks in the formats that hold one kind of shape.

use super::*;
use crate::region::Mask;
use crate::result::rle_from_mask;

fn config() -> LabelConfig {
    image_config(vec![
        control("RectangleLabels", &[("Cat", None), ("Dog", None)]),
        control("EllipseLabels", &[("Sun", None)]),
        control("PolygonLabels", &[("Tree", None)]),
        control("BrushLabels", &[("Sky", None)]),
        control("KeyPointLabels", &[("Nose", None)]),
    ])
}

fn rotated() -> Value {
    // 64 × 96 pixels turned by a quarter about (320, 0).
    on_image(
        "q",
        "rectanglelabels",
        json!({"x": 50, "y": 0, "width": 10, "height": 20, "rotation": 90, "rectanglelabels": ["Dog"]}),
    )
}

fn ellipse() -> Value {
    on_image("e", "ellipselabels", json!({"x": 50, "y": 50, "radiusX": 10, "radiusY": 10, "ellipselabels": ["Sun"]}))
}

fn nose() -> Value {
    on_image("k", "keypointlabels", json!({"x": 25, "y": 25, "width": 1, "keypointlabels": ["Nose"]}))
}

/// A frame of 10 × 8 pixels one pixel thick, and a bar beside it, on 640 × 480.
fn painted() -> Mask {
    let mut mask = Mask::new(640, 480).unwrap();
    mask.fill((100..108).map(|y| (y, 50, 60)), true);
    mask.fill((101..107).map(|y| (y, 51, 59)), false);
    mask.fill((100..104).map(|y| (y, 70, 72)), true);
    mask
}

fn sky() -> Value {
    on_image("m", "brushlabels", json!({"format": "rle", "rle": rle_from_mask(&painted()), "brushlabels": ["Sky"]}))
}

fn tasks() -> [ExportTask; 1] {
    [image_task(1, json!([rectangle(), rotated(), ellipse(), nose(), sky()]))]
}

#[test]
fn voc_has_whole_pixels_and_the_truth_of_rotated_boxes_beside_them() {
    let (folder, manifest) = export(ExportFormat::Voc, &config(), false, &tasks());
    let xml = folder.text("Annotations/1-1.xml");
    for part in [
        "<filename>1-1.jpg</filename>",
        "<width>640</width>\n    <height>480</height>",
        "<name>Cat</name>",
        "<xmin>64</xmin>\n      <ymin>48</ymin>\n      <xmax>384</xmax>\n      <ymax>288</ymax>",
        "<xmin>224</xmin>\n      <ymin>0</ymin>\n      <xmax>320</xmax>\n      <ymax>64</ymax>",
        "<cx>272</cx>\n      <cy>32</cy>\n      <w>64</w>\n      <h>96</h>\n      <angle>1.570796326795</angle>",
    ] {
        assert!(xml.contains(part), "{part}\n{xml}");
    }
    assert_eq!(lost(&manifest), [("keypoint", 1), ("shape_as_box", 2)]);
    assert_eq!(manifest.results, 4);
}

#[test]
fn detection_has_upright_boxes_only() {
    let (folder, manifest) = export(ExportFormat::YoloDetect, &config(), false, &tasks());
    let lines: Vec<&str> = folder.text("labels/1-1.txt").lines().collect();
    assert_eq!(lines[0], "0 0.35 0.35 0.5 0.5");
    assert_eq!(lines[1], "1 0.425 0.0666666667 0.15 0.1333333333");
    assert!(lines.iter().all(|line| line.split(' ').count() == 5), "{lines:?}");
    assert!(!folder.text("data.yaml").contains("kpt_shape"));
    assert_eq!(lost(&manifest), [("keypoint", 1), ("rotation_lost", 1), ("shape_as_box", 2)]);
}

#[test]
fn segmentation_has_polygons_only() {
    let (folder, manifest) = export(ExportFormat::YoloSegment, &config(), false, &tasks());
    let lines: Vec<&str> = folder.text("labels/1-1.txt").lines().collect();
    assert_eq!(lines[0], "0 0.1 0.1 0.6 0.1 0.6 0.6 0.1 0.6");
    assert!(lines.iter().all(|line| line.split(' ').count() >= 7), "{lines:?}");
    // Two boxes, an ellipse, and a mask in two parts.
    assert_eq!(lines.len(), 5);
    assert_eq!(
        lost(&manifest),
        [
            ("box_as_polygon", 2),
            ("ellipse_as_polygon", 1),
            ("keypoint", 1),
            ("mask_as_polygon", 1),
            ("mask_hole_filled", 1),
            ("mask_in_parts", 1)
        ]
    );
}

#[test]
fn rotated_boxes_keep_their_corners() {
    let (folder, manifest) = export(ExportFormat::YoloObb, &config(), false, &tasks());
    let lines: Vec<&str> = folder.text("labels/1-1.txt").lines().collect();
    assert_eq!(lines[0], "0 0.1 0.1 0.6 0.1 0.6 0.6 0.1 0.6");
    // Top-left as drawn is the pivot; then clockwise.
    assert_eq!(lines[1], "1 0.5 0 0.5 0.1333333333 0.35 0.1333333333 0.35 0");
    assert!(lines.iter().all(|line| line.split(' ').count() == 9), "{lines:?}");
    assert_eq!(lost(&manifest), [("keypoint", 1), ("shape_as_box", 2)]);
}

#[test]
fn masks_are_pictures_and_arrays() {
    let name = "task-1-annotation-1-by-ada@example.org-brushlabels-Sky-0";
    let (folder, manifest) = export(ExportFormat::BrushToNumpy, &config(), false, &tasks());
    let bytes = &folder.files[&format!("{name}.npy")];
    assert!(bytes.starts_with(b"\x93NUMPY\x01\x00"));
    assert_eq!((bytes.len() - 640 * 480) % 64, 0);
    let pixels = &bytes[bytes.len() - 640 * 480..];
    assert_eq!(pixels.iter().filter(|pixel| **pixel == 255).count() as u64, painted().area());
    assert_eq!((pixels[100 * 640 + 50], pixels[103 * 640 + 55], pixels[103 * 640 + 71]), (255, 0, 255));
    assert_eq!((manifest.results, lost(&manifest)), (1, vec![("not_a_mask", 4)]));
    let (folder, _) = export(ExportFormat::BrushToPng, &config(), false, &tasks());
    let picture = png::Decoder::new(Cursor::new(folder.files[&format!("{name}.png")].clone()));
    let mut reader = picture.read_info().unwrap();
    let mut read = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut read).unwrap();
    assert_eq!(read, pixels);
}

#[test]
fn geojson_draws_every_shape() {
    let line = on_image(
        "v",
        "vectorlabels",
        json!({"vertices": [{"id": "a", "x": 0, "y": 0}, {"id": "b", "x": 50, "y": 0}], "closed": false, "vectorlabels": ["Road"]}),
    );
    let mut tasks = tasks();
    let result = &mut tasks[0].annotations[0].result;
    *result = result.iter().cloned().chain([line]).collect();
    let (folder, manifest) = export(ExportFormat::Geojson, &config(), false, &tasks);
    let found: Value = serde_json::from_str(folder.text("result.geojson")).unwrap();
    let features = found["features"].as_array().unwrap();
    let kinds: Vec<&str> = features.iter().map(|feature| feature["geometry"]["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Polygon", "Polygon", "Polygon", "Point", "MultiPolygon", "LineString"]);
    assert_eq!(features[1]["properties"]["rotation"], json!(90.0));
    assert_eq!(features[1]["geometry"]["coordinates"][0][0], json!([320.0, 0.0]));
    assert_eq!(features[1]["geometry"]["coordinates"][0][4], json!([320.0, 0.0]));
    // The frame with its hole, and the bar.
    let parts = features[4]["geometry"]["coordinates"].as_array().unwrap();
    let rings: Vec<usize> = parts.iter().map(|part| part.as_array().unwrap().len()).collect();
    assert_eq!(rings, [2, 1]);
    assert_eq!((manifest.results, lost(&manifest)), (6, vec![("ellipse_as_polygon", 1)]));
}

#[test]
fn ndjson_is_json_line_by_line() {
    let tasks = [tasks()[0].clone(), image_task(2, json!([]))];
    let (lines, manifest) = export(ExportFormat::Ndjson, &config(), false, &tasks);
    let (list, _) = export(ExportFormat::Json, &config(), false, &tasks);
    let lines: Vec<Value> =
        lines.text("result.ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(Value::from(lines), serde_json::from_str::<Value>(list.text("result.json")).unwrap());
    assert!(manifest.losses.is_empty() && manifest.may_lose == ["not_labeled"]);
}

#[test]
fn a_snapshot_comes_back_as_it_was() {
    let mut tasks = vec![tasks()[0].clone(), image_task(2, json!([]))];
    tasks[0].meta = Some(Map::from_iter([("k".to_owned(), json!(1))]));
    tasks[0].is_finished = true;
    tasks[0].drafts.push(ExportDraft {
        id: 4,
        user: 5,
        result: vec![json!({"a": 1})].into(),
        ..ExportDraft::default()
    });
    tasks[1].predictions.push(ExportPrediction { id: 9, score: Some(0.5), ..ExportPrediction::default() });
    for (format, name) in [(ExportFormat::Json, "result.json"), (ExportFormat::Ndjson, "result.ndjson")] {
        let options = ExportOptions { include_drafts: true, ..ExportOptions::default() };
        let mut folder = Folder::default();
        let mut exporter = exporter(format, &config(), &options, &mut folder).unwrap().unwrap();
        for task in &tasks {
            exporter.task(task, &mut folder).unwrap();
        }
        exporter.finish(&mut folder).unwrap();
        let back: Vec<ExportTask> = Snapshot::new(&folder.files[name][..]).map(Result::unwrap).collect();
        assert_eq!(back, tasks);
    }
}
