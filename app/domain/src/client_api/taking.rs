//! How an answer becomes the value of a field.

use base64::Engine;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::template::is_something;
use crate::{Error, Result};

/// The longest value that becomes part of a task, in bytes of JSON.
pub const MAX_VALUE_BYTES: usize = 1 << 20;
/// The most characters of a path.
pub const MAX_PATH_CHARS: usize = 500;

/// What of an answer becomes the value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Taking {
    /// What is at a place of the JSON; all of it without one.
    Json {
        /// `translations[0].text` or `/translations/0/text`.
        #[serde(default)]
        path: String,
    },
    /// All of it, as text.
    Text,
    /// All of it, as a file of the project; the field gets its address.
    File,
    /// Base64 at a place of the JSON, as a file of the project.
    Encoded {
        /// As for JSON.
        #[serde(default)]
        path: String,
    },
}

impl Default for Taking {
    fn default() -> Self {
        Self::Json { path: String::new() }
    }
}

/// What was found in an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Taken {
    /// For the field itself.
    Value(Value),
    /// To be kept as a file, whose address is for the field.
    File(Vec<u8>),
}

impl Taking {
    /// Its name, as stored and chosen.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Json { .. } => "json",
            Self::Text => "text",
            Self::File => "file",
            Self::Encoded { .. } => "encoded",
        }
    }

    /// Of this name, at this place.
    #[must_use]
    pub fn of(name: &str, path: &str) -> Option<Self> {
        let path = path.trim().to_owned();
        Some(match name {
            "json" => Self::Json { path },
            "text" => Self::Text,
            "file" => Self::File,
            "encoded" => Self::Encoded { path },
            _ => return None,
        })
    }

    /// The place in the JSON; empty for all of it.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Json { path } | Self::Encoded { path } => path,
            Self::Text | Self::File => "",
        }
    }

    /// Whether the value is the address of a file.
    #[must_use]
    pub fn makes_file(&self) -> bool {
        matches!(self, Self::File | Self::Encoded { .. })
    }

    /// As it is stored.
    ///
    /// # Errors
    /// A place that cannot be read.
    pub fn checked(self) -> Result<Self> {
        steps(self.path())?;
        Ok(self)
    }

    /// Finds the value in an answer.
    ///
    /// # Errors
    /// An answer that is not what it should be, or has nothing there.
    pub fn take(&self, answer: &[u8]) -> Result<Taken> {
        let refuse = |code, message: &str| Error::invalid("taking", code, message);
        if answer.is_empty() {
            return Err(refuse("answer_empty", "The answer is empty."));
        }
        let taken = match self {
            Self::File => return Ok(Taken::File(answer.to_vec())),
            Self::Text => {
                let text = std::str::from_utf8(answer)
                    .map_err(|_| refuse("answer_not_text", "The answer is no text in UTF-8."))?;
                Value::from(text)
            }
            Self::Json { path } => at(answer, path)?,
            Self::Encoded { path } => {
                let Value::String(text) = at(answer, path)? else {
                    return Err(refuse("answer_not_base64", "What is there in the answer is no text."));
                };
                return decoded(&text).map(Taken::File);
            }
        };
        if !is_something(&taken) {
            return Err(refuse("answer_empty", "What is there in the answer is empty."));
        }
        if taken.to_string().len() > MAX_VALUE_BYTES {
            let message = format!("What is there in the answer is larger than {} MB.", MAX_VALUE_BYTES >> 20);
            return Err(refuse("answer_too_large", &message));
        }
        Ok(Taken::Value(taken))
    }
}

/// A file out of Base64, also as a `data:` address and in the alphabet of addresses.
fn decoded(text: &str) -> Result<Vec<u8>> {
    let text = match text.strip_prefix("data:") {
        Some(rest) => rest.split_once(',').map_or("", |(_, rest)| rest),
        None => text,
    };
    let plain: String = text
        .chars()
        .filter(|character| !character.is_ascii_whitespace() && *character != '=')
        .map(|character| match character {
            '-' => '+',
            '_' => '/',
            other => other,
        })
        .collect();
    base64::engine::general_purpose::STANDARD_NO_PAD.decode(plain).ok().filter(|bytes| !bytes.is_empty()).ok_or_else(
        || Error::invalid("taking", "answer_not_base64", "What is there in the answer is no file in Base64."),
    )
}

fn at(answer: &[u8], path: &str) -> Result<Value> {
    let mut json: Value = serde_json::from_slice(answer)
        .map_err(|error| Error::invalid("taking", "answer_not_json", format!("The answer is not JSON: {error}.")))?;
    for step in steps(path)? {
        let next = match &mut json {
            Value::Object(members) => members.get_mut(&step),
            Value::Array(items) => step.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
            _ => None,
        };
        let next = next.map(Value::take).ok_or_else(|| {
            let message = format!("The answer has nothing at “{path}”: there is no “{step}”.");
            Error::invalid("taking", "answer_without_value", message)
        })?;
        json = next;
    }
    Ok(json)
}

/// The steps of a place: a JSON pointer (`/a/0/b`), or names and numbers as in JavaScript (`a[0].b`).
fn steps(path: &str) -> Result<Vec<String>> {
    let refuse = || {
        let message = format!("“{path}” is no place in JSON. Write translations[0].text or /translations/0/text.");
        Error::invalid("path", "path_malformed", message)
    };
    let path = path.trim();
    if path.chars().count() > MAX_PATH_CHARS {
        return Err(Error::invalid("path", "too_long", format!("At most {MAX_PATH_CHARS} characters fit here.")));
    }
    if let Some(pointer) = path.strip_prefix('/') {
        return Ok(pointer.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect());
    }
    let mut steps = Vec::new();
    let mut rest = path.strip_prefix('$').unwrap_or(path);
    let mut is_first = rest.len() == path.len();
    while !rest.is_empty() {
        let (step, behind) = if let Some(inside) = rest.strip_prefix('[') {
            let (step, behind) = inside.split_once(']').ok_or_else(refuse)?;
            (step.trim_matches(['"', '\'']), behind)
        } else {
            let name = if is_first { rest } else { rest.strip_prefix('.').ok_or_else(refuse)? };
            let end = name.find(['.', '[']).unwrap_or(name.len());
            (&name[..end], &name[end..])
        };
        if step.is_empty() {
            return Err(refuse());
        }
        steps.push(step.to_owned());
        rest = behind;
        is_first = false;
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn json_at(path: &str) -> Result<Taken> {
        let answer = json!({
            "translations": [{"text": "Hola", "detected": "EN"}], "n": 3, "none": null, "empty": "", "a.b": {"c/d": true},
        });
        Taking::Json { path: path.into() }.take(answer.to_string().as_bytes())
    }

    #[test]
    fn a_place_in_the_json_is_found() {
        for (path, expected) in [
            ("translations[0].text", json!("Hola")),
            ("/translations/0/text", json!("Hola")),
            ("$.translations[0].text", json!("Hola")),
            ("$[\"translations\"][0]['text']", json!("Hola")),
            ("translations.0.detected", json!("EN")),
            (" n ", json!(3)),
            ("['a.b']['c/d']", json!(true)),
            ("/a.b/c~1d", json!(true)),
            ("translations", json!([{"text": "Hola", "detected": "EN"}])),
        ] {
            assert_eq!(json_at(path), Ok(Taken::Value(expected)), "{path}");
        }
        assert!(matches!(json_at(""), Ok(Taken::Value(Value::Object(_)))));
    }

    #[test]
    fn what_is_not_there_is_told() {
        for (path, code) in [
            ("translations[1].text", "answer_without_value"),
            ("translations.text", "answer_without_value"),
            ("n.x", "answer_without_value"),
            ("none", "answer_empty"),
            ("empty", "answer_empty"),
            ("a[", "path_malformed"),
            ("a..b", "path_malformed"),
            ("a[0]b", "path_malformed"),
            ("[]", "path_malformed"),
            (&*"a".repeat(501), "too_long"),
        ] {
            assert_eq!(json_at(path).unwrap_err().code, code, "{path}");
        }
    }

    #[test]
    fn answers_are_taken_as_what_they_should_be() {
        let text = |bytes: &[u8]| Taking::Text.take(bytes);
        assert_eq!(text("Grüße".as_bytes()), Ok(Taken::Value(json!("Grüße"))));
        assert_eq!(text(&[0xff, 0xfe]).unwrap_err().code, "answer_not_text");
        assert_eq!(text(b"").unwrap_err().code, "answer_empty");
        assert_eq!(text(&vec![b'a'; MAX_VALUE_BYTES]).unwrap_err().code, "answer_too_large");
        assert_eq!(Taking::File.take(b"RIFF"), Ok(Taken::File(b"RIFF".to_vec())));
        assert_eq!(Taking::default().take(b"<html>").unwrap_err().code, "answer_not_json");
    }

    #[test]
    fn files_come_out_of_base64() {
        let encoded =
            |text: &str| Taking::Encoded { path: "audio".into() }.take(json!({ "audio": text }).to_string().as_bytes());
        let file = vec![0xfb, 0xff, 1, 2];
        for text in ["+/8BAg==", "+/8BAg", "-_8BAg", "data:audio/mpeg;base64,+/8BAg==", "+/8B\nAg=="] {
            assert_eq!(encoded(text), Ok(Taken::File(file.clone())), "{text}");
        }
        for text in ["?", "", "data:nothing"] {
            assert!(encoded(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_stumble(answer in prop::collection::vec(any::<u8>(), 0..80), path in ".{0,20}") {
            for name in ["json", "text", "file", "encoded"] {
                let _either = Taking::of(name, &path).unwrap().take(&answer);
            }
        }

        #[test]
        fn every_place_of_a_pointer_is_found(steps in prop::collection::vec("[a-z/~.]{1,4}", 1..5)) {
            let json = steps.iter().rev().fold(json!(1), |inner, step| json!({ step.as_str(): inner }));
            let pointer: String =
                steps.iter().map(|step| format!("/{}", step.replace('~', "~0").replace('/', "~1"))).collect();
            let taken = Taking::Json { path: pointer }.take(json.to_string().as_bytes());
            prop_assert_eq!(taken, Ok(Taken::Value(json!(1))));
        }
    }
}
