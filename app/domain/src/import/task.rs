//! From one JSON object to one task: Label Studio's own shape where it is recognised, else the object is the data.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{MAX_RESULTS_PER_TASK, plain};
use crate::{annotation::MAX_ITEMS, result::ResultItem};

pub(super) const NUL_REASON: &str = "This row holds a NUL character (\\u0000), which cannot be stored.";

/// What Label Studio writes beside `data` to keep its own books; Synapse keeps its own.
const BOOKKEEPING: [&str; 26] = [
    "agreement",
    "allow_skip",
    "annotations_ids",
    "annotations_results",
    "annotators",
    "avg_lead_time",
    "cancelled_annotations",
    "comment_authors",
    "comment_count",
    "completed_at",
    "created_at",
    "drafts",
    "file_upload",
    "id",
    "inner_id",
    "is_labeled",
    "last_comment_updated_at",
    "overlap",
    "predictions_results",
    "predictions_score",
    "project",
    "total_annotations",
    "total_predictions",
    "unresolved_comment_count",
    "updated_at",
    "updated_by",
];

/// A task as it comes from a file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NewTask {
    /// The number it had where it was exported: a new task gets another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// What is shown to annotators, by field.
    pub data: Map<String, Value>,
    /// What travels along and is not shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub meta: Option<Map<String, Value>>,
    /// Finished work that came along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub annotations: Vec<NewAnnotation>,
    /// Proposals that came along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predictions: Vec<NewPrediction>,
}

/// An annotation as Label Studio writes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NewAnnotation {
    /// The result items, untouched.
    pub result: Vec<ResultItem>,
    /// Whether the task was skipped.
    pub was_cancelled: bool,
    /// Whether it is a reference answer.
    pub ground_truth: bool,
    /// Seconds spent.
    pub lead_time: Option<f64>,
    /// The e-mail address of who made it, where it is told.
    pub completed_by: Option<String>,
    /// When it was made, where it is told.
    pub created_at: Option<DateTime<Utc>>,
}

/// A prediction as Label Studio writes it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct NewPrediction {
    /// The result items, untouched.
    pub result: Vec<ResultItem>,
    /// How sure the model is.
    pub score: Option<f64>,
    /// Which model, in its own words.
    pub model_version: Option<String>,
}

/// The task in `value`, or the reason why there is none.
pub(super) fn from_value(value: Value) -> Result<NewTask, String> {
    let kind = match &value {
        Value::Object(_) => "",
        Value::Array(_) => "list",
        _ => "single value",
    };
    let Value::Object(mut object) = value else {
        return Err(format!("Every row must be an object such as {{\"text\": \"…\"}}; this is a {kind}."));
    };
    if object.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)) {
        return Err(NUL_REASON.to_owned());
    }
    if object.is_empty() {
        return Err("This object is empty.".to_owned());
    }
    if !object.get("data").is_some_and(Value::is_object) {
        return Ok(plain(object));
    }
    let Some(Value::Object(data)) = object.remove("data") else { return Ok(plain(object)) };
    let id = object.get("id").and_then(Value::as_i64);
    let mut meta = match object.remove("meta") {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(meta)) => meta,
        Some(_) => return Err("“meta” must be an object.".to_owned()),
    };
    let annotations = each(object.remove("annotations"), "annotations", annotation)?;
    let mut predictions = object.remove("predictions");
    if let Some(Value::Array(listed)) = &mut predictions {
        // Exports of Label Studio name predictions by their number, which means nothing here.
        listed.retain(|prediction| !prediction.is_i64());
    }
    let predictions = each(predictions, "predictions", prediction)?;
    // What is neither ours nor Label Studio's bookkeeping was put there by someone who wants it back.
    for (key, value) in object {
        if !BOOKKEEPING.contains(&key.as_str()) && !meta.contains_key(&key) {
            meta.insert(key, value);
        }
    }
    Ok(NewTask { id, data, meta: (!meta.is_empty()).then_some(meta), annotations, predictions })
}

/// Recursion is bounded: rows deeper than `MAX_DEPTH` never get here.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(values) => values.iter().any(holds_nul),
        Value::Object(object) => object.iter().any(|(key, value)| key.contains('\0') || holds_nul(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn each<T>(
    value: Option<Value>,
    field: &str,
    read: impl Fn(Map<String, Value>) -> Result<T, String>,
) -> Result<Vec<T>, String> {
    let values = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(format!("“{field}” must be a list.")),
    };
    if values.len() > MAX_RESULTS_PER_TASK {
        return Err(format!("“{field}” holds {} entries; at most {MAX_RESULTS_PER_TASK} are read.", values.len()));
    }
    let read_one = |(index, value)| {
        let Value::Object(object) = value else { return Err(format!("“{field}[{index}]” must be an object.")) };
        read(object).map_err(|reason| format!("“{field}[{index}]”: {reason}"))
    };
    values.into_iter().enumerate().map(read_one).collect()
}

fn annotation(mut object: Map<String, Value>) -> Result<NewAnnotation, String> {
    let flag = |field: &str| object.get(field).and_then(Value::as_bool).unwrap_or(false);
    Ok(NewAnnotation {
        was_cancelled: flag("was_cancelled"),
        ground_truth: flag("ground_truth"),
        lead_time: object.get("lead_time").and_then(Value::as_f64).filter(|seconds| *seconds >= 0.0),
        completed_by: object.get("completed_by").and_then(email),
        created_at: object.get("created_at").and_then(Value::as_str).and_then(moment),
        result: result(object.remove("result"))?,
    })
}

/// A task that comes by itself, as a program sends it.
///
/// # Errors
/// What is no task, in words.
pub fn read_task(value: Value) -> Result<NewTask, String> {
    from_value(value)
}

/// A prediction that comes by itself, as a model sends it.
///
/// # Errors
/// What is no prediction, in words.
pub fn read_prediction(value: Value) -> Result<NewPrediction, String> {
    if holds_nul(&value) {
        return Err(NUL_REASON.to_owned());
    }
    match value {
        Value::Object(object) => prediction(object),
        _ => Err("A prediction must be an object.".to_owned()),
    }
}

fn prediction(mut object: Map<String, Value>) -> Result<NewPrediction, String> {
    let model_version = match object.remove("model_version") {
        None | Some(Value::Null) => None,
        Some(Value::String(version)) => Some(version),
        Some(other) => Some(other.to_string()),
    };
    Ok(NewPrediction {
        score: object.get("score").and_then(Value::as_f64),
        model_version,
        result: result(object.remove("result"))?,
    })
}

fn result(value: Option<Value>) -> Result<Vec<ResultItem>, String> {
    let Some(Value::Array(items)) = value else { return Err("“result” must be a list.".to_owned()) };
    if items.len() > MAX_ITEMS {
        return Err(format!("“result” holds {} items; at most {MAX_ITEMS} are read.", items.len()));
    }
    let item = |item| ResultItem::from_json(item).map_err(|_| "every item of “result” must be an object.".to_owned());
    items.into_iter().map(item).collect()
}

fn email(value: &Value) -> Option<String> {
    let text = value.as_str().or_else(|| value.get("email")?.as_str())?;
    text.contains('@').then(|| text.to_owned())
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc())
}
