//! Lists of pictures: each is worked on like an image of its own, and stored with its number.

use std::collections::BTreeMap;

use domain::label_config::{LabelConfig, item_name, read};

use super::*;

fn pages() -> LabelConfig {
    let xml = "<View><Image name='page' valueList='$pages'/><RectangleLabels name='box' toName='page'><Label value='Cat'/>\
        </RectangleLabels><Choices name='kind' toName='page' perRegion='true'><Choice value='Sure'/></Choices></View>";
    read(xml).unwrap().for_task(json!({"pages": ["/a.jpg", "/b.jpg", "/c.jpg"]}).as_object().unwrap())
}

fn sizes_of(names: &[&str]) -> BTreeMap<String, ImageSize> {
    names.iter().map(|name| ((*name).to_owned(), ImageSize::new(600.0, 400.0).unwrap())).collect()
}

fn on_page(id: &str, index: Option<u64>) -> Value {
    let mut item = boxed(id, 60.0, 40.0, 120.0, 80.0, 0.0);
    item["to_name"] = "page".into();
    if let Some(index) = index {
        item["item_index"] = index.into();
    }
    item
}

#[test]
fn what_is_drawn_on_a_picture_says_which() {
    let (first, second) = (item_name("page", 0), item_name("page", 1));
    let mut editor = TestEditor::with(&pages(), json!([]));
    editor.editor.measure(&sizes_of(&[&first]));
    assert_eq!(editor.editor.active(), first);
    editor.on(&first).tool(BOX).drag((60.0, 40.0), (180.0, 120.0));
    // Another picture opens while there is something to undo.
    editor.editor.measure(&sizes_of(&[&first, &second]));
    let _ = editor.editor.turn_to(&second);
    editor.on(&second).tool(BOX).drag((0.0, 0.0), (60.0, 40.0));
    editor.regions_are(&["Cat box 60,40 120x80", "Cat box 0,0 60x40"]);
    let results = editor.editor.results();
    let told: Vec<_> = results.iter().map(|item| (item.to_name(), item.item_index())).collect();
    assert_eq!(told, [("page", Some(0)), ("page", Some(1))]);
    editor.command(Command::Undo).regions_are(&["Cat box 60,40 120x80"]);
    editor.command(Command::Undo).regions_are(&[]);
}

#[test]
fn regions_are_on_their_picture_alone() {
    let names = [item_name("page", 0), item_name("page", 1)];
    let results = json!([on_page("a", Some(1)), on_page("b", None)]);
    let mut editor = TestEditor::with(&pages(), json!([]));
    editor.editor = Editor::new(&pages(), &items(results), &sizes_of(&[&names[0], &names[1]]), 7);
    for (name, id) in [(&names[0], "b"), (&names[1], "a")] {
        let _ = editor.editor.turn_to(name);
        editor.on(name).tool(ToolKind::Select).click(100.0, 80.0);
        let picked = editor.editor.selection().first().and_then(|key| editor.editor.document().mark(*key)).unwrap();
        assert_eq!(picked.region.id, id);
    }
}

#[test]
fn results_of_pictures_come_back_as_they_were() {
    let mut about = on_page("a", Some(2));
    about["from_name"] = "kind".into();
    about["type"] = "choices".into();
    about["value"].as_object_mut().unwrap().shift_remove("rectanglelabels");
    about["value"]["choices"] = json!(["Sure"]);
    let results = json!([
        on_page("a", Some(2)),
        about,
        on_page("b", None),
        on_page("c", Some(0)),
        // There are three.
        on_page("d", Some(3)),
    ]);
    let mut editor = TestEditor::with(&pages(), results.clone());
    assert_eq!(editor.editor.document().len(), 3);
    assert_eq!(serde_json::to_string(&editor.editor.results()).unwrap(), serde_json::to_string(&results).unwrap());
    editor.editor.measure(&sizes_of(&[&item_name("page", 2)]));
    editor.on(&item_name("page", 2)).tool(ToolKind::Select).click(100.0, 80.0).drag((100.0, 80.0), (106.0, 80.0));
    let after = editor.editor.results();
    let told: Vec<_> = after.iter().map(|item| (item.id(), item.to_name(), item.item_index())).collect();
    assert_eq!(
        told,
        [
            ("a", "page", Some(2)),
            ("a", "page", Some(2)),
            ("b", "page", None),
            ("c", "page", Some(0)),
            ("d", "page", Some(3))
        ]
    );
    assert!(after[..2].iter().all(|item| item.0["value"]["x"] == json!(11.0)), "{after:?}");
}

#[test]
fn a_new_answer_about_a_region_names_its_picture() {
    let name = item_name("page", 1);
    let mut editor = TestEditor::with(&pages(), json!([on_page("a", Some(1))]));
    editor.editor.measure(&sizes_of(&[&name]));
    editor.on(&name).tool(ToolKind::Select).click(100.0, 80.0).key(Key::Char('2'));
    let results = editor.editor.results();
    assert_eq!(results.len(), 2, "{results:?}");
    assert_eq!((results[1].item_type(), results[1].to_name(), results[1].item_index()), ("choices", "page", Some(1)));
}

#[test]
fn what_is_begun_is_dropped_with_its_picture() {
    let (first, second) = (item_name("page", 0), item_name("page", 1));
    let mut editor = TestEditor::with(&pages(), json!([]));
    editor.editor.measure(&sizes_of(&[&first, &second]));
    editor.on(&first).tool(BOX).press(10.0, 10.0).glide(50.0, 50.0);
    let _ = editor.editor.turn_to(&second);
    editor.on(&second).glide(90.0, 90.0).release(90.0, 90.0).state_is("Idle").regions_are(&[]);
    // A list itself, or what there is not, cannot be turned to.
    assert_eq!(editor.editor.turn_to("page"), Response::NONE);
    assert_eq!(editor.editor.active(), second);
}

#[test]
fn what_is_asked_about_each_picture_is_about_the_one_at_hand() {
    let xml = "<View><Image name='page' valueList='$pages'/>\
        <Choices name='sharp' toName='page' perItem='true'><Choice value='Yes'/><Choice value='No'/></Choices>\
        <TextArea name='why' toName='page' visibleWhen='choice-selected' whenTagName='sharp' whenChoiceValue='No'/></View>";
    let config = read(xml).unwrap().for_task(json!({"pages": ["/a.jpg", "/b.jpg"]}).as_object().unwrap());
    let loaded = json!([
        {"id": "s", "from_name": "sharp", "to_name": "page", "type": "choices", "value": {"choices": ["Yes"]}, "x": 1},
        {"id": "t", "from_name": "sharp", "to_name": "page", "type": "choices", "item_index": 7, "value": {"choices": ["No"]}},
    ]);
    let mut editor = TestEditor::with(&config, loaded.clone());
    assert_eq!(json!(editor.editor.results()), loaded);
    let chosen = |editor: &TestEditor| match editor.editor.answer_to("sharp") {
        Some(Answer::Choices(paths)) => paths.iter().flatten().cloned().collect::<Vec<_>>().join(","),
        _ => String::new(),
    };
    let asks_why = |editor: &TestEditor| {
        let attributes =
            &editor.editor.config().controls.iter().find(|control| control.name == "why").unwrap().attributes;
        editor.editor.shows(attributes)
    };
    assert_eq!((chosen(&editor).as_str(), asks_why(&editor)), ("Yes", false));
    let _ = editor.editor.turn_to(&item_name("page", 1));
    assert_eq!((chosen(&editor).as_str(), asks_why(&editor)), ("", false));
    let _ = editor.editor.choose("sharp", &["No".to_owned()]);
    assert_eq!((chosen(&editor).as_str(), asks_why(&editor)), ("No", true));
    let results = editor.editor.results();
    let told: Vec<_> =
        results.iter().map(|item| (item.to_name(), item.item_index(), item.choices().concat())).collect();
    assert_eq!(told, [("page", None, vec!["Yes"]), ("page", Some(7), vec!["No"]), ("page", Some(1), vec!["No"])]);
    let _ = editor.editor.turn_to(&item_name("page", 0));
    assert_eq!((chosen(&editor).as_str(), asks_why(&editor)), ("Yes", false));
    editor.command(Command::Undo);
    assert_eq!(json!(editor.editor.results()), loaded);
}
