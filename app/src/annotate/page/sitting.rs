//! One person at one task: what is handed in, and what comes before and after.

use domain::annotation::{Done, KeptThere, LabelProject, OpenTask, Submission, Submitted, Version, proposed};
use domain::hotkeys::OwnKeys;
use domain::id::{AnnotationId, PredictionId, ProjectId, TaskId, UserId};
use domain::label_config::LabelConfig;
use editor::annotate::{Advice, Editor, RegionKey};
use editor::keymap::Keymap;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;
use wasm_bindgen::JsCast;

use crate::annotate::autosave::{Autosave, Shown};
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::comments::{Here, Talk};
use crate::annotate::{api, browser};
use crate::error::AppError;
use crate::ui::Toasts;

/// Nobody hands in what they have seen for less than this, in milliseconds.
const SETTLE_MS: f64 = 500.0;

/// How somebody hands in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// A click, which may be the second half of a double one.
    Click,
    /// Keys.
    Keys,
}

/// One person at one task.
#[derive(Clone, Copy)]
pub(super) struct Sitting {
    pub(super) user_id: UserId,
    pub(super) bench: Bench,
    pub(super) autosave: Autosave,
    pub(super) project_id: ProjectId,
    pub(super) task_id: TaskId,
    pub(super) inner_id: i64,
    pub(super) annotation_id: Option<AnnotationId>,
    pub(super) prediction_id: Option<PredictionId>,
    /// Proposed by this model, as long as nothing else is known.
    pub(super) proposed_by: StoredValue<Option<String>>,
    pub(super) was_skipped: bool,
    /// Nobody has worked on it yet.
    pub(super) is_new: bool,
    pub(super) leased: bool,
    pub(super) may_skip: bool,
    pub(super) may_be_empty: bool,
    pub(super) done: StoredValue<Vec<Done>>,
    /// What the work can be compared with.
    pub(super) versions: StoredValue<Vec<Version>>,
    /// What is said about the task.
    pub(super) talk: Talk,
    pub(super) version: RwSignal<u32>,
    /// The key of a submission that may have reached the server; anew after each change.
    pub(super) key: StoredValue<Option<Uuid>>,
    pub(super) busy: RwSignal<bool>,
    /// A submission waits for the person to sign in again.
    pub(super) signed_out: RwSignal<bool>,
    /// It waits on this page alone: the browser keeps nothing.
    pub(super) kept_nowhere: RwSignal<bool>,
    /// When the task appeared, on the page's clock.
    pub(super) opened_ms: StoredValue<f64>,
}

impl Sitting {
    pub(super) fn new(
        user_id: UserId,
        project: &LabelProject,
        task: OpenTask,
        config: LabelConfig,
        done: Vec<Done>,
        keys: &OwnKeys,
        version: RwSignal<u32>,
    ) -> Self {
        let OpenTask { task_id, inner_id, data, leased, annotation, draft, prediction, versions, comments, .. } = task;
        let was_skipped = annotation.as_ref().is_some_and(|annotation| annotation.was_cancelled);
        let annotation_id = annotation.as_ref().filter(|a| !a.was_cancelled).map(|a| a.annotation_id);
        let prediction_id = prediction.as_ref().map(|prediction| prediction.prediction_id);
        let lead_time_ms = draft.as_ref().map_or(0, |draft| draft.lead_time_ms);
        let there = draft.as_ref().map(|draft| KeptThere { sitting: draft.sitting, revision: draft.revision });
        let is_begun = annotation.is_some();
        // Also of what has been changed since, as long as it has not been handed in.
        let proposed_by = prediction.as_ref().filter(|_| !is_begun).map(|proposal| proposal.model_version.clone());
        let proposal = prediction.as_ref().filter(|_| project.reveals_one_by_one && !is_begun);
        let held_back = proposal.map(|prediction| proposed(prediction.prediction_id, prediction.result.clone()));
        let results = match (draft, annotation, prediction) {
            (Some(draft), ..) => draft.result,
            (None, Some(annotation), _) => annotation.result,
            (None, None, Some(prediction)) => match &held_back {
                Some(proposal) => Editor::apart_from_regions(proposal),
                None => proposed(prediction.prediction_id, prediction.result),
            },
            (None, None, None) => Vec::new(),
        };
        let is_new = annotation_id.is_none() && there.is_none() && results.is_empty() && !was_skipped;
        let bench = Bench::new(config, data, &results, false);
        bench.quietly(|editor| {
            let _ = editor.set_keymap(Keymap::new(keys));
            editor.withhold(held_back.unwrap_or_default());
            editor.set_model(project.model.clone());
        });
        let project_id = project.project_id;
        let opened = OpenedTask { project_id, task_id, relays_media: project.relays_media };
        Self {
            user_id,
            bench,
            autosave: Autosave::new(
                bench,
                Shown { user_id, project_id, task_id, annotation_id, results, draft: there, lead_time_ms },
            ),
            project_id,
            task_id,
            inner_id,
            annotation_id,
            prediction_id,
            proposed_by: StoredValue::new(proposed_by),
            was_skipped,
            is_new,
            leased: leased && annotation_id.is_none(),
            may_skip: project.show_skip_button && annotation_id.is_none(),
            may_be_empty: project.enable_empty_annotation,
            done: StoredValue::new(done),
            versions: StoredValue::new(versions),
            talk: Talk::new(bench, opened, user_id, Here::Mine, comments, project.sees_all),
            version,
            key: StoredValue::new(None),
            busy: RwSignal::new(false),
            signed_out: RwSignal::new(false),
            kept_nowhere: RwSignal::new(false),
            opened_ms: StoredValue::new(0.0),
        }
    }

    fn submission(self) -> Submission {
        let key = self.key.get_value().unwrap_or_else(browser::new_key);
        self.key.set_value(Some(key));
        Submission {
            project_id: self.project_id,
            task_id: self.task_id,
            annotation_id: self.annotation_id,
            key,
            result: self.bench.peek(Editor::results),
            lead_time_ms: self.autosave.lead_time_ms(),
            prediction_id: self.prediction_id,
        }
    }

    /// Hands the work in and goes on. What keeps it back is said next to its cause.
    pub(super) fn hand_in(self, is_skip: bool, by: By, toasts: Toasts, go: Callback<()>) {
        let just_opened = browser::now_ms() - self.opened_ms.get_value() < SETTLE_MS;
        let is_hasty = just_opened && self.bench.changes.get_untracked() == 0;
        // The second half of a double click was meant for the task before. Keys are always answered.
        if self.busy.get_untracked() || (is_hasty && by == By::Click) {
            return;
        }
        if !is_skip {
            if self.bench.peek(|editor| editor.advice() != Advice::None) {
                toasts
                    .info("What you drew for the model is not part of the work yet: accept, keep or discard it first.");
                return;
            }
            if self.bench.peek(Editor::has_open_path) {
                toasts.info("A shape is not finished: end it (Enter, or a double click) or leave it (Esc) first.");
                return;
            }
            let problems = self.bench.peek(Editor::problems);
            if let Some(first) = problems.first() {
                let control = first.field.as_deref().unwrap_or_default().to_owned();
                let sentence = first.message.clone();
                self.bench.to_answer.set(Some(control.clone()));
                let open = self.bench.peek(|editor| editor.to_answer(&control));
                if let Some(key) = open.first().copied().filter(|_| !self.is_about(&open)) {
                    let _ = self.bench.act(|editor| editor.select([key].into()).and(editor.bring_into_view(key)));
                }
                self.bench.problems.set(problems);
                // What is wrong stands where the question is; where that is not on the page, it is said.
                if find_control(&control).is_none() {
                    toasts.info(sentence);
                }
                show_control(control);
                return;
            }
            if !self.may_be_empty && self.bench.peek(|editor| editor.results().is_empty()) {
                toasts.info("There is nothing to submit yet. Mark something first, or skip the task.");
                return;
            }
        }
        if is_hasty {
            return;
        }
        self.busy.set(true);
        let submission = self.submission();
        spawn_local(async move {
            let kept = submission.clone();
            let answer: Result<Submitted, AppError> =
                if is_skip { api::skip(submission).await } else { api::submit(submission).await };
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(_) => {
                    self.autosave.finish();
                    let word = match (is_skip, self.annotation_id) {
                        (true, _) => "Skipped.",
                        (false, Some(_)) => "Updated.",
                        (false, None) => "Submitted.",
                    };
                    toasts.success(word);
                    go.run(());
                }
                Err(error) if error.needs_sign_in() => {
                    self.kept_nowhere.set(!self.autosave.wait(kept, is_skip));
                    self.signed_out.set(true);
                }
                Err(error) => {
                    toasts.error(&error);
                    if let AppError::Domain(problem) = error
                        && let Some(field) = problem.field.clone()
                    {
                        self.bench.problems.set(vec![problem]);
                        show_control(field.into_owned());
                    }
                }
            }
        });
    }

    /// Whether the region that is selected is one of these.
    fn is_about(self, keys: &[RegionKey]) -> bool {
        self.bench.peek(|editor| editor.sole().is_some_and(|key| keys.contains(&key)))
    }

    /// The person's task before this one, and after it.
    pub(super) fn neighbours(self) -> (Option<TaskId>, Option<TaskId>) {
        self.done.with_value(|done| {
            let here = done.iter().position(|task| task.task_id == self.task_id);
            let before = done.get(here.map_or(0, |here| here + 1)).map(|task| task.task_id);
            let after = here.and_then(|here| here.checked_sub(1)).and_then(|at| done.get(at)).map(|task| task.task_id);
            (before, after)
        })
    }
}

fn find_control(name: &str) -> Option<web_sys::Element> {
    // Names are free text: compared, never pasted into a selector.
    let found = document().query_selector_all("[data-control]").ok()?;
    let mut elements = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<web_sys::Element>().ok());
    elements.find(|it| it.get_attribute("data-control").as_deref() == Some(name))
}

/// Brings a control into sight, with what is said of it, and gives its first field the keyboard.
fn show_control(name: String) {
    // What is wrong with it, and the region it asks about, are on the page by then.
    request_animation_frame(move || {
        let Some(control) = find_control(&name) else { return };
        // What is folded away is opened.
        let mut around = control.closest("details").ok().flatten();
        while let Some(details) = around {
            // Refused only for names that no attribute can have.
            let _ = details.set_attribute("open", "");
            around = details.parent_element().and_then(|outer| outer.closest("details").ok().flatten());
        }
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        control.scroll_into_view_with_scroll_into_view_options(&options);
        let is_there_already = document().active_element().is_some_and(|active| control.contains(Some(&active)));
        let first = control.query_selector("input, textarea, select, summary, button").ok().flatten();
        let field = first.filter(|_| !is_there_already).and_then(|it| it.dyn_into::<web_sys::HtmlElement>().ok());
        if let Some(field) = field {
            let options = web_sys::FocusOptions::new();
            options.set_prevent_scroll(true);
            // One that cannot take the focus is in sight all the same.
            let _ = field.focus_with_options(&options);
        }
    });
}
