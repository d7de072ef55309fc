//! The parser seen from outside: whole interfaces in, problems and meaning out.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

const KITCHEN_SINK: &str = include_str!("testdata/kitchen_sink.xml");

/// The problems as `line:column code`, in order.
fn found(xml: &str) -> Vec<String> {
    parse(xml).problems.iter().map(|p| format!("{}:{} {}", p.at.line, p.at.column, p.code)).collect()
}

fn valid(xml: &str) -> LabelConfig {
    parse(xml).into_valid().unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn knows_every_tag_and_has_nothing_to_say_about_a_good_interface() {
    assert_eq!(found(KITCHEN_SINK), Vec::<String>::new());
    let lowercase = KITCHEN_SINK.to_lowercase();
    for tag in TAGS {
        assert!(lowercase.contains(&format!("<{}", tag.name.to_lowercase())), "{} is not tried", tag.name);
    }
}

#[test]
fn reads_objects_controls_and_labels() {
    let config = valid(KITCHEN_SINK);
    assert_eq!(config.object("image").unwrap().field.as_deref(), Some("image"));
    let boxes = config.control("rectangles").unwrap();
    assert_eq!((boxes.tag.as_str(), boxes.to_names.as_slice()), ("RectangleLabels", &["image".to_owned()][..]));
    assert_eq!(boxes.labels[0].color(), Some("#d4380d"));
    assert_eq!(boxes.attribute("canrotate"), Some("false"));
    let people = &config.control("spans").unwrap().labels[0];
    assert_eq!((people.value.as_str(), people.stored()), ("Person", "PER"));
    // Layout between a set and its choices makes no difference.
    let kinds: Vec<_> = config.control("kind").unwrap().labels.iter().map(|l| l.value.as_str()).collect();
    assert_eq!(kinds, ["Cat", "Dog"]);
    assert_eq!(config.control("nested").unwrap().labels[0].children[1].value, "Dog");
    assert_eq!(config.control("dynamic").unwrap().dynamic_field(), Some("options"));
    assert_eq!(config.control("better").unwrap().to_names, ["text", "page"]);
    let bucket = &config.control("rank").unwrap().labels[0];
    assert_eq!((bucket.value.as_str(), bucket.hint.as_deref(), bucket.selected), ("best", Some("Best"), true));
    assert_eq!(config.relations(), ["part of", "same as"]);
    // A chat shows and is answered; code stays as written.
    assert_eq!(config.control("chat").unwrap().to_names, ["chat"]);
    let code = config.root.elements().find(|element| element.tag == "ReactCode").unwrap();
    assert_eq!(code.children, [Node::Text("() => <b>1 < 2</b>".to_owned())]);
}

#[test]
fn matches_tags_in_any_spelling_and_stores_the_canonical_one() {
    let config = valid(
        "<view><IMAGE name='i' value='$i'/><rectanglelabels name='r' toname='i'><LABEL value='a'/></rectanglelabels></view>",
    );
    assert_eq!(config.root.tag, "View");
    assert_eq!(config.controls[0].tag, "RectangleLabels");
    assert_eq!(config.controls[0].to_names, ["i"]);
}

#[test]
fn reports_all_mistakes_each_at_its_place() {
    assert_eq!(
        found(include_str!("testdata/many_mistakes.xml")),
        [
            "2:4 unknown_tag",
            "3:30 empty_value",
            "3:33 unknown_attribute",
            "4:16 duplicate_name",
            "5:41 to_name_to_nowhere",
            "6:47 bad_color",
            "7:19 duplicate_label",
            "8:6 missing_label_value",
            "8:20 hotkey_conflict",
            "10:47 bad_value",
            "11:39 wrong_object",
            "12:4 missing_name",
            "12:4 no_labels",
            "13:32 to_name_not_object",
            "13:50 bad_number",
            "14:4 missing_to_name",
            "14:30 min_above_max",
            "15:33 pairwise_needs_two",
            "16:83 when_to_nowhere",
            "16:109 when_value_unknown",
            "17:4 misplaced",
            "17:24 stray_text",
        ]
    );
}

#[test]
fn says_what_was_probably_meant() {
    let problems = parse(include_str!("testdata/many_mistakes.xml")).problems;
    let hint = |code: &str| problems.iter().find(|p| p.code == code).and_then(|p| p.hint.clone()).unwrap();
    assert_eq!(hint("unknown_tag"), "Did you mean <Image>?");
    assert_eq!(hint("unknown_attribute"), "Did you mean zoom?");
    assert_eq!(hint("to_name_to_nowhere"), "Did you mean “image”?");
}

#[test]
fn malformed_xml_says_where_and_what_to_try() {
    let cases: &[(&str, &[&str])] = &[
        ("", &["1:1 empty"]),
        ("   <!-- nothing -->", &["1:1 empty"]),
        ("<View>", &["1:2 unclosed_element"]),
        ("<View>\n  <View>\n</View>", &["1:2 unclosed_element"]),
        ("<View><Text name='t' value='$t'></View>", &["1:8 unclosed_element"]),
        ("<View></Veiw>", &["1:7 mismatched_end"]),
        ("<View></Image></View>", &["1:7 mismatched_end"]),
        ("</View>", &["1:1 unexpected_end"]),
        ("<View", &["1:1 unclosed_tag"]),
        ("<View>\n<Text name=\"t\n</View>", &["2:7 unclosed_quote"]),
        ("<View a=1/>", &["1:7 unquoted_value"]),
        ("<View a/>", &["1:7 missing_value_of_attribute"]),
        ("<View a='1' a='2'/>", &["1:2 no_controls", "1:7 unknown_attribute", "1:13 duplicate_attribute"]),
        (
            "<View a='1'b='2'/>",
            &["1:2 no_controls", "1:7 unknown_attribute", "1:12 missing_space", "1:12 unknown_attribute"],
        ),
        ("<View>\n<Text name='t value='$t'/>\n</View>", &["2:22 bad_attribute"]),
        ("<View\n<Text name='t'/></View>", &["2:1 unclosed_tag", "2:17 unexpected_end"]),
        ("<View><Header value='a & b'/></View>", &["1:2 no_controls", "1:24 bad_entity"]),
        ("<View><Header value='&nbsp;'/></View>", &["1:2 no_controls", "1:22 bad_entity"]),
        ("<View><Header value='a < b'/></View>", &["1:2 no_controls", "1:24 bare_less_than"]),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><View/>", &["1:1 doctype", "1:32 no_controls"]),
        ("<View/><View/>", &["1:9 several_roots"]),
        ("hello <View/>", &["1:1 text_outside", "1:8 no_controls"]),
        ("<View>\u{0}</View>", &["1:2 no_controls", "1:7 control_character", "1:7 stray_text"]),
        ("<!-- <View/>", &["1:1 unclosed_comment"]),
        ("<Text name='t' value='$t'/>", &["1:2 root_not_view", "1:2 no_controls"]),
        ("<View><1/></View>", &["1:8 bad_tag_name"]),
        ("<View>< b</View>", &["1:2 unclosed_element", "1:8 bad_tag_name"]),
    ];
    for (xml, wanted) in cases {
        assert_eq!(found(xml), *wanted, "{xml}");
    }
    let unclosed = parse("<View>\n  <Choices name='c' toName='t'>\n</View>").problems;
    assert_eq!(unclosed[0].hint.as_deref(), Some("Did you forget </Choices>, or the / in <Choices … />?"));
}

#[test]
fn warnings_do_not_refuse_and_errors_do() {
    let unknown = "<View><Hologram depth='3'/><Text name='t' value='$t'/><Rating name='r' toName='t'/></View>";
    let config = valid(unknown);
    let kept = config.root.elements().next().unwrap();
    assert_eq!((kept.tag.as_str(), kept.attribute("depth")), ("Hologram", Some("3")));
    assert!(parse("<View><Text name='t' value=''/></View>").into_valid().is_err());
    assert!(parse("<View>").into_valid().is_err());
}

#[test]
fn conditions_may_point_at_what_the_task_offers() {
    let xml = |value: &str| {
        format!(
            "<View><Text name='t' value='$t'/><Choices name='c' toName='t' {value}><Choice value='a, b'/></Choices>\
             <Rating name='r' toName='t' visibleWhen='choice-selected' whenTagName='c' whenChoiceValue='a, b'/>\
             <Rating name='s' toName='t' visibleWhen='choice-selected' whenTagName='c' whenChoiceValue='z'/></View>"
        )
    };
    assert_eq!(parse(&xml("")).problems.len(), 1);
    assert_eq!(parse(&xml("value='$more'")).problems.len(), 0);
}

#[test]
fn names_in_a_repeater_must_differ() {
    let xml =
        "<View><Repeater on='$l'><Text name='t' value='$l[{{idx}}]'/></Repeater><Rating name='r' toName='t'/></View>";
    assert_eq!(found(xml), ["1:37 repeated_name"]);
}

#[test]
fn the_parsed_json_has_the_known_shape() {
    let config = valid(
        "<View><Image name='img' value='$image'/><RectangleLabels name='box' toName='img'>\
         <Label value='Cat' background='red'/><Label value='Dog' alias='D'/></RectangleLabels>\
         <Text name='t' value='$url' valueType='url'/><Choices name='c' toName='t' value='$o' perRegion='true' whenLabelValue='Cat'>\
         <Choice value='x'><Choice value='y'/></Choice></Choices></View>",
    );
    let wanted = json!({
        "box": {
            "type": "RectangleLabels",
            "to_name": ["img"],
            "inputs": [{"type": "Image", "value": "image"}],
            "labels": ["Cat", "D"],
            "labels_attrs": {"Cat": {"value": "Cat", "background": "red"}, "D": {"value": "Dog", "alias": "D"}}
        },
        "c": {
            "type": "Choices",
            "to_name": ["t"],
            "inputs": [{"type": "Text", "value": "url", "valueType": "url"}],
            "labels": ["x", "y"],
            "labels_attrs": {"x": {"value": "x"}, "y": {"value": "y"}},
            "dynamic_labels": true,
            "conditionals": {"type": "label", "name": "Cat"}
        }
    });
    assert_eq!(config.to_parsed_json(), wanted);
    let repeated = valid(KITCHEN_SINK).to_parsed_json();
    assert_eq!(repeated["page_kind_{{idx}}"]["regex"], json!({"{{idx}}": ".*"}));
    assert_eq!(repeated["kind"].get("regex"), None);
}

#[test]
fn the_hash_follows_meaning_and_never_changes() {
    let one: Value = serde_json::from_str(r#"{"a": {"b": [1, "x"], "c": null}, "d": true}"#).unwrap();
    let other: Value = serde_json::from_str(r#"{"d": true, "a": {"c": null, "b": [1, "x"]}}"#).unwrap();
    assert_eq!(hash(&one), hash(&other));
    assert_ne!(hash(&one), hash(&json!({"a": {"b": ["x", 1], "c": null}, "d": true})));
    assert_ne!(hash(&json!(["ab"])), hash(&json!(["a", "b"])));
    // Stored in databases: if this number changes, every stored hash is wrong.
    assert_eq!(hash(&one), 7_621_738_162_752_604_845);
}

#[test]
fn fields_say_what_a_task_must_hold() {
    let config = valid(KITCHEN_SINK);
    let fields = config.fields();
    let field = |path: &str| fields.iter().find(|field| field.path == path).map(|field| (field.holds, field.required));
    assert_eq!(field("image"), Some((FieldType::Image, true)));
    assert_eq!(field("turns"), Some((FieldType::Dialogue, true)));
    assert_eq!(field("series"), Some((FieldType::Series, true)));
    assert_eq!(field("options"), Some((FieldType::Options, true)));
    assert_eq!(field("fps"), Some((FieldType::Number, false)));
    assert_eq!(field("title"), Some((FieldType::Text, false)));
    assert_eq!(field("pages"), Some((FieldType::List, true)));
    assert_eq!(field("pages[{{idx}}].url"), Some((FieldType::Image, true)));
}

#[test]
fn tasks_that_fit_and_their_neighbours() {
    let codes = |tag: &str, value: Value| -> Vec<String> {
        let config = parse(&format!("<View>{tag}</View>")).config.unwrap();
        let task = json!({"f": value});
        check_task(&config, task.as_object().unwrap()).into_iter().map(|problem| problem.code.into_owned()).collect()
    };
    let fits: &[(&str, Value)] = &[
        ("<Image name='o' value='$f'/>", json!("https://host/a.jpg")),
        ("<Image name='o' value='$f'/>", json!("/data/a:b.jpg")),
        ("<Image name='o' value='$f'/>", json!("s3://bucket/a.jpg")),
        ("<Image name='o' value='$f'/>", json!("data:image/png;base64,AA==")),
        ("<Image name='o' valueList='$f'/>", json!(["/a.jpg", "/b.jpg"])),
        ("<Text name='o' value='$f'/>", json!("")),
        ("<Text name='o' value='$f'/>", json!(5)),
        ("<Text name='o' value='$f' valueType='url'/>", json!("https://host/a.txt")),
        ("<Text name='o' value='About $f.t'/>", json!({"t": 1})),
        ("<Paragraphs name='o' value='$f'/>", json!([{"author": "a", "text": "b"}])),
        ("<List name='o' value='$f'/>", json!([{"id": 1}])),
        ("<TimeSeries name='o' value='$f' valueType='json'/>", json!({"t": [1, 2]})),
        ("<TimeSeries name='o' value='$f'/>", json!("/a.csv")),
        ("<Chat name='o' value='$f'/>", json!([{"role": "user", "content": "hi"}])),
        ("<Choices name='c' toName='o' value='$f'/>", json!(["a", {"value": "b"}])),
        ("<Video name='o' value='/a.mp4' frameRate='$f'/>", json!("29.97")),
        ("<Header value='$g'/>", json!(null)),
        ("<Repeater on='$f'><Image name='i{{idx}}' value='$f[{{idx}}]'/></Repeater>", json!(["/a.jpg", "/b.jpg"])),
    ];
    for (tag, value) in fits {
        assert_eq!(codes(tag, value.clone()), Vec::<String>::new(), "{tag} {value}");
    }
    let misfits: &[(&str, Value, &str)] = &[
        ("<Image name='o' value='$f'/>", json!(null), "missing_field"),
        ("<Image name='o' value='$g'/>", json!("/a.jpg"), "missing_field"),
        ("<Image name='o' value='$f'/>", json!(""), "bad_url"),
        ("<Image name='o' value='$f'/>", json!("javascript:alert(1)"), "bad_url"),
        ("<Image name='o' value='$f'/>", json!("https:"), "bad_url"),
        ("<Image name='o' value='$f'/>", json!("//host/a.jpg"), "bad_url"),
        ("<Image name='o' value='$f'/>", json!(["/a.jpg"]), "wrong_type"),
        ("<Text name='o' value='$f'/>", json!({"a": 1}), "wrong_type"),
        ("<Paragraphs name='o' value='$f'/>", json!("a: b"), "wrong_type"),
        ("<List name='o' value='$f'/>", json!([{"title": "no id"}]), "wrong_type"),
        ("<TimeSeries name='o' value='$f' valueType='json'/>", json!({"t": 1}), "wrong_type"),
        ("<Chat name='o' value='$f'/>", json!([{"role": "user"}]), "wrong_type"),
        ("<Choices name='c' toName='o' value='$f'/>", json!("a"), "wrong_type"),
        ("<Video name='o' value='/a.mp4' frameRate='$f'/>", json!("fast"), "wrong_type"),
        ("<Repeater on='$f'><Image name='i{{idx}}' value='$f[{{idx}}]'/></Repeater>", json!(["/a.jpg", ""]), "bad_url"),
    ];
    for (tag, value, code) in misfits {
        assert_eq!(codes(tag, value.clone()), [*code], "{tag} {value}");
    }
}

#[test]
fn limits_hold_and_are_named() {
    let deep =
        |depth: usize| format!("{}<Rating name='r' toName='r'/>{}", "<View>".repeat(depth), "</View>".repeat(depth));
    assert_eq!(found(&deep(MAX_DEPTH)), ["1:193 too_deep"]);
    let deepest = parse(&deep(MAX_DEPTH - 1)).config.unwrap();
    let json = serde_json::to_string(&deepest).unwrap();
    assert_eq!(serde_json::from_str::<LabelConfig>(&json).unwrap(), deepest, "the deepest one still travels as JSON");
    assert_eq!(
        found(&format!("<View>{}</View>", "<View/>".repeat(MAX_ELEMENTS))),
        [format!("1:{} too_many_elements", 7 + 7 * (MAX_ELEMENTS - 1))]
    );
    assert_eq!(found(&" ".repeat(MAX_BYTES + 1)), ["1:1 too_large"]);
    let attributes: String = (0..=MAX_ATTRIBUTES).map(|n| format!(" data-{n}='1'")).collect();
    assert_eq!(found(&format!("<View{attributes}/>")), ["1:2 no_controls", "1:6 too_many_attributes"]);
}

#[test]
fn a_hundred_problems_are_enough() {
    let problems = parse(&format!("<View>{}</View>", "<Nothing/>".repeat(1000))).problems;
    assert_eq!(problems.len(), MAX_PROBLEMS + 1);
    assert_eq!(problems[MAX_PROBLEMS].code, "more_problems");
    assert_eq!(problems[MAX_PROBLEMS].severity, Severity::Warning);
}

/// Large texts of every shape that could make a step quadratic. The bound is far above what linear work needs even on
/// a busy machine without optimisation, and far below what quadratic work would take.
#[test]
fn large_texts_of_any_shape_are_read_quickly() {
    let fill = |piece: &str| format!("<View>{}</View>", piece.repeat((MAX_BYTES - 20) / piece.len()));
    let shapes = [
        fill("<a></b>"),
        fill("</View>"),
        fill("&"),
        fill("&amp;"),
        fill("x<!---->"),
        fill("<![CDATA[x]]>"),
        fill("\n<Label value='x' hotkey='1'/>"),
        fill("<Choices name='a' toName='b'/>"),
        fill("<Repeater on='$a'/>"),
        fill("<"),
        fill("'"),
        format!("<View {}/>", "a='1' ".repeat(MAX_BYTES / 7)),
        format!("<View style='{}'/>", "$a ".repeat(MAX_BYTES / 4)),
        format!("<View><Pairwise name='p' toName='{}'/></View>", "a,".repeat(MAX_BYTES / 3)),
        format!("<{}>{}", "a".repeat(MAX_BYTES / 2), "</b>".repeat(MAX_BYTES / 8)),
        (0..17_000).fold("<View>".to_owned(), |xml, n| xml + &format!("<Text name='t{n}' value='$f{n}'/>")) + "</View>",
        (0..9_000).fold("<View>".to_owned(), |xml, n| {
            xml + &format!("<Text name='t{n}' value='$f{n}'/><Rating name='r{n}' toName='t{}' visibleWhen='choice-selected' whenChoiceValue='q{n}'/>", n + 1)
        }) + "</View>",
    ];
    for xml in shapes {
        let start = Instant::now();
        let parsed = parse(&xml);
        if let Some(config) = &parsed.config {
            std::hint::black_box(hash(&config.to_parsed_json()));
            std::hint::black_box(check_task(config, &serde_json::Map::new()));
            std::hint::black_box(config.fields());
        }
        let start_of_text: String = xml.chars().take(40).collect();
        assert!(start.elapsed() < Duration::from_secs(20), "{start_of_text}… took {:?}", start.elapsed());
    }
}

proptest! {
    #[test]
    fn never_panics_on_any_text(xml in any::<String>()) {
        std::hint::black_box(parse(&xml));
    }

    #[test]
    fn never_panics_on_anything_that_looks_like_xml(
        pieces in proptest::collection::vec(
            prop_oneof![
                Just("<View>".to_owned()), Just("</View>".to_owned()), Just("<".to_owned()), Just(">".to_owned()),
                Just("/>".to_owned()), Just("</".to_owned()), Just("\"".to_owned()), Just("'".to_owned()), Just("=".to_owned()), Just("&".to_owned()),
                Just("<!--".to_owned()), Just("-->".to_owned()), Just("<![CDATA[".to_owned()), Just("]]>".to_owned()),
                Just("<?".to_owned()), Just("<!".to_owned()), Just(" name='é'".to_owned()), Just(" value=\"$日.本[0]\"".to_owned()),
                Just("<Image".to_owned()), Just("<Choices name='c' toName='c'>".to_owned()), Just("<Choice".to_owned()), Just("\r\n".to_owned()),
                Just("<Repeater on='$a'>".to_owned()), Just("\u{feff}".to_owned()), any::<char>().prop_map(String::from),
            ],
            0..40,
        ),
        task in proptest::collection::btree_map("[a-z日]{1,2}", any::<i32>().prop_map(Value::from), 0..4),
    ) {
        let xml = pieces.concat();
        let parsed = parse(&xml);
        let lines = u32::try_from(xml.lines().count()).unwrap() + 1;
        for problem in &parsed.problems {
            prop_assert!(problem.at <= problem.end && problem.end.line <= lines, "{problem:?}");
        }
        prop_assert_eq!(&read(&xml), &parsed.config);
        if let Some(config) = parsed.config {
            prop_assert_eq!(hash(&config.to_parsed_json()), hash(&config.to_parsed_json()));
            std::hint::black_box(check_task(&config, &task.into_iter().collect()));
            let json = serde_json::to_string(&config).unwrap();
            prop_assert_eq!(serde_json::from_str::<LabelConfig>(&json).unwrap(), config);
        }
    }
}
