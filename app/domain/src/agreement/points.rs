//! How alike points, numbers and things that move are.

use super::{
    ratings::count,
    shapes::{self, Covered, Outline},
};
use crate::region::{BoxTrack, ImagePoint, ImageSize, Shape};

/// How far people who know where a point belongs place it apart, in parts of the thing's size: between COCO's eye (0.025) and
/// its hip (0.107).
pub const SIGMA: f64 = 0.05;

/// Object key point similarity (COCO): 1 for the same place, less the farther two points are apart in relation to the thing,
/// whose square pixels are `area`.
#[must_use]
pub fn oks(one: ImagePoint, other: ImagePoint, area: f64, sigma: f64) -> f64 {
    let apart = (one.x - other.x).powi(2) + (one.y - other.y).powi(2);
    let room = 2.0 * area * (2.0 * sigma).powi(2);
    if room > 0.0 { (-apart / room).exp() } else { f64::from(u8::from(apart <= 0.0)) }
}

/// Whether two numbers are the same up to a tolerance.
#[must_use]
pub fn is_within(one: f64, other: f64, tolerance: f64) -> bool {
    (one - other).abs() <= tolerance.max(0.0)
}

/// How near two numbers are, of the width of their scale: 1 for the same, 0 for both ends.
#[must_use]
pub fn nearness(one: f64, other: f64, width: f64) -> f64 {
    if width > 0.0 {
        1.0 - ((one - other).abs() / width).min(1.0)
    } else {
        f64::from(u8::from(is_within(one, other, 0.0)))
    }
}

/// Frames of a film that are looked at, one by one or spread evenly over more.
const MOST_FRAMES: u32 = 10_000;

/// What two things that move both cover, frame by frame, of what either covers (the volume in space and time). A picture is
/// taken for a square, because nobody says how large a film is: boxes that are not turned agree as in any picture.
#[must_use]
pub fn track_iou(one: &BoxTrack, other: &BoxTrack) -> f64 {
    let (Some(first), Some(last)) = (edge(one, other, u32::min, 0), edge(one, other, u32::max, 1)) else {
        return f64::from(u8::from(one.keyframes.len() == other.keyframes.len()));
    };
    let step = (last - first) / MOST_FRAMES + 1;
    let square = ImageSize { width: 1.0, height: 1.0 };
    let mut sum = Covered::default();
    for frame in (first..=last).step_by(usize::try_from(step).unwrap_or(1)) {
        let here = one.visible_at(frame).map(|rect| Shape::Rect(rect.on(square)));
        let there = other.visible_at(frame).map(|rect| Shape::Rect(rect.on(square)));
        let (here, there) = (here.as_ref().map(Outline::of), there.as_ref().map(Outline::of));
        sum.both += here.as_ref().zip(there.as_ref()).map_or(0.0, |(here, there)| here.shared(there));
        sum.one += here.map_or(0.0, |outline| outline.area());
        sum.other += there.map_or(0.0, |outline| outline.area());
    }
    if sum.one + sum.other > 0.0 { sum.iou() } else { f64::from(u8::from(one.keyframes == other.keyframes)) }
}

/// The frame at which either begins (0) or ends (1): where a thing has no end, its last keyframe.
fn edge(one: &BoxTrack, other: &BoxTrack, pick: fn(u32, u32) -> u32, end: usize) -> Option<u32> {
    let of = |track: &BoxTrack| {
        let key = if end == 0 { track.keyframes.first() } else { track.keyframes.last() };
        key.map(|key| key.frame)
    };
    match (of(one), of(other)) {
        (Some(one), Some(other)) => Some(pick(one, other)),
        (one, other) => one.or(other),
    }
}

/// How alike two shapes of any kind are: points by [`oks`] on the whole picture, all others by what they cover.
#[must_use]
pub fn alike(one: &Shape, other: &Shape, picture: Option<ImageSize>) -> f64 {
    match (one, other) {
        (Shape::KeyPoint(one), Shape::KeyPoint(other)) => {
            oks(one.point(), other.point(), picture.map_or(0.0, |size| size.width * size.height), SIGMA)
        }
        (Shape::BoxTrack(one), Shape::BoxTrack(other)) => track_iou(one, other),
        _ => shapes::iou(one, other),
    }
}

/// The mean of how alike several points are, of which each has a partner.
#[must_use]
pub fn mean_oks(pairs: &[(ImagePoint, ImagePoint)], area: f64, sigma: f64) -> f64 {
    let sum: f64 = pairs.iter().map(|(one, other)| oks(*one, *other, area, sigma)).sum();
    if pairs.is_empty() { 1.0 } else { sum / count(pairs.len()) }
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::region::{Keyframe, Track, UnitRect};

    #[test]
    fn points_are_as_alike_as_coco_says() {
        let origin = ImagePoint::new(0.0, 0.0);
        assert_eq!(oks(origin, origin, 100.0, 0.05), 1.0);
        // exp(−d² / (2 · s² · (2σ)²)) for d = 3, s² = 900, σ = 0.05: exp(−9 / 18)
        assert!((oks(origin, ImagePoint::new(0.0, 3.0), 900.0, 0.05) - (-0.5_f64).exp()).abs() < 1e-12);
        assert_eq!((oks(origin, ImagePoint::new(1.0, 0.0), 0.0, 0.05), oks(origin, origin, 0.0, 0.05)), (0.0, 1.0));
        assert_eq!(mean_oks(&[], 1.0, 0.05), 1.0);
    }

    #[test]
    fn numbers_are_near() {
        assert!(is_within(1.0, 1.25, 0.25) && !is_within(1.0, 1.26, 0.25) && is_within(2.0, 2.0, -1.0));
        for (one, other, width, near) in
            [(1.0, 5.0, 4.0, 0.0), (2.0, 3.0, 4.0, 0.75), (2.0, 2.0, 0.0, 1.0), (2.0, 3.0, 0.0, 0.0)]
        {
            assert!((nearness(one, other, width) - near).abs() < 1e-12);
        }
    }

    fn track(keys: &[(u32, f64, bool)]) -> BoxTrack {
        let key = |(frame, x, enabled): &(u32, f64, bool)| Keyframe {
            frame: *frame,
            time: None,
            shape: UnitRect { x: *x, y: 0.0, width: 0.2, height: 0.2, rotation: 0.0 },
            enabled: *enabled,
            extra: Map::new(),
        };
        Track { frame_count: None, duration: None, keyframes: keys.iter().map(key).collect() }
    }

    #[test]
    fn things_that_move_are_compared_in_space_and_time() {
        let moving = track(&[(1, 0.0, true), (11, 0.5, true)]);
        for (what, other, expected) in [
            ("the same", moving.clone(), 1.0),
            ("with a keyframe more", track(&[(1, 0.0, true), (6, 0.25, true), (11, 0.5, true)]), 1.0),
            ("beside", track(&[(1, 0.0, true), (11, 0.5, true)]).shifted(0.3), 0.0),
            ("half aside", moving.clone().shifted(0.1), 1.0 / 3.0),
            // Five of eleven frames.
            ("shorter", track(&[(1, 0.0, true), (5, 0.2, false)]), 5.0 / 11.0),
        ] {
            let found = (track_iou(&moving, &other), track_iou(&other, &moving));
            assert!((found.0 - expected).abs() < 1e-9 && (found.1 - expected).abs() < 1e-9, "{what}: {found:?}");
        }
        assert_eq!(track_iou(&track(&[]), &track(&[])), 1.0);
        assert_eq!(track_iou(&track(&[]), &moving), 0.0);
    }

    impl BoxTrack {
        fn shifted(mut self, by: f64) -> Self {
            self.keyframes.iter_mut().for_each(|key| key.shape.x += by);
            self
        }
    }
}
