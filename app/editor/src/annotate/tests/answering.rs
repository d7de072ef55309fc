//! Answers beside the regions and about them.

use super::*;

#[test]
fn answers_share_the_history_of_regions() {
    let mut editor = TestEditor::new();
    editor.tool(BOX).drag((10.0, 20.0), (40.0, 60.0));
    let _ = editor.editor.choose("weather", &["Good".to_owned()]);
    for text in ["a", "ab", "abc"] {
        let _ = editor.editor.answer("note", Some(Answer::Texts(vec![text.to_owned()])));
    }
    let _ = editor.editor.answer("stars", Some(Answer::Rating(3)));
    editor.command(Command::Undo).command(Command::Undo);
    assert_eq!(editor.editor.document().answer("note", About::Task), None);
    assert!(editor.editor.document().answer("weather", About::Task).is_some());
    editor.command(Command::Undo).regions_are(&["Cat box 10,20 30x40"]).command(Command::Undo).regions_are(&[]);
    for _ in 0..9 {
        editor.command(Command::Redo);
    }
    assert_eq!(editor.editor.document().answer("note", About::Task), Some(&Answer::Texts(vec!["abc".to_owned()])));
    let types: Vec<_> = editor.editor.results().iter().map(|item| item.item_type().to_owned()).collect();
    assert_eq!(types, ["rectanglelabels", "choices", "rating", "textarea"]);
}

#[test]
fn choices_follow_their_rules() {
    let mut editor = TestEditor::new();
    let path = |steps: &[&str]| steps.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    let _ = editor.editor.choose("weather", &path(&["Good"]));
    let _ = editor.editor.choose("weather", &path(&["Bad", "Rain"]));
    let item = editor.editor.results().remove(0);
    assert_eq!(item.0["value"], json!({"choices": ["Rain"]}));
    assert_eq!((item.from_name(), item.to_name(), item.item_type()), ("weather", "img", "choices"));
    let _ = editor.editor.choose("weather", &path(&["Bad", "Rain"]));
    assert_eq!(editor.editor.results(), []);
    editor.key(Key::Char('5'));
    assert_eq!(editor.editor.results()[0].0["value"], json!({"choices": ["Bad"]}));
}

#[test]
fn what_is_required_is_asked_for_in_its_own_words() {
    let mut editor = TestEditor::new();
    let problems = editor.editor.problems();
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!(problems[0].field.as_deref(), Some("weather"));
    assert_eq!(problems[0].message, "How is the weather?");
    editor.key(Key::Char('4'));
    assert_eq!(editor.editor.problems(), []);
    let _ = editor.editor.answer("count", Some(Answer::Number(11.0)));
    assert_eq!(editor.editor.problems()[0].field.as_deref(), Some("count"));
}

#[test]
fn an_answer_about_a_region_is_about_the_selected_one() {
    let about = |id: &str| {
        json!({"id": id, "from_name": "rect", "to_name": "img", "type": "rectangle", "origin": "manual",
            "original_width": 600, "original_height": 400, "image_rotation": 0,
            "value": {"x": 10.0, "y": 10.0, "width": 20.0, "height": 20.0, "rotation": 0}})
    };
    let mut editor = TestEditor::with(&config::pairs(), json!([about("a"), about("b")]));
    let sure = ["Sure".to_owned()];
    assert_eq!(editor.editor.about("why"), None, "nothing is selected");
    let _ = editor.editor.choose("why", &sure);
    assert_eq!(editor.editor.results().len(), 2);
    let keys: Vec<RegionKey> = editor.editor.document().marks().map(|(key, _)| key).collect();
    let _ = editor.editor.select([keys[1]].into());
    let _ = editor.editor.choose("why", &sure);
    assert!(editor.editor.answer_to("why").is_some());
    let item = editor.editor.results().remove(2);
    assert_eq!((item.id(), item.from_name(), item.item_type()), ("b", "why", "choices"));
    assert_eq!(item.0["original_width"], json!(600));
    assert_eq!(
        item.0["value"],
        json!({"x": 10.0, "y": 10.0, "width": 20.0, "height": 20.0, "rotation": 0, "choices": ["Sure"]})
    );
    let _ = editor.editor.select([keys[0]].into());
    assert_eq!(editor.editor.answer_to("why"), None);
    // It moves with its region, goes with it and comes back with it.
    let _ = editor.editor.select([keys[1]].into());
    editor.key(Key::Right);
    assert_eq!(editor.editor.results()[2].0["value"]["x"], editor.editor.results()[1].0["value"]["x"]);
    editor.key(Key::Delete);
    assert_eq!(editor.editor.results().len(), 1);
    editor.command(Command::Undo);
    assert_eq!(editor.editor.results().len(), 3);
    for _ in 0..2 {
        editor.command(Command::Undo);
    }
    assert_eq!(editor.editor.results(), items(json!([about("a"), about("b")])));
}

#[test]
fn what_is_selected_decides_what_is_shown() {
    let mut editor = with_box();
    let attributes = |list: &[(&str, &str)]| -> Vec<(String, String)> {
        list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    let cats = attributes(&[("visibleWhen", "region-selected"), ("whenLabelValue", "Cat")]);
    let wet =
        attributes(&[("visibleWhen", "choice-selected"), ("whenTagName", "weather"), ("whenChoiceValue", "Rain")]);
    assert!(!editor.editor.shows(&cats) && !editor.editor.shows(&wet));
    editor.click(130.0, 130.0);
    assert!(editor.editor.shows(&cats));
    let _ = editor.editor.choose("weather", &["Bad".to_owned(), "Rain".to_owned()]);
    assert!(editor.editor.shows(&wet));
}

#[test]
fn work_begins_with_what_the_interface_fills_in() {
    let mut editor = TestEditor::with(&config::filled_in(), json!([]));
    editor.editor.fill_in();
    let values: Vec<_> = editor.editor.results().into_iter().map(|item| item.0["value"].clone()).collect();
    assert_eq!(values, [json!({"choices": ["Good"]}), json!({"rating": 3}), json!({"number": 4})]);
    assert!(!editor.editor.enabled(Command::Undo), "nobody has done anything yet");
    // What was answered before stays.
    let answered =
        json!([{"id": "r", "from_name": "stars", "to_name": "img", "type": "rating", "value": {"rating": 1}}]);
    let mut editor = TestEditor::with(&config::filled_in(), answered);
    editor.editor.fill_in();
    assert_eq!(editor.editor.answer_to("stars"), Some(&Answer::Rating(1)));
}

#[test]
fn what_is_written_about_a_region_stands_in_the_list() {
    let xml = r#"<View><Text name="t" value="$t"/><Labels name="ner" toName="t"><Label value="A"/></Labels>
        <TextArea name="note" toName="t" perRegion="true" displayMode="region-list"/>
        <TextArea name="else" toName="t" perRegion="true"/></View>"#;
    let config = domain::label_config::parse(xml).config.unwrap();
    let mut editor = Editor::new(&config, &[], &std::collections::BTreeMap::new(), 0);
    let _ = editor.pick_label("ner", "A");
    let _ = editor.select_text("t", "one two", selected("one two", 0, 3));
    let key = editor.document().marks().next().unwrap().0;
    let _ = editor.select([key].into());
    assert_eq!(editor.note(key), None);
    let _ = editor.answer("else", Some(Answer::Texts(vec!["not here".to_owned()])));
    let _ = editor.answer("note", Some(Answer::Texts(vec!["first".to_owned(), " ".to_owned(), "second".to_owned()])));
    assert_eq!(editor.note(key).as_deref(), Some("first · second"));
    assert!(editor.document().kit().question("note").unwrap().is_in_regions());
    assert!(!editor.document().kit().question("else").unwrap().is_in_regions());
}
