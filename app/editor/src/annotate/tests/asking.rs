//! Drawings that are questions to a model, and what it proposes.

use super::*;
use crate::paint::Paint;

const ELLIPSE: ToolKind = ToolKind::Draw(ShapeKind::Ellipse);
const BRUSH: ToolKind = ToolKind::Draw(ShapeKind::Mask);

fn begun() -> TestEditor {
    let mut editor = TestEditor::with(&config::smart(), json!([boxed("a", 10.0, 10.0, 60.0, 60.0, 0.0)]));
    editor.editor.set_model(Some("SAM".to_owned()));
    editor
}

fn smart() -> TestEditor {
    let mut editor = begun();
    editor.command(Command::Smart);
    editor
}

/// Answers the question that waits.
fn advise(editor: &mut TestEditor, result: Value) {
    let number = editor.editor.question_number().expect("a question");
    let _ = editor.editor.advise(number, items(result));
}

fn proposed(id: &str, x: f64) -> Value {
    let mut region = boxed(id, x, 100.0, 50.0, 50.0, 0.0);
    region["origin"] = "prediction".into();
    region["score"] = 0.75.into();
    region
}

fn good() -> Value {
    json!({"id": "w", "from_name": "weather", "to_name": "img", "type": "choices", "origin": "prediction",
        "value": {"choices": ["Good"]}})
}

fn suggested(regions: usize, answers: usize) -> Advice {
    Advice::Suggested { regions, answers }
}

fn told(editor: &TestEditor) -> Vec<(String, bool)> {
    let (_, items) = editor.editor.question().expect("a question");
    items.iter().map(|item| (item.from_name().to_owned(), item.0["is_positive"] == json!(true))).collect()
}

#[test]
fn what_is_drawn_asks_and_what_is_accepted_is_one_step() {
    let mut editor = smart();
    assert_eq!(editor.editor.tool(), POINT, "the first tool that asks");
    assert!(editor.editor.is_smart());
    editor.click(200.0, 120.0).regions_are(&["Cat box 10,10 60x60"]);
    assert_eq!(editor.editor.advice(), Advice::Waiting);
    let (number, question) = editor.editor.question().unwrap();
    let told = json!(question);
    assert_eq!(told[0]["type"], "keypointlabels");
    assert_eq!(told[0]["is_positive"], true);
    assert_eq!(told[0]["value"]["keypointlabels"], json!(["Cat"]));
    assert_eq!(told[0]["original_width"], 600);
    assert!(!editor.editor.enabled(Command::Accept));
    let _ = editor.editor.advise(number, items(json!([proposed("m", 180.0), proposed("n", 300.0), good()])));
    assert_eq!(editor.editor.advice(), suggested(2, 1));
    editor.regions_are(&["Cat box 10,10 60x60"]);
    assert_eq!(
        json!(editor.editor.results()),
        json!([boxed("a", 10.0, 10.0, 60.0, 60.0, 0.0)]),
        "not part of the work yet"
    );
    assert!(editor.editor.enabled(Command::Accept) && !editor.editor.enabled(Command::Place));
    editor.key(Key::Enter);
    editor.regions_are(&["Cat box 10,10 60x60", "Cat box 180,100 50x50", "Cat box 300,100 50x50"]);
    assert_eq!(editor.editor.advice(), Advice::None);
    let origins: Vec<_> =
        editor.editor.results().iter().map(|item| item.origin().unwrap_or_default().to_owned()).collect();
    // An answer is the person's own, as one that is taken over from another version.
    assert_eq!(origins, ["manual", "prediction", "prediction", "manual"]);
    editor.command(Command::Undo).regions_are(&["Cat box 10,10 60x60"]);
    assert_eq!(editor.editor.results().len(), 1, "the answer goes with it");
    editor.command(Command::Redo);
    assert_eq!(editor.regions().len(), 3);
}

#[test]
fn each_drawing_makes_the_question_more_exact() {
    let mut editor = smart();
    editor.click(200.0, 120.0);
    let first = editor.editor.question_number().unwrap();
    editor.holding(ALT).click(260.0, 120.0).holding(NONE);
    assert_eq!(told(&editor), [("point".to_owned(), true), ("point".to_owned(), false)]);
    let _ = editor.editor.advise(first, items(json!([proposed("old", 0.0)])));
    assert_eq!(editor.editor.advice(), Advice::Waiting, "what was asked before is passed over");
    advise(&mut editor, json!([proposed("m", 180.0)]));
    editor.tool(ELLIPSE).drag((100.0, 200.0), (160.0, 260.0));
    assert_eq!(told(&editor).last(), Some(&("ring".to_owned(), true)));
    assert!(!editor.editor.enabled(Command::Accept), "not while another answer is on its way");
    advise(&mut editor, json!([proposed("m", 190.0)]));
    editor.key(Key::Escape);
    assert_eq!((editor.editor.advice(), editor.editor.question()), (Advice::None, None));
    editor.regions_are(&["Cat box 10,10 60x60"]).state_is("Idle");
    assert!(!editor.editor.enabled(Command::Undo), "nothing happened to the work");
}

#[test]
fn what_was_drawn_last_is_taken_back_first() {
    let mut editor = smart();
    editor.click(200.0, 120.0).click(260.0, 120.0);
    advise(&mut editor, json!([proposed("m", 180.0), proposed("n", 240.0)]));
    editor.command(Command::Undo);
    assert_eq!(told(&editor).len(), 1, "asked again with the rest");
    editor.command(Command::Undo);
    assert_eq!(editor.editor.advice(), Advice::None);
    editor.regions_are(&["Cat box 10,10 60x60"]);
    assert!(!editor.editor.enabled(Command::Undo), "and only then the work, which has nothing to undo");
}

#[test]
fn a_region_keeps_its_name_and_its_shape() {
    let mut editor = smart();
    editor.click(200.0, 120.0);
    let mut relation = json!({"type": "relation", "from_id": "a", "to_id": "n", "direction": "right"});
    advise(&mut editor, json!([proposed("a", 180.0), proposed("n", 300.0), relation.take()]));
    editor.key(Key::Enter);
    editor.regions_are(&["Cat box 10,10 60x60", "Cat box 180,100 50x50", "Cat box 300,100 50x50"]);
    let ids: Vec<_> = editor.editor.document().marks().map(|(_, mark)| mark.region.id.clone()).collect();
    assert_eq!((ids[0].as_str(), ids[2].as_str()), ("a", "n"));
    assert!(ids[1] != "a");
}

#[test]
fn what_is_there_already_is_nothing_new() {
    let mut editor = smart();
    editor.click(200.0, 120.0);
    advise(&mut editor, json!([]));
    assert_eq!(editor.editor.advice(), Advice::Nothing);
    assert!(!editor.editor.enabled(Command::Accept));
    // Somebody has answered this one; and this box is there, under another name.
    let _ = editor.editor.answer("weather", Some(Answer::Choices(vec![vec!["Bad".to_owned()]])));
    editor.click(210.0, 120.0);
    advise(&mut editor, json!([good(), boxed("b", 10.0, 10.0, 60.0, 60.0, 0.0)]));
    assert_eq!(editor.editor.advice(), Advice::Nothing);
}

#[test]
fn without_an_answer_the_drawing_is_still_there() {
    let mut editor = smart();
    editor.click(200.0, 120.0);
    let number = editor.editor.question_number().unwrap();
    let _ = editor.editor.fail(number, "“SAM” cannot be reached.".to_owned());
    assert_eq!(editor.editor.advice(), Advice::Failed("“SAM” cannot be reached.".to_owned()));
    let _ = editor.editor.ask_again();
    assert_eq!(told(&editor).len(), 1);
    let number = editor.editor.question_number().unwrap();
    let _ = editor.editor.fail(number, "Still not.".to_owned());
    editor.holding(ALT).click(230.0, 120.0).holding(NONE);
    let _ = editor.editor.keep_prompts();
    editor.regions_are(&["Cat box 10,10 60x60", "Cat point 200,120"]);
    assert_eq!(editor.editor.advice(), Advice::None);
    editor.command(Command::Undo).regions_are(&["Cat box 10,10 60x60"]);
}

#[test]
fn what_is_accepted_by_itself_is_asked_for_by_each_drawing() {
    let mut editor = smart();
    let _ = editor.editor.set_assistance(true, true);
    editor.click(200.0, 120.0);
    advise(&mut editor, json!([proposed("m", 180.0)]));
    assert_eq!((editor.regions().len(), editor.editor.advice()), (2, Advice::None));
    editor.click(400.0, 300.0);
    assert_eq!(told(&editor).len(), 1, "a question of its own");
    advise(&mut editor, json!([]));
    assert_eq!(editor.editor.advice(), Advice::Nothing, "said, not accepted");
    editor.click(430.0, 300.0).tool(ELLIPSE).press(100.0, 200.0).glide(160.0, 260.0);
    advise(&mut editor, json!([proposed("n", 300.0)]));
    assert_eq!(editor.editor.advice(), suggested(1, 0));
    editor.state_is("Box").release(160.0, 260.0);
    assert_eq!(told(&editor).len(), 3, "what was being drawn is not lost");
    assert_eq!(editor.regions().len(), 2);
}

#[test]
fn other_tools_draw_and_some_only_ask() {
    let mut editor = begun();
    assert!(!editor.editor.is_smart());
    editor.tool(POINT).click(200.0, 120.0);
    assert_eq!(editor.regions().len(), 2, "nobody asked for it to be smart");
    editor.tool(ELLIPSE);
    assert!(editor.editor.is_smart(), "this one does nothing else");
    editor.drag((100.0, 200.0), (160.0, 260.0));
    assert_eq!(editor.regions().len(), 2);
    assert_eq!(told(&editor), [("ring".to_owned(), true)]);
    editor.key(Key::Escape).command(Command::Smart);
    assert!(editor.editor.is_smart(), "nor is it to be turned off");
    let mut editor = smart();
    editor.tool(BOX).drag((200.0, 200.0), (260.0, 260.0));
    assert_eq!(editor.regions().len(), 2, "a control that is not smart");
    editor.tool(POINT).command(Command::Smart);
    assert!(!editor.editor.is_smart(), "off again");
}

#[test]
fn what_is_painted_is_a_question_of_its_own() {
    let mut editor = smart();
    editor.tool(BRUSH).drag((200.0, 200.0), (240.0, 200.0));
    advise(&mut editor, json!([]));
    let _ = editor.editor.keep_prompts();
    assert_eq!(editor.regions().len(), 2);
    let before = editor.regions();
    assert_eq!(editor.editor.still(IMAGE).len(), 2, "the box and its label");
    editor.press(300.0, 300.0);
    assert_eq!(editor.editor.still(IMAGE).len(), 4, "the mask that was selected is still to be seen");
    editor.glide(340.0, 300.0).release(340.0, 300.0);
    assert_eq!(editor.regions(), before, "the mask that is selected stays as it is");
    assert_eq!(told(&editor), [("mask".to_owned(), true)]);
}

#[test]
fn without_a_model_everything_is_a_region() {
    let mut editor = TestEditor::with(&config::smart(), json!([]));
    assert!(editor.editor.enabled(Command::Smart), "it says why");
    let response = editor.editor.run(Command::Smart);
    assert_eq!(response.request, Some(Command::Smart));
    assert!(!editor.editor.is_smart());
    editor.tool(ELLIPSE).drag((100.0, 200.0), (160.0, 260.0));
    editor.regions_are(&["Cat ellipse 130,230 30x30"]);
    let mut plain = TestEditor::new();
    plain.editor.set_model(Some("SAM".to_owned()));
    assert!(!plain.editor.enabled(Command::Smart), "no tool of this interface asks");
    let mut reader = smart();
    reader.editor.set_read_only(true);
    assert!(!reader.editor.enabled(Command::Smart) && !reader.editor.is_smart());
}

#[test]
fn what_is_suggested_is_painted_dashed_above_the_work() {
    let mut editor = smart();
    editor.click(200.0, 120.0);
    let dashed = |editor: &TestEditor| {
        let is_dashed = |paint: &&Paint| match paint {
            Paint::Ring { style, .. } | Paint::Dot { style, .. } => style.dashed,
            _ => false,
        };
        editor.editor.lively(IMAGE).iter().filter(is_dashed).count()
    };
    assert_eq!(dashed(&editor), 1, "what was drawn");
    advise(&mut editor, json!([proposed("m", 180.0)]));
    assert_eq!(dashed(&editor), 2);
    let tags: Vec<_> = editor
        .editor
        .lively(IMAGE)
        .into_iter()
        .filter_map(|paint| if let Paint::Tag { text, .. } = paint { Some(text) } else { None })
        .collect();
    assert_eq!(tags, ["Cat? 0.75", "+"]);
    editor.key(Key::Escape);
    assert_eq!(dashed(&editor), 0);
}

#[test]
fn a_page_that_measures_its_pictures_forgets_nothing() {
    let mut editor = smart();
    editor.click(200.0, 120.0);
    let number = editor.editor.question_number();
    let other = [("other".to_owned(), ImageSize::new(100.0, 100.0).unwrap())];
    editor.editor.measure(&sizes().into_iter().chain(other).collect());
    let draft = editor.editor.draft();
    editor.editor.restore(&draft, &sizes(), 9);
    assert_eq!(editor.editor.question_number(), number);
    advise(&mut editor, json!([proposed("m", 180.0)]));
    assert_eq!(editor.editor.advice(), suggested(1, 0));
}

#[test]
fn enter_places_nothing_between_drawings_made_by_hand() {
    let mut editor = smart();
    editor.drag((100.0, 100.0), (150.0, 150.0));
    let asked = editor.editor.question_number();
    // While the model thinks.
    editor.key(Key::Enter);
    assert_eq!(editor.editor.question_number(), asked);
    // After a failure the same is asked again.
    let _ = editor.editor.fail(asked.unwrap(), "out of memory".to_owned());
    editor.key(Key::Enter);
    let again = editor.editor.question().expect("a question");
    assert_eq!((again.0, again.1.len()), (asked.unwrap() + 1, 1));
    // Where nothing is found, and after accepting.
    advise(&mut editor, json!([]));
    editor.key(Key::Enter);
    assert_eq!(editor.editor.advice(), Advice::Nothing);
    editor.drag((200.0, 100.0), (250.0, 150.0));
    advise(&mut editor, json!([proposed("p", 200.0)]));
    editor.key(Key::Enter).key(Key::Enter);
    assert_eq!((editor.editor.advice(), editor.regions().len()), (Advice::None, 2));
}

#[test]
fn nothing_is_asked_beside_the_picture() {
    let mut editor = smart();
    editor.drag((-20.0, 100.0), (60.0, 150.0));
    assert_eq!(editor.editor.advice(), Advice::None);
}

#[test]
fn what_is_suggested_takes_another_label() {
    let mut editor = smart();
    editor.drag((100.0, 100.0), (150.0, 150.0));
    advise(&mut editor, json!([proposed("p", 200.0)]));
    let _ = editor.editor.pick_label("box", "Dog");
    assert!(matches!(editor.editor.advice(), Advice::Suggested { regions: 1, .. }));
    editor.key(Key::Enter);
    assert!(editor.regions().last().unwrap().starts_with("Dog"), "{:?}", editor.regions());
}

#[test]
fn a_switch_says_not_this_without_a_key() {
    let mut editor = smart();
    editor.drag((100.0, 100.0), (150.0, 150.0));
    let _ = editor.editor.say_not(true);
    editor.drag((200.0, 100.0), (250.0, 150.0));
    let prompts = editor.editor.question().expect("a question").1;
    let said: Vec<_> = prompts.iter().filter_map(|item| item.0.get("is_positive").cloned()).collect();
    assert_eq!(said, [json!(true), json!(false)]);
    let _ = editor.editor.discard();
    assert!(!editor.editor.says_not());
}

#[test]
fn one_of_several_suggestions_is_thrown_away_under_the_pointer() {
    let mut editor = smart();
    editor.drag((100.0, 100.0), (150.0, 150.0));
    advise(&mut editor, json!([proposed("p", 200.0), proposed("q", 300.0)]));
    // Beside them all, the key is for what is selected: nothing.
    editor.glide(20.0, 300.0).key(Key::Delete);
    assert!(matches!(editor.editor.advice(), Advice::Suggested { regions: 2, .. }));
    editor.glide(310.0, 120.0).key(Key::Delete);
    assert!(matches!(editor.editor.advice(), Advice::Suggested { regions: 1, .. }));
    editor.key(Key::Enter);
    assert_eq!(editor.regions().len(), 2, "{:?}", editor.regions());
    assert!(editor.regions()[1].contains("200,100"), "{:?}", editor.regions());
}
