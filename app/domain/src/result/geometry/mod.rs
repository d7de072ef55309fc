//! How the geometry of each kind of region is written in a result's `value`.
//!
//! One file per kind, each with `read` and `write` of its own keys. [`Kind::of`] says which item has which geometry; a new
//! kind is a variant of [`Kind`] and of [`Shape`], and whatever the compiler then lists.

mod ellipse;
mod frame;
mod keypoint;
mod polygon;
mod rect;
mod text;

use serde_json::{Map, Value};

use frame::Frame;
pub use polygon::MAX_POLYGON_POINTS;

use crate::region::{ImageSize, Shape};
use crate::{Error, Result};

/// Which geometry an item carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Rect,
    Ellipse,
    Polygon,
    KeyPoint,
    Text,
}

impl Kind {
    /// By the item's type. `labels` is used for pairs (`Rectangle` + `Labels`), for texts and for audio, so there the
    /// keys decide; audio carries no `text`.
    pub(super) fn of(item_type: &str, value: &Map<String, Value>) -> Option<Self> {
        let has = |key: &str| value.contains_key(key);
        match item_type {
            "rectangle" | "rectanglelabels" => Some(Self::Rect),
            "ellipse" | "ellipselabels" => Some(Self::Ellipse),
            "polygon" | "polygonlabels" => Some(Self::Polygon),
            "keypoint" | "keypointlabels" => Some(Self::KeyPoint),
            "labels" if has("start") && has("end") => text::is_span(value).then_some(Self::Text),
            "labels" if has("points") => Some(Self::Polygon),
            "labels" if has("radiusX") => Some(Self::Ellipse),
            "labels" if has("x") && has("y") && has("height") => Some(Self::Rect),
            "labels" if has("x") && has("y") => Some(Self::KeyPoint),
            _ => None,
        }
    }

    /// Whether it is measured in percent of an image.
    pub(super) fn is_on_image(self) -> bool {
        !matches!(self, Self::Text)
    }

    /// Reads the geometry. `size` is that of the image, for what is on one.
    pub(super) fn read(self, value: &Map<String, Value>, size: Option<ImageSize>) -> Result<Shape> {
        let frame = || {
            size.map(Frame).ok_or_else(|| {
                Error::invalid(
                    "original_width",
                    "result_size_missing",
                    "The result does not say how large its image is (original_width, original_height).",
                )
            })
        };
        let shape = match self {
            Self::Rect => Shape::Rect(rect::read(value, frame()?)?),
            Self::Ellipse => Shape::Ellipse(ellipse::read(value, frame()?)?),
            Self::Polygon => Shape::Polygon(polygon::read(value, frame()?)?),
            Self::KeyPoint => Shape::KeyPoint(keypoint::read(value, frame()?)?),
            Self::Text => Shape::Text(text::read(value)?),
        };
        if shape.is_finite() { Ok(shape) } else { Err(malformed("value")) }
    }
}

/// Whether items of this type are regions that can be read, as opposed to answers and what is only carried through.
#[must_use]
pub fn is_region_type(item_type: &str) -> bool {
    item_type == "labels" || Kind::of(item_type, &Map::new()).is_some()
}

/// Whether a `value` repeats the geometry of a region.
pub(super) fn is_repeated_in(value: &Map<String, Value>) -> bool {
    ["x", "points", "start"].iter().any(|key| value.contains_key(*key))
}

/// Writes the geometry's own keys and leaves all others. A shape on an image without a size cannot exist: readers
/// demand one and the editor draws on a loaded image.
pub(super) fn write(shape: &Shape, size: Option<ImageSize>, value: &mut Map<String, Value>) {
    let frame = Frame(size.unwrap_or(ImageSize { width: 100.0, height: 100.0 }));
    match shape {
        Shape::Rect(shape) => rect::write(shape, frame, value),
        Shape::Ellipse(shape) => ellipse::write(shape, frame, value),
        Shape::Polygon(shape) => polygon::write(shape, frame, value),
        Shape::KeyPoint(shape) => keypoint::write(*shape, frame, value),
        Shape::Text(span) => text::write(span, value),
    }
}

/// A number that must be there.
fn number(value: &Map<String, Value>, key: &'static str) -> Result<f64> {
    value.get(key).and_then(Value::as_f64).ok_or_else(|| malformed(key))
}

/// A number that is 0 where it is absent.
fn number_or_zero(value: &Map<String, Value>, key: &str) -> f64 {
    value.get(key).and_then(Value::as_f64).unwrap_or(0.0)
}

fn put(value: &mut Map<String, Value>, key: &str, to: impl Into<Value>) {
    value.insert(key.to_owned(), to.into());
}

/// `640` rather than `640.0` for numbers that are whole.
pub(crate) fn whole(number: f64) -> Value {
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
