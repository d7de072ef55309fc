//! Finds regions on one image quickly.
//!
//! A uniform grid of 64 by 64 cells: keeping one region up to date costs the cells it covers (at most
//! [`MAX_CELLS`]; larger ones go into one list that is scanned), finding what is under the pointer costs the regions of
//! one cell plus the large ones. With 10,000 regions of usual size that is a handful of exact tests per event.

use std::collections::{BTreeMap, BTreeSet};

use domain::region::{Bounds, ImagePoint, ImageSize};

use super::document::{Document, RegionKey};

const SIDE: u16 = 64;
/// A region over more cells than this is kept in the list of large ones.
const MAX_CELLS: u32 = 256;

/// The regions of one image by place.
#[derive(Debug, Clone)]
pub struct Scene {
    size: ImageSize,
    cells: BTreeMap<(u16, u16), Vec<RegionKey>>,
    large: Vec<RegionKey>,
    bounds: BTreeMap<RegionKey, Bounds>,
}

impl Scene {
    /// The regions of `object` in `document`.
    #[must_use]
    pub fn new(document: &Document, object: &str, size: ImageSize) -> Self {
        let mut scene = Self { size, cells: BTreeMap::new(), large: Vec::new(), bounds: BTreeMap::new() };
        for (key, mark) in document.marks_on(object) {
            scene.put(key, mark.region.shape.bounds());
        }
        scene
    }

    /// Brings one region up to date.
    pub fn update(&mut self, document: &Document, object: &str, key: RegionKey) {
        let mark = document.mark(key).filter(|mark| mark.region.to_name == object);
        self.put(key, mark.and_then(|mark| mark.region.shape.bounds()));
    }

    fn put(&mut self, key: RegionKey, bounds: Option<Bounds>) {
        if let Some(old) = self.bounds.remove(&key) {
            match self.covered(&old) {
                Some(cells) => {
                    for cell in cells {
                        if let Some(keys) = self.cells.get_mut(&cell) {
                            keys.retain(|known| *known != key);
                        }
                    }
                }
                None => self.large.retain(|known| *known != key),
            }
        }
        if let Some(bounds) = bounds {
            match self.covered(&bounds) {
                Some(cells) => cells.into_iter().for_each(|cell| self.cells.entry(cell).or_default().push(key)),
                None => self.large.push(key),
            }
            self.bounds.insert(key, bounds);
        }
    }

    fn cell(&self, point: ImagePoint) -> (u16, u16) {
        let axis = |at: f64, side: f64| {
            let cell = (at / side * f64::from(SIDE)).floor().clamp(0.0, f64::from(SIDE - 1));
            // A small table walk instead of a lossy cast: `cell` is whole and below SIDE.
            (0..SIDE).rev().find(|n| f64::from(*n) <= cell).unwrap_or(0)
        };
        (axis(point.x, self.size.width), axis(point.y, self.size.height))
    }

    /// The cells a hull covers; `None` when they are too many.
    fn covered(&self, bounds: &Bounds) -> Option<Vec<(u16, u16)>> {
        let ((x0, y0), (x1, y1)) = (self.cell(bounds.min), self.cell(bounds.max));
        let count = u32::from(x1 - x0 + 1) * u32::from(y1 - y0 + 1);
        (count <= MAX_CELLS).then(|| (y0..=y1).flat_map(|y| (x0..=x1).map(move |x| (x, y))).collect())
    }

    /// The regions whose hull meets `area`, oldest first, each once.
    #[must_use]
    pub fn near(&self, area: &Bounds) -> Vec<RegionKey> {
        let ((x0, y0), (x1, y1)) = (self.cell(area.min), self.cell(area.max));
        let in_cells =
            (y0..=y1).flat_map(|y| (x0..=x1).map(move |x| (x, y))).filter_map(|cell| self.cells.get(&cell)).flatten();
        let mut keys: Vec<RegionKey> = in_cells.chain(&self.large).copied().collect();
        keys.sort_unstable();
        keys.dedup();
        keys.retain(|key| self.bounds.get(key).is_some_and(|bounds| bounds.intersects(area)));
        keys
    }

    /// Whether the hulls of more than `most` regions meet `area`. Stops looking as soon as it knows.
    #[must_use]
    pub fn has_more_than(&self, most: usize, area: &Bounds) -> bool {
        let ((x0, y0), (x1, y1)) = (self.cell(area.min), self.cell(area.max));
        let in_cells =
            (y0..=y1).flat_map(|y| (x0..=x1).map(move |x| (x, y))).filter_map(|cell| self.cells.get(&cell)).flatten();
        let mut met = BTreeSet::new();
        for key in in_cells.chain(&self.large) {
            if self.bounds.get(key).is_some_and(|bounds| bounds.intersects(area)) {
                met.insert(*key);
            }
            if met.len() > most {
                return true;
            }
        }
        false
    }

    /// The hull of one region.
    #[must_use]
    pub fn bounds(&self, key: RegionKey) -> Option<Bounds> {
        self.bounds.get(&key).copied()
    }
}
