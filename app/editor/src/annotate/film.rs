//! Boxes that move through a video: drawn, moved and sized on the picture of the frame in sight, which makes a keyframe
//! there. Between keyframes they move evenly.
//!
//! Pointers come in CSS pixels of the picture as it is shown; which frame is in sight is the line's to say.

use domain::region::{BoxTrack, ScreenPoint, ScreenSize, Shape, Track, UnitRect};
use domain::result::Region;

use super::document::{Mark, RegionKey};
use super::edit::Edit;
use super::editor::{Editor, Response};
use super::kit::ShapeKind;
use super::line::{Axis, Line};
use super::tool::Effect;
use crate::input::{Button, Event, Key, Modifiers, Pointer};

/// CSS pixels a pointer may tremble without dragging.
const TREMOR: f64 = 3.0;
/// The least side of a box, in CSS pixels.
const LEAST: f64 = 4.0;

/// A box as it is at the frame in sight.
#[derive(Debug, Clone, PartialEq)]
pub struct FilmBox {
    /// Its region; none for one that is being drawn.
    pub key: Option<RegionKey>,
    /// Where it is, in shares of the picture.
    pub rect: UnitRect,
    /// A CSS color.
    pub color: String,
    /// Its labels.
    pub title: String,
    /// Selected.
    pub selected: bool,
    /// Under the pointer.
    pub hovered: bool,
    /// Whether it was set by hand at this frame.
    pub is_keyframe: bool,
}

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

/// How far a gesture on the picture is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Film {
    #[default]
    Idle,
    Pressed {
        at: ScreenPoint,
        held: Option<(RegionKey, Side)>,
    },
    Drawing {
        from: ScreenPoint,
        to: ScreenPoint,
    },
    Dragging {
        from: ScreenPoint,
        key: RegionKey,
        side: Side,
        rect: UnitRect,
    },
}

/// What of a box is held: −1 and 1 are its sides, 0 is neither.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Side {
    across: i8,
    down: i8,
}

const BODY: Side = Side { across: 0, down: 0 };

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

    /// The boxes of the frame in sight, the one being drawn last. `size` is that of the picture in CSS pixels.
    #[must_use]
    pub fn film_boxes(&self, object: &str, size: ScreenSize) -> Vec<FilmBox> {
        let Some(frame) = self.frame(object) else { return Vec::new() };
        let mut boxes: Vec<FilmBox> = self
            .tracks(object)
            .filter_map(|(key, mark, track)| {
                Some(FilmBox {
                    key: Some(key),
                    rect: track.visible_at(frame)?,
                    color: self.color_of(mark).to_owned(),
                    title: self.title(key),
                    selected: self.selection.contains(&key),
                    hovered: self.hovered == Some(key),
                    is_keyframe: track.keyframe(frame).is_some(),
                })
            })
            .collect();
        if let Film::Drawing { from, to } = self.film {
            let color = self.label().map_or(Self::PLAIN, |label| label.color.as_str());
            boxes.push(FilmBox {
                key: None,
                rect: drawn(from, to, size),
                color: color.to_owned(),
                title: String::new(),
                selected: true,
                hovered: false,
                is_keyframe: true,
            });
        }
        boxes
    }

    fn tracks<'a>(&'a self, object: &'a str) -> impl Iterator<Item = (RegionKey, &'a Mark, &'a BoxTrack)> {
        self.document.marks_on(object).filter(|(_, mark)| !mark.hidden).filter_map(|(key, mark)| {
            let Shape::BoxTrack(track) = &mark.region.shape else { return None };
            Some((key, mark, track))
        })
    }

    /// The things that move, as the timeline shows them, oldest first.
    #[must_use]
    pub fn track_rows(&self, object: &str) -> Vec<TrackRow> {
        let Some(line) = self.line(object) else { return Vec::new() };
        let end = line.axis().whole().1;
        let rows = self.tracks(object).map(|(key, mark, track)| {
            let x = |frame: u32| line.screen_from_line(f64::from(frame) - 1.0);
            let spans = track.lifespans().into_iter();
            TrackRow {
                key,
                color: self.color_of(mark).to_owned(),
                spans: spans
                    .map(|(from, to)| (x(from), to.map_or(line.screen_from_line(end), |to| x(to.saturating_add(1)))))
                    .collect(),
                keyframes: track
                    .keyframes
                    .iter()
                    .map(|key| line.screen_from_line(f64::from(key.frame) - 0.5))
                    .collect(),
                selected: self.selection.contains(&key),
            }
        });
        rows.collect()
    }

    /// One thing a person did on the picture of a video, which is shown in this size and lasts so long.
    pub fn handle_film(&mut self, object: &str, event: &Event, size: ScreenSize, duration_s: f64) -> Response {
        if !event.is_finite() || self.frame(object).is_none() || size.width < 1.0 || size.height < 1.0 {
            return Response::NONE;
        }
        match event {
            Event::PointerDown(pointer) if pointer.button == Button::Primary => self.press_film(object, pointer, size),
            Event::PointerMove(pointer) => self.move_on_film(object, pointer, size),
            Event::PointerUp(pointer) => self.release_film(object, pointer, size, duration_s),
            Event::PointerCancel => self.abandon(),
            Event::PointerLeave => self.hover(None),
            _ => Response::NONE,
        }
    }

    fn press_film(&mut self, object: &str, pointer: &Pointer, size: ScreenSize) -> Response {
        object.clone_into(&mut self.active_line);
        // Nobody draws on a picture that runs away.
        self.on_line(object, Line::stop);
        let hit = self.film_hit(object, pointer, size);
        let held = hit.filter(|(key, _)| {
            let may = self.document.mark(*key).is_some_and(Mark::is_editable) && !self.read_only;
            may && (self.selection.contains(key) || self.track_label(object).is_none())
        });
        self.film = Film::Pressed { at: pointer.at, held };
        Response { panels: true, ..Response::LIVELY }
    }

    fn move_on_film(&mut self, object: &str, pointer: &Pointer, size: ScreenSize) -> Response {
        match self.film.clone() {
            Film::Idle => {
                let hit = self.film_hit(object, pointer, size);
                self.hover(hit.map(|(key, _)| key))
            }
            Film::Pressed { at, held } => {
                if (pointer.at.x - at.x).hypot(pointer.at.y - at.y) < TREMOR || self.read_only {
                    return Response::LIVELY;
                }
                let frame = self.frame(object).unwrap_or(1);
                let rect = held.and_then(|(key, _)| self.tracks(object).find(|(k, ..)| *k == key)?.2.visible_at(frame));
                match (held, rect) {
                    (Some((key, side)), Some(rect)) => {
                        let selected = self.select([key].into());
                        let begun = self.perform(Effect::Begin);
                        self.film = Film::Dragging { from: at, key, side, rect };
                        selected.and(begun).and(self.move_on_film(object, pointer, size))
                    }
                    _ if self.document.kit().draws(ShapeKind::Track) => {
                        self.film = Film::Drawing { from: at, to: pointer.at };
                        Response::LIVELY
                    }
                    _ => Response::LIVELY,
                }
            }
            Film::Drawing { from, .. } => {
                self.film = Film::Drawing { from, to: pointer.at };
                Response::LIVELY
            }
            Film::Dragging { from, key, side, rect } => {
                let by = ((pointer.at.x - from.x) / size.width, (pointer.at.y - from.y) / size.height);
                let rect = side.drag(rect, by, size);
                let frame = self.frame(object).unwrap_or(1);
                let Some(Shape::BoxTrack(track)) = self.document.mark(key).map(|mark| mark.region.shape.clone()) else {
                    return self.abandon();
                };
                // The preview begins from what was there before the gesture, keyframes included.
                self.history.rewind(&mut self.document);
                let mut track = match self.document.mark(key).map(|mark| &mark.region.shape) {
                    Some(Shape::BoxTrack(before)) => before.clone(),
                    _ => track,
                };
                track.set(frame, rect);
                self.perform(Effect::Preview(vec![Edit::Reshape(key, Shape::BoxTrack(track))]))
            }
        }
    }

    fn release_film(&mut self, object: &str, pointer: &Pointer, size: ScreenSize, duration_s: f64) -> Response {
        match std::mem::take(&mut self.film) {
            Film::Idle => Response::NONE,
            Film::Pressed { .. } => {
                let hit = self.film_hit(object, pointer, size).map(|(key, _)| key);
                self.select(hit.into_iter().collect()).and(Response::LIVELY)
            }
            Film::Dragging { .. } => self.perform(Effect::Commit),
            Film::Drawing { from, to } => {
                let is_large = (from.x - to.x).abs() >= LEAST && (from.y - to.y).abs() >= LEAST;
                let rect = drawn(from, to, size);
                if is_large { self.insert_track(object, rect, duration_s) } else { Response::ALL }
            }
        }
    }

    /// A box in the middle of the picture, for those who draw by keyboard.
    pub fn place_on_film(&mut self, object: &str, duration_s: f64) -> Response {
        self.insert_track(object, UnitRect { x: 0.375, y: 0.375, width: 0.25, height: 0.25, rotation: 0.0 }, duration_s)
    }

    /// Moves what is selected by a hundredth of the picture, with Shift by a tenth, which makes a keyframe.
    pub fn nudge_on_film(&mut self, object: &str, key: Key, modifiers: Modifiers) -> Response {
        let by = if modifiers.shift { 0.1 } else { 0.01 };
        let (across, down) = match key {
            Key::Left => (-by, 0.0),
            Key::Right => (by, 0.0),
            Key::Up => (0.0, -by),
            Key::Down => (0.0, by),
            _ => return Response::NONE,
        };
        self.change_tracks(object, |track, frame| {
            let Some(rect) = track.visible_at(frame) else { return false };
            track.set(frame, BODY.drag(rect, (across, down), ScreenSize { width: 1.0, height: 1.0 }));
            true
        })
    }

    fn insert_track(&mut self, object: &str, rect: UnitRect, duration_s: f64) -> Response {
        let (Some(frame), Some(line)) = (self.frame(object), self.line(object)) else { return Response::NONE };
        let (_, count) = line.axis().whole();
        let kit = self.document.kit();
        let control =
            kit.shapes.iter().find(|s| s.kind == ShapeKind::Track && s.to_names.iter().any(|name| name == object));
        let Some(control) = control.cloned().filter(|_| !self.read_only) else { return Response::LIVELY };
        let label = self.track_label(object).map(|(_, value)| value);
        let region = Region {
            id: self.fresh_id(),
            from_name: control.name,
            to_name: object.to_owned(),
            item_type: control.item_type,
            shape: Shape::BoxTrack(Track::starting(frame, rect, count, duration_s)),
            labels: label.into_iter().collect(),
            size: None,
            source: None,
        };
        self.insert_all(vec![Mark::new(region, None)])
    }

    /// The label at hand, where it is one of things that move through this video.
    fn track_label(&self, object: &str) -> Option<(String, String)> {
        let label = self.label().filter(|label| label.to_names.iter().any(|name| name == object))?;
        let set = self.document.kit().label_set(&label.control)?;
        (set.item_type == "labels").then(|| (label.control.clone(), label.value.clone()))
    }

    /// Sets or takes back the keyframe of what is selected at the frame in sight; the last one of a thing stays.
    pub fn toggle_keyframe(&mut self, object: &str) -> Response {
        self.change_tracks(
            object,
            |track, frame| {
                if track.keyframe(frame).is_some() { track.remove(frame) } else { track.add(frame) }
            },
        )
    }

    /// What is selected goes after the frame in sight, or comes back at it.
    pub fn toggle_life(&mut self, object: &str) -> Response {
        self.change_tracks(object, |track, frame| {
            let lives_on = track.is_alive(frame) && track.is_alive(frame + 1);
            let added = track.add(frame);
            track.set_enabled(frame, !lives_on) || added
        })
    }

    /// To the keyframe of what is selected before or after the frame in sight.
    pub fn seek_keyframe(&mut self, object: &str, forward: bool) -> Response {
        let Some(frame) = self.frame(object) else { return Response::NONE };
        let frames = self
            .tracks(object)
            .filter(|(key, ..)| self.selection.is_empty() || self.selection.contains(key))
            .flat_map(|(_, _, track)| track.keyframes.iter().map(|key| key.frame));
        let next = if forward { frames.filter(|at| *at > frame).min() } else { frames.filter(|at| *at < frame).max() };
        next.map_or(Response::LIVELY, |frame| self.seek(object, f64::from(frame) - 1.0))
    }

    fn change_tracks(&mut self, object: &str, change: impl Fn(&mut BoxTrack, u32) -> bool) -> Response {
        let Some(frame) = self.frame(object).filter(|_| !self.read_only) else { return Response::NONE };
        let edits = self
            .tracks(object)
            .filter(|(key, mark, _)| self.selection.contains(key) && mark.is_editable())
            .filter_map(|(key, _, track)| {
                let mut track = track.clone();
                change(&mut track, frame).then(|| Edit::Reshape(key, Shape::BoxTrack(track)))
            })
            .collect();
        self.apply_all(edits)
    }

    /// The box at a place on the picture, and what of it is there: what is selected first, then the smallest.
    fn film_hit(&self, object: &str, pointer: &Pointer, size: ScreenSize) -> Option<(RegionKey, Side)> {
        let reach = pointer.kind.handle_radius();
        let boxes = self.film_boxes(object, size).into_iter().filter_map(|film| {
            let key = film.key?;
            let (left, top) = (film.rect.x * size.width, film.rect.y * size.height);
            let (width, height) = (film.rect.width * size.width, film.rect.height * size.height);
            // In the box's own directions; it turns about its first corner.
            let (sin, cos) = film.rect.rotation.to_radians().sin_cos();
            let (x, y) = (pointer.at.x - left, pointer.at.y - top);
            let (x, y) = (x * cos + y * sin, y * cos - x * sin);
            let side = |at: f64, length: f64| {
                if at.abs() <= reach {
                    Some(-1)
                } else if (at - length).abs() <= reach {
                    Some(1)
                } else {
                    (at > 0.0 && at < length).then_some(0)
                }
            };
            let side = Side { across: side(x, width)?, down: side(y, height)? };
            let grip = if film.selected && film.rect.rotation == 0.0 { side } else { BODY };
            Some((!film.selected, width * height, key, grip))
        });
        boxes
            .min_by(|a, b| (a.0, a.1).partial_cmp(&(b.0, b.1)).unwrap_or(std::cmp::Ordering::Equal))
            .map(|b| (b.2, b.3))
    }
}

impl Side {
    /// The box with this side of it moved, still on the picture.
    fn drag(self, rect: UnitRect, by: (f64, f64), size: ScreenSize) -> UnitRect {
        let along = |from: f64, length: f64, by: f64, side: i8, least: f64| match side {
            -1 => {
                let end = from + length;
                let from = (from + by).clamp(0.0_f64.min(from), (end - least).max(0.0));
                (from, end - from)
            }
            1 => (from, (length + by).clamp(least, (1.0 - from).max(length.max(least)))),
            _ => (from, length),
        };
        let (x, width) = along(rect.x, rect.width, by.0, self.across, LEAST / size.width);
        let (y, height) = along(rect.y, rect.height, by.1, self.down, LEAST / size.height);
        if self != BODY {
            return UnitRect { x, y, width, height, ..rect };
        }
        let stay = |from: f64, length: f64, by: f64| {
            (from + by).clamp(0.0_f64.min(from), (1.0 - length).max(from.max(0.0)).max(0.0))
        };
        if rect.rotation != 0.0 {
            return UnitRect { x: rect.x + by.0, y: rect.y + by.1, ..rect };
        }
        UnitRect {
            x: stay(rect.x, rect.width, by.0).min((1.0 - rect.width).max(rect.x.min(0.0))),
            y: stay(rect.y, rect.height, by.1).min((1.0 - rect.height).max(rect.y.min(0.0))),
            ..rect
        }
    }
}

/// What lies between two places, on the picture.
fn drawn(from: ScreenPoint, to: ScreenPoint, size: ScreenSize) -> UnitRect {
    let across = |x: f64| (x / size.width).clamp(0.0, 1.0);
    let down = |y: f64| (y / size.height).clamp(0.0, 1.0);
    let (left, right) = (across(from.x.min(to.x)), across(from.x.max(to.x)));
    let (top, bottom) = (down(from.y.min(to.y)), down(from.y.max(to.y)));
    UnitRect { x: left, y: top, width: right - left, height: bottom - top, rotation: 0.0 }
}
