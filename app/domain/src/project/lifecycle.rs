//! The life of a project: the moves people make, from where each is legal, and what it needs.
//!
//! `pending → building_workflow → live ⇄ paused`, `live → completed → live`, anything → `pending`. A project without a
//! workflow goes live straight from `pending`. The database holds the same table against every other door.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::ProjectState;
use crate::{
    Error, Result,
    access::{ProjectPermission, ProjectRole},
    annotation::NoTask,
};

/// Something a person does to the state of a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectMove {
    /// Tasks are handed out from now on.
    GoLive,
    /// Nothing is handed out for a while.
    Pause,
    /// After a pause.
    Resume,
    /// The work is done, or enough of it.
    Complete,
    /// There is more to do after all.
    Reopen,
    /// Back to being set up.
    Reset,
}

/// What a project lacks before its tasks can be handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lack {
    /// A labeling interface that asks something.
    Interface,
    /// At least one task.
    Tasks,
}

impl ProjectMove {
    /// All moves.
    pub const ALL: [Self; 6] = [Self::GoLive, Self::Pause, Self::Resume, Self::Complete, Self::Reopen, Self::Reset];

    /// As stored, and as programs say it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GoLive => "go_live",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::Complete => "complete",
            Self::Reopen => "reopen",
            Self::Reset => "reset",
        }
    }

    /// The move of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == name)
    }

    fn target(self) -> ProjectState {
        match self {
            Self::GoLive | Self::Resume | Self::Reopen => ProjectState::Live,
            Self::Pause => ProjectState::Paused,
            Self::Complete => ProjectState::Completed,
            Self::Reset => ProjectState::Pending,
        }
    }

    fn is_legal_from(self, state: ProjectState) -> bool {
        use ProjectState as S;
        match self {
            Self::GoLive => matches!(state, S::Pending | S::BuildingWorkflow),
            Self::Pause | Self::Complete => state == S::Live,
            Self::Resume => state == S::Paused,
            Self::Reopen => state == S::Completed,
            Self::Reset => state != S::Pending,
        }
    }
}

impl ProjectState {
    /// As people say it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Pending => "Not live yet",
            Self::BuildingWorkflow => "Building its workflow",
            Self::Live => "Live",
            Self::Paused => "Paused",
            Self::Completed => "Completed",
        }
    }

    /// The moves that are legal now, the usual one first.
    pub fn moves(self) -> impl Iterator<Item = ProjectMove> {
        ProjectMove::ALL.into_iter().filter(move |step| step.is_legal_from(self))
    }

    /// Where `step` leads, in a project that lacks what `lacks` says.
    ///
    /// # Errors
    /// *Conflict* `move_illegal` from the wrong state, `project_not_ready` where something is missing before tasks can be
    /// handed out.
    pub fn after(self, step: ProjectMove, lacks: &[Lack]) -> Result<Self> {
        let target = step.target();
        if !step.is_legal_from(self) {
            let message = if target == self {
                format!("This project is {} already.", self.title().to_lowercase())
            } else {
                format!("This project is {}; that move is not possible from there.", self.title().to_lowercase())
            };
            return Err(Error::conflict("move_illegal", message));
        }
        if target == Self::Live && !lacks.is_empty() {
            let missing: Vec<&str> = lacks.iter().map(|lack| lack.words()).collect();
            let message = format!("This project cannot go live yet: it has {}.", missing.join(" and "));
            return Err(Error::conflict("project_not_ready", message));
        }
        Ok(target)
    }

    /// Whether somebody in this role may take up new work now. Those who manage the project may try it out before it is
    /// live; everybody else waits.
    ///
    /// # Errors
    /// Why there is no task.
    pub fn hands_out(self, role: ProjectRole) -> Result<(), NoTask> {
        match self {
            Self::Live => Ok(()),
            Self::Pending | Self::BuildingWorkflow if role.allows(ProjectPermission::Manage) => Ok(()),
            Self::Pending | Self::BuildingWorkflow => Err(NoTask::NotLive),
            Self::Paused => Err(NoTask::Paused),
            Self::Completed => Err(NoTask::Completed),
        }
    }
}

impl Lack {
    /// What a project lacks that asks this and has so many tasks.
    #[must_use]
    pub fn of(has_controls: bool, tasks: i64) -> Vec<Self> {
        let lacks = [(!has_controls).then_some(Self::Interface), (tasks <= 0).then_some(Self::Tasks)];
        lacks.into_iter().flatten().collect()
    }

    fn words(self) -> &'static str {
        match self {
            Self::Interface => "no labeling interface",
            Self::Tasks => "no tasks",
        }
    }
}

/// One line of a project's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChange {
    /// Where it stood; nowhere before it was made.
    pub from: Option<ProjectState>,
    /// Where it stood afterwards.
    pub to: ProjectState,
    /// Who; nobody for the system.
    pub by: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_move_from_every_state() {
        use ProjectMove as M;
        use ProjectState as S;
        let table = [
            (S::Pending, vec![(M::GoLive, S::Live)]),
            (S::BuildingWorkflow, vec![(M::GoLive, S::Live), (M::Reset, S::Pending)]),
            (S::Live, vec![(M::Pause, S::Paused), (M::Complete, S::Completed), (M::Reset, S::Pending)]),
            (S::Paused, vec![(M::Resume, S::Live), (M::Reset, S::Pending)]),
            (S::Completed, vec![(M::Reopen, S::Live), (M::Reset, S::Pending)]),
        ];
        assert_eq!(table.len(), S::ALL.len());
        for (state, legal) in table {
            assert_eq!(state.moves().collect::<Vec<_>>(), legal.iter().map(|(step, _)| *step).collect::<Vec<_>>());
            for step in M::ALL {
                let expected = legal.iter().find(|(legal, _)| *legal == step).map(|(_, target)| *target);
                assert_eq!(state.after(step, &[]).ok(), expected, "{step:?} from {state:?}");
            }
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let refused = ProjectState::Pending.after(ProjectMove::GoLive, &Lack::of(false, 0)).unwrap_err();
        assert_eq!(refused.code, "project_not_ready");
        assert_eq!(refused.message, "This project cannot go live yet: it has no labeling interface and no tasks.");
        let refused = ProjectState::Paused.after(ProjectMove::Resume, &Lack::of(true, 0)).unwrap_err();
        assert_eq!(refused.message, "This project cannot go live yet: it has no tasks.");
        assert_eq!(ProjectState::Live.after(ProjectMove::Pause, &Lack::of(false, 0)), Ok(ProjectState::Paused));
        let refused = ProjectState::Live.after(ProjectMove::GoLive, &[]).unwrap_err();
        assert_eq!(
            (refused.code.as_ref(), refused.message.as_str()),
            ("move_illegal", "This project is live already.")
        );
    }

    #[test]
    fn only_live_projects_hand_out_and_those_who_manage_may_try() {
        use ProjectState as S;
        for (state, manager, others) in [
            (S::Pending, Ok(()), Err(NoTask::NotLive)),
            (S::BuildingWorkflow, Ok(()), Err(NoTask::NotLive)),
            (S::Live, Ok(()), Ok(())),
            (S::Paused, Err(NoTask::Paused), Err(NoTask::Paused)),
            (S::Completed, Err(NoTask::Completed), Err(NoTask::Completed)),
        ] {
            assert_eq!(state.hands_out(ProjectRole::Admin), manager, "{state:?}");
            for role in [ProjectRole::Adjudicator, ProjectRole::Reviewer, ProjectRole::Annotator] {
                assert_eq!(state.hands_out(role), others, "{state:?} {role:?}");
            }
        }
    }

    #[test]
    fn names_come_back() {
        for step in ProjectMove::ALL {
            assert_eq!(ProjectMove::from_name(step.as_str()), Some(step));
        }
        assert_eq!(ProjectMove::from_name("fly"), None);
    }
}
