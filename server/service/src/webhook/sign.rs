//! How a receiver knows that a message is ours: the headers of Standard Webhooks, and a simpler pair.

use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// What a signing key begins with.
const PREFIX: &str = "whsec_";

/// A signing key of these bytes, as people copy it.
pub(super) fn key_of(bytes: [u8; 32]) -> String {
    format!("{PREFIX}{}", STANDARD.encode(bytes))
}

/// The headers of a message, signed with every key that counts, the newest first.
pub(super) fn headers(
    keys: &[String],
    message_id: &str,
    now: DateTime<Utc>,
    body: &str,
) -> Vec<(&'static str, String)> {
    let timestamp = now.timestamp().to_string();
    let signed = format!("{message_id}.{timestamp}.{body}");
    let signatures: Vec<String> = keys
        .iter()
        .filter_map(|key| STANDARD.decode(key.strip_prefix(PREFIX)?).ok())
        .map(|key| format!("v1,{}", STANDARD.encode(mac(&key, &signed))))
        .collect();
    let mut headers = vec![
        ("webhook-id", message_id.to_owned()),
        ("webhook-timestamp", timestamp.clone()),
        ("webhook-signature", signatures.join(" ")),
        ("x-timestamp", timestamp),
    ];
    if let Some(newest) = keys.first() {
        headers.push(("x-signature", hex::encode(mac(newest.as_bytes(), body))));
    }
    headers
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    // Keys of any length are fine for HMAC.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the Standard Webhooks specification's reference libraries.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let now = DateTime::from_timestamp(1_614_265_330, 0).unwrap();
        let body = "{\"test\": 2432232314}";
        let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let headers = headers(&[key.clone(), key_of([7; 32])], "msg_p5jXN8AQM9LWM0D4loKWxJek", now, body);
        let of = |name: &str| headers.iter().find(|(key, _)| *key == name).unwrap().1.clone();
        assert_eq!(of("webhook-id"), "msg_p5jXN8AQM9LWM0D4loKWxJek");
        assert_eq!(of("webhook-timestamp"), "1614265330");
        assert_eq!(of("x-timestamp"), "1614265330");
        let signatures = of("webhook-signature");
        let (first, second) = signatures.split_once(' ').unwrap();
        assert_eq!(first, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert!(second.starts_with("v1,") && second != first);
        assert_eq!(of("x-signature"), hex::encode(mac(key.as_bytes(), body)));
        assert_eq!(of("x-signature").len(), 64);
    }
}
