//! Painted masks in results: `rle` of brushes, `imageDataURL` of bitmasks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::ResultItem;
use super::number::malformed;
use crate::region::{ImageSize, Mask};
use crate::{Error, Result};

const PNG_URL: &str = "data:image/png;base64,";

/// The mask in the bytes of a brush result, for an image of `size`.
///
/// # Errors
/// The bytes are broken off, or are those of an image of another size.
pub fn mask_from_rle(bytes: &[u8], size: ImageSize) -> Result<Mask> {
    let blank = blank(size)?;
    Mask::from_rle(bytes, blank.width(), blank.height())
}

/// The bytes of a brush result, the very ones Label Studio's editor writes for the same pixels.
#[must_use]
pub fn rle_from_mask(mask: &Mask) -> Vec<u8> {
    mask.to_rle()
}

/// The mask in the `imageDataURL` of a bitmask result, for an image of `size`.
///
/// # Errors
/// It is not a PNG picture in a data URL, is broken, or has another size.
pub fn mask_from_bitmask(url: &str, size: ImageSize) -> Result<Mask> {
    let blank = blank(size)?;
    let not_png =
        || Error::invalid("imageDataURL", "bitmask_not_png", "A bitmask must be a PNG picture in a data URL.");
    let encoded = url.trim().strip_prefix(PNG_URL).ok_or_else(not_png)?;
    let bytes = STANDARD.decode(encoded.trim_end()).map_err(|_| not_png())?;
    Mask::from_png(&bytes, blank.width(), blank.height())
}

/// The `imageDataURL` of a bitmask result: black on transparent, in the size of the image.
#[must_use]
pub fn bitmask_from_mask(mask: &Mask) -> String {
    format!("{PNG_URL}{}", STANDARD.encode(mask.to_png()))
}

fn blank(size: ImageSize) -> Result<Mask> {
    Mask::on(size).ok_or_else(|| {
        Error::invalid("original_width", "mask_size", "A mask needs the size of its image in whole pixels.")
    })
}

pub(super) fn read_brush(value: &Map<String, Value>, size: ImageSize) -> Result<Mask> {
    // Some tools keep pictures where Label Studio keeps runs.
    if !value.contains_key("rle") && value.contains_key("imageDataURL") {
        return read_bitmask(value, size);
    }
    let list = value.get("rle").and_then(Value::as_array).ok_or_else(|| malformed("rle"))?;
    let bytes: Option<Vec<u8>> = list.iter().map(byte).collect();
    let mask = mask_from_rle(&bytes.ok_or_else(|| malformed("rle"))?, size)?;
    Ok(match stamp(value) {
        Some(stamp) => mask.stamped(stamp),
        None => mask,
    })
}

pub(super) fn read_bitmask(value: &Map<String, Value>, size: ImageSize) -> Result<Mask> {
    if !value.contains_key("imageDataURL") && value.contains_key("rle") {
        return read_brush(value, size);
    }
    let url = value.get("imageDataURL").and_then(Value::as_str).ok_or_else(|| malformed("imageDataURL"))?;
    let mask = mask_from_bitmask(url, size)?;
    Ok(match stamp(value) {
        Some(stamp) => mask.stamped(stamp),
        None => mask,
    })
}

fn byte(value: &Value) -> Option<u8> {
    u8::try_from(value.as_u64()?).ok()
}

/// Writes the pixels the way they were kept, or the way the type keeps them.
pub(super) fn write(mask: &Mask, item_type: &str, value: &mut Map<String, Value>) {
    let is_picture = if value.contains_key("rle") {
        false
    } else {
        value.contains_key("imageDataURL") || item_type.starts_with("bitmask")
    };
    if is_picture {
        value.insert("imageDataURL".to_owned(), bitmask_from_mask(mask).into());
    } else {
        value.insert("format".to_owned(), "rle".into());
        value.insert("rle".to_owned(), rle_from_mask(mask).into());
    }
}

/// Whether the mask is still the one that was read from this item.
pub(super) fn is_as_read(mask: &Mask, item: &ResultItem) -> bool {
    mask.stamp().is_some_and(|stamp| item.value().and_then(self::stamp) == Some(stamp))
}

/// A number that tells one stored mask from another (FNV-1a of 64 bits over its bytes).
fn stamp(value: &Map<String, Value>) -> Option<u64> {
    const PRIME: u64 = 0x0100_0000_01b3;
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    let start = 0xcbf2_9ce4_8422_2325;
    match (value.get("rle"), value.get("imageDataURL")) {
        (Some(Value::Array(bytes)), _) => bytes.iter().try_fold(start, |hash, value| Some(step(hash, byte(value)?))),
        (_, Some(Value::String(url))) => Some(url.bytes().fold(start, step)),
        _ => None,
    }
}
