//! What can be done to many tasks at once, as data: names and questions for screens and programs, and the order that
//! comes of their answers.

mod form;
mod order;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

pub use form::{Dialog, Offered};
pub use order::{Cached, Order};

use crate::{
    access::ProjectPermission,
    id::{ActionRunId, ProjectId},
    import::RunStatus,
};

/// How many tasks are worked on while somebody waits for the answer; more are a job.
pub const MAX_SELECTED_AT_ONCE: i64 = 2_000;

/// Something that can be done to many tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Ask a model about tasks.
    RetrieveTasksPredictions,
    /// Make what models proposed the work of a person.
    PredictionsToAnnotations,
    /// Keep one task of those with the same data.
    RemoveDuplicates,
    /// Delete tasks with everything on them.
    DeleteTasks,
    /// Delete what people did, and leave the tasks.
    DeleteTasksAnnotations,
    /// Delete what models proposed.
    DeleteTasksPredictions,
    /// Write the labels of the work into a column.
    CacheLabels,
    /// Give tasks a field.
    AddDataField,
    /// Give tasks the same annotation as another.
    PropagateAnnotations,
    /// Call a label otherwise in all annotations.
    RenameLabels,
}

impl Action {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 10] = [
        Self::AddDataField,
        Self::CacheLabels,
        Self::PropagateAnnotations,
        Self::RenameLabels,
        Self::RetrieveTasksPredictions,
        Self::PredictionsToAnnotations,
        Self::RemoveDuplicates,
        Self::DeleteTasks,
        Self::DeleteTasksAnnotations,
        Self::DeleteTasksPredictions,
    ];

    /// As programs call it.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::RetrieveTasksPredictions => "retrieve_tasks_predictions",
            Self::PredictionsToAnnotations => "predictions_to_annotations",
            Self::RemoveDuplicates => "remove_duplicates",
            Self::DeleteTasks => "delete_tasks",
            Self::DeleteTasksAnnotations => "delete_tasks_annotations",
            Self::DeleteTasksPredictions => "delete_tasks_predictions",
            Self::CacheLabels => "cache_labels",
            Self::AddDataField => "add_data_field",
            Self::PropagateAnnotations => "propagate_annotations",
            Self::RenameLabels => "rename_labels",
        }
    }

    /// The action of that name.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.id() == id)
    }

    /// As shown in the menu.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::RetrieveTasksPredictions => "Retrieve predictions",
            Self::PredictionsToAnnotations => "Create annotations from predictions",
            Self::RemoveDuplicates => "Remove duplicated tasks",
            Self::DeleteTasks => "Delete tasks",
            Self::DeleteTasksAnnotations => "Delete annotations",
            Self::DeleteTasksPredictions => "Delete predictions",
            Self::CacheLabels => "Cache labels",
            Self::AddDataField => "Add or change a data field",
            Self::PropagateAnnotations => "Propagate an annotation",
            Self::RenameLabels => "Rename a label",
        }
    }

    /// Its place in the menu; the same numbers as in Label Studio.
    #[must_use]
    pub fn order(self) -> i32 {
        match self {
            Self::AddDataField | Self::CacheLabels | Self::PropagateAnnotations | Self::RenameLabels => 1,
            Self::RetrieveTasksPredictions => 90,
            Self::PredictionsToAnnotations => 91,
            Self::RemoveDuplicates => 95,
            Self::DeleteTasks => 100,
            Self::DeleteTasksAnnotations => 101,
            Self::DeleteTasksPredictions => 102,
        }
    }

    /// The right it needs.
    #[must_use]
    pub fn permission(self) -> ProjectPermission {
        ProjectPermission::Manage
    }

    /// The right in Label Studio's words.
    #[must_use]
    pub fn permission_name(self) -> &'static str {
        match self {
            Self::PredictionsToAnnotations | Self::PropagateAnnotations | Self::RenameLabels => "tasks.change",
            Self::RemoveDuplicates | Self::DeleteTasks => "tasks.delete",
            Self::DeleteTasksAnnotations => "annotations.delete",
            Self::RetrieveTasksPredictions | Self::DeleteTasksPredictions => "predictions.any",
            Self::CacheLabels | Self::AddDataField => "projects.change",
        }
    }

    /// Whether it takes something away that nothing brings back.
    #[must_use]
    pub fn is_destructive(self) -> bool {
        matches!(
            self,
            Self::RemoveDuplicates | Self::DeleteTasks | Self::DeleteTasksAnnotations | Self::DeleteTasksPredictions
        )
    }
}

/// An order on its way, or done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ActionRun {
    /// Which.
    pub run_id: ActionRunId,
    /// In which project.
    pub project_id: ProjectId,
    /// What is done.
    pub action: Action,
    /// How it is.
    pub status: RunStatus,
    /// Why it failed, or failed on some tasks, in words for people.
    pub error: Option<String>,
    /// How many tasks it failed on, and went on without.
    pub failed: i64,
    /// How many tasks were meant when it began.
    pub total: i64,
    /// How many of them are behind it.
    pub done: i64,
    /// What was deleted, made or changed so far.
    pub changed: i64,
    /// The same in words.
    pub told: String,
    /// Who ordered it.
    pub started_by: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_a_name_and_words() {
        for action in Action::ALL {
            assert_eq!(Action::from_id(action.id()), Some(action));
            assert!(!action.title().is_empty() && !action.dialog().text.contains("  "), "{action:?}");
            let form = action.form(&Offered::default());
            assert_eq!(form.as_array().unwrap().is_empty(), !action.dialog().has_form, "{action:?}");
        }
        assert!(Action::ALL.is_sorted_by_key(|action| action.order()));
        assert_eq!(Action::from_id("zzz"), None);
    }
}
