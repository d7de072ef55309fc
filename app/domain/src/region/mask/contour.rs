//! The outlines of a mask.

use std::collections::HashSet;

use super::{Mask, PixelRect};
use crate::region::{ImagePoint, Polygon};

/// One outline of a mask, along the edges of its pixels. Filled together by the even-odd rule, all outlines of a mask
/// are the mask.
#[derive(Debug, Clone, PartialEq)]
pub struct Contour {
    /// Corners only; clockwise on the screen around an area, counter-clockwise around a hole.
    pub ring: Polygon,
    /// Whether it is the border of a hole.
    pub is_hole: bool,
}

/// The way one walks along an edge; painted pixels lie on the right.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Heading {
    East,
    South,
    West,
    North,
}

impl Heading {
    fn right(self) -> Self {
        match self {
            Self::East => Self::South,
            Self::South => Self::West,
            Self::West => Self::North,
            Self::North => Self::East,
        }
    }

    fn left(self) -> Self {
        self.right().right().right()
    }
}

impl Mask {
    /// All outlines, from top to bottom. Pixels that touch at a corner only belong to different areas.
    #[must_use]
    pub fn contours(&self) -> Vec<Contour> {
        let Some(block) = self.pixel_bounds() else { return Vec::new() };
        let mut walk = Walk { mask: self, seen: HashSet::new() };
        let mut contours = Vec::new();
        // Every outline passes at least once eastwards over the top of a painted pixel.
        let mut tops = Vec::new();
        self.spans(|y, x0, x1| {
            let mut x = x0;
            while x < x1 {
                if y > 0 && self.get(x, y - 1) {
                    x += 1;
                    continue;
                }
                tops.push((x, y));
                // The rest of this edge belongs to the same outline.
                while x < x1 && (y == 0 || !self.get(x, y - 1)) {
                    x += 1;
                }
            }
        });
        for (x, y) in tops {
            if !walk.seen.contains(&(x, y)) {
                contours.push(walk.around(x, y, block));
            }
        }
        contours
    }
}

struct Walk<'m> {
    mask: &'m Mask,
    /// Where stretches of top edges begin that were walked over.
    seen: HashSet<(u32, u32)>,
}

impl Walk<'_> {
    fn around(&mut self, start_x: u32, start_y: u32, block: PixelRect) -> Contour {
        let (mut x, mut y, mut heading) = (start_x, start_y, Heading::East);
        let mut corners: Vec<(u32, u32)> = Vec::new();
        loop {
            if heading == Heading::East {
                // A stretch begins where the pixel to the left has no top edge of its own.
                let begins = x == 0 || !self.mask.get(x - 1, y) || (y > 0 && self.mask.get(x - 1, y - 1));
                if begins && !self.seen.insert((x, y)) {
                    break;
                }
            }
            match heading {
                Heading::East => x += 1,
                Heading::South => y += 1,
                Heading::West => x -= 1,
                Heading::North => y -= 1,
            }
            debug_assert!(x <= block.x1 && y <= block.y1, "outlines stay at the mask");
            let next = if !self.is_painted(x, y, heading, true) {
                heading.right()
            } else if self.is_painted(x, y, heading, false) {
                heading.left()
            } else {
                heading
            };
            if next != heading {
                corners.push((x, y));
            }
            heading = next;
        }
        // One comes back to the corner one started from.
        corners.rotate_right(1);
        let doubled: i64 = corners
            .iter()
            .zip(corners.iter().cycle().skip(1))
            .map(|(a, b)| i64::from(a.0) * i64::from(b.1) - i64::from(b.0) * i64::from(a.1))
            .sum();
        let points = corners.into_iter().map(|(x, y)| ImagePoint::new(f64::from(x), f64::from(y))).collect();
        Contour { ring: Polygon::of(points, true), is_hole: doubled < 0 }
    }

    /// Whether the pixel ahead, on the right or on the left of the way, is painted.
    fn is_painted(&self, x: u32, y: u32, heading: Heading, right: bool) -> bool {
        let (right_of, below) = match (heading, right) {
            (Heading::East, true) | (Heading::South, false) => (true, true),
            (Heading::South, true) | (Heading::West, false) => (false, true),
            (Heading::West, true) | (Heading::North, false) => (false, false),
            (Heading::North, true) | (Heading::East, false) => (true, false),
        };
        let column = if right_of { Some(x) } else { x.checked_sub(1) };
        let row = if below { Some(y) } else { y.checked_sub(1) };
        matches!((column, row), (Some(x), Some(y)) if self.mask.get(x, y))
    }
}

impl Polygon {
    /// Fewer points with every left-out one at most `tolerance` pixels from the new outline (Douglas–Peucker). Never
    /// fewer than three.
    #[must_use]
    pub fn simplified(&self, tolerance: f64) -> Self {
        let count = self.points.len();
        if count <= 3 {
            return self.clone();
        }
        // The point farthest from the first splits the ring into two lines.
        let first = self.points[0];
        let far = (1..count)
            .max_by(|a, b| first.distance(self.points[*a]).total_cmp(&first.distance(self.points[*b])))
            .unwrap_or(1);
        let ring: Vec<ImagePoint> = self.points.iter().copied().chain([first]).collect();
        let mut keep = vec![false; count + 1];
        keep[0] = true;
        keep[far] = true;
        keep[count] = true;
        let mut open = vec![(0, far), (far, count)];
        while let Some((from, to)) = open.pop() {
            let side = |at: usize| super::super::hit::side_distance(ring[from], ring[to], ring[at]);
            let Some(worst) = (from + 1..to).max_by(|a, b| side(*a).total_cmp(&side(*b))) else { continue };
            if side(worst) > tolerance {
                keep[worst] = true;
                open.extend([(from, worst), (worst, to)]);
            }
        }
        let points: Vec<ImagePoint> = (0..count).filter(|at| keep[*at]).map(|at| ring[at]).collect();
        if points.len() < 3 { self.clone() } else { Self { points, ..self.clone() } }
    }
}
