//! One run of an import, as people watch it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::FieldGap;
use crate::id::ImportId;

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunStatus {
    /// Waiting for a worker.
    Created,
    /// Under way.
    InProgress,
    /// Done; perhaps with rows that failed.
    Completed,
    /// Stopped by a reason that is told.
    Failed,
    /// Stopped by a person.
    Cancelled,
}

impl RunStatus {
    /// As the database writes it.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "created" => Self::Created,
            "in_progress" => Self::InProgress,
            "completed" => Self::Completed,
            "failed" => Self::Failed,
            "cancelled" => Self::Cancelled,
            _ => return None,
        })
    }

    /// As the database writes it, and as programs are told.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether it will change no more.
    #[must_use]
    pub fn is_over(self) -> bool {
        matches!(self, Self::Completed | Self::Failed | Self::Cancelled)
    }
}

/// One run of an import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportRun {
    /// Its id.
    pub import_id: ImportId,
    /// Where it stands.
    pub status: RunStatus,
    /// What it reads, in words.
    pub source_name: String,
    /// Why it failed as a whole.
    pub error: Option<String>,
    /// Bytes to read, where known.
    pub bytes_total: Option<u64>,
    /// Bytes read.
    pub bytes_done: u64,
    /// Rows read, good and bad.
    pub rows: u64,
    /// Tasks made.
    pub tasks: u64,
    /// Rows refused.
    pub failed: u64,
    /// Annotations that came along.
    pub annotations: u64,
    /// Predictions that came along.
    pub predictions: u64,
    /// Who started it.
    pub started_by: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl ImportRun {
    /// How much has been read, from 0 to 1; `None` where the end is not known.
    #[must_use]
    pub fn fraction_done(&self) -> Option<f64> {
        fraction(self.bytes_done, self.bytes_total)
    }
}

/// How much of a total is done, from 0 to 1 in thousandths; `None` where the total is not known.
pub(crate) fn fraction(done: u64, total: Option<u64>) -> Option<f64> {
    let total = total.filter(|total| *total > 0)?;
    let permille = done.min(total).saturating_mul(1000) / total;
    u32::try_from(permille).ok().map(|permille| f64::from(permille) / 1000.0)
}

impl ImportRun {
    /// Whether all that it read became tasks.
    #[must_use]
    pub fn went_well(&self) -> bool {
        self.status == RunStatus::Completed && self.failed == 0 && self.tasks > 0
    }
}

/// The project's imports, and what failed in the newest.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportHistory {
    /// Newest first.
    pub runs: Vec<ImportRun>,
    /// The first refused rows of the newest run, once it is over.
    pub failures: Vec<FailedRow>,
    /// What the labeling interface shows and tasks lack, once the newest run is over.
    #[serde(default)]
    pub gaps: Vec<FieldGap>,
    /// Whether the project has tasks.
    #[serde(default)]
    pub has_tasks: bool,
}

/// A row that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedRow {
    /// The file it stood in.
    pub source_name: String,
    /// Its number there, from 1.
    pub row_number: i64,
    /// Why it was refused.
    pub reason: String,
    /// What it said, shortened.
    pub original: String,
}
