//! Work on tasks: what the label page shows and sends, and which answers are enough.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::id::{AnnotationId, PredictionId, ProjectId, TaskId, UserId};
use crate::label_config::{Control, LabelConfig};
use crate::result::ResultItem;
use crate::{Error, Result};

/// The most items one annotation may have.
pub const MAX_ITEMS: usize = 50_000;
/// The most bytes of result JSON one annotation may have.
pub const MAX_RESULT_BYTES: usize = 32 << 20;

/// The controls that can be answered on the label page today. What is required of others cannot be given and must not
/// keep anyone from submitting.
const ANSWERABLE: [&str; 13] = [
    "Rectangle",
    "RectangleLabels",
    "Ellipse",
    "EllipseLabels",
    "Polygon",
    "PolygonLabels",
    "KeyPoint",
    "KeyPointLabels",
    "Labels",
    "Choices",
    "Rating",
    "Number",
    "TextArea",
];

/// What the label page needs of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelProject {
    /// Which.
    pub project_id: ProjectId,
    /// Its name.
    pub title: String,
    /// The labeling interface as written.
    pub label_config: String,
    /// Sanitised HTML.
    pub instructions_html: String,
    /// Shown before the first task.
    pub show_instruction: bool,
    /// Whether annotators may skip.
    pub show_skip_button: bool,
    /// Whether nothing is an answer.
    pub enable_empty_annotation: bool,
    /// Whether the person sees all tasks, not only their own.
    pub sees_all: bool,
}

/// A task on the label page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenTask {
    /// Which.
    pub task_id: TaskId,
    /// Its number in the project.
    pub inner_id: i64,
    /// What is labeled.
    pub data: Map<String, Value>,
    /// Valid annotations it has.
    pub annotation_count: i32,
    /// Valid annotations it needs.
    pub overlap: i32,
    /// Whether it is leased to this person.
    pub leased: bool,
    /// The person's own work, submitted or skipped.
    pub annotation: Option<MyAnnotation>,
    /// The person's unsubmitted work.
    pub draft: Option<SavedDraft>,
    /// A model's proposal.
    pub prediction: Option<Proposal>,
}

/// A person's submitted or skipped work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MyAnnotation {
    /// Which.
    pub annotation_id: AnnotationId,
    /// As stored.
    pub result: Vec<ResultItem>,
    /// Skipped.
    pub was_cancelled: bool,
    /// Last changed.
    pub updated_at: DateTime<Utc>,
}

/// Unsubmitted work as the server has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SavedDraft {
    /// As stored.
    pub result: Vec<ResultItem>,
    /// Rises with every save.
    pub revision: i64,
    /// Time spent so far.
    pub lead_time_ms: i64,
    /// Last saved.
    pub updated_at: DateTime<Utc>,
}

/// A model's proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    /// Which.
    pub prediction_id: PredictionId,
    /// Whose.
    pub model_version: String,
    /// How sure the model is.
    pub score: Option<f64>,
    /// As stored.
    pub result: Vec<ResultItem>,
}

/// Why there is no task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoTask {
    /// The project has no tasks.
    Empty,
    /// Every task has all the annotations it needs.
    AllLabeled,
    /// What is open is in other people's hands right now.
    AllTaken,
    /// The person has done or skipped all that is open.
    NothingForYou,
    /// The person has done as much as they may.
    LimitReached,
    /// The project is still being set up.
    NotLive,
    /// The project is paused.
    Paused,
    /// The project has been completed.
    Completed,
}

/// One of a person's earlier tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Which task.
    pub task_id: TaskId,
    /// Its number in the project.
    pub inner_id: i64,
    /// Skipped rather than submitted.
    pub was_cancelled: bool,
    /// When.
    pub at: DateTime<Utc>,
}

/// All the label page shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Desk {
    /// Who sits at it: what a browser keeps is theirs alone.
    pub user_id: UserId,
    /// The project.
    pub project: LabelProject,
    /// The task, or why there is none.
    pub task: Result<OpenTask, NoTask>,
    /// The person's latest tasks, newest first.
    pub done: Vec<Done>,
}

/// Work handed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// In which project.
    pub project_id: ProjectId,
    /// On which task.
    pub task_id: TaskId,
    /// The annotation being changed; none for a new one.
    pub annotation_id: Option<AnnotationId>,
    /// Made once per submission, so that sending it twice is the same as once.
    pub key: Uuid,
    /// The work.
    pub result: Vec<ResultItem>,
    /// Time spent.
    pub lead_time_ms: i64,
    /// The proposal it began with.
    pub prediction_id: Option<PredictionId>,
}

/// Unsubmitted work to keep.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DraftToSave {
    /// In which project.
    pub project_id: ProjectId,
    /// On which task.
    pub task_id: TaskId,
    /// The annotation being changed; none for a new one.
    pub annotation_id: Option<AnnotationId>,
    /// Rises with every save: an older one never overwrites a newer one.
    pub revision: i64,
    /// The work.
    pub result: Vec<ResultItem>,
    /// Time spent so far.
    pub lead_time_ms: i64,
}

/// What a submission did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Where it is stored.
    pub annotation_id: AnnotationId,
    /// Whether the task now has all the annotations it needs.
    pub is_labeled: bool,
}

/// Refuses a result that is too large to store.
///
/// # Errors
/// More than [`MAX_ITEMS`] items.
pub fn check_size(result: &[ResultItem]) -> Result<()> {
    if result.len() > MAX_ITEMS {
        let sentence = format!("One annotation can hold {MAX_ITEMS} regions at most.");
        return Err(Error::new(crate::Kind::TooLarge, "result_too_large", sentence).on("result"));
    }
    Ok(())
}

/// What keeps work from being submitted: unanswered required controls and answers out of their limits. Each error carries
/// the control's name as its field and the control's own message where it has one.
#[must_use]
pub fn problems(config: &LabelConfig, result: &[ResultItem]) -> Vec<Error> {
    let mut by_control: HashMap<&str, Vec<&ResultItem>> = HashMap::new();
    for item in result {
        by_control.entry(item.from_name()).or_default().push(item);
    }
    let none = Vec::new();
    let problem = |control: &Control| {
        let items = by_control.get(control.name.as_str()).unwrap_or(&none);
        let answerable = ANSWERABLE.contains(&control.tag.as_str());
        if !answerable || is_on(control, "perRegion") || is_on(control, "perItem") {
            return None;
        }
        if items.iter().any(|item| says_something(item)) {
            return out_of_limits(control, items);
        }
        let asked = is_on(control, "required") && is_visible(config, &control.attributes, result);
        let message = written(&control.attributes, "requiredMessage")
            .map_or_else(|| format!("Please answer “{}” before you submit.", control.name), str::to_owned);
        asked.then(|| Error::invalid("", "answer_required", message).on(control.name.clone()))
    };
    config.controls.iter().filter_map(problem).collect()
}

/// Whether an element with `visibleWhen` is to be shown, given the answers. Conditions on a selected region count as not
/// met: they are about one region at a time.
#[must_use]
pub fn is_visible(config: &LabelConfig, attributes: &[(String, String)], result: &[ResultItem]) -> bool {
    let Some(when) = written(attributes, "visibleWhen") else { return true };
    let list = |name: &str| -> Vec<&str> {
        written(attributes, name).map(|text| text.split(',').map(str::trim).collect()).unwrap_or_default()
    };
    let (tags, wanted) = (list("whenTagName"), list("whenChoiceValue"));
    let chosen = result
        .iter()
        .filter(|item| item.item_type() == "choices")
        .filter(|item| tags.is_empty() || tags.contains(&item.from_name()))
        .filter(|item| config.controls.iter().any(|control| control.name == item.from_name()))
        .flat_map(ResultItem::choices)
        .any(|path| wanted.is_empty() || path.iter().any(|step| wanted.contains(step)));
    match when {
        "choice-selected" => chosen,
        "choice-unselected" => !chosen,
        "region-selected" => false,
        _ => true,
    }
}

fn written<'a>(attributes: &'a [(String, String)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

fn is_on(control: &Control, name: &str) -> bool {
    written(&control.attributes, name).is_some_and(|value| value.eq_ignore_ascii_case("true") || value == "1")
}

fn says_something(item: &ResultItem) -> bool {
    match item.item_type() {
        "textarea" => item.texts().iter().any(|text| !text.trim().is_empty()),
        "choices" => !item.choices().is_empty(),
        "rating" => item.number_value().is_some_and(|stars| stars > 0.0),
        _ => true,
    }
}

fn out_of_limits(control: &Control, items: &[&ResultItem]) -> Option<Error> {
    let limit = |name: &str| written(&control.attributes, name).and_then(|number| number.parse::<f64>().ok());
    let number = items.first().and_then(|item| item.number_value());
    let texts = items.first().map_or(0, |item| item.texts().len());
    let problem = match (control.tag.as_str(), number) {
        ("Number", Some(n)) if limit("min").is_some_and(|min| n < min) => {
            format!("The number must be {} or more.", limit("min").unwrap_or_default())
        }
        ("Number", Some(n)) if limit("max").is_some_and(|max| n > max) => {
            format!("The number must be {} or less.", limit("max").unwrap_or_default())
        }
        ("Rating", Some(n)) if n > limit("maxRating").unwrap_or(5.0) => "There are not that many stars.".to_owned(),
        ("TextArea", _)
            if written(&control.attributes, "maxSubmissions")
                .and_then(|most| most.parse::<usize>().ok())
                .is_some_and(|most| most > 0 && texts > most) =>
        {
            "There are more texts here than allowed.".to_owned()
        }
        _ => return None,
    };
    Some(Error::invalid("", "answer_out_of_limits", problem).on(control.name.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::label_config::parse;

    fn config() -> LabelConfig {
        let xml = r#"<View><Image name="img" value="$image"/>
            <RectangleLabels name="box" toName="img" required="true"><Label value="Cat"/></RectangleLabels>
            <Choices name="weather" toName="img" required="true" requiredMessage="How is the weather?">
              <Choice value="Good"/><Choice value="Bad"/></Choices>
            <TextArea name="why" toName="img" required="true" visibleWhen="choice-selected" whenTagName="weather" whenChoiceValue="Bad"/>
            <Number name="count" toName="img" min="0" max="10"/>
            <BrushLabels name="mask" toName="img" required="true"><Label value="Sky"/></BrushLabels></View>"#;
        parse(xml).config.expect("well-formed")
    }

    fn fields(result: Value) -> Vec<String> {
        let items = ResultItem::list_from_json(result).expect("items");
        problems(&config(), &items).into_iter().map(|error| error.field.unwrap_or_default().into_owned()).collect()
    }

    #[test]
    fn what_is_missing_and_what_is_wrong() {
        let cat = json!({"from_name": "box", "to_name": "img", "type": "rectanglelabels", "value": {}});
        let weather = |what: &str| json!({"from_name": "weather", "type": "choices", "value": {"choices": [what]}});
        let count = |n: f64| json!({"from_name": "count", "type": "number", "value": {"number": n}});
        let why = |text: &str| json!({"from_name": "why", "type": "textarea", "value": {"text": [text]}});
        assert_eq!(fields(json!([])), ["box", "weather"]);
        assert_eq!(fields(json!([cat, weather("Good")])), [""; 0]);
        assert_eq!(fields(json!([cat, weather("Bad")])), ["why"]);
        assert_eq!(fields(json!([cat, weather("Bad"), why("  ")])), ["why"]);
        assert_eq!(fields(json!([cat, weather("Bad"), why("rain")])), [""; 0]);
        assert_eq!(fields(json!([cat, weather("Good"), count(11.0)])), ["count"]);
        let messages: Vec<_> = problems(&config(), &[]).into_iter().map(|error| error.message).collect();
        assert_eq!(messages[1], "How is the weather?");
    }

    #[test]
    fn too_many_items_are_refused() {
        assert!(check_size(&vec![ResultItem::default(); MAX_ITEMS]).is_ok());
        assert!(check_size(&vec![ResultItem::default(); MAX_ITEMS + 1]).is_err());
    }
}
