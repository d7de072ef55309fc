//! How a large image is cut: squares of [`TILE`] pixels at full size, at half size, and so on down to a single one.

use serde::{Deserialize, Serialize};

/// The side of a tile in pixels; those at the right and lower edges are smaller.
pub const TILE: u32 = 512;

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
