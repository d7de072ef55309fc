//! What is in hand goes along from task to task.

use super::*;

#[test]
fn tool_and_label_go_along() {
    let mut before = TestEditor::with(&config::boxes_and_choices(), json!([]));
    before.key(Key::Char('w')).tool(BOX);
    let hand = before.editor.hand().expect("something to draw with");
    let mut after = TestEditor::with(&config::boxes_and_choices(), json!([]));
    let _ = after.editor.take_in_hand(hand.clone());
    assert_eq!(after.editor.hand(), Some(hand.clone()));
    after.drag((10.0, 10.0), (60.0, 60.0));
    assert!(after.regions()[0].starts_with("Dog"), "{:?}", after.regions());
    // Another interface has other tools and labels.
    let mut other = TestEditor::with(&config::pairs(), json!([]));
    let own = other.editor.hand();
    let _ = other.editor.take_in_hand(Hand { label: Some(("gone".to_owned(), "Gone".to_owned())), ..hand });
    assert_eq!(other.editor.hand().map(|hand| hand.label), own.map(|hand| hand.label));
}

#[test]
fn opening_the_same_work_anew_leaves_the_hand_alone() {
    let results = json!([{"id": "s", "from_name": "box", "to_name": "img", "type": "rectanglelabels",
        "value": {"x": 10, "y": 10, "width": 10, "height": 10, "rectanglelabels": ["Cat"]}}]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), results);
    let _ = editor.editor.select([].into());
    editor.key(Key::Char('w')).tool(BOX);
    let hand = editor.editor.hand();
    let draft = editor.editor.draft();
    editor.editor.restore(&draft, &sizes(), 7);
    assert_eq!(editor.editor.hand(), hand);
}
