//! What lies under the clients of storages: every request goes to an address that was judged, as with everything people type
//! (`import::fetch`), and what a hostile storage answers does not fill our memory.

use std::{
    fmt,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use http_body_util::{BodyExt, Limited};
use object_store::{
    ClientOptions,
    client::{
        HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse, HttpResponseBody, HttpService,
    },
};
use reqwest::Client;
use url::Url;

use crate::{Cx, import::fetch};

/// How long a storage may be silent between two pieces of an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long an address stays judged: as long as a connection is worth keeping.
const JUDGED_FOR: Duration = Duration::from_secs(60);
/// The longest answer that is not an object: a page of a listing, an error.
const MAX_ANSWER_BYTES: usize = 32 << 20;

/// Makes clients whose every request is judged.
#[derive(Clone)]
pub(super) struct Guard {
    cx: Cx,
    /// The client of the host that was asked last.
    known: Arc<Mutex<Option<Known>>>,
}

struct Known {
    host: String,
    client: Client,
    since: Instant,
}

impl Guard {
    pub(super) fn new(cx: &Cx) -> Self {
        Self { cx: cx.clone(), known: Arc::default() }
    }

    async fn client(&self, url: &Url) -> Result<Client, HttpError> {
        let host = format!("{}:{:?}", url.host_str().unwrap_or_default(), url.port_or_known_default());
        let lock = || self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let is_fresh = |known: &&Known| known.host == host && known.since.elapsed() < JUDGED_FOR;
        if let Some(client) = lock().as_ref().filter(is_fresh).map(|known| known.client.clone()) {
            return Ok(client);
        }
        let refused = |problem: domain::Error| HttpError::new(HttpErrorKind::Unknown, problem.on("endpoint"));
        let addresses = fetch::judge(&self.cx, url).await.map_err(refused)?;
        let client =
            fetch::client_for(addresses, PATIENCE).map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        *lock() = Some(Known { host, client: client.clone(), since: Instant::now() });
        Ok(client)
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

impl HttpConnector for Guard {
    fn connect(&self, _options: &ClientOptions) -> object_store::Result<HttpClient> {
        Ok(HttpClient::new(self.clone()))
    }
}

#[async_trait]
impl HttpService for Guard {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let address = request.uri().to_string();
        let url = Url::parse(&address).map_err(|error| HttpError::new(HttpErrorKind::Unknown, error))?;
        let lists =
            ["list-type=", "comp=list"].iter().any(|part| url.query().is_some_and(|query| query.contains(part)));
        let is_object = request.method() == http::Method::GET && !lists;
        let answer = self.client(&url).await?.call(request).await?;
        if is_object && answer.status().is_success() {
            return Ok(answer);
        }
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, MAX_ANSWER_BYTES)
            .map_err(|error| HttpError::new(HttpErrorKind::Decode, std::io::Error::other(error)));
        Ok(HttpResponse::from_parts(parts, HttpResponseBody::new(body)))
    }
}
