//! Tasks as a list shows them: a glimpse of what is labeled, and how far it is.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, id::TaskId, label_config::LabelConfig};

/// The most characters a glimpse of a text has.
pub const GLIMPSE_CHARS: i32 = 240;

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
}

impl TaskFilter {
    /// All filters, in the order of the screen.
    pub const ALL: [Self; 4] = [Self::All, Self::Open, Self::Labeled, Self::Skipped];

    /// As it stands in an address.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Open => "open",
            Self::Labeled => "labeled",
            Self::Skipped => "skipped",
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
    /// Whether it has all it needs.
    pub is_labeled: bool,
    /// Who has worked on it.
    pub annotators: Vec<String>,
    /// The last change.
    pub updated_at: DateTime<Utc>,
}

/// A task's data at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Glimpse {
    /// The address of a picture.
    Image(String),
    /// The beginning of a text.
    Text(String),
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
