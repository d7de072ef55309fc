//! Keys that programs act with in a person's name.
//!
//! There are two kinds, as the Label Studio SDK knows them: a *key* is sent with every request (`Authorization: Token …`); a
//! *personal access token* is exchanged for access that lasts minutes (`Authorization: Bearer …`).

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, id::TokenId};

/// What every key begins with, so that people and scanners of code recognise one.
pub const KEY_PREFIX: &str = "sk_live_";
/// The longest name of one.
pub const MAX_TITLE_CHARS: usize = 100;
/// How many a person has at most.
pub const MAX_TOKENS: i64 = 50;
/// The longest anybody can ask for, in days: a token that never ends is never looked at again.
pub const MAX_DAYS: u16 = 3_650;
/// How long the access lasts that a personal access token is exchanged for.
pub const ACCESS: TimeDelta = TimeDelta::minutes(5);

/// How a program shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// Sent with every request.
    Key,
    /// Exchanged for short access.
    Personal,
}

impl TokenKind {
    /// As stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Personal => "personal",
        }
    }

    /// The kind stored under a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Key, Self::Personal].into_iter().find(|kind| kind.name() == name)
    }
}

/// What may be done with it; never more than the person may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Look at things.
    Read,
    /// Everything the person may.
    Write,
}

impl Scope {
    /// As stored.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The scope stored under a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Read, Self::Write].into_iter().find(|scope| scope.name() == name)
    }

    /// Whether a request by this method may be made: those that only read always may.
    #[must_use]
    pub fn allows_method(self, method: &str) -> bool {
        self == Self::Write || ["GET", "HEAD", "OPTIONS"].contains(&method)
    }
}

/// A token somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// What it is for.
    pub title: String,
    /// How it is shown.
    pub kind: TokenKind,
    /// What it may.
    pub scope: Scope,
    /// After how many days it ends; `None` for a key that does not. A personal access token always ends.
    pub days: Option<u16>,
}

impl NewToken {
    /// With its title trimmed.
    ///
    /// # Errors
    /// A title that is empty or too long; days beyond [`MAX_DAYS`]; a personal access token without an end.
    pub fn checked(self) -> Result<Self> {
        let title = self.title.trim().to_owned();
        if title.is_empty() {
            return Err(Error::invalid("title", "token_title_missing", "Please say what it is for."));
        }
        if title.chars().count() > MAX_TITLE_CHARS {
            let message = format!("A name has {MAX_TITLE_CHARS} characters at most.");
            return Err(Error::invalid("title", "token_title_too_long", message));
        }
        match self.days {
            Some(0) | None if self.kind == TokenKind::Personal || self.days == Some(0) => {
                Err(Error::invalid("days", "token_days_missing", "Please say after how many days it ends."))
            }
            Some(days) if days > MAX_DAYS => {
                let message = format!("A token ends after {MAX_DAYS} days at the latest.");
                Err(Error::invalid("days", "token_days_too_many", message))
            }
            _ => Ok(Self { title, ..self }),
        }
    }

    /// When it ends.
    #[must_use]
    pub fn ends_at(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.days.map(|days| now + TimeDelta::days(days.into()))
    }
}

/// A token as its owner sees it: everything but the secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenInfo {
    /// Which.
    pub token_id: TokenId,
    /// What it is for.
    pub title: String,
    /// How it is shown.
    pub kind: TokenKind,
    /// What it may.
    pub scope: Scope,
    /// Its last characters, by which one knows it again.
    pub hint: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: Option<DateTime<Utc>>,
    /// When a program last came with it.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A token just made. The secret is shown this once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreatedToken {
    /// As in the list.
    pub info: TokenInfo,
    /// What programs show.
    pub secret: String,
}

impl std::fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CreatedToken").field("info", &self.info).finish_non_exhaustive()
    }
}

/// What a request says about who sends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential<'a> {
    /// `Token sk_live_…`, or a key in `X-API-Key`.
    Key(&'a str),
    /// `Bearer …`.
    Bearer(&'a str),
}

/// Reads an `Authorization` header; `None` for schemes that are not ours.
#[must_use]
pub fn credential(header: &str) -> Option<Credential<'_>> {
    let (scheme, value) = header.trim().split_once(' ')?;
    let value = value.trim();
    match scheme.to_ascii_lowercase().as_str() {
        "token" => Some(Credential::Key(value)),
        // Some programs send their key as a bearer.
        "bearer" if value.starts_with(KEY_PREFIX) => Some(Credential::Key(value)),
        "bearer" => Some(Credential::Bearer(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(title: &str, kind: TokenKind, days: Option<u16>) -> NewToken {
        NewToken { title: title.to_owned(), kind, scope: Scope::Write, days }
    }

    #[test]
    fn tokens_have_a_name_and_personal_ones_an_end() {
        let long = "x".repeat(MAX_TITLE_CHARS + 1);
        for (new, code) in [
            (token("  ", TokenKind::Key, None), Some("token_title_missing")),
            (token(&long, TokenKind::Key, None), Some("token_title_too_long")),
            (token("CI", TokenKind::Key, None), None),
            (token("CI", TokenKind::Key, Some(0)), Some("token_days_missing")),
            (token("CI", TokenKind::Personal, None), Some("token_days_missing")),
            (token("CI", TokenKind::Personal, Some(30)), None),
            (token("CI", TokenKind::Key, Some(MAX_DAYS + 1)), Some("token_days_too_many")),
        ] {
            let refused = new.clone().checked().err().map(|error| error.code);
            assert_eq!(refused.as_deref(), code, "{new:?}");
        }
        assert_eq!(token(" CI ", TokenKind::Key, None).checked().unwrap().title, "CI");
    }

    #[test]
    fn headers_name_a_key_or_a_bearer() {
        for (header, expected) in [
            ("Token sk_live_abc", Some(Credential::Key("sk_live_abc"))),
            ("token   abc ", Some(Credential::Key("abc"))),
            ("Bearer a.b.c", Some(Credential::Bearer("a.b.c"))),
            ("bearer sk_live_abc", Some(Credential::Key("sk_live_abc"))),
            ("Basic abc", None),
            ("sk_live_abc", None),
            ("", None),
        ] {
            assert_eq!(credential(header), expected, "{header:?}");
        }
    }

    #[test]
    fn reading_is_all_a_reader_may() {
        for (method, reads) in [("GET", true), ("HEAD", true), ("OPTIONS", true), ("POST", false), ("DELETE", false)] {
            assert_eq!((Scope::Read.allows_method(method), Scope::Write.allows_method(method)), (reads, true));
        }
    }
}
