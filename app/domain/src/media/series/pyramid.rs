//! The file a browser reads a series from: every row, and the lowest and highest value of every stretch of rows.
//!
//! `docs/media.md`, “Series”, tells it byte by byte. All numbers are little-endian; the levels go from coarse to fine and the
//! last one is the rows themselves, so that a stretch of time is one contiguous range in each level.

use std::io::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{MAX_COLUMNS, Row};
use crate::media::{Bytes, MAX_LEVELS};

/// How a file begins.
pub const MAGIC: [u8; 4] = *b"SYNS";
/// The version written here.
pub const VERSION: u16 = 1;
/// Rows in a bucket of the finest level of extremes.
pub const FINEST_ROWS: u64 = 8;
/// How many buckets of one level make one of the next.
pub const FACTOR: u64 = 4;
/// The coarsest level has no more buckets than this.
pub const COARSE_BUCKETS: u64 = 2048;

const FIXED_BYTES: usize = 40;
const LEVELS: usize = 10;

/// What the times of a series are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeKind {
    /// There is no column of times: rows are numbered from 0.
    RowNumber,
    /// Numbers of whatever unit.
    Number,
    /// Milliseconds since 1970.
    Date,
}

/// What a series says about itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Header {
    /// What times are.
    pub time: TimeKind,
    /// Rows in all.
    pub rows: u64,
    /// The columns of values, in the order in which they are stored.
    pub columns: Vec<Column>,
    /// From coarse to fine; the last one has the rows themselves.
    pub levels: Vec<Level>,
}

/// One column of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// As the table calls it.
    pub name: String,
    /// The lowest value; not a number when there is none.
    pub min: f64,
    /// The highest value; not a number when there is none.
    pub max: f64,
}

/// One level of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Level {
    /// Rows in one bucket, 1 for the rows themselves; the last bucket may have fewer.
    pub rows_per_bucket: u64,
    /// Buckets.
    pub buckets: u64,
    /// Where the first bucket begins in the file.
    pub offset: u64,
}

impl Header {
    /// Numbers (of 8 bytes) in a bucket of the level: time and values of a row, or the first and the last time and lowest
    /// and highest of each column.
    #[must_use]
    pub fn bucket_numbers(&self, level: &Level) -> usize {
        bucket_numbers(level.rows_per_bucket, self.columns.len())
    }

    /// Where the buckets of these rows lie; empty beyond the end.
    #[must_use]
    pub fn bytes_of(&self, level: &Level, rows: Range<u64>) -> Range<u64> {
        let bytes = self.bucket_numbers(level) as u64 * 8;
        let first = (rows.start / level.rows_per_bucket).min(level.buckets);
        let end = rows.end.div_ceil(level.rows_per_bucket).clamp(first, level.buckets);
        level.offset + first * bytes..level.offset + end * bytes
    }

    /// The coarsest level that still has a bucket per pixel, or the rows themselves.
    #[must_use]
    pub fn level_for(&self, rows_per_pixel: f64) -> Option<&Level> {
        self.levels.iter().find(|level| level.rows_per_bucket as f64 <= rows_per_pixel).or(self.levels.last())
    }

    /// As the file begins; its length is a multiple of 8, so that numbers lie where they can be read in place.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        out.extend(MAGIC);
        out.extend(VERSION.to_le_bytes());
        out.extend(u16::try_from(self.columns.len()).unwrap_or(0).to_le_bytes());
        let time = match self.time {
            TimeKind::RowNumber => 0_u32,
            TimeKind::Number => 1,
            TimeKind::Date => 2,
        };
        out.extend(time.to_le_bytes());
        out.extend(u32::try_from(self.levels.len()).unwrap_or(0).to_le_bytes());
        out.extend(self.rows.to_le_bytes());
        out.extend(u64::try_from(self.size()).unwrap_or(0).to_le_bytes());
        out.extend([0; 8]);
        for level in &self.levels {
            for number in [level.rows_per_bucket, level.buckets, level.offset] {
                out.extend(number.to_le_bytes());
            }
        }
        for column in &self.columns {
            out.extend(column.min.to_le_bytes());
            out.extend(column.max.to_le_bytes());
            out.extend(u64::try_from(column.name.len()).unwrap_or(0).to_le_bytes());
            out.extend(column.name.as_bytes());
            out.resize(out.len().next_multiple_of(8), 0);
        }
        out
    }

    fn size(&self) -> usize {
        let names: usize = self.columns.iter().map(|column| 24 + column.name.len().next_multiple_of(8)).sum();
        FIXED_BYTES + 24 * self.levels.len() + names
    }

    /// Reads the beginning of a file; `None` for anything that is no series, or too short to hold its own header.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut bytes = Bytes::new(bytes);
        if bytes.take(4)? != MAGIC || bytes.u16()? != VERSION {
            return None;
        }
        let columns = usize::from(bytes.u16()?);
        let time = match bytes.u32()? {
            0 => TimeKind::RowNumber,
            1 => TimeKind::Number,
            2 => TimeKind::Date,
            _ => return None,
        };
        let count = bytes.u32()? as usize;
        if columns > MAX_COLUMNS || count > MAX_LEVELS {
            return None;
        }
        let rows = bytes.u64()?;
        bytes.take(16)?;
        let mut levels = Vec::with_capacity(count);
        for _ in 0..count {
            let level = Level { rows_per_bucket: bytes.u64()?, buckets: bytes.u64()?, offset: bytes.u64()? };
            if level.rows_per_bucket == 0 {
                return None;
            }
            levels.push(level);
        }
        let columns = (0..columns).map(|_| {
            let (min, max) = (bytes.f64()?, bytes.f64()?);
            let length = usize::try_from(bytes.u64()?).ok()?;
            let padded = bytes.take(length.checked_next_multiple_of(8)?)?;
            Some(Column { name: std::str::from_utf8(&padded[..length]).ok()?.to_owned(), min, max })
        });
        Some(Self { time, rows, columns: columns.collect::<Option<_>>()?, levels })
    }
}

fn bucket_numbers(rows_per_bucket: u64, columns: usize) -> usize {
    if rows_per_bucket == 1 { 1 + columns } else { 2 + 2 * columns }
}

/// Takes rows in order and writes every level at once; memory does not grow with the series.
pub struct Builder<W> {
    extremes: Vec<(f64, f64)>,
    rows: u64,
    raw: W,
    levels: Vec<Building<W>>,
}

struct Building<W> {
    first: f64,
    last: f64,
    open: Vec<(f64, f64)>,
    filled: u64,
    full_at: u64,
    buckets: u64,
    out: W,
}

/// A finished series: the header, and the bytes of each level in the header's order.
pub struct Built<W> {
    /// What the file begins with.
    pub header: Header,
    /// Each level's bytes, from coarse to fine.
    pub levels: Vec<W>,
}

const NOTHING: (f64, f64) = (f64::NAN, f64::NAN);

/// The lowest and the highest of two pairs; what is not a number does not count.
fn widen(open: &mut (f64, f64), by: (f64, f64)) {
    *open = (open.0.min(by.0), open.1.max(by.1));
}

impl<W: Write> Builder<W> {
    /// A builder for rows of this many values; `place` makes a place for a level.
    ///
    /// # Errors
    /// When no place can be made.
    pub fn new(columns: usize, mut place: impl FnMut() -> io::Result<W>) -> io::Result<Self> {
        let level = |at: usize, out: W| Building {
            first: f64::NAN,
            last: f64::NAN,
            open: vec![NOTHING; columns],
            filled: 0,
            full_at: if at == 0 { FINEST_ROWS } else { FACTOR },
            buckets: 0,
            out,
        };
        let levels = (0..LEVELS).map(|at| Ok(level(at, place()?))).collect::<io::Result<Vec<_>>>()?;
        Ok(Self { extremes: vec![NOTHING; columns], rows: 0, raw: place()?, levels })
    }

    /// Takes the next row.
    ///
    /// # Errors
    /// When a level cannot be written.
    pub fn push(&mut self, row: Row<'_>) -> io::Result<()> {
        self.raw.write_all(&row.time.to_le_bytes())?;
        for value in row.values {
            self.raw.write_all(&value.to_le_bytes())?;
        }
        for (extremes, value) in self.extremes.iter_mut().zip(row.values) {
            widen(extremes, (*value, *value));
        }
        self.rows += 1;
        let finest = &mut self.levels[0];
        if finest.filled == 0 {
            finest.first = row.time;
        }
        finest.last = row.time;
        for (open, value) in finest.open.iter_mut().zip(row.values) {
            widen(open, (*value, *value));
        }
        finest.filled += 1;
        if finest.filled == finest.full_at { self.close(0) } else { Ok(()) }
    }

    fn close(&mut self, at: usize) -> io::Result<()> {
        let mut at = at;
        loop {
            let level = &mut self.levels[at];
            level.out.write_all(&level.first.to_le_bytes())?;
            level.out.write_all(&level.last.to_le_bytes())?;
            for (low, high) in &level.open {
                level.out.write_all(&low.to_le_bytes())?;
                level.out.write_all(&high.to_le_bytes())?;
            }
            level.buckets += 1;
            level.filled = 0;
            let (first, last) = (level.first, level.last);
            let closed: Vec<_> = level.open.iter_mut().map(|open| std::mem::replace(open, NOTHING)).collect();
            let Some(above) = self.levels.get_mut(at + 1) else { return Ok(()) };
            if above.filled == 0 {
                above.first = first;
            }
            above.last = last;
            for (open, closed) in above.open.iter_mut().zip(closed) {
                widen(open, closed);
            }
            above.filled += 1;
            if above.filled < above.full_at {
                return Ok(());
            }
            at += 1;
        }
    }

    /// Closes what is open and says where everything goes. `names` are those of the columns.
    ///
    /// # Errors
    /// When a level cannot be written.
    pub fn finish(mut self, time: TimeKind, names: &[String]) -> io::Result<Built<W>> {
        for at in 0..self.levels.len() {
            if self.levels[at].filled > 0 {
                self.close(at)?;
            }
        }
        // A series that fits into a drawing is nothing but its rows.
        let kept = if self.rows <= COARSE_BUCKETS {
            0
        } else {
            self.levels.iter().position(|level| level.buckets <= COARSE_BUCKETS).unwrap_or(LEVELS - 1) + 1
        };
        self.levels.truncate(kept);
        let columns = names.iter().zip(&self.extremes);
        let columns = columns.map(|(name, (min, max))| Column { name: name.clone(), min: *min, max: *max }).collect();
        let mut header = Header { time, rows: self.rows, columns, levels: Vec::new() };
        let mut outs = Vec::new();
        let stretches = (0..).map(|at| FINEST_ROWS * FACTOR.pow(at));
        let all: Vec<(u64, Building<W>)> = stretches.zip(self.levels).collect();
        for (rows_per_bucket, level) in all.into_iter().rev() {
            header.levels.push(Level { rows_per_bucket, buckets: level.buckets, offset: 0 });
            outs.push(level.out);
        }
        header.levels.push(Level { rows_per_bucket: 1, buckets: self.rows, offset: 0 });
        outs.push(self.raw);
        let mut offset = header.size() as u64;
        let columns = header.columns.len();
        for level in &mut header.levels {
            level.offset = offset;
            offset += level.buckets * 8 * bucket_numbers(level.rows_per_bucket, columns) as u64;
        }
        Ok(Built { header, levels: outs })
    }
}

/// The numbers of a range of a level's bytes.
pub fn numbers(bytes: &[u8]) -> impl Iterator<Item = f64> + '_ {
    let mut bytes = Bytes::new(bytes);
    std::iter::from_fn(move || bytes.f64())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn file(rows: &[(f64, [f64; 2])]) -> Vec<u8> {
        let mut builder = Builder::new(2, || Ok(Vec::new())).unwrap();
        for (time, values) in rows {
            builder.push(Row { time: *time, values }).unwrap();
        }
        let built = builder.finish(TimeKind::Number, &["a".to_owned(), "Höhe über NN".to_owned()]).unwrap();
        built.levels.into_iter().fold(built.header.to_bytes(), |mut file, level| {
            file.extend(level);
            file
        })
    }

    fn level<'f>(file: &'f [u8], header: &Header, level: &Level, rows: Range<u64>) -> impl Iterator<Item = f64> + 'f {
        let range = header.bytes_of(level, rows);
        numbers(&file[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()])
    }

    /// Equal, or both not a number.
    fn same(a: f64, b: f64) -> bool {
        a == b || a.is_nan() && b.is_nan()
    }

    fn extremes(values: impl Iterator<Item = f64>) -> (f64, f64) {
        values.filter(|value| !value.is_nan()).fold(NOTHING, |(low, high), value| {
            (if low <= value { low } else { value }, if high >= value { high } else { value })
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn every_bucket_is_the_lowest_and_the_highest(
            values in proptest::collection::vec((proptest::option::weighted(0.9, -1e6..1e6), -1.0..1.0), 0..9000)
        ) {
            let rows: Vec<(f64, [f64; 2])> = (0_u32..).zip(values)
                .map(|(at, (a, b))| (f64::from(at) * 0.5, [a.unwrap_or(f64::NAN), b])).collect();
            let file = file(&rows);
            let header = Header::parse(&file).unwrap();
            prop_assert_eq!(header.rows, rows.len() as u64);
            for (at, column) in header.columns.iter().enumerate() {
                let (low, high) = extremes(rows.iter().map(|row| row.1[at]));
                prop_assert!(same(column.min, low) && same(column.max, high));
            }
            for one in &header.levels {
                prop_assert_eq!(one.offset % 8, 0);
                let found: Vec<f64> = level(&file, &header, one, 0..header.rows).collect();
                let buckets = rows.chunks(usize::try_from(one.rows_per_bucket).unwrap());
                let expected: Vec<f64> = if one.rows_per_bucket == 1 {
                    rows.iter().flat_map(|(time, values)| [*time, values[0], values[1]]).collect()
                } else {
                    buckets.flat_map(|bucket| {
                        let (a, b) = (extremes(bucket.iter().map(|r| r.1[0])), extremes(bucket.iter().map(|r| r.1[1])));
                        [bucket[0].0, bucket[bucket.len() - 1].0, a.0, a.1, b.0, b.1]
                    }).collect()
                };
                prop_assert_eq!(found.len(), expected.len());
                prop_assert!(found.iter().zip(&expected).all(|(a, b)| same(*a, *b)));
            }
        }

        #[test]
        fn any_header_is_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut file = MAGIC.to_vec();
            file.extend([1, 0]);
            file.extend(bytes);
            let _ = Header::parse(&file);
        }
    }

    #[test]
    fn a_million_rows_open_with_little() {
        let rows: Vec<_> = (0..1_000_000_u32).map(|at| (f64::from(at), [f64::from(at % 7), 1.0])).collect();
        let file = file(&rows);
        let header = Header::parse(&file).unwrap();
        assert_eq!(header.columns[1].name, "Höhe über NN");
        let coarse = header.levels[0];
        assert!(coarse.buckets <= COARSE_BUCKETS && coarse.buckets * 4 > COARSE_BUCKETS);
        assert_eq!(header.level_for(9.0).map(|level| level.rows_per_bucket), Some(8));
        assert_eq!(header.level_for(0.1).map(|level| level.rows_per_bucket), Some(1));
        let raw = header.levels.last().unwrap();
        let middle: Vec<f64> = level(&file, &header, raw, 500_000..500_002).collect();
        assert_eq!(middle, [500_000.0, 500_000.0 % 7.0, 1.0, 500_001.0, 500_001.0 % 7.0, 1.0]);
        assert_eq!(level(&file, &header, raw, 2_000_000..3_000_000).count(), 0);
    }
}
