//! Labeled text, cut into pieces that a page can show.

use std::collections::BTreeSet;

use domain::region::{PartSpan, Shape, code_point_count};

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

/// A span over a text: whose, from where, to where, and whether it ends there or goes on in the next part.
type Over = (RegionKey, usize, usize, bool);

/// A stretch ends with the first line that reaches so many code points.
const STRETCH: usize = 4_000;
/// A line longer than this is parted after a space, or where it has none, anywhere.
const LONGEST_LINE: usize = 16_000;

/// Parts a text into stretches that a page can lay out, paint and forget each on its own. Returns one past the last code
/// point of each; together they are the text.
#[must_use]
pub fn stretches(text: &str) -> Vec<usize> {
    let mut ends = Vec::new();
    let (mut from, mut line, mut space, mut last) = (0, 0, None, None);
    let mut at = 0;
    for character in text.chars() {
        // Two characters that are one line break stay together.
        let is_break = last == Some('\n') || (last == Some('\r') && character != '\n');
        if is_break {
            (line, space) = (at, None);
        }
        let end = if is_break && at - from >= STRETCH {
            Some(at)
        } else if at - line >= LONGEST_LINE {
            Some(space.unwrap_or(at))
        } else {
            None
        };
        if let Some(end) = end {
            ends.push(end);
            (from, line, space) = (end, end, None);
        }
        at += 1;
        if character == ' ' {
            space = Some(at);
        }
        last = Some(character);
    }
    if at > from {
        ends.push(at);
    }
    ends
}

/// Cuts `text` wherever a visible span of `object` begins or ends, stretch by stretch (see [`stretches`]). Costs the length
/// of the text, and the number of spans times how many lie over each other; spans beyond the end of the text are cut off.
#[must_use]
pub fn segments(document: &Document, object: &str, text: &str, stretches: &[usize]) -> Vec<Vec<Segment>> {
    let total = code_point_count(text);
    let spans: Vec<Over> = document
        .marks_on(object)
        .filter(|(_, mark)| !mark.hidden)
        .filter_map(|(key, mark)| match &mark.region.shape {
            Shape::Text(span) => Some((key, span.start.min(total), span.end.min(total), true)),
            _ => None,
        })
        .filter(|(_, start, end, _)| start < end)
        .collect();
    let mut pieces = cut(text, total, &spans, stretches).into_iter().peekable();
    let until = |end: usize| std::iter::from_fn(|| pieces.next_if(|piece| piece.end <= end)).collect();
    stretches.iter().copied().map(until).collect()
}

/// The same for a text in parts, part by part; `place` says where in it a shape is.
#[must_use]
pub fn part_segments<T: AsRef<str>>(
    document: &Document,
    object: &str,
    parts: &[T],
    place: impl Fn(&Shape) -> Option<PartSpan>,
) -> Vec<Vec<Segment>> {
    let totals: Vec<usize> = parts.iter().map(|part| code_point_count(part.as_ref())).collect();
    let mut spans: Vec<Vec<Over>> = vec![Vec::new(); parts.len()];
    for (key, mark) in document.marks_on(object).filter(|(_, mark)| !mark.hidden) {
        let Some(span) = place(&mark.region.shape) else { continue };
        for part in span.start..parts.len().min(span.end.saturating_add(1)) {
            if let Some((from, to)) = span.within(part, totals[part]) {
                spans[part].push((key, from, to, part == span.end));
            }
        }
    }
    parts.iter().zip(totals).zip(&spans).map(|((part, total), spans)| cut(part.as_ref(), total, spans, &[])).collect()
}

/// One way through the text and one through the spans. `also` is where else it is cut.
fn cut(text: &str, total: usize, spans: &[Over], also: &[usize]) -> Vec<Segment> {
    let ends = spans.iter().flat_map(|(_, start, end, _)| [*start, *end]);
    let cuts: BTreeSet<usize> = ends.chain(also.iter().copied()).chain([0, total]).collect();
    let cuts: Vec<usize> = cuts.into_iter().collect();
    // By where they begin; by number, which is by age, while they are open.
    let mut coming: Vec<usize> = (0..spans.len()).collect();
    coming.sort_by_key(|at| spans[*at].1);
    let mut coming = coming.into_iter().peekable();
    let mut open: BTreeSet<usize> = BTreeSet::new();
    let mut rest = text;
    cuts.windows(2)
        .map(|pair| {
            let (start, end) = (pair[0], pair[1]);
            let length = rest.char_indices().nth(end - start).map_or(rest.len(), |(at, _)| at);
            let (piece, after) = rest.split_at(length);
            rest = after;
            open.retain(|at| spans[*at].2 > start);
            while let Some(at) = coming.next_if(|at| spans[*at].1 <= start) {
                open.insert(at);
            }
            let over = || open.iter().map(|at| &spans[*at]);
            Segment {
                start,
                end,
                text: piece.to_owned(),
                keys: over().map(|span| span.0).collect(),
                ending: over().filter(|span| span.2 == end && span.3).map(|span| span.0).collect(),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use domain::region::slice;
    use proptest::prelude::*;

    use super::*;

    /// What every piece is by definition, found the slow way.
    fn one_by_one(text: &str, total: usize, spans: &[Over], also: &[usize]) -> Vec<Segment> {
        let ends = spans.iter().flat_map(|(_, start, end, _)| [*start, *end]);
        let cuts: BTreeSet<usize> = ends.chain(also.iter().copied()).chain([0, total]).collect();
        let cuts: Vec<usize> = cuts.into_iter().collect();
        let piece = |start: usize, end: usize| {
            let over = |span: &&Over| span.1 <= start && end <= span.2;
            Segment {
                start,
                end,
                text: slice(text, start, end).to_owned(),
                keys: spans.iter().filter(over).map(|span| span.0).collect(),
                ending: spans.iter().filter(over).filter(|span| span.2 == end && span.3).map(|span| span.0).collect(),
            }
        };
        cuts.windows(2).map(|pair| piece(pair[0], pair[1])).collect()
    }

    proptest! {
        #[test]
        fn pieces_are_what_lies_over_them(
            text in "[a-zé日😀\n]{0,30}",
            places in proptest::collection::vec((0_usize..30, 1_usize..12, any::<bool>()), 0..8),
            also in proptest::collection::vec(0_usize..30, 0..3),
        ) {
            let total = code_point_count(&text);
            let spans: Vec<Over> = (0_u32..)
                .zip(places)
                .map(|(key, (start, length, ends))| (RegionKey(key), start.min(total), (start + length).min(total), ends))
                .filter(|(_, start, end, _)| start < end)
                .collect();
            let also: Vec<usize> = also.into_iter().map(|at| at.min(total)).collect();
            prop_assert_eq!(cut(&text, total, &spans, &also), one_by_one(&text, total, &spans, &also));
        }

        #[test]
        fn stretches_are_the_whole_text(lines in proptest::collection::vec(0_usize..30_000, 0..12)) {
            let text = lines.iter().map(|length| format!("{}\r\n", "aß ".repeat(length / 3))).collect::<String>();
            let ends = stretches(&text);
            prop_assert_eq!(ends.last().copied().unwrap_or(0), code_point_count(&text));
            for (from, to) in [0].iter().chain(&ends).zip(&ends) {
                prop_assert!(from < to && to - from <= STRETCH + LONGEST_LINE);
                // A line break is never parted.
                prop_assert!(!slice(&text, *from, *to).starts_with('\n'));
            }
        }
    }

    #[test]
    fn stretches_end_with_lines() {
        let line = |length: usize| format!("{}\n", "x".repeat(length - 1));
        assert_eq!(stretches(""), [0; 0]);
        assert_eq!(stretches("short\nand sweet"), [15]);
        let text = [line(3_000), line(2_000), line(10), line(3_990), line(7)].concat();
        assert_eq!(stretches(&text), [5_000, 9_000, 9_007]);
        // A line without an end is parted after a space, or anywhere.
        assert_eq!(stretches(&"four ".repeat(4_000)), [16_000, 20_000]);
        assert_eq!(stretches(&format!("{} {}", "x".repeat(15_000), "y".repeat(17_000))), [15_001, 31_001, 32_001]);
        // Of a line break of two characters none is left behind.
        let text = format!("{}\r\nrest", "x".repeat(4_000));
        assert_eq!(stretches(&text), [4_002, 4_006]);
    }
}
