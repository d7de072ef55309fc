//! `<TextArea>`: one or several written texts.

use std::collections::HashSet;

use super::Answer;
use crate::label_config::Control;
use crate::result::ResultItem;

/// The rules of a `<TextArea>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TextArea {
    /// The most texts.
    pub max_submissions: Option<usize>,
    /// Texts can be changed after they have been added; otherwise only removed.
    pub editable: bool,
    /// The same text may not be added twice.
    pub skip_duplicates: bool,
}

impl TextArea {
    pub(super) fn of(control: &Control) -> Self {
        Self {
            max_submissions: control.attribute("maxSubmissions").and_then(|n| n.trim().parse().ok()).filter(|n| *n > 0),
            // Only where somebody says so: that a typing mistake can be mended harms nobody.
            editable: control.attribute("editable").is_none_or(|editable| editable.trim() != "false"),
            skip_duplicates: control.flag("skipDuplicates"),
        }
    }

    pub(super) fn read(item: &ResultItem) -> Option<Answer> {
        let texts: Vec<String> = item.texts().into_iter().map(str::to_owned).collect();
        (!texts.is_empty()).then_some(Answer::Texts(texts))
    }

    pub(super) fn problem(self, item: &ResultItem) -> Option<String> {
        let texts = item.texts();
        if let Some(most) = self.max_submissions.filter(|most| texts.len() > *most) {
            return Some(format!("There are more texts here than the {most} allowed."));
        }
        let mut seen = HashSet::new();
        let twice = self.skip_duplicates && !texts.iter().all(|text| seen.insert(text.trim()));
        twice.then(|| "The same text is here twice.".to_owned())
    }
}
