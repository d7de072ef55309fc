//! Labeled text, cut into pieces that a page can show.

use std::collections::BTreeSet;

use domain::region::{Shape, slice};

use super::document::{Document, RegionKey};

/// A piece of text under the same labels from end to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The first code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The piece.
    pub text: String,
    /// The spans over it, oldest first.
    pub keys: Vec<RegionKey>,
    /// The spans that end with it: their labels are shown here.
    pub ending: Vec<RegionKey>,
}

/// Cuts `text` wherever a visible span of `object` begins or ends. Costs the number of spans times the number of
/// pieces they overlap; spans beyond the end of the text are cut off.
#[must_use]
pub fn segments(document: &Document, object: &str, text: &str) -> Vec<Segment> {
    let total = text.chars().count();
    let spans: Vec<(RegionKey, usize, usize)> = document
        .marks_on(object)
        .filter(|(_, mark)| !mark.hidden)
        .filter_map(|(key, mark)| match &mark.region.shape {
            Shape::Text(span) => Some((key, span.start.min(total), span.end.min(total))),
            _ => None,
        })
        .filter(|(_, start, end)| start < end)
        .collect();
    let cuts: BTreeSet<usize> = spans.iter().flat_map(|(_, start, end)| [*start, *end]).chain([0, total]).collect();
    let cuts: Vec<usize> = cuts.into_iter().collect();
    cuts.windows(2)
        .map(|pair| {
            let (start, end) = (pair[0], pair[1]);
            let over = |span: &&(RegionKey, usize, usize)| span.1 <= start && end <= span.2;
            Segment {
                start,
                end,
                text: slice(text, start, end).to_owned(),
                keys: spans.iter().filter(over).map(|span| span.0).collect(),
                ending: spans.iter().filter(over).filter(|span| span.2 == end).map(|span| span.0).collect(),
            }
        })
        .collect()
}
