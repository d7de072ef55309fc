//! What people choose beside the format: which tasks, which annotations, and in which detail.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ExportAnnotation, ExportTask, interpolate};
use crate::{Error, Result, data_manager::Filter, id::ViewId};

/// What people choose beside the format.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ExportOptions {
    /// Tasks nobody has labeled come along, marked as such.
    pub include_unlabeled: bool,
    /// Things that move through a video are written at every frame, not only at keyframes.
    #[serde(skip_serializing_if = "is_default")]
    pub interpolate_key_frames: bool,
    /// What people call this export, to tell it from others.
    #[serde(skip_serializing_if = "is_default")]
    pub title: String,
    /// Which tasks.
    #[serde(skip_serializing_if = "is_default")]
    pub tasks: TaskFilter,
    /// Which annotations.
    #[serde(skip_serializing_if = "is_default")]
    pub annotations: AnnotationFilter,
    /// Predictions stay behind.
    #[serde(skip_serializing_if = "is_default")]
    pub without_predictions: bool,
    /// Unfinished work comes along, where the format has a place for it.
    #[serde(skip_serializing_if = "is_default")]
    pub include_drafts: bool,
    /// What JSON names by its number alone instead of telling it.
    #[serde(skip_serializing_if = "is_default")]
    pub numbers: Numbers,
}

/// What JSON names by its number alone, as Label Studio does where nobody asks for more.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a kind of thing")]
pub struct Numbers {
    /// Whoever made an annotation.
    pub people: bool,
    /// Predictions.
    pub predictions: bool,
    /// Drafts.
    pub drafts: bool,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The most tasks that can be named one by one.
pub const MAX_NAMED_IDS: usize = 100_000;

/// Which tasks are taken out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TaskFilter {
    /// Only these, where there are any.
    pub ids: BTreeSet<i64>,
    /// Only those that a view of the Data Manager shows.
    #[serde(skip_serializing_if = "is_default")]
    pub view: Option<ChosenView>,
    /// Only those of which an annotation comes along.
    #[serde(skip_serializing_if = "is_default")]
    pub only_with_annotations: bool,
    /// Tasks that have all the annotations they need.
    pub finished: Only,
    /// Tasks with an annotation that was not skipped.
    pub annotated: Only,
    /// Tasks somebody skipped.
    pub skipped: Only,
}

/// A view of the Data Manager, as it was when it was chosen: an export that is written later, or again, means the same tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenView {
    /// Which.
    pub view_id: ViewId,
    /// What it was called.
    #[serde(default)]
    pub title: String,
    /// Its filter, as the Data Manager writes it.
    #[serde(default)]
    pub filters: Value,
}

impl ChosenView {
    /// What it lets through.
    ///
    /// # Errors
    /// When it is no filter.
    pub fn filter(&self) -> Result<Filter> {
        Filter::parse(&self.filters)
    }
}

/// Whether things of a kind are taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Only {
    /// Like all others.
    #[default]
    Any,
    /// Nothing else.
    Only,
    /// Not at all.
    Exclude,
}

impl Only {
    /// Whether a thing that is of the kind, or is not, may come along.
    #[must_use]
    pub fn takes(self, is_of_the_kind: bool) -> bool {
        match self {
            Self::Any => true,
            Self::Only => is_of_the_kind,
            Self::Exclude => !is_of_the_kind,
        }
    }
}

/// Which annotations are taken out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AnnotationFilter {
    /// Neither skipped nor reference answers.
    pub usual: bool,
    /// Skipped ones.
    pub skipped: bool,
    /// Reference answers.
    pub ground_truth: bool,
    /// Only those of these people, where there are any.
    pub completed_by: BTreeSet<i64>,
}

impl Default for AnnotationFilter {
    fn default() -> Self {
        Self { usual: true, skipped: true, ground_truth: true, completed_by: BTreeSet::new() }
    }
}

impl AnnotationFilter {
    fn takes(&self, annotation: &ExportAnnotation) -> bool {
        let kind = match (annotation.was_cancelled, annotation.ground_truth) {
            (true, _) => self.skipped,
            (false, true) => self.ground_truth,
            (false, false) => self.usual,
        };
        let person = annotation.completed_by.as_ref().map(|(id, _)| *id);
        kind && (self.completed_by.is_empty() || person.is_some_and(|id| self.completed_by.contains(&id)))
    }
}

impl TaskFilter {
    /// Whether this task, with all its annotations, is taken.
    #[must_use]
    pub fn takes(&self, task: &ExportTask) -> bool {
        let skipped = task.annotations.iter().any(|annotation| annotation.was_cancelled);
        (self.ids.is_empty() || self.ids.contains(&task.id))
            && self.finished.takes(task.is_finished)
            && self.annotated.takes(task.answers().next().is_some())
            && self.skipped.takes(skipped)
    }
}

/// The longest title.
const MAX_TITLE_CHARS: usize = 200;

impl ExportOptions {
    /// Whether so much can be chosen.
    ///
    /// # Errors
    /// Too many tasks or too long a title.
    pub fn check(&self) -> Result<()> {
        if self.tasks.ids.len() > MAX_NAMED_IDS || self.annotations.completed_by.len() > MAX_NAMED_IDS {
            let message = format!("At most {MAX_NAMED_IDS} tasks can be named one by one.");
            return Err(Error::invalid("tasks", "export_too_many_ids", message));
        }
        if self.title.chars().count() > MAX_TITLE_CHARS || self.title.contains('\0') {
            let message = format!("A title has at most {MAX_TITLE_CHARS} characters.");
            return Err(Error::invalid("title", "export_title", message));
        }
        Ok(())
    }

    /// What of a task is taken out; `None` for a task that is not.
    #[must_use]
    pub fn apply(&self, mut task: ExportTask) -> Option<ExportTask> {
        if !self.tasks.takes(&task) {
            return None;
        }
        task.annotations.retain(|annotation| self.annotations.takes(annotation));
        if self.without_predictions {
            task.predictions.clear();
        }
        if !self.include_drafts {
            task.drafts.clear();
        }
        if self.tasks.only_with_annotations && task.annotations.is_empty() {
            return None;
        }
        if self.interpolate_key_frames {
            let annotations = task.annotations.iter_mut().map(|annotation| &mut annotation.result);
            let predictions = task.predictions.iter_mut().map(|prediction| &mut prediction.result);
            annotations.chain(predictions).for_each(|result| result.change(interpolate::expand));
        }
        Some(task)
    }

    /// In a few words, what was chosen; empty where nothing was.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let mut say = |yes: bool, what: &str| {
            if yes {
                words.push(what.to_owned());
            }
        };
        say(self.include_unlabeled, "with tasks nobody has labeled");
        say(self.tasks.finished == Only::Only, "finished tasks only");
        say(self.tasks.finished == Only::Exclude, "unfinished tasks only");
        say(self.tasks.annotated == Only::Only, "annotated tasks only");
        say(self.tasks.annotated == Only::Exclude, "tasks without annotations only");
        say(self.tasks.skipped == Only::Only, "skipped tasks only");
        say(self.tasks.skipped == Only::Exclude, "without skipped tasks");
        if let Some(view) = &self.tasks.view {
            let title = if view.title.is_empty() { view.view_id.to_string() } else { format!("“{}”", view.title) };
            say(true, &format!("what the view {title} shows"));
        }
        say(self.tasks.only_with_annotations, "only tasks with such annotations");
        let ids = self.tasks.ids.len();
        say(ids > 0, &format!("{ids} chosen {}", if ids == 1 { "task" } else { "tasks" }));
        say(!self.annotations.usual, "without ordinary annotations");
        say(!self.annotations.skipped, "without skipped annotations");
        say(!self.annotations.ground_truth, "without reference answers");
        say(!self.annotations.completed_by.is_empty(), "the work of some people");
        say(self.without_predictions, "without predictions");
        say(self.include_drafts, "with drafts");
        say(self.interpolate_key_frames, "every video frame");
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::ExportPrediction;

    fn task() -> ExportTask {
        let annotation = |id, was_cancelled, ground_truth| ExportAnnotation {
            id,
            was_cancelled,
            ground_truth,
            completed_by: Some((id, String::new())),
            ..ExportAnnotation::default()
        };
        ExportTask {
            id: 7,
            is_finished: true,
            annotations: vec![annotation(1, false, false), annotation(2, true, false), annotation(3, false, true)],
            predictions: vec![ExportPrediction::default()],
            ..ExportTask::default()
        }
    }

    #[test]
    fn filters_take_what_they_say() {
        let kept = |options: &str| {
            let options: ExportOptions = serde_json::from_str(options).unwrap();
            let task = options.apply(task())?;
            let ids: Vec<i64> = task.annotations.iter().map(|annotation| annotation.id).collect();
            Some((ids, task.predictions.len()))
        };
        assert_eq!(kept("{}"), Some((vec![1, 2, 3], 1)));
        assert_eq!(kept(r#"{"without_predictions": true}"#), Some((vec![1, 2, 3], 0)));
        assert_eq!(kept(r#"{"annotations": {"usual": false}}"#), Some((vec![2, 3], 1)));
        assert_eq!(kept(r#"{"annotations": {"skipped": false, "ground_truth": false}}"#), Some((vec![1], 1)));
        assert_eq!(kept(r#"{"annotations": {"completed_by": [3, 9]}}"#), Some((vec![3], 1)));
        assert_eq!(kept(r#"{"tasks": {"ids": [7]}}"#), Some((vec![1, 2, 3], 1)));
        assert_eq!(kept(r#"{"tasks": {"ids": [8]}}"#), None);
        assert_eq!(kept(r#"{"tasks": {"finished": "exclude"}}"#), None);
        assert_eq!(kept(r#"{"tasks": {"finished": "only", "skipped": "only", "annotated": "only"}}"#).unwrap().1, 1);
        assert_eq!(kept(r#"{"tasks": {"skipped": "exclude"}}"#), None);
        assert_eq!(kept(r#"{"tasks": {"only_with_annotations": true}}"#).unwrap().1, 1);
        let nobody = r#"{"tasks": {"only_with_annotations": true}, "annotations": {"completed_by": [9]}}"#;
        assert_eq!(kept(nobody), None);
    }

    #[test]
    fn what_cannot_be_chosen_is_refused() {
        let titled = |length: usize| ExportOptions { title: "é".repeat(length), ..ExportOptions::default() };
        assert!(titled(200).check().is_ok());
        assert_eq!(titled(201).check().unwrap_err().code, "export_title");
        let mut many = ExportOptions::default();
        many.tasks.ids = (0..=100_000).collect();
        assert_eq!(many.check().unwrap_err().code, "export_too_many_ids");
    }

    #[test]
    fn what_was_chosen_is_said() {
        assert_eq!(ExportOptions::default().words(), [""; 0]);
        let chosen = ExportOptions { without_predictions: true, include_unlabeled: true, ..ExportOptions::default() };
        assert_eq!(chosen.words(), ["with tasks nobody has labeled", "without predictions"]);
        let view = ChosenView { view_id: ViewId(4), title: "Open".to_owned(), filters: Value::Null };
        let mut chosen = ExportOptions::default();
        chosen.tasks.view = Some(view);
        assert_eq!(chosen.words(), ["what the view “Open” shows"]);
        let mut chosen = ExportOptions::default();
        chosen.tasks.ids = BTreeSet::from([7]);
        assert_eq!(chosen.words(), ["1 chosen task"]);
        chosen.tasks.ids.insert(9);
        assert_eq!(chosen.words(), ["2 chosen tasks"]);
        // What is stored of an old export, or of a plain one, says nothing of what it does not choose.
        assert_eq!(serde_json::to_string(&ExportOptions::default()).unwrap(), r#"{"include_unlabeled":false}"#);
    }
}
