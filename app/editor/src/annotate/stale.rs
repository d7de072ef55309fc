//! What of a surface's still layer is out of date, so that a change repaints its own place and not ten thousand regions.

use domain::region::Bounds;

/// With more places than this, all is painted anew.
const MOST_PLACES: usize = 64;

/// What is to be painted anew.
#[derive(Debug, Clone, PartialEq)]
pub enum Stale {
    /// All of it.
    All,
    /// These parts of the image; none when nothing is.
    Places(Vec<Bounds>),
}

impl Stale {
    /// All is as it should be.
    pub const NOTHING: Self = Self::Places(Vec::new());

    pub(super) fn add(&mut self, place: Option<Bounds>) {
        if let (Self::Places(places), Some(place)) = (&mut *self, place) {
            if places.len() >= MOST_PLACES {
                *self = Self::All;
            } else if !places.contains(&place) {
                places.push(place);
            }
        }
    }
}
