//! JSON Web Tokens (RFC 7519) signed with HMAC-SHA256, the one kind that is made and believed here.
//!
//! What a token says of how it is signed is not believed: it is always checked as one of ours.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use domain::id::UserId;
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

/// `{"alg":"HS256","typ":"JWT"}`
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
/// Ours are shorter.
const MAX_CHARS: usize = 1024;

/// What is signed, in the words of the SDK.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    /// What it is good for.
    pub(super) token_type: Purpose,
    /// Until when, in seconds since 1970.
    exp: i64,
    /// Since when.
    iat: i64,
    /// The row by which it can be taken back.
    pub(super) jti: Uuid,
    user_id: String,
}

/// What a token is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Purpose {
    /// Being exchanged for access.
    Refresh,
    /// Asking.
    Access,
}

impl Claims {
    pub(super) fn new(
        token_type: Purpose,
        user_id: UserId,
        jti: Uuid,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Self {
        let user_id = user_id.to_string();
        Self { token_type, exp: until.timestamp(), iat: now.timestamp(), jti, user_id }
    }

    /// The token without its signature: says which it is, and is good for nothing.
    pub(super) fn unsigned(&self) -> anyhow::Result<String> {
        Ok(format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(self)?)))
    }

    /// The token.
    pub(super) fn sign(&self, secret: &[u8]) -> anyhow::Result<String> {
        let said = URL_SAFE_NO_PAD.encode(serde_json::to_vec(self)?);
        let signature = URL_SAFE_NO_PAD.encode(mac(secret, HEADER, &said)?.finalize().into_bytes());
        Ok(format!("{HEADER}.{said}.{signature}"))
    }

    /// What a token says, if one of these secrets has signed it, it is for this and not over.
    pub(super) fn read(token: &str, secrets: &[Vec<u8>], purpose: Purpose, now: DateTime<Utc>) -> Option<Self> {
        if token.len() > MAX_CHARS {
            return None;
        }
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, said) = signed.split_once('.')?;
        let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
        let is_ours = secrets.iter().any(|secret| {
            // In constant time.
            mac(secret, header, said).is_ok_and(|mac| mac.verify_slice(&signature).is_ok())
        });
        if !is_ours {
            return None;
        }
        let claims: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(said).ok()?).ok()?;
        (claims.token_type == purpose && claims.exp > now.timestamp()).then_some(claims)
    }
}

fn mac(secret: &[u8], header: &str, said: &str) -> anyhow::Result<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret)?;
    mac.update(header.as_bytes());
    mac.update(b".");
    mac.update(said.as_bytes());
    Ok(mac)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn only_what_we_signed_for_this_and_not_long_ago_is_believed() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let claims = Claims::new(Purpose::Access, UserId(7), Uuid::nil(), now, now + TimeDelta::minutes(5));
        let (old, new) = (b"old".to_vec(), b"new".to_vec());
        let token = claims.sign(&old).unwrap();
        let secrets = [new, old];
        let read = |token: &str, purpose, at| Claims::read(token, &secrets, purpose, at);
        assert_eq!(read(&token, Purpose::Access, now), Some(claims.clone()));
        assert_eq!(read(&token, Purpose::Refresh, now), None, "for something else");
        assert_eq!(read(&token, Purpose::Access, now + TimeDelta::minutes(5)), None, "over");
        assert_eq!(read(&claims.sign(b"foreign").unwrap(), Purpose::Access, now), None, "signed by somebody else");
        let (head, rest) = token.split_once('.').unwrap();
        let (said, signature) = rest.split_once('.').unwrap();
        let longer = Claims::new(Purpose::Access, UserId(8), Uuid::nil(), now, now + TimeDelta::days(9)).sign(b"x");
        let longer = longer.unwrap().split('.').nth(1).unwrap().to_owned();
        // {"alg":"none"}
        let none = "eyJhbGciOiJub25lIn0";
        for forged in [
            format!("{head}.{longer}.{signature}"),
            format!("{none}.{said}."),
            format!("{none}.{said}.{signature}"),
            format!("{said}.{signature}"),
            format!("{}.{said}.{signature}", "a".repeat(MAX_CHARS)),
            String::new(),
            "..".to_owned(),
        ] {
            assert_eq!(read(&forged, Purpose::Access, now), None, "{forged}");
        }
    }

    #[test]
    fn the_header_says_how_it_is_signed() {
        let header = URL_SAFE_NO_PAD.decode(HEADER).unwrap();
        assert_eq!(header, br#"{"alg":"HS256","typ":"JWT"}"#);
    }
}
