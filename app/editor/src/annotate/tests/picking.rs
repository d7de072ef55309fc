//! What is picked, seen and held.

use super::*;

#[test]
fn picking_toggling_and_framing() {
    let results = json!([boxed("a", 10.0, 10.0, 300.0, 300.0, 0.0), boxed("b", 50.0, 50.0, 20.0, 20.0, 0.0)]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), results);
    let (large, small) = ("Cat box 10,10 300x300", "Cat box 50,50 20x20");
    // The small one lies inside the large one and wins.
    editor.click(60.0, 60.0).selected_are(&[small]).click(200.0, 200.0).selected_are(&[large]);
    editor.holding(SHIFT).click(60.0, 60.0).selected_are(&[large, small]).click(60.0, 60.0).selected_are(&[large]);
    editor.holding(NONE).click(500.0, 300.0).selected_are(&[]);
    editor.drag((400.0, 380.0), (305.0, 305.0)).selected_are(&[large]).state_is("Idle");
    editor.command(Command::SelectAll).drag((60.0, 60.0), (70.0, 60.0));
    editor.regions_are(&["Cat box 20,10 300x300", "Cat box 60,50 20x20"]).command(Command::Undo);
    editor.regions_are(&[large, small]);
}

#[test]
fn hidden_and_locked_regions_cannot_be_touched() {
    let mut editor = with_box();
    let key = editor.editor.document().marks().next().unwrap().0;
    let _ = editor.editor.toggle_locked(key);
    editor.drag((130.0, 130.0), (150.0, 150.0)).key(Key::Delete).key(Key::Char('w'));
    editor.regions_are(&["Cat box 100,100 60x60"]).selected_are(&["Cat box 100,100 60x60"]);
    let _ = editor.editor.toggle_locked(key);
    let _ = editor.editor.toggle_hidden(key);
    editor.key(Key::Escape).click(130.0, 130.0).selected_are(&[]);
}

#[test]
fn a_read_only_editor_changes_nothing() {
    let mut editor = with_box();
    editor.editor.set_read_only(true);
    editor.click(130.0, 130.0).selected_are(&["Cat box 100,100 60x60"]);
    editor.drag((130.0, 130.0), (200.0, 200.0)).key(Key::Delete).key(Key::Char('w')).key(Key::Right);
    let _ = editor.editor.answer("stars", Some(Answer::Rating(2)));
    editor.regions_are(&["Cat box 100,100 60x60"]);
    assert_eq!(editor.editor.document().answer("stars", About::Task), None);
}

#[test]
fn the_view_is_moved_by_space_middle_button_and_fingers() {
    let mut editor = with_box();
    let corner = |editor: &TestEditor| {
        editor.editor.view(IMAGE).unwrap().screen_from_image(domain::region::ImagePoint::new(0.0, 0.0))
    };
    let pointer = |id, x: f64, y: f64, kind, button| Pointer {
        id,
        at: ScreenPoint::new(x, y),
        kind,
        button,
        ..Pointer::default()
    };
    let mouse = |x, y| pointer(1, x, y, PointerKind::Mouse, Button::Middle);
    editor.send_event(&Event::PointerDown(mouse(100.0, 100.0))).send_event(&Event::PointerMove(mouse(110.0, 105.0)));
    editor.send_event(&Event::PointerUp(mouse(110.0, 105.0)));
    assert_eq!(corner(&editor), ScreenPoint::new(26.0, 21.0));
    let finger = |id, x, y| pointer(id, x, y, PointerKind::Touch, Button::Primary);
    editor.tool(BOX).send_event(&Event::PointerDown(finger(1, 100.0, 100.0)));
    editor
        .send_event(&Event::PointerDown(finger(2, 200.0, 100.0)))
        .send_event(&Event::PointerMove(finger(2, 300.0, 100.0)));
    assert!((editor.editor.view(IMAGE).unwrap().zoom() - 2.0).abs() < 1e-9);
    editor
        .send_event(&Event::PointerUp(finger(1, 100.0, 100.0)))
        .send_event(&Event::PointerUp(finger(2, 300.0, 100.0)));
    editor.regions_are(&["Cat box 100,100 60x60"]).state_is("Idle");
    editor.command(Command::ZoomFit);
    assert_eq!(corner(&editor), ScreenPoint::new(16.0, 16.0));
}

#[test]
fn ten_thousand_regions_are_found_by_place() {
    let results: Vec<Value> = (0..10_000)
        .map(|n| boxed(&format!("r{n}"), f64::from(n % 100) * 6.0, f64::from(n / 100) * 4.0, 5.0, 3.0, 0.0))
        .collect();
    let mut editor = TestEditor::with(&config::boxes_and_choices(), Value::Array(results));
    editor.tool(ToolKind::Select).click(302.0, 201.0).selected_are(&["Cat box 300,200 5x3"]);
    let scene = Scene::new(editor.editor.document(), IMAGE, ImageSize::new(600.0, 400.0).unwrap());
    let near = scene.near(&domain::region::Bounds::from_corners(
        domain::region::ImagePoint::new(300.0, 200.0),
        domain::region::ImagePoint::new(301.0, 201.0),
    ));
    assert_eq!(near.len(), 1);
    assert_eq!(editor.editor.still(IMAGE).len(), 9_999);
}

#[test]
fn paint_follows_the_selection() {
    let mut editor = with_box();
    assert_eq!(editor.editor.still(IMAGE).len(), 2, "the box and its label");
    editor.click(130.0, 130.0);
    let layers = editor.editor.layers(IMAGE);
    assert_eq!(layers.still, []);
    let knobs = layers.lively.iter().filter(|paint| matches!(paint, crate::paint::Paint::Knob { .. })).count();
    assert_eq!(knobs, 9, "eight sides and corners, and rotation");
}
