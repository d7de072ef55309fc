//! The work on one task: regions, answers, and everything that is carried through untouched.

use std::collections::{BTreeMap, BTreeSet};

use domain::Error;
use domain::label_config::LabelConfig;
use domain::region::{ImageSize, Shape};
use domain::result::{Region, ResultItem};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::answer::Answer;
use super::kit::{Kit, ShapeKind};

/// Names a region within one editor; later regions have larger keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RegionKey(pub u32);

/// A region with its labels and how it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// The shape, and the labels where its own result carries them.
    pub region: Region,
    /// The labels where a separate `Labels` control gives them.
    pub pair: Option<Pair>,
    /// Not painted and not touchable; not part of the result.
    pub hidden: bool,
    /// Cannot be changed; not part of the result unless it came `readonly`.
    pub locked: bool,
}

/// Labels of a region that are a result of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Pair {
    /// The `Labels` control.
    pub from_name: String,
    /// In the order given.
    pub labels: Vec<String>,
    /// The item as it came.
    pub source: Option<ResultItem>,
}

impl Mark {
    /// The labels, wherever they are stored.
    #[must_use]
    pub fn labels(&self) -> &[String] {
        self.pair.as_ref().map_or(&self.region.labels, |pair| &pair.labels)
    }

    /// The control that gave the labels.
    #[must_use]
    pub fn label_control(&self) -> &str {
        self.pair.as_ref().map_or(&self.region.from_name, |pair| &pair.from_name)
    }

    /// Whether people may change it.
    #[must_use]
    pub fn is_editable(&self) -> bool {
        !self.locked && !self.hidden
    }

    /// The kind of its shape.
    #[must_use]
    pub fn kind(&self) -> ShapeKind {
        ShapeKind::of(&self.region.shape)
    }
}

/// An answer and the item it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// `None` after it was cleared.
    pub answer: Option<Answer>,
    source: Option<ResultItem>,
    id: String,
}

/// Where an item of the loaded result went, so that saving keeps the order.
#[derive(Debug, Clone, PartialEq)]
enum Slot {
    Region(RegionKey),
    Pair(RegionKey),
    Answer(String),
    Carried(ResultItem),
}

/// The work on one task.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Document {
    marks: BTreeMap<RegionKey, Mark>,
    answers: BTreeMap<String, Answered>,
    slots: Vec<Slot>,
    /// Ids of regions that were loaded: carried items about one that is gone go with it.
    loaded_ids: BTreeSet<String>,
    next_key: u32,
    kit: Kit,
}

impl Document {
    /// Reads results. `sizes` are the real sizes of the images by object name; without one, a result's own size is
    /// used. Whatever is not understood is carried through.
    #[must_use]
    pub fn from_results(config: &LabelConfig, results: &[ResultItem], sizes: &BTreeMap<String, ImageSize>) -> Self {
        let mut document = Self { kit: Kit::new(config), ..Self::default() };
        let mut by_id: BTreeMap<(String, String), RegionKey> = BTreeMap::new();
        // Geometry first, whatever the order: a separate label result needs the region it belongs to.
        let mut regions: Vec<Option<Region>> = results.iter().map(|item| document.read_region(item, sizes)).collect();
        let is_label_set = |item: &ResultItem| document.kit.label_sets.iter().any(|(name, _)| name == item.from_name());
        let pairs: Vec<bool> = results.iter().map(|item| item.item_type() == "labels" && is_label_set(item)).collect();
        let mut keys: Vec<Option<RegionKey>> = vec![None; results.len()];
        for wanted_pair in [false, true] {
            for (at, item) in results.iter().enumerate().filter(|(at, _)| pairs[*at] == wanted_pair) {
                let name = (item.id().to_owned(), item.to_name().to_owned());
                if let Some(key) = by_id.get(&name).filter(|_| !item.id().is_empty()) {
                    document.join_pair(*key, item, wanted_pair && regions[at].is_some(), &mut keys[at]);
                } else if let Some(region) = regions[at].take() {
                    let key = document.fresh_key();
                    by_id.insert(name, key);
                    document.loaded_ids.insert(region.id.clone());
                    let (hidden, locked) = (item.is_hidden(), item.is_readonly());
                    document.marks.insert(key, Mark { region, pair: None, hidden, locked });
                    keys[at] = Some(key);
                }
            }
        }
        for (at, item) in results.iter().enumerate() {
            let slot = match keys[at] {
                Some(key) if document.marks[&key].pair.as_ref().is_some_and(|p| p.source.as_ref() == Some(item)) => {
                    Slot::Pair(key)
                }
                Some(key) => Slot::Region(key),
                None => document.read_answer(item).map_or_else(|| Slot::Carried(item.clone()), Slot::Answer),
            };
            document.slots.push(slot);
        }
        document
    }

    /// A label result joins the box, polygon or point it repeats, unless that has labels already.
    fn join_pair(&mut self, key: RegionKey, item: &ResultItem, is_labels: bool, slot: &mut Option<RegionKey>) {
        let Some(mark) = self.marks.get_mut(&key) else { return };
        if is_labels && mark.pair.is_none() && !mark.region.item_type.ends_with("labels") {
            let labels = item.labels().into_iter().map(str::to_owned).collect();
            mark.pair = Some(Pair { from_name: item.from_name().to_owned(), labels, source: Some(item.clone()) });
            *slot = Some(key);
        }
    }

    fn read_region(&self, item: &ResultItem, sizes: &BTreeMap<String, ImageSize>) -> Option<Region> {
        let drawn = self.kit.shapes.iter().any(|s| s.name == item.from_name() && s.item_type == item.item_type());
        let labeled =
            item.item_type() == "labels" && self.kit.label_sets.iter().any(|(name, _)| name == item.from_name());
        if !(drawn || labeled) || item.item_index().is_some_and(|index| index > 0) {
            return None;
        }
        let on_text = self.kit.texts.iter().any(|name| name == item.to_name());
        let on_image = self.kit.images.iter().any(|name| name == item.to_name());
        let region = match sizes.get(item.to_name()) {
            Some(size) => Region::on_image(item, *size),
            None => Region::from_item(item, None),
        };
        // A malformed region is not shown, but not lost either: it is carried through.
        let region = region.ok().flatten()?;
        let usable = match &region.shape {
            Shape::Text(_) => on_text,
            Shape::Polygon(polygon) => on_image && !polygon.points.is_empty(),
            _ => on_image,
        };
        usable.then_some(region)
    }

    fn read_answer(&mut self, item: &ResultItem) -> Option<String> {
        let question = self.kit.question(item.from_name())?;
        let about_region = !item.id().is_empty() && self.loaded_ids.contains(item.id());
        if question.item_type != item.item_type() || about_region || self.answers.contains_key(&question.name) {
            return None;
        }
        let answer = Answer::from_item(question, item)?;
        let name = question.name.clone();
        let answered = Answered { answer: Some(answer), source: Some(item.clone()), id: item.id().to_owned() };
        self.answers.insert(name.clone(), answered);
        Some(name)
    }

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
                        results.push(mark.region.to_item());
                    }
                }
                Slot::Pair(key) => {
                    written_pairs.insert(*key);
                    results.extend(self.marks.get(key).and_then(pair_item));
                }
                Slot::Answer(name) => results.extend(self.answer_item(name)),
                Slot::Carried(item) => results.extend(self.carried_item(item, &by_id)),
            }
        }
        for (key, mark) in &self.marks {
            if !written.contains(key) {
                results.push(mark.region.to_item());
            }
            if !written_pairs.contains(key) {
                results.extend(pair_item(mark));
            }
        }
        let loaded = |name: &String| self.slots.iter().any(|slot| matches!(slot, Slot::Answer(known) if known == name));
        for question in self.kit.questions.iter().filter(|question| !loaded(&question.name)) {
            results.extend(self.answer_item(&question.name));
        }
        results
    }

    fn answer_item(&self, name: &str) -> Option<ResultItem> {
        let answered = self.answers.get(name)?;
        Some(answered.answer.as_ref()?.to_item(self.kit.question(name)?, answered.source.as_ref(), &answered.id))
    }

    /// Carried items about a region follow it: they go when it goes and move when it moves.
    fn carried_item(&self, item: &ResultItem, by_id: &BTreeMap<&str, &Mark>) -> Option<ResultItem> {
        let gone = |id: &str| self.loaded_ids.contains(id) && !by_id.contains_key(id);
        let end = |key: &str| item.0.get(key).and_then(Value::as_str).unwrap_or_default();
        if gone(item.id()) || gone(end("from_id")) || gone(end("to_id")) {
            return None;
        }
        let mut item = item.clone();
        if let Some(mark) = by_id.get(item.id()).filter(|mark| mark.region.to_name == item.to_name()) {
            mark.region.copy_geometry_to(&mut item);
        }
        Some(item)
    }

    /// What the interface offers.
    #[must_use]
    pub fn kit(&self) -> &Kit {
        &self.kit
    }

    /// All regions, oldest first.
    pub fn marks(&self) -> impl Iterator<Item = (RegionKey, &Mark)> {
        self.marks.iter().map(|(key, mark)| (*key, mark))
    }

    /// The regions of one object, oldest first.
    pub fn marks_on<'a>(&'a self, object: &'a str) -> impl Iterator<Item = (RegionKey, &'a Mark)> {
        self.marks().filter(move |(_, mark)| mark.region.to_name == object)
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
        self.marks().find(|(_, mark)| mark.region.id == id).map(|(key, _)| key)
    }

    pub(crate) fn mark_mut(&mut self, key: RegionKey) -> Option<&mut Mark> {
        self.marks.get_mut(&key)
    }

    pub(crate) fn insert(&mut self, key: RegionKey, mark: Mark) -> Option<Mark> {
        self.marks.insert(key, mark)
    }

    pub(crate) fn remove(&mut self, key: RegionKey) -> Option<Mark> {
        self.marks.remove(&key)
    }

    pub(crate) fn fresh_key(&mut self) -> RegionKey {
        self.next_key += 1;
        RegionKey(self.next_key)
    }

    /// The answer to a question.
    #[must_use]
    pub fn answer(&self, control: &str) -> Option<&Answer> {
        self.answers.get(control)?.answer.as_ref()
    }

    /// Puts an answer and returns the one before it. `id` names a result that is new.
    pub(crate) fn put_answer(&mut self, control: &str, answer: Option<Answer>, id: &str) -> Option<Answer> {
        let answered = self.answers.entry(control.to_owned()).or_insert_with(|| Answered {
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

fn pair_item(mark: &Mark) -> Option<ResultItem> {
    let pair = mark.pair.as_ref()?;
    let mut item = match &pair.source {
        Some(source) => source.clone(),
        None => {
            let mut item = mark.region.to_item();
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
