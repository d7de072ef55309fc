//! Things that move through a video: keyframes, what lies between them, and when a thing is there at all.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Shape, UnitPoint, UnitRect, UnitVector, Vertex};

/// A box that moves.
pub type BoxTrack = Track<UnitRect>;
/// A vector that moves.
pub type VectorTrack = Track<UnitVector>;

/// A thing that moves through a video. Between keyframes it moves evenly; before the first it is not there, and a keyframe
/// that is not enabled ends a life span until the next one that is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Track<S> {
    /// Frames of the whole video, where known.
    pub frame_count: Option<f64>,
    /// Seconds of the whole video, where known.
    pub duration: Option<f64>,
    /// Ordered by frame.
    pub keyframes: Vec<Keyframe<S>>,
}

/// What is set by hand at one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Keyframe<S> {
    /// From 1.
    pub frame: u32,
    /// Seconds from the beginning, where known.
    pub time: Option<f64>,
    /// Where the thing is.
    pub shape: S,
    /// Whether the thing is there from this frame on; at the frame itself it always is.
    pub enabled: bool,
    /// What else the keyframe carries; it moves along.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub extra: Map<String, Value>,
}

/// Something that has a form between two others.
pub trait Between {
    /// The form `part` (0 to 1) of the way to `next`.
    #[must_use]
    fn between(&self, next: &Self, part: f64) -> Self;
}

fn mix(a: f64, b: f64, part: f64) -> f64 {
    a + (b - a) * part
}

impl Between for UnitRect {
    fn between(&self, next: &Self, part: f64) -> Self {
        Self {
            x: mix(self.x, next.x, part),
            y: mix(self.y, next.y, part),
            width: mix(self.width, next.width, part),
            height: mix(self.height, next.height, part),
            rotation: mix(self.rotation, next.rotation, part),
        }
    }
}

impl Between for UnitVector {
    /// Points move to the one with their id; the others, and the handles of points that have none there, stay.
    fn between(&self, next: &Self, part: f64) -> Self {
        let go = |a: UnitPoint, b: UnitPoint| UnitPoint::new(mix(a.x, b.x, part), mix(a.y, b.y, part));
        let handle = |a: Option<UnitPoint>, b: Option<UnitPoint>| match (a, b) {
            (Some(a), Some(b)) => Some(go(a, b)),
            (a, _) => a,
        };
        let moved = |vertex: &Vertex<UnitPoint>| {
            let Some(goal) = next.vertices.iter().find(|goal| goal.id == vertex.id) else { return vertex.clone() };
            Vertex {
                at: go(vertex.at, goal.at),
                handle_in: handle(vertex.handle_in, goal.handle_in),
                handle_out: handle(vertex.handle_out, goal.handle_out),
                ..vertex.clone()
            }
        };
        Self { vertices: self.vertices.iter().map(moved).collect(), closed: self.closed }
    }
}

impl<S: Clone + Between> Track<S> {
    /// A thing that first appears at a frame of a video with `frame_count` frames lasting `duration` seconds.
    #[must_use]
    pub fn starting(frame: u32, shape: S, frame_count: f64, duration: f64) -> Self {
        let mut track = Self { frame_count: Some(frame_count), duration: Some(duration), keyframes: Vec::new() };
        track.set(frame, shape);
        track
    }

    /// Frames per second, where the video's length is known.
    #[must_use]
    pub fn frame_rate(&self) -> Option<f64> {
        let rate = self.frame_count? / self.duration?;
        (rate.is_finite() && rate > 0.0).then_some(rate)
    }

    /// Where the thing is at a frame, whether it is to be seen or not; `None` before its first keyframe.
    #[must_use]
    pub fn shape_at(&self, frame: u32) -> Option<S> {
        let after = self.keyframes.partition_point(|key| key.frame <= frame);
        // Of several keyframes at one frame the first counts.
        let first_here = self.keyframes.partition_point(|key| key.frame < frame);
        if let Some(key) = self.keyframes.get(first_here).filter(|key| key.frame == frame) {
            return Some(key.shape.clone());
        }
        let before = self.keyframes.get(after.checked_sub(1)?)?;
        let Some(next) = self.keyframes.get(after) else { return Some(before.shape.clone()) };
        let part = f64::from(frame - before.frame) / f64::from(next.frame - before.frame);
        Some(before.shape.between(&next.shape, part))
    }

    /// Whether the thing is to be seen at a frame.
    #[must_use]
    pub fn is_alive(&self, frame: u32) -> bool {
        let after = self.keyframes.partition_point(|key| key.frame <= frame);
        after.checked_sub(1).and_then(|at| self.keyframes.get(at)).is_some_and(|key| key.enabled || key.frame == frame)
    }

    /// Where the thing is at a frame; `None` where it is not to be seen.
    #[must_use]
    pub fn visible_at(&self, frame: u32) -> Option<S> {
        if self.is_alive(frame) { self.shape_at(frame) } else { None }
    }

    /// The stretches of frames in which the thing is to be seen, both ends included; the last may have no end.
    #[must_use]
    pub fn lifespans(&self) -> Vec<(u32, Option<u32>)> {
        let mut spans = Vec::new();
        let mut open = None;
        for key in &self.keyframes {
            let start = *open.get_or_insert(key.frame);
            if !key.enabled {
                spans.push((start, Some(key.frame)));
                open = None;
            }
        }
        spans.extend(open.map(|start| (start, None)));
        spans
    }

    /// The keyframe at exactly this frame.
    #[must_use]
    pub fn keyframe(&self, frame: u32) -> Option<&Keyframe<S>> {
        self.keyframes.iter().find(|key| key.frame == frame)
    }

    /// Says where the thing is at a frame: changes the keyframe there or adds one, which lives on as the one before it
    /// does. Other keyframes stay as they are.
    pub fn set(&mut self, frame: u32, shape: S) {
        if let Some(key) = self.keyframes.iter_mut().find(|key| key.frame == frame) {
            key.shape = shape;
            return;
        }
        let at = self.keyframes.partition_point(|key| key.frame < frame);
        let neighbour = at.checked_sub(1).map_or_else(|| self.keyframes.get(at), |before| self.keyframes.get(before));
        let enabled = neighbour.is_none_or(|key| key.enabled);
        let key = Keyframe { frame, time: self.time_of(frame), shape, enabled, extra: Map::new() };
        self.keyframes.insert(at, key);
    }

    /// Adds a keyframe where the thing is at that frame anyway. Whether one was added.
    pub fn add(&mut self, frame: u32) -> bool {
        if self.keyframe(frame).is_some() {
            return false;
        }
        let shape = self.shape_at(frame).or_else(|| self.keyframes.first().map(|key| key.shape.clone()));
        let Some(shape) = shape else { return false };
        self.set(frame, shape);
        true
    }

    /// Removes the keyframe at a frame; the last one stays. Whether one was removed.
    pub fn remove(&mut self, frame: u32) -> bool {
        let before = self.keyframes.len();
        if self.keyframes.iter().any(|key| key.frame != frame) {
            self.keyframes.retain(|key| key.frame != frame);
        }
        self.keyframes.len() != before
    }

    /// Moves the keyframe at one frame to another that has none. Whether it was moved.
    pub fn move_keyframe(&mut self, from: u32, to: u32) -> bool {
        if self.keyframe(to).is_some() {
            return false;
        }
        let Some(at) = self.keyframes.iter().position(|key| key.frame == from) else { return false };
        let mut key = self.keyframes.remove(at);
        key.frame = to;
        key.time = self.time_of(to).or(key.time);
        let at = self.keyframes.partition_point(|key| key.frame < to);
        self.keyframes.insert(at, key);
        true
    }

    /// Ends the thing's life at a frame, or lets it live on from there; adds a keyframe where there is none. Whether
    /// anything changed.
    pub fn set_enabled(&mut self, frame: u32, enabled: bool) -> bool {
        let added = self.add(frame);
        let Some(key) = self.keyframes.iter_mut().find(|key| key.frame == frame) else { return false };
        let changed = added || key.enabled != enabled;
        key.enabled = enabled;
        changed
    }

    /// Seconds from the beginning, as Label Studio counts them: frame over frame rate.
    fn time_of(&self, frame: u32) -> Option<f64> {
        Some(f64::from(frame) / self.frame_rate()?)
    }
}

/// What can be asked and done of a thing that moves, whatever its form.
pub trait Moving {
    /// The frames of its keyframes, in order.
    fn frames(&self) -> Vec<u32>;
    /// As [`Track::lifespans`].
    fn spans(&self) -> Vec<(u32, Option<u32>)>;
    /// As [`Track::is_alive`].
    fn lives_at(&self, frame: u32) -> bool;
    /// As [`Track::add`].
    fn add_keyframe(&mut self, frame: u32) -> bool;
    /// As [`Track::remove`].
    fn remove_keyframe(&mut self, frame: u32) -> bool;
    /// As [`Track::set_enabled`].
    fn set_alive(&mut self, frame: u32, alive: bool) -> bool;
}

impl<S: Clone + Between> Moving for Track<S> {
    fn frames(&self) -> Vec<u32> {
        self.keyframes.iter().map(|key| key.frame).collect()
    }

    fn spans(&self) -> Vec<(u32, Option<u32>)> {
        self.lifespans()
    }

    fn lives_at(&self, frame: u32) -> bool {
        self.is_alive(frame)
    }

    fn add_keyframe(&mut self, frame: u32) -> bool {
        self.add(frame)
    }

    fn remove_keyframe(&mut self, frame: u32) -> bool {
        self.remove(frame)
    }

    fn set_alive(&mut self, frame: u32, alive: bool) -> bool {
        self.set_enabled(frame, alive)
    }
}

impl Shape {
    /// As a thing that moves; `None` for what stands still.
    #[must_use]
    pub fn moving(&self) -> Option<&dyn Moving> {
        match self {
            Self::BoxTrack(track) => Some(track),
            Self::VectorTrack(track) => Some(track),
            _ => None,
        }
    }

    /// As a thing that moves, to change it.
    pub fn moving_mut(&mut self) -> Option<&mut dyn Moving> {
        match self {
            Self::BoxTrack(track) => Some(track),
            Self::VectorTrack(track) => Some(track),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f64) -> UnitRect {
        UnitRect { x, y: 0.5, width: 0.1, height: 0.1, rotation: 0.0 }
    }

    fn track(keys: &[(u32, f64, bool)]) -> BoxTrack {
        let keyframes = keys.iter().map(|(frame, x, enabled)| Keyframe {
            frame: *frame,
            time: None,
            shape: at(*x),
            enabled: *enabled,
            extra: Map::new(),
        });
        Track { frame_count: Some(250.0), duration: Some(10.0), keyframes: keyframes.collect() }
    }

    #[test]
    fn moves_evenly_and_lives_in_spans() {
        let track = track(&[(10, 0.0, true), (20, 1.0, false), (30, 0.5, true), (40, 0.7, true)]);
        let x = |frame| track.shape_at(frame).map(|shape| shape.x);
        assert_eq!(
            [x(9), x(10), x(15), x(20), x(25), x(35), x(99)].map(|x| x.map(|x| (x * 1e6).round())),
            [None, Some(0.0), Some(5e5), Some(1e6), Some(75e4), Some(6e5), Some(7e5)]
        );
        let alive: Vec<u32> = [9, 10, 20, 21, 29, 30, 41].into_iter().filter(|frame| track.is_alive(*frame)).collect();
        assert_eq!(alive, [10, 20, 30, 41]);
        assert_eq!(track.lifespans(), [(10, Some(20)), (30, None)]);
        assert!(track.visible_at(25).is_none() && track.visible_at(15).is_some());
    }

    #[test]
    fn keyframes_are_added_moved_and_removed() {
        let mut track = track(&[(10, 0.0, true), (20, 1.0, false)]);
        track.keyframes[0].extra.insert("auto".to_owned(), true.into());
        assert!(track.add(15) && !track.add(15));
        assert_eq!(track.keyframe(15).map(|key| (key.shape.x, key.enabled, key.time)), Some((0.5, true, Some(0.6))));
        assert!(track.move_keyframe(10, 12) && !track.move_keyframe(12, 20) && !track.move_keyframe(99, 1));
        assert_eq!(track.keyframes[0].extra.len(), 1);
        track.set(30, at(0.3));
        assert_eq!(track.keyframe(30).map(|key| key.enabled), Some(false));
        assert!(track.set_enabled(30, true) && !track.set_enabled(30, true));
        assert!(track.remove(12) && !track.remove(12));
        assert_eq!(track.keyframes.iter().map(|key| key.frame).collect::<Vec<_>>(), [15, 20, 30]);
        track.keyframes.truncate(1);
        assert!(!track.remove(15));
        // A keyframe before all others lives as the first one does.
        track.set(1, at(0.9));
        assert!(track.is_alive(1) && track.keyframes[0].frame == 1);
    }

    #[test]
    fn vectors_move_point_by_point() {
        let vector = |x: f64, ids: &[&str]| UnitVector {
            vertices: ids.iter().map(|id| Vertex::corner(id, UnitPoint::new(x, 0.0), None)).collect(),
            closed: true,
        };
        let middle = vector(0.0, &["a", "b"]).between(&vector(1.0, &["b", "c"]), 0.25);
        assert_eq!(middle.vertices.iter().map(|vertex| vertex.at.x).collect::<Vec<_>>(), [0.0, 0.25]);
        assert!(middle.closed);
    }
}
