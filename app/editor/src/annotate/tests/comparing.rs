//! Another version of the work beside it: what is told of it, and taking it over.

use domain::result::ResultItem;
use proptest::prelude::*;

use super::invariants::{acts, drawn, perform};
use super::*;

fn there(results: &Value) -> Document {
    Document::from_results(&config::boxes_and_choices(), &items(results.clone()), &sizes())
}

/// What is told, in words.
fn told(editor: &TestEditor, there: &Document) -> Vec<String> {
    let name = |key: Option<RegionKey>, document: &Document| {
        key.and_then(|key| document.mark(key)).map_or_else(|| "–".to_owned(), |mark| mark.region.id.clone())
    };
    let here = editor.editor.document();
    editor
        .editor
        .differences(there)
        .iter()
        .map(|difference| {
            let what = match &difference.subject {
                Subject::Region { here: mine, there: theirs } => {
                    format!("{} {}", name(*mine, here), name(*theirs, there))
                }
                Subject::Answer(control, _) => control.clone(),
                Subject::Relation(from, to) => format!("{from} to {to}"),
            };
            format!("{:?}: {what}", difference.how)
        })
        .collect()
}

fn weather(choice: &str) -> Value {
    json!({"id": "w", "from_name": "weather", "to_name": "img", "type": "choices", "value": {"choices": [choice]}})
}

fn related(from: &str, to: &str) -> Value {
    json!({"type": "relation", "from_id": from, "to_id": to, "direction": "right"})
}

#[test]
fn differences_in_words() {
    let a = || boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0);
    let moved = || boxed("a", 110.0, 100.0, 60.0, 60.0, 0.0);
    let b = |id: &str| boxed(id, 300.0, 200.0, 80.0, 40.0, 30.0);
    let noted = || {
        let mut item = a();
        item["meta"] = json!({"text": ["in the shade"]});
        item
    };
    let table: [(Value, Value, &[&str]); 10] = [
        (json!([a()]), json!([a()]), &[]),
        (json!([]), json!([a(), b("b")]), &["OnlyThere: – a", "OnlyThere: – b"]),
        (json!([a(), b("b")]), json!([]), &["OnlyHere: a –", "OnlyHere: b –"]),
        (json!([a()]), json!([moved()]), &["Otherwise: a a"]),
        (json!([a()]), json!([noted()]), &["Otherwise: a a"]),
        // Two people's boxes that look the same are the same.
        (json!([a(), b("b")]), json!([b("x"), a()]), &[]),
        (json!([b("b")]), json!([b("x"), b("y")]), &["OnlyThere: – y"]),
        (json!([weather("Good")]), json!([weather("Bad")]), &["Otherwise: weather"]),
        (json!([weather("Good")]), json!([moved()]), &["OnlyThere: – a", "OnlyHere: weather"]),
        (json!([a(), b("b")]), json!([a(), b("b"), related("a", "b")]), &["OnlyThere: a to b"]),
    ];
    for (here, other, expected) in table {
        let editor = TestEditor::with(&config::boxes_and_choices(), here.clone());
        assert_eq!(told(&editor, &there(&other)), expected, "{here} beside {other}");
    }
}

#[test]
fn regions_that_look_the_same_are_one_with_all_that_is_said_of_them() {
    let config = config::pairs();
    let rect = |id: &str, x: f64| {
        json!({"id": id, "from_name": "rect", "to_name": "img", "type": "rectangle", "original_width": 600,
            "original_height": 400, "value": {"x": x, "y": 10, "width": 20, "height": 20, "rotation": 0}})
    };
    let mut why = rect("x", 10.0);
    why["from_name"] = json!("why");
    why["type"] = json!("choices");
    why["value"]["choices"] = json!(["Sure"]);
    let theirs = json!([rect("x", 10.0), rect("y", 50.0), why, related("y", "x")]);
    let theirs = Document::from_results(&config, &items(theirs), &sizes());
    let mut editor = TestEditor::with(&config, json!([rect("a", 10.0), rect("b", 50.0), related("a", "b")]));
    let found = told(&editor, &theirs);
    assert_eq!(found, ["Otherwise: a x", "Otherwise: a to b"], "what is said of it, and which way it points");
    let differences = editor.editor.differences(&theirs);
    let _ = editor.editor.take_over(&differences);
    assert_eq!(told(&editor, &theirs), [""; 0]);
    let results = editor.editor.results();
    let ids: Vec<&str> = results.iter().filter(|item| item.item_type() != "relation").map(ResultItem::id).collect();
    assert_eq!(ids, ["a", "b", "a"], "all keep their names");
    let relation = results.iter().find(|item| item.item_type() == "relation").unwrap();
    assert_eq!((&relation.0["from_id"], &relation.0["to_id"]), (&json!("b"), &json!("a")));
}

#[test]
fn who_shares_an_id_is_left_alone() {
    let point = json!({"id": "a", "from_name": "key", "to_name": "img", "type": "keypointlabels", "original_width": 600,
        "original_height": 400, "value": {"x": 5, "y": 5, "width": 1, "keypointlabels": ["Eye"]}});
    let one = json!([boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0)]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), one.clone());
    let _ = editor.editor.set_remark(RegionKey(1), "mine");
    let twice = Document::from_results(&config::boxes_and_choices(), &items(json!([point, one[0]])), &sizes());
    if twice.len() == 2 {
        assert_eq!(told(&editor, &twice), [""; 0]);
    }
}

#[test]
fn one_thing_is_taken_over_and_given_back() {
    let theirs = json!([boxed("x", 10.0, 10.0, 30.0, 30.0, 0.0), boxed("y", 400.0, 10.0, 30.0, 30.0, 0.0)]);
    let mut editor = with_box();
    let before = editor.editor.results();
    let differences = editor.editor.differences(&there(&theirs));
    let _ = editor.editor.take_over(&differences[1..2]);
    let ids = |editor: &TestEditor| -> Vec<String> {
        editor.editor.document().marks().map(|(_, mark)| mark.region.id.clone()).collect()
    };
    assert_eq!(ids(&editor), ["a", "y"]);
    assert_eq!(editor.editor.selection().len(), 1, "what was taken is selected");
    assert_eq!(told(&editor, &there(&theirs)), ["OnlyThere: – x", "OnlyHere: a –"]);
    editor.command(Command::Undo);
    assert_eq!(editor.editor.results(), before);
}

#[test]
fn a_relation_waits_for_its_regions() {
    let theirs =
        json!([boxed("x", 10.0, 10.0, 30.0, 30.0, 0.0), boxed("y", 400.0, 10.0, 30.0, 30.0, 0.0), related("x", "y")]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), json!([]));
    let differences = editor.editor.differences(&there(&theirs));
    let can: Vec<bool> = differences.iter().map(|it| editor.editor.can_take(it)).collect();
    assert_eq!(can, [true, true, false]);
    // All at once, the regions come first.
    let _ = editor.editor.take_over(&differences);
    assert_eq!(editor.editor.document().relations().count(), 1);
    assert_eq!(told(&editor, &there(&theirs)), [""; 0]);
    editor.command(Command::Undo);
    assert!(editor.editor.results().is_empty());
}

#[test]
fn what_is_locked_or_only_looked_at_stays() {
    let mut editor = with_box();
    let key = RegionKey(1);
    let _ = editor.editor.select([key].into());
    editor.command(Command::ToggleLocked);
    let differences = editor.editor.differences(&there(&json!([])));
    assert!(!editor.editor.can_take(&differences[0]));
    let _ = editor.editor.take_over(&differences);
    assert_eq!(editor.editor.document().len(), 1);

    let mut looker = TestEditor::with(&config::boxes_and_choices(), json!([]));
    looker.editor.set_read_only(true);
    let differences = looker.editor.differences(&there(&drawn()));
    let _ = looker.editor.take_over(&differences);
    assert!(looker.editor.document().is_empty());
}

#[test]
fn answers_about_regions_come_with_them() {
    let config = config::pairs();
    let region = json!({"id": "r", "from_name": "rect", "to_name": "img", "type": "rectangle", "original_width": 600,
        "original_height": 400, "value": {"x": 10, "y": 10, "width": 20, "height": 20, "rotation": 0}});
    let mut why = region.clone();
    why["from_name"] = json!("why");
    why["type"] = json!("choices");
    why["value"]["choices"] = json!(["Sure"]);
    let theirs = Document::from_results(&config, &items(json!([region, why])), &sizes());
    let mut editor = TestEditor::with(&config, json!([region]));
    let differences = editor.editor.differences(&theirs);
    assert_eq!(differences.iter().map(|it| it.how).collect::<Vec<_>>(), [How::Otherwise]);
    let _ = editor.editor.take_over(&differences);
    assert_eq!(editor.editor.differences(&theirs), []);
    assert_eq!(editor.editor.document().to_answers().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn taken_over_whole_nothing_is_otherwise_and_undone_is_the_start(mine in acts(), theirs in acts()) {
        let worked = |acts: &[invariants::Act]| {
            let mut editor = TestEditor::with(&config::boxes_and_choices(), drawn());
            for (n, act) in acts.iter().enumerate() {
                perform(&mut editor, act, f64::from(u32::try_from(n).unwrap()) * 200.0);
            }
            let _ = editor.editor.abandon();
            // What is locked stays.
            let unlocked = |mut item: ResultItem| {
                item.0.remove("readonly");
                item
            };
            editor.editor.results().into_iter().map(unlocked).collect::<Vec<_>>()
        };
        let config = config::boxes_and_choices();
        let (mine, theirs) = (worked(&mine), worked(&theirs));
        let mut editor = Editor::new(&config, &mine, &sizes(), 5);
        let there = Document::from_results(&config, &theirs, &sizes());
        let before = editor.results();
        editor.keep_log();
        let differences = editor.differences(&there);
        let _ = editor.take_over(&differences);
        prop_assert_eq!(editor.differences(&there), vec![]);
        // What was taken over comes back from the log of it.
        let again = Editor::replayed(&config, &mine, &editor.take_log(), &sizes(), 9);
        prop_assert_eq!(again.results(), editor.results());
        if !differences.is_empty() {
            let _ = editor.run(Command::Undo);
        }
        prop_assert_eq!(editor.results(), before);
    }
}
