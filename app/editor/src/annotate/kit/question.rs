//! Controls that are answered beside the regions, or about one of them.

use domain::answer::Asks;
use domain::label_config::{Control, Label};

use super::single_key;
use crate::annotate::document::About;

/// A control that asks.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// The control's name.
    pub name: String,
    /// The objects asked about; there is at least one.
    pub to_names: Vec<String>,
    /// The `type` of its results.
    pub item_type: String,
    /// What is asked, and within which limits.
    pub asks: Asks,
    /// Asked about each region rather than once about the task.
    pub per_region: bool,
    /// Asked about each picture of a list (`perItem`): the list, and the numbers of its pictures.
    pub per_item: Option<(String, Vec<u64>)>,
    /// The choices, flattened: the path of stored values of each, and its key.
    pub choices: Vec<ChoiceEntry>,
}

/// One choice of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceEntry {
    /// Stored values from the outermost to this one.
    pub path: Vec<String>,
    /// What is shown.
    pub text: String,
    /// Shown beside it.
    pub hint: Option<String>,
    /// A CSS color, where one is written.
    pub color: Option<String>,
    /// The key that picks it.
    pub key: Option<char>,
    /// Whether choices are nested below it.
    pub is_group: bool,
}

impl Question {
    /// Whether it is answered in the list of regions, and the answer stands there.
    #[must_use]
    pub fn is_in_regions(&self) -> bool {
        self.per_region && matches!(self.asks, Asks::TextArea(rules) if rules.in_regions)
    }

    /// Everything that it is asked about without a region: the task, or each picture.
    #[must_use]
    pub fn subjects(&self) -> Vec<About> {
        match &self.per_item {
            _ if self.per_region => Vec::new(),
            Some((_, items)) => items.iter().map(|index| About::Item(*index)).collect(),
            None => vec![About::Task],
        }
    }

    /// The control as one that asks; `None` for any other.
    pub(super) fn of(control: &Control) -> Option<Self> {
        let asks = Asks::of(control)?;
        let mut choices = Vec::new();
        if matches!(asks, Asks::Choices(_)) {
            flatten(&control.labels, &mut Vec::new(), &mut choices);
        }
        (!control.to_names.is_empty()).then(|| Self {
            name: control.name.clone(),
            to_names: control.to_names.clone(),
            item_type: control.tag.to_ascii_lowercase(),
            asks,
            per_region: control.flag("perRegion"),
            per_item: control.asked_items().map(|(list, items)| (list.to_owned(), items)),
            choices,
        })
    }
}

fn flatten(labels: &[Label], path: &mut Vec<String>, into: &mut Vec<ChoiceEntry>) {
    for label in labels {
        path.push(label.stored().to_owned());
        into.push(ChoiceEntry {
            path: path.clone(),
            text: label.value.clone(),
            hint: label.hint.clone(),
            color: label.background.as_deref().and_then(super::safe_color),
            key: label.hotkey.as_deref().and_then(single_key),
            is_group: !label.children.is_empty(),
        });
        flatten(&label.children, path, into);
        path.pop();
    }
}
