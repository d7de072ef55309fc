//! One condition of a filter: a column, what is asked of it, and with which value.
//!
//! What was written is brought into types here: a condition that exists can be asked. The names of operators and types are
//! Label Studio's, with those of other spellings people know (`not_empty`, `in_range`, `exists`).

mod read;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, json};

use super::{Column, ColumnType};

/// The most characters of a text that is looked for.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// The most characters of a pattern.
pub const MAX_PATTERN_CHARS: usize = 500;
/// The most values of one list.
pub const MAX_VALUES: usize = 10_000;

type Json = serde_json::Value;

/// One question about a task.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// About what.
    pub column: Column,
    /// How it is compared: the column's own type, or for data the one that was asked for.
    pub compared_as: ValueType,
    /// What is asked.
    pub test: Test,
}

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// By size.
    Number,
    /// By time.
    Datetime,
    /// True or false.
    Boolean,
    /// Letter by letter.
    String,
    /// People or names, of which there may be several.
    List,
}

/// What is asked of a column. A value that is missing answers no to everything but the negations and [`Test::Empty`].
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// It compares so with the value.
    Compare(Comparison, Value),
    /// It lies between two values, both included; or not.
    Between {
        /// The smaller.
        min: Value,
        /// The larger.
        max: Value,
        /// Whether it must not.
        negated: bool,
    },
    /// It is one of the values; or none.
    OneOf {
        /// The values.
        values: Vec<Value>,
        /// Whether it must not be.
        negated: bool,
    },
    /// A text holds one of these, whatever its case; a list has one of them; or not.
    Contains {
        /// What is looked for.
        values: Vec<Value>,
        /// Whether it must not.
        negated: bool,
    },
    /// A text begins so, whatever its case.
    StartsWith(String),
    /// A text ends so, whatever its case.
    EndsWith(String),
    /// A text matches the regular expression.
    Matches(String),
    /// There is nothing; with `false`, there is something.
    Empty(bool),
    /// A moment lies within this long before now; or not.
    WithinLast {
        /// How long.
        within: Within,
        /// Whether it must not.
        negated: bool,
    },
}

/// How a value stands to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// The same.
    Equal,
    /// Another, or none.
    NotEqual,
    /// Before it.
    Less,
    /// Before it, or the same.
    LessOrEqual,
    /// Behind it.
    Greater,
    /// Behind it, or the same.
    GreaterOrEqual,
}

/// Something to compare with.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// A moment.
    Moment(DateTime<Utc>),
}

/// A number as it was written: whole ones find whole ones through an index.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Number {
    /// Without a fraction.
    Whole(i64),
    /// With one, or very large.
    Real(f64),
}

/// A length of time up to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Within {
    /// How many units.
    pub count: u32,
    /// Of what.
    pub unit: Unit,
}

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// 60 seconds.
    Minutes,
    /// 60 minutes.
    Hours,
    /// 24 hours.
    Days,
    /// 7 days.
    Weeks,
}

impl Unit {
    const ALL: [Self; 4] = [Self::Minutes, Self::Hours, Self::Days, Self::Weeks];

    fn name(self) -> &'static str {
        match self {
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
            Self::Weeks => "weeks",
        }
    }
}

impl Within {
    /// In seconds.
    #[must_use]
    pub fn seconds(self) -> i64 {
        let unit = match self.unit {
            Unit::Minutes => 60,
            Unit::Hours => 3_600,
            Unit::Days => 86_400,
            Unit::Weeks => 604_800,
        };
        i64::from(self.count) * unit
    }
}

impl Comparison {
    const NAMES: [(Self, &'static str); 6] = [
        (Self::Equal, "equal"),
        (Self::NotEqual, "not_equal"),
        (Self::Less, "less"),
        (Self::LessOrEqual, "less_or_equal"),
        (Self::Greater, "greater"),
        (Self::GreaterOrEqual, "greater_or_equal"),
    ];

    fn from_name(name: &str) -> Option<Self> {
        Self::NAMES.into_iter().find(|(_, known)| *known == name).map(|(comparison, _)| comparison)
    }

    fn name(self) -> &'static str {
        Self::NAMES.into_iter().find(|(known, _)| *known == self).map_or("equal", |(_, name)| name)
    }

    fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }
}

impl ValueType {
    fn of(column: &Column, written: &str) -> Self {
        let holds = match column {
            Column::Data(_) => match written {
                "Number" | "AggNumber" | "Time" => ColumnType::Number,
                "Datetime" => ColumnType::Datetime,
                "Boolean" => ColumnType::Boolean,
                _ => ColumnType::String,
            },
            _ => column.holds(),
        };
        match holds {
            ColumnType::Number | ColumnType::Time => Self::Number,
            ColumnType::Datetime => Self::Datetime,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::List => Self::List,
            _ => Self::String,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Number => "Number",
            Self::Datetime => "Datetime",
            Self::Boolean => "Boolean",
            Self::String => "String",
            Self::List => "List",
        }
    }

    /// In words, after "with".
    fn described(self) -> &'static str {
        match self {
            Self::Number => "a number",
            Self::Datetime => "a moment, such as 2026-01-31T12:00:00Z",
            Self::Boolean => "true or false",
            Self::String => "a text",
            Self::List => "a list",
        }
    }
}

impl Condition {
    /// The condition in Label Studio's words.
    #[must_use]
    pub fn write(&self) -> Map<String, Json> {
        let (operator, value) = self.test.write();
        let mut written = Map::new();
        written.insert("filter".into(), format!("filter:tasks:{}", self.column.name()).into());
        written.insert("operator".into(), operator.into());
        written.insert("type".into(), self.compared_as.name().into());
        written.insert("value".into(), value);
        written
    }
}

impl Test {
    fn write(&self) -> (&'static str, Json) {
        let list = |values: &[Value]| Json::Array(values.iter().map(Value::write).collect());
        match self {
            Self::Compare(comparison, value) => (comparison.name(), value.write()),
            Self::Between { min, max, negated } => {
                (if *negated { "not_in" } else { "in" }, json!({ "min": min.write(), "max": max.write() }))
            }
            Self::OneOf { values, negated } => (if *negated { "not_in_list" } else { "in_list" }, list(values)),
            Self::Contains { values, negated } => {
                let value = if let [only] = values.as_slice() { only.write() } else { list(values) };
                (if *negated { "not_contains" } else { "contains" }, value)
            }
            Self::StartsWith(text) => ("starts_with", json!(text)),
            Self::EndsWith(text) => ("ends_with", json!(text)),
            Self::Matches(pattern) => ("regex", json!(pattern)),
            Self::Empty(is_empty) => ("empty", json!(is_empty)),
            Self::WithinLast { within, negated } => (
                if *negated { "not_within_last" } else { "within_last" },
                json!({ "count": within.count, "unit": within.unit.name() }),
            ),
        }
    }
}

impl Value {
    fn write(&self) -> Json {
        match self {
            Self::Number(Number::Whole(number)) => json!(number),
            Self::Number(Number::Real(number)) => json!(number),
            Self::Text(text) => json!(text),
            Self::Flag(flag) => json!(flag),
            Self::Moment(moment) => json!(moment.to_rfc3339_opts(SecondsFormat::Micros, true)),
        }
    }
}
