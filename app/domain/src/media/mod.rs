//! Large objects made small enough for a browser: waveforms and spectra, tiles of images, series, the frames of videos, the
//! pages of documents.
//!
//! The server derives a compact file of an object once, the browser reads parts of it. Both sides use the types here, so
//! there is one description of each format; `docs/media.md` tells it byte by byte. Everything reads hostile input: a file
//! that lies about its length ends in an [`Error`](crate::Error), and memory is bounded by named limits.

pub mod pdf;
pub mod series;
pub mod spectrum;
pub mod tiles;
pub mod video;
pub mod wave;

use crate::{Error, Kind};

/// The most levels any pyramid has; a header that claims more is none of ours.
pub const MAX_LEVELS: usize = 32;

/// Something is wrong with the object behind the address.
pub(crate) fn bad(code: &'static str, message: impl Into<String>) -> Error {
    Error::invalid("src", code, message)
}

/// The object is larger than anything we work on.
pub(crate) fn too_large(code: &'static str, message: impl Into<String>) -> Error {
    Error::new(Kind::TooLarge, code, message).on("src")
}

/// There is nothing in the file.
#[must_use]
pub fn empty() -> Error {
    bad("media_empty", "This file is empty: it has 0 bytes.")
}

/// Little-endian numbers out of bytes; `None` beyond the end.
pub(crate) struct Bytes<'b> {
    rest: &'b [u8],
}

impl<'b> Bytes<'b> {
    pub(crate) fn new(rest: &'b [u8]) -> Self {
        Self { rest }
    }

    pub(crate) fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (head, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(head)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        self.array().map(u16::from_le_bytes)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    pub(crate) fn f64(&mut self) -> Option<f64> {
        self.array().map(f64::from_le_bytes)
    }
}
