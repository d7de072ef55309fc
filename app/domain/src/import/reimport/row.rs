//! Which task a row means.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{super::NewTask, change::glimpse};
use crate::{Error, Result};

/// The longest name of a field that rows are told apart by, in characters.
pub const MAX_KEY_FIELD: usize = 200;
/// The longest value that rows are told apart by, in bytes.
pub const MAX_KEY_BYTES: usize = 1_000;

/// How a row says which task it means.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "by", content = "field")]
pub enum Key {
    /// By the id of the task: `id` of exported tasks, a column `task_id` or `id` of a table.
    #[default]
    TaskId,
    /// By what is in a field that row and task have.
    Field(String),
}

/// Which predictions go where a row brings some.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proposals {
    /// Those of the same versions of models.
    #[default]
    SameVersion,
    /// All of the task.
    All,
}

/// How rows are read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// How a row says which task it means.
    pub key: Key,
    /// Whether rows that mean no task become one.
    pub adds_new: bool,
    /// Which predictions go where a row brings some.
    pub proposals: Proposals,
}

impl Rules {
    /// Keeps every rule, or says which one is broken.
    ///
    /// # Errors
    /// No field, or one that is too long; new tasks by number, which would come again and again.
    pub fn check(mut self) -> Result<Self> {
        if let Key::Field(field) = &mut self.key {
            *field = field.trim().to_owned();
            if field.is_empty() {
                return Err(Error::invalid("key", "key_missing", "Name the column that tells tasks apart."));
            }
            if field.chars().count() > MAX_KEY_FIELD || field.contains('\0') {
                let message = format!("The name of a column has {MAX_KEY_FIELD} characters at most.");
                return Err(Error::invalid("key", "key_too_long", message));
            }
        } else if self.adds_new {
            let message = "A new task has no number yet, so it would come in again each time. Name a column that tells \
                           tasks apart.";
            return Err(Error::invalid("adds_new", "new_without_key", message));
        }
        Ok(self)
    }

    /// The task that a row means, and the row without what only says that.
    ///
    /// # Errors
    /// Why it means none, in words.
    pub fn row(&self, mut task: NewTask) -> Result<Row, String> {
        let key = match &self.key {
            Key::TaskId => {
                let named = ["task_id", "id"].into_iter().find(|name| task.data.contains_key(*name));
                let key = match (task.id.take(), named) {
                    (Some(id), _) => id.to_string(),
                    (None, Some(name)) => key_text(&task.data.remove(name).unwrap_or_default())
                        .ok_or_else(|| format!("There is no task ID in “{name}”."))?,
                    (None, None) => {
                        return Err("This row has no task ID: neither “task_id” nor “id”.".to_owned());
                    }
                };
                if key.parse::<i64>().is_err() {
                    return Err(format!("“{}” is no task ID.", glimpse(&key)));
                }
                key
            }
            Key::Field(field) => task
                .data
                .get(field)
                .and_then(key_text)
                .ok_or_else(|| format!("This row has nothing in “{field}” to tell its task by."))?,
        };
        if key.len() > MAX_KEY_BYTES {
            return Err("What tells tasks apart is too long here.".to_owned());
        }
        if task.data.is_empty() && task.meta.is_none() && task.predictions.is_empty() {
            return Err("This row says nothing but which task it means.".to_owned());
        }
        Ok(Row { key, task })
    }
}

/// A value as it tells tasks apart: `1` and `"1"` are the same task.
#[must_use]
pub fn key_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A row that means a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which.
    pub key: String,
    /// What it says.
    pub task: NewTask,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::import::read_task;

    fn by(field: &str) -> Rules {
        Rules { key: Key::Field(field.to_owned()), ..Rules::default() }
    }

    fn row(rules: &Rules, value: Value) -> Result<Row, String> {
        rules.row(read_task(value).unwrap())
    }

    #[test]
    fn a_row_says_which_task_it_means() {
        let number = Rules::default();
        for (rules, said, key) in [
            (number.clone(), json!({"id": 7, "data": {"text": "x"}}), Ok("7")),
            (number.clone(), json!({"task_id": "7", "id": "kept", "text": "x"}), Ok("7")),
            (number.clone(), json!({"id": " 7 ", "text": "x"}), Ok("7")),
            (number.clone(), json!({"id": "seven", "text": "x"}), Err("no task ID")),
            (number.clone(), json!({"id": "", "text": "x"}), Err("“id”")),
            (number.clone(), json!({"text": "x"}), Err("neither")),
            (number, json!({"id": 7}), Err("nothing but")),
            (by("sku"), json!({"sku": 12, "text": "x"}), Ok("12")),
            (by("sku"), json!({"data": {"sku": "a b "}}), Ok("a b")),
            (by("sku"), json!({"sku": null, "text": "x"}), Err("“sku”")),
            (by("sku"), json!({"sku": ["a"], "text": "x"}), Err("“sku”")),
            (by("sku"), json!({"sku": "x".repeat(2_000)}), Err("too long")),
        ] {
            match (row(&rules, said.clone()).map(|row| row.key), key) {
                (Ok(found), Ok(key)) => assert_eq!(found, key, "{said}"),
                (Err(reason), Err(word)) => assert!(reason.contains(word), "{said}: {reason}"),
                (found, _) => panic!("{said}: {found:?}"),
            }
        }
        let plain = row(&Rules::default(), json!({"task_id": 7, "id": "kept", "text": "x"})).unwrap();
        assert_eq!(Value::Object(plain.task.data), json!({"id": "kept", "text": "x"}));
    }

    #[test]
    fn rules_that_would_double_tasks_are_refused() {
        let adds_new = Rules { adds_new: true, ..Rules::default() };
        assert_eq!(adds_new.check().unwrap_err().code, "new_without_key");
        assert_eq!(by("  ").check().unwrap_err().code, "key_missing");
        assert_eq!(by(&"x".repeat(300)).check().unwrap_err().code, "key_too_long");
        let trimmed = Rules { adds_new: true, ..by(" sku ") }.check().unwrap();
        assert_eq!(trimmed, Rules { adds_new: true, ..by("sku") });
    }
}
