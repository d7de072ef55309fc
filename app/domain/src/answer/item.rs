//! The answer an item of any answering type holds, whatever control asked for it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Answer;
use crate::result::{ResultItem, as_offset, same};

/// Which of two is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The first.
    Left,
    /// The second.
    Right,
}

impl Side {
    /// As results write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }
}

impl Answer {
    /// The answer an item holds; `None` for regions, relations, unknown types and answers that are malformed.
    #[must_use]
    pub fn from_item(item: &ResultItem) -> Option<Self> {
        let value = item.value()?;
        let number = |key: &str| value.get(key).and_then(Value::as_f64);
        Some(match item.item_type() {
            "choices" => Self::Choices(paths(value.get("choices")?)?),
            "taxonomy" => Self::Taxonomy(paths(value.get("taxonomy")?)?),
            "textarea" => Self::Texts(texts(value.get("text")?)?),
            // Stars are whole; what is not is carried through.
            "rating" => Self::Rating(as_offset(value.get("rating")?).and_then(|stars| u32::try_from(stars).ok())?),
            "number" => Self::Number(number("number")?),
            "datetime" => Self::DateTime(value.get("datetime")?.as_str()?.to_owned()),
            "pairwise" => Self::Pairwise(match value.get("selected")?.as_str()? {
                "left" => Side::Left,
                "right" => Side::Right,
                _ => return None,
            }),
            "ranker" => {
                let buckets = value.get("ranker")?.as_object()?;
                let bucket = |(name, ids): (&String, &Value)| Some((name.clone(), texts(ids)?));
                Self::Ranking(buckets.iter().map(bucket).collect::<Option<_>>()?)
            }
            "reactcode" => Self::Outputs(value.get("reactcode").cloned().unwrap_or_else(|| value.clone().into())),
            _ => return None,
        })
    }

    /// The type of the items that hold such an answer.
    #[must_use]
    pub fn item_type(&self) -> &'static str {
        match self {
            Self::Choices(_) => "choices",
            Self::Taxonomy(_) => "taxonomy",
            Self::Texts(_) => "textarea",
            Self::Rating(_) => "rating",
            Self::Number(_) => "number",
            Self::DateTime(_) => "datetime",
            Self::Pairwise(_) => "pairwise",
            Self::Ranking(_) => "ranker",
            Self::Outputs(_) => "reactcode",
        }
    }

    /// Writes the answer into an item; one that already says so stays as it is written, and all other keys stay.
    pub fn write_to(&self, item: &mut ResultItem) {
        if Self::from_item(item).is_some_and(|before| before.is(self)) {
            return;
        }
        item.mark_changed();
        let mut value = match item.0.get_mut("value").map(Value::take) {
            Some(Value::Object(value)) => value,
            _ => Map::new(),
        };
        self.write(&mut value);
        item.0.insert("value".to_owned(), value.into());
    }

    /// Equal, floats by their digits.
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => same(*a, *b),
            _ => self == other,
        }
    }
}

/// Paths as lists; a bare text is a path of one.
fn paths(json: &Value) -> Option<Vec<Vec<String>>> {
    let path = |path: &Value| match path {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(steps) => steps.iter().map(|step| step.as_str().map(str::to_owned)).collect(),
        _ => None,
    };
    json.as_array()?.iter().map(path).collect()
}

/// A list of texts; a bare one is a list of one.
fn texts(json: &Value) -> Option<Vec<String>> {
    match json {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(texts) => texts.iter().map(|text| text.as_str().map(str::to_owned)).collect(),
        _ => None,
    }
}
