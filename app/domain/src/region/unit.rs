//! Places in fractions of a picture whose size in pixels is not part of the result: a video's frame, a page.

use serde::{Deserialize, Serialize};

use super::{ImagePoint, ImageSize, RotatedRect, UnitPoint};

/// A box in fractions (0 to 1) of the picture it is on, rotated in pixel space about its stored top-left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct UnitRect {
    /// The corner that is top-left before the rotation.
    pub x: f64,
    /// The corner that is top-left before the rotation.
    pub y: f64,
    /// Of the picture's width.
    pub width: f64,
    /// Of the picture's height.
    pub height: f64,
    /// Degrees clockwise.
    pub rotation: f64,
}

impl UnitRect {
    /// In pixels of a picture of this size.
    #[must_use]
    pub fn on(&self, size: ImageSize) -> RotatedRect {
        RotatedRect {
            x: self.x * size.width,
            y: self.y * size.height,
            width: self.width * size.width,
            height: self.height * size.height,
            rotation: self.rotation,
        }
    }

    /// From pixels of a picture of this size.
    #[must_use]
    pub fn from_pixels(rect: &RotatedRect, size: ImageSize) -> Self {
        Self {
            x: rect.x / size.width,
            y: rect.y / size.height,
            width: rect.width / size.width,
            height: rect.height / size.height,
            rotation: rect.rotation,
        }
    }

    /// Whether all numbers are finite.
    #[must_use]
    pub fn is_finite(&self) -> bool {
        [self.x, self.y, self.width, self.height, self.rotation].into_iter().all(f64::is_finite)
    }
}

impl UnitPoint {
    /// In pixels of a picture of this size.
    #[must_use]
    pub fn on(self, size: ImageSize) -> ImagePoint {
        ImagePoint::new(self.x * size.width, self.y * size.height)
    }

    /// From pixels of a picture of this size.
    #[must_use]
    pub fn from_pixels(point: ImagePoint, size: ImageSize) -> Self {
        Self::new(point.x / size.width, point.y / size.height)
    }
}

/// A box on a page of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PageBox {
    /// Which page, from 1.
    pub page: u32,
    /// Where on it.
    pub rect: UnitRect,
    /// What is written there, where it has been read.
    pub text: Option<String>,
    /// The size of the page's picture in pixels, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<ImageSize>,
}

impl PageBox {
    /// What rounding may add up to; a box that ends at the edge of its page does not reach beyond it.
    const EPSILON: f64 = 1e-9;

    /// In pixels of the page's picture; `None` while its size is not known.
    #[must_use]
    pub fn pixels(&self) -> Option<RotatedRect> {
        Some(self.rect.on(self.size?))
    }

    /// The same box elsewhere on its page, in pixels of the page's picture.
    #[must_use]
    pub fn moved_to(&self, rect: &RotatedRect) -> Self {
        let Some(size) = self.size else { return self.clone() };
        let edge = |part: f64| if (part - 1.0).abs() < Self::EPSILON { 1.0 } else { part };
        let rect = UnitRect::from_pixels(rect, size);
        Self { rect: UnitRect { width: edge(rect.width), height: edge(rect.height), ..rect }, ..self.clone() }
    }
}
