//! What an export wrote, and what it could not write and why.

use serde::{Deserialize, Serialize};

use super::{ExportFormat, ExportTask};

/// How many tasks are named for each reason.
pub const NAMED_TASKS: usize = 20;
/// How many images that were not copied are named.
pub const NAMED_IMAGES: usize = 100;
/// More of an address names nothing better.
const MOST_ADDRESS_CHARS: usize = 500;

/// The account an export gives of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format written.
    pub format: ExportFormat,
    /// Tasks that were looked at.
    pub tasks: u64,
    /// Tasks that were written.
    pub tasks_written: u64,
    /// Tasks someone looked at and found nothing in: written, without regions.
    pub reviewed_empty: u64,
    /// Tasks without a valid annotation.
    pub not_labeled: u64,
    /// Annotations that were written.
    pub annotations: u64,
    /// Regions and other answers that were written.
    pub results: u64,
    /// Images that were copied.
    pub images: u64,
    /// What was changed or left out, by reason.
    pub losses: Vec<Loss>,
    /// The codes of everything this format may change or leave out.
    #[serde(default)]
    pub may_lose: Vec<String>,
    /// The first images that were to be copied and were not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing_images: Vec<MissingImage>,
}

/// An image that was not copied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissingImage {
    /// The task that shows it.
    pub task: i64,
    /// As the task names it.
    pub address: String,
    /// One sentence for people.
    pub reason: String,
}

/// One reason why something was changed or left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// Stable, for programs.
    pub code: String,
    /// One sentence for people.
    pub message: String,
    /// How often.
    pub count: u64,
    /// The first tasks it happened to.
    pub tasks: Vec<i64>,
}

impl Loss {
    /// Whether shapes came out other than they were drawn, or not at all, or images are missing: what nobody should learn
    /// only from the model.
    #[must_use]
    pub fn is_loud(&self) -> bool {
        const CODES: [&str; 29] = [
            "box_as_polygon",
            "clipped",
            "curve_flattened",
            "ellipse_as_box",
            "ellipse_as_polygon",
            "image_not_fetched",
            "image_not_stored",
            "keypoint",
            "keypoint_without_box",
            "keypoint_twice",
            "mask_as_polygon",
            "mask_hole_filled",
            "mask_in_parts",
            "mixed_kinds",
            "no_label",
            "other_image",
            "outside",
            "overlap",
            "polygon_as_mask",
            "polygon_hole_filled",
            "polygon_in_pose",
            "polygon_too_short",
            "rotation_as_hull",
            "rotation_lost",
            "shape_as_box",
            "unusable",
            "vector_branching",
            "vector_open",
            "whole_text",
        ];
        CODES.contains(&self.code.as_str())
    }
}

impl Manifest {
    pub(super) fn new(format: ExportFormat) -> Self {
        Self {
            format,
            tasks: 0,
            tasks_written: 0,
            reviewed_empty: 0,
            not_labeled: 0,
            annotations: 0,
            results: 0,
            images: 0,
            losses: Vec::new(),
            may_lose: format.losses().into_iter().map(str::to_owned).collect(),
            missing_images: Vec::new(),
        }
    }

    /// Counts a task that is looked at; whether it has a valid annotation.
    pub(super) fn look_at(&mut self, task: &ExportTask, all: bool) -> bool {
        self.tasks += 1;
        let mut answers = task.answers().peekable();
        let labeled = answers.peek().is_some();
        if labeled {
            self.reviewed_empty += u64::from(answers.all(|answer| answer.result.is_empty()));
        } else {
            self.not_labeled += 1;
        }
        self.tasks_written += u64::from(labeled || all);
        labeled
    }

    /// Counts something changed or left out.
    pub(super) fn lose(&mut self, task: i64, count: u64, code: &str, message: &str) {
        if count == 0 {
            return;
        }
        debug_assert!(self.format.losses().contains(&code), "{:?} does not declare {code}", self.format);
        let known = self.losses.iter().position(|loss| loss.code == code);
        let index = known.unwrap_or_else(|| {
            let loss = Loss { code: code.to_owned(), message: message.to_owned(), count: 0, tasks: Vec::new() };
            self.losses.push(loss);
            self.losses.len() - 1
        });
        let loss = &mut self.losses[index];
        loss.count += count;
        if loss.tasks.len() < NAMED_TASKS && loss.tasks.last() != Some(&task) {
            loss.tasks.push(task);
        }
    }

    /// Names an image that was not copied.
    pub(super) fn miss(&mut self, task: i64, address: &str, reason: String) {
        if self.missing_images.len() < NAMED_IMAGES {
            let address = address.chars().take(MOST_ADDRESS_CHARS).collect();
            self.missing_images.push(MissingImage { task, address, reason });
        }
    }

    /// In an order that does not depend on which task came first.
    pub(super) fn sorted(mut self) -> Self {
        self.losses.sort_by(|a, b| a.code.cmp(&b.code));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_is_told_apart_from_what_was_chosen() {
        let mut manifest = Manifest::new(ExportFormat::Yolo);
        manifest.lose(1, 2, "rotation_lost", "YOLO boxes cannot be rotated.");
        manifest.lose(1, 1, "not_labeled", "Left out, as chosen.");
        manifest.lose(2, 1, "rotation_lost", "YOLO boxes cannot be rotated.");
        let told: Vec<(&str, u64)> =
            manifest.losses.iter().filter(|loss| loss.is_loud()).map(|loss| (loss.code.as_str(), loss.count)).collect();
        assert_eq!(told, [("rotation_lost", 3)]);
    }
}
