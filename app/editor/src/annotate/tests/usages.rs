//! Labels that may be given to so many regions only.

use super::*;

fn config() -> domain::label_config::LabelConfig {
    let xml = r#"<View><Image name="img" value="$image"/><Text name="text" value="$text"/>
        <RectangleLabels name="box" toName="img" maxUsages="2"><Label value="Cat" maxUsages="1"/><Label value="Dog"/></RectangleLabels>
        <Labels name="ner" toName="text"><Label value="Name" maxUsages="1"/><Label value="Place"/></Labels></View>"#;
    domain::label_config::parse(xml).config.unwrap()
}

#[test]
fn a_label_that_is_used_up_is_no_longer_at_hand() {
    let mut editor = TestEditor::with(&config(), json!([]));
    let label = |editor: &TestEditor| editor.editor.label().map(|label| label.value.clone());
    editor.tool(BOX).drag((10.0, 20.0), (40.0, 60.0));
    editor.regions_are(&["Cat box 10,20 30x40"]);
    let _ = editor.editor.pick_label("box", "Cat");
    // The next one is drawn with what is left, and when nothing is, nothing more is drawn.
    editor.tool(BOX).drag((110.0, 20.0), (140.0, 60.0));
    assert_eq!(label(&editor).as_deref(), Some("Dog"));
    editor.tool(BOX).drag((210.0, 20.0), (240.0, 60.0)).tool(BOX).drag((310.0, 20.0), (340.0, 60.0));
    editor.regions_are(&["Cat box 10,20 30x40", "Dog box 110,20 30x40", "Dog box 210,20 30x40"]);
    assert_eq!(editor.editor.problems(), []);
    // What is given away can be given again.
    let key = editor.editor.document().marks().nth(1).unwrap().0;
    let _ = editor.editor.select([key].into());
    let _ = editor.editor.pick_label("box", "Cat");
    assert_eq!(editor.editor.title(key), "Dog");
    let first = editor.editor.document().marks().next().unwrap().0;
    let _ = editor.editor.remove(first);
    let _ = editor.editor.select([key].into());
    let _ = editor.editor.pick_label("box", "Cat");
    assert_eq!(editor.editor.title(key), "Cat");
}

#[test]
fn a_piece_waits_for_another_label_when_the_one_at_hand_is_used_up() {
    let mut editor = TestEditor::with(&config(), json!([]));
    let _ = editor.editor.pick_label("ner", "Name");
    let _ = editor.editor.select_text("text", "Ada met Grace", selected("Ada met Grace", 0, 3));
    editor.regions_are(&["Name text 0..3 Ada"]);
    let _ = editor.editor.select_text("text", "Ada met Grace", selected("Ada met Grace", 8, 13));
    editor.regions_are(&["Name text 0..3 Ada"]);
    assert!(editor.editor.pending_text().is_some());
    let _ = editor.editor.pick_label("ner", "Name");
    editor.regions_are(&["Name text 0..3 Ada"]);
    let _ = editor.editor.pick_label("ner", "Place");
    editor.regions_are(&["Name text 0..3 Ada", "Place text 8..13 Grace"]);
    // Undone, it may be given again.
    editor.command(Command::Undo).command(Command::Undo);
    let name = editor.editor.document().kit().label("ner", "Name").cloned().unwrap();
    assert!(!editor.editor.is_used_up(&name));
}
