//! How often a program may ask: so many questions a minute for each token, session or address, told in every answer
//! (`RateLimit-*` of the IETF's draft, and `Retry-After`).

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Error as Problem, Kind};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DefaultKeyedStateStore,
};
use http::{HeaderMap, HeaderValue};
use service::{Actor, account::Client};

use crate::{auth::Shown, error::Failure};

type Limiter = RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// The counts of this node.
#[derive(Clone)]
pub struct Limits {
    limiter: Option<Arc<Limiter>>,
    per_minute: u32,
}

/// How many askers are counted before those that have been quiet are forgotten.
const MANY: usize = 10_000;

impl Limits {
    /// So many a minute for everybody; none for 0. A whole minute's worth may come at once.
    #[must_use]
    pub fn new(per_minute: u32) -> Self {
        let quota = NonZeroU32::new(per_minute).map(Quota::per_minute);
        let limiter = quota.map(|quota| RateLimiter::keyed(quota).with_middleware::<StateInformationMiddleware>());
        Self { limiter: limiter.map(Arc::new), per_minute }
    }
}

/// Counts the question, and refuses it where there were too many.
pub async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    let Some(limiter) = &limits.limiter else { return next.run(request).await };
    let extensions = request.extensions();
    let who = match (extensions.get::<Shown>(), extensions.get::<Actor>()) {
        (Some(Shown(token, _)), _) => format!("t{token}"),
        (None, Some(Actor::User(user))) => format!("u{}", user.user_id),
        _ => format!("a{}", extensions.get::<Client>().map(|client| client.ip.as_str()).unwrap_or_default()),
    };
    if limiter.len() > MANY {
        limiter.retain_recent();
    }
    match limiter.check_key(&who) {
        Ok(state) => {
            let left = state.remaining_burst_capacity();
            let mut response = next.run(request).await;
            tell(response.headers_mut(), limits.per_minute, left, refill(limits.per_minute, left));
            response
        }
        Err(until) => {
            let wait = until.wait_time_from(DefaultClock::default().now());
            let seconds = wait.as_secs() + 1;
            let message = format!("These are too many questions at once. Please ask again in {seconds} s.");
            let mut response = Failure::from(Problem::new(Kind::RateLimited, "rate_limited", message)).into_response();
            tell(response.headers_mut(), limits.per_minute, 0, refill(limits.per_minute, 0));
            response.headers_mut().insert(http::header::RETRY_AFTER, HeaderValue::from(seconds));
            response
        }
    }
}

/// How long until everything may be asked again.
fn refill(per_minute: u32, left: u32) -> Duration {
    Duration::from_secs(60) * per_minute.saturating_sub(left) / per_minute.max(1)
}

fn tell(headers: &mut HeaderMap, limit: u32, left: u32, refill: Duration) {
    headers.insert("ratelimit-limit", HeaderValue::from(limit));
    headers.insert("ratelimit-remaining", HeaderValue::from(left));
    headers.insert("ratelimit-reset", HeaderValue::from(refill.as_secs().max(1)));
    if let Ok(policy) = HeaderValue::from_str(&format!("{limit};w=60")) {
        headers.insert("ratelimit-policy", policy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_comes_back_within_a_minute() {
        for (left, seconds) in [(600, 0), (590, 1), (300, 30), (0, 60)] {
            assert_eq!(refill(600, left).as_secs(), seconds, "{left}");
        }
    }
}
