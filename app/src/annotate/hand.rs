//! The tool and the label in hand go along to the next task of a project, in this browser.

use domain::id::ProjectId;
use editor::annotate::{Editor, Hand};
use leptos::prelude::*;

use super::bench::Bench;
use super::browser;

/// Keeps what is in hand while the component lives, and takes up what was kept. Call while the page of a task is built.
pub(super) fn keep_in_hand(bench: Bench, project_id: ProjectId) {
    let key = format!("synapse.hand.{project_id}");
    let hand = Memo::new(move |_| bench.read(Editor::hand));
    Effect::new(move |is_begun: Option<()>| {
        let hand = hand.get();
        if is_begun.is_some() {
            if let Some(hand) = hand {
                browser::keep(&key, &hand);
            }
        } else if let Some(kept) = browser::kept::<Hand>(&key) {
            let _ = bench.act(|editor| editor.take_in_hand(kept));
        }
    });
}
