//! Who asks: the network address behind trusted proxies, and the person behind the token or the session cookie.

use std::net::{IpAddr, SocketAddr};

use app::ssr::{SESSION_COOKIE, Visitor, cookie_of};
use axum::{
    extract::{ConnectInfo, FromRequestParts, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{
    Error as Problem, Kind,
    id::TokenId,
    token::{Credential, Scope, credential},
};
use http::{HeaderMap, Method, header, request::Parts};
use service::{
    Actor, Cx,
    account::{Client, actor_from_session, me, program},
};

use crate::{config::Networks, error::Failure};

/// The longest chain of proxies that is read.
const PROXIES_MAX: usize = 32;

/// The token a program came with, and what it may.
#[derive(Debug, Clone, Copy)]
pub struct Shown(pub TokenId, pub Scope);

/// A question that only reads, and whose answer lets somebody do more than read: not for tokens that only read.
pub struct Writes;

impl<S: Send + Sync> FromRequestParts<S> for Writes {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Failure> {
        match parts.extensions.get::<Shown>() {
            Some(Shown(_, Scope::Read)) => Err(may_only_read()),
            _ => Ok(Self),
        }
    }
}

fn may_only_read() -> Failure {
    Problem::new(Kind::Forbidden, "token_may_only_read", "This token may only read.").into()
}

/// Gives the request its [`Client`] and [`Actor`]: as extensions to handlers, and from there as context to views. Whoever
/// shows a token is who it belongs to, whatever cookie comes along.
pub async fn identify(State((cx, proxies)): State<(Cx, Networks)>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let headers = request.headers();
    let client = Client {
        ip: peer.map(|peer| address(peer, headers, &proxies).to_string()).unwrap_or_default(),
        user_agent: text(headers, &header::USER_AGENT).unwrap_or_default().to_owned(),
    };
    let actor = match credential_of(headers) {
        Some(shown) => match program(&cx, &shown, &client).await {
            Ok(program) if !program.scope.allows_method(request.method().as_str()) => {
                return may_only_read().into_response();
            }
            Ok(program) => {
                request.extensions_mut().insert(Shown(program.token_id, program.scope));
                program.actor
            }
            Err(failure) => return Failure::from(failure).into_response(),
        },
        None => match cookie_of(headers, SESSION_COOKIE) {
            Some(token) => match actor_from_session(&cx, &token, &client).await {
                Ok(actor) => actor,
                Err(failure) => return Failure::from(failure).into_response(),
            },
            None => Actor::Anonymous,
        },
    };
    request.extensions_mut().insert(client);
    request.extensions_mut().insert(actor);
    next.run(request).await
}

/// Gives the page about to be drawn its [`Visitor`], so that the frame around it needs no question of its own.
pub async fn greet(State(cx): State<Cx>, mut request: Request, next: Next) -> Response {
    let actor = request.extensions().get::<Actor>().cloned().unwrap_or(Actor::Anonymous);
    let is_page = matches!(*request.method(), Method::GET | Method::HEAD);
    if is_page && matches!(actor, Actor::User(_)) {
        match me(&cx, &actor).await {
            Ok(me) => {
                request.extensions_mut().insert(Visitor(Some(me)));
            }
            Err(failure) => return Failure::from(failure).into_response(),
        }
    }
    next.run(request).await
}

/// The address a request came from. `X-Forwarded-For` is believed from right to left, as long as proxies of ours wrote it.
fn address(peer: IpAddr, headers: &HeaderMap, proxies: &Networks) -> IpAddr {
    let mut address = peer.to_canonical();
    let lines: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok()).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')).take(PROXIES_MAX) {
        if !proxies.contains(address) {
            break;
        }
        let Ok(before) = hop.trim().parse::<IpAddr>() else { break };
        address = before.to_canonical();
    }
    address
}

/// The token in `Authorization` or `X-API-Key`.
fn credential_of(headers: &HeaderMap) -> Option<Credential<'_>> {
    let named = text(headers, &header::AUTHORIZATION).and_then(credential);
    named.or_else(|| text(headers, &header::HeaderName::from_static("x-api-key")).map(Credential::Key))
}

fn text<'a>(headers: &'a HeaderMap, name: &header::HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_proxies_are_believed() {
        let proxies = Networks(vec!["10.0.0.0/8".parse().unwrap()]);
        for (peer, forwarded, expected) in [
            ("203.0.113.9", vec!["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", vec!["192.0.2.66, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", vec!["192.0.2.66", "198.51.100.1, 10.0.0.2"], "198.51.100.1"),
            ("10.0.0.1", vec!["not an address"], "10.0.0.1"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("::ffff:10.0.0.1", vec!["198.51.100.1"], "198.51.100.1"),
        ] {
            let mut headers = HeaderMap::new();
            for line in &forwarded {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let found = address(peer.parse().unwrap(), &headers, &proxies);
            assert_eq!(found, expected.parse::<IpAddr>().unwrap(), "{peer} {forwarded:?}");
        }
    }
}
