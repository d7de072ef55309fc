//! Settings and their limits.

use serde::{Deserialize, Serialize};

use super::{MAX_DESCRIPTION, Sampling, SkipQueue, parse_text, parse_title};
use crate::{Error, Result, id::WorkspaceId, org::parse_color};

/// The longest instructions, in characters.
pub const MAX_INSTRUCTION: usize = 50_000;
/// The most annotations one task can ask for.
pub const MAX_ANNOTATIONS: i32 = 100;
/// The longest version of a model.
pub const MAX_MODEL_VERSION: usize = 256;
/// The most annotations that models may be made to wait for.
pub const MAX_UNTRAINED: i32 = 1_000_000;

/// A change of settings; what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectPatch {
    /// What it is called.
    pub title: Option<String>,
    /// A sentence or two about it.
    pub description: Option<String>,
    /// A color token.
    pub color: Option<String>,
    /// Another folder: a number, or 0 for none.
    pub workspace_id: Option<WorkspaceId>,
    /// Markdown for the people who label.
    pub expert_instruction: Option<String>,
    /// Whether it is shown before the first task.
    pub show_instruction: Option<bool>,
    /// Whether tasks can be skipped.
    pub show_skip_button: Option<bool>,
    /// Whether nothing at all is an answer.
    pub enable_empty_annotation: Option<bool>,
    /// Whether predictions are shown while labeling.
    pub show_collab_predictions: Option<bool>,
    /// Whether their regions are shown one by one, as people draw.
    pub reveal_preannotations_interactively: Option<bool>,
    /// Whether media of other servers may be loaded through this one.
    pub allow_media_proxy: Option<bool>,
    /// How many people label each task.
    pub maximum_annotations: Option<i32>,
    /// Of how many tasks, in percent; one person labels each of the others.
    #[serde(default)]
    pub overlap_cohort_percentage: Option<i32>,
    /// Which task comes next.
    pub sampling: Option<Sampling>,
    /// What becomes of skipped tasks.
    pub skip_queue: Option<SkipQueue>,
    /// Whose predictions count: a version, or the title of a model; empty for any.
    pub model_version: Option<String>,
    /// After so many new annotations models are asked to learn; 0 for never.
    pub min_annotations_to_start_training: Option<i32>,
    /// Whether models are asked about tasks that somebody opens.
    pub evaluate_predictions_automatically: Option<bool>,
}

impl ProjectPatch {
    /// Keeps every rule, or says which one is broken. Texts come back trimmed.
    ///
    /// # Errors
    /// A value outside its limits.
    pub fn check(mut self) -> Result<Self> {
        self.title = self.title.map(|title| parse_title(&title)).transpose()?;
        self.description =
            self.description.map(|text| parse_text("description", &text, MAX_DESCRIPTION)).transpose()?;
        self.color = self.color.map(|color| parse_color(&color)).transpose()?;
        self.expert_instruction =
            self.expert_instruction.map(|text| parse_text("expert_instruction", &text, MAX_INSTRUCTION)).transpose()?;
        if self.maximum_annotations.is_some_and(|number| !(1..=MAX_ANNOTATIONS).contains(&number)) {
            let message = format!("Please enter a number from 1 to {MAX_ANNOTATIONS}.");
            return Err(Error::invalid("maximum_annotations", "overlap_out_of_range", message));
        }
        if self.overlap_cohort_percentage.is_some_and(|number| !(0..=100).contains(&number)) {
            let message = "Please enter a percentage from 0 to 100.";
            return Err(Error::invalid("overlap_cohort_percentage", "cohort_out_of_range", message));
        }
        self.model_version =
            self.model_version.map(|text| parse_text("model_version", &text, MAX_MODEL_VERSION)).transpose()?;
        if self.min_annotations_to_start_training.is_some_and(|number| !(0..=MAX_UNTRAINED).contains(&number)) {
            let message = format!("Please enter a number from 0 to {MAX_UNTRAINED}.");
            return Err(Error::invalid("min_annotations_to_start_training", "training_out_of_range", message));
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_keep_their_limits() {
        let patch = |number| ProjectPatch { maximum_annotations: Some(number), ..ProjectPatch::default() };
        for (number, fits) in [(0, false), (1, true), (100, true), (101, false)] {
            assert_eq!(patch(number).check().is_ok(), fits, "{number}");
        }
        let long = "x".repeat(MAX_INSTRUCTION + 1);
        assert!(ProjectPatch { expert_instruction: Some(long), ..ProjectPatch::default() }.check().is_err());
        assert_eq!(ProjectPatch::default().check().unwrap(), ProjectPatch::default());
    }
}
