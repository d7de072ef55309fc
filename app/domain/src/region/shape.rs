//! All that a region can be.

use serde::{Deserialize, Serialize};

use super::{
    Bounds, BoxTrack, Ellipse, FrameRanges, HyperSpan, ImageVector, KeyPoint, Mask, Message, Moment, PageBox,
    ParagraphSpan, Polygon, RotatedRect, SeriesSpan, TextSpan, TimeSpan, UnitRect, Vector, VectorTrack,
};

/// The geometry of a region.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A box, perhaps rotated.
    Rect(RotatedRect),
    /// An ellipse, perhaps rotated.
    Ellipse(Ellipse),
    /// A ring of points, perhaps with holes.
    Polygon(Polygon),
    /// A single point.
    KeyPoint(KeyPoint),
    /// Painted pixels.
    Mask(Mask),
    /// Lines and curves through points.
    Vector(Vector),
    /// A box on a page of a document.
    Page(PageBox),
    /// A box that moves through a video.
    BoxTrack(BoxTrack),
    /// A vector that moves through a video.
    VectorTrack(VectorTrack),
    /// Pieces of a video.
    Frames(FrameRanges),
    /// A piece of a sound.
    Time(TimeSpan),
    /// A piece of a time series.
    Series(SeriesSpan),
    /// A piece of a text.
    Text(TextSpan),
    /// A piece of a dialogue.
    Paragraph(ParagraphSpan),
    /// A piece of a page of HTML.
    HyperText(HyperSpan),
    /// A message of a chat.
    Message(Message),
}

impl Shape {
    /// The axis-aligned hull in image pixels; a rotated box gives the hull of its corners. `None` for whatever is not on
    /// an image or a page whose size is known, and for a mask without pixels.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        match self {
            Self::Rect(rect) => Some(rect.bounds()),
            Self::Ellipse(ellipse) => Some(ellipse.bounds()),
            Self::Polygon(polygon) => polygon.bounds(),
            Self::KeyPoint(point) => Some(point.bounds()),
            Self::Mask(mask) => mask.bounds(),
            Self::Vector(vector) => vector.bounds(),
            Self::Page(page) => page.pixels().map(|rect| rect.bounds()),
            _ => None,
        }
    }

    /// The box of a box, on an image or on a page whose size is known; `None` for any other shape.
    #[must_use]
    pub fn as_box(&self) -> Option<RotatedRect> {
        match self {
            Self::Rect(rect) => Some(*rect),
            Self::Page(page) => page.pixels(),
            _ => None,
        }
    }

    /// The same box elsewhere; any other shape becomes a box.
    #[must_use]
    pub fn with_box(&self, rect: RotatedRect) -> Self {
        match self {
            Self::Page(page) => Self::Page(page.moved_to(&rect)),
            _ => Self::Rect(rect),
        }
    }

    /// Square pixels covered; 0 for points, open vectors and whatever is not on an image.
    #[must_use]
    pub fn area(&self) -> f64 {
        match self {
            Self::Rect(rect) => rect.area(),
            Self::Ellipse(ellipse) => ellipse.area(),
            Self::Polygon(polygon) => polygon.area(),
            // A mask has fewer than 2³⁰ pixels.
            Self::Mask(mask) => u32::try_from(mask.area()).map_or(f64::INFINITY, f64::from),
            Self::Vector(vector) => vector.area(),
            Self::Page(page) => page.pixels().map_or(0.0, |rect| rect.area()),
            _ => 0.0,
        }
    }

    /// Whether it lives on an image, as opposed to a text, a sound, a video, a page.
    #[must_use]
    pub fn is_on_image(&self) -> bool {
        matches!(
            self,
            Self::Rect(_) | Self::Ellipse(_) | Self::Polygon(_) | Self::KeyPoint(_) | Self::Mask(_) | Self::Vector(_)
        )
    }

    /// Whether all numbers are finite; shapes that are not cannot be stored or painted.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        match self {
            Self::Rect(r) => [r.x, r.y, r.width, r.height, r.rotation].into_iter().all(f64::is_finite),
            Self::Ellipse(e) => [e.x, e.y, e.radius_x, e.radius_y, e.rotation].into_iter().all(f64::is_finite),
            Self::Polygon(polygon) => polygon.all_points().all(|p| p.x.is_finite() && p.y.is_finite()),
            Self::KeyPoint(k) => k.x.is_finite() && k.y.is_finite() && k.width.is_finite(),
            Self::Vector(vector) => vector.is_finite(),
            Self::Page(page) => page.rect.is_finite(),
            Self::BoxTrack(track) => track.keyframes.iter().all(|key| UnitRect::is_finite(&key.shape)),
            Self::VectorTrack(track) => track.keyframes.iter().all(|key| {
                key.shape.vertices.iter().all(|vertex| {
                    let places = [Some(vertex.at), vertex.handle_in, vertex.handle_out];
                    places.iter().flatten().all(|place| place.x.is_finite() && place.y.is_finite())
                })
            }),
            Self::Time(span) => span.start.is_finite() && span.end.is_finite(),
            Self::Series(span) => {
                [&span.start, &span.end].iter().all(|moment| !matches!(moment, Moment::Number(n) if !n.is_finite()))
            }
            Self::Message(message) => message.created_at.is_none_or(f64::is_finite),
            Self::Mask(_) | Self::Frames(_) | Self::Text(_) | Self::Paragraph(_) | Self::HyperText(_) => true,
        }
    }

    /// The same shape moved over its image; whatever is not on an image stays where it is. A mask moves by whole pixels.
    #[must_use]
    pub fn translated(&self, by: ImageVector) -> Self {
        match self {
            Self::Rect(rect) => Self::Rect(RotatedRect { x: rect.x + by.x, y: rect.y + by.y, ..*rect }),
            Self::Ellipse(ellipse) => Self::Ellipse(Ellipse { x: ellipse.x + by.x, y: ellipse.y + by.y, ..*ellipse }),
            Self::Polygon(polygon) => Self::Polygon(polygon.map(|point| point + by)),
            Self::KeyPoint(point) => Self::KeyPoint(KeyPoint { x: point.x + by.x, y: point.y + by.y, ..*point }),
            Self::Mask(mask) => {
                // Saturates far outside any image.
                #[allow(clippy::cast_possible_truncation)]
                let pixels = |offset: f64| offset.round() as i64;
                Self::Mask(mask.translated(pixels(by.x), pixels(by.y)))
            }
            Self::Vector(vector) => Self::Vector(vector.translated(by)),
            Self::Page(page) => match page.pixels() {
                Some(rect) => Self::Page(page.moved_to(&RotatedRect { x: rect.x + by.x, y: rect.y + by.y, ..rect })),
                None => self.clone(),
            },
            other => other.clone(),
        }
    }
}
