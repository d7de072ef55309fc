//! Pieces of things that run along one line: sound, series, videos, dialogues, pages of text.

use serde::{Deserialize, Serialize};

/// A piece of a sound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TimeSpan {
    /// Seconds from the beginning.
    pub start: f64,
    /// Seconds from the beginning.
    pub end: f64,
    /// Which channel, from 0; `None` for all.
    pub channel: Option<u32>,
    /// Seconds of the whole sound.
    pub original_length: Option<f64>,
}

/// A moment of a series: a number, or a time as the series' own `timeFormat` writes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Moment {
    /// A number: an index, seconds, milliseconds, whatever the time column holds.
    Number(f64),
    /// A written time.
    Written(String),
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Written(text) => f.write_str(text),
        }
    }
}

/// A piece of a time series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SeriesSpan {
    /// Where it begins.
    pub start: Moment,
    /// Where it ends.
    pub end: Moment,
    /// Whether it is a single moment.
    pub instant: bool,
}

/// A piece of a dialogue. Offsets count as the source of the result counts them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParagraphSpan {
    /// The first paragraph, from 0.
    pub start: usize,
    /// The last paragraph.
    pub end: usize,
    /// The first character within the first paragraph.
    pub start_offset: usize,
    /// One past the last character within the last paragraph.
    pub end_offset: usize,
    /// The piece itself; empty where results do not carry it.
    pub text: String,
}

/// A piece of a page of HTML.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HyperSpan {
    /// The path (`XPath`) of the text node it begins in.
    pub start: String,
    /// The path (`XPath`) of the text node it ends in.
    pub end: String,
    /// The first character within that node.
    pub start_offset: usize,
    /// One past the last character within that node.
    pub end_offset: usize,
    /// The same, counted over the whole text of the page.
    pub global: Option<(usize, usize)>,
    /// The piece itself; empty where results do not carry it.
    pub text: String,
}

/// Pieces of a video, in frames.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameRanges {
    /// In the order given.
    pub ranges: Vec<FrameRange>,
}

/// Frames from `start` to `end`, both included, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameRange {
    /// The first frame.
    pub start: u32,
    /// The last frame.
    pub end: u32,
}

impl FrameRanges {
    /// Whether the frame belongs to it.
    #[must_use]
    pub fn contains(&self, frame: u32) -> bool {
        self.ranges.iter().any(|range| (range.start..=range.end).contains(&frame))
    }
}

impl TimeSpan {
    /// Seconds it lasts.
    #[must_use]
    pub fn duration(&self) -> f64 {
        self.end - self.start
    }
}
