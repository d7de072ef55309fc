//! The work on one task: regions, answers, and everything that is carried through untouched.

mod answered;
mod load;
mod mark;
mod relation;
mod save;

use std::collections::{BTreeMap, BTreeSet};

use domain::Error;
use domain::answer::Answer;
use domain::label_config::LabelConfig;
use domain::region::{ImageSize, Shape};
use domain::result::ResultItem;

pub use answered::About;
use answered::Answered;
pub use mark::{Mark, Pair, RegionKey};
pub use relation::{Relation, RelationKey};

use super::kit::Kit;
use crate::keymap::Keymap;

/// Where an item of the loaded result went, so that saving keeps the order.
#[derive(Debug, Clone, PartialEq)]
enum Slot {
    Region(RegionKey),
    Pair(RegionKey),
    Answer(String, About),
    Relation(RelationKey),
    Carried(ResultItem),
}

/// The work on one task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    marks: BTreeMap<RegionKey, Mark>,
    /// The regions of each id, oldest first; several only where a result came so.
    by_id: BTreeMap<String, Vec<RegionKey>>,
    answers: BTreeMap<(String, About), Answered>,
    relations: BTreeMap<RelationKey, Relation>,
    slots: Vec<Slot>,
    /// Ids of regions that were loaded: carried items about one that is gone go with it.
    loaded_ids: BTreeSet<String>,
    next_key: u32,
    next_relation: u32,
    kit: Kit,
}

impl Document {
    /// What the interface offers.
    #[must_use]
    pub fn kit(&self) -> &Kit {
        &self.kit
    }

    /// The person's own keys for labels and choices.
    pub(crate) fn put_own_keys(&mut self, keymap: &Keymap) {
        self.kit.put_own_keys(keymap);
    }

    /// All regions, oldest first.
    pub fn marks(&self) -> impl Iterator<Item = (RegionKey, &Mark)> {
        self.marks.iter().map(|(key, mark)| (*key, mark))
    }

    /// The regions of one object, oldest first.
    pub fn marks_on<'a>(&'a self, object: &'a str) -> impl Iterator<Item = (RegionKey, &'a Mark)> {
        self.marks().filter(move |(_, mark)| mark.region.to_name == object)
    }

    /// Whether all that was loaded for an image of this size could be read with it.
    pub(crate) fn fits(&self, object: &str, size: ImageSize) -> bool {
        let has_size = |mark: &Mark| match &mark.region.shape {
            Shape::Page(page) => page.size == Some(size),
            _ => mark.region.size.is_none_or(|its| its == size),
        };
        let waits = |slot: &Slot| match slot {
            Slot::Carried(item) => self.place_of(item).as_deref() == Some(object),
            _ => false,
        };
        self.marks_on(object).all(|(_, mark)| has_size(mark)) && !self.slots.iter().any(waits)
    }

    /// How many regions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there are no regions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// One region.
    #[must_use]
    pub fn mark(&self, key: RegionKey) -> Option<&Mark> {
        self.marks.get(&key)
    }

    /// The region with that id.
    #[must_use]
    pub fn key_of(&self, id: &str) -> Option<RegionKey> {
        self.by_id.get(id)?.first().copied()
    }

    /// Whether an id names one region at most.
    pub(crate) fn is_name(&self, id: &str) -> bool {
        !id.is_empty() && self.by_id.get(id).is_none_or(|keys| keys.len() <= 1)
    }

    /// A region to change, but for its id.
    pub(crate) fn mark_mut(&mut self, key: RegionKey) -> Option<&mut Mark> {
        self.marks.get_mut(&key)
    }

    pub(crate) fn insert(&mut self, key: RegionKey, mark: Mark) -> Option<Mark> {
        let before = self.remove(key);
        let keys = self.by_id.entry(mark.region.id.clone()).or_default();
        let at = keys.partition_point(|known| *known < key);
        keys.insert(at, key);
        self.marks.insert(key, mark);
        before
    }

    pub(crate) fn remove(&mut self, key: RegionKey) -> Option<Mark> {
        let mark = self.marks.remove(&key)?;
        if let Some(keys) = self.by_id.get_mut(&mark.region.id) {
            keys.retain(|known| *known != key);
            if keys.is_empty() {
                self.by_id.remove(&mark.region.id);
            }
        }
        Some(mark)
    }

    pub(crate) fn fresh_key(&mut self) -> RegionKey {
        self.next_key += 1;
        RegionKey(self.next_key)
    }

    /// The answer to a question.
    #[must_use]
    pub fn answer(&self, control: &str, about: About) -> Option<&Answer> {
        self.answers.get(&(control.to_owned(), about))?.answer.as_ref()
    }

    /// Puts an answer and returns the one before it. `id` names a result that is new.
    pub(crate) fn put_answer(
        &mut self,
        control: &str,
        about: About,
        answer: Option<Answer>,
        id: &str,
    ) -> Option<Answer> {
        let answered = self.answers.entry((control.to_owned(), about)).or_insert_with(|| Answered {
            answer: None,
            source: None,
            id: id.to_owned(),
        });
        std::mem::replace(&mut answered.answer, answer)
    }

    /// What keeps the work from being submitted, as `domain` and the server see it.
    #[must_use]
    pub fn validate(&self, config: &LabelConfig) -> Vec<Error> {
        domain::annotation::problems(config, &self.to_results())
    }
}
