//! Models: servers that speak the protocol of Label Studio's ML backends.
//!
//! Where they are is what people typed, so they are reached like any other address of the web: every address behind a name
//! is judged, the connection goes to what was judged, and redirects are not followed. What they answer is read up to a limit.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::{
    id::MlBackendId,
    import::NewPrediction,
    ml::{
        Trouble,
        protocol::{About, Asked, is_up, predictions, version, versions},
    },
};
use futures::StreamExt;
use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT},
};
use serde_json::{Map, Value};
use url::Url;

use crate::{Cx, Result, import::fetch};

/// The longest that a question lasts when a model is checked, in seconds: there are two of them.
const CHECK_TIMEOUT_S: i32 = 20;
/// The most bytes of an answer.
const MAX_ANSWER_BYTES: usize = 8 << 20;

/// A model and how to reach it.
pub(crate) struct Model {
    pub(crate) ml_backend_id: MlBackendId,
    pub(crate) title: String,
    pub(crate) url: String,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) timeout_s: i32,
    /// Handed over with `setup`.
    pub(crate) extra_params: Option<Value>,
    /// As it said when it was looked at last.
    pub(crate) version: String,
    /// Questions since it answered last.
    pub(crate) failures: i32,
    /// It is left alone until then.
    pub(crate) rests_until: Option<DateTime<Utc>>,
}

/// Of basic authentication.
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Credentials {
    /// The value of the header `Authorization`.
    pub(crate) fn header(&self) -> String {
        use base64::Engine;
        let pair = format!("{}:{}", self.username, self.password);
        format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(pair))
    }
}

/// Reads the address of a model that people typed, and refuses one that leads where it must not.
///
/// # Errors
/// *Invalid* on `url`, with what is wrong with it.
pub(crate) async fn check_address(cx: &Cx, address: &str) -> Result<Url> {
    let url = fetch::check(cx, address).await.map_err(|error| match error {
        crate::Error::Domain(problem) if problem.code == "url_credentials" => {
            let message = "Enter the user name and the password in their own fields.";
            domain::Error::invalid("url", "url_credentials", message).into()
        }
        other => other,
    })?;
    if url.query().is_some() || url.fragment().is_some() {
        let message = "Leave out what follows the ? or #: “/health” and “/predict” are put behind the address.";
        return Err(domain::Error::invalid("url", "url_query", message).into());
    }
    Ok(url)
}

/// Whether two addresses lead to the same server.
pub(crate) fn is_same_server(one: &str, other: &str) -> bool {
    let origin = |address: &str| Url::parse(address).ok().map(|url| url.origin());
    origin(one).zip(origin(other)).is_some_and(|(one, other)| one == other)
}

impl Model {
    /// Asks whether it is there, and to be ready for a project; returns its version.
    ///
    /// # Errors
    /// A [`Trouble`] about it; an address that leads where it must not.
    pub(crate) async fn check(&self, cx: &Cx, about: &About<'_>) -> Result<String> {
        let seconds = self.timeout_s.min(CHECK_TIMEOUT_S);
        let health = self.ask(cx, Method::GET, "health", None, seconds).await?;
        if !is_up(&health) {
            return Err(self.trouble(Trouble::Nonsense));
        }
        let setup = about.setup(&cx.settings().base_url, self.extra_params.as_ref());
        let ready = self.ask(cx, Method::POST, "setup", Some(&setup), seconds).await?;
        version(&ready).ok_or_else(|| self.trouble(Trouble::Nonsense))
    }

    /// Asks for its answers about tasks, one for each; with what was done so far, where somebody works on one.
    ///
    /// # Errors
    /// A [`Trouble`]. What is wrong with its address is for those who entered it: to others it cannot be reached.
    pub(crate) async fn predict(
        &self,
        cx: &Cx,
        about: &About<'_>,
        tasks: &[Asked<'_>],
        context: Option<Map<String, Value>>,
        seconds: i32,
    ) -> Result<Vec<NewPrediction>> {
        let answer = self.say(cx, &about.predict(tasks, context), seconds).await?;
        predictions(answer, tasks.len()).ok_or_else(|| self.trouble(Trouble::Nonsense))
    }

    /// Asks `predict`, and returns what it says as it is.
    ///
    /// # Errors
    /// As [`Model::predict`].
    pub(crate) async fn say(&self, cx: &Cx, question: &Value, seconds: i32) -> Result<Value> {
        let answer = self.ask(cx, Method::POST, "predict", Some(question), seconds).await;
        answer.map_err(|error| match &error {
            crate::Error::Domain(problem) if problem.field.as_deref() == Some("url") => {
                self.trouble(Trouble::Unreachable)
            }
            _ => error,
        })
    }

    /// The versions it can answer with. Older ones want to be asked by `POST`.
    ///
    /// # Errors
    /// A [`Trouble`].
    pub(crate) async fn versions(&self, cx: &Cx, about: &About<'_>) -> Result<Vec<String>> {
        let seconds = self.timeout_s.min(CHECK_TIMEOUT_S);
        let got = self.ask(cx, Method::GET, "versions", None, seconds).await;
        let answer = match got {
            Err(crate::Error::Domain(problem)) if Trouble::is_of_question(&problem.code) => {
                self.ask(cx, Method::POST, "versions", Some(&about.versions()), seconds).await?
            }
            got => got?,
        };
        versions(&answer).ok_or_else(|| self.trouble(Trouble::Nonsense))
    }

    /// What `predict` is asked under.
    pub(crate) fn address_of(&self, what: &str) -> String {
        format!("{}/{what}", self.url.trim_end_matches('/'))
    }

    /// As people are told about it.
    pub(crate) fn trouble(&self, trouble: Trouble) -> crate::Error {
        trouble.about(&self.title).into()
    }

    async fn ask(&self, cx: &Cx, method: Method, what: &str, question: Option<&Value>, seconds: i32) -> Result<Value> {
        let mut url = fetch::parse(&self.url)?;
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{what}"));
        // The time is for all of it: looking up the name, sending the question, reading the answer.
        let patience = Duration::from_secs(u64::try_from(seconds).unwrap_or(1).max(1));
        let answer = tokio::time::timeout(patience, self.send(cx, method, url, question, patience)).await;
        answer.unwrap_or_else(|_| Err(self.trouble(Trouble::TimedOut { seconds })))
    }

    async fn send(
        &self,
        cx: &Cx,
        method: Method,
        url: Url,
        question: Option<&Value>,
        patience: Duration,
    ) -> Result<Value> {
        let client = fetch::client_for(fetch::judge(cx, &url).await?, patience)?;
        let mut request = client.request(method, url).header(USER_AGENT, "Synapse").header(ACCEPT, "application/json");
        if let Some(credentials) = &self.credentials {
            request = request.header(AUTHORIZATION, credentials.header());
        }
        if let Some(question) = question {
            let body = serde_json::to_vec(question).map_err(anyhow::Error::new)?;
            request = request.header(CONTENT_TYPE, "application/json").body(body);
        }
        let answer = request.send().await.map_err(|error| self.lost(&error, patience))?;
        match answer.status() {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Err(self.trouble(Trouble::Credentials)),
            status if status.is_redirection() => return Err(self.trouble(Trouble::Redirect)),
            status if !status.is_success() => return Err(self.trouble(Trouble::Status(status.as_u16()))),
            _ => {}
        }
        let mut body = Vec::new();
        let mut pieces = answer.bytes_stream();
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| self.lost(&error, patience))?;
            if body.len() + piece.len() > MAX_ANSWER_BYTES {
                return Err(self.trouble(Trouble::TooLarge { megabytes: MAX_ANSWER_BYTES >> 20 }));
            }
            body.extend_from_slice(&piece);
        }
        serde_json::from_slice(&body).map_err(|error| {
            tracing::debug!(%error, "a model answered no JSON");
            self.trouble(Trouble::Nonsense)
        })
    }

    fn lost(&self, error: &reqwest::Error, patience: Duration) -> crate::Error {
        tracing::debug!(%error, "a model did not answer");
        // One that does not even take the call may be given up sooner than its time.
        let is_late = error.is_timeout() && !error.is_connect();
        let seconds = i32::try_from(patience.as_secs()).unwrap_or(i32::MAX);
        let trouble = if is_late { Trouble::TimedOut { seconds } } else { Trouble::Unreachable };
        self.trouble(trouble)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_told_by_scheme_host_and_port() {
        for (one, other, same) in [
            ("http://a.org/x", "http://a.org/y", true),
            ("https://a.org", "https://A.org:443/", true),
            ("http://a.org", "https://a.org", false),
            ("http://a.org:1", "http://a.org:2", false),
            ("http://a.org", "http://b.org", false),
            ("nonsense", "nonsense", false),
        ] {
            assert_eq!(is_same_server(one, other), same, "{one} {other}");
        }
    }
}
