//! Between the drawings that ask and the server: each question is sent once, and its answer handed to the editor.

use domain::ml::{Question, Suggestion};
use editor::annotate::Editor;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::bench::{Bench, OpenedTask};
use super::{api, browser};

/// Why there is nobody to ask.
pub(super) const NO_MODEL: &str =
    "This project has no model to ask. Somebody who manages it can add one: Settings, Models.";

/// Where a browser keeps whether drawings ask, and whether what is suggested is accepted at once.
const ASSISTANCE: &str = "synapse.assistance";

/// Sends questions while the component lives. Call while the page of a task is built.
pub(super) fn assist(bench: Bench, task: OpenedTask) {
    let number = Memo::new(move |_| bench.read(Editor::question_number));
    Effect::new(move |_| {
        let Some(number) = number.get() else { return };
        let Some((_, prompts)) = bench.peek(Editor::question) else { return };
        let question = Question { project_id: task.project_id, task_id: task.task_id, prompts };
        spawn_local(async move {
            let answer = api::ask_model(question).await;
            // The page may have gone on to another task.
            if bench.changes.try_get_untracked().is_none() {
                return;
            }
            let _ = bench.act(|editor| match answer {
                Ok(Suggestion { result, .. }) => editor.advise(number, result),
                Err(error) => editor.fail(number, error.sentence()),
            });
        });
    });
    let assistance = Memo::new(move |_| bench.read(Editor::assistance));
    Effect::new(move |is_begun: Option<()>| {
        let assistance = assistance.get();
        if is_begun.is_some() {
            browser::keep(ASSISTANCE, &assistance);
        } else if let Some((is_on, accepts_alone)) = browser::kept(ASSISTANCE) {
            let _ = bench.act(|editor| editor.set_assistance(is_on, accepts_alone));
        }
    });
}
