//! Paths that move through a video.

use domain::label_config::read;
use domain::region::ScreenSize;

use super::*;

const PICTURE: ScreenSize = ScreenSize { width: 400.0, height: 200.0 };
const PLAIN: &str = "<VideoVector name='path' toName='video' closable='true' maxPoints='4'/>\
    <Labels name='what' toName='video'><Label value='Arm' hotkey='4'/><Label value='Leg' hotkey='5'/></Labels>";
const LABELED: &str = "<VideoVectorLabels name='path' toName='video'><Label value='Arm' hotkey='4'/><Label value='Leg' hotkey='5'/></VideoVectorLabels>";

/// A video of 100 frames in four seconds.
struct Hand {
    editor: Editor,
    time_ms: f64,
}

impl Hand {
    fn with(controls: &str, results: Value) -> Self {
        let config = read(&format!("<View><Video name='video' value='$v'/>{controls}</View>")).unwrap();
        let mut editor = Editor::new(&config, &items(results), &[].into(), 7);
        let _ = editor.open_line("video", Axis::Frames { count: 100 });
        let _ = editor.resize_line("video", ScreenSize { width: 1000.0, height: 100.0 });
        Self { editor, time_ms: 0.0 }
    }

    fn send(&mut self, event: impl Fn(Pointer) -> Event, x: f64, y: f64) -> &mut Self {
        self.time_ms += 1_000.0;
        let pointer = Pointer { id: 1, at: ScreenPoint::new(x, y), time_ms: self.time_ms, ..Pointer::default() };
        let _ = self.editor.handle_film("video", &event(pointer), PICTURE, 4.0);
        self
    }

    fn click(&mut self, x: f64, y: f64) -> &mut Self {
        self.send(Event::PointerMove, x, y).send(Event::PointerDown, x, y).send(Event::PointerUp, x, y)
    }

    fn drag(&mut self, from: (f64, f64), to: (f64, f64)) -> &mut Self {
        self.send(Event::PointerDown, from.0, from.1).send(Event::PointerMove, to.0, to.1);
        self.send(Event::PointerUp, to.0, to.1)
    }

    fn label(&mut self, key: char) -> &mut Self {
        let _ = self.editor.key(Key::Char(key), NONE);
        self
    }

    fn key(&mut self, key: Key) -> &mut Self {
        let known = self.editor.film_key("video", key, NONE, 4.0);
        let _ = known.unwrap_or_else(|| self.editor.key(key, NONE));
        self
    }

    fn seek(&mut self, frame: u32) -> &mut Self {
        let _ = self.editor.seek("video", f64::from(frame) - 1.0);
        self
    }

    /// Frame and points in percent, keyframe by keyframe.
    fn keyframes(&self) -> Vec<String> {
        let Some(item) = self.editor.results().into_iter().next() else { return Vec::new() };
        let sequence = item.0["value"]["sequence"].as_array().unwrap().clone();
        let number = |number: &Value| (number.as_f64().unwrap() * 10.0).round() / 10.0;
        let point = |vertex: &Value| format!("{},{}", number(&vertex["x"]), number(&vertex["y"]));
        let key = |key: &Value| {
            let points: Vec<String> = key["vertices"].as_array().unwrap().iter().map(point).collect();
            let closed = if key["closed"] == true { " closed" } else { "" };
            let ends = if key["enabled"] == true { "" } else { " ends" };
            format!("{}: {}{closed}{ends}", key["frame"], points.join(" "))
        };
        sequence.iter().map(key).collect()
    }
}

#[test]
fn a_path_is_drawn_point_by_point_and_follows() {
    let mut hand = Hand::with(PLAIN, json!([]));
    hand.label('4').click(40.0, 20.0).click(120.0, 20.0).click(120.0, 100.0).key(Key::Enter);
    let item = hand.editor.results().remove(0);
    assert_eq!((&item.0["type"], &item.0["from_name"]), (&json!("videovector"), &json!("path")));
    let value = &item.0["value"];
    assert_eq!(
        (&value["labels"], &value["framesCount"], &value["duration"]),
        (&json!(["Arm"]), &json!(100), &json!(4))
    );
    let ids: Vec<_> =
        value["sequence"][0]["vertices"].as_array().unwrap().iter().map(|v| v["prevPointId"].clone()).collect();
    assert_eq!(ids, [json!(null), json!("1"), json!("2")]);
    assert_eq!(hand.keyframes(), ["1: 10,10 30,10 30,50"]);
    // One of its points at another frame, then all of it at a third.
    hand.seek(11).drag((120.0, 100.0), (160.0, 120.0));
    assert_eq!(hand.keyframes(), ["1: 10,10 30,10 30,50", "11: 10,10 30,10 40,60"]);
    hand.seek(21).drag((80.0, 20.0), (100.0, 20.0));
    assert_eq!(hand.keyframes()[2], "21: 15,10 35,10 45,60");
    // Half-way it is half-way.
    hand.seek(6);
    let shown = hand.editor.film_paths("video", PICTURE).remove(0);
    let knob = shown.knobs[2];
    assert_eq!((knob.x.round(), knob.y.round(), shown.is_keyframe), (140.0, 110.0, false));
    let _ = hand.editor.toggle_life("video");
    assert_eq!(hand.keyframes()[1], "6: 10,10 30,10 35,55 ends");
    let _ = hand.editor.run(Command::Undo);
    for _ in 0..3 {
        let _ = hand.editor.run(Command::Undo);
    }
    assert_eq!(hand.keyframes(), [""; 0]);
}

type Gestures<'g> = &'g dyn for<'a> Fn(&'a mut Hand) -> &'a mut Hand;

#[test]
fn paths_close_end_and_are_taken_back() {
    let drawn = |gestures: Gestures<'_>| {
        let mut hand = Hand::with(PLAIN, json!([]));
        hand.label('4');
        gestures(&mut hand);
        hand.keyframes()
    };
    // On the first point it closes, on the last one it ends, with all its points it is done.
    let table: [(Gestures<'_>, &[&str]); 6] = [
        (
            &|hand| hand.click(40.0, 20.0).click(120.0, 20.0).click(120.0, 100.0).click(42.0, 21.0),
            &["1: 10,10 30,10 30,50 closed"],
        ),
        (&|hand| hand.click(40.0, 20.0).click(120.0, 20.0).click(120.0, 20.0), &["1: 10,10 30,10"]),
        (
            &|hand| hand.click(40.0, 20.0).click(80.0, 20.0).click(120.0, 20.0).click(160.0, 20.0),
            &["1: 10,10 20,10 30,10 40,10"],
        ),
        (
            &|hand| hand.click(40.0, 20.0).click(120.0, 20.0).key(Key::Backspace).click(80.0, 40.0).key(Key::Enter),
            &["1: 10,10 20,20"],
        ),
        // The first line may be dragged.
        (&|hand| hand.drag((40.0, 20.0), (120.0, 20.0)).key(Key::Enter), &["1: 10,10 30,10"]),
        (&|hand| hand.click(40.0, 20.0).key(Key::Enter).key(Key::Escape), &[]),
    ];
    for (at, (gestures, expected)) in table.into_iter().enumerate() {
        assert_eq!(drawn(gestures), expected, "row {at}");
    }
}

#[test]
fn paths_with_labels_of_their_own_and_by_keyboard() {
    let mut hand = Hand::with(LABELED, json!([]));
    hand.label('4').key(Key::Enter);
    let item = hand.editor.results().remove(0);
    assert_eq!((&item.0["type"], &item.0["value"]["labels"]), (&json!("videovectorlabels"), &json!(["Arm"])));
    assert_eq!(hand.keyframes(), ["1: 25,50 75,50"]);
    hand.seek(5);
    let _ = hand.editor.film_key("video", Key::Down, ALT, 4.0);
    assert_eq!(hand.keyframes()[1], "5: 25,51 75,51");
    hand.key(Key::Escape).click(200.0, 102.0).label('5');
    assert_eq!(hand.editor.results()[0].0["value"]["labels"], json!(["Leg"]));
    // What is dragged past the edge stays on the picture whole.
    hand.drag((200.0, 102.0), (900.0, 102.0));
    assert_eq!(hand.keyframes()[1], "5: 50,51 100,51");
}

#[test]
fn boxes_and_paths_on_one_video_are_chosen_between() {
    let both = format!("{PLAIN}<VideoRectangle name='box' toName='video'/>");
    let mut hand = Hand::with(&both, json!([]));
    assert_eq!(hand.editor.film_choice("video"), Some(false));
    hand.label('4').drag((40.0, 20.0), (120.0, 100.0));
    let _ = hand.editor.draw_paths(true);
    hand.click(200.0, 20.0).click(300.0, 20.0).key(Key::Enter);
    let types: Vec<String> = hand.editor.results().iter().map(|item| item.item_type().to_owned()).collect();
    assert_eq!(types, ["videorectangle", "videovector"]);
    assert_eq!(Hand::with(PLAIN, json!([])).editor.film_choice("video"), None);
}

#[test]
fn a_path_with_curves_comes_out_as_it_came_but_for_what_was_moved() {
    let bent = json!([{"id": "v", "from_name": "path", "to_name": "video", "type": "videovector", "x_extra": 1, "value": {
        "framesCount": 100, "duration": 4, "labels": ["Arm"], "sequence": [
            {"frame": 1, "time": 0.04, "enabled": true, "closed": false, "auto": true, "vertices": [
                {"id": "a", "x": 10, "y": 10, "prevPointId": null, "isBezier": false},
                {"id": "b", "x": 50, "y": 50, "prevPointId": "a", "isBezier": true,
                    "controlPoint1": {"x": 45, "y": 40}, "controlPoint2": {"x": 55, "y": 60}}]}]}}]);
    let mut hand = Hand::with(PLAIN, bent.clone());
    assert_eq!(json!(hand.editor.results()), bent);
    let pieces = hand.editor.film_paths("video", PICTURE).remove(0).pieces;
    assert!(pieces.iter().any(|piece| matches!(piece, crate::paint::Piece::Curve(..))));
    // Its handles go along with a point.
    hand.click(200.0, 100.0).drag((200.0, 100.0), (220.0, 100.0));
    let vertex = &hand.editor.results()[0].0["value"]["sequence"][0]["vertices"][1];
    let percent = |number: &Value| number.as_f64().unwrap().round();
    assert_eq!((percent(&vertex["x"]), percent(&vertex["controlPoint1"]["x"])), (55.0, 50.0));
}

#[test]
fn lines_are_bent_where_that_is_allowed() {
    let bezier = |hand: &Hand, key: usize, point: usize| {
        let vertex = hand.editor.results()[0].0["value"]["sequence"][key]["vertices"][point].clone();
        let at = |name: &str| {
            let number = |axis: &str| vertex[name][axis].as_f64().map(|number| (number * 10.0).round() / 10.0);
            Some((number("x")?, number("y")?))
        };
        (vertex["isBezier"] == true).then(|| (at("controlPoint1"), at("controlPoint2")))
    };
    let curved = PLAIN.replace("closable=", "curves='true' closable=");
    let draw = |controls: &str| {
        let mut hand = Hand::with(controls, json!([]));
        hand.label('4').click(40.0, 100.0).drag((200.0, 100.0), (240.0, 120.0)).click(360.0, 100.0).key(Key::Enter);
        hand
    };
    assert_eq!(bezier(&draw(PLAIN), 0, 1), None, "it may not be bent");
    let mut hand = draw(&curved);
    assert_eq!(bezier(&hand, 0, 1), Some((Some((40.0, 40.0)), Some((60.0, 60.0)))));
    let shown = hand.editor.film_paths("video", PICTURE).remove(0);
    assert_eq!((shown.knobs.len(), shown.stems.len()), (3, 2));
    // At another frame the same handle is elsewhere; the other one keeps opposite, or with Alt stays.
    hand.seek(11).drag((240.0, 120.0), (240.0, 80.0));
    assert_eq!(bezier(&hand, 1, 1), Some((Some((40.0, 60.0)), Some((60.0, 40.0)))));
    assert_eq!(bezier(&hand, 0, 1), Some((Some((40.0, 40.0)), Some((60.0, 60.0)))));
    let with = |modifiers: Modifiers, event: fn(Pointer) -> Event| {
        move |pointer: Pointer| event(Pointer { modifiers, ..pointer })
    };
    hand.send(with(ALT, Event::PointerDown), 160.0, 120.0).send(with(ALT, Event::PointerMove), 160.0, 60.0);
    hand.send(with(ALT, Event::PointerUp), 160.0, 60.0);
    assert_eq!(bezier(&hand, 1, 1), Some((Some((40.0, 30.0)), Some((60.0, 40.0)))));
    let _ = hand.editor.run(Command::Undo);
    assert_eq!(bezier(&hand, 1, 1), Some((Some((40.0, 60.0)), Some((60.0, 40.0)))));
    // Shift and a press make a point sharp, and round again.
    let shift = |hand: &mut Hand| {
        hand.send(with(SHIFT, Event::PointerDown), 200.0, 100.0).send(with(SHIFT, Event::PointerUp), 200.0, 100.0);
    };
    shift(&mut hand);
    assert_eq!(bezier(&hand, 1, 1), None);
    shift(&mut hand);
    assert_eq!(bezier(&hand, 1, 1), Some((Some((30.0, 50.0)), Some((70.0, 50.0)))));
    // The curve stays on the picture, however far somebody pulls.
    hand.drag((280.0, 100.0), (280.0, 2_000.0));
    let vector = hand.editor.film_paths("video", PICTURE).remove(0);
    assert!(vector.stems.iter().flatten().all(|at| at.y.is_finite()));
    let (_, mark) = hand.editor.document().marks().next().unwrap();
    let Shape::VectorTrack(track) = &mark.region.shape else { panic!("a path") };
    let hull = track.shape_at(11).unwrap().on(ImageSize { width: 1.0, height: 1.0 }).bounds().unwrap();
    assert!(hull.max.y <= 1.0 + 1e-6 && hull.min.y >= -1e-6, "{hull:?}");
}
