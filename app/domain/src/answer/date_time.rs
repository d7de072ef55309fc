//! `<DateTime>`: a date, a time, both, or only a month or a year.
//!
//! What is stored is text as `format` writes it; without a format it is ISO 8601 cut to what is asked for. Fields of a page
//! and the limits speak ISO alone, so both are translated here. No time zone is meant or guessed.

use super::Answer;
use crate::label_config::Control;
use crate::media::series::time_format::TimeFormat;
use crate::result::ResultItem;

/// How much of a moment is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// `2024-03-01T13:05`
    DateTime,
    /// `2024-03-01`
    Date,
    /// `13:05`
    Time,
    /// `2024-03`
    YearMonth,
    /// `03`
    Month,
    /// `2024`
    Year,
}

impl Precision {
    const ALL: [Self; 6] = [Self::DateTime, Self::Date, Self::Time, Self::YearMonth, Self::Month, Self::Year];

    fn iso(self) -> &'static str {
        match self {
            Self::DateTime => "%Y-%m-%dT%H:%M",
            Self::Date => "%Y-%m-%d",
            Self::Time => "%H:%M",
            Self::YearMonth => "%Y-%m",
            Self::Month => "%m",
            Self::Year => "%Y",
        }
    }

    /// Other ways in which such a moment is written in results and limits.
    fn also(self) -> &'static [&'static str] {
        match self {
            Self::DateTime => &[
                "%Y-%m-%d %H:%M",
                "%Y-%m-%dT%H:%M:%S",
                "%Y-%m-%d %H:%M:%S",
                "%Y-%m-%dT%H:%M:%S.%L%Z",
                "%Y-%m-%dT%H:%M:%S%Z",
            ],
            Self::Time => &["%H:%M:%S"],
            _ => &[],
        }
    }

    /// The ISO text of what is written so; `None` for what is no such moment.
    fn read(self, written: &str) -> Option<String> {
        let formats = std::iter::once(self.iso()).chain(self.also().iter().copied());
        formats.filter_map(|format| TimeFormat::new(format).ok()).find_map(|format| {
            let moment = format.parse(written)?;
            TimeFormat::new(self.iso()).ok()?.format(moment)
        })
    }
}

/// The rules of a `<DateTime>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateTime {
    /// How much is asked for.
    pub precision: Precision,
    /// How it is stored; ISO 8601 without.
    format: Option<TimeFormat>,
    /// The earliest, in ISO; perhaps less precise than what is asked for.
    pub min: Option<String>,
    /// The latest, in ISO; perhaps less precise than what is asked for.
    pub max: Option<String>,
}

impl DateTime {
    pub(super) fn of(control: &Control) -> Self {
        let only: Vec<String> = control
            .attribute("only")
            .unwrap_or_default()
            .split(',')
            .map(|part| part.trim().to_ascii_lowercase())
            .collect();
        let has = |part: &str| only.iter().any(|only| only == part);
        let precision = match (has("date"), has("time"), has("month"), has("year")) {
            (true, true, ..) => Precision::DateTime,
            (true, ..) => Precision::Date,
            (_, true, ..) => Precision::Time,
            (_, _, true, true) => Precision::YearMonth,
            (_, _, true, _) => Precision::Month,
            (_, _, _, true) => Precision::Year,
            _ => Precision::DateTime,
        };
        let limit = |name: &str| {
            let written = control.attribute(name)?.trim();
            Precision::ALL
                .into_iter()
                .find_map(|precision| precision.read(written).filter(|_| precision != Precision::Month))
        };
        let format = control.attribute("format").map(str::trim).filter(|format| !format.is_empty());
        Self {
            precision,
            format: format.and_then(|format| TimeFormat::new(format).ok()),
            min: limit("min"),
            max: limit("max"),
        }
    }

    pub(super) fn initial(&self, control: &Control) -> Option<Answer> {
        self.stored(&self.precision.read(control.attribute("defaultValue")?.trim())?)
    }

    /// What is stored for the ISO text of a field; `None` for an empty or impossible one.
    #[must_use]
    pub fn stored(&self, iso: &str) -> Option<Answer> {
        let iso = self.precision.read(iso)?;
        let text = match &self.format {
            None => iso,
            Some(format) => format.format(TimeFormat::new(self.precision.iso()).ok()?.parse(&iso)?)?,
        };
        Some(Answer::DateTime(text))
    }

    /// The ISO text of what is stored; `None` where it is no such moment.
    #[must_use]
    pub fn iso(&self, stored: &str) -> Option<String> {
        let by_format = self.format.as_ref().and_then(|format| {
            let moment = format.parse(stored)?;
            TimeFormat::new(self.precision.iso()).ok()?.format(moment)
        });
        by_format.or_else(|| self.precision.read(stored))
    }

    pub(super) fn problem(&self, item: &ResultItem) -> Option<String> {
        let Some(Answer::DateTime(stored)) = Answer::from_item(item) else { return None };
        let what = match self.precision {
            Precision::DateTime | Precision::Date => "date",
            Precision::Time => "time",
            Precision::YearMonth | Precision::Month => "month",
            Precision::Year => "year",
        };
        let Some(iso) = self.iso(&stored) else { return Some(format!("“{stored}” is no {what}.")) };
        // Both are digits in the order of their weight: what is more precise is compared as far as the limit says.
        let as_far_as = |limit: &str| iso.get(..limit.len()).unwrap_or(&iso);
        if let Some(limit) = self.min.as_deref().filter(|limit| as_far_as(limit) < *limit) {
            return Some(format!("The {what} must be {limit} or later."));
        }
        let limit = self.max.as_deref().filter(|limit| as_far_as(limit) > *limit)?;
        Some(format!("The {what} must be {limit} or earlier."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label_config::parse;

    fn rules(attributes: &str) -> DateTime {
        let xml = format!(r#"<View><Text name="t" value="$t"/><DateTime name="c" toName="t" {attributes}/></View>"#);
        DateTime::of(&parse(&xml).config.unwrap().controls[0])
    }

    #[test]
    fn what_is_asked_for_and_how_it_is_stored() {
        let table = [
            ("", "2024-03-01T13:05", "2024-03-01T13:05"),
            (r#"only="date""#, "2024-03-01", "2024-03-01"),
            (r#"only="time""#, "13:05", "13:05"),
            (r#"only="month,year""#, "2024-03", "2024-03"),
            (r#"only="month""#, "03", "03"),
            (r#"only="year""#, "2024", "2024"),
            (r#"only="date" format="%d.%m.%Y""#, "2024-03-01", "01.03.2024"),
            (r#"only="date, time" format="%B %d, %Y %I:%M %p""#, "2024-03-01T13:05", "March 01, 2024 01:05 PM"),
        ];
        for (attributes, iso, stored) in table {
            let rules = rules(attributes);
            assert_eq!(rules.stored(iso), Some(Answer::DateTime(stored.to_owned())), "{attributes}");
            assert_eq!(rules.iso(stored).as_deref(), Some(iso), "{attributes}");
        }
        assert_eq!(rules(r#"only="date""#).stored("2024-02-30"), None);
        assert_eq!(rules(r#"only="date""#).stored(""), None);
        assert_eq!(rules("").iso("2024-03-01 13:05:59").as_deref(), Some("2024-03-01T13:05"));
    }

    #[test]
    fn limits_are_told() {
        let item = |text: &str| {
            let value = serde_json::json!({"datetime": text}).as_object().cloned().unwrap();
            ResultItem::new("i", "c", "t", "datetime", value)
        };
        let date = r#"only="date" min="2020-01-01" max="2024-12-31""#;
        let table = [
            (date, "2020-01-01", None),
            (date, "2019-12-31", Some("The date must be 2020-01-01 or later.")),
            (date, "2025-01-01", Some("The date must be 2024-12-31 or earlier.")),
            (date, "soon", Some("“soon” is no date.")),
            (r#"max="2024-12-31""#, "2024-12-31T23:59", None),
            (r#"max="2024-12-31""#, "2025-01-01T00:00", Some("The date must be 2024-12-31 or earlier.")),
            (r#"only="year" min="1990""#, "1989", Some("The year must be 1990 or later.")),
            (r#"only="time" max="12:00""#, "12:01", Some("The time must be 12:00 or earlier.")),
            (
                r#"only="date" format="%d/%m/%Y" min="2020-01-01""#,
                "31/12/2019",
                Some("The date must be 2020-01-01 or later."),
            ),
        ];
        for (attributes, text, expected) in table {
            assert_eq!(rules(attributes).problem(&item(text)).as_deref(), expected, "{attributes} {text}");
        }
    }
}
