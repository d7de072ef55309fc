//! Pieces of sounds, series and videos.

use domain::media::series::{TimeFormat, TimeKind};
use domain::region::ScreenSize;

use super::*;

/// An editor whose line is 100 CSS pixels high, and the object it works on.
struct Hand {
    editor: Editor,
    object: &'static str,
    time_ms: f64,
    held: Modifiers,
}

impl Hand {
    fn on(object: &'static str, axis: Axis, width: f64) -> Self {
        Self::with(object, axis, width, json!([]))
    }

    fn with(object: &'static str, axis: Axis, width: f64, results: Value) -> Self {
        let mut editor = Editor::new(&config::lines(), &items(results), &[].into(), 7);
        let _ = editor.open_line(object, axis);
        let _ = editor.resize_line(object, ScreenSize { width, height: 100.0 });
        Self { editor, object, time_ms: 0.0, held: NONE }
    }

    fn pointer(&mut self, x: f64, y: f64) -> Pointer {
        self.time_ms += 1_000.0;
        Pointer { id: 1, at: ScreenPoint::new(x, y), time_ms: self.time_ms, modifiers: self.held, ..Pointer::default() }
    }

    fn send(&mut self, event: &Event) -> Response {
        self.editor.handle(self.object, event)
    }

    fn drag(&mut self, from: f64, to: f64) -> &mut Self {
        self.drag_at(from, to, 10.0)
    }

    fn drag_at(&mut self, from: f64, to: f64, y: f64) -> &mut Self {
        let (down, on, up) = (self.pointer(from, y), self.pointer(to, y), self.pointer(to, y));
        let _ = self.send(&Event::PointerDown(down));
        let _ = self.send(&Event::PointerMove(on));
        let _ = self.send(&Event::PointerUp(up));
        self
    }

    fn click(&mut self, x: f64) -> &mut Self {
        let (down, up) = (self.pointer(x, 10.0), self.pointer(x, 10.0));
        let _ = self.send(&Event::PointerDown(down));
        let _ = self.send(&Event::PointerUp(up));
        self
    }

    fn key(&mut self, key: Key, modifiers: Modifiers) -> &mut Self {
        let _ = self.send(&Event::KeyDown { key, modifiers });
        self
    }

    fn values(&self) -> Vec<Value> {
        self.editor.results().into_iter().map(|item| item.0["value"].clone()).collect()
    }
}

fn sound() -> Hand {
    Hand::on("sound", Axis::Sound { duration_s: 10.0, sample_rate: 1000.0, channels: 1 }, 1000.0)
}

fn dated() -> Axis {
    let format = TimeFormat::new("%Y-%m-%d").unwrap();
    let day = 86_400_000.0;
    let first = format.parse("2020-01-01").unwrap();
    Axis::Series { first, last: first + 100.0 * day, time: TimeKind::Date, format: Some(format), display: None }
}

#[test]
fn a_drag_marks_with_the_label_at_hand_and_says_how_long_the_sound_is() {
    let mut hand = sound();
    hand.key(Key::Char('1'), NONE).drag(100.0, 250.0);
    let item = hand.editor.results().remove(0);
    assert_eq!(item.0["value"], json!({"start": 1, "end": 2.5, "channel": 0, "labels": ["Ann"]}));
    assert_eq!((&item.0["type"], &item.0["original_length"]), (&json!("labels"), &json!(10)));
    // Another one over the first, since the label is still at hand.
    hand.drag(300.0, 200.0);
    assert_eq!(hand.values()[1], json!({"start": 2, "end": 3, "channel": 0, "labels": ["Ann"]}));
}

#[test]
fn a_piece_marked_without_a_label_waits_for_one() {
    let mut hand = sound();
    hand.drag(100.0, 250.0);
    assert_eq!((hand.values().len(), hand.editor.pending().is_some()), (0, true));
    assert!(hand.editor.pieces("sound")[0].key.is_none());
    hand.key(Key::Char('2'), NONE);
    assert_eq!(hand.values(), [json!({"start": 1, "end": 2.5, "channel": 0, "labels": ["Ben"]})]);
}

#[test]
fn what_is_selected_is_moved_and_resized_in_one_step_each() {
    let mut hand = sound();
    hand.key(Key::Char('1'), NONE).drag(100.0, 200.0).click(150.0);
    assert_eq!(hand.editor.selection().len(), 1);
    hand.drag(150.0, 250.0);
    assert_eq!(hand.values()[0]["start"], 2);
    hand.drag(300.0, 400.0);
    assert_eq!((&hand.values()[0]["start"], &hand.values()[0]["end"]), (&json!(2), &json!(4)));
    // An edge stops where what is left can still be taken hold of, a body at the end of the sound.
    hand.drag(200.0, 900.0);
    assert_eq!((&hand.values()[0]["start"], &hand.values()[0]["end"]), (&json!(3.96), &json!(4)));
    let _ = hand.editor.run(Command::Undo);
    hand.drag(300.0, 5_000.0);
    assert_eq!((&hand.values()[0]["start"], &hand.values()[0]["end"]), (&json!(8), &json!(10)));
    for _ in 0..4 {
        let _ = hand.editor.run(Command::Undo);
    }
    assert_eq!(hand.values(), [] as [Value; 0]);
}

#[test]
fn escape_takes_a_drag_back() {
    let mut hand = sound();
    hand.key(Key::Char('1'), NONE).drag(100.0, 200.0).click(150.0);
    let (down, on) = (hand.pointer(150.0, 10.0), hand.pointer(400.0, 10.0));
    let _ = hand.send(&Event::PointerDown(down));
    let _ = hand.send(&Event::PointerMove(on));
    assert_eq!(hand.values()[0]["start"], 3.5);
    hand.key(Key::Escape, NONE);
    assert_eq!(hand.values()[0]["start"], 1);
}

#[test]
fn the_keyboard_alone_marks_moves_and_sizes() {
    let mut hand = sound();
    for _ in 0..10 {
        hand.key(Key::Right, NONE);
    }
    assert_eq!(hand.editor.line("sound").unwrap().cursor(), 1.0);
    for _ in 0..20 {
        hand.key(Key::Right, SHIFT);
    }
    assert!(hand.editor.pending().is_some());
    hand.key(Key::Char('1'), NONE);
    assert_eq!(hand.values(), [json!({"start": 1, "end": 3, "channel": 0, "labels": ["Ann"]})]);
    let _ = hand.editor.run(Command::SelectNext);
    hand.key(Key::Right, NONE).key(Key::Right, SHIFT).key(Key::Left, ALT);
    assert_eq!(hand.values(), [json!({"start": 1.11, "end": 3.1, "channel": 0, "labels": ["Ann"]})]);
    hand.key(Key::Delete, NONE);
    assert_eq!(hand.values(), [] as [Value; 0]);
}

#[test]
fn channels_shown_each_for_itself_are_marked_each_for_itself() {
    let mut hand = Hand::on("sound", Axis::Sound { duration_s: 10.0, sample_rate: 1000.0, channels: 2 }, 1000.0);
    hand.key(Key::Char('1'), NONE).drag_at(100.0, 200.0, 20.0).drag_at(100.0, 200.0, 80.0);
    let channels: Vec<_> = hand.values().into_iter().map(|value| value["channel"].clone()).collect();
    assert_eq!(channels, [json!(0), json!(1)]);
    let pieces: Vec<_> = hand.editor.pieces("sound").into_iter().map(|piece| piece.channel).collect();
    assert_eq!(pieces, [Some(0), Some(1)]);
}

#[test]
fn zooming_stays_under_the_pointer_and_ends_at_samples() {
    let mut hand = sound();
    let wheel = |x: f64, y: f64| Event::Wheel {
        at: ScreenPoint::new(x, 10.0),
        by: ScreenVector::new(0.0, y),
        modifiers: CONTROL,
    };
    let before = hand.editor.line("sound").unwrap().line_from_screen(700.0);
    assert!(hand.send(&wheel(700.0, -100.0)).handled);
    assert!((hand.editor.line("sound").unwrap().line_from_screen(700.0) - before).abs() < 1e-9);
    for _ in 0..200 {
        let _ = hand.send(&wheel(700.0, -240.0));
    }
    let (from, to) = hand.editor.line("sound").unwrap().shown();
    assert!((to - from - 0.064).abs() < 1e-9, "{from} to {to}");
    for _ in 0..200 {
        let _ = hand.send(&wheel(100.0, 240.0));
    }
    assert_eq!(hand.editor.line("sound").unwrap().shown(), (0.0, 10.0));
    // Without a key held the page scrolls.
    let plain = Event::Wheel { at: ScreenPoint::new(1.0, 1.0), by: ScreenVector::new(0.0, 9.0), modifiers: NONE };
    assert!(!hand.send(&plain).handled);
}

#[test]
fn a_selected_piece_is_played_once_or_again_and_again() {
    let mut hand = sound();
    hand.key(Key::Char('1'), NONE).drag(100.0, 200.0).click(150.0).key(Key::Space, NONE);
    let line =
        |hand: &Hand| (hand.editor.line("sound").unwrap().is_playing(), hand.editor.line("sound").unwrap().cursor());
    assert_eq!(line(&hand), (true, 1.5));
    let _ = hand.editor.played_to("sound", 2.001);
    assert_eq!(line(&hand), (false, 2.0));
    hand.key(Key::Char('l'), SHIFT).key(Key::Space, NONE);
    assert_eq!(line(&hand), (true, 1.0));
    let _ = hand.editor.played_to("sound", 2.001);
    assert_eq!(line(&hand), (true, 1.0));
}

#[test]
fn times_are_read_as_the_interface_displays_them_and_stored_as_the_file_writes_them() {
    let Axis::Series { first, last, time, format, .. } = dated() else { unreachable!() };
    let axis = Axis::Series { first, last, time, format, display: Some(TimeFormat::new("%d %b %Y").unwrap()) };
    assert_eq!((dated().words(first), axis.words(first)), ("2020-01-01".to_owned(), "01 Jan 2020".to_owned()));
    let mut hand = Hand::on("series", axis, 1000.0);
    hand.editor.set_ticks("series", (0..=100).map(|day| first + f64::from(day) * 86_400_000.0).collect());
    hand.key(Key::Char('3'), NONE).drag(102.0, 298.0);
    assert_eq!(hand.values()[0]["start"], "2020-01-11");
}

#[test]
fn days_are_marked_where_there_are_rows_and_written_as_the_series_writes_them() {
    let mut hand = Hand::on("series", dated(), 1000.0);
    let Axis::Series { first, .. } = dated() else { unreachable!() };
    hand.editor.set_ticks("series", (0..=100).map(|day| first + f64::from(day) * 86_400_000.0).collect());
    hand.key(Key::Char('3'), NONE).drag(102.0, 298.0);
    assert_eq!(
        hand.values(),
        [json!({"start": "2020-01-11", "end": "2020-01-31", "instant": false, "timeserieslabels": ["Rise"]})]
    );
    // A double click is a moment.
    hand.click(501.0);
    hand.time_ms -= 1_900.0;
    hand.click(501.0);
    assert_eq!(hand.values()[1]["instant"], true);
    assert_eq!((&hand.values()[1]["start"], &hand.values()[1]["end"]), (&json!("2020-02-20"), &json!("2020-02-20")));
}

#[test]
fn stretches_of_a_video_are_whole_frames_and_keep_their_other_ranges() {
    let stored = json!([{"id": "a", "from_name": "scene", "to_name": "video", "type": "timelinelabels",
        "value": {"ranges": [{"start": 1, "end": 10}, {"start": 41, "end": 50}], "timelinelabels": ["Goal"]}}]);
    let mut hand = Hand::with("video", Axis::Frames { count: 100 }, 1000.0, stored);
    hand.click(450.0).drag(450.0, 553.0);
    assert_eq!(hand.values()[0]["ranges"], json!([{"start": 1, "end": 10}, {"start": 51, "end": 60}]));
    hand.key(Key::Escape, NONE).key(Key::Char('6'), NONE).drag(204.0, 296.0);
    assert_eq!(hand.values()[1], json!({"ranges": [{"start": 21, "end": 30}], "timelinelabels": ["Goal"]}));
    // The label of things that move is none for stretches.
    hand.key(Key::Char('4'), NONE).drag(700.0, 800.0);
    assert_eq!((hand.values().len(), hand.editor.pending().is_some()), (2, true));
}

#[test]
fn imported_pieces_come_out_as_they_went_in() {
    let stored = json!([{"id": "a", "from_name": "who", "to_name": "sound", "type": "labels", "origin": "prediction",
        "original_length": 9.5, "mine": 1,
        "value": {"start": 0.123_456_789, "end": 2.5, "channel": 0, "labels": ["Ann"], "text": ["hello"]}}]);
    let hand =
        Hand::with("sound", Axis::Sound { duration_s: 10.0, sample_rate: 8000.0, channels: 1 }, 500.0, stored.clone());
    assert_eq!(hand.editor.document().len(), 1);
    assert_eq!(hand.editor.results().into_iter().map(Value::from).collect::<Value>(), stored);
}

const PICTURE: ScreenSize = ScreenSize { width: 400.0, height: 200.0 };

/// A video of 100 frames in four seconds.
fn video() -> Hand {
    Hand::on("video", Axis::Frames { count: 100 }, 1000.0)
}

impl Hand {
    fn on_picture(&mut self, from: (f64, f64), to: (f64, f64)) -> &mut Self {
        let (down, on, up) = (self.pointer(from.0, from.1), self.pointer(to.0, to.1), self.pointer(to.0, to.1));
        for event in [Event::PointerDown(down), Event::PointerMove(on), Event::PointerUp(up)] {
            let _ = self.editor.handle_film("video", &event, PICTURE, 4.0);
        }
        self
    }

    /// Frame, left side in percent, and whether it lives on, keyframe by keyframe.
    fn keyframes(&self) -> Vec<(u64, f64, bool)> {
        let sequence = self.values()[0]["sequence"].as_array().unwrap().clone();
        let read = |key: &Value| (key["frame"].as_u64().unwrap(), key["x"].as_f64().unwrap(), key["enabled"] == true);
        sequence.iter().map(read).collect()
    }
}

#[test]
fn a_thing_is_followed_by_setting_it_right_where_it_moves() {
    let mut hand = video();
    hand.key(Key::Char('4'), NONE).on_picture((40.0, 20.0), (80.0, 60.0));
    let _ = hand.editor.seek("video", 10.0);
    // The label is still at hand, but what is selected is moved.
    hand.on_picture((60.0, 40.0), (100.0, 40.0));
    let item = hand.editor.results().remove(0);
    assert_eq!((&item.0["type"], &item.0["from_name"]), (&json!("videorectangle"), &json!("box")));
    let value = &item.0["value"];
    assert_eq!(
        (&value["labels"], &value["framesCount"], &value["duration"]),
        (&json!(["Ball"]), &json!(100), &json!(4))
    );
    assert_eq!(hand.keyframes(), [(1, 10.0, true), (11, 20.0, true)]);
    // Half-way it is half-way.
    let _ = hand.editor.seek("video", 5.0);
    let shown = hand.editor.film_boxes("video", PICTURE).remove(0);
    assert!((shown.rect.x - 0.15).abs() < 1e-9 && !shown.is_keyframe);
    let _ = hand.editor.run(Command::Undo);
    let _ = hand.editor.run(Command::Undo);
    assert_eq!(hand.values(), [] as [Value; 0]);
}

#[test]
fn lives_end_and_begin_and_keyframes_come_and_go() {
    let mut hand = video();
    hand.key(Key::Char('4'), NONE).on_picture((40.0, 20.0), (80.0, 60.0));
    let _ = hand.editor.seek("video", 19.0);
    let _ = hand.editor.toggle_life("video");
    assert_eq!(hand.keyframes(), [(1, 10.0, true), (20, 10.0, false)]);
    let _ = hand.editor.seek("video", 30.0);
    assert!(hand.editor.film_boxes("video", PICTURE).is_empty());
    let _ = hand.editor.toggle_life("video");
    assert_eq!(hand.keyframes(), [(1, 10.0, true), (20, 10.0, false), (31, 10.0, true)]);
    let rows = hand.editor.track_rows("video");
    assert_eq!(rows[0].spans, [(0.0, 200.0), (300.0, 1000.0)]);
    let _ = hand.editor.seek_keyframe("video", false);
    assert_eq!(hand.editor.frame("video"), Some(20));
    let _ = hand.editor.toggle_keyframe("video");
    assert_eq!(hand.keyframes(), [(1, 10.0, true), (31, 10.0, true)]);
}

#[test]
fn boxes_stay_on_the_picture_and_escape_takes_a_drag_back() {
    let mut hand = video();
    hand.key(Key::Char('4'), NONE).on_picture((40.0, 20.0), (80.0, 60.0));
    hand.on_picture((60.0, 40.0), (900.0, 40.0));
    assert_eq!(hand.keyframes(), [(1, 90.0, true)]);
    hand.on_picture((380.0, 40.0), (-900.0, 40.0));
    assert_eq!(hand.keyframes(), [(1, 0.0, true)]);
    // The right side, as far as to the left one and no farther.
    hand.on_picture((40.0, 40.0), (-50.0, 40.0));
    assert_eq!(hand.values()[0]["sequence"][0]["width"], 1.0);
    let (down, on) = (hand.pointer(2.0, 40.0), hand.pointer(200.0, 40.0));
    for event in [Event::PointerDown(down), Event::PointerMove(on)] {
        let _ = hand.editor.handle_film("video", &event, PICTURE, 4.0);
    }
    hand.key(Key::Escape, NONE);
    assert_eq!(hand.keyframes(), [(1, 0.0, true)]);
}

#[test]
fn things_and_stretches_take_labels_of_their_own_kind() {
    let mut hand = video();
    hand.key(Key::Char('4'), NONE).on_picture((40.0, 20.0), (80.0, 60.0));
    hand.key(Key::Char('5'), NONE);
    assert_eq!(hand.values()[0]["labels"], json!(["Car"]));
    hand.key(Key::Char('6'), NONE);
    assert_eq!(hand.values()[0]["labels"], json!(["Car"]));
}

#[test]
fn a_film_is_stepped_frame_by_frame_and_stands_still_on_its_last() {
    let mut hand = video();
    hand.key(Key::Right, NONE).key(Key::Right, SHIFT);
    assert_eq!(hand.editor.frame("video"), Some(12));
    hand.key(Key::Left, NONE);
    assert_eq!(hand.editor.frame("video"), Some(11));
    hand.key(Key::Space, NONE);
    let _ = hand.editor.played_to("video", 100.0);
    assert_eq!((hand.editor.frame("video"), hand.editor.line("video").unwrap().is_playing()), (Some(100), false));
    hand.key(Key::Right, SHIFT);
    assert_eq!(hand.editor.frame("video"), Some(100));
}

#[test]
fn only_what_a_person_does_is_an_act() {
    let mut hand = sound();
    let acts = |hand: &Hand| hand.editor.line("sound").unwrap().acts();
    let _ = hand.editor.follow_line("sound", 4.0, true);
    let _ = hand.editor.played_to("sound", 5.0);
    let _ = hand.editor.stop_playing("sound");
    assert_eq!(acts(&hand), 0);
    hand.click(100.0);
    assert_eq!(acts(&hand), 1);
    hand.key(Key::Space, NONE);
    assert_eq!(acts(&hand), 2);
    hand.key(Key::Right, NONE);
    assert_eq!(acts(&hand), 3);
}

#[test]
fn a_line_goes_along_and_says_what_has_changed() {
    let mut hand = sound();
    let at =
        |hand: &Hand| hand.editor.line("sound").map(|line| (line.cursor(), line.is_playing(), line.shown())).unwrap();
    let went = hand.editor.follow_line("sound", 4.0, true);
    assert_eq!((at(&hand), went.panels, went.lively), ((4.0, true, (0.0, 10.0)), true, true));
    // There already: nobody has to look again.
    let went = hand.editor.follow_line("sound", 4.0, true);
    assert_eq!((went.panels, went.lively, went.still), (false, false, false));
    // Beyond its end it stands at its end; the view goes along.
    let _ = hand.editor.look_along("sound", 0.0, 2.0);
    let went = hand.editor.follow_line("sound", 40.0, false);
    assert_eq!((at(&hand), went.still), ((10.0, false, (8.0, 10.0)), true));
    // Even where a piece was being played alone.
    hand.key(Key::Char('1'), NONE).drag(100.0, 200.0).click(150.0).key(Key::Space, NONE);
    let _ = hand.editor.follow_line("sound", 1.0, false);
    let _ = hand.editor.follow_line("sound", 1.0, true);
    let _ = hand.editor.played_to("sound", 9.5);
    assert!(hand.editor.line("sound").unwrap().is_playing());
}

#[test]
fn numbers_of_a_series_are_seconds_and_dates_count_from_the_first_row() {
    let numbers = Axis::Series { first: 2.0, last: 9.0, time: TimeKind::Number, format: None, display: None };
    let axes = [
        (numbers, 3.5, 3.5),
        (Axis::Sound { duration_s: 9.0, sample_rate: 1.0, channels: 1 }, 3.5, 3.5),
        (dated(), dated().whole().0 + 86_400_000.0, 86_400.0),
    ];
    for (axis, at, second) in axes {
        assert_eq!((axis.second_from_line(at), axis.line_from_second(second)), (second, at));
    }
}
