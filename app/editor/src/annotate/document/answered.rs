//! Answers in a document: about the task, or about one of its regions.

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
    /// it is about, whose geometry it repeats.
    pub(super) fn item(&self, question: &Question, mark: Option<&Mark>) -> Option<ResultItem> {
        let answer = self.answer.as_ref()?;
        let mut item = match (&self.source, mark) {
            (Some(item), _) => item.clone(),
            (None, Some(mark)) => mark.item_about(&question.name, &question.item_type),
            (None, None) => {
                let to_name = question.to_names.first().map_or("", String::as_str);
                ResultItem::new(&self.id, &question.name, to_name, &question.item_type, Map::new())
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
