//! Series: tables of numbers over time, read as a stream and made into what a browser can pan through smoothly.
//!
//! [`Table`] reads CSV and its kin, [`Columns`] reads Label Studio's JSON of columns, from a file or from the task itself;
//! both are a [`Source`] of rows. [`build`] makes the file of [`pyramid`] from either. Of a million rows in the page
//! [`downsample`] picks the ones to draw.

mod columns;
pub mod downsample;
pub mod pyramid;
mod table;
pub mod time_format;

use std::io::{self, Write};

pub use self::{columns::Columns, pyramid::TimeKind, table::Table, time_format::TimeFormat};
use crate::{
    Error,
    label_config::Element,
    media::{bad, too_large},
};

/// The most columns of values.
pub const MAX_COLUMNS: usize = 128;
/// The most rows.
pub const MAX_ROWS: u64 = 50_000_000;

/// What of a table is a series; from the attributes of `<TimeSeries>` and its channels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// `timeColumn`: without it rows are numbered.
    pub time_column: Option<String>,
    /// `timeFormat`: without it times are numbers.
    pub time_format: Option<TimeFormat>,
    /// `sep`: without it the header tells.
    pub separator: Option<u8>,
    /// The columns of the channels; all others that have numbers when there are none.
    pub columns: Vec<String>,
}

/// One row of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Row<'s> {
    /// When; see [`TimeKind`].
    pub time: f64,
    /// One value per column; not a number where the table has none.
    pub values: &'s [f64],
}

/// Why a series cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The table is not as it should be.
    #[error(transparent)]
    Bad(#[from] Error),
    /// It cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Rows, one after another.
pub trait Source {
    /// The names of the columns of values.
    fn names(&self) -> &[String];

    /// What times are.
    fn time(&self) -> TimeKind;

    /// The next row; `None` at the end.
    ///
    /// # Errors
    /// The first thing that is wrong, with its row.
    fn next(&mut self) -> Result<Option<Row<'_>>, Failure>;
}

impl Options {
    /// From a `<TimeSeries>` element.
    ///
    /// # Errors
    /// A `timeFormat` or a `sep` that is none.
    pub fn of(element: &Element) -> Result<Self, Error> {
        let text = |name: &str| element.attribute(name).map(str::trim).filter(|text| !text.is_empty());
        let separator = element.attribute("sep").filter(|sep| !sep.is_empty());
        let mut columns = Vec::new();
        let mut open: Vec<&Element> = element.elements().rev().collect();
        while let Some(child) = open.pop() {
            if child.tag.eq_ignore_ascii_case("Channel")
                && let Some(column) = child.attribute("column").map(str::trim)
                && !columns.iter().any(|known| known == column)
            {
                columns.push(column.to_owned());
            }
            open.extend(child.elements().rev());
        }
        let options = Self {
            time_column: text("timeColumn").map(str::to_owned),
            time_format: text("timeFormat").map(TimeFormat::new).transpose()?,
            separator: separator.map(parse_separator).transpose()?,
            columns,
        };
        options.check()
    }

    /// Keeps the limits.
    ///
    /// # Errors
    /// *Too large* for more columns than [`MAX_COLUMNS`].
    pub fn check(self) -> Result<Self, Error> {
        if self.columns.len() > MAX_COLUMNS {
            let message = format!("A series has at most {MAX_COLUMNS} channels.");
            return Err(too_large("series_columns", message));
        }
        Ok(self)
    }
}

/// The byte between two values: itself, `\t`, or `tab`.
///
/// # Errors
/// Anything longer.
pub fn parse_separator(text: &str) -> Result<u8, Error> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        b"\\t" | b"tab" => Ok(b'\t'),
        _ => Err(bad("series_separator", format!("“{text}” cannot separate values: sep is one character."))),
    }
}

/// Reads all rows of a source and makes the file of [`pyramid`]; `place` makes a place for a level. `seen` is told the number
/// of rows now and then and ends the work with its error.
///
/// # Errors
/// What the source says; *too large* beyond [`MAX_ROWS`]; when a level cannot be written.
pub fn build<W: Write>(
    source: &mut impl Source,
    place: impl FnMut() -> io::Result<W>,
    mut seen: impl FnMut(u64) -> Result<(), Failure>,
) -> Result<pyramid::Built<W>, Failure> {
    /// How often `seen` is told.
    const EVERY: u64 = 16_384;
    let names = source.names().to_vec();
    let time = source.time();
    let mut builder = pyramid::Builder::new(names.len(), place)?;
    let mut rows = 0_u64;
    while let Some(row) = source.next()? {
        rows += 1;
        if rows > MAX_ROWS {
            let message =
                format!("This series has more than {} million rows, the most that is shown.", MAX_ROWS / 1_000_000);
            return Err(too_large("series_rows", message).into());
        }
        if rows.is_multiple_of(EVERY) {
            seen(rows)?;
        }
        builder.push(row)?;
    }
    if rows == 0 {
        return Err(bad("series_empty", "This table has no rows.").into());
    }
    Ok(builder.finish(time, &names)?)
}

/// Times must rise, or at least not fall.
#[derive(Debug)]
struct Clock {
    row: u64,
    last: f64,
}

impl Clock {
    fn new() -> Self {
        Self { row: 0, last: f64::NEG_INFINITY }
    }

    /// Takes the time of the next row.
    fn take(&mut self, time: Option<f64>, written: impl FnOnce() -> String) -> Result<f64, Error> {
        /// As much of a value as is quoted.
        const QUOTED: usize = 40;
        self.row += 1;
        let row = self.row;
        let Some(time) = time.filter(|time| time.is_finite()) else {
            let written: String = written().chars().take(QUOTED).collect();
            let message =
                format!("Row {row} has no time that can be read: “{written}”. Please compare it with timeFormat.");
            return Err(bad("series_time", message));
        };
        if time < self.last {
            let message = format!("Row {row} is earlier than the row before it. The times of a series must rise.");
            return Err(bad("series_unsorted", message));
        }
        self.last = time;
        Ok(time)
    }
}

/// A column that is asked for and not there.
fn no_column<'n>(name: &str, others: impl Iterator<Item = &'n str>) -> Error {
    /// As many names as a person reads.
    const SHOWN: usize = 12;
    let mut others: Vec<&str> = others.take(SHOWN + 1).collect();
    let more = if others.len() > SHOWN {
        others.truncate(SHOWN);
        " and more"
    } else {
        ""
    };
    let sentence = match others.as_slice() {
        [] => format!("There is no column “{name}” here."),
        others => format!("There is no column “{name}” here, but {}{more}.", others.join(", ")),
    };
    bad("series_no_column", sentence)
}

/// A column without a single number.
fn no_numbers(name: &str) -> Error {
    bad("series_no_numbers", format!("The column “{name}” holds text and no numbers."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label_config;

    pub(super) fn options(time: &str, format: &str, columns: &[&str]) -> Options {
        Options {
            time_column: (!time.is_empty()).then(|| time.to_owned()),
            time_format: (!format.is_empty()).then(|| TimeFormat::new(format).unwrap()),
            separator: None,
            columns: columns.iter().map(|column| (*column).to_owned()).collect(),
        }
    }

    /// `time: value value` per row, or the code of the refusal.
    pub(super) fn rows(source: &mut impl Source) -> Result<Vec<String>, String> {
        let mut rows = Vec::new();
        loop {
            match source.next() {
                Ok(Some(Row { time, values })) => {
                    let values: Vec<String> = values.iter().map(ToString::to_string).collect();
                    rows.push(format!("{time}: {}", values.join(" ")));
                }
                Ok(None) => return Ok(rows),
                Err(Failure::Bad(error)) => return Err(error.code.into_owned()),
                Err(Failure::Io(error)) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn options_come_from_the_tag() {
        let xml = r#"<View><TimeSeries name="t" value="$csv" timeColumn="date" timeFormat="%Y-%m-%d" sep="\t">
            <Channel column="a"/><MultiChannel><Channel column="b"/><Channel column="a"/></MultiChannel></TimeSeries></View>"#;
        let config = label_config::parse(xml).config.unwrap();
        let element = config.root.elements().next().unwrap();
        let expected = Options { separator: Some(b'\t'), ..options("date", "%Y-%m-%d", &["a", "b"]) };
        assert_eq!(Options::of(element).unwrap(), expected);
        assert_eq!(parse_separator("ab").unwrap_err().code, "series_separator");
        assert_eq!(parse_separator("\"").unwrap_err().code, "series_separator");
    }

    #[test]
    fn a_series_without_rows_is_refused() {
        let mut table = Table::open(&b"a,b\n"[..], &Options::default()).unwrap();
        let built = build(&mut table, || Ok(Vec::new()), |_| Ok(()));
        assert!(matches!(built, Err(Failure::Bad(error)) if error.code == "series_empty"));
    }
}
