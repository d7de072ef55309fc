//! What must hold whatever people do.

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone)]
pub(super) enum Act {
    Pointer(u8, f64, f64, u8),
    Key(u8, u8),
    Run(usize),
    Label(usize),
    Answer(u8),
    Wheel(f64, f64, f64),
}

pub(super) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let place = || (-100.0..800.0_f64, -100.0..600.0_f64);
    let act = prop_oneof![
        12 => (0..5_u8, place(), 0..6_u8).prop_map(|(what, (x, y), how)| Act::Pointer(what, x, y, how)),
        3 => (0..12_u8, 0..4_u8).prop_map(|(key, modifiers)| Act::Key(key, modifiers)),
        3 => (0..Command::ALL.len()).prop_map(Act::Run),
        2 => (0..6_usize).prop_map(Act::Label),
        1 => (0..5_u8).prop_map(Act::Answer),
        1 => (place(), -300.0..300.0_f64).prop_map(|((x, y), by)| Act::Wheel(x, y, by)),
    ];
    proptest::collection::vec(act, 0..80)
}

pub(super) fn perform(editor: &mut TestEditor, act: &Act, time_ms: f64) {
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
                pressure: None,
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

/// The bytes of a stroke across the image.
fn painted() -> Vec<u8> {
    let at = domain::region::ImagePoint::new;
    let mut mask = domain::region::Mask::new(600, 400).unwrap();
    mask.stroke(at(200.0, 300.0), at(350.0, 340.0), domain::region::mask::Brush::Round(40.0), true);
    domain::result::rle_from_mask(&mask)
}

/// Something of every kind that is drawn on an image.
pub(super) fn drawn() -> Value {
    json!([
        boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0),
        boxed("b", 300.0, 200.0, 80.0, 40.0, 30.0),
        {"id": "p", "from_name": "poly", "to_name": "img", "type": "polygonlabels", "original_width": 600,
            "original_height": 400, "value": {"points": [[70, 10], [90, 10], [80, 40]], "closed": true, "polygonlabels": ["Cat"]}},
        {"id": "h", "from_name": "poly", "to_name": "img", "type": "polygonlabels", "original_width": 600,
            "original_height": 400, "value": {"points": [[60, 60], [90, 60], [90, 95], [60, 95]], "closed": true,
                "holes": [[[65, 65], [75, 65], [75, 75], [65, 75]], [[80, 80], [85, 80], [80, 90]]], "polygonlabels": ["Cat"]}},
        {"id": "v", "from_name": "path", "to_name": "img", "type": "vectorlabels", "original_width": 600,
            "original_height": 400, "value": {"closed": false, "vectorlabels": ["Road"], "vertices": [
                {"id": "a", "x": 10, "y": 60, "prevPointId": null, "isBezier": false},
                {"id": "b", "x": 30, "y": 70, "prevPointId": "a", "isBezier": true,
                    "controlPoint1": {"x": 25, "y": 60}, "controlPoint2": {"x": 35, "y": 80}},
                {"id": "c", "x": 40, "y": 60, "prevPointId": "b", "isBezier": false}]}},
        {"id": "m", "from_name": "mask", "to_name": "img", "type": "brushlabels", "original_width": 600,
            "original_height": 400, "value": {"format": "rle", "rle": painted(), "brushlabels": ["Sky"]}},
    ])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn regions_stay_on_the_image_and_undone_is_the_start(acts in acts()) {
        let start = drawn();
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
