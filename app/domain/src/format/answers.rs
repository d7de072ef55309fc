//! What was answered, on its way into a file: as the database wrote it until somebody looks inside. Formats that carry it
//! whole never do, so that a large export neither reads nor writes a number of it anew.

use std::{ops::Deref, sync::OnceLock};

use serde::{Serialize, Serializer};
use serde_json::{Value, value::RawValue};

/// The items of a result.
#[derive(Debug, Clone, Default)]
pub struct Answers {
    text: Option<Text>,
    items: OnceLock<Vec<Value>>,
}

/// A list in JSON without white space, and how many items it has.
#[derive(Debug, Clone)]
struct Text {
    json: Box<RawValue>,
    count: usize,
}

impl Answers {
    /// Of a list in JSON. What is none has no items.
    #[must_use]
    pub fn from_text(json: &str) -> Self {
        Self { text: Text::new(json), items: OnceLock::new() }
    }

    /// How many items there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.text.as_ref().map_or_else(|| self.len(), |text| text.count)
    }

    /// Changes every item.
    pub fn change(&mut self, how: impl FnMut(&mut Value)) {
        let mut items = self.to_vec();
        items.iter_mut().for_each(how);
        *self = items.into();
    }
}

impl Text {
    fn new(json: &str) -> Option<Self> {
        let mut bytes = Vec::with_capacity(json.len());
        let (mut depth, mut commas) = (0_usize, 0);
        let (mut is_quoted, mut is_escaped) = (false, false);
        for byte in json.bytes() {
            if is_quoted {
                is_quoted = is_escaped || byte != b'"';
                is_escaped = !is_escaped && byte == b'\\';
                bytes.push(byte);
                continue;
            }
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => continue,
                b'"' => is_quoted = true,
                b'[' | b'{' => depth += 1,
                b']' | b'}' => depth = depth.saturating_sub(1),
                b',' if depth == 1 => commas += 1,
                _ => {}
            }
            bytes.push(byte);
        }
        if bytes.first() != Some(&b'[') {
            return None;
        }
        let count = if bytes.len() > 2 { commas + 1 } else { 0 };
        let json = RawValue::from_string(String::from_utf8(bytes).ok()?).ok()?;
        Some(Self { json, count })
    }
}

impl Deref for Answers {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        let read = |text: &Text| serde_json::from_str(text.json.get()).ok();
        self.items.get_or_init(|| self.text.as_ref().and_then(read).unwrap_or_default())
    }
}

impl<'a> IntoIterator for &'a Answers {
    type Item = &'a Value;
    type IntoIter = std::slice::Iter<'a, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<Vec<Value>> for Answers {
    fn from(items: Vec<Value>) -> Self {
        Self { text: None, items: items.into() }
    }
}

impl FromIterator<Value> for Answers {
    fn from_iter<I: IntoIterator<Item = Value>>(items: I) -> Self {
        Vec::from_iter(items).into()
    }
}

impl PartialEq for Answers {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.text {
            Some(text) => text.json.serialize(serializer),
            None => (**self).serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_nobody_reads_is_written_as_it_was() {
        for (text, count, written) in [
            (
                r#"[{"x": 12.50, "to": [1, 2]}, {"text": "a, \"b\" \\"}, {}]"#,
                3,
                r#"[{"x":12.50,"to":[1,2]},{"text":"a, \"b\" \\"},{}]"#,
            ),
            (r#"["\\", "\"", " , "]"#, 3, r#"["\\","\""," , "]"#),
            ("[ ]", 0, "[]"),
            ("[[], []]", 2, "[[],[]]"),
            (r#"{"a": [1, 2]}"#, 0, "[]"),
            ("null", 0, "[]"),
            ("[1, 2", 0, "[]"),
        ] {
            let answers = Answers::from_text(text);
            assert_eq!((answers.count(), answers.len()), (count, count), "{text}");
            assert_eq!(serde_json::to_string(&answers).unwrap(), written, "{text}");
        }
    }

    #[test]
    fn what_was_changed_is_written_anew() {
        let mut answers = Answers::from_text(r#"[{"a": 1.50}]"#);
        answers.change(|item| item["b"] = json!(2));
        assert_eq!(serde_json::to_string(&answers).unwrap(), r#"[{"a":1.5,"b":2}]"#);
        assert_eq!(answers, Answers::from(vec![json!({"a": 1.5, "b": 2})]));
    }
}
