//! The law of this module, for every type of result: read, left alone and written, it is the same JSON; changed, only what
//! changed is different; and nothing that can be written in JSON makes reading fail other than with an error.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::answer::Answer;
use crate::region::{ImagePoint, ImageVector, Shape, mask::Brush};

mod answers;
mod changes;

fn on_image(item_type: &str, value: Value) -> Value {
    json!({"original_width": 60, "original_height": 40, "image_rotation": 0, "id": "r", "from_name": "f", "to_name": "img",
        "type": item_type, "origin": "manual", "value": value})
}

fn plain(item_type: &str, value: Value) -> Value {
    json!({"id": "r", "from_name": "f", "to_name": "o", "type": item_type, "origin": "prediction", "score": 0.5, "value": value})
}

fn brush() -> Vec<u8> {
    let mut mask = crate::region::Mask::new(60, 40).unwrap();
    mask.stroke(ImagePoint::new(10.0, 10.0), ImagePoint::new(30.0, 20.0), Brush::Round(7.0), true);
    rle_from_mask(&mask)
}

fn keyframes() -> Value {
    json!([
        {"frame": 1, "time": 0.041_666_666_666_666_664, "x": 10.1, "y": 20, "width": 5, "height": 7.3, "rotation": 0, "enabled": true, "auto": 1},
        {"frame": 30, "time": 1.25, "x": 33.333_333_333_333_336, "y": 20, "width": 5, "height": 7.3, "rotation": 10, "enabled": false},
        {"frame": 41, "x": 50, "y": 0.1, "width": 5, "height": 7.3, "rotation": 0, "enabled": true, "zz": null},
    ])
}

fn vertices() -> Value {
    json!([
        {"id": "a", "x": 10.1, "y": 20.7, "prevPointId": null, "isBezier": false, "disconnected": false},
        {"id": "b", "x": 40, "y": 20, "prevPointId": "a", "isBezier": true,
            "controlPoint1": {"x": 30, "y": 10}, "controlPoint2": {"x": 50.5, "y": 30, "deep": 1}},
        {"id": "c", "x": 40, "y": 60.6, "prevPointId": "b", "isBezier": false},
    ])
}

/// One of every type whose items are regions, with the variant it becomes.
fn regions() -> Vec<(&'static str, Value)> {
    let vector = json!({"vertices": vertices(), "closed": true, "vectorlabels": ["Road"]});
    let bitmask =
        bitmask_from_mask(&mask_from_rle(&brush(), crate::region::ImageSize { width: 60.0, height: 40.0 }).unwrap());
    vec![
        (
            "rect",
            on_image(
                "rectanglelabels",
                json!({"x": 12.5, "y": 33.3, "width": 20, "height": 0.1, "rotation": 15, "rectanglelabels": ["A"]}),
            ),
        ),
        ("rect", on_image("rectangle", json!({"x": 12.5, "y": 33.3, "width": 20, "height": 0.1}))),
        (
            "ellipse",
            on_image(
                "ellipselabels",
                json!({"x": 50, "y": 50, "radiusX": 7.7, "radiusY": 3, "rotation": 1, "ellipselabels": ["A"]}),
            ),
        ),
        (
            "polygon",
            on_image(
                "polygonlabels",
                json!({"points": [[1, 2], [3.3, 4], [5, 6.6], [7, 1]], "closed": false, "polygonlabels": ["A"]}),
            ),
        ),
        (
            "polygon",
            on_image(
                "polygonlabels",
                json!({"points": [[0, 0], [90, 0], [90, 90]], "closed": true, "polygonlabels": ["A"],
                    "holes": [[[50, 10], [60, 10.10], [60, 20]], [[70, 30], [80, 30], [80, 40]]]}),
            ),
        ),
        ("keypoint", on_image("keypointlabels", json!({"x": 1.1, "y": 2.2, "width": 0.5, "keypointlabels": ["A"]}))),
        ("mask", on_image("brushlabels", json!({"format": "rle", "rle": brush(), "brushlabels": ["A"]}))),
        ("mask", on_image("brush", json!({"rle": brush()}))),
        ("mask", on_image("bitmasklabels", json!({"imageDataURL": bitmask, "bitmasklabels": ["A"]}))),
        ("mask", on_image("bitmask", json!({"imageDataURL": bitmask}))),
        ("mask", on_image("labels", json!({"rle": brush(), "format": "rle", "labels": ["A"]}))),
        ("vector", on_image("vectorlabels", vector.clone())),
        ("vector", on_image("vector", json!({"vertices": [{"x": 1, "y": 2}, {"x": 3, "y": 4.4}]}))),
        ("vector", on_image("labels", json!({"vertices": vertices(), "closed": false, "labels": ["A"]}))),
        (
            "page",
            plain(
                "ocrlabels",
                json!({"x": 0.1, "y": 0.25, "width": 0.333, "height": 0.05, "rotation": 0, "pageIndex": 3, "ocrtext": "Total", "ocrlabels": ["A"]}),
            ),
        ),
        ("page", plain("ocrlabels", json!({"x": 10.1, "y": 25, "width": 33.3, "height": 5, "ocrlabels": ["A"]}))),
        (
            "box_track",
            plain(
                "videorectangle",
                json!({"framesCount": 240, "duration": 10.01, "sequence": keyframes(), "labels": ["Car"]}),
            ),
        ),
        (
            "box_track",
            plain("labels", json!({"framesCount": 240, "duration": 10, "sequence": keyframes(), "labels": ["Car"]})),
        ),
        (
            "vector_track",
            plain(
                "videovector",
                json!({"framesCount": 240, "duration": 10, "labels": ["Car"], "sequence": [
            {"frame": 5, "time": 0.2, "enabled": true, "closed": true, "vertices": vertices()},
            {"frame": 9, "time": 0.4, "enabled": true, "vertices": vertices()}]}),
            ),
        ),
        (
            "vector_track",
            plain(
                "videovectorlabels",
                json!({"videovectorlabels": ["Car"], "sequence": [{"frame": 5, "vertices": vertices()}]}),
            ),
        ),
        (
            "frames",
            plain(
                "timelinelabels",
                json!({"ranges": [{"start": 1, "end": 40, "k": 2}, {"start": 50, "end": 50}], "timelinelabels": ["A"]}),
            ),
        ),
        (
            "time",
            json!({"original_length": 93.12, "id": "r", "from_name": "f", "to_name": "audio", "type": "labels",
            "value": {"start": 1, "end": 2, "channel": 0, "labels": ["A"]}}),
        ),
        ("time", plain("labels", json!({"start": 0.5, "end": 2, "labels": ["A"]}))),
        (
            "series",
            plain(
                "timeserieslabels",
                json!({"start": "2020-01-01 10:00", "end": "2020-01-01 11:00", "instant": false, "timeserieslabels": ["A"]}),
            ),
        ),
        (
            "series",
            plain(
                "timeserieslabels",
                json!({"start": 1_592_250_751_951.875, "end": 1_592_250_752_000_i64, "instant": true, "timeserieslabels": ["A"]}),
            ),
        ),
        ("text", plain("labels", json!({"start": 3, "end": 9, "text": "double", "labels": ["A"]}))),
        ("text", plain("labels", json!({"start": "3", "end": 9.0, "labels": ["A"]}))),
        (
            "paragraph",
            plain(
                "paragraphlabels",
                json!({"start": "0", "end": "2", "startOffset": 4, "endOffset": 1, "text": "a\nb", "paragraphlabels": ["A"]}),
            ),
        ),
        (
            "hyper_text",
            plain(
                "hypertextlabels",
                json!({"start": "/div[1]/p[2]/text()[1]", "end": "/div[1]/p[3]/text()[1]", "startOffset": 3,
            "endOffset": 5, "globalOffsets": {"start": 103, "end": 140, "k": 1}, "text": "x", "hypertextlabels": ["A"]}),
            ),
        ),
        (
            "hyper_text",
            plain("hypertextlabels", json!({"globalOffsets": {"start": 103, "end": 140}, "hypertextlabels": ["A"]})),
        ),
        ("text", plain("hypertextlabels", json!({"start": 3, "end": 9, "text": "double", "hypertextlabels": ["A"]}))),
        (
            "message",
            plain(
                "chatmessage",
                json!({"chatmessage": {"role": "user", "content": "Hi", "createdAt": 1_760_000_000_000_i64, "k": 1}}),
            ),
        ),
        ("message", plain("chatmessage", json!({"role": "assistant", "content": "Hi"}))),
    ]
}

/// One of every type whose items are answers.
fn answers() -> Vec<Value> {
    vec![
        plain("choices", json!({"choices": ["a", ["b", "c"]]})),
        plain("choices", json!({"choices": []})),
        plain("taxonomy", json!({"taxonomy": [["Eukarya", "Animalia"], ["Bacteria"]]})),
        plain("textarea", json!({"text": ["one", "two"]})),
        plain("textarea", json!({"text": "one", "start": 1, "end": 3})),
        plain("rating", json!({"rating": 4})),
        plain("number", json!({"number": 2.50})),
        plain("datetime", json!({"datetime": "2026-11-21"})),
        plain("pairwise", json!({"selected": "right"})),
        plain("ranker", json!({"ranker": {"best": ["3", "1"], "_": []}})),
        plain("reactcode", json!({"reactcode": {"score": 3, "why": ["x"]}})),
    ]
}

fn item(json: &Value) -> ResultItem {
    ResultItem::from_json(json.clone()).unwrap()
}

fn read(json: &Value) -> Region {
    Region::from_item(&item(json), None).unwrap().unwrap_or_else(|| panic!("a region: {json}"))
}

fn text(item: &ResultItem) -> String {
    serde_json::to_string(item).unwrap()
}

#[test]
fn every_region_is_typed_and_comes_back_to_the_letter() {
    for (variant, json) in regions() {
        let region = read(&json);
        let name = serde_json::to_value(&region.shape).unwrap();
        let name = name.as_object().and_then(|shape| shape.keys().next()).unwrap().replace("key_point", "keypoint");
        assert_eq!(name, variant, "{json}");
        assert!(region.is_untouched() && !region.is_reshaped(), "{json}");
        assert_eq!(text(&region.to_item()), text(&item(&json)));
        // A region in the local log is the same region.
        let kept: Region = serde_json::from_value(serde_json::to_value(&region).unwrap()).unwrap();
        assert_eq!(text(&kept.to_item()), text(&item(&json)), "{json}");
    }
}

#[test]
fn every_region_drawn_anew_is_read_back_as_it_was_drawn() {
    for (_, json) in regions() {
        let mut region = read(&json);
        region.source = None;
        let again = read(&Value::from(region.to_item()));
        assert!(nearly(&again.shape, &region.shape), "{json}\n{:?}", region.to_item());
        assert_eq!((again.labels, again.item_type, again.size), (region.labels, region.item_type, region.size));
    }
}

/// Pixels and percent are apart by rounding.
fn nearly(a: &Shape, b: &Shape) -> bool {
    fn close(a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Number(a), Value::Number(b)) => (a.as_f64().unwrap() - b.as_f64().unwrap()).abs() < 1e-9,
            (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(a, b)),
            (Value::Object(a), Value::Object(b)) => {
                a.iter().filter(|(key, _)| *key != "stamp").all(|(key, a)| b.get(key).is_some_and(|b| close(a, b)))
            }
            _ => a == b,
        }
    }
    close(&serde_json::to_value(a).unwrap(), &serde_json::to_value(b).unwrap())
}

#[test]
fn new_labels_change_nothing_else() {
    for (_, json) in regions() {
        let before = item(&json);
        let Some(key) = before.labels_key().map(str::to_owned) else { continue };
        let mut region = read(&json);
        region.labels = vec!["New".to_owned()];
        let mut expected = before.clone();
        expected.mark_changed();
        expected.0["value"][&key] = json!(["New"]);
        assert_eq!(text(&region.to_item()), text(&expected));
    }
}

#[test]
fn broken_regions_say_what_is_broken() {
    let table = [
        (on_image("brushlabels", json!({"format": "rle"})), "rle"),
        (on_image("brushlabels", json!({"rle": [1, 2, 300]})), "rle"),
        (on_image("brushlabels", json!({"rle": [0, 0, 0, 4]})), "rle"),
        (on_image("bitmask", json!({"imageDataURL": "https://example.com/a.png"})), "imageDataURL"),
        (on_image("bitmask", json!({"imageDataURL": "data:image/png;base64,AAAA"})), "imageDataURL"),
        (on_image("vector", json!({"vertices": [{"x": 1}]})), "vertices"),
        (plain("brush", json!({"rle": brush()})), "original_width"),
        (plain("videorectangle", json!({"sequence": [{"frame": -1}]})), "frame"),
        (plain("videorectangle", json!({"sequence": 5})), "sequence"),
        (plain("timelinelabels", json!({"ranges": [{"start": 5, "end": 1}]})), "ranges"),
        (plain("timeserieslabels", json!({"start": [], "end": 1})), "start"),
        (plain("paragraphlabels", json!({"start": "3", "end": "1", "startOffset": 0, "endOffset": 0})), "end"),
        (plain("hypertextlabels", json!({"start": 5, "end": "/a", "startOffset": 0, "endOffset": 0})), "start"),
        (plain("labels", json!({"start": 2.5, "end": 1.0})), "end"),
        (plain("ocrlabels", json!({"x": 0.5})), "y"),
    ];
    for (json, field) in table {
        let error = Region::from_item(&item(&json), None).unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field), "{json}");
    }
}

fn json_tree() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e3..1e3_f64).prop_map(Value::from),
        prop_oneof![Just(f64::MAX), Just(-0.0), Just(1e-300)].prop_map(Value::from),
        "[a-z0-9/]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            proptest::collection::vec((key(), inner), 0..5)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    proptest::sample::select(vec![
        "x",
        "y",
        "width",
        "height",
        "rotation",
        "radiusX",
        "points",
        "closed",
        "rle",
        "format",
        "imageDataURL",
        "vertices",
        "id",
        "prevPointId",
        "isBezier",
        "controlPoint1",
        "sequence",
        "frame",
        "time",
        "enabled",
        "ranges",
        "start",
        "end",
        "startOffset",
        "endOffset",
        "globalOffsets",
        "channel",
        "instant",
        "text",
        "pageIndex",
        "ocrtext",
        "choices",
        "taxonomy",
        "rating",
        "number",
        "datetime",
        "selected",
        "ranker",
        "chatmessage",
        "role",
        "content",
        "labels",
        "other",
    ])
    .prop_map(str::to_owned)
}

fn item_type() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "rectanglelabels",
        "ellipse",
        "polygonlabels",
        "keypoint",
        "brushlabels",
        "bitmask",
        "vectorlabels",
        "ocrlabels",
        "videorectangle",
        "videovector",
        "videovectorlabels",
        "timelinelabels",
        "timeserieslabels",
        "paragraphlabels",
        "hypertextlabels",
        "labels",
        "choices",
        "taxonomy",
        "textarea",
        "rating",
        "number",
        "datetime",
        "pairwise",
        "ranker",
        "chatmessage",
        "reactcode",
        "relation",
        "nonsense",
    ])
}

proptest! {
    #[test]
    fn unknown_keys_survive_everywhere(which in 0..30_usize, name in "[a-z]{3,6}_[a-z]{1,6}", extra in json_tree(), inner in json_tree()) {
        let all = regions();
        let (_, mut json) = all[which % all.len()].clone();
        json[&name] = extra.clone();
        json["value"][&name] = inner.clone();
        if let Some(list) = json["value"].get_mut("sequence").or(None).and_then(Value::as_array_mut) {
            list[0][&name] = inner;
        }
        prop_assert_eq!(text(&read(&json).to_item()), text(&item(&json)));
        let answers = answers();
        let mut answer = answers[which % answers.len()].clone();
        answer[&name] = extra;
        let before = item(&answer);
        let mut after = before.clone();
        Answer::from_item(&before).unwrap().write_to(&mut after);
        prop_assert_eq!(text(&after), text(&before));
    }

    #[test]
    fn whatever_is_read_comes_back(
        item_type in item_type(),
        value in proptest::collection::vec((key(), json_tree()), 0..9),
        has_size in any::<bool>(),
        around in proptest::collection::vec((key(), json_tree()), 0..3),
    ) {
        let mut json: Map<String, Value> = around.into_iter().collect();
        json.insert("type".to_owned(), item_type.into());
        json.insert("value".to_owned(), Value::Object(value.into_iter().collect()));
        if has_size {
            json.insert("original_width".to_owned(), 12.into());
            json.insert("original_height".to_owned(), 8.into());
        }
        let before = ResultItem(json);
        if let Ok(Some(mut region)) = Region::from_item(&before, None) {
            prop_assert_eq!(text(&region.to_item()), text(&before));
            let _any = (region.shape.bounds(), region.shape.area(), region.shape.is_hit(ImagePoint::new(3.0, 3.0), 2.0));
            region.shape = region.shape.translated(ImageVector::new(1.0, 1.0));
            region.labels.push("new".to_owned());
            let _any = region.to_item();
            region.source = None;
            let _any = region.to_item();
        }
        if let Some(answer) = Answer::from_item(&before) {
            let mut after = before.clone();
            answer.write_to(&mut after);
            prop_assert_eq!(text(&after), text(&before));
        }
        if let Some(relation) = Relation::from_item(&before) {
            prop_assert_eq!(text(&relation.to_item()), text(&before));
        }
        let _any = (before.notes(), before.labels(), before.choices(), before.texts(), before.number_value());
    }

    #[test]
    fn a_value_broken_anywhere_is_an_error_or_comes_back(which in 0..30_usize, key in key(), broken in json_tree()) {
        let all = regions();
        let (_, mut json) = all[which % all.len()].clone();
        json["value"][&key] = broken;
        let before = item(&json);
        if let Ok(Some(region)) = Region::from_item(&before, None) {
            prop_assert_eq!(text(&region.to_item()), text(&before));
        }
    }
}
