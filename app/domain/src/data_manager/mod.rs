//! The Data Manager: which tasks of a project are shown, in which order and with which columns, and what is done to many
//! of them at once.
//!
//! Everything speaks the JSON of Label Studio's Data Manager, read here once and strictly: an unknown column or operator is
//! refused by name instead of being ignored, because a filter that is not obeyed shows, and deletes, the wrong tasks.
//! `service::data_manager` turns what was read into SQL; nothing here knows SQL.

mod action;
mod column;
mod condition;
mod filter;
mod ordering;
mod selection;
mod view;

pub use action::{Action, ActionRun, Cached, Dialog, MAX_SELECTED_AT_ONCE, Offered, Order};
pub use column::{Column, ColumnInfo, ColumnType, Columns, Fixed, Visibility, columns};
pub use condition::{
    Comparison, Condition, MAX_PATTERN_CHARS, MAX_TEXT_CHARS, MAX_VALUES, Number, Test, Unit, Value, ValueType, Within,
};
pub use filter::{Conjunction, Filter, Item, MAX_CONDITIONS, MAX_DEPTH};
pub use ordering::{MAX_SORTED, Ordering, Sorted};
pub use selection::{MAX_SELECTED, Selection};
pub use view::{MAX_TITLE_CHARS, MAX_VIEW_BYTES, MAX_VIEWS, NewView, View, ViewData, ViewPatch};

/// Which tasks, and in which order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pick {
    /// Those that it lets through.
    pub filter: Filter,
    /// Of these, those that are selected.
    pub selection: Selection,
    /// How they follow each other.
    pub ordering: Ordering,
}
