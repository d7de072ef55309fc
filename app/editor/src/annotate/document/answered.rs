//! Answers in a document: about the task, one of its pictures or one of its regions.

use domain::answer::Answer;
use domain::result::ResultItem;
use serde_json::Map;

use super::mark::{Mark, RegionKey};
use crate::annotate::kit::Question;

/// What an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// The task as a whole.
    Task,
    /// One picture of a list, counted from 0 (`perItem`).
    Item(u64),
    /// One region (`perRegion`).
    Region(RegionKey),
}

/// An answer and the item it came from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Answered {
    /// `None` after it was cleared.
    pub(super) answer: Option<Answer>,
    pub(super) source: Option<ResultItem>,
    /// Of the result, should it be new; an answer about a region carries the region's.
    pub(super) id: String,
}

impl Answered {
    /// The item to store: the one it came from when nothing changed, with the new answer otherwise. `mark` is the region
    /// it is about, whose geometry it repeats; `index` the picture.
    pub(super) fn item(&self, question: &Question, mark: Option<&Mark>, index: Option<u64>) -> Option<ResultItem> {
        let answer = self.answer.as_ref()?;
        let mut item = match (&self.source, mark) {
            (Some(item), _) => item.clone(),
            (None, Some(mark)) => mark.item_about(&question.name, &question.item_type),
            (None, None) => {
                let list = question.per_item.as_ref().filter(|_| index.is_some()).map(|(list, _)| list);
                let to_name = list.or(question.to_names.first()).map_or("", String::as_str);
                let mut item = ResultItem::new(&self.id, &question.name, to_name, &question.item_type, Map::new());
                if let Some(index) = index {
                    item.0.insert("item_index".to_owned(), index.into());
                }
                item
            }
        };
        if let (Some(_), Some(mark)) = (&self.source, mark) {
            mark.region.copy_geometry_to(&mut item);
        }
        if question.asks.read(&item).as_ref() == Some(answer) {
            return Some(item);
        }
        if item.origin() == Some("prediction") {
            item.0.insert("origin".to_owned(), "prediction-changed".into());
        }
        if let Some(serde_json::Value::Object(value)) = item.0.get_mut("value") {
            // Alone in its place: a bare string becomes a list only when it is changed.
            answer.write(value);
        }
        Some(item)
    }
}
