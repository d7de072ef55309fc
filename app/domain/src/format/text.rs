//! What the text formats share: one answer per text, its pieces, and its words.

use super::{ExportTask, Manifest};
use crate::{
    label_config::{LabelConfig, decode, look_up},
    region::{Shape, code_point_count},
    result::{Region, ResultItem},
};

/// The task field that holds the text; a text behind an address is none.
pub(super) fn field(config: &LabelConfig) -> Option<&str> {
    object(config)?.field.as_deref()
}

fn object(config: &LabelConfig) -> Option<&crate::label_config::Object> {
    config.objects.iter().find(|object| {
        let is_elsewhere = object.attribute("valueType").is_some_and(|kind| kind.eq_ignore_ascii_case("url"));
        object.tag == "Text" && object.field.is_some() && !is_elsewhere
    })
}

/// Which object and field the texts of an export come from.
pub(super) struct Texts {
    object: String,
    field: String,
    encoding: Option<String>,
    all: bool,
}

/// One text with its answer.
pub(super) struct Document {
    pub(super) text: String,
    /// In order; the longer first where two begin together.
    pub(super) spans: Vec<Span>,
    /// The items that are no piece of the text; whoever has no place for them counts them.
    pub(super) rest: Vec<ResultItem>,
}

/// A piece of a text in code points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) label: String,
}

impl Texts {
    pub(super) fn new(config: &LabelConfig, all: bool) -> Self {
        let object = object(config);
        Self {
            object: object.map(|object| object.name.clone()).unwrap_or_default(),
            field: object.and_then(|object| object.field.clone()).unwrap_or_default(),
            encoding: object.and_then(|object| object.attribute("encoding")).map(str::to_owned),
            all,
        }
    }

    /// The task's text with its answer; none where there is nothing to write. Either way the manifest knows.
    pub(super) fn read(&self, task: &ExportTask, manifest: &mut Manifest) -> Option<Document> {
        let labeled = manifest.look_at(task, self.all);
        if !labeled && !self.all {
            manifest.lose(task.id, 1, "not_labeled", "Tasks without a valid annotation were left out, as chosen.");
            return None;
        }
        let written = look_up(&task.data, &self.field).and_then(|value| value.as_str());
        let text = written.and_then(|text| match self.encoding.as_deref() {
            Some(encoding) => decode(encoding, text.to_owned()),
            None => Some(text.to_owned()),
        });
        let Some(text) = text else {
            manifest.tasks_written -= 1;
            let message = format!("Tasks whose field “{}” holds no text were left out.", self.field);
            manifest.lose(task.id, 1, "no_text", &message);
            return None;
        };
        let answer = task.answer(manifest, "text");
        let result = answer.map(|answer| &*answer.result).unwrap_or_default();
        let length = code_point_count(&text);
        let (mut spans, mut rest) = (Vec::new(), Vec::new());
        for item in result.iter().filter_map(|item| ResultItem::from_json(item.clone()).ok()) {
            let region = match Region::from_item(&item, None) {
                Ok(Some(region)) => region,
                Ok(None) => {
                    rest.push(item);
                    continue;
                }
                Err(_) => {
                    manifest.lose(task.id, 1, "unusable", "Regions with unusable numbers were left out.");
                    continue;
                }
            };
            let Shape::Text(span) = &region.shape else {
                rest.push(item);
                continue;
            };
            if region.to_name != self.object {
                manifest.lose(task.id, 1, "other_text", "Pieces of a second text of the task were left out.");
                continue;
            }
            let (start, end) = (span.start, span.end.min(length));
            let Some(label) = region.labels.first().filter(|_| start < end) else {
                let (code, message) = if start < end {
                    ("no_label", "Regions without a label have no class and were left out.")
                } else {
                    ("unusable", "Pieces that are empty or lie behind the end of their text were left out.")
                };
                manifest.lose(task.id, 1, code, message);
                continue;
            };
            let others = region.labels.len() as u64 - 1;
            let message = "A piece has one label in this format: others than its first were left out.";
            manifest.lose(task.id, others, "several_labels", message);
            spans.push(Span { start, end, label: label.clone() });
        }
        spans.sort_by(|a, b| (a.start, b.end, &a.label).cmp(&(b.start, a.end, &b.label)));
        Some(Document { text, spans, rest })
    }
}

impl Document {
    /// The pieces that overlap no earlier one.
    pub(super) fn apart(&self) -> Vec<&Span> {
        let mut end = 0;
        let mut apart = Vec::with_capacity(self.spans.len());
        for span in &self.spans {
            if span.start >= end {
                end = span.end;
                apart.push(span);
            }
        }
        apart
    }

    /// The words of the text, none of which a piece begins or ends within.
    pub(super) fn tokens(&self) -> Vec<Token<'_>> {
        let mut cuts: Vec<usize> = self.spans.iter().flat_map(|span| [span.start, span.end]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        tokens(&self.text, &cuts)
    }
}

/// A word or a mark of a text, in code points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token<'t> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: &'t str,
}

/// Endings that are words of their own, as the Penn Treebank cuts them.
const ENDINGS: [&str; 10] = ["n't", "'s", "'m", "'d", "'ll", "'re", "'ve", "’s", "’ll", "n’t"];

/// The words and marks of a text, much as the Penn Treebank has them: marks stand apart, but not those within numbers,
/// abbreviations and addresses; `don't` is two words. No word reaches over one of the `cuts`.
pub(super) fn tokens<'t>(text: &'t str, cuts: &[usize]) -> Vec<Token<'t>> {
    let mut pieces: Vec<(usize, &'t str)> = Vec::new();
    let (mut start, mut from) = (0, None);
    let mut cuts = cuts.iter().peekable();
    for (at, (byte, character)) in text.char_indices().enumerate() {
        let is_cut = loop {
            match cuts.peek() {
                Some(cut) if **cut < at => cuts.next(),
                Some(cut) => break **cut == at,
                None => break false,
            };
        };
        let is_space = character.is_whitespace();
        if let Some(begin) = from
            && (is_space || is_cut)
        {
            pieces.push((start, &text[begin..byte]));
            from = None;
        }
        if from.is_none() && !is_space {
            (start, from) = (at, Some(byte));
        }
    }
    if let Some(begin) = from {
        pieces.push((start, &text[begin..]));
    }
    let mut found = Vec::with_capacity(pieces.len());
    for (start, piece) in pieces {
        word(start, piece, &mut found);
    }
    found
}

/// Cuts what stands between two spaces.
fn word<'t>(start: usize, piece: &'t str, found: &mut Vec<Token<'t>>) {
    let letters: Vec<(usize, char)> = piece.char_indices().collect();
    let is_address = piece.contains("://") || (piece.contains('@') && piece.contains('.'));
    let byte = |at: usize| letters.get(at).map_or(piece.len(), |(byte, _)| *byte);
    let mut push = |from: usize, to: usize| {
        if from < to {
            found.push(Token { start: start + from, end: start + to, text: &piece[byte(from)..byte(to)] });
        }
    };
    let is_mark = |at: usize| letters.get(at).is_some_and(|(_, letter)| !letter.is_alphanumeric());
    // Marks at the beginning and at the end stand alone, an ellipsis or a dash as one.
    let (mut from, mut to) = (0, letters.len());
    while from < to && is_mark(from) && !is_joined(&letters, from) {
        let end = run(&letters, from, to);
        push(from, end);
        from = end;
    }
    let mut behind = Vec::new();
    while to > from && is_mark(to - 1) && !is_abbreviation(&letters[from..to]) {
        let mut begin = to - 1;
        while begin > from && matches!(letters[begin].1, '.' | '-') && letters[begin - 1].1 == letters[begin].1 {
            begin -= 1;
        }
        behind.push((begin, to));
        to = begin;
    }
    let mut at = from;
    while at < to && !is_address {
        let letter = letters[at].1;
        let is_within_number = at > from
            && at + 1 < to
            && letters[at - 1].1.is_ascii_digit()
            && letters[at + 1].1.is_ascii_digit()
            && matches!(letter, ',' | ':');
        let stands_alone = matches!(letter, ',' | ':' | ';' | '@' | '#' | '$' | '%' | '&' | '?' | '!' | '(' | ')')
            || matches!(
                letter,
                '[' | ']' | '{' | '}' | '<' | '>' | '"' | '“' | '”' | '«' | '»' | '…' | '—' | '。' | '、'
            )
            || is_ideograph(letter);
        let is_run = matches!(letter, '.' | '-') && run(&letters, at, to) > at + 1;
        if (stands_alone && !is_within_number) || is_run {
            let end = if is_run { run(&letters, at, to) } else { at + 1 };
            push(from, at);
            push(at, end);
            (from, at) = (end, end);
        } else {
            at += 1;
        }
    }
    let rest = piece[byte(from)..byte(to)].to_lowercase();
    let ending = ENDINGS.iter().find(|ending| rest.len() > ending.len() && rest.ends_with(**ending));
    // Small letters may be more than one where the capital was one; such words have no English ending.
    let ending = ending.map(|ending| ending.chars().count()).filter(|length| from + length < to);
    let cut = to - ending.unwrap_or(0);
    push(from, cut);
    push(cut, to);
    for (begin, end) in behind.into_iter().rev() {
        push(begin, end);
    }
}

/// How far the same dot or dash goes on.
fn run(letters: &[(usize, char)], at: usize, to: usize) -> usize {
    let letter = letters[at].1;
    if !matches!(letter, '.' | '-') {
        return at + 1;
    }
    at + letters[at..to].iter().take_while(|(_, other)| *other == letter).count()
}

/// Whether a mark at the beginning belongs to its word: the sign of a number, an ending such as `'s`.
fn is_joined(letters: &[(usize, char)], at: usize) -> bool {
    let next = letters.get(at + 1).map(|(_, letter)| *letter);
    match letters[at].1 {
        '-' | '+' | '.' => next.is_some_and(|letter| letter.is_ascii_digit()),
        '\'' | '’' => next.is_some_and(char::is_alphabetic) && letters.len() <= at + 3,
        '_' => true,
        _ => false,
    }
}

/// Whether the dot at the end belongs to the word: `U.S.`, `J.`
fn is_abbreviation(letters: &[(usize, char)]) -> bool {
    let Some(((_, '.'), before)) = letters.split_last() else {
        return letters.last().is_some_and(|last| last.1 == '_');
    };
    let letter = |at: usize| before.get(at).map(|(_, letter)| *letter);
    match before.len() {
        0 => false,
        1 => letter(0).is_some_and(char::is_uppercase),
        count => {
            count % 2 == 1
                && (0..count).all(|at| {
                    letter(at).is_some_and(|l| (at % 2 == 1) == (l == '.') && (l == '.' || l.is_alphabetic()))
                })
        }
    }
}

/// Scripts without spaces, character by character.
fn is_ideograph(letter: char) -> bool {
    matches!(letter, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text, &[]).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn words_and_marks_stand_apart() {
        for (text, expected) in [
            ("Good muffins cost $3.88\nin New York.", "Good|muffins|cost|$|3.88|in|New|York|."),
            ("They'll save and don't worry.", "They|'ll|save|and|do|n't|worry|."),
            ("Hi, my name can't hello,", "Hi|,|my|name|ca|n't|hello|,"),
            ("(U.S. troops, J. Doe's \"plan\")...", "(|U.S.|troops|,|J.|Doe|'s|\"|plan|\"|)|..."),
            ("1,000 at 10:30 -5 well-known a--b", "1,000|at|10:30|-5|well-known|a|--|b"),
            ("See https://example.org/a?b=c, ok@example.org!", "See|https://example.org/a?b=c|,|ok@example.org|!"),
            ("東京へ行く。", "東|京|へ|行|く|。"),
            ("  \n ", ""),
            ("a/b x_1 _y", "a/b|x_1|_y"),
        ] {
            let expected: Vec<&str> = expected.split('|').filter(|word| !word.is_empty()).collect();
            assert_eq!(words(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn words_are_in_order_and_leave_out_spaces_only(text in "\\PC{0,60}|[a-z .,'\"$\u{130}\u{4e00}n-]{0,40}", cuts in prop::collection::vec(0_usize..60, 0..6)) {
            let letters: Vec<char> = text.chars().collect();
            let mut cuts = cuts;
            cuts.sort_unstable();
            let mut reached = 0;
            for token in tokens(&text, &cuts) {
                prop_assert!(token.start >= reached && token.end > token.start);
                prop_assert!(letters[reached..token.start].iter().all(|letter| letter.is_whitespace()));
                prop_assert_eq!(letters[token.start..token.end].iter().collect::<String>(), token.text);
                prop_assert!(!cuts.iter().any(|cut| token.start < *cut && *cut < token.end));
                reached = token.end;
            }
            prop_assert!(letters[reached..].iter().all(|letter| letter.is_whitespace()));
        }
    }
}
