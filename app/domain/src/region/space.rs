//! Points that say which space they live in.

use std::ops::{Add, Sub};

use serde::{Deserialize, Serialize};

macro_rules! space {
    ($(#[$point_doc:meta])* $point:ident, $(#[$vector_doc:meta])* $vector:ident) => {
        $(#[$point_doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
        pub struct $point {
            /// To the right.
            pub x: f64,
            /// Downwards.
            pub y: f64,
        }

        $(#[$vector_doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
        pub struct $vector {
            /// To the right.
            pub x: f64,
            /// Downwards.
            pub y: f64,
        }

        impl $point {
            /// The point at `x`, `y`.
            #[must_use]
            pub const fn new(x: f64, y: f64) -> Self {
                Self { x, y }
            }

            /// For geometry that does not care about spaces.
            #[must_use]
            pub const fn to_kurbo(self) -> kurbo::Point {
                kurbo::Point::new(self.x, self.y)
            }

            /// The straight distance between two points of this space.
            #[must_use]
            pub fn distance(self, other: Self) -> f64 {
                self.to_kurbo().distance(other.to_kurbo())
            }
        }

        impl From<kurbo::Point> for $point {
            fn from(point: kurbo::Point) -> Self {
                Self { x: point.x, y: point.y }
            }
        }

        impl $vector {
            /// The offset `x`, `y`.
            #[must_use]
            pub const fn new(x: f64, y: f64) -> Self {
                Self { x, y }
            }

            /// Its length.
            #[must_use]
            pub fn length(self) -> f64 {
                self.x.hypot(self.y)
            }
        }

        impl Add<$vector> for $point {
            type Output = Self;
            fn add(self, by: $vector) -> Self {
                Self { x: self.x + by.x, y: self.y + by.y }
            }
        }

        impl Sub for $point {
            type Output = $vector;
            fn sub(self, from: Self) -> $vector {
                $vector { x: self.x - from.x, y: self.y - from.y }
            }
        }
    };
}

space! {
    /// A point in pixels of the original image; the top-left corner of the image is the origin.
    ImagePoint,
    /// An offset in pixels of the original image.
    ImageVector
}
space! {
    /// A point in CSS pixels of the surface; its top-left corner is the origin.
    ScreenPoint,
    /// An offset in CSS pixels.
    ScreenVector
}
space! {
    /// A point in fractions of a picture: 0 to 1 from its top-left to its bottom-right corner.
    UnitPoint,
    /// An offset in fractions of a picture.
    UnitOffset
}

/// The size of an original image in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ImageSize {
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
}

impl ImageSize {
    /// Larger than any image a browser can show; a size beyond it is a mistake.
    pub const MAX_SIDE: f64 = 1_000_000.0;

    /// A size that an image can have.
    #[must_use]
    pub fn new(width: f64, height: f64) -> Option<Self> {
        let possible = |side: f64| side.is_finite() && side > 0.0 && side <= Self::MAX_SIDE;
        (possible(width) && possible(height)).then_some(Self { width, height })
    }

    /// Whether the point is on the image, border included.
    #[must_use]
    pub fn contains(self, point: ImagePoint) -> bool {
        (0.0..=self.width).contains(&point.x) && (0.0..=self.height).contains(&point.y)
    }

    /// The nearest point on the image.
    #[must_use]
    pub fn clamp(self, point: ImagePoint) -> ImagePoint {
        ImagePoint::new(point.x.clamp(0.0, self.width), point.y.clamp(0.0, self.height))
    }
}

/// The size of the surface in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ScreenSize {
    /// CSS pixels across.
    pub width: f64,
    /// CSS pixels down.
    pub height: f64,
}
