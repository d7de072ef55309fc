//! The words of Label Studio's ML backends: what they are asked (`health`, `setup`, `predict`, `versions`), and how answers are
//! read. What they hear of the work (`webhook`) is said in the words of webhooks.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::id::{ProjectId, TaskId};
use crate::import::{NewPrediction, read_prediction};

/// The most characters of a version that are kept.
pub const MAX_VERSION_CHARS: usize = 200;
/// The most versions that are read.
pub const MAX_VERSIONS: usize = 1_000;

/// What a model must know of a project before it is asked anything.
#[derive(Debug, Clone, PartialEq)]
pub struct About<'a> {
    /// The project.
    pub project_id: ProjectId,
    /// Models tell projects apart by number and birth.
    pub created_at: DateTime<Utc>,
    /// The labeling interface as written.
    pub label_config: &'a str,
}

impl About<'_> {
    fn name(&self) -> String {
        format!("{}.{}", self.project_id, self.created_at.timestamp())
    }

    /// Asks it to be ready for the project. `hostname` is where this server is; nobody is given a token.
    #[must_use]
    pub fn setup(&self, hostname: &str, extra_params: Option<&Value>) -> Value {
        json!({
            "project": self.name(),
            "schema": self.label_config,
            "hostname": hostname,
            "access_token": "",
            "extra_params": extra_params,
        })
    }

    /// Asks which versions there are.
    #[must_use]
    pub fn versions(&self) -> Value {
        json!({ "project": self.name() })
    }

    /// Asks for an answer about each task; with what was done so far (`context`), where somebody works on it.
    #[must_use]
    pub fn predict(&self, tasks: &[Asked<'_>], context: Option<Map<String, Value>>) -> Value {
        let told: Vec<Value> = tasks.iter().map(|task| json!({ "id": task.task_id, "data": task.data })).collect();
        let context = match (tasks, context) {
            ([task], Some(mut context)) => {
                context.insert("task_id".to_owned(), json!(task.task_id));
                context.into()
            }
            _ => Value::Null,
        };
        json!({
            "tasks": told,
            "project": self.name(),
            "label_config": self.label_config,
            "params": { "login": null, "password": null, "context": context },
        })
    }
}

/// A task that a model is asked about.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Which.
    pub task_id: TaskId,
    /// What is labeled.
    pub data: &'a Map<String, Value>,
}

/// Whether the answer to `health` says that the model is there. One that has come at all does, unless it says otherwise:
/// not every backend names a `status`.
#[must_use]
pub fn is_up(answer: &Value) -> bool {
    match answer.as_object().map(|answer| answer.get("status")) {
        Some(Some(status)) => status.as_str().is_some_and(|status| status.eq_ignore_ascii_case("up")),
        Some(None) => true,
        None => false,
    }
}

/// The version in the answer to `setup`, which may be none; `None` for what is no answer.
#[must_use]
pub fn version(answer: &Value) -> Option<String> {
    Some(match answer.as_object()?.get("model_version") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(version)) => shown(version),
        Some(other) => shown(&other.to_string()),
    })
}

/// The versions in the answer to `versions`; `None` for what is no answer.
#[must_use]
pub fn versions(answer: &Value) -> Option<Vec<String>> {
    let listed = answer.as_object()?.get("versions")?.as_array()?;
    let word = |version: &Value| version.as_str().map_or_else(|| shown(&version.to_string()), shown);
    Some(listed.iter().take(MAX_VERSIONS).map(word).collect())
}

/// The answers to `predict`, one per task in their order; `None` for what is no answer. A model that found nothing may
/// leave the answers out.
#[must_use]
pub fn predictions(answer: Value, tasks: usize) -> Option<Vec<NewPrediction>> {
    let Value::Object(mut answer) = answer else { return None };
    let Some(Value::Array(results)) = answer.remove("results") else { return None };
    if results.is_empty() {
        return Some(vec![NewPrediction::default(); tasks]);
    }
    if results.len() != tasks {
        return None;
    }
    let common = answer.get("model_version").and_then(Value::as_str).map(shown);
    let read = |result: Value| {
        let mut prediction = read_prediction(result).ok()?;
        let own = prediction.model_version.as_deref().map(shown);
        prediction.model_version = own.or_else(|| common.clone());
        Some(prediction)
    };
    results.into_iter().map(read).collect()
}

/// A model's own words, as far as they can be shown.
fn shown(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(MAX_VERSION_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about() -> About<'static> {
        let created_at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        About { project_id: ProjectId(7), created_at, label_config: "<View/>" }
    }

    #[test]
    fn questions_are_worded_as_backends_expect_them() {
        let setup = about().setup("http://localhost:3000", Some(&json!({"strength": 3})));
        assert_eq!(
            setup,
            json!({"project": "7.1790000000", "schema": "<View/>", "hostname": "http://localhost:3000",
                "access_token": "", "extra_params": {"strength": 3}})
        );
        let data = json!({"image": "/a.jpg"}).as_object().cloned().unwrap();
        let tasks = [Asked { task_id: TaskId(3), data: &data }];
        let drawn = json!({"result": [{"id": "p"}]}).as_object().cloned();
        assert_eq!(
            about().predict(&tasks, drawn.clone()),
            json!({"tasks": [{"id": 3, "data": {"image": "/a.jpg"}}], "project": "7.1790000000", "label_config": "<View/>",
                "params": {"login": null, "password": null, "context": {"result": [{"id": "p"}], "task_id": 3}}})
        );
        assert_eq!(about().predict(&tasks, None)["params"]["context"], Value::Null);
        assert_eq!(about().predict(&[tasks[0], tasks[0]], drawn)["params"]["context"], Value::Null);
        assert_eq!(about().versions(), json!({"project": "7.1790000000"}));
    }

    #[test]
    fn health_and_version_are_read_with_care() {
        for (answer, up) in [
            (json!({"status": "UP", "model_class": "M"}), true),
            (json!({"status": "up"}), true),
            (json!({"status": "DOWN"}), false),
            (json!({"status": true}), false),
            (json!({"model_version": "one"}), true),
            (json!("UP"), false),
            (json!([]), false),
        ] {
            assert_eq!(is_up(&answer), up, "{answer}");
        }
        for (answer, expected) in [
            (json!({"model_version": "v1"}), Some("v1".to_owned())),
            (json!({"model_version": null}), Some(String::new())),
            (json!({}), Some(String::new())),
            (json!({"model_version": 2}), Some("2".to_owned())),
            (json!({"model_version": format!("a\u{0}{}", "b".repeat(999))}), Some(format!("a{}", "b".repeat(199)))),
            (json!([]), None),
            (json!("v1"), None),
        ] {
            assert_eq!(version(&answer), expected, "{answer}");
        }
    }

    #[test]
    fn versions_are_a_list_of_words() {
        let words = |list: &[&str]| Some(list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        for (answer, expected) in [
            (json!({"versions": ["one", 2]}), words(&["one", "2"])),
            (json!({"versions": []}), words(&[])),
            (json!({"versions": "one"}), None),
            (json!({}), None),
            (json!(["one"]), None),
        ] {
            assert_eq!(versions(&answer), expected, "{answer}");
        }
    }

    #[test]
    fn predictions_are_read_like_those_of_an_import() {
        let one = |answer: Value| {
            let [prediction] = <[NewPrediction; 1]>::try_from(predictions(answer, 1)?).ok()?;
            Some((prediction.result.len(), prediction.score, prediction.model_version))
        };
        let item = json!({"id": "a"});
        let version = |text: &str| Some(text.to_owned());
        let results = |results: Value| json!({"results": results, "model_version": "all"});
        for (answer, expected) in [
            (results(json!([{"result": [item], "score": 0.5}])), Some((1, Some(0.5), version("all")))),
            (results(json!([{"result": [], "model_version": "own"}])), Some((0, None, version("own")))),
            (results(json!([])), Some((0, None, None))),
            (results(json!([{"result": []}, {"result": []}])), None),
            (results(json!([{"result": {}}])), None),
            (results(json!([{"result": [1]}])), None),
            (results(json!([{"result": [{"id": "a\u{0}"}]}])), None),
            (results(json!([[]])), None),
            (results(json!("many")), None),
            (json!({"error": "no"}), None),
            (json!([]), None),
        ] {
            assert_eq!(one(answer.clone()), expected, "{answer}");
        }
    }
}
