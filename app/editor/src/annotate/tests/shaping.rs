//! Regions moved, sized, turned and taken away.

use super::*;

#[test]
fn escape_and_a_lost_pointer_leave_no_trace() {
    let mut editor = with_box();
    editor.tool(BOX).press(10.0, 10.0).glide(50.0, 50.0).key(Key::Escape).state_is("Idle").release(50.0, 50.0);
    editor.regions_are(&["Cat box 100,100 60x60"]);
    editor.tool(ToolKind::Select).press(130.0, 130.0).glide(200.0, 200.0).state_is("Moving");
    editor.regions_are(&["Cat box 170,170 60x60"]);
    editor.send_event(&Event::PointerCancel).state_is("Idle").regions_are(&["Cat box 100,100 60x60"]);
    assert!(!editor.editor.enabled(Command::Undo));
}

#[test]
fn moving_is_one_step_and_stops_at_the_border() {
    let mut editor = with_box();
    editor
        .drag((130.0, 130.0), (150.0, 140.0))
        .regions_are(&["Cat box 120,110 60x60"])
        .drag((150.0, 140.0), (2_000.0, 140.0))
        .regions_are(&["Cat box 540,110 60x60"])
        .command(Command::Undo)
        .regions_are(&["Cat box 120,110 60x60"])
        .command(Command::Undo)
        .regions_are(&["Cat box 100,100 60x60"])
        .command(Command::Redo)
        .regions_are(&["Cat box 120,110 60x60"]);
    assert!(editor.editor.enabled(Command::Redo));
}

#[test]
fn every_handle_resizes_and_turns_over() {
    let table = [
        ((160.0, 160.0), (200.0, 190.0), "Cat box 100,100 100x90"),
        ((100.0, 100.0), (90.0, 80.0), "Cat box 90,80 70x80"),
        ((160.0, 100.0), (180.0, 120.0), "Cat box 100,120 80x40"),
        ((100.0, 160.0), (120.0, 200.0), "Cat box 120,100 40x100"),
        ((130.0, 100.0), (0.0, 50.0), "Cat box 100,50 60x110"),
        ((130.0, 160.0), (0.0, 170.0), "Cat box 100,100 60x70"),
        ((100.0, 130.0), (50.0, 0.0), "Cat box 50,100 110x60"),
        ((160.0, 130.0), (170.0, 0.0), "Cat box 100,100 70x60"),
        ((160.0, 160.0), (50.0, 60.0), "Cat box 50,60 50x40"),
        ((160.0, 160.0), (900.0, 900.0), "Cat box 100,100 500x300"),
        ((160.0, 130.0), (100.0, 130.0), "Cat box 100,100 1x60"),
    ];
    for (from, to, expected) in table {
        with_box().click(130.0, 130.0).drag(from, to).regions_are(&[expected]);
    }
}

#[test]
fn a_turned_box_is_resized_along_its_own_axes() {
    // Turned a quarter about its stored corner, the box lies between (140, 100) and (200, 130).
    let mut editor =
        TestEditor::with(&config::boxes_and_choices(), json!([boxed("a", 200.0, 100.0, 30.0, 60.0, 90.0)]));
    editor.click(170.0, 115.0).selected_are(&["Cat box 200,100 30x60 @90"]);
    // The screen's bottom-left corner is the box's own bottom-right: its width runs down, its height to the left.
    editor.drag((140.0, 130.0), (120.0, 150.0)).regions_are(&["Cat box 200,100 50x80 @90"]);
    editor.command(Command::Undo).drag((140.0, 130.0), (-500.0, 130.0));
    let Shape::Rect(rect) = editor.editor.document().marks().next().unwrap().1.region.shape.clone() else { panic!() };
    assert!(rect.bounds().min.x.abs() < 1e-3 && (rect.width - 30.0).abs() < 1e-3, "{rect:?}");
}

#[test]
fn the_rotation_handle_turns_about_the_centre() {
    let mut editor = with_box();
    // The handle is 26 pixels above the top side.
    editor.click(130.0, 130.0).press(130.0, 74.0).state_is("Rotating").glide(190.0, 130.0).release(190.0, 130.0);
    editor.regions_are(&["Cat box 160,100 60x60 @90"]);
    editor.command(Command::Undo).holding(SHIFT).press(130.0, 74.0).glide(150.0, 76.0).release(150.0, 76.0);
    let Shape::Rect(RotatedRect { rotation, .. }) = editor.editor.document().marks().next().unwrap().1.region.shape
    else {
        panic!()
    };
    assert_eq!(rotation, 15.0);
}

#[test]
fn polygon_points_are_moved_made_and_removed() {
    let mut editor = TestEditor::new();
    editor.tool(POLYGON).click(100.0, 100.0).click(200.0, 100.0).click(150.0, 200.0).key(Key::Enter);
    editor.tool(ToolKind::Select).drag((200.0, 100.0), (220.0, 90.0));
    editor.regions_are(&["Cat polygon 100,100 220,90 150,200"]);
    editor.drag((160.0, 95.0), (160.0, 50.0)).regions_are(&["Cat polygon 100,100 160,50 220,90 150,200"]);
    editor.key(Key::Delete).regions_are(&["Cat polygon 100,100 220,90 150,200"]);
    editor.command(Command::Undo).holding(ALT).click(160.0, 50.0).holding(NONE);
    editor.regions_are(&["Cat polygon 100,100 220,90 150,200"]);
    // Three points are the least: the vertex stays, Delete then takes the region.
    editor.holding(ALT).click(220.0, 90.0).holding(NONE).regions_are(&["Cat polygon 100,100 220,90 150,200"]);
    editor.key(Key::Delete).regions_are(&[]).command(Command::Undo);
    editor.regions_are(&["Cat polygon 100,100 220,90 150,200"]);
}

#[test]
fn holes_are_no_part_of_their_polygon_and_go_where_it_goes() {
    let ring =
        |from: f64, to: f64| json!([[from, from], [to, from], [to, to], [from, to]].map(|[x, y]| [x / 6.0, y / 4.0]));
    let polygon = json!({"id": "p", "from_name": "poly", "to_name": "img", "type": "polygonlabels", "original_width": 600,
        "original_height": 400, "value": {"points": ring(100.0, 300.0), "holes": [ring(150.0, 250.0)], "closed": true,
            "polygonlabels": ["Cat"]}});
    let start = json!([polygon, boxed("a", 50.0, 50.0, 300.0, 300.0, 0.0)]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), start.clone());
    editor.tool(ToolKind::Select);
    let still = editor.editor.still(IMAGE);
    let path = still.iter().find_map(|paint| match paint {
        crate::paint::Paint::Path { pieces, filled: true, .. } => Some(pieces),
        _ => None,
    });
    let closes =
        |pieces: &Vec<crate::paint::Piece>| pieces.iter().filter(|p| **p == crate::paint::Piece::Close).count();
    assert_eq!(path.map(|pieces| (pieces.len(), closes(pieces))), Some((10, 2)));
    let outline = "Cat polygon 100,100 300,100 300,300 100,300";
    let holed = format!("{outline} without 150,150 250,150 250,250 150,250");
    // Through the hole one sees, and picks, what is behind.
    editor.click(200.0, 200.0).selected_are(&["Cat box 50,50 300x300"]);
    editor.click(125.0, 200.0).selected_are(&[&holed]).drag((125.0, 200.0), (135.0, 200.0));
    editor.selected_are(&["Cat polygon 110,100 310,100 310,300 110,300 without 160,150 260,150 260,250 160,250"]);
    editor.command(Command::Undo).selected_are(&[&holed]);
    assert_eq!(editor.editor.results(), items(start.clone()));
    // Its points are moved, made and taken away like those of the outline.
    editor.drag((150.0, 250.0), (150.0, 260.0));
    editor.selected_are(&[&format!("{outline} without 150,150 250,150 250,250 150,260")]).command(Command::Undo);
    editor.drag((200.0, 150.0), (200.0, 140.0));
    editor.selected_are(&[&format!("{outline} without 150,150 200,140 250,150 250,250 150,250")]).key(Key::Delete);
    editor.selected_are(&[&holed]).holding(ALT).click(150.0, 250.0).holding(NONE);
    editor.selected_are(&[&format!("{outline} without 150,150 250,150 250,250")]);
    // A hole of two points is none.
    editor.holding(ALT).click(250.0, 250.0).holding(NONE).selected_are(&[outline]);
    editor.command(Command::Undo).command(Command::Undo).selected_are(&[&holed]).command(Command::Duplicate);
    editor.selected_are(&["Cat polygon 112,112 312,112 312,312 112,312 without 162,162 262,162 262,262 162,262"]);
}

#[test]
fn keys_nudge_delete_copy_and_label() {
    let mut editor = with_box();
    editor.click(130.0, 130.0).key(Key::Right).holding(SHIFT).key(Key::Up).holding(NONE);
    editor.regions_are(&["Cat box 101,90 60x60"]);
    editor.holding(ALT).key(Key::Down).holding(NONE).regions_are(&["Cat box 101,90 60x61"]);
    editor.key(Key::Char('w')).regions_are(&["Dog box 101,90 60x61"]);
    editor.command(Command::Duplicate).regions_are(&["Dog box 101,90 60x61", "Dog box 113,102 60x61"]);
    editor.holding(CONTROL).key(Key::Char('c')).key(Key::Char('v')).holding(NONE);
    editor.regions_are(&["Dog box 101,90 60x61", "Dog box 113,102 60x61", "Dog box 125,114 60x61"]);
    editor.key(Key::Backspace).command(Command::SelectAll).key(Key::Delete).regions_are(&[]);
    editor.command(Command::Undo);
    assert_eq!(editor.regions().len(), 2);
    let ids: std::collections::BTreeSet<_> = editor.editor.results().iter().map(|item| item.id().to_owned()).collect();
    assert_eq!(ids.len(), 2, "copies have ids of their own");
}
