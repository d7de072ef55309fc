//! What is painted anew, and what may stay.

use super::*;
use crate::annotate::Stale;

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
