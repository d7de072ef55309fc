//! Client APIs: services outside that fill a field of tasks, such as speech for a text, its translation, or the text of a
//! picture.
//!
//! What is sent is a [`Template`]; what of the answer becomes the value is a [`Taking`]. The APIs of one field are asked in
//! their order until one of them answers: the first is the one people want, the others stand in for it.

mod form;
mod run;
mod taking;
mod template;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::id::{ClientApiId, TaskId};
use crate::{Error, Result};

pub use form::{
    ClientApiForm, MAX_COST, MAX_FIELD_CHARS, MAX_GROUP_CHARS, MAX_TIMEOUT_S, MAX_URL_CHARS, USUAL_CURRENCY,
};
pub use run::{FillFailure, FillOrder, FillRun, MAX_TASKS_NAMED};
pub use taking::{MAX_PATH_CHARS, MAX_VALUE_BYTES, Taken, Taking};
pub use template::{MAX_TEMPLATE_BYTES, Template, is_something};

/// The most client APIs of one project.
pub const MAX_CLIENT_APIS: i64 = 50;

/// How a service is asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// What is sent is the body.
    #[default]
    Post,
    /// The same.
    Put,
    /// What is sent stands in the address.
    Get,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Post, Self::Put, Self::Get];

    /// As it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Get => "GET",
        }
    }

    /// Of this name, however it is written.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(name))
    }
}

/// A client API as people see it. The values of its headers are never among what they see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientApi {
    /// Which.
    pub client_api_id: ClientApiId,
    /// The field it fills.
    pub data_key: String,
    /// Its name among those of the field.
    pub group: String,
    /// When it is asked among those of the field, from 1.
    pub position: i32,
    /// Where it is.
    pub url: String,
    /// How it is asked.
    pub method: Method,
    /// The names of the headers that go along.
    pub headers: Vec<String>,
    /// What is sent, as it was typed.
    pub payload: String,
    /// What of the answer becomes the value.
    pub taking: Taking,
    /// How long an answer is waited for, in seconds.
    pub timeout_s: i32,
    /// What a call costs.
    pub cost_per_call: Decimal,
    /// In which currency.
    pub currency: String,
    /// The most it may cost in all.
    pub budget: Option<Decimal>,
    /// The most calls of one day (UTC).
    pub calls_per_day: Option<i64>,
    /// Whether it is asked about tasks as they are imported.
    pub at_import: bool,
    /// Whether it is asked at all.
    pub is_enabled: bool,
    /// How often it was asked.
    pub calls: i64,
    /// How often that failed.
    pub failures: i64,
    /// What it has cost, in its currency.
    pub cost: Decimal,
    /// How often it was asked today.
    pub calls_today: i64,
    /// When it was asked last.
    pub called_at: Option<DateTime<Utc>>,
    /// What went wrong last, where nothing has gone well since.
    pub trouble: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub updated_at: DateTime<Utc>,
}

impl ClientApi {
    /// The form that changes nothing about it.
    #[must_use]
    pub fn form(&self) -> ClientApiForm {
        ClientApiForm {
            data_key: self.data_key.clone(),
            group: self.group.clone(),
            url: self.url.clone(),
            method: self.method,
            headers: self
                .headers
                .iter()
                .map(|name| crate::webhook::Header { name: name.clone(), value: None })
                .collect(),
            payload: self.payload.clone(),
            taking: self.taking.clone(),
            timeout_s: self.timeout_s,
            cost_per_call: self.cost_per_call,
            currency: self.currency.clone(),
            budget: self.budget,
            calls_per_day: self.calls_per_day,
            at_import: self.at_import,
            is_enabled: self.is_enabled,
        }
    }
}

/// Everything the page of a project's client APIs shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClientApisView {
    /// By field, those of one field in their order.
    pub apis: Vec<ClientApi>,
    /// The newest runs.
    pub runs: Vec<FillRun>,
    /// The first task, to show what would be sent for it.
    pub sample: Option<SampleTask>,
}

/// A task to try things with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SampleTask {
    /// Which.
    pub task_id: TaskId,
    /// Its fields.
    pub data: Map<String, Value>,
}

/// What is sent for a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// In the address.
    pub query: Vec<(String, String)>,
    /// The body.
    pub body: Option<Value>,
}

/// What `template` asks about a task with this data, by `method`.
///
/// # Errors
/// A field that the task does not have; an address that would have to hold what is no list of names and values.
pub fn question(template: &Template, method: Method, data: &Map<String, Value>) -> Result<Question> {
    let rendered = template.render(data)?;
    if method != Method::Get {
        return Ok(Question { query: Vec::new(), body: rendered });
    }
    let refuse = || {
        let message = "With GET, what is sent is an object of texts and numbers: they become part of the address.";
        Error::invalid("payload", "payload_no_query", message)
    };
    let mut query = Vec::new();
    match rendered {
        None => {}
        Some(Value::Object(members)) => {
            for (name, value) in members {
                let values = match value {
                    Value::Array(items) => items,
                    one => vec![one],
                };
                for value in values {
                    match value {
                        Value::Object(_) | Value::Array(_) => return Err(refuse()),
                        Value::Null => {}
                        plain => query.push((name.clone(), template::words(&plain))),
                    }
                }
            }
        }
        Some(_) => return Err(refuse()),
    }
    Ok(Question { query, body: None })
}

/// What was tried, and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tried {
    /// How and where it was asked.
    pub method: Method,
    /// With what stands in the address.
    pub url: String,
    /// Names, and masks for secrets.
    pub headers: Vec<(String, String)>,
    /// What was sent.
    pub body: Option<Value>,
    /// What it answered with.
    pub status: Option<u16>,
    /// What it says the answer is.
    pub content_type: String,
    /// The beginning of the answer, where it is text.
    pub answer: String,
    /// How large the answer is, as far as it was read.
    pub size_bytes: u64,
    /// How long it took.
    pub duration_ms: i64,
    /// What the field would hold; the kind of a file in place of its address.
    pub value: Option<Value>,
    /// What went wrong.
    pub trouble: Option<String>,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_question_goes_into_the_body_or_the_address() {
        let data = json!({ "text": "a b", "n": 2, "tags": ["x", "y"], "deep": {"a": 1} });
        let data = data.as_object().unwrap();
        let ask = |text: &str, method| question(&Template::read(text).unwrap(), method, data);
        let body = ask(r#"{"q": "$text"}"#, Method::Post).unwrap();
        assert_eq!(body, Question { query: vec![], body: Some(json!({ "q": "a b" })) });
        let pairs = ask(r#"{"q": "$text", "n": "$n", "t": "$tags", "no": null}"#, Method::Get).unwrap();
        let mut query = pairs.query.clone();
        query.sort();
        let expected = [("n", "2"), ("q", "a b"), ("t", "x"), ("t", "y")];
        assert_eq!(query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(pairs.body, None);
        assert_eq!(ask("", Method::Get).unwrap(), Question { query: vec![], body: None });
        for wrong in [r#""$text""#, r#"{"q": "$deep"}"#, r#"[1]"#] {
            assert_eq!(ask(wrong, Method::Get).unwrap_err().code, "payload_no_query", "{wrong}");
        }
    }

    #[test]
    fn methods_have_names() {
        for method in Method::ALL {
            assert_eq!(Method::from_name(&method.as_str().to_lowercase()), Some(method));
            assert_eq!(serde_json::to_value(method).unwrap(), method.as_str());
        }
        assert_eq!(Method::from_name("DELETE"), None);
    }
}
