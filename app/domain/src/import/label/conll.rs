//! `CoNLL`: a word per line with its tag, documents apart by empty lines or by `-DOCSTART-`.

use std::io::{self, Read};

use super::{Place, Target};
use crate::{
    annotation::MAX_ITEMS,
    import::{Found, MAX_ROW_BYTES, NewTask, RowError, Source},
    region::{Shape, TextSpan, code_point_count, slice},
    result::Region,
};

const DOCUMENT: &str = "-DOCSTART-";

/// The documents of a source.
pub(in crate::import) struct Conll<R> {
    source: Source<R>,
    target: Target,
    /// The beginning of the next document, read already.
    has_begun: bool,
    line: Vec<u8>,
}

/// A word and its tag.
struct Word {
    text: String,
    tag: String,
    /// Whether a sentence begins with it.
    begins: bool,
}

impl<R: Read> Conll<R> {
    pub(in crate::import) fn new(source: Source<R>, target: Target) -> Self {
        Self { source, target, has_begun: false, line: Vec::new() }
    }

    pub(in crate::import) fn bytes_read(&self) -> u64 {
        self.source.offset()
    }

    /// Reads a line; `None` at the end.
    fn read_line(&mut self) -> io::Result<Option<()>> {
        self.line.clear();
        let mut any = false;
        loop {
            let chunk = self.source.chunk()?;
            if chunk.is_empty() {
                return Ok(any.then_some(()));
            }
            any = true;
            let ends = chunk.iter().position(|byte| *byte == b'\n');
            let taken = ends.unwrap_or(chunk.len());
            let room = MAX_ROW_BYTES.saturating_sub(self.line.len());
            self.line.extend_from_slice(&chunk[..taken.min(room)]);
            self.source.consume(taken + usize::from(ends.is_some()));
            if ends.is_some() {
                return Ok(Some(()));
            }
        }
    }

    pub(in crate::import) fn next_row(&mut self) -> io::Result<Option<Found>> {
        let mut words: Vec<Word> = Vec::new();
        let mut bytes = 0;
        let mut failure: Option<RowError> = None;
        let mut begin = self.source.line();
        let mut is_document = std::mem::take(&mut self.has_begun);
        // Behind `-DOCSTART-` and an empty line, further empty lines stand between sentences.
        let mut has_sentences = false;
        let mut is_gap = false;
        loop {
            if self.read_line()?.is_none() {
                if words.is_empty() && !is_document && failure.is_none() {
                    return Ok(None);
                }
                break;
            }
            let Ok(line) = std::str::from_utf8(&self.line) else {
                failure.get_or_insert_with(|| RowError::new("A line of this document is not valid UTF-8.", &self.line));
                continue;
            };
            let line = line.trim_end_matches('\r');
            if line.trim().is_empty() {
                if is_document && words.is_empty() && !is_gap {
                    has_sentences = true;
                }
                is_gap = true;
                if !words.is_empty() && !has_sentences {
                    break;
                }
                continue;
            }
            if line.starts_with(DOCUMENT) && columns(line).0 == DOCUMENT && is_header(line) {
                if is_document || !words.is_empty() {
                    self.has_begun = true;
                    break;
                }
                (is_document, begin) = (true, self.source.line() - 1);
                continue;
            }
            // An empty document, and then one without a head of its own.
            bytes += line.len();
            if bytes > MAX_ROW_BYTES || words.len() > MAX_ITEMS * 10 {
                failure.get_or_insert_with(|| RowError::new("This document is too long.", line.as_bytes()));
                continue;
            }
            let (text, tag) = columns(line);
            words.push(Word { text: text.to_owned(), tag: tag.to_owned(), begins: is_gap && has_sentences });
            is_gap = false;
        }
        let outcome = match failure {
            Some(failure) => Err(failure),
            None => Ok(self.task(&words)),
        };
        Ok(Some(Found { line: begin, outcome }))
    }

    fn task(&self, words: &[Word]) -> NewTask {
        let mut text = String::new();
        let mut length = 0;
        let mut spans: Vec<(usize, usize, String)> = Vec::new();
        let mut open: Option<(usize, usize, String)> = None;
        for (at, word) in words.iter().enumerate() {
            if at > 0 {
                text.push(if word.begins { '\n' } else { ' ' });
                length += 1;
            }
            let start = length;
            text.push_str(&word.text);
            length += code_point_count(&word.text);
            let (part, label) = word.tag.split_once('-').unwrap_or(("", word.tag.as_str()));
            let goes_on = matches!(part, "I" | "E" | "L") && open.as_ref().is_some_and(|(_, _, known)| known == label);
            if goes_on {
                if let Some(open) = &mut open {
                    open.1 = length;
                }
            } else {
                spans.extend(open.take());
                let is_tag = matches!(part, "B" | "I" | "E" | "L" | "S" | "U") && !label.is_empty();
                open = is_tag.then(|| (start, length, label.to_owned()));
            }
            if matches!(part, "E" | "L" | "S" | "U") {
                spans.extend(open.take());
            }
        }
        spans.extend(open);
        let result = spans.into_iter().take(MAX_ITEMS).enumerate().map(|(at, (start, end, label))| {
            let Place { from_name, to_name, item_type } = self.target.place(&["Labels"], "Text", &label);
            let span = TextSpan { start, end, text: slice(&text, start, end).to_owned() };
            Region {
                id: format!("r{}", at + 1),
                from_name,
                to_name,
                item_type,
                shape: Shape::Text(span),
                labels: vec![label],
                size: None,
                source: None,
            }
            .to_item()
        });
        let result = result.collect();
        self.target.task(self.target.field("Text", "text"), text, result, None)
    }
}

/// Whether a line opens a document, rather than being that word: the tag of a head is `O`, without `_` before it.
fn is_header(line: &str) -> bool {
    !line.contains(" _ ") && columns(line).1 == "O" || line.trim() == DOCUMENT
}

/// The word and its tag. What we and Label Studio write has four columns, of which the last may have spaces.
fn columns(line: &str) -> (&str, &str) {
    if let Some((word, tag)) = line.split_once(" -X- _ ") {
        return (word, tag.trim());
    }
    let mut parts = line.split_whitespace();
    let word = parts.next().unwrap_or_default();
    (word, parts.next_back().unwrap_or("O"))
}
