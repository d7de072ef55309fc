//! What keys do on a line: arrows move the cursor, with Shift they mark; with a piece selected they move it, with Alt its
//! end. Space plays, plus and minus zoom.

use super::{Axis, Part};
use crate::annotate::edit::Edit;
use crate::annotate::editor::{Editor, Response};
use crate::command::Command;
use crate::input::{Key, Modifiers};

/// One press of a zoom key.
const ZOOM_STEP: f64 = 1.6;

impl Editor {
    /// A key for the line of `object`; `None` when it means nothing there.
    pub fn line_key(&mut self, object: &str, key: Key, modifiers: Modifiers) -> Option<Response> {
        let axis = self.line(object)?.axis.clone();
        let plays = !matches!(axis, Axis::Series { .. });
        match key {
            Key::Space if plays && !modifiers.command() => Some(self.toggle_play(object)),
            Key::Char('l') if plays && modifiers.shift && !modifiers.command() => Some(self.toggle_loop(object)),
            Key::Left | Key::Right if !modifiers.command() => {
                let sign = if key == Key::Left { -1.0 } else { 1.0 };
                Some(self.arrow_on_line(object, sign, modifiers))
            }
            Key::Enter if !modifiers.command() => {
                let (name, shape) = self.pending.clone().filter(|(name, _)| name == object)?;
                self.on_line(object, |line| line.anchor = None);
                let done = self.mark_piece(&name, shape);
                if done.changed {
                    self.pending = None;
                }
                Some(done)
            }
            _ => {
                let meant =
                    |command: &Command| matches!(command, Command::ZoomIn | Command::ZoomOut | Command::ZoomFit);
                let command = self.keymap.of_key(key, modifiers).find(meant)?;
                match command {
                    Command::ZoomIn => Some(self.zoom_line(object, ZOOM_STEP)),
                    Command::ZoomOut => Some(self.zoom_line(object, 1.0 / ZOOM_STEP)),
                    _ => {
                        let (from, to) = axis.whole();
                        Some(self.look_along(object, from, to))
                    }
                }
            }
        }
    }

    fn arrow_on_line(&mut self, object: &str, sign: f64, modifiers: Modifiers) -> Response {
        let Some(line) = self.line(object) else { return Response::NONE };
        let is_film = matches!(line.axis, Axis::Frames { .. });
        let pieces: Vec<_> = self
            .selected_marks()
            .filter(|(_, mark)| mark.region.to_name == object && mark.is_editable())
            .flat_map(|(key, mark)| {
                let places = line.axis.places(&mark.region.shape);
                places.into_iter().enumerate().map(move |(piece, place)| (key, piece, place, &mark.region.shape))
            })
            .collect();
        // On a film arrows go from frame to frame, whatever is selected.
        if !pieces.is_empty() && !self.is_read_only() && (!is_film || modifiers.alt) {
            let pixels = if modifiers.shift { 10.0 } else { 1.0 };
            let by = sign * if is_film { pixels } else { self.step(object, pixels) };
            let part = if modifiers.alt { Part::End } else { Part::Whole };
            let edits = pieces
                .into_iter()
                .filter_map(|(key, piece, place, shape)| {
                    let (from, to) = line.moved(place, part, by);
                    Some(Edit::Reshape(key, line.axis.reshaped(shape, piece, from, to)?))
                })
                .collect();
            return self.apply_all(edits);
        }
        let cursor = line.cursor;
        let (low, high) = line.axis.whole();
        let by = match line.axis {
            Axis::Frames { .. } => {
                if modifiers.shift {
                    10.0
                } else {
                    1.0
                }
            }
            _ => self.step(object, line.size.width / 100.0),
        };
        let high = if is_film { high - 1.0 } else { high };
        let at = (cursor + sign * by).clamp(low, high);
        let at = if matches!(line.axis, Axis::Series { .. }) { at } else { line.axis.snap(at, &[]) };
        let moved = self.seek(object, at);
        if is_film || !modifiers.shift || self.is_read_only() {
            self.on_line(object, |line| line.anchor = None);
            return moved;
        }
        let Some(line) = self.lines.get_mut(object) else { return moved };
        let from = *line.anchor.get_or_insert(cursor);
        let snap = |at: f64| line.axis.snap(at, &line.ticks);
        let (from, to) = (snap(from), snap(at));
        let place = super::Place { from: from.min(to), to: from.max(to), channel: None };
        let shape = line.axis.shape(place).filter(|_| !place.is_instant());
        self.pending = shape.map(|shape| (object.to_owned(), shape));
        moved.and(Response::ALL)
    }

    /// So many CSS pixels of a line, but no less than it can tell apart: the next row, the next sample.
    fn step(&self, object: &str, pixels: f64) -> f64 {
        let Some(line) = self.line(object) else { return 0.0 };
        let step = pixels * line.per_pixel();
        match &line.axis {
            Axis::Sound { sample_rate, .. } => step.max(1.0 / sample_rate.max(1.0)),
            Axis::Series { .. } => {
                let gaps = line.ticks.windows(2).map(|pair| pair[1] - pair[0]).filter(|gap| *gap > 0.0);
                gaps.reduce(f64::max).map_or(step, |gap| step.max(gap))
            }
            Axis::Frames { .. } => step.max(1.0),
        }
    }
}
