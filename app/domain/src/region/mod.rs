//! Things an annotator draws or marks: shapes on images and videos, spans of texts, sounds and series.
//!
//! Invariants: shapes on images are in pixels of the original image ([`ImagePoint`]), things on videos and pages in
//! fractions of the picture ([`UnitRect`]); rotation is degrees clockwise, for a box about its stored top-left corner, for
//! an ellipse about its centre. Percent never reaches this module: only [`crate::result`] knows it.

mod bounds;
mod granularity;
mod hit;
mod keypoint;
pub mod mask;
mod message;
mod parts;
mod polygon;
mod rect;
mod shape;
mod space;
mod span;
mod text;
pub mod track;
mod unit;
mod vector;

pub use bounds::Bounds;
pub use granularity::Granularity;
pub use keypoint::KeyPoint;
pub use mask::Mask;
pub use message::Message;
pub use parts::{Leaf, PartPoint, PartSpan};
pub use polygon::Polygon;
pub use rect::{Ellipse, RotatedRect};
pub use shape::Shape;
pub use space::{ImagePoint, ImageSize, ImageVector, ScreenPoint, ScreenSize, ScreenVector, UnitPoint};
pub use span::{FrameRange, FrameRanges, HyperSpan, Moment, ParagraphSpan, SeriesSpan, TimeSpan};
pub use text::{
    TextSpan, code_point_count, code_points_from_utf16, grapheme_span, select_utf16, slice, snap,
    utf16_from_code_points,
};
pub use track::{BoxTrack, Keyframe, Moving, Track, VectorTrack};
pub use unit::{PageBox, UnitRect};
pub use vector::{UnitVector, Vector, Vertex};
