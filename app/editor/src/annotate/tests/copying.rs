//! Copies: beside the original, on another picture, in another task.

use std::collections::BTreeMap;

use domain::label_config::{LabelConfig, item_name, read};

use super::*;

fn pages() -> LabelConfig {
    let xml = "<View><Image name='page' valueList='$pages'/>\
        <RectangleLabels name='box' toName='page'><Label value='Cat'/></RectangleLabels></View>";
    read(xml).unwrap().for_task(json!({"pages": ["/a.jpg", "/b.jpg"]}).as_object().unwrap())
}

fn lies(editor: &TestEditor) -> Vec<(Option<u64>, String)> {
    let results = editor.editor.results();
    results.iter().map(domain::result::ResultItem::item_index).zip(editor.regions()).collect()
}

#[test]
fn a_copy_lies_beside_its_original_and_others() {
    let mut editor = with_box();
    editor.click(130.0, 130.0).command(Command::Copy).command(Command::Paste);
    editor.regions_are(&["Cat box 100,100 60x60", "Cat box 112,112 60x60"]);
    editor.command(Command::Paste);
    editor.regions_are(&["Cat box 100,100 60x60", "Cat box 112,112 60x60", "Cat box 124,124 60x60"]);
    let ids: std::collections::BTreeSet<_> = editor.editor.results().iter().map(|item| item.id().to_owned()).collect();
    assert_eq!(ids.len(), 3);
    // In the corner there is no room beside it.
    let mut editor = TestEditor::with(&config::boxes_and_choices(), json!([boxed("a", 540.0, 340.0, 60.0, 60.0, 0.0)]));
    editor.tool(ToolKind::Select).click(570.0, 370.0).command(Command::Duplicate);
    editor.regions_are(&["Cat box 540,340 60x60", "Cat box 540,340 60x60"]);
}

#[test]
fn a_copy_on_another_picture_keeps_its_place() {
    let (first, second) = (item_name("page", 0), item_name("page", 1));
    let mut editor = TestEditor::with(&pages(), json!([]));
    let sizes: BTreeMap<_, _> = [(600.0, 400.0), (300.0, 800.0)]
        .into_iter()
        .zip([&first, &second])
        .map(|((width, height), name)| (name.clone(), ImageSize::new(width, height).unwrap()))
        .collect();
    editor.editor.measure(&sizes);
    editor.on(&first).tool(BOX).drag((60.0, 40.0), (180.0, 120.0)).command(Command::Copy);
    let _ = editor.editor.turn_to(&second);
    editor.command(Command::Paste);
    assert_eq!(
        lies(&editor),
        [(Some(0), "Cat box 60,40 120x80".to_owned()), (Some(1), "Cat box 30,80 60x160".to_owned())]
    );
}

#[test]
fn what_was_copied_is_pasted_in_another_task() {
    let mut editor = with_box();
    editor.click(130.0, 130.0);
    let response = editor.editor.run(Command::Copy);
    assert_eq!(response.request, Some(Command::Copy), "the page is to keep it");
    let copied = editor.editor.copied().to_vec();
    let mut next = TestEditor::with(&config::boxes_and_choices(), json!([]));
    assert!(!next.editor.enabled(Command::Paste));
    let _ = next.editor.set_copied(copied.clone());
    next.command(Command::Paste).regions_are(&["Cat box 100,100 60x60"]);
    assert_ne!(next.editor.results()[0].id(), "a");
    next.command(Command::Undo).regions_are(&[]);
    // An interface that does not know the label, or the control, leaves it out.
    for xml in [
        "<View><Image name='img' value='$i'/><RectangleLabels name='box' toName='img'><Label value='Bus'/></RectangleLabels></View>",
        "<View><Image name='img' value='$i'/><RectangleLabels name='other' toName='img'><Label value='Cat'/></RectangleLabels></View>",
    ] {
        let mut other = TestEditor::with(&read(xml).unwrap(), json!([]));
        let _ = other.editor.set_copied(copied.clone());
        other.command(Command::Paste).regions_are(&[]);
    }
}
