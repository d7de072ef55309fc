//! Documents: boxes on their pages, and what is written there.

use std::collections::BTreeMap;

use domain::label_config::{LabelConfig, page_name, read};
use domain::media::pdf::Word;

use super::*;

fn config(inside: &str) -> LabelConfig {
    let xml = format!("<View><Pdf name='doc' value='$pdf'/>{inside}</View>");
    read(&xml).unwrap().for_task(json!({"pdf": "/a.pdf"}).as_object().unwrap())
}

fn ocr() -> LabelConfig {
    config(
        "<OcrLabels name='ocr' toName='doc'><Label value='Sum'/><Label value='Date'/></OcrLabels>\
        <Choices name='kind' toName='doc' perRegion='true'><Choice value='Sure'/></Choices>",
    )
}

fn sizes() -> BTreeMap<String, ImageSize> {
    (0..3).map(|page| (page_name("doc", page), ImageSize::new(600.0, 400.0).unwrap())).collect()
}

fn words() -> std::sync::Arc<[Word]> {
    let word = |text: &str, x: f64| Word { text: text.to_owned(), x, y: 0.25, width: 0.1, height: 0.05 };
    [word("Total", 0.1), word("42", 0.3), word("euros", 0.5)].into()
}

fn on_page(id: &str, page: u64) -> Value {
    json!({"id": id, "from_name": "ocr", "to_name": "doc", "type": "ocrlabels", "value": {
        "x": 0.1, "y": 0.2, "width": 0.333, "height": 0.1, "rotation": 0, "pageIndex": page, "ocrtext": "Their own",
        "ocrlabels": ["Sum"], "unknown": 1}})
}

fn editor(config: &LabelConfig, results: Value) -> TestEditor {
    let mut editor = TestEditor::with(config, results);
    editor.editor.measure(&sizes());
    editor
}

#[test]
fn what_is_drawn_on_a_page_says_which_and_what_is_written_there() {
    let (first, second) = (page_name("doc", 0), page_name("doc", 1));
    let mut editor = editor(&ocr(), json!([]));
    assert_eq!(editor.editor.active(), first);
    let _ = editor.editor.set_words(&second, words());
    let _ = editor.editor.turn_to(&second);
    editor.on(&second).tool(BOX).drag((30.0, 80.0), (240.0, 140.0));
    editor.regions_are(&["Sum on 2 30,80 210x60 Total 42"]);
    let results = editor.editor.results();
    let item = &results[0].0;
    assert_eq!((item["type"].as_str(), item["to_name"].as_str()), (Some("ocrlabels"), Some("doc")));
    assert_eq!((item.get("item_index"), item.get("image_rotation")), (None, None));
    assert_eq!(
        item["value"],
        json!({"x": 0.05, "y": 0.2, "width": 0.35, "height": 0.15, "rotation": 0, "pageIndex": 2, "ocrtext": "Total 42",
            "ocrlabels": ["Sum"]})
    );
    // Read again where it is moved to, as one step with the move.
    editor.tool(ToolKind::Select).drag((100.0, 100.0), (220.0, 100.0));
    editor.regions_are(&["Sum on 2 150,80 210x60 42 euros"]);
    editor.command(Command::Undo).regions_are(&["Sum on 2 30,80 210x60 Total 42"]);
    // Its corners, keys and copies do the same.
    editor.tool(ToolKind::Select).drag((240.0, 140.0), (120.0, 140.0));
    editor.regions_are(&["Sum on 2 30,80 90x60 Total"]);
    editor.command(Command::Undo);
    // A copy on another page is read there, once its words are known.
    editor.command(Command::Copy);
    let _ = editor.editor.turn_to(&first);
    let _ = editor.editor.set_words(&first, words()[1..].into());
    editor.command(Command::Paste);
    editor.regions_are(&["Sum on 2 30,80 210x60 Total 42", "Sum on 1 30,80 210x60 42"]);
    editor.command(Command::Undo).command(Command::Undo).regions_are(&[]);
}

#[test]
fn what_people_write_stays_theirs() {
    let name = page_name("doc", 0);
    let mut editor = editor(&ocr(), json!([on_page("a", 1)]));
    let _ = editor.editor.set_words(&name, words());
    let key = editor.editor.document().key_of("a").unwrap();
    editor.on(&name).tool(ToolKind::Select).click(100.0, 100.0).drag((100.0, 100.0), (130.0, 100.0));
    assert_eq!(editor.editor.page_text(key), Some("Their own"));
    for text in ["T", "To", "Toll"] {
        assert!(editor.editor.set_page_text(key, text).changed);
    }
    assert_eq!(editor.editor.results()[0].0["value"]["ocrtext"], json!("Toll"));
    editor.command(Command::Undo);
    assert_eq!(editor.editor.page_text(key), Some("Their own"));
    let _ = editor.editor.set_page_text(key, "");
    assert_eq!(editor.editor.results()[0].0["value"].get("ocrtext"), None);
    // Too long a text is cut; a region that is no box on a page has none.
    let _ = editor.editor.set_page_text(key, &"x".repeat(2 * MAX_PAGE_TEXT_CHARS));
    assert_eq!(editor.editor.page_text(key).map(str::len), Some(MAX_PAGE_TEXT_CHARS));
}

#[test]
fn results_on_pages_come_back_as_they_were() {
    let about = json!({"id": "a", "from_name": "kind", "to_name": "doc", "type": "choices", "value": {
        "x": 0.1, "y": 0.2, "width": 0.333, "height": 0.1, "rotation": 0, "pageIndex": 2, "ocrtext": "Their own",
        "choices": ["Sure"]}});
    let percent = json!({"id": "p", "from_name": "ocr", "to_name": "doc", "type": "ocrlabels",
        "value": {"x": 10, "y": 20.5, "width": 30, "height": 5, "ocrlabels": ["Date"]}});
    // Pages are counted from 1, and only so many are shown.
    let results = json!([on_page("a", 2), about, percent, on_page("z", 0), on_page("y", 101)]);
    let mut editor = editor(&ocr(), results.clone());
    assert_eq!(editor.editor.document().len(), 2);
    assert_eq!(serde_json::to_string(&editor.editor.results()).unwrap(), serde_json::to_string(&results).unwrap());
    let name = page_name("doc", 1);
    let _ = editor.editor.turn_to(&name);
    editor.on(&name).tool(ToolKind::Select).click(100.0, 100.0).drag((100.0, 100.0), (160.0, 100.0));
    let after = editor.editor.results();
    assert_eq!(after[0].0["value"]["x"], json!(0.2));
    assert_eq!((&after[0].0["value"]["width"], &after[0].0["value"]["unknown"]), (&json!(0.333), &json!(1)));
    // What is answered about it goes with it; the others are untouched.
    assert_eq!(after[1].0["value"]["x"], json!(0.2));
    assert_eq!(serde_json::to_value(&after[2..]).unwrap(), json!(results.as_array().unwrap()[2..]));
}

#[test]
fn words_that_come_late_are_taken_in() {
    let name = page_name("doc", 0);
    let mut editor = editor(&ocr(), json!([on_page("a", 1)]));
    editor.on(&name).tool(BOX).drag((240.0, 80.0), (420.0, 140.0));
    editor.regions_are(&["Sum on 1 60,80 199.8x40 Their own", "Sum on 1 240,80 180x60 -"]);
    assert!(editor.editor.set_words(&name, words()).changed);
    editor.regions_are(&["Sum on 1 60,80 199.8x40 Their own", "Sum on 1 240,80 180x60 euros"]);
}

#[test]
fn plain_labels_draw_on_pages_too_and_ocr_labels_on_images() {
    let mut editor = editor(&config("<Labels name='tag' toName='doc'><Label value='A'/></Labels>"), json!([]));
    editor.on(&page_name("doc", 0)).tool(BOX).drag((60.0, 40.0), (120.0, 80.0));
    let results = editor.editor.results();
    assert_eq!((results[0].item_type(), results[0].from_name()), ("labels", "tag"));
    assert_eq!(results[0].0["value"]["pageIndex"], json!(1));
    let again = TestEditor::with(editor.editor.config(), serde_json::to_value(&results).unwrap());
    assert_eq!(again.editor.document().len(), 1);

    let xml = "<View><Image name='img' value='$i'/><OcrLabels name='ocr' toName='img'><Label value='A'/></OcrLabels>\
        <RectangleLabels name='box' toName='img'><Label value='B'/></RectangleLabels></View>";
    let mut editor = TestEditor::with(&read(xml).unwrap(), json!([]));
    editor.tool(BOX).drag((60.0, 40.0), (120.0, 80.0));
    let item = editor.editor.results()[0].0.clone();
    assert_eq!((item["type"].as_str(), &item["value"]["x"]), (Some("ocrlabels"), &json!(0.1)));
    // One cannot become the other: they are stored differently.
    let before = editor.regions();
    let _ = editor.editor.pick_label("box", "B");
    let _ = editor.editor.select(editor.editor.document().marks().map(|(key, _)| key).collect());
    let _ = editor.editor.pick_label("box", "B");
    assert_eq!(editor.regions(), before);
}

#[test]
fn a_turned_box_may_be_longer_than_its_page_is_broad() {
    let sizes: BTreeMap<String, ImageSize> =
        [(page_name("doc", 0), ImageSize::new(300.0, 400.0).unwrap())].into_iter().collect();
    let mut item = on_page("a", 1);
    item["value"] =
        json!({"x": 0.5, "y": 0.1, "width": 0.5, "height": 0.1, "rotation": 90, "pageIndex": 1, "ocrlabels": []});
    let open = |item: Value| {
        let mut editor = TestEditor::with(&ocr(), json!([item]));
        editor.editor.measure(&sizes);
        editor
    };
    let mut editor = open(item);
    let key = editor.editor.document().key_of("a").unwrap();
    let shape = editor.editor.document().mark(key).unwrap().region.shape.clone();
    let long = shape.with_box(domain::region::RotatedRect { width: 330.0, ..shape.as_box().unwrap() });
    editor.editor.apply(Edit::Reshape(key, long.clone()));
    let written = serde_json::to_value(&editor.editor.results()[0]).unwrap();
    let again = open(written);
    let read = &again.editor.document().marks().next().unwrap().1.region.shape;
    let (read, long) = (read.as_box().unwrap(), long.as_box().unwrap());
    assert!((read.width - long.width).abs() < 1e-6 && (read.x - long.x).abs() < 1e-6, "{read:?} {long:?}");
}

#[test]
fn a_page_begins_as_the_document_says() {
    let begun = |attributes: &str| {
        let xml = format!("<View><Pdf name='doc' value='$pdf' {attributes}/></View>");
        let config = read(&xml).unwrap().for_task(json!({"pdf": "/a.pdf"}).as_object().unwrap());
        let mut editor = editor(&config, json!([]));
        let page = page_name("doc", 1);
        // The page takes all but 16 pixels on each side.
        let _ = editor.editor.resize_surface(&page, ScreenSize { width: 632.0, height: 432.0 });
        let view = *editor.editor.view(&page).unwrap();
        let top = view.screen_from_image(domain::region::ImagePoint::new(300.0, 0.0));
        // What somebody does then stays.
        let _ = editor.editor.run(Command::ZoomFit);
        let _ = editor.editor.resize_surface(&page, ScreenSize { width: 632.0, height: 432.0 });
        (view.zoom(), view.rotation(), top)
    };
    let upright = |x: f64, y: f64| ScreenPoint::new(x, y);
    assert_eq!(begun(""), (1.0, 0.0, upright(316.0, 16.0)));
    assert_eq!(begun("zoom='2'"), (2.0, 0.0, upright(316.0, 16.0)), "its top stays where it was");
    for odd in ["zoom='true' rotate='45'", "zoom='0' rotate='left'", "zoom='1000' rotate='NaN'"] {
        assert_eq!(begun(odd), (1.0, 0.0, upright(316.0, 16.0)), "{odd}");
    }
    let (zoom, rotation, top) = begun("rotate='-90'");
    assert!((zoom - 400.0 / 600.0).abs() < 1e-9 && rotation == 270.0);
    assert!(top.x < 316.0 && (top.y - 216.0).abs() < 1e-9, "what was its top is on the left: {top:?}");
}
