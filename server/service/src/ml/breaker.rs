//! A model that fails again and again is left alone for a while, so that nobody waits for it in vain.

use std::future::Future;

use domain::ml::{
    Trouble,
    patience::{BREAKS_AFTER, rest_after},
};

use super::sql;
use crate::{Cx, Error, Result, provider::ml::Model};

/// Whether a model is left alone now.
///
/// # Errors
/// [`Trouble::Rests`] while it is.
pub(super) fn may_ask(cx: &Cx, model: &Model) -> Result<()> {
    match model.rests_until {
        Some(until) if until > cx.now() => {
            let seconds = (until - cx.now()).num_seconds().max(1);
            Err(model.trouble(Trouble::Rests { seconds }))
        }
        _ => Ok(()),
    }
}

/// Waits for an answer, and remembers whether there was one.
pub(super) async fn remembered<T>(cx: &Cx, model: &Model, answer: impl Future<Output = Result<T>>) -> Result<T> {
    let answer = answer.await;
    let is_failure = matches!(&answer, Err(Error::Domain(problem)) if Trouble::passes(&problem.code));
    if is_failure {
        let failures = model.failures.saturating_add(1);
        let rests_until = rest_after(failures).map(|rest| cx.now() + rest);
        if failures == BREAKS_AFTER {
            tracing::warn!(ml_backend_id = %model.ml_backend_id, "a model failed several times and is left alone for a while");
        }
        sql::put_failures(cx, model.ml_backend_id, failures, rests_until).await?;
    } else if model.failures > 0 {
        sql::put_failures(cx, model.ml_backend_id, 0, None).await?;
    }
    answer
}
