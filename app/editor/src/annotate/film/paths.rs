//! Paths on the picture of a video: lines and curves whose points move.

use domain::region::{
    ImagePoint, ImageSize, ScreenPoint, ScreenSize, Shape, Track, UnitPoint, UnitVector, Vector, Vertex,
};

use super::{Film, TREMOR, on_picture};
use crate::annotate::document::RegionKey;
use crate::annotate::edit::Edit;
use crate::annotate::editor::{Editor, Response};
use crate::annotate::kit::{ShapeKind, VectorRules};
use crate::annotate::layers::pieces_of;
use crate::annotate::tool;
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
    /// What bends its lines: from a point to its handle, for one that is selected or being drawn.
    pub stems: Vec<[ScreenPoint; 2]>,
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
    /// What bends the line after a point, or before it.
    Bend(usize, bool),
}

impl Grip {
    /// The path with this moved, by shares of the picture, and still on it. The handles of a point keep opposite unless
    /// they are to be `apart`.
    pub(super) fn drag(self, vector: &UnitVector, by: (f64, f64), apart: bool) -> UnitVector {
        if let Self::Bend(index, is_out) = self {
            return bent(vector, index, is_out, by, apart).unwrap_or_else(|| vector.clone());
        }
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

/// The picture, in shares of itself.
const WHOLE: ImageSize = ImageSize { width: 1.0, height: 1.0 };

fn bent(vector: &UnitVector, index: usize, is_out: bool, by: (f64, f64), apart: bool) -> Option<UnitVector> {
    let on_whole = vector.on(WHOLE);
    let vertex = on_whole.vertices.get(index)?;
    let handle = if is_out { vertex.handle_out } else { vertex.handle_in }?;
    let to = WHOLE.clamp(ImagePoint::new(handle.x + by.0, handle.y + by.1));
    Some(UnitVector::from_pixels(&tool::vector::bent(&on_whole, index, is_out, to, apart, WHOLE)?, WHOLE))
}

/// A path that begins with this point.
pub(super) fn begun(point: UnitPoint, to: UnitPoint) -> Film {
    Film::Path { vector: UnitVector { vertices: chain([point]), closed: false }, to, pulled: None }
}

/// The lines from points to the handles that bend there.
fn stems(vector: &Vector) -> Vec<[ScreenPoint; 2]> {
    let place = |point: ImagePoint| ScreenPoint::new(point.x, point.y);
    let round = vector.vertices.iter().filter(|vertex| vertex.is_bezier);
    let stem = |vertex: &Vertex| {
        let handles = [vertex.handle_out, vertex.handle_in].into_iter().flatten();
        handles.map(|handle| [place(vertex.at), place(handle)]).collect::<Vec<_>>()
    };
    round.flat_map(stem).collect()
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
                    stems: if selected && !self.read_only { stems(&vector) } else { Vec::new() },
                    closed: vector.outline().is_some(),
                    color: self.color_of(mark).to_owned(),
                    title: Some((self.title(key), ScreenPoint::new(top.x, top.y))),
                    selected,
                    hovered: self.hovered == Some(key),
                    is_keyframe: track.keyframe(frame).is_some(),
                })
            })
            .collect();
        if let Film::Path { vector, to, .. } = &self.film {
            let color = self.label().map_or(Self::PLAIN, |label| label.color.as_str());
            let set = vector.on(pixels);
            let knobs = set.vertices.iter().map(|vertex| ScreenPoint::new(vertex.at.x, vertex.at.y));
            paths.push(FilmPath {
                key: None,
                pieces: pieces_of(&with_point(vector, *to).on(pixels), place),
                knobs: knobs.collect(),
                stems: stems(&set),
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
            let grip = match grip_at(&vector, at, reach) {
                Some(grip) if selected => grip,
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
        let Film::Path { vector, to, pulled } = &mut self.film else { return Response::NONE };
        let reach = pointer.kind.handle_radius();
        let is_at = |vertex: &Vertex<UnitPoint>| {
            let (x, y) = (vertex.at.x * size.width, vertex.at.y * size.height);
            (pointer.at.x - x).hypot(pointer.at.y - y) <= reach
        };
        let points = &vector.vertices;
        if rules.closable && points.len() > 2 && points.first().is_some_and(is_at) {
            return self.finish_path(object, true, duration_s);
        }
        if points.last().is_some_and(is_at) {
            return self.finish_path(object, false, duration_s);
        }
        let point = on_picture(pointer.at, size);
        *vector = with_point(vector, point);
        (*to, *pulled) = (point, Some(pointer.at));
        Response { panels: true, ..Response::LIVELY }
    }

    /// The pointer that has set a point moves on while it is down: that bends the line there, where lines may be bent.
    pub(super) fn pull(&mut self, object: &str, pointer: &Pointer) -> Response {
        let curves = self.path_rules(object).curves;
        if let Film::Path { vector, to, pulled: Some(from) } = &mut self.film
            && curves
            && (pointer.at.x - from.x).hypot(pointer.at.y - from.y) >= TREMOR
            && let Some(last) = vector.vertices.len().checked_sub(1)
        {
            let mut on_whole = vector.on(WHOLE);
            tool::vector::bend(&mut on_whole, last, ImagePoint::new(to.x, to.y), WHOLE);
            *vector = UnitVector::from_pixels(&on_whole, WHOLE);
        }
        Response::LIVELY
    }

    /// The pointer that has set a point goes up: with all the points it may have, a path is done.
    pub(super) fn let_go_of_point(&mut self, object: &str, duration_s: f64) -> Response {
        let most = self.path_rules(object).most();
        match &mut self.film {
            Film::Path { vector, .. } if vector.vertices.len() >= most => self.finish_path(object, false, duration_s),
            Film::Path { pulled, .. } => {
                *pulled = None;
                Response::LIVELY
            }
            _ => Response::LIVELY,
        }
    }

    /// Makes a point of a path round, or sharp again, at the frame in sight.
    pub(super) fn turn_round(&mut self, object: &str, key: RegionKey, point: usize) -> Response {
        let Some(frame) = self.frame(object) else { return Response::NONE };
        let Some(region) = self.document.mark(key).map(|mark| &mark.region) else { return Response::NONE };
        let may = self.document.kit().shape(&region.from_name).is_none_or(|control| control.vector.curves);
        let Shape::VectorTrack(track) = &region.shape else { return Response::NONE };
        let other = track.visible_at(frame).filter(|_| may);
        let other = other.and_then(|vector| tool::vector::toggled(&vector.on(WHOLE), point, WHOLE));
        let Some(other) = other else { return Response::LIVELY };
        let mut track = track.clone();
        track.set(frame, UnitVector::from_pixels(&other, WHOLE));
        self.apply_all(vec![Edit::Reshape(key, Shape::VectorTrack(track))])
    }

    pub(super) fn take_back_path_point(&mut self) -> Response {
        if let Film::Path { vector, pulled, .. } = &mut self.film {
            vector.vertices.pop();
            *pulled = None;
            if vector.vertices.is_empty() {
                self.film = Film::Idle;
            }
        }
        Response { panels: true, ..Response::LIVELY }
    }

    /// Makes a path of the points set so far; with fewer than it needs, people go on.
    pub(super) fn finish_path(&mut self, object: &str, closed: bool, duration_s: f64) -> Response {
        let least = self.path_rules(object).least();
        let Film::Path { vector, .. } = &self.film else { return Response::NONE };
        if vector.vertices.len() < least {
            return Response::LIVELY;
        }
        let vector = UnitVector { closed, ..vector.clone() };
        self.film = Film::Idle;
        self.insert_path(object, vector, duration_s)
    }

    /// A line across the middle of the picture.
    pub(super) fn place_path(&mut self, object: &str, duration_s: f64) -> Response {
        let rules = self.path_rules(object);
        let count = u32::try_from(rules.least()).unwrap_or(2);
        let x = |n: u32| 0.25 + 0.5 * f64::from(n) / f64::from(count - 1);
        let points = (0..count).map(|n| UnitPoint::new(x(n), 0.5));
        self.insert_path(object, UnitVector { vertices: chain(points), closed: false }, duration_s)
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

/// What of a path is at a place: points before what bends there.
fn grip_at(vector: &Vector, at: ImagePoint, reach: f64) -> Option<Grip> {
    let vertices = || vector.vertices.iter().enumerate();
    let points = vertices().map(|(n, vertex)| (Grip::Point(n), vertex.at));
    let bends = vertices().filter(|(_, vertex)| vertex.is_bezier).flat_map(|(n, vertex)| {
        let ends = [(true, vertex.handle_out), (false, vertex.handle_in)];
        ends.into_iter().filter_map(move |(is_out, handle)| Some((Grip::Bend(n, is_out), handle?)))
    });
    let near = points.chain(bends).map(|(grip, place)| (grip, place.distance(at)));
    near.filter(|(_, distance)| *distance <= reach).min_by(|a, b| a.1.total_cmp(&b.1)).map(|(grip, _)| grip)
}

/// Points, each joined to the one before.
fn chain(points: impl IntoIterator<Item = UnitPoint>) -> Vec<Vertex<UnitPoint>> {
    let begun = UnitVector { vertices: Vec::new(), closed: false };
    points.into_iter().fold(begun, |vector, point| with_point(&vector, point)).vertices
}

/// The path with one more point, joined to the last.
fn with_point(vector: &UnitVector, point: UnitPoint) -> UnitVector {
    let mut longer = vector.clone();
    let number = longer.vertices.len();
    let previous = number.checked_sub(1).map(|_| number.to_string());
    longer.vertices.push(Vertex::corner(&(number + 1).to_string(), point, previous.as_deref()));
    longer
}
