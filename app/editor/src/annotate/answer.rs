//! Answers beside the regions: choices, ratings, numbers, written text.

use domain::result::ResultItem;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::kit::{Question, QuestionKind};

/// What was answered to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Paths of stored values; paths of one where results are not nested.
    Choices(Vec<Vec<String>>),
    /// Stars given.
    Rating(u32),
    /// A number.
    Number(f64),
    /// Written texts.
    Texts(Vec<String>),
}

impl Answer {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Choices(paths) => paths.is_empty(),
            Self::Texts(texts) => texts.iter().all(|text| text.trim().is_empty()),
            Self::Rating(stars) => *stars == 0,
            Self::Number(_) => false,
        }
    }

    /// The answer an item holds; `None` when it does not fit the question.
    pub(crate) fn from_item(question: &Question, item: &ResultItem) -> Option<Self> {
        let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
        match question.kind {
            QuestionKind::Choices { .. } => {
                let paths: Vec<_> = item.choices().into_iter().map(owned).collect();
                (!paths.is_empty()).then_some(Self::Choices(paths))
            }
            QuestionKind::Rating { max } => {
                let stars = item.value()?.get("rating")?.as_u64()?;
                u32::try_from(stars).ok().filter(|stars| *stars <= max).map(Self::Rating)
            }
            QuestionKind::Number { .. } => item.number_value().map(Self::Number),
            QuestionKind::TextArea { .. } => {
                let texts = owned(item.texts());
                (!texts.is_empty()).then_some(Self::Texts(texts))
            }
        }
    }

    fn write(&self, value: &mut Map<String, Value>) {
        let (key, json): (&str, Value) = match self {
            Self::Choices(paths) => (
                "choices",
                paths
                    .iter()
                    .map(
                        |path| if let [one] = &path[..] { Value::from(one.clone()) } else { Value::from(path.clone()) },
                    )
                    .collect(),
            ),
            Self::Rating(stars) => ("rating", (*stars).into()),
            Self::Number(number) => ("number", (*number).into()),
            Self::Texts(texts) => ("text", texts.clone().into()),
        };
        value.insert(key.to_owned(), json);
    }

    /// The item to store: the one it came from when nothing changed, with the new answer otherwise.
    pub(crate) fn to_item(&self, question: &Question, source: Option<&ResultItem>, id: &str) -> ResultItem {
        let mut item = match source {
            Some(item) if Self::from_item(question, item).as_ref() == Some(self) => return item.clone(),
            Some(item) => item.clone(),
            None => ResultItem::new(id, &question.name, &question.to_name, &question.item_type, Map::new()),
        };
        if item.origin() == Some("prediction") {
            item.0.insert("origin".to_owned(), "prediction-changed".into());
        }
        if let Some(Value::Object(value)) = item.0.get_mut("value") {
            // Alone in its place: a bare string becomes a list only when it is changed.
            self.write(value);
        }
        item
    }
}

impl Question {
    /// What picking `path` makes of the present answer: single choices replace or clear, multiple ones toggle.
    #[must_use]
    pub fn toggled(&self, present: Option<&Answer>, path: &[String]) -> Option<Answer> {
        let QuestionKind::Choices { multiple, nested_paths } = self.kind else { return present.cloned() };
        let stored: Vec<String> = if nested_paths { path.to_vec() } else { path.last().cloned().into_iter().collect() };
        let mut paths = match present {
            Some(Answer::Choices(paths)) => paths.clone(),
            _ => Vec::new(),
        };
        if let Some(at) = paths.iter().position(|known| *known == stored) {
            paths.remove(at);
        } else {
            if !multiple {
                paths.clear();
            }
            paths.push(stored);
        }
        (!paths.is_empty()).then_some(Answer::Choices(paths))
    }

    /// Whether `path` is among the answer's choices.
    #[must_use]
    pub fn is_chosen(&self, present: Option<&Answer>, path: &[String]) -> bool {
        let QuestionKind::Choices { nested_paths, .. } = self.kind else { return false };
        let Some(Answer::Choices(paths)) = present else { return false };
        paths
            .iter()
            .any(|known| if nested_paths || known.len() > 1 { known == path } else { known.last() == path.last() })
    }
}
