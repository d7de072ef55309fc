//! One item of a result list: what it says, read without changing it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::region::ImageSize;
use crate::{Error, Result};

/// One item of an annotation's or a prediction's `result` list, exactly as stored.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResultItem(pub Map<String, Value>);

impl ResultItem {
    /// An item drawn by hand, not on an image.
    #[must_use]
    pub fn new(id: &str, from_name: &str, to_name: &str, item_type: &str, value: Map<String, Value>) -> Self {
        let mut item = Map::new();
        item.insert("id".to_owned(), id.into());
        item.insert("from_name".to_owned(), from_name.into());
        item.insert("to_name".to_owned(), to_name.into());
        item.insert("type".to_owned(), item_type.into());
        item.insert("origin".to_owned(), "manual".into());
        item.insert("value".to_owned(), value.into());
        Self(item)
    }

    /// The item, when the JSON is an object.
    pub fn from_json(json: Value) -> Result<Self> {
        match json {
            Value::Object(map) => Ok(Self(map)),
            _ => Err(Error::invalid("result", "result_item_not_object", "Each result must be a JSON object.")),
        }
    }

    /// The items of a `result` list.
    pub fn list_from_json(json: Value) -> Result<Vec<Self>> {
        match json {
            Value::Array(items) => items.into_iter().map(Self::from_json).collect(),
            Value::Null => Ok(Vec::new()),
            _ => Err(Error::invalid("result", "result_not_list", "The result must be a JSON list.")),
        }
    }

    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.0.get(key).and_then(Value::as_f64)
    }

    /// The region id; items about the same region share it. Empty where absent.
    #[must_use]
    pub fn id(&self) -> &str {
        self.text("id")
    }

    /// The control that made it. Empty where absent.
    #[must_use]
    pub fn from_name(&self) -> &str {
        self.text("from_name")
    }

    /// The object it is about. Empty where absent.
    #[must_use]
    pub fn to_name(&self) -> &str {
        self.text("to_name")
    }

    /// Such as `rectanglelabels`. Empty where absent.
    #[must_use]
    pub fn item_type(&self) -> &str {
        self.text("type")
    }

    /// The answer itself; relations have none.
    #[must_use]
    pub fn value(&self) -> Option<&Map<String, Value>> {
        self.0.get("value").and_then(Value::as_object)
    }

    /// `manual`, `prediction` or `prediction-changed`.
    #[must_use]
    pub fn origin(&self) -> Option<&str> {
        self.0.get("origin").and_then(Value::as_str)
    }

    /// A model's confidence.
    #[must_use]
    pub fn score(&self) -> Option<f64> {
        self.number("score")
    }

    /// The region this one is part of.
    #[must_use]
    pub fn parent_id(&self) -> Option<&str> {
        self.0.get("parentID").and_then(Value::as_str)
    }

    /// Which image of a list it is on, from 0.
    #[must_use]
    pub fn item_index(&self) -> Option<u64> {
        self.0.get("item_index").and_then(Value::as_u64)
    }

    /// Whether people may change it.
    #[must_use]
    pub fn is_readonly(&self) -> bool {
        self.0.get("readonly").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Whether it is hidden on the surface.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        self.0.get("hidden").and_then(Value::as_bool).unwrap_or(false)
    }

    /// The size of the original image, when the item carries one that is possible.
    #[must_use]
    pub fn original_size(&self) -> Option<ImageSize> {
        ImageSize::new(self.number("original_width")?, self.number("original_height")?)
    }

    /// Seconds of the whole sound it is on.
    #[must_use]
    pub fn original_length(&self) -> Option<f64> {
        self.number("original_length").filter(|length| length.is_finite())
    }

    /// The notes people wrote about it (`meta.text`).
    #[must_use]
    pub fn notes(&self) -> Vec<&str> {
        match self.0.get("meta").and_then(|meta| meta.get("text")) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// Replaces the notes; without any, their key goes, and so does a `meta` that held nothing else.
    pub fn set_notes(&mut self, notes: &[String]) {
        if self.notes() != notes {
            self.set_meta("text", (!notes.is_empty()).then(|| notes.into()));
        }
    }

    /// How far in front of others it lies (`meta.z_order`): 0 where nothing is said.
    #[must_use]
    pub fn z_order(&self) -> i64 {
        self.0.get("meta").and_then(|meta| meta.get("z_order")?.as_i64()).unwrap_or(0)
    }

    /// Puts it in front of others, or behind them.
    pub fn set_z_order(&mut self, z_order: i64) {
        if self.z_order() != z_order {
            self.set_meta("z_order", (z_order != 0).then(|| z_order.into()));
        }
    }

    /// A `meta` that holds nothing more goes.
    fn set_meta(&mut self, key: &str, value: Option<Value>) {
        let mut meta = match self.0.get_mut("meta").map(Value::take) {
            Some(Value::Object(meta)) => meta,
            _ => Map::new(),
        };
        match value {
            Some(value) => meta.insert(key.to_owned(), value),
            None => meta.shift_remove(key),
        };
        if meta.is_empty() {
            self.0.shift_remove("meta");
        } else {
            self.0.insert("meta".to_owned(), meta.into());
        }
    }

    /// Makes it part of another region, or of none.
    pub fn set_parent_id(&mut self, parent: Option<&str>) {
        if self.parent_id() == parent {
            return;
        }
        match parent {
            Some(parent) => self.0.insert("parentID".to_owned(), parent.into()),
            None => self.0.shift_remove("parentID"),
        };
    }

    /// Marks what came from a model as changed by a person.
    pub fn mark_changed(&mut self) {
        if self.origin() == Some("prediction") {
            self.0.insert("origin".to_owned(), "prediction-changed".into());
        }
    }

    /// The labels given, for every type that keeps them as a list of strings.
    #[must_use]
    pub fn labels(&self) -> Vec<&str> {
        self.labels_key()
            .and_then(|key| self.value()?.get(key)?.as_array())
            .map(|labels| labels.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }

    /// Calls a label, or a choice and each step on the way to one, otherwise. Returns how many were.
    pub fn rename_label(&mut self, from: &str, to: &str) -> usize {
        let key = match self.item_type() {
            kind @ ("choices" | "taxonomy") => kind.to_owned(),
            _ => match self.labels_key() {
                Some(key) => key.to_owned(),
                None => return 0,
            },
        };
        let value = self.0.get_mut("value").and_then(Value::as_object_mut);
        let names = value.and_then(|value| value.get_mut(&key)?.as_array_mut());
        let mut renamed = 0;
        for name in names.into_iter().flatten() {
            let steps = match name {
                Value::Array(path) => path.as_mut_slice(),
                one => std::slice::from_mut(one),
            };
            for step in steps.iter_mut().filter(|step| step.as_str() == Some(from)) {
                *step = to.into();
                renamed += 1;
            }
        }
        renamed
    }

    /// The key in `value` that holds the labels: the type itself for every `…labels` type, `labels` for things on videos,
    /// `None` otherwise.
    #[must_use]
    pub fn labels_key(&self) -> Option<&str> {
        labels_key(self.item_type(), self.value())
    }

    /// What a `choices` item chose; a nested choice is the path to it, each step in order.
    #[must_use]
    pub fn choices(&self) -> Vec<Vec<&str>> {
        self.value()
            .and_then(|value| value.get("choices")?.as_array())
            .map(|choices| {
                choices
                    .iter()
                    .filter_map(|choice| match choice {
                        Value::String(one) => Some(vec![one.as_str()]),
                        Value::Array(path) => Some(path.iter().filter_map(Value::as_str).collect()),
                        _ => None,
                    })
                    .collect()
            })
            .unwrap_or_default()
    }

    /// What a `taxonomy` item picked, each as the path to it.
    #[must_use]
    pub fn taxonomy(&self) -> Vec<Vec<&str>> {
        let paths = self.value().and_then(|value| value.get("taxonomy")?.as_array());
        paths
            .into_iter()
            .flatten()
            .filter_map(Value::as_array)
            .map(|path| path.iter().filter_map(Value::as_str).collect())
            .collect()
    }

    /// The side a `pairwise` item chose.
    #[must_use]
    pub fn selected_side(&self) -> Option<&str> {
        self.value()?.get("selected")?.as_str()
    }

    /// The number of a `rating` or `number` item.
    #[must_use]
    pub fn number_value(&self) -> Option<f64> {
        self.value()?.get(self.item_type())?.as_f64()
    }

    /// The lines of a `textarea` item; older ones keep a bare string.
    #[must_use]
    pub fn texts(&self) -> Vec<&str> {
        match self.value().and_then(|value| value.get("text")) {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(texts)) => texts.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }
}

impl From<ResultItem> for Value {
    fn from(item: ResultItem) -> Self {
        Self::Object(item.0)
    }
}

/// Where an item of a type keeps its labels.
pub(super) fn labels_key<'t>(item_type: &'t str, value: Option<&Map<String, Value>>) -> Option<&'t str> {
    match item_type {
        "videorectangle" | "videovector" => Some("labels"),
        // Written both ways by different versions.
        "videovectorlabels" if value.is_none_or(|value| !value.contains_key(item_type)) => Some("labels"),
        _ => item_type.ends_with("labels").then_some(item_type),
    }
}
