//! One attempt: a message goes out, and whatever the receiver does is an outcome.
//!
//! A receiver is an address that people typed. It is resolved and judged before each attempt, the connection goes to what was
//! judged, redirects are not followed, all of it has one limit of time, and of the answer only the beginning is read.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use domain::webhook::{MASK, MAX_ANSWER_BYTES, MAX_KEPT_BYTES, TIMEOUT_S};
use futures::StreamExt;
use reqwest::{
    Client, Response,
    header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE, USER_AGENT},
};

use super::sign;
use crate::{Cx, import::fetch};

/// How long the rest of an answer is waited for once its status is known: that decides already.
const REST_OF_ANSWER: Duration = Duration::from_secs(2);
/// The most headers of an answer that are kept, and the most characters of each.
const MAX_KEPT_HEADERS: usize = 40;
const MAX_KEPT_CHARS: usize = 400;

/// A message on its way.
pub(super) struct Letter {
    pub(super) url: String,
    pub(super) message_id: String,
    pub(super) body: String,
    /// What people added.
    pub(super) headers: Vec<(String, String)>,
    /// Signing keys, the newest first.
    pub(super) keys: Vec<String>,
}

/// What became of it.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) status: Option<u16>,
    /// What went wrong, in a sentence; empty where nothing did.
    pub(super) message: String,
    pub(super) duration_ms: i32,
    pub(super) started_at: DateTime<Utc>,
    /// Without secrets.
    pub(super) request_headers: Vec<(String, String)>,
    pub(super) response_headers: Vec<(String, String)>,
    pub(super) response_body: String,
}

impl Outcome {
    pub(super) fn is_delivered(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// Keeps the connection from one message to the next, as long as the name leads to the same addresses.
#[derive(Default)]
pub(super) struct Courier {
    known: Option<(Vec<IpAddr>, Client)>,
}

impl Courier {
    /// Sends one message.
    pub(super) async fn send(&mut self, cx: &Cx, letter: &Letter) -> Outcome {
        let now = cx.now();
        let signed = sign::headers(&letter.keys, &letter.message_id, now, &letter.body);
        let mut outcome = Outcome { started_at: now, ..Outcome::default() };
        outcome.request_headers.push(("content-type".into(), "application/json".into()));
        outcome.request_headers.extend(signed.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        outcome.request_headers.extend(letter.headers.iter().map(|(name, _)| (name.clone(), MASK.to_owned())));
        let begun = Instant::now();
        let patience = Duration::from_secs(TIMEOUT_S);
        let answered = tokio::time::timeout(patience, self.ask(cx, letter, &signed)).await;
        match answered {
            Ok(Ok(answer)) => {
                let status = answer.status();
                outcome.status = Some(status.as_u16());
                outcome.response_headers = kept_headers(answer.headers());
                let rest = patience.saturating_sub(begun.elapsed()).min(REST_OF_ANSWER);
                outcome.response_body = beginning(answer, rest).await;
                outcome.message = match status.as_u16() {
                    200..300 => String::new(),
                    300..400 => format!(
                        "The receiver answered {status}. Redirects are not followed: enter the address where it sends us on to."
                    ),
                    _ => format!("The receiver answered {status}."),
                };
            }
            Ok(Err(message)) => outcome.message = message,
            Err(_) => outcome.message = format!("The receiver did not answer within {TIMEOUT_S} seconds."),
        }
        outcome.duration_ms = i32::try_from(begun.elapsed().as_millis()).unwrap_or(i32::MAX);
        outcome
    }

    async fn ask(&mut self, cx: &Cx, letter: &Letter, signed: &[(&'static str, String)]) -> Result<Response, String> {
        let url = fetch::parse(&letter.url).map_err(|problem| problem.message)?;
        let client = self.client(fetch::judge(cx, &url).await.map_err(|problem| problem.message)?)?;
        let mut headers = HeaderMap::new();
        let own = letter.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.chain(signed.iter().map(|(name, value)| (*name, value.as_str()))) {
            let pair = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
            let Some((name, value)) = pair else { return Err(format!("The header “{name}” cannot be sent.")) };
            headers.insert(name, value);
        }
        let request = client.post(url).headers(headers);
        let request = request.header(USER_AGENT, "Synapse").header(CONTENT_TYPE, "application/json");
        request.body(letter.body.clone()).send().await.map_err(|error| {
            tracing::debug!(%error, "a webhook could not be delivered");
            match error.is_timeout() {
                true => "The receiver did not take the connection in time.".to_owned(),
                false => "The receiver could not be reached, or it hung up.".to_owned(),
            }
        })
    }

    fn client(&mut self, mut addresses: Vec<IpAddr>) -> Result<Client, String> {
        addresses.sort_unstable();
        if let Some((known, client)) = &self.known
            && *known == addresses
        {
            return Ok(client.clone());
        }
        // Longer than all of it may take: that limit is the one that counts.
        let client = fetch::client_for(addresses.clone(), Duration::from_secs(2 * TIMEOUT_S));
        let client = client.map_err(|_| "The receiver could not be reached.".to_owned())?;
        self.known = Some((addresses, client.clone()));
        Ok(client)
    }
}

/// The headers of an answer, as many as are worth keeping.
fn kept_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let shown = |name: &HeaderName, value: &HeaderValue| match *name == SET_COOKIE {
        true => MASK.to_owned(),
        false => printable(&String::from_utf8_lossy(value.as_bytes())).chars().take(MAX_KEPT_CHARS).collect(),
    };
    let all = headers.iter().map(|(name, value)| (name.as_str().to_owned(), shown(name, value)));
    all.take(MAX_KEPT_HEADERS).collect()
}

/// The beginning of an answer as text, read no further than a limit of bytes and of time.
async fn beginning(answer: Response, patience: Duration) -> String {
    let mut read = Vec::new();
    let mut pieces = answer.bytes_stream();
    let reading = async {
        while let Some(Ok(piece)) = pieces.next().await {
            read.extend_from_slice(&piece[..piece.len().min(MAX_ANSWER_BYTES - read.len())]);
            if read.len() >= MAX_ANSWER_BYTES {
                return;
            }
        }
    };
    // What has come until then is kept.
    let _in_time = tokio::time::timeout(patience, reading).await;
    let mut end = read.len().min(MAX_KEPT_BYTES);
    // Not in the middle of a character.
    while end > 0 && end < read.len() && read[end] & 0b1100_0000 == 0b1000_0000 {
        end -= 1;
    }
    printable(&String::from_utf8_lossy(&read[..end]))
}

/// The database keeps no null characters.
fn printable(text: &str) -> String {
    text.replace('\0', "\u{fffd}")
}
