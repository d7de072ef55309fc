//! Words and their tags.

use super::*;
use crate::label_config::parse;

fn config() -> LabelConfig {
    let xml = r#"<View><Text name="t" value="$text"/>
        <Labels name="ner" toName="t"><Label value="PER"/><Label value="New place"/></Labels>
        <Choices name="mood" toName="t"><Choice value="good"/><Choice value="bad"/></Choices></View>"#;
    parse(xml).config.unwrap()
}

fn span(id: &str, start: usize, end: usize, labels: &[&str]) -> Value {
    json!({"id": id, "from_name": "ner", "to_name": "t", "type": "labels",
        "value": {"start": start, "end": end, "text": "", "labels": labels}})
}

fn mood(choice: &str) -> Value {
    json!({"id": "m", "from_name": "mood", "to_name": "t", "type": "choices", "value": {"choices": [choice]}})
}

fn tasks() -> Vec<ExportTask> {
    let text = "Ada Lovelace doesn't live\nin  London.";
    let spans = json!([
        span("a", 0, 12, &["PER", "New place"]),
        span("b", 4, 12, &["New place"]),
        span("c", 30, 33, &["New place"]),
        span("d", 3, 3, &["PER"]),
        span("e", 0, 3, &[]),
        span("f", 99, 120, &["PER"]),
        mood("good"),
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
    ]);
    vec![
        task(1, json!({"text": text}), vec![annotation(1, spans)]),
        task(2, json!({"text": ""}), vec![annotation(2, json!([]))]),
        task(3, json!({"other": ""}), vec![annotation(3, json!([]))]),
        task(4, json!({"text": "no"}), Vec::new()),
    ]
}

#[test]
fn conll_tags_every_word() {
    let (folder, manifest) = export(ExportFormat::Conll2003, &config(), false, &tasks());
    let expected = "-DOCSTART- -X- O
Ada -X- _ B-PER
Lovelace -X- _ I-PER
does -X- _ O
n't -X- _ O
live -X- _ O
in -X- _ O
Lon -X- _ B-New place
don -X- _ O
. -X- _ O

-DOCSTART- -X- O

";
    assert_eq!(folder.text("result.conll"), expected);
    assert_eq!(
        lost(&manifest),
        [
            ("no_label", 1),
            ("no_text", 1),
            ("not_a_span", 2),
            ("not_labeled", 1),
            ("overlap", 1),
            ("several_labels", 1),
            ("spacing", 1),
            ("unusable", 2)
        ]
    );
    assert_eq!((manifest.tasks_written, manifest.annotations, manifest.results), (2, 2, 2));
}

#[test]
fn spacy_keeps_the_text_to_the_last_space() {
    let (folder, manifest) = export(ExportFormat::Spacy, &config(), false, &tasks());
    let bytes = miniz_oxide::inflate::decompress_to_vec_zlib(&folder.files["result.spacy"]).unwrap();
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    // A line break is a word, and so is the second of two spaces.
    for word in ["version", "Lovelace", "New place", "\n", "span_groups", "sc"] {
        assert!(has(word), "{word}");
    }
    let losses = lost(&manifest);
    assert!(losses.contains(&("overlap", 1)) && losses.contains(&("not_a_span", 1)), "{losses:?}");
    assert_eq!(manifest.results, 4);
}
