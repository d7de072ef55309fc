//! Painting: brush strokes and filled outlines.
//!
//! A pixel belongs to a shape when its middle does.

use serde::{Deserialize, Serialize};

use super::{Mask, PixelRect, clamp_floor, pixel};
use crate::region::{ImagePoint, ImageVector};

/// The tip of a brush or an eraser; its size is the diameter or the side, in image pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Brush {
    /// A disc of this diameter.
    Round(f64),
    /// A square of this side.
    Square(f64),
}

impl Brush {
    /// From the middle to the edge. Below half a pixel a stroke would have gaps.
    fn radius(self) -> f64 {
        let (Self::Round(size) | Self::Square(size)) = self;
        if size.is_finite() { (size / 2.0).max(0.5) } else { 0.5 }
    }
}

impl Mask {
    /// Paints (`on`) or erases one piece of a stroke between two points; the same point twice is a tap. Returns the
    /// block that may have changed, `None` beside the image.
    pub fn stroke(&mut self, from: ImagePoint, to: ImagePoint, brush: Brush, on: bool) -> Option<PixelRect> {
        if ![from.x, from.y, to.x, to.y].into_iter().all(f64::is_finite) {
            return None;
        }
        let radius = brush.radius();
        let (top, bottom) = (from.y.min(to.y) - radius, from.y.max(to.y) + radius);
        if bottom < 0.0 || top > f64::from(self.height()) {
            return None;
        }
        let mut rows = Vec::new();
        for y in clamp_floor(top, self.height())..=clamp_floor(bottom, self.height()) {
            let middle = f64::from(y) + 0.5;
            let reach = match brush {
                Brush::Round(_) => capsule_at(from, to, radius, middle),
                Brush::Square(_) => swept_square_at(from, to, radius, middle),
            };
            if let Some(reach) = reach {
                rows.extend(self.columns_between(reach).map(|(x0, x1)| (y, x0, x1)));
            }
        }
        // However thin the brush, what is under its middle is painted.
        for end in [from, to] {
            if let (Some(x), Some(y)) = (pixel(end.x, self.width()), pixel(end.y, self.height())) {
                rows.push((y, x, x + 1));
            }
        }
        self.fill(rows, on)
    }

    /// Paints or erases the inside of a ring by the even-odd rule. Returns the block that may have changed.
    pub fn fill_ring(&mut self, ring: &[ImagePoint], on: bool) -> Option<PixelRect> {
        if ring.len() < 3 || !ring.iter().all(|point| point.x.is_finite() && point.y.is_finite()) {
            return None;
        }
        let (top, bottom) = ring
            .iter()
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(top, bottom), point| (top.min(point.y), bottom.max(point.y)));
        if bottom < 0.0 || top > f64::from(self.height()) {
            return None;
        }
        let sides: Vec<(ImagePoint, ImagePoint)> =
            ring.iter().copied().zip(ring.iter().copied().cycle().skip(1)).collect();
        let mut rows = Vec::new();
        let mut crossings = Vec::new();
        for y in clamp_floor(top, self.height())..=clamp_floor(bottom, self.height()) {
            let middle = f64::from(y) + 0.5;
            crossings.clear();
            for (a, b) in &sides {
                if (a.y > middle) != (b.y > middle) {
                    crossings.push(a.x + (middle - a.y) * (b.x - a.x) / (b.y - a.y));
                }
            }
            crossings.sort_unstable_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                rows.extend(self.columns_between((pair[0], pair[1])).map(|(x0, x1)| (y, x0, x1)));
            }
        }
        self.fill(rows, on)
    }

    /// The columns whose middles lie between two coordinates.
    fn columns_between(&self, (from, to): (f64, f64)) -> Option<(u32, u32)> {
        let (first, last) = ((from - 0.5).ceil(), (to - 0.5).floor());
        if first > last || last < 0.0 || first >= f64::from(self.width()) {
            return None;
        }
        Some((clamp_floor(first, self.width()), clamp_floor(last, self.width()) + 1))
    }
}

/// Where a line at height `y` meets the round stroke from `a` to `b`.
fn capsule_at(a: ImagePoint, b: ImagePoint, radius: f64, y: f64) -> Option<(f64, f64)> {
    let disc = |center: ImagePoint| {
        let half = radius.powi(2) - (y - center.y).powi(2);
        (half >= 0.0).then(|| (center.x - half.sqrt(), center.x + half.sqrt()))
    };
    let along = b - a;
    let length = along.length();
    let mut reach = join(disc(a), disc(b));
    if length > 0.0 {
        let across = ImageVector::new(-along.y / length * radius, along.x / length * radius);
        let back = ImageVector::new(-across.x, -across.y);
        for (from, to) in
            [(a + across, b + across), (a + back, b + back), (a + across, a + back), (b + across, b + back)]
        {
            reach = join(reach, side_at(from, to, y));
        }
    }
    reach
}

/// Where a line at height `y` meets the stroke of an upright square from `a` to `b`.
fn swept_square_at(a: ImagePoint, b: ImagePoint, radius: f64, y: f64) -> Option<(f64, f64)> {
    let square =
        |center: ImagePoint| ((y - center.y).abs() <= radius).then_some((center.x - radius, center.x + radius));
    let mut reach = join(square(a), square(b));
    for (x, y_off) in [(-radius, -radius), (radius, -radius), (radius, radius), (-radius, radius)] {
        let corner = ImageVector::new(x, y_off);
        reach = join(reach, side_at(a + corner, b + corner, y));
    }
    reach
}

/// The shapes here are convex, so the union of what is met is one stretch.
fn join(a: Option<(f64, f64)>, b: Option<(f64, f64)>) -> Option<(f64, f64)> {
    match (a, b) {
        (Some(a), Some(b)) => Some((a.0.min(b.0), a.1.max(b.1))),
        (one, None) | (None, one) => one,
    }
}

fn side_at(a: ImagePoint, b: ImagePoint, y: f64) -> Option<(f64, f64)> {
    if (a.y > y) == (b.y > y) {
        return None;
    }
    let x = a.x + (y - a.y) * (b.x - a.x) / (b.y - a.y);
    Some((x, x))
}
