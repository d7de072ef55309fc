//! `<Choices>`: one or several of what is offered, perhaps nested.

use serde_json::Value;

use super::Answer;
use crate::label_config::{Control, Label};
use crate::result::ResultItem;

/// The rules of a `<Choices>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choices {
    /// More than one may be picked.
    pub multiple: bool,
    /// What is picked can be picked away again (`single`), or only changed (`single-radio`).
    pub clearable: bool,
    /// Results hold the whole path of a nested choice.
    pub nested_paths: bool,
}

impl Choices {
    pub(super) fn of(control: &Control) -> Self {
        let choice = control.attribute("choice").unwrap_or_default();
        Self {
            multiple: choice == "multiple",
            clearable: choice != "single-radio",
            nested_paths: control.flag("allowNested"),
        }
    }

    pub(super) fn read(item: &ResultItem) -> Option<Answer> {
        let paths: Vec<Vec<String>> =
            item.choices().into_iter().map(|path| path.into_iter().map(str::to_owned).collect()).collect();
        (!paths.is_empty()).then_some(Answer::Choices(paths))
    }

    pub(super) fn initial(self, control: &Control) -> Option<Answer> {
        fn walk(labels: &[Label], path: &mut Vec<String>, found: &mut Vec<Vec<String>>) {
            for label in labels {
                path.push(label.stored().to_owned());
                if label.selected {
                    found.push(path.clone());
                }
                walk(&label.children, path, found);
                path.pop();
            }
        }
        let mut found = Vec::new();
        walk(&control.labels, &mut Vec::new(), &mut found);
        found.truncate(if self.multiple { usize::MAX } else { 1 });
        let stored: Vec<_> = found.into_iter().map(|path| self.stored(&path)).collect();
        (!stored.is_empty()).then_some(Answer::Choices(stored))
    }

    /// What a result holds for the choice at `path`.
    fn stored(self, path: &[String]) -> Vec<String> {
        if self.nested_paths { path.to_vec() } else { path.last().cloned().into_iter().collect() }
    }

    /// What picking `path` makes of the present answer: single choices replace or clear, multiple ones toggle.
    #[must_use]
    pub fn toggled(self, present: Option<&Answer>, path: &[String]) -> Option<Answer> {
        let stored = self.stored(path);
        let mut paths = match present {
            Some(Answer::Choices(paths)) => paths.clone(),
            _ => Vec::new(),
        };
        if let Some(at) = paths.iter().position(|known| *known == stored) {
            if self.multiple || self.clearable {
                paths.remove(at);
            }
        } else {
            if !self.multiple {
                paths.clear();
            }
            paths.push(stored);
        }
        (!paths.is_empty()).then_some(Answer::Choices(paths))
    }

    /// Whether `path` is among the answer's choices.
    #[must_use]
    pub fn is_chosen(self, present: Option<&Answer>, path: &[String]) -> bool {
        let Some(Answer::Choices(paths)) = present else { return false };
        paths
            .iter()
            .any(|known| if self.nested_paths || known.len() > 1 { known == path } else { known.last() == path.last() })
    }
}

/// A path of one is a bare string.
pub(super) fn to_json(paths: &[Vec<String>]) -> Value {
    paths
        .iter()
        .map(|path| if let [one] = &path[..] { Value::from(one.clone()) } else { Value::from(path.clone()) })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(steps: &[&str]) -> Vec<String> {
        steps.iter().map(|step| (*step).to_owned()).collect()
    }

    #[test]
    fn a_radio_button_stays_and_a_choice_goes() {
        let single = Choices { multiple: false, clearable: true, nested_paths: false };
        let picked = single.toggled(None, &path(&["A"]));
        assert_eq!(picked, Some(Answer::Choices(vec![path(&["A"])])));
        assert_eq!(single.toggled(picked.as_ref(), &path(&["A"])), None);
        let radio = Choices { clearable: false, ..single };
        assert_eq!(radio.toggled(picked.as_ref(), &path(&["A"])), picked);
        assert_eq!(radio.toggled(picked.as_ref(), &path(&["B"])), Some(Answer::Choices(vec![path(&["B"])])));
    }

    #[test]
    fn nested_choices_are_paths_where_wanted() {
        let nested = Choices { multiple: true, clearable: true, nested_paths: true };
        let picked = nested.toggled(None, &path(&["A", "B"]));
        assert_eq!(picked, Some(Answer::Choices(vec![path(&["A", "B"])])));
        assert!(nested.is_chosen(picked.as_ref(), &path(&["A", "B"])));
        assert!(!nested.is_chosen(picked.as_ref(), &path(&["B"])));
        let flat = Choices { nested_paths: false, ..nested };
        let picked = flat.toggled(None, &path(&["A", "B"]));
        assert_eq!(picked, Some(Answer::Choices(vec![path(&["B"])])));
        assert!(flat.is_chosen(picked.as_ref(), &path(&["A", "B"])));
    }
}
