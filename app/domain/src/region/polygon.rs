//! Rings of points, perhaps with holes.

use serde::{Deserialize, Serialize};

use super::{Bounds, ImagePoint};

/// A ring of points; the last is joined to the first when `closed`.
///
/// A point is named by its number: those of the outline first, then those of the holes, one hole after another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Polygon {
    /// In drawing order.
    pub points: Vec<ImagePoint>,
    /// Whether the annotator has closed the ring.
    pub closed: bool,
    /// Rings that are not part of it, each closed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holes: Vec<Vec<ImagePoint>>,
}

/// The fewest points of a hole.
const LEAST_OF_HOLE: usize = 3;

impl Polygon {
    /// One without holes.
    #[must_use]
    pub fn of(points: Vec<ImagePoint>, closed: bool) -> Self {
        Self { points, closed, holes: Vec::new() }
    }

    /// The outline, then the holes.
    pub fn rings(&self) -> impl Iterator<Item = &[ImagePoint]> + Clone {
        std::iter::once(self.points.as_slice()).chain(self.holes.iter().map(Vec::as_slice))
    }

    /// All points, those of the holes included.
    pub fn all_points(&self) -> impl Iterator<Item = ImagePoint> + '_ {
        self.rings().flatten().copied()
    }

    /// The axis-aligned hull; `None` without points.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        Bounds::of(self.all_points())
    }

    /// The sides as pairs of points, the closing side of a ring last, those of the outline first.
    pub fn sides(&self) -> impl Iterator<Item = (ImagePoint, ImagePoint)> + '_ {
        self.rings().enumerate().flat_map(|(ring, points)| {
            let closing = (self.closed || ring > 0).then(|| points.first().copied()).flatten();
            points
                .windows(2)
                .map(|pair| (pair[0], pair[1]))
                .chain(closing.and_then(|first| points.last().map(|last| (*last, first))))
        })
    }

    /// Square pixels by the shoelace formula, less those of the holes; the direction of drawing does not matter.
    #[must_use]
    pub fn area(&self) -> f64 {
        let holes: f64 = self.holes.iter().map(|hole| area(hole)).sum();
        (area(&self.points) - holes).max(0.0)
    }

    /// Whether the point is inside, by the even-odd rule: in the outline, and in no hole.
    #[must_use]
    pub fn contains(&self, point: ImagePoint) -> bool {
        let crossings: usize = self.rings().map(|ring| crossings(ring, point)).sum();
        crossings % 2 == 1
    }

    /// The same polygon with every point elsewhere.
    #[must_use]
    pub fn map(&self, mut to: impl FnMut(ImagePoint) -> ImagePoint) -> Self {
        let mut moved = self.clone();
        for point in moved.points.iter_mut().chain(moved.holes.iter_mut().flatten()) {
            *point = to(*point);
        }
        moved
    }

    /// The point of this number.
    pub fn point_mut(&mut self, number: usize) -> Option<&mut ImagePoint> {
        self.points.iter_mut().chain(self.holes.iter_mut().flatten()).nth(number)
    }

    /// Without the point of this number; a hole of which too little is left goes with it.
    #[must_use]
    pub fn without(&self, number: usize) -> Self {
        let mut fewer = self.clone();
        if let Some((ring, at)) = fewer.ring_of(number) {
            ring.remove(at);
            fewer.holes.retain(|hole| hole.is_empty() || hole.len() >= LEAST_OF_HOLE);
        }
        fewer
    }

    /// With another point behind the one of this number.
    #[must_use]
    pub fn with_after(&self, number: usize, point: ImagePoint) -> Self {
        let mut more = self.clone();
        if let Some((ring, at)) = more.ring_of(number) {
            ring.insert(at + 1, point);
        }
        more
    }

    /// The ring that has the point of this number, and its place there.
    fn ring_of(&mut self, number: usize) -> Option<(&mut Vec<ImagePoint>, usize)> {
        let mut at = number;
        for ring in std::iter::once(&mut self.points).chain(&mut self.holes) {
            if at < ring.len() {
                return Some((ring, at));
            }
            at -= ring.len();
        }
        None
    }
}

fn area(ring: &[ImagePoint]) -> f64 {
    let Some(first) = ring.first() else { return 0.0 };
    let next = ring.iter().cycle().skip(1);
    // Relative to the first point, so that a far-off ring loses no digits.
    let doubled: f64 =
        ring.iter().zip(next).map(|(a, b)| (a.x - first.x) * (b.y - first.y) - (b.x - first.x) * (a.y - first.y)).sum();
    doubled.abs() / 2.0
}

/// How many sides a line from the point to the right crosses.
fn crossings(ring: &[ImagePoint], point: ImagePoint) -> usize {
    let next = ring.iter().cycle().skip(1);
    ring.iter()
        .zip(next)
        .filter(|(a, b)| {
            (a.y > point.y) != (b.y > point.y) && point.x < (b.x - a.x) * (point.y - a.y) / (b.y - a.y) + a.x
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::{ImageVector, Shape};

    fn points(points: &[(f64, f64)]) -> Vec<ImagePoint> {
        points.iter().map(|&(x, y)| ImagePoint::new(x, y)).collect()
    }

    fn ring(of: &[(f64, f64)]) -> Polygon {
        Polygon::of(points(of), true)
    }

    fn square(from: f64, to: f64) -> Vec<ImagePoint> {
        points(&[(from, from), (to, from), (to, to), (from, to)])
    }

    fn frame() -> Polygon {
        Polygon { holes: vec![square(20.0, 40.0), square(60.0, 70.0)], ..Polygon::of(square(0.0, 100.0), true) }
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

    #[test]
    fn holes_are_outside() {
        let frame = frame();
        assert_eq!((frame.area(), frame.sides().count()), (10_000.0 - 400.0 - 100.0, 12));
        let table = [((10.0, 10.0), true), ((30.0, 30.0), false), ((50.0, 50.0), true), ((65.0, 65.0), false)];
        for ((x, y), inside) in table {
            assert_eq!(frame.contains(ImagePoint::new(x, y)), inside, "{x}, {y}");
        }
        let hull = frame.bounds().unwrap();
        assert_eq!((hull.min, hull.max), (ImagePoint::new(0.0, 0.0), ImagePoint::new(100.0, 100.0)));
        // Holes that eat it up leave nothing, not less.
        assert_eq!(Polygon { holes: vec![square(0.0, 200.0)], ..frame }.area(), 0.0);
    }

    #[test]
    fn points_of_holes_are_numbered_behind_those_of_the_outline() {
        let frame = frame();
        let more = frame.with_after(7, ImagePoint::new(20.0, 30.0));
        assert_eq!(more.holes[0][4], ImagePoint::new(20.0, 30.0));
        assert_eq!(more.without(8), frame);
        let mut moved = frame.clone();
        *moved.point_mut(4).unwrap() = ImagePoint::new(25.0, 25.0);
        assert_eq!((moved.holes[0][0], &moved.points), (ImagePoint::new(25.0, 25.0), &frame.points));
        assert_eq!((moved.point_mut(12), frame.without(12)), (None, frame.clone()));
        // A hole of two points is none.
        assert_eq!(frame.without(8).without(8).holes, [square(20.0, 40.0)]);
    }

    proptest::proptest! {
        #[test]
        fn a_polygon_with_holes_is_the_same_wherever_it_is_moved(
            x in 0.0..100.0_f64, y in 0.0..100.0_f64, by_x in -500.0..500.0_f64, by_y in -500.0..500.0_f64,
        ) {
            let (at, by) = (ImagePoint::new(x, y), ImageVector::new(by_x, by_y));
            let shape = Shape::Polygon(frame());
            let moved = shape.translated(by);
            // Rounding may decide on the very edge.
            let to_edge = shape.outline_distance(at);
            proptest::prop_assume!(to_edge > 1e-6);
            let in_hole = [(20.0, 40.0), (60.0, 70.0)].iter().any(|(from, to)| (*from..*to).contains(&x) && (*from..*to).contains(&y));
            proptest::prop_assert_eq!(shape.is_hit(at, 0.0), !in_hole);
            proptest::prop_assert_eq!(moved.is_hit(at + by, 0.0), !in_hole);
            // Near its edge a hole is still within reach of a finger.
            proptest::prop_assert_eq!(shape.is_hit(at, 3.0), !in_hole || to_edge <= 3.0);
            proptest::prop_assert!((moved.area() - shape.area()).abs() < 1e-6);
        }
    }
}
