//! Words that a project is described with, as stored and as programs say them.

use serde::{Deserialize, Serialize};

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant),+
        }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// As stored, and as programs say it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The one of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.as_str() == name)
            }
        }
    };
}

words! {
    /// Where a project stands.
    ProjectState {
        /// Being set up.
        #[default]
        Pending = "pending",
        /// Its workflow is being put together.
        BuildingWorkflow = "building_workflow",
        /// Tasks are being handed out.
        Live = "live",
        /// Nothing is handed out for now.
        Paused = "paused",
        /// All is done.
        Completed = "completed",
    }
}

words! {
    /// Which task comes next.
    Sampling {
        /// In the order they came in.
        #[default]
        Sequence = "SEQUENCE",
        /// At random.
        Uniform = "UNIFORM",
        /// Where the model is least sure.
        Uncertainty = "UNCERTAINTY",
        /// As many of each kind.
        EqualDistribution = "EQUAL_DISTRIBUTION",
    }
}

words! {
    /// What becomes of a task that somebody skips.
    SkipQueue {
        /// It comes back to the same person, at the end.
        RequeueForMe = "REQUEUE_FOR_ME",
        /// It goes to somebody else.
        #[default]
        RequeueForOthers = "REQUEUE_FOR_OTHERS",
        /// It counts as done.
        IgnoreSkipped = "IGNORE_SKIPPED",
    }
}

words! {
    /// The order of the project list; pinned ones always come first.
    ProjectSort {
        /// Newest first.
        #[default]
        Newest = "newest",
        /// Worked on last, first.
        Activity = "activity",
        /// By title.
        Title = "title",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn words_round_trip() {
        for state in ProjectState::ALL {
            assert_eq!(ProjectState::from_name(state.as_str()), Some(*state));
            assert_eq!(serde_json::to_value(state).unwrap(), json!(state.as_str()));
        }
        assert_eq!(SkipQueue::from_name("nothing"), None);
    }
}
