//! Relations between regions.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::ResultItem;

/// Which way a relation points.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From the first to the second.
    #[default]
    Right,
    /// From the second to the first.
    Left,
    /// Both ways.
    Bi,
}

impl Direction {
    /// As results write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
            Self::Bi => "bi",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        [Self::Right, Self::Left, Self::Bi].into_iter().find(|direction| direction.code() == code)
    }

    /// The next one, in the order a click goes through them.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Right => Self::Left,
            Self::Left => Self::Bi,
            Self::Bi => Self::Right,
        }
    }
}

/// A relation between two regions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Relation {
    /// The id of the first region.
    pub from_id: String,
    /// The id of the second region.
    pub to_id: String,
    /// Which way it points.
    pub direction: Direction,
    /// In the order given.
    pub labels: Vec<String>,
    /// The item as it came; `None` for a relation made just now.
    pub source: Option<ResultItem>,
}

impl Relation {
    /// A relation between two regions, without labels.
    #[must_use]
    pub fn new(from_id: &str, to_id: &str) -> Self {
        Self {
            from_id: from_id.to_owned(),
            to_id: to_id.to_owned(),
            direction: Direction::Right,
            labels: Vec::new(),
            source: None,
        }
    }

    /// The relation an item describes; `None` for other items and for one that does not say between what.
    #[must_use]
    pub fn from_item(item: &ResultItem) -> Option<Self> {
        if item.item_type() != "relation" {
            return None;
        }
        let text = |key: &str| item.0.get(key).and_then(Value::as_str);
        let labels = item.0.get("labels").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Some(Self {
            from_id: text("from_id")?.to_owned(),
            to_id: text("to_id")?.to_owned(),
            direction: text("direction").and_then(Direction::from_code).unwrap_or_default(),
            labels: labels.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            source: Some(item.clone()),
        })
    }

    /// The item to store; what was not changed stays as it came.
    #[must_use]
    pub fn to_item(&self) -> ResultItem {
        let mut item = self.source.clone().unwrap_or_else(|| {
            let mut blank = Map::new();
            blank.insert("from_id".to_owned(), self.from_id.as_str().into());
            blank.insert("to_id".to_owned(), self.to_id.as_str().into());
            blank.insert("type".to_owned(), "relation".into());
            blank.insert("direction".to_owned(), self.direction.code().into());
            ResultItem(blank)
        });
        let before = Self::from_item(&item);
        let is_new = |changed: fn(&Self, &Self) -> bool| before.as_ref().is_none_or(|before| changed(before, self));
        if is_new(|before, now| before.from_id != now.from_id) {
            item.0.insert("from_id".to_owned(), self.from_id.as_str().into());
        }
        if is_new(|before, now| before.to_id != now.to_id) {
            item.0.insert("to_id".to_owned(), self.to_id.as_str().into());
        }
        if is_new(|before, now| before.direction != now.direction) {
            item.0.insert("direction".to_owned(), self.direction.code().into());
        }
        if is_new(|before, now| before.labels != now.labels) {
            item.0.insert("labels".to_owned(), self.labels.clone().into());
        }
        item
    }
}
