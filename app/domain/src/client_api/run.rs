//! A run: fields of many tasks filled one after the other.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::form::MAX_FIELD_CHARS;
use crate::id::{FillRunId, ImportId, TaskId};
use crate::import::RunStatus;
use crate::{Error, Result};

/// The most tasks that are named one by one.
pub const MAX_TASKS_NAMED: usize = 10_000;
/// The most fields of one run.
const MAX_FIELDS: usize = 50;

/// What is to be filled.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillOrder {
    /// These fields; none for all that have a client API.
    pub fields: Vec<String>,
    /// Of these tasks; none for all of them.
    pub tasks: Vec<TaskId>,
    /// Whether values that are there are replaced.
    pub overwrite: bool,
}

impl FillOrder {
    /// As it is stored.
    ///
    /// # Errors
    /// More than can be named.
    pub fn checked(mut self) -> Result<Self> {
        self.fields.iter_mut().for_each(|field| *field = field.trim().to_owned());
        self.fields.sort_unstable();
        self.fields.dedup();
        if self.fields.len() > MAX_FIELDS || self.fields.iter().any(|field| field.chars().count() > MAX_FIELD_CHARS) {
            return Err(Error::invalid("fields", "fields_malformed", format!("Name at most {MAX_FIELDS} fields.")));
        }
        self.tasks.sort_unstable();
        self.tasks.dedup();
        if self.tasks.len() > MAX_TASKS_NAMED {
            let message = format!("Name at most {MAX_TASKS_NAMED} tasks, or none for all of them.");
            return Err(Error::invalid("tasks", "too_many_tasks", message));
        }
        Ok(self)
    }
}

/// A run as people watch it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillRun {
    /// Which.
    pub run_id: FillRunId,
    /// Where it stands.
    pub status: RunStatus,
    /// The fields that are filled; none for all that have a client API.
    pub fields: Vec<String>,
    /// Whether values that are there are replaced.
    pub overwrite: bool,
    /// The import whose tasks it is about.
    pub import_id: Option<ImportId>,
    /// How many tasks it is about.
    pub total: i64,
    /// How many it has been through.
    pub done: i64,
    /// How many values were filled.
    pub filled: i64,
    /// How many were left as they were.
    pub kept: i64,
    /// How many could not be filled.
    pub failed: i64,
    /// Why it stopped.
    pub error: Option<String>,
    /// Who began it; nobody where an import did.
    pub started_by: Option<String>,
    /// When it was asked for.
    pub created_at: DateTime<Utc>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

impl FillRun {
    /// How much is done, from 0 to 1.
    #[must_use]
    pub fn fraction_done(&self) -> Option<f64> {
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        crate::import::fraction(count(self.done), Some(count(self.total)))
    }
}

/// A field of a task that could not be filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FillFailure {
    /// Of which task.
    pub task_id: TaskId,
    /// Which field.
    pub data_key: String,
    /// What each client API said, in order.
    pub reason: String,
    /// When.
    pub at: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_names_each_thing_once() {
        let order = FillOrder {
            fields: vec!["b ".into(), "a".into(), "b".into()],
            tasks: vec![TaskId(3), TaskId(1), TaskId(3)],
            overwrite: false,
        };
        let order = order.checked().unwrap();
        assert_eq!(order.fields, ["a", "b"]);
        assert_eq!(order.tasks, [TaskId(1), TaskId(3)]);
        let many = FillOrder { tasks: (0..10_001).map(TaskId).collect(), ..FillOrder::default() };
        assert_eq!(many.checked().unwrap_err().code, "too_many_tasks");
        let long = FillOrder { fields: vec!["a".repeat(51)], ..FillOrder::default() };
        assert_eq!(long.checked().unwrap_err().code, "fields_malformed");
    }
}
