//! Masks as bytes: the runs of brush results, pictures, and what local logs keep.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Mask, png, rle};
use crate::Result;

impl Mask {
    /// The mask in the bytes of a brush result, for an image of `width` × `height` pixels.
    ///
    /// # Errors
    /// The bytes are broken off, or are those of an image of another size.
    pub fn from_rle(bytes: &[u8], width: u32, height: u32) -> Result<Self> {
        rle::decode(bytes, width, height)
    }

    /// The bytes of a brush result, the very ones Label Studio's editor writes for the same pixels.
    #[must_use]
    pub fn to_rle(&self) -> Vec<u8> {
        rle::encode(self)
    }

    /// The mask of all visible pixels of a PNG picture of `width` × `height` pixels.
    ///
    /// # Errors
    /// It is not a PNG picture, is broken or interlaced, or has another size.
    pub fn from_png(bytes: &[u8], width: u32, height: u32) -> Result<Self> {
        png::decode(bytes, width, height)
    }

    /// A PNG picture, black where painted and transparent elsewhere.
    #[must_use]
    pub fn to_png(&self) -> Vec<u8> {
        png::encode(self)
    }
}

/// Its size and its runs, in base64.
impl serde::Serialize for Mask {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        Kept {
            width: self.width(),
            height: self.height(),
            rle: STANDARD.encode(rle::encode(self)),
            stamp: self.stamp(),
        }
        .serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Mask {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        use serde::de::Error as _;
        let kept = Kept::deserialize(deserializer)?;
        let bytes = STANDARD.decode(&kept.rle).map_err(D::Error::custom)?;
        let mask = rle::decode(&bytes, kept.width, kept.height).map_err(D::Error::custom)?;
        Ok(match kept.stamp {
            Some(stamp) => mask.stamped(stamp),
            None => mask,
        })
    }
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    width: u32,
    height: u32,
    rle: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stamp: Option<u64>,
}
