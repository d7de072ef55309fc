//! Things that move through a video: drawn, moved and sized on the picture of the frame in sight, which makes a keyframe
//! there. Between keyframes they move evenly.
//!
//! Pointers come in CSS pixels of the picture as it is shown; which frame is in sight is the line's to say. Boxes and paths
//! share their gestures; what is particular to each is in a file of its own.

mod boxes;
mod paths;

use domain::region::{ScreenPoint, ScreenSize, Shape, Track, UnitPoint, UnitRect, UnitVector};
use domain::result::Region;

use super::document::{Mark, RegionKey};
use super::edit::Edit;
use super::editor::{Editor, Response};
use super::kit::{ShapeControl, ShapeKind};
use super::line::{Axis, Line};
use super::tool::Effect;
use crate::input::{Button, Event, Key, Modifiers, Pointer};

pub use boxes::FilmBox;
use boxes::{BODY, Side, drawn};
pub use paths::FilmPath;
use paths::Grip;

/// CSS pixels a pointer may tremble without dragging.
const TREMOR: f64 = 3.0;
/// The least side of a box, in CSS pixels.
const LEAST: f64 = 4.0;

/// A thing that moves, as the timeline shows it. `x` in CSS pixels from the left.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackRow {
    /// Its region.
    pub key: RegionKey,
    /// A CSS color.
    pub color: String,
    /// From where to where it is to be seen.
    pub spans: Vec<(f64, f64)>,
    /// Where it was set by hand.
    pub keyframes: Vec<f64>,
    /// Selected.
    pub selected: bool,
}

/// What of a thing is held, and how it was then.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Held {
    Box(Side, UnitRect),
    Path(Grip, UnitVector),
}

/// How far a gesture on the picture is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Film {
    #[default]
    Idle,
    Pressed {
        at: ScreenPoint,
        held: Option<(RegionKey, Held)>,
    },
    /// A box.
    Drawing {
        from: ScreenPoint,
        to: ScreenPoint,
    },
    /// A path, point by point.
    Path {
        vector: UnitVector,
        to: UnitPoint,
        /// Where the pointer went down that sets its last point, and bends the line there as long as it is down.
        pulled: Option<ScreenPoint>,
    },
    Dragging {
        from: ScreenPoint,
        key: RegionKey,
        held: Held,
    },
}

/// The frame that a place on the line belongs to, from 1.
fn frame_at(line: &Line) -> u32 {
    let (_, count) = line.axis().whole();
    // Saturates; the clamp keeps it on the film.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let frame = (line.cursor().clamp(0.0, (count - 1.0).max(0.0)) + 1e-6).floor() as u32;
    frame + 1
}

impl Editor {
    /// The frame in sight, from 1; none where no video has been opened.
    #[must_use]
    pub fn frame(&self, object: &str) -> Option<u32> {
        self.line(object).filter(|line| matches!(line.axis(), Axis::Frames { .. })).map(frame_at)
    }

    /// Everything that moves and is not hidden.
    fn moving<'a>(&'a self, object: &'a str) -> impl Iterator<Item = (RegionKey, &'a Mark)> {
        let marks = self.document.marks_on(object).filter(|(_, mark)| !mark.hidden);
        marks.filter(|(_, mark)| mark.region.shape.moving().is_some())
    }

    /// The things that move, as the timeline shows them, oldest first.
    #[must_use]
    pub fn track_rows(&self, object: &str) -> Vec<TrackRow> {
        let Some(line) = self.line(object) else { return Vec::new() };
        let end = line.axis().whole().1;
        let rows = self.moving(object).filter_map(|(key, mark)| {
            let track = mark.region.shape.moving()?;
            let x = |frame: u32| line.screen_from_line(f64::from(frame) - 1.0);
            let spans = track.spans().into_iter();
            Some(TrackRow {
                key,
                color: self.color_of(mark).to_owned(),
                spans: spans
                    .map(|(from, to)| (x(from), to.map_or(line.screen_from_line(end), |to| x(to.saturating_add(1)))))
                    .collect(),
                keyframes: track
                    .frames()
                    .into_iter()
                    .map(|frame| line.screen_from_line(f64::from(frame) - 0.5))
                    .collect(),
                selected: self.selection.contains(&key),
            })
        });
        rows.collect()
    }

    /// The control that draws the next thing: that of the label at hand, else the one that people chose to draw with, else
    /// the first.
    fn film_control(&self, object: &str) -> Option<&ShapeControl> {
        let is_on = |shape: &&ShapeControl| {
            matches!(shape.kind, ShapeKind::Track | ShapeKind::MovingVector)
                && shape.to_names.iter().any(|name| name == object)
        };
        let shapes = || self.document.kit().shapes.iter().filter(is_on);
        let of_label = self.label.as_ref().and_then(|(control, _)| shapes().find(|shape| shape.name == *control));
        let chosen = || shapes().find(|shape| (shape.kind == ShapeKind::MovingVector) == self.draws_paths);
        of_label.or_else(chosen).or_else(|| shapes().next())
    }

    /// Whether a path is drawn next, rather than a box; `None` where there is nothing to choose.
    #[must_use]
    pub fn film_choice(&self, object: &str) -> Option<bool> {
        let kit = self.document.kit();
        let is_both = kit.draws(ShapeKind::Track) && kit.draws(ShapeKind::MovingVector) && !self.read_only;
        is_both.then(|| self.film_control(object).is_some_and(|control| control.kind == ShapeKind::MovingVector))
    }

    /// Draws paths from now on, or boxes again.
    pub fn draw_paths(&mut self, draws_paths: bool) -> Response {
        self.drop_gesture();
        self.draws_paths = draws_paths;
        // A label that belongs to the other kind would decide otherwise.
        let other = self
            .label()
            .is_some_and(|label| label.kind.is_some_and(|kind| (kind == ShapeKind::MovingVector) != draws_paths));
        if other {
            self.label = None;
        }
        Response::ALL
    }

    /// One thing a person did on the picture of a video, which is shown in this size and lasts so long.
    pub fn handle_film(&mut self, object: &str, event: &Event, size: ScreenSize, duration_s: f64) -> Response {
        if !event.is_finite() || self.frame(object).is_none() || size.width < 1.0 || size.height < 1.0 {
            return Response::NONE;
        }
        match event {
            Event::PointerDown(pointer) if pointer.button == Button::Primary => {
                if matches!(self.film, Film::Path { .. }) {
                    return self.set_point(object, pointer, size, duration_s);
                }
                self.press_film(object, pointer, size)
            }
            Event::PointerMove(pointer) => self.move_on_film(object, pointer, size),
            Event::PointerUp(pointer) => self.release_film(object, pointer, size, duration_s),
            Event::PointerCancel => self.abandon(),
            Event::PointerLeave => self.hover(None),
            _ => Response::NONE,
        }
    }

    /// What is under the pointer, and what of it: a path before a box, since it is thinner.
    fn held_at(&self, object: &str, pointer: &Pointer, size: ScreenSize) -> Option<(RegionKey, Held)> {
        if let Some((key, grip, vector)) = self.path_hit(object, pointer, size) {
            return Some((key, Held::Path(grip, vector)));
        }
        let (key, side) = self.film_hit(object, pointer, size)?;
        let Shape::BoxTrack(track) = &self.document.mark(key)?.region.shape else { return None };
        Some((key, Held::Box(side, track.visible_at(self.frame(object)?)?)))
    }

    fn press_film(&mut self, object: &str, pointer: &Pointer, size: ScreenSize) -> Response {
        object.clone_into(&mut self.active_line);
        // Nobody draws on a picture that runs away.
        self.on_line(object, Line::stop);
        let held = self.held_at(object, pointer, size).filter(|(key, _)| {
            let may = self.document.mark(*key).is_some_and(Mark::is_editable) && !self.read_only;
            may && (self.selection.contains(key) || self.moving_label(object).is_none())
        });
        if let Some((key, Held::Path(Grip::Point(point), _))) = held
            && pointer.modifiers.shift
        {
            return self.turn_round(object, key, point);
        }
        self.film = Film::Pressed { at: pointer.at, held };
        Response { panels: true, ..Response::LIVELY }
    }

    fn move_on_film(&mut self, object: &str, pointer: &Pointer, size: ScreenSize) -> Response {
        match self.film.clone() {
            Film::Idle => {
                let hit = self.held_at(object, pointer, size);
                self.hover(hit.map(|(key, _)| key))
            }
            Film::Pressed { at, held } => {
                if (pointer.at.x - at.x).hypot(pointer.at.y - at.y) < TREMOR || self.read_only {
                    return Response::LIVELY;
                }
                match (held, self.film_control(object).map(|control| control.kind)) {
                    (Some((key, held)), _) => {
                        let selected = self.select([key].into());
                        let begun = self.perform(Effect::Begin);
                        self.film = Film::Dragging { from: at, key, held };
                        selected.and(begun).and(self.move_on_film(object, pointer, size))
                    }
                    (None, Some(ShapeKind::Track)) => {
                        self.film = Film::Drawing { from: at, to: pointer.at };
                        Response::LIVELY
                    }
                    // The first line of a path may be dragged.
                    (None, Some(_)) => {
                        self.film = paths::begun(on_picture(at, size), on_picture(pointer.at, size));
                        Response { panels: true, ..Response::LIVELY }
                    }
                    (None, None) => Response::LIVELY,
                }
            }
            Film::Drawing { from, .. } => {
                self.film = Film::Drawing { from, to: pointer.at };
                Response::LIVELY
            }
            Film::Path { vector, pulled, .. } => {
                let to = on_picture(pointer.at, size);
                self.film = Film::Path { vector, to, pulled };
                self.pull(object, pointer)
            }
            Film::Dragging { from, key, held } => {
                let by = ((pointer.at.x - from.x) / size.width, (pointer.at.y - from.y) / size.height);
                let frame = self.frame(object).unwrap_or(1);
                // The preview begins from what was there before the gesture, keyframes included.
                self.history.rewind(&mut self.document);
                let shape = match (self.document.mark(key).map(|mark| mark.region.shape.clone()), &held) {
                    (Some(Shape::BoxTrack(mut track)), Held::Box(side, rect)) => {
                        track.set(frame, side.drag(*rect, by, size));
                        Shape::BoxTrack(track)
                    }
                    (Some(Shape::VectorTrack(mut track)), Held::Path(grip, vector)) => {
                        track.set(frame, grip.drag(vector, by, pointer.modifiers.alt));
                        Shape::VectorTrack(track)
                    }
                    _ => return self.abandon(),
                };
                self.perform(Effect::Preview(vec![Edit::Reshape(key, shape)]))
            }
        }
    }

    fn release_film(&mut self, object: &str, pointer: &Pointer, size: ScreenSize, duration_s: f64) -> Response {
        match std::mem::take(&mut self.film) {
            Film::Idle => Response::NONE,
            Film::Pressed { at, held } => {
                let hit = self.held_at(object, pointer, size);
                // A box may hold whatever is drawn; a path is thin enough to be meant.
                let is_free = hit.as_ref().is_none_or(|(_, held)| matches!(held, Held::Box(..)));
                let is_path = self.film_control(object).is_some_and(|control| control.kind == ShapeKind::MovingVector);
                let may_begin = held.is_none() && is_path && !self.read_only;
                if may_begin && (hit.is_none() || (is_free && self.moving_label(object).is_some())) {
                    let point = on_picture(at, size);
                    self.film = paths::begun(point, point);
                    return self.select([].into()).and(Response { panels: true, ..Response::LIVELY });
                }
                self.select(hit.map(|(key, _)| key).into_iter().collect()).and(Response::LIVELY)
            }
            Film::Dragging { .. } => self.perform(Effect::Commit),
            Film::Drawing { from, to } => {
                let is_large = (from.x - to.x).abs() >= LEAST && (from.y - to.y).abs() >= LEAST;
                let rect = drawn(from, to, size);
                if is_large { self.insert_box(object, rect, duration_s) } else { Response::ALL }
            }
            Film::Path { vector, to, .. } => {
                // What was dragged from its first point ends its first line here.
                let at = on_picture(pointer.at, size);
                let is_far =
                    |from: UnitPoint| ((at.x - from.x) * size.width).hypot((at.y - from.y) * size.height) >= TREMOR;
                let ends_first = vector.vertices.len() == 1 && is_far(vector.vertices[0].at);
                self.film = Film::Path { vector, to, pulled: None };
                let set = if ends_first { self.set_point(object, pointer, size, duration_s) } else { Response::LIVELY };
                set.and(self.let_go_of_point(object, duration_s))
            }
        }
    }

    /// A key on the picture; `None` where it means nothing special there.
    pub fn film_key(&mut self, object: &str, key: Key, modifiers: Modifiers, duration_s: f64) -> Option<Response> {
        let is_path = matches!(self.film, Film::Path { .. });
        match key {
            Key::Enter if is_path => Some(self.finish_path(object, false, duration_s)),
            Key::Backspace | Key::Delete if is_path => Some(self.take_back_path_point()),
            Key::Enter if !modifiers.command() => Some(self.place_on_film(object, duration_s)),
            Key::Up | Key::Down | Key::Left | Key::Right if modifiers.command() || modifiers.alt => {
                Some(self.nudge_on_film(object, key, modifiers))
            }
            _ => None,
        }
    }

    /// A box, or a line, in the middle of the picture, for those who draw by keyboard.
    fn place_on_film(&mut self, object: &str, duration_s: f64) -> Response {
        if self.film_control(object).is_some_and(|control| control.kind == ShapeKind::MovingVector) {
            return self.place_path(object, duration_s);
        }
        self.insert_box(object, UnitRect { x: 0.375, y: 0.375, width: 0.25, height: 0.25, rotation: 0.0 }, duration_s)
    }

    /// Moves what is selected by a hundredth of the picture, with Shift by a tenth, which makes a keyframe.
    fn nudge_on_film(&mut self, object: &str, key: Key, modifiers: Modifiers) -> Response {
        let by = if modifiers.shift { 0.1 } else { 0.01 };
        let by = match key {
            Key::Left => (-by, 0.0),
            Key::Right => (by, 0.0),
            Key::Up => (0.0, -by),
            Key::Down => (0.0, by),
            _ => return Response::NONE,
        };
        self.change_moving(object, |shape, frame| match shape {
            Shape::BoxTrack(track) => track.visible_at(frame).is_some_and(|rect| {
                track.set(frame, BODY.drag(rect, by, ScreenSize { width: 1.0, height: 1.0 }));
                true
            }),
            Shape::VectorTrack(track) => track.visible_at(frame).is_some_and(|vector| {
                track.set(frame, Grip::Whole.drag(&vector, by, false));
                true
            }),
            _ => false,
        })
    }

    fn insert_box(&mut self, object: &str, rect: UnitRect, duration_s: f64) -> Response {
        self.insert_moving(object, ShapeKind::Track, |frame, count| {
            Shape::BoxTrack(Track::starting(frame, rect, count, duration_s))
        })
    }

    /// A new thing of the kind, with the label at hand. `shape` is handed the frame in sight and how many there are.
    fn insert_moving(&mut self, object: &str, kind: ShapeKind, shape: impl FnOnce(u32, f64) -> Shape) -> Response {
        let (Some(frame), Some(line)) = (self.frame(object), self.line(object)) else { return Response::NONE };
        let (_, count) = line.axis().whole();
        let kit = self.document.kit();
        let is_meant = |shape: &&ShapeControl| shape.kind == kind && shape.to_names.iter().any(|name| name == object);
        let chosen = self.film_control(object).filter(|control| control.kind == kind);
        let control = chosen.or_else(|| kit.shapes.iter().find(is_meant));
        let Some(control) = control.cloned().filter(|_| !self.read_only) else { return Response::LIVELY };
        let label = self.moving_label(object);
        let label = label.filter(|(of, _)| !control.joined || *of == control.name).map(|(_, value)| value);
        let region = Region {
            id: self.fresh_id(),
            from_name: control.name,
            to_name: object.to_owned(),
            item_type: control.item_type,
            shape: shape(frame, count),
            labels: label.into_iter().collect(),
            size: None,
            source: None,
        };
        self.insert_all(vec![Mark::new(region, None)])
    }

    /// The label at hand, where it is one of things that move through this video.
    fn moving_label(&self, object: &str) -> Option<(String, String)> {
        let label = self.label().filter(|label| label.to_names.iter().any(|name| name == object))?;
        let is_set = || self.document.kit().label_set(&label.control).is_some_and(|set| set.item_type == "labels");
        let is_meant = label.kind == Some(ShapeKind::MovingVector) || is_set();
        is_meant.then(|| (label.control.clone(), label.value.clone()))
    }

    /// Sets or takes back the keyframe of what is selected at the frame in sight; the last one of a thing stays.
    pub fn toggle_keyframe(&mut self, object: &str) -> Response {
        self.change_moving(object, |shape, frame| {
            let Some(track) = shape.moving_mut() else { return false };
            if track.frames().contains(&frame) { track.remove_keyframe(frame) } else { track.add_keyframe(frame) }
        })
    }

    /// What is selected goes after the frame in sight, or comes back at it.
    pub fn toggle_life(&mut self, object: &str) -> Response {
        self.change_moving(object, |shape, frame| {
            let Some(track) = shape.moving_mut() else { return false };
            let lives_on = track.lives_at(frame) && track.lives_at(frame + 1);
            let added = track.add_keyframe(frame);
            track.set_alive(frame, !lives_on) || added
        })
    }

    /// To the keyframe of what is selected before or after the frame in sight.
    pub fn seek_keyframe(&mut self, object: &str, forward: bool) -> Response {
        let Some(frame) = self.frame(object) else { return Response::NONE };
        let frames = self
            .moving(object)
            .filter(|(key, _)| self.selection.is_empty() || self.selection.contains(key))
            .filter_map(|(_, mark)| mark.region.shape.moving())
            .flat_map(domain::region::Moving::frames);
        let next = if forward { frames.filter(|at| *at > frame).min() } else { frames.filter(|at| *at < frame).max() };
        next.map_or(Response::LIVELY, |frame| self.seek(object, f64::from(frame) - 1.0))
    }

    fn change_moving(&mut self, object: &str, change: impl Fn(&mut Shape, u32) -> bool) -> Response {
        let Some(frame) = self.frame(object).filter(|_| !self.read_only) else { return Response::NONE };
        let edits = self
            .moving(object)
            .filter(|(key, mark)| self.selection.contains(key) && mark.is_editable())
            .filter_map(|(key, mark)| {
                let mut shape = mark.region.shape.clone();
                change(&mut shape, frame).then(|| Edit::Reshape(key, shape))
            })
            .collect();
        self.apply_all(edits)
    }
}

/// A place on the picture, in shares of it.
fn on_picture(at: ScreenPoint, size: ScreenSize) -> UnitPoint {
    UnitPoint::new((at.x / size.width).clamp(0.0, 1.0), (at.y / size.height).clamp(0.0, 1.0))
}
