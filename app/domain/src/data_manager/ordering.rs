//! How tasks follow each other: `tasks:id`, `-tasks:data.score`, one column after another.

use serde_json::{Value, json};

use super::Column;
use crate::{Error, Result};

/// By how many columns tasks can be sorted at once.
pub const MAX_SORTED: usize = 5;

/// The columns that decide, the first one first; what none of them decides is in order of the numbers of tasks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ordering(pub Vec<Sorted>);

/// One column to sort by. Tasks without a value come last either way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sorted {
    /// Which.
    pub column: Column,
    /// From the largest to the smallest.
    pub descending: bool,
}

impl Ordering {
    /// The order as it is written: a list of columns, each with a minus in front where it goes down.
    ///
    /// # Errors
    /// A column that tasks do not have or cannot be sorted by; more than [`MAX_SORTED`].
    pub fn parse(written: &Value) -> Result<Self> {
        let columns = match written {
            Value::Null => return Ok(Self::default()),
            // What an untouched view of Label Studio says.
            Value::Object(nothing) if nothing.is_empty() => return Ok(Self::default()),
            Value::Array(columns) => columns,
            _ => return Err(Error::invalid("ordering", "ordering_malformed", "An order is a list of columns.")),
        };
        if columns.len() > MAX_SORTED {
            let message = format!("Tasks are sorted by {MAX_SORTED} columns at most.");
            return Err(Error::invalid("ordering", "ordering_too_long", message));
        }
        let sorted = columns.iter().enumerate().map(|(index, column)| {
            let column = column.as_str().unwrap_or_default();
            Sorted::parse(column).map_err(|problem| problem.on(format!("ordering[{index}]")))
        });
        Ok(Self(sorted.collect::<Result<_>>()?))
    }

    /// The order in Label Studio's words.
    #[must_use]
    pub fn write(&self) -> Value {
        let written = self.0.iter().map(|sorted| {
            let sign = if sorted.descending { "-" } else { "" };
            json!(format!("{sign}tasks:{}", sorted.column.name()))
        });
        written.collect()
    }
}

impl Sorted {
    fn parse(written: &str) -> Result<Self> {
        let (before, rest) = signed(written);
        let (behind, name) = match rest.strip_prefix("tasks:") {
            // The minus may stand behind the target as well.
            Some(name) if !before => signed(name),
            Some(name) => (false, name),
            None => (false, rest),
        };
        let column = Column::parse(name)?;
        if !column.is_sortable() {
            let message = format!("Tasks cannot be sorted by “{}”.", column.name());
            return Err(Error::invalid("ordering", "column_unsortable", message));
        }
        Ok(Self { column, descending: before || behind })
    }
}

fn signed(text: &str) -> (bool, &str) {
    match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_are_read_and_written() {
        for (written, expected) in [
            (json!([]), json!([])),
            (json!(null), json!([])),
            (json!({}), json!([])),
            (json!(["tasks:id"]), json!(["tasks:id"])),
            (json!(["-tasks:data.x"]), json!(["-tasks:data.x"])),
            (json!(["tasks:-id"]), json!(["-tasks:id"])),
            (json!(["-completed_at", "+id"]), json!(["-tasks:completed_at", "tasks:id"])),
        ] {
            let ordering = Ordering::parse(&written).unwrap();
            assert_eq!(ordering.write(), expected);
            assert_eq!(Ordering::parse(&expected), Ok(ordering));
        }
    }

    #[test]
    fn what_has_no_order_is_refused() {
        for (written, code, field) in [
            (json!("tasks:id"), "ordering_malformed", "ordering"),
            (json!(["tasks:zzz"]), "unknown_column", "ordering[0]"),
            (json!(["tasks:id", 5]), "unknown_column", "ordering[1]"),
            (json!(["-tasks:-id"]), "unknown_column", "ordering[0]"),
            (json!(["tasks:labels"]), "column_unsortable", "ordering[0]"),
            (json!(vec!["tasks:id"; MAX_SORTED + 1]), "ordering_too_long", "ordering"),
        ] {
            let problem = Ordering::parse(&written).unwrap_err();
            assert_eq!((problem.code.as_ref(), problem.field.as_deref()), (code, Some(field)), "{written}");
        }
    }
}
