//! The only error that reaches a browser or an API client.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// What went wrong, in a way a person or a program can act on.
///
/// `code` is stable and may be matched by programs; `message` is a kind sentence for people; `field` names the input
/// it belongs to, so that a form can show it there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    /// The family, which decides the HTTP status.
    pub kind: Kind,
    /// Stable, `snake_case`, unique per cause.
    pub code: Cow<'static, str>,
    /// The input that caused it, as named in the form or the JSON body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<Cow<'static, str>>,
    /// One sentence in plain words: what happened and what to do.
    pub message: String,
}

/// The family of an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The input breaks a rule.
    Invalid,
    /// Nobody is signed in, or the session has ended.
    Unauthenticated,
    /// Signed in, but without the right; the message says which.
    Forbidden,
    /// It does not exist, or belongs to another organization.
    NotFound,
    /// The present state does not allow it: a duplicate, a stale version, an illegal transition.
    Conflict,
    /// Too large to accept.
    TooLarge,
    /// In a form that is not read here.
    Unsupported,
    /// Too many attempts; try later.
    RateLimited,
    /// Our fault; the message carries an incident id and nothing else.
    Internal,
}

/// Shorthand for results with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error of a family, with its stable code and its sentence.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        Self { kind, code: Cow::Borrowed(code), field: None, message: message.into() }
    }

    /// The input `field` breaks a rule.
    pub fn invalid(field: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Invalid, code, message).on(field)
    }

    /// `what` ("project", "task") does not exist for this person.
    #[must_use]
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, "not_found", format!("This {what} does not exist, or you cannot see it."))
    }

    /// The present state does not allow it.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Kind::Conflict, code, message)
    }

    /// Nobody is signed in.
    #[must_use]
    pub fn unauthenticated() -> Self {
        Self::new(Kind::Unauthenticated, "unauthenticated", "Please sign in to continue.")
    }

    /// Signed in without the right to do `what` ("delete projects").
    #[must_use]
    pub fn forbidden(what: &str) -> Self {
        Self::new(Kind::Forbidden, "forbidden", format!("You do not have the right to {what} here."))
    }

    /// Names the input the error belongs to.
    #[must_use]
    pub fn on(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The HTTP status of the family.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self.kind {
            Kind::Invalid => 422,
            Kind::Unauthenticated => 401,
            Kind::Forbidden => 403,
            Kind::NotFound => 404,
            Kind::Conflict => 409,
            Kind::TooLarge => 413,
            Kind::Unsupported => 415,
            Kind::RateLimited => 429,
            Kind::Internal => 500,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn travels_as_json_and_back() {
        let error = Error::invalid("email", "email_malformed", "This does not look like an e-mail address.");
        let json = serde_json::to_string(&error).expect("plain data");
        assert_eq!(
            json,
            r#"{"kind":"invalid","code":"email_malformed","field":"email","message":"This does not look like an e-mail address."}"#
        );
        assert_eq!(serde_json::from_str::<Error>(&json).expect("same shape"), error);
    }
}
