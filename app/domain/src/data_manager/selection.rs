//! Which of the tasks that a filter lets through are selected: all but some, or some.

use serde_json::{Value, json};

use crate::{Error, Result, id::TaskId};

/// The most tasks that are named one by one.
pub const MAX_SELECTED: usize = 100_000;

/// `{"all": true, "excluded": []}` or `{"all": false, "included": []}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All but these.
    AllBut(Vec<TaskId>),
    /// These.
    Only(Vec<TaskId>),
}

impl Default for Selection {
    fn default() -> Self {
        Self::AllBut(Vec::new())
    }
}

impl Selection {
    /// The selection as it is written; nothing at all is everything.
    ///
    /// # Errors
    /// Anything else than the two forms; more than [`MAX_SELECTED`] tasks.
    pub fn parse(written: &Value) -> Result<Self> {
        let malformed = || {
            let message = "A selection is {\"all\": true, \"excluded\": […]} or {\"all\": false, \"included\": […]}.";
            Error::invalid("selectedItems", "selection_malformed", message)
        };
        match written {
            Value::Null => return Ok(Self::default()),
            // Forms send it as text.
            Value::String(text) => {
                let inner: Value = serde_json::from_str(text).map_err(|_| malformed())?;
                return if inner.is_object() { Self::parse(&inner) } else { Err(malformed()) };
            }
            Value::Object(object) if object.is_empty() => return Ok(Self::default()),
            Value::Object(_) => {}
            _ => return Err(malformed()),
        }
        let all = written.get("all").and_then(Value::as_bool).ok_or_else(malformed)?;
        let tasks = match written.get(if all { "excluded" } else { "included" }) {
            None | Some(Value::Null) => Vec::new(),
            Some(Value::Array(ids)) if ids.len() > MAX_SELECTED => {
                let message = format!(
                    "At most {MAX_SELECTED} tasks are named one by one. Select all that a filter finds instead."
                );
                return Err(Error::invalid("selectedItems", "selection_too_long", message));
            }
            Some(Value::Array(ids)) => {
                ids.iter().map(|id| id.as_i64().map(TaskId)).collect::<Option<_>>().ok_or_else(malformed)?
            }
            Some(_) => return Err(malformed()),
        };
        Ok(if all { Self::AllBut(tasks) } else { Self::Only(tasks) })
    }

    /// The selection in Label Studio's words.
    #[must_use]
    pub fn write(&self) -> Value {
        match self {
            Self::AllBut(tasks) => json!({ "all": true, "excluded": tasks }),
            Self::Only(tasks) => json!({ "all": false, "included": tasks }),
        }
    }

    /// Whether it leaves nothing out.
    #[must_use]
    pub fn is_all(&self) -> bool {
        matches!(self, Self::AllBut(tasks) if tasks.is_empty())
    }

    /// Whether nothing is selected, whatever there is.
    #[must_use]
    pub fn is_none(&self) -> bool {
        matches!(self, Self::Only(tasks) if tasks.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selections_are_read_and_written() {
        for (written, expected) in [
            (json!(null), Selection::AllBut(vec![])),
            (json!({}), Selection::AllBut(vec![])),
            (json!({"all": true}), Selection::AllBut(vec![])),
            (json!({"all": true, "excluded": [1]}), Selection::AllBut(vec![TaskId(1)])),
            (json!({"all": false, "included": [1, 2]}), Selection::Only(vec![TaskId(1), TaskId(2)])),
            (json!({"all": false}), Selection::Only(vec![])),
            (json!("{\"all\": false, \"included\": [3]}"), Selection::Only(vec![TaskId(3)])),
        ] {
            let selection = Selection::parse(&written).unwrap();
            assert_eq!(selection, expected, "{written}");
            assert_eq!(Selection::parse(&selection.write()), Ok(selection));
        }
    }

    #[test]
    fn anything_else_is_refused() {
        for written in [
            json!([1]),
            json!(5),
            json!({"included": [1]}),
            json!({"all": "yes"}),
            json!({"all": false, "included": ["x"]}),
            json!({"all": false, "included": 5}),
            json!("zzz"),
            json!("\"{}\""),
        ] {
            assert_eq!(Selection::parse(&written).unwrap_err().code, "selection_malformed", "{written}");
        }
        let many = json!({"all": true, "excluded": vec![1; MAX_SELECTED + 1]});
        assert_eq!(Selection::parse(&many).unwrap_err().code, "selection_too_long");
    }
}
