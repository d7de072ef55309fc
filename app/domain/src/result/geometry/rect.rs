//! `rectangle` and `rectanglelabels`: the corner that was top-left, the sides, degrees clockwise about that corner.

use serde_json::{Map, Value};

use super::{Frame, number_or_zero, put, whole};
use crate::Result;
use crate::region::RotatedRect;

pub(super) fn read(value: &Map<String, Value>, frame: Frame) -> Result<RotatedRect> {
    Ok(RotatedRect {
        x: frame.read_across(value, "x")?,
        y: frame.read_down(value, "y")?,
        width: frame.read_across(value, "width")?,
        height: frame.read_down(value, "height")?,
        rotation: number_or_zero(value, "rotation"),
    })
}

pub(super) fn write(rect: &RotatedRect, frame: Frame, value: &mut Map<String, Value>) {
    frame.write_across(value, "x", rect.x);
    frame.write_down(value, "y", rect.y);
    frame.write_across(value, "width", rect.width);
    frame.write_down(value, "height", rect.height);
    put(value, "rotation", whole(rect.rotation));
}
