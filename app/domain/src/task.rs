//! Tasks as a list shows them: a glimpse of what is labeled, and how far it is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Error, Result,
    annotation::{Version, VersionId},
    comment::Thread,
    hotkeys::OwnKeys,
    id::{TaskId, UserId},
    label_config::LabelConfig,
    project::ProjectHead,
    result::ResultItem,
};

/// The most characters a glimpse of a text has.
pub const GLIMPSE_CHARS: i32 = 240;

/// How many annotations a task needs: `maximum` where it belongs to the cohort of the project's
/// `cohort_percentage` (0 to 100), else one.
///
/// A hash of the id decides (the finaliser of `SplitMix64`, Steele et al. 2014), so the answer is always the same, about
/// the percentage of all tasks belongs to the cohort whatever order they come in, and raising it only ever adds tasks.
#[must_use]
pub fn overlap(task_id: TaskId, maximum: i32, cohort_percentage: i32) -> i32 {
    let mut hash = task_id.0.cast_unsigned().wrapping_add(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    let position = (hash ^ (hash >> 31)) % 100;
    let in_cohort = u64::try_from(cohort_percentage).is_ok_and(|percentage| position < percentage);
    if in_cohort { maximum } else { 1 }
}

/// Whether a task has all it needs: enough valid annotations, skips counting where the project ignores skipped tasks.
#[must_use]
pub fn is_labeled(valid: i64, skipped: i64, overlap: i32, ignores_skipped: bool) -> bool {
    valid + if ignores_skipped { skipped } else { 0 } >= i64::from(overlap)
}

/// Which tasks a list shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskFilter {
    /// Every task.
    #[default]
    All,
    /// Those that need more annotations.
    Open,
    /// Those that have all they need.
    Labeled,
    /// Those that somebody has skipped.
    Skipped,
    /// Those with a comment that is not settled.
    Commented,
}

impl TaskFilter {
    /// All filters, in the order of the screen.
    pub const ALL: [Self; 5] = [Self::All, Self::Open, Self::Labeled, Self::Skipped, Self::Commented];

    /// As it stands in an address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Labeled => "labeled",
            Self::Skipped => "skipped",
            Self::Commented => "commented",
        }
    }

    /// The filter of that name; every task where there is none.
    #[must_use]
    pub fn from_name(name: &str) -> Self {
        Self::ALL.into_iter().find(|filter| filter.as_str() == name).unwrap_or_default()
    }
}

/// A task in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRow {
    /// Which.
    pub task_id: TaskId,
    /// Its number in the project.
    pub inner_id: i64,
    /// What is labeled, at a glance.
    pub glimpse: Glimpse,
    /// Valid annotations it has.
    pub annotation_count: i32,
    /// Valid annotations it needs.
    pub overlap: i32,
    /// How often it was skipped.
    pub cancelled_count: i32,
    /// How many people are at it now.
    pub lease_count: i32,
    /// How many comments on it are not settled.
    pub open_comments: i64,
    /// Whether it has all it needs.
    pub is_labeled: bool,
    /// Who has worked on it.
    pub annotators: Vec<String>,
    /// The last change.
    pub updated_at: DateTime<Utc>,
}

/// A task as it is looked at: what was handed in, without a way to change it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TaskView {
    /// Who looks.
    pub user_id: UserId,
    /// Its project, and what the person is in it.
    pub project: ProjectHead,
    /// The labeling interface as written.
    pub label_config: String,
    /// Whether media of other servers may be loaded through this one.
    pub relays_media: bool,
    /// Which.
    pub task_id: TaskId,
    /// Its number in the project.
    pub inner_id: i64,
    /// What is labeled.
    pub data: Map<String, Value>,
    /// The task before it, for people who see all of them.
    pub before: Option<TaskId>,
    /// The task after it.
    pub after: Option<TaskId>,
    /// What was handed in or proposed, as far as the person may see it, newest first.
    pub versions: Vec<Version>,
    /// Which of them is shown; none where there is none.
    pub shown: Option<VersionId>,
    /// What it says.
    pub result: Vec<ResultItem>,
    /// What was said about the task.
    pub comments: Vec<Thread>,
    /// What the person has put on keys.
    pub keys: OwnKeys,
}

/// A task's data at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Glimpse {
    /// The address of a picture.
    Image(String),
    /// The beginning of a text.
    Text(String),
    /// There is no picture where the field should name one.
    Nothing,
}

/// What a glimpse shows: the field of the first object with one, and whether it is a picture.
#[must_use]
pub fn glimpse_field(config: &LabelConfig) -> Option<(&str, bool)> {
    config.objects.iter().find_map(|object| Some((object.field.as_deref()?, object.tag == "Image")))
}

/// Where a list of tasks goes on: after this task.
///
/// # Errors
/// When the text did not come from a list.
pub fn parse_cursor(text: Option<&str>) -> Result<TaskId> {
    match text {
        None | Some("") => Ok(TaskId(0)),
        Some(text) => text.parse().map_err(|_| {
            Error::invalid("after", "cursor_malformed", "This list cannot go on from here. Please start it again.")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_object_with_a_field_is_the_glimpse() {
        for (xml, expected) in [
            (r#"<View><Header value="$title"/><Text name="t" value="$text"/></View>"#, Some(("text", false))),
            (r#"<View><Image name="i" value="$image"/><Text name="t" value="$text"/></View>"#, Some(("image", true))),
            (r#"<View><Text name="t" value="always the same"/></View>"#, None),
        ] {
            let config = crate::label_config::parse(xml).config.unwrap();
            assert_eq!(glimpse_field(&config), expected, "{xml}");
        }
    }

    #[test]
    fn raising_the_percentage_only_adds_tasks_to_the_cohort() {
        // The numbers are part of the stored state: another hash would move tasks between cohorts.
        let table: [(i64, i32); 8] =
            [(1, 66), (2, 11), (3, 54), (10, 67), (99, 4), (1000, 77), (1_000_000, 48), (i64::MAX, 40)];
        for (id, first) in table {
            let needs = |percentage| overlap(TaskId(id), 3, percentage);
            let joins = (0..=100).find(|percentage| needs(*percentage) == 3);
            assert_eq!(joins, Some(first), "task {id}");
            for percentage in 0..=100 {
                assert_eq!(needs(percentage), if percentage < first { 1 } else { 3 }, "task {id} at {percentage} %");
            }
            assert_eq!((needs(-1), needs(0), needs(100), needs(1000)), (1, 1, 3, 3));
        }
        for percentage in [1, 20, 50, 80, 99] {
            let members = (1..=10_000).filter(|id| overlap(TaskId(*id), 2, percentage) == 2).count();
            let expected = 100 * usize::try_from(percentage).unwrap();
            assert!(members.abs_diff(expected) < 150, "{members} of 10,000 at {percentage} %");
        }
    }

    #[test]
    fn skips_fill_places_only_where_they_are_ignored() {
        for (valid, skipped, overlap, ignores, expected) in [
            (0, 0, 1, false, false),
            (1, 0, 1, false, true),
            (1, 1, 2, false, false),
            (1, 1, 2, true, true),
            (0, 3, 1, false, false),
            (0, 1, 1, true, true),
        ] {
            assert_eq!(is_labeled(valid, skipped, overlap, ignores), expected, "{valid} {skipped} {overlap} {ignores}");
        }
    }

    #[test]
    fn cursors_and_filters_come_back() {
        assert_eq!(parse_cursor(None), Ok(TaskId(0)));
        assert_eq!(parse_cursor(Some("17")), Ok(TaskId(17)));
        assert!(parse_cursor(Some("17; drop table task")).is_err());
        for filter in TaskFilter::ALL {
            assert_eq!(TaskFilter::from_name(filter.as_str()), filter);
        }
        assert_eq!(TaskFilter::from_name("nonsense"), TaskFilter::All);
    }
}
