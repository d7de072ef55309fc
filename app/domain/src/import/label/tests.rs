use serde_json::json;

use super::{yolo::DataSet, *};
use crate::{
    import::{Row, open_for},
    label_config::parse,
};

fn target(labels_as: LabelsAs) -> Target {
    let xml = r#"<View><Image name="img" value="$picture"/><Text name="t" value="$words"/>
        <RectangleLabels name="box" toName="img"><Label value="Cat"/></RectangleLabels>
        <KeyPointLabels name="dot" toName="img"><Label value="Nose"/></KeyPointLabels>
        <Labels name="ner" toName="t"><Label value="PER"/></Labels></View>"#;
    Target { config: parse(xml).config.unwrap(), labels_as, has_media: false }
}

fn rows(name: &str, bytes: &[u8]) -> Vec<Row> {
    let rows = open_for(name, bytes, &target(LabelsAs::Predictions)).unwrap().unwrap();
    rows.map(Result::unwrap).collect()
}

fn refused(name: &str, bytes: &[u8]) -> String {
    match open_for(name, bytes, &target(LabelsAs::Predictions)).unwrap() {
        Err(error) => error.code.into_owned(),
        Ok(_) => panic!("{name} was read"),
    }
}

fn coco(annotation: &Value) -> Vec<u8> {
    let image = json!({"id": 1, "file_name": "a.jpg", "width": 4, "height": 3});
    json!({"images": [image, {"id": 2, "file_name": "b.jpg"}], "categories": [{"id": 7, "name": "Cat", "keypoints": ["Nose"]}], "annotations": [annotation]})
        .to_string()
        .into_bytes()
}

#[test]
fn labels_become_proposals_or_work_of_the_controls_there_are() {
    let bytes = coco(&json!({"image_id": 1, "category_id": 7, "bbox": [1, 1, 2, 1], "score": 0.5}));
    let found = rows("coco.json", &bytes);
    assert_eq!(found.len(), 2);
    let task = found[0].outcome.as_ref().unwrap();
    assert_eq!(task.data["picture"], "a.jpg");
    let prediction = &task.predictions[0];
    assert_eq!(prediction.score, Some(0.5));
    let item = Value::from(prediction.result[0].clone());
    assert_eq!(
        (&item["from_name"], &item["to_name"], &item["type"]),
        (&json!("box"), &json!("img"), &json!("rectanglelabels"))
    );
    assert_eq!((&item["value"]["x"], &item["value"]["rectanglelabels"]), (&json!(25.0), &json!(["Cat"])));
    // Nothing is proposed where there is nothing.
    assert!(found[1].outcome.as_ref().unwrap().predictions.is_empty());
    let rows = open_for("x.json", &bytes[..], &target(LabelsAs::Annotations)).unwrap().unwrap();
    let tasks: Vec<NewTask> = rows.map(|row| row.unwrap().outcome.unwrap()).collect();
    assert_eq!((tasks[0].annotations.len(), tasks[1].annotations.len()), (1, 1));
}

#[test]
fn what_is_wrong_with_coco_costs_its_image() {
    for (annotation, says) in [
        (json!({"image_id": 2, "category_id": 7, "bbox": [1, 1, 2, 1]}), "how large"),
        (json!({"image_id": 1, "category_id": 9, "bbox": [1, 1, 2, 1]}), "unknown category"),
        (json!({"image_id": 1, "category_id": 7}), "neither a box"),
        (json!({"image_id": 1, "category_id": 7, "segmentation": {"counts": [1, 2], "size": [3, 4]}}), "mask"),
        (json!({"image_id": 1, "category_id": 7, "segmentation": {"counts": [u64::MAX, 2], "size": [3, 4]}}), "mask"),
        (json!({"image_id": 1, "category_id": 7, "segmentation": {"counts": "~~~~", "size": [3, 4]}}), "mask"),
        (json!({"image_id": 1, "category_id": 7, "segmentation": [[1, 2]]}), "three points"),
        (json!({"image_id": "x"}), "1 annotations"),
    ] {
        let found = rows("coco.json", &coco(&annotation));
        let reasons: Vec<&str> =
            found.iter().filter_map(|row| row.outcome.as_ref().err()).map(|error| error.reason.as_str()).collect();
        assert!(reasons.len() == 1 && reasons[0].contains(says), "{annotation}: {reasons:?}");
    }
    assert_eq!(refused("a.json", br#"{"images": [{"id": 1, "file_name": "a"}"#), "coco_malformed");
    assert_eq!(refused("a.json", br#"{"images": {"id": 1, "file_name": "a"}}"#), "coco_malformed");
}

#[test]
fn packed_masks_are_those_of_pycocotools() {
    // mask.encode of a 3 × 4 picture with the two middle pixels of the second row painted: runs 4, 1, 2, 1, 4.
    let packed = json!({"image_id": 1, "category_id": 7, "segmentation": {"counts": PACKED, "size": [3, 4]}});
    let found = rows("coco.json", &coco(&packed));
    let item = &found[0].outcome.as_ref().unwrap().predictions[0].result[0];
    let region = Region::from_item(item, None).unwrap().unwrap();
    let Shape::Mask(mask) = region.shape else { panic!("{item:?}") };
    assert_eq!(mask.runs(), [5, 2, 5]);
}

const PACKED: &str = "41202";

#[test]
fn voc_reads_what_others_write() {
    let xml = br#"<?xml version="1.0"?>
        <annotation verified="yes"><filename>a.jpg</filename><size><width>100</width><height>50</height><depth>3</depth></size>
        <object><name>Cat &amp; &#68;og</name><part><name>ear</name><bndbox><xmin>0</xmin></bndbox></part>
        <bndbox><ymin>10.5</ymin><xmin>10</xmin><xmax>30</xmax><ymax>20</ymax></bndbox></object></annotation>"#;
    let found = rows("a.xml", xml);
    let item = Value::from(found[0].outcome.as_ref().unwrap().predictions[0].result[0].clone());
    assert_eq!(item["value"]["rectanglelabels"], json!(["Cat & Dog"]));
    assert_eq!(
        (&item["value"]["x"], &item["value"]["y"], &item["value"]["height"]),
        (&json!(10.0), &json!(21.0), &json!(19.0))
    );
    for (xml, says) in [
        ("<annotation><filename>a</filename>", "ends before"),
        ("<annotation></annotation>", "names no image"),
        ("<annotation><filename>a</filename><object><name>x</name></object></annotation>", "how large"),
        (
            "<annotation><filename>a</filename><size><width>9</width><height>9</height></size><object><name>x</name></object></annotation>",
            "has no box",
        ),
        ("<annotation><filename>&boom;</filename></annotation>", "entity"),
    ] {
        let error = rows("a.xml", xml.as_bytes())[0].outcome.clone().unwrap_err();
        assert!(error.reason.contains(says), "{xml}: {}", error.reason);
    }
    let deep = "<annotation>".repeat(1000);
    assert!(rows("a.xml", deep.as_bytes())[0].outcome.clone().unwrap_err().reason.contains("deeper"));
    assert_eq!(refused("a.xml", b"<html></html>"), "import_not_voc");
}

#[test]
fn conll_reads_what_others_write() {
    let texts = |bytes: &str| -> Vec<(String, Vec<String>)> {
        let found = rows("a.conll", bytes.as_bytes());
        found
            .into_iter()
            .map(|row| {
                let task = row.outcome.unwrap();
                let items = task.predictions.iter().flat_map(|prediction| &prediction.result);
                let span = |item: &ResultItem| {
                    let value = item.value().unwrap();
                    format!("{}={}", value["text"].as_str().unwrap(), value["labels"][0].as_str().unwrap())
                };
                (task.data["words"].as_str().unwrap().to_owned(), items.map(span).collect())
            })
            .collect()
    };
    let said =
        |text: &str, spans: &[&str]| (text.to_owned(), spans.iter().map(|span| (*span).to_owned()).collect::<Vec<_>>());
    // CoNLL 2003 as published: four columns, sentences within documents.
    let published = "-DOCSTART- -X- -X- O\n\nEU NNP B-NP B-ORG\nrejects VBZ B-VP O\n\nPeter NNP B-NP B-PER\nBlackburn NNP I-NP I-PER\n\n-DOCSTART- -X- -X- O\n\nA B C O\n";
    assert_eq!(
        texts(published),
        [said("EU rejects\nPeter Blackburn", &["EU=ORG", "Peter Blackburn=PER"]), said("A", &[])]
    );
    // Label Studio: one head, then a document per block.
    let theirs = "-DOCSTART- -X- O\nAda -X- _ B-PER\nL -X- _ I-PER\n\nBob -X- _ B-PER\n\n";
    assert_eq!(texts(theirs), [said("Ada L", &["Ada L=PER"]), said("Bob", &["Bob=PER"])]);
    // Two columns, no head, other ways to tag, and a piece right behind another one.
    let plain = "Ada\tS-PER\nBob\tB-PER\nC\tE-PER\nD I-LOC\nE I-PER\nF B-PER\n\r\n\nG O\n";
    assert_eq!(
        texts(plain),
        [said("Ada Bob C D E F", &["Ada=PER", "Bob C=PER", "D=LOC", "E=PER", "F=PER"]), said("G", &[])]
    );
    let broken = rows("a.conll", b"Ada O\n\xff O\n\nBob O\n");
    assert!(broken[0].outcome.is_err() && broken[1].outcome.is_ok());
}

#[test]
fn yolo_reads_what_others_write() {
    let mut set = DataSet::default();
    set.read_yaml("path: ../x\nkpt_shape: [1, 3]\nnc: 2\n\nnames:\n  0: Cat\n  2: 'It''s'\n# end\ntrain: images\n");
    assert_eq!(
        (set.names.as_slice(), set.key_points),
        (&["Cat".to_owned(), String::new(), "It's".to_owned()][..], Some((1, 3)))
    );
    let mut list = DataSet::default();
    list.read_yaml("names: [Cat, \"Dog\"]  # two\n");
    assert_eq!(list.names, ["Cat", "Dog"]);
    list.read_yaml("names:\n- A\n- B\nnc: 2");
    assert_eq!(list.names, ["A", "B"]);
    let mut huge = DataSet::default();
    huge.read_yaml("names:\n  99999999999: A\n  999999: B\n");
    assert!(huge.names.is_empty());

    let size = ImageSize::new(100.0, 50.0);
    let read = |text: &str| {
        let task = set.task("a.jpg", Some(text), size, &target(LabelsAs::Predictions)).map_err(|error| error.reason)?;
        let items: Vec<Value> = task.predictions.into_iter().flat_map(|p| p.result).map(Value::from).collect();
        Ok::<_, String>(items)
    };
    let items = read("0 0.5 0.5 0.2 0.4\n\n1 0.5 0.5 0.2 0.4 0.9\n2 0.5 0.5 0.2 0.4 0.5 0.6 2\n").unwrap();
    let labels: Vec<&str> =
        items.iter().map(|item| item["value"]["rectanglelabels"][0].as_str().unwrap_or("-")).collect();
    assert_eq!(labels, ["Cat", "class 1", "It's", "-"]);
    assert_eq!((&items[0]["value"]["x"], &items[1]["score"]), (&json!(40.0), &json!(0.9)));
    assert_eq!((&items[3]["value"]["keypointlabels"], &items[3]["parentID"]), (&json!(["Nose"]), &items[2]["id"]));
    // Four corners at right angles are a box where boxes are asked for.
    assert_eq!(read("0 0.1 0.1 0.3 0.1 0.3 0.5 0.1 0.5").unwrap()[0]["type"], "rectanglelabels");
    assert_eq!(read("0 0.1 0.1 0.3 0.1 0.4 0.5 0.1 0.5").unwrap()[0]["type"], "polygonlabels");
    for (text, says) in [
        ("x 1 2 3 4", "Line 1: A line begins"),
        ("0 0.1 nan 0.2 0.1", "Line 1: Only numbers"),
        ("0 0.1 0.1 0.2 0.1\n0 1 2 3", "Line 2: A box has four"),
    ] {
        assert!(read(text).unwrap_err().starts_with(says), "{text}: {:?}", read(text));
    }
    assert!(set.task("a.jpg", Some("0 1 1 1 1"), None, &target(LabelsAs::Predictions)).is_err());
    assert!(set.task("a.jpg", None, None, &target(LabelsAs::Annotations)).unwrap().annotations.is_empty());
}

#[test]
fn broken_tables_are_refused() {
    assert_eq!(refused("a.parquet", b"PAR1PAR1"), "parquet_malformed");
    assert_eq!(refused("a.parquet", b"PAR1\0\0\0\0\xff\xff\xff\x7fPAR1"), "parquet_malformed");
    assert_eq!(refused("a.parquet", b"a,b\n1,2"), "import_not_parquet");
}
