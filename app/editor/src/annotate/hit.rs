//! What is under the pointer: the smallest region wins, so that nothing is buried under a larger one.

use domain::region::{Bounds, ImagePoint, Shape};

use super::document::{Document, RegionKey};
use super::scene::Scene;

/// The region to pick at `point`; points before shapes, smaller before larger, newer before older.
#[must_use]
pub fn region_at(document: &Document, scene: &Scene, point: ImagePoint, tolerance: f64) -> Option<RegionKey> {
    // Points are drawn larger than they are; 24 image pixels around covers what a finger expects.
    let around = Bounds { min: point, max: point }.inflate(tolerance.max(24.0));
    let mut best: Option<(bool, f64, RegionKey)> = None;
    for key in scene.near(&around) {
        let Some(mark) = document.mark(key).filter(|mark| !mark.hidden) else { continue };
        let shape = &mark.region.shape;
        if !shape.is_hit(point, tolerance) {
            continue;
        }
        // Near counts as four times as large: a thin or tiny region is still caught from just outside, but not at the
        // cost of an equal one the pointer is really in.
        let weight = if shape.contains(point) { 1.0 } else { 4.0 };
        let candidate = (!matches!(shape, Shape::KeyPoint(_)), shape.area() * weight, key);
        let wins = best.is_none_or(|(larger, area, older)| {
            (candidate.0, candidate.1) < (larger, area) || ((candidate.0, candidate.1) == (larger, area) && key > older)
        });
        if wins {
            best = Some(candidate);
        }
    }
    best.map(|(_, _, key)| key)
}
