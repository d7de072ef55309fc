//! XML text to a flat list of elements with the place of every piece, going on after mistakes where that makes sense.
//!
//! No document type, no entity but the five of XML, no recursion: size, depth, elements and attributes are limited.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::errors::{Error as XmlError, SyntaxError};
use quick_xml::escape::{EscapeError, unescape};
use quick_xml::events::Event;

use super::problem::{Problems, nearest};

/// The largest labeling interface, in bytes.
pub const MAX_BYTES: usize = 1024 * 1024;
/// The deepest nesting. Three JSON levels per element stay below the limit of JSON readers.
pub const MAX_DEPTH: usize = 32;
/// The most elements.
pub const MAX_ELEMENTS: usize = 20_000;
/// The most attributes on one element.
pub const MAX_ATTRIBUTES: usize = 64;

/// The elements in document order.
#[derive(Debug, Default)]
pub(super) struct Document<'x> {
    pub(super) elements: Vec<RawElement<'x>>,
    /// The tree cannot be relied on: tags are missing or cut off.
    pub(super) broken: bool,
}

/// One element as written.
#[derive(Debug)]
pub(super) struct RawElement<'x> {
    pub(super) tag: &'x str,
    /// The name of the tag.
    pub(super) tag_span: Range<usize>,
    pub(super) attributes: Vec<RawAttribute<'x>>,
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<RawNode>,
}

/// Something inside an element.
#[derive(Debug)]
pub(super) enum RawNode {
    Element(usize),
    Text { text: String, span: Range<usize> },
}

/// One attribute as written, its value unescaped.
#[derive(Debug)]
pub(super) struct RawAttribute<'x> {
    pub(super) name: &'x str,
    pub(super) value: String,
    pub(super) name_span: Range<usize>,
    pub(super) value_span: Range<usize>,
}

impl RawElement<'_> {
    /// The attribute called `name` in whatever spelling.
    pub(super) fn attribute(&self, name: &str) -> Option<&RawAttribute<'_>> {
        self.attributes.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
    }

    /// The value of the attribute called `name`.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.attribute(name).map(|attribute| attribute.value.as_str())
    }
}

/// Reads `text`; what is wrong goes to `problems`.
pub(super) fn read<'x>(text: &'x str, problems: &mut Problems) -> Document<'x> {
    let mut reading = Reading { text, document: Document::default(), open: Vec::new(), problems };
    if text.len() > MAX_BYTES {
        reading.problems.error(0..0, "too_large", "The labeling interface is larger than 1 MB.");
        reading.document.broken = true;
        return reading.document;
    }
    if let Some((offset, character)) =
        text.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
    {
        let span = offset..offset + character.len_utf8();
        let message = format!("The invisible character U+{:04X} is not allowed.", u32::from(character));
        reading
            .problems
            .error(span, "control_character", message)
            .hint("Delete it; it often comes along when pasting.");
    }
    reading.run();
    reading.document
}

/// Whether reading goes on.
#[derive(PartialEq)]
enum Go {
    On,
    Stop,
}

struct Reading<'x, 'p> {
    text: &'x str,
    document: Document<'x>,
    /// The elements not yet closed, outermost first.
    open: Vec<usize>,
    problems: &'p mut Problems,
}

impl<'x> Reading<'x, '_> {
    fn run(&mut self) {
        // The reader skips a byte order mark without counting it.
        let text = self.text.trim_start_matches('\u{feff}');
        let base = self.text.len() - text.len();
        let mut reader = Reader::from_str(text);
        let config = reader.config_mut();
        // Matching tags is done here, to report every mistake and go on.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        loop {
            let start = offset(base, reader.buffer_position());
            let event = reader.read_event();
            let span = start..offset(base, reader.buffer_position());
            let go = match event {
                Ok(Event::Start(_)) => self.start(span, false),
                Ok(Event::Empty(_)) => self.start(span, true),
                Ok(Event::End(_)) => self.end(span),
                Ok(Event::Text(_) | Event::GeneralRef(_)) => self.text(span),
                Ok(Event::CData(_)) => self.cdata(span),
                Ok(Event::DocType(_)) => {
                    let message = "A document type (<!DOCTYPE …>) is not allowed in a labeling interface.";
                    self.problems.error(span, "doctype", message).hint("Delete it; the interface begins with <View>.");
                    Go::On
                }
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => Go::On,
                Ok(Event::Eof) => Go::Stop,
                Err(error) => {
                    let at = offset(base, reader.error_position());
                    self.syntax(&error, at..at.saturating_add(1));
                    Go::Stop
                }
            };
            if go == Go::Stop {
                break;
            }
        }
        if !self.document.broken || !self.open.is_empty() {
            self.close_all();
        }
        if self.document.elements.is_empty() && !self.document.broken {
            self.document.broken = true;
            let message = "The labeling interface is empty.";
            self.problems.error(0..self.text.len(), "empty", message).hint("Begin with <View> and end with </View>.");
        }
    }

    fn start(&mut self, span: Range<usize>, is_empty: bool) -> Go {
        if self.document.elements.len() >= MAX_ELEMENTS {
            let message = format!("The labeling interface has more than {MAX_ELEMENTS} elements.");
            self.problems.error(span, "too_many_elements", message);
            return self.give_up();
        }
        if self.open.len() >= MAX_DEPTH {
            let message = format!("Elements are nested more than {MAX_DEPTH} deep.");
            self.problems.error(span, "too_deep", message);
            return self.give_up();
        }
        let inner = span.start + 1..span.end - if is_empty { 2 } else { 1 };
        let written = &self.text[inner.clone()];
        let length = written.find(|c: char| c.is_ascii_whitespace()).unwrap_or(written.len());
        let tag_span = inner.start..inner.start + length;
        let tag = &self.text[tag_span.clone()];
        if !is_name(tag) {
            self.document.broken = true;
            let message = format!("“{}” is not the name of a tag.", shorten(tag));
            self.problems.error(tag_span.clone(), "bad_tag_name", message).hint(if tag.is_empty() {
                "To show the character <, write &lt;"
            } else {
                "A name begins with a letter; is a > or a space missing?"
            });
            return Go::On;
        }
        let attributes = self.attributes(tag_span.end..inner.end);
        let index = self.document.elements.len();
        let parent = self.open.last().copied();
        match parent {
            Some(parent) => self.document.elements[parent].children.push(RawNode::Element(index)),
            None if index > 0 => {
                self.document.broken = true;
                let message = format!("<{}> stands outside the outermost element.", shorten(tag));
                self.problems.error(tag_span.clone(), "several_roots", message).hint("Put everything into one <View>.");
            }
            None => {}
        }
        self.document.elements.push(RawElement { tag, tag_span, attributes, parent, children: Vec::new() });
        if !is_empty {
            self.open.push(index);
        }
        Go::On
    }

    fn end(&mut self, span: Range<usize>) -> Go {
        let name = self.text[span.start + 2..span.end - 1].trim();
        let Some(&last) = self.open.last() else {
            self.document.broken = true;
            let message = format!("</{}> closes nothing.", shorten(name));
            self.problems.error(span, "unexpected_end", message).hint("Delete it, or open the element before it.");
            return Go::On;
        };
        let expected = self.document.elements[last].tag;
        if name == expected {
            self.open.pop();
            return Go::On;
        }
        self.document.broken = true;
        if let Some(depth) = self.open.iter().rposition(|&index| self.document.elements[index].tag == name) {
            for index in self.open.split_off(depth).into_iter().skip(1) {
                self.unclosed(index);
            }
        } else {
            let is_slip = nearest(name, [expected]).is_some();
            let message = format!("</{}> does not match <{}>.", shorten(name), shorten(expected));
            let hint = if is_slip {
                format!("Write </{}>.", shorten(expected))
            } else {
                format!("Nothing called {} is open here; did you mean </{}>?", shorten(name), shorten(expected))
            };
            self.problems.error(span, "mismatched_end", message).hint(hint);
            if is_slip {
                self.open.pop();
            }
        }
        Go::On
    }

    fn close_all(&mut self) {
        for index in std::mem::take(&mut self.open) {
            self.unclosed(index);
        }
    }

    fn unclosed(&mut self, index: usize) {
        self.document.broken = true;
        let element = &self.document.elements[index];
        let message = format!("<{}> is never closed.", shorten(element.tag));
        let hint = format!("Did you forget </{0}>, or the / in <{0} … />?", shorten(element.tag));
        self.problems.error(element.tag_span.clone(), "unclosed_element", message).hint(hint);
    }

    fn text(&mut self, span: Range<usize>) -> Go {
        let written = &self.text[span.clone()];
        let text = self.unescape(written, &span);
        self.add_text(&text, span)
    }

    fn cdata(&mut self, span: Range<usize>) -> Go {
        let written = &self.text[span.clone()];
        let inner = written.strip_prefix("<![CDATA[").and_then(|rest| rest.strip_suffix("]]>")).unwrap_or(written);
        self.add_text(inner, span)
    }

    fn add_text(&mut self, more: &str, more_span: Range<usize>) -> Go {
        let Some(&parent) = self.open.last() else {
            if !more.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() {
                let message = "Text stands outside the outermost element.";
                self.problems.error(more_span, "text_outside", message).hint("Put everything into one <View>.");
            }
            return Go::On;
        };
        let children = &mut self.document.elements[parent].children;
        if let Some(RawNode::Text { text, span }) = children.last_mut() {
            text.push_str(more);
            span.end = more_span.end;
        } else if !more.trim().is_empty() {
            children.push(RawNode::Text { text: more.to_owned(), span: more_span });
        }
        Go::On
    }

    fn give_up(&mut self) -> Go {
        self.document.broken = true;
        // What is still open was cut off by the limit, not forgotten.
        self.open.clear();
        Go::Stop
    }

    fn syntax(&mut self, error: &XmlError, span: Range<usize>) {
        self.document.broken = true;
        let (code, message, hint) = match error {
            XmlError::Syntax(
                SyntaxError::UnclosedSingleQuotedAttributeValue | SyntaxError::UnclosedDoubleQuotedAttributeValue,
            ) => ("unclosed_quote", "A quote in this tag is opened and never closed.", "Is a closing quote missing?"),
            XmlError::Syntax(SyntaxError::UnclosedTag) => {
                ("unclosed_tag", "This tag is never finished.", "Is the closing > missing?")
            }
            XmlError::Syntax(SyntaxError::UnclosedComment) => {
                ("unclosed_comment", "This comment is never closed.", "End it with -->")
            }
            XmlError::Syntax(SyntaxError::UnclosedCData) => {
                ("unclosed_cdata", "This CDATA section is never closed.", "End it with ]]>")
            }
            XmlError::Syntax(SyntaxError::UnclosedDoctype) => {
                ("doctype", "A document type is not allowed in a labeling interface.", "Delete <!DOCTYPE …>.")
            }
            _ => ("malformed", "This is not well-formed XML.", "To show the character <, write &lt;"),
        };
        // With the rest of the text swallowed by one tag, the elements around it are not to blame.
        self.open.clear();
        if code == "unclosed_quote" {
            // The quote that is missing usually shows at the attribute after it.
            let rest = self.text.get(span.end..).unwrap_or_default();
            let length = rest.find(|c: char| c.is_ascii_whitespace()).unwrap_or(rest.len());
            let before = self.problems.len();
            self.attributes(span.end + length..self.text.len());
            if self.problems.len() > before {
                return;
            }
        }
        self.problems.error(span, code, message).hint(hint);
    }

    /// The attributes in `span`, which lies between the name of a tag and its end. After a mistake that hides where
    /// the next attribute begins, the rest of the tag is left alone: one mistake, one problem.
    fn attributes(&mut self, span: Range<usize>) -> Vec<RawAttribute<'x>> {
        let mut attributes: Vec<RawAttribute<'x>> = Vec::new();
        let mut scanner = Scanner { text: self.text, at: span.start, end: span.end };
        loop {
            let spaced = scanner.skip_space();
            if scanner.at >= scanner.end {
                return attributes;
            }
            match scanner.attribute() {
                Ok((name_span, value_span)) => {
                    if !spaced {
                        self.problems.error(
                            name_span.clone(),
                            "missing_space",
                            "A space is missing before this attribute.",
                        );
                    }
                    self.attribute(&mut attributes, name_span, value_span);
                    if attributes.len() > MAX_ATTRIBUTES {
                        let message = format!("This element has more than {MAX_ATTRIBUTES} attributes.");
                        self.problems.error(span, "too_many_attributes", message);
                        attributes.pop();
                        return attributes;
                    }
                }
                Err((span, code, message, hint)) => {
                    self.document.broken = true;
                    self.problems.error(span, code, message).hint(hint);
                    return attributes;
                }
            }
        }
    }

    fn attribute(&mut self, attributes: &mut Vec<RawAttribute<'x>>, name_span: Range<usize>, value_span: Range<usize>) {
        let name = &self.text[name_span.clone()];
        let written = &self.text[value_span.clone()];
        if let Some(offset) = written.find('<') {
            let at = value_span.start + offset;
            self.problems
                .error(at..at + 1, "bare_less_than", "The character < cannot stand in an attribute.")
                .hint("Write &lt; — or is a closing quote missing before it?");
        }
        if attributes.iter().any(|attribute| attribute.name == name) {
            let message = format!("The attribute {} is written twice.", shorten(name));
            self.problems.error(name_span, "duplicate_attribute", message).hint("Keep one of them.");
            return;
        }
        let value = self.unescape(&written.replace("\r\n", " ").replace(['\n', '\r', '\t'], " "), &value_span);
        attributes.push(RawAttribute { name, value, name_span, value_span });
    }

    fn unescape(&mut self, written: &str, span: &Range<usize>) -> String {
        let error = match unescape(written) {
            Ok(text) => return text.into_owned(),
            Err(error) => error,
        };
        let (message, hint) = match &error {
            EscapeError::UnrecognizedEntity(_, name) => (
                format!("&{}; is not known here.", shorten(name)),
                "Known are &amp; &lt; &gt; &quot; &apos; and numbers such as &#160;",
            ),
            EscapeError::UnterminatedEntity(_) => {
                ("The character & cannot stand alone.".to_owned(), "Write &amp; for the character &.")
            }
            EscapeError::InvalidCharRef(_) | EscapeError::TooManyNestedEntities => {
                ("This number is not a character.".to_owned(), "Write for example &#233; or &#xE9;")
            }
        };
        let offset = match &error {
            // This range begins after the &.
            EscapeError::UnrecognizedEntity(range, _) => range.start.saturating_sub(1),
            EscapeError::UnterminatedEntity(range) => range.start,
            EscapeError::InvalidCharRef(_) | EscapeError::TooManyNestedEntities => 0,
        };
        // Line ends of two bytes become one blank, so the offset may be a little early, never too late.
        let at = (span.start + offset).min(span.end);
        self.problems.error(at..span.end, "bad_entity", message).hint(hint);
        written.to_owned()
    }
}

fn offset(base: usize, position: u64) -> usize {
    usize::try_from(position).map_or(usize::MAX, |position| base.saturating_add(position))
}

type Mistake = (Range<usize>, &'static str, String, &'static str);

/// Reads attributes one after the other.
struct Scanner<'x> {
    text: &'x str,
    at: usize,
    end: usize,
}

impl<'x> Scanner<'x> {
    fn rest(&self) -> &'x str {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    fn skip_space(&mut self) -> bool {
        let rest = self.rest();
        let skipped = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        self.at += skipped;
        skipped > 0
    }

    /// The spans of the next name and of the value between its quotes.
    fn attribute(&mut self) -> Result<(Range<usize>, Range<usize>), Mistake> {
        let rest = self.rest();
        let length = rest
            .find(|c: char| c.is_ascii_whitespace() || matches!(c, '=' | '"' | '\'' | '<' | '/'))
            .unwrap_or(rest.len());
        let name_span = self.at..self.at + length;
        let name = &rest[..length];
        if rest[length..].starts_with('<') {
            let at = self.at + length;
            let message = "A new tag begins inside this tag.".to_owned();
            return Err((at..at + 1, "unclosed_tag", message, "Is a > missing before it?"));
        }
        if !is_name(name) {
            let end = (self.at + length).max(self.at + rest.chars().next().map_or(0, char::len_utf8));
            let message = format!("“{}” is not an attribute.", shorten(&self.text[self.at..end]));
            let hint = "Is a quote missing before it? Attributes are written name=\"value\".";
            return Err((self.at..end, "bad_attribute", message, hint));
        }
        self.at += length;
        self.skip_space();
        if !self.rest().starts_with('=') {
            let message = format!("The attribute {} has no value.", shorten(name));
            return Err((name_span, "missing_value_of_attribute", message, "Write name=\"true\" or name=\"value\"."));
        }
        self.at += 1;
        self.skip_space();
        let rest = self.rest();
        let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
            let message = format!("The value of {} is not in quotes.", shorten(name));
            return Err((name_span, "unquoted_value", message, "Write name=\"value\"."));
        };
        let Some(length) = rest[1..].find(quote) else {
            let message = format!("The quote after {} is never closed.", shorten(name));
            return Err((name_span, "unclosed_quote", message, "Is a closing quote missing?"));
        };
        let value_span = self.at + 1..self.at + 1 + length;
        self.at = value_span.end + 1;
        Ok((name_span, value_span))
    }
}

/// A name of XML, near enough: a letter or `_` first, then also digits, `-`, `.` and `:`.
fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && characters.all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'))
}

/// What was written, cut to what fits into a sentence.
pub(super) fn shorten(written: &str) -> String {
    /// Characters of somebody's text that are repeated in a message.
    const SHOWN: usize = 40;
    match written.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &written[..end]),
        None => written.to_owned(),
    }
}
