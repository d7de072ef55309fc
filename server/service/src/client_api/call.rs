//! One call of a client API, whatever the service does with it.
//!
//! Where it is is what people typed: every address behind the name is judged before each call, the connection goes to what was
//! judged, redirects are not followed, all of it has one limit of time, and of the answer no more is read than a limit allows.

use std::{
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use domain::{
    Error as Problem,
    client_api::{ClientApi, Method, Question, Template},
};
use futures::StreamExt;
use reqwest::{
    Client, Response, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER, USER_AGENT},
};
use url::Url;

use crate::{Cx, Result, import::fetch};

/// The most bytes of an answer that becomes a value, and of one that becomes a file.
const MAX_ANSWER_BYTES: usize = 8 << 20;
const MAX_FILE_BYTES: usize = 64 << 20;
/// A service that wants us to wait longer is not waited for.
const MAX_PAUSE: Duration = Duration::from_secs(20);

/// A client API, ready to be asked.
pub(super) struct Caller {
    pub(super) api: ClientApi,
    pub(super) template: Template,
    /// With their values.
    pub(super) headers: Vec<(String, String)>,
    /// Keeps connections as long as the name leads to the same addresses.
    known: Mutex<Option<(Vec<IpAddr>, Client)>>,
}

/// What became of a call.
#[derive(Default)]
pub(super) struct Exchange {
    pub(super) status: Option<u16>,
    pub(super) content_type: String,
    pub(super) body: Vec<u8>,
    /// What went wrong, in a sentence.
    pub(super) trouble: Option<String>,
    /// Whether the same question may have an answer later.
    pub(super) may_pass: bool,
    /// When, as the service says; nothing where that is too long to wait for.
    pub(super) after: Option<Duration>,
    pub(super) duration_ms: i64,
}

impl Exchange {
    /// Whether the service has answered as it should, so that it may charge for it.
    pub(super) fn is_answered(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    fn failed(message: impl Into<String>, may_pass: bool) -> Self {
        Self { trouble: Some(message.into()), may_pass, ..Self::default() }
    }
}

/// Reads the address of a service and refuses one that leads where it must not, or where others could listen.
///
/// # Errors
/// *Invalid* on `url`, with what is wrong with it.
pub(super) async fn judged(cx: &Cx, address: &str) -> Result<(Url, Vec<IpAddr>)> {
    let url = fetch::parse(address)?;
    let addresses = fetch::judge(cx, &url).await?;
    // Within networks that the operator allows, nobody else listens.
    let is_ours = |address: &IpAddr| cx.settings().allow_networks.iter().any(|net| net.contains(address));
    if url.scheme() != "https" && !addresses.iter().all(is_ours) {
        let message =
            "The address should begin with https://: otherwise keys and data travel where others can read them.";
        return Err(Problem::invalid("url", "url_not_https", message).into());
    }
    Ok((url, addresses))
}

impl Caller {
    pub(super) fn new(api: ClientApi, headers: Vec<(String, String)>) -> Result<Self, Problem> {
        let template = Template::read(&api.payload)?;
        Ok(Self { api, template, headers, known: Mutex::default() })
    }

    /// The address with what the question puts into it.
    pub(super) fn address(&self, question: &Question) -> Result<Url, Problem> {
        let mut url = fetch::parse(&self.api.url)?;
        if !question.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&question.query);
        }
        Ok(url)
    }

    /// Asks once.
    pub(super) async fn ask(&self, cx: &Cx, question: &Question) -> Exchange {
        let begun = Instant::now();
        let seconds = self.api.timeout_s;
        let patience = Duration::from_secs(u64::try_from(seconds).unwrap_or(1).max(1));
        let answer = tokio::time::timeout(patience, self.send(cx, question, patience)).await;
        let mut exchange = answer.unwrap_or_else(|_| {
            Exchange::failed(format!("The service did not answer within {seconds} seconds."), true)
        });
        exchange.duration_ms = i64::try_from(begun.elapsed().as_millis()).unwrap_or(i64::MAX);
        exchange
    }

    async fn send(&self, cx: &Cx, question: &Question, patience: Duration) -> Exchange {
        let (url, client) = match self.ready(cx, question, patience).await {
            Ok(ready) => ready,
            Err(crate::Error::Domain(problem)) => return Exchange::failed(problem.message, false),
            Err(error) => {
                tracing::error!(error = %format_args!("{error:#}"), "a client API could not be called");
                return Exchange::failed("The service could not be called.", false);
            }
        };
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static("Synapse"));
        headers.insert(ACCEPT, HeaderValue::from_static("*/*"));
        if question.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &self.headers {
            let pair = HeaderName::from_bytes(name.as_bytes()).ok().zip(HeaderValue::from_str(value).ok());
            let Some((name, mut value)) = pair else {
                return Exchange::failed(format!("The header “{name}” cannot be sent."), false);
            };
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let mut request = match self.api.method {
            Method::Post => client.post(url),
            Method::Put => client.put(url),
            Method::Get => client.get(url),
        };
        request = request.headers(headers);
        if let Some(body) = &question.body {
            request = request.body(body.to_string());
        }
        match request.send().await {
            Ok(answer) => self.read(answer).await,
            Err(error) => {
                tracing::debug!(%error, "a client API did not answer");
                Exchange::failed("The service could not be reached, or it hung up.", true)
            }
        }
    }

    async fn ready(&self, cx: &Cx, question: &Question, patience: Duration) -> Result<(Url, Client)> {
        let (_, mut addresses) = judged(cx, &self.api.url).await?;
        let url = self.address(question)?;
        addresses.sort_unstable();
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, client)) = known.filter(|(known, _)| *known == addresses) {
            return Ok((url, client));
        }
        // Longer than all of it may take: that limit is the one that counts.
        let client = fetch::client_for(addresses.clone(), patience * 2)?;
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((addresses, client.clone()));
        Ok((url, client))
    }

    async fn read(&self, answer: Response) -> Exchange {
        let status = answer.status();
        let text = |name| answer.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let content_type = text(CONTENT_TYPE).unwrap_or_default().chars().take(100).collect();
        let pause = text(RETRY_AFTER).and_then(|seconds| seconds.trim().parse().ok()).map(Duration::from_secs);
        let mut exchange = Exchange { status: Some(status.as_u16()), content_type, ..Exchange::default() };
        exchange.trouble = match status {
            status if status.is_success() => None,
            status if status.is_redirection() => Some(format!(
                "The service answered {status}. Redirects are not followed: enter the address where it sends us on to."
            )),
            status => Some(format!("The service answered {status}.")),
        };
        let is_busy = status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error();
        exchange.may_pass = is_busy && pause.is_none_or(|pause| pause <= MAX_PAUSE);
        exchange.after = pause;
        let limit = if self.api.taking.makes_file() { MAX_FILE_BYTES } else { MAX_ANSWER_BYTES };
        let too_large = || Some(format!("The answer is larger than {} MB, the most that is read.", limit >> 20));
        if answer.content_length().is_some_and(|length| length > limit as u64) {
            exchange.trouble = exchange.trouble.or_else(too_large);
            return exchange;
        }
        let mut pieces = answer.bytes_stream();
        while let Some(piece) = pieces.next().await {
            let Ok(piece) = piece else {
                exchange.trouble.get_or_insert_with(|| "The service broke off its answer.".to_owned());
                exchange.may_pass = true;
                return exchange;
            };
            if exchange.body.len() + piece.len() > limit {
                exchange.trouble = exchange.trouble.or_else(too_large);
                return exchange;
            }
            exchange.body.extend_from_slice(&piece);
        }
        exchange
    }
}
