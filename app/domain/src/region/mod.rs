//! Things an annotator draws or marks: shapes on images and videos, spans of texts, sounds and series.
//!
//! Invariants: shapes are in pixels of the original image ([`ImagePoint`]); rotation is degrees clockwise, for a box
//! about its stored top-left corner, for an ellipse about its centre. Percent never reaches this module: only
//! [`crate::result`] knows it.

mod bounds;
mod hit;
mod keypoint;
pub mod mask;
mod polygon;
mod rect;
mod space;
mod span;
mod text;
pub mod track;
mod unit;
mod vector;

use serde::{Deserialize, Serialize};

pub use bounds::Bounds;
pub use keypoint::KeyPoint;
pub use mask::Mask;
pub use polygon::Polygon;
pub use rect::{Ellipse, RotatedRect};
pub use space::{ImagePoint, ImageSize, ImageVector, ScreenPoint, ScreenSize, ScreenVector, UnitPoint};
pub use span::{FrameRange, FrameRanges, HyperSpan, Moment, ParagraphSpan, SeriesSpan, TimeSpan};
pub use text::{
    TextSpan, code_point_count, code_points_from_utf16, grapheme_span, select_utf16, slice, snap,
    utf16_from_code_points,
};
pub use track::{BoxTrack, Keyframe, Track, VectorTrack};
pub use unit::{PageBox, UnitRect};
pub use vector::{UnitVector, Vector, Vertex};

/// The geometry of a region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A box, perhaps rotated.
    Rect(RotatedRect),
    /// An ellipse, perhaps rotated.
    Ellipse(Ellipse),
    /// A ring of points.
    Polygon(Polygon),
    /// A single point.
    KeyPoint(KeyPoint),
    /// A piece of a text.
    Text(TextSpan),
}

impl Shape {
    /// The axis-aligned hull; a rotated box gives the hull of its corners. `None` for text.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::Rect(rect) => Some(rect.bounds()),
            Self::Ellipse(ellipse) => Some(ellipse.bounds()),
            Self::Polygon(polygon) => polygon.bounds(),
            Self::KeyPoint(point) => Some(point.bounds()),
            Self::Text(_) => None,
        }
    }

    /// Square pixels covered; 0 for points and text.
    #[must_use]
    pub fn area(&self) -> f64 {
        match self {
            Self::Rect(rect) => rect.area(),
            Self::Ellipse(ellipse) => ellipse.area(),
            Self::Polygon(polygon) => polygon.area(),
            Self::KeyPoint(_) | Self::Text(_) => 0.0,
        }
    }

    /// Whether it lives on an image, as opposed to a text.
    #[must_use]
    pub fn is_on_image(&self) -> bool {
        !matches!(self, Self::Text(_))
    }

    /// Whether all numbers are finite; shapes that are not cannot be stored or painted.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Rect(r) => [r.x, r.y, r.width, r.height, r.rotation].into_iter().all(f64::is_finite),
            Self::Ellipse(e) => [e.x, e.y, e.radius_x, e.radius_y, e.rotation].into_iter().all(f64::is_finite),
            Self::Polygon(polygon) => polygon.points.iter().all(|p| p.x.is_finite() && p.y.is_finite()),
            Self::KeyPoint(k) => k.x.is_finite() && k.y.is_finite() && k.width.is_finite(),
            Self::Text(_) => true,
        }
    }

    /// The same shape moved.
    #[must_use]
    pub fn translated(&self, by: ImageVector) -> Self {
        match self {
            Self::Rect(rect) => Self::Rect(RotatedRect { x: rect.x + by.x, y: rect.y + by.y, ..*rect }),
            Self::Ellipse(ellipse) => Self::Ellipse(Ellipse { x: ellipse.x + by.x, y: ellipse.y + by.y, ..*ellipse }),
            Self::Polygon(polygon) => {
                Self::Polygon(Polygon { points: polygon.points.iter().map(|p| *p + by).collect(), ..polygon.clone() })
            }
            Self::KeyPoint(point) => Self::KeyPoint(KeyPoint { x: point.x + by.x, y: point.y + by.y, ..*point }),
            Self::Text(span) => Self::Text(span.clone()),
        }
    }
}
