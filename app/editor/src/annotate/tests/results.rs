//! What is loaded comes back, changed only where somebody changed it.

use super::*;

#[test]
fn results_come_back_as_they_were() {
    let results = json!([
        {"id": "c1", "from_name": "weather", "to_name": "img", "type": "choices", "value": {"choices": ["Bad"], "z": 1}},
        boxed("a", 100.123, 100.0, 60.0, 33.0, 12.0),
        {"id": "m", "from_name": "mask", "to_name": "img", "type": "brushlabels", "value": {"rle": [1, 2], "format": "rle"}},
        {"id": "n", "from_name": "note", "to_name": "img", "type": "textarea", "value": {"text": "bare"}, "meta": {"k": []}},
        {"type": "relation", "from_id": "a", "to_id": "m", "direction": "right"},
        {"id": "x", "from_name": "gone", "to_name": "img", "type": "rectanglelabels", "value": {"x": "broken"}},
        {"id": "y", "from_name": "box", "to_name": "img", "type": "rectanglelabels", "value": {"x": 1}},
    ]);
    let mut editor = TestEditor::with(&config::boxes_and_choices(), results.clone());
    assert_eq!(serde_json::to_string(&editor.editor.results()).unwrap(), serde_json::to_string(&results).unwrap());
    // A change and its undo leave every digit alone.
    editor
        .command(Command::SelectAll)
        .key(Key::Right)
        .key(Key::Char('w'))
        .command(Command::Undo)
        .command(Command::Undo);
    assert_eq!(editor.editor.results(), items(results));
    // A region takes what refers to it along.
    editor.command(Command::SelectAll).key(Key::Delete);
    let types: Vec<_> = editor.editor.results().iter().map(|item| item.item_type().to_owned()).collect();
    assert_eq!(types, ["choices", "brushlabels", "textarea", "rectanglelabels", "rectanglelabels"]);
}

#[test]
fn pairs_of_shape_and_label_stay_together() {
    let geometry = json!({"x": 10, "y": 10, "width": 20, "height": 20, "rotation": 0});
    let about = |from: &str, kind: &str, extra: Value| {
        let mut value = geometry.clone();
        value.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        json!({"id": "p", "from_name": from, "to_name": "img", "type": kind, "original_width": 600,
            "original_height": 400, "value": value})
    };
    let results = json!([
        about("label", "labels", json!({"labels": ["Cat"]})),
        about("rect", "rectangle", json!({})),
        about("why", "choices", json!({"choices": ["Sure"]})),
    ]);
    let mut editor = TestEditor::with(&config::pairs(), results.clone());
    editor.regions_are(&["Cat box 60,40 120x80"]);
    assert_eq!(editor.editor.results(), items(results));
    editor.tool(ToolKind::Select).click(100.0, 100.0).key(Key::Char('2')).drag((100.0, 100.0), (106.0, 100.0));
    editor.regions_are(&["Dog box 66,40 120x80"]);
    let after = editor.editor.results();
    assert_eq!(after.len(), 3);
    assert!(after.iter().all(|item| item.0["value"]["x"] == json!(11.0)), "{after:?}");
    assert_eq!(after[0].0["value"]["labels"], json!(["Dog"]));
    assert!(after[1].0["value"].get("labels").is_none());
    editor.key(Key::Escape).tool(BOX).drag((300.0, 300.0), (360.0, 340.0));
    let new = &editor.editor.results()[3..];
    assert_eq!((new[0].item_type(), new[1].item_type()), ("rectangle", "labels"));
    assert_eq!(new[0].id(), new[1].id());
    assert_eq!(new[1].0["value"]["x"], new[0].0["value"]["x"]);
    assert_eq!(new[1].0["original_width"], json!(600));
}

#[test]
fn a_draft_keeps_a_polygon_that_is_being_drawn() {
    let mut editor = TestEditor::new();
    editor.tool(POLYGON).click(100.0, 100.0).click(200.0, 100.0);
    let json = serde_json::to_string(&editor.editor.draft()).unwrap();
    let draft: Draft = serde_json::from_str(&json).unwrap();
    let restored = Editor::from_draft(&config::boxes_and_choices(), &draft, &sizes(), 9);
    assert_eq!(restored.draft(), editor.editor.draft());
    assert!(matches!(restored.state(), State::Polygon { points, .. } if points.len() == 2));
}

#[test]
fn a_remark_on_a_region_is_stored_with_it_and_undone_as_one() {
    let mut noted = boxed("a", 100.0, 100.0, 60.0, 60.0, 0.0);
    noted["meta"] = json!({"text": ["blurred", "ask Ada"], "k": 1});
    let mut editor =
        TestEditor::with(&config::boxes_and_choices(), json!([noted, boxed("b", 0.0, 0.0, 9.0, 9.0, 0.0)]));
    let (a, b) = (editor.editor.document().key_of("a").unwrap(), editor.editor.document().key_of("b").unwrap());
    let before = editor.editor.results();
    assert_eq!(editor.editor.note(a).unwrap(), "blurred\nask Ada");
    for text in ["c", "cl", "clear "] {
        let _ = editor.editor.set_remark(a, text);
    }
    let _ = editor.editor.set_remark(b, "new");
    let metas = |editor: &TestEditor| -> Vec<Value> {
        editor.editor.results().iter().map(|item| item.0.get("meta").cloned().unwrap_or_default()).collect()
    };
    assert_eq!(metas(&editor), [json!({"text": ["clear"], "k": 1}), json!({"text": ["new"]})]);
    let _ = editor.editor.set_remark(b, " ");
    assert_eq!(metas(&editor)[1], Value::Null);
    editor.command(Command::Undo).command(Command::Undo);
    assert_eq!(editor.editor.results(), before);
    let _ = editor.editor.toggle_locked(a);
    let _ = editor.editor.set_remark(a, "locked");
    editor.editor.set_read_only(true);
    let _ = editor.editor.set_remark(b, "read only");
    assert_eq!(editor.editor.results(), before);
}
