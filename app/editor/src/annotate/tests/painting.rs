//! Brush, eraser and magic wand.

use domain::region::mask::{Brush, Mask};
use domain::region::{ImagePoint, Shape};

use super::*;
use crate::annotate::{Picture, Tip};
use crate::paint::Paint;

const BRUSH: ToolKind = ToolKind::Draw(ShapeKind::Mask);

fn brush(size: f64, is_square: bool) -> TestEditor {
    let mut editor = TestEditor::new();
    editor.tool(BRUSH);
    let _ = editor.editor.set_tip(Tip { size, is_square });
    editor
}

fn mask_of(editor: &TestEditor) -> Mask {
    match &editor.editor.document().marks().last().unwrap().1.region.shape {
        Shape::Mask(mask) => mask.clone(),
        other => panic!("{other:?} is no mask"),
    }
}

#[test]
fn strokes_go_on_the_selected_mask_and_each_is_one_step() {
    let mut editor = brush(10.0, true);
    editor
        .drag((50.0, 50.0), (90.0, 50.0))
        .state_is("Idle")
        .regions_are(&["Sky mask 45,45 50x10 of 500"])
        .selected_are(&["Sky mask 45,45 50x10 of 500"])
        .drag((90.0, 50.0), (90.0, 90.0))
        .regions_are(&["Sky mask 45,45 50x50 of 900"])
        .command(Command::Undo)
        .regions_are(&["Sky mask 45,45 50x10 of 500"])
        .command(Command::Redo)
        .regions_are(&["Sky mask 45,45 50x50 of 900"])
        // Escape lets go of it: the next stroke is another region.
        .key(Key::Escape)
        .click(200.0, 200.0)
        .regions_are(&["Sky mask 45,45 50x50 of 900", "Sky mask 195,195 10x10 of 100"])
        .command(Command::Undo)
        .command(Command::Undo)
        .command(Command::Undo)
        .regions_are(&[]);
}

#[test]
fn what_is_painted_is_stored_bit_by_bit() {
    let mut editor = brush(16.0, false);
    editor.drag((100.0, 80.0), (160.0, 130.0));
    let mut wanted = Mask::new(600, 400).unwrap();
    let at = ImagePoint::new;
    for (from, to) in
        [((100.0, 80.0), (100.0, 80.0)), ((100.0, 80.0), (130.0, 105.0)), ((130.0, 105.0), (160.0, 130.0))]
    {
        wanted.stroke(at(from.0, from.1), at(to.0, to.1), Brush::Round(16.0), true);
    }
    let items = editor.editor.results();
    let item = items.iter().find(|item| item.item_type() == "brushlabels").unwrap();
    let value = item.value().unwrap();
    assert_eq!(value["format"], "rle");
    assert_eq!(value["brushlabels"], json!(["Sky"]));
    let bytes: Vec<u8> = serde_json::from_value(value["rle"].clone()).unwrap();
    assert_eq!(bytes, domain::result::rle_from_mask(&wanted));
    let size = ImageSize::new(600.0, 400.0).unwrap();
    assert_eq!(domain::result::mask_from_rle(&bytes, size).unwrap(), mask_of(&editor));
}

#[test]
fn the_eraser_takes_the_mask_under_it_and_nothing_left_is_no_region() {
    let mut editor = brush(20.0, true);
    editor.click(100.0, 100.0).key(Key::Escape).tool(ToolKind::Eraser);
    let _ = editor.editor.set_tip(Tip { size: 10.0, is_square: true });
    editor
        // Beside every mask there is nothing to erase.
        .drag((300.0, 300.0), (310.0, 300.0))
        .regions_are(&["Sky mask 90,90 20x20 of 400"])
        .press(105.0, 105.0)
        .state_is("Painting")
        .release(105.0, 105.0)
        .regions_are(&["Sky mask 90,90 20x20 of 300"]);
    let _ = editor.editor.set_tip(Tip { size: 50.0, is_square: true });
    editor.click(100.0, 100.0).regions_are(&[]).selected_are(&[]);
    editor.command(Command::Undo).regions_are(&["Sky mask 90,90 20x20 of 300"]);
    editor.command(Command::Undo).command(Command::Undo).regions_are(&[]);
}

#[test]
fn alt_turns_the_brush_into_the_eraser() {
    let mut editor = brush(20.0, true);
    editor.click(100.0, 100.0).holding(ALT).click(110.0, 100.0).holding(NONE);
    editor.regions_are(&["Sky mask 90,90 10x20 of 200"]);
}

#[test]
fn escape_and_a_lost_pointer_leave_no_stroke() {
    let mut editor = brush(20.0, true);
    editor.press(100.0, 100.0).glide(150.0, 100.0).key(Key::Escape).release(150.0, 100.0).regions_are(&[]);
    editor.press(100.0, 100.0).glide(150.0, 100.0).send_event(&Event::PointerCancel).regions_are(&[]);
    assert!(!editor.editor.enabled(Command::Undo));
    editor.click(100.0, 100.0).press(200.0, 200.0).glide(250.0, 200.0).key(Key::Escape).release(250.0, 200.0);
    editor.regions_are(&["Sky mask 90,90 20x20 of 400"]);
}

#[test]
fn strokes_beyond_the_image_paint_what_is_on_it() {
    let mut editor = brush(20.0, true);
    editor.drag((595.0, 395.0), (900.0, 900.0));
    let bounds = mask_of(&editor).pixel_bounds().unwrap();
    assert_eq!((bounds.x0, bounds.y0, bounds.x1, bounds.y1), (585, 385, 600, 400));
    editor.key(Key::Escape).drag((-500.0, -500.0), (-400.0, -400.0));
    assert_eq!(editor.regions().len(), 1);
}

#[test]
fn keys_size_and_shape_the_brush() {
    let mut editor = brush(10.0, false);
    editor.key(Key::Char('.')).key(Key::Char('.')).key(Key::Char(',')).key(Key::Char('/'));
    assert_eq!(editor.editor.tip(), Tip { size: 12.0, is_square: true });
    // With another tool the same keys turn a box.
    editor.tool(BOX).drag((100.0, 100.0), (200.0, 150.0)).key(Key::Char('.'));
    assert!(editor.regions()[0].ends_with("@15"), "{:?}", editor.regions());
    assert_eq!(editor.editor.tip().size, 12.0);
}

#[test]
fn masks_are_picked_moved_and_copied_by_their_pixels() {
    let mut editor = brush(20.0, true);
    editor.drag((50.0, 50.0), (150.0, 50.0)).drag((150.0, 50.0), (150.0, 150.0)).tool(ToolKind::Select);
    // The hull is hit, the pixels are not.
    editor.click(70.0, 130.0).selected_are(&[]);
    editor.click(60.0, 50.0).drag((60.0, 50.0), (70.0, 60.0)).regions_are(&["Sky mask 50,50 120x120 of 4400"]);
    editor.drag((70.0, 60.0), (-500.0, -500.0)).regions_are(&["Sky mask 0,0 120x120 of 4400"]);
    editor.command(Command::Undo).command(Command::Undo).regions_are(&["Sky mask 40,40 120x120 of 4400"]);
    editor.command(Command::SelectAll).command(Command::Duplicate);
    editor.regions_are(&["Sky mask 40,40 120x120 of 4400", "Sky mask 52,52 120x120 of 4400"]);
}

#[test]
fn a_mask_that_came_and_is_painted_back_comes_out_as_it_went_in() {
    let mut painted = brush(30.0, false);
    painted.drag((100.0, 100.0), (200.0, 180.0));
    let came: Vec<_> = painted.editor.results().into_iter().map(serde_json::Value::from).collect();
    let mut editor = TestEditor::with(&config::boxes_and_choices(), serde_json::Value::Array(came.clone()));
    editor.tool(BRUSH).command(Command::SelectAll).drag((300.0, 100.0), (320.0, 100.0));
    assert_ne!(editor.editor.results(), items(serde_json::Value::Array(came.clone())));
    editor.command(Command::Undo);
    assert_eq!(editor.editor.results(), items(serde_json::Value::Array(came)));
}

#[test]
fn the_stroke_is_on_the_lively_layer_only() {
    let mut editor = brush(20.0, true);
    editor.click(100.0, 100.0).press(200.0, 200.0).glide(220.0, 200.0);
    let masks = |paints: Vec<Paint>| {
        paints
            .into_iter()
            .filter_map(|paint| if let Paint::Mask { mask, .. } = paint { Some(mask.area()) } else { None })
            .collect::<Vec<_>>()
    };
    assert_eq!(masks(editor.editor.lively(IMAGE)), [400 + 40 * 20]);
    assert!(masks(editor.editor.still(IMAGE)).is_empty());
    editor.release(220.0, 200.0).key(Key::Escape);
    assert_eq!(masks(editor.editor.still(IMAGE)), [400 + 40 * 20]);
}

/// Left half black, right half white, with one grey column between them.
fn halves() -> Picture {
    let rgba = (0..400).flat_map(|_| {
        (0..600_u32).flat_map(|x| {
            let grey = if x < 300 {
                0
            } else if x == 300 {
                15
            } else {
                255
            };
            [grey, grey, grey, 255_u8]
        })
    });
    Picture::new(600, 400, rgba.collect()).unwrap()
}

#[test]
fn the_wand_takes_what_is_alike_and_a_drag_takes_more() {
    let mut editor = TestEditor::with(&config::wand(), json!([]));
    editor.tool(ToolKind::Wand);
    assert!(editor.editor.wants_picture(IMAGE));
    editor.click(10.0, 10.0).regions_are(&[]);
    editor.editor.set_picture(IMAGE, halves());
    assert!(!editor.editor.wants_picture(IMAGE));
    editor.click(10.0, 10.0).regions_are(&["Cat mask 0,0 300x400 of 120000"]);
    let types: Vec<_> = editor.editor.results().iter().map(|item| item.item_type().to_owned()).collect();
    assert_eq!(types, ["magicwand", "labels"]);
    editor.command(Command::Undo).regions_are(&[]);
    // Two pixels of a drag are one step of the threshold.
    editor.drag((10.0, 10.0), (20.0, 10.0)).regions_are(&["Cat mask 0,0 301x400 of 120400"]);
    editor.holding(ALT).click(10.0, 10.0).holding(NONE).regions_are(&["Cat mask 300,0 1x400 of 400"]);
    editor.key(Key::Escape).press(400.0, 10.0).state_is("Picking").key(Key::Escape).state_is("Idle");
    assert_eq!(editor.regions().len(), 1);
}

#[test]
fn a_bitmask_is_stored_as_a_picture() {
    let mut editor = TestEditor::with(&config::wand(), json!([]));
    editor.tool(BRUSH).click(100.0, 100.0);
    let results = editor.editor.results();
    let value = results[0].value().unwrap();
    assert_eq!(results[0].item_type(), "bitmask");
    let url = value["imageDataURL"].as_str().unwrap();
    let size = ImageSize::new(600.0, 400.0).unwrap();
    assert_eq!(domain::result::mask_from_bitmask(url, size).unwrap(), mask_of(&editor));
}

#[test]
fn a_pen_pressed_harder_paints_broader() {
    let width = |pressure: f64| {
        let mut editor = brush(20.0, true);
        let pen = Pointer {
            id: 1,
            at: ScreenPoint::new(116.0, 116.0),
            kind: PointerKind::Pen,
            pressure: Some(pressure),
            ..Pointer::default()
        };
        editor.send_event(&Event::PointerDown(pen)).send_event(&Event::PointerUp(pen));
        let bounds = mask_of(&editor).pixel_bounds().unwrap();
        bounds.x1 - bounds.x0
    };
    assert_eq!([width(0.125), width(0.5), width(1.0)], [8, 20, 36]);
}
