//! Which geometry an item carries, and the way to the code that reads and writes it.

use serde_json::{Map, Value};

use super::number::{malformed, offset};
use super::{ResultItem, line, mask, message, page, shape, vector, video};
use crate::region::{ImageSize, Shape};
use crate::{Error, Result};

/// The geometries of Label Studio's results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Geometry {
    Rect,
    Ellipse,
    Polygon,
    KeyPoint,
    Brush,
    Bitmask,
    Vector,
    Page,
    BoxTrack,
    VectorTrack,
    Frames,
    Time,
    Series,
    Text,
    Paragraph,
    HyperText,
    Message,
}

impl Geometry {
    /// Which geometry the item carries; `None` for answers and for types unknown here. `labels` is used for pairs
    /// (`Rectangle` + `Labels`), for texts, sounds and more, so there the keys decide.
    pub(super) fn of(item: &ResultItem, value: &Map<String, Value>) -> Option<Self> {
        match item.item_type() {
            "labels" => Self::by_keys(item, value),
            item_type => Self::by_type(item_type, value),
        }
    }

    fn by_type(item_type: &str, value: &Map<String, Value>) -> Option<Self> {
        let has = |key: &str| value.contains_key(key);
        match item_type {
            "rectangle" | "rectanglelabels" if has("pageIndex") => Some(Self::Page),
            "rectangle" | "rectanglelabels" => Some(Self::Rect),
            "ellipse" | "ellipselabels" => Some(Self::Ellipse),
            "polygon" | "polygonlabels" => Some(Self::Polygon),
            "keypoint" | "keypointlabels" => Some(Self::KeyPoint),
            "brush" | "brushlabels" | "magicwand" => Some(Self::Brush),
            "bitmask" | "bitmasklabels" => Some(Self::Bitmask),
            "vector" | "vectorlabels" => Some(Self::Vector),
            "ocrlabels" => Some(Self::Page),
            "videorectangle" => Some(Self::BoxTrack),
            "videovector" | "videovectorlabels" => Some(Self::VectorTrack),
            "timelinelabels" => Some(Self::Frames),
            "timeserieslabels" => Some(Self::Series),
            "paragraphlabels" => Some(Self::Paragraph),
            "chatmessage" => Some(Self::Message),
            "hypertextlabels" if has("startOffset") => Some(Self::HyperText),
            "hypertextlabels" if has("globalOffsets") => Some(Self::HyperText),
            "hypertextlabels" => Some(Self::Text),
            _ => None,
        }
    }

    fn by_keys(item: &ResultItem, value: &Map<String, Value>) -> Option<Self> {
        let has = |key: &str| value.contains_key(key);
        let is_vector = || value.get("sequence").and_then(|keys| keys.get(0)?.get("vertices")).is_some();
        match () {
            () if has("rle") => Some(Self::Brush),
            () if has("imageDataURL") => Some(Self::Bitmask),
            () if has("vertices") => Some(Self::Vector),
            () if has("sequence") => Some(if is_vector() { Self::VectorTrack } else { Self::BoxTrack }),
            () if has("ranges") => Some(Self::Frames),
            () if has("points") => Some(Self::Polygon),
            () if has("radiusX") => Some(Self::Ellipse),
            () if has("x") && has("y") && has("pageIndex") => Some(Self::Page),
            () if has("x") && has("y") && has("height") => Some(Self::Rect),
            () if has("x") && has("y") => Some(Self::KeyPoint),
            () if has("start") && has("end") => Self::on_a_line(item, value),
            () => None,
        }
    }

    /// Spans of plain text have whole offsets; pieces of sound come with a channel, the sound's length or fractions of
    /// seconds, those of dialogues and HTML with offsets inside their first and last part.
    fn on_a_line(item: &ResultItem, value: &Map<String, Value>) -> Option<Self> {
        let is_whole = || offset(value, "start").is_some() && offset(value, "end").is_some();
        let is_number =
            || value.get("start").is_some_and(Value::is_number) && value.get("end").is_some_and(Value::is_number);
        if value.contains_key("startOffset") {
            return Some(if is_whole() { Self::Paragraph } else { Self::HyperText });
        }
        if value.contains_key("instant") {
            return Some(Self::Series);
        }
        let is_sound = value.contains_key("channel") || item.original_length().is_some() || !is_whole();
        match is_sound {
            true if is_number() => Some(Self::Time),
            true => None,
            false => Some(Self::Text),
        }
    }

    fn is_on_image(self) -> bool {
        matches!(
            self,
            Self::Rect | Self::Ellipse | Self::Polygon | Self::KeyPoint | Self::Brush | Self::Bitmask | Self::Vector
        )
    }

    /// The shape, and the size of its image or page if it is on one.
    pub(super) fn read(
        self,
        item: &ResultItem,
        value: &Map<String, Value>,
        size: Option<ImageSize>,
    ) -> Result<(Shape, Option<ImageSize>)> {
        let shape = if self.is_on_image() {
            let size = size.ok_or_else(|| {
                Error::invalid(
                    "original_width",
                    "result_size_missing",
                    "The result does not say how large its image is (original_width, original_height).",
                )
            })?;
            match self {
                Self::Brush => Shape::Mask(mask::read_brush(value, size)?),
                Self::Bitmask => Shape::Mask(mask::read_bitmask(value, size)?),
                Self::Vector => Shape::Vector(vector::read(value, size)?),
                Self::Ellipse => Shape::Ellipse(shape::read_ellipse(value, size)?),
                Self::Polygon => Shape::Polygon(shape::read_polygon(value, size)?),
                Self::KeyPoint => Shape::KeyPoint(shape::read_keypoint(value, size)?),
                _ => Shape::Rect(shape::read_rect(value, size)?),
            }
        } else {
            match self {
                Self::Page => Shape::Page(page::read(value, size)?),
                Self::BoxTrack => Shape::BoxTrack(video::read_boxes(value)?),
                Self::VectorTrack => Shape::VectorTrack(video::read_vectors(value)?),
                Self::Frames => Shape::Frames(video::read_ranges(value)?),
                Self::Time => Shape::Time(line::read_time(item, value)?),
                Self::Series => Shape::Series(line::read_series(value)?),
                Self::Paragraph => Shape::Paragraph(line::read_paragraph(value)?),
                Self::HyperText => Shape::HyperText(line::read_hypertext(value)?),
                Self::Message => Shape::Message(message::read(value)?),
                _ => Shape::Text(line::read_text(value)?),
            }
        };
        if !shape.is_finite() {
            return Err(malformed("value"));
        }
        Ok((shape, size.filter(|_| self.is_on_image() || self == Self::Page)))
    }
}

/// Whether items of this type are regions, as opposed to answers, relations and what is only carried through.
#[must_use]
pub fn is_region_type(item_type: &str) -> bool {
    item_type == "labels" || Geometry::by_type(item_type, &Map::new()).is_some()
}

/// Whether a `value` repeats the geometry of a region.
pub(super) fn is_repeated_in(value: &Map<String, Value>) -> bool {
    ["x", "points", "start", "rle", "imageDataURL", "vertices", "sequence", "ranges", "chatmessage"]
        .iter()
        .any(|key| value.contains_key(*key))
}

/// Writes the geometry's own keys and leaves all others. A shape on an image without a size cannot exist: readers
/// demand one and the editor draws on a loaded image.
pub(super) fn write(shape: &Shape, size: Option<ImageSize>, item_type: &str, value: &mut Map<String, Value>) {
    let size = size.unwrap_or(ImageSize { width: 100.0, height: 100.0 });
    match shape {
        Shape::Rect(rect) => shape::write_rect(rect, size, value),
        Shape::Ellipse(ellipse) => shape::write_ellipse(ellipse, size, value),
        Shape::Polygon(polygon) => shape::write_polygon(polygon, size, value),
        Shape::KeyPoint(point) => shape::write_keypoint(point, size, value),
        Shape::Mask(mask) => mask::write(mask, item_type, value),
        Shape::Vector(vector) => vector::write(vector, size, value),
        Shape::Page(page) => page::write(page, value),
        Shape::BoxTrack(track) => video::write_boxes(track, value),
        Shape::VectorTrack(track) => video::write_vectors(track, value),
        Shape::Frames(frames) => video::write_ranges(frames, value),
        Shape::Time(span) => line::write_time(span, value),
        Shape::Series(span) => line::write_series(span, value),
        Shape::Text(span) => line::write_text(span, value),
        Shape::Paragraph(span) => line::write_paragraph(span, value),
        Shape::HyperText(span) => line::write_hypertext(span, value),
        Shape::Message(message) => message::write(message, value),
    }
}
