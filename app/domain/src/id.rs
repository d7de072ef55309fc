//! One type per kind of id, so that a task can never be looked up by a project's number.
//!
//! Ids that people and programs address are `bigint`s; ids of events, jobs and transitions are `UUIDv7` and use
//! [`uuid::Uuid`] directly.

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "sqlx", derive(sqlx::Type))]
        #[cfg_attr(feature = "sqlx", sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<i64> for $name {
            fn from(id: i64) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A person who can sign in.
    UserId,
    /// A signed-in browser.
    SessionId,
    /// A company or team; the tenant.
    OrgId,
    /// An invitation into an organization.
    InviteId,
    /// A folder of projects inside an organization.
    WorkspaceId,
    /// A labeling project.
    ProjectId,
    /// One item to label.
    TaskId,
    /// One person's work on one task.
    AnnotationId,
    /// A model's or an import's proposal for one task.
    PredictionId,
    /// What somebody says about a task or the work on it.
    CommentId,
    /// Unsubmitted work.
    DraftId,
    /// A lease of one task to one person.
    AssignmentId,
    /// A file a person has sent.
    FileId,
    /// A run of an import.
    ImportId,
    /// A run that brings tasks up to date.
    ReimportId,
    /// A run of an export.
    ExportId,
    /// A model that a project can ask.
    MlBackendId,
    /// A key that programs act with.
    TokenId,
    /// A label of an organization's library.
    LabelId,
    /// The use of such a label in a project.
    LabelLinkId,
    /// An address that is told what happens.
    WebhookId,
    /// One message to such an address.
    DeliveryId,
    /// A storage outside that tasks come from or annotations go to.
    CloudStorageId,
    /// A saved view of a project's tasks.
    ViewId,
    /// An action on many tasks.
    ActionRunId,
    /// A service outside that fills a field of tasks.
    ClientApiId,
    /// A run that fills fields of many tasks.
    FillRunId,
}
