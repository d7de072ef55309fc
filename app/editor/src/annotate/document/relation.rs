//! Relations between regions of the work.

use domain::result::{self, Direction, ResultItem};

use super::{Document, RegionKey};

/// Names a relation within one editor; later ones have larger keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationKey(pub u32);

/// One region points at another.
#[derive(Debug, Clone, PartialEq)]
pub struct Relation {
    /// The first region.
    pub from: RegionKey,
    /// The second region.
    pub to: RegionKey,
    /// Which way it points.
    pub direction: Direction,
    /// In the order given.
    pub labels: Vec<String>,
    /// The item as it came; `None` for one made here.
    pub source: Option<ResultItem>,
}

impl Document {
    /// The relations whose two regions are there, oldest first. One of a deleted region is kept, so that it comes back
    /// with its region.
    pub fn relations(&self) -> impl Iterator<Item = (RelationKey, &Relation)> {
        let is_there = |relation: &Relation| self.mark(relation.from).is_some() && self.mark(relation.to).is_some();
        self.relations.iter().map(|(key, relation)| (*key, relation)).filter(move |(_, relation)| is_there(relation))
    }

    /// One relation.
    #[must_use]
    pub fn relation(&self, key: RelationKey) -> Option<&Relation> {
        self.relations.get(&key)
    }

    /// The relation between two regions, whichever comes first.
    #[must_use]
    pub fn relation_between(&self, one: RegionKey, other: RegionKey) -> Option<RelationKey> {
        let joins = |relation: &Relation| {
            (relation.from, relation.to) == (one, other) || (relation.from, relation.to) == (other, one)
        };
        self.relations().find(|(_, relation)| joins(relation)).map(|(key, _)| key)
    }

    pub(crate) fn put_relation(&mut self, key: RelationKey, relation: Option<Relation>) -> Option<Relation> {
        match relation {
            Some(relation) => self.relations.insert(key, relation),
            None => self.relations.remove(&key),
        }
    }

    pub(crate) fn fresh_relation_key(&mut self) -> RelationKey {
        self.next_relation += 1;
        RelationKey(self.next_relation)
    }

    pub(crate) fn relation_item(&self, key: RelationKey) -> Option<ResultItem> {
        let relation = self.relations.get(&key)?;
        let id = |key: RegionKey| Some(self.mark(key)?.region.id.clone());
        let relation = result::Relation {
            from_id: id(relation.from)?,
            to_id: id(relation.to)?,
            direction: relation.direction,
            labels: relation.labels.clone(),
            source: relation.source.clone(),
        };
        Some(relation.to_item())
    }
}
