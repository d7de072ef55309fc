//! How a large image is cut: squares of [`TILE`] pixels at full size, at half size, and so on down to a single one.

use serde::{Deserialize, Serialize};

use crate::region::Bounds;

/// The side of a tile in pixels; those at the right and lower edges are smaller.
pub const TILE: u32 = 512;
/// Images up to this many pixels are shown as they are.
pub const WHOLE_PIXELS: u64 = 40_000_000;

/// The cuts of one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grid {
    /// Pixels across at full size.
    pub width: u32,
    /// Pixels down at full size.
    pub height: u32,
}

/// One level of an image: 0 is full size, each further one half of the one before, rounded up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Tiles across.
    pub columns: u32,
    /// Tiles down.
    pub rows: u32,
}

impl Grid {
    /// From the full size to the level that is a single tile.
    #[must_use]
    pub fn levels(self) -> Vec<Level> {
        let mut levels = Vec::new();
        let (mut width, mut height) = (self.width.max(1), self.height.max(1));
        loop {
            let level = Level { width, height, columns: width.div_ceil(TILE), rows: height.div_ceil(TILE) };
            levels.push(level);
            if level.columns == 1 && level.rows == 1 {
                return levels;
            }
            (width, height) = (width.div_ceil(2), height.div_ceil(2));
        }
    }

    /// The number of a tile in a file that holds all: level by level, row by row. `None` outside the image.
    #[must_use]
    pub fn index(self, level: usize, column: u32, row: u32) -> Option<usize> {
        let levels = self.levels();
        let wanted = levels.get(level).filter(|level| column < level.columns && row < level.rows)?;
        let before: usize = levels[..level].iter().map(Level::tiles).sum();
        Some(before + row as usize * wanted.columns as usize + column as usize)
    }

    /// The coarsest level that is as sharp as the screen, which has `density` pixels for each pixel of the image.
    #[must_use]
    pub fn level_for(self, density: f64) -> usize {
        let last = self.levels().len() - 1;
        (0..last).find(|level| 0.5_f64.powi(i32::try_from(level + 1).unwrap_or(i32::MAX)) < density).unwrap_or(last)
    }

    /// The side of a level's tiles, in pixels of the full image.
    #[must_use]
    pub fn side(level: usize) -> f64 {
        f64::from(TILE) * 2_f64.powi(i32::try_from(level).unwrap_or(i32::MAX))
    }

    /// The tiles of a level, as column and row, that show any of a part of the image.
    #[must_use]
    pub fn within(self, level: usize, part: Bounds) -> Vec<(u32, u32)> {
        let Some(wanted) = self.levels().get(level).copied() else { return Vec::new() };
        let side = Self::side(level);
        let reach = |from: f64, to: f64, count: u32| {
            let least = (0..count).find(|at| f64::from(at + 1) * side > from).unwrap_or(count);
            (least..count).take_while(move |at| f64::from(*at) * side < to)
        };
        reach(part.min.x, part.max.x, wanted.columns)
            .flat_map(|column| reach(part.min.y, part.max.y, wanted.rows).map(move |row| (column, row)))
            .collect()
    }

    /// Tiles of all levels.
    #[must_use]
    pub fn tiles(self) -> usize {
        self.levels().iter().map(Level::tiles).sum()
    }
}

impl Level {
    fn tiles(&self) -> usize {
        self.columns as usize * self.rows as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::ImagePoint;
    use proptest::prelude::*;

    #[test]
    fn halves_down_to_one_tile() {
        let grid = Grid { width: 1025, height: 300 };
        let sizes: Vec<_> = grid.levels().iter().map(|l| (l.width, l.height, l.columns, l.rows)).collect();
        assert_eq!(sizes, [(1025, 300, 3, 1), (513, 150, 2, 1), (257, 75, 1, 1)]);
        assert_eq!(grid.index(0, 2, 0), Some(2));
        assert_eq!(grid.index(1, 0, 0), Some(3));
        assert_eq!(grid.index(2, 0, 0), Some(5));
        assert_eq!(grid.tiles(), 6);
        for outside in [(0, 3, 0), (0, 0, 1), (3, 0, 0)] {
            assert_eq!(grid.index(outside.0, outside.1, outside.2), None);
        }
    }

    #[test]
    fn the_screen_asks_for_the_level_that_is_sharp_enough() {
        let grid = Grid { width: 20_000, height: 20_000 };
        for (density, level) in [(2.0, 0), (1.0, 0), (0.51, 0), (0.5, 1), (0.25, 2), (0.04, 4), (0.001, 6), (0.0, 6)] {
            assert_eq!(grid.level_for(density), level, "{density}");
        }
        assert_eq!(Grid { width: 9, height: 9 }.level_for(0.1), 0);
    }

    #[test]
    fn a_part_is_shown_by_the_tiles_that_touch_it() {
        let grid = Grid { width: 1_100, height: 600 };
        let part = |x0, y0, x1, y1| Bounds { min: ImagePoint::new(x0, y0), max: ImagePoint::new(x1, y1) };
        assert_eq!(grid.within(0, part(0.0, 0.0, 512.0, 512.0)), [(0, 0)]);
        assert_eq!(grid.within(0, part(511.0, 100.0, 513.0, 513.0)), [(0, 0), (0, 1), (1, 0), (1, 1)]);
        assert_eq!(grid.within(1, part(-50.0, -50.0, 9_000.0, 9_000.0)), [(0, 0), (1, 0)]);
        assert_eq!(grid.within(0, part(2_000.0, 0.0, 3_000.0, 9.0)), []);
        assert_eq!(grid.within(0, part(-9.0, 0.0, -1.0, 9.0)), []);
        assert_eq!(grid.within(7, part(0.0, 0.0, 9.0, 9.0)), []);
    }

    proptest! {
        #[test]
        fn every_tile_has_a_number_of_its_own(width in 1_u32..9000, height in 1_u32..9000) {
            let grid = Grid { width, height };
            let mut expected = 0;
            for (at, level) in grid.levels().iter().enumerate() {
                for row in 0..level.rows {
                    for column in 0..level.columns {
                        prop_assert_eq!(grid.index(at, column, row), Some(expected));
                        expected += 1;
                    }
                }
            }
            prop_assert_eq!(expected, grid.tiles());
        }
    }
}
