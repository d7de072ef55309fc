//! Proposals of a model that are shown one by one, as people draw (`reveal_preannotations_interactively`): whoever looks for
//! something is not led by what a model has found.
//!
//! To show one is to take it over from another version of the work, as a step of the history.

use std::collections::BTreeSet;

use domain::region::Bounds;
use domain::result::{ResultItem, is_region_type};

use super::compare::{Difference, How, Subject};
use super::document::{Document, RegionKey};
use super::edit::Edit;
use super::editor::{Editor, Response};
use super::kit::ObjectKind;

/// What a model proposes and nobody has seen yet.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::annotate) struct Withheld {
    proposal: Vec<ResultItem>,
    /// Ids of the regions that were not there in the beginning, in the order of the proposal.
    all: Vec<String>,
    /// Those of them that are still to be shown.
    left: Vec<String>,
}

impl Editor {
    /// Holds the regions of a proposal back; what it answers besides is part of the work from the beginning. Regions that
    /// the work has already are not held back.
    pub fn withhold(&mut self, proposal: Vec<ResultItem>) {
        let mut seen = BTreeSet::new();
        let is_region = |item: &&ResultItem| is_region_type(item.item_type()) && !item.id().is_empty();
        let ids = proposal.iter().filter(is_region).map(|item| item.id().to_owned());
        let all: Vec<String> = ids.filter(|id| self.document.key_of(id).is_none() && seen.insert(id.clone())).collect();
        self.withheld = Withheld { proposal, left: all.clone(), all };
    }

    /// After steps were undone or made again: a region whose showing was undone waits again, one that was shown and then
    /// deleted does not.
    pub(in crate::annotate) fn withhold_again(&mut self) {
        if self.withheld.all.is_empty() {
            return;
        }
        let deleted: BTreeSet<&str> = self
            .history
            .inverses()
            .filter_map(|edit| if let Edit::Insert(_, mark) = edit { Some(mark.region.id.as_str()) } else { None })
            .collect();
        let waits = |id: &&String| self.document.key_of(id).is_none() && !deleted.contains(id.as_str());
        self.withheld.left = self.withheld.all.iter().filter(waits).cloned().collect();
    }

    /// What of a proposal one begins with: everything but regions, what is asked about them, and relations.
    #[must_use]
    pub fn apart_from_regions(proposal: &[ResultItem]) -> Vec<ResultItem> {
        let ids: BTreeSet<&str> =
            proposal.iter().filter(|item| is_region_type(item.item_type())).map(ResultItem::id).collect();
        let is_apart = |item: &&ResultItem| item.item_type() != "relation" && !ids.contains(item.id());
        proposal.iter().filter(is_apart).cloned().collect()
    }

    /// How many regions are held back.
    #[must_use]
    pub fn withheld(&self) -> usize {
        if self.read_only { 0 } else { self.withheld.left.len() }
    }

    /// Shows the proposal that overlaps this region most, else the next one.
    pub(in crate::annotate) fn reveal(&mut self, drawn: Option<RegionKey>) -> Response {
        let proposal = Document::from_results(&self.config, &self.withheld.proposal, &self.measured());
        let place = |document: &Document, key| {
            let region = &document.mark(key)?.region;
            Some((region.to_name.clone(), region.shape.bounds()?))
        };
        let drawn = drawn.and_then(|key| place(&self.document, key));
        let overlap = |id: &String| {
            let found = proposal.key_of(id).and_then(|key| place(&proposal, key));
            match (&drawn, found) {
                (Some((here, hull)), Some((there, other))) if *here == there => share(hull, &other),
                _ => 0.0,
            }
        };
        let mut left: Vec<(String, f64)> = self.withheld.left.iter().map(|id| (id.clone(), overlap(id))).collect();
        // Stable: of those that overlap as much, the first in the proposal.
        left.sort_by(|a, b| b.1.total_cmp(&a.1));
        let (selection, fresh) = (self.selection.clone(), self.fresh);
        for (id, _) in left {
            if proposal.key_of(&id).is_none() && self.may_be_read_later(&id) {
                continue;
            }
            self.withheld.left.retain(|known| *known != id);
            let shown = self.shown_with(&proposal, &id);
            if self.take_over(&shown).changed {
                if drawn.is_some() {
                    self.set_selection(selection);
                    self.fresh = fresh;
                }
                return Response::CHANGED;
            }
            // One that the interface does not understand, or that is here in another way, is not waited for.
            self.withheld.all.retain(|known| *known != id);
        }
        Response { panels: true, ..Response::LIVELY }
    }

    /// Whether a region is on a picture that nobody has measured yet: without its size it cannot be read.
    fn may_be_read_later(&self, id: &str) -> bool {
        let mut items = self.withheld.proposal.iter().filter(|item| item.id() == id);
        items.any(|item| {
            let place = self.document.place_of(item);
            place.is_some_and(|place| {
                let is_canvas = self.document.kit().object(&place).is_some_and(ObjectKind::is_canvas);
                is_canvas && !self.surfaces.contains_key(&place)
            })
        })
    }

    /// A region of the proposal, and its relations to regions that are here: they come with the later of their ends.
    fn shown_with(&self, proposal: &Document, id: &str) -> Vec<Difference> {
        let is_shown = |difference: &Difference| match &difference.subject {
            Subject::Region { there: Some(key), .. } => proposal.mark(*key).is_some_and(|mark| mark.region.id == id),
            Subject::Relation(from, to) => {
                let is_end = |end: &str| end == id || self.document.key_of(end).is_some();
                (from == id || to == id) && is_end(from) && is_end(to)
            }
            Subject::Region { .. } | Subject::Answer(..) => false,
        };
        let all = self.differences(proposal).into_iter();
        all.filter(|difference| difference.how == How::OnlyThere && is_shown(difference)).collect()
    }
}

/// How much two hulls have in common: the part of what they cover together.
fn share(one: &Bounds, other: &Bounds) -> f64 {
    let across = one.max.x.min(other.max.x) - one.min.x.max(other.min.x);
    let down = one.max.y.min(other.max.y) - one.min.y.max(other.min.y);
    if across <= 0.0 || down <= 0.0 {
        return 0.0;
    }
    let common = across * down;
    common / (one.width() * one.height() + other.width() * other.height() - common)
}
