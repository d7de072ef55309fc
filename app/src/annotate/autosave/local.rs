//! The browser's part: what it has kept is taken up, every change is kept, and two tabs notice each other.

use std::time::Duration;

use domain::annotation::{KeptHere, Resume, resume};
use domain::result::ResultItem;
use editor::annotate::{Editor, Record};
use editor::pace::Pace;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::kept::{self, Base, Row};
use super::{Autosave, DELAY, SIGNS_OF_LIFE, Saving};
use crate::annotate::browser;

/// How long after a task has been opened nobody waits for anything any more.
const PREPARED_AFTER: Duration = Duration::from_secs(2);
/// Where a tab says which task it has just opened.
const OPENED: &str = "synapse.opened";

/// What of the work this browser keeps.
pub(super) struct Local {
    /// What it began with, until that is kept or written below.
    began: Vec<ResultItem>,
    /// The same as the row it is to be, written while nobody waits for it.
    base: Option<String>,
    /// The number of the next row; the first is what the work began with.
    next_row: u32,
    /// Rows for which the database is not open yet.
    unwritten: Vec<String>,
    /// Whether the latest change is kept.
    keeps: bool,
}

impl Local {
    pub(super) fn new(began: Vec<ResultItem>) -> Self {
        Self { began, base: None, next_row: 0, unwritten: Vec::new(), keeps: true }
    }

    /// Whether the latest change is kept.
    pub(super) fn keeps(&self) -> bool {
        self.keeps
    }

    /// The first row, unless that is kept.
    fn base(&mut self, sitting: i64) -> Option<String> {
        if self.next_row > 0 || !self.unwritten.is_empty() {
            return None;
        }
        let written = || browser::json(&Base { sitting, results: std::mem::take(&mut self.began) });
        Some(self.base.take().unwrap_or_else(written))
    }
}

impl Autosave {
    fn key(self) -> String {
        let annotation = self.annotation_id.map_or(0, |id| id.0);
        format!("{}.{}.{}.{annotation}", self.user_id, self.project_id, self.task_id)
    }

    /// Takes over what this browser kept, unless the server has later work, and listens from then on. `is_new` work begins
    /// with what the interface fills in.
    pub(in crate::annotate) fn start(self, is_new: bool) {
        self.pace.set_value(Pace::new(browser::now_ms()));
        Effect::new(move |_| {
            browser::overhear(&SIGNS_OF_LIFE, move || {
                // The page may have gone on to another task.
                let _ = self.pace.try_update_value(|pace| pace.touch(browser::now_ms()));
            });
        });
        self.sitting.set_value(browser::number());
        self.bench.begin(is_new);
        if is_new {
            let began = self.bench.peek(Editor::results);
            self.local.update_value(|local| local.began = began);
        }
        self.bench.quietly(Editor::keep_log);
        self.claim();
        self.opening.set(kept::is_there(&self.key()));
        spawn_local(async move {
            if self.opening.try_get_untracked() == Some(true) {
                self.take_up(is_new).await;
            } else {
                kept::open().await;
            }
            // The page may have gone on to another task.
            if self.opening.try_set(false).is_none() {
                self.write();
                set_timeout(move || browser::when_idle(move || self.prepare()), PREPARED_AFTER);
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
    async fn take_up(self, is_new: bool) {
        let Some(kept) = kept::read(&self.key()).await else { return };
        let Some(last) = kept.rows.last() else { return };
        let began_alike = self.local.try_with_value(|local| is_new || local.began == kept.base.results);
        let Some(is_current) = began_alike else { return };
        let (sitting, revision, saved) = (kept.base.sitting, last.revision, last.saved);
        let choice = resume(KeptHere { sitting, revision, saved, is_current }, self.there);
        if choice == Resume::There {
            return;
        }
        self.sitting.set_value(sitting);
        self.revision.set_value(revision);
        // What the server has of this very sitting is known again, should its answer have been lost.
        let is_mine = self.there.filter(|there| there.sitting == sitting);
        self.saved_revision.set_value(is_mine.map_or(saved, |there| there.revision));
        self.lead_before_ms.set_value(last.lead_time_ms);
        self.local.update_value(|local| {
            local.began = Vec::new();
            local.next_row = u32::try_from(kept.rows.len()).unwrap_or(u32::MAX).saturating_add(1);
        });
        let records: Vec<_> = kept.rows.into_iter().flat_map(|row| row.records).collect();
        self.bench.replay(&kept.base.results, &records);
        if choice == Resume::Ask {
            self.saving.set(Saving::Elsewhere);
        } else if self.saved_revision.get_value() < revision {
            self.saving.set(Saving::OnItsWay);
            self.schedule(DELAY);
        }
    }

    /// Writes down what the work began with before the first change asks for it: of many regions that takes longer than a
    /// frame may.
    fn prepare(self) {
        let Some(sitting) = self.sitting.try_get_value() else { return };
        let _ = self.local.try_update_value(|local| local.base = local.base(sitting));
    }

    /// Tells the other tabs that this one has the task now, and hears it from them.
    fn claim(self) {
        let told = |sitting: i64| format!("{} {sitting}", self.key());
        browser::keep(OPENED, &told(self.sitting.get_value()));
        browser::on_kept_elsewhere(OPENED, move |said: String| {
            let is_mine =
                self.stopped.try_get_untracked() == Some(false) && said.starts_with(&format!("{} ", self.key()));
            if !is_mine {
                return;
            }
            if !self.local.with_value(Local::keeps) {
                // The other tab cannot read it here: the server has it, and asks.
                self.flush();
            }
            // From here on nothing is kept or sent, not even what was being drawn.
            self.saving.set(Saving::OtherTab);
            let _ = self.bench.act(Editor::abandon);
        });
    }

    /// Keeps what has just been changed.
    pub(super) fn keep_change(self) {
        let records = self.bench.quietly(Editor::take_log).unwrap_or_default();
        self.keep(records);
    }

    /// Keeps how far the server is.
    pub(super) fn keep_saved(self) {
        if self.local.with_value(|local| local.next_row > 0) {
            self.keep(Vec::new());
        }
    }

    fn keep(self, records: Vec<Record>) {
        if self.stopped.get_untracked() || self.saving.get_untracked() == Saving::OtherTab {
            return;
        }
        let row = Row {
            revision: self.revision.get_value(),
            saved: self.saved_revision.get_value(),
            lead_time_ms: self.lead_time_ms(),
            records,
        };
        self.local.update_value(|local| {
            let base = local.base(self.sitting.get_value());
            local.unwritten.extend(base);
            local.unwritten.push(browser::json(&row));
        });
        self.write();
    }

    /// Hands to the database what it does not have.
    fn write(self) {
        let key = self.key();
        let written = self.local.try_update_value(|local| {
            if local.unwritten.is_empty() {
                return None;
            }
            let written = kept::write(&key, local.next_row, &local.unwritten);
            local.keeps = written.is_some();
            if written.is_some() {
                let count = u32::try_from(local.unwritten.len()).unwrap_or(u32::MAX);
                local.next_row = local.next_row.saturating_add(count);
                local.unwritten.clear();
            }
            written
        });
        let Some(written) = written.flatten() else { return };
        spawn_local(async move {
            let keeps = written.await;
            // A browser that keeps nothing is told of once the server does not either.
            let _ = self.local.try_update_value(|local| local.keeps &= keeps);
        });
    }

    /// Forgets what this browser has kept of the task.
    pub(super) fn forget(self) -> impl Future<Output = ()> + 'static {
        let key = self.key();
        async move { kept::forget(&key).await }
    }
}
