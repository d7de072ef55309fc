//! Rings of points.

use serde::{Deserialize, Serialize};

use super::{Bounds, ImagePoint};

/// A ring of points; the last is joined to the first when `closed`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Polygon {
    /// In drawing order.
    pub points: Vec<ImagePoint>,
    /// Whether the annotator has closed the ring.
    pub closed: bool,
}

impl Polygon {
    /// The axis-aligned hull; `None` without points.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        Bounds::of(self.points.iter().copied())
    }

    /// The sides as pairs of points, the closing side last.
    pub fn sides(&self) -> impl Iterator<Item = (ImagePoint, ImagePoint)> + '_ {
        let closing = self.closed.then(|| self.points.first().copied()).flatten();
        self.points
            .windows(2)
            .map(|pair| (pair[0], pair[1]))
            .chain(closing.and_then(|first| self.points.last().map(|last| (*last, first))))
    }

    /// Square pixels by the shoelace formula; the direction of drawing does not matter.
    #[must_use]
    pub fn area(&self) -> f64 {
        let Some(first) = self.points.first() else { return 0.0 };
        let next = self.points.iter().cycle().skip(1);
        // Relative to the first point, so that a far-off ring loses no digits.
        let doubled: f64 = self
            .points
            .iter()
            .zip(next)
            .map(|(a, b)| (a.x - first.x) * (b.y - first.y) - (b.x - first.x) * (a.y - first.y))
            .sum();
        doubled.abs() / 2.0
    }

    /// Whether the point is inside, by the even-odd rule.
    #[must_use]
    pub fn contains(&self, point: ImagePoint) -> bool {
        let next = self.points.iter().cycle().skip(1);
        let crossings = self
            .points
            .iter()
            .zip(next)
            .filter(|(a, b)| {
                (a.y > point.y) != (b.y > point.y) && point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x
            })
            .count();
        crossings % 2 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[(f64, f64)]) -> Polygon {
        Polygon { points: points.iter().map(|&(x, y)| ImagePoint::new(x, y)).collect(), closed: true }
    }

    #[test]
    fn area_ignores_the_direction() {
        let l = [(0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (5.0, 5.0), (5.0, 10.0), (0.0, 10.0)];
        let mut back = l;
        back.reverse();
        assert_eq!(ring(&l).area(), 75.0);
        assert_eq!(ring(&back).area(), 75.0);
        assert_eq!(ring(&[(1.0, 1.0), (2.0, 2.0)]).area(), 0.0);
        assert_eq!(ring(&[]).area(), 0.0);
    }

    #[test]
    fn inside_and_outside() {
        let l = ring(&[(0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (5.0, 5.0), (5.0, 10.0), (0.0, 10.0)]);
        assert!(l.contains(ImagePoint::new(2.0, 8.0)));
        assert!(!l.contains(ImagePoint::new(8.0, 8.0)));
        assert!(!l.contains(ImagePoint::new(-1.0, 1.0)));
        assert!(!ring(&[]).contains(ImagePoint::new(0.0, 0.0)));
    }

    #[test]
    fn sides_close_only_when_closed() {
        let mut triangle = ring(&[(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)]);
        assert_eq!(triangle.sides().count(), 3);
        triangle.closed = false;
        assert_eq!(triangle.sides().count(), 2);
        assert_eq!(ring(&[]).sides().count(), 0);
    }
}
