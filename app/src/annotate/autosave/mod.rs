//! Nothing is lost: every change is kept in this browser at once, with all that can be undone, and the work on the server
//! within two seconds, or with very many regions fifteen; what is handed in after the session has ended waits here until the
//! person has signed in again.

mod kept;
mod local;
mod waiting;

use std::time::Duration;

use domain::Kind;
use domain::annotation::{DRAFT_ELSEWHERE, DraftToSave, KeptThere};
use domain::id::{AnnotationId, ProjectId, TaskId, UserId};
use domain::result::ResultItem;
use editor::annotate::Editor;
use editor::pace::Pace;
use leptos::prelude::*;
use leptos::task::spawn_local;

use local::Local;
pub(super) use waiting::send_waiting;

use super::{api, bench::Bench, browser};
use crate::error::AppError;

/// After a change the server gets the work this much later; further changes do not put it off.
const DELAY: Duration = Duration::from_millis(1_200);
/// Of the time, so much may go into writing the work down for the server: a task with very many regions is sent less often,
/// and nothing of it is lost meanwhile, since this browser keeps each change at once.
const SHARE: f64 = 0.02;
/// But never less often than this.
const LATEST: Duration = Duration::from_secs(15);
/// After a failure the next attempt comes this much later, then twice as late, up to a minute.
const RETRY_MS: u64 = 3_000;

/// What says that somebody is at work; `timeupdate` comes from what plays.
const SIGNS_OF_LIFE: [&str; 6] = ["pointermove", "pointerdown", "keydown", "wheel", "scroll", "timeupdate"];

/// Where the work is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Saving {
    /// Nothing has been changed.
    Untouched,
    /// In this browser, on its way to the server.
    OnItsWay,
    /// On the server.
    Saved,
    /// In this browser; the server cannot be reached.
    Here,
    /// In this browser; the session has ended.
    SignedOut,
    /// The browser keeps nothing and the server cannot be reached.
    Nowhere,
    /// In this browser; the server takes nothing for this task any more.
    Refused,
    /// In this browser; the server does not store as much.
    TooLarge,
    /// In this browser; another place has saved work of this person's on the task since.
    Elsewhere,
    /// In this browser, where another tab goes on with it.
    OtherTab,
}

/// Work on a task as the server showed it.
pub(super) struct Shown {
    pub(super) user_id: UserId,
    pub(super) project_id: ProjectId,
    pub(super) task_id: TaskId,
    /// The submitted work that is being changed.
    pub(super) annotation_id: Option<AnnotationId>,
    pub(super) results: Vec<ResultItem>,
    /// The draft it comes from.
    pub(super) draft: Option<KeptThere>,
    pub(super) lead_time_ms: i64,
}

/// Keeps the work on one task.
#[derive(Clone, Copy)]
pub(super) struct Autosave {
    bench: Bench,
    user_id: UserId,
    project_id: ProjectId,
    task_id: TaskId,
    annotation_id: Option<AnnotationId>,
    revision: StoredValue<i64>,
    saved_revision: StoredValue<i64>,
    scheduled: StoredValue<bool>,
    failures: StoredValue<u32>,
    /// How long writing it down took last.
    cost_ms: StoredValue<f64>,
    /// What the server had of the task when it was opened.
    there: Option<KeptThere>,
    /// The number this page draws for its work: the same for as long as the work goes on.
    sitting: StoredValue<i64>,
    /// The person has chosen this version over the one that the server has.
    is_chosen: StoredValue<bool>,
    local: StoredValue<Local>,
    /// What was kept is being read: nothing can be changed meanwhile.
    opening: RwSignal<bool>,
    pace: StoredValue<Pace>,
    lead_before_ms: StoredValue<i64>,
    /// The work has been handed in, or given up for another version: nothing of it is kept, and nothing can be changed.
    stopped: RwSignal<bool>,
    pub(super) saving: RwSignal<Saving>,
}

impl Autosave {
    pub(super) fn new(bench: Bench, shown: Shown) -> Self {
        let Shown { user_id, project_id, task_id, annotation_id, results, draft, lead_time_ms } = shown;
        let revision = draft.map_or(0, |draft| draft.revision);
        Self {
            there: draft,
            sitting: StoredValue::new(0),
            is_chosen: StoredValue::new(false),
            local: StoredValue::new(Local::new(results)),
            opening: RwSignal::new(false),
            bench,
            user_id,
            project_id,
            task_id,
            annotation_id,
            revision: StoredValue::new(revision),
            saved_revision: StoredValue::new(revision),
            scheduled: StoredValue::new(false),
            failures: StoredValue::new(0),
            cost_ms: StoredValue::new(0.0),
            pace: StoredValue::new(Pace::default()),
            lead_before_ms: StoredValue::new(lead_time_ms),
            stopped: RwSignal::new(false),
            saving: RwSignal::new(if revision > 0 { Saving::Saved } else { Saving::Untouched }),
        }
    }

    /// Time spent on the task so far, without the time that nothing moved.
    pub(super) fn lead_time_ms(self) -> i64 {
        let here = self.pace.with_value(|pace| pace.spent_ms(browser::now_ms()));
        let here: i64 = format!("{here:.0}").parse().unwrap_or(0);
        self.lead_before_ms.get_value().saturating_add(here)
    }

    /// Whether nothing may be changed now: what was kept is being read, another tab goes on with it, or it is handed in and
    /// what comes next is on its way.
    pub(super) fn is_shut(self) -> bool {
        self.opening.get() || self.stopped.get() || self.saving.get() == Saving::OtherTab
    }

    /// Whether the server gets nothing until the person has decided.
    fn waits_for_choice(self) -> bool {
        matches!(self.saving.try_get_untracked(), None | Some(Saving::Elsewhere | Saving::OtherTab))
    }

    fn changed(self) {
        self.revision.update_value(|revision| *revision += 1);
        self.keep_change();
        // While the server cannot be reached, a change is no news of it.
        if self.failures.get_value() == 0 && !self.waits_for_choice() {
            self.saving.set(Saving::OnItsWay);
        }
        self.schedule(self.delay());
    }

    /// How long after a change the server gets the work.
    fn delay(self) -> Duration {
        DELAY.max(Duration::from_secs_f64(self.cost_ms.get_value().max(0.0) / SHARE / 1_000.0)).min(LATEST)
    }

    fn schedule(self, after: Duration) {
        if self.scheduled.get_value() || self.stopped.get_untracked() {
            return;
        }
        self.scheduled.set_value(true);
        let send = move || {
            // The page may have gone on to another task.
            if self.scheduled.try_get_value().is_some() {
                self.scheduled.set_value(false);
                self.send();
            }
        };
        // Many regions take longer than a frame to write down: not while somebody drags one.
        set_timeout(move || browser::when_idle(send), after);
    }

    fn draft(self) -> DraftToSave {
        DraftToSave {
            project_id: self.project_id,
            task_id: self.task_id,
            annotation_id: self.annotation_id,
            revision: self.revision.get_value(),
            sitting: self.sitting.get_value(),
            since: self.saved_revision.get_value(),
            is_chosen: self.is_chosen.get_value(),
            result: self.bench.peek(Editor::results),
            lead_time_ms: self.lead_time_ms(),
        }
    }

    /// The page is left: what was to be sent in a moment is sent now, and nobody waits for the answer.
    fn flush(self) {
        let is_behind = self.saved_revision.try_get_value() < self.revision.try_get_value();
        if is_behind && self.stopped.try_get_untracked() == Some(false) && !self.waits_for_choice() {
            let draft = self.draft();
            spawn_local(async move {
                // This browser still has it, should it not arrive.
                let _ = api::save_draft(draft).await;
            });
        }
    }

    fn send(self) {
        let revision = self.revision.get_value();
        if self.stopped.get_untracked() || revision <= self.saved_revision.get_value() || self.waits_for_choice() {
            return;
        }
        let begun = browser::now_ms();
        let draft = self.draft();
        self.cost_ms.set_value(browser::now_ms() - begun);
        spawn_local(async move {
            let answer = api::save_draft(draft).await;
            if self.stopped.try_get_untracked() != Some(false) || self.waits_for_choice() {
                return;
            }
            match answer {
                Ok(kept) => {
                    self.failures.set_value(0);
                    self.is_chosen.set_value(false);
                    let is_latest = self.revision.get_value() == revision;
                    // Work that was chosen over another place's counts on from that.
                    self.revision.update_value(|mine| *mine = (*mine).max(kept + i64::from(!is_latest)));
                    self.saved_revision.set_value(kept);
                    self.keep_saved();
                    if is_latest {
                        self.saving.set(Saving::Saved);
                    } else {
                        self.schedule(self.delay());
                    }
                }
                Err(AppError::Domain(problem)) if problem.code == DRAFT_ELSEWHERE => {
                    self.saving.set(Saving::Elsewhere);
                }
                Err(error) if error.kind() == Some(Kind::TooLarge) => self.saving.set(Saving::TooLarge),
                Err(error) if is_final(&error) => self.saving.set(Saving::Refused),
                Err(error) => {
                    self.saving.set(if error.needs_sign_in() {
                        Saving::SignedOut
                    } else if self.local.with_value(Local::keeps) {
                        Saving::Here
                    } else {
                        Saving::Nowhere
                    });
                    self.failures.update_value(|failures| *failures = failures.saturating_add(1));
                    // Retried by hand meanwhile: one timer is enough, and `scheduled` sees to it.
                    let wait = RETRY_MS << self.failures.get_value().min(5).saturating_sub(1);
                    self.schedule(Duration::from_millis(wait.min(60_000)));
                }
            }
        });
    }

    /// Sends now what would be sent later: something says that the server can be reached again.
    pub(super) fn retry(self) {
        if matches!(self.saving.try_get_untracked(), Some(Saving::Here | Saving::SignedOut | Saving::Nowhere)) {
            self.send();
        }
    }

    /// The person goes on with this version: it replaces what another place has saved.
    pub(super) fn choose_this(self) {
        self.is_chosen.set_value(true);
        // Also what the server had once, before its draft went with a submission.
        self.revision.update_value(|revision| *revision += 1);
        self.saving.set(Saving::OnItsWay);
        self.send();
    }

    /// The person goes on with what another place has saved: `then` opens it.
    pub(super) fn choose_other(self, then: impl Fn() + 'static) {
        self.stopped.set(true);
        let forgotten = self.forget();
        spawn_local(async move {
            forgotten.await;
            then();
        });
    }

    /// The work is handed in: there is nothing to keep any more.
    pub(super) fn finish(self) {
        self.stopped.set(true);
        spawn_local(self.forget());
    }
}

/// Whether asking again would be answered the same: the task or its project is gone, or not this person's any more.
fn is_final(error: &AppError) -> bool {
    matches!(error.kind(), Some(Kind::NotFound | Kind::Forbidden | Kind::Conflict | Kind::Invalid))
}
