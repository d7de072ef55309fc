//! How an image is looked at: its attributes, its grid, the place shown.

use domain::label_config::LabelConfig;
use domain::region::{ImagePoint, ScreenSize};

use super::*;
use crate::annotate::Aids;
use crate::paint::Paint;

fn with(attributes: &[(&str, &str)]) -> TestEditor {
    let mut config: LabelConfig = config::boxes_and_choices();
    config.objects[0].attributes = attributes.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    TestEditor::with(&config, json!([]))
}

fn wheel(editor: &mut TestEditor, by: f64) -> f64 {
    let at = ScreenPoint::new(300.0, 200.0);
    editor.send_event(&Event::Wheel { at, by: ScreenVector::new(0.0, by), modifiers: NONE });
    editor.editor.view(IMAGE).unwrap().zoom()
}

#[test]
fn the_wheel_zooms_as_written() {
    assert!((wheel(&mut with(&[("zoomBy", "1.5")]), -100.0) - 1.5).abs() < 1e-9);
    assert!((wheel(&mut with(&[("zoomby", "1.5")]), 100.0) - 1.0 / 1.5).abs() < 1e-9);
    assert_eq!(wheel(&mut with(&[("zoom", "false")]), -100.0), 1.0);
    assert!(wheel(&mut with(&[]), 100.0) < 1.0);
    // Not farther away than the whole image.
    assert_eq!(wheel(&mut with(&[("negativeZoom", "false")]), 300.0), 1.0);
}

#[test]
fn an_image_begins_whole_or_pixel_by_pixel() {
    for (written, zoom) in [("fit", 0.5), ("auto", 0.5), ("original", 1.0)] {
        let mut config: LabelConfig = config::boxes_and_choices();
        config.objects[0].attributes = vec![("defaultZoom".to_owned(), written.to_owned())];
        let mut editor = Editor::new(&config, &[], &sizes(), 7);
        let _ = editor.resize_surface(IMAGE, ScreenSize { width: 332.0, height: 232.0 });
        assert_eq!(editor.view(IMAGE).unwrap().zoom(), zoom, "{written}");
    }
}

#[test]
fn the_grid_lies_on_the_image_and_never_too_close() {
    let lines = |editor: &TestEditor| {
        let paints = editor.editor.lively(IMAGE);
        paints.into_iter().find_map(|p| if let Paint::Lines { lines, .. } = p { Some(lines.len()) } else { None })
    };
    let mut editor = with(&[("grid", "true"), ("gridSize", "100"), ("gridColor", "#123456")]);
    assert_eq!(lines(&editor), Some(7 + 5));
    let _ = editor.editor.set_aids(IMAGE, Aids::default());
    assert_eq!(lines(&editor), None);
    assert_eq!(lines(&with(&[("grid", "true"), ("gridSize", "4")])), None);
    assert_eq!(lines(&with(&[])), None);
}

#[test]
fn lines_through_the_pointer_with_any_tool() {
    let has_cross =
        |editor: &TestEditor| editor.editor.lively(IMAGE).iter().any(|p| matches!(p, Paint::Crosshair { .. }));
    let mut editor = with(&[("crosshair", "true")]);
    assert!(has_cross(editor.tool(ToolKind::Select).glide(100.0, 100.0)));
    assert!(!has_cross(with(&[]).tool(ToolKind::Select).glide(100.0, 100.0)));
}

#[test]
fn what_is_picked_in_a_list_comes_into_view() {
    let mut editor = with(&[]);
    editor.tool(BOX).drag((40.0, 40.0), (80.0, 70.0)).drag((540.0, 360.0), (580.0, 390.0));
    let keys: Vec<RegionKey> = editor.editor.document().marks().map(|(key, _)| key).collect();
    let view = |editor: &TestEditor| *editor.editor.view(IMAGE).unwrap();
    let before = view(&editor);
    assert_eq!(editor.editor.bring_into_view(keys[1]), Response::NONE, "all of it is seen");
    for _ in 0..8 {
        editor.command(Command::ZoomIn);
    }
    let bounds = |editor: &TestEditor, key| editor.editor.surfaces[IMAGE].scene.bounds(key).unwrap();
    for key in [keys[0], keys[1], keys[0]] {
        assert!(!view(&editor).visible().intersects(&bounds(&editor, key)) || view(&editor) == before);
        assert!(editor.editor.bring_into_view(key).still);
        assert!(view(&editor).visible().contains(bounds(&editor, key).center()));
        assert_eq!(editor.editor.bring_into_view(key), Response::NONE);
    }
    assert_eq!(editor.editor.bring_into_view(RegionKey(999)), Response::NONE);
}

#[test]
fn the_view_goes_where_it_is_sent_and_turns() {
    let mut editor = with(&[]);
    let middle = |editor: &TestEditor| {
        let view = editor.editor.view(IMAGE).unwrap();
        let size = view.surface();
        view.image_from_screen(ScreenPoint::new(size.width / 2.0, size.height / 2.0))
    };
    editor.command(Command::ZoomIn).command(Command::ZoomIn);
    let _ = editor.editor.center_on(IMAGE, ImagePoint::new(150.0, 90.0));
    assert!(middle(&editor).distance(ImagePoint::new(150.0, 90.0)) < 1e-9);
    editor.command(Command::RotateView).command(Command::RotateView);
    assert_eq!(editor.editor.view(IMAGE).unwrap().rotation(), 180.0);
    // What is drawn on a turned view lies upright on the image.
    editor.command(Command::ZoomOriginal).tool(BOX).drag((100.0, 100.0), (200.0, 150.0));
    editor.regions_are(&["Cat box 400,250 100x50"]);
}

#[test]
fn a_pin_stands_at_its_region_wherever_that_is_seen() {
    let mut editor = TestEditor::with(&config::boxes_and_choices(), json!([boxed("a", 100.0, 100.0, 60.0, 40.0, 0.0)]));
    let place = |editor: &TestEditor| editor.editor.pin_place(IMAGE, "a").map(|at| (at.x.round(), at.y.round()));
    // The surface begins 16 pixels before the image.
    assert_eq!(place(&editor), Some((176.0, 116.0)));
    assert_eq!((editor.editor.pin_place(IMAGE, "b"), editor.editor.pin_place("other", "a")), (None, None));
    editor.tool(ToolKind::Select).drag((130.0, 120.0), (150.0, 130.0));
    assert_eq!(place(&editor), Some((196.0, 126.0)));
    editor.command(Command::Undo);
    let _ = editor.editor.toggle_hidden(RegionKey(1));
    assert_eq!(place(&editor), None, "nobody points at what is hidden");
    let _ = editor.editor.toggle_hidden(RegionKey(1));
    for _ in 0..4 {
        editor.command(Command::ZoomIn);
    }
    let _ = editor.editor.center_on(IMAGE, ImagePoint::new(600.0, 400.0));
    assert_eq!(place(&editor), None, "it is out of sight");
}
