//! One box of many that mean the same thing.
//!
//! Solovyev, R. et al. (2021), *Weighted Boxes Fusion*: boxes of one label that cover each other become their mean, weighted by how
//! sure whoever drew them is; how sure the mean is falls with those who drew none.

use crate::region::{Bounds, ImagePoint};

/// A box that somebody drew, or proposed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// Who: a place in the list of weights.
    pub by: usize,
    /// What it was called: a place in a list of labels.
    pub label: usize,
    /// Where it is.
    pub bounds: Bounds,
    /// How sure they are, from 0 to 1; for people, 1.
    pub score: f64,
}

/// A box that several mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Fused {
    /// What it was called.
    pub label: usize,
    /// The weighted mean of where it was drawn.
    pub bounds: Bounds,
    /// How sure it is, from 0 to 1: the share of all weights that mean it, times how sure they are.
    pub confidence: f64,
    /// Which of the boxes it was made of: places in the list, surest first.
    pub of: Vec<usize>,
}

/// Fuses boxes that cover each other by more than `least` (intersection over union) with what they have been fused to so far,
/// surest first. `weights` says how much each person counts. The surest come first.
#[must_use]
pub fn fuse_boxes(boxes: &[Drawn], weights: &[f64], least: f64) -> Vec<Fused> {
    let sureness = |place: usize| boxes[place].score * weights.get(boxes[place].by).copied().unwrap_or(0.0);
    let mut order: Vec<usize> = (0..boxes.len()).filter(|place| sureness(*place) > 0.0).collect();
    order.sort_by(|one, other| sureness(*other).total_cmp(&sureness(*one)));
    let mut fused: Vec<Fused> = Vec::new();
    for place in order {
        let drawn = &boxes[place];
        let covers = |fused: &Fused| (fused.label == drawn.label).then(|| iou(&fused.bounds, &drawn.bounds));
        let nearest = fused.iter().enumerate().filter_map(|(at, fused)| Some((at, covers(fused)?)));
        let nearest = nearest.filter(|(_, iou)| *iou > least).max_by(|one, other| one.1.total_cmp(&other.1));
        match nearest {
            Some((at, _)) => {
                fused[at].of.push(place);
                fused[at].bounds = mean(&fused[at].of, boxes, sureness);
            }
            None => {
                fused.push(Fused { label: drawn.label, bounds: drawn.bounds, confidence: 0.0, of: vec![place] });
            }
        }
    }
    let all: f64 = weights.iter().sum();
    for fused in &mut fused {
        let number = u32::try_from(fused.of.len()).unwrap_or(u32::MAX);
        let voices = u32::try_from(weights.len()).unwrap_or(u32::MAX).min(number);
        let mean = fused.of.iter().map(|place| sureness(*place)).sum::<f64>() / f64::from(number);
        fused.confidence = mean * f64::from(voices) / all;
    }
    fused.sort_by(|one, other| other.confidence.total_cmp(&one.confidence));
    fused
}

fn iou(one: &Bounds, other: &Bounds) -> f64 {
    let width = one.max.x.min(other.max.x) - one.min.x.max(other.min.x);
    let height = one.max.y.min(other.max.y) - one.min.y.max(other.min.y);
    let shared = width.max(0.0) * height.max(0.0);
    let either = one.width() * one.height() + other.width() * other.height() - shared;
    if either > 0.0 { shared / either } else { 0.0 }
}

fn mean(places: &[usize], boxes: &[Drawn], sureness: impl Fn(usize) -> f64) -> Bounds {
    let all: f64 = places.iter().map(|place| sureness(*place)).sum();
    let of = |side: fn(&Bounds) -> f64| {
        places.iter().map(|place| sureness(*place) * side(&boxes[*place].bounds)).sum::<f64>() / all
    };
    Bounds {
        min: ImagePoint::new(of(|bounds| bounds.min.x), of(|bounds| bounds.min.y)),
        max: ImagePoint::new(of(|bounds| bounds.max.x), of(|bounds| bounds.max.y)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Corners = [f64; 4];

    fn bounds([x0, y0, x1, y1]: Corners) -> Bounds {
        Bounds { min: ImagePoint::new(x0, y0), max: ImagePoint::new(x1, y1) }
    }

    /// The example of the package `ensemble-boxes`: two models.
    const BOXES: [(usize, usize, f64, Corners); 9] = [
        (0, 0, 0.9, [0.00, 0.51, 0.81, 0.91]),
        (0, 1, 0.8, [0.10, 0.31, 0.71, 0.61]),
        (0, 0, 0.2, [0.01, 0.32, 0.83, 0.93]),
        (0, 1, 0.4, [0.02, 0.53, 0.11, 0.94]),
        (0, 1, 0.7, [0.03, 0.24, 0.12, 0.35]),
        (1, 1, 0.5, [0.04, 0.56, 0.84, 0.92]),
        (1, 1, 0.8, [0.12, 0.33, 0.72, 0.64]),
        (1, 1, 0.7, [0.38, 0.66, 0.79, 0.95]),
        (1, 0, 0.3, [0.08, 0.49, 0.21, 0.89]),
    ];

    fn check(found: &[Fused], expected: &[(usize, f64, Corners)]) {
        assert_eq!(found.len(), expected.len());
        for (found, (label, confidence, corners)) in found.iter().zip(expected) {
            let Bounds { min, max } = found.bounds;
            assert_eq!(found.label, *label);
            // The package reckons with numbers of 24 bits.
            for (one, other) in
                [min.x, min.y, max.x, max.y, found.confidence].iter().zip(corners.iter().chain([confidence]))
            {
                assert!((one - other).abs() < 1e-6, "{found:?} is not {corners:?} {confidence}");
            }
        }
    }

    #[test]
    fn boxes_are_fused_as_by_ensemble_boxes() {
        let drawn: Vec<Drawn> = BOXES
            .iter()
            .map(|(by, label, score, at)| Drawn { by: *by, label: *label, bounds: bounds(*at), score: *score })
            .collect();
        check(
            &fuse_boxes(&drawn, &[2.0, 1.0], 0.5),
            &[
                (1, 0.8, [0.106_666_7, 0.316_666_7, 0.713_333_3, 0.62]),
                (0, 0.733_333_3, [0.001_818_2, 0.475_454_5, 0.813_636_3, 0.913_636_3]),
                (1, 0.466_666_7, [0.03, 0.24, 0.12, 0.35]),
                (1, 0.266_666_7, [0.02, 0.53, 0.11, 0.94]),
                (1, 0.233_333_3, [0.38, 0.66, 0.79, 0.95]),
                (1, 0.166_666_7, [0.04, 0.56, 0.84, 0.92]),
                (0, 0.1, [0.08, 0.49, 0.21, 0.89]),
            ],
        );
        let alike: Vec<Drawn> = drawn.iter().map(|drawn| Drawn { label: 0, score: 1.0, ..*drawn }).collect();
        let fused = fuse_boxes(&alike, &[1.0, 1.0], 0.4);
        check(
            &fused[..3],
            &[
                (0, 1.0, [0.016_666_7, 0.463_333_3, 0.826_666_7, 0.92]),
                (0, 1.0, [0.11, 0.32, 0.715, 0.625]),
                (0, 0.5, [0.02, 0.53, 0.11, 0.94]),
            ],
        );
        assert_eq!((fused.len(), fused[0].of.len()), (6, 3));
    }

    #[test]
    fn who_does_not_count_draws_nothing() {
        let drawn = Drawn { by: 1, label: 0, bounds: bounds([0.0, 0.0, 1.0, 1.0]), score: 1.0 };
        assert_eq!(fuse_boxes(&[drawn], &[1.0, 0.0], 0.5), []);
        assert_eq!(fuse_boxes(&[drawn], &[], 0.5), []);
        assert_eq!(fuse_boxes(&[], &[1.0], 0.5), []);
    }
}
