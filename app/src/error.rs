//! The error a server function answers with: a rule that was broken, or a wire that broke.

use domain::problem::{MEDIA_TYPE, Problem};
use domain::{Error, Kind};
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType};
use serde::{Deserialize, Serialize};

/// What a screen has to react to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// The server answered, and this is what it said.
    #[error("{0}")]
    Domain(#[from] Error),
    /// The question or the answer got lost on the way. The text is for logs, not for people.
    #[error("{0}")]
    Transport(String),
}

/// Shorthand for what server functions return.
pub type Result<T, E = AppError> = std::result::Result<T, E>;

impl AppError {
    /// One kind sentence for people.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Domain(error) => error.message.clone(),
            Self::Transport(_) => {
                "The server could not be reached. Check the connection and try again; nothing was lost.".to_owned()
            }
        }
    }

    /// The input it belongs to.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Domain(error) => error.field.as_deref(),
            Self::Transport(_) => None,
        }
    }

    /// The family, where the server answered.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Self::Domain(error) => Some(error.kind),
            Self::Transport(_) => None,
        }
    }

    /// The stable code, where the server answered.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Domain(error) => Some(&error.code),
            Self::Transport(_) => None,
        }
    }

    /// The HTTP status of a page that has nothing but this to say.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::Domain(error) => error.status(),
            Self::Transport(_) => 502,
        }
    }

    /// Whether the session has ended and signing in again would help. (A wrong password is of the same kind.)
    #[must_use]
    pub fn needs_sign_in(&self) -> bool {
        self.code() == Some("unauthenticated")
    }
}

/// How a refusal travels: as the problem document that programs get too.
pub struct ProblemEncoding;

impl ContentType for ProblemEncoding {
    const CONTENT_TYPE: &'static str = MEDIA_TYPE;
}

impl FormatType for ProblemEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl Encodes<AppError> for ProblemEncoding {
    type Error = serde_json::Error;

    fn encode(error: &AppError) -> Result<Bytes, Self::Error> {
        let problem = match error {
            AppError::Domain(error) => Problem::from(error),
            // Its text is for logs.
            AppError::Transport(_) => Problem::of_status(500, Kind::Internal.title()),
        };
        serde_json::to_vec(&problem).map(Bytes::from)
    }
}

impl Decodes<AppError> for ProblemEncoding {
    type Error = serde_json::Error;

    fn decode(bytes: Bytes) -> Result<AppError, Self::Error> {
        // What is no problem was not written by us: a proxy in between, a page of an error.
        Ok(serde_json::from_slice::<Problem>(&bytes)
            .map_or_else(|error| AppError::Transport(error.to_string()), |problem| AppError::Domain(problem.into())))
    }
}

/// An input that does not even have the right shape: a program's mistake, or mischief.
fn malformed() -> AppError {
    AppError::Domain(Error::new(
        Kind::Invalid,
        "malformed_request",
        "Something in this form could not be read. Reload the page and try again.",
    ))
}

impl FromServerFnError for AppError {
    type Encoder = ProblemEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            // What a middleware says in front of a function, in the words of the rest.
            ServerFnErrorErr::MiddlewareError(text) | ServerFnErrorErr::Response(text) => {
                serde_json::from_str::<Error>(&text).map_or(Self::Transport(text), Self::Domain)
            }
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => malformed(),
            // On the server it is the question that could not be read, in the browser the answer.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => malformed(),
            other => Self::Transport(other.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_error_survives_the_wire() {
        let error = AppError::Domain(Error::invalid("email", "email_taken", "There is an account with this address."));
        assert_eq!(AppError::de(error.ser()), error);
    }

    #[test]
    fn noise_on_the_wire_is_a_transport_error() {
        assert!(matches!(AppError::de(b"<html>502</html>".to_vec().into()), AppError::Transport(_)));
    }

    #[test]
    fn middleware_may_speak_in_domain_errors() {
        let text = serde_json::to_string(&Error::unauthenticated()).unwrap();
        assert!(AppError::from_server_fn_error(ServerFnErrorErr::MiddlewareError(text)).needs_sign_in());
    }
}
