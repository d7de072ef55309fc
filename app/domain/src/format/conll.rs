//! `CoNLL` 2003: one word per line with its tag, an empty line behind each document.

use std::{fmt::Write as _, io};

use super::{
    ExportTask, Exporter, Manifest, Sink,
    text::{Document, Texts},
};
use crate::label_config::LabelConfig;

/// What stands before each document.
pub(crate) const DOCUMENT: &str = "-DOCSTART- -X- O";

/// Writes words and tags.
pub(super) struct Conll {
    manifest: Manifest,
    texts: Texts,
}

impl Conll {
    pub(super) fn begin(manifest: Manifest, config: &LabelConfig, all: bool, sink: &mut dyn Sink) -> io::Result<Self> {
        sink.begin("result.conll")?;
        Ok(Self { manifest, texts: Texts::new(config, all) })
    }

    fn lines(&mut self, task: i64, document: &Document) -> String {
        let mut lines = format!("{DOCUMENT}\n");
        let apart = document.apart();
        let message = "Each word has one tag: pieces that overlap an earlier one were left out.";
        self.manifest.lose(task, (document.spans.len() - apart.len()) as u64, "overlap", message);
        self.manifest.results += apart.len() as u64;
        let mut spans = apart.into_iter().peekable();
        let mut spoken = String::with_capacity(document.text.len());
        for token in document.tokens() {
            while spans.peek().is_some_and(|span| span.end <= token.start) {
                spans.next();
            }
            let _infallible = match spans.peek().filter(|span| span.start <= token.start) {
                Some(span) => {
                    let part = if span.start == token.start { 'B' } else { 'I' };
                    writeln!(lines, "{} -X- _ {part}-{}", token.text, one_line(&span.label))
                }
                None => writeln!(lines, "{} -X- _ O", token.text),
            };
            if !spoken.is_empty() {
                spoken.push(' ');
            }
            spoken.push_str(token.text);
        }
        let message = "Words are written one by one: which spaces and line breaks stood between them is not kept.";
        self.manifest.lose(task, u64::from(spoken != document.text), "spacing", message);
        lines.push('\n');
        lines
    }
}

/// A tag is the rest of its line.
fn one_line(label: &str) -> String {
    label.split_whitespace().collect::<Vec<_>>().join(" ")
}

impl Exporter for Conll {
    fn task(&mut self, task: &ExportTask, sink: &mut dyn Sink) -> io::Result<()> {
        let Some(document) = self.texts.read(task, &mut self.manifest) else { return Ok(()) };
        let rest = document.rest.len() as u64;
        self.manifest.lose(task.id, rest, "not_a_span", "Answers that are no piece of the text stay behind.");
        let lines = self.lines(task.id, &document);
        sink.write(lines.as_bytes())
    }

    fn finish(self: Box<Self>, _sink: &mut dyn Sink) -> io::Result<Manifest> {
        Ok(self.manifest.sorted())
    }
}
