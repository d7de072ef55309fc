//! How much of a text a selection takes with it (`granularity`): its characters, or the whole words, sentences or paragraphs
//! it touches.

use unicode_segmentation::UnicodeSegmentation as _;

use super::text::{code_point_count, slice};
use super::{PartSpan, TextSpan};

/// The smallest thing that is labeled.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Granularity {
    /// A character as people see it.
    #[default]
    Symbol,
    /// A word, as Unicode divides texts (UAX #29).
    Word,
    /// A sentence, by the same rules.
    Sentence,
    /// Everything between two line breaks.
    Paragraph,
}

impl Granularity {
    /// As interfaces write it; anything else is a character.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        match name.trim().to_ascii_lowercase().as_str() {
            "word" => Self::Word,
            "sentence" => Self::Sentence,
            "paragraph" => Self::Paragraph,
            _ => Self::Symbol,
        }
    }

    /// Widens `start..end` (code points) to all it touches. Spaces at the ends touch nothing: they are left out, unless
    /// there is nothing else.
    #[must_use]
    pub fn widen(self, text: &str, start: usize, end: usize) -> (usize, usize) {
        if self == Self::Symbol || start >= end {
            return (start, end);
        }
        let units: Box<dyn Iterator<Item = &str>> = match self {
            Self::Symbol | Self::Word => Box::new(text.split_word_bounds()),
            Self::Sentence => Box::new(text.split_sentence_bounds()),
            Self::Paragraph => Box::new(text.split_inclusive('\n')),
        };
        let mut widened: Option<(usize, usize)> = None;
        let mut at = 0;
        for unit in units {
            let next = at + code_point_count(unit);
            if next > start {
                // Without the spaces around it, which end a sentence or a paragraph.
                let from = at + code_point_count(&unit[..unit.len() - unit.trim_start().len()]);
                let to = at + code_point_count(unit.trim_end());
                if from < to && from < end && start < to {
                    widened = Some((widened.map_or(from, |(from, _)| from), to));
                }
            }
            if next >= end {
                break;
            }
            at = next;
        }
        widened.unwrap_or((start, end))
    }

    /// A piece of a text, widened.
    #[must_use]
    pub fn of_text(self, text: &str, span: TextSpan) -> TextSpan {
        let (start, end) = self.widen(text, span.start, span.end);
        if (start, end) == (span.start, span.end) {
            return span;
        }
        TextSpan { start, end, text: slice(text, start, end).to_owned() }
    }

    /// A piece of a text in parts, widened inside of the parts it begins and ends in.
    #[must_use]
    pub fn of_parts<T: AsRef<str>>(self, parts: &[T], span: PartSpan) -> PartSpan {
        let text = |part: usize| parts.get(part).map_or("", AsRef::as_ref);
        let rest = if span.start == span.end { span.end_offset } else { code_point_count(text(span.start)) };
        let begin = if span.start == span.end { span.start_offset } else { 0 };
        PartSpan {
            start_offset: self.widen(text(span.start), span.start_offset, rest).0,
            end_offset: self.widen(text(span.end), begin, span.end_offset).1,
            ..span
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{grapheme_span, select_utf16};
    use super::*;

    const TEXT: &str = "Ada wrote it. Did she? Yes!\n  \nÀ bientôt, 日本語。終わり。";

    #[test]
    fn what_is_touched_comes_along() {
        let table = [
            // granularity, selected, taken
            ("word", "da wro", "Ada wrote"),
            ("word", "d", "Ada"),
            ("word", "Ada ", "Ada"),
            ("word", " wrote ", "wrote"),
            ("word", " ", " "),
            ("word", "it.", "it."),
            ("word", "ient", "bientôt"),
            ("sentence", "wrote", "Ada wrote it."),
            ("sentence", "it. Did", "Ada wrote it. Did she?"),
            ("sentence", ". ", "Ada wrote it."),
            ("sentence", "本", "À bientôt, 日本語。"),
            ("sentence", "終", "終わり。"),
            ("paragraph", "she", "Ada wrote it. Did she? Yes!"),
            ("paragraph", "Yes!\n  \nÀ", TEXT),
            ("paragraph", "\n", "\n"),
            ("symbol", "da wro", "da wro"),
            ("nonsense", "da wro", "da wro"),
        ];
        for (granularity, selected, taken) in table {
            let from = code_point_count(&TEXT[..TEXT.find(selected).unwrap()]);
            let span = grapheme_span(TEXT, from, from + code_point_count(selected)).unwrap();
            assert_eq!(
                Granularity::from_name(granularity).of_text(TEXT, span).text,
                taken,
                "{granularity} {selected:?}"
            );
        }
    }

    #[test]
    fn parts_are_widened_where_the_piece_begins_and_ends() {
        let parts = ["Where is it?", "", "On the table."];
        let span = PartSpan { start: 0, start_offset: 7, end: 2, end_offset: 5 };
        let widened = Granularity::Word.of_parts(&parts, span);
        assert_eq!(widened, PartSpan { start: 0, start_offset: 6, end: 2, end_offset: 6 });
        let inside = PartSpan { start: 2, start_offset: 4, end: 2, end_offset: 5 };
        let widened = Granularity::Sentence.of_parts(&parts, inside);
        assert_eq!((widened.start_offset, widened.end_offset), (0, 13));
        assert_eq!(Granularity::Symbol.of_parts(&parts, span), span);
    }

    proptest! {
        #[test]
        fn a_piece_only_grows_but_for_the_spaces_at_its_ends(text in "[a-zé日 .!?\n]{0,40}", from in 0_usize..40, to in 0_usize..40) {
            let Some(span) = select_utf16(&text, from, to) else { return Ok(()) };
            for granularity in [Granularity::Symbol, Granularity::Word, Granularity::Sentence, Granularity::Paragraph] {
                let widened = granularity.of_text(&text, span.clone());
                prop_assert!(widened.start < widened.end);
                prop_assert!(widened.text.contains(span.text.trim()), "{:?} of {:?} is {:?}", granularity, span, widened);
                // What was widened once stays as it is.
                prop_assert_eq!(&granularity.of_text(&text, widened.clone()), &widened);
            }
        }
    }
}
