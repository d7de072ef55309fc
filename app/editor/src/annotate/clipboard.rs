//! Copies of regions: beside the original, on another picture or page, in another task.
//!
//! What is copied is kept as items of the result, in percent: on a picture of another size a copy keeps its place.

use domain::label_config::{item_of, page_of};
use domain::region::{Bounds, ImageSize, ImageVector, Shape};
use domain::result::ResultItem;

use super::document::{Mark, RegionKey};
use super::editor::{Editor, Response};
use super::snap;
use crate::command::Command;

/// The most regions that are copied at once.
pub const MAX_COPIED: usize = 1_000;
/// How far a copy lies from what it would cover, in pixels of the screen.
const STEP: f64 = 12.0;
/// How often a copy moves on before it stays where others are.
const MOST_STEPS: u32 = 50;

impl Editor {
    /// What was copied: the items of each region.
    #[must_use]
    pub fn copied(&self) -> &[Vec<ResultItem>] {
        &self.copied
    }

    /// Something was copied elsewhere: in the task before, say.
    pub fn set_copied(&mut self, copied: Vec<Vec<ResultItem>>) -> Response {
        self.copied = copied;
        self.copied.truncate(MAX_COPIED);
        Response { panels: true, ..Response::NONE }
    }

    fn copies(&self) -> Vec<Vec<ResultItem>> {
        let is_seen = |(_, mark): &(RegionKey, &Mark)| mark.region.shape.bounds().is_some();
        let keys = self.selected_marks().filter(is_seen).map(|(key, _)| key);
        keys.take(MAX_COPIED).map(|key| self.document.items_of(key)).collect()
    }

    pub(super) fn copy(&mut self) -> Response {
        self.copied = self.copies();
        Response { panels: true, request: Some(Command::Copy), ..Response::LIVELY }
    }

    pub(super) fn duplicate(&mut self) -> Response {
        let copies = self.copies();
        self.put_copies(&copies, None)
    }

    /// On the picture people look at.
    pub(super) fn paste(&mut self) -> Response {
        let copies = self.copied.clone();
        let active = self.active.clone();
        self.put_copies(&copies, Some(&active))
    }

    fn put_copies(&mut self, copies: &[Vec<ResultItem>], onto: Option<&str>) -> Response {
        self.drop_gesture();
        let sizes = self.measured();
        let mut marks = Vec::new();
        for items in copies {
            let items: Vec<ResultItem> = items.iter().map(|item| moved_to(item, onto)).collect();
            let Some(mut mark) = self.document.read_mark(&items, &sizes).filter(|mark| self.may_be_here(mark)) else {
                continue;
            };
            let Some(size) = sizes.get(&mark.region.to_name).copied() else { continue };
            let Some(shape) = self.beside_others(&mark, size) else { continue };
            mark.region.shape = self.read_anew(&mark.region.to_name, shape);
            mark.region.id = self.fresh_id();
            mark.region.source = None;
            mark.region.size = Some(size);
            if let Some(pair) = &mut mark.pair {
                pair.source = None;
            }
            (mark.hidden, mark.locked) = (false, false);
            marks.push(mark);
        }
        self.insert_all(marks)
    }

    /// Whether the interface draws such a region there, and knows its labels.
    fn may_be_here(&self, mark: &Mark) -> bool {
        let kit = self.document.kit();
        let is_drawn =
            kit.shape(&mark.region.from_name).is_some_and(|shape| shape.to_names.contains(&mark.region.to_name));
        is_drawn && mark.labels().iter().all(|label| kit.label_of(mark, label).is_some())
    }

    /// Where it covers no region of its own place and size, and still on the image: a mask would lose what is cut off.
    fn beside_others(&self, mark: &Mark, size: ImageSize) -> Option<Shape> {
        let object = &mark.region.to_name;
        let step = self.view(object)?.image_length(STEP).max(1.0);
        let mut shape = snap::settle(&mark.region.shape, size)?;
        for _ in 0..MOST_STEPS {
            let Some(hull) = shape.bounds() else { break };
            let is_same = |other: &Mark| other.region.shape.bounds().is_some_and(|other| is_near(&other, &hull));
            let is_taken = self.document.marks_on(object).any(|(_, other)| is_same(other));
            let by = snap::clamp_move(&hull, ImageVector::new(step, step), size);
            if !is_taken || (by.x == 0.0 && by.y == 0.0) {
                break;
            }
            shape = snap::settle(&shape.translated(by), size)?;
        }
        Some(shape)
    }
}

/// Whether two hulls are the same to half a pixel.
fn is_near(one: &Bounds, other: &Bounds) -> bool {
    let pairs =
        [(one.min.x, other.min.x), (one.min.y, other.min.y), (one.max.x, other.max.x), (one.max.y, other.max.y)];
    pairs.into_iter().all(|(a, b)| (a - b).abs() < 0.5)
}

/// The item on another picture.
fn moved_to(item: &ResultItem, onto: Option<&str>) -> ResultItem {
    let mut item = item.clone();
    let Some(onto) = onto else { return item };
    if let Some((document, index)) = page_of(onto) {
        item.0.insert("to_name".to_owned(), document.into());
        if let Some(value) = item.0.get_mut("value").and_then(serde_json::Value::as_object_mut) {
            value.insert("pageIndex".to_owned(), (index + 1).into());
        }
        return item;
    }
    match item_of(onto) {
        Some((list, index)) => {
            item.0.insert("to_name".to_owned(), list.into());
            item.0.insert("item_index".to_owned(), index.into());
        }
        None => {
            item.0.insert("to_name".to_owned(), onto.into());
            item.0.shift_remove("item_index");
        }
    }
    item
}
