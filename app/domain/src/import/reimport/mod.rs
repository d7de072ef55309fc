//! Bringing tasks that are there already up to date from a file: which task a row means, and what it changes.
//!
//! Invariants:
//! - a row changes at most one task, and a task is changed by at most one row;
//! - what a row does not name stays; work of people always does;
//! - a row that was applied changes nothing when it is applied again.

mod change;
mod row;
mod run;

pub use change::{Change, FieldChange, GLIMPSE_CHARS, Present};
pub use row::{Key, MAX_KEY_BYTES, MAX_KEY_FIELD, Proposals, Row, Rules, key_text};
pub use run::{LookedRow, Outcome, ReimportHistory, ReimportRun, ReimportStatus};
