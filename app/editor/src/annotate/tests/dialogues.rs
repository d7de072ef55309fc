//! Pieces of a dialogue.

use domain::region::{ParagraphSpan, PartPoint, PartSpan};

use super::*;

const TURNS: [&str; 3] = ["Where is my order?", "On its way 📦", "Thank you."];

fn config() -> domain::label_config::LabelConfig {
    let xml = r#"<View><Paragraphs name="talk" value="$talk" layout="dialogue"/>
        <ParagraphLabels name="intent" toName="talk"><Label value="Question"/><Label value="Thanks" hotkey="t"/></ParagraphLabels>
        <Choices name="tone" toName="talk" perRegion="true"><Choice value="Kind"/></Choices></View>"#;
    domain::label_config::parse(xml).config.unwrap()
}

fn piece(anchor: (usize, usize), focus: (usize, usize)) -> Shape {
    let point = |(part, utf16)| PartPoint { part, utf16 };
    let span = PartSpan::select(&TURNS, point(anchor), point(focus)).unwrap();
    Shape::Paragraph(ParagraphSpan::of(span, &TURNS))
}

fn shown(editor: &TestEditor) -> Vec<String> {
    let place = |shape: &Shape| if let Shape::Paragraph(span) = shape { Some(span.place()) } else { None };
    let parts = part_segments(editor.editor.document(), "talk", &TURNS, place);
    let one = |segment: &Segment| format!("{}/{}/{}", segment.text, segment.keys.len(), segment.ending.len());
    parts.iter().map(|part| part.iter().map(one).collect::<Vec<_>>().join("|")).collect()
}

#[test]
fn pieces_of_turns_are_labeled_and_stored() {
    let mut editor = TestEditor::with(&config(), json!([]));
    let _ = editor.editor.mark_piece("talk", piece((0, 0), (0, 5)));
    assert_eq!(editor.editor.pending_words(), Some(("talk", "Where")));
    let _ = editor.editor.pick_label("intent", "Question");
    // The key of a label takes what is selected, here over two turns.
    assert!(editor.editor.hold_piece('t', "talk", piece((1, 11), (2, 5))).handled);
    let _ = editor.editor.key(Key::Char('t'), Modifiers::default());
    editor.regions_are(&["Question turns 0:0..0:5 Where", "Thanks turns 1:11..2:5 📦\nThank"]);
    assert_eq!(shown(&editor), ["Where/1/1| is my order?/0/0", "On its way /0/0|📦/1/0", "Thank/1/1| you./0/0"]);
    let key = editor.editor.document().marks().next().unwrap().0;
    let _ = editor.editor.select([key].into());
    let _ = editor.editor.choose("tone", &["Kind".to_owned()]);
    let values: Vec<_> = editor.editor.results().iter().map(|item| item.0["value"].clone()).collect();
    let first = json!({"start": "0", "end": "0", "startOffset": 0, "endOffset": 5, "text": "Where"});
    let with = |key: &str, what: &str| {
        let mut value = first.clone();
        value[key] = json!([what]);
        value
    };
    assert_eq!(values[0], with("paragraphlabels", "Question"));
    assert_eq!(
        values[1],
        json!({"start": "1", "end": "2", "startOffset": 11, "endOffset": 5, "text": "📦\nThank",
            "paragraphlabels": ["Thanks"]})
    );
    assert_eq!(values[2], with("choices", "Kind"));
    let _ = editor.editor.pick_label("intent", "Thanks");
    editor.command(Command::Undo).command(Command::Undo).command(Command::Undo).command(Command::Undo).regions_are(&[]);
}

#[test]
fn results_come_back_as_they_were_and_shapes_of_others_are_refused() {
    let results = json!([{"id": "a", "from_name": "intent", "to_name": "talk", "type": "paragraphlabels", "new": 1,
        "value": {"start": "0", "end": "1", "startOffset": 6, "endOffset": 2, "paragraphlabels": ["Question"], "x": null}}]);
    let mut editor = TestEditor::with(&config(), results.clone());
    assert_eq!(editor.editor.results(), items(results));
    assert_eq!(shown(&editor), ["Where /0/0|is my order?/1/0", "On/1/1| its way 📦/0/0", "Thank you./0/0"]);
    let _ = editor.editor.select_text("talk", "Where", selected("Where", 0, 3));
    let text = domain::region::TextSpan { start: 0, end: 2, text: "Wh".to_owned() };
    let _ = editor.editor.mark_piece("talk", Shape::Text(text));
    assert_eq!(editor.editor.pending(), None);
}

#[test]
fn places_beyond_the_dialogue_show_nowhere() {
    let results = json!([{"id": "a", "from_name": "intent", "to_name": "talk", "type": "paragraphlabels",
        "value": {"start": "2", "end": "900000000", "startOffset": 99, "endOffset": 2, "paragraphlabels": ["Question"]}}]);
    let editor = TestEditor::with(&config(), results);
    assert_eq!(shown(&editor), ["Where is my order?/0/0", "On its way 📦/0/0", "Thank you./0/0"]);
    assert_eq!(editor.regions().len(), 1);
}
