//! One run of an export, as people watch it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ExportFormat, ExportOptions, Manifest};
use crate::{
    id::{ExportId, UserId},
    import::{RunStatus, fraction},
};

/// One run of an export.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExportRun {
    /// Its id.
    pub export_id: ExportId,
    /// What is written.
    pub format: ExportFormat,
    /// What was chosen beside the format.
    pub options: ExportOptions,
    /// The snapshot it is made from, where it is not made from the project itself.
    #[serde(default)]
    pub source: Option<ExportId>,
    /// Where it stands.
    pub status: RunStatus,
    /// Why it failed.
    pub error: Option<String>,
    /// What the download is called, once there is one.
    pub file_name: Option<String>,
    /// What is in it, as MD5 in hexadecimal digits.
    #[serde(default)]
    pub md5: Option<String>,
    /// How large it is.
    pub size_bytes: Option<u64>,
    /// The account it gives of itself.
    pub manifest: Option<Manifest>,
    /// Tasks looked at so far.
    pub done: u64,
    /// Tasks there were at the start.
    pub total: Option<u64>,
    /// Who started it.
    pub started_by: Option<String>,
    /// Their number and address.
    #[serde(default)]
    pub starter: Option<(UserId, String)>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

impl ExportRun {
    /// How much has been written, from 0 to 1; `None` where the number of tasks is not known.
    #[must_use]
    pub fn fraction_done(&self) -> Option<f64> {
        fraction(self.done, self.total)
    }
}
