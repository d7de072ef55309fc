//! `<TextArea>`: one or several written texts.

use std::collections::HashSet;

use super::Answer;
use crate::label_config::{BEGINS_WITH, Control};
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
    /// How many lines a field shows; 1 makes Enter add what is written.
    pub rows: u32,
    /// A button adds what is written.
    pub has_button: bool,
    /// What is written about a region stands in the list of regions, and is written there.
    pub in_regions: bool,
}

/// How high a field is where nobody says so.
const ROWS: u32 = 2;
/// The highest a field is.
const MOST_ROWS: u32 = 30;

impl TextArea {
    pub(super) fn of(control: &Control) -> Self {
        Self {
            max_submissions: control.attribute("maxSubmissions").and_then(|n| n.trim().parse().ok()).filter(|n| *n > 0),
            // Only where somebody says so: that a typing mistake can be mended harms nobody. A transcription is always
            // open to be worked on, whatever is said beside it.
            editable: control.flag("transcription")
                || control.attribute("editable").is_none_or(|editable| editable.trim() != "false"),
            skip_duplicates: control.flag("skipDuplicates"),
            rows: control
                .attribute("rows")
                .and_then(|rows| rows.trim().parse().ok())
                .unwrap_or(ROWS)
                .clamp(1, MOST_ROWS),
            has_button: control
                .attribute("showSubmitButton")
                .is_none_or(|shown| !shown.trim().eq_ignore_ascii_case("false")),
            in_regions: control.flag("perRegion")
                && control.attribute("displayMode").is_some_and(|mode| mode.trim().eq_ignore_ascii_case("region-list")),
        }
    }

    /// What is written there at the start (`value`), where it is written in the interface or taken from the task.
    pub(super) fn initial(control: &Control) -> Option<Answer> {
        let of_task = control.attribute(BEGINS_WITH);
        let written = control.attribute("value").filter(|text| !text.trim_start().starts_with('$'));
        let text = of_task.or(written).filter(|text| !text.trim().is_empty())?;
        Some(Answer::Texts(vec![text.to_owned()]))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_can_be_changed_unless_somebody_forbids_it_and_transcriptions_always() {
        let table = [
            (&[][..], true),
            (&[("editable", "true")], true),
            (&[("editable", "false")], false),
            (&[("transcription", "false"), ("editable", "false")], false),
            (&[("transcription", "true"), ("editable", "false")], true),
        ];
        for (attributes, editable) in table {
            let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let control = Control {
                name: "text".to_owned(),
                tag: "TextArea".to_owned(),
                to_names: Vec::new(),
                labels: Vec::new(),
                attributes: attributes.collect(),
            };
            assert_eq!(TextArea::of(&control).editable, editable, "{:?}", control.attributes);
        }
    }
}
