//! Masks from pixels that come in reading order.

use std::sync::Arc;

use super::{Mask, TILE, Tile, bits, columns};

/// Builds a mask from runs of pixels in reading order, holding one row of tiles besides the mask itself.
pub struct MaskBuilder {
    width: u32,
    height: u32,
    tiles: Vec<Tile>,
    /// The rows of tiles being written, one after another.
    band: Vec<u64>,
    is_dirty: bool,
    x: u32,
    y: u32,
}

impl MaskBuilder {
    /// For an image of `width` × `height` pixels; `None` where a mask cannot have that size.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Option<Self> {
        Mask::new(width, height)?;
        Some(Self {
            width,
            height,
            tiles: Vec::with_capacity(columns(width) as usize * columns(height) as usize),
            band: vec![0; columns(width) as usize * TILE as usize],
            is_dirty: false,
            x: 0,
            y: 0,
        })
    }

    /// The next `count` pixels, all painted or all not; what lies beyond the last pixel is left out.
    pub fn push(&mut self, is_painted: bool, mut count: u64) {
        while count > 0 && self.y < self.height {
            let left = self.width - self.x;
            let take = u32::try_from(count).map_or(left, |count| count.min(left));
            if is_painted {
                self.paint(self.x, self.x + take);
            }
            self.x += take;
            count -= u64::from(take);
            if self.x == self.width {
                self.x = 0;
                self.y += 1;
                if self.y.is_multiple_of(TILE) || self.y == self.height {
                    self.flush();
                }
            }
        }
    }

    /// The mask; pixels that never came are not painted.
    #[must_use]
    pub fn finish(mut self) -> Mask {
        if self.is_dirty {
            self.flush();
        }
        let count = columns(self.width) as usize * columns(self.height) as usize;
        self.tiles.resize(count, Tile::Empty);
        let mut mask = Mask {
            width: self.width,
            height: self.height,
            tiles: Arc::new(self.tiles),
            area: 0,
            bounds: None,
            stamp: None,
        };
        mask.changed();
        mask
    }

    fn paint(&mut self, x0: u32, x1: u32) {
        self.is_dirty = true;
        let row = ((self.y % TILE) * columns(self.width)) as usize;
        for tile_x in x0 / TILE..x1.div_ceil(TILE) {
            let base = tile_x * TILE;
            self.band[row + tile_x as usize] |= bits(x0.max(base) - base, x1.min(base + TILE) - base);
        }
    }

    fn flush(&mut self) {
        let across = columns(self.width) as usize;
        if self.is_dirty {
            for tile_x in 0..across {
                self.tiles.push(Tile::of(std::array::from_fn(|row| self.band[row * across + tile_x])));
            }
            self.band.fill(0);
        } else {
            self.tiles.extend(std::iter::repeat_n(Tile::Empty, across));
        }
        self.is_dirty = false;
    }
}

impl Mask {
    /// The mask of pixels with some opacity, from RGBA bytes in reading order; `None` where their number does not fit.
    #[must_use]
    pub fn from_rgba(width: u32, height: u32, rgba: &[u8]) -> Option<Self> {
        let mut builder = MaskBuilder::new(width, height)?;
        if rgba.len() as u64 != u64::from(width) * u64::from(height) * 4 {
            return None;
        }
        for row in rgba.chunks_exact(width as usize * 4) {
            builder.push_alpha(row.chunks_exact(4).map(|pixel| pixel[3]));
        }
        Some(builder.finish())
    }
}

impl MaskBuilder {
    /// The next pixels by their opacity; all that can be seen is painted.
    pub fn push_alpha(&mut self, alphas: impl IntoIterator<Item = u8>) {
        let (mut is_painted, mut count) = (false, 0);
        for alpha in alphas {
            if (alpha > 0) != is_painted {
                self.push(is_painted, std::mem::take(&mut count));
                is_painted = !is_painted;
            }
            count += 1;
        }
        self.push(is_painted, count);
    }
}
