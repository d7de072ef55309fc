//! The work as it is kept between sittings, and taken up again.

use std::collections::BTreeMap;

use domain::label_config::LabelConfig;
use domain::region::{ImagePoint, ImageSize};
use domain::result::ResultItem;
use serde::{Deserialize, Serialize};

use super::{Editor, Surface};
use crate::annotate::kit::{ObjectKind, ShapeKind};
use crate::annotate::log::Record;
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

/// Work that was opened before all of its pictures had been measured: what it began with and what was done since, so that
/// it can be opened anew with what the pictures tell.
#[derive(Debug, Clone)]
pub(in crate::annotate) struct Again {
    results: Vec<ResultItem>,
    pub(in crate::annotate) records: Vec<Record>,
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
        editor.take_up(draft.unfinished.clone());
        editor
    }

    /// Goes on with a polygon that was being drawn; one whose picture has not been measured waits for that.
    pub(in crate::annotate) fn take_up(&mut self, unfinished: Option<Unfinished>) {
        let Some(unfinished) = unfinished.filter(|_| self.document.kit().draws(ShapeKind::Polygon)) else { return };
        let (Some(surface), Some(last)) = (self.surfaces.get(&unfinished.object), unfinished.points.last()) else {
            self.waiting = Some(unfinished);
            return;
        };
        let size = surface.view.image();
        let points = unfinished.points.iter().map(|point| size.clamp(*point)).collect();
        self.state = State::Polygon { points, to: size.clamp(*last) };
        self.tool = ToolKind::Draw(ShapeKind::Polygon);
        self.active = unfinished.object;
        self.ensure_label();
    }

    /// Images have been measured. Where the results know their sizes they simply open. Otherwise the same work is opened
    /// anew: with its steps where they were recorded, else these are kept as done.
    pub fn measure(&mut self, sizes: &BTreeMap<String, ImageSize>) {
        let is_open = |object: &String, size: &ImageSize| {
            self.surfaces.get(object).is_some_and(|surface| surface.view.image() == *size)
        };
        let new: Vec<_> = sizes.iter().filter(|(object, size)| !is_open(object, size)).collect();
        // What was deleted before its picture was measured is in no document, and yet to be deleted.
        let is_awaited = |object: &str| {
            let again = self.again.as_ref();
            again.is_some_and(|again| self.has_sizeless(&again.results, |place| place == object))
        };
        if new.iter().all(|(object, size)| self.document.fits(object, **size) && !is_awaited(object)) {
            for (object, size) in new {
                if let Some(surface) = Surface::open(&self.document, object, *size) {
                    self.surfaces.insert(object.clone(), surface);
                }
            }
            if self.state == State::Idle && !self.read_only {
                let waiting = self.waiting.take();
                self.take_up(waiting);
            }
            self.again = self.again.take().filter(|again| self.waits(&again.results, sizes));
            return;
        }
        let (read_only, tip) = (self.read_only, self.tip);
        match self.again.take() {
            Some(Again { results, mut records }) => {
                records.push(Record::Path(self.unfinished()));
                self.reopen(&results, records, sizes, self.ids);
            }
            None => self.restore(&self.draft(), sizes, self.ids),
        }
        self.tip = tip;
        self.set_read_only(read_only);
    }

    /// Opens other work on the same task; what of its sounds and videos is shown stays as it is.
    pub fn restore(&mut self, draft: &Draft, sizes: &BTreeMap<String, ImageSize>, seed: u64) {
        let fresh = Self::from_draft(&self.config, draft, sizes, seed);
        self.become_other(fresh);
    }

    /// Opens work on the same task as it began and does again what was recorded since, so that it can be undone.
    pub fn restore_log(
        &mut self,
        results: &[ResultItem],
        records: &[Record],
        sizes: &BTreeMap<String, ImageSize>,
        seed: u64,
    ) {
        self.reopen(results, records.to_vec(), sizes, seed);
        self.go_on_logging();
    }

    fn reopen(&mut self, results: &[ResultItem], records: Vec<Record>, sizes: &BTreeMap<String, ImageSize>, seed: u64) {
        // Pictures that nobody has measured yet are as large as they were when something was drawn on them.
        let mut known = self.document.sizes_in(&records);
        known.extend(sizes.iter().map(|(object, size)| (object.clone(), *size)));
        let mut fresh = Self::replayed(&self.config, results, &records, &known, seed);
        fresh.surfaces.retain(|object, _| sizes.contains_key(object));
        self.become_other(fresh);
        self.again = self.waits(results, sizes).then(|| Again { results: results.to_vec(), records });
    }

    /// Whether a picture that has not been measured is needed to read the work, or what it began with.
    fn waits(&self, results: &[ResultItem], sizes: &BTreeMap<String, ImageSize>) -> bool {
        let is_canvas = |place: &str| self.document.kit().object(place).is_some_and(ObjectKind::is_canvas);
        let is_unmeasured = |place: &str| !sizes.contains_key(place) && is_canvas(place);
        self.document.waits_for_others(sizes) || self.has_sizeless(results, is_unmeasured)
    }

    /// Whether results on such a picture do not say how large it is.
    fn has_sizeless(&self, results: &[ResultItem], is_place: impl Fn(&str) -> bool) -> bool {
        let mut sizeless = results.iter().filter(|item| !item.0.contains_key("original_width"));
        sizeless.any(|item| self.document.place_of(item).is_some_and(|place| is_place(&place)))
    }

    /// Other work in place of this, looked at as this was.
    fn become_other(&mut self, mut other: Self) {
        (other.lines, other.active_line) = self.take_lines();
        other.words = std::mem::take(&mut self.words);
        other.log = self.log.take();
        // Nothing is drawn anew for it: everything is.
        let _ = other.set_keymap(std::mem::take(&mut self.keymap));
        (other.copied, other.turned) = (std::mem::take(&mut self.copied), std::mem::take(&mut self.turned));
        other.assistant = std::mem::take(&mut self.assistant);
        other.tip = self.tip;
        // A polygon that is gone on with has its own tool and label in hand.
        if !other.state.is_path() {
            (other.tool, other.label) = (self.tool, self.label.take());
            other.let_go_of_used_up();
        }
        other.withheld = std::mem::take(&mut self.withheld);
        other.withhold_again();
        for (object, surface) in std::mem::take(&mut self.surfaces) {
            let Some(same) = other.surfaces.get_mut(&object) else { continue };
            if same.view.image() == surface.view.image() {
                (same.view, same.picture, same.aids) = (surface.view, surface.picture, surface.aids);
                same.begins = surface.begins;
            }
        }
        *self = other;
    }

    /// What the browser is to keep.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft { results: self.document.to_results(), unfinished: self.unfinished() }
    }

    /// The polygon that is being drawn.
    pub(in crate::annotate) fn unfinished(&self) -> Option<Unfinished> {
        match &self.state {
            State::Polygon { points, .. } => Some(Unfinished { object: self.active.clone(), points: points.clone() }),
            _ => self.waiting.clone(),
        }
    }
}
