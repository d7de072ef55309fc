//! Boxes, ellipses, polygons and key points: percent in the JSON, pixels in regions.

use serde_json::{Map, Value};

use super::number::{from_percent, malformed, number, optional, put, same, to_percent, whole};
use crate::region::{Ellipse, ImagePoint, ImageSize, KeyPoint, Polygon, RotatedRect};
use crate::{Error, Result};

/// The most points a polygon may have; more is a mask.
pub const MAX_POLYGON_POINTS: usize = 20_000;

/// Writes percents of one side, keeping those that already say the same.
fn put_part(value: &mut Map<String, Value>, key: &str, pixels: f64, side: f64) {
    put(value, key, pixels, |percent| from_percent(percent, side), to_percent(pixels, side).into());
}

fn put_plain(value: &mut Map<String, Value>, key: &str, number: f64) {
    put(value, key, number, |written| written, whole(number));
}

pub(super) fn read_rect(value: &Map<String, Value>, size: ImageSize) -> Result<RotatedRect> {
    Ok(RotatedRect {
        x: from_percent(number(value, "x")?, size.width),
        y: from_percent(number(value, "y")?, size.height),
        width: from_percent(number(value, "width")?, size.width),
        height: from_percent(number(value, "height")?, size.height),
        rotation: optional(value, "rotation"),
    })
}

pub(super) fn write_rect(rect: &RotatedRect, size: ImageSize, value: &mut Map<String, Value>) {
    put_part(value, "x", rect.x, size.width);
    put_part(value, "y", rect.y, size.height);
    put_part(value, "width", rect.width, size.width);
    put_part(value, "height", rect.height, size.height);
    put_plain(value, "rotation", rect.rotation);
}

pub(super) fn read_ellipse(value: &Map<String, Value>, size: ImageSize) -> Result<Ellipse> {
    Ok(Ellipse {
        x: from_percent(number(value, "x")?, size.width),
        y: from_percent(number(value, "y")?, size.height),
        radius_x: from_percent(number(value, "radiusX")?, size.width),
        radius_y: from_percent(number(value, "radiusY")?, size.height),
        rotation: optional(value, "rotation"),
    })
}

pub(super) fn write_ellipse(ellipse: &Ellipse, size: ImageSize, value: &mut Map<String, Value>) {
    put_part(value, "x", ellipse.x, size.width);
    put_part(value, "y", ellipse.y, size.height);
    put_part(value, "radiusX", ellipse.radius_x, size.width);
    put_part(value, "radiusY", ellipse.radius_y, size.height);
    put_plain(value, "rotation", ellipse.rotation);
}

pub(super) fn read_keypoint(value: &Map<String, Value>, size: ImageSize) -> Result<KeyPoint> {
    Ok(KeyPoint {
        x: from_percent(number(value, "x")?, size.width),
        y: from_percent(number(value, "y")?, size.height),
        width: from_percent(optional(value, "width"), size.width),
    })
}

pub(super) fn write_keypoint(point: &KeyPoint, size: ImageSize, value: &mut Map<String, Value>) {
    put_part(value, "x", point.x, size.width);
    put_part(value, "y", point.y, size.height);
    put_part(value, "width", point.width, size.width);
}

pub(super) fn read_polygon(value: &Map<String, Value>, size: ImageSize) -> Result<Polygon> {
    let points = value.get("points").and_then(Value::as_array).ok_or_else(|| malformed("points"))?;
    if points.len() > MAX_POLYGON_POINTS {
        return Err(Error::invalid(
            "points",
            "polygon_too_long",
            format!("A polygon may have {MAX_POLYGON_POINTS} points at most."),
        ));
    }
    let room = MAX_POLYGON_POINTS - points.len();
    let points: Option<Vec<ImagePoint>> = points.iter().map(|point| read_point(point, size)).collect();
    let closed = value.get("closed").and_then(Value::as_bool).unwrap_or(true);
    Ok(Polygon { points: points.ok_or_else(|| malformed("points"))?, closed, holes: read_holes(value, size, room) })
}

/// The rings under `holes`, a key of ours. Where it holds anything else it is somebody else's, and only carried.
fn read_holes(value: &Map<String, Value>, size: ImageSize, room: usize) -> Vec<Vec<ImagePoint>> {
    let Some(rings) = value.get("holes").and_then(Value::as_array) else { return Vec::new() };
    if rings.iter().map(|ring| ring.as_array().map_or(0, Vec::len)).sum::<usize>() > room {
        return Vec::new();
    }
    let ring = |ring: &Value| ring.as_array()?.iter().map(|point| read_point(point, size)).collect();
    let rings: Option<Vec<Vec<ImagePoint>>> = rings.iter().map(ring).collect();
    rings.filter(|rings| rings.iter().flatten().all(|at| at.x.is_finite() && at.y.is_finite())).unwrap_or_default()
}

fn read_point(point: &Value, size: ImageSize) -> Option<ImagePoint> {
    match point.as_array().map(Vec::as_slice) {
        Some([x, y]) => {
            Some(ImagePoint::new(from_percent(x.as_f64()?, size.width), from_percent(y.as_f64()?, size.height)))
        }
        _ => None,
    }
}

pub(super) fn write_polygon(polygon: &Polygon, size: ImageSize, value: &mut Map<String, Value>) {
    let points = value.get("points").and_then(Value::as_array).map_or(0, Vec::len);
    let known = read_holes(value, size, MAX_POLYGON_POINTS.saturating_sub(points));
    if known != polygon.holes {
        let mut before = match value.shift_remove("holes") {
            Some(Value::Array(rings)) if !known.is_empty() => rings,
            _ => Vec::new(),
        };
        let as_many = before.len() == polygon.holes.len();
        let write = |(at, ring): (usize, &Vec<ImagePoint>)| {
            // Of fewer holes, those that are left are found again by their points.
            let at = if as_many { Some(at) } else { known.iter().position(|known| known == ring) };
            write_ring(at.and_then(|at| before.get_mut(at)).map(Value::take), ring, size)
        };
        let rings: Vec<Value> = polygon.holes.iter().enumerate().map(write).collect();
        if !rings.is_empty() {
            value.insert("holes".to_owned(), rings.into());
        }
    }
    let before = value.get_mut("points").map(Value::take);
    value.insert("points".to_owned(), write_ring(before, &polygon.points, size));
    value.insert("closed".to_owned(), polygon.closed.into());
}

/// The points of a ring, over those written before.
fn write_ring(before: Option<Value>, ring: &[ImagePoint], size: ImageSize) -> Value {
    let before = if let Some(Value::Array(points)) = before { points } else { Vec::new() };
    let mut before: Vec<Option<Value>> = before.into_iter().map(Some).collect();
    let mut next = 0;
    let points = ring.iter().map(|point| {
        // Points are inserted and removed here and there: the written ones are found again in order.
        let is_it = |written: &Option<Value>| {
            let read = written.as_ref().and_then(|written| read_point(written, size));
            read.is_some_and(|read| same(read.x, point.x) && same(read.y, point.y))
        };
        match before.iter().skip(next).take(4).position(is_it) {
            Some(ahead) => {
                next += ahead + 1;
                before[next - 1].take().unwrap_or_default()
            }
            None => {
                next += usize::from(before.len() == ring.len());
                Value::Array(vec![to_percent(point.x, size.width).into(), to_percent(point.y, size.height).into()])
            }
        }
    });
    points.collect()
}
