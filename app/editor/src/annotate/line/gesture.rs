//! What pointers do on a line: drag to mark, drag a piece or its edge, click to pick or to move the cursor.
//!
//! With a label at hand a drag marks anew, also over other pieces; edges and bodies of what is selected can always be
//! dragged. Without one, a drag moves the piece it begins on.

use domain::region::ScreenPoint;

use super::pieces::is_free;
use super::{Line, Part, Place};
use crate::annotate::cursor::Cursor;
use crate::annotate::document::RegionKey;
use crate::annotate::edit::Edit;
use crate::annotate::editor::{Editor, Response};
use crate::annotate::film::Film;
use crate::annotate::tool::Effect;
use crate::input::{Button, Event, Pointer};

/// CSS pixels a pointer may tremble without dragging.
const TREMOR: f64 = 3.0;
/// Two presses within this time are a double click.
const DOUBLE_MS: f64 = 400.0;

/// How far a gesture is.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum Gesture {
    /// Nothing is pressed. The last click, for a double one.
    #[default]
    Idle,
    /// Pressed, and not yet moved.
    Pressed { at: ScreenPoint, then: Then },
    /// A new piece from where it was pressed to here.
    Marking { from: f64, to: f64, channel: u32 },
    /// A piece, or its edge, goes with the pointer.
    Dragging { held: Held, by: f64 },
    /// The view goes with the pointer.
    Panning { x: f64 },
}

/// What a press becomes once it moves.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Then {
    Mark,
    Drag(Held),
    Nothing,
}

/// A piece that is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Held {
    key: RegionKey,
    piece: usize,
    part: Part,
    place: Place,
    /// Where on the line it is held.
    at: f64,
}

impl Gesture {
    /// The piece that is being marked.
    pub(super) fn marking(&self, line: &Line) -> Option<Place> {
        let Self::Marking { from, to, channel } = *self else { return None };
        let snap = |at: f64| line.axis.snap(at, &line.ticks);
        let (from, to) = (snap(from), snap(to));
        let split = matches!(line.axis, super::Axis::Sound { channels, .. } if channels > 1);
        ((from - to).abs() > 0.0).then_some(Place {
            from: from.min(to),
            to: from.max(to),
            channel: split.then_some(channel),
        })
    }
}

impl Editor {
    /// One thing a person did on the line of `object`.
    pub(in crate::annotate) fn handle_line(&mut self, object: &str, event: &Event) -> Response {
        if self.active_line != object && matches!(event, Event::PointerDown(_) | Event::Wheel { .. }) {
            object.clone_into(&mut self.active_line);
        }
        match event {
            Event::PointerDown(pointer) => self.press_line(object, pointer),
            Event::PointerMove(pointer) => self.move_on_line(object, pointer),
            Event::PointerUp(pointer) => self.release_line(object, pointer),
            Event::PointerCancel => self.abandon_line(),
            Event::PointerLeave => self.hover(None),
            Event::Wheel { at, by, modifiers } => {
                let zooms = modifiers.command() || modifiers.alt;
                if !zooms && by.x == 0.0 && !modifiers.shift {
                    // The page scrolls.
                    return Response::NONE;
                }
                self.on_line(object, |line| {
                    if zooms {
                        let here = line.line_from_screen(at.x);
                        line.zoom_at(here, (-by.y.clamp(-240.0, 240.0) / 300.0).exp());
                    } else {
                        let by = if by.x == 0.0 { by.y } else { by.x };
                        line.pan(by * line.per_pixel());
                    }
                });
                Response::ALL
            }
            Event::KeyDown { key, modifiers } => {
                let known = self.line_key(object, *key, *modifiers);
                known.unwrap_or_else(|| self.key(*key, *modifiers))
            }
            Event::KeyUp { .. } => Response::NONE,
        }
    }

    fn press_line(&mut self, object: &str, pointer: &Pointer) -> Response {
        let Some(line) = self.line(object) else { return Response::NONE };
        if pointer.button == Button::Secondary {
            return Response::NONE;
        }
        if pointer.button == Button::Middle {
            self.on_line(object, |line| line.gesture = Gesture::Panning { x: pointer.at.x });
            return Response::LIVELY;
        }
        let at = line.line_from_screen(pointer.at.x);
        let channel = line.channel_at(pointer.at.y);
        let has_label = self.label_for_piece(object).is_some();
        let hit = self.piece_at(object, pointer.at.x, channel, pointer.kind.handle_radius().min(10.0));
        let then = match hit {
            _ if self.is_read_only() => Then::Nothing,
            Some(hit)
                if (self.selection.contains(&hit.key) || !has_label)
                    && !pointer.modifiers.shift
                    && self.document.mark(hit.key).is_some_and(|mark| is_free(mark, false)) =>
            {
                Then::Drag(Held { key: hit.key, piece: hit.piece, part: hit.part, place: hit.place, at })
            }
            _ => Then::Mark,
        };
        self.on_line(object, |line| line.gesture = Gesture::Pressed { at: pointer.at, then });
        Response::LIVELY
    }

    fn move_on_line(&mut self, object: &str, pointer: &Pointer) -> Response {
        let Some(line) = self.line(object) else { return Response::NONE };
        let at = line.line_from_screen(pointer.at.x);
        match line.gesture.clone() {
            Gesture::Idle => {
                let channel = line.channel_at(pointer.at.y);
                self.pointer = Some(pointer.at);
                let hit = self.piece_at(object, pointer.at.x, channel, pointer.kind.handle_radius().min(10.0));
                self.hover(hit.map(|hit| hit.key))
            }
            Gesture::Pressed { at: pressed, then } => {
                if (pointer.at.x - pressed.x).abs() < TREMOR {
                    return Response::LIVELY;
                }
                let (from, channel) = (line.line_from_screen(pressed.x), line.channel_at(pressed.y));
                match then {
                    Then::Nothing => Response::LIVELY,
                    Then::Mark => {
                        self.pending = None;
                        self.on_line(object, |line| line.gesture = Gesture::Marking { from, to: at, channel });
                        Response { panels: true, ..Response::LIVELY }
                    }
                    Then::Drag(held) => {
                        let selected = self.select([held.key].into());
                        let begun = self.perform(Effect::Begin);
                        self.drag(object, held, at - held.at).and(selected).and(begun)
                    }
                }
            }
            Gesture::Marking { from, channel, .. } => {
                self.on_line(object, |line| {
                    line.gesture = Gesture::Marking { from, to: at, channel };
                    line.follow(pointer.at.x);
                });
                Response { still: true, ..Response::LIVELY }
            }
            Gesture::Dragging { held, .. } => self.drag(object, held, at - held.at),
            Gesture::Panning { x } => {
                self.on_line(object, |line| {
                    line.pan((x - pointer.at.x) * line.per_pixel());
                    line.gesture = Gesture::Panning { x: pointer.at.x };
                });
                Response { still: true, panels: true, ..Response::LIVELY }
            }
        }
    }

    /// The piece as it is with what is held moved by `by`.
    fn drag(&mut self, object: &str, held: Held, by: f64) -> Response {
        let Some(line) = self.line(object) else { return Response::NONE };
        let Some(shape) = self.document.mark(held.key).map(|mark| mark.region.shape.clone()) else {
            return self.abandon_line();
        };
        let (from, to) = line.moved(held.place, held.part, by);
        let edit = line.axis.reshaped(&shape, held.piece, from, to).map(|shape| Edit::Reshape(held.key, shape));
        self.on_line(object, |line| line.gesture = Gesture::Dragging { held, by });
        self.perform(Effect::Preview(edit.into_iter().collect()))
    }

    fn release_line(&mut self, object: &str, pointer: &Pointer) -> Response {
        let Some(line) = self.lines.get_mut(object) else { return Response::NONE };
        let gesture = std::mem::take(&mut line.gesture);
        match gesture {
            Gesture::Pressed { at, .. } => self.click_line(object, at, pointer),
            Gesture::Marking { .. } => {
                let line = &self.lines[object];
                let place = gesture.marking(line);
                let shape = place.and_then(|place| line.axis.shape(place));
                match shape {
                    Some(shape) => self.mark_piece(object, shape),
                    None => Response::ALL,
                }
            }
            Gesture::Dragging { .. } => self.perform(Effect::Commit),
            Gesture::Panning { .. } | Gesture::Idle => Response::LIVELY,
        }
    }

    /// A click picks a piece, and moves the cursor; a double click marks a moment where a piece may be one.
    fn click_line(&mut self, object: &str, at: ScreenPoint, pointer: &Pointer) -> Response {
        let Some(line) = self.line(object) else { return Response::NONE };
        let here = line.line_from_screen(at.x);
        let (has_instants, channel) = (line.axis.has_instants(), line.channel_at(at.y));
        let is_double = self.last_click.is_some_and(|(x, time)| {
            (x - at.x).abs() <= TREMOR * 2.0 && pointer.time_ms - time < DOUBLE_MS && pointer.time_ms >= time
        });
        self.last_click = Some((at.x, pointer.time_ms));
        if is_double && has_instants && !self.is_read_only() {
            self.last_click = None;
            let line = &self.lines[object];
            let moment = line.axis.snap(here, &line.ticks);
            let shape = line.axis.shape(Place { from: moment, to: moment, channel: None });
            return shape.map_or(Response::LIVELY, |shape| self.mark_piece(object, shape));
        }
        let hit = self.piece_at(object, at.x, channel, pointer.kind.handle_radius().min(10.0));
        self.pending = None;
        let mut keys = if pointer.modifiers.shift { self.selection.clone() } else { [].into() };
        if let Some(hit) = hit
            && !keys.remove(&hit.key)
        {
            keys.insert(hit.key);
        }
        self.on_line(object, |line| line.anchor = None);
        let picked = self.select(keys);
        self.seek(object, here).and(picked).and(Response { panels: true, ..Response::LIVELY })
    }

    /// Leaves a gesture on a line as if it had not begun.
    pub(in crate::annotate) fn abandon_line(&mut self) -> Response {
        let mut response = match std::mem::take(&mut self.film) {
            Film::Dragging { .. } => self.perform(Effect::Rollback),
            Film::Idle => Response::NONE,
            _ => Response::LIVELY,
        };
        let gestures: Vec<Gesture> = self.lines.values_mut().map(|line| std::mem::take(&mut line.gesture)).collect();
        for gesture in gestures {
            response = response.and(match gesture {
                Gesture::Dragging { .. } => self.perform(Effect::Rollback),
                Gesture::Idle => Response::NONE,
                _ => Response::LIVELY,
            });
        }
        response
    }

    /// What the pointer looks like over a line.
    #[must_use]
    pub fn line_cursor(&self, object: &str) -> Cursor {
        let Some(line) = self.line(object) else { return Cursor::Default };
        match &line.gesture {
            Gesture::Dragging { held, .. } if held.part == Part::Whole => Cursor::Grabbing,
            Gesture::Dragging { .. } => Cursor::ResizeHorizontal,
            Gesture::Panning { .. } => Cursor::Grabbing,
            Gesture::Marking { .. } | Gesture::Pressed { .. } => Cursor::Crosshair,
            Gesture::Idle => {
                let hit = self.pointer.and_then(|at| self.piece_at(object, at.x, line.channel_at(at.y), 7.0));
                match hit.filter(|_| self.hovered.is_some()) {
                    Some(hit) if self.selection.contains(&hit.key) || self.label_for_piece(object).is_none() => {
                        if hit.part == Part::Whole { Cursor::Pointer } else { Cursor::ResizeHorizontal }
                    }
                    _ if self.is_read_only() => Cursor::Default,
                    _ => Cursor::Crosshair,
                }
            }
        }
    }
}

impl Line {
    /// A piece with one part of it moved: it stays on the line, and an edge stops at the other one.
    pub(super) fn moved(&self, place: Place, part: Part, by: f64) -> (f64, f64) {
        let snap = |at: f64| self.axis.snap(at, &self.ticks);
        let (low, high) = self.axis.whole();
        match part {
            Part::Whole => {
                let by = by.clamp(low - place.from, high - place.to);
                let from = snap(place.from + by);
                let to = if place.is_instant() { from } else { snap(place.to + by).max(from) };
                if to > from || place.is_instant() { (from, to) } else { (place.from, place.to) }
            }
            Part::Start => {
                let from = snap(place.from + by);
                if from < place.to && place.to - from >= self.least() {
                    (from, place.to)
                } else {
                    (snap(place.to - self.least()).max(place.from), place.to)
                }
            }
            Part::End => {
                let to = snap(place.to + by);
                if to > place.from && to - place.from >= self.least() {
                    (place.from, to)
                } else {
                    (place.from, snap(place.from + self.least()).min(place.to))
                }
            }
        }
    }

    /// The shortest that an edge leaves: what can still be seen, and taken hold of again.
    fn least(&self) -> f64 {
        /// CSS pixels.
        const SEEN: f64 = 4.0;
        match self.axis {
            super::Axis::Sound { sample_rate, .. } => (1.0 / sample_rate.max(1.0)).max(self.per_pixel() * SEEN),
            super::Axis::Frames { .. } => 1.0,
            super::Axis::Series { .. } => self.per_pixel(),
        }
    }

    /// A pointer at the edge pulls the view along.
    fn follow(&mut self, x: f64) {
        let beyond = if x < 0.0 { x } else { (x - self.size.width).max(0.0) };
        if beyond != 0.0 {
            self.pan(beyond * self.per_pixel() * 0.3);
        }
    }
}
