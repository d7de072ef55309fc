//! Proposals that are shown one by one.

use proptest::prelude::*;

use super::invariants::{acts, drawn, perform};
use super::*;

fn weather() -> Value {
    json!({"id": "w", "from_name": "weather", "to_name": "img", "type": "choices", "value": {"choices": ["Good"]}})
}

fn proposal() -> Value {
    json!([
        boxed("left", 20.0, 100.0, 60.0, 60.0, 0.0),
        weather(),
        boxed("right", 400.0, 100.0, 80.0, 80.0, 0.0),
        {"type": "relation", "from_id": "left", "to_id": "right", "direction": "right"},
        boxed("last", 300.0, 300.0, 20.0, 20.0, 0.0),
    ])
}

fn begun() -> TestEditor {
    let apart = Editor::apart_from_regions(&items(proposal()));
    let mut editor = TestEditor::with(&config::boxes_and_choices(), json!(apart));
    editor.editor.withhold(items(proposal()));
    editor
}

fn ids(editor: &TestEditor) -> Vec<String> {
    editor.editor.document().marks().map(|(_, mark)| mark.region.id.clone()).collect()
}

#[test]
fn each_drawing_shows_what_it_meets_most() {
    let mut editor = begun();
    assert_eq!(json!(editor.editor.results()), json!([weather()]), "answers are there from the beginning");
    assert_eq!(editor.editor.withheld(), 3);
    editor.tool(BOX).drag((410.0, 90.0), (490.0, 190.0));
    assert_eq!(ids(&editor)[1..], ["right"]);
    let drawn = editor.editor.selection().first().copied();
    assert_eq!(drawn, editor.editor.document().marks().next().map(|(key, _)| key), "the drawing stays selected");
    assert_eq!(editor.editor.withheld(), 2);
    // It meets none: the next one in order, and the relation now that both its ends are here.
    editor.tool(BOX).drag((500.0, 300.0), (560.0, 360.0));
    assert_eq!(ids(&editor)[3..], ["left"]);
    assert_eq!(editor.editor.document().relations().count(), 1);
    editor.command(Command::Reveal);
    assert_eq!((editor.editor.withheld(), ids(&editor)[4..].to_vec()), (0, vec!["last".to_owned()]));
    assert!(!editor.editor.enabled(Command::Reveal));
    // Two steps each: what was shown, what was drawn.
    for left in [4, 3, 2, 1, 0] {
        editor.command(Command::Undo);
        assert_eq!(ids(&editor).len(), left);
    }
    assert_eq!(editor.editor.withheld(), 3, "what was not shown after all waits again");
    editor.command(Command::Redo).command(Command::Redo);
    assert_eq!((ids(&editor).len(), editor.editor.withheld()), (2, 2));
    editor.command(Command::Undo).command(Command::Reveal);
    assert_eq!((ids(&editor)[1..].to_vec(), editor.editor.withheld()), (vec!["left".to_owned()], 2));
    // Thrown away, it does not wait; its deletion undone, neither.
    editor.command(Command::Delete);
    assert_eq!((ids(&editor).len(), editor.editor.withheld()), (1, 2));
    editor.command(Command::Undo).command(Command::Redo);
    assert_eq!((ids(&editor).len(), editor.editor.withheld()), (1, 2));
}

#[test]
fn what_is_here_already_or_not_understood_is_not_held_back() {
    let mut editor =
        TestEditor::with(&config::boxes_and_choices(), json!([boxed("left", 20.0, 100.0, 60.0, 60.0, 0.0)]));
    let strange = json!({"id": "x", "from_name": "nobody", "to_name": "img", "type": "rectanglelabels", "value": {}});
    let twice = boxed("right", 400.0, 100.0, 80.0, 80.0, 0.0);
    editor.editor.withhold(items(json!([strange, boxed("left", 1.0, 1.0, 9.0, 9.0, 0.0), twice.clone(), twice])));
    assert_eq!(editor.editor.withheld(), 2);
    editor.command(Command::Reveal);
    assert_eq!((ids(&editor), editor.editor.withheld()), (vec!["left".to_owned(), "right".to_owned()], 0));
    editor.editor.set_read_only(true);
    editor.editor.withhold(items(proposal()));
    assert_eq!(editor.editor.withheld(), 0, "whoever only looks draws nothing");
}

#[test]
fn a_page_that_is_opened_again_knows_what_was_shown() {
    let mut editor = begun();
    editor.editor.keep_log();
    editor.command(Command::Reveal).command(Command::Delete).command(Command::Reveal);
    let records = editor.editor.take_log();
    let mut again = begun();
    again.editor.restore_log(&Editor::apart_from_regions(&items(proposal())), &records, &sizes(), 9);
    assert_eq!((ids(&again), again.editor.withheld()), (vec!["right".to_owned()], 1), "and what was thrown away then");
    assert_eq!(again.editor.results(), editor.editor.results());
}

proptest! {
    /// Whatever people do, what was shown is recorded as any other step: made again, it is the same work.
    #[test]
    fn what_was_shown_is_part_of_the_record(acts in acts()) {
        let mut editor = TestEditor::with(&config::boxes_and_choices(), json!([]));
        editor.editor.withhold(items(drawn()));
        editor.editor.keep_log();
        for (at, act) in (0_u32..).zip(&acts) {
            perform(&mut editor, act, f64::from(at) * 90.0);
        }
        // A gesture that is under way is not recorded before it ends.
        let _ = editor.editor.abandon();
        let records = editor.editor.take_log();
        let again = Editor::replayed(&config::boxes_and_choices(), &[], &records, &sizes(), 3);
        prop_assert_eq!(json!(again.results()), json!(editor.editor.results()));
    }
}
