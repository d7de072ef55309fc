//! The pieces of a line, as they are painted and found.

use super::{Line, Part, Place};
use crate::annotate::document::{Mark, RegionKey};
use crate::annotate::editor::Editor;

/// One piece as it is painted. `x` in CSS pixels from the left.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece {
    /// Its region; none for one that is being marked or waits for its label.
    pub key: Option<RegionKey>,
    /// Where it begins.
    pub from_x: f64,
    /// Where it ends.
    pub to_x: f64,
    /// Whether it is a single moment.
    pub is_instant: bool,
    /// The one channel it is on; none for all.
    pub channel: Option<u32>,
    /// A CSS color.
    pub color: String,
    /// Its labels.
    pub title: String,
    /// Selected.
    pub selected: bool,
    /// Under the pointer.
    pub hovered: bool,
}

/// A piece under the pointer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Hit {
    pub(super) key: RegionKey,
    pub(super) piece: usize,
    pub(super) part: Part,
    pub(super) place: Place,
}

impl Editor {
    /// What is to be painted of a line, the oldest first, the one being marked last; nothing out of sight.
    #[must_use]
    pub fn pieces(&self, object: &str) -> Vec<Piece> {
        let Some(line) = self.line(object) else { return Vec::new() };
        let paint = |place: &Place, key: Option<RegionKey>, color: &str, title: String| {
            let (from_x, to_x) = (line.screen_from_line(place.from), line.screen_from_line(place.to));
            let in_sight = to_x >= -1.0 && from_x <= line.size.width + 1.0;
            in_sight.then(|| Piece {
                key,
                from_x,
                to_x,
                is_instant: place.is_instant(),
                channel: place.channel,
                color: color.to_owned(),
                title,
                selected: key.is_some_and(|key| self.selection.contains(&key)),
                hovered: key.is_some() && key == self.hovered,
            })
        };
        let mut pieces: Vec<Piece> = self
            .document
            .marks_on(object)
            .filter(|(_, mark)| !mark.hidden)
            .flat_map(|(key, mark)| {
                let places = line.axis.places(&mark.region.shape);
                places
                    .into_iter()
                    .filter_map(move |place| paint(&place, Some(key), self.color_of(mark), self.title(key)))
            })
            .collect();
        let color = self.label().filter(|l| l.to_names.iter().any(|name| name == object));
        let color = color.map_or(Self::PLAIN, |label| label.color.as_str());
        let open = line.gesture.marking(line);
        let pending =
            self.pending.as_ref().filter(|(name, _)| name == object).map(|(_, shape)| line.axis.places(shape));
        for place in open.into_iter().chain(pending.into_iter().flatten()) {
            pieces.extend(paint(&place, None, color, String::new()));
        }
        pieces
    }

    /// The piece at a place on the screen: edges before bodies, what is selected before what is not, shorter before
    /// longer.
    pub(super) fn piece_at(&self, object: &str, x: f64, channel: u32, tolerance: f64) -> Option<Hit> {
        let line = self.line(object)?;
        let mut best: Option<((bool, bool, f64), Hit)> = None;
        for (key, mark) in self.document.marks_on(object).filter(|(_, mark)| !mark.hidden) {
            for (piece, place) in line.axis.places(&mark.region.shape).into_iter().enumerate() {
                if place.channel.is_some_and(|own| own != channel) {
                    continue;
                }
                let (from, to) = (line.screen_from_line(place.from), line.screen_from_line(place.to));
                let (to_start, to_end) = ((x - from).abs(), (x - to).abs());
                let part = if place.is_instant() {
                    (to_start <= tolerance * 2.0).then_some(Part::Whole)
                } else if to_end <= tolerance && (to_end <= to_start || x > to) {
                    Some(Part::End)
                } else if to_start <= tolerance {
                    Some(Part::Start)
                } else {
                    (from..=to).contains(&x).then_some(Part::Whole)
                };
                let Some(part) = part else { continue };
                let is_edge = part != Part::Whole && is_free(mark, self.is_read_only());
                let part = if is_edge { part } else { Part::Whole };
                let rank = (!self.selection.contains(&key), !is_edge, to - from);
                if best.as_ref().is_none_or(|(known, _)| rank.partial_cmp(known).is_some_and(std::cmp::Ordering::is_lt))
                {
                    best = Some((rank, Hit { key, piece, part, place }));
                }
            }
        }
        best.map(|(_, hit)| hit)
    }

    /// The piece of the one region selected on a line.
    pub(super) fn selected_place(&self, object: &str) -> Option<Place> {
        let line = self.line(object)?;
        let mut places = self
            .selected_marks()
            .filter(|(_, mark)| mark.region.to_name == object)
            .flat_map(|(_, mark)| line.axis.places(&mark.region.shape));
        let place = places.next()?;
        places.next().is_none().then_some(place)
    }
}

pub(super) fn is_free(mark: &Mark, read_only: bool) -> bool {
    mark.is_editable() && !read_only
}

impl Line {
    /// The channel at a height, where channels are shown each for itself.
    pub(super) fn channel_at(&self, y: f64) -> u32 {
        match self.axis {
            super::Axis::Sound { channels, .. } if channels > 1 => {
                let share = (y / self.size.height).clamp(0.0, 0.999_999) * f64::from(channels);
                (0..channels).take_while(|channel| f64::from(*channel) <= share).last().unwrap_or(0)
            }
            _ => 0,
        }
    }
}
