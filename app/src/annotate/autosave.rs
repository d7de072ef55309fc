//! Nothing is lost: every change is kept in this browser at once and on the server within two seconds, and work handed
//! in after the session has ended waits here until the person has signed in again.

use std::time::Duration;

use domain::Kind;
use domain::annotation::{DraftToSave, Submission};
use domain::id::{AnnotationId, ProjectId, TaskId, UserId};
use editor::annotate::Draft;
use editor::pace::Pace;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::{api, bench::Bench, browser};
use crate::error::AppError;

/// After a change the server gets the work this much later; further changes do not put it off.
const DELAY: Duration = Duration::from_millis(1_200);
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
}

/// Work as this browser keeps it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) draft: Draft,
    pub(super) revision: i64,
    pub(super) lead_time_ms: i64,
}

/// Work that is to be handed in once the person has signed in again.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Waiting {
    submission: Submission,
    is_skip: bool,
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
    /// Whether this browser has kept the latest change.
    is_here: StoredValue<bool>,
    pace: StoredValue<Pace>,
    lead_before_ms: StoredValue<i64>,
    stopped: StoredValue<bool>,
    pub(super) saving: RwSignal<Saving>,
}

impl Autosave {
    pub(super) fn new(
        bench: Bench,
        user_id: UserId,
        project_id: ProjectId,
        task_id: TaskId,
        annotation_id: Option<AnnotationId>,
        revision: i64,
        lead_time_ms: i64,
    ) -> Self {
        Self {
            bench,
            user_id,
            project_id,
            task_id,
            annotation_id,
            revision: StoredValue::new(revision),
            saved_revision: StoredValue::new(revision),
            scheduled: StoredValue::new(false),
            failures: StoredValue::new(0),
            is_here: StoredValue::new(true),
            pace: StoredValue::new(Pace::default()),
            lead_before_ms: StoredValue::new(lead_time_ms),
            stopped: StoredValue::new(false),
            saving: RwSignal::new(if revision > 0 { Saving::Saved } else { Saving::Untouched }),
        }
    }

    fn key(self) -> String {
        let annotation = self.annotation_id.map_or(0, |id| id.0);
        format!("synapse.draft.{}.{}.{}.{annotation}", self.user_id, self.project_id, self.task_id)
    }

    /// Takes over what this browser kept, if it is newer than what the server has, and listens from then on. `is_new` work
    /// begins with what the interface fills in.
    pub(super) fn start(self, is_new: bool) {
        self.pace.set_value(Pace::new(browser::now_ms()));
        Effect::new(move |_| {
            browser::overhear(&SIGNS_OF_LIFE, move || {
                // The page may have gone on to another task.
                let _ = self.pace.try_update_value(|pace| pace.touch(browser::now_ms()));
            });
        });
        self.bench.begin(is_new);
        if let Some(kept) = browser::kept::<Kept>(&self.key())
            && self.is_more(&kept)
        {
            self.bench.restore(&kept.draft);
            self.revision.set_value(kept.revision);
            self.lead_before_ms.set_value(kept.lead_time_ms);
            self.saving.set(Saving::OnItsWay);
            self.schedule(DELAY);
        }
        on_cleanup(move || self.flush());
        let bench = self.bench;
        Effect::new(move |before: Option<u32>| {
            let now = bench.changes.get();
            if before.is_some_and(|before| before != now) {
                self.changed();
            }
            now
        });
    }

    /// Whether this browser has what the server has not: later work, or a shape that is being drawn, which no result holds.
    fn is_more(self, kept: &Kept) -> bool {
        let theirs = self.revision.get_value();
        kept.revision > theirs || (kept.revision == theirs && kept.draft.unfinished.is_some())
    }

    /// Time spent on the task so far, without the time that nothing moved.
    pub(super) fn lead_time_ms(self) -> i64 {
        let here = self.pace.with_value(|pace| pace.spent_ms(browser::now_ms()));
        let here: i64 = format!("{here:.0}").parse().unwrap_or(0);
        self.lead_before_ms.get_value().saturating_add(here)
    }

    fn changed(self) {
        self.revision.update_value(|revision| *revision += 1);
        let kept = Kept {
            draft: self.bench.peek(editor::annotate::Editor::draft),
            revision: self.revision.get_value(),
            lead_time_ms: self.lead_time_ms(),
        };
        // A browser that keeps nothing is told of once the server does not either.
        self.is_here.set_value(browser::keep(&self.key(), &kept));
        // While the server cannot be reached, a change is no news of it.
        if self.failures.get_value() == 0 {
            self.saving.set(Saving::OnItsWay);
        }
        self.schedule(DELAY);
    }

    fn schedule(self, after: Duration) {
        if self.scheduled.get_value() || self.stopped.get_value() {
            return;
        }
        self.scheduled.set_value(true);
        set_timeout(
            move || {
                // The page may have gone on to another task.
                if self.scheduled.try_get_value().is_some() {
                    self.scheduled.set_value(false);
                    self.send();
                }
            },
            after,
        );
    }

    fn draft(self) -> DraftToSave {
        DraftToSave {
            project_id: self.project_id,
            task_id: self.task_id,
            annotation_id: self.annotation_id,
            revision: self.revision.get_value(),
            result: self.bench.peek(editor::annotate::Editor::results),
            lead_time_ms: self.lead_time_ms(),
        }
    }

    /// The page is left: what was to be sent in a moment is sent now, and nobody waits for the answer.
    fn flush(self) {
        let is_behind = self.saved_revision.try_get_value() < self.revision.try_get_value();
        if is_behind && self.stopped.try_get_value() == Some(false) {
            let draft = self.draft();
            spawn_local(async move {
                // This browser still has it, should it not arrive.
                let _ = api::save_draft(draft).await;
            });
        }
    }

    fn send(self) {
        let revision = self.revision.get_value();
        if self.stopped.get_value() || revision <= self.saved_revision.get_value() {
            return;
        }
        let draft = self.draft();
        spawn_local(async move {
            let answer = api::save_draft(draft).await;
            if self.stopped.try_get_value() != Some(false) {
                return;
            }
            match answer {
                Ok(kept) => {
                    self.failures.set_value(0);
                    self.saved_revision.set_value(revision.max(kept));
                    // Somebody else's tab may have saved more often: what is changed here next must count as newer.
                    self.revision.update_value(|mine| *mine = (*mine).max(kept));
                    if self.revision.get_value() > revision && kept == revision {
                        self.schedule(DELAY);
                    } else {
                        self.saving.set(Saving::Saved);
                    }
                }
                Err(error) if is_final(&error) => self.saving.set(Saving::Refused),
                Err(error) => {
                    self.saving.set(if error.needs_sign_in() {
                        Saving::SignedOut
                    } else if self.is_here.get_value() {
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

    /// The work is handed in: there is nothing to keep any more.
    pub(super) fn finish(self) {
        self.stopped.set_value(true);
        browser::forget(&self.key());
    }

    /// The session has ended: the submission waits in this browser.
    pub(super) fn wait(self, submission: Submission, is_skip: bool) -> bool {
        let key = format!("{}{}", waiting_prefix(self.user_id), submission.key);
        browser::keep(&key, &Waiting { submission, is_skip })
    }
}

/// Whether asking again would be answered the same: the task or its project is gone, or not this person's any more.
fn is_final(error: &AppError) -> bool {
    matches!(error.kind(), Some(Kind::NotFound | Kind::Forbidden | Kind::Conflict | Kind::Invalid | Kind::TooLarge))
}

fn waiting_prefix(user_id: UserId) -> String {
    format!("synapse.waiting.{user_id}.")
}

/// Hands in what waited for this person to sign in again. Says how many were sent, and what was refused.
pub(super) fn send_waiting(user_id: UserId, done: impl Fn(usize, Vec<AppError>) + 'static) {
    let keys = browser::kept_keys(&waiting_prefix(user_id));
    if keys.is_empty() {
        return;
    }
    spawn_local(async move {
        // Somebody else may have signed in on this browser: nobody's work is sent under another name.
        let is_me = crate::account::api::who_am_i().await.is_ok_and(|me| me.is_some_and(|me| me.user_id == user_id));
        if !is_me {
            return;
        }
        let (mut sent, mut refused) = (0, Vec::new());
        for key in keys {
            let Some(Waiting { submission, is_skip }) = browser::kept::<Waiting>(&key) else { continue };
            let answer = if is_skip { api::skip(submission).await } else { api::submit(submission).await };
            match answer {
                Ok(_) => {
                    browser::forget(&key);
                    sent += 1;
                }
                // Still no way to the server, or signed out again: it waits on.
                Err(AppError::Transport(_)) => return,
                Err(error) if error.needs_sign_in() => return,
                Err(error) => {
                    // The draft still has the work; sending it again would be refused again.
                    browser::forget(&key);
                    refused.push(error);
                }
            }
        }
        done(sent, refused);
    });
}
