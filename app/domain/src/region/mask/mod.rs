//! Painted areas: one bit for each pixel of an image.
//!
//! A mask is kept in tiles of 64 × 64 pixels that are empty, full or a shared block of bits, so that an untouched mask
//! costs next to nothing, a copy (one step of the history) shares all tiles that did not change, and every operation
//! works on 64 pixels at a time.
//!
//! Invariants:
//! - tiles are canonical (never a block that is all zeros or all ones), so equal masks are equal values;
//! - bits beyond the image's edge are never set;
//! - [`Mask::area`] and [`Mask::bounds`] are always those of the bits.

mod build;
mod contour;
mod kept;
mod patch;
mod png;
mod rle;
mod set;
mod stroke;
mod wand;

use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use build::MaskBuilder;
pub use contour::Contour;
pub use patch::MaskPatch;
pub(crate) use png::gray as gray_png;
pub use stroke::Brush;
pub use wand::{Pixels, Wand};

use super::{Bounds, ImagePoint, ImageSize};

/// Pixels along one side of a tile, and bits in one of its rows.
const TILE: u32 = 64;

/// The most pixels a mask may have: Label Studio counts four values per pixel in 32 bits.
pub const MAX_PIXELS: u64 = (u32::MAX / 4) as u64;

/// A block of pixels with whole coordinates; `x1` and `y1` lie one past the last pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PixelRect {
    /// The leftmost column.
    pub x0: u32,
    /// The topmost row.
    pub y0: u32,
    /// One past the rightmost column.
    pub x1: u32,
    /// One past the lowest row.
    pub y1: u32,
}

impl PixelRect {
    /// The smallest block around both.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            x0: self.x0.min(other.x0),
            y0: self.y0.min(other.y0),
            x1: self.x1.max(other.x1),
            y1: self.y1.max(other.y1),
        }
    }
}

/// An area of an image, pixel by pixel.
#[derive(Debug, Clone)]
pub struct Mask {
    width: u32,
    height: u32,
    /// Row by row, [`columns`] in each.
    tiles: Arc<Vec<Tile>>,
    area: u64,
    bounds: Option<PixelRect>,
    /// What it was read from, for as long as it is unchanged.
    stamp: Option<u64>,
}

#[derive(Debug, Clone, PartialEq)]
enum Tile {
    Empty,
    Full,
    /// One word per row, the leftmost pixel in the lowest bit.
    Bits(Arc<[u64; TILE as usize]>),
}

impl Tile {
    fn row(&self, row: u32) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Full => u64::MAX,
            Self::Bits(rows) => rows[row as usize],
        }
    }

    fn rows(&self) -> [u64; TILE as usize] {
        match self {
            Self::Empty => [0; TILE as usize],
            Self::Full => [u64::MAX; TILE as usize],
            Self::Bits(rows) => **rows,
        }
    }

    fn of(rows: [u64; TILE as usize]) -> Self {
        if rows.iter().all(|row| *row == 0) {
            Self::Empty
        } else if rows.iter().all(|row| *row == u64::MAX) {
            Self::Full
        } else {
            Self::Bits(Arc::new(rows))
        }
    }

    fn area(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Full => u64::from(TILE) * u64::from(TILE),
            Self::Bits(rows) => rows.iter().map(|row| u64::from(row.count_ones())).sum(),
        }
    }
}

/// How many tiles lie side by side.
const fn columns(width: u32) -> u32 {
    width.div_ceil(TILE)
}

impl PartialEq for Mask {
    fn eq(&self, other: &Self) -> bool {
        (self.width, self.height, self.area) == (other.width, other.height, other.area)
            && (Arc::ptr_eq(&self.tiles, &other.tiles) || self.tiles == other.tiles)
    }
}

impl Mask {
    /// Nothing painted on an image of `width` × `height` pixels; `None` for a size without pixels or with more than
    /// [`MAX_PIXELS`].
    #[must_use]
    pub fn new(width: u32, height: u32) -> Option<Self> {
        let pixels = u64::from(width) * u64::from(height);
        (1..=MAX_PIXELS).contains(&pixels).then(|| Self {
            width,
            height,
            tiles: Arc::new(vec![Tile::Empty; columns(width) as usize * columns(height) as usize]),
            area: 0,
            bounds: None,
            stamp: None,
        })
    }

    /// Nothing painted on an image of this size; `None` where a mask cannot be that large.
    #[must_use]
    pub fn on(size: ImageSize) -> Option<Self> {
        Self::new(whole(size.width)?, whole(size.height)?)
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// How many pixels are painted.
    #[must_use]
    pub fn area(&self) -> u64 {
        self.area
    }

    /// Whether nothing is painted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.area == 0
    }

    /// The smallest block around all painted pixels; `None` where there are none.
    #[must_use]
    pub fn pixel_bounds(&self) -> Option<PixelRect> {
        self.bounds
    }

    /// The same as a hull in image space.
    #[must_use]
    pub fn bounds(&self) -> Option<Bounds> {
        let block = self.bounds?;
        Some(Bounds {
            min: ImagePoint::new(f64::from(block.x0), f64::from(block.y0)),
            max: ImagePoint::new(f64::from(block.x1), f64::from(block.y1)),
        })
    }

    /// Whether the pixel in column `x` of row `y` is painted.
    #[must_use]
    pub fn get(&self, x: u32, y: u32) -> bool {
        x < self.width && y < self.height && (self.word(x / TILE, y) >> (x % TILE)) & 1 == 1
    }

    /// Whether the pixel under a point is painted.
    #[must_use]
    pub fn contains(&self, point: ImagePoint) -> bool {
        match (pixel(point.x, self.width), pixel(point.y, self.height)) {
            (Some(x), Some(y)) => self.get(x, y),
            _ => false,
        }
    }

    /// Image pixels from a point to the painted area, looking no farther than `within`; 0 on it, infinite beyond.
    #[must_use]
    pub fn distance(&self, point: ImagePoint, within: f64) -> f64 {
        if self.contains(point) {
            return 0.0;
        }
        let Some(bounds) = self.bounds().filter(|bounds| bounds.inflate(within).contains(point)) else {
            return f64::INFINITY;
        };
        let rows = (clamp_floor(point.y - within, self.height), clamp_floor(point.y + within, self.height));
        let columns = (clamp_floor(point.x - within, self.width), clamp_floor(point.x + within, self.width));
        let mut nearest = f64::INFINITY;
        for y in rows.0.max(clamp_floor(bounds.min.y, self.height))..=rows.1 {
            for x in columns.0..=columns.1 {
                if self.get(x, y) {
                    let across = gap(point.x, x);
                    nearest = nearest.min(across.hypot(gap(point.y, y)));
                }
            }
        }
        if nearest <= within { nearest } else { f64::INFINITY }
    }

    /// Calls `see(y, x0, x1)` for every stretch of painted pixels, row by row and from left to right; `x1` lies one
    /// past the last.
    pub fn spans(&self, mut see: impl FnMut(u32, u32, u32)) {
        let Some(block) = self.bounds else { return };
        let across = columns(self.width);
        for y in block.y0..block.y1 {
            let first = (y / TILE * across) as usize;
            let tiles = &self.tiles[first..first + across as usize];
            let mut open: Option<(u32, u32)> = None;
            for tile_x in block.x0 / TILE..block.x1.div_ceil(TILE) {
                let mut word = tiles[tile_x as usize].row(y % TILE);
                let base = tile_x * TILE;
                let mut at = 0;
                while word != 0 {
                    let skip = word.trailing_zeros();
                    let run = (word >> skip).trailing_ones();
                    let (x0, x1) = (base + at + skip, base + at + skip + run);
                    match &mut open {
                        Some((_, end)) if *end == x0 => *end = x1,
                        _ => {
                            if let Some((start, end)) = open.replace((x0, x1)) {
                                see(y, start, end);
                            }
                        }
                    }
                    at += skip + run;
                    // Shifting a word by all its bits is not defined.
                    word = if skip + run < TILE { word >> (skip + run) } else { 0 };
                }
            }
            if let Some((start, end)) = open {
                see(y, start, end);
            }
        }
    }

    /// How many pixels in reading order are not painted, then painted, then not, and so on to the last one; every count but
    /// the first is above 0.
    #[must_use]
    pub fn runs(&self) -> Vec<u64> {
        let width = u64::from(self.width);
        let mut runs: Vec<u64> = vec![0];
        let mut at = 0;
        self.spans(|y, x0, x1| {
            let (start, end) = (u64::from(y) * width + u64::from(x0), u64::from(y) * width + u64::from(x1));
            if start > at || at == 0 {
                // `runs` ends with a painted run, or is the first count alone.
                if runs.len() == 1 {
                    runs[0] = start;
                } else {
                    runs.push(start - at);
                }
                runs.push(end - start);
            } else if let Some(painted) = runs.last_mut() {
                // A stretch that goes on at the beginning of the next row.
                *painted += end - start;
            }
            at = end;
        });
        let pixels = width * u64::from(self.height);
        if at == 0 {
            return vec![pixels];
        }
        if at < pixels {
            runs.push(pixels - at);
        }
        runs
    }

    /// The mask with rows and columns exchanged.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let (across, down) = (columns(self.width), columns(self.height));
        let tile = |index: u32| {
            let (x, y) = (index / down, index % down);
            match &self.tiles[(y * across + x) as usize] {
                Tile::Bits(rows) => {
                    let mut turned = [0; TILE as usize];
                    for (y, row) in rows.iter().enumerate() {
                        let mut left = *row;
                        while left != 0 {
                            turned[left.trailing_zeros() as usize] |= 1 << y;
                            left &= left - 1;
                        }
                    }
                    Tile::Bits(Arc::new(turned))
                }
                same => same.clone(),
            }
        };
        let mut turned = Self {
            width: self.height,
            height: self.width,
            tiles: Arc::new((0..across * down).map(tile).collect()),
            area: 0,
            bounds: None,
            stamp: None,
        };
        turned.changed();
        turned
    }

    /// The same mask moved by whole pixels; what leaves the image is lost.
    #[must_use]
    pub fn translated(&self, by_x: i64, by_y: i64) -> Self {
        let mut moved = Self::new(self.width, self.height).unwrap_or_else(|| self.clone());
        let mut rows = Vec::new();
        let shift = |at: u32, by: i64, limit: u32| {
            u32::try_from((i64::from(at).saturating_add(by)).clamp(0, i64::from(limit))).unwrap_or(limit)
        };
        self.spans(|y, x0, x1| {
            if let Ok(y) = u32::try_from(i64::from(y).saturating_add(by_y))
                && y < self.height
            {
                rows.push((y, shift(x0, by_x, self.width), shift(x1, by_x, self.width)));
            }
        });
        moved.fill(rows, true);
        moved
    }

    /// What it was read from, for as long as nothing has been painted since.
    pub(crate) fn stamp(&self) -> Option<u64> {
        self.stamp
    }

    /// Remembers what it was read from.
    pub(crate) fn stamped(self, stamp: u64) -> Self {
        Self { stamp: Some(stamp), ..self }
    }

    fn word(&self, tile_x: u32, y: u32) -> u64 {
        self.tiles[(y / TILE * columns(self.width) + tile_x) as usize].row(y % TILE)
    }

    /// Sets or clears stretches `(y, x0, x1)`; what lies outside the image is left out. Returns the block that may have
    /// changed.
    pub fn fill(&mut self, rows: impl IntoIterator<Item = (u32, u32, u32)>, on: bool) -> Option<PixelRect> {
        let (width, height, across) = (self.width, self.height, columns(self.width));
        let tiles = Arc::make_mut(&mut self.tiles);
        let mut dirty: Option<PixelRect> = None;
        for (y, x0, x1) in rows {
            let x1 = x1.min(width);
            if y >= height || x0 >= x1 {
                continue;
            }
            for tile_x in x0 / TILE..x1.div_ceil(TILE) {
                let base = tile_x * TILE;
                let bits = bits(x0.max(base) - base, x1.min(base + TILE) - base);
                let tile = &mut tiles[(y / TILE * across + tile_x) as usize];
                let before = tile.row(y % TILE);
                let after = if on { before | bits } else { before & !bits };
                if before != after {
                    if !matches!(tile, Tile::Bits(_)) {
                        *tile = Tile::Bits(Arc::new(tile.rows()));
                    }
                    if let Tile::Bits(rows) = tile {
                        Arc::make_mut(rows)[(y % TILE) as usize] = after;
                    }
                }
            }
            let block = PixelRect { x0, y0: y, x1, y1: y + 1 };
            dirty = Some(dirty.map_or(block, |known| known.union(block)));
        }
        let block = dirty?;
        for tile_y in block.y0 / TILE..block.y1.div_ceil(TILE) {
            for tile_x in block.x0 / TILE..block.x1.div_ceil(TILE) {
                let tile = &mut tiles[(tile_y * across + tile_x) as usize];
                if let Tile::Bits(rows) = tile
                    && (rows.iter().all(|row| *row == 0) || rows.iter().all(|row| *row == u64::MAX))
                {
                    *tile = Tile::of(**rows);
                }
            }
        }
        self.changed();
        Some(block)
    }

    /// Brings area and bounds up to date.
    fn changed(&mut self) {
        self.stamp = None;
        self.area = self.tiles.iter().map(Tile::area).sum();
        self.bounds = self.measure();
    }

    fn measure(&self) -> Option<PixelRect> {
        let across = columns(self.width);
        let mut block: Option<PixelRect> = None;
        for (tile_y, tiles) in (0..).zip(self.tiles.chunks(across as usize)) {
            for (tile_x, tile) in (0..).zip(tiles) {
                let (base_x, base_y) = (tile_x * TILE, tile_y * TILE);
                let found = match tile {
                    Tile::Empty => continue,
                    Tile::Full => PixelRect { x0: base_x, y0: base_y, x1: base_x + TILE, y1: base_y + TILE },
                    Tile::Bits(rows) => {
                        let any = rows.iter().fold(0, |any, row| any | row);
                        let first = rows.iter().take_while(|row| **row == 0).count();
                        let last = rows.iter().rev().take_while(|row| **row == 0).count();
                        let row = |count: usize| u32::try_from(count).unwrap_or(TILE);
                        PixelRect {
                            x0: base_x + any.trailing_zeros(),
                            y0: base_y + row(first),
                            x1: base_x + TILE - any.leading_zeros(),
                            y1: base_y + TILE - row(last),
                        }
                    }
                };
                block = Some(block.map_or(found, |known| known.union(found)));
            }
        }
        block
    }
}

/// The bits `from..to` of a word.
const fn bits(from: u32, to: u32) -> u64 {
    below(to) & !below(from)
}

/// The lowest `count` bits of a word.
const fn below(count: u32) -> u64 {
    if count >= TILE { u64::MAX } else { (1 << count) - 1 }
}

/// A size in whole pixels; images have no others.
fn whole(side: f64) -> Option<u32> {
    (side.fract() == 0.0 && side >= 1.0).then(|| clamp_floor(side, u32::MAX))
}

/// The pixel a coordinate falls into; `None` outside the image.
fn pixel(at: f64, limit: u32) -> Option<u32> {
    (at >= 0.0 && at < f64::from(limit)).then(|| clamp_floor(at, limit))
}

/// The pixel a coordinate falls into, or the nearest one of the image.
fn clamp_floor(at: f64, limit: u32) -> u32 {
    let last = f64::from(limit.saturating_sub(1).max(u32::from(limit == u32::MAX) * (u32::MAX - 1)));
    // Clamped to the range of the type just above; not a number counts as 0.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let floor = if at.is_nan() { 0 } else { at.floor().clamp(0.0, last) as u32 };
    floor
}

/// How far a coordinate lies outside a pixel.
fn gap(at: f64, pixel: u32) -> f64 {
    (f64::from(pixel) - at).max(at - f64::from(pixel) - 1.0).max(0.0)
}

#[cfg(test)]
mod code_tests;
#[cfg(test)]
mod tests;
