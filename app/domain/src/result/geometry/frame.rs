//! Percent of an image and its pixels: the only place that knows both.

use serde_json::{Map, Value};

use super::{number, number_or_zero, put};
use crate::Result;
use crate::region::ImageSize;

/// The image a shape is measured by.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame(pub(super) ImageSize);

impl Frame {
    /// Pixels from percent of the width.
    pub(super) fn across(self, percent: f64) -> f64 {
        percent * self.0.width / 100.0
    }

    /// Pixels from percent of the height.
    pub(super) fn down(self, percent: f64) -> f64 {
        percent * self.0.height / 100.0
    }

    /// Percent of the width from pixels.
    pub(super) fn percent_across(self, pixels: f64) -> Value {
        Value::from(pixels * 100.0 / self.0.width)
    }

    /// Percent of the height from pixels.
    pub(super) fn percent_down(self, pixels: f64) -> Value {
        Value::from(pixels * 100.0 / self.0.height)
    }

    pub(super) fn read_across(self, value: &Map<String, Value>, key: &'static str) -> Result<f64> {
        Ok(self.across(number(value, key)?))
    }

    pub(super) fn read_across_or_zero(self, value: &Map<String, Value>, key: &'static str) -> f64 {
        self.across(number_or_zero(value, key))
    }

    pub(super) fn read_down(self, value: &Map<String, Value>, key: &'static str) -> Result<f64> {
        Ok(self.down(number(value, key)?))
    }

    pub(super) fn write_across(self, value: &mut Map<String, Value>, key: &str, pixels: f64) {
        put(value, key, self.percent_across(pixels));
    }

    pub(super) fn write_down(self, value: &mut Map<String, Value>, key: &str, pixels: f64) {
        put(value, key, self.percent_down(pixels));
    }
}
