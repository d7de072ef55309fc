//! What runs along one line: a sound, a series, the frames of a video.
//!
//! A [`Line`] knows what of it is shown, where the cursor stands and whether it plays; pieces of it are regions like all
//! others. Pieces are marked, moved and resized by pointer ([`gesture`]) and by keys ([`keys`]); a gesture is one undo
//! step. Whoever shows a line plays and stops as [`Line::is_playing`] says and moves to [`Line::cursor`].

mod axis;
mod calendar;
mod gesture;
mod keys;
mod pieces;

use domain::region::ScreenSize;

pub use axis::{Axis, Part, Place, clock};
pub use calendar::month_starts;
use gesture::Gesture;
pub use pieces::Piece;

use super::editor::{Editor, Response};

/// One object that runs along a line, and what of it is shown.
#[derive(Debug, Clone)]
pub struct Line {
    axis: Axis,
    size: ScreenSize,
    shown: (f64, f64),
    cursor: f64,
    playing: bool,
    /// Where playing stops, or begins again.
    stretch: Option<(f64, f64)>,
    looping: bool,
    /// Rows in sight, where pieces may begin and end.
    ticks: Vec<f64>,
    /// Where the range begins that is extended by keys.
    anchor: Option<f64>,
    gesture: Gesture,
    /// How often a person has moved the cursor, or begun or ended playing.
    acts: u32,
}

impl Line {
    fn new(axis: Axis) -> Self {
        let shown = axis.whole();
        Self {
            cursor: shown.0,
            shown,
            axis,
            size: ScreenSize { width: 640.0, height: 96.0 },
            playing: false,
            stretch: None,
            looping: false,
            ticks: Vec::new(),
            anchor: None,
            gesture: Gesture::Idle,
            acts: 0,
        }
    }

    /// What runs along it.
    #[must_use]
    pub fn axis(&self) -> &Axis {
        &self.axis
    }

    /// From where to where it is shown.
    #[must_use]
    pub fn shown(&self) -> (f64, f64) {
        self.shown
    }

    /// Where the cursor stands, or playing is.
    #[must_use]
    pub fn cursor(&self) -> f64 {
        self.cursor
    }

    /// Whether it is to play.
    #[must_use]
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Whether what is played is played again and again.
    #[must_use]
    pub fn is_looping(&self) -> bool {
        self.looping
    }

    /// Rises whenever a person moves the cursor, or begins or ends playing; never for what plays or follows by itself.
    #[must_use]
    pub fn acts(&self) -> u32 {
        self.acts
    }

    /// The size it is shown in, in CSS pixels.
    #[must_use]
    pub fn size(&self) -> ScreenSize {
        self.size
    }

    /// How many times closer than the whole it is shown.
    #[must_use]
    pub fn zoom(&self) -> f64 {
        let (low, high) = self.axis.whole();
        (high - low) / (self.shown.1 - self.shown.0)
    }

    /// CSS pixels from the left.
    #[must_use]
    pub fn screen_from_line(&self, at: f64) -> f64 {
        (at - self.shown.0) / (self.shown.1 - self.shown.0) * self.size.width
    }

    /// What lies so many CSS pixels from the left.
    #[must_use]
    pub fn line_from_screen(&self, x: f64) -> f64 {
        self.shown.0 + x / self.size.width * (self.shown.1 - self.shown.0)
    }

    /// Stops playing.
    pub(in crate::annotate) fn stop(&mut self) {
        self.playing = false;
    }

    /// Where playing a stretch ends: a film stands still on its last frame.
    fn last(&self, high: f64) -> f64 {
        if matches!(self.axis, Axis::Frames { .. }) { high - 1.0 } else { high }
    }

    /// Where the cursor stands that is sent here.
    fn place(&self, at: f64) -> f64 {
        let (low, high) = self.axis.whole();
        let at = at.clamp(low, self.last(high).max(low));
        if matches!(self.axis, Axis::Frames { .. }) { at.floor() } else { at }
    }

    fn per_pixel(&self) -> f64 {
        (self.shown.1 - self.shown.0) / self.size.width
    }

    /// Shows this much, as far as there is something.
    fn look(&mut self, from: f64, to: f64) {
        let (low, high) = self.axis.whole();
        let length = (to - from).abs().clamp(self.axis.closest().min(high - low), high - low);
        let middle = f64::midpoint(from, to);
        let from = (middle - length / 2.0).clamp(low, high - length);
        self.shown = (from, from + length);
    }

    fn zoom_at(&mut self, at: f64, factor: f64) {
        let (from, to) = self.shown;
        let length = (to - from) / factor;
        let share = if to > from { (at - from) / (to - from) } else { 0.5 };
        let (low, high) = self.axis.whole();
        let length = length.clamp(self.axis.closest().min(high - low), high - low);
        self.look(at - share * length, at + (1.0 - share) * length);
    }

    fn pan(&mut self, by: f64) {
        let (from, to) = self.shown;
        self.look(from + by, to + by);
    }

    /// Brings a place into sight; what is in sight already stays where it is.
    pub(in crate::annotate) fn reveal(&mut self, at: f64) {
        let (from, to) = self.shown;
        if at < from || at > to {
            let length = to - from;
            self.look(at - length * 0.1, at + length * 0.9);
        }
    }
}

impl Editor {
    /// An object has been measured and can be worked on. Opened again with the same measures, it stays as it is.
    pub fn open_line(&mut self, object: &str, axis: Axis) -> Response {
        if self.lines.get(object).is_none_or(|line| line.axis != axis) {
            self.lines.insert(object.to_owned(), Line::new(axis));
        }
        Response::ALL
    }

    /// The line of an object that has been opened.
    #[must_use]
    pub fn line(&self, object: &str) -> Option<&Line> {
        self.lines.get(object)
    }

    /// The object that keys without a place of their own belong to: the last one touched, else the first.
    #[must_use]
    pub fn active_line(&self) -> Option<&str> {
        let active = self.active_line.as_str();
        if self.lines.contains_key(active) { Some(active) } else { self.lines.keys().next().map(String::as_str) }
    }

    /// The line is shown in this size now.
    pub fn resize_line(&mut self, object: &str, size: ScreenSize) -> Response {
        if size.width >= 1.0 && size.height >= 1.0 && size.width.is_finite() && size.height.is_finite() {
            self.on_line(object, |line| line.size = size);
        }
        Response { still: true, lively: true, ..Response::NONE }
    }

    /// Shows this much of the line.
    pub fn look_along(&mut self, object: &str, from: f64, to: f64) -> Response {
        if from.is_finite() && to.is_finite() {
            self.on_line(object, |line| line.look(from, to));
        }
        Response::ALL
    }

    /// Closer or farther, around the cursor where it is in sight.
    pub fn zoom_line(&mut self, object: &str, factor: f64) -> Response {
        self.on_line(object, |line| {
            let (from, to) = line.shown;
            let middle = if (from..=to).contains(&line.cursor) { line.cursor } else { f64::midpoint(from, to) };
            line.zoom_at(middle, factor);
        });
        Response::ALL
    }

    /// Moves the cursor, and what is shown with it when it would be out of sight.
    pub fn seek(&mut self, object: &str, at: f64) -> Response {
        self.on_line(object, |line| {
            line.acts = line.acts.wrapping_add(1);
            line.cursor = line.place(at);
            if line.stretch.is_some_and(|(from, to)| !(from..to).contains(&line.cursor)) {
                line.stretch = None;
            }
            line.reveal(line.cursor);
        });
        Response { still: true, panels: true, ..Response::LIVELY }
    }

    /// The places where pieces may begin and end: the rows in sight, rising.
    pub fn set_ticks(&mut self, object: &str, ticks: Vec<f64>) {
        self.on_line(object, |line| line.ticks = ticks);
    }

    /// Plays or stops. With one piece selected it plays that piece, else on from the cursor.
    pub fn toggle_play(&mut self, object: &str) -> Response {
        let piece = self.selected_place(object);
        self.on_line(object, |line| {
            line.acts = line.acts.wrapping_add(1);
            line.playing = !line.playing;
            if !line.playing {
                return;
            }
            line.stretch = piece.map(|place| (place.from, place.to)).filter(|(from, to)| to > from);
            let (low, high) = line.stretch.unwrap_or(line.axis.whole());
            if line.cursor < low || line.cursor >= line.last(high) - 1e-3 {
                line.cursor = low;
            }
            line.reveal(line.cursor);
        });
        Response { still: true, panels: true, ..Response::LIVELY }
    }

    /// Whether what is played begins anew at its end.
    pub fn toggle_loop(&mut self, object: &str) -> Response {
        self.on_line(object, |line| line.looping = !line.looping);
        Response { panels: true, ..Response::LIVELY }
    }

    /// Playing has come this far. At the end of a piece it stops, or goes back to its beginning; the view follows.
    pub fn played_to(&mut self, object: &str, at: f64) -> Response {
        let mut response = Response::LIVELY;
        self.on_line(object, |line| {
            let (low, high) = line.stretch.unwrap_or(line.axis.whole());
            let (from, to) = line.shown;
            let (first, end) = line.axis.whole();
            line.cursor = at.clamp(first, line.last(end));
            if line.playing && at >= high - 1e-4 {
                line.cursor = if line.looping { low } else { line.last(high) };
                line.playing = line.looping;
                response.panels = true;
            }
            if line.cursor > to || line.cursor < from {
                // A page on, so that the picture stands still while it is heard.
                line.look(line.cursor, line.cursor + (to - from));
                response.still = true;
            }
        });
        response
    }

    /// Goes where another object is that it moves together with, and plays or stops with it; the view follows.
    pub fn follow_line(&mut self, object: &str, at: f64, playing: bool) -> Response {
        let mut response = Response::NONE;
        self.on_line(object, |line| {
            let at = line.place(at);
            if line.cursor.to_bits() != at.to_bits() {
                let (shown, is_series) = (line.shown, matches!(line.axis, Axis::Series { .. }));
                line.cursor = at;
                line.reveal(at);
                // The values at the cursor stand beside a series.
                response = Response { still: is_series || line.shown != shown, ..Response::LIVELY };
            }
            if line.playing != playing {
                line.playing = playing;
                line.stretch = None;
                response = response.and(Response { panels: true, ..Response::LIVELY });
            }
        });
        response
    }

    /// Stops whatever plays.
    pub fn stop_playing(&mut self, object: &str) -> Response {
        self.on_line(object, Line::stop);
        Response { panels: true, ..Response::LIVELY }
    }

    pub(in crate::annotate) fn on_line(&mut self, object: &str, change: impl FnOnce(&mut Line)) {
        if let Some(line) = self.lines.get_mut(object) {
            change(line);
        }
    }

    /// Lines as they are shown: what survives when the work itself is opened anew.
    pub(in crate::annotate) fn take_lines(&mut self) -> (std::collections::BTreeMap<String, Line>, String) {
        (std::mem::take(&mut self.lines), std::mem::take(&mut self.active_line))
    }
}
