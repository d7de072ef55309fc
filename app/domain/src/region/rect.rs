//! Boxes and ellipses with a rotation.

use serde::{Deserialize, Serialize};

use super::{Bounds, ImagePoint, ImageVector};

/// A box rotated about its stored top-left corner, as Label Studio stores it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RotatedRect {
    /// The corner that is top-left before the rotation, and the pivot.
    pub x: f64,
    /// The corner that is top-left before the rotation, and the pivot.
    pub y: f64,
    /// Pixels along the rotated x axis.
    pub width: f64,
    /// Pixels along the rotated y axis.
    pub height: f64,
    /// Degrees clockwise.
    pub rotation: f64,
}

/// An ellipse rotated about its centre.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Ellipse {
    /// The centre.
    pub x: f64,
    /// The centre.
    pub y: f64,
    /// Half the pixels along the rotated x axis.
    pub radius_x: f64,
    /// Half the pixels along the rotated y axis.
    pub radius_y: f64,
    /// Degrees clockwise.
    pub rotation: f64,
}

/// `vector` turned clockwise as seen on a screen, where y points down. Quarter turns are exact.
pub(crate) fn turned(vector: ImageVector, degrees: f64) -> ImageVector {
    let (sin, cos) = sin_cos(degrees);
    ImageVector::new(vector.x * cos - vector.y * sin, vector.x * sin + vector.y * cos)
}

fn sin_cos(degrees: f64) -> (f64, f64) {
    let degrees = degrees.rem_euclid(360.0);
    // The table avoids 6e-17 where people expect 0.
    for (quarter, exact) in [(0.0, (0.0, 1.0)), (90.0, (1.0, 0.0)), (180.0, (0.0, -1.0)), (270.0, (-1.0, 0.0))] {
        if (degrees - quarter).abs() < 1e-12 {
            return exact;
        }
    }
    degrees.to_radians().sin_cos()
}

impl RotatedRect {
    /// An unrotated box between two opposite corners.
    #[must_use]
    pub fn from_corners(a: ImagePoint, b: ImagePoint) -> Self {
        let hull = Bounds::from_corners(a, b);
        Self { x: hull.min.x, y: hull.min.y, width: hull.width(), height: hull.height(), rotation: 0.0 }
    }

    /// The pivot.
    #[must_use]
    pub fn origin(&self) -> ImagePoint {
        ImagePoint::new(self.x, self.y)
    }

    /// The point at fractions `u`, `v` (0 to 1) along the box's own axes.
    #[must_use]
    pub fn at(&self, u: f64, v: f64) -> ImagePoint {
        self.origin() + turned(ImageVector::new(u * self.width, v * self.height), self.rotation)
    }

    /// The four corners in the box's own order: top-left, top-right, bottom-right, bottom-left.
    #[must_use]
    pub fn corners(&self) -> [ImagePoint; 4] {
        [self.at(0.0, 0.0), self.at(1.0, 0.0), self.at(1.0, 1.0), self.at(0.0, 1.0)]
    }

    /// The middle.
    #[must_use]
    pub fn center(&self) -> ImagePoint {
        self.at(0.5, 0.5)
    }

    /// The point as seen along the box's own axes, in pixels from the pivot.
    #[must_use]
    pub fn to_local(&self, point: ImagePoint) -> ImageVector {
        turned(point - self.origin(), -self.rotation)
    }

    /// The same box turned about its centre to a rotation in `0..360`.
    #[must_use]
    pub fn rotated_to(&self, rotation: f64) -> Self {
        let rotation = rotation.rem_euclid(360.0);
        let center = self.center();
        let origin = center + turned(ImageVector::new(-self.width / 2.0, -self.height / 2.0), rotation);
        Self { x: origin.x, y: origin.y, rotation, ..*self }
    }

    /// The axis-aligned hull of the corners.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let [a, b, c, d] = self.corners();
        Bounds::from_corners(a, b).union(Bounds::from_corners(c, d))
    }

    /// Square pixels.
    #[must_use]
    pub fn area(&self) -> f64 {
        (self.width * self.height).abs()
    }

    /// Whether the point is inside or on the border.
    #[must_use]
    pub fn contains(&self, point: ImagePoint) -> bool {
        let local = self.to_local(point);
        (0.0..=self.width).contains(&local.x) && (0.0..=self.height).contains(&local.y)
    }
}

impl Ellipse {
    /// The middle.
    #[must_use]
    pub fn center(&self) -> ImagePoint {
        ImagePoint::new(self.x, self.y)
    }

    /// The box it touches on all four sides, turned with it.
    #[must_use]
    pub fn frame(&self) -> RotatedRect {
        let corner = self.center() + turned(ImageVector::new(-self.radius_x, -self.radius_y), self.rotation);
        RotatedRect {
            x: corner.x,
            y: corner.y,
            width: self.radius_x * 2.0,
            height: self.radius_y * 2.0,
            rotation: self.rotation,
        }
    }

    /// The ellipse that touches all four sides of a box.
    #[must_use]
    pub fn from_frame(frame: &RotatedRect) -> Self {
        let center = frame.center();
        Self {
            x: center.x,
            y: center.y,
            radius_x: frame.width / 2.0,
            radius_y: frame.height / 2.0,
            rotation: frame.rotation,
        }
    }

    /// The exact axis-aligned hull.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        let (sin, cos) = sin_cos(self.rotation);
        let half = ImageVector::new(
            (self.radius_x * cos).hypot(self.radius_y * sin),
            (self.radius_x * sin).hypot(self.radius_y * cos),
        );
        Bounds { min: self.center() + ImageVector::new(-half.x, -half.y), max: self.center() + half }
    }

    /// Square pixels.
    #[must_use]
    pub fn area(&self) -> f64 {
        (std::f64::consts::PI * self.radius_x * self.radius_y).abs()
    }

    /// Whether the point is inside or on the border.
    #[must_use]
    pub fn contains(&self, point: ImagePoint) -> bool {
        if self.radius_x <= 0.0 || self.radius_y <= 0.0 {
            return false;
        }
        let local = turned(point - self.center(), -self.rotation);
        (local.x / self.radius_x).powi(2) + (local.y / self.radius_y).powi(2) <= 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: ImagePoint, b: (f64, f64)) -> bool {
        (a.x - b.0).abs() < 1e-9 && (a.y - b.1).abs() < 1e-9
    }

    #[test]
    fn corners_turn_clockwise_about_the_stored_corner() {
        let table = [
            (0.0, [(10.0, 20.0), (40.0, 20.0), (40.0, 30.0), (10.0, 30.0)]),
            (90.0, [(10.0, 20.0), (10.0, 50.0), (0.0, 50.0), (0.0, 20.0)]),
            (180.0, [(10.0, 20.0), (-20.0, 20.0), (-20.0, 10.0), (10.0, 10.0)]),
            (-90.0, [(10.0, 20.0), (10.0, -10.0), (20.0, -10.0), (20.0, 20.0)]),
        ];
        for (rotation, expected) in table {
            let rect = RotatedRect { x: 10.0, y: 20.0, width: 30.0, height: 10.0, rotation };
            for (corner, expected) in rect.corners().into_iter().zip(expected) {
                assert!(close(corner, expected), "{rotation}: {corner:?} is not {expected:?}");
            }
        }
    }

    #[test]
    fn hull_of_a_box_on_its_corner_is_a_square() {
        let rect = RotatedRect { x: 0.0, y: 0.0, width: 10.0, height: 10.0, rotation: 45.0 };
        let half = 50.0_f64.sqrt();
        let hull = rect.bounds();
        assert!(close(hull.min, (-half, 0.0)) && close(hull.max, (half, 2.0 * half)), "{hull:?}");
        assert!((rect.area() - 100.0).abs() < 1e-9);
    }

    #[test]
    fn turning_about_the_centre_keeps_the_centre() {
        let rect = RotatedRect { x: 3.0, y: 4.0, width: 50.0, height: 20.0, rotation: 12.0 };
        let turned = rect.rotated_to(-33.0);
        assert!(rect.center().distance(turned.center()) < 1e-9);
        assert!((turned.rotation - 327.0).abs() < 1e-9);
    }

    #[test]
    fn an_ellipse_and_its_frame_agree() {
        let ellipse = Ellipse { x: 50.0, y: 40.0, radius_x: 20.0, radius_y: 10.0, rotation: 30.0 };
        let again = Ellipse::from_frame(&ellipse.frame());
        assert!(ellipse.center().distance(again.center()) < 1e-9);
        assert!(ellipse.contains(ImagePoint::new(50.0, 40.0)));
        assert!(!ellipse.contains(ImagePoint::new(50.0, 60.0)));
        let upright = Ellipse { rotation: 90.0, ..ellipse }.bounds();
        assert!(close(upright.min, (40.0, 20.0)) && close(upright.max, (60.0, 60.0)));
    }
}
