//! What is sent for a task: JSON with fields of the task in it.
//!
//! Within a text `$name` and `${any name}` stand for a field of the task's data, and `$$` for a dollar sign. A text that is
//! nothing but a field becomes what the field is, a number or a list as well. A name with dots in it that is no field leads
//! into objects and lists: `${meta.pages.0}`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::{Error, Result};

/// The longest template, in bytes.
pub const MAX_TEMPLATE_BYTES: usize = 64 << 10;
/// How deep objects and lists may be nested in each other.
const MAX_DEPTH: usize = 32;

/// What is sent, before a task is known.
#[derive(Debug, Clone, PartialEq)]
pub struct Template(Option<Node>);

#[derive(Debug, Clone, PartialEq)]
enum Node {
    /// As it stands.
    Plain(Value),
    Text(Vec<Piece>),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Literal(String),
    Field(String),
}

impl Template {
    /// Reads what people typed; nothing at all means that nothing is sent.
    ///
    /// # Errors
    /// What is no JSON, too long, too deep, or has a `${` that does not end.
    pub fn read(text: &str) -> Result<Self> {
        let refuse = |code, message: String| Error::invalid("payload", code, message);
        if text.len() > MAX_TEMPLATE_BYTES {
            let message = format!("This is longer than {} kB, the most that fits here.", MAX_TEMPLATE_BYTES >> 10);
            return Err(refuse("payload_too_long", message));
        }
        if text.trim().is_empty() {
            return Ok(Self(None));
        }
        let json = serde_json::from_str(text)
            .map_err(|error| refuse("payload_malformed", format!("This is not JSON: {error}.")))?;
        Node::read(json, 0).map(Some).map(Self)
    }

    /// Whether anything is sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The fields it speaks of.
    #[must_use]
    pub fn fields(&self) -> BTreeSet<&str> {
        let mut fields = BTreeSet::new();
        if let Some(node) = &self.0 {
            node.gather(&mut fields);
        }
        fields
    }

    /// What is sent for a task with this data.
    ///
    /// # Errors
    /// A field that the task does not have, or that is empty.
    pub fn render(&self, data: &Map<String, Value>) -> Result<Option<Value>> {
        self.0.as_ref().map(|node| node.render(data)).transpose()
    }
}

impl Node {
    fn read(json: Value, depth: usize) -> Result<Self> {
        if depth > MAX_DEPTH {
            let message = format!("Objects and lists are nested more than {MAX_DEPTH} deep.");
            return Err(Error::invalid("payload", "payload_too_deep", message));
        }
        Ok(match json {
            Value::String(text) => Self::Text(pieces(&text)?),
            Value::Array(items) => {
                Self::List(items.into_iter().map(|item| Self::read(item, depth + 1)).collect::<Result<_>>()?)
            }
            Value::Object(members) => {
                let read = |(name, value)| Ok((name, Self::read(value, depth + 1)?));
                Self::Object(members.into_iter().map(read).collect::<Result<_>>()?)
            }
            plain => Self::Plain(plain),
        })
    }

    fn gather<'t>(&'t self, fields: &mut BTreeSet<&'t str>) {
        match self {
            Self::Plain(_) => {}
            Self::Text(pieces) => fields.extend(pieces.iter().filter_map(|piece| match piece {
                Piece::Literal(_) => None,
                Piece::Field(name) => Some(name.as_str()),
            })),
            Self::List(items) => items.iter().for_each(|item| item.gather(fields)),
            Self::Object(members) => members.iter().for_each(|(_, member)| member.gather(fields)),
        }
    }

    fn render(&self, data: &Map<String, Value>) -> Result<Value> {
        Ok(match self {
            Self::Plain(value) => value.clone(),
            Self::Text(pieces) => match pieces.as_slice() {
                [Piece::Field(name)] => field(data, name)?.clone(),
                pieces => {
                    let mut text = String::new();
                    for piece in pieces {
                        match piece {
                            Piece::Literal(literal) => text.push_str(literal),
                            Piece::Field(name) => text.push_str(&words(field(data, name)?)),
                        }
                    }
                    text.into()
                }
            },
            Self::List(items) => items.iter().map(|item| item.render(data)).collect::<Result<Vec<_>>>()?.into(),
            Self::Object(members) => {
                let render = |(name, member): &(String, Self)| Ok((name.clone(), member.render(data)?));
                Value::Object(members.iter().map(render).collect::<Result<_>>()?)
            }
        })
    }
}

/// The parts of a text.
fn pieces(text: &str) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        literal.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let name = if let Some(behind) = rest.strip_prefix('{') {
            let Some((name, behind)) = behind.split_once('}').filter(|(name, _)| !name.trim().is_empty()) else {
                let message = format!("There is a “${{” without a name and a “}}” in “{}”.", shortened(text));
                return Err(Error::invalid("payload", "payload_open_field", message));
            };
            rest = behind;
            name.trim()
        } else if let Some(behind) = rest.strip_prefix('$') {
            literal.push('$');
            rest = behind;
            continue;
        } else {
            let is_name = |character: char| character == '_' || character.is_alphanumeric();
            let end = rest.find(|character| !is_name(character)).unwrap_or(rest.len());
            // An amount of money is no field.
            if end == 0 || rest.starts_with(|first: char| first.is_numeric()) {
                literal.push('$');
                continue;
            }
            let name = &rest[..end];
            rest = &rest[end..];
            name
        };
        if !literal.is_empty() {
            pieces.push(Piece::Literal(std::mem::take(&mut literal)));
        }
        pieces.push(Piece::Field(name.to_owned()));
    }
    literal.push_str(rest);
    if !literal.is_empty() || pieces.is_empty() {
        pieces.push(Piece::Literal(literal));
    }
    Ok(pieces)
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

fn field<'d>(data: &'d Map<String, Value>, name: &str) -> Result<&'d Value> {
    let found = data.get(name).or_else(|| {
        let mut parts = name.split('.');
        let first = data.get(parts.next()?)?;
        parts.try_fold(first, |value, part| match value {
            Value::Object(members) => members.get(part),
            Value::Array(items) => items.get(part.parse::<usize>().ok()?),
            _ => None,
        })
    });
    found.filter(|value| is_something(value)).ok_or_else(|| {
        let message = format!("The task has nothing in “{name}”, which is to be sent.");
        Error::invalid("payload", "field_missing", message)
    })
}

/// Whether a value is more than a place for one.
#[must_use]
pub fn is_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// A value within a text, and in an address.
pub(super) fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn data() -> Map<String, Value> {
        let data = json!({
            "text": "Good morning", "lang": "en", "n": 3, "tags": ["a", "b"], "empty": "", "none": null,
            "two words": "yes", "a.b": "flat", "meta": {"pages": [{"id": 7}], "ok": true},
        });
        data.as_object().unwrap().clone()
    }

    fn rendered(template: &Value) -> Result<Value> {
        Template::read(&template.to_string())?.render(&data()).map(Option::unwrap)
    }

    #[test]
    fn fields_take_the_place_of_their_names() {
        for (template, expected) in [
            (json!({"text": "$text"}), json!({"text": "Good morning"})),
            (json!({"text": ["$text"], "to": "ES"}), json!({"text": ["Good morning"], "to": "ES"})),
            (json!("say $text, in ${lang}!"), json!("say Good morning, in en!")),
            (json!("$n"), json!(3)),
            (json!("$n!"), json!("3!")),
            (json!("$tags"), json!(["a", "b"])),
            (json!("of $tags"), json!("of [\"a\",\"b\"]")),
            (json!("${two words}"), json!("yes")),
            (json!("${ text }"), json!("Good morning")),
            (json!("${a.b}"), json!("flat")),
            (json!("${meta.pages.0.id}"), json!(7)),
            (json!("${meta.ok}"), json!(true)),
            (json!("$meta.ok"), json!("{\"pages\":[{\"id\":7}],\"ok\":true}.ok")),
            (json!("$lang$lang"), json!("enen")),
            (json!("costs $5 or $$n, $"), json!("costs $5 or $n, $")),
            (json!(""), json!("")),
            (json!({"$text": 1, "x": null, "y": 1.5, "z": true}), json!({"$text": 1, "x": null, "y": 1.5, "z": true})),
        ] {
            assert_eq!(rendered(&template), Ok(expected), "{template}");
        }
    }

    #[test]
    fn what_a_task_does_not_have_is_not_sent() {
        for name in ["missing", "empty", "none", "meta.pages.1", "meta.ok.x", "text.0", "a.c"] {
            let refused = rendered(&json!(format!("${{{name}}}"))).unwrap_err();
            assert_eq!(refused.code, "field_missing", "{name}");
            assert!(refused.message.contains(name));
        }
    }

    #[test]
    fn templates_are_read_with_care() {
        let deep = format!("{}1{}", "[".repeat(40), "]".repeat(40));
        let long = format!("\"{}\"", "a".repeat(MAX_TEMPLATE_BYTES));
        for (text, code) in [
            ("{", "payload_malformed"),
            ("text", "payload_malformed"),
            (r#""${text""#, "payload_open_field"),
            (r#""${}""#, "payload_open_field"),
            (r#"{"a": ["${ }"]}"#, "payload_open_field"),
            (&*deep, "payload_too_deep"),
            (&*long, "payload_too_long"),
        ] {
            let refused = Template::read(text).unwrap_err();
            assert_eq!((&*refused.code, refused.field.as_deref()), (code, Some("payload")), "{text}");
        }
        for nothing in ["", " \n "] {
            assert!(Template::read(nothing).unwrap().is_empty());
        }
    }

    #[test]
    fn it_knows_its_fields() {
        let template = Template::read(r#"{"a": "$b and ${c d}", "e": ["$b", {"f": "$g", "$h": 1}]}"#).unwrap();
        assert_eq!(template.fields().into_iter().collect::<Vec<_>>(), ["b", "c d", "g"]);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[^$]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-z$]{1,6}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn json_without_fields_is_sent_as_it_is(json in any_json()) {
            let template = Template::read(&json.to_string()).unwrap();
            prop_assert!(template.fields().is_empty());
            prop_assert_eq!(template.render(&data()).unwrap(), Some(json));
        }

        #[test]
        fn a_field_alone_keeps_what_it_is(json in any_json()) {
            let data = Map::from_iter([("f".to_owned(), json.clone())]);
            let rendered = Template::read(r#"["${f}"]"#).unwrap().render(&data);
            if is_something(&json) {
                prop_assert_eq!(rendered.unwrap(), Some(json!([json])));
            } else {
                prop_assert_eq!(rendered.unwrap_err().code, "field_missing");
            }
        }

        #[test]
        fn nothing_typed_makes_it_stumble(text in ".{0,60}") {
            if let Ok(template) = Template::read(&Value::from(text).to_string()) {
                let _either = template.render(&data());
            }
        }
    }
}
