//! What webhooks tell of: every action once, with its words.

use serde::{Deserialize, Serialize};

/// What an action is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The project itself.
    Projects,
    /// What is labeled.
    Tasks,
    /// The work.
    Annotations,
    /// What others say about the work.
    Reviews,
    /// Data that comes and goes.
    Data,
    /// The library of labels.
    Labels,
}

impl Group {
    /// All, as they are listed.
    pub const ALL: [Self; 6] =
        [Self::Projects, Self::Tasks, Self::Annotations, Self::Reviews, Self::Data, Self::Labels];

    /// As people read it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Projects => "Projects",
            Self::Tasks => "Tasks",
            Self::Annotations => "Annotations",
            Self::Reviews => "Reviews",
            Self::Data => "Imports and exports",
            Self::Labels => "Label library",
        }
    }
}

macro_rules! actions {
    ($($variant:ident = $name:literal, $group:ident, $title:literal, $text:literal;)+) => {
        /// Something that happens, by the name programs know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Action {
            $(#[doc = $text] #[serde(rename = $name)] $variant,)+
        }

        impl Action {
            /// Every action, as they are listed.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As programs know it and as it is stored.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// In a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// In a sentence.
            #[must_use]
            pub fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// What it is about.
            #[must_use]
            pub fn group(self) -> Group {
                match self { $(Self::$variant => Group::$group,)+ }
            }
        }
    };
}

actions! {
    ProjectCreated = "PROJECT_CREATED", Projects, "Project created", "A project was made.";
    ProjectUpdated = "PROJECT_UPDATED", Projects, "Project changed", "Settings, the labeling interface or the state of a project changed, or it was taken out of the bin.";
    ProjectDeleted = "PROJECT_DELETED", Projects, "Project deleted", "A project went to the bin.";
    StartTraining = "START_TRAINING", Projects, "Training started", "A model of the project is asked to learn from the work.";
    TasksCreated = "TASKS_CREATED", Tasks, "Tasks created", "Tasks came in, many in one message.";
    TaskCreated = "TASK_CREATED", Tasks, "Task created", "A task came in, one message for each.";
    TaskUpdated = "TASK_UPDATED", Tasks, "Task changed", "The data or the settings of a task changed.";
    TasksDeleted = "TASKS_DELETED", Tasks, "Tasks deleted", "Tasks were deleted, many in one message.";
    TaskDeleted = "TASK_DELETED", Tasks, "Task deleted", "A task was deleted, one message for each.";
    AnnotationCreated = "ANNOTATION_CREATED", Annotations, "Annotation created", "Somebody handed in work, or skipped a task.";
    AnnotationsCreated = "ANNOTATIONS_CREATED", Annotations, "Annotations created", "Work came in with an import, much in one message.";
    AnnotationUpdated = "ANNOTATION_UPDATED", Annotations, "Annotation changed", "Work that was handed in was changed.";
    AnnotationsDeleted = "ANNOTATIONS_DELETED", Annotations, "Annotations deleted", "Work was deleted, much in one message.";
    AnnotationDeleted = "ANNOTATION_DELETED", Annotations, "Annotation deleted", "Work was deleted, one message for each.";
    ReviewCreated = "REVIEW_CREATED", Reviews, "Review created", "Somebody reviewed work.";
    ReviewUpdated = "REVIEW_UPDATED", Reviews, "Review changed", "A review was changed.";
    ReviewsDeleted = "REVIEWS_DELETED", Reviews, "Reviews deleted", "Reviews were deleted.";
    AnnotationReviewed = "ANNOTATION_REVIEWED", Reviews, "Annotation reviewed", "Work was reviewed, whatever the outcome.";
    AnnotationAccepted = "ANNOTATION_ACCEPTED", Reviews, "Annotation accepted", "Work was accepted.";
    AnnotationRejected = "ANNOTATION_REJECTED", Reviews, "Annotation rejected", "Work was rejected.";
    ImportCompleted = "IMPORT_COMPLETED", Data, "Import completed", "An import reached its end.";
    ImportFailed = "IMPORT_FAILED", Data, "Import failed", "An import could not go on.";
    PredictionsCreated = "PREDICTIONS_CREATED", Data, "Predictions created", "Predictions came in, many in one message.";
    ExportCompleted = "EXPORT_COMPLETED", Data, "Export completed", "An export is ready.";
    ExportFailed = "EXPORT_FAILED", Data, "Export failed", "An export could not be written.";
    LabelLinkCreated = "LABEL_LINK_CREATED", Labels, "Label linked", "A label of the library was linked to a project.";
    LabelLinkUpdated = "LABEL_LINK_UPDATED", Labels, "Label link changed", "The link of a label to a project was changed.";
    LabelLinkDeleted = "LABEL_LINK_DELETED", Labels, "Label unlinked", "A label of the library was unlinked from a project.";
}

impl Action {
    /// The action of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|action| action.name() == name)
    }

    /// The member of the message that holds what it happened to.
    #[must_use]
    pub fn key(self) -> &'static str {
        use Action as A;
        match self {
            A::ProjectCreated | A::ProjectUpdated | A::ProjectDeleted | A::StartTraining => "project",
            A::TasksCreated | A::TasksDeleted => "tasks",
            A::TaskCreated | A::TaskUpdated | A::TaskDeleted => "task",
            A::AnnotationCreated
            | A::AnnotationsCreated
            | A::AnnotationUpdated
            | A::AnnotationDeleted
            | A::AnnotationReviewed
            | A::AnnotationAccepted
            | A::AnnotationRejected => "annotation",
            A::AnnotationsDeleted => "annotations",
            A::ReviewCreated | A::ReviewUpdated => "review",
            A::ReviewsDeleted => "reviews",
            A::ImportCompleted | A::ImportFailed => "import",
            A::ExportCompleted | A::ExportFailed => "export",
            A::PredictionsCreated => "predictions",
            A::LabelLinkCreated | A::LabelLinkUpdated | A::LabelLinkDeleted => "label_link",
        }
    }

    /// Whether that member is a list.
    #[must_use]
    pub fn is_many(self) -> bool {
        use Action as A;
        matches!(
            self,
            A::TasksCreated
                | A::TasksDeleted
                | A::AnnotationsCreated
                | A::AnnotationsDeleted
                | A::ReviewsDeleted
                | A::PredictionsCreated
        )
    }

    /// Heard by webhooks of the organization alone: of a project that is not there yet, or no longer.
    #[must_use]
    pub fn is_of_organization(self) -> bool {
        matches!(self, Self::ProjectCreated | Self::ProjectDeleted)
    }

    /// The same happening told one by one. Only webhooks that name it hear it so: to the others it would be told twice.
    #[must_use]
    pub fn one_by_one(self) -> Option<Self> {
        match self {
            Self::TasksCreated => Some(Self::TaskCreated),
            Self::TasksDeleted => Some(Self::TaskDeleted),
            Self::AnnotationsDeleted => Some(Self::AnnotationDeleted),
            _ => None,
        }
    }

    /// Whether webhooks for all actions hear it.
    #[must_use]
    pub fn is_among_all(self) -> bool {
        !Self::ALL.iter().any(|other| other.one_by_one() == Some(self))
    }

    /// Whether it happens in this product. What does not can be subscribed to by programs that bring their list along, and is
    /// not offered to people.
    #[must_use]
    pub fn happens(self) -> bool {
        self.group() != Group::Reviews
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_travel() {
        for (n, action) in Action::ALL.iter().enumerate() {
            assert_eq!(Action::from_name(action.name()), Some(*action));
            assert_eq!(serde_json::to_value(action).unwrap(), action.name());
            assert!(!Action::ALL[..n].iter().any(|other| other.title() == action.title()), "{action:?}");
        }
        assert_eq!(Action::from_name("TASKS_EATEN"), None);
    }

    #[test]
    fn what_is_told_one_by_one_is_not_told_twice() {
        for action in Action::ALL {
            if let Some(single) = action.one_by_one() {
                assert!(action.is_among_all() && !single.is_among_all() && single.one_by_one().is_none());
            }
        }
        let only_by_name = Action::ALL.iter().filter(|action| !action.is_among_all()).count();
        assert_eq!(only_by_name, 3);
    }
}
