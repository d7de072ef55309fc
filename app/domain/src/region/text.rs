//! Pieces of text, counted so that every program agrees.
//!
//! Stored offsets are Unicode code points, so Python's `text[start:end]` is the labeled piece. The browser counts
//! UTF-16 units, and people see grapheme clusters: a flag, a family or an accented letter is never cut in two.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextSpan {
    /// The first code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The piece itself.
    pub text: String,
}

/// How many code points the text has.
#[must_use]
pub fn code_point_count(text: &str) -> usize {
    text.chars().count()
}

/// How many whole code points begin before the UTF-16 offset; an offset inside a surrogate pair counts as before it,
/// one past the end as the end.
#[must_use]
pub fn code_points_from_utf16(text: &str, utf16: usize) -> usize {
    let mut units = 0;
    text.chars()
        .take_while(|c| {
            units += c.len_utf16();
            units <= utf16
        })
        .count()
}

/// The UTF-16 offset of a code point; past the end gives the end.
#[must_use]
pub fn utf16_from_code_points(text: &str, code_points: usize) -> usize {
    text.chars().take(code_points).map(char::len_utf16).sum()
}

/// The piece between two code points; what lies past the end is cut off.
#[must_use]
pub fn slice(text: &str, start: usize, end: usize) -> &str {
    let byte = |n: usize| text.char_indices().nth(n).map_or(text.len(), |(at, _)| at);
    if start >= end { "" } else { &text[byte(start)..byte(end)] }
}

/// Widens `start..end` (code points, any order) to whole grapheme clusters; an empty range stays empty.
#[must_use]
pub fn snap(text: &str, start: usize, end: usize) -> (usize, usize) {
    let (start, end) = (start.min(end), start.max(end));
    let total = code_point_count(text);
    let (start, end) = (start.min(total), end.min(total));
    if start == end {
        return (start, end);
    }
    let (mut from, mut to) = (start, end);
    let mut at = 0;
    for cluster in text.graphemes(true) {
        let next = at + cluster.chars().count();
        if at <= start && start < next {
            from = at;
        }
        if at < end && end <= next {
            to = next;
            break;
        }
        at = next;
    }
    (from, to)
}

/// The span of whole grapheme clusters over `start..end` code points; `None` when it would be empty.
#[must_use]
pub fn grapheme_span(text: &str, start: usize, end: usize) -> Option<TextSpan> {
    let (start, end) = snap(text, start, end);
    (start < end).then(|| TextSpan { start, end, text: slice(text, start, end).to_owned() })
}

/// The span of a browser selection: UTF-16 offsets in any order, widened to whole grapheme clusters.
#[must_use]
pub fn select_utf16(text: &str, anchor: usize, focus: usize) -> Option<TextSpan> {
    let (from, to) = (anchor.min(focus), anchor.max(focus));
    if from == to {
        return None;
    }
    let start = code_points_from_utf16(text, from);
    let mut end = code_points_from_utf16(text, to);
    if utf16_from_code_points(text, end) < to {
        end += 1;
    }
    grapheme_span(text, start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two articles in each of the eleven languages of the Universal Declaration of Human Rights.
    fn declarations() -> Vec<(String, String)> {
        let rows: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("testdata/udhr.json")).expect("the fixture is JSON");
        let rows: Vec<_> = rows
            .iter()
            .map(|row| (row["language"].as_str().unwrap().to_owned(), row["text"].as_str().unwrap().to_owned()))
            .collect();
        assert_eq!(rows.len(), 22);
        rows
    }

    #[test]
    fn every_script_converts_there_and_back() {
        for (language, text) in declarations() {
            for n in 0..=code_point_count(&text) {
                let utf16 = utf16_from_code_points(&text, n);
                assert_eq!(code_points_from_utf16(&text, utf16), n, "{language} at {n}");
            }
        }
    }

    #[test]
    fn every_script_selects_word_by_word() {
        for (language, text) in declarations() {
            let mut utf16 = 0;
            for word in text.split_word_bounds() {
                let end = utf16 + word.encode_utf16().count();
                let span = select_utf16(&text, end, utf16).expect("a word is not empty");
                assert_eq!(span.text, word, "{language}");
                let python: String = text.chars().skip(span.start).take(span.end - span.start).collect();
                assert_eq!(python, word, "{language}");
                utf16 = end;
            }
        }
    }

    #[test]
    fn a_cluster_is_never_cut() {
        let family = "👩\u{200d}👩\u{200d}👧";
        let table: [(&str, usize, usize, Option<&str>); 12] = [
            // text, UTF-16 anchor, focus, labeled piece
            ("a😀b", 1, 2, Some("😀")),
            ("a😀b", 2, 3, Some("😀")),
            ("a😀b", 0, 2, Some("a😀")),
            ("a😀b", 3, 4, Some("b")),
            (family, 2, 3, Some(family)),
            ("🇩🇪🇫🇷", 1, 2, Some("🇩🇪")),
            ("e\u{301}a", 1, 2, Some("e\u{301}")),
            ("e\u{301}a", 2, 3, Some("a")),
            ("नमस्ते", 3, 4, Some("स्ते")),
            ("مَرحبا", 1, 2, Some("مَ")),
            ("abc", 2, 2, None),
            ("", 0, 5, None),
        ];
        for (text, anchor, focus, expected) in table {
            let span = select_utf16(text, anchor, focus);
            let found = span.as_ref().map(|s| s.text.as_str());
            assert_eq!(found, expected, "{text} {anchor}..{focus}");
        }
    }

    #[test]
    fn past_the_end_is_the_end() {
        assert_eq!(snap("abc", 1, 99), (1, 3));
        assert_eq!(snap("abc", 99, 99), (3, 3));
        assert_eq!(slice("abc", 2, 1), "");
        assert_eq!(select_utf16("a😀", 0, 99).map(|s| (s.start, s.end)), Some((0, 2)));
        assert_eq!(grapheme_span("\r\n", 0, 1).map(|s| s.end), Some(2));
    }
}
