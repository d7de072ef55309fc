//! Hostile and friendly files, and what is read from them.

use std::fmt::Write as _;
use std::io::{self, Read};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

/// Hands out `step` bytes at a time, so that every boundary is met.
struct Dripping<'a> {
    bytes: &'a [u8],
    step: usize,
}

impl Read for Dripping<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.step.min(buffer.len()).min(self.bytes.len());
        let (now, later) = self.bytes.split_at(count);
        buffer[..count].copy_from_slice(now);
        self.bytes = later;
        Ok(count)
    }
}

fn rows(name: &str, bytes: &[u8]) -> Vec<Row> {
    let whole: Vec<Row> = open(name, bytes).unwrap().unwrap().map(Result::unwrap).collect();
    if bytes.len() < 10_000 {
        let dripped = open(name, Dripping { bytes, step: 1 }).unwrap().unwrap().map(Result::unwrap).collect::<Vec<_>>();
        assert_eq!(whole, dripped, "the size of reads must not matter");
    }
    whole
}

/// Data of good rows, `"! reason"` of bad ones, each with its number.
fn told(name: &str, bytes: impl AsRef<[u8]>) -> Vec<(u64, Value)> {
    let tell = |row: Row| match row.outcome {
        Ok(task) => (row.number, Value::Object(task.data)),
        Err(error) => (row.number, Value::from(format!("! {}", error.reason))),
    };
    rows(name, bytes.as_ref()).into_iter().map(tell).collect()
}

fn good(rows: &[Row]) -> usize {
    rows.iter().filter(|row| row.outcome.is_ok()).count()
}

fn refused(name: &str, bytes: &[u8]) -> String {
    open(name, bytes).unwrap().err().expect("the file is refused").code.into_owned()
}

#[test]
fn formats_are_told_from_name_and_beginning() {
    let csv = Format::Table { delimiter: b',' };
    let cases: [(&str, &str, Format); 16] = [
        ("a.json", "[{}]", Format::Json),
        ("a.json", " {\"a\": 1}", Format::Json),
        ("a.json", "{\"a\": 1}\n{\"a\": 2}\n", Format::JsonLines),
        ("a.json", "{\"a\": 1} {\"a\": 2}", Format::Json),
        ("a.json", "{\n\"a\": 1}\n{\"a\": 2}\n", Format::Json),
        ("a.JSONL", "{\"a\": 1}", Format::JsonLines),
        ("a.csv", "a;b\n1;2\n3;4\n", Format::Table { delimiter: b';' }),
        ("a.csv", "a\n1\n2\n", csv),
        ("a.csv", "\"a;x\",b\n1,\"2;3;4\"\n", csv),
        ("a.csv", "a\tb\n1,5\t2\n", Format::Table { delimiter: b'\t' }),
        ("a.tsv", "a,b\n", Format::Table { delimiter: b'\t' }),
        ("a.txt", "[1]", Format::Text),
        ("", "hello\nworld\n", Format::Text),
        ("", "Well, well.\nSo it goes.\nAnd on, and on, and on.\n", Format::Text),
        ("", "name,age\nAda,36\nAlan,41\n", csv),
        ("", "\u{feff}[1]", Format::Json),
    ];
    for (name, text, expected) in cases {
        assert_eq!(detect(name, text.as_bytes()).unwrap(), expected, "{name}: {text}");
    }
}

#[test]
fn files_without_tasks_are_refused_with_a_reason() {
    assert_eq!(refused("a.json", b"hello"), "import_not_json");
    assert_eq!(refused("a.csv", b"\xff\xfea\0,\0"), "import_not_utf8");
    assert_eq!(refused("a.txt", b"PK\x03\x04\0\0"), "import_not_text");
    assert_eq!(refused("a.json", b"  \n "), "import_empty");
    assert_eq!(refused("a.csv", ",".repeat(MAX_COLUMNS).as_bytes()), "import_columns");
}

#[test]
fn arrays_objects_and_lines_give_the_same_rows() {
    let expected = vec![(1, json!({"t": "[{\"}", "n": [1, {"x": 2}]})), (2, json!({"t": "b"}))];
    for text in [
        r#"[{"t": "[{\"}", "n": [1, {"x": 2}]}, {"t": "b"}]"#,
        "\u{feff}\n[\n  {\"t\": \"[{\\\"}\", \"n\": [1, {\"x\": 2}]}\n,\r\n{\"t\": \"b\"}\n]\n",
        r#"{"t": "[{\"}", "n": [1, {"x": 2}]}{"t": "b"}"#,
        "{\"t\": \"[{\\\"}\", \"n\": [1, {\"x\": 2}]}\n\n{\"t\": \"b\"}",
    ] {
        assert_eq!(told("a.json", text), expected, "{text}");
    }
}

#[test]
fn label_studio_tasks_are_recognised() {
    let text = json!([{
        "id": 7, "data": {"image": "a.png"}, "meta": {"k": 1}, "batch": "x",
        "annotations": [{
            "id": 9, "result": [{"id": "r", "odd": [1.50]}], "was_cancelled": true, "ground_truth": true,
            "lead_time": 2.5, "completed_by": {"email": "ada@example.org"}, "created_at": "2026-01-02T03:04:05.678Z"
        }],
        "predictions": [{"model_version": "v1", "score": 0.5, "result": []}]
    }])
    .to_string();
    let task = rows("a.json", text.as_bytes()).remove(0).outcome.unwrap();
    assert_eq!(Value::Object(task.data), json!({"image": "a.png"}));
    assert_eq!(Value::Object(task.meta.unwrap()), json!({"k": 1, "batch": "x"}));
    let annotation = &task.annotations[0];
    assert_eq!(serde_json::to_value(&annotation.result).unwrap(), json!([{"id": "r", "odd": [1.50]}]));
    assert!(annotation.was_cancelled && annotation.ground_truth);
    assert_eq!(annotation.completed_by.as_deref(), Some("ada@example.org"));
    assert_eq!(annotation.created_at.unwrap().to_rfc3339(), "2026-01-02T03:04:05.678+00:00");
    assert_eq!(task.predictions[0].model_version.as_deref(), Some("v1"));
    // `data` that is no object is a field like any other.
    assert_eq!(told("a.json", r#"{"data": "x", "id": 1}"#), [(1, json!({"data": "x", "id": 1}))]);
}

#[test]
fn a_bad_element_costs_only_itself() {
    let text =
        "[{\"a\": 1},\n {\"a\": tru},\n [1, 2],\n 5, \"x, ]\",\n {\"a\": [1}, {\"a\": \"raw\nline\"},\n{\"a\": 2}]";
    assert_eq!(
        told("a.json", text),
        [
            (1, json!({"a": 1})),
            (
                2,
                json!(
                    "! This is not valid JSON (line 2, column 11): only `true`, `false` and `null` are words without quotation marks."
                )
            ),
            (3, json!("! Every row must be an object such as {\"text\": \"…\"}; this is a list.")),
            (4, json!("! Every row must be an object such as {\"text\": \"…\"}; this is a single value.")),
            (5, json!("! Every row must be an object such as {\"text\": \"…\"}; this is a single value.")),
            (6, json!("! This is not valid JSON (line 5, column 10): expected `,` or `]`.")),
            (
                7,
                json!(
                    "! This is not valid JSON: the quotation mark at line 5, column 19 has no partner where it should. Reading went on with the next row that could be told, at line 7, column 1."
                )
            ),
            (8, json!({"a": 2})),
        ]
    );
}

/// Numbers of the bad rows, and the `a` of the good ones.
fn kept(text: &str) -> (Vec<u64>, Vec<Value>) {
    let mut kept = (Vec::new(), Vec::new());
    for row in rows("a.json", text.as_bytes()) {
        match row.outcome {
            Ok(task) => kept.1.push(task.data.get("a").cloned().unwrap_or(Value::Null)),
            Err(_) => kept.0.push(row.number),
        }
    }
    kept
}

#[test]
fn a_torn_element_swallows_none_of_its_neighbours() {
    let lines = |rows: &[&str]| format!("[{}]", rows.join(",\n"));
    let compact = |rows: &[&str]| format!("[{}]", rows.join(","));
    let spaced = |rows: &[&str]| format!("[{}]", rows.join(", "));
    let loose = |rows: &[&str]| rows.join("\n\n");
    let tears = [
        r#"{"a": "open}"#,
        r#"{"a": open"}"#,
        r#"{"a: 2}"#,
        r#"{"a": "a quote " inside"}"#,
        r#"{"a": {"b": 1}"#,
        r#"{"a": [{"b": "x}, {"b": "y"}], "c": 1}"#,
        r#"{"a": [1, {"b": 2}"#,
        r#"{"a": "x", "b": "a {brace}, {another} and open}"#,
    ];
    for tear in tears {
        for (name, written) in
            [("lines", lines as fn(&[&str]) -> String), ("compact", compact), ("spaced", spaced), ("loose", loose)]
        {
            let first = r#"{"a": 1, "c": 0}"#;
            let text = written(&[first, tear, r#"{"a": 3}"#, r#"{"a": 4, "c": "}, {"}"#]);
            assert_eq!(kept(&text), (vec![2], vec![json!(1), json!(3), json!(4)]), "{name}: {text}");
        }
    }
    // The first and the last may be torn too, and several in a row.
    assert_eq!(kept("[{\"a\": \"x},{\"a\": 2},{\"a\": 3}]"), (vec![1], vec![json!(2), json!(3)]));
    assert_eq!(kept("[{\"a\": 1}, {\"a\": \"open}]"), (vec![2], vec![json!(1)]));
    assert_eq!(kept("[{\"a\": 1}, {\"a\": \"x}, {\"a\": \"y}, {\"a\": 4}]"), (vec![2, 3], vec![json!(1), json!(4)]));
}

#[test]
fn parts_of_a_torn_task_are_not_taken_for_tasks() {
    let task = |id: u32, text: &str| {
        let region = |id: u32| json!({"id": format!("r{id}"), "type": "labels", "value": {"start": 1}});
        json!({"id": id, "data": {"a": text}, "annotations": [{"id": 9, "result": [region(1), region(2)]}]})
    };
    let (good, last) = (task(1, "one"), task(3, "three"));
    for pretty in [false, true] {
        let write = |value: &Value| {
            if pretty { serde_json::to_string_pretty(value).unwrap() } else { value.to_string() }
        };
        let torn = write(&task(2, "TORN")).replace("TORN\"", "open");
        let separator = if pretty { ",\n" } else { "," };
        let text = format!("[{}]", [write(&good), torn.clone(), write(&last)].join(separator));
        assert_eq!(kept(&text), (vec![2], vec![json!("one"), json!("three")]), "{text}");
        let row = rows("a.json", text.as_bytes()).remove(1).outcome.unwrap_err();
        assert!(row.reason.contains("Reading went on with the next row that could be told"), "{row:?}");
        assert_eq!(row.original, torn, "the whole torn row is kept to be mended");
    }
}

#[test]
fn tears_without_end_stay_cheap() {
    let mut text = String::from("[{\"a\": 1},");
    while text.len() < MAX_ROW_BYTES / 4 {
        text.push_str("{\"a\": \"x},{\"b\":[{\"c\":");
    }
    let read = rows("a.json", text.as_bytes());
    assert_eq!(good(&read), 1);
    assert!(read.len() > 1);
}

#[test]
fn numbers_are_kept_exactly_or_refused() {
    let exact = "[{\"a\": [9007199254740993, -9223372036854775808, 18446744073709551615, 0.1, 1e20, 2.5e-9]}]";
    let told = told("a.json", exact);
    assert_eq!(
        told[0].1.to_string(),
        "{\"a\":[9007199254740993,-9223372036854775808,18446744073709551615,0.1,1e+20,2.5e-9]}"
    );
    for (row, number) in [
        ("{\"a\": 18446744073709551616}", Some("18446744073709551616")),
        ("{\"a\": [1, -9223372036854775809]}", Some("-9223372036854775809")),
        ("{\"a\": \"18446744073709551616\"}", None),
        ("{\"18446744073709551616\": 1.000000000000000000000}", None),
    ] {
        let refused = rows("a.json", row.as_bytes()).remove(0).outcome.err().map(|error| error.reason);
        assert_eq!(refused.is_some(), number.is_some(), "{row}: {refused:?}");
        assert!(number.is_none_or(|number| refused.unwrap().contains(number)), "{row}");
    }
}

#[test]
fn a_truncated_array_keeps_what_came_before() {
    let cut = told("a.json", "[{\"a\": 1},\n{\"a\": 2},\n{\"a\": ");
    assert_eq!(cut[..2], [(1, json!({"a": 1})), (2, json!({"a": 2}))]);
    assert!(cut[2].1.as_str().unwrap().contains("line 3, column 1"), "{cut:?}");
    assert_eq!(cut.len(), 3);
    let unclosed = told("a.json", "[{\"a\": 1},\n");
    assert!(unclosed[1].1.as_str().unwrap().contains("line 2, column 1"), "{unclosed:?}");
    assert_eq!(unclosed.len(), 2);
}

#[test]
fn ten_thousand_levels_are_refused_without_recursion() {
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let array = format!("[{{\"a\": 1}}, {{\"a\": {deep}}}, {{\"a\": 2}}]");
    let lines = format!("{{\"a\": 1}}\n{{\"a\": {deep}}}\n{{\"a\": 2}}\n");
    for (name, text) in [("a.json", array), ("a.ndjson", lines)] {
        let told = told(name, text);
        assert_eq!(told[1].1, json!("! This row is nested more than 100 levels deep."));
        assert_eq!((told.len(), &told[2].1), (3, &json!({"a": 2})));
    }
    let just = format!("[{{\"a\": {}1{}}}]", "[".repeat(99), "]".repeat(99));
    assert_eq!(good(&rows("a.json", just.as_bytes())), 1);
}

#[test]
fn a_row_beyond_the_limit_is_skipped_and_reading_goes_on() {
    let huge = "x".repeat(MAX_ROW_BYTES + 1);
    let long = &huge[..=MAX_TABLE_ROW_BYTES];
    let files = [
        ("a.json", 32, format!("[{{\"a\": \"1\"}}, {{\"a\": \"{huge}\"}}, {{\"a\": \"2\"}}]")),
        ("a.ndjson", 32, format!("{{\"a\": \"1\"}}\n{{\"a\": \"{huge}\"}}\n{{\"a\": \"2\"}}\n")),
        ("a.csv", 8, format!("a,b\n1,1\n{long},2\n2,2\n")),
        ("a.csv", 8, format!("a,b\n1,1\n\"{long}\",2\n2,2\n")),
        ("a.txt", 32, format!("1\n{huge}\n2\n")),
    ];
    for (name, most, text) in files {
        let rows = rows(name, text.as_bytes());
        assert_eq!(rows.len(), 3, "{name}");
        let error = rows[1].outcome.as_ref().unwrap_err();
        assert_eq!(
            error.reason,
            format!("This row is longer than {most} MB, the most that one row may hold."),
            "{name}"
        );
        assert!(error.original.len() <= MAX_KEPT_BYTES);
        assert!(rows[2].outcome.is_ok(), "{name}");
    }
}

#[test]
fn bytes_that_cannot_be_stored_cost_only_their_row() {
    for (name, text) in [
        ("a.json", &b"[{\"a\": \"1\"},{\"a\": \"\xff\"},{\"a\": \"2\"}]"[..]),
        ("a.ndjson", b"{\"a\": \"1\"}\n{\"a\": \"\\u0000\"}\n{\"a\": \"2\"}"),
        ("a.json", b"[{\"a\": \"1\"},{\"a\": {\"b\\u0000\": 1}},{\"a\": \"2\"}]"),
        ("a.json", b"[{\"a\": \"1\"},{\"a\": \"\\ud800\"},{\"a\": \"2\"}]"),
        ("a.csv", b"a,b\n1,1\n\xff,1\n2,2\n"),
        ("a.txt", b"1\n\xc3\x28\n2\n"),
    ] {
        let rows = rows(name, text);
        let outcomes: Vec<bool> = rows.iter().map(|row| row.outcome.is_ok()).collect();
        assert_eq!(outcomes, [true, false, true], "{name} {text:?}");
    }
}

#[test]
fn tables_are_read_as_people_write_them() {
    let text = "\u{feff}id;text;text;\r\n1;\"two; \"\"lines\"\"\nhere\";x;\r\n\r\n2;short\r\n3;a;b;c;d\r\n4;\u{65e5}\u{672c};y;z";
    let mut reader = open("a.csv", text.as_bytes()).unwrap().unwrap();
    assert_eq!(
        reader.notes(),
        [
            "The name “text” comes twice; column 3 was called “text_2”.",
            "Column 4 has no name and was called “column_4”."
        ]
    );
    let lines: Vec<u64> = reader.by_ref().map(|row| row.unwrap().line).collect();
    assert_eq!(lines, [2, 5, 6, 7]);
    assert_eq!(reader.bytes_read(), text.len() as u64);
    assert_eq!(
        told("a.csv", text),
        [
            (1, json!({"id": "1", "text": "two; \"lines\"\nhere", "text_2": "x", "column_4": ""})),
            (2, json!("! This row has 2 values, but the table has 4 columns.")),
            (3, json!("! This row has 5 values, but the table has 4 columns.")),
            (4, json!({"id": "4", "text": "日本", "text_2": "y", "column_4": "z"})),
        ]
    );
    assert_eq!(told("a.csv", "a,b\r1,2\r3,4"), [(1, json!({"a": "1", "b": "2"})), (2, json!({"a": "3", "b": "4"}))]);
    assert_eq!(told("a.csv", "a,a_2,a\n1,2,3"), [(1, json!({"a": "1", "a_2": "2", "a_3": "3"}))]);
}

#[test]
fn an_unclosed_quote_costs_its_line() {
    assert_eq!(
        told("a.csv", "a,b\n1,\"open\n2,x\n3,y\n"),
        [
            (1, json!("! A quotation mark in this row is never closed.")),
            (2, json!({"a": "2", "b": "x"})),
            (3, json!({"a": "3", "b": "y"})),
        ]
    );
    let mut far = String::from("a,b\n1,\"open\n");
    while far.len() < 2 * MAX_TABLE_ROW_BYTES {
        far.push_str("a line of some length,that has two values\n");
    }
    let lines = far.lines().count() - 1;
    let rows = rows("a.csv", far.as_bytes());
    assert_eq!((rows.len(), good(&rows)), (lines, lines - 1));
    assert_eq!(rows[1].line, 3);
}

#[test]
fn endless_unclosed_quotes_stay_cheap() {
    // Each line leaves a quote open whether or not it starts inside one; undoing every one of them would be quadratic.
    let mut text = String::from("a,b\n");
    while text.len() < 3 * MAX_TABLE_ROW_BYTES {
        text.push_str("a\"b,\"c\n");
    }
    let read = rows("a.csv", text.as_bytes());
    assert_eq!(good(&read), 0);
    assert!(!read.is_empty());
}

#[test]
fn columns_are_counted_and_typed() {
    let mut summary = ColumnSummary::default();
    let tasks = [
        json!({"text": "hi", "n": 1, "when": "2026-01-02", "image": "/files/1/a.PNG?x=1", "mixed": 1, "tags": [1]}),
        json!({"text": "", "n": "2.5", "when": "2026-01-02T03:04:05Z", "image": "https://e.org/b.jpg", "mixed": "x", "o": {}}),
        json!({"text": null, "ok": "TRUE", "sound": "s3://b/c.mp3", "clip": "d.webm", "link": "https://e.org/"}),
    ];
    for task in &tasks {
        summary.add(task.as_object().unwrap());
    }
    let kinds: Vec<(&str, ColumnKind)> =
        summary.columns.iter().map(|(name, column)| (name.as_str(), column.kind())).collect();
    assert_eq!(
        kinds,
        [
            ("clip", ColumnKind::Video),
            ("image", ColumnKind::Image),
            ("link", ColumnKind::Url),
            ("mixed", ColumnKind::String),
            ("n", ColumnKind::Number),
            ("o", ColumnKind::Object),
            ("ok", ColumnKind::Boolean),
            ("sound", ColumnKind::Audio),
            ("tags", ColumnKind::List),
            ("text", ColumnKind::String),
            ("when", ColumnKind::Datetime),
        ]
    );
    assert_eq!((summary.columns["text"].count, summary.columns["text"].empty), (1, 2));
    let mut twice = summary.clone();
    twice.merge(&summary);
    assert_eq!(twice.columns["image"].kinds[&ColumnKind::Image], 4);
}

fn any_data() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..4).prop_flat_map(|width| {
        let cell = "[ -~\n\r\"';,\t\u{e9}\u{1f600}]{0,12}";
        prop::collection::vec(prop::collection::vec(cell, width), 1..6)
    })
}

proptest! {
    #[test]
    fn json_comes_back_as_it_was_written(data in any_data(), pretty in any::<bool>()) {
        let objects: Vec<Value> = data.iter().map(|row| {
            let fields = row.iter().enumerate().map(|(index, cell)| (format!("c{index}"), Value::from(cell.as_str())));
            Value::Object(fields.collect())
        }).collect();
        let array = if pretty { serde_json::to_string_pretty(&objects) } else { serde_json::to_string(&objects) }.unwrap();
        let lines = objects.iter().map(|object| object.to_string() + "\n").collect::<String>();
        let expected: Vec<(u64, Value)> = (1..).zip(objects).collect();
        prop_assert_eq!(told("a.json", array), expected.clone());
        prop_assert_eq!(told("a.ndjson", lines), expected);
    }

    #[test]
    fn csv_comes_back_as_it_was_written(data in any_data()) {
        let width = data[0].len();
        let mut text = (0..width).map(|index| format!("c{index}")).collect::<Vec<_>>().join(",") + "\n";
        for row in &data {
            let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
            writeln!(text, "{}", cells.join(",")).unwrap();
        }
        let expected: Vec<(u64, Value)> = (1..).zip(data.iter().map(|row| {
            let fields = row.iter().enumerate().map(|(index, cell)| (format!("c{index}"), Value::from(cell.as_str())));
            Value::Object(fields.collect())
        })).collect();
        let read: Vec<(u64, Value)> = open("a.csv", text.as_bytes()).unwrap().unwrap().map(|row| {
            let row = row.unwrap();
            (row.number, Value::Object(row.outcome.unwrap().data))
        }).collect();
        prop_assert_eq!(read, expected);
    }

    #[test]
    fn no_bytes_make_a_reader_fail(bytes in prop::collection::vec(prop_oneof![
        Just(b'{'), Just(b'}'), Just(b'['), Just(b']'), Just(b'"'), Just(b'\\'), Just(b','), Just(b'\n'), Just(b'\r'), any::<u8>()
    ], 0..200), name in prop_oneof![Just("a.json"), Just("a.ndjson"), Just("a.csv"), Just("a.txt"), Just("")]) {
        if let Ok(reader) = open(name, Dripping { bytes: &bytes, step: 7 }).unwrap() {
            let numbers: Vec<u64> = reader.map(|row| row.unwrap().number).collect();
            prop_assert_eq!(numbers.clone(), (1..).take(numbers.len()).collect::<Vec<u64>>());
        }
    }
}
