//! `keypoint` and `keypointlabels`: a place and the width it is drawn with.

use serde_json::{Map, Value};

use super::Frame;
use crate::Result;
use crate::region::KeyPoint;

pub(super) fn read(value: &Map<String, Value>, frame: Frame) -> Result<KeyPoint> {
    Ok(KeyPoint {
        x: frame.read_across(value, "x")?,
        y: frame.read_down(value, "y")?,
        width: frame.read_across_or_zero(value, "width"),
    })
}

pub(super) fn write(point: KeyPoint, frame: Frame, value: &mut Map<String, Value>) {
    frame.write_across(value, "x", point.x);
    frame.write_down(value, "y", point.y);
    frame.write_across(value, "width", point.width);
}
