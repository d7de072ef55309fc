//! Views: what a tab of the Data Manager remembers.
//!
//! What is known of it is checked when it is kept, and kept word for word: keys that only other programs know come back as
//! they were.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Filter, Ordering, Selection};
use crate::{
    Error, Result,
    id::{ProjectId, UserId, ViewId},
};

/// The most views of a project.
pub const MAX_VIEWS: i64 = 200;
/// The most characters of a title.
pub const MAX_TITLE_CHARS: usize = 200;
/// The most bytes of what a view remembers, as JSON.
pub const MAX_VIEW_BYTES: usize = 512 << 10;
/// How many tasks stand side by side in a grid, at most.
const MAX_GRID_WIDTH: i64 = 24;

/// A view.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Which.
    pub view_id: ViewId,
    /// Of which project.
    pub project_id: ProjectId,
    /// Who made it; nobody when they have left.
    pub user_id: Option<UserId>,
    /// Whether only that person sees it.
    pub is_private: bool,
    /// Its place among the tabs, from the left.
    pub order: i32,
    /// What it remembers.
    pub data: ViewData,
}

/// A view to be made.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewView {
    /// What it remembers, as sent.
    pub data: Map<String, Value>,
    /// Whether only its maker sees it.
    pub is_private: bool,
}

/// Changes of a view; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ViewPatch {
    /// What it remembers from now on, but for filters and ordering where these are not named.
    pub data: Option<Map<String, Value>>,
    /// Its place among the tabs.
    pub order: Option<i32>,
    /// Whether only its maker sees it.
    pub is_private: Option<bool>,
}

/// What a view remembers: title, kind, columns, widths, filter, order, selection, and whatever else a program put there.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ViewData(Map<String, Value>);

/// What stays when a change does not name it.
const KEPT: [&str; 3] = ["filters", "ordering", "selectedItems"];

impl ViewData {
    /// What is kept of what was sent.
    ///
    /// # Errors
    /// The first known thing that is not as it should be, with its place as the field.
    pub fn parse(data: Map<String, Value>) -> Result<Self> {
        let data = Self(data);
        data.check_look()?;
        data.filter().map_err(below_data)?;
        data.ordering().map_err(below_data)?;
        data.selection().map_err(below_data)?;
        if serde_json::to_vec(&data.0).map_or(usize::MAX, |json| json.len()) > MAX_VIEW_BYTES {
            return Err(Error::invalid("data", "view_too_large", "This is more than a view can remember."));
        }
        Ok(data)
    }

    /// What a change makes of it. Filters, order and selection stay where the change does not name them.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn changed(&self, mut data: Map<String, Value>) -> Result<Self> {
        for key in KEPT {
            if let Some(kept) = self.0.get(key).filter(|_| !data.contains_key(key)) {
                data.insert(key.to_owned(), kept.clone());
            }
        }
        Self::parse(data)
    }

    /// As it was sent.
    #[must_use]
    pub fn json(&self) -> &Map<String, Value> {
        &self.0
    }

    /// As shown on the tab; empty where nobody gave it one.
    #[must_use]
    pub fn title(&self) -> &str {
        self.0.get("title").and_then(Value::as_str).unwrap_or_default()
    }

    /// Whether tasks are shown as a grid instead of a table.
    #[must_use]
    pub fn is_grid(&self) -> bool {
        self.0.get("type").and_then(Value::as_str) == Some("grid")
    }

    /// How many tasks stand side by side in the grid.
    #[must_use]
    pub fn grid_width(&self) -> Option<i64> {
        self.0.get("gridWidth").and_then(Value::as_i64)
    }

    /// Columns that are not shown in the table, as `tasks:…`.
    #[must_use]
    pub fn hidden_columns(&self) -> Vec<&str> {
        let hidden = self.0.get("hiddenColumns").and_then(|hidden| hidden.get("explore")?.as_array());
        hidden.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// How wide a column is, in pixels.
    #[must_use]
    pub fn width_of(&self, column: &str) -> Option<f64> {
        self.0.get("columnsWidth")?.get(column)?.as_f64()
    }

    /// As what a column is shown, where somebody chose.
    #[must_use]
    pub fn display_type_of(&self, column: &str) -> Option<&str> {
        self.0.get("columnsDisplayType")?.get(column)?.as_str()
    }

    /// Which tasks it shows.
    ///
    /// # Errors
    /// None for what was parsed; a later version of the rules may be stricter.
    pub fn filter(&self) -> Result<Filter> {
        Filter::parse(self.0.get("filters").unwrap_or(&Value::Null))
    }

    /// In which order.
    ///
    /// # Errors
    /// As [`Self::filter`].
    pub fn ordering(&self) -> Result<Ordering> {
        Ordering::parse(self.0.get("ordering").unwrap_or(&Value::Null))
    }

    /// What is selected in it; `None` where nothing was ever selected.
    ///
    /// # Errors
    /// As [`Self::filter`].
    pub fn selection(&self) -> Result<Option<Selection>> {
        let selection = Selection::parse(self.0.get("selectedItems").unwrap_or(&Value::Null))?;
        Ok(Some(selection).filter(|selection| !selection.is_all() && !selection.is_none()))
    }

    fn check_look(&self) -> Result<()> {
        let wrong = |field: &'static str, message: &str| Err(Error::invalid(field, "view_malformed", message));
        let given = |key: &str| self.0.get(key).filter(|value| !value.is_null());
        let is_list_of_names = |value: &Value| value.as_array().is_some_and(|names| names.iter().all(Value::is_string));
        let is_title = |title: &Value| title.as_str().is_some_and(|title| title.chars().count() <= MAX_TITLE_CHARS);
        if given("title").is_some_and(|title| !is_title(title)) {
            return wrong("data.title", &format!("A title is a text of at most {MAX_TITLE_CHARS} characters."));
        }
        if given("type").is_some_and(|kind| !matches!(kind.as_str(), Some("list" | "grid"))) {
            return wrong("data.type", "A view is a list or a grid.");
        }
        if given("gridWidth")
            .is_some_and(|width| !width.as_i64().is_some_and(|width| (1..=MAX_GRID_WIDTH).contains(&width)))
        {
            return wrong("data.gridWidth", &format!("A grid is between 1 and {MAX_GRID_WIDTH} tasks wide."));
        }
        if given("hiddenColumns")
            .is_some_and(|hidden| !hidden.as_object().is_some_and(|by| by.values().all(is_list_of_names)))
        {
            return wrong("data.hiddenColumns", "Hidden columns are lists of names for “explore” and “labeling”.");
        }
        let is_width = |width: &Value| width.is_number() || width.is_null();
        if given("columnsWidth").is_some_and(|widths| !widths.as_object().is_some_and(|by| by.values().all(is_width))) {
            return wrong("data.columnsWidth", "Widths of columns are numbers by the names of columns.");
        }
        let is_type = |shown: &Value| shown.is_string() || shown.is_null();
        if given("columnsDisplayType")
            .is_some_and(|types| !types.as_object().is_some_and(|by| by.values().all(is_type)))
        {
            return wrong("data.columnsDisplayType", "As what columns are shown is said by their names.");
        }
        Ok(())
    }
}

fn below_data(problem: Error) -> Error {
    let field = format!("data.{}", problem.field.as_deref().unwrap_or_default());
    problem.on(field)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(data: Value) -> Result<ViewData> {
        ViewData::parse(data.as_object().unwrap().clone())
    }

    #[test]
    fn what_is_sent_is_kept_word_for_word() {
        let sent = json!({"title": "My view", "type": "grid", "target": "tasks", "filters": {"conjunction": "and", "items": [
                {"filter": "filter:tasks:data.n", "operator": "greater", "type": "Number", "value": 5, "their_own": true}]},
            "ordering": ["-tasks:id"], "hiddenColumns": {"explore": ["tasks:inner_id"], "labeling": []},
            "columnsWidth": {"tasks:id": 120.5, "tasks:data.n": null}, "columnsDisplayType": {"tasks:data.n": "Number"},
            "gridWidth": 4, "selectedItems": {"all": false, "included": []}, "semantic_search": []});
        let data = parse(sent.clone()).unwrap();
        assert_eq!(Value::Object(data.json().clone()), sent);
        assert_eq!((data.title(), data.is_grid(), data.grid_width()), ("My view", true, Some(4)));
        assert_eq!(data.hidden_columns(), ["tasks:inner_id"]);
        assert_eq!((data.width_of("tasks:id"), data.width_of("tasks:data.n")), (Some(120.5), None));
        assert_eq!(data.display_type_of("tasks:data.n"), Some("Number"));
        assert_eq!(data.filter().unwrap().items.len(), 1);
        assert_eq!(data.ordering().unwrap().write(), json!(["-tasks:id"]));
        assert_eq!(data.selection(), Ok(None));
        assert_eq!(parse(json!({})), Ok(ViewData::default()));
    }

    #[test]
    fn what_a_change_does_not_name_stays() {
        let before =
            parse(json!({"title": "a", "ordering": ["tasks:id"], "filters": {"conjunction": "or", "items": []}}))
                .unwrap();
        let change = |data: Value| before.changed(data.as_object().unwrap().clone()).unwrap();
        assert_eq!(
            Value::Object(change(json!({"title": "b"})).json().clone()),
            json!({"title": "b", "ordering": ["tasks:id"], "filters": {"conjunction": "or", "items": []}})
        );
        assert_eq!(change(json!({"ordering": []})).ordering(), Ok(Ordering::default()));
    }

    #[test]
    fn what_is_not_as_it_should_be_is_named() {
        for (data, field) in [
            (json!({"title": 5}), "data.title"),
            (json!({"title": "x".repeat(MAX_TITLE_CHARS + 1)}), "data.title"),
            (json!({"type": "cloud"}), "data.type"),
            (json!({"gridWidth": 0}), "data.gridWidth"),
            (json!({"hiddenColumns": ["tasks:id"]}), "data.hiddenColumns"),
            (json!({"hiddenColumns": {"explore": [5]}}), "data.hiddenColumns"),
            (json!({"columnsWidth": {"tasks:id": "wide"}}), "data.columnsWidth"),
            (json!({"columnsDisplayType": {"tasks:id": 5}}), "data.columnsDisplayType"),
            (json!({"filters": {"conjunction": "xor", "items": []}}), "data.filters.conjunction"),
            (json!({"ordering": ["tasks:zzz"]}), "data.ordering[0]"),
            (json!({"selectedItems": [1]}), "data.selectedItems"),
            (json!({"more": "x".repeat(MAX_VIEW_BYTES)}), "data"),
        ] {
            assert_eq!(parse(data).unwrap_err().field.as_deref(), Some(field));
        }
    }
}
