//! How much two shapes on an image cover each other.

use std::{cell::OnceCell, f64::consts::TAU};

use super::ratings::count;
use crate::region::{Bounds, Ellipse, ImagePoint, ImageSize, Mask, Polygon, RotatedRect, Shape};

/// Corners of the polygon that stands for an ellipse, of the same area.
const CORNERS: usize = 256;

/// What both cover, of what either covers: [`Outline::iou`] of two shapes that meet nothing else.
#[must_use]
pub fn iou(one: &Shape, other: &Shape) -> f64 {
    Outline::of(one).iou(&Outline::of(other))
}

/// A shape that is about to meet many others: what it needs for that is reckoned once.
#[derive(Debug, Clone)]
pub struct Outline<'a> {
    shape: &'a Shape,
    hull: Option<Bounds>,
    /// A box that is not turned, which is its hull.
    is_straight: bool,
    rings: OnceCell<Vec<Vec<ImagePoint>>>,
    area: OnceCell<f64>,
}

impl<'a> Outline<'a> {
    /// Of a shape.
    #[must_use]
    pub fn of(shape: &'a Shape) -> Self {
        let is_straight = shape.as_box().is_some_and(|rect| rect.rotation.rem_euclid(90.0) < 1e-12);
        Self { shape, hull: shape.bounds(), is_straight, rings: OnceCell::new(), area: OnceCell::new() }
    }

    /// What both cover, of what either covers, from 0 to 1: exact for boxes, turned boxes, polygons with holes and masks; an
    /// ellipse is a polygon of 256 corners. Beside a mask, a pixel belongs to a shape when its middle does. Shapes that cover
    /// nothing agree where they are the same.
    #[must_use]
    pub fn iou(&self, other: &Self) -> f64 {
        match (self.shape, other.shape) {
            (Shape::Mask(one), Shape::Mask(other)) => return one.iou(other),
            (Shape::Mask(mask), shape) | (shape, Shape::Mask(mask)) => {
                return painted(shape, mask).map_or(0.0, |painted| painted.iou(mask));
            }
            _ => {}
        }
        let covered = Covered { one: self.area(), other: other.area(), both: self.shared(other) };
        if covered.one <= 0.0 && covered.other <= 0.0 {
            return f64::from(u8::from(self.shape == other.shape));
        }
        covered.iou()
    }

    /// Square pixels that both cover, of shapes that are no masks.
    pub(super) fn shared(&self, other: &Self) -> f64 {
        match (self.hull, other.hull) {
            (Some(here), Some(there)) if here.intersects(&there) => {
                let both = meeting(&here, &there);
                if self.is_straight && other.is_straight {
                    both.width() * both.height()
                } else {
                    shared_area(self.rings(), other.rings(), &both)
                }
            }
            _ => 0.0,
        }
    }

    /// Square pixels that it covers: of a ring that crosses itself, not what it encloses.
    pub(super) fn area(&self) -> f64 {
        let rings = || self.hull.map_or(0.0, |hull| shared_area(self.rings(), self.rings(), &hull));
        *self.area.get_or_init(|| if self.is_straight { self.shape.area() } else { rings() })
    }

    fn rings(&self) -> &[Vec<ImagePoint>] {
        self.rings.get_or_init(|| rings(self.shape))
    }
}

/// Square pixels that two shapes cover, or many of them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Covered {
    pub(super) one: f64,
    pub(super) other: f64,
    pub(super) both: f64,
}

impl Covered {
    /// What both cover, of what either covers; 0 of nothing.
    pub(super) fn iou(self) -> f64 {
        let either = self.one + self.other - self.both;
        if either > 0.0 { (self.both / either).clamp(0.0, 1.0) } else { 0.0 }
    }
}

fn meeting(one: &Bounds, other: &Bounds) -> Bounds {
    Bounds {
        min: ImagePoint::new(one.min.x.max(other.min.x), one.min.y.max(other.min.y)),
        max: ImagePoint::new(one.max.x.min(other.max.x), one.max.y.min(other.max.y)),
    }
}

/// The outline of what covers something, and its holes.
fn rings(shape: &Shape) -> Vec<Vec<ImagePoint>> {
    let of_polygon = |polygon: &Polygon| polygon.rings().map(<[ImagePoint]>::to_vec).collect();
    match shape {
        Shape::Ellipse(ellipse) => vec![corners(ellipse)],
        Shape::Polygon(polygon) => of_polygon(polygon),
        Shape::Vector(vector) => vector.outline().as_ref().map(of_polygon).unwrap_or_default(),
        _ => shape.as_box().map(|rect: RotatedRect| vec![rect.corners().to_vec()]).unwrap_or_default(),
    }
}

/// Corners on and beside the ellipse, so that what they enclose is as large as the ellipse.
fn corners(ellipse: &Ellipse) -> Vec<ImagePoint> {
    let step = TAU / count(CORNERS);
    let frame = ellipse.frame();
    let reach = (step / step.sin()).sqrt() / 2.0;
    let corner = |number: usize| {
        let (sin, cos) = (step * count(number)).sin_cos();
        frame.at(0.5 + reach * cos, 0.5 + reach * sin)
    };
    (0..CORNERS).map(corner).collect()
}

/// A shape as pixels of the image that a mask is of.
fn painted(shape: &Shape, like: &Mask) -> Option<Mask> {
    let mut mask = Mask::on(ImageSize::new(f64::from(like.width()), f64::from(like.height()))?)?;
    for (number, ring) in rings(shape).iter().enumerate() {
        mask.fill_ring(ring, number == 0);
    }
    Some(mask)
}

/// A side of a ring, from its upper end to its lower one.
#[derive(Debug, Clone, Copy)]
struct Side {
    top: ImagePoint,
    bottom: ImagePoint,
    is_first: bool,
}

impl Side {
    fn x_at(&self, y: f64) -> f64 {
        let way = (y - self.top.y) / (self.bottom.y - self.top.y);
        self.top.x + way * (self.bottom.x - self.top.x)
    }

    /// Where two sides cross, if they do between their ends.
    fn crossing(&self, other: &Self) -> Option<f64> {
        let (from, to) = (self.top.y.max(other.top.y), self.bottom.y.min(other.bottom.y));
        let (before, after) = (self.x_at(from) - other.x_at(from), self.x_at(to) - other.x_at(to));
        (from < to && before * after < 0.0).then(|| from + (to - from) * before / (before - after))
    }
}

/// Square pixels inside both by the even-odd rule. The rings are cut into slabs in which no side begins, ends or crosses
/// another: there what both have in common is a row of trapezoids, whose area is that of their middles. Its time grows with the
/// sides that lie beside each other.
fn shared_area(one: &[Vec<ImagePoint>], other: &[Vec<ImagePoint>], within: &Bounds) -> f64 {
    let mut sides: Vec<Side> = sides(one, true).chain(sides(other, false)).collect();
    sides.retain(|side| side.top.y < within.max.y && side.bottom.y > within.min.y);
    sides.sort_by(|one, other| one.top.y.total_cmp(&other.top.y));
    let mut levels = vec![within.min.y, within.max.y];
    for (number, side) in sides.iter().enumerate() {
        levels.extend([side.top.y, side.bottom.y]);
        let beside = sides[number + 1..].iter().take_while(|other| other.top.y < side.bottom.y);
        levels.extend(beside.filter_map(|other| side.crossing(other)));
    }
    levels.retain(|level| (within.min.y..=within.max.y).contains(level));
    levels.sort_by(f64::total_cmp);
    let (mut area, mut next) = (0.0, 0);
    let mut here: Vec<Side> = Vec::new();
    for slab in levels.windows(2) {
        let (top, bottom) = (slab[0], slab[1]);
        let middle = f64::midpoint(top, bottom);
        if middle <= top || middle >= bottom {
            continue;
        }
        here.retain(|side| side.bottom.y > middle);
        while let Some(side) = sides.get(next).filter(|side| side.top.y < middle) {
            if side.bottom.y > middle {
                here.push(*side);
            }
            next += 1;
        }
        area += (bottom - top) * shared_width(&here, middle);
    }
    area
}

fn sides(rings: &[Vec<ImagePoint>], is_first: bool) -> impl Iterator<Item = Side> {
    let pairs = rings.iter().flat_map(|ring| ring.iter().zip(ring.iter().cycle().skip(1)));
    pairs.filter_map(move |(a, b)| {
        let (top, bottom) = if a.y < b.y { (*a, *b) } else { (*b, *a) };
        (top.y < bottom.y).then_some(Side { top, bottom, is_first })
    })
}

/// How much of a line is inside both.
fn shared_width(sides: &[Side], y: f64) -> f64 {
    let mut cuts: Vec<(f64, bool)> = sides.iter().map(|side| (side.x_at(y), side.is_first)).collect();
    cuts.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut width, mut last, mut inside) = (0.0, 0.0, (false, false));
    for (x, is_first) in cuts {
        if inside == (true, true) {
            width += x - last;
        }
        last = x;
        if is_first { inside.0 = !inside.0 } else { inside.1 = !inside.1 }
    }
    width
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boxed(x: f64, y: f64, width: f64, height: f64, rotation: f64) -> Shape {
        Shape::Rect(RotatedRect { x, y, width, height, rotation })
    }

    fn polygon(points: &[(f64, f64)], holes: &[&[(f64, f64)]]) -> Shape {
        let ring = |points: &[(f64, f64)]| points.iter().map(|(x, y)| ImagePoint::new(*x, *y)).collect::<Vec<_>>();
        let holes = holes.iter().map(|hole| ring(hole)).collect();
        Shape::Polygon(Polygon { points: ring(points), closed: true, holes })
    }

    fn square(x: f64, y: f64, side: f64) -> [(f64, f64); 4] {
        [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]
    }

    fn ellipse(x: f64, y: f64, radius_x: f64, radius_y: f64, rotation: f64) -> Shape {
        Shape::Ellipse(Ellipse { x, y, radius_x, radius_y, rotation })
    }

    #[test]
    fn shapes_cover_each_other_as_reckoned_by_hand() {
        let ten = boxed(0.0, 0.0, 10.0, 10.0, 0.0);
        let octagon = 200.0 * (2.0_f64.sqrt() - 1.0);
        let cases = [
            ("the same", ten.clone(), ten.clone(), 1.0),
            ("half", ten.clone(), boxed(5.0, 0.0, 10.0, 10.0, 0.0), 1.0 / 3.0),
            ("a corner", ten.clone(), boxed(5.0, 5.0, 10.0, 10.0, 0.0), 25.0 / 175.0),
            ("beside", ten.clone(), boxed(20.0, 0.0, 10.0, 10.0, 0.0), 0.0),
            ("a side", ten.clone(), boxed(10.0, 0.0, 10.0, 10.0, 0.0), 0.0),
            ("a quarter turn", ten.clone(), boxed(10.0, 0.0, 10.0, 10.0, 90.0), 1.0),
            // Turned by an eighth about their common middle: a regular octagon.
            (
                "an eighth of a turn",
                ten.clone(),
                boxed(5.0, 5.0 - 50.0_f64.sqrt(), 10.0, 10.0, 45.0),
                octagon / (200.0 - octagon),
            ),
            ("a polygon and its box", ten.clone(), polygon(&square(0.0, 0.0, 10.0), &[]), 1.0),
            ("a triangle", ten.clone(), polygon(&[(0.0, 0.0), (10.0, 0.0), (0.0, 10.0)], &[]), 0.5),
            ("a hole", ten.clone(), polygon(&square(0.0, 0.0, 10.0), &[&square(2.0, 2.0, 6.0)]), 0.64),
            (
                "two holes apart",
                polygon(&square(0.0, 0.0, 10.0), &[&square(1.0, 1.0, 2.0)]),
                polygon(&square(0.0, 0.0, 10.0), &[&square(6.0, 6.0, 2.0)]),
                92.0 / 100.0,
            ),
            (
                "a bow tie",
                polygon(&[(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)], &[]),
                polygon(&[(0.0, 0.0), (10.0, 10.0), (10.0, 0.0), (0.0, 10.0)], &[]),
                1.0,
            ),
            ("circles", ellipse(5.0, 5.0, 5.0, 5.0, 0.0), ellipse(5.0, 5.0, 5.0, 5.0, 30.0), 1.0),
            ("one in the other", ellipse(0.0, 0.0, 4.0, 2.0, 20.0), ellipse(0.0, 0.0, 2.0, 1.0, 20.0), 0.25),
            ("points", polygon(&[(1.0, 1.0)], &[]), polygon(&[(1.0, 1.0)], &[]), 1.0),
            ("other points", polygon(&[(1.0, 1.0)], &[]), polygon(&[(2.0, 1.0)], &[]), 0.0),
        ];
        for (what, one, other, expected) in cases {
            for found in [iou(&one, &other), iou(&other, &one)] {
                let margin = if matches!(one, Shape::Ellipse(_)) { 2e-4 } else { 1e-9 };
                assert!((found - expected).abs() < margin, "{what}: {found} is not {expected}");
            }
        }
    }

    #[test]
    fn a_mask_meets_other_shapes() {
        let mut mask = Mask::new(20, 20).unwrap();
        mask.fill((0..10).map(|y| (y, 0, 10)), true);
        let mask = Shape::Mask(mask);
        assert_eq!(iou(&mask, &mask), 1.0);
        assert_eq!(iou(&mask, &boxed(5.0, 0.0, 10.0, 10.0, 0.0)), 1.0 / 3.0);
        assert_eq!(iou(&polygon(&square(0.0, 0.0, 10.0), &[&square(2.0, 2.0, 6.0)]), &mask), 0.64);
    }

    prop_compose! {
        fn ring()(points in prop::collection::vec((0.0_f64..40.0, 0.0_f64..40.0), 3..9)) -> Vec<(f64, f64)> { points }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn what_both_cover_is_what_a_grid_counts(one in ring(), other in ring()) {
            let (one, other) = (polygon(&one, &[]), polygon(&other, &[]));
            let all = Bounds { min: ImagePoint::new(0.0, 0.0), max: ImagePoint::new(40.0, 40.0) };
            let found = shared_area(&rings(&one), &rings(&other), &all);
            let (Shape::Polygon(one), Shape::Polygon(other)) = (&one, &other) else { unreachable!() };
            let steps = 200_u32;
            let side = 40.0 / f64::from(steps);
            let middle = |step: u32| (f64::from(step) + 0.5) * side;
            let points = (0..steps).flat_map(|x| (0..steps).map(move |y| ImagePoint::new(middle(x), middle(y))));
            let inside = points.filter(|point| one.contains(*point) && other.contains(*point)).count();
            let counted = count(inside) * side * side;
            prop_assert!((found - counted).abs() < 16.0, "{} is not {}", found, counted);
        }
    }
}
