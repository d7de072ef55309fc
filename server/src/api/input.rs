//! What programs send: JSON, forms and multipart read into one type, with every refusal naming the field it is about.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequest, FromRequestParts, Multipart, Path, Request},
};
use domain::{Error as Problem, Kind};
use http::{header, request::Parts};
use serde::de::{DeserializeOwned, Error as _};
use serde_json::Value;

use crate::error::Failure;

/// The largest body of a question that is no import, in bytes.
pub(super) const MAX_BYTES: usize = 32 << 20;

/// A body: JSON, `application/x-www-form-urlencoded` or `multipart/form-data`. None at all is an empty object.
pub struct Input<T>(pub T);

/// The query of an address.
pub struct Query<T>(pub T);

/// The ids in an address; what is no id is not found.
pub struct At<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or("application/json").split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        match kind.as_str() {
            "application/json" => json(&bytes(request.into_body()).await?).map(Self),
            "application/x-www-form-urlencoded" => form(&bytes(request.into_body()).await?).map(Self),
            "multipart/form-data" => {
                let limited = request.map(|body| Body::new(http_body_util::Limited::new(body, MAX_BYTES)));
                let parts = Multipart::from_request(limited, state).await.map_err(|_| broken())?;
                form(&encoded(parts).await?).map(Self)
            }
            kind if kind.starts_with("application/") && kind.ends_with("+json") => {
                json(&bytes(request.into_body()).await?).map(Self)
            }
            _ => Err(unsupported().into()),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        let query = parts.uri.query().unwrap_or_default();
        // No text of ours holds one, and the database stores none.
        if query.contains("%00") {
            let message = "This holds a NUL character (%00), which nothing here is called.";
            return Err(Problem::new(Kind::Invalid, "query_unprintable", message).into());
        }
        form(query.as_bytes()).map(Self)
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for At<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Path(ids) = Path::<T>::from_request_parts(parts, state).await.map_err(|_| Problem::not_found("address"))?;
        Ok(Self(ids))
    }
}

/// A body that is read whole.
pub(super) async fn bytes(body: Body) -> Result<Vec<u8>, Failure> {
    let limit = || {
        let message = format!("A request has {} MB at most. Send more tasks as a file.", MAX_BYTES >> 20);
        Problem::new(Kind::TooLarge, "body_too_large", message)
    };
    Ok(to_bytes(body, MAX_BYTES).await.map_err(|_| limit())?.to_vec())
}

/// Reads JSON; nothing at all is an empty object.
pub(super) fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let bytes: &[u8] = if bytes.iter().all(u8::is_ascii_whitespace) { b"{}" } else { bytes };
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        match error.inner().classify() {
            serde_json::error::Category::Data => misfit(&path, &error.inner().to_string()),
            _ => Problem::new(Kind::Invalid, "json_malformed", format!("This is not JSON: {}.", error.inner())),
        }
    })?;
    reader.end().map_err(|_| Problem::new(Kind::Invalid, "json_malformed", "There is something behind the JSON."))?;
    Ok(value)
}

/// Reads `name=value&…`.
pub(super) fn form<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    let reader = serde_html_form::Deserializer::new(url::form_urlencoded::parse(bytes));
    serde_path_to_error::deserialize(reader)
        .map_err(|error| misfit(&error.path().to_string(), &error.inner().to_string()).into())
}

/// The plain fields of a form in parts, as the other kind of form.
async fn encoded(mut parts: Multipart) -> Result<Vec<u8>, Failure> {
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(|_| broken())? {
        let name = part.name().unwrap_or_default().to_owned();
        let value = part.text().await.map_err(|_| broken())?;
        fields.push((name, value));
    }
    Ok(url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish().into_bytes())
}

fn broken() -> Problem {
    Problem::new(Kind::Invalid, "body_malformed", "This form could not be read.")
}

pub(super) fn unsupported() -> Problem {
    let message = "Send JSON (application/json) or a form (application/x-www-form-urlencoded, multipart/form-data).";
    Problem::new(Kind::Unsupported, "media_type_unsupported", message)
}

/// What a field should have been, in words.
fn misfit(path: &str, cause: &str) -> Problem {
    let field = path.split(['.', '[']).next().unwrap_or_default().to_owned();
    if let Some(name) = cause.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let message = format!("“{name}” is missing.");
        return Problem::new(Kind::Invalid, "field_missing", message).on(name.to_owned());
    }
    let expected = cause.rsplit_once("expected ").map_or("", |(_, rest)| rest);
    let expected = expected.split(" at line ").next().unwrap_or_default();
    let wanted = match expected {
        "i64" | "i32" | "i16" | "u64" | "u32" | "u16" | "u8" | "usize" => "a whole number",
        "f64" | "f32" => "a number",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" => "text",
        "a sequence" => "a list",
        "a map" => "an object",
        other if other.starts_with("struct ") => "an object",
        other => other,
    };
    let message = match (field.as_str(), wanted) {
        ("" | "?", "") => "This could not be read.".to_owned(),
        ("" | "?", wanted) => format!("This should be {wanted}."),
        (field, "") => format!("“{field}” could not be read: {}.", cause.split(" at line ").next().unwrap_or(cause)),
        (field, wanted) => format!("“{field}” should be {wanted}."),
    };
    let problem = Problem::new(Kind::Invalid, "field_malformed", message);
    if matches!(field.as_str(), "" | "?") { problem } else { problem.on(field) }
}

/// Whether a word in an address means yes.
pub fn is_yes(text: Option<&str>, usual: bool) -> bool {
    match text.map(str::to_ascii_lowercase).as_deref() {
        Some("true" | "1" | "yes" | "on") => true,
        Some("false" | "0" | "no" | "off") => false,
        _ => usual,
    }
}

/// Yes or no, as JSON or as addresses say it: `true`, `1`, `yes`, `on` and their opposites, in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flag(pub bool);

impl<'de> serde::Deserialize<'de> for Flag {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let known = match Value::deserialize(deserializer)? {
            Value::Bool(yes) => Some(yes),
            Value::String(word) if is_yes(Some(&word), false) => Some(true),
            Value::String(word) if !is_yes(Some(&word), true) => Some(false),
            _ => None,
        };
        known.map(Self).ok_or_else(|| D::Error::custom("not understood, expected a boolean"))
    }
}

/// An object of a known shape, also written as text in a form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Nested<T>(pub T);

impl<'de, T: DeserializeOwned> serde::Deserialize<'de> for Nested<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Json(value) = Json::deserialize(deserializer)?;
        T::deserialize(value).map(Self).map_err(D::Error::custom)
    }
}

/// Any JSON, also written as text in a form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Json(pub Value);

impl<'de> serde::Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => match text.trim_start().starts_with(['{', '[', '"']) || text == "null" {
                true => serde_json::from_str(&text).map(Self).map_err(D::Error::custom),
                false => Ok(Self(Value::String(text))),
            },
            value => Ok(Self(value)),
        }
    }
}

impl Json {
    /// The object it has to be.
    ///
    /// # Errors
    /// *Invalid* on `field`.
    pub fn object(self, field: &'static str) -> Result<serde_json::Map<String, Value>, Problem> {
        match self.0 {
            Value::Object(map) => Ok(map),
            _ => Err(Problem::invalid(field, "field_malformed", format!("“{field}” should be an object."))),
        }
    }

    /// The list it has to be.
    ///
    /// # Errors
    /// *Invalid* on `field`.
    pub fn list(self, field: &'static str) -> Result<Vec<Value>, Problem> {
        match self.0 {
            Value::Array(list) => Ok(list),
            _ => Err(Problem::invalid(field, "field_malformed", format!("“{field}” should be a list."))),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Sample {
        title: String,
        #[serde(default)]
        count: Option<i32>,
        #[serde(default)]
        shown: Option<bool>,
        #[serde(default)]
        ids: Vec<i64>,
        #[serde(default)]
        data: Option<Json>,
    }

    fn refusal<T: std::fmt::Debug>(read: Result<T, Failure>) -> (String, String) {
        let problem = read.unwrap_err().problem().unwrap();
        (problem.field.unwrap_or_default().into_owned(), problem.message)
    }

    #[test]
    fn a_refusal_names_the_field() {
        for (text, field, message) in [
            ("{}", "title", "“title” is missing."),
            (r#"{"title": 5}"#, "title", "“title” should be text."),
            (r#"{"title": "x", "count": "many"}"#, "count", "“count” should be a whole number."),
            (r#"{"title": "x", "shown": "perhaps"}"#, "shown", "“shown” should be true or false."),
            (r#"{"title": "x", "ids": [1, "b"]}"#, "ids", "“ids” should be a whole number."),
            (r#"{"title": "x", "ids": 4}"#, "ids", "“ids” should be a list."),
            ("[]", "", "This should be an object."),
            ("{", "", "This is not JSON: EOF while parsing an object at line 1 column 1."),
            (r#"{"title": "x"} y"#, "", "There is something behind the JSON."),
        ] {
            assert_eq!(refusal(json::<Sample>(text.as_bytes())), (field.to_owned(), message.to_owned()), "{text}");
        }
        let (field, message) = refusal(form::<Sample>(b"title=x&count=many"));
        assert_eq!((field.as_str(), message.is_empty()), ("count", false), "{message}");
    }

    #[test]
    fn forms_say_the_same_as_json() {
        let from_form: Sample = form(b"title=A+b&count=3&shown=true&ids=1&ids=2&data=%7B%22a%22%3A1%7D").unwrap();
        let from_json: Sample =
            json(br#"{"title": "A b", "count": 3, "shown": true, "ids": [1, 2], "data": {"a": 1}}"#).unwrap();
        assert_eq!(from_form, from_json);
        assert_eq!(from_json.data.unwrap().object("data").unwrap(), *json!({ "a": 1 }).as_object().unwrap());
    }
}
