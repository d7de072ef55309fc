//! People: getting in, getting back in, and what is theirs.

use std::fmt::Write;

mod account_page;
pub mod api;
mod mail_pages;
mod outbox_page;
mod password_pages;
mod session;
mod sessions_card;
mod sign_in_page;
mod sign_up_page;
mod strength;
mod tokens_card;

pub use account_page::AccountPage;
pub use mail_pages::{CheckMailPage, SIGNED_IN, SignedInPage, VerifyPage};
pub use outbox_page::OutboxPage;
pub use password_pages::{ForgotPage, ResetPage};
pub use session::{Known, Session, SignedIn, leave_for, provide_session, use_me, use_session};
pub use sign_in_page::SignInPage;
pub use sign_up_page::SignUpPage;

/// Where a person goes after signing in, if nowhere else.
pub const HOME: &str = "/projects";

/// An address of our own out of what came with a link: anything else could lead people to a stranger's page.
#[must_use]
pub fn local_path(next: &str) -> &str {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.chars().any(|c| c == '\\' || c.is_control())
        && next.len() < 2000;
    if local { next } else { HOME }
}

/// A value as it stands in an address.
#[must_use]
pub fn query_value(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_addresses_are_followed() {
        for own in ["/projects", "/projects/7/label?task=1", "/invite/abc"] {
            assert_eq!(local_path(own), own);
        }
        for strange in
            ["", "//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb", "evil"]
        {
            assert_eq!(local_path(strange), HOME, "{strange:?}");
        }
    }

    #[test]
    fn values_in_addresses() {
        assert_eq!(query_value("a+b@ö.example"), "a%2Bb%40%C3%B6.example");
    }
}
