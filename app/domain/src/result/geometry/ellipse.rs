//! `ellipse` and `ellipselabels`: the centre, both radii, degrees clockwise about the centre.

use serde_json::{Map, Value};

use super::{Frame, number_or_zero, put, whole};
use crate::Result;
use crate::region::Ellipse;

pub(super) fn read(value: &Map<String, Value>, frame: Frame) -> Result<Ellipse> {
    Ok(Ellipse {
        x: frame.read_across(value, "x")?,
        y: frame.read_down(value, "y")?,
        radius_x: frame.read_across(value, "radiusX")?,
        radius_y: frame.read_down(value, "radiusY")?,
        rotation: number_or_zero(value, "rotation"),
    })
}

pub(super) fn write(ellipse: &Ellipse, frame: Frame, value: &mut Map<String, Value>) {
    frame.write_across(value, "x", ellipse.x);
    frame.write_down(value, "y", ellipse.y);
    frame.write_across(value, "radiusX", ellipse.radius_x);
    frame.write_down(value, "radiusY", ellipse.radius_y);
    put(value, "rotation", whole(ellipse.rotation));
}
