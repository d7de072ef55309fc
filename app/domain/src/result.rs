//! The Label Studio result JSON and the regions drawn from it.
//!
//! Invariants:
//! - lossless: a [`ResultItem`] keeps the object as it came, so unknown keys and unknown types survive any round trip;
//! - percent (0 to 100 of the original image) exists only in this file, regions are in image pixels;
//! - a region that was not changed gives back exactly the item it came from, number for number.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::region::{Ellipse, ImagePoint, ImageSize, KeyPoint, Polygon, RotatedRect, Shape, TextSpan};
use crate::{Error, Result};

/// The most points a polygon may have; more is a mask.
pub const MAX_POLYGON_POINTS: usize = 20_000;

/// One item of an annotation's or a prediction's `result` list, exactly as stored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResultItem(pub Map<String, Value>);

impl ResultItem {
    /// An item drawn by hand, not on an image.
    #[must_use]
    pub fn new(id: &str, from_name: &str, to_name: &str, item_type: &str, value: Map<String, Value>) -> Self {
        let mut item = Map::new();
        item.insert("id".to_owned(), id.into());
        item.insert("from_name".to_owned(), from_name.into());
        item.insert("to_name".to_owned(), to_name.into());
        item.insert("type".to_owned(), item_type.into());
        item.insert("origin".to_owned(), "manual".into());
        item.insert("value".to_owned(), value.into());
        Self(item)
    }

    /// The item, when the JSON is an object.
    pub fn from_json(json: Value) -> Result<Self> {
        match json {
            Value::Object(map) => Ok(Self(map)),
            _ => Err(Error::invalid("result", "result_item_not_object", "Each result must be a JSON object.")),
        }
    }

    /// The items of a `result` list.
    pub fn list_from_json(json: Value) -> Result<Vec<Self>> {
        match json {
            Value::Array(items) => items.into_iter().map(Self::from_json).collect(),
            Value::Null => Ok(Vec::new()),
            _ => Err(Error::invalid("result", "result_not_list", "The result must be a JSON list.")),
        }
    }

    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.0.get(key).and_then(Value::as_f64)
    }

    /// The region id; items about the same region share it. Empty where absent.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// The control that made it. Empty where absent.
    #[must_use]
    pub fn from_name(&self) -> &str {
        self.text("from_name")
    }

    /// The object it is about. Empty where absent.
    #[must_use]
    pub fn to_name(&self) -> &str {
        self.text("to_name")
    }

    /// Such as `rectanglelabels`. Empty where absent.
    #[must_use]
    pub fn item_type(&self) -> &str {
        self.text("type")
    }

    /// The answer itself; relations have none.
    #[must_use]
    pub fn value(&self) -> Option<&Map<String, Value>> {
        self.0.get("value").and_then(Value::as_object)
    }

    /// `manual`, `prediction` or `prediction-changed`.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.0.get("origin").and_then(Value::as_str)
    }

    /// A model's confidence.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        self.number("score")
    }

    /// The region this one is part of.
    #[must_use]
    pub fn parent_id(&self) -> Option<&str> {
        self.0.get("parentID").and_then(Value::as_str)
    }

    /// Which image of a list it is on, from 0.
    #[must_use]
    pub fn item_index(&self) -> Option<u64> {
        self.0.get("item_index").and_then(Value::as_u64)
    }

    /// Whether people may change it.
    #[must_use]
    pub fn is_readonly(&self) -> bool {
        self.0.get("readonly").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Whether it is hidden on the surface.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.0.get("hidden").and_then(Value::as_bool).unwrap_or(false)
    }

    /// The size of the original image, when the item carries one that is possible.
    #[must_use]
    pub fn original_size(&self) -> Option<ImageSize> {
        ImageSize::new(self.number("original_width")?, self.number("original_height")?)
    }

    /// The labels given, for every type that keeps them in `value[type]` as a list of strings.
    #[must_use]
    pub fn labels(&self) -> Vec<&str> {
        self.labels_key()
            .and_then(|key| self.value()?.get(key)?.as_array())
            .map(|labels| labels.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }

    /// The key in `value` that holds the labels: the type itself for every `…labels` type, `None` otherwise.
    #[must_use]
    pub fn labels_key(&self) -> Option<&str> {
        let item_type = self.item_type();
        item_type.ends_with("labels").then_some(item_type)
    }

    /// What a `choices` item chose; a nested choice is the path to it, each step in order.
    #[must_use]
    pub fn choices(&self) -> Vec<Vec<&str>> {
        self.value()
            .and_then(|value| value.get("choices")?.as_array())
            .map(|choices| {
                choices
                    .iter()
                    .filter_map(|choice| match choice {
                        Value::String(one) => Some(vec![one.as_str()]),
                        Value::Array(path) => Some(path.iter().filter_map(Value::as_str).collect()),
                        _ => None,
                    })
                    .collect()
            })
            .unwrap_or_default()
    }

    /// The number of a `rating` or `number` item.
    #[must_use]
    pub fn number_value(&self) -> Option<f64> {
        self.value()?.get(self.item_type())?.as_f64()
    }

    /// The lines of a `textarea` item; older ones keep a bare string.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self.value().and_then(|value| value.get("text")) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

impl From<ResultItem> for Value {
    fn from(item: ResultItem) -> Self {
        Self::Object(item.0)
    }
}

/// One region: a shape with its labels and the item it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Shared by all items about this region.
    pub id: String,
    /// The control that made it.
    pub from_name: String,
    /// The object it is on.
    pub to_name: String,
    /// Such as `rectanglelabels`.
    pub item_type: String,
    /// In image pixels, or code points of a text.
    pub shape: Shape,
    /// In the order given.
    pub labels: Vec<String>,
    /// The original image; `None` on texts.
    pub size: Option<ImageSize>,
    /// The item as it came; `None` for a region drawn just now.
    pub source: Option<ResultItem>,
}

impl Region {
    /// The region an item describes; `Ok(None)` when the item is not a region this module understands (it is then
    /// carried through as it is). `size` is used where the item does not carry the size of its image.
    ///
    /// # Errors
    /// The item claims to be a region but its numbers are missing, not finite or without an image size.
    pub fn from_item(item: &ResultItem, size: Option<ImageSize>) -> Result<Option<Self>> {
        Self::read(item, item.original_size().or(size))
    }

    /// The same for an image whose real size is known: percents are of that image, whatever size the item claims.
    ///
    /// # Errors
    /// As [`Region::from_item`].
    pub fn on_image(item: &ResultItem, size: ImageSize) -> Result<Option<Self>> {
        Self::read(item, Some(size))
    }

    fn read(item: &ResultItem, size: Option<ImageSize>) -> Result<Option<Self>> {
        let Some(value) = item.value() else { return Ok(None) };
        let Some(kind) = geometry_kind(item.item_type(), value) else { return Ok(None) };
        let shape = match kind {
            GeometryKind::Text => Shape::Text(read_span(value)?),
            on_image => {
                let Some(size) = size else {
                    return Err(Error::invalid(
                        "original_width",
                        "result_size_missing",
                        "The result does not say how large its image is (original_width, original_height).",
                    ));
                };
                read_shape(on_image, value, size)?
            }
        };
        if !shape.is_finite() {
            return Err(malformed("value"));
        }
        Ok(Some(Self {
            id: item.id().to_owned(),
            from_name: item.from_name().to_owned(),
            to_name: item.to_name().to_owned(),
            item_type: item.item_type().to_owned(),
            labels: item.labels().into_iter().map(str::to_owned).collect(),
            size: if matches!(kind, GeometryKind::Text) { None } else { size },
            shape,
            source: Some(item.clone()),
        }))
    }

    /// The region as it came, before any change.
    fn before(&self) -> Option<Self> {
        self.source.as_ref().and_then(|item| Self::read(item, self.size).ok().flatten())
    }

    /// Whether the shape differs from the item it came from; true for a region drawn just now.
    #[must_use]
    pub fn is_reshaped(&self) -> bool {
        self.before().is_none_or(|before| before.shape != self.shape)
    }

    /// Brings the geometry repeated in another item about this region (its labels, a per-region answer) up to date.
    /// Items that repeat none, and all items while the shape is as it came, are left alone.
    pub fn copy_geometry_to(&self, item: &mut ResultItem) {
        if !self.is_reshaped() {
            return;
        }
        if let Some(Value::Object(value)) = item.0.get_mut("value")
            && ["x", "points", "start"].iter().any(|key| value.contains_key(*key))
        {
            write_shape(&self.shape, self.size, value);
        }
    }

    /// The item to store. What was not changed since [`Region::from_item`] keeps its exact numbers and all unknown
    /// keys; a changed prediction is marked `prediction-changed`.
    #[must_use]
    pub fn to_item(&self) -> ResultItem {
        let before = self.before();
        let mut item = self.source.clone().unwrap_or_else(|| self.blank_item());
        let (same_shape, same_labels, same_names) = match &before {
            Some(b) => (
                b.shape == self.shape,
                b.labels == self.labels && b.item_type == self.item_type,
                b.id == self.id && b.from_name == self.from_name && b.to_name == self.to_name,
            ),
            None => (false, false, false),
        };
        if same_shape && same_labels && same_names && before.as_ref().is_some_and(|b| b.item_type == self.item_type) {
            return item;
        }
        let names =
            [("id", &self.id), ("from_name", &self.from_name), ("to_name", &self.to_name), ("type", &self.item_type)];
        for (key, text) in names {
            item.0.insert(key.to_owned(), text.as_str().into());
        }
        if item.origin() == Some("prediction") && !(same_shape && same_labels) {
            item.0.insert("origin".to_owned(), "prediction-changed".into());
        }
        let mut value = match item.0.get_mut("value").map(Value::take) {
            Some(Value::Object(value)) => value,
            _ => Map::new(),
        };
        if !same_shape {
            if let Some(size) = self.size
                && item.original_size() != Some(size)
            {
                item.0.insert("original_width".to_owned(), whole(size.width));
                item.0.insert("original_height".to_owned(), whole(size.height));
            }
            write_shape(&self.shape, self.size, &mut value);
        }
        if !same_labels {
            if let Some(b) = &before
                && b.item_type != self.item_type
                && b.item_type.ends_with("labels")
            {
                value.remove(&b.item_type);
            }
            if self.item_type.ends_with("labels") {
                value.insert(self.item_type.clone(), self.labels.clone().into());
            }
        }
        item.0.insert("value".to_owned(), value.into());
        item
    }

    fn blank_item(&self) -> ResultItem {
        let mut item = Map::new();
        if let Some(size) = self.size {
            item.insert("original_width".to_owned(), whole(size.width));
            item.insert("original_height".to_owned(), whole(size.height));
            item.insert("image_rotation".to_owned(), 0.into());
        }
        let ResultItem(rest) = ResultItem::new(&self.id, &self.from_name, &self.to_name, &self.item_type, Map::new());
        item.extend(rest);
        ResultItem(item)
    }

    /// Whether both the shape and the labels are as they came.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.source.as_ref().is_some_and(|item| self.to_item() == *item)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum GeometryKind {
    Rect,
    Ellipse,
    Polygon,
    KeyPoint,
    Text,
}

/// Which geometry the item carries. `labels` is used for pairs (`Rectangle` + `Labels`), for texts and for audio, so
/// there the keys decide; audio carries no `text`.
fn geometry_kind(item_type: &str, value: &Map<String, Value>) -> Option<GeometryKind> {
    let has = |key: &str| value.contains_key(key);
    match item_type {
        "rectangle" | "rectanglelabels" => Some(GeometryKind::Rect),
        "ellipse" | "ellipselabels" => Some(GeometryKind::Ellipse),
        "polygon" | "polygonlabels" => Some(GeometryKind::Polygon),
        "keypoint" | "keypointlabels" => Some(GeometryKind::KeyPoint),
        "labels" if has("start") && has("end") => (is_text_span(value)).then_some(GeometryKind::Text),
        "labels" if has("points") => Some(GeometryKind::Polygon),
        "labels" if has("radiusX") => Some(GeometryKind::Ellipse),
        "labels" if has("x") && has("y") && has("height") => Some(GeometryKind::Rect),
        "labels" if has("x") && has("y") => Some(GeometryKind::KeyPoint),
        _ => None,
    }
}

/// Spans of plain text have whole offsets; seconds of audio come with a channel, hypertext with paths.
fn is_text_span(value: &Map<String, Value>) -> bool {
    !value.contains_key("channel")
        && !value.contains_key("startOffset")
        && offset(value, "start").is_some()
        && offset(value, "end").is_some()
}

/// A whole offset; some tools write it as `7.0` or `"7"`.
fn offset(value: &Map<String, Value>, key: &str) -> Option<usize> {
    match value.get(key)? {
        Value::Number(number) => match number.as_u64() {
            Some(n) => usize::try_from(n).ok(),
            None => number.as_f64().filter(|f| f.fract() == 0.0 && (0.0..=9e15).contains(f)).and_then(|f| {
                // Checked above to be whole, not negative and exactly representable.
                format!("{f:.0}").parse().ok()
            }),
        },
        Value::String(digits) => digits.parse().ok(),
        _ => None,
    }
}

fn read_span(value: &Map<String, Value>) -> Result<TextSpan> {
    let start = offset(value, "start").ok_or_else(|| malformed("start"))?;
    let end = offset(value, "end").ok_or_else(|| malformed("end"))?;
    if end < start {
        return Err(malformed("end"));
    }
    let text = value.get("text").and_then(Value::as_str).unwrap_or_default().to_owned();
    Ok(TextSpan { start, end, text })
}

fn read_shape(kind: GeometryKind, value: &Map<String, Value>, size: ImageSize) -> Result<Shape> {
    let number = |key: &'static str| value.get(key).and_then(Value::as_f64).ok_or_else(|| malformed(key));
    let optional = |key: &'static str| value.get(key).and_then(Value::as_f64).unwrap_or(0.0);
    let across = |percent: f64| percent * size.width / 100.0;
    let down = |percent: f64| percent * size.height / 100.0;
    Ok(match kind {
        GeometryKind::Rect => Shape::Rect(RotatedRect {
            x: across(number("x")?),
            y: down(number("y")?),
            width: across(number("width")?),
            height: down(number("height")?),
            rotation: optional("rotation"),
        }),
        GeometryKind::Ellipse => Shape::Ellipse(Ellipse {
            x: across(number("x")?),
            y: down(number("y")?),
            radius_x: across(number("radiusX")?),
            radius_y: down(number("radiusY")?),
            rotation: optional("rotation"),
        }),
        GeometryKind::KeyPoint => Shape::KeyPoint(KeyPoint {
            x: across(number("x")?),
            y: down(number("y")?),
            width: across(optional("width")),
        }),
        GeometryKind::Polygon => {
            let points = value.get("points").and_then(Value::as_array).ok_or_else(|| malformed("points"))?;
            if points.len() > MAX_POLYGON_POINTS {
                return Err(Error::invalid(
                    "points",
                    "polygon_too_long",
                    format!("A polygon may have {MAX_POLYGON_POINTS} points at most."),
                ));
            }
            let points = points
                .iter()
                .map(|point| match point.as_array().map(Vec::as_slice) {
                    Some([x, y]) => Some(ImagePoint::new(across(x.as_f64()?), down(y.as_f64()?))),
                    _ => None,
                })
                .collect::<Option<Vec<_>>>()
                .ok_or_else(|| malformed("points"))?;
            let closed = value.get("closed").and_then(Value::as_bool).unwrap_or(true);
            Shape::Polygon(Polygon { points, closed })
        }
        GeometryKind::Text => Shape::Text(read_span(value)?),
    })
}

/// Writes the geometry's own keys and leaves all others. A shape on an image without a size cannot exist: readers
/// demand one and the editor draws on a loaded image.
fn write_shape(shape: &Shape, size: Option<ImageSize>, value: &mut Map<String, Value>) {
    let size = size.unwrap_or(ImageSize { width: 100.0, height: 100.0 });
    let across = |pixels: f64| Value::from(pixels * 100.0 / size.width);
    let down = |pixels: f64| Value::from(pixels * 100.0 / size.height);
    let mut put = |key: &str, to: Value| {
        value.insert(key.to_owned(), to);
    };
    match shape {
        Shape::Rect(rect) => {
            put("x", across(rect.x));
            put("y", down(rect.y));
            put("width", across(rect.width));
            put("height", down(rect.height));
            put("rotation", whole(rect.rotation));
        }
        Shape::Ellipse(ellipse) => {
            put("x", across(ellipse.x));
            put("y", down(ellipse.y));
            put("radiusX", across(ellipse.radius_x));
            put("radiusY", down(ellipse.radius_y));
            put("rotation", whole(ellipse.rotation));
        }
        Shape::Polygon(polygon) => {
            put("points", polygon.points.iter().map(|p| Value::Array(vec![across(p.x), down(p.y)])).collect());
            put("closed", polygon.closed.into());
        }
        Shape::KeyPoint(key) => {
            put("x", across(key.x));
            put("y", down(key.y));
            put("width", across(key.width));
        }
        Shape::Text(span) => {
            put("start", span.start.into());
            put("end", span.end.into());
            put("text", span.text.as_str().into());
        }
    }
}

/// `640` rather than `640.0` for numbers that are whole.
fn whole(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        // Checked to be whole and exactly representable.
        if let Ok(integer) = format!("{number:.0}").parse::<i64>() {
            return integer.into();
        }
    }
    number.into()
}

fn malformed(field: &'static str) -> Error {
    Error::invalid(field, "result_value_malformed", format!("The result's {field} is missing or not usable."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn item(json: Value) -> ResultItem {
        ResultItem::from_json(json).unwrap()
    }

    fn on_image(item_type: &str, value: Value) -> Value {
        json!({"id": "r1", "from_name": "label", "to_name": "image", "type": item_type, "origin": "manual",
            "original_width": 600, "original_height": 400, "image_rotation": 0, "value": value, "meta": {"text": ["?"]}})
    }

    fn shapes() -> Vec<Value> {
        vec![
            on_image(
                "rectanglelabels",
                json!({"x": 12.5, "y": 33.3, "width": 20, "height": 0.1, "rotation": 15, "rectanglelabels": ["Cat"]}),
            ),
            on_image("rectangle", json!({"x": 1, "y": 2, "width": 3, "height": 4})),
            on_image(
                "ellipselabels",
                json!({"x": 50, "y": 50, "radiusX": 7.7, "radiusY": 3, "rotation": 0, "ellipselabels": ["Cat", "Dog"]}),
            ),
            on_image(
                "polygonlabels",
                json!({"points": [[1, 2], [3.3, 4], [5, 6.6]], "closed": true, "polygonlabels": ["A"]}),
            ),
            on_image(
                "keypointlabels",
                json!({"x": 1.1, "y": 2.2, "width": 0.5, "keypointlabels": ["Eye"], "zz": null}),
            ),
            on_image("labels", json!({"x": 1, "y": 2, "width": 3, "height": 4, "rotation": 0, "labels": ["Cat"]})),
            json!({"id": "t", "from_name": "ner", "to_name": "text", "type": "labels", "score": 0.25,
                "value": {"start": 3, "end": 9, "text": "double", "labels": ["PER"], "extra": {"deep": [1, 2.50]}}}),
        ]
    }

    fn others() -> Vec<Value> {
        vec![
            json!({"from_name": "c", "to_name": "t", "type": "choices", "value": {"choices": ["a", ["b", "c"]]}}),
            json!({"from_name": "r", "to_name": "t", "type": "rating", "value": {"rating": 4}}),
            json!({"from_name": "n", "to_name": "t", "type": "number", "value": {"number": 2.5}}),
            json!({"from_name": "x", "to_name": "t", "type": "textarea", "value": {"text": ["one", "two"]}}),
            json!({"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"}),
            json!({"id": "a", "from_name": "l", "to_name": "audio", "type": "labels",
                "value": {"start": 1, "end": 2, "channel": 0, "labels": ["Speech"]}}),
            json!({"id": "a", "from_name": "l", "to_name": "audio", "type": "labels",
                "value": {"start": 0.5, "end": 2, "labels": ["Speech"]}}),
            json!({"id": "b", "type": "brushlabels", "value": {"format": "rle", "rle": [0, 1], "brushlabels": ["x"]}}),
            json!({}),
        ]
    }

    #[test]
    fn every_shape_comes_back_untouched() {
        for shape in shapes() {
            let before = item(shape);
            let region = Region::from_item(&before, None).unwrap().expect("a region");
            assert!(region.is_untouched());
            assert_eq!(serde_json::to_string(&region.to_item()).unwrap(), serde_json::to_string(&before).unwrap());
        }
    }

    #[test]
    fn other_items_are_carried_through() {
        for other in others() {
            assert_eq!(Region::from_item(&item(other.clone()), None), Ok(None), "{other}");
            assert_eq!(Value::from(item(other.clone())), other);
        }
        let [choices, rating, number, textarea, ..] = &others()[..] else { unreachable!() };
        assert_eq!(item(choices.clone()).choices(), [vec!["a"], vec!["b", "c"]]);
        assert_eq!(item(rating.clone()).number_value(), Some(4.0));
        assert_eq!(item(number.clone()).number_value(), Some(2.5));
        assert_eq!(item(textarea.clone()).texts(), ["one", "two"]);
    }

    #[test]
    fn percent_becomes_pixels() {
        let region = Region::from_item(&item(shapes()[0].clone()), None).unwrap().unwrap();
        let Shape::Rect(rect) = region.shape else { panic!("a box") };
        assert_eq!((rect.x, rect.width, rect.rotation), (75.0, 120.0, 15.0));
        assert!((rect.y - 133.2).abs() < 1e-9);
        assert_eq!(region.labels, ["Cat"]);
    }

    #[test]
    fn a_changed_region_writes_only_what_changed() {
        let before = item(on_image(
            "rectanglelabels",
            json!({"x": 12.5, "y": 33.3, "width": 20, "height": 10, "rotation": 15, "rectanglelabels": ["Cat"], "k": 1}),
        ));
        let mut region = Region::from_item(&before, None).unwrap().unwrap();
        region.labels = vec!["Dog".to_owned()];
        let mut expected = before.clone();
        expected.0["value"]["rectanglelabels"] = json!(["Dog"]);
        assert_eq!(region.to_item(), expected);

        region.source.as_mut().unwrap().0.insert("origin".to_owned(), "prediction".into());
        region.shape = region.shape.translated(crate::region::ImageVector::new(6.0, 0.0));
        let after = region.to_item();
        assert_eq!(after.origin(), Some("prediction-changed"));
        assert_eq!(after.0["value"]["x"], json!(13.5));
        assert_eq!(after.0["value"]["k"], json!(1));
    }

    #[test]
    fn a_new_region_has_the_shape_of_label_studio() {
        let region = Region {
            id: "abc".to_owned(),
            from_name: "label".to_owned(),
            to_name: "image".to_owned(),
            item_type: "rectanglelabels".to_owned(),
            shape: Shape::Rect(RotatedRect { x: 60.0, y: 40.0, width: 30.0, height: 20.0, rotation: 0.0 }),
            labels: vec!["Cat".to_owned()],
            size: ImageSize::new(600.0, 400.0),
            source: None,
        };
        assert_eq!(
            Value::from(region.to_item()),
            json!({"original_width": 600, "original_height": 400, "image_rotation": 0, "id": "abc",
                "from_name": "label", "to_name": "image", "type": "rectanglelabels", "origin": "manual",
                "value": {"x": 10.0, "y": 10.0, "width": 5.0, "height": 5.0, "rotation": 0, "rectanglelabels": ["Cat"]}})
        );
    }

    #[test]
    fn broken_regions_say_what_is_broken() {
        let table = [
            (on_image("rectanglelabels", json!({"x": "a", "y": 2, "width": 3, "height": 4})), "x"),
            (on_image("polygonlabels", json!({"points": [[1, 2, 3]]})), "points"),
            (on_image("polygon", json!({"points": "1,2"})), "points"),
            (json!({"type": "rectangle", "value": {"x": 1, "y": 2, "width": 3, "height": 4}}), "original_width"),
            (json!({"type": "labels", "value": {"start": 9, "end": 3, "text": "x", "labels": []}}), "end"),
            (on_image("rectangle", json!({"x": 1e308, "y": 2, "width": 3, "height": 4})), "value"),
        ];
        for (json, field) in table {
            let error = Region::from_item(&item(json), None).unwrap_err();
            assert_eq!(error.field.as_deref(), Some(field));
        }
    }

    fn json_leaf() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (-1e6..1e6_f64).prop_map(Value::from),
            ".{0,8}".prop_map(Value::from)
        ]
    }

    proptest! {
        #[test]
        fn item_region_item_is_identical(
            which in 0..7_usize,
            geometry in proptest::collection::vec(0.0..100.0_f64, 6),
            extra_key in "[a-z]{1,6}_[a-z]{1,6}",
            extra in json_leaf(),
            deep in json_leaf(),
        ) {
            let mut json = shapes().swap_remove(which);
            for (key, n) in ["x", "y", "width", "height", "radiusX", "radiusY"].iter().zip(&geometry) {
                if json["value"].get(key).is_some() {
                    json["value"][key] = (*n).into();
                }
            }
            json[&extra_key] = extra;
            json["value"][&extra_key] = json!({"deep": [deep]});
            let before = item(json);
            let region = Region::from_item(&before, None).unwrap().expect("a region");
            prop_assert_eq!(region.to_item(), before);
        }

        #[test]
        fn pixels_and_percent_round_trip(
            x in 0.0..100.0_f64, y in 0.0..100.0_f64, w in 0.0..100.0_f64, h in 0.0..100.0_f64,
            width in 1..20_000_u32, height in 1..20_000_u32,
        ) {
            let mut json = shapes().swap_remove(0);
            json["original_width"] = width.into();
            json["original_height"] = height.into();
            for (key, n) in [("x", x), ("y", y), ("width", w), ("height", h)] {
                json["value"][key] = n.into();
            }
            let mut region = Region::from_item(&item(json), None).unwrap().unwrap();
            region.source = None;
            let again = region.to_item();
            for (key, n) in [("x", x), ("y", y), ("width", w), ("height", h)] {
                prop_assert!((again.0["value"][key].as_f64().unwrap() - n).abs() < 1e-9);
            }
            let read = Region::from_item(&again, None).unwrap().unwrap();
            let (Shape::Rect(a), Shape::Rect(b)) = (&read.shape, &region.shape) else { panic!("boxes") };
            prop_assert!((a.x - b.x).abs() < 1e-9 && (a.height - b.height).abs() < 1e-9);
        }

        #[test]
        fn hostile_items_never_panic(item_type in "(rectangle|polygon|labels|keypoint|ellipse)(labels)?", key in "(x|points|start|value)", leaf in json_leaf()) {
            let json = json!({"type": item_type, "original_width": 10, "original_height": 10, "value": {key: leaf, "end": 1e300}});
            // Whatever comes back is fine; it must come back.
            if let Ok(Some(region)) = Region::from_item(&item(json), None) {
                prop_assert!(region.to_item().value().is_some());
            }
        }
    }
}
