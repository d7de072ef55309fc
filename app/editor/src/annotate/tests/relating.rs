//! One region points at another.

use domain::result::Direction;

use super::*;

fn two() -> TestEditor {
    let xml = r#"<View><Image name="img" value="$image"/>
        <RectangleLabels name="box" toName="img"><Label value="Cat"/></RectangleLabels>
        <Relations choice="multiple"><Relation value="eats"/><Relation value="sees" alias="s"/></Relations></View>"#;
    let config = domain::label_config::parse(xml).config.unwrap();
    TestEditor::with(
        &config,
        json!([boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0), boxed("b", 300.0, 100.0, 60.0, 60.0, 0.0)]),
    )
}

fn relations(editor: &TestEditor) -> Vec<Value> {
    let of_type = |item: &domain::result::ResultItem| item.item_type() == "relation";
    editor.editor.results().into_iter().filter(of_type).map(Value::from).collect()
}

#[test]
fn a_relation_is_begun_by_a_key_and_ended_by_a_pick() {
    let mut editor = two();
    editor.tool(ToolKind::Select).click(130.0, 130.0).command(Command::Relate);
    assert!(editor.editor.relating().is_some());
    let _ = editor.editor.take_stale(IMAGE);
    let _ = editor.editor.select(editor.editor.document().marks().skip(1).map(|(key, _)| key).collect());
    assert_eq!(editor.editor.relating(), None);
    assert!(editor.editor.take_stale(IMAGE) != Stale::NOTHING, "what it began at goes back to the regions at rest");
    assert_eq!(relations(&editor), [json!({"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"})]);
    // The same two again: one relation, no more.
    editor.command(Command::Relate).click(130.0, 130.0);
    assert_eq!(relations(&editor).len(), 1);
    editor.command(Command::Undo);
    assert!(relations(&editor).is_empty());
    editor.command(Command::Redo);
    assert_eq!(relations(&editor).len(), 1);
}

#[test]
fn a_relation_is_called_off() {
    let mut editor = two();
    editor.tool(ToolKind::Select).command(Command::Relate);
    assert_eq!(editor.editor.relating(), None, "nothing is selected");
    editor.click(130.0, 130.0).command(Command::Relate).key(Key::Escape);
    assert_eq!(editor.editor.relating(), None);
    assert_eq!(editor.editor.selection().len(), 1, "Escape does one thing");
    editor.click(330.0, 130.0);
    assert!(relations(&editor).is_empty());
}

#[test]
fn a_relation_is_turned_labeled_and_removed() {
    let mut editor = two();
    editor.tool(ToolKind::Select).click(130.0, 130.0).command(Command::Relate).click(330.0, 130.0);
    let key = editor.editor.document().relations().next().unwrap().0;
    for label in ["eats", "s", "eats"] {
        let _ = editor.editor.label_relation(key, label);
    }
    let _ = editor.editor.turn_relation(key);
    let one = |direction: &str, labels: Value| {
        [json!({"type": "relation", "from_id": "a", "to_id": "b", "direction": direction, "labels": labels})]
    };
    assert_eq!(relations(&editor), one("left", json!(["s"])));
    let _ = editor.editor.turn_relation(key);
    assert_eq!(editor.editor.document().relation(key).map(|relation| relation.direction), Some(Direction::Bi));
    let _ = editor.editor.unrelate(key);
    assert!(relations(&editor).is_empty());
    editor.command(Command::Undo).command(Command::Undo);
    assert_eq!(relations(&editor), one("left", json!(["s"])));
}

#[test]
fn a_relation_goes_and_comes_back_with_its_regions_and_is_stored_as_it_came() {
    let relation = json!({"type": "relation", "from_id": "a", "to_id": "b", "mine": [1]});
    let stray = json!({"type": "relation", "from_id": "a", "to_id": "nobody"});
    let results =
        json!([relation, boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0), boxed("b", 300.0, 100.0, 60.0, 60.0, 0.0), stray]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), results.clone());
    assert_eq!(editor.editor.results(), items(results.clone()));
    editor.tool(ToolKind::Select).click(130.0, 130.0).key(Key::Delete);
    assert!(relations(&editor).is_empty());
    assert_eq!(editor.editor.document().relations().count(), 0);
    editor.command(Command::Undo);
    assert_eq!(editor.editor.results(), items(results));
}

#[test]
fn a_region_that_is_gone_is_related_to_nothing() {
    let mut editor = two();
    editor.tool(ToolKind::Select).click(130.0, 130.0).command(Command::Relate).command(Command::Delete);
    assert_eq!(editor.editor.relating(), None);
    let steps = editor.editor.results();
    editor.click(330.0, 130.0);
    assert_eq!(editor.editor.results(), steps);
    assert_eq!(editor.editor.document().relations().count(), 0);
    // The one way back is the way it came.
    editor.command(Command::Undo);
    assert_eq!(editor.editor.document().len(), 2);
    assert!(!editor.editor.enabled(Command::Undo));
}
