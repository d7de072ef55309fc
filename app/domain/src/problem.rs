//! An [`Error`] on the wire: problem details for HTTP APIs (RFC 9457), for programs and for the browser alike.

use serde::{Deserialize, Serialize};

use crate::{Error, Kind};

/// Its media type.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// The document. Beside the standard's members it carries `code` and `field`, so that an [`Error`] survives the journey.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// No page explains it: the code does.
    #[serde(rename = "type")]
    pub about: String,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable, unique per cause.
    pub code: String,
    /// The input that caused it.
    #[serde(default)]
    pub field: Option<String>,
    /// One kind sentence.
    pub detail: String,
    /// The request, by which it is found in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

impl Problem {
    /// The problem a refusal by this status makes, where no rule of ours was asked: a wrong method, a body too large.
    #[must_use]
    pub fn of_status(status: u16, title: &str) -> Self {
        let detail = match status {
            403 => "This request came from another site, or without the right to make it.",
            404 => "There is nothing at this address.",
            405 => "This address does not answer to that method.",
            408 | 503 | 504 => "This took too long, or the server is busy. Please try again in a moment.",
            413 => "This is larger than can be received here.",
            415 => "This is not in a form that can be read here.",
            400..=499 => "This request could not be understood.",
            _ => "Something went wrong on our side. Please try again.",
        };
        let code = title.to_lowercase().replace([' ', '-'], "_").replace('\'', "");
        Self {
            about: "about:blank".to_owned(),
            title: title.to_owned(),
            status,
            code,
            field: None,
            detail: detail.to_owned(),
            instance: None,
        }
    }

    /// With the request's name.
    #[must_use]
    pub fn at(mut self, instance: String) -> Self {
        self.instance = Some(instance);
        self
    }
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self {
            about: "about:blank".to_owned(),
            title: error.kind.title().to_owned(),
            status: error.status(),
            code: error.code.clone().into_owned(),
            field: error.field.clone().map(std::borrow::Cow::into_owned),
            detail: error.message.clone(),
            instance: None,
        }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self {
            kind: Kind::of_status(problem.status),
            code: problem.code.into(),
            field: problem.field.map(Into::into),
            message: problem.detail,
        }
    }
}

impl Kind {
    /// All families.
    pub const ALL: [Self; 9] = [
        Self::Invalid,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::Conflict,
        Self::TooLarge,
        Self::Unsupported,
        Self::RateLimited,
        Self::Internal,
    ];

    /// The HTTP status in words.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Invalid => "Unprocessable Entity",
            Self::Unauthenticated => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::NotFound => "Not Found",
            Self::Conflict => "Conflict",
            Self::TooLarge => "Payload Too Large",
            Self::Unsupported => "Unsupported Media Type",
            Self::RateLimited => "Too Many Requests",
            Self::Internal => "Internal Server Error",
        }
    }

    /// The family a status belongs to.
    #[must_use]
    pub fn of_status(status: u16) -> Self {
        match status {
            401 => Self::Unauthenticated,
            403 => Self::Forbidden,
            404 => Self::NotFound,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            415 => Self::Unsupported,
            429 => Self::RateLimited,
            400..=499 => Self::Invalid,
            _ => Self::Internal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_survives_the_journey() {
        for kind in Kind::ALL {
            let error = Error::new(kind, "some_code", "A kind sentence.").on("email");
            let problem = Problem::from(&error).at("urn:uuid:0192f0c1-2a3b-7c4d-8e5f-6a7b8c9d0e1f".to_owned());
            let json = serde_json::to_string(&problem).expect("plain data");
            let back: Problem = serde_json::from_str(&json).expect("same shape");
            assert_eq!(Error::from(back), error);
        }
    }

    #[test]
    fn it_is_written_as_the_standard_says() {
        let problem = Problem::from(&Error::not_found("task"));
        assert_eq!(
            serde_json::to_string(&problem).expect("plain data"),
            r#"{"type":"about:blank","title":"Not Found","status":404,"code":"not_found","field":null,"detail":"This task does not exist, or you cannot see it."}"#
        );
    }

    #[test]
    fn a_bare_status_says_what_to_do() {
        let problem = Problem::of_status(405, "Method Not Allowed");
        assert_eq!((problem.code.as_str(), Error::from(problem.clone()).kind), ("method_not_allowed", Kind::Invalid));
        assert_eq!(Error::from(Problem::of_status(503, "Service Unavailable")).kind, Kind::Internal);
    }
}
