//! `polygon` and `polygonlabels`: points as pairs, closed unless they say otherwise.

use serde_json::{Map, Value};

use super::{Frame, malformed, put};
use crate::region::{ImagePoint, Polygon};
use crate::{Error, Result};

/// The most points a polygon may have; more is a mask.
pub const MAX_POLYGON_POINTS: usize = 20_000;

pub(super) fn read(value: &Map<String, Value>, frame: Frame) -> Result<Polygon> {
    let points = value.get("points").and_then(Value::as_array).ok_or_else(|| malformed("points"))?;
    if points.len() > MAX_POLYGON_POINTS {
        let sentence = format!("A polygon may have {MAX_POLYGON_POINTS} points at most.");
        return Err(Error::invalid("points", "polygon_too_long", sentence));
    }
    let points = points
        .iter()
        .map(|point| match point.as_array().map(Vec::as_slice) {
            Some([x, y]) => Some(ImagePoint::new(frame.across(x.as_f64()?), frame.down(y.as_f64()?))),
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| malformed("points"))?;
    let closed = value.get("closed").and_then(Value::as_bool).unwrap_or(true);
    Ok(Polygon { points, closed })
}

pub(super) fn write(polygon: &Polygon, frame: Frame, value: &mut Map<String, Value>) {
    let pair = |p: &ImagePoint| Value::Array(vec![frame.percent_across(p.x), frame.percent_down(p.y)]);
    put(value, "points", polygon.points.iter().map(pair).collect::<Vec<_>>());
    put(value, "closed", polygon.closed);
}
