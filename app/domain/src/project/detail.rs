//! One project, as its pages show it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Progress, ProjectState, Sampling, SkipQueue};
use crate::{
    access::ProjectRole,
    id::{ProjectId, WorkspaceId},
};

/// What the frame of a project's pages shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectHead {
    /// Which.
    pub project_id: ProjectId,
    /// What it is called.
    pub title: String,
    /// What the viewer is in it.
    pub role: ProjectRole,
}

impl ProjectDetail {
    /// What the frame shows of it.
    #[must_use]
    pub fn head(&self) -> ProjectHead {
        ProjectHead { project_id: self.project_id, title: self.title.clone(), role: self.role }
    }
}

/// Everything the pages of a project show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectDetail {
    /// Which.
    pub project_id: ProjectId,
    /// What it is called.
    pub title: String,
    /// About it.
    pub description: String,
    /// A color token.
    pub color: String,
    /// Its folder.
    pub workspace_id: Option<WorkspaceId>,
    /// Where it stands.
    pub state: ProjectState,
    /// What the viewer is in it.
    pub role: ProjectRole,
    /// Whether the viewer keeps it on top.
    pub pinned: bool,
    /// The labeling interface as written.
    pub label_config: String,
    /// Changes when the labeling interface means something else.
    pub label_config_hash: i64,
    /// Whether it asks anything yet.
    pub has_controls: bool,
    /// Markdown as written.
    pub expert_instruction: String,
    /// The same as safe HTML.
    pub instruction_html: String,
    /// Whether it is shown before the first task.
    pub show_instruction: bool,
    /// Whether tasks can be skipped.
    pub show_skip_button: bool,
    /// Whether nothing at all is an answer.
    pub enable_empty_annotation: bool,
    /// Whether predictions are shown while labeling.
    pub show_collab_predictions: bool,
    /// Whether their regions are shown one by one, as people draw.
    pub reveal_preannotations_interactively: bool,
    /// Whether media of other servers may be loaded through this one.
    pub allow_media_proxy: bool,
    /// How many people label each task.
    pub maximum_annotations: i32,
    /// Which task comes next.
    pub sampling: Sampling,
    /// What becomes of skipped tasks.
    pub skip_queue: SkipQueue,
    /// Whose predictions count: a version, or the title of a model; empty for any.
    pub model_version: String,
    /// After so many new annotations models are asked to learn; 0 for never.
    pub min_annotations_to_start_training: i32,
    /// Whether models are asked about tasks that somebody opens.
    pub evaluate_predictions_automatically: bool,
    /// How far it is.
    pub progress: Progress,
    /// How often each label was used, by control.
    pub labels: Vec<LabelCounts>,
    /// The data of the first task, for a preview.
    pub sample: Option<Value>,
    /// How many people work in it.
    pub member_count: i64,
    /// Who made it.
    pub created_by: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When somebody last labeled.
    pub last_annotation_at: Option<DateTime<Utc>>,
}

/// How often the labels of one control were used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelCounts {
    /// The control's name.
    pub control: String,
    /// Each label and its count, the most used first.
    pub counts: Vec<(String, i64)>,
}

/// Reads `{"from_name": {"label": count}}`, controls by name, labels by use.
#[must_use]
pub fn label_counts(created_labels: &Value) -> Vec<LabelCounts> {
    let controls = created_labels.as_object().into_iter().flatten();
    let mut found: Vec<LabelCounts> = controls
        .map(|(control, labels)| {
            let counts = labels.as_object().into_iter().flatten();
            let mut counts: Vec<(String, i64)> = counts
                .filter_map(|(label, count)| Some((label.clone(), count.as_i64().filter(|count| *count > 0)?)))
                .collect();
            counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            LabelCounts { control: control.clone(), counts }
        })
        .filter(|control| !control.counts.is_empty())
        .collect();
    found.sort_by(|a, b| a.control.cmp(&b.control));
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn counts_of_labels_come_sorted() {
        let counts = label_counts(&json!({"z": {"a": 1}, "b": {"x": 2, "y": 5, "none": 0}, "empty": {}, "odd": 3}));
        let wanted = [("b", vec![("y", 5), ("x", 2)]), ("z", vec![("a", 1)])];
        let wanted = wanted.map(|(control, counts)| LabelCounts {
            control: control.to_owned(),
            counts: counts.into_iter().map(|(label, count)| (label.to_owned(), count)).collect(),
        });
        assert_eq!(counts, wanted);
    }
}
