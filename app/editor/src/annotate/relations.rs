//! Relations: begun at one region, ended by picking another; turned, labeled and removed in their list.

use domain::result::Direction;

use super::document::{RegionKey, Relation, RelationKey};
use super::edit::Edit;
use super::editor::{Editor, Response};
use super::tool::ToolKind;

impl Editor {
    /// The region that waits for another one to be related to.
    #[must_use]
    pub fn relating(&self) -> Option<RegionKey> {
        self.relating.filter(|key| self.document.mark(*key).is_some())
    }

    /// Begins a relation at the one region selected: the next one picked is its other end. Again, it is called off.
    pub fn relate(&mut self) -> Response {
        let was_relating = self.relating().is_some();
        self.relating = None;
        if was_relating {
            return Response::ALL;
        }
        let mut selected = self.selection.iter();
        let (Some(from), None) = (selected.next().copied(), selected.next()) else { return Response::LIVELY };
        if self.is_read_only() {
            return Response::LIVELY;
        }
        self.drop_gesture();
        // The other end is picked, not drawn.
        self.tool = ToolKind::Select;
        self.relating = Some(from);
        Response::ALL
    }

    /// A region was picked while a relation waits for its other end; `None` when none waits.
    pub(super) fn end_relation(&mut self, to: RegionKey) -> Option<Response> {
        let from = self.relating().filter(|from| *from != to)?;
        self.relating = None;
        if self.document.relation_between(from, to).is_some() {
            // Two regions are related once; its list is where that changes.
            return Some(Response::ALL);
        }
        let key = self.document.fresh_relation_key();
        let relation = Relation { from, to, direction: Direction::Right, labels: Vec::new(), source: None };
        self.apply(Edit::Relate(key, Some(Box::new(relation))));
        Some(Response::CHANGED)
    }

    /// Removes a relation.
    pub fn unrelate(&mut self, key: RelationKey) -> Response {
        self.change_relation(key, |_| None)
    }

    /// Turns a relation: the other way, both ways, and again.
    pub fn turn_relation(&mut self, key: RelationKey) -> Response {
        self.change_relation(key, |relation| Some(Relation { direction: relation.direction.next(), ..relation }))
    }

    /// Gives a relation a label, or takes it back. Where the interface says so, several.
    pub fn label_relation(&mut self, key: RelationKey, label: &str) -> Response {
        let multiple = self.document.kit().relations.multiple;
        self.change_relation(key, |mut relation| {
            match relation.labels.iter().position(|known| known == label) {
                Some(at) => drop(relation.labels.remove(at)),
                None if multiple => relation.labels.push(label.to_owned()),
                None => relation.labels = vec![label.to_owned()],
            }
            Some(relation)
        })
    }

    fn change_relation(&mut self, key: RelationKey, change: impl FnOnce(Relation) -> Option<Relation>) -> Response {
        let Some(before) = self.document.relation(key).cloned().filter(|_| !self.is_read_only()) else {
            return Response::LIVELY;
        };
        self.drop_gesture();
        let changed = self.apply(Edit::Relate(key, change(before).map(Box::new)));
        if changed { Response::CHANGED } else { Response::LIVELY }
    }
}
