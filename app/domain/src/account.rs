//! People: what they type to get in, and what is shown of them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result,
    access::OrgRole,
    id::{OrgId, SessionId, UserId},
};

/// A mail address that can be written to: one `@`, something on both sides, no spaces or control characters.
///
/// It keeps the spelling of the person; comparison is without case, in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Email(String);

impl Email {
    /// The longest address mail servers accept.
    pub const MAX_LENGTH: usize = 254;

    /// Reads what a person typed.
    ///
    /// # Errors
    /// When it cannot be a mail address.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        let malformed = || {
            Error::invalid(
                "email",
                "email_malformed",
                "This does not look like an e-mail address, for example ana@example.com.",
            )
        };
        if text.is_empty() {
            return Err(Error::invalid("email", "email_missing", "Please enter your e-mail address."));
        }
        if text.len() > Self::MAX_LENGTH
            || text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>,;\"()".contains(c))
        {
            return Err(malformed());
        }
        let (local, host) = text.rsplit_once('@').ok_or_else(malformed)?;
        let host_is_fine = host.split('.').all(|part| {
            !part.is_empty()
                && !part.starts_with('-')
                && !part.ends_with('-')
                && part.chars().all(|c| c.is_alphanumeric() || c == '-')
        });
        if local.is_empty() || local.len() > 64 || local.contains('@') || !host_is_fine {
            return Err(malformed());
        }
        Ok(Self(text.to_owned()))
    }

    /// As typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The fewest characters of a password.
pub const PASSWORD_MIN_CHARS: usize = 10;
/// The most bytes of a password: hashing is expensive on purpose.
pub const PASSWORD_MAX_BYTES: usize = 256;
/// The weakest acceptable strength, of 0 to 4.
pub const PASSWORD_MIN_SCORE: u8 = 2;

/// How hard a password is to guess, after `zxcvbn`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Strength {
    /// 0 (guessed at once) to 4 (very hard).
    pub score: u8,
    /// What makes it weak.
    pub warning: Option<String>,
    /// What would make it stronger.
    pub suggestions: Vec<String>,
}

/// Whether a password of that strength may be used.
///
/// # Errors
/// Too short, too long, or too easy to guess, with what would help.
pub fn check_password(password: &str, strength: &Strength) -> Result<()> {
    check_password_length(password)?;
    if strength.score < PASSWORD_MIN_SCORE {
        let hint = strength.warning.clone().or_else(|| strength.suggestions.first().cloned());
        let hint = hint.map(|hint| format!(" {hint}")).unwrap_or_default();
        return Err(Error::invalid("password", "password_weak", format!("This password is too easy to guess.{hint}")));
    }
    Ok(())
}

/// The limits that can be checked before any work is done.
///
/// # Errors
/// Too short or too long.
pub fn check_password_length(password: &str) -> Result<()> {
    if password.chars().count() < PASSWORD_MIN_CHARS {
        return Err(Error::invalid(
            "password",
            "password_short",
            format!("Please use at least {PASSWORD_MIN_CHARS} characters."),
        ));
    }
    if password.len() > PASSWORD_MAX_BYTES {
        return Err(Error::invalid(
            "password",
            "password_long",
            "This password is too long; 200 characters are plenty.",
        ));
    }
    Ok(())
}

/// A name for a person or a thing: trimmed, without control characters, of a sensible length.
///
/// # Errors
/// Empty, too short, too long, or with characters that cannot be shown.
pub fn parse_name(field: &'static str, text: &str, min: usize, max: usize) -> Result<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length < min {
        let message = if length == 0 {
            "Please enter a name.".to_owned()
        } else {
            format!("Please use at least {min} characters.")
        };
        return Err(Error::invalid(field, "name_short", message));
    }
    if length > max {
        return Err(Error::invalid(field, "name_long", format!("Please use at most {max} characters.")));
    }
    if text.chars().any(char::is_control) {
        return Err(Error::invalid(field, "name_unprintable", "This name contains characters that cannot be shown."));
    }
    Ok(text.to_owned())
}

/// What a person signs up to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignUpAs {
    /// Have data labeled.
    #[default]
    Client,
    /// Label data.
    Annotator,
}

/// The sign-up form.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct SignUp {
    /// Where the confirmation goes.
    pub email: String,
    /// As shown to others.
    pub name: String,
    /// In clear; hashed at once.
    pub password: String,
    /// What for.
    pub sign_up_as: SignUpAs,
    /// The name of the organization to make; derived from the person's name when empty.
    #[serde(default)]
    pub organization: String,
    /// The token of an invitation, to join an organization instead of making one.
    #[serde(default)]
    pub invite: String,
}

/// The people of a demo workspace and the password they share. It is no secret: such a server listens to its own machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoPeople {
    /// Of all of them.
    pub password: String,
    /// The owner first.
    pub people: Vec<DemoPerson>,
}

/// One of them, with their part in a few words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoPerson {
    /// What they sign in with.
    pub email: String,
    /// As shown to people.
    pub name: String,
    /// In words, for the one who signs in.
    pub role: String,
}

/// The signed-in person, as the screen needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Who.
    pub user_id: UserId,
    /// As shown to others.
    pub name: String,
    /// The address.
    pub email: String,
    /// Platform staff.
    pub is_staff: bool,
    /// Where this browser works.
    pub org: Option<MyOrg>,
    /// All organizations the person is in.
    pub orgs: Vec<MyOrg>,
}

/// An organization as one of its people sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MyOrg {
    /// Which.
    pub org_id: OrgId,
    /// Its name.
    pub name: String,
    /// The person's role.
    pub role: OrgRole,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionInfo {
    /// Which.
    pub session_id: SessionId,
    /// "Firefox on Linux".
    pub device: String,
    /// The network address of the last visit.
    pub ip: String,
    /// When the person signed in.
    pub created_at: DateTime<Utc>,
    /// The last visit, to within a few minutes.
    pub last_seen_at: DateTime<Utc>,
    /// The browser that is asking.
    pub is_current: bool,
}

/// A browser and a system in words, from the header a browser sends.
#[must_use]
pub fn device(user_agent: &str) -> String {
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    // Order matters: every browser claims to be its ancestors.
    let browser = find(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chromium/", "Chromium"),
        ("HeadlessChrome/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
        ("python", "Python"),
    ]);
    let system = find(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Unknown device".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for good in
            ["ana@example.com", " ana@example.com ", "a.b+c@sub.example.co", "owner@demo.test", "ö@exämple.de", "a@b"]
        {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "ana",
            "@example.com",
            "ana@",
            "a b@example.com",
            "ana@exa mple.com",
            "a@b@c",
            "a@.com",
            "a@-b.com",
            "a\n@b.com",
            "<a@b.com>",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
        assert!(Email::parse(&format!("{}@example.com", "a".repeat(300))).is_err());
    }

    #[test]
    fn passwords() {
        let strong = Strength { score: 4, ..Strength::default() };
        let weak = Strength { score: 1, warning: Some("This is a common word.".into()), ..Strength::default() };
        assert_eq!(check_password("short", &strong).map_err(|e| e.code), Err("password_short".into()));
        assert_eq!(check_password(&"x".repeat(300), &strong).map_err(|e| e.code), Err("password_long".into()));
        assert!(check_password("password12", &weak).is_err_and(|e| e.message.contains("common word")));
        assert!(check_password("correct horse battery", &strong).is_ok());
    }

    #[test]
    fn names() {
        assert_eq!(parse_name("name", "  Ana  ", 1, 10), Ok("Ana".to_owned()));
        assert!(parse_name("name", "   ", 1, 10).is_err());
        assert!(parse_name("name", "x\u{0}y", 1, 10).is_err());
        assert!(parse_name("name", "12345678901", 1, 10).is_err());
        // counted in characters, not bytes
        assert!(parse_name("name", "ああああああああああ", 1, 10).is_ok());
    }

    #[test]
    fn devices() {
        for (agent, expected) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36 Edg/141.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            ("curl/8.5.0", "curl"),
            ("", "Unknown device"),
        ] {
            assert_eq!(device(agent), expected);
        }
    }
}
