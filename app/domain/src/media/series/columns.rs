//! JSON of columns (`{"time": [...], "speed": [...]}`) as a series: what `<TimeSeries valueType="json">` shows.

use std::{cell::Cell, fmt};

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::{Clock, Failure, Options, Row, Source, TimeFormat, TimeKind, no_column, no_numbers};
use crate::media::{bad, too_large};

/// The most values of all columns together; they are kept in memory, 8 bytes each.
const MAX_VALUES: usize = 20_000_000;

/// Columns of numbers that have been read.
#[derive(Debug)]
pub struct Columns {
    time: Option<Vec<f64>>,
    kind: TimeKind,
    columns: Vec<Vec<f64>>,
    names: Vec<String>,
    row: usize,
    rows: usize,
    clock: Clock,
    values: Vec<f64>,
}

impl Columns {
    /// Reads an object of columns, from text (`serde_json::Deserializer`) or from a value that is there already.
    ///
    /// # Errors
    /// What is no object of columns, a column that is not there, columns of different lengths, more than 20 million values.
    pub fn read<'de, D: Deserializer<'de>>(input: D, options: &Options) -> Result<Self, Failure> {
        let limits = Limits { values: Cell::new(0), too_many: Cell::new(false) };
        let found = input.deserialize_map(AllColumns { options, limits: &limits }).map_err(|error| {
            if limits.too_many.get() {
                let message = "This series has more than 20 million values. As a CSV file it could be larger.";
                return too_large("series_values", message);
            }
            let message =
                format!("This is no JSON of columns, such as {{\"time\": [1, 2], \"speed\": [3, 4]}}: {error}.");
            bad("series_json", message)
        })?;
        let others = found.others;
        let mut columns = found.columns;
        let mut take = |name: &str| {
            let at = columns.iter().position(|column| column.name == name);
            at.map(|at| columns.swap_remove(at)).ok_or_else(|| {
                no_column(name, others.iter().chain(columns.iter().map(|c| &c.name)).map(String::as_str))
            })
        };
        let time = options.time_column.as_deref().map(&mut take).transpose()?;
        let kept = if options.columns.is_empty() {
            let mut kept: Vec<Column> = columns.into_iter().filter(|column| column.has_numbers).collect();
            kept.sort_by_key(|column| column.place);
            kept
        } else {
            let kept = options.columns.iter().map(|name| take(name)).collect::<Result<Vec<_>, _>>()?;
            if let Some(silent) = kept.iter().find(|column| !column.has_numbers && column.has_text) {
                return Err(no_numbers(&silent.name).into());
            }
            kept
        };
        let rows = time.as_ref().or(kept.first()).map_or(0, |column| column.values.len());
        if let Some(other) = kept.iter().find(|column| column.values.len() != rows) {
            let message =
                format!("The column “{}” has {} values where others have {rows}.", other.name, other.values.len());
            return Err(bad("series_lengths", message).into());
        }
        Ok(Self {
            kind: match (&time, &options.time_format) {
                (None, _) => TimeKind::RowNumber,
                (Some(_), None) => TimeKind::Number,
                (Some(_), Some(_)) => TimeKind::Date,
            },
            time: time.map(|column| column.values),
            values: vec![f64::NAN; kept.len()],
            names: kept.iter().map(|column| column.name.clone()).collect(),
            columns: kept.into_iter().map(|column| column.values).collect(),
            row: 0,
            rows,
            clock: Clock::new(),
        })
    }

    /// The values of a column, for drawing what is in the page anyway.
    #[must_use]
    pub fn values(&self, column: usize) -> Option<&[f64]> {
        self.columns.get(column).map(Vec::as_slice)
    }
}

impl Source for Columns {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn time(&self) -> TimeKind {
        self.kind
    }

    fn next(&mut self) -> Result<Option<Row<'_>>, Failure> {
        if self.row == self.rows {
            return Ok(None);
        }
        let time = match &self.time {
            Some(times) => times[self.row],
            None => self.row as f64,
        };
        let time = self.clock.take(Some(time), || "a value that is no time".to_owned())?;
        for (value, column) in self.values.iter_mut().zip(&self.columns) {
            *value = column[self.row];
        }
        self.row += 1;
        Ok(Some(Row { time, values: &self.values }))
    }
}

#[derive(Debug)]
struct Column {
    name: String,
    place: usize,
    values: Vec<f64>,
    has_numbers: bool,
    has_text: bool,
}

struct Limits {
    values: Cell<usize>,
    too_many: Cell<bool>,
}

struct Found {
    columns: Vec<Column>,
    /// Names of columns nobody asked for.
    others: Vec<String>,
}

#[derive(Clone, Copy)]
struct AllColumns<'o> {
    options: &'o Options,
    limits: &'o Limits,
}

impl<'de> Visitor<'de> for AllColumns<'_> {
    type Value = Found;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of columns")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found, A::Error> {
        /// Names that are remembered to say what there is.
        const OTHERS: usize = 100;
        let mut found = Found { columns: Vec::new(), others: Vec::new() };
        while let Some(name) = map.next_key::<String>()? {
            let is_time = self.options.time_column.as_ref() == Some(&name);
            let wanted = is_time || self.options.columns.is_empty() || self.options.columns.contains(&name);
            if !wanted || found.columns.len() > super::MAX_COLUMNS || found.columns.iter().any(|c| c.name == name) {
                map.next_value::<IgnoredAny>()?;
                if found.others.len() < OTHERS {
                    found.others.push(name);
                }
                continue;
            }
            let format = if is_time { self.options.time_format.as_ref() } else { None };
            let place = found.columns.len();
            let column = Column { name, place, values: Vec::new(), has_numbers: false, has_text: false };
            found.columns.push(map.next_value_seed(OneColumn { column, format, limits: self.limits })?);
        }
        Ok(found)
    }
}

struct OneColumn<'o> {
    column: Column,
    format: Option<&'o TimeFormat>,
    limits: &'o Limits,
}

impl<'de> DeserializeSeed<'de> for OneColumn<'_> {
    type Value = Column;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Column, D::Error> {
        input.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for OneColumn<'_> {
    type Value = Column;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of values as the column “{}”", self.column.name)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Column, A::Error> {
        let Self { mut column, format, limits } = self;
        while let Some(value) = items.next_element_seed(OneValue { format })? {
            limits.values.set(limits.values.get() + 1);
            if limits.values.get() > MAX_VALUES {
                limits.too_many.set(true);
                return Err(A::Error::custom("too many values"));
            }
            column.has_numbers |= value.is_some_and(|value| !value.is_nan());
            column.has_text |= value.is_none();
            column.values.push(value.unwrap_or(f64::NAN));
        }
        Ok(column)
    }
}

/// A number, not a number where there is none, `None` for text.
struct OneValue<'o> {
    format: Option<&'o TimeFormat>,
}

impl OneValue<'_> {
    /// A number as it is, or as a time: `%Q` and `%s` are also written as numbers.
    fn take(&self, value: f64) -> Option<f64> {
        self.format.map_or(Some(value), |format| format.parse(&value.to_string()))
    }
}

impl<'de> DeserializeSeed<'de> for OneValue<'_> {
    type Value = Option<f64>;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Self::Value, D::Error> {
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for OneValue<'_> {
    type Value = Option<f64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(self.take(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(self.take(value as f64))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(self.take(value as f64))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Some(f64::from(u8::from(value))))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(match self.format {
            Some(format) => format.parse(text),
            None if text.trim().is_empty() => Some(f64::NAN),
            None => text.trim().parse().ok(),
        })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Some(f64::NAN))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{options, rows};
    use super::*;
    use serde_json::{Value, json};

    fn read(value: &Value, options: &Options) -> Result<Vec<String>, String> {
        let text = value.to_string();
        let from_text = Columns::read(&mut serde_json::Deserializer::from_str(&text), options);
        let from_value = Columns::read(value, options);
        let read = |columns| match columns {
            Ok(mut columns) => rows(&mut columns),
            Err(Failure::Bad(error)) => Err(error.code.into_owned()),
            Err(Failure::Io(error)) => panic!("{error}"),
        };
        let (from_text, from_value) = (read(from_text), read(from_value));
        assert_eq!(from_text, from_value, "{text}");
        from_text
    }

    #[test]
    fn columns_are_read_from_text_and_from_values() {
        let value = json!({"b": [3, null, "x"], "t": [1, 2, 2.5], "word": ["x", "y", "z"], "a": [1.5, "2", true]});
        let o = options("t", "", &["a", "b"]);
        assert_eq!(read(&value, &o).unwrap(), ["1: 1.5 3", "2: 2 NaN", "2.5: 1 NaN"]);
        assert_eq!(read(&value, &options("t", "", &[])).unwrap()[0], "1: 3 1.5");
        assert_eq!(read(&value, &options("", "", &["a"])).unwrap()[2], "2: 1");
        let days = json!({"day": ["2012-01-01", "2012-01-02"], "a": [1, 2]});
        assert_eq!(read(&days, &options("day", "%Y-%m-%d", &["a"])).unwrap()[1], "1325462400000: 2");
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (value, options, code) in [
            (json!([1]), options("", "", &[]), "series_json"),
            (json!({"a": 1}), options("", "", &["a"]), "series_json"),
            (json!({"a": [[1]]}), options("", "", &["a"]), "series_json"),
            (json!({"a": [1]}), options("t", "", &["a"]), "series_no_column"),
            (json!({"a": [1], "b": [1, 2]}), options("", "", &["a", "b"]), "series_lengths"),
            (json!({"a": ["x"]}), options("", "", &["a"]), "series_no_numbers"),
            (json!({"t": [2, 1], "a": [1, 2]}), options("t", "", &["a"]), "series_unsorted"),
            (json!({"t": ["soon"], "a": [1]}), options("t", "%Y", &["a"]), "series_time"),
        ] {
            assert_eq!(read(&value, &options).unwrap_err(), code, "{value}");
        }
    }
}
