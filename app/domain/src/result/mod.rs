//! The Label Studio result JSON and the regions drawn from it.
//!
//! Invariants:
//! - lossless: a [`ResultItem`] keeps the object as it came, so unknown keys and unknown types survive any round trip;
//! - percent (0 to 100 of the original image) exists only in `geometry`, regions are in image pixels;
//! - a region that was not changed gives back exactly the item it came from, number for number.

mod geometry;
mod item;
mod region;
#[cfg(test)]
mod tests;

pub(crate) use geometry::whole;
pub use geometry::{MAX_POLYGON_POINTS, is_region_type};
pub use item::ResultItem;
pub use region::Region;
