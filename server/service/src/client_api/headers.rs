//! The headers of client APIs: sealed where they lie, opened by what sends them.

use std::collections::BTreeMap;

use domain::{Error as Problem, client_api::ClientApiForm, id::ClientApiId, webhook::Header};

use super::sql;
use crate::{Cx, Result, Tx, access::ProjectAccess, secret};

fn place_of_headers(id: ClientApiId) -> String {
    format!("project_client_api:{id}")
}

/// With their values.
pub(super) fn open_headers(cx: &Cx, id: ClientApiId, sealed: Option<&[u8]>) -> Result<Vec<(String, String)>> {
    let Some(sealed) = sealed else { return Ok(Vec::new()) };
    let plain = secret::open(cx, &place_of_headers(id), sealed)?;
    Ok(serde_json::from_slice(&plain).map_err(anyhow::Error::new)?)
}

/// The stored values that the form leaves as they are, by names in small letters.
pub(super) async fn known_headers(
    cx: &Cx,
    access: &ProjectAccess,
    id: ClientApiId,
    form: &ClientApiForm,
) -> Result<BTreeMap<String, String>> {
    if form.headers.iter().all(|header| header.value.is_some()) {
        return Ok(BTreeMap::new());
    }
    let sealed = sql::headers(cx, access).await?.remove(&id);
    let known = open_headers(cx, id, sealed.as_deref()).map_err(|error| {
        tracing::error!(client_api_id = %id, error = %format_args!("{error:#}"), "headers cannot be read");
        let message = "This server can no longer read the stored headers. Please type their values again.";
        Problem::invalid("headers", "headers_unreadable", message)
    })?;
    Ok(known.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect())
}

/// As they are sent: typed, or known.
pub(super) fn values(headers: &[Header], known: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let value = |header: &Header| {
        let kept = || known.get(&header.name.to_ascii_lowercase()).cloned().unwrap_or_default();
        (header.name.clone(), header.value.clone().unwrap_or_else(kept))
    };
    headers.iter().map(value).collect()
}

/// Seals the headers of a client API.
pub(super) async fn put_headers(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    id: ClientApiId,
    headers: &[Header],
    known: &BTreeMap<String, String>,
) -> Result<()> {
    let names: Vec<String> = headers.iter().map(|header| header.name.clone()).collect();
    let values = values(headers, known);
    let sealed = match values.is_empty() {
        true => None,
        false => {
            let plain = serde_json::to_vec(&values).map_err(anyhow::Error::new)?;
            Some(secret::seal(cx, &place_of_headers(id), &plain)?)
        }
    };
    // The names and the values belong together, so they are written at once.
    sql::put_headers(tx, access, id, &names, sealed.as_deref()).await
}
