//! Pieces of a text that comes in parts: the turns of a dialogue, the text nodes of a page of HTML.
//!
//! The browser tells places as a part and UTF-16 units in it; what is stored are code points, and no grapheme cluster is
//! cut in two.

use super::span::{HyperSpan, ParagraphSpan};
use super::text::{code_point_count, code_points_from_utf16, slice, snap, utf16_from_code_points};

/// A place in a text of parts, as a browser tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartPoint {
    /// Which part, from 0.
    pub part: usize,
    /// UTF-16 units from its beginning.
    pub utf16: usize,
}

/// A piece of a text of parts, in code points within its first and its last part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartSpan {
    /// The first part, from 0.
    pub start: usize,
    /// The first code point within it.
    pub start_offset: usize,
    /// The last part.
    pub end: usize,
    /// One past the last code point within it.
    pub end_offset: usize,
}

impl PartSpan {
    /// The piece between two places in any order, widened to whole grapheme clusters. Ends without a character are cut
    /// off; `None` when nothing is left.
    #[must_use]
    pub fn select<T: AsRef<str>>(parts: &[T], anchor: PartPoint, focus: PartPoint) -> Option<Self> {
        let text = |part: usize| parts.get(part).map_or("", AsRef::as_ref);
        let (from, to) = (anchor.min(focus), anchor.max(focus));
        let last = parts.len().checked_sub(1)?;
        let to = if to.part > last { PartPoint { part: last, utf16: usize::MAX } } else { to };
        let mut start = from.part;
        let mut start_offset = code_points_from_utf16(text(start), from.utf16);
        while start < to.part && start_offset >= code_point_count(text(start)) {
            (start, start_offset) = (start + 1, 0);
        }
        let mut end = to.part;
        let mut end_offset = code_points_from_utf16(text(end), to.utf16);
        // Half a surrogate pair is all of it.
        if utf16_from_code_points(text(end), end_offset) < to.utf16 && end_offset < code_point_count(text(end)) {
            end_offset += 1;
        }
        while end > start && end_offset == 0 {
            end -= 1;
            end_offset = code_point_count(text(end));
        }
        if start > end || (start == end && start_offset >= end_offset) {
            return None;
        }
        if start == end {
            (start_offset, end_offset) = snap(text(start), start_offset, end_offset);
        } else {
            start_offset = snap(text(start), start_offset, start_offset + 1).0;
            end_offset = snap(text(end), end_offset - 1, end_offset).1;
        }
        Some(Self { start, start_offset, end, end_offset })
    }

    /// What of a part of `length` code points belongs to it; `None` for a part outside.
    #[must_use]
    pub fn within(&self, part: usize, length: usize) -> Option<(usize, usize)> {
        if !(self.start..=self.end).contains(&part) {
            return None;
        }
        let from = if part == self.start { self.start_offset.min(length) } else { 0 };
        let to = if part == self.end { self.end_offset.min(length) } else { length };
        (from < to).then_some((from, to))
    }

    /// The words of it, part by part.
    fn words<'t, T: AsRef<str>>(&self, parts: &'t [T]) -> Vec<&'t str> {
        let part = |at: usize| {
            let text = parts.get(at)?.as_ref();
            let (from, to) = self.within(at, code_point_count(text))?;
            Some(slice(text, from, to))
        };
        (self.start..=self.end).filter_map(part).collect()
    }
}

impl ParagraphSpan {
    /// A piece of a dialogue with these turns.
    #[must_use]
    pub fn of<T: AsRef<str>>(span: PartSpan, turns: &[T]) -> Self {
        let PartSpan { start, start_offset, end, end_offset } = span;
        Self { start, end, start_offset, end_offset, text: span.words(turns).join("\n") }
    }

    /// Where it is.
    #[must_use]
    pub fn place(&self) -> PartSpan {
        let &Self { start, end, start_offset, end_offset, .. } = self;
        PartSpan { start, start_offset, end, end_offset }
    }
}

/// A text node of a page of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// Its path (`XPath`) from the body, such as `/p[2]/text()[1]`.
    pub path: String,
    /// What it says.
    pub text: String,
}

impl AsRef<str> for Leaf {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl HyperSpan {
    /// A piece of a page with these text nodes.
    #[must_use]
    pub fn of(span: PartSpan, leaves: &[Leaf]) -> Self {
        let path = |at: usize| leaves.get(at).map(|leaf| leaf.path.clone()).unwrap_or_default();
        let before = |at: usize| leaves.iter().take(at).map(|leaf| code_point_count(&leaf.text)).sum::<usize>();
        Self {
            start: path(span.start),
            end: path(span.end),
            start_offset: span.start_offset,
            end_offset: span.end_offset,
            global: Some((before(span.start) + span.start_offset, before(span.end) + span.end_offset)),
            text: span.words(leaves).concat(),
        }
    }

    /// Where it is on a page with these text nodes: by its offsets over the whole text, else by its paths. `None` when the
    /// page has no such place.
    #[must_use]
    pub fn place(&self, leaves: &[Leaf]) -> Option<PartSpan> {
        if let Some((from, to)) = self.global {
            return place_of(leaves, from, to);
        }
        let find = |path: &str| {
            let path = path.trim_end_matches('/');
            leaves.iter().position(|leaf| leaf.path == path || leaf.path == format!("{path}/text()[1]"))
        };
        let (start, end) = (find(&self.start)?, find(&self.end)?);
        let span = PartSpan { start, start_offset: self.start_offset, end, end_offset: self.end_offset };
        ((span.start, span.start_offset) < (span.end, span.end_offset)).then_some(span)
    }
}

/// The piece between two code points of the whole text.
fn place_of(leaves: &[Leaf], from: usize, to: usize) -> Option<PartSpan> {
    let (mut start, mut end, mut before) = (None, None, 0);
    for (at, leaf) in leaves.iter().enumerate() {
        let after = before + code_point_count(&leaf.text);
        if start.is_none() && (before..after).contains(&from) {
            start = Some((at, from - before));
        }
        if after > before && to > before {
            end = Some((at, to.min(after) - before));
        }
        before = after;
    }
    let ((start, start_offset), (end, end_offset)) = (start?, end?);
    ((start, start_offset) < (end, end_offset)).then_some(PartSpan { start, start_offset, end, end_offset })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TURNS: [&str; 4] = ["Hello 😀", "", "Zoë, e\u{301}a?", "Yes"];

    fn select(anchor: (usize, usize), focus: (usize, usize)) -> Option<(usize, usize, usize, usize)> {
        let point = |(part, utf16)| PartPoint { part, utf16 };
        PartSpan::select(&TURNS, point(anchor), point(focus)).map(|s| (s.start, s.start_offset, s.end, s.end_offset))
    }

    #[test]
    fn pieces_run_over_parts_and_cut_no_character() {
        let table = [
            ((0, 0), (0, 5), Some((0, 0, 0, 5))),
            ((0, 5), (0, 0), Some((0, 0, 0, 5))),
            // Half an emoji is all of it.
            ((0, 6), (0, 7), Some((0, 6, 0, 7))),
            ((0, 7), (0, 8), Some((0, 6, 0, 7))),
            // From the end of a part to the beginning of another is nothing.
            ((0, 8), (2, 0), None),
            ((0, 8), (2, 3), Some((2, 0, 2, 3))),
            ((0, 6), (2, 0), Some((0, 6, 0, 7))),
            ((0, 6), (1, 0), Some((0, 6, 0, 7))),
            // An accent goes with its letter.
            ((2, 6), (3, 1), Some((2, 5, 3, 1))),
            ((0, 0), (2, 6), Some((0, 0, 2, 7))),
            ((3, 0), (9, 9), Some((3, 0, 3, 3))),
            ((1, 0), (1, 0), None),
        ];
        for (anchor, focus, expected) in table {
            assert_eq!(select(anchor, focus), expected, "{anchor:?}..{focus:?}");
        }
        assert_eq!(
            PartSpan::select::<&str>(&[], PartPoint { part: 0, utf16: 0 }, PartPoint { part: 1, utf16: 1 }),
            None
        );
    }

    #[test]
    fn a_piece_of_a_dialogue_says_its_words() {
        let span = PartSpan { start: 0, start_offset: 6, end: 2, end_offset: 3 };
        let piece = ParagraphSpan::of(span, &TURNS);
        assert_eq!(piece.text, "😀\nZoë");
        assert_eq!(piece.place(), span);
        assert_eq!(span.within(0, 7), Some((6, 7)));
        assert_eq!(span.within(1, 0), None);
        assert_eq!(span.within(2, 8), Some((0, 3)));
        assert_eq!(span.within(3, 3), None);
    }

    fn leaves() -> Vec<Leaf> {
        [("/h1[1]/text()[1]", "Tale 😀"), ("/p[1]/text()[1]", "Once "), ("/p[1]/b[1]/text()[1]", "upon")]
            .map(|(path, text)| Leaf { path: path.to_owned(), text: text.to_owned() })
            .to_vec()
    }

    #[test]
    fn a_piece_of_a_page_is_found_by_offsets_and_by_paths() {
        let leaves = leaves();
        let span = PartSpan { start: 0, start_offset: 5, end: 2, end_offset: 2 };
        let piece = HyperSpan::of(span, &leaves);
        assert_eq!((piece.start.as_str(), piece.end.as_str()), ("/h1[1]/text()[1]", "/p[1]/b[1]/text()[1]"));
        assert_eq!((piece.global, piece.text.as_str()), (Some((5, 13)), "😀Once up"));
        assert_eq!(piece.place(&leaves), Some(span));
        assert_eq!(HyperSpan { global: None, ..piece.clone() }.place(&leaves), Some(span));
        // As a model writes it: offsets alone, or the path of an element.
        let blank = HyperSpan { start: String::new(), end: String::new(), ..piece.clone() };
        assert_eq!(blank.place(&leaves), Some(span));
        let element = HyperSpan {
            start: "/p[1]".into(),
            end: "/p[1]".into(),
            start_offset: 0,
            end_offset: 4,
            global: None,
            ..blank
        };
        assert_eq!(element.place(&leaves), Some(PartSpan { start: 1, start_offset: 0, end: 1, end_offset: 4 }));
        assert_eq!(HyperSpan { end: "/p[9]".into(), ..element }.place(&leaves), None);
    }

    #[test]
    fn offsets_at_the_edges_of_text_nodes() {
        let leaves = leaves();
        let at = |from, to| place_of(&leaves, from, to).map(|s| (s.start, s.start_offset, s.end, s.end_offset));
        assert_eq!(at(0, 6), Some((0, 0, 0, 6)));
        assert_eq!(at(6, 11), Some((1, 0, 1, 5)));
        assert_eq!(at(6, 99), Some((1, 0, 2, 4)));
        assert_eq!(at(99, 100), None);
        assert_eq!(at(3, 3), None);
    }
}
