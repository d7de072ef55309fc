//! Single points.

use serde::{Deserialize, Serialize};

use super::{Bounds, ImagePoint};

/// A point with the width it is drawn at.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct KeyPoint {
    /// Where it is.
    pub x: f64,
    /// Where it is.
    pub y: f64,
    /// The diameter it is drawn at, in image pixels; carries no meaning of its own.
    pub width: f64,
}

impl KeyPoint {
    /// Where it is.
    #[must_use]
    pub fn point(&self) -> ImagePoint {
        ImagePoint::new(self.x, self.y)
    }

    /// A hull without extent: the point itself.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds { min: self.point(), max: self.point() }
    }
}
