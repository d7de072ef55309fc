//! Masks and vectors in the image formats.

use super::*;
use crate::region::{ImagePoint, Mask, mask::Brush};
use crate::result::rle_from_mask;

/// A frame of 10 × 8 pixels one pixel thick, and a bar beside it, on 640 × 480.
fn painted() -> Mask {
    let mut mask = Mask::new(640, 480).unwrap();
    mask.fill((100..108).map(|y| (y, 50, 60)), true);
    mask.fill((101..107).map(|y| (y, 51, 59)), false);
    mask.fill((100..104).map(|y| (y, 70, 72)), true);
    mask
}

fn brushed(mask: &Mask) -> Value {
    on_image("m", "brushlabels", json!({"format": "rle", "rle": rle_from_mask(mask), "brushlabels": ["Sky"]}))
}

fn line(closed: bool) -> Value {
    let vertex = |id: &str, x: f64, y: f64| json!({"id": id, "x": x, "y": y});
    let vertices = [vertex("a", 0.0, 0.0), vertex("b", 50.0, 0.0), vertex("c", 50.0, 50.0)];
    let id = if closed { "closed" } else { "open" };
    on_image(id, "vectorlabels", json!({"vertices": vertices, "closed": closed, "vectorlabels": ["Road"]}))
}

fn skies() -> LabelConfig {
    image_config(vec![control("BrushLabels", &[("Sky", None)]), control("VectorLabels", &[("Road", None)])])
}

#[test]
fn coco_keeps_every_pixel_of_a_mask() {
    let mask = painted();
    let tasks = [image_task(1, json!([brushed(&mask), line(true), line(false)]))];
    let (folder, manifest) = export(ExportFormat::Coco, &skies(), false, &tasks);
    let coco: Value = serde_json::from_str(folder.text("result.json")).unwrap();
    let first = &coco["annotations"][0];
    assert_eq!((&first["bbox"], &first["area"]), (&json!([50.0, 100.0, 22.0, 8.0]), &json!(40.0)));
    // Down the columns, as pycocotools counts: the runs give back the very pixels.
    let counts: Vec<u64> = serde_json::from_value(first["segmentation"]["counts"].clone()).unwrap();
    assert_eq!((counts[0], counts[1], first["segmentation"]["size"].clone()), (50 * 480 + 100, 8, json!([480, 640])));
    let mut again = Mask::new(640, 480).unwrap();
    let mut at = 0;
    for (index, count) in counts.iter().enumerate() {
        for pixel in at..at + count {
            let (x, y) = (u32::try_from(pixel / 480).unwrap(), u32::try_from(pixel % 480).unwrap());
            again.fill([(y, x, x + 1)], index % 2 == 1);
        }
        at += count;
    }
    assert_eq!(again, mask);
    assert_eq!(coco["annotations"][1]["segmentation"], json!([[0.0, 0.0, 320.0, 0.0, 320.0, 240.0]]));
    assert_eq!((coco["annotations"].as_array().unwrap().len(), manifest.results), (2, 2));
    assert_eq!(lost(&manifest), [("vector_open", 1)]);
}

#[test]
fn yolo_writes_outlines_and_says_what_they_lose() {
    let tasks = [image_task(1, json!([brushed(&painted()), line(true), line(false)]))];
    let (folder, manifest) = export(ExportFormat::Yolo, &skies(), false, &tasks);
    let lines: Vec<&str> = folder.text("labels/1-1.txt").lines().collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1], "1 0.109375 0.2083333333 0.1125 0.2083333333 0.1125 0.2166666667 0.109375 0.2166666667");
    assert_eq!(lines[2], "0 0 0 0.5 0 0.5 0.5");
    assert_eq!(
        lost(&manifest),
        [("mask_as_polygon", 1), ("mask_hole_filled", 1), ("mask_in_parts", 1), ("vector_open", 1)]
    );
    assert_eq!(manifest.results, 2);
}

#[test]
fn holes_of_polygons_stay_holes_where_the_format_has_them() {
    let corners = |from: f64, to: f64| json!([[from, from], [to, from], [to, to], [from, to]]);
    let value = json!({"points": corners(0.0, 50.0), "holes": [corners(10.0, 20.0)], "polygonlabels": ["Sky"]});
    let tasks = [image_task(1, json!([on_image("p", "polygonlabels", value)]))];
    let config = image_config(vec![control("PolygonLabels", &[("Sky", None)])]);
    let (folder, manifest) = export(ExportFormat::Coco, &config, false, &tasks);
    let coco: Value = serde_json::from_str(folder.text("result.json")).unwrap();
    let found = &coco["annotations"][0];
    assert_eq!(found["area"], json!(320.0 * 240.0 - 64.0 * 48.0));
    let counts: Vec<u64> = serde_json::from_value(found["segmentation"]["counts"].clone()).unwrap();
    // Down the first columns all of it, further right it is in two pieces with the hole between them.
    assert_eq!((counts[0], counts[1], counts[2]), (0, 240, 240));
    assert_eq!(counts.iter().skip(1).step_by(2).sum::<u64>(), 320 * 240 - 64 * 48);
    assert_eq!(lost(&manifest), [("polygon_as_mask", 1)]);
    let (folder, manifest) = export(ExportFormat::Yolo, &config, false, &tasks);
    assert_eq!(folder.text("labels/1-1.txt").trim_end(), "0 0 0 0.5 0 0.5 0.5 0 0.5");
    assert_eq!(lost(&manifest), [("polygon_hole_filled", 1)]);
}

#[test]
fn nothing_is_left_out_without_a_word() {
    let empty = Mask::new(640, 480).unwrap();
    let mut wrong = Mask::new(64, 48).unwrap();
    let at = ImagePoint::new(5.0, 5.0);
    wrong.stroke(at, at, Brush::Round(9.0), true);
    let sound = json!({"id": "s", "from_name": "l", "to_name": "audio", "type": "labels",
        "value": {"start": 0.5, "end": 2.0, "channel": 0, "labels": ["Sky"]}});
    let video = json!({"id": "v", "from_name": "l", "to_name": "video", "type": "videorectangle",
        "value": {"sequence": [{"frame": 1, "x": 1, "y": 1, "width": 1, "height": 1}], "labels": ["Sky"]}});
    let tasks = [image_task(1, json!([brushed(&empty), brushed(&wrong), sound, video]))];
    for format in [ExportFormat::Coco, ExportFormat::Yolo] {
        let (_, manifest) = export(format, &skies(), false, &tasks);
        assert_eq!(lost(&manifest), [("not_a_shape", 2), ("nothing_drawn", 1), ("unusable", 1)], "{format:?}");
        assert_eq!(manifest.results, 0);
    }
}
