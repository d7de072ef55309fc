//! The work beside another version of it: a proposal, what somebody else did, how it was before. What is otherwise there is
//! told one by one, and taken over one by one or all at once, as a step that can be undone.

use std::collections::{BTreeMap, BTreeSet};

use domain::region::ImageSize;
use domain::result::ResultItem;

use super::document::{About, Document, Mark, RegionKey, Relation};
use super::editor::{Editor, Response};
use super::log::Change;
use super::stale::Stale;
use crate::view::Viewport;

/// Where something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    /// In the other version alone.
    OnlyThere,
    /// In both, but not the same.
    Otherwise,
    /// In this work alone.
    OnlyHere,
}

/// What is otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A region, its labels, its note, or an answer about it.
    Region {
        /// In this work.
        here: Option<RegionKey>,
        /// In the other version.
        there: Option<RegionKey>,
    },
    /// An answer about the task.
    Answer(String, About),
    /// A relation, by the ids of its regions.
    Relation(String, String),
}

/// One thing that is otherwise in another version of the work.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// What.
    pub subject: Subject,
    /// Where it is.
    pub how: How,
    /// What makes it as it is there.
    changes: Vec<Change>,
}

impl Editor {
    /// What is otherwise in another version: first what only that one has, then what both have, then what only this work
    /// has. Regions are the same when their ids are; of two people's, when they look the same. Regions that share an id
    /// with others have no name to be told by, and are left out.
    #[must_use]
    pub fn differences(&self, there: &Document) -> Vec<Difference> {
        let here = &self.document;
        let pairs = pairs(here, there);
        let mut found: Vec<Difference> = pairs.iter().filter_map(|pair| region(here, there, *pair)).collect();
        let asked = here
            .kit()
            .questions
            .iter()
            .flat_map(|question| question.subjects().into_iter().map(move |about| (question.name.as_str(), about)));
        found.extend(asked.filter_map(|(name, about)| {
            let (mine, theirs) = (here.answer(name, about), there.answer(name, about));
            (mine != theirs).then(|| Difference {
                subject: Subject::Answer(name.to_owned(), about),
                how: how(mine.is_some(), theirs.is_some()),
                changes: vec![answer(there, name, about, None)],
            })
        }));
        found.extend(relations(here, there, &pairs));
        found.sort_by_key(|difference| match difference.how {
            How::OnlyThere => 0,
            How::Otherwise => 1,
            How::OnlyHere => 2,
        });
        found
    }

    /// Whether it can be taken over: nothing that is locked here, and no relation of regions that are not.
    #[must_use]
    pub fn can_take(&self, difference: &Difference) -> bool {
        !self.read_only
            && match &difference.subject {
                Subject::Region { here: Some(key), .. } => self.document.mark(*key).is_some_and(Mark::is_editable),
                Subject::Region { here: None, .. } | Subject::Answer(..) => true,
                Subject::Relation(from, to) => [from, to].iter().all(|id| self.document.key_of(id).is_some()),
            }
    }

    /// Makes these things as they are there, in one step. What was taken over is selected.
    pub fn take_over(&mut self, differences: &[Difference]) -> Response {
        self.drop_gesture();
        let mut edits = Vec::new();
        let mut taken = BTreeSet::new();
        // Relations come after the regions that they join.
        let is_relation = |difference: &&Difference| matches!(difference.subject, Subject::Relation(..));
        let (relations, others): (Vec<_>, Vec<_>) = differences.iter().partition(is_relation);
        self.begin_step();
        for difference in others.into_iter().chain(relations) {
            if !self.can_take(difference) {
                continue;
            }
            for change in &difference.changes {
                let Some(edit) = self.edit_of(change) else { continue };
                taken.extend(edit.key());
                edits.push(self.apply(edit));
            }
        }
        self.commit_step();
        if !edits.contains(&true) {
            return Response::LIVELY;
        }
        taken.retain(|key| self.document.mark(*key).is_some());
        self.set_selection(taken);
        self.vertex = None;
        Response::CHANGED
    }

    /// What of each image is shown.
    #[must_use]
    pub fn views(&self) -> Vec<(String, Viewport)> {
        self.surfaces.iter().map(|(name, surface)| (name.clone(), surface.view)).collect()
    }

    /// How many of its images have been measured.
    #[must_use]
    pub fn measured_count(&self) -> usize {
        self.surfaces.len()
    }

    /// Shows of each image what these views show; where that is shown already, nothing is drawn anew.
    pub fn look_where(&mut self, views: &[(String, Viewport)]) -> Response {
        let mut moved = false;
        for (name, view) in views {
            if let Some(surface) = self.surfaces.get_mut(name)
                && surface.view.follow(view)
            {
                surface.stale = Stale::All;
                moved = true;
            }
        }
        if moved { Response::ALL } else { Response::NONE }
    }

    /// Sizes of the images that have been measured.
    pub(in crate::annotate) fn measured(&self) -> BTreeMap<String, ImageSize> {
        self.surfaces.iter().map(|(name, surface)| (name.clone(), surface.view.image())).collect()
    }
}

fn how(is_here: bool, is_there: bool) -> How {
    match (is_here, is_there) {
        (false, _) => How::OnlyThere,
        (true, true) => How::Otherwise,
        (true, false) => How::OnlyHere,
    }
}

type Pair = (Option<RegionKey>, Option<RegionKey>);

/// Each region with its like in the other version.
fn pairs(here: &Document, there: &Document) -> Vec<Pair> {
    let (mine, theirs) = (named(here), named(there));
    let mut left: Vec<(RegionKey, &Mark)> = Vec::new();
    let mut pairs: Vec<Pair> = Vec::new();
    for (id, key) in &mine {
        match (key, theirs.get(id)) {
            (Some(key), Some(Some(other))) => pairs.push((Some(*key), Some(*other))),
            (Some(key), None) => left.extend(here.mark(*key).map(|mark| (*key, mark))),
            // Whoever shares an id cannot be told by it.
            _ => {}
        }
    }
    let mut by_look: BTreeMap<String, Vec<RegionKey>> = BTreeMap::new();
    left.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
    for (key, mark) in &left {
        by_look.entry(look(mark)).or_default().push(*key);
    }
    let mut news: Vec<RegionKey> =
        theirs.iter().filter(|(id, _)| !mine.contains_key(*id)).filter_map(|(_, key)| *key).collect();
    news.sort();
    for key in news {
        let twin = there.mark(key).and_then(|mark| by_look.get_mut(&look(mark))?.pop());
        pairs.push((twin, Some(key)));
    }
    pairs.extend(by_look.into_values().flatten().map(|key| (Some(key), None)));
    pairs.sort_by_key(|(mine, theirs)| (mine.is_none(), *mine, *theirs));
    pairs
}

/// Regions by id; `None` for an id that several of them share.
fn named(document: &Document) -> BTreeMap<&str, Option<RegionKey>> {
    let mut named: BTreeMap<&str, Option<RegionKey>> = BTreeMap::new();
    for (key, mark) in document.marks().filter(|(_, mark)| !mark.region.id.is_empty()) {
        named.entry(&mark.region.id).and_modify(|known| *known = None).or_insert(Some(key));
    }
    named
}

/// What people see of a region: where it is, its shape and its labels.
fn look(mark: &Mark) -> String {
    format!("{}\n{}\n{:?}", mark.region.to_name, mark.labels().join("\n"), mark.region.shape)
}

/// What is otherwise about a region. One that only looks the same keeps its own id.
fn region(here: &Document, there: &Document, (mine, theirs): Pair) -> Option<Difference> {
    let subject = Subject::Region { here: mine, there: theirs };
    let marks = (mine.and_then(|key| here.mark(key)), theirs.and_then(|key| there.mark(key)));
    let about = |key: Option<RegionKey>| key.map(About::Region);
    let is_other = |name: &str| {
        let mine = about(mine).and_then(|about| here.answer(name, about));
        mine != about(theirs).and_then(|about| there.answer(name, about))
    };
    let questions = here.kit().questions.iter().filter(|question| question.per_region && is_other(&question.name));
    let mut changes = Vec::new();
    match (marks, theirs) {
        ((mine, Some(mark)), Some(key)) => {
            let id = mine.unwrap_or(mark).region.id.as_str();
            if mine.is_none_or(|mine| !is_alike(mine, mark)) {
                let items = there.items_of(key).into_iter().map(|item| called(item, "id", id)).collect();
                changes.push(Change::Region(id.to_owned(), items));
            }
            changes.extend(questions.map(|question| answer(there, &question.name, About::Region(key), Some(id))));
        }
        ((Some(mark), None), _) => changes.push(Change::Region(mark.region.id.clone(), Vec::new())),
        _ => {}
    }
    let how = how(mine.is_some(), theirs.is_some());
    (!changes.is_empty()).then_some(Difference { subject, how, changes })
}

/// An item with another id under a key.
fn called(mut item: ResultItem, key: &str, id: &str) -> ResultItem {
    item.0.insert(key.to_owned(), id.into());
    item
}

fn is_alike(one: &Mark, other: &Mark) -> bool {
    one.region.shape == other.region.shape
        && one.region.to_name == other.region.to_name
        && one.labels() == other.labels()
        && (&one.remark, one.z_order) == (&other.remark, other.z_order)
}

fn answer(there: &Document, control: &str, about: About, region: Option<&str>) -> Change {
    let (item, own) = there.answer_written(control, about);
    // An answer about a region carries the region's id.
    let item = match region {
        Some(region) => item.map(|item| called(item, "id", region)),
        None => item,
    };
    let index = if let About::Item(index) = about { Some(index) } else { None };
    Change::Answer { control: control.to_owned(), region: region.map(str::to_owned), index, item, id: own }
}

/// What is otherwise between regions; `pairs` says which are the same.
fn relations(here: &Document, there: &Document, pairs: &[Pair]) -> Vec<Difference> {
    let id = |document: &Document, key: RegionKey| document.mark(key).map(|mark| mark.region.id.clone());
    // By the ids that the regions have here, or would get; whichever way a relation points.
    let told = |document: &Document, name: &dyn Fn(RegionKey) -> Option<String>| {
        let item = |(key, relation): (_, &Relation)| {
            let (from, to) = (name(relation.from)?, name(relation.to)?);
            let item = called(called(document.relation_item(key)?, "from_id", &from), "to_id", &to);
            let ends = if from <= to { (from, to) } else { (to, from) };
            Some((ends, item))
        };
        document.relations().filter_map(item).collect::<BTreeMap<(String, String), ResultItem>>()
    };
    let known: BTreeMap<RegionKey, String> =
        pairs.iter().filter_map(|(mine, _)| mine.and_then(|key| Some((key, id(here, key)?)))).collect();
    let names: BTreeMap<RegionKey, String> = pairs
        .iter()
        .filter_map(|(mine, theirs)| {
            let key = (*theirs)?;
            Some((key, mine.and_then(|mine| id(here, mine)).or_else(|| id(there, key))?))
        })
        .collect();
    let mine = told(here, &|key| known.get(&key).cloned());
    let theirs = told(there, &|key| names.get(&key).cloned());
    let says = |item: Option<&ResultItem>| item.and_then(domain::result::Relation::from_item);
    let alike = |one: Option<&ResultItem>, other: Option<&ResultItem>| match (says(one), says(other)) {
        (Some(one), Some(other)) => {
            (one.from_id, one.to_id, one.direction, one.labels)
                == (other.from_id, other.to_id, other.direction, other.labels)
        }
        (one, other) => one.is_none() && other.is_none(),
    };
    let ends: BTreeSet<&(String, String)> = mine.keys().chain(theirs.keys()).collect();
    ends.into_iter()
        .filter(|ends| !alike(mine.get(*ends), theirs.get(*ends)))
        .map(|ends| {
            let (from, to) = ends.clone();
            let how = how(mine.contains_key(ends), theirs.contains_key(ends));
            let changes = vec![Change::Relation(from.clone(), to.clone(), theirs.get(ends).cloned())];
            Difference { subject: Subject::Relation(from, to), how, changes }
        })
        .collect()
}
