//! The work as what was done, one record after the other: what a browser keeps, so that a page that was closed comes back
//! with everything that can be undone.
//!
//! A record says how what it touched is afterwards, in the items of the result and by their ids; replayed on the results
//! the work began with, the records lead to the same work and the same history. What cannot be named that way (two
//! regions of one id, say) is recorded as the whole work, with nothing before it to undo.

use std::collections::BTreeMap;

use domain::label_config::LabelConfig;
use domain::region::mask::MaskPatch;
use domain::region::{ImageSize, Shape};
use domain::result::ResultItem;
use serde::{Deserialize, Serialize};

use super::document::{About, RegionKey, RelationKey};
use super::edit::Edit;
use super::editor::{Draft, Editor, Unfinished};

/// One thing that happened to the work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A step of the history.
    Step {
        /// Steps of one name that follow each other are undone as one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
        /// How what it touched is afterwards.
        changes: Vec<Change>,
    },
    /// A step was taken back.
    Undo,
    /// A step that was taken back was made again.
    Redo,
    /// How far the polygon is that is being drawn.
    Path(Option<Unfinished>),
    /// The whole work, where no step can say it.
    Whole(Vec<ResultItem>),
}

/// How one thing is after a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The items of a region: its own and that of its labels. None for one that is gone.
    Region(String, Vec<ResultItem>),
    /// What was painted on a region.
    Paint(String, MaskPatch),
    /// The relation between two regions; `None` for one that is gone.
    Relation(String, String, Option<ResultItem>),
    /// An answer.
    Answer {
        /// The control.
        control: String,
        /// The region it is about; `None` for the task or a picture.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        region: Option<String>,
        /// The picture of a list it is about.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        index: Option<u64>,
        /// `None` for one that was cleared.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        item: Option<ResultItem>,
        /// The id of the answer's own item.
        id: String,
    },
}

/// What is recorded and not yet taken.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in crate::annotate) struct Log {
    records: Vec<Record>,
    path: Option<Unfinished>,
}

/// What a step touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Touched<'a> {
    Region(RegionKey, bool),
    Relation(RelationKey),
    Answer(&'a str, About),
}

impl Editor {
    /// From now on everything that changes the work is recorded.
    pub fn keep_log(&mut self) {
        self.log.get_or_insert_with(Log::default);
    }

    /// What was done again is recorded already.
    pub(in crate::annotate) fn go_on_logging(&mut self) {
        let path = self.unfinished();
        if let Some(log) = &mut self.log {
            log.path = path;
        }
    }

    /// What was recorded since this was last asked.
    pub fn take_log(&mut self) -> Vec<Record> {
        let path = self.unfinished();
        let Some(log) = &mut self.log else { return Vec::new() };
        if log.path != path {
            log.path.clone_from(&path);
            log.records.push(Record::Path(path));
        }
        std::mem::take(&mut log.records)
    }

    /// Opens the results that work began with and does again what was recorded since.
    #[must_use]
    pub fn replayed(
        config: &LabelConfig,
        results: &[ResultItem],
        records: &[Record],
        sizes: &BTreeMap<String, ImageSize>,
        seed: u64,
    ) -> Self {
        let mut editor = Self::new(config, results, sizes, seed);
        let mut path = None;
        for record in records {
            match record {
                Record::Step { name, changes } => editor.repeat(name.as_deref(), changes),
                Record::Undo => {
                    editor.history.undo(&mut editor.document);
                }
                Record::Redo => {
                    editor.history.redo(&mut editor.document);
                }
                Record::Path(unfinished) => path.clone_from(unfinished),
                Record::Whole(results) => {
                    let draft = Draft { results: results.clone(), unfinished: None };
                    editor = Self::from_draft(config, &draft, sizes, seed);
                }
            }
        }
        editor.refresh_all();
        editor.take_up(path);
        editor
    }

    /// Records the last step; `name` for one that only its last edit belongs to.
    pub(in crate::annotate) fn log_step(&mut self, name: Option<&str>) {
        if self.log.is_none() && self.again.is_none() {
            return;
        }
        let inverses = self.history.last();
        let new = if name.is_some() { inverses.len().saturating_sub(1) } else { 0 };
        let record = match self.changes_of(&inverses[new..]) {
            Some(changes) => Record::Step { name: name.map(str::to_owned), changes },
            None => Record::Whole(self.document.to_results()),
        };
        self.log_record(record);
    }

    pub(in crate::annotate) fn log_travel(&mut self, back: bool) {
        self.log_record(if back { Record::Undo } else { Record::Redo });
    }

    fn log_record(&mut self, record: Record) {
        if let Some(again) = &mut self.again {
            again.records.push(record.clone());
        }
        if let Some(log) = &mut self.log {
            log.records.push(record);
        }
    }

    /// How what these edits would take back is now; `None` where it has no name of its own.
    fn changes_of(&self, inverses: &[Edit]) -> Option<Vec<Change>> {
        let mut touched: Vec<Touched<'_>> = Vec::new();
        for inverse in inverses {
            match inverse {
                Edit::Relate(key, _) => touched.push(Touched::Relation(*key)),
                Edit::Answer { control, about, .. } => touched.push(Touched::Answer(control, *about)),
                edit => touched.extend(edit.key().map(|key| Touched::Region(key, matches!(edit, Edit::Repaint(..))))),
            }
        }
        let mut seen = Vec::with_capacity(touched.len());
        for (at, one) in touched.iter().enumerate() {
            // What was painted is told by its pixels, unless something else happened to the region as well.
            let one = match *one {
                Touched::Region(key, true) if touched.contains(&Touched::Region(key, false)) => {
                    Touched::Region(key, false)
                }
                other => other,
            };
            if !seen.iter().any(|(_, known)| *known == one) {
                seen.push((at, one));
            }
        }
        seen.into_iter().map(|(at, one)| self.change(one, &inverses[at], inverses)).collect()
    }

    fn change(&self, touched: Touched<'_>, inverse: &Edit, all: &[Edit]) -> Option<Change> {
        let document = &self.document;
        let id = |key| document.mark(key).map(|mark| mark.region.id.clone());
        Some(match touched {
            Touched::Region(key, is_paint) => {
                let gone = || match inverse {
                    Edit::Insert(_, mark) => Some(mark.region.id.clone()),
                    _ => all.iter().find_map(|edit| match edit {
                        Edit::Insert(other, mark) if *other == key => Some(mark.region.id.clone()),
                        _ => None,
                    }),
                };
                let id = id(key).or_else(gone).filter(|id| document.is_name(id))?;
                match (document.mark(key).map(|mark| &mark.region.shape), is_paint) {
                    (Some(Shape::Mask(mask)), true) => {
                        let mut patches = all.iter().filter_map(|edit| match edit {
                            Edit::Repaint(other, patch) if *other == key => Some(patch),
                            _ => None,
                        });
                        let first = patches.next()?;
                        let patch = patches.fold(mask.patch_like(first), |all, more| all.and(mask.patch_like(more)));
                        Change::Paint(id, patch)
                    }
                    _ => Change::Region(id, document.items_of(key)),
                }
            }
            Touched::Relation(key) => {
                let known = document.relation(key);
                let before = || if let Edit::Relate(_, Some(before)) = inverse { Some(&**before) } else { None };
                let relation = known.or_else(before)?;
                let is_one = |other: &super::Relation| {
                    (other.from, other.to) == (relation.from, relation.to)
                        || (other.from, other.to) == (relation.to, relation.from)
                };
                let (from, to) = (id(relation.from)?, id(relation.to)?);
                let others = document.relations().filter(|(other, that)| *other != key && is_one(that)).count();
                if others > 0 || !document.is_name(&from) || !document.is_name(&to) {
                    return None;
                }
                Change::Relation(from, to, document.relation_item(key))
            }
            Touched::Answer(control, about) => {
                let (region, index) = match about {
                    About::Task => (None, None),
                    About::Item(index) => (None, Some(index)),
                    About::Region(key) => (Some(id(key).filter(|id| document.is_name(id))?), None),
                };
                let (item, id) = document.answer_written(control, about);
                Change::Answer { control: control.to_owned(), region, index, item, id }
            }
        })
    }

    /// Makes a recorded step again.
    fn repeat(&mut self, name: Option<&str>, changes: &[Change]) {
        if name.is_none() {
            self.history.begin();
        }
        for change in changes {
            let Some(edit) = self.edit_of(change) else { continue };
            match name {
                Some(name) => self.history.apply_merged(edit, &mut self.document, name),
                None => self.history.apply(edit, &mut self.document),
            };
        }
        self.history.commit();
    }

    pub(in crate::annotate) fn edit_of(&mut self, change: &Change) -> Option<Edit> {
        match change {
            Change::Region(id, items) if items.is_empty() => {
                // One that cannot be read as yet is gone all the same.
                self.document.drop_carried(id);
                self.document.key_of(id).map(Edit::Remove)
            }
            Change::Region(id, items) => {
                let known = self.document.key_of(id);
                let Some(mut mark) = self.document.read_mark(items, &self.measured()) else {
                    // Not lost where the interface has become another one meanwhile.
                    self.document.carry(items);
                    return None;
                };
                if let Some(known) = known.and_then(|key| self.document.mark(key)) {
                    (mark.hidden, mark.locked) = (known.hidden, known.locked);
                }
                let key = known.unwrap_or_else(|| self.document.fresh_key());
                Some(Edit::Insert(key, Box::new(mark)))
            }
            Change::Paint(id, patch) => Some(Edit::Repaint(self.document.key_of(id)?, patch.clone())),
            Change::Relation(from, to, item) => {
                let (from, to) = (self.document.key_of(from)?, self.document.key_of(to)?);
                let known = self.document.relation_between(from, to);
                match item.as_ref().and_then(|item| self.document.read_ends(item)) {
                    Some(relation) => {
                        let key = known.unwrap_or_else(|| self.document.fresh_relation_key());
                        Some(Edit::Relate(key, Some(Box::new(relation))))
                    }
                    None => Some(Edit::Relate(known?, None)),
                }
            }
            Change::Answer { control, region, index, item, id } => {
                let about = match (region, index) {
                    (Some(region), _) => About::Region(self.document.key_of(region)?),
                    (None, Some(index)) => About::Item(*index),
                    (None, None) => About::Task,
                };
                let question = self.document.kit().question(control)?;
                let answer = item.as_ref().and_then(|item| question.asks.read(item));
                Some(Edit::Answer { control: control.clone(), about, answer, id: id.clone() })
            }
        }
    }
}
