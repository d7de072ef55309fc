//! Finding things by name from anywhere: what the palette asks and is answered.

use serde::{Deserialize, Serialize};

use super::ProjectState;
use crate::{
    access::ProjectRole,
    id::{ProjectId, TaskId},
};

/// The most projects one answer holds.
pub const MOST_FOUND: i64 = 8;
/// The longest text that is searched for, in characters; what is longer finds nothing.
pub const MAX_SEARCH: usize = 200;

/// What is looked for, from where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Find {
    /// As typed.
    pub text: String,
    /// The projects the person opened last, newest first: they come first.
    pub recent: Vec<ProjectId>,
    /// The project one is in.
    pub here: Option<ProjectId>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// The text this answers.
    pub text: String,
    /// The project one is in, if one may see it.
    pub here: Option<FoundProject>,
    /// Projects whose title holds every word.
    pub projects: Vec<FoundProject>,
    /// The task of that number in the project one is in: its id and number.
    pub task: Option<(TaskId, i64)>,
}

/// A project by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundProject {
    /// Which.
    pub project_id: ProjectId,
    /// What it is called.
    pub title: String,
    /// A color token.
    pub color: String,
    /// Where it stands.
    pub state: ProjectState,
    /// What the viewer is in it.
    pub role: ProjectRole,
}

/// The words of a search, in lower case.
#[must_use]
pub fn search_words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_lowercase).collect()
}

/// The number in `#17`, `17` or `task 17`.
#[must_use]
pub fn task_number(text: &str) -> Option<i64> {
    let text = text.trim().to_lowercase();
    let text = text.strip_prefix("task").map_or(text.as_str(), str::trim_start);
    let digits = text.strip_prefix('#').unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|number| is_number && *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_tasks_are_understood() {
        for (text, number) in [
            ("#17", Some(17)),
            (" 17 ", Some(17)),
            ("task 17", Some(17)),
            ("Task #17", Some(17)),
            ("#", None),
            ("#0", None),
            ("+17", None),
            ("17 cats", None),
            ("99999999999999999999", None),
            ("", None),
        ] {
            assert_eq!(task_number(text), number, "{text:?}");
        }
        assert_eq!(search_words("  Street  SIGNS "), ["street", "signs"]);
    }
}
