//! Work on tasks: what the label page shows and sends, and which answers are enough.

mod check;
mod limits;
mod proposal;
mod resume;
mod version;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

pub use check::{Selected, is_visible, problems, regions_to_answer};
pub use proposal::proposed;
pub use resume::{KeptHere, KeptThere, Resume, resume};
pub use version::{MAX_EARLIER, MAX_VERSIONS, Version, VersionId};

use crate::comment::Thread;
use crate::hotkeys::OwnKeys;
use crate::id::{AnnotationId, PredictionId, ProjectId, TaskId, UserId};
use crate::project::ProjectState;
use crate::result::ResultItem;
use crate::{Error, Result};

/// The most items one annotation may have.
pub const MAX_ITEMS: usize = 100_000;
/// The most bytes of result JSON one annotation may have.
pub const MAX_RESULT_BYTES: usize = 32 << 20;

/// What the label page needs of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelProject {
    /// Which.
    pub project_id: ProjectId,
    /// Its name.
    pub title: String,
    /// The labeling interface as written.
    pub label_config: String,
    /// Sanitised HTML.
    pub instructions_html: String,
    /// Shown before the first task.
    pub show_instruction: bool,
    /// Whether annotators may skip.
    pub show_skip_button: bool,
    /// Whether nothing is an answer.
    pub enable_empty_annotation: bool,
    /// Whether the regions of a proposal are shown one by one, as people draw.
    pub reveals_one_by_one: bool,
    /// Whether media of other servers may be loaded through this one.
    pub relays_media: bool,
    /// Whether the person sees all tasks, not only their own.
    pub sees_all: bool,
    /// Where the project stands: who manages it may try it before it is live.
    pub state: ProjectState,
    /// The model that is asked while people draw, by its title.
    pub model: Option<String>,
}

/// A task on the label page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenTask {
    /// Which.
    pub task_id: TaskId,
    /// Its number in the project.
    pub inner_id: i64,
    /// What is labeled.
    pub data: Map<String, Value>,
    /// Valid annotations it has.
    pub annotation_count: i32,
    /// Valid annotations it needs.
    pub overlap: i32,
    /// Whether it is leased to this person.
    pub leased: bool,
    /// The person's own work, submitted or skipped.
    pub annotation: Option<MyAnnotation>,
    /// The person's unsubmitted work.
    pub draft: Option<SavedDraft>,
    /// A model's proposal.
    pub prediction: Option<Proposal>,
    /// What the work can be compared with, newest first.
    pub versions: Vec<Version>,
    /// What was said about the task, as far as the person may read it.
    pub comments: Vec<Thread>,
}

/// A person's submitted or skipped work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MyAnnotation {
    /// Which.
    pub annotation_id: AnnotationId,
    /// As stored.
    pub result: Vec<ResultItem>,
    /// Skipped.
    pub was_cancelled: bool,
    /// Last changed.
    pub updated_at: DateTime<Utc>,
}

/// Unsubmitted work as the server has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedDraft {
    /// As stored.
    pub result: Vec<ResultItem>,
    /// Rises with every save.
    pub revision: i64,
    /// Who saved it: see [`DraftToSave::sitting`].
    pub sitting: i64,
    /// Time spent so far.
    pub lead_time_ms: i64,
    /// Last saved.
    pub updated_at: DateTime<Utc>,
}

/// A model's proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Which.
    pub prediction_id: PredictionId,
    /// Whose.
    pub model_version: String,
    /// How sure the model is.
    pub score: Option<f64>,
    /// As stored.
    pub result: Vec<ResultItem>,
}

/// Why there is no task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoTask {
    /// The project has no tasks.
    Empty,
    /// Every task has all the annotations it needs.
    AllLabeled,
    /// What is open is in other people's hands right now.
    AllTaken,
    /// The person has done or skipped all that is open.
    NothingForYou,
    /// The person has done as much as they may.
    LimitReached,
    /// The project is still being set up.
    NotLive,
    /// The project is paused.
    Paused,
    /// The project has been completed.
    Completed,
}

impl NoTask {
    /// Why there is none, in a sentence for programs.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Empty => "This project has no tasks yet.",
            Self::AllLabeled => "Every task has all the annotations it needs.",
            Self::AllTaken => "What is open is in other people's hands right now.",
            Self::NothingForYou => "You have done or skipped all that is open.",
            Self::LimitReached => "You have done as much as you may in this project.",
            Self::NotLive => "This project is still being set up.",
            Self::Paused => "This project is paused.",
            Self::Completed => "This project has been completed.",
        }
    }
}

/// One of a person's earlier tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Which task.
    pub task_id: TaskId,
    /// Its number in the project.
    pub inner_id: i64,
    /// Skipped rather than submitted.
    pub was_cancelled: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// All the label page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    /// Who sits at it: what a browser keeps is theirs alone.
    pub user_id: UserId,
    /// The project.
    pub project: LabelProject,
    /// The task, or why there is none.
    pub task: Result<OpenTask, NoTask>,
    /// The person's latest tasks, newest first.
    pub done: Vec<Done>,
    /// What they have put on keys.
    pub keys: OwnKeys,
}

/// Work handed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// In which project.
    pub project_id: ProjectId,
    /// On which task.
    pub task_id: TaskId,
    /// The annotation being changed; none for a new one.
    pub annotation_id: Option<AnnotationId>,
    /// Made once per submission, so that sending it twice is the same as once.
    pub key: Uuid,
    /// The work.
    pub result: Vec<ResultItem>,
    /// Time spent.
    pub lead_time_ms: i64,
    /// The proposal it began with.
    pub prediction_id: Option<PredictionId>,
}

/// Unsubmitted work to keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftToSave {
    /// In which project.
    pub project_id: ProjectId,
    /// On which task.
    pub task_id: TaskId,
    /// The annotation being changed; none for a new one.
    pub annotation_id: Option<AnnotationId>,
    /// Rises with every save: an older one never overwrites a newer one.
    pub revision: i64,
    /// A number drawn by the page that somebody works with, which tells its saves from those of another.
    pub sitting: i64,
    /// The revision the server had when this work began or was last saved: what another sitting saved since is not
    /// overwritten.
    pub since: i64,
    /// Overwrites it all the same: the person has been asked.
    pub is_chosen: bool,
    /// The work.
    pub result: Vec<ResultItem>,
    /// Time spent so far.
    pub lead_time_ms: i64,
}

/// The code of the refusal to overwrite what another sitting has saved.
pub const DRAFT_ELSEWHERE: &str = "draft_elsewhere";

/// What a submission did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Where it is stored.
    pub annotation_id: AnnotationId,
    /// Whether the task now has all the annotations it needs.
    pub is_labeled: bool,
}

/// Refuses a result that is too large to store.
///
/// # Errors
/// More than [`MAX_ITEMS`] items.
pub fn check_size(result: &[ResultItem]) -> Result<()> {
    if result.len() > MAX_ITEMS {
        let sentence = format!("One annotation can hold {MAX_ITEMS} regions at most.");
        return Err(Error::new(crate::Kind::TooLarge, "result_too_large", sentence).on("result"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_items_are_refused() {
        assert!(check_size(&vec![ResultItem::default(); MAX_ITEMS]).is_ok());
        assert!(check_size(&vec![ResultItem::default(); MAX_ITEMS + 1]).is_err());
    }
}
