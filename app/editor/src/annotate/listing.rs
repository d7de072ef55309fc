//! The regions as a list shows them: all in the order they were made, those that were looked for, or label by label.

use std::collections::BTreeMap;

use super::document::RegionKey;
use super::editor::Editor;
use super::pieces::words_of;

/// What is wanted of a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words that a region has in its labels, its text or its note, in any case; empty for all regions.
    pub words: String,
    /// Label by label, in the order in which labels come first.
    pub by_label: bool,
}

/// A line of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// The regions below, up to the next one of these, have this label.
    Head {
        /// As shown.
        title: String,
        /// How many there are.
        count: usize,
    },
    /// A region.
    Region {
        /// Which.
        key: RegionKey,
        /// Its number among all regions, from 1.
        number: usize,
    },
}

impl Entry {
    /// The region of this line.
    #[must_use]
    pub fn key(&self) -> Option<RegionKey> {
        match self {
            Self::Region { key, .. } => Some(*key),
            Self::Head { .. } => None,
        }
    }
}

impl Editor {
    /// The list. Costs one step per region; with words or labels wanted, also what these say.
    #[must_use]
    pub fn listing(&self, wanted: &Wanted) -> Vec<Entry> {
        let words = wanted.words.trim().to_lowercase();
        let all = self.document().marks().map(|(key, _)| key).zip(1..);
        let found = all.filter(|(key, _)| words.is_empty() || self.is_called(*key, &words));
        if !wanted.by_label {
            return found.map(|(key, number)| Entry::Region { key, number }).collect();
        }
        let mut order: Vec<Vec<Entry>> = Vec::new();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        for (key, number) in found {
            let place = *places.entry(self.title(key)).or_insert_with(|| {
                order.push(Vec::new());
                order.len() - 1
            });
            order[place].push(Entry::Region { key, number });
        }
        let mut titles = vec![String::new(); order.len()];
        for (title, place) in places {
            titles[place] = title;
        }
        let groups = titles.into_iter().zip(order);
        groups
            .flat_map(|(title, regions)| {
                let head = Entry::Head { title, count: regions.len() };
                std::iter::once(head).chain(regions)
            })
            .collect()
    }

    fn is_called(&self, key: RegionKey, words: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(words);
        let text = self.document().mark(key).and_then(|mark| words_of(&mark.region.shape));
        has(&self.title(key)) || text.is_some_and(has) || self.note(key).is_some_and(|note| has(&note))
    }
}
