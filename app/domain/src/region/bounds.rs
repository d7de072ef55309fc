//! Axis-aligned hulls.

use serde::{Deserialize, Serialize};

use super::{ImagePoint, ImageSize, ImageVector};

/// An axis-aligned box in image pixels, `min` being its top-left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bounds {
    /// The top-left corner.
    pub min: ImagePoint,
    /// The bottom-right corner.
    pub max: ImagePoint,
}

impl Bounds {
    /// The hull of two opposite corners, in any order.
    #[must_use]
    pub fn from_corners(a: ImagePoint, b: ImagePoint) -> Self {
        Self { min: ImagePoint::new(a.x.min(b.x), a.y.min(b.y)), max: ImagePoint::new(a.x.max(b.x), a.y.max(b.y)) }
    }

    /// The hull of points; `None` of none.
    #[must_use]
    pub fn of(points: impl IntoIterator<Item = ImagePoint>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        Some(points.fold(Self { min: first, max: first }, |hull, p| hull.union(Self { min: p, max: p })))
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.max.x - self.min.x
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> f64 {
        self.max.y - self.min.y
    }

    /// The middle.
    #[must_use]
    pub fn center(&self) -> ImagePoint {
        ImagePoint::new(f64::midpoint(self.min.x, self.max.x), f64::midpoint(self.min.y, self.max.y))
    }

    /// The hull of both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            min: ImagePoint::new(self.min.x.min(other.min.x), self.min.y.min(other.min.y)),
            max: ImagePoint::new(self.max.x.max(other.max.x), self.max.y.max(other.max.y)),
        }
    }

    /// Whether the two share a point.
    #[must_use]
    pub fn intersects(&self, other: &Self) -> bool {
        self.min.x <= other.max.x && other.min.x <= self.max.x && self.min.y <= other.max.y && other.min.y <= self.max.y
    }

    /// Whether the point is inside or on the border.
    #[must_use]
    pub fn contains(&self, point: ImagePoint) -> bool {
        (self.min.x..=self.max.x).contains(&point.x) && (self.min.y..=self.max.y).contains(&point.y)
    }

    /// Grown by `margin` on every side.
    #[must_use]
    pub fn inflate(&self, margin: f64) -> Self {
        Self {
            min: ImagePoint::new(self.min.x - margin, self.min.y - margin),
            max: ImagePoint::new(self.max.x + margin, self.max.y + margin),
        }
    }

    /// The smallest move that brings it onto the image; a hull larger than the image is aligned to its origin.
    #[must_use]
    pub fn offset_into(&self, size: ImageSize) -> ImageVector {
        let axis = |min: f64, max: f64, side: f64| {
            if min < 0.0 || max - min > side {
                -min
            } else if max > side {
                side - max
            } else {
                0.0
            }
        };
        ImageVector::new(axis(self.min.x, self.max.x, size.width), axis(self.min.y, self.max.y, size.height))
    }
}
