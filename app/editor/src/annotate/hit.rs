//! What is under the pointer: the smallest region wins, so that nothing is buried under a larger one; what people put in
//! front of others comes before all of them.

use domain::region::{Bounds, ImagePoint, Shape};

use super::document::{Document, RegionKey};
use super::scene::Scene;

/// The region to pick at `point`; front before back, points before shapes, smaller before larger, newer
/// before older.
#[must_use]
pub fn region_at(document: &Document, scene: &Scene, point: ImagePoint, tolerance: f64) -> Option<RegionKey> {
    // Points are drawn larger than they are; 24 image pixels around covers what a finger expects.
    let around = Bounds { min: point, max: point }.inflate(tolerance.max(24.0));
    let mut best: Option<(Rank, RegionKey)> = None;
    for key in scene.near(&around) {
        let Some(mark) = document.mark(key).filter(|mark| !mark.hidden) else { continue };
        let shape = &mark.region.shape;
        if !shape.is_hit(point, tolerance) {
            continue;
        }
        // Near counts as four times as large: a thin or tiny region is still caught from just outside, but not at the
        // cost of an equal one the pointer is really in.
        let weight = if shape.contains(point) { 1.0 } else { 4.0 };
        let rank = (-mark.z_order, !matches!(shape, Shape::KeyPoint(_)), shape.area() * weight);
        if best.is_none_or(|(known, older)| rank < known || (rank == known && key > older)) {
            best = Some((rank, key));
        }
    }
    best.map(|(_, key)| key)
}

/// What is picked first ranks lowest: in front, a point, small.
type Rank = (i64, bool, f64);
