//! Pieces of sounds.

use super::*;
use crate::label_config::parse;

fn config() -> LabelConfig {
    let xml = r#"<View><Audio name="a" value="$audio"/>
        <Labels name="who" toName="a"><Label value="Ada L"/><Label value="Bob"/></Labels>
        <TextArea name="words" toName="a" perRegion="true"/><TextArea name="all" toName="a"/></View>"#;
    parse(xml).config.unwrap()
}

fn piece(id: &str, start: f64, end: f64, label: &str) -> Value {
    json!({"id": id, "from_name": "who", "to_name": "a", "type": "labels", "original_length": 10.5,
        "value": {"start": start, "end": end, "channel": 1, "labels": [label]}})
}

fn words(id: &str, text: &str) -> Value {
    json!({"id": id, "from_name": "words", "to_name": "a", "type": "textarea", "value": {"start": 0.5, "end": 2, "text": [text]}})
}

fn tasks() -> Vec<ExportTask> {
    let result = json!([
        piece("b", 1.5, 3.0004, "Bob"),
        piece("a", 0.5, 2.0, "Ada L"),
        words("a", "Hi <there> & \"you\"\n\nall"),
        words("z", "Hi, and so on"),
        {"id": "r", "from_name": "rate", "to_name": "a", "type": "rating", "value": {"rating": 3}},
    ]);
    vec![
        task(1, json!({"audio": "https://e.org/x/call.wav"}), vec![annotation(1, result)]),
        task(2, json!({"audio": "https://e.org/x/empty.wav"}), vec![annotation(2, json!([]))]),
        task(3, json!({}), vec![annotation(3, json!([]))]),
    ]
}

#[test]
fn subtitles_say_what_is_said() {
    let (folder, manifest) = export(ExportFormat::Srt, &config(), false, &tasks());
    let expected =
        "1\n00:00:00,500 --> 00:00:02,000\nHi <there> & \"you\"\nall\n\n2\n00:00:01,500 --> 00:00:03,000\nBob\n\n";
    assert_eq!(folder.text("1-call.srt"), expected);
    assert_eq!(folder.text("2-empty.srt"), "");
    assert_eq!(
        lost(&manifest),
        [
            ("channel", 2),
            ("labels_beside_text", 1),
            ("no_sound", 1),
            ("not_a_piece", 1),
            ("rounded", 1),
            ("whole_text", 1)
        ]
    );
    let (folder, _) = export(ExportFormat::Vtt, &config(), false, &tasks());
    let expected = "WEBVTT\n\n1\n00:00:00.500 --> 00:00:02.000\n<v Ada L>Hi &lt;there&gt; &amp; \"you\"\nall\n\n2\n00:00:01.500 --> 00:00:03.000\n<v Bob>Bob\n\n";
    assert_eq!(folder.text("1-call.vtt"), expected);
}

#[test]
fn rttm_says_who_speaks_when() {
    let (folder, manifest) = export(ExportFormat::Rttm, &config(), false, &tasks());
    assert_eq!(
        folder.text("result.rttm"),
        "SPEAKER 1-call 2 0.5 1.5 <NA> <NA> Ada_L <NA> <NA>\nSPEAKER 1-call 2 1.5 1.5004 <NA> <NA> Bob <NA> <NA>\n"
    );
    assert_eq!(
        lost(&manifest),
        [("name_spacing", 1), ("no_sound", 1), ("not_a_piece", 1), ("transcript", 1), ("whole_text", 1)]
    );
}

#[test]
fn a_textgrid_is_tiled_to_its_end() {
    let (folder, manifest) = export(ExportFormat::Textgrid, &config(), false, &tasks());
    let text = folder.text("1-call.TextGrid");
    for line in [
        "xmax = 10.5 \ntiers? <exists> \nsize = 2 ",
        "name = \"Ada L\" \n        xmin = 0 \n        xmax = 10.5 \n        intervals: size = 3 ",
        "text = \"Hi <there> & \"\"you\"\"\n\nall\"",
        "xmin = 3.0004 \n            xmax = 10.5 \n            text = \"\" ",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert_eq!(lost(&manifest), [("channel", 2), ("no_sound", 1), ("not_a_piece", 1), ("whole_text", 1)]);
}

#[test]
fn a_manifest_of_speech_has_a_line_per_transcript() {
    let (folder, manifest) = export(ExportFormat::AsrManifest, &config(), false, &tasks());
    assert_eq!(
        folder.text("result.jsonl"),
        "{\"audio_filepath\":\"https://e.org/x/call.wav\",\"duration\":10.5,\"text\":\"Hi, and so on\",\"annotator\":\"ada@example.org\"}\n\
        {\"audio_filepath\":\"https://e.org/x/call.wav\",\"offset\":0.5,\"duration\":1.5,\"text\":\"Hi <there> & \\\"you\\\"\\n\\nall\",\"labels\":[\"Ada L\"],\"annotator\":\"ada@example.org\"}\n"
    );
    assert_eq!(lost(&manifest), [("no_sound", 1), ("no_transcript", 1), ("not_a_piece", 1)]);
}
