//! What is wrong with a labeling interface, and where.
//!
//! Problems are collected by byte offset while reading and checking, and turned into lines and columns once at the
//! end, in one sweep: the whole stays linear in the size of the text however many problems there are.

use std::borrow::Cow;
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Position;

/// The most problems that are reported; more than anyone reads, few enough to send while somebody types.
pub const MAX_PROBLEMS: usize = 100;

/// Something to mend, with its place in the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Whether it must be mended.
    pub severity: Severity,
    /// Where it begins.
    pub at: Position,
    /// Where it ends (the first character after it).
    pub end: Position,
    /// Stable, `snake_case`, unique per cause.
    pub code: Cow<'static, str>,
    /// One sentence in plain words.
    pub message: String,
    /// What to try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How bad a [`Problem`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The interface cannot be saved like this.
    Error,
    /// It works, but probably not as meant.
    Warning,
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    found: Vec<Raw>,
    left_out: usize,
    has_errors: bool,
}

#[derive(Debug)]
struct Raw {
    severity: Severity,
    span: Range<usize>,
    code: &'static str,
    message: String,
    hint: Option<String>,
}

impl Problems {
    pub(super) fn error(&mut self, span: Range<usize>, code: &'static str, message: impl Into<String>) -> &mut Self {
        self.push(Severity::Error, span, code, message.into())
    }

    pub(super) fn warn(&mut self, span: Range<usize>, code: &'static str, message: impl Into<String>) -> &mut Self {
        self.push(Severity::Warning, span, code, message.into())
    }

    /// Adds what to try to the problem just reported.
    pub(super) fn hint(&mut self, hint: impl Into<String>) {
        // When the list is full the problem was only counted, and the last one already has its own hint.
        if self.left_out == 0
            && let Some(last) = self.found.last_mut()
        {
            last.hint = Some(hint.into());
        }
    }

    /// True when further problems are only counted; costly explanations can then be skipped.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() >= MAX_PROBLEMS
    }

    /// How many problems there are, listed or not.
    pub(super) fn len(&self) -> usize {
        self.found.len() + self.left_out
    }

    pub(super) fn has_errors(&self) -> bool {
        self.has_errors
    }

    fn push(&mut self, severity: Severity, span: Range<usize>, code: &'static str, message: String) -> &mut Self {
        self.has_errors |= severity == Severity::Error;
        if self.is_full() {
            self.left_out += 1;
        } else {
            self.found.push(Raw { severity, span, code, message, hint: None });
        }
        self
    }

    /// The problems in the order of the text, with lines and columns.
    pub(super) fn locate(mut self, text: &str) -> Vec<Problem> {
        self.found.sort_by_key(|problem| (problem.span.start, problem.severity));
        let mut locator = Locator::new(text);
        let starts: Vec<Position> = self.found.iter().map(|problem| locator.position(problem.span.start)).collect();
        let mut problems: Vec<Problem> = Vec::with_capacity(self.found.len() + 1);
        for (raw, at) in self.found.into_iter().zip(starts) {
            let end = Locator { text, offset: raw.span.start, at }.position(raw.span.end.max(raw.span.start));
            let code = Cow::Borrowed(raw.code);
            problems.push(Problem { severity: raw.severity, at, end, code, message: raw.message, hint: raw.hint });
        }
        if self.left_out > 0 {
            let at = problems.last().map_or(Position { line: 1, column: 1 }, |last| last.end);
            problems.push(Problem {
                // An error that was left out must still be refused.
                severity: if self.has_errors { Severity::Error } else { Severity::Warning },
                at,
                end: at,
                code: Cow::Borrowed("more_problems"),
                message: format!("{} more problems are not listed.", self.left_out),
                hint: Some("Mend the ones above first.".to_owned()),
            });
        }
        problems
    }
}

/// Turns byte offsets into lines and columns, moving forward only.
pub(super) struct Locator<'x> {
    text: &'x str,
    offset: usize,
    at: Position,
}

impl<'x> Locator<'x> {
    pub(super) fn new(text: &'x str) -> Self {
        Self { text, offset: 0, at: Position { line: 1, column: 1 } }
    }

    /// The position of `offset`, which must not lie before the one asked for last.
    pub(super) fn position(&mut self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset);
        for character in self.text.get(self.offset..offset).unwrap_or_default().chars() {
            if character == '\n' {
                self.at = Position { line: self.at.line.saturating_add(1), column: 1 };
            } else {
                self.at.column = self.at.column.saturating_add(1);
            }
        }
        self.offset = self.offset.max(offset);
        self.at
    }
}

/// The name among `known` that `written` was probably meant to be.
pub(super) fn nearest<'k>(written: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    /// Longer words than any tag or attribute are not slips of the pen.
    const LONGEST: usize = 40;
    let written: Vec<char> = written.to_lowercase().chars().take(LONGEST + 1).collect();
    if written.is_empty() || written.len() > LONGEST {
        return None;
    }
    known
        .into_iter()
        .filter(|name| name.len() <= LONGEST)
        .map(|name| (distance(&written, &name.to_lowercase().chars().collect::<Vec<_>>()), name))
        .filter(|(distance, name)| *distance <= (name.chars().count().max(written.len()) / 3).clamp(1, 3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be added, removed, changed or swapped with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (above[j - 1] + same).min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_count_newlines() {
        let text = "aé日\n  b";
        let mut locator = Locator::new(text);
        assert_eq!(locator.position(0), Position { line: 1, column: 1 });
        assert_eq!(locator.position("aé".len()), Position { line: 1, column: 3 });
        assert_eq!(locator.position(text.len() - 1), Position { line: 2, column: 3 });
        assert_eq!(locator.position(text.len() + 100), Position { line: 2, column: 4 });
    }

    #[test]
    fn suggests_what_was_probably_meant() {
        let known = ["RectangleLabels", "Rectangle", "Text", "TextArea"];
        assert_eq!(nearest("RectangelLabels", known), Some("RectangleLabels"));
        assert_eq!(nearest("Txet", known), Some("Text"));
        assert_eq!(nearest("Hologram", known), None);
        assert_eq!(nearest("", known), None);
    }

    #[test]
    fn counts_what_it_leaves_out() {
        let mut problems = Problems::default();
        for _ in 0..MAX_PROBLEMS {
            problems.warn(0..1, "some", "Some.");
        }
        problems.error(0..1, "other", "Other.").hint("not for the last one listed");
        let located = problems.locate("x");
        assert_eq!(located.len(), MAX_PROBLEMS + 1);
        assert_eq!(located[MAX_PROBLEMS].severity, Severity::Error);
        assert!(located[..MAX_PROBLEMS].iter().all(|problem| problem.hint.is_none()));
    }
}
