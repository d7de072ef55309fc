//! What runs of imports and exports share on screen.

use domain::import::RunStatus;
use leptos::prelude::*;

use crate::ui::{Badge, Tone};

/// A count as the words around it want it.
pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Where a run stands: `doing` while it works, `done` when all went well, `flawed` where it did not.
pub(crate) fn badge(
    status: RunStatus,
    doing: &'static str,
    done: &'static str,
    flawed: Option<&'static str>,
) -> AnyView {
    let (tone, word) = match (status, flawed) {
        (RunStatus::Created, _) => (Tone::Neutral, "Waiting"),
        (RunStatus::InProgress, _) => (Tone::Accent, doing),
        (RunStatus::Completed, Some(flawed)) => (Tone::Warning, flawed),
        (RunStatus::Completed, None) => (Tone::Success, done),
        (RunStatus::Failed, _) => (Tone::Danger, "Failed"),
        (RunStatus::Cancelled, _) => (Tone::Neutral, "Cancelled"),
    };
    view! { <Badge tone dot=true>{word}</Badge> }.into_any()
}
