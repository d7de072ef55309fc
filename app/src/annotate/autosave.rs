//! Nothing is lost: every change is kept in this browser at once, with all that can be undone, and the work on the server
//! within two seconds; what is handed in after the session has ended waits here until the person has signed in again.

use std::time::Duration;

use domain::Kind;
use domain::annotation::{DraftToSave, Submission};
use domain::id::{AnnotationId, ProjectId, TaskId, UserId};
use domain::result::ResultItem;
use editor::annotate::Editor;
use editor::pace::Pace;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use super::kept::{self, Row};
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
    /// What the work began with, until this browser keeps it.
    began: StoredValue<Vec<ResultItem>>,
    /// The number of the next row to keep; the first is what the work began with.
    next_row: StoredValue<u32>,
    /// Rows for which the database is not open yet.
    unwritten: StoredValue<Vec<String>>,
    /// What was kept is being read: nothing can be changed meanwhile.
    pub(super) opening: RwSignal<bool>,
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
        began: Vec<ResultItem>,
        revision: i64,
        lead_time_ms: i64,
    ) -> Self {
        Self {
            began: StoredValue::new(began),
            next_row: StoredValue::new(0),
            unwritten: StoredValue::new(Vec::new()),
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
            is_here: StoredValue::new(true),
            pace: StoredValue::new(Pace::default()),
            lead_before_ms: StoredValue::new(lead_time_ms),
            stopped: StoredValue::new(false),
            saving: RwSignal::new(if revision > 0 { Saving::Saved } else { Saving::Untouched }),
        }
    }

    fn key(self) -> String {
        let annotation = self.annotation_id.map_or(0, |id| id.0);
        format!("{}.{}.{}.{annotation}", self.user_id, self.project_id, self.task_id)
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
        if is_new {
            self.began.set_value(self.bench.peek(Editor::results));
        }
        self.bench.quietly(Editor::keep_log);
        self.opening.set(kept::is_there(&self.key()));
        spawn_local(async move {
            self.take_up().await;
            // The page may have gone on to another task.
            if self.opening.try_set(false).is_none() {
                self.write(None);
            }
        });
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

    /// Goes on with what this browser kept, unless the server has later work.
    async fn take_up(self) {
        if self.opening.try_get_untracked() != Some(true) {
            kept::open().await;
            return;
        }
        let Some(kept) = kept::read(&self.key()).await else { return };
        let Some(last) = kept.rows.last() else { return };
        let theirs = self.revision.try_get_value();
        if theirs.is_none_or(|theirs| theirs > last.revision) {
            return;
        }
        let (revision, lead_time_ms) = (last.revision, last.lead_time_ms);
        // The first row is what the work began with.
        self.next_row.set_value(u32::try_from(kept.rows.len()).unwrap_or(u32::MAX).saturating_add(1));
        let records: Vec<_> = kept.rows.into_iter().flat_map(|row| row.records).collect();
        self.bench.replay(&kept.results, &records);
        self.revision.set_value(revision);
        self.lead_before_ms.set_value(lead_time_ms);
        if theirs < Some(revision) {
            self.saving.set(Saving::OnItsWay);
            self.schedule(DELAY);
        }
    }

    /// Time spent on the task so far, without the time that nothing moved.
    pub(super) fn lead_time_ms(self) -> i64 {
        let here = self.pace.with_value(|pace| pace.spent_ms(browser::now_ms()));
        let here: i64 = format!("{here:.0}").parse().unwrap_or(0);
        self.lead_before_ms.get_value().saturating_add(here)
    }

    fn changed(self) {
        self.revision.update_value(|revision| *revision += 1);
        self.write(Some(Row {
            revision: self.revision.get_value(),
            lead_time_ms: self.lead_time_ms(),
            records: self.bench.quietly(Editor::take_log).unwrap_or_default(),
        }));
        // While the server cannot be reached, a change is no news of it.
        if self.failures.get_value() == 0 {
            self.saving.set(Saving::OnItsWay);
        }
        self.schedule(DELAY);
    }

    /// Keeps a change in this browser, and what could not be kept before the database was open.
    fn write(self, row: Option<Row>) {
        if self.stopped.get_value() {
            return;
        }
        self.unwritten.update_value(|rows| {
            if let Some(row) = &row {
                if self.next_row.get_value() == 0 && rows.is_empty() {
                    rows.push(self.began.with_value(|began| browser::json(began)));
                }
                rows.push(browser::json(row));
            }
        });
        if self.unwritten.with_value(Vec::is_empty) {
            return;
        }
        let first = self.next_row.get_value();
        let Some(written) = self.unwritten.with_value(|rows| kept::write(&self.key(), first, rows)) else {
            self.is_here.set_value(false);
            return;
        };
        let rows = self.unwritten.try_update_value(std::mem::take).unwrap_or_default();
        self.began.set_value(Vec::new());
        self.next_row.set_value(first.saturating_add(u32::try_from(rows.len()).unwrap_or(u32::MAX)));
        spawn_local(async move {
            let is_here = written.await;
            // A browser that keeps nothing is told of once the server does not either.
            self.is_here.try_update_value(|here| *here = is_here);
        });
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
            result: self.bench.peek(Editor::results),
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
        let key = self.key();
        spawn_local(async move { kept::forget(&key).await });
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
