//! What is painted anew, and what may stay.

use super::*;
use crate::annotate::{Crowd, Stale};

fn places(editor: &mut TestEditor) -> Vec<String> {
    match editor.editor.take_stale(IMAGE) {
        Stale::All => vec!["all".to_owned()],
        Stale::Places(places) => places
            .iter()
            .map(|place| format!("{},{} {}x{}", place.min.x, place.min.y, place.width(), place.height()))
            .collect(),
    }
}

#[test]
fn a_change_is_out_of_date_in_its_own_place_only() {
    let mut editor = TestEditor::with(
        &config::boxes_and_choices(),
        json!([boxed("a", 60.0, 100.0, 60.0, 60.0, 0.0), boxed("b", 300.0, 200.0, 60.0, 40.0, 0.0)]),
    );
    editor.tool(ToolKind::Select);
    assert_eq!(places(&mut editor), ["all"]);
    assert_eq!(places(&mut editor), [""; 0]);
    // Hovering is the lively layer's.
    editor.glide(80.0, 120.0);
    assert_eq!(places(&mut editor), [""; 0]);
    editor.click(80.0, 120.0);
    assert_eq!(places(&mut editor), ["60,100 60x60"]);
    editor.key(Key::Right);
    assert_eq!(places(&mut editor), ["60,100 60x60", "61,100 60x60"]);
    editor.click(330.0, 220.0);
    assert_eq!(places(&mut editor), ["61,100 60x60", "300,200 60x40"]);
    editor.command(Command::ToggleHidden);
    assert_eq!(places(&mut editor), ["300,200 60x40"]);
    editor.command(Command::Undo);
    assert_eq!(places(&mut editor), ["all"]);
}

#[test]
fn parts_of_the_still_layer_are_the_whole() {
    let boxes: Vec<_> =
        (0..50).map(|n| boxed(&format!("b{n}"), f64::from(n) * 10.0, f64::from(n) * 6.0, 40.0, 30.0, 0.0)).collect();
    let editor = TestEditor::with(&config::boxes_and_choices(), Value::Array(boxes)).editor;
    let view = *editor.view(IMAGE).unwrap();
    let keys = editor.still_order(IMAGE, &view.visible());
    assert_eq!(keys.len(), 50);
    let parts: Vec<_> = keys.chunks(7).flat_map(|part| editor.still_of(part, &view, true)).collect();
    assert_eq!(parts, editor.still(IMAGE));
    let corner = domain::region::Bounds::from_corners(
        domain::region::ImagePoint::new(0.0, 0.0),
        domain::region::ImagePoint::new(12.0, 12.0),
    );
    assert_eq!(editor.still_order(IMAGE, &corner).len(), 2);
}

/// The regions of a crowd: face, hull and strokes of each.
fn regions_of(crowd: &Crowd) -> Vec<(usize, Vec<f32>, Vec<f32>)> {
    let count = |number: f32| number.to_string().parse::<usize>().unwrap();
    let mut regions = Vec::new();
    let mut rest = crowd.numbers.as_slice();
    while let [face, length, hull @ ..] = rest {
        let own = &hull[4..];
        let length = count(*length);
        regions.push((count(*face), hull[..4].to_vec(), own[..length].to_vec()));
        rest = &own[length..];
    }
    regions
}

#[test]
fn a_crowd_is_numbers() {
    let point = json!({"id": "p", "from_name": "point", "to_name": "img", "type": "keypointlabels",
        "original_width": 600, "original_height": 400, "value": {"x": 50, "y": 50, "width": 1, "keypointlabels": ["Eye"]}});
    let mut locked = boxed("b", 300.0, 200.0, 60.0, 40.0, 90.0);
    locked["readonly"] = json!(true);
    let results = json!([boxed("a", 60.0, 100.0, 60.0, 60.0, 0.0), locked, point]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), results);
    let whole = editor.editor.view(IMAGE).unwrap().visible();
    let keys = editor.editor.still_order(IMAGE, &whole);
    let crowd = editor.editor.crowd(IMAGE, &keys);
    let regions = regions_of(&crowd);
    // What they are on the image, whatever is shown of it: a box is four lines.
    let places: Vec<_> = regions.iter().map(|(_, hull, _)| hull.clone()).collect();
    assert_eq!(places[0], [60.0, 100.0, 120.0, 160.0]);
    assert_eq!(regions[0].2, [0.0, 60.0, 100.0, 1.0, 120.0, 100.0, 1.0, 120.0, 160.0, 1.0, 60.0, 160.0, 3.0]);
    assert_eq!(places[1].iter().map(|at| at.round()).collect::<Vec<_>>(), [260.0, 200.0, 300.0, 260.0]);
    // Those that look alike have one face; a locked one is dashed.
    assert!(!crowd.faces[regions[0].0].style.dashed && crowd.faces[regions[1].0].style.dashed);
    assert_eq!(editor.editor.crowd(IMAGE, &[]), Crowd::default());
    // What is being worked on is not among them.
    editor.tool(ToolKind::Select);
    editor.click(80.0, 120.0);
    assert_eq!(editor.editor.still_order(IMAGE, &whole).len(), keys.len() - 1);
    assert!(editor.editor.is_crowded(IMAGE, &whole, 1) && !editor.editor.is_crowded(IMAGE, &whole, 3));
}

#[test]
fn what_has_holes_is_filled_on_its_own() {
    let ring = |at: f64, to: f64| json!([[at, at], [to, at], [to, to], [at, to]]);
    let polygon = json!({"id": "p", "from_name": "poly", "to_name": "img", "type": "polygonlabels", "original_width": 600,
        "original_height": 400, "value": {"points": ring(10.0, 50.0), "holes": [ring(20.0, 30.0)], "closed": true,
            "polygonlabels": ["Cat"]}});
    let editor =
        TestEditor::with(&config::boxes_and_choices(), json!([boxed("a", 60.0, 100.0, 60.0, 60.0, 0.0), polygon]));
    let whole = editor.editor.view(IMAGE).unwrap().visible();
    let crowd = editor.editor.crowd(IMAGE, &editor.editor.still_order(IMAGE, &whole));
    let regions = regions_of(&crowd);

    assert_eq!(regions.iter().map(|(face, ..)| crowd.faces[*face].is_hollow).collect::<Vec<_>>(), [true, false]);
    // Two rings of four points, each begun, drawn and closed.
    assert_eq!(regions[0].2.len(), 2 * (4 * 3 + 1));
}
