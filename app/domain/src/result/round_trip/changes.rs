//! What was changed is all that is different.

use super::*;
use crate::region::Moment;

#[test]
fn a_moved_vector_keeps_unknown_keys_and_untouched_numbers() {
    let (_, json) = regions().into_iter().find(|(variant, _)| *variant == "vector").unwrap();
    let mut region = read(&json);
    region.shape = region.shape.translated(ImageVector::new(6.0, 0.0));
    let value = region.to_item().0["value"].clone();
    assert_eq!(value["vertices"][0]["y"], json!(20.7));
    assert_eq!(value["vertices"][0]["disconnected"], json!(false));
    assert!((value["vertices"][1]["controlPoint2"]["x"].as_f64().unwrap() - 60.5).abs() < 1e-9);
    assert_eq!(value["vertices"][1]["controlPoint2"]["deep"], json!(1));
    assert_eq!(value["vertices"][2].get("controlPoint1"), None);
}

#[test]
fn holes_move_with_their_polygon_and_keep_what_was_not_touched() {
    let (_, json) = regions().into_iter().find(|(_, json)| json["value"].get("holes").is_some()).unwrap();
    let written = |change: &dyn Fn(&mut crate::region::Polygon)| {
        let mut region = read(&json);
        let Shape::Polygon(polygon) = &mut region.shape else { panic!("a polygon") };
        change(polygon);
        region.to_item().0["value"].clone()
    };
    let before = &json["value"];
    let moved = written(&|polygon| polygon.point_mut(4).unwrap().x += 6.0);
    assert_eq!((&moved["points"], &moved["holes"][1]), (&before["points"], &before["holes"][1]));
    assert_eq!((&moved["holes"][0][0], &moved["holes"][0][2]), (&before["holes"][0][0], &before["holes"][0][2]));
    assert!((moved["holes"][0][1][0].as_f64().unwrap() - 70.0).abs() < 1e-9);
    let fewer = written(&|polygon| *polygon = polygon.without(3));
    assert_eq!(fewer["holes"], json!([before["holes"][1]]));
    assert_eq!(written(&|polygon| polygon.holes.clear()).get("holes"), None);
    // What is no list of rings belongs to somebody else.
    for other in [json!(true), json!([1]), json!([[[1, 2, 3]]]), json!({"a": []})] {
        let mut odd = json.clone();
        odd["value"]["holes"] = other.clone();
        let mut region = read(&odd);
        assert!(matches!(&region.shape, Shape::Polygon(polygon) if polygon.holes.is_empty()));
        region.shape = region.shape.translated(ImageVector::new(6.0, 0.0));
        assert_eq!(region.to_item().0["value"]["holes"], other);
    }
}

#[test]
fn a_box_on_a_page_is_moved_in_pixels_and_stored_in_parts() {
    let (_, json) = regions().into_iter().find(|(variant, _)| *variant == "page").unwrap();
    let size = crate::region::ImageSize { width: 500.0, height: 800.0 };
    assert_eq!(read(&json).shape.bounds(), None, "its page is not known");
    let mut region = Region::from_item(&item(&json), Some(size)).unwrap().unwrap();
    assert_eq!(serde_json::to_string(&region.to_item()).unwrap(), serde_json::to_string(&json).unwrap());
    region.shape = region.shape.translated(ImageVector::new(50.0, 0.0));
    let after = region.to_item().0;
    assert_eq!(after["value"]["x"], json!(0.2));
    assert_eq!((&after["value"]["width"], &after["value"]["ocrtext"]), (&json!(0.333), &json!("Total")));
    assert_eq!((&after["original_width"], &after["original_height"]), (&json!(500), &json!(800)));
}

#[test]
fn keyframes_that_were_not_touched_keep_every_digit() {
    let (_, json) = regions().into_iter().find(|(variant, _)| *variant == "box_track").unwrap();
    let written = |change: &dyn Fn(&mut crate::region::BoxTrack)| {
        let mut region = read(&json);
        let Shape::BoxTrack(track) = &mut region.shape else { panic!("a track") };
        change(track);
        region.to_item().0["value"]["sequence"].as_array().unwrap().clone()
    };
    let before = keyframes();
    let added = written(&|track| assert!(track.add(20)));
    assert_eq!(added.len(), 4);
    assert_eq!(Value::from([added[0].clone(), added[2].clone(), added[3].clone()].to_vec()), before);
    let removed = written(&|track| assert!(track.remove(30)));
    assert_eq!(removed, [before[0].clone(), before[2].clone()]);
    // A moved keyframe takes its numbers and its unknown keys along; only its frame and its time are new.
    let moved = written(&|track| assert!(track.move_keyframe(41, 35)));
    let mut expected = before[2].clone();
    expected["frame"] = json!(35);
    expected["time"] = json!(35.0 / (240.0 / 10.01));
    assert_eq!((&moved[..2], &moved[2]), (&before.as_array().unwrap()[..2], &expected));
    let ended = written(&|track| assert!(track.set_enabled(1, false)));
    let mut expected = before[0].clone();
    expected["enabled"] = json!(false);
    assert_eq!(ended, [expected, before[1].clone(), before[2].clone()]);
}

#[test]
fn a_painted_mask_is_written_as_the_one_it_came_as() {
    for (variant, json) in regions() {
        let mut region = read(&json);
        let Shape::Mask(mask) = &mut region.shape else {
            assert_ne!(variant, "mask");
            continue;
        };
        mask.stroke(ImagePoint::new(50.0, 30.0), ImagePoint::new(55.0, 35.0), Brush::Square(4.0), true);
        let painted = mask.clone();
        assert!(region.is_reshaped());
        let after = region.to_item();
        let keys: Vec<&String> = after.value().unwrap().keys().collect();
        let had: Vec<&String> = json["value"].as_object().unwrap().keys().collect();
        assert!(had.iter().all(|key| keys.contains(key)) && keys.len() <= had.len() + 1, "{keys:?}");
        assert_eq!(Region::from_item(&after, None).unwrap().unwrap().shape, Shape::Mask(painted));
    }
}

#[test]
fn a_message_that_is_worded_anew_keeps_the_rest() {
    for (_, json) in regions().into_iter().filter(|(variant, _)| *variant == "message") {
        let mut region = read(&json);
        let Shape::Message(message) = &mut region.shape else { panic!("a message") };
        message.content = "Bye".to_owned();
        let mut expected = json.clone();
        let path = if json["value"]["role"].is_null() { "/value/chatmessage/content" } else { "/value/content" };
        *expected.pointer_mut(path).unwrap() = json!("Bye");
        expected["origin"] = json!("prediction-changed");
        assert_eq!(text(&region.to_item()), text(&item(&expected)));
        // An answer about it repeats what was said.
        let about = region.item_about("good", "rating");
        assert_eq!(about.0["value"]["chatmessage"]["content"], json!("Bye"), "{about:?}");
    }
}

#[test]
fn painting_and_erasing_again_is_no_change() {
    let (_, json) = regions().into_iter().find(|(variant, _)| *variant == "mask").unwrap();
    let mut region = read(&json);
    let Shape::Mask(mask) = &mut region.shape else { panic!("a mask") };
    let (at, brush) = (ImagePoint::new(50.5, 30.5), Brush::Round(3.0));
    mask.stroke(at, at, brush, true);
    mask.stroke(at, at, brush, false);
    assert!(region.is_untouched());
}

#[test]
fn answers_about_a_region_follow_its_geometry_and_keep_their_texts() {
    let (_, json) = regions().into_iter().find(|(variant, _)| *variant == "text").unwrap();
    let mut region = read(&json);
    let Shape::Text(span) = &mut region.shape else { panic!("text") };
    span.end = 10;
    span.text = "doubled".to_owned();
    let mut answer = item(&plain("textarea", json!({"start": 3, "end": 9, "text": ["What it means"]})));
    region.copy_geometry_to(&mut answer);
    assert_eq!(answer.0["value"], json!({"start": 3, "end": 10, "text": ["What it means"]}));
    let mut verdict = item(&plain("choices", json!({"start": 3, "end": 9, "text": "double", "choices": ["x"]})));
    region.copy_geometry_to(&mut verdict);
    assert_eq!(verdict.0["value"], json!({"start": 3, "end": 10, "text": "doubled", "choices": ["x"]}));
}

#[test]
fn spans_are_what_they_say() {
    let shape = |at: &str, nth: usize| {
        regions().into_iter().filter(|(variant, _)| *variant == at).map(|(_, json)| read(&json).shape).nth(nth).unwrap()
    };
    let Shape::Time(sound) = shape("time", 0) else { panic!() };
    assert_eq!((sound.channel, sound.original_length, sound.duration()), (Some(0), Some(93.12), 1.0));
    let Shape::Series(series) = shape("series", 0) else { panic!() };
    assert_eq!(series.start, Moment::Written("2020-01-01 10:00".to_owned()));
    let Shape::HyperText(html) = shape("hyper_text", 0) else { panic!() };
    assert_eq!((html.global, html.end_offset), (Some((103, 140)), 5));
    let Shape::Page(page) = shape("page", 0) else { panic!() };
    let Shape::Page(percent) = shape("page", 1) else { panic!() };
    assert_eq!((page.page, percent.page, page.rect.y), (3, 1, percent.rect.y));
    let Shape::Frames(frames) = shape("frames", 0) else { panic!() };
    assert!(frames.contains(40) && !frames.contains(41) && frames.contains(50));
}
