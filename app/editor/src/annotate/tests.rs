//! Gestures as people make them, and what must hold whatever they do.

use domain::region::{ImageSize, RotatedRect, ScreenPoint, ScreenVector, Shape};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::command::Command;
use crate::input::{Button, Event, Key, Modifiers, Pointer, PointerKind};
use crate::testing::{IMAGE, TestEditor, config, items, sizes};

const SHIFT: Modifiers = Modifiers { shift: true, control: false, alt: false, meta: false };
const ALT: Modifiers = Modifiers { shift: false, control: false, alt: true, meta: false };
const CONTROL: Modifiers = Modifiers { shift: false, control: true, alt: false, meta: false };
const NONE: Modifiers = Modifiers { shift: false, control: false, alt: false, meta: false };

const BOX: ToolKind = ToolKind::Draw(ShapeKind::Rect);
const POLYGON: ToolKind = ToolKind::Draw(ShapeKind::Polygon);
const POINT: ToolKind = ToolKind::Draw(ShapeKind::KeyPoint);

fn boxed(id: &str, x: f64, y: f64, width: f64, height: f64, rotation: f64) -> Value {
    json!({"id": id, "from_name": "box", "to_name": "img", "type": "rectanglelabels", "origin": "manual",
        "original_width": 600, "original_height": 400, "image_rotation": 0,
        "value": {"x": x / 6.0, "y": y / 4.0, "width": width / 6.0, "height": height / 4.0, "rotation": rotation,
            "rectanglelabels": ["Cat"]}})
}

fn with_box() -> TestEditor {
    let mut editor = TestEditor::with(&config::boxes_and_choices(), json!([boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0)]));
    editor.tool(ToolKind::Select);
    editor
}

#[test]
fn boxes_by_drag_and_by_two_clicks() {
    TestEditor::new()
        .tool(BOX)
        .drag((10.0, 20.0), (40.0, 60.0))
        .regions_are(&["Cat box 10,20 30x40"])
        .click(200.0, 200.0)
        .state_is("Box")
        .glide(260.0, 240.0)
        .click(260.0, 250.0)
        .state_is("Idle")
        .regions_are(&["Cat box 10,20 30x40", "Cat box 200,200 60x50"])
        .selected_are(&["Cat box 200,200 60x50"]);
}

#[test]
fn a_box_stays_on_the_image_and_shift_makes_it_square() {
    TestEditor::new()
        .tool(BOX)
        .drag((550.0, 350.0), (900.0, 900.0))
        .regions_are(&["Cat box 550,350 50x50"])
        .holding(SHIFT)
        .drag((100.0, 100.0), (160.0, 110.0))
        .regions_are(&["Cat box 550,350 50x50", "Cat box 100,100 60x60"]);
}

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
fn polygons_close_in_three_ways() {
    let triangle = ["Cat polygon 100,100 200,100 150,200"];
    let start = || {
        let mut editor = TestEditor::new();
        editor.tool(POLYGON).click(100.0, 100.0).click(200.0, 100.0).click(150.0, 200.0).state_is("Polygon");
        editor
    };
    start().click(103.0, 98.0).state_is("Idle").regions_are(&triangle);
    start().key(Key::Enter).state_is("Idle").regions_are(&triangle);
    TestEditor::new()
        .tool(POLYGON)
        .click(100.0, 100.0)
        .click(200.0, 100.0)
        .double_click(150.0, 200.0)
        .state_is("Idle")
        .regions_are(&triangle);
    start()
        .click(300.0, 300.0)
        .key(Key::Backspace)
        .key(Key::Enter)
        .regions_are(&triangle)
        .command(Command::Undo)
        .regions_are(&[]);
    start().key(Key::Escape).state_is("Idle").regions_are(&[]);
    TestEditor::new()
        .tool(POLYGON)
        .click(1.0, 1.0)
        .click(50.0, 50.0)
        .key(Key::Enter)
        .state_is("Polygon")
        .regions_are(&[]);
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
fn key_points_are_set_where_the_press_ends() {
    TestEditor::new()
        .tool(POINT)
        .press(10.0, 10.0)
        .glide(12.0, 13.0)
        .release(12.0, 14.0)
        .regions_are(&["Eye point 12,14"]);
}

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

#[test]
fn without_a_selection_a_key_picks_the_next_label_and_its_tool() {
    TestEditor::new()
        .tool(ToolKind::Select)
        .key(Key::Char('3'))
        .click(5.0, 5.0)
        .key(Key::Escape)
        .key(Key::Char('w'))
        .drag((100.0, 100.0), (120.0, 120.0))
        .regions_are(&["Eye point 5,5", "Dog box 100,100 20x20"]);
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
fn drawing_without_a_pointer() {
    let mut editor = TestEditor::new();
    editor.tool(BOX).key(Key::Enter).key(Key::Left);
    assert_eq!(editor.regions().len(), 1);
    editor.command(Command::TurnRight).command(Command::TurnRight);
    assert!(editor.regions()[0].ends_with("@30"), "{:?}", editor.regions());
    editor.tool(POLYGON).key(Key::Enter).tool(POINT).key(Key::Enter);
    assert_eq!(editor.regions().len(), 3);
}

#[test]
fn a_read_only_editor_changes_nothing() {
    let mut editor = with_box();
    editor.editor.set_read_only(true);
    editor.click(130.0, 130.0).selected_are(&["Cat box 100,100 60x60"]);
    editor.drag((130.0, 130.0), (200.0, 200.0)).key(Key::Delete).key(Key::Char('w')).key(Key::Right);
    let _ = editor.editor.answer("stars", Some(Answer::Rating(2)));
    editor.regions_are(&["Cat box 100,100 60x60"]);
    assert_eq!(editor.editor.document().answer("stars"), None);
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
fn answers_share_the_history_of_regions() {
    let mut editor = TestEditor::new();
    editor.tool(BOX).drag((10.0, 20.0), (40.0, 60.0));
    let _ = editor.editor.choose("weather", &["Good".to_owned()]);
    for text in ["a", "ab", "abc"] {
        let _ = editor.editor.answer("note", Some(Answer::Texts(vec![text.to_owned()])));
    }
    let _ = editor.editor.answer("stars", Some(Answer::Rating(3)));
    editor.command(Command::Undo).command(Command::Undo);
    assert_eq!(editor.editor.document().answer("note"), None);
    assert!(editor.editor.document().answer("weather").is_some());
    editor.command(Command::Undo).regions_are(&["Cat box 10,20 30x40"]).command(Command::Undo).regions_are(&[]);
    for _ in 0..9 {
        editor.command(Command::Redo);
    }
    assert_eq!(editor.editor.document().answer("note"), Some(&Answer::Texts(vec!["abc".to_owned()])));
    let types: Vec<_> = editor.editor.results().iter().map(|item| item.item_type().to_owned()).collect();
    assert_eq!(types, ["rectanglelabels", "choices", "rating", "textarea"]);
}

#[test]
fn choices_follow_their_rules() {
    let mut editor = TestEditor::new();
    let path = |steps: &[&str]| steps.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let _ = editor.editor.choose("weather", &path(&["Good"]));
    let _ = editor.editor.choose("weather", &path(&["Bad", "Rain"]));
    let item = editor.editor.results().remove(0);
    assert_eq!(item.0["value"], json!({"choices": ["Rain"]}));
    assert_eq!((item.from_name(), item.to_name(), item.item_type()), ("weather", "img", "choices"));
    let _ = editor.editor.choose("weather", &path(&["Bad", "Rain"]));
    assert_eq!(editor.editor.results(), []);
    editor.key(Key::Char('5'));
    assert_eq!(editor.editor.results()[0].0["value"], json!({"choices": ["Bad"]}));
}

#[test]
fn what_is_required_is_asked_for_in_its_own_words() {
    let mut editor = TestEditor::new();
    let problems = editor.editor.problems();
    assert_eq!(problems.len(), 1, "what has no editor yet must not block: {problems:?}");
    assert_eq!(problems[0].field.as_deref(), Some("weather"));
    assert_eq!(problems[0].message, "How is the weather?");
    editor.key(Key::Char('4'));
    assert_eq!(editor.editor.problems(), []);
    let _ = editor.editor.answer("count", Some(Answer::Number(11.0)));
    assert_eq!(editor.editor.problems()[0].field.as_deref(), Some("count"));
}

#[test]
fn results_come_back_as_they_were() {
    let results = json!([
        {"id": "c1", "from_name": "weather", "to_name": "img", "type": "choices", "value": {"choices": ["Bad"], "z": 1}},
        boxed("a", 100.123, 100.0, 60.0, 33.0, 12.0),
        {"id": "m", "from_name": "mask", "to_name": "img", "type": "brushlabels", "value": {"rle": [1, 2], "format": "rle"}},
        {"id": "n", "from_name": "note", "to_name": "img", "type": "textarea", "value": {"text": "bare"}, "meta": {"k": []}},
        {"type": "relation", "from_id": "a", "to_id": "m", "direction": "right"},
        {"id": "x", "from_name": "gone", "to_name": "img", "type": "rectanglelabels", "value": {"x": "broken"}},
        {"id": "y", "from_name": "box", "to_name": "img", "type": "rectanglelabels", "value": {"x": 1}},
    ]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), results.clone());
    assert_eq!(serde_json::to_string(&editor.editor.results()).unwrap(), serde_json::to_string(&results).unwrap());
    // A change and its undo leave every digit alone.
    editor
        .command(Command::SelectAll)
        .key(Key::Right)
        .key(Key::Char('w'))
        .command(Command::Undo)
        .command(Command::Undo);
    assert_eq!(editor.editor.results(), items(results));
    // A region takes what refers to it along.
    editor.command(Command::SelectAll).key(Key::Delete);
    let types: Vec<_> = editor.editor.results().iter().map(|item| item.item_type().to_owned()).collect();
    assert_eq!(types, ["choices", "brushlabels", "textarea", "rectanglelabels", "rectanglelabels"]);
}

#[test]
fn pairs_of_shape_and_label_stay_together() {
    let geometry = json!({"x": 10, "y": 10, "width": 20, "height": 20, "rotation": 0});
    let about = |from: &str, kind: &str, extra: Value| {
        let mut value = geometry.clone();
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"id": "p", "from_name": from, "to_name": "img", "type": kind, "original_width": 600,
            "original_height": 400, "value": value})
    };
    let results = json!([
        about("label", "labels", json!({"labels": ["Cat"]})),
        about("rect", "rectangle", json!({})),
        about("why", "choices", json!({"choices": ["Sure"]})),
    ]);
    let mut editor = TestEditor::with(&config::pairs(), results.clone());
    editor.regions_are(&["Cat box 60,40 120x80"]);
    assert_eq!(editor.editor.results(), items(results));
    editor.tool(ToolKind::Select).click(100.0, 100.0).key(Key::Char('2')).drag((100.0, 100.0), (106.0, 100.0));
    editor.regions_are(&["Dog box 66,40 120x80"]);
    let after = editor.editor.results();
    assert_eq!(after.len(), 3);
    assert!(after.iter().all(|item| item.0["value"]["x"] == json!(11.0)), "{after:?}");
    assert_eq!(after[0].0["value"]["labels"], json!(["Dog"]));
    assert!(after[1].0["value"].get("labels").is_none());
    editor.key(Key::Escape).tool(BOX).drag((300.0, 300.0), (360.0, 340.0));
    let new = &editor.editor.results()[3..];
    assert_eq!((new[0].item_type(), new[1].item_type()), ("rectangle", "labels"));
    assert_eq!(new[0].id(), new[1].id());
    assert_eq!(new[1].0["value"]["x"], new[0].0["value"]["x"]);
    assert_eq!(new[1].0["original_width"], json!(600));
}

#[test]
fn the_key_of_a_label_takes_the_selected_text_whatever_is_at_hand() {
    let text = "Zoë aus Köln";
    let mut editor = TestEditor::with(&config::entities(), json!([]));
    let key = |editor: &TestEditor, value: &str| {
        editor.editor.document().kit().labels.iter().find(|label| label.value == value).unwrap().key.unwrap()
    };
    let (person, place) = (key(&editor, "PER"), key(&editor, "LOC"));
    let _ = editor.editor.pick_label("ner", "PER");
    assert!(editor.editor.hold_text(place, "text", text, 8, 12).handled);
    let _ = editor.editor.key(Key::Char(place), Modifiers::default());
    editor.regions_are(&["LOC text 8..12 Köln"]);
    // Neither another key nor another text holds anything.
    assert!(!editor.editor.hold_text('y', "text", text, 0, 3).handled);
    assert!(!editor.editor.hold_text(person, "other", text, 0, 3).handled);
    assert!(editor.editor.pending_text().is_none());
}

#[test]
fn text_is_labeled_relabeled_and_overlaps() {
    let text = "Zoë 👩\u{200d}👧 aus Köln";
    let mut editor = TestEditor::with(&config::entities(), json!([]));
    // Without a label at hand the piece waits for one.
    let _ = editor.editor.select_text("text", text, 0, 3);
    editor.regions_are(&[]);
    assert!(editor.editor.pending_text().is_some());
    let _ = editor.editor.pick_label("ner", "PER");
    editor.regions_are(&["PER text 0..3 Zoë"]);
    // With one, it is labeled at once, and never half a family.
    let _ = editor.editor.select_text("text", text, 6, 5);
    editor.regions_are(&["PER text 0..3 Zoë", "PER text 4..7 👩\u{200d}👧"]);
    let _ = editor.editor.pick_label("ner", "LOC");
    let _ = editor.editor.select_text("text", text, 0, 9);
    editor.regions_are(&["PER text 0..3 Zoë", "PER text 4..7 👩\u{200d}👧", "LOC text 0..7 Zoë 👩\u{200d}👧"]);
    let pieces = segments(editor.editor.document(), "text", text);
    let shown: Vec<_> = pieces.iter().map(|s| (s.text.as_str(), s.keys.len(), s.ending.len())).collect();
    assert_eq!(shown, [("Zoë", 2, 1), (" ", 1, 0), ("👩\u{200d}👧", 2, 2), (" aus Köln", 0, 0)]);
    let first = editor.editor.document().marks().next().unwrap().0;
    let _ = editor.editor.select([first].into());
    let _ = editor.editor.pick_label("ner", "LOC");
    editor.command(Command::Undo);
    let _ = editor.editor.remove(first);
    assert_eq!(editor.regions().len(), 2);
    let item = editor.editor.results().remove(0);
    assert_eq!(item.0["value"], json!({"start": 4, "end": 7, "text": "👩\u{200d}👧", "labels": ["PER"]}));
}

#[test]
fn a_draft_keeps_a_polygon_that_is_being_drawn() {
    let mut editor = TestEditor::new();
    editor.tool(POLYGON).click(100.0, 100.0).click(200.0, 100.0);
    let json = serde_json::to_string(&editor.editor.draft()).unwrap();
    let draft: Draft = serde_json::from_str(&json).unwrap();
    let restored = Editor::from_draft(&config::boxes_and_choices(), &draft, &sizes(), 9);
    assert_eq!(restored.draft(), editor.editor.draft());
    assert!(matches!(restored.state(), State::Polygon { points, .. } if points.len() == 2));
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

// ---- what must hold whatever people do ----

#[derive(Debug, Clone)]
enum Act {
    Pointer(u8, f64, f64, u8),
    Key(u8, u8),
    Run(usize),
    Label(usize),
    Answer(u8),
    Wheel(f64, f64, f64),
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let place = || (-100.0..800.0_f64, -100.0..600.0_f64);
    let act = prop_oneof![
        12 => (0..5_u8, place(), 0..6_u8).prop_map(|(what, (x, y), how)| Act::Pointer(what, x, y, how)),
        3 => (0..12_u8, 0..4_u8).prop_map(|(key, modifiers)| Act::Key(key, modifiers)),
        3 => (0..Command::ALL.len()).prop_map(Act::Run),
        1 => (0..4_usize).prop_map(Act::Label),
        1 => (0..5_u8).prop_map(Act::Answer),
        1 => (place(), -300.0..300.0_f64).prop_map(|((x, y), by)| Act::Wheel(x, y, by)),
    ];
    proptest::collection::vec(act, 0..80)
}

fn perform(editor: &mut TestEditor, act: &Act, time_ms: f64) {
    let modifiers = |n: u8| [NONE, SHIFT, ALT, CONTROL][usize::from(n % 4)];
    match *act {
        Act::Pointer(what, x, y, how) => {
            let kind = if how == 5 { PointerKind::Touch } else { PointerKind::Mouse };
            let button = if how == 4 { Button::Middle } else { Button::Primary };
            let pointer = Pointer {
                id: i32::from(how == 5),
                at: ScreenPoint::new(x, y),
                kind,
                button,
                modifiers: modifiers(how),
                time_ms,
            };
            editor.send_event(&match what {
                0 | 1 => Event::PointerDown(pointer),
                2 => Event::PointerMove(pointer),
                3 => Event::PointerUp(pointer),
                _ => Event::PointerCancel,
            });
        }
        Act::Key(key, held) => {
            let keys = [
                Key::Enter,
                Key::Escape,
                Key::Backspace,
                Key::Delete,
                Key::Left,
                Key::Right,
                Key::Up,
                Key::Down,
                Key::Char('1'),
                Key::Char('w'),
                Key::Char('z'),
                Key::Char('p'),
            ];
            editor.send_event(&Event::KeyDown { key: keys[usize::from(key)], modifiers: modifiers(held) });
        }
        Act::Run(n) => {
            editor.command(Command::ALL[n]);
        }
        Act::Label(n) => {
            let label = editor.editor.document().kit().labels[n].clone();
            let _ = editor.editor.pick_label(&label.control, &label.value);
        }
        Act::Answer(n) => {
            let _ = match n {
                0 => editor.editor.choose("weather", &["Good".to_owned()]),
                1 => editor.editor.answer("stars", Some(Answer::Rating(2))),
                2 => editor.editor.answer("note", Some(Answer::Texts(vec!["x".to_owned()]))),
                3 => editor.editor.answer("note", None),
                _ => editor.editor.answer("count", Some(Answer::Number(f64::NAN))),
            };
        }
        Act::Wheel(x, y, by) => {
            let (at, by) = (ScreenPoint::new(x, y), ScreenVector::new(0.0, by));
            editor.send_event(&Event::Wheel { at, by, modifiers: NONE });
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn regions_stay_on_the_image_and_undone_is_the_start(acts in acts()) {
        let start = json!([
            boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0),
            boxed("b", 300.0, 200.0, 80.0, 40.0, 30.0),
            {"id": "p", "from_name": "poly", "to_name": "img", "type": "polygonlabels", "original_width": 600,
                "original_height": 400, "value": {"points": [[70, 10], [90, 10], [80, 40]], "closed": true, "polygonlabels": ["Cat"]}},
        ]);
        let mut editor = TestEditor::with(&config::boxes_and_choices(), start.clone());
        for (n, act) in acts.iter().enumerate() {
            perform(&mut editor, act, f64::from(u32::try_from(n).unwrap()) * 200.0);
            for (_, mark) in editor.editor.document().marks() {
                let bounds = mark.region.shape.bounds().expect("image shapes have a hull");
                let size = ImageSize::new(600.0, 400.0).unwrap();
                prop_assert!(snap::is_inside(&bounds, size), "{:?} after {:?}", mark.region.shape, act);
                prop_assert!(snap::is_proper(&mark.region.shape), "{:?} after {:?}", mark.region.shape, act);
            }
            let _ = editor.editor.layers(IMAGE);
            let _ = editor.editor.cursor(IMAGE);
        }
        let _ = editor.editor.abandon();
        while editor.editor.enabled(Command::Redo) {
            editor.command(Command::Redo);
        }
        let end = editor.editor.results();
        while editor.editor.enabled(Command::Undo) {
            editor.command(Command::Undo);
        }
        prop_assert_eq!(editor.editor.results(), items(start));
        while editor.editor.enabled(Command::Redo) {
            editor.command(Command::Redo);
        }
        prop_assert_eq!(editor.editor.results(), end);
        prop_assert!(matches!(editor.state(), State::Idle));
    }
}
