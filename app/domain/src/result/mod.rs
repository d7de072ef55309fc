//! The Label Studio result JSON and what is drawn and read from it.
//!
//! Invariants:
//! - lossless: a [`ResultItem`] keeps the object as it came, so unknown keys and unknown types survive any round trip;
//! - percent (0 to 100 of the original image) exists only in this module, regions are in image pixels or, on videos and
//!   pages, in fractions;
//! - a region, an answer or a relation that was not changed gives back exactly the item it came from, number for number;
//!   one that was changed rewrites only what changed.

mod geometry;
mod item;
mod line;
mod mask;
mod message;
mod number;
mod page;
mod region;
mod relation;
mod shape;
mod vector;
mod video;

pub use geometry::is_region_type;
pub use item::ResultItem;
pub(crate) use number::{as_offset, same, whole};

pub use mask::{bitmask_from_mask, mask_from_bitmask, mask_from_rle, rle_from_mask};
pub use region::Region;
pub use relation::{Direction, Relation};
pub use shape::MAX_POLYGON_POINTS;

#[cfg(test)]
mod round_trip;
#[cfg(test)]
mod tests;
