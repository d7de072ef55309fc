//! A run that brings tasks up to date: where it stands and what it found.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{super::fraction, FieldChange, Rules};
use crate::id::{ReimportId, TaskId};

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReimportStatus {
    /// Waiting for a worker that looks at the rows.
    Created,
    /// Rows are being looked at.
    InProgress,
    /// What would change is known; somebody decides.
    Ready,
    /// Tasks are being changed.
    Applying,
    /// Done.
    Completed,
    /// Stopped by a reason that is told.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl ReimportStatus {
    const ALL: [Self; 7] =
        [Self::Created, Self::InProgress, Self::Ready, Self::Applying, Self::Completed, Self::Failed, Self::Cancelled];

    /// As stored, and as programs are told.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::InProgress => "in_progress",
            Self::Ready => "ready",
            Self::Applying => "applying",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }

    /// Whether nothing happens until somebody does something.
    #[must_use]
    pub fn rests(self) -> bool {
        !matches!(self, Self::Created | Self::InProgress | Self::Applying)
    }

    /// Whether it will change no more.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// A run that brings tasks up to date.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReimportRun {
    /// Its id.
    pub reimport_id: ReimportId,
    /// Where it stands.
    pub status: ReimportStatus,
    /// What it reads, in words.
    pub source_name: String,
    /// How rows are read.
    pub rules: Rules,
    /// Why it failed as a whole.
    pub error: Option<String>,
    /// Bytes to read.
    pub bytes_total: u64,
    /// Bytes read.
    pub bytes_done: u64,
    /// Rows that mean no task.
    pub new: u64,
    /// Rows that change a task.
    pub changed: u64,
    /// Rows whose task says all of it already.
    pub unchanged: u64,
    /// Rows that cannot be applied.
    pub conflicts: u64,
    /// Fields that would change, and in how many tasks.
    pub fields: Vec<(String, u64)>,
    /// Tasks that were changed.
    pub updated: u64,
    /// Tasks that were made.
    pub created: u64,
    /// Predictions that came in.
    pub predictions: u64,
    /// Who started it.
    pub started_by: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl ReimportRun {
    /// How much has been read, from 0 to 1.
    #[must_use]
    pub fn fraction_done(&self) -> Option<f64> {
        fraction(self.bytes_done, Some(self.bytes_total))
    }

    /// Whether there is anything to apply.
    #[must_use]
    pub fn would_change(&self) -> bool {
        self.changed > 0 || self.rules.adds_new && self.new > 0
    }

    /// How many rows there are of a kind.
    #[must_use]
    pub fn rows(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::New => self.new,
            Outcome::Changed => self.changed,
            Outcome::Conflict => self.conflicts,
        }
    }

    /// The first kind there are rows of.
    #[must_use]
    pub fn first_kind(&self) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| self.rows(*outcome) > 0)
    }
}

/// What becomes of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It means no task.
    New,
    /// It changes a task.
    Changed,
    /// It cannot be applied.
    Conflict,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Changed, Self::New, Self::Conflict];

    /// As people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::New => "Without a task",
            Self::Changed => "Changed",
            Self::Conflict => "Conflicts",
        }
    }

    /// As stored, and as programs are told.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Changed => "changed",
            Self::Conflict => "conflict",
        }
    }

    /// The one of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == name)
    }
}

/// A row of the look, as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedRow {
    /// Among all rows, from 1.
    pub position: i64,
    /// The file it stands in.
    pub source_name: String,
    /// Its number there, from 1.
    pub row_number: i64,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What tells its task.
    pub key: String,
    /// Its task.
    pub task_id: Option<TaskId>,
    /// The number of its task in the project, while it is there.
    pub inner_id: Option<i64>,
    /// What is otherwise.
    pub fields: Vec<FieldChange>,
    /// Why it cannot be applied.
    pub reason: String,
}

/// The project's runs, and what the newest one found: everything the page shows.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReimportHistory {
    /// Newest first.
    pub runs: Vec<ReimportRun>,
    /// The first rows of the newest run, of the first kind that it has any of.
    pub rows: Vec<LookedRow>,
}
