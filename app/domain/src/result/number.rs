//! Numbers of the JSON, written so that what did not change keeps its digits.

use serde_json::{Map, Value};

use crate::Error;

/// A part of 100 of a side in pixels.
pub(super) fn from_percent(percent: f64, side: f64) -> f64 {
    percent * side / 100.0
}

/// The reverse of [`from_percent`].
pub(super) fn to_percent(pixels: f64, side: f64) -> f64 {
    pixels * 100.0 / side
}

/// Writes a number that `read` understands as `now`; a number that already says so stays as it is written.
pub(super) fn put(object: &mut Map<String, Value>, key: &str, now: f64, read: impl Fn(f64) -> f64, written: Value) {
    let says_so = object.get(key).and_then(Value::as_f64).is_some_and(|number| same(read(number), now));
    if !says_so {
        object.insert(key.to_owned(), written);
    }
}

/// Whether two numbers are the same one, not only nearly.
pub(crate) fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a == 0.0 && b == 0.0)
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

/// A whole number that is not negative; some tools write it as `7.0` or `"7"`.
pub(super) fn offset(value: &Map<String, Value>, key: &str) -> Option<usize> {
    as_offset(value.get(key)?)
}

/// The same for any JSON value.
pub(crate) fn as_offset(value: &Value) -> Option<usize> {
    match value {
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

/// Writes a whole number; one that already says so stays as it is written, `"7"` included.
pub(super) fn put_offset(value: &mut Map<String, Value>, key: &str, now: usize) {
    if offset(value, key) != Some(now) {
        value.insert(key.to_owned(), now.into());
    }
}

/// A finite number, or which key is missing.
pub(super) fn number(value: &Map<String, Value>, key: &'static str) -> Result<f64, Error> {
    value.get(key).and_then(Value::as_f64).ok_or_else(|| malformed(key))
}

/// A number that may be absent.
pub(super) fn optional(value: &Map<String, Value>, key: &str) -> f64 {
    value.get(key).and_then(Value::as_f64).unwrap_or(0.0)
}

pub(super) fn malformed(field: &'static str) -> Error {
    Error::invalid(field, "result_value_malformed", format!("The result's {field} is missing or not usable."))
}
