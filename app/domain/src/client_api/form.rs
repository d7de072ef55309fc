//! A client API to be made, or as it is to be from now on.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Method, Taking, Template, question};
use crate::webhook::{Header, check_headers};
use crate::{Error, Result};

/// The most characters of a field's name.
pub const MAX_FIELD_CHARS: usize = 50;
/// The most characters of a group's name.
pub const MAX_GROUP_CHARS: usize = 100;
/// The most characters of an address.
pub const MAX_URL_CHARS: usize = 2_048;
/// The longest that an answer is waited for, in seconds.
pub const MAX_TIMEOUT_S: i32 = 120;
/// The most that a call, and all of them, may cost.
pub const MAX_COST: i64 = 1_000_000_000;
/// As finely as a cost is told.
const MAX_COST_DIGITS: u32 = 9;
/// Of costs, until somebody says otherwise.
pub const USUAL_CURRENCY: &str = "USD";

/// What the connection itself says.
const RESERVED: [&str; 10] = [
    "host",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "upgrade",
    "expect",
    "te",
    "trailer",
    "proxy-authorization",
];

/// A client API to be made, or as it is to be from now on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClientApiForm {
    /// The field it fills.
    pub data_key: String,
    /// Its name among those of the field.
    pub group: String,
    /// Where it is.
    pub url: String,
    /// How it is asked.
    pub method: Method,
    /// What goes along, as for signing in over there.
    pub headers: Vec<Header>,
    /// What is sent, as JSON with fields in it.
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
}

impl Default for ClientApiForm {
    fn default() -> Self {
        Self {
            data_key: String::new(),
            group: "group1".to_owned(),
            url: String::new(),
            method: Method::Post,
            headers: Vec::new(),
            payload: String::new(),
            taking: Taking::default(),
            timeout_s: 30,
            cost_per_call: Decimal::ZERO,
            currency: USUAL_CURRENCY.to_owned(),
            budget: None,
            calls_per_day: None,
            at_import: false,
            is_enabled: true,
        }
    }
}

impl ClientApiForm {
    /// The client API as it is stored. Whether its address may be reached is for the server to say.
    ///
    /// # Errors
    /// A value outside its limits, a template or a place that cannot be read.
    pub fn checked(mut self) -> Result<Self> {
        self.data_key = name("data_key", &self.data_key, MAX_FIELD_CHARS, "Please name the field that is filled.")?;
        self.group = name("group", &self.group, MAX_GROUP_CHARS, "Please enter a name for the group.")?;
        self.url = self.url.trim().to_owned();
        if self.url.is_empty() {
            return Err(Error::invalid("url", "required", "Please enter the address of the service."));
        }
        if self.url.chars().count() > MAX_URL_CHARS {
            return Err(Error::invalid("url", "too_long", format!("At most {MAX_URL_CHARS} characters fit here.")));
        }
        self.headers = check_headers(self.headers, |name| RESERVED.contains(&name))?;
        let kind = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-type"));
        let kind = kind.and_then(|header| header.value.as_ref());
        if kind.is_some_and(|kind| !kind.to_ascii_lowercase().contains("json")) {
            let message = "What is sent is JSON, so the Content-Type is application/json; leave it out.";
            return Err(Error::invalid("headers", "header_reserved", message));
        }
        let template = Template::read(&self.payload)?;
        if template.fields().contains(self.data_key.as_str()) {
            let message = format!("“{}” is what is filled: it cannot be part of what is sent.", self.data_key);
            return Err(Error::invalid("payload", "payload_of_itself", message));
        }
        // What an address cannot hold is known before there is a task, but for what a field may be.
        let filler = template.fields().into_iter().map(|field| (field.to_owned(), Value::from("x")));
        if let Err(problem) = question(&template, self.method, &filler.collect::<Map<_, _>>())
            && problem.code == "payload_no_query"
        {
            return Err(problem);
        }
        self.taking = self.taking.checked()?;
        if !(1..=MAX_TIMEOUT_S).contains(&self.timeout_s) {
            let message = format!("Please enter a number of seconds from 1 to {MAX_TIMEOUT_S}.");
            return Err(Error::invalid("timeout_s", "out_of_range", message));
        }
        self.cost_per_call = cost("cost_per_call", self.cost_per_call)?;
        self.budget = self.budget.map(|budget| cost("budget", budget)).transpose()?;
        self.currency = self.currency.trim().to_ascii_uppercase();
        if self.currency.len() != 3 || !self.currency.chars().all(|letter| letter.is_ascii_uppercase()) {
            let message = "A currency is written as three letters, such as USD, EUR or INR.";
            return Err(Error::invalid("currency", "currency_malformed", message));
        }
        if self.calls_per_day.is_some_and(|calls| calls < 1) {
            let message = "Please enter a number of calls from 1, or nothing.";
            return Err(Error::invalid("calls_per_day", "out_of_range", message));
        }
        Ok(self)
    }

    /// Whether headers that are known may go to the new address: they stay with the server they were typed for.
    ///
    /// # Errors
    /// Values have to be typed again, or for the first time.
    pub fn may_keep_headers(&self, known: &[String], is_same_server: bool) -> Result<()> {
        crate::webhook::may_keep(&self.headers, known, is_same_server)
    }
}

fn name(field: &'static str, typed: &str, most: usize, missing: &str) -> Result<String> {
    let name = typed.trim().to_owned();
    if name.is_empty() {
        return Err(Error::invalid(field, "required", missing));
    }
    if name.chars().count() > most {
        return Err(Error::invalid(field, "too_long", format!("At most {most} characters fit here.")));
    }
    if name.chars().any(char::is_control) {
        return Err(Error::invalid(field, "name_malformed", "A name is on one line."));
    }
    Ok(name)
}

fn cost(field: &'static str, cost: Decimal) -> Result<Decimal> {
    let cost = cost.normalize();
    if cost < Decimal::ZERO || cost > Decimal::from(MAX_COST) || cost.scale() > MAX_COST_DIGITS {
        let message = format!("Please enter an amount from 0 with at most {MAX_COST_DIGITS} digits behind the point.");
        return Err(Error::invalid(field, "cost_malformed", message));
    }
    Ok(cost)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(change: impl FnOnce(&mut ClientApiForm)) -> ClientApiForm {
        let mut form = ClientApiForm {
            data_key: " audio_url ".into(),
            url: " https://tts.example.org/v1 ".into(),
            payload: r#"{"text": "$text"}"#.into(),
            ..ClientApiForm::default()
        };
        change(&mut form);
        form
    }

    fn header(name: &str, value: &str) -> Header {
        Header { name: name.into(), value: Some(value.into()) }
    }

    type Change = fn(&mut ClientApiForm);

    #[test]
    fn a_client_api_is_stored_within_its_limits() {
        let kept = form(|form| {
            form.currency = " eur ".into();
            form.cost_per_call = "0.0150".parse().unwrap();
            form.headers = vec![header("xi-api-key", "k"), header("Content-Type", "application/json")];
        });
        let kept = kept.checked().unwrap();
        assert_eq!((&*kept.data_key, &*kept.url, &*kept.currency), ("audio_url", "https://tts.example.org/v1", "EUR"));
        assert_eq!(kept.cost_per_call.to_string(), "0.015");
        let wrong: [(Change, &str, &str); 18] = [
            (|f| f.data_key = " ".into(), "data_key", "required"),
            (|f| f.data_key = "a".repeat(51), "data_key", "too_long"),
            (|f| f.data_key = "a\nb".into(), "data_key", "name_malformed"),
            (|f| f.group = String::new(), "group", "required"),
            (|f| f.url = String::new(), "url", "required"),
            (|f| f.url = "a".repeat(2_049), "url", "too_long"),
            (|f| f.payload = "{".into(), "payload", "payload_malformed"),
            (|f| f.payload = r#""$audio_url""#.into(), "payload", "payload_of_itself"),
            (
                |f| {
                    f.method = Method::Get;
                    f.payload = "[1]".into();
                },
                "payload",
                "payload_no_query",
            ),
            (|f| f.taking = Taking::Json { path: "a[".into() }, "path", "path_malformed"),
            (|f| f.timeout_s = 0, "timeout_s", "out_of_range"),
            (|f| f.cost_per_call = Decimal::NEGATIVE_ONE, "cost_per_call", "cost_malformed"),
            (|f| f.budget = Some("0.0000000001".parse().unwrap()), "budget", "cost_malformed"),
            (|f| f.currency = "Euro".into(), "currency", "currency_malformed"),
            (|f| f.calls_per_day = Some(0), "calls_per_day", "out_of_range"),
            (|f| f.headers = vec![header("Host", "x")], "headers", "header_reserved"),
            (|f| f.headers = vec![header("Content-Type", "text/plain")], "headers", "header_reserved"),
            (|f| f.headers = vec![header("a b", "x")], "headers", "header_malformed"),
        ];
        for (change, field, code) in wrong {
            let refused = form(change).checked().unwrap_err();
            assert_eq!((refused.field.as_deref(), &*refused.code), (Some(field), code));
        }
    }

    #[test]
    fn headers_stay_with_their_server() {
        let keeps = form(|form| form.headers = vec![Header { name: "X-Key".into(), value: None }]);
        let known = ["x-key".to_owned()];
        assert!(keeps.may_keep_headers(&known, true).is_ok());
        assert_eq!(keeps.may_keep_headers(&known, false).unwrap_err().code, "header_of_another_server");
    }
}
