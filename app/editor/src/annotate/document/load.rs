//! Reading results into a document.

use std::collections::BTreeMap;

use domain::Error;
use domain::label_config::LabelConfig;
use domain::region::ImageSize;
use domain::result::{self, Region, ResultItem};

use super::answered::{About, Answered};
use super::mark::{place_of, remark_of};
use super::{Document, Mark, Pair, RegionKey, Relation, RelationKey, Slot};
use crate::annotate::kit::{Kit, ObjectKind};
use crate::annotate::log::{Change, Record};

impl Document {
    /// Reads results. `sizes` are the real sizes of the images by object name; without one, a result's own size is
    /// used. Whatever is not understood is carried through.
    #[must_use]
    pub fn from_results(config: &LabelConfig, results: &[ResultItem], sizes: &BTreeMap<String, ImageSize>) -> Self {
        let mut document = Self { kit: Kit::new(config), ..Self::default() };
        let mut by_id: BTreeMap<(String, String), RegionKey> = BTreeMap::new();
        // Geometry first, whatever the order: a separate label result needs the region it belongs to.
        let mut regions: Vec<Option<Region>> = results.iter().map(|item| document.read_region(item, sizes)).collect();
        let is_label_set = |item: &ResultItem| document.kit.label_set(item.from_name()).is_some();
        let pairs: Vec<bool> = results.iter().map(|item| item.item_type() == "labels" && is_label_set(item)).collect();
        let mut keys: Vec<Option<RegionKey>> = vec![None; results.len()];
        for wanted_pair in [false, true] {
            for (at, item) in results.iter().enumerate().filter(|(at, _)| pairs[*at] == wanted_pair) {
                let Some(place) = document.place_of(item) else { continue };
                let name = (item.id().to_owned(), place);
                if let Some(key) = by_id.get(&name).filter(|_| !item.id().is_empty()) {
                    document.join_pair(*key, item, wanted_pair && regions[at].is_some(), &mut keys[at]);
                } else if let Some(region) = regions[at].take() {
                    let key = document.fresh_key();
                    by_id.insert(name, key);
                    document.loaded_ids.insert(region.id.clone());
                    let (hidden, locked) = (item.is_hidden(), item.is_readonly());
                    let remark = remark_of(item);
                    let z_order = item.z_order();
                    document.insert(key, Mark { region, pair: None, hidden, locked, remark, z_order });
                    keys[at] = Some(key);
                }
            }
        }
        let ends: BTreeMap<String, RegionKey> =
            document.marks.iter().map(|(key, mark)| (mark.region.id.clone(), *key)).collect();
        for (at, item) in results.iter().enumerate() {
            if let Some(key) = document.read_relation(item, &ends) {
                document.slots.push(Slot::Relation(key));
                continue;
            }
            let slot = match keys[at] {
                Some(key) if document.marks[&key].pair.as_ref().is_some_and(|p| p.source.as_ref() == Some(item)) => {
                    Slot::Pair(key)
                }
                Some(key) => Slot::Region(key),
                None => {
                    let place = document.place_of(item).unwrap_or_default();
                    let about = by_id.get(&(item.id().to_owned(), place)).copied();
                    match document.read_answer(item, about) {
                        Some((name, about)) => Slot::Answer(name, about),
                        None => Slot::Carried(item.clone()),
                    }
                }
            };
            document.slots.push(slot);
        }
        document
    }

    /// The region that its own items describe.
    pub(crate) fn read_mark(&self, items: &[ResultItem], sizes: &BTreeMap<String, ImageSize>) -> Option<Mark> {
        let (item, more) = items.split_first()?;
        let region = self.read_region(item, sizes)?;
        let pair = more.first().map(|item| Pair {
            from_name: item.from_name().to_owned(),
            labels: item.labels().into_iter().map(str::to_owned).collect(),
            source: Some(item.clone()),
        });
        let (hidden, locked, remark) = (item.is_hidden(), item.is_readonly(), remark_of(item));
        Some(Mark { region, pair, hidden, locked, remark, z_order: item.z_order() })
    }

    /// How large the pictures were on which something was drawn.
    pub(crate) fn sizes_in(&self, records: &[Record]) -> BTreeMap<String, ImageSize> {
        let changes = records.iter().flat_map(|record| match record {
            Record::Step { changes, .. } => changes.as_slice(),
            _ => &[],
        });
        let items = changes.flat_map(|change| match change {
            Change::Region(_, items) => items.as_slice(),
            _ => &[],
        });
        items.filter_map(|item| Some((self.place_of(item)?, item.original_size()?))).collect()
    }

    /// Whether there is something on a picture that is not among the measured ones.
    pub(crate) fn waits_for_others(&self, sizes: &BTreeMap<String, ImageSize>) -> bool {
        let is_unmeasured =
            |place: &str| !sizes.contains_key(place) && self.kit.object(place).is_some_and(ObjectKind::is_canvas);
        let carried = self.slots.iter().filter_map(|slot| match slot {
            Slot::Carried(item) => self.place_of(item),
            _ => None,
        });
        self.marks.values().any(|mark| is_unmeasured(&mark.region.to_name))
            || carried.into_iter().any(|place| is_unmeasured(&place))
    }

    /// The relation that an item describes, where both its regions are there.
    pub(crate) fn read_ends(&self, item: &ResultItem) -> Option<Relation> {
        let result::Relation { from_id, to_id, direction, labels, source } = result::Relation::from_item(item)?;
        let (from, to) = (self.key_of(&from_id)?, self.key_of(&to_id)?);
        Some(Relation { from, to, direction, labels, source })
    }

    /// Carries items that the interface does not understand.
    pub(crate) fn carry(&mut self, items: &[ResultItem]) {
        for item in items {
            let is_older = |known: &ResultItem| known.id() == item.id() && known.item_type() == item.item_type();
            self.slots.retain(|slot| !matches!(slot, Slot::Carried(known) if is_older(known)));
            self.slots.push(Slot::Carried(item.clone()));
        }
    }

    /// Forgets what is carried under the id of a region that is gone.
    pub(crate) fn drop_carried(&mut self, id: &str) {
        self.slots.retain(|slot| !matches!(slot, Slot::Carried(item) if item.id() == id));
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

    /// A relation of two regions that are there; any other is carried.
    fn read_relation(&mut self, item: &ResultItem, ends: &BTreeMap<String, RegionKey>) -> Option<RelationKey> {
        let result::Relation { from_id, to_id, direction, labels, source } = result::Relation::from_item(item)?;
        let (from, to) = (*ends.get(&from_id)?, *ends.get(&to_id)?);
        let key = self.fresh_relation_key();
        self.put_relation(key, Some(Relation { from, to, direction, labels, source }));
        Some(key)
    }

    /// The regions that are carried because they cannot be read, and why. Those of pictures that have not been measured may
    /// still be read.
    pub(crate) fn refused(&self, sizes: &BTreeMap<String, ImageSize>) -> Vec<(&ResultItem, Error)> {
        let is_open =
            |place: &str| sizes.contains_key(place) || !self.kit.object(place).is_some_and(ObjectKind::is_canvas);
        let carried = self.slots.iter().filter_map(|slot| match slot {
            Slot::Carried(item) => Some(item),
            _ => None,
        });
        let refused = carried.filter_map(|item| {
            let place = self.place_of(item).filter(|place| is_open(place))?;
            Some((item, self.try_region(item, &place, sizes)?.err()?))
        });
        refused.collect()
    }

    /// `None` for what is no region of this interface.
    fn try_region(
        &self,
        item: &ResultItem,
        place: &str,
        sizes: &BTreeMap<String, ImageSize>,
    ) -> Option<domain::Result<Option<Region>>> {
        let drawn = self.kit.shapes.iter().any(|s| s.name == item.from_name() && s.item_type == item.item_type());
        let labeled = self.kit.label_set(item.from_name()).is_some_and(|set| set.item_type == item.item_type());
        (drawn || labeled).then(|| match sizes.get(place) {
            Some(size) => Region::on_image(item, *size),
            None => Region::from_item(item, None),
        })
    }

    fn read_region(&self, item: &ResultItem, sizes: &BTreeMap<String, ImageSize>) -> Option<Region> {
        let place = self.place_of(item)?;
        // A malformed region is not shown, but not lost either: it is carried through.
        let region = self.try_region(item, &place, sizes)?.ok().flatten()?;
        let bears = self.kit.object(&place).is_some_and(|object| object.bears(&region.shape));
        bears.then_some(Region { to_name: place, ..region })
    }

    /// The object an item is about, as the interface of the task calls it.
    pub(crate) fn place_of(&self, item: &ResultItem) -> Option<String> {
        place_of(item, |name| self.kit.object(name).is_some())
    }

    /// `region` is the one whose id the item carries.
    fn read_answer(&mut self, item: &ResultItem, region: Option<RegionKey>) -> Option<(String, About)> {
        let question = self.kit.question(item.from_name()).filter(|question| question.item_type == item.item_type())?;
        let is_own = !self.loaded_ids.contains(item.id()) || item.id().is_empty();
        let about = match (question.per_region, region, &question.per_item) {
            (true, Some(key), _) => About::Region(key),
            (false, _, None) if is_own => About::Task,
            (false, _, Some((list, items))) if is_own && item.to_name() == list => {
                About::Item(item.item_index().or(Some(0)).filter(|index| items.contains(index))?)
            }
            _ => return None,
        };
        let name = (question.name.clone(), about);
        if self.answers.contains_key(&name) {
            return None;
        }
        let answer = question.asks.read(item)?;
        let answered = Answered { answer: Some(answer), source: Some(item.clone()), id: item.id().to_owned() };
        self.answers.insert(name.clone(), answered);
        Some(name)
    }
}
