//! What runs along a line, and where a piece of it lies.

use domain::media::series::{TimeFormat, TimeKind};
use domain::region::{FrameRange, FrameRanges, Moment, SeriesSpan, Shape, TimeSpan};

/// What runs along a line.
#[derive(Debug, Clone, PartialEq)]
pub enum Axis {
    /// Seconds of a sound.
    Sound {
        /// How long it is.
        duration_s: f64,
        /// Frames per second.
        sample_rate: f64,
        /// How many channels are shown each for itself; 1 where all are one.
        channels: u32,
    },
    /// Times of a series, as its file counts them.
    Series {
        /// The first row's.
        first: f64,
        /// The last row's.
        last: f64,
        /// What they are.
        time: TimeKind,
        /// How results write them; none for numbers.
        format: Option<TimeFormat>,
        /// How people read them, where that is another way.
        display: Option<TimeFormat>,
    },
    /// Frames of a video: frame n lies between n − 1 and n.
    Frames {
        /// How many there are.
        count: u32,
    },
}

/// Where a piece lies on a line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Its beginning.
    pub from: f64,
    /// Its end; that of a single moment is its beginning.
    pub to: f64,
    /// The one channel it is on; none for all.
    pub channel: Option<u32>,
}

impl Place {
    /// Whether it is a single moment.
    #[must_use]
    pub fn is_instant(&self) -> bool {
        self.to <= self.from
    }
}

/// Which part of a piece is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its beginning.
    Start,
    /// Its end.
    End,
    /// All of it.
    Whole,
}

impl Axis {
    /// Where the line begins and ends.
    #[must_use]
    pub fn whole(&self) -> (f64, f64) {
        match self {
            Self::Sound { duration_s, .. } => (0.0, duration_s.max(1e-6)),
            Self::Series { first, last, .. } => (*first, if last > first { *last } else { first + 1.0 }),
            Self::Frames { count } => (0.0, f64::from((*count).max(1))),
        }
    }

    /// The second that a place is, for whatever moves together with it: numbers of a series count seconds, dates count from
    /// the first row on. What has frames is told by its own clock.
    #[must_use]
    pub fn second_from_line(&self, at: f64) -> f64 {
        match self {
            Self::Series { first, time: TimeKind::Date, .. } => (at - first) / 1_000.0,
            _ => at,
        }
    }

    /// The place of a second; the other way round.
    #[must_use]
    pub fn line_from_second(&self, second: f64) -> f64 {
        match self {
            Self::Series { first, time: TimeKind::Date, .. } => first + second * 1_000.0,
            _ => second,
        }
    }

    /// The least that can be shown: some samples, a few frames.
    pub(super) fn closest(&self) -> f64 {
        match self {
            Self::Sound { sample_rate, .. } => 64.0 / sample_rate.max(1.0),
            Self::Series { time: TimeKind::RowNumber, .. } => 4.0,
            Self::Series { .. } => (self.whole().1 - self.whole().0) * 1e-7,
            Self::Frames { .. } => 8.0,
        }
    }

    /// Where the pieces of a region lie; none for what is not on this line.
    #[must_use]
    pub fn places(&self, shape: &Shape) -> Vec<Place> {
        match (self, shape) {
            (Self::Sound { channels, .. }, Shape::Time(span)) => {
                vec![Place { from: span.start, to: span.end, channel: span.channel.filter(|_| *channels > 1) }]
            }
            (Self::Series { .. }, Shape::Series(span)) => {
                match (self.position(&span.start), self.position(&span.end)) {
                    (Some(from), Some(to)) => {
                        vec![Place { from, to: if span.instant { from } else { to }, channel: None }]
                    }
                    _ => Vec::new(),
                }
            }
            (Self::Frames { .. }, Shape::Frames(frames)) => frames
                .ranges
                .iter()
                .map(|range| Place {
                    from: f64::from(range.start.saturating_sub(1)),
                    to: f64::from(range.end),
                    channel: None,
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// A piece of the line as results store it; `None` where nothing is marked on this kind of line.
    #[must_use]
    pub fn shape(&self, place: Place) -> Option<Shape> {
        let (from, to) = (place.from, place.to);
        match self {
            Self::Sound { duration_s, .. } => Some(Shape::Time(TimeSpan {
                start: from,
                end: to,
                channel: Some(place.channel.unwrap_or(0)),
                original_length: Some(*duration_s),
            })),
            Self::Series { .. } => Some(Shape::Series(SeriesSpan {
                start: self.moment(from)?,
                end: self.moment(to)?,
                instant: place.is_instant(),
            })),
            Self::Frames { count } => Some(Shape::Frames(FrameRanges { ranges: vec![frame_range(from, to, *count)] })),
        }
    }

    /// The region with one of its pieces elsewhere; whatever else it says stays.
    #[must_use]
    pub fn reshaped(&self, shape: &Shape, piece: usize, from: f64, to: f64) -> Option<Shape> {
        match (self, shape) {
            (Self::Sound { .. }, Shape::Time(span)) => Some(Shape::Time(TimeSpan { start: from, end: to, ..*span })),
            (Self::Series { .. }, Shape::Series(span)) => Some(Shape::Series(SeriesSpan {
                start: self.moment(from)?,
                end: self.moment(to)?,
                instant: span.instant,
            })),
            (Self::Frames { count }, Shape::Frames(frames)) => {
                let mut frames = frames.clone();
                *frames.ranges.get_mut(piece)? = frame_range(from, to, *count);
                Some(Shape::Frames(frames))
            }
            _ => None,
        }
    }

    /// The nearest place where a piece may begin or end. `ticks` are the rows in sight, rising.
    pub(super) fn snap(&self, at: f64, ticks: &[f64]) -> f64 {
        let (low, high) = self.whole();
        let at = at.clamp(low, high);
        match self {
            // To a sample, in microseconds: no more digits than a person can mean.
            Self::Sound { sample_rate, .. } if *sample_rate > 0.0 => {
                (((at * sample_rate).round() / sample_rate * 1e6).round() / 1e6).clamp(low, high)
            }
            Self::Frames { .. } => at.round(),
            Self::Series { .. } => {
                let after = ticks.partition_point(|tick| *tick < at);
                let near = [after.checked_sub(1).and_then(|n| ticks.get(n)), ticks.get(after)];
                let nearest = near.into_iter().flatten().min_by(|a, b| (*a - at).abs().total_cmp(&(*b - at).abs()));
                nearest.copied().unwrap_or(at)
            }
            Self::Sound { .. } => at,
        }
    }

    /// Whether a piece may be a single moment.
    pub(super) fn has_instants(&self) -> bool {
        matches!(self, Self::Series { .. })
    }

    /// A place as people read it.
    #[must_use]
    pub fn words(&self, at: f64) -> String {
        match self {
            Self::Sound { .. } => clock(at),
            Self::Frames { .. } => format!("{:.0}", at.floor() + 1.0),
            Self::Series { display, time, .. } => {
                let shown = display.as_ref().filter(|_| *time == TimeKind::Date).and_then(|display| display.format(at));
                let stored = || match self.moment(at) {
                    Some(Moment::Number(number)) => format!("{}", (number * 1e6).round() / 1e6),
                    Some(Moment::Written(text)) => text,
                    None => String::new(),
                };
                shown.unwrap_or_else(stored)
            }
        }
    }

    fn position(&self, moment: &Moment) -> Option<f64> {
        let Self::Series { format, .. } = self else { return None };
        match moment {
            Moment::Number(number) => Some(*number),
            Moment::Written(text) => {
                format.as_ref().and_then(|format| format.parse(text)).or_else(|| text.trim().parse().ok())
            }
        }
    }

    fn moment(&self, at: f64) -> Option<Moment> {
        let Self::Series { format, .. } = self else { return None };
        match format {
            Some(format) => format.format(at).map(Moment::Written),
            None => Some(Moment::Number(at)),
        }
    }
}

/// The frames that lie between two places, at least one.
fn frame_range(from: f64, to: f64, count: u32) -> FrameRange {
    let whole = |at: f64| {
        // Saturates; a video has far fewer frames.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let frame = at.round().max(0.0) as u32;
        frame
    };
    let start = (whole(from) + 1).min(count.max(1));
    FrameRange { start, end: whole(to).clamp(start, count.max(start)) }
}

/// Seconds as `1:02:03.456`, hours only where there are some.
#[must_use]
pub fn clock(seconds: f64) -> String {
    // A negative or endless time has no clock.
    let seconds = if seconds.is_finite() { seconds.max(0.0) } else { 0.0 };
    let minutes = (seconds / 60.0).floor();
    let rest = seconds - minutes * 60.0;
    let hours = (minutes / 60.0).floor();
    let minutes = minutes - hours * 60.0;
    if hours > 0.0 { format!("{hours:.0}:{minutes:02.0}:{rest:06.3}") } else { format!("{minutes:.0}:{rest:06.3}") }
}
