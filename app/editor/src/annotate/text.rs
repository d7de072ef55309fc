//! Labeled text, cut into pieces that a page can show.

use std::collections::BTreeSet;
use std::ops::Range;

use domain::region::{PartPoint, PartSpan, Shape, TextSpan, code_point_count, slice};

use super::Editor;
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

/// A part of a text that a page can lay out, paint and forget on its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// The first code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The bytes of it.
    pub bytes: Range<usize>,
}

/// Parts a text into stretches; together they are the text.
#[must_use]
pub fn stretches(text: &str) -> Vec<Stretch> {
    let mut ends = Vec::new();
    // Places as code points and bytes.
    let (mut from, mut line, mut space, mut last) = (0, 0, None, None);
    let mut at = 0;
    for (byte, character) in text.char_indices() {
        // Two characters that are one line break stay together.
        let is_break = last == Some('\n') || (last == Some('\r') && character != '\n');
        if is_break {
            (line, space) = (at, None);
        }
        let end = if is_break && at - from >= STRETCH {
            Some((at, byte))
        } else if at - line >= LONGEST_LINE {
            Some(space.unwrap_or((at, byte)))
        } else {
            None
        };
        if let Some(end) = end {
            ends.push(end);
            (from, line, space) = (end.0, end.0, None);
        }
        at += 1;
        if character == ' ' {
            space = Some((at, byte + 1));
        }
        last = Some(character);
    }
    if at > from {
        ends.push((at, text.len()));
    }
    let starts = std::iter::once((0, 0)).chain(ends.iter().copied());
    starts.zip(&ends).map(|(from, to)| Stretch { start: from.0, end: to.0, bytes: from.1..to.1 }).collect()
}

/// The piece between two places of a text, told by stretch, in any order and widened to whole grapheme clusters; none when
/// there is nothing between them. Costs the length of the stretches it touches, however long the text is.
#[must_use]
pub fn piece_between(text: &str, stretches: &[Stretch], anchor: PartPoint, focus: PartPoint) -> Option<TextSpan> {
    let own = |stretch: &Stretch| text.get(stretch.bytes.clone()).unwrap_or_default();
    let parts: Vec<&str> = stretches.iter().map(own).collect();
    let span = PartSpan::select(&parts, anchor, focus)?;
    let (first, last) = (stretches.get(span.start)?, stretches.get(span.end)?);
    let (start, end) = (first.start + span.start_offset, last.start + span.end_offset);
    let touched = text.get(first.bytes.start..last.bytes.end)?;
    Some(TextSpan { start, end, text: slice(touched, span.start_offset, end - first.start).to_owned() })
}

/// A span over a stretch of text, as it looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlay {
    /// Whose it is.
    pub key: RegionKey,
    /// The first code point of it in the stretch, counted in the whole text.
    pub start: usize,
    /// One past the last code point of it in the stretch.
    pub end: usize,
    /// Whether it ends there, or goes on in the next stretch.
    pub ends: bool,
    /// What its labels are called.
    pub title: String,
    /// Its color.
    pub color: String,
}

impl Editor {
    /// The visible spans over each stretch of a text, oldest first. Spans beyond the end of the text are cut off.
    #[must_use]
    pub fn overlays(&self, object: &str, stretches: &[Stretch]) -> Vec<Vec<Overlay>> {
        let mut over = vec![Vec::new(); stretches.len()];
        for (key, mark) in self.document.marks_on(object).filter(|(_, mark)| !mark.hidden) {
            let Shape::Text(span) = &mark.region.shape else { continue };
            let first = stretches.partition_point(|stretch| stretch.end <= span.start);
            let touched = stretches.iter().zip(&mut over).skip(first);
            let touched = touched.take_while(|(stretch, _)| stretch.start < span.end);
            for (stretch, over) in touched.filter(|_| span.start < span.end) {
                over.push(Overlay {
                    key,
                    start: span.start.max(stretch.start),
                    end: span.end.min(stretch.end),
                    // What reaches beyond the text ends with it.
                    ends: span.end <= stretch.end || Some(stretch) == stretches.last(),
                    title: self.title_of(mark),
                    color: self.color_of(mark).to_owned(),
                });
            }
        }
        over
    }
}

/// Cuts a stretch, whose text this is, wherever a span over it begins or ends. Costs the length of the text, and the number
/// of spans times how many lie over each other.
#[must_use]
pub fn segments(stretch: &Stretch, text: &str, over: &[Overlay]) -> Vec<Segment> {
    let from = stretch.start;
    let spans: Vec<Over> = over.iter().map(|span| (span.key, span.start - from, span.end - from, span.ends)).collect();
    let mut pieces = cut(text, stretch.end - from, &spans);
    for piece in &mut pieces {
        piece.start += from;
        piece.end += from;
    }
    pieces
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
    parts.iter().zip(totals).zip(&spans).map(|((part, total), spans)| cut(part.as_ref(), total, spans)).collect()
}

/// One way through the text and one through the spans.
fn cut(text: &str, total: usize, spans: &[Over]) -> Vec<Segment> {
    let ends = spans.iter().flat_map(|(_, start, end, _)| [*start, *end]);
    let cuts: BTreeSet<usize> = ends.chain([0, total]).collect();
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
    use domain::region::select_utf16;
    use proptest::prelude::*;

    use super::*;

    /// What every piece is by definition, found the slow way.
    fn one_by_one(text: &str, total: usize, spans: &[Over]) -> Vec<Segment> {
        let ends = spans.iter().flat_map(|(_, start, end, _)| [*start, *end]);
        let cuts: BTreeSet<usize> = ends.chain([0, total]).collect();
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
        ) {
            let total = code_point_count(&text);
            let spans: Vec<Over> = (0_u32..)
                .zip(places)
                .map(|(key, (start, length, ends))| (RegionKey(key), start.min(total), (start + length).min(total), ends))
                .filter(|(_, start, end, _)| start < end)
                .collect();
            prop_assert_eq!(cut(&text, total, &spans), one_by_one(&text, total, &spans));
        }

        #[test]
        fn a_piece_is_the_same_by_stretch(
            lines in proptest::collection::vec("[a-zé😀 ]{0,6}", 1..6),
            from in 0_usize..9_000,
            to in 0_usize..9_000,
        ) {
            let text = lines.iter().map(|line| format!("{}\n", line.repeat(400))).collect::<String>();
            let stretches = stretches(&text);
            let place = |utf16: usize| {
                let (mut part, mut left) = (0, utf16);
                let length = |part: usize| stretches.get(part).map(|s| text[s.bytes.clone()].encode_utf16().count());
                while let Some(length) = length(part).filter(|length| *length <= left) {
                    (part, left) = (part + 1, left - length);
                }
                PartPoint { part, utf16: left }
            };
            prop_assert_eq!(piece_between(&text, &stretches, place(from), place(to)), select_utf16(&text, from, to));
        }

        #[test]
        fn stretches_are_the_whole_text(lines in proptest::collection::vec(0_usize..30_000, 0..12)) {
            let text = lines.iter().map(|length| format!("{}\r\n", "aß ".repeat(length / 3))).collect::<String>();
            let parts = stretches(&text);
            prop_assert_eq!(parts.last().map_or(0, |last| last.end), code_point_count(&text));
            let mut at = 0;
            for Stretch { start, end, bytes } in parts {
                prop_assert!(start == at && start < end && end - start <= STRETCH + LONGEST_LINE);
                prop_assert_eq!(&text[bytes], slice(&text, start, end));
                // A line break is never parted.
                prop_assert!(!slice(&text, start, end).starts_with('\n'));
                at = end;
            }
        }
    }

    #[test]
    fn stretches_end_with_lines() {
        let ends = |text: &str| stretches(text).into_iter().map(|stretch| stretch.end).collect::<Vec<_>>();
        let line = |length: usize| format!("{}\n", "x".repeat(length - 1));
        assert_eq!(ends(""), [0; 0]);
        assert_eq!(ends("short\nand sweet"), [15]);
        let text = [line(3_000), line(2_000), line(10), line(3_990), line(7)].concat();
        assert_eq!(ends(&text), [5_000, 9_000, 9_007]);
        // A line without an end is parted after a space, or anywhere.
        assert_eq!(ends(&"four ".repeat(4_000)), [16_000, 20_000]);
        assert_eq!(ends(&format!("{} {}", "x".repeat(15_000), "y".repeat(17_000))), [15_001, 31_001, 32_001]);
        // Of a line break of two characters none is left behind.
        let text = format!("{}\r\nrest", "x".repeat(4_000));
        assert_eq!(ends(&text), [4_002, 4_006]);
    }
}
