use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::region::{ImageSize, RotatedRect, Shape};

fn item(json: Value) -> ResultItem {
    ResultItem::from_json(json).unwrap()
}

fn on_image(item_type: &str, value: Value) -> Value {
    json!({"id": "r1", "from_name": "label", "to_name": "image", "type": item_type, "origin": "manual",
        "original_width": 600, "original_height": 400, "image_rotation": 0, "value": value, "meta": {"text": ["?"]}})
}

fn shapes() -> Vec<Value> {
    vec![
        on_image(
            "rectanglelabels",
            json!({"x": 12.5, "y": 33.3, "width": 20, "height": 0.1, "rotation": 15, "rectanglelabels": ["Cat"]}),
        ),
        on_image("rectangle", json!({"x": 1, "y": 2, "width": 3, "height": 4})),
        on_image(
            "ellipselabels",
            json!({"x": 50, "y": 50, "radiusX": 7.7, "radiusY": 3, "rotation": 0, "ellipselabels": ["Cat", "Dog"]}),
        ),
        on_image(
            "polygonlabels",
            json!({"points": [[1, 2], [3.3, 4], [5, 6.6]], "closed": true, "polygonlabels": ["A"]}),
        ),
        on_image("keypointlabels", json!({"x": 1.1, "y": 2.2, "width": 0.5, "keypointlabels": ["Eye"], "zz": null})),
        on_image("labels", json!({"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0, "labels": ["Cat"]})),
        json!({"id": "t", "from_name": "ner", "to_name": "text", "type": "labels", "score": 0.25,
            "value": {"start": 3, "end": 9, "text": "double", "labels": ["PER"], "extra": {"deep": [1, 2.50]}}}),
    ]
}

fn others() -> Vec<Value> {
    vec![
        json!({"from_name": "c", "to_name": "t", "type": "choices", "value": {"choices": ["a", ["b", "c"]]}}),
        json!({"from_name": "r", "to_name": "t", "type": "rating", "value": {"rating": 4}}),
        json!({"from_name": "n", "to_name": "t", "type": "number", "value": {"number": 2.5}}),
        json!({"from_name": "x", "to_name": "t", "type": "textarea", "value": {"text": ["one", "two"]}}),
        json!({"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"}),
        json!({"id": "b", "type": "hologram", "value": {"x": 1}}),
        json!({"id": "b", "type": "labels", "value": {"start": {}, "end": 3}}),
        json!({}),
    ]
}

#[test]
fn every_shape_comes_back_untouched() {
    for shape in shapes() {
        let before = item(shape);
        let region = Region::from_item(&before, None).unwrap().expect("a region");
        assert!(region.is_untouched());
        assert_eq!(serde_json::to_string(&region.to_item()).unwrap(), serde_json::to_string(&before).unwrap());
    }
}

#[test]
fn other_items_are_carried_through() {
    for other in others() {
        assert_eq!(Region::from_item(&item(other.clone()), None), Ok(None), "{other}");
        assert_eq!(Value::from(item(other.clone())), other);
    }
    let [choices, rating, number, textarea, ..] = &others()[..] else { unreachable!() };
    assert_eq!(item(choices.clone()).choices(), [vec!["a"], vec!["b", "c"]]);
    assert_eq!(item(rating.clone()).number_value(), Some(4.0));
    assert_eq!(item(number.clone()).number_value(), Some(2.5));
    assert_eq!(item(textarea.clone()).texts(), ["one", "two"]);
}

#[test]
fn percent_becomes_pixels() {
    let region = Region::from_item(&item(shapes()[0].clone()), None).unwrap().unwrap();
    let Shape::Rect(rect) = region.shape else { panic!("a box") };
    assert_eq!((rect.x, rect.width, rect.rotation), (75.0, 120.0, 15.0));
    assert!((rect.y - 133.2).abs() < 1e-9);
    assert_eq!(region.labels, ["Cat"]);
}

#[test]
fn a_changed_region_writes_only_what_changed() {
    let before = item(on_image(
        "rectanglelabels",
        json!({"x": 12.5, "y": 33.3, "width": 20, "height": 10, "rotation": 15, "rectanglelabels": ["Cat"], "k": 1}),
    ));
    let mut region = Region::from_item(&before, None).unwrap().unwrap();
    region.labels = vec!["Dog".to_owned()];
    let mut expected = before.clone();
    expected.0["value"]["rectanglelabels"] = json!(["Dog"]);
    assert_eq!(region.to_item(), expected);

    region.source.as_mut().unwrap().0.insert("origin".to_owned(), "prediction".into());
    region.shape = region.shape.translated(crate::region::ImageVector::new(6.0, 0.0));
    let after = region.to_item();
    assert_eq!(after.origin(), Some("prediction-changed"));
    assert_eq!(after.0["value"]["x"], json!(13.5));
    assert_eq!(after.0["value"]["k"], json!(1));
}

#[test]
fn a_new_region_has_the_shape_of_label_studio() {
    let region = Region {
        id: "abc".to_owned(),
        from_name: "label".to_owned(),
        to_name: "image".to_owned(),
        item_type: "rectanglelabels".to_owned(),
        shape: Shape::Rect(RotatedRect { x: 60.0, y: 40.0, width: 30.0, height: 20.0, rotation: 0.0 }),
        labels: vec!["Cat".to_owned()],
        size: ImageSize::new(600.0, 400.0),
        source: None,
    };
    assert_eq!(
        Value::from(region.to_item()),
        json!({"original_width": 600, "original_height": 400, "image_rotation": 0, "id": "abc",
            "from_name": "label", "to_name": "image", "type": "rectanglelabels", "origin": "manual",
            "value": {"x": 10.0, "y": 10.0, "width": 5.0, "height": 5.0, "rotation": 0, "rectanglelabels": ["Cat"]}})
    );
}

#[test]
fn broken_regions_say_what_is_broken() {
    let table = [
        (on_image("rectanglelabels", json!({"x": "a", "y": 2, "width": 3, "height": 4})), "x"),
        (on_image("polygonlabels", json!({"points": [[1, 2, 3]]})), "points"),
        (on_image("polygon", json!({"points": "1,2"})), "points"),
        (json!({"type": "rectangle", "value": {"x": 1, "y": 2, "width": 3, "height": 4}}), "original_width"),
        (json!({"type": "labels", "value": {"start": 9, "end": 3, "text": "x", "labels": []}}), "end"),
        (on_image("rectangle", json!({"x": 1e308, "y": 2, "width": 3, "height": 4})), "value"),
    ];
    for (json, field) in table {
        let error = Region::from_item(&item(json), None).unwrap_err();
        assert_eq!(error.field.as_deref(), Some(field));
    }
}

fn json_leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e6..1e6_f64).prop_map(Value::from),
        ".{0,8}".prop_map(Value::from)
    ]
}

proptest! {
    #[test]
    fn item_region_item_is_identical(
        which in 0..7_usize,
        geometry in proptest::collection::vec(0.0..100.0_f64, 6),
        extra_key in "[a-z]{1,6}_[a-z]{1,6}",
        extra in json_leaf(),
        deep in json_leaf(),
    ) {
        let mut json = shapes().swap_remove(which);
        for (key, n) in ["x", "y", "width", "height", "radiusX", "radiusY"].iter().zip(&geometry) {
            if json["value"].get(key).is_some() {
                json["value"][key] = (*n).into();
            }
        }
        json[&extra_key] = extra;
        json["value"][&extra_key] = json!({"deep": [deep]});
        let before = item(json);
        let region = Region::from_item(&before, None).unwrap().expect("a region");
        prop_assert_eq!(region.to_item(), before);
    }

    #[test]
    fn pixels_and_percent_round_trip(
        x in 0.0..100.0_f64, y in 0.0..100.0_f64, w in 0.0..100.0_f64, h in 0.0..100.0_f64,
        width in 1..20_000_u32, height in 1..20_000_u32,
    ) {
        let mut json = shapes().swap_remove(0);
        json["original_width"] = width.into();
        json["original_height"] = height.into();
        for (key, n) in [("x", x), ("y", y), ("width", w), ("height", h)] {
            json["value"][key] = n.into();
        }
        let mut region = Region::from_item(&item(json), None).unwrap().unwrap();
        region.source = None;
        let again = region.to_item();
        for (key, n) in [("x", x), ("y", y), ("width", w), ("height", h)] {
            prop_assert!((again.0["value"][key].as_f64().unwrap() - n).abs() < 1e-9);
        }
        let read = Region::from_item(&again, None).unwrap().unwrap();
        let (Shape::Rect(a), Shape::Rect(b)) = (&read.shape, &region.shape) else { panic!("boxes") };
        prop_assert!((a.x - b.x).abs() < 1e-9 && (a.height - b.height).abs() < 1e-9);
    }

    #[test]
    fn hostile_items_never_panic(item_type in "(rectangle|polygon|labels|keypoint|ellipse)(labels)?", key in "(x|points|start|value)", leaf in json_leaf()) {
        let json = json!({"type": item_type, "original_width": 10, "original_height": 10, "value": {key: leaf, "end": 1e300}});
        // Whatever comes back is fine; it must come back.
        if let Ok(Some(region)) = Region::from_item(&item(json), None) {
            prop_assert!(region.to_item().value().is_some());
        }
    }
}

#[test]
fn a_label_is_called_otherwise_wherever_it_stands() {
    for (before, after, count) in [
        (
            json!({"type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["Cat", "Dog", "Cat"]}}),
            json!({"type": "rectanglelabels", "value": {"x": 1, "rectanglelabels": ["Tom", "Dog", "Tom"]}}),
            2,
        ),
        (
            json!({"type": "choices", "value": {"choices": ["Cat", ["Pet", "Cat"]]}}),
            json!({"type": "choices", "value": {"choices": ["Tom", ["Pet", "Tom"]]}}),
            2,
        ),
        (
            json!({"type": "taxonomy", "value": {"taxonomy": [["Cat", "Wild"], ["Dog"]]}}),
            json!({"type": "taxonomy", "value": {"taxonomy": [["Tom", "Wild"], ["Dog"]]}}),
            1,
        ),
        (
            json!({"type": "videorectangle", "value": {"labels": ["Cat"]}}),
            json!({"type": "videorectangle", "value": {"labels": ["Tom"]}}),
            1,
        ),
        (
            json!({"type": "textarea", "value": {"text": ["Cat"]}}),
            json!({"type": "textarea", "value": {"text": ["Cat"]}}),
            0,
        ),
        (json!({"type": "relation"}), json!({"type": "relation"}), 0),
        (
            json!({"type": "labels", "value": {"labels": "Cat"}}),
            json!({"type": "labels", "value": {"labels": "Cat"}}),
            0,
        ),
    ] {
        let mut item = ResultItem::from_json(before).unwrap();
        assert_eq!(item.rename_label("Cat", "Tom"), count);
        assert_eq!(serde_json::to_value(&item).unwrap(), after);
    }
}
