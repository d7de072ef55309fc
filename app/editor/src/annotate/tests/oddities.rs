//! What came from elsewhere and is not what it should be.

use super::*;

#[test]
fn what_is_odd_is_told_and_handed_in_as_it_came() {
    let on_image = |id: &str, from: &str, kind: &str, value: Value| {
        json!({"id": id, "from_name": from, "to_name": "img", "type": kind, "original_width": 600,
            "original_height": 400, "image_rotation": 0, "value": value})
    };
    let polygon = |points: Value| json!({"points": points, "closed": true, "polygonlabels": ["Cat"]});
    let config = domain::label_config::parse(
        r#"<View><Image name="img" value="$image"/>
        <RectangleLabels name="box" toName="img"><Label value="Cat"/></RectangleLabels>
        <PolygonLabels name="shape" toName="img"><Label value="Cat"/></PolygonLabels>
        <BrushLabels name="paint" toName="img"><Label value="Cat"/></BrushLabels></View>"#,
    )
    .config
    .unwrap();
    let results = json!([
        on_image(
            "in",
            "box",
            "rectanglelabels",
            json!({"x": 90, "y": 90, "width": 20, "height": 20, "rectanglelabels": ["Cat"]})
        ),
        on_image(
            "out",
            "box",
            "rectanglelabels",
            json!({"x": 101, "y": 10, "width": 20, "height": 20, "rectanglelabels": ["Cat"]})
        ),
        on_image("two", "shape", "polygonlabels", polygon(json!([[1, 2], [3, 4]]))),
        on_image("three", "shape", "polygonlabels", polygon(json!([[1, 2], [3, 4], [1, 4]]))),
        on_image(
            "rle",
            "paint",
            "brushlabels",
            json!({"format": "rle", "rle": [0, 0, 0, 16, 1, 2, 3], "brushlabels": ["Cat"]})
        ),
        on_image("num", "box", "rectanglelabels", json!({"x": "a"})),
        on_image("gone", "nobody", "rectanglelabels", json!({"x": "a"})),
    ]);
    let editor = TestEditor::with(&config, results.clone()).editor;
    let odd: Vec<_> = editor.document().marks().map(|(key, _)| editor.oddity(key)).collect();
    assert_eq!(odd, [None, Some(Oddity::Outside), Some(Oddity::TooFewPoints), None]);
    let told: Vec<_> = editor.unshown().into_iter().map(|unshown| (unshown.title, unshown.sentence)).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(told[0].0, "Cat");
    assert!(told[0].1.contains("rle") || told[0].1.contains("pixels"), "{told:?}");
    assert_eq!(told[1].0, "rectanglelabels");
    assert_eq!(editor.results(), items(results));
}
