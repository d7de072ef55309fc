//! Paths on the picture of a video: lines and curves whose points move.

use domain::region::{ImagePoint, ImageSize, ScreenPoint, ScreenSize, Shape, Track, UnitPoint, UnitVector, Vertex};

use super::{Film, on_picture};
use crate::annotate::document::RegionKey;
use crate::annotate::editor::{Editor, Response};
use crate::annotate::kit::{ShapeKind, VectorRules};
use crate::annotate::layers::pieces_of;
use crate::input::Pointer;
use crate::paint::Piece;

/// A path as it is at the frame in sight, in CSS pixels of the picture.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmPath {
    /// Its region; none for one that is being drawn.
    pub key: Option<RegionKey>,
    /// Its lines and curves.
    pub pieces: Vec<Piece>,
    /// Its points, for one that is selected or being drawn.
    pub knobs: Vec<ScreenPoint>,
    /// Whether it has an inside.
    pub closed: bool,
    /// A CSS color.
    pub color: String,
    /// Its labels, and where they stand.
    pub title: Option<(String, ScreenPoint)>,
    /// Selected.
    pub selected: bool,
    /// Under the pointer.
    pub hovered: bool,
    /// Whether it was set by hand at this frame.
    pub is_keyframe: bool,
}

/// What of a path is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::annotate) enum Grip {
    /// All of it.
    Whole,
    /// One point, with the handles that bend there.
    Point(usize),
}

impl Grip {
    /// The path with this moved, by shares of the picture, and still on it.
    pub(super) fn drag(self, vector: &UnitVector, by: (f64, f64)) -> UnitVector {
        let held = |at: usize| self == Self::Whole || self == Self::Point(at);
        let moved = || vector.vertices.iter().enumerate().filter(|(at, _)| held(*at)).map(|(_, vertex)| vertex.at);
        // As far as the outermost of what moves has room.
        let room = |by: f64, along: fn(UnitPoint) -> f64| {
            let least = moved().map(along).fold(f64::INFINITY, f64::min);
            let most = moved().map(along).fold(f64::NEG_INFINITY, f64::max);
            by.clamp((-least).min(0.0), (1.0 - most).max(0.0))
        };
        let (x, y) = (room(by.0, |point| point.x), room(by.1, |point| point.y));
        let vertices = vector.vertices.iter().enumerate().map(|(at, vertex)| match held(at) {
            true => vertex.map(|point| UnitPoint::new(point.x + x, point.y + y)),
            false => vertex.clone(),
        });
        UnitVector { vertices: vertices.collect(), closed: vector.closed }
    }
}

fn image_size(size: ScreenSize) -> Option<ImageSize> {
    ImageSize::new(size.width, size.height)
}

fn place(point: kurbo::Point) -> ScreenPoint {
    ScreenPoint::new(point.x, point.y)
}

impl Editor {
    /// The paths of the frame in sight, the one being drawn last. `size` is that of the picture in CSS pixels.
    #[must_use]
    pub fn film_paths(&self, object: &str, size: ScreenSize) -> Vec<FilmPath> {
        let (Some(frame), Some(pixels)) = (self.frame(object), image_size(size)) else { return Vec::new() };
        let mut paths: Vec<FilmPath> = self
            .moving(object)
            .filter_map(|(key, mark)| {
                let Shape::VectorTrack(track) = &mark.region.shape else { return None };
                let vector = track.visible_at(frame)?.on(pixels);
                let selected = self.selection.contains(&key);
                let knobs = vector.vertices.iter().map(|vertex| ScreenPoint::new(vertex.at.x, vertex.at.y));
                let top = vector.bounds()?.min;
                Some(FilmPath {
                    key: Some(key),
                    pieces: pieces_of(&vector, place),
                    knobs: if selected { knobs.collect() } else { Vec::new() },
                    closed: vector.outline().is_some(),
                    color: self.color_of(mark).to_owned(),
                    title: Some((self.title(key), ScreenPoint::new(top.x, top.y))),
                    selected,
                    hovered: self.hovered == Some(key),
                    is_keyframe: track.keyframe(frame).is_some(),
                })
            })
            .collect();
        if let Film::Path { points, to } = &self.film {
            let color = self.label().map_or(Self::PLAIN, |label| label.color.as_str());
            let drawn = UnitVector { vertices: chain(points.iter().chain([to])), closed: false }.on(pixels);
            let knobs = points.iter().map(|point| ScreenPoint::new(point.x * size.width, point.y * size.height));
            paths.push(FilmPath {
                key: None,
                pieces: pieces_of(&drawn, place),
                knobs: knobs.collect(),
                closed: false,
                color: color.to_owned(),
                title: None,
                selected: true,
                hovered: false,
                is_keyframe: true,
            });
        }
        paths
    }

    /// The path at a place on the picture, what of it is there, and how it is at this frame: what is selected first.
    pub(super) fn path_hit(
        &self,
        object: &str,
        pointer: &Pointer,
        size: ScreenSize,
    ) -> Option<(RegionKey, Grip, UnitVector)> {
        let (frame, pixels) = (self.frame(object)?, image_size(size)?);
        let at = ImagePoint::new(pointer.at.x, pointer.at.y);
        let reach = pointer.kind.handle_radius();
        let hits = self.moving(object).filter_map(|(key, mark)| {
            let Shape::VectorTrack(track) = &mark.region.shape else { return None };
            let unit = track.visible_at(frame)?;
            let vector = unit.on(pixels);
            let selected = self.selection.contains(&key);
            let near = vector.vertices.iter().enumerate().map(|(n, vertex)| (n, vertex.at.distance(at)));
            let nearest = near.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, distance)| *distance <= reach);
            let grip = match nearest {
                Some((point, _)) if selected => Grip::Point(point),
                _ if vector.distance(at) <= reach || vector.contains(at) => Grip::Whole,
                _ => return None,
            };
            Some((!selected, vector.distance(at), (key, grip, unit)))
        });
        hits.min_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))).map(|hit| hit.2)
    }

    /// The pointer goes down while a path is being drawn: on its first point it closes, on its last it ends.
    pub(super) fn set_point(&mut self, object: &str, pointer: &Pointer, size: ScreenSize, duration_s: f64) -> Response {
        let rules = self.path_rules(object);
        let Film::Path { points, to } = &mut self.film else { return Response::NONE };
        let reach = pointer.kind.handle_radius();
        let is_at = |point: &UnitPoint| {
            (pointer.at.x - point.x * size.width).hypot(pointer.at.y - point.y * size.height) <= reach
        };
        if rules.closable && points.len() > 2 && points.first().is_some_and(is_at) {
            return self.finish_path(object, true, duration_s);
        }
        if points.last().is_some_and(is_at) {
            return self.finish_path(object, false, duration_s);
        }
        let point = on_picture(pointer.at, size);
        points.push(point);
        *to = point;
        if points.len() >= rules.most() {
            return self.finish_path(object, false, duration_s);
        }
        Response { panels: true, ..Response::LIVELY }
    }

    pub(super) fn take_back_path_point(&mut self) -> Response {
        if let Film::Path { points, .. } = &mut self.film {
            points.pop();
            if points.is_empty() {
                self.film = Film::Idle;
            }
        }
        Response { panels: true, ..Response::LIVELY }
    }

    /// Makes a path of the points set so far; with fewer than it needs, people go on.
    pub(super) fn finish_path(&mut self, object: &str, closed: bool, duration_s: f64) -> Response {
        let least = self.path_rules(object).least();
        let Film::Path { points, .. } = &self.film else { return Response::NONE };
        if points.len() < least {
            return Response::LIVELY;
        }
        let vector = UnitVector { vertices: chain(points.iter()), closed };
        self.film = Film::Idle;
        self.insert_path(object, vector, duration_s)
    }

    /// A line across the middle of the picture.
    pub(super) fn place_path(&mut self, object: &str, duration_s: f64) -> Response {
        let rules = self.path_rules(object);
        let count = u32::try_from(rules.least()).unwrap_or(2);
        let x = |n: u32| 0.25 + 0.5 * f64::from(n) / f64::from(count - 1);
        let points: Vec<UnitPoint> = (0..count).map(|n| UnitPoint::new(x(n), 0.5)).collect();
        self.insert_path(object, UnitVector { vertices: chain(points.iter()), closed: false }, duration_s)
    }

    fn insert_path(&mut self, object: &str, vector: UnitVector, duration_s: f64) -> Response {
        self.insert_moving(object, ShapeKind::MovingVector, |frame, count| {
            Shape::VectorTrack(Track::starting(frame, vector, count, duration_s))
        })
    }

    fn path_rules(&self, object: &str) -> VectorRules {
        self.film_control(object).map(|control| control.vector).unwrap_or_default()
    }
}

/// Points, each joined to the one before.
fn chain<'a>(points: impl Iterator<Item = &'a UnitPoint>) -> Vec<Vertex<UnitPoint>> {
    let mut previous: Option<String> = None;
    (1..)
        .zip(points)
        .map(|(number, point): (u32, _)| {
            let id = number.to_string();
            let vertex = Vertex::corner(&id, *point, previous.as_deref());
            previous = Some(id);
            vertex
        })
        .collect()
}
