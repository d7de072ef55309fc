//! Lists are read page by page: a cursor says where to go on, a limit is always capped.

use serde::{Deserialize, Serialize};

/// How many rows a page holds; never more than [`Limit::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Limit(u32);

impl Limit {
    /// The most rows any list returns at once.
    pub const MAX: u32 = 200;

    /// `rows`, brought into `1..=MAX`.
    #[must_use]
    pub fn new(rows: u32) -> Self {
        Self(rows.clamp(1, Self::MAX))
    }

    /// As the database counts.
    #[must_use]
    pub fn rows(self) -> i64 {
        self.0.clamp(1, Self::MAX).into()
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

/// One page of a list and where the next one starts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// Pass it back to read on; `None` at the end.
    pub next: Option<String>,
    /// How many rows the whole list has, where that is cheap to know.
    pub total: Option<i64>,
}

impl<T> Default for Page<T> {
    fn default() -> Self {
        Self { items: Vec::new(), next: None, total: None }
    }
}
