//! What one stroke changed: the tiles that differ, and nothing else.
//!
//! A step of the history holds a [`MaskPatch`]; a painter asks where two masks differ and paints only that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::Error as _;

use super::{Mask, PixelRect, TILE, Tile, columns};

/// What makes one mask another of the same size.
#[derive(Debug, Clone, PartialEq)]
pub struct MaskPatch {
    tiles: Vec<(u32, Tile)>,
    stamp: Option<u64>,
}

impl MaskPatch {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tiles.is_empty()
    }

    /// Both, of one and the same mask.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for (at, tile) in other.tiles {
            if !self.tiles.iter().any(|(known, _)| *known == at) {
                self.tiles.push((at, tile));
            }
        }
        self
    }
}

impl Mask {
    /// What has to be put on this mask to make it `other`; nothing for masks of different sizes.
    #[must_use]
    pub fn patch_to(&self, other: &Self) -> MaskPatch {
        let mut tiles = Vec::new();
        if self.has_size_of(other) {
            let pairs = (0..).zip(self.tiles.iter().zip(other.tiles.iter()));
            tiles.extend(pairs.filter(|(_, (a, b))| !same(a, b)).map(|(at, (_, b))| (at, b.clone())));
        }
        MaskPatch { tiles, stamp: other.stamp }
    }

    /// Puts a patch on the mask and returns the one that takes it back.
    pub fn put(&mut self, patch: MaskPatch) -> MaskPatch {
        let mut back = MaskPatch { tiles: Vec::with_capacity(patch.tiles.len()), stamp: self.stamp };
        let tiles = std::sync::Arc::make_mut(&mut self.tiles);
        for (at, tile) in patch.tiles {
            if let Some(place) = tiles.get_mut(at as usize) {
                back.tiles.push((at, std::mem::replace(place, tile)));
            }
        }
        self.changed();
        self.stamp = patch.stamp;
        back
    }

    /// What the tiles of a patch hold now: put on the mask the patch was taken back from, it leads here again.
    #[must_use]
    pub fn patch_like(&self, patch: &MaskPatch) -> MaskPatch {
        let tile = |at: u32| Some((at, self.tiles.get(at as usize)?.clone()));
        MaskPatch { tiles: patch.tiles.iter().filter_map(|(at, _)| tile(*at)).collect(), stamp: self.stamp }
    }

    /// A block around all pixels in which two masks of the same size differ; `None` where they do not.
    #[must_use]
    pub fn difference(&self, other: &Self) -> Option<PixelRect> {
        if !self.has_size_of(other) || std::sync::Arc::ptr_eq(&self.tiles, &other.tiles) {
            return None;
        }
        let across = columns(self.width);
        let mut block: Option<PixelRect> = None;
        for (at, (a, b)) in (0_u32..).zip(self.tiles.iter().zip(other.tiles.iter())) {
            if same(a, b) {
                continue;
            }
            let (x, y) = (at % across * TILE, at / across * TILE);
            let tile = PixelRect { x0: x, y0: y, x1: (x + TILE).min(self.width), y1: (y + TILE).min(self.height) };
            block = Some(block.map_or(tile, |known| known.union(tile)));
        }
        block
    }

    /// As [`Mask::spans`], for the pixels inside a block only.
    pub fn spans_in(&self, block: PixelRect, mut see: impl FnMut(u32, u32, u32)) {
        let Some(bounds) = self.bounds else { return };
        let (x0, x1) = (block.x0.max(bounds.x0), block.x1.min(bounds.x1));
        let (y0, y1) = (block.y0.max(bounds.y0), block.y1.min(bounds.y1));
        if x0 >= x1 || y0 >= y1 {
            return;
        }
        for y in y0..y1 {
            let mut open: Option<(u32, u32)> = None;
            for tile_x in x0 / TILE..x1.div_ceil(TILE) {
                let base = tile_x * TILE;
                let mut word = self.word(tile_x, y) & super::bits(x0.max(base) - base, x1.min(base + TILE) - base);
                while word != 0 {
                    let from = word.trailing_zeros();
                    let run = (word >> from).trailing_ones();
                    let (start, end) = (base + from, base + from + run);
                    match &mut open {
                        Some((_, last)) if *last == start => *last = end,
                        _ => {
                            if let Some((a, b)) = open.replace((start, end)) {
                                see(y, a, b);
                            }
                        }
                    }
                    word &= !super::bits(from, from + run);
                }
            }
            if let Some((a, b)) = open {
                see(y, a, b);
            }
        }
    }

    fn has_size_of(&self, other: &Self) -> bool {
        (self.width, self.height) == (other.width, other.height)
    }
}

/// The numbers of the tiles and what they hold, in base64; nothing for one without pixels.
impl serde::Serialize for MaskPatch {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = |tile: &Tile| match tile {
            Tile::Empty => String::new(),
            tile => STANDARD.encode(tile.rows().iter().flat_map(|row| row.to_le_bytes()).collect::<Vec<_>>()),
        };
        let tiles: Vec<(u32, String)> = self.tiles.iter().map(|(at, tile)| (*at, written(tile))).collect();
        (tiles, self.stamp).serialize(serializer)
    }
}

impl<'de> serde::Deserialize<'de> for MaskPatch {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (written, stamp) = <(Vec<(u32, String)>, Option<u64>)>::deserialize(deserializer)?;
        let mut tiles = Vec::with_capacity(written.len());
        for (at, text) in written {
            let bytes = STANDARD.decode(&text).map_err(D::Error::custom)?;
            let mut rows = [0_u64; TILE as usize];
            for (row, bytes) in rows.iter_mut().zip(bytes.chunks_exact(8)) {
                *row = u64::from_le_bytes(bytes.try_into().map_err(D::Error::custom)?);
            }
            tiles.push((at, Tile::of(rows)));
        }
        Ok(Self { tiles, stamp })
    }
}

/// Shared blocks are the same without a look at their bits.
fn same(a: &Tile, b: &Tile) -> bool {
    match (a, b) {
        (Tile::Bits(a), Tile::Bits(b)) => std::sync::Arc::ptr_eq(a, b) || a == b,
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::region::ImagePoint;
    use crate::region::mask::{Brush, Mask, PixelRect};

    fn painted(strokes: &[(f64, f64, f64, f64, f64)]) -> Mask {
        let mut mask = Mask::new(300, 200).unwrap();
        for (ax, ay, bx, by, size) in strokes {
            mask.stroke(ImagePoint::new(*ax, *ay), ImagePoint::new(*bx, *by), Brush::Round(*size), true);
        }
        mask
    }

    #[test]
    fn a_stroke_holds_only_the_tiles_it_touched() {
        let before = painted(&[(10.0, 10.0, 290.0, 190.0, 20.0)]);
        let mut after = before.clone();
        after.stroke(ImagePoint::new(200.0, 20.0), ImagePoint::new(202.0, 22.0), Brush::Square(4.0), true);
        let patch = before.patch_to(&after);
        assert_eq!(patch.tiles.len(), 1);
        assert_eq!(before.difference(&after), Some(PixelRect { x0: 192, y0: 0, x1: 256, y1: 64 }));
        assert_eq!(before.difference(&before.clone()), None);
        assert!(before.patch_to(&before).is_empty());
    }

    #[test]
    fn taking_back_a_stroke_gives_back_what_the_mask_was_read_from() {
        let before = painted(&[(10.0, 10.0, 90.0, 90.0, 9.0)]).stamped(77);
        let mut mask = before.clone();
        mask.stroke(ImagePoint::new(20.0, 20.0), ImagePoint::new(80.0, 20.0), Brush::Round(5.0), false);
        let mut again = before.clone();
        let back = again.put(before.patch_to(&mask));
        assert_eq!((&again, again.stamp()), (&mask, None));
        again.put(back);
        assert_eq!((&again, again.stamp()), (&before, Some(77)));
    }

    proptest! {
        #[test]
        fn spans_of_a_block_are_those_of_the_mask(
            strokes in proptest::collection::vec((0.0..300.0_f64, 0.0..200.0_f64, 0.0..300.0_f64, 0.0..200.0_f64, 1.0..40.0_f64), 1..4),
            x0 in 0..300_u32, y0 in 0..200_u32, width in 0..300_u32, height in 0..200_u32,
        ) {
            let mask = painted(&strokes);
            let block = PixelRect { x0, y0, x1: x0 + width, y1: y0 + height };
            let mut wanted = Vec::new();
            mask.spans(|y, a, b| {
                let (a, b) = (a.max(block.x0), b.min(block.x1));
                if (block.y0..block.y1).contains(&y) && a < b {
                    wanted.push((y, a, b));
                }
            });
            let mut found = Vec::new();
            mask.spans_in(block, |y, a, b| found.push((y, a, b)));
            prop_assert_eq!(found, wanted);
        }

        #[test]
        fn a_patch_leads_there_and_back(
            a in proptest::collection::vec((0.0..300.0_f64, 0.0..200.0_f64, 0.0..300.0_f64, 0.0..200.0_f64, 1.0..40.0_f64), 0..3),
            b in proptest::collection::vec((0.0..300.0_f64, 0.0..200.0_f64, 0.0..300.0_f64, 0.0..200.0_f64, 1.0..40.0_f64), 0..3),
        ) {
            let (a, b) = (painted(&a), painted(&b));
            let mut mask = a.clone();
            let back = mask.put(a.patch_to(&b));
            prop_assert_eq!(&mask, &b);
            prop_assert_eq!((mask.area(), mask.pixel_bounds()), (b.area(), b.pixel_bounds()));
            let there = mask.patch_like(&back);
            mask.put(back);
            prop_assert_eq!(&mask, &a);
            let kept = serde_json::to_string(&there).unwrap();
            mask.put(serde_json::from_str(&kept).unwrap());
            prop_assert_eq!(&mask, &b);
            prop_assert_eq!((mask.area(), mask.pixel_bounds()), (b.area(), b.pixel_bounds()));
        }
    }
}
