//! Writing a document as results.

use std::collections::{BTreeMap, BTreeSet};

use domain::result::ResultItem;
use serde_json::{Map, Value};

use super::{About, Document, Mark, RegionKey, RelationKey, Slot};

impl Document {
    /// The results to store: loaded ones in their order, then what is new in the order it was made.
    #[must_use]
    pub fn to_results(&self) -> Vec<ResultItem> {
        let mut results = Vec::with_capacity(self.slots.len());
        let by_id: BTreeMap<&str, &Mark> = self.marks.values().map(|mark| (mark.region.id.as_str(), mark)).collect();
        let mut written: BTreeSet<RegionKey> = BTreeSet::new();
        let mut written_pairs: BTreeSet<RegionKey> = BTreeSet::new();
        for slot in &self.slots {
            match slot {
                Slot::Region(key) => {
                    if let Some(mark) = self.marks.get(key) {
                        written.insert(*key);
                        results.push(mark.to_item());
                    }
                }
                Slot::Pair(key) => {
                    written_pairs.insert(*key);
                    results.extend(self.marks.get(key).and_then(pair_item));
                }
                Slot::Relation(key) => results.extend(self.relation_item(*key)),
                Slot::Answer(name, about) => results.extend(self.answer_item(name, *about)),
                Slot::Carried(item) => results.extend(self.carried_item(item, &by_id)),
            }
        }
        for (key, mark) in &self.marks {
            if !written.contains(key) {
                results.push(mark.to_item());
            }
            if !written_pairs.contains(key) {
                results.extend(pair_item(mark));
            }
        }
        let loaded: BTreeSet<(&str, About)> = self
            .slots
            .iter()
            .filter_map(|slot| if let Slot::Answer(name, about) = slot { Some((name.as_str(), *about)) } else { None })
            .collect();
        results.extend(self.answer_items(|name, about| !loaded.contains(&(name, about))));
        let loaded: BTreeSet<RelationKey> = self
            .slots
            .iter()
            .filter_map(|slot| if let Slot::Relation(key) = slot { Some(*key) } else { None })
            .collect();
        let new = self.relations.keys().filter(|key| !loaded.contains(key));
        results.extend(new.filter_map(|key| self.relation_item(*key)));
        results
    }

    /// The items of one region: its own, and that of its labels.
    pub(crate) fn items_of(&self, key: RegionKey) -> Vec<ResultItem> {
        self.marks.get(&key).map(Mark::to_items).unwrap_or_default()
    }

    /// The item of an answer and the id that one of its own would have.
    pub(crate) fn answer_written(&self, name: &str, about: About) -> (Option<ResultItem>, String) {
        let id = self.answers.get(&(name.to_owned(), about)).map(|answered| answered.id.clone());
        (self.answer_item(name, about), id.unwrap_or_default())
    }

    /// The answers alone, in the order of the interface: what conditions on choices look at.
    #[must_use]
    pub fn to_answers(&self) -> Vec<ResultItem> {
        self.answer_items(|_, _| true).collect()
    }

    fn answer_items(&self, wanted: impl Fn(&str, About) -> bool) -> impl Iterator<Item = ResultItem> {
        let of_question = |name: &str| {
            let all = (name.to_owned(), About::Task)..=(name.to_owned(), About::Region(RegionKey(u32::MAX)));
            self.answers.range(all).map(|((_, about), _)| *about).collect::<Vec<_>>()
        };
        self.kit
            .questions
            .iter()
            .flat_map(move |question| of_question(&question.name).into_iter().map(move |about| (question, about)))
            .filter(move |(question, about)| wanted(&question.name, *about))
            .filter_map(|(question, about)| self.answer_item(&question.name, about))
    }

    /// An answer goes with the region it is about.
    fn answer_item(&self, name: &str, about: About) -> Option<ResultItem> {
        let answered = self.answers.get(&(name.to_owned(), about))?;
        let question = self.kit.question(name)?;
        match about {
            About::Task => answered.item(question, None, None),
            About::Item(index) => answered.item(question, None, Some(index)),
            About::Region(key) => answered.item(question, Some(self.marks.get(&key)?), None),
        }
    }

    /// Carried items about a region follow it: they go when it goes and move when it moves.
    fn carried_item(&self, item: &ResultItem, by_id: &BTreeMap<&str, &Mark>) -> Option<ResultItem> {
        let gone = |id: &str| self.loaded_ids.contains(id) && !by_id.contains_key(id);
        let end = |key: &str| item.0.get(key).and_then(Value::as_str).unwrap_or_default();
        if gone(item.id()) || gone(end("from_id")) || gone(end("to_id")) {
            return None;
        }
        let mut item = item.clone();
        let place = self.place_of(&item);
        if let Some(mark) = by_id.get(item.id()).filter(|mark| place.as_deref() == Some(&mark.region.to_name)) {
            mark.region.copy_geometry_to(&mut item);
        }
        Some(item)
    }
}

impl Mark {
    /// Its own item, and that of its labels.
    pub(in crate::annotate) fn to_items(&self) -> Vec<ResultItem> {
        [self.to_item()].into_iter().chain(pair_item(self)).collect()
    }
}

fn pair_item(mark: &Mark) -> Option<ResultItem> {
    let pair = mark.pair.as_ref()?;
    let mut item = match &pair.source {
        Some(source) => source.clone(),
        None => {
            let mut item = mark.to_item();
            item.0.insert("type".to_owned(), "labels".into());
            item
        }
    };
    mark.region.copy_geometry_to(&mut item);
    let changed = item.labels() != pair.labels || item.from_name() != pair.from_name;
    if changed || pair.source.is_none() {
        item.0.insert("from_name".to_owned(), pair.from_name.as_str().into());
        let mut value = item.value().cloned().unwrap_or_else(Map::new);
        value.insert("labels".to_owned(), pair.labels.clone().into());
        item.0.insert("value".to_owned(), value.into());
        if pair.source.is_some() && item.origin() == Some("prediction") {
            item.0.insert("origin".to_owned(), "prediction-changed".into());
        }
    }
    Some(item)
}
