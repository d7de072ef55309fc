//! What the demo people answer, as results.

use domain::{annotation::Desk, result::ResultItem};
use serde_json::{Map, Value, json};

use super::content::{Photo, Phrases};
use crate::Result;

/// Boxes around everything in the photograph. The second person sees the same things with a hand of their own.
pub(super) fn boxes(photos: &[Photo], desk: &Desk, round: usize) -> Result<Vec<ResultItem>> {
    let photo = photo_of(photos, desk)?;
    let hand = if round == 0 { 0.0 } else { 1.0 };
    let items = photo.boxes.iter().enumerate().map(|(index, (label, left, top, width, height))| {
        let x = (left + hand).min(photo.width);
        let y = (top + hand).min(photo.height);
        json!({
            "id": format!("thing-{round}-{index}"),
            "from_name": "things", "to_name": "image", "type": "rectanglelabels", "origin": "manual",
            "original_width": photo.width, "original_height": photo.height, "image_rotation": 0,
            "value": {
                "x": x / photo.width * 100.0,
                "y": y / photo.height * 100.0,
                "width": width.min(photo.width - x) / photo.width * 100.0,
                "height": height.min(photo.height - y) / photo.height * 100.0,
                "rotation": 0, "rectanglelabels": [label],
            },
        })
    });
    read(items.collect())
}

/// Every known phrase of the text's language where it first stands, in characters.
pub(super) fn spans(phrases: &Phrases, desk: &Desk) -> Result<Vec<ResultItem>> {
    let data = data_of(desk)?;
    let text = data.get("text").and_then(Value::as_str).unwrap_or_default();
    let language = data.get("language").and_then(Value::as_str).unwrap_or_default();
    let mut items = Vec::new();
    let mut has_prohibition = false;
    for (label, phrases) in phrases.get(language).into_iter().flatten() {
        for phrase in phrases {
            let Some(at) = text.find(phrase.as_str()) else { continue };
            let start = text[..at].chars().count();
            has_prohibition |= label == "Prohibition";
            items.push(json!({
                "id": format!("span-{}", items.len()),
                "from_name": "spans", "to_name": "text", "type": "labels", "origin": "manual",
                "value": { "start": start, "end": start + phrase.chars().count(), "text": phrase, "labels": [label] },
            }));
        }
    }
    let topic = if has_prohibition { "State" } else { "Person" };
    items.push(json!({
        "id": "topic", "from_name": "topic", "to_name": "text", "type": "choices", "origin": "manual",
        "value": { "choices": [topic] },
    }));
    read(items)
}

/// A sentence, a place and a number of stars.
pub(super) fn caption(photos: &[Photo], desk: &Desk) -> Result<Vec<ResultItem>> {
    let photo = photo_of(photos, desk)?;
    let item = |name: &str, kind: &str, value: Value| json!({ "id": name, "from_name": name, "to_name": "image", "type": kind, "origin": "manual", "value": value });
    read(vec![
        item("caption", "textarea", json!({ "text": [photo.caption] })),
        item("scene", "choices", json!({ "choices": [photo.scene] })),
        item("quality", "rating", json!({ "rating": photo.quality })),
    ])
}

/// What a model would say about scene and quality, and how sure it is. An early one believes that everything is indoors and
/// good; a later one sees where it is and misjudges every third picture.
pub(super) fn guess(photo: &Photo, number: usize, is_later: bool) -> Result<(Vec<ResultItem>, f64)> {
    let item = |name: &str, kind: &str, value: Value| json!({ "id": name, "from_name": name, "to_name": "image", "type": kind, "value": value });
    let (scene, quality, score) = match (is_later, number % 3) {
        (false, turn) => ("Indoors", 4, [0.52, 0.61, 0.48][turn]),
        (true, 0) => (photo.scene.as_str(), photo.quality.saturating_sub(1).max(1), 0.74),
        (true, _) => (photo.scene.as_str(), photo.quality, 0.93),
    };
    let said = vec![
        item("scene", "choices", json!({ "choices": [scene] })),
        item("quality", "rating", json!({ "rating": quality })),
    ];
    Ok((read(said)?, score))
}

fn read(items: Vec<Value>) -> Result<Vec<ResultItem>> {
    let items = items.into_iter().map(serde_json::from_value).collect::<Result<Vec<ResultItem>, _>>();
    Ok(items.map_err(anyhow::Error::new)?)
}

fn data_of(desk: &Desk) -> Result<&Map<String, Value>> {
    match &desk.task {
        Ok(task) => Ok(&task.data),
        Err(reason) => Err(anyhow::anyhow!("no task: {reason:?}").into()),
    }
}

fn photo_of<'a>(photos: &'a [Photo], desk: &Desk) -> Result<&'a Photo> {
    let address = data_of(desk)?.get("image").and_then(Value::as_str).unwrap_or_default();
    let photo = photos.iter().find(|photo| photo.address() == address);
    Ok(photo.ok_or_else(|| anyhow::anyhow!("no photograph at {address}"))?)
}
