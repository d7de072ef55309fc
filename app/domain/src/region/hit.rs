//! Whether a point touches a shape.

use kurbo::ParamCurveNearest as _;

use super::{ImagePoint, Shape};

/// How far from a point the pixels of a mask are looked for.
const MASK_REACH: f64 = 32.0;

impl Shape {
    /// Whether `point` is inside the shape or within `tolerance` image pixels of its outline.
    #[must_use]
    pub fn is_hit(&self, point: ImagePoint, tolerance: f64) -> bool {
        let Some(bounds) = self.bounds() else { return false };
        if let Self::KeyPoint(key) = self {
            return key.point().distance(point) <= tolerance.max(key.width / 2.0);
        }
        if !bounds.inflate(tolerance).contains(point) {
            return false;
        }
        if let Self::Mask(mask) = self {
            return mask.distance(point, tolerance) <= tolerance;
        }
        self.contains(point) || self.outline_distance(point) <= tolerance
    }

    /// Whether `point` is inside.
    #[must_use]
    pub fn contains(&self, point: ImagePoint) -> bool {
        match self {
            Self::Rect(rect) => rect.contains(point),
            Self::Ellipse(ellipse) => ellipse.contains(point),
            Self::Polygon(polygon) => polygon.contains(point),
            Self::Mask(mask) => mask.contains(point),
            Self::Vector(vector) => vector.contains(point),
            Self::Page(page) => page.pixels().is_some_and(|rect| rect.contains(point)),
            _ => false,
        }
    }

    /// Image pixels from `point` to the outline; infinite where there is none.
    #[must_use]
    pub fn outline_distance(&self, point: ImagePoint) -> f64 {
        match self {
            Self::Rect(rect) => ring_distance(&rect.corners(), point),
            // Close enough to tell whether a finger touches it: the frame is only used for ellipses too thin to enter.
            Self::Ellipse(ellipse) => ring_distance(&ellipse.frame().corners(), point),
            Self::Polygon(polygon) => {
                polygon.sides().map(|(a, b)| side_distance(a, b, point)).fold(f64::INFINITY, f64::min)
            }
            Self::KeyPoint(key) => key.point().distance(point),
            Self::Page(page) => page.pixels().map_or(f64::INFINITY, |rect| ring_distance(&rect.corners(), point)),
            Self::Vector(vector) => vector.distance(point),
            // A mask has no outline apart from its pixels.
            Self::Mask(mask) => mask.distance(point, MASK_REACH),
            _ => f64::INFINITY,
        }
    }
}

fn ring_distance(corners: &[ImagePoint; 4], point: ImagePoint) -> f64 {
    let next = corners.iter().cycle().skip(1);
    corners.iter().zip(next).map(|(a, b)| side_distance(*a, *b, point)).fold(f64::INFINITY, f64::min)
}

/// Image pixels from `point` to the side between `a` and `b`.
pub(super) fn side_distance(a: ImagePoint, b: ImagePoint, point: ImagePoint) -> f64 {
    if a == b {
        return a.distance(point);
    }
    kurbo::Line::new(a.to_kurbo(), b.to_kurbo()).nearest(point.to_kurbo(), 1e-6).distance_sq.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::{KeyPoint, Polygon, RotatedRect};

    #[test]
    fn shapes_are_hit_inside_and_near_their_outline() {
        let rect = Shape::Rect(RotatedRect { x: 10.0, y: 10.0, width: 20.0, height: 10.0, rotation: 90.0 });
        let line = Shape::Polygon(Polygon::of(vec![ImagePoint::new(0.0, 0.0), ImagePoint::new(100.0, 0.0)], false));
        let key = Shape::KeyPoint(KeyPoint { x: 5.0, y: 5.0, width: 2.0 });
        let table = [
            (&rect, (5.0, 20.0), 0.0, true),
            (&rect, (15.0, 12.0), 0.0, false),
            (&rect, (12.0, 20.0), 3.0, true),
            (&line, (50.0, 2.0), 3.0, true),
            (&line, (50.0, 4.0), 3.0, false),
            (&key, (5.0, 5.9), 0.0, true),
            (&key, (5.0, 8.0), 4.0, true),
            (&key, (5.0, 10.0), 4.0, false),
        ];
        for (shape, (x, y), tolerance, hit) in table {
            assert_eq!(shape.is_hit(ImagePoint::new(x, y), tolerance), hit, "{shape:?} at {x}, {y}");
        }
    }
}
