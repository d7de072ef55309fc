//! `timeFormat`: how a column of a table writes its times, in the directives of `strftime` as d3 understands them.
//!
//! Times without a zone are UTC, as in Label Studio. Reading is as lenient as d3: numbers may have fewer digits than they
//! are written with. `%Q` and `%s` are milliseconds and seconds since 1970.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Timelike};

use crate::{Error, Result, calendar::MONTHS, media::bad};

/// The longest format.
const MAX_CHARS: usize = 200;

const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A `timeFormat`, read once and used for a million rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeFormat {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    /// These bytes, as they are.
    Literal(Box<[u8]>),
    /// Any white space, or none.
    Space,
    Field(Field),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Year,
    ShortYear,
    Month,
    MonthName { long: bool },
    Day { padded: bool },
    DayOfYear,
    WeekdayName { long: bool },
    Hour24,
    Hour12,
    HalfDay,
    Minute,
    Second,
    Milliseconds,
    Microseconds,
    Zone,
    EpochMilliseconds,
    EpochSeconds,
}

/// What has been read of a time so far.
struct Moment {
    year: i32,
    month: u32,
    day: u32,
    day_of_year: Option<u32>,
    hour: u32,
    afternoon: Option<bool>,
    minute: u32,
    second: u32,
    micros: u32,
    zone_minutes: i32,
    epoch_ms: Option<f64>,
}

impl TimeFormat {
    /// Reads a format such as `%Y-%m-%d %H:%M:%S`.
    ///
    /// # Errors
    /// Names a directive that is not known.
    pub fn new(format: &str) -> Result<Self> {
        if format.chars().count() > MAX_CHARS {
            return Err(bad("time_format_long", "This timeFormat is too long."));
        }
        let mut parts: Vec<Part> = Vec::new();
        let mut literal = Vec::new();
        let mut rest = format.chars();
        while let Some(character) = rest.next() {
            if character.is_whitespace() {
                flush(&mut parts, &mut literal);
                if parts.last() != Some(&Part::Space) {
                    parts.push(Part::Space);
                }
                continue;
            }
            if character != '%' {
                literal.extend(character.encode_utf8(&mut [0; 4]).bytes());
                continue;
            }
            let mut directive = rest.next();
            // Padding of d3: `%-d`, `%_d`, `%0d` read the same.
            if matches!(directive, Some('-' | '_' | '0')) {
                directive = rest.next();
            }
            let fields: &[Field] = match directive {
                Some('%') => {
                    literal.push(b'%');
                    continue;
                }
                Some('Y') => &[Field::Year],
                Some('y') => &[Field::ShortYear],
                Some('m') => &[Field::Month],
                Some('b' | 'h') => &[Field::MonthName { long: false }],
                Some('B') => &[Field::MonthName { long: true }],
                Some('d') => &[Field::Day { padded: true }],
                Some('e') => &[Field::Day { padded: false }],
                Some('j') => &[Field::DayOfYear],
                Some('a') => &[Field::WeekdayName { long: false }],
                Some('A') => &[Field::WeekdayName { long: true }],
                Some('H') => &[Field::Hour24],
                Some('I') => &[Field::Hour12],
                Some('p') => &[Field::HalfDay],
                Some('M') => &[Field::Minute],
                Some('S') => &[Field::Second],
                Some('L') => &[Field::Milliseconds],
                Some('f') => &[Field::Microseconds],
                Some('Z' | 'z') => &[Field::Zone],
                Some('Q') => &[Field::EpochMilliseconds],
                Some('s') => &[Field::EpochSeconds],
                Some('T') => {
                    flush(&mut parts, &mut literal);
                    let time = [Field::Hour24, Field::Minute, Field::Second];
                    parts.extend(joined(&time, b":"));
                    continue;
                }
                Some('F') => {
                    flush(&mut parts, &mut literal);
                    let date = [Field::Year, Field::Month, Field::Day { padded: true }];
                    parts.extend(joined(&date, b"-"));
                    continue;
                }
                other => return Err(unknown(other)),
            };
            flush(&mut parts, &mut literal);
            parts.extend(fields.iter().copied().map(Part::Field));
        }
        flush(&mut parts, &mut literal);
        if !parts.iter().any(|part| matches!(part, Part::Field(_))) {
            return Err(bad(
                "time_format_empty",
                "This timeFormat names no part of a time. It should look like %Y-%m-%d.",
            ));
        }
        Ok(Self { parts })
    }

    /// Milliseconds since 1970 of a time written like this; `None` for one that is not.
    #[must_use]
    pub fn parse(&self, text: &str) -> Option<f64> {
        let mut rest = text.trim().as_bytes();
        let mut moment = Moment {
            year: 1900,
            month: 1,
            day: 1,
            day_of_year: None,
            hour: 0,
            afternoon: None,
            minute: 0,
            second: 0,
            micros: 0,
            zone_minutes: 0,
            epoch_ms: None,
        };
        for part in &self.parts {
            match part {
                Part::Literal(literal) => rest = rest.strip_prefix(&**literal)?,
                Part::Space => rest = rest.trim_ascii_start(),
                Part::Field(field) => rest = moment.read(*field, rest)?,
            }
        }
        if rest.is_empty() { moment.epoch_ms() } else { None }
    }

    /// A moment in milliseconds since 1970, written like this.
    #[must_use]
    pub fn format(&self, epoch_ms: f64) -> Option<String> {
        use std::fmt::Write as _;
        if !epoch_ms.is_finite() || epoch_ms.abs() > 8.64e15 {
            return None;
        }
        // Exact: within the range of JavaScript's dates a microsecond is a whole number of the mantissa or close to it.
        let at = DateTime::UNIX_EPOCH + TimeDelta::microseconds(whole(epoch_ms * 1000.0)?);
        let mut out = String::new();
        for part in &self.parts {
            // Writing to a string cannot fail.
            let _infallible = match part {
                Part::Literal(literal) => write!(out, "{}", String::from_utf8_lossy(literal)),
                Part::Space => write!(out, " "),
                Part::Field(field) => match field {
                    Field::Year => write!(out, "{:04}", at.year()),
                    Field::ShortYear => write!(out, "{:02}", at.year().rem_euclid(100)),
                    Field::Month => write!(out, "{:02}", at.month()),
                    Field::MonthName { long } => write!(out, "{}", name(&MONTHS, at.month0(), *long)),
                    Field::Day { padded: true } => write!(out, "{:02}", at.day()),
                    Field::Day { padded: false } => write!(out, "{:>2}", at.day()),
                    Field::DayOfYear => write!(out, "{:03}", at.ordinal()),
                    Field::WeekdayName { long } => {
                        write!(out, "{}", name(&DAYS, at.weekday().num_days_from_sunday(), *long))
                    }
                    Field::Hour24 => write!(out, "{:02}", at.hour()),
                    Field::Hour12 => write!(out, "{:02}", at.hour12().1),
                    Field::HalfDay => write!(out, "{}", if at.hour12().0 { "PM" } else { "AM" }),
                    Field::Minute => write!(out, "{:02}", at.minute()),
                    Field::Second => write!(out, "{:02}", at.second()),
                    Field::Milliseconds => write!(out, "{:03}", at.timestamp_subsec_millis()),
                    Field::Microseconds => write!(out, "{:06}", at.timestamp_subsec_micros()),
                    Field::Zone => write!(out, "+0000"),
                    Field::EpochMilliseconds => write!(out, "{}", at.timestamp_millis()),
                    Field::EpochSeconds => write!(out, "{}", at.timestamp()),
                },
            };
        }
        Some(out)
    }
}

impl Moment {
    /// Reads one field from the beginning of `rest`; what comes after it.
    fn read<'t>(&mut self, field: Field, rest: &'t [u8]) -> Option<&'t [u8]> {
        let small = |rest: &'t [u8], digits| {
            let (number, rest) = number(rest, digits)?;
            Some((u32::try_from(number).ok()?, rest))
        };
        let rest = match field {
            Field::Year => {
                let (year, rest) = number(rest, 4)?;
                self.year = i32::try_from(year).ok()?;
                rest
            }
            Field::ShortYear => {
                let (year, rest) = number(rest, 2)?;
                // As POSIX has it: 69 is 1969, 68 is 2068.
                self.year = i32::try_from(year).ok()? + if year > 68 { 1900 } else { 2000 };
                rest
            }
            Field::Month => {
                let (month, rest) = small(rest, 2)?;
                self.month = month;
                rest
            }
            Field::MonthName { long } => {
                let (month, rest) = named(rest, &MONTHS, long)?;
                self.month = month + 1;
                rest
            }
            Field::Day { .. } => {
                let (day, rest) = small(rest.trim_ascii_start(), 2)?;
                self.day = day;
                rest
            }
            Field::DayOfYear => {
                let (day, rest) = small(rest, 3)?;
                self.day_of_year = Some(day);
                rest
            }
            Field::WeekdayName { long } => named(rest, &DAYS, long)?.1,
            Field::Hour24 | Field::Hour12 => {
                let (hour, rest) = small(rest, 2)?;
                self.hour = hour;
                rest
            }
            Field::HalfDay => {
                let (half, rest) = rest.split_at_checked(2)?;
                self.afternoon = Some(match half.to_ascii_uppercase().as_slice() {
                    b"AM" => false,
                    b"PM" => true,
                    _ => return None,
                });
                rest
            }
            Field::Minute => {
                let (minute, rest) = small(rest, 2)?;
                self.minute = minute;
                rest
            }
            Field::Second => {
                let (second, rest) = small(rest, 2)?;
                self.second = second;
                rest
            }
            Field::Milliseconds => {
                let (millis, rest) = small(rest, 3)?;
                self.micros = millis * 1000;
                rest
            }
            Field::Microseconds => {
                let (micros, after) = small(rest, 6)?;
                // A fraction: `.5` is half a second, however many digits it has.
                let digits = u32::try_from(rest.len() - after.len()).ok()?;
                self.micros = micros * 10_u32.pow(6 - digits);
                // Nanoseconds and finer are cut off.
                after.trim_ascii_start_digits()
            }
            Field::Zone => {
                let (minutes, rest) = zone(rest)?;
                self.zone_minutes = minutes;
                rest
            }
            Field::EpochMilliseconds | Field::EpochSeconds => {
                let end =
                    rest.iter().position(|b| !matches!(b, b'0'..=b'9' | b'-' | b'+' | b'.')).unwrap_or(rest.len());
                let (digits, rest) = rest.split_at(end);
                let number: f64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
                self.epoch_ms = Some(if field == Field::EpochSeconds { number * 1000.0 } else { number });
                rest
            }
        };
        Some(rest)
    }

    fn epoch_ms(&self) -> Option<f64> {
        if self.epoch_ms.is_some() {
            return self.epoch_ms;
        }
        let hour = match self.afternoon {
            None => self.hour,
            Some(_) if self.hour > 12 => return None,
            Some(afternoon) => self.hour % 12 + if afternoon { 12 } else { 0 },
        };
        let date = match self.day_of_year {
            Some(day) => NaiveDate::from_yo_opt(self.year, day)?,
            None => NaiveDate::from_ymd_opt(self.year, self.month, self.day)?,
        };
        let time = date.and_hms_micro_opt(hour, self.minute, self.second, self.micros)?;
        let micros = (time - TimeDelta::minutes(self.zone_minutes.into())).and_utc().timestamp_micros();
        Some(micros as f64 / 1000.0)
    }
}

trait Digits {
    fn trim_ascii_start_digits(&self) -> &Self;
}

impl Digits for [u8] {
    fn trim_ascii_start_digits(&self) -> &Self {
        let end = self.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.len());
        &self[end..]
    }
}

fn flush(parts: &mut Vec<Part>, literal: &mut Vec<u8>) {
    if !literal.is_empty() {
        parts.push(Part::Literal(std::mem::take(literal).into()));
    }
}

fn joined<'f>(fields: &'f [Field], by: &'f [u8]) -> impl Iterator<Item = Part> + 'f {
    fields.iter().enumerate().flat_map(move |(at, field)| {
        (at > 0).then(|| Part::Literal(by.into())).into_iter().chain([Part::Field(*field)])
    })
}

/// One to `digits` digits.
fn number(rest: &[u8], digits: usize) -> Option<(u64, &[u8])> {
    let length = rest.iter().take(digits).take_while(|byte| byte.is_ascii_digit()).count();
    let (number, rest) = rest.split_at(length);
    if number.is_empty() {
        return None;
    }
    Some((number.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0')), rest))
}

/// A name, long or of three letters, in any case.
fn named<'t>(rest: &'t [u8], names: &[&str], long: bool) -> Option<(u32, &'t [u8])> {
    (0..).zip(names).find_map(|(at, name)| {
        let name = if long { name } else { &name[..3] };
        let (head, rest) = rest.split_at_checked(name.len())?;
        head.eq_ignore_ascii_case(name.as_bytes()).then_some((at, rest))
    })
}

fn name(names: &'static [&'static str], at: u32, long: bool) -> &'static str {
    let name = names.get(at as usize).copied().unwrap_or_default();
    if long { name } else { name.get(..3).unwrap_or(name) }
}

/// `Z`, `+02`, `+0200`, `+02:00`: minutes east of Greenwich.
fn zone(rest: &[u8]) -> Option<(i32, &[u8])> {
    let (sign, rest) = match rest.split_first()? {
        (b'Z' | b'z', rest) => return Some((0, rest)),
        (b'+', rest) => (1, rest),
        (b'-', rest) => (-1, rest),
        _ => return None,
    };
    let (hours, rest) = number(rest, 2)?;
    let rest = rest.strip_prefix(b":").unwrap_or(rest);
    let (minutes, rest) = number(rest, 2).unwrap_or((0, rest));
    Some((sign * i32::try_from(hours * 60 + minutes).ok()?, rest))
}

/// The nearest whole number.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn whole(number: f64) -> Option<i64> {
    let number = number.round();
    (number.abs() < 9.0e18).then_some(number as i64)
}

fn unknown(directive: Option<char>) -> Error {
    let directive = directive.map_or_else(|| "%".to_owned(), |directive| format!("%{directive}"));
    bad("time_format_unknown", format!("“{directive}” in timeFormat is not known. Dates look like %Y-%m-%d %H:%M:%S."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for (format, text, expected) in [
            ("%Y-%m-%d", "2012-01-01", Some(1_325_376_000_000.0)),
            ("%Y-%m-%d", "2012-1-1", Some(1_325_376_000_000.0)),
            ("%Y-%m-%d %H:%M:%S", "2012-01-01 00:00:01", Some(1_325_376_001_000.0)),
            ("%Y-%m-%d %H:%M:%S.%f", "2012-01-01 00:00:00.000250", Some(1_325_376_000_000.25)),
            ("%Y-%m-%d %H:%M:%S.%f", "2012-01-01 00:00:00.5", Some(1_325_376_000_500.0)),
            ("%Y-%m-%d %H:%M:%S.%f", "2012-01-01 00:00:00.123456789", Some(1_325_376_000_123.456)),
            ("%Y-%m-%dT%H:%M:%S.%LZ", "2012-01-01T00:00:00.007Z", Some(1_325_376_000_007.0)),
            ("%Y-%m-%dT%H:%M:%S%Z", "2012-01-01T02:00:00+02:00", Some(1_325_376_000_000.0)),
            ("%F %T", "2012-01-01 00:00:00", Some(1_325_376_000_000.0)),
            ("%d %b %y, %I:%M %p", "1 jan 12, 12:00 AM", Some(1_325_376_000_000.0)),
            ("%A, %B %-d %Y", "Sunday, January 1 2012", Some(1_325_376_000_000.0)),
            ("%Y/%j", "2012/366", Some(1_356_912_000_000.0)),
            ("%s", "1325376000.5", Some(1_325_376_000_500.0)),
            ("%Q", "1325376000000", Some(1_325_376_000_000.0)),
            ("%Y-%m-%d", "2012-02-30", None),
            ("%Y-%m-%d", "2012-01-01 00:00", None),
            ("%Y-%m-%d", "01.02.2012", None),
            ("%H:%M", "24:00", None),
            ("%I %p", "13 PM", None),
            ("%Y", "", None),
            ("%Y-%m-%d", "２０１２-01-01", None),
        ] {
            assert_eq!(TimeFormat::new(format).unwrap().parse(text), expected, "{format} of {text}");
        }
        for (format, code) in
            [("%K", "time_format_unknown"), ("%", "time_format_unknown"), ("yyyy", "time_format_empty")]
        {
            assert_eq!(TimeFormat::new(format).unwrap_err().code, code);
        }
        assert_eq!(TimeFormat::new("%d %b %Y").unwrap().format(f64::NAN), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(micros in -2_000_000_000_000_000_i64..4_000_000_000_000_000) {
            // Years 1906 to 2096; %y reaches 1969 to 2068.
            let ms = micros as f64 / 1000.0;
            for format in ["%Y-%m-%d %H:%M:%S.%f", "%a %d %b %Y %I:%M:%S %p %f", "%Y %j %H%M%S %f %Z"] {
                let format = TimeFormat::new(format).unwrap();
                let text = format.format(ms).unwrap();
                prop_assert_eq!(format.parse(&text), Some(ms), "{}", text);
            }
        }

        #[test]
        fn nothing_panics(format in "\\PC{0,12}|(%[A-Za-z%]){0,4}", text in "\\PC{0,20}", ms in any::<f64>()) {
            if let Ok(format) = TimeFormat::new(&format) {
                let _ = format.parse(&text);
                let _ = format.format(ms);
            }
        }
    }
}
