//! Headers of people's own: what a server wants to see beside what is said anyway. Others that are called with headers of
//! people's own use the same.

use serde::{Deserialize, Serialize};

use crate::{Error, Result};

/// The most headers that go along.
pub const MAX_HEADERS: usize = 20;
/// What stands for a value that is not shown.
pub const MASK: &str = "••••••••";
const MAX_NAME_CHARS: usize = 100;
const MAX_VALUE_CHARS: usize = 4_096;

/// What is ours or the connection's to say.
const RESERVED: [&str; 14] = [
    "host",
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "upgrade",
    "expect",
    "te",
    "trailer",
    "proxy-authorization",
    "user-agent",
    "x-signature",
    "x-timestamp",
];

/// One header. It is never printed with its value.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// As it was typed.
    pub name: String,
    /// Nothing for the value that is known already.
    pub value: Option<String>,
}

impl std::fmt::Debug for Header {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Header({:?})", self.name)
    }
}

/// Headers of a webhook as they are stored.
pub(super) fn checked(headers: Vec<Header>) -> Result<Vec<Header>> {
    check_headers(headers, |name| RESERVED.contains(&name) || name.starts_with("webhook-"))
}

/// Headers as they are stored; `is_ours` knows those that are not people's to say, in small letters. A value that is the mask
/// stands for the one that is known.
///
/// # Errors
/// More than fit, and what cannot be sent.
pub fn check_headers(headers: Vec<Header>, is_ours: impl Fn(&str) -> bool) -> Result<Vec<Header>> {
    let refuse = |code, message: String| Err(Error::invalid("headers", code, message));
    if headers.len() > MAX_HEADERS {
        return refuse("too_many_headers", format!("There can be {MAX_HEADERS} headers at most."));
    }
    let mut kept: Vec<Header> = Vec::with_capacity(headers.len());
    for Header { name, value } in headers {
        let name = name.trim().to_owned();
        let lower = name.to_ascii_lowercase();
        let is_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
        if name.is_empty() || name.len() > MAX_NAME_CHARS || !name.chars().all(is_token) {
            return refuse(
                "header_malformed",
                format!("“{name}” is no name of a header: letters, digits and dashes make one."),
            );
        }
        if is_ours(&lower) {
            return refuse("header_reserved", format!("“{name}” is sent by Synapse itself."));
        }
        if kept.iter().any(|other| other.name.eq_ignore_ascii_case(&name)) {
            return refuse("header_twice", format!("“{name}” is there twice."));
        }
        let value = value.map(|value| value.trim().to_owned()).filter(|value| value != MASK);
        let is_visible = |c: char| (' '..='~').contains(&c) || c == '\t';
        if value.as_ref().is_some_and(|value| value.len() > MAX_VALUE_CHARS || !value.chars().all(is_visible)) {
            let message = format!("The value of “{name}” has at most {MAX_VALUE_CHARS} plain characters on one line.");
            return refuse("header_value_malformed", message);
        }
        kept.push(Header { name, value });
    }
    Ok(kept)
}

/// Whether headers that are known may go to a new address: they stay with the server they were typed for.
///
/// # Errors
/// Values have to be typed again, or for the first time.
pub fn may_keep(headers: &[Header], known: &[String], is_same_server: bool) -> Result<()> {
    for Header { name, value } in headers {
        let is_known = known.iter().any(|known| known.eq_ignore_ascii_case(name));
        match (value, is_known) {
            (Some(_), _) => {}
            (None, true) if is_same_server => {}
            (None, true) => {
                let message = format!("The address leads to another server: please type the value of “{name}” for it.");
                return Err(Error::invalid("headers", "header_of_another_server", message));
            }
            (None, false) => {
                let message = format!("Please type the value of “{name}”.");
                return Err(Error::invalid("headers", "header_without_value", message));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &str, value: &str) -> Header {
        Header { name: name.into(), value: Some(value.into()) }
    }

    #[test]
    fn only_what_a_header_can_hold_is_kept() {
        let kept = checked(vec![header(" Authorization ", " Bearer x "), header("X-Key", MASK)]).unwrap();
        assert_eq!(kept[0], header("Authorization", "Bearer x"));
        assert_eq!(kept[1], Header { name: "X-Key".into(), value: None });
        assert!(!format!("{kept:?}").contains("Bearer"), "never printed");
        for (headers, code) in [
            (vec![header("", "x")], "header_malformed"),
            (vec![header("X Key", "x")], "header_malformed"),
            (vec![header("X-Ключ", "x")], "header_malformed"),
            (vec![header("Host", "x")], "header_reserved"),
            (vec![header("Webhook-Signature", "x")], "header_reserved"),
            (vec![header("x-signature", "x")], "header_reserved"),
            (vec![header("X-Key", "x"), header("x-key", "y")], "header_twice"),
            (vec![header("X-Key", "a\r\nHost: b")], "header_value_malformed"),
            (vec![header("X-Key", "ключ")], "header_value_malformed"),
            (vec![header("X-Key", &"a".repeat(4_097))], "header_value_malformed"),
            ((0..21).map(|n| header(&format!("X-{n}"), "x")).collect(), "too_many_headers"),
        ] {
            assert_eq!(checked(headers.clone()).unwrap_err().code, code, "{headers:?}");
        }
    }
}
