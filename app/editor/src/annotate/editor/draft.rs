//! The work as it is kept between sittings, and taken up again.

use std::collections::BTreeMap;

use domain::label_config::LabelConfig;
use domain::region::{ImagePoint, ImageSize};
use domain::result::ResultItem;
use serde::{Deserialize, Serialize};

use super::{Editor, Surface};
use crate::annotate::kit::ShapeKind;
use crate::annotate::tool::{State, ToolKind};

/// The work as kept by the browser at every action.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The results as they would be submitted.
    pub results: Vec<ResultItem>,
    /// A polygon that is being drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
}

/// A polygon that is being drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unfinished {
    /// On which object.
    pub object: String,
    /// The points set so far.
    pub points: Vec<ImagePoint>,
}

impl Editor {
    /// Opens what a browser kept, the unfinished polygon included.
    #[must_use]
    pub fn from_draft(config: &LabelConfig, draft: &Draft, sizes: &BTreeMap<String, ImageSize>, seed: u64) -> Self {
        let mut editor = Self::new(config, &draft.results, sizes, seed);
        if let Some(unfinished) = &draft.unfinished
            && let Some(last) = unfinished.points.last()
            && editor.surfaces.contains_key(&unfinished.object)
            && editor.document.kit().draws(ShapeKind::Polygon)
        {
            editor.tool = ToolKind::Draw(ShapeKind::Polygon);
            editor.active.clone_from(&unfinished.object);
            let size = editor.surfaces[&unfinished.object].view.image();
            let points = unfinished.points.iter().map(|point| size.clamp(*point)).collect();
            editor.state = State::Polygon { points, to: size.clamp(*last) };
            editor.ensure_label();
        }
        editor
    }

    /// Images have been measured. Another one of a task whose results know its size simply opens; otherwise the same work is
    /// opened anew, and steps made before are kept as done.
    pub fn measure(&mut self, sizes: &BTreeMap<String, ImageSize>) {
        if !self.surfaces.is_empty() && sizes.iter().all(|(object, size)| self.document.fits(object, *size)) {
            for (object, size) in sizes {
                let is_open = self.surfaces.get(object).is_some_and(|surface| surface.view.image() == *size);
                if let Some(surface) = Surface::open(&self.document, object, *size).filter(|_| !is_open) {
                    self.surfaces.insert(object.clone(), surface);
                }
            }
            return;
        }
        let draft = self.draft();
        let (read_only, tip) = (self.read_only, self.tip);
        self.restore(&draft, sizes, self.ids);
        self.tip = tip;
        self.set_read_only(read_only);
    }

    /// Opens other work on the same task; what of its sounds and videos is shown stays as it is.
    pub fn restore(&mut self, draft: &Draft, sizes: &BTreeMap<String, ImageSize>, seed: u64) {
        let (lines, active) = self.take_lines();
        *self = Self::from_draft(&self.config.clone(), draft, sizes, seed);
        (self.lines, self.active_line) = (lines, active);
    }

    /// What the browser is to keep.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let unfinished = match &self.state {
            State::Polygon { points, .. } => Some(Unfinished { object: self.active.clone(), points: points.clone() }),
            _ => None,
        };
        Draft { results: self.document.to_results(), unfinished }
    }
}
