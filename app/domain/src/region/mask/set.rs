//! Masks as sets of pixels: together, without, in common, and how alike two are.

use std::sync::Arc;

use super::{Mask, Tile};

impl Mask {
    /// Adds everything painted on the other mask. Masks of different sizes have nothing in common.
    pub fn unite(&mut self, other: &Self) {
        self.combine(other, |a, b| a | b);
    }

    /// Removes everything painted on the other mask.
    pub fn subtract(&mut self, other: &Self) {
        self.combine(other, |a, b| a & !b);
    }

    /// Keeps what is painted on both.
    pub fn intersect(&mut self, other: &Self) {
        self.combine(other, |a, b| a & b);
    }

    /// How many pixels are painted on both.
    #[must_use]
    pub fn shared_area(&self, other: &Self) -> u64 {
        if (self.width, self.height) != (other.width, other.height) {
            return 0;
        }
        let both = self.tiles.iter().zip(other.tiles.iter());
        both.map(|tiles| match tiles {
            (Tile::Empty, _) | (_, Tile::Empty) => 0,
            (Tile::Full, tile) | (tile, Tile::Full) => tile.area(),
            (Tile::Bits(a), Tile::Bits(b)) => {
                a.iter().zip(b.iter()).map(|(a, b)| u64::from((a & b).count_ones())).sum()
            }
        })
        .sum()
    }

    /// Intersection over union (Jaccard), from 0 to 1; two empty masks agree fully.
    #[must_use]
    pub fn iou(&self, other: &Self) -> f64 {
        let shared = self.shared_area(other);
        ratio(shared, self.area + other.area - shared)
    }

    /// Dice coefficient, twice the shared area over the sum of both, from 0 to 1; two empty masks agree fully.
    #[must_use]
    pub fn dice(&self, other: &Self) -> f64 {
        ratio(2 * self.shared_area(other), self.area + other.area)
    }

    fn combine(&mut self, other: &Self, with: impl Fn(u64, u64) -> u64) {
        if (self.width, self.height) != (other.width, other.height) {
            return;
        }
        let tiles = Arc::make_mut(&mut self.tiles);
        for (mine, theirs) in tiles.iter_mut().zip(other.tiles.iter()) {
            if matches!((&*mine, theirs), (Tile::Empty, Tile::Empty)) {
                continue;
            }
            let (a, b) = (mine.rows(), theirs.rows());
            *mine = Tile::of(std::array::from_fn(|row| with(a[row], b[row])));
        }
        self.changed();
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    // Pixel counts stay below 2³¹: exact as floats.
    #[allow(clippy::cast_precision_loss)]
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}
