//! Pieces of pages of HTML.

use domain::region::{HyperSpan, Leaf, PartPoint, PartSpan};

use super::*;

fn config() -> domain::label_config::LabelConfig {
    let xml = r#"<View><HyperText name="page" value="$html"/>
        <HyperTextLabels name="part" toName="page"><Label value="Title" alias="T"/><Label value="Body"/></HyperTextLabels></View>"#;
    domain::label_config::parse(xml).config.unwrap()
}

fn leaves() -> Vec<Leaf> {
    [("/h1[1]/text()[1]", "A tale 😀"), ("/p[1]/text()[1]", "Once "), ("/p[1]/b[1]/text()[1]", "upon")]
        .map(|(path, text)| Leaf { path: path.to_owned(), text: text.to_owned() })
        .to_vec()
}

fn shown(editor: &TestEditor) -> Vec<String> {
    let leaves = leaves();
    let place = |shape: &Shape| if let Shape::HyperText(span) = shape { span.place(&leaves) } else { None };
    let parts = part_segments(editor.editor.document(), "page", &leaves, place);
    let one = |segment: &Segment| format!("{}/{}/{}", segment.text, segment.keys.len(), segment.ending.len());
    parts.iter().map(|part| part.iter().map(one).collect::<Vec<_>>().join("|")).collect()
}

#[test]
fn pieces_are_stored_with_paths_and_offsets() {
    let mut editor = TestEditor::with(&config(), json!([]));
    let _ = editor.editor.pick_label("part", "T");
    let at = |part, utf16| PartPoint { part, utf16 };
    let span = PartSpan::select(&leaves(), at(0, 7), at(2, 2)).unwrap();
    let _ = editor.editor.mark_piece("page", Shape::HyperText(HyperSpan::of(span, &leaves())));
    editor.regions_are(&["Title page 7..15 😀Once up"]);
    assert_eq!(shown(&editor), ["A tale /0/0|😀/1/0", "Once /1/0", "up/1/1|on/0/0"]);
    let item = editor.editor.results().remove(0);
    assert_eq!((item.item_type(), item.from_name()), ("hypertextlabels", "part"));
    assert_eq!(
        item.0["value"],
        json!({"start": "/h1[1]/text()[1]", "end": "/p[1]/b[1]/text()[1]", "startOffset": 7, "endOffset": 2,
            "globalOffsets": {"start": 7, "end": 15}, "text": "😀Once up", "hypertextlabels": ["T"]})
    );
}

#[test]
fn results_with_paths_alone_show_and_stay_as_they_are() {
    let results = json!([
        {"id": "a", "from_name": "part", "to_name": "page", "type": "hypertextlabels", "value": {"start": "/p[1]/text()[1]",
            "end": "/p[1]/b[1]/text()[1]", "startOffset": 0, "endOffset": 4, "hypertextlabels": ["Body"], "more": 1}},
        {"id": "b", "from_name": "part", "to_name": "page", "type": "hypertextlabels", "value": {"start": "/table[1]/text()[1]",
            "end": "/table[1]/text()[1]", "startOffset": 0, "endOffset": 4, "hypertextlabels": ["Body"]}},
    ]);
    let editor = TestEditor::with(&config(), results.clone());
    assert_eq!(shown(&editor), ["A tale 😀/0/0", "Once /1/0", "upon/1/1"]);
    assert_eq!(editor.editor.results(), items(results));
}
