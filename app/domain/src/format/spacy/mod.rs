//! spaCy's `DocBin`: packed words, their tags and the words' spellings, in one compressed `MessagePack` map.
//!
//! The text comes back to the last space: a run of white space that is more than the one space behind a word is a word of
//! its own, as spaCy has it. Memory holds each distinct word once; everything else waits in spills.

mod hash;
mod symbols;

use std::{
    collections::BTreeSet,
    io::{self, Write},
};

use super::{
    Copied, ExportTask, Exporter, Manifest, Sink, Spill,
    pack::Packer,
    pour,
    text::{Document, Span, Texts},
};
use crate::{
    label_config::{Label, LabelConfig},
    region::slice,
};

use hash::id;

/// The numbers of the columns `ORTH`, `ENT_IOB` and `ENT_TYPE`.
const COLUMNS: [u8; 3] = [65, 77, 78];
const INSIDE: u64 = 1;
const OUTSIDE: u64 = 2;
const BEGINNING: u64 = 3;
/// The group of spans that spaCy's span categorizer reads.
const GROUP: &str = "sc";

/// Writes a `DocBin`.
pub(super) struct DocBin {
    manifest: Manifest,
    texts: Texts,
    /// Every choice on the text.
    choices: BTreeSet<String>,
    choice_names: BTreeSet<String>,
    strings: BTreeSet<String>,
    tokens: Box<dyn Spill>,
    spaces: Box<dyn Spill>,
    lengths: Box<dyn Spill>,
    cats: Box<dyn Spill>,
    groups: Box<dyn Spill>,
    documents: u64,
    words: u64,
}

impl DocBin {
    pub(super) fn begin(manifest: Manifest, config: &LabelConfig, all: bool, sink: &mut dyn Sink) -> io::Result<Self> {
        sink.begin("result.spacy")?;
        let controls = config.controls.iter().filter(|control| control.tag == "Choices");
        let (mut choices, mut choice_names) = (BTreeSet::new(), BTreeSet::new());
        for control in controls {
            choice_names.insert(control.name.clone());
            collect(&control.labels, &mut choices);
        }
        Ok(Self {
            manifest,
            texts: Texts::new(config, all),
            choices,
            choice_names,
            strings: BTreeSet::new(),
            tokens: sink.spill()?,
            spaces: sink.spill()?,
            lengths: sink.spill()?,
            cats: sink.spill()?,
            groups: sink.spill()?,
            documents: 0,
            words: 0,
        })
    }

    fn number(&mut self, word: &str) -> u64 {
        if !self.strings.contains(word) {
            self.strings.insert(word.to_owned());
        }
        id(word)
    }

    fn document(&mut self, task: i64, document: &Document) -> io::Result<()> {
        let words = words(document);
        let apart = document.apart();
        let overlapping = document.spans.len() - apart.len();
        let message = "Entities cannot overlap: these pieces are in the span group “sc” only, with all others.";
        self.manifest.lose(task, overlapping as u64, "overlap", message);
        self.manifest.results += document.spans.len() as u64;
        let mut spans = apart.into_iter().peekable();
        let (mut tokens, mut spaces) = (Vec::with_capacity(words.len() * 24), Vec::with_capacity(words.len()));
        for word in &words {
            while spans.peek().is_some_and(|span| span.end <= word.start) {
                spans.next();
            }
            let (part, label) = match spans.peek().filter(|span| span.start <= word.start) {
                Some(span) if span.start == word.start => (BEGINNING, span.label.as_str()),
                Some(span) => (INSIDE, span.label.as_str()),
                None => (OUTSIDE, ""),
            };
            for number in [self.number(word.text), part, self.number(label)] {
                tokens.extend(number.to_le_bytes());
            }
            spaces.push(u8::from(word.space));
        }
        self.tokens.write_all(&tokens)?;
        self.spaces.write_all(&spaces)?;
        let length = i32::try_from(words.len()).map_err(|_| too_large())?;
        self.lengths.write_all(&length.to_le_bytes())?;
        let group = if overlapping > 0 { self.group(&document.spans, &words)? } else { Vec::new() };
        let mut packed = Vec::new();
        // Where there are none, spaCy writes an empty list.
        bin(&mut packed, if group.is_empty() { &[0x90] } else { &group })?;
        self.groups.write_all(&packed)?;
        self.documents += 1;
        self.words += words.len() as u64;
        Ok(())
    }

    /// All pieces of a text as one group: a map from the group's bytes to its name.
    fn group(&mut self, spans: &[Span], words: &[Word<'_>]) -> io::Result<Vec<u8>> {
        let mut group = Vec::new();
        rmp::encode::write_map_len(&mut group, 3)?;
        text(&mut group, "name")?;
        text(&mut group, GROUP)?;
        text(&mut group, "attrs")?;
        rmp::encode::write_map_len(&mut group, 0)?;
        text(&mut group, "spans")?;
        rmp::encode::write_array_len(&mut group, length(spans.len())?)?;
        for span in spans {
            let first = words.partition_point(|word| word.end <= span.start);
            let last = words.partition_point(|word| word.start < span.end);
            let mut packed = Vec::with_capacity(40);
            packed.extend(0_u64.to_be_bytes());
            packed.extend(0_u64.to_be_bytes());
            packed.extend(self.number(&span.label).to_be_bytes());
            for number in [first, last, span.start, span.end] {
                packed.extend(i32::try_from(number).map_err(|_| too_large())?.to_be_bytes());
            }
            bin(&mut group, &packed)?;
        }
        let mut groups = Vec::new();
        rmp::encode::write_map_len(&mut groups, 1)?;
        bin(&mut groups, &group)?;
        rmp::encode::write_array_len(&mut groups, 1)?;
        text(&mut groups, GROUP)?;
        Ok(groups)
    }

    fn categories(&mut self, task: i64, document: &Document) -> io::Result<()> {
        let mut chosen = BTreeSet::new();
        for item in &document.rest {
            let known = item.item_type() == "choices" && self.choice_names.contains(item.from_name());
            let choices = item.value().and_then(|value| value.get("choices")).and_then(|choices| choices.as_array());
            match choices.filter(|_| known) {
                Some(choices) => {
                    chosen.extend(choices.iter().filter_map(|choice| choice.as_str()).map(str::to_owned));
                    self.manifest.results += 1;
                }
                None => {
                    let message = "Answers that are neither a piece of the text nor a choice stay behind.";
                    self.manifest.lose(task, 1, "not_a_span", message);
                }
            }
        }
        let all: BTreeSet<&String> = self.choices.iter().chain(&chosen).collect();
        let mut packed = Vec::new();
        rmp::encode::write_map_len(&mut packed, length(all.len())?)?;
        for choice in all {
            text(&mut packed, choice)?;
            rmp::encode::write_f64(&mut packed, if chosen.contains(choice) { 1.0 } else { 0.0 })?;
        }
        self.cats.write_all(&packed)
    }
}

fn collect(labels: &[Label], choices: &mut BTreeSet<String>) {
    for label in labels {
        choices.insert(label.stored().to_owned());
        collect(&label.children, choices);
    }
}

/// A word, or white space that is more than the space behind one.
struct Word<'t> {
    start: usize,
    end: usize,
    text: &'t str,
    space: bool,
}

fn words(document: &Document) -> Vec<Word<'_>> {
    let mut words: Vec<Word<'_>> = Vec::new();
    let mut reached = 0;
    let total = crate::region::code_point_count(&document.text);
    let mut rest = document.text.as_str();
    let end = std::iter::once(super::text::Token { start: total, end: total, text: "" });
    for token in document.tokens().into_iter().chain(end) {
        let between = slice(rest, 0, token.start - reached);
        rest = &rest[between.len() + token.text.len()..];
        let mut gap = between;
        if let Some(word) = words.last_mut()
            && let Some(more) = gap.strip_prefix(' ')
        {
            word.space = true;
            gap = more;
        }
        if !gap.is_empty() {
            let start = token.start - gap.chars().count();
            words.push(Word { start, end: token.start, text: gap, space: false });
        }
        if !token.text.is_empty() {
            words.push(Word { start: token.start, end: token.end, text: token.text, space: false });
        }
        reached = token.end;
    }
    words
}

fn text(out: &mut impl Write, text: &str) -> io::Result<()> {
    rmp::encode::write_str(out, text).map_err(io::Error::other)
}

fn bin(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    rmp::encode::write_bin(out, bytes).map_err(io::Error::other)
}

fn length(count: usize) -> io::Result<u32> {
    u32::try_from(count).map_err(|_| too_large())
}

fn too_large() -> io::Error {
    io::Error::other("more text than a DocBin can hold")
}

impl Exporter for DocBin {
    fn task(&mut self, task: &ExportTask, _sink: &mut dyn Sink) -> io::Result<()> {
        let Some(document) = self.texts.read(task, &mut self.manifest) else { return Ok(()) };
        self.document(task.id, &document)?;
        self.categories(task.id, &document)
    }

    fn finish(self: Box<Self>, sink: &mut dyn Sink) -> io::Result<Manifest> {
        let mut this = *self;
        let mut head = Vec::new();
        rmp::encode::write_map_len(&mut head, 9)?;
        text(&mut head, "version")?;
        text(&mut head, "0.1")?;
        text(&mut head, "attrs")?;
        rmp::encode::write_array_len(&mut head, 3)?;
        for column in COLUMNS {
            rmp::encode::write_uint(&mut head, column.into())?;
        }
        let mut packed = Packed { packer: Packer::new(), sink };
        let documents = u32::try_from(this.documents).map_err(|_| too_large())?;
        let columns = [
            ("tokens", this.words * 24, &mut this.tokens),
            ("spaces", this.words, &mut this.spaces),
            ("lengths", this.documents * 4, &mut this.lengths),
        ];
        packed.all(&head)?;
        for (name, bytes, spill) in columns {
            let mut head = Vec::new();
            text(&mut head, name)?;
            rmp::encode::write_bin_len(&mut head, u32::try_from(bytes).map_err(|_| too_large())?)?;
            packed.all(&head)?;
            pour(spill.as_mut(), &mut packed)?;
        }
        let mut head = Vec::new();
        text(&mut head, "strings")?;
        this.strings.remove("");
        rmp::encode::write_array_len(&mut head, length(this.strings.len())?)?;
        for word in &this.strings {
            text(&mut head, word)?;
        }
        text(&mut head, "cats")?;
        rmp::encode::write_array_len(&mut head, documents)?;
        packed.all(&head)?;
        pour(this.cats.as_mut(), &mut packed)?;
        let mut head = Vec::new();
        text(&mut head, "flags")?;
        rmp::encode::write_array_len(&mut head, documents)?;
        packed.all(&head)?;
        for _ in 0..documents {
            let mut flags = Vec::new();
            rmp::encode::write_map_len(&mut flags, 1)?;
            text(&mut flags, "has_unknown_spaces")?;
            rmp::encode::write_bool(&mut flags, false)?;
            packed.all(&flags)?;
        }
        let mut head = Vec::new();
        text(&mut head, "span_groups")?;
        rmp::encode::write_array_len(&mut head, documents)?;
        packed.all(&head)?;
        pour(this.groups.as_mut(), &mut packed)?;
        packed.finish()?;
        Ok(this.manifest.sorted())
    }
}

/// Compresses on the way to a sink.
struct Packed<'s> {
    packer: Packer,
    sink: &'s mut dyn Sink,
}

impl Packed<'_> {
    fn all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Self { packer, sink } = self;
        packer.push(bytes, |bytes| sink.write(bytes))
    }

    fn finish(self) -> io::Result<()> {
        let Self { packer, sink } = self;
        packer.finish(|bytes| sink.write(bytes))
    }
}

impl Sink for Packed<'_> {
    fn begin(&mut self, path: &str) -> io::Result<()> {
        self.sink.begin(path)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.all(bytes)
    }

    fn copy_image(&mut self, address: &str, path: &str) -> io::Result<Copied> {
        self.sink.copy_image(address, path)
    }

    fn image_size(&mut self, address: &str) -> io::Result<Option<crate::region::ImageSize>> {
        self.sink.image_size(address)
    }

    fn spill(&mut self) -> io::Result<Box<dyn Spill>> {
        self.sink.spill()
    }
}
