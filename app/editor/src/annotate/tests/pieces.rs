//! Pieces of a text.

use super::*;

#[test]
fn the_key_of_a_label_takes_the_selected_text_whatever_is_at_hand() {
    let text = "Zoë aus Köln";
    let mut editor = TestEditor::with(&config::entities(), json!([]));
    let key = |editor: &TestEditor, value: &str| {
        editor.editor.document().kit().labels.iter().find(|label| label.value == value).unwrap().key.unwrap()
    };
    let (person, place) = (key(&editor, "PER"), key(&editor, "LOC"));
    let _ = editor.editor.pick_label("ner", "PER");
    assert!(editor.editor.hold_text(place, "text", text, selected(text, 8, 12)).handled);
    let _ = editor.editor.key(Key::Char(place), Modifiers::default());
    editor.regions_are(&["LOC text 8..12 Köln"]);
    // Neither another key nor another text holds anything.
    assert!(!editor.editor.hold_text('y', "text", text, selected(text, 0, 3)).handled);
    assert!(!editor.editor.hold_text(person, "other", text, selected(text, 0, 3)).handled);
    assert!(editor.editor.pending_text().is_none());
}

#[test]
fn text_is_labeled_relabeled_and_overlaps() {
    let text = "Zoë 👩\u{200d}👧 aus Köln";
    let mut editor = TestEditor::with(&config::entities(), json!([]));
    // Without a label at hand the piece waits for one.
    let _ = editor.editor.select_text("text", text, selected(text, 0, 3));
    editor.regions_are(&[]);
    assert!(editor.editor.pending_text().is_some());
    let _ = editor.editor.pick_label("ner", "PER");
    editor.regions_are(&["PER text 0..3 Zoë"]);
    // With one, it is labeled at once, and never half a family.
    let _ = editor.editor.select_text("text", text, selected(text, 6, 5));
    editor.regions_are(&["PER text 0..3 Zoë", "PER text 4..7 👩\u{200d}👧"]);
    let _ = editor.editor.pick_label("ner", "LOC");
    let _ = editor.editor.select_text("text", text, selected(text, 0, 9));
    editor.regions_are(&["PER text 0..3 Zoë", "PER text 4..7 👩\u{200d}👧", "LOC text 0..7 Zoë 👩\u{200d}👧"]);
    let whole = stretches(text);
    let pieces = segments(&whole[0], text, &editor.editor.overlays("text", &whole)[0]);
    let shown: Vec<_> = pieces.iter().map(|s| (s.text.as_str(), s.keys.len(), s.ending.len())).collect();
    assert_eq!(shown, [("Zoë", 2, 1), (" ", 1, 0), ("👩\u{200d}👧", 2, 2), (" aus Köln", 0, 0)]);
    let first = editor.editor.document().marks().next().unwrap().0;
    let _ = editor.editor.select([first].into());
    let _ = editor.editor.pick_label("ner", "LOC");
    editor.command(Command::Undo);
    let _ = editor.editor.remove(first);
    assert_eq!(editor.regions().len(), 2);
    let item = editor.editor.results().remove(0);
    assert_eq!(item.0["value"], json!({"start": 4, "end": 7, "text": "👩\u{200d}👧", "labels": ["PER"]}));
}

#[test]
fn a_span_over_two_stretches_shows_its_label_where_it_ends() {
    let text = format!("{}\n{}", "a".repeat(4_000), "b".repeat(10));
    let span = |start: usize, end: usize| {
        let value = json!({"start": start, "end": end, "text": "", "labels": ["PER"]});
        json!({"id": format!("s{start}"), "from_name": "ner", "to_name": "text", "type": "labels", "value": value})
    };
    let results = json!([span(10, 20), span(3_990, 4_003), span(4_001, 4_001), span(4_005, 9_000), span(9_000, 9_001)]);
    let editor = TestEditor::with(&config::entities(), results);
    let whole = stretches(&text);
    let over = editor.editor.overlays("text", &whole);
    let shown = whole.iter().zip(&over).map(|(stretch, over)| {
        let pieces = segments(stretch, &text[stretch.bytes.clone()], over);
        assert_eq!(pieces.iter().map(|piece| piece.text.as_str()).collect::<String>(), text[stretch.bytes.clone()]);
        let told = |piece: &Segment| (piece.start, piece.end, piece.keys.len(), piece.ending.len());
        pieces.iter().map(told).collect::<Vec<_>>()
    });
    let expected = [
        vec![(0, 10, 0, 0), (10, 20, 1, 1), (20, 3_990, 0, 0), (3_990, 4_001, 1, 0)],
        vec![(4_001, 4_003, 1, 1), (4_003, 4_005, 0, 0), (4_005, 4_011, 1, 1)],
    ];
    assert_eq!(shown.collect::<Vec<_>>(), expected);
}

#[test]
fn a_new_piece_is_the_one_that_questions_are_about() {
    let mut asked = config::entities();
    let text = "Zoë aus Köln";
    let mark = |config: &domain::label_config::LabelConfig| {
        let mut editor = TestEditor::with(config, json!([]));
        let _ = editor.editor.pick_label("ner", "PER");
        let _ = editor.editor.select_text("text", text, selected(text, 0, 3));
        let _ = editor.editor.select_text("text", text, selected(text, 8, 12));
        (editor.editor.selection().len(), editor.editor.document().marks().count())
    };
    assert_eq!(mark(&asked), (0, 2), "where nothing is asked, the next piece comes first");
    asked.controls.extend(
        domain::label_config::parse(
            r#"<View><Text name="text" value="$t"/><TextArea name="note" toName="text" perRegion="true"/></View>"#,
        )
        .config
        .map(|config| config.controls)
        .unwrap_or_default(),
    );
    assert_eq!(mark(&asked), (1, 2));
}

#[test]
fn a_selection_takes_whole_words_where_the_interface_wants_it() {
    let xml = "<View><Text name='text' value='$text' granularity='word'/><Labels name='ner' toName='text'>\
        <Label value='Person' hotkey='p'/></Labels></View>";
    let config = domain::label_config::read(xml).unwrap();
    let text = "Ada Lovelace met Charles.";
    let mut editor = TestEditor::with(&config, json!([]));
    assert!(editor.editor.hold_text('p', "text", text, selected(text, 2, 6)).handled);
    assert_eq!(editor.editor.pending_words(), Some(("text", "Ada Lovelace")));
    let _ = editor.editor.key(Key::Char('p'), NONE);
    editor.regions_are(&["Person text 0..12 Ada Lovelace"]);
    let _ = editor.editor.select_text("text", text, selected(text, 18, 19));
    editor.regions_are(&["Person text 0..12 Ada Lovelace", "Person text 17..24 Charles"]);
}

#[test]
fn a_label_at_hand_may_take_more_or_less_than_its_text_says() {
    let xml = "<View><Text name='text' value='$text' granularity='word'/><Labels name='ner' toName='text' granularity='sentence'>\
        <Label value='Claim' hotkey='1'/><Label value='Letter' hotkey='2' granularity='symbol'/></Labels></View>";
    let mut editor = TestEditor::with(&domain::label_config::read(xml).unwrap(), json!([]));
    let mut marked = |label: &str| {
        let _ = editor.editor.pick_label("ner", label);
        let _ = editor.editor.select_text("text", "Ann saw Ben. He left.", selected("Ann saw Ben. He left.", 4, 5));
        editor.editor.results().last().unwrap().value().unwrap()["text"].clone()
    };
    assert_eq!(marked("Claim"), "Ann saw Ben.");
    assert_eq!(marked("Letter"), "s");
}

#[test]
fn a_piece_that_waits_is_forgotten_when_something_else_is_picked() {
    let text = "Ada met Grace";
    let mark = |editor: &mut TestEditor, from, to| {
        let _ = editor.editor.select_text("text", text, selected(text, from, to));
    };
    let config = domain::label_config::parse(
        r#"<View><Labels name="ner" toName="text"><Label value="Person"/><Label value="Place"/></Labels><Text name="text" value="$t"/></View>"#,
    )
    .config
    .unwrap();
    let mut editor = TestEditor::with(&config, json!([]));
    mark(&mut editor, 0, 3);
    let _ = editor.editor.pick_label("ner", "Person");
    let _ = editor.editor.key(Key::Escape, NONE);
    assert_eq!(editor.editor.label(), None);
    // With nothing at hand, words wait; a click on what is labeled already is about that from then on.
    mark(&mut editor, 8, 13);
    assert!(editor.editor.pending_text().is_some());
    let ada = editor.editor.document().marks().next().unwrap().0;
    let _ = editor.editor.select([ada].into());
    assert!(editor.editor.pending_text().is_none());
    let _ = editor.editor.pick_label("ner", "Place");
    editor.regions_are(&["Place text 0..3 Ada"]);
    // Marking exactly what is labeled picks it, and a key is for it.
    let _ = editor.editor.select([].into());
    mark(&mut editor, 0, 3);
    assert_eq!((editor.editor.sole(), editor.editor.pending_text().is_some()), (Some(ada), false));
    let _ = editor.editor.hold_text('1', "text", text, selected(text, 0, 3));
    assert!(editor.editor.pending_text().is_none());
    let _ = editor.editor.key(Key::Char('1'), NONE);
    editor.regions_are(&["Person text 0..3 Ada"]);
}
