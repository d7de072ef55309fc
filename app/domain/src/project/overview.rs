//! A project at a glance: what was done on each day, by whom, and what happened lately.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{ProjectDetail, StateChange};
use crate::{access::ProjectRole, format::ExportFormat, id::UserId, import::RunStatus};

/// How many days the chart of work shows, today included.
pub const OVERVIEW_DAYS: u64 = 30;

/// Everything the overview of a project shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectOverview {
    /// The project.
    pub detail: ProjectDetail,
    /// The last [`OVERVIEW_DAYS`] days, oldest first. Of people who do not see all data: their own work.
    pub days: Vec<WorkDay>,
    /// What each person did since the beginning, the most first; oneself alone for those who do not see all data.
    pub people: Vec<PersonWork>,
    /// What happened lately, newest first; for those who see all data.
    pub events: Vec<ProjectEvent>,
}

/// What people did on one day (UTC). Work that is changed or deleted later was still done on its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkDay {
    /// Which.
    pub day: NaiveDate,
    /// Tasks handed in.
    pub submitted: i64,
    /// Tasks left to others.
    pub skipped: i64,
}

/// What one person did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonWork {
    /// Who.
    pub user_id: UserId,
    /// As shown.
    pub name: String,
    /// Tasks handed in.
    pub submitted: i64,
    /// Tasks left to others.
    pub skipped: i64,
    /// Time spent on what was handed in, as the label page measured it, in milliseconds.
    pub lead_time_ms: i64,
}

impl PersonWork {
    /// Seconds per task handed in; `None` before the first.
    #[must_use]
    pub fn seconds_per_task(&self) -> Option<i64> {
        (self.submitted > 0).then(|| (self.lead_time_ms / self.submitted + 500) / 1000)
    }
}

/// Something that happened to a project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// Who; nobody for the system and programs without a person.
    pub by: Option<String>,
    /// What.
    pub what: Happening,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Happening {
    /// It moved from one state to another.
    State(StateChange),
    /// Data came in.
    Import {
        /// What was read.
        source: String,
        /// How far it is.
        status: RunStatus,
        /// Tasks made.
        tasks: i64,
        /// Rows refused.
        failed: i64,
    },
    /// Work was taken out.
    Export {
        /// As which format; none that this version knows.
        format: Option<ExportFormat>,
        /// How far it is.
        status: RunStatus,
    },
    /// Settings, labeling interface, people: what the audit log calls it.
    Change {
        /// `project_updated`, `label_config_changed`…
        action: String,
        /// The name of the person it happened to, where it happened to one.
        whom: Option<String>,
        /// The role that person has from then on.
        role: Option<ProjectRole>,
    },
}

/// `OVERVIEW_DAYS` days up to `today` with what was done on each; days without work are zero.
#[must_use]
pub fn fill_days(found: &[WorkDay], today: NaiveDate) -> Vec<WorkDay> {
    let day_before = |days: u64| today.checked_sub_days(Days::new(days)).unwrap_or(today);
    let known = |day| found.iter().find(|work| work.day == day).copied();
    (0..OVERVIEW_DAYS)
        .rev()
        .map(day_before)
        .map(|day| known(day).unwrap_or(WorkDay { day, submitted: 0, skipped: 0 }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_without_work_are_there() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let found = [
            WorkDay { day: day("2026-03-01"), submitted: 3, skipped: 1 },
            WorkDay { day: day("2026-01-01"), submitted: 9, skipped: 0 },
        ];
        let days = fill_days(&found, day("2026-03-02"));
        assert_eq!(days.len(), 30);
        assert_eq!((days[0].day, days[29].day), (day("2026-02-01"), day("2026-03-02")));
        assert_eq!(days[28], found[0]);
        assert_eq!(days.iter().map(|work| work.submitted).sum::<i64>(), 3, "what is older is not shown");
    }

    #[test]
    fn time_per_task_is_rounded() {
        let person = |submitted, lead_time_ms| PersonWork {
            user_id: UserId(1),
            name: String::new(),
            submitted,
            skipped: 0,
            lead_time_ms,
        };
        assert_eq!(person(0, 5000).seconds_per_task(), None);
        assert_eq!(person(2, 5000).seconds_per_task(), Some(3));
        assert_eq!(person(3, 4000).seconds_per_task(), Some(1));
    }
}
