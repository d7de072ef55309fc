//! Following brackets and strings, and nothing else of JSON.

use super::super::MAX_DEPTH;

/// How much of an element is looked at for its names.
pub(super) const PEEK_BYTES: usize = 1024;
/// How many names are looked at in one element.
const PEEK_KEYS: usize = 16;

/// Where following some bytes led to.
pub(super) enum Followed {
    /// All of them belong to the element, and it goes on.
    On,
    /// The outermost bracket closes with the last of so many bytes.
    Closed(usize),
    /// After so many bytes it is certain that the element is torn.
    Torn(usize),
}

/// Brackets and strings entered so far. Kinds of open brackets are remembered to `MAX_DEPTH`, deeper ones are counted.
#[derive(Default)]
pub(super) struct Nesting {
    depth: u32,
    /// Bit `n` is set where the bracket at depth `n` is a `[`.
    lists: u128,
    in_string: bool,
    escaped: bool,
    pub(super) too_deep: bool,
    /// Bytes followed before the present ones.
    followed: usize,
    /// Where the last string began.
    pub(super) string_at: usize,
    /// The last byte outside strings that is no white space; a quotation mark where that was the end of a string.
    last: u8,
}

const _: () = assert!(MAX_DEPTH < 128, "the kinds of open brackets are bits of a u128");

impl Nesting {
    pub(super) fn follow(&mut self, bytes: &[u8]) -> Followed {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                if std::mem::take(&mut self.escaped) {
                    at += 1;
                    continue;
                }
                let Some(stop) = bytes[at..].iter().position(|byte| matches!(byte, b'"' | b'\\' | b'\n')) else {
                    break;
                };
                at += stop;
                match bytes[at] {
                    b'\\' => self.escaped = true,
                    b'\n' => return Followed::Torn(at),
                    _ => {
                        self.in_string = false;
                        self.last = b'"';
                    }
                }
                at += 1;
                continue;
            }
            let byte = bytes[at];
            if byte.is_ascii_whitespace() {
                at += 1;
                continue;
            }
            if !self.fits(byte) {
                if self.last != b'"' {
                    // What is torn is in front of this bracket.
                    self.string_at = self.followed + at;
                }
                return Followed::Torn(at);
            }
            match byte {
                b'"' => {
                    self.in_string = true;
                    self.string_at = self.followed + at;
                }
                b'{' => self.enter(false),
                b'[' => self.enter(true),
                b'}' => self.leave(false),
                b']' => self.leave(true),
                _ => {}
            }
            self.last = byte;
            at += 1;
            if self.depth == 0 && !self.in_string {
                return Followed::Closed(at);
            }
        }
        self.followed += bytes.len();
        Followed::On
    }

    /// Whether a byte outside strings can stand where it stands, as far as tears show.
    fn fits(&self, byte: u8) -> bool {
        let in_object = (1..=MAX_DEPTH).contains(&self.depth) && self.lists & (1 << (self.depth - 1)) == 0;
        match byte {
            _ if self.last == b'"' => matches!(byte, b':' | b',' | b'}' | b']'),
            b'{' | b'[' if in_object => self.last == b':',
            _ => true,
        }
    }

    fn enter(&mut self, list: bool) {
        if self.depth >= MAX_DEPTH {
            self.too_deep = true;
        } else if list {
            self.lists |= 1 << self.depth;
        } else {
            self.lists &= !(1 << self.depth);
        }
        self.depth = self.depth.saturating_add(1);
    }

    fn leave(&mut self, list: bool) {
        if self.depth > MAX_DEPTH {
            self.depth -= 1;
            return;
        }
        let same_kind = if list { self.lists } else { !self.lists } & ((1 << self.depth) - 1);
        if same_kind != 0 {
            self.depth = same_kind.ilog2();
        }
    }
}

/// The length of the object or list `text` begins with, where it is closed.
pub(in crate::import) fn first_element_length(text: &[u8]) -> Option<usize> {
    match Nesting::default().follow(text) {
        Followed::Closed(length) => Some(length),
        Followed::On | Followed::Torn(_) => None,
    }
}

/// The names of the object `text` begins with, as far as it goes and as they are written.
pub(super) fn keys_of(text: &[u8]) -> Vec<&[u8]> {
    let mut keys = Vec::new();
    let mut depth = 0_u32;
    let mut last = 0;
    let mut at = 0;
    while at < text.len() && keys.len() < PEEK_KEYS {
        let byte = text[at];
        match byte {
            b'"' => {
                let Some(length) = string_length(&text[at + 1..]) else { break };
                let end = at + 1 + length;
                let behind = text[end + 1..].iter().find(|byte| !byte.is_ascii_whitespace());
                if depth == 1 && matches!(last, b'{' | b',') && behind == Some(&b':') {
                    keys.push(&text[at + 1..end]);
                }
                at = end;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
        at += 1;
    }
    keys
}

/// How far away the quotation mark is that closes the string before `text`.
pub(super) fn string_length(text: &[u8]) -> Option<usize> {
    let mut escaped = false;
    text.iter().position(|byte| {
        let closes = *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        closes
    })
}
