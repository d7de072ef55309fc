//! Several regions at once: in line, evenly apart, alone.

use super::*;
use crate::annotate::Arrange;

fn three() -> TestEditor {
    let mut editor = TestEditor::with(
        &config::boxes_and_choices(),
        json!([
            boxed("a", 0.0, 100.0, 60.0, 60.0, 0.0),
            boxed("b", 90.0, 40.0, 30.0, 40.0, 0.0),
            boxed("c", 300.0, 200.0, 60.0, 20.0, 0.0)
        ]),
    );
    editor.tool(ToolKind::Select).command(Command::SelectAll);
    editor
}

#[test]
fn regions_come_in_line_in_one_step() {
    let table = [
        (Arrange::Left, ["0,100", "0,40", "0,200"]),
        (Arrange::Center, ["150,100", "165,40", "150,200"]),
        (Arrange::Right, ["300,100", "330,40", "300,200"]),
        (Arrange::Top, ["0,40", "90,40", "300,40"]),
        (Arrange::Middle, ["0,100", "90,110", "300,120"]),
        (Arrange::Bottom, ["0,160", "90,180", "300,200"]),
        (Arrange::Across, ["0,100", "165,40", "300,200"]),
        (Arrange::Down, ["0,110", "90,40", "300,200"]),
    ];
    let sizes = ["60x60", "30x40", "60x20"];
    for (how, places) in table {
        let mut editor = three();
        let start = editor.regions();
        editor.command(Command::Arrange(how));
        let expected: Vec<String> = places.iter().zip(sizes).map(|(at, size)| format!("Cat box {at} {size}")).collect();
        assert_eq!(editor.regions(), expected, "{how:?}");
        editor.command(Command::Undo);
        assert_eq!(editor.regions(), start, "{how:?}");
    }
}

#[test]
fn too_few_or_protected_regions_are_not_arranged() {
    let mut editor = three();
    editor.click(30.0, 130.0);
    assert!(!editor.editor.enabled(Command::Arrange(Arrange::Left)));
    editor.command(Command::ToggleLocked).command(Command::SelectAll);
    assert!(editor.editor.enabled(Command::Arrange(Arrange::Left)));
    assert!(!editor.editor.enabled(Command::Arrange(Arrange::Across)), "one of three is protected");
    editor.command(Command::Arrange(Arrange::Left));
    editor.regions_are(&["Cat box 0,100 60x60", "Cat box 90,40 30x40", "Cat box 90,200 60x20"]);
}

#[test]
fn a_region_alone_and_all_of_them_again() {
    let mut editor = three();
    editor.click(330.0, 210.0).command(Command::ToggleHidden).command(Command::ToggleHidden);
    editor.command(Command::Solo);
    let hidden = |editor: &TestEditor| editor.editor.document().marks().map(|(_, m)| m.hidden).collect::<Vec<_>>();
    assert_eq!(hidden(&editor), [true, true, false]);
    assert!(editor.editor.is_solo());
    editor.command(Command::Solo);
    assert_eq!(hidden(&editor), [false, false, false]);
}

#[test]
fn what_is_in_front_is_picked_and_painted_last_and_says_so() {
    let nested =
        json!([boxed("large", 100.0, 100.0, 200.0, 200.0, 0.0), boxed("small", 150.0, 150.0, 40.0, 40.0, 0.0)]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), nested.clone());
    editor.tool(ToolKind::Select);
    let top = |editor: &mut TestEditor| {
        editor.click(170.0, 170.0);
        let key = *editor.editor.selection().first().unwrap();
        let id = editor.editor.document().mark(key).unwrap().region.id.clone();
        editor.key(Key::Escape);
        let whole = editor.editor.view(IMAGE).unwrap().visible();
        let painted = editor.editor.still_order(IMAGE, &whole);
        assert_eq!(painted.last(), Some(&key), "what is picked is what is seen");
        id
    };
    let orders = |editor: &TestEditor| {
        let results = editor.editor.results();
        results.iter().map(|item| item.0.get("meta").map(ToString::to_string).unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(top(&mut editor), "small");
    editor.click(110.0, 110.0).command(Command::ToFront);
    assert_eq!(orders(&editor), [r#"{"z_order":1}"#, ""]);
    editor.command(Command::ToFront);
    assert_eq!(orders(&editor), [r#"{"z_order":1}"#, ""], "it is there already");
    assert_eq!(top(&mut editor), "large");
    editor.click(170.0, 170.0).command(Command::ToBack);
    assert_eq!(orders(&editor), [r#"{"z_order":-1}"#, ""]);
    assert_eq!(top(&mut editor), "small");
    editor.command(Command::Undo).command(Command::Undo);
    assert_eq!(json!(editor.editor.results()), nested, "taken back, it is as it came");
    // Both together keep their own order.
    let results = json!(editor.editor.results());
    let mut editor = TestEditor::with(&config::boxes_and_choices(), results);
    editor.tool(ToolKind::Select).command(Command::SelectAll);
    editor.command(Command::ToFront);
    assert_eq!(orders(&editor), ["", ""], "there are no others");
    editor.click(170.0, 170.0).command(Command::ToggleLocked);
    assert!(!editor.editor.enabled(Command::ToFront), "what is protected stays");
}
