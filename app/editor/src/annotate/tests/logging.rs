//! What was done can be done again from the records of it, and undone as before.

use std::collections::BTreeMap;

use domain::label_config::LabelConfig;
use domain::result::ResultItem;
use proptest::prelude::*;

use super::invariants::{acts, drawn, perform};
use super::*;

/// The records as a browser gives them back.
fn kept(records: &[Record]) -> Vec<Record> {
    serde_json::from_str(&serde_json::to_string(records).unwrap()).unwrap()
}

fn again(config: &LabelConfig, start: &[ResultItem], records: &[Record]) -> Editor {
    Editor::replayed(config, start, &kept(records), &sizes(), 99)
}

/// Two editors that must be the same: now, at every step back, and at every step forth.
fn assert_same(one: &mut Editor, other: &mut Editor) {
    if !one.state().is_path() {
        // A drag that has not ended is no step yet.
        let _ = one.abandon();
    }
    assert_eq!(one.draft(), other.draft());
    for command in [Command::Undo, Command::Redo] {
        let _ = (one.abandon(), other.abandon());
        while one.enabled(command) {
            assert!(other.enabled(command), "{command:?}: one step too few");
            let _ = (one.run(command), other.run(command));
            assert_eq!(one.results(), other.results(), "{command:?}");
        }
        assert!(!other.enabled(command), "{command:?}: one step too many");
    }
}

#[test]
fn a_record_says_what_a_step_touched_and_nothing_else() {
    let mut editor = with_box();
    editor.editor.keep_log();
    let _ = editor.editor.select([RegionKey(1)].into());
    editor.command(Command::Duplicate);
    editor.command(Command::Undo);
    let records = editor.editor.take_log();
    let Record::Step { name: None, changes } = &records[0] else { panic!("{records:?}") };
    assert!(matches!(&changes[..], [Change::Region(id, items)] if id != "a" && items.len() == 1), "{changes:?}");
    assert_eq!(records[1..], [Record::Undo]);
    assert_eq!(editor.editor.take_log(), [], "each is given out once");
}

#[test]
fn nothing_is_recorded_before_somebody_asks() {
    let mut editor = with_box();
    editor.command(Command::SelectAll).command(Command::Delete);
    assert_eq!(editor.editor.take_log(), []);
}

#[test]
fn regions_of_one_id_are_recorded_with_the_whole_work() {
    let config = config::boxes_and_choices();
    let start = items(json!([
        boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0),
        {"id": "a", "from_name": "key", "to_name": "img", "type": "keypointlabels", "original_width": 600,
            "original_height": 400, "item_index": 0, "value": {"x": 5, "y": 5, "width": 1, "keypointlabels": ["Eye"]}},
    ]));
    let mut editor = Editor::new(&config, &start, &sizes(), 1);
    editor.keep_log();
    assert!(editor.document().len() <= 2);
    let key = editor.document().marks().next().unwrap().0;
    let _ = editor.set_remark(key, "first");
    let records = editor.take_log();
    assert_eq!(again(&config, &start, &records).results(), editor.results());
}

#[test]
fn relations_and_answers_about_regions_come_back() {
    let config = config::pairs();
    let rect = |id: &str, x: f64| {
        json!({"id": id, "from_name": "rect", "to_name": "img", "type": "rectangle", "original_width": 600,
            "original_height": 400, "value": {"x": x, "y": 10, "width": 10, "height": 10, "rotation": 0}})
    };
    let start = items(json!([rect("a", 10.0), rect("b", 50.0)]));
    let mut editor = Editor::new(&config, &start, &sizes(), 1);
    editor.keep_log();
    let keys: Vec<RegionKey> = editor.document().marks().map(|(key, _)| key).collect();
    let _ = editor.select([keys[0]].into());
    let _ = editor.run(Command::Relate);
    let _ = editor.select([keys[1]].into());
    let _ = editor.pick_label("label", "Cat");
    let _ = editor.choose("why", &["Sure".to_owned()]);
    let _ = editor.set_remark(keys[1], "s");
    let _ = editor.set_remark(keys[1], "so");
    let records = editor.take_log();
    assert!(!records.iter().any(|record| matches!(record, Record::Whole(_))), "{records:?}");
    assert_eq!(editor.document().relations().count(), 1);
    assert_same(&mut editor, &mut again(&config, &start, &records));
}

#[test]
fn what_comes_back_is_looked_at_as_before() {
    let mut editor = with_box();
    editor.editor.keep_log();
    editor.command(Command::SelectAll).command(Command::Duplicate).command(Command::ZoomIn);
    let (records, view) = (editor.editor.take_log(), *editor.editor.view(IMAGE).unwrap());
    let start = items(json!([boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0)]));
    editor.editor.restore_log(&start, &records, &sizes(), 3);
    assert_eq!(editor.editor.document().len(), 2);
    assert_eq!(*editor.editor.view(IMAGE).unwrap(), view);
}

#[test]
fn what_comes_back_before_its_picture_can_be_undone_too() {
    let mut editor = with_box();
    editor.editor.keep_log();
    editor.command(Command::SelectAll).command(Command::Duplicate);
    let records = editor.editor.take_log();
    let start = items(json!([boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0)]));
    let mut other = Editor::new(&config::boxes_and_choices(), &start, &BTreeMap::new(), 1);
    other.restore_log(&start, &kept(&records), &BTreeMap::new(), 3);
    other.measure(&sizes());
    assert_eq!(other.results(), editor.editor.results());
    assert!(other.view(IMAGE).is_some());
    let _ = other.run(Command::Undo);
    assert_eq!(other.results(), start);
}

#[test]
fn what_does_not_say_how_large_its_picture_is_can_be_undone_too() {
    let config = config::boxes_and_choices();
    let sizeless = |id: &str, x: f64| {
        let mut json = boxed(id, x, 100.0, 60.0, 60.0, 0.0);
        for key in ["original_width", "original_height"] {
            json.as_object_mut().unwrap().remove(key);
        }
        json
    };
    let start = items(json!([sizeless("a", 100.0), sizeless("b", 300.0)]));
    let drags = |editor: &mut Editor| {
        let _ = editor.select([RegionKey(1)].into());
        let _ = editor.key(Key::Right, NONE);
    };
    let answers = |editor: &mut Editor| {
        let _ = editor.choose("weather", &["Good".to_owned()]);
    };
    let deletes = |editor: &mut Editor| {
        let _ = editor.select([RegionKey(2)].into());
        let _ = editor.run(Command::Delete);
    };
    let acts: [&dyn Fn(&mut Editor); 3] = [&drags, &answers, &deletes];
    for (name, act) in ["a box is moved", "a question is answered", "a box is deleted"].into_iter().zip(acts) {
        let mut editor = Editor::new(&config, &start, &sizes(), 1);
        editor.keep_log();
        act(&mut editor);
        let mut records = editor.take_log();
        // A new page, which reads the records before its picture; meanwhile people go on.
        let mut later = Editor::new(&config, &start, &BTreeMap::new(), 2);
        later.keep_log();
        later.restore_log(&start, &kept(&records), &BTreeMap::new(), 3);
        assert_eq!(later.results(), editor.results(), "{name}");
        let _ = later.answer("stars", Some(Answer::Rating(3)));
        later.measure(&sizes());
        assert!(later.view(IMAGE).is_some() && later.document().len() == editor.document().len(), "{name}");
        records.extend(later.take_log());
        assert_same(&mut later, &mut again(&config, &start, &records));
        while later.enabled(Command::Undo) {
            let _ = later.run(Command::Undo);
        }
        assert_eq!(later.results(), start, "{name}");
    }
}

#[test]
fn a_picture_that_is_measured_later_takes_no_step_away() {
    let config = config::boxes_and_choices();
    // Recorded on a picture of another size than the one that comes.
    let start = items(json!([boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0)]));
    let mut editor = Editor::new(&config, &start, &sizes(), 1);
    editor.keep_log();
    let _ = editor.select([RegionKey(1)].into());
    let _ = editor.run(Command::Duplicate);
    let records = editor.take_log();
    let mut later = Editor::new(&config, &start, &BTreeMap::new(), 2);
    later.restore_log(&start, &kept(&records), &BTreeMap::new(), 3);
    later.measure(&[(IMAGE.to_owned(), ImageSize::new(1200.0, 800.0).unwrap())].into());
    assert_eq!(later.document().len(), 2);
    let _ = later.run(Command::Undo);
    assert_eq!(later.results(), start);
}

#[test]
fn a_polygon_that_was_being_drawn_waits_for_its_picture_and_is_drawn_once() {
    let config = config::boxes_and_choices();
    let mut editor = TestEditor::new();
    editor.editor.keep_log();
    editor.tool(POLYGON).click(10.0, 10.0).click(90.0, 10.0).click(50.0, 80.0);
    let mut records = editor.editor.take_log();
    // A new page that reads the records before its picture.
    let mut later = Editor::new(&config, &[], &BTreeMap::new(), 1);
    later.keep_log();
    later.restore_log(&[], &kept(&records), &BTreeMap::new(), 2);
    assert_eq!(later.draft(), editor.editor.draft());
    assert_eq!(later.take_log(), [], "it is recorded already");
    later.measure(&sizes());
    assert!(later.state().is_path());
    assert_eq!(later.draft(), editor.editor.draft());
    let _ = later.key(Key::Enter, NONE);
    assert_eq!(later.document().len(), 1);
    records.extend(later.take_log());
    assert_eq!(again(&config, &[], &records).draft(), later.draft(), "what is finished is not begun again");
}

#[test]
fn the_only_region_of_a_picture_without_a_size_is_deleted_and_brought_back() {
    let config = config::boxes_and_choices();
    let mut sizeless = boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0);
    for key in ["original_width", "original_height"] {
        sizeless.as_object_mut().unwrap().remove(key);
    }
    let start = items(json!([sizeless]));
    let mut editor = Editor::new(&config, &start, &sizes(), 1);
    editor.keep_log();
    let _ = (editor.run(Command::SelectAll), editor.run(Command::Delete));
    let records = kept(&editor.take_log());
    // A new page: the server has none of it any more, and the records are read before the picture.
    let mut later = Editor::new(&config, &[], &BTreeMap::new(), 2);
    later.keep_log();
    later.restore_log(&start, &records, &BTreeMap::new(), 3);
    assert!(later.results().is_empty());
    later.measure(&sizes());
    assert!(later.results().is_empty());
    let _ = later.run(Command::Undo);
    assert_eq!(later.results(), start);
}

#[test]
fn what_the_interface_no_longer_has_is_carried() {
    let start = items(json!([]));
    let mut editor = TestEditor::new();
    editor.editor.keep_log();
    editor.tool(BOX).drag((100.0, 100.0), (200.0, 150.0));
    let records = editor.editor.take_log();
    let other = again(&config::entities(), &start, &records);
    assert_eq!(other.results(), editor.editor.results());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn replayed_work_is_the_work(acts in acts(), asks in proptest::collection::vec(any::<bool>(), 80), reload in 0..80_usize) {
        let config = config::boxes_and_choices();
        let start = items(drawn());
        let mut editor = TestEditor::with(&config, drawn());
        editor.editor.keep_log();
        let mut records = Vec::new();
        for (n, act) in acts.iter().enumerate() {
            perform(&mut editor, act, f64::from(u32::try_from(n).unwrap()) * 200.0);
            if asks[n] {
                records.extend(editor.editor.take_log());
            }
            if n == reload && editor.editor.state().is_path() {
                // Another page knows nothing of this one but the records.
                records.extend(editor.editor.take_log());
                let mut fresh = TestEditor::with(&config, drawn());
                fresh.editor.keep_log();
                fresh.editor.restore_log(&start, &kept(&records), &sizes(), 1_000);
                fresh.on(IMAGE);
                editor = fresh;
            } else if n == reload {
                records.extend(editor.editor.take_log());
                editor.editor.restore_log(&start, &kept(&records), &sizes(), 1_000);
                editor.on(IMAGE);
            }
        }
        records.extend(editor.editor.take_log());
        let mut other = again(&config, &start, &records);
        let _ = (other.resize_surface(IMAGE, ScreenSize { width: 632.0, height: 432.0 }), other.take_log());
        assert_same(&mut editor.editor, &mut other);
    }
}
