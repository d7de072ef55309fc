//! The numbers of a series: where they come from, and which of them are in sight.

use std::sync::Arc;

use domain::media::series::pyramid::{Header, Level};
use domain::media::series::{self, Columns, Options, Source, Table, TimeKind};
use leptos::prelude::*;
use serde_json::Value;

use crate::annotate::media::{self, Failure, Parts, Place};

/// Buckets that are fetched together.
const TOGETHER: u64 = 4_096;
/// Enough for the header of any but the widest tables.
const HEAD: u64 = 16 << 10;
/// The largest file that is read in the page.
const MOST_READ: u64 = 64 << 20;

/// A series, read in parts. Cheap to copy.
#[derive(Clone)]
pub(super) struct Series {
    header: Arc<Header>,
    parts: Parts,
    span: (f64, f64),
}

fn damaged() -> Failure {
    Failure::new("series_damaged", "This series cannot be read.")
}

/// The series that the server made.
pub(super) async fn from_server(address: &str, making: impl Fn(f64) -> bool) -> Result<Series, Failure> {
    let mut head = media::fetch(address, Some(0..HEAD), making).await?;
    // The header says how long it is itself.
    let said: [u8; 8] = head.get(24..32).and_then(|bytes| bytes.try_into().ok()).ok_or_else(damaged)?;
    let said = u64::from_le_bytes(said);
    if said > HEAD {
        head = media::fetch(address, Some(0..said.min(1 << 20)), |_| true).await?;
    }
    let header = Header::parse(&head).ok_or_else(damaged)?;
    let coarse = header.levels.first().ok_or_else(damaged)?;
    let range = header.bytes_of(coarse, 0..header.rows);
    let bytes = media::fetch(address, Some(range.clone()), |_| true).await?;
    let parts = Parts::new(Place::There(address.to_owned()));
    parts.know(range.start, bytes.into());
    Series::new(header, parts)
}

/// The series of a file of this site, made in the page.
pub(super) async fn from_file(address: &str, options: &Options) -> Result<Series, Failure> {
    let bytes = media::whole_file(address, MOST_READ).await?;
    if bytes.first().is_some_and(|first| matches!(first, b'{' | b'[')) {
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        return from_columns(&value, options);
    }
    let mut table = Table::open(bytes.as_slice(), options).map_err(told)?;
    build(&mut table)
}

/// The series of columns that stand in the task.
pub(super) fn from_columns(value: &Value, options: &Options) -> Result<Series, Failure> {
    let mut columns = Columns::read(value, options).map_err(told)?;
    build(&mut columns)
}

fn told(failure: series::Failure) -> Failure {
    match failure {
        series::Failure::Bad(error) => Failure::new(&error.code, error.message),
        series::Failure::Io(_) => damaged(),
    }
}

fn build(source: &mut impl Source) -> Result<Series, Failure> {
    let built = series::build(source, || Ok(Vec::new()), |_| Ok(())).map_err(told)?;
    let mut file = built.header.to_bytes();
    for level in built.levels {
        file.extend(level);
    }
    Series::new(built.header, Parts::new(Place::Here(file.into())))
}

impl Series {
    fn new(header: Header, parts: Parts) -> Result<Self, Failure> {
        let mut series = Self { header: Arc::new(header), parts, span: (0.0, 1.0) };
        let level = *series.header.levels.first().ok_or_else(damaged)?;
        let all = series.read(level, 0, level.buckets).ok_or_else(damaged)?;
        let last = level.buckets.checked_sub(1).ok_or_else(damaged)?;
        series.span = (all.first_time(0), all.last_time(last));
        Ok(series)
    }

    /// When it begins and ends.
    pub(super) fn span(&self) -> (f64, f64) {
        self.span
    }

    pub(super) fn time(&self) -> TimeKind {
        self.header.time
    }

    pub(super) fn is_dated(&self) -> bool {
        self.header.time == TimeKind::Date
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.header.columns.iter().map(|column| column.name.as_str())
    }

    pub(super) fn arrived(&self) -> RwSignal<u32> {
        self.parts.arrived
    }

    /// The buckets from `first` to `end`; none while one of them is on its way.
    fn read(&self, level: Level, first: u64, end: u64) -> Option<Buckets> {
        let numbers = self.header.bucket_numbers(&level);
        let bytes = numbers as u64 * 8;
        let parts = (first / TOGETHER..end.div_ceil(TOGETHER)).map(|part| {
            let (from, to) = (part * TOGETHER, ((part + 1) * TOGETHER).min(level.buckets));
            self.parts.get(level.offset + from * bytes..level.offset + to * bytes)
        });
        // All are asked for at once, before any is found to be missing.
        let parts: Vec<_> = parts.collect();
        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Buckets { parts, first_part: first / TOGETHER, numbers, is_rows: level.rows_per_bucket == 1 })
    }

    /// What lies between two times, about one bucket per CSS pixel or finer; from a coarser level while that is on its way.
    pub(super) fn in_sight(&self, (from, to): (f64, f64), width: f64) -> Option<Drawn> {
        let mut range = 0..self.header.levels.first()?.buckets;
        let mut drawn = None;
        for (n, level) in self.header.levels.iter().enumerate() {
            let Some(buckets) = self.read(*level, range.start, range.end) else { break };
            let first = bucket_before(&buckets, range.clone(), from);
            let end = (bucket_before(&buckets, first..range.end, to) + 2).min(range.end);
            drawn = Some(Drawn {
                buckets,
                range: first..end,
                extremes: self.header.columns.iter().map(|column| (column.min, column.max)).collect(),
            });
            if (end - first) as f64 >= width {
                break;
            }
            if let Some(next) = self.header.levels.get(n + 1) {
                let factor = level.rows_per_bucket / next.rows_per_bucket.max(1);
                range = first * factor..(end * factor).min(next.buckets);
            }
        }
        drawn
    }
}

/// The last bucket that begins at a time or before it; the first of all where none does.
fn bucket_before(buckets: &Buckets, range: std::ops::Range<u64>, time: f64) -> u64 {
    let (mut low, mut high) = (range.start, range.end);
    while low < high {
        let middle = low + (high - low) / 2;
        if buckets.first_time(middle) <= time { low = middle + 1 } else { high = middle }
    }
    low.saturating_sub(1).max(range.start)
}

/// Buckets of one level.
pub(super) struct Buckets {
    parts: Vec<Arc<[u8]>>,
    first_part: u64,
    numbers: usize,
    is_rows: bool,
}

impl Buckets {
    fn number(&self, bucket: u64, at: usize) -> f64 {
        let read = || {
            let part = self.parts.get(usize::try_from((bucket / TOGETHER).checked_sub(self.first_part)?).ok()?)?;
            let from = (usize::try_from(bucket % TOGETHER).ok()? * self.numbers + at) * 8;
            Some(f64::from_le_bytes(part.get(from..from + 8)?.try_into().ok()?))
        };
        read().unwrap_or(f64::NAN)
    }

    fn first_time(&self, bucket: u64) -> f64 {
        self.number(bucket, 0)
    }

    fn last_time(&self, bucket: u64) -> f64 {
        self.number(bucket, usize::from(!self.is_rows))
    }

    /// Lowest and highest of a column; the same twice in a row.
    fn extremes(&self, bucket: u64, column: usize) -> (f64, f64) {
        if self.is_rows {
            let value = self.number(bucket, 1 + column);
            (value, value)
        } else {
            (self.number(bucket, 2 + 2 * column), self.number(bucket, 3 + 2 * column))
        }
    }
}

/// What is in sight.
pub(super) struct Drawn {
    buckets: Buckets,
    range: std::ops::Range<u64>,
    /// Lowest and highest of each column over the whole series.
    pub(super) extremes: Vec<(f64, f64)>,
}

impl Drawn {
    /// First time, last time, lowest and highest of a column, bucket by bucket.
    pub(super) fn points(&self, column: usize) -> impl Iterator<Item = (f64, f64, f64, f64)> {
        self.range.clone().map(move |bucket| {
            let (low, high) = self.buckets.extremes(bucket, column);
            (self.buckets.first_time(bucket), self.buckets.last_time(bucket), low, high)
        })
    }

    /// Whether the rows themselves are in sight.
    pub(super) fn is_rows(&self) -> bool {
        self.buckets.is_rows
    }

    /// Times of rows in sight, rising: where pieces may begin and end.
    pub(super) fn times(&self) -> Vec<f64> {
        let mut times: Vec<f64> = self.range.clone().map(|bucket| self.buckets.first_time(bucket)).collect();
        if !self.buckets.is_rows
            && let Some(last) = self.range.end.checked_sub(1)
        {
            times.push(self.buckets.last_time(last));
        }
        times
    }

    /// The value of the row nearest to a time; of the middle of what a bucket spans, where rows are not in sight.
    pub(super) fn value_at(&self, time: f64, column: usize) -> Option<f64> {
        let before = bucket_before(&self.buckets, self.range.clone(), time);
        let after = (before + 1).min(self.range.end.saturating_sub(1));
        let away = |bucket: u64| (self.buckets.first_time(bucket) - time).abs();
        let bucket = if self.is_rows() && away(after) < away(before) { after } else { before };
        let (low, high) = self.buckets.extremes(bucket, column);
        Some(f64::midpoint(low, high)).filter(|value| value.is_finite())
    }
}
