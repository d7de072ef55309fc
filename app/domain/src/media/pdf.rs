//! Documents: how large their pages are, and the words that are written on them.

use serde::{Deserialize, Serialize};

use crate::region::{ImagePoint, ImageSize, UnitRect};

/// The most pages of a document that are shown.
pub const MOST_PAGES: usize = 100;
/// Pixels along the longer side of the picture of a page.
pub const PAGE_SIDE: u32 = 2_000;
/// Pixels along the longer side of the small picture of a page.
pub const THUMB_SIDE: u32 = 200;
/// The most words of a page that are kept.
pub const MOST_WORDS: usize = 20_000;
/// Two words are on one line where this much of the lower one's height is common to both.
const SAME_LINE: f64 = 0.5;

/// What is known of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pdf {
    /// In their order; at most [`MOST_PAGES`].
    pub pages: Vec<Page>,
}

/// How large a page is, in points of 1/72 inch, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Points across.
    pub width: f64,
    /// Points down.
    pub height: f64,
}

impl Page {
    /// The size of its picture whose longer side has `side` pixels.
    #[must_use]
    pub fn pixels(&self, side: u32) -> (u32, u32) {
        let long = self.width.max(self.height).max(f64::MIN_POSITIVE);
        // Between 1 and `side`, whatever the page says.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let pixels = |length: f64| (length / long * f64::from(side)).round().clamp(1.0, f64::from(side)) as u32;
        (pixels(self.width), pixels(self.height))
    }

    /// The size of the picture that people work on.
    #[must_use]
    pub fn size(&self) -> ImageSize {
        let (width, height) = self.pixels(PAGE_SIDE);
        ImageSize { width: width.into(), height: height.into() }
    }
}

/// A word and the box around it, in fractions of its page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    /// What is written.
    pub text: String,
    /// From the left.
    pub x: f64,
    /// From the top.
    pub y: f64,
    /// Of the page's width.
    pub width: f64,
    /// Of the page's height.
    pub height: f64,
}

impl Word {
    fn center(&self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    fn is_on_line_of(&self, other: &Self) -> bool {
        let common = (self.y + self.height).min(other.y + other.height) - self.y.max(other.y);
        common >= self.height.min(other.height) * SAME_LINE
    }
}

/// What is written in a box on a page of this size: the words whose centres are in it, in the order they are read, line by
/// line. `None` where there are none.
#[must_use]
pub fn text_in(words: &[Word], rect: &UnitRect, size: ImageSize) -> Option<String> {
    let area = rect.on(size);
    let is_in = |word: &&Word| {
        let (x, y) = word.center();
        area.contains(ImagePoint::new(x * size.width, y * size.height))
    };
    let mut inside: Vec<&Word> = words.iter().filter(is_in).collect();
    inside.sort_by(|a, b| a.center().1.total_cmp(&b.center().1));
    let mut lines: Vec<Vec<&Word>> = Vec::new();
    for word in inside {
        match lines.last_mut().filter(|line| line.last().is_some_and(|last| word.is_on_line_of(last))) {
            Some(line) => line.push(word),
            None => lines.push(vec![word]),
        }
    }
    let read = |mut line: Vec<&Word>| {
        line.sort_by(|a, b| a.x.total_cmp(&b.x));
        let leftward = line.iter().filter(|word| is_leftward(&word.text)).count();
        if leftward * 2 > line.len() {
            line.reverse();
        }
        let mut text = String::new();
        for word in line {
            let is_close = |text: &str| text.ends_with(is_unspaced) && word.text.starts_with(is_unspaced);
            if !(text.is_empty() || is_close(&text)) {
                text.push(' ');
            }
            text.push_str(&word.text);
        }
        text
    };
    let text = lines.into_iter().map(read).collect::<Vec<_>>().join("\n");
    (!text.is_empty()).then_some(text)
}

/// Whether a word is of a script that is written from right to left.
#[must_use]
pub fn is_leftward(word: &str) -> bool {
    word.chars().any(|c| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'))
}

/// Whether a letter is of a script that sets no spaces between words; each is a word of its own here.
#[must_use]
pub fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{3001}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str, x: f64, y: f64) -> Word {
        Word { text: text.to_owned(), x, y, width: 0.1, height: 0.02 }
    }

    fn rect(x: f64, y: f64, width: f64, height: f64) -> UnitRect {
        UnitRect { x, y, width, height, rotation: 0.0 }
    }

    #[test]
    fn words_whose_centres_are_in_a_box_are_read_in_order() {
        // As files have them: in no order that people read in, and not quite level.
        let words = [
            word("due", 0.45, 0.1),
            word("Total", 0.3, 0.103),
            word("Invoice", 0.1, 0.098),
            word("42", 0.1, 0.15),
            word("שלום", 0.6, 0.3),
            word("עולם", 0.4, 0.3),
            word("合", 0.1, 0.7),
            word("計", 0.2, 0.7),
            word("42", 0.3, 0.7),
        ];
        let size = ImageSize { width: 600.0, height: 800.0 };
        for (area, expected) in [
            (rect(0.0, 0.0, 1.0, 0.2), Some("Invoice Total due\n42")),
            (rect(0.2, 0.08, 0.5, 0.05), Some("Total due")),
            // The centre of the first word is outside.
            (rect(0.16, 0.08, 0.2, 0.05), Some("Total")),
            (rect(0.0, 0.28, 1.0, 0.1), Some("שלום עולם")),
            (rect(0.0, 0.6, 1.0, 0.2), Some("合計 42")),
            (rect(0.0, 0.5, 1.0, 0.1), None),
            (UnitRect { rotation: 90.0, ..rect(0.2, 0.0, 0.3, 0.13) }, Some("Invoice\n42")),
        ] {
            assert_eq!(text_in(&words, &area, size).as_deref(), expected, "{area:?}");
        }
    }

    #[test]
    fn pictures_of_pages_keep_their_proportions() {
        for (page, expected) in [
            ((595.0, 842.0), (1413, 2000)),
            ((842.0, 595.0), (2000, 1413)),
            ((10.0, 10.0), (2000, 2000)),
            ((1.0, 1e9), (1, 2000)),
            ((0.0, 0.0), (1, 1)),
        ] {
            let (width, height) = page;
            assert_eq!(Page { width, height }.pixels(PAGE_SIDE), expected);
        }
    }
}
