//! Projects in a list.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ProjectSort, ProjectState};
use crate::{
    access::ProjectRole,
    id::{ProjectId, WorkspaceId},
};

/// What the project list is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectQuery {
    /// Words of the title or the description.
    pub search: String,
    /// In which order.
    pub sort: ProjectSort,
    /// Only those in this state.
    pub state: Option<ProjectState>,
    /// Only those in this folder.
    pub workspace_id: Option<WorkspaceId>,
    /// The bin instead of the list.
    pub bin: bool,
    /// Where the last page ended.
    pub after: Option<String>,
}

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectCard {
    /// Which.
    pub project_id: ProjectId,
    /// What it is called.
    pub title: String,
    /// About it.
    pub description: String,
    /// A color token.
    pub color: String,
    /// Its folder.
    pub workspace: Option<String>,
    /// Where it stands.
    pub state: ProjectState,
    /// What the viewer is in it.
    pub role: ProjectRole,
    /// Whether the viewer keeps it on top.
    pub pinned: bool,
    /// The tag of what is labeled first: `Image`, `Text`.
    pub data_type: Option<String>,
    /// How far it is.
    pub progress: Progress,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When somebody last labeled.
    pub last_annotation_at: Option<DateTime<Utc>>,
    /// In the bin since.
    pub deleted_at: Option<DateTime<Utc>>,
}

/// How far the work is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// All tasks.
    pub tasks: i64,
    /// Tasks with as many annotations as they need.
    pub labeled: i64,
    /// Submitted annotations.
    pub annotations: i64,
    /// Skips.
    pub skipped: i64,
    /// Proposals of models and imports.
    pub predictions: i64,
}

impl Progress {
    /// From 0 to 1; nothing to do is nothing done.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a progress bar does not show the 54th bit")]
    pub fn share(self) -> f64 {
        if self.tasks <= 0 { 0.0 } else { (self.labeled as f64 / self.tasks as f64).clamp(0.0, 1.0) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_of_nothing_is_nothing() {
        assert_eq!(Progress::default().share(), 0.0);
        assert_eq!(Progress { tasks: 4, labeled: 1, ..Progress::default() }.share(), 0.25);
    }
}
