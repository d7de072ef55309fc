//! Reading conditions strictly: whatever does not fit its column is refused by name.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde_json::Map;

use super::{
    super::{Column, Fixed},
    Comparison, Condition, Json, MAX_PATTERN_CHARS, MAX_TEXT_CHARS, MAX_VALUES, Number, Test, Unit, Value, ValueType,
    Within,
};
use crate::{Error, Result};

/// The longest that "within the last" looks back, in any unit.
const MAX_WITHIN: u32 = 100_000;

impl Condition {
    /// The condition as it is written.
    ///
    /// # Errors
    /// A column that tasks do not have; an operator that does not exist or does not fit the column; a value that does not
    /// fit either. `None` where no value was chosen yet: such a condition asks nothing.
    pub fn parse(written: &Map<String, Json>) -> Result<Option<Self>> {
        let text = |key: &str| written.get(key).and_then(Json::as_str).unwrap_or_default();
        let path = text("filter");
        let column =
            Column::parse(path.strip_prefix("filter:").unwrap_or(path)).map_err(|problem| problem.on("filter"))?;
        let operator = text("operator");
        if operator.is_empty() {
            return Err(Error::invalid(
                "operator",
                "operator_missing",
                format!("What is asked of “{}”?", column.name()),
            ));
        }
        let compared_as = ValueType::of(&column, text("type"));
        let value = written.get("value").unwrap_or(&Json::Null);
        let asks_nothing = value.is_null() || value.as_object().is_some_and(Map::is_empty);
        let takes_no_value = matches!(operator, "empty" | "not_empty" | "exists" | "not_exists");
        if asks_nothing && !takes_no_value {
            // Only what could be asked once there is a value: nonsense is refused however little of it there is.
            Reading { column: &column, compared_as }.check_operator(operator)?;
            return Ok(None);
        }
        let (compared_as, test) = Reading { column: &column, compared_as }.test(operator, value)?;
        Ok(Some(Self { column, compared_as, test }))
    }
}

impl Number {
    /// The number of a JSON value, also of one in a text.
    #[must_use]
    pub fn read(json: &Json) -> Option<Self> {
        match json {
            Json::Number(number) => number
                .as_i64()
                .map(Self::Whole)
                .or_else(|| number.as_f64().filter(|real| real.is_finite()).map(Self::Real)),
            Json::String(text) => {
                let text = text.trim();
                let real = || text.parse().ok().filter(|real: &f64| real.is_finite()).map(Self::Real);
                text.parse().map(Self::Whole).ok().or_else(real)
            }
            _ => None,
        }
    }
}

/// Reads what is asked of one column.
struct Reading<'a> {
    column: &'a Column,
    compared_as: ValueType,
}

impl Reading<'_> {
    fn test(&self, operator: &str, value: &Json) -> Result<(ValueType, Test)> {
        self.check_operator(operator)?;
        let is_people_or_names = self.compared_as == ValueType::List;
        if *self.column == Column::Fixed(Fixed::AnnotationsIds) {
            return Ok((self.compared_as, self.ids(operator, value)?));
        }
        if let Some(comparison) = Comparison::from_name(operator) {
            if is_people_or_names {
                // A list is never the same as one value; what is meant is that it has it.
                let negated = comparison == Comparison::NotEqual;
                return Ok((self.compared_as, Test::Contains { values: self.list(value)?, negated }));
            }
            let compared_as = self.sized(comparison, value);
            return Ok((compared_as, Test::Compare(comparison, self.value(compared_as, value)?)));
        }
        let negated = operator.starts_with("not_");
        let test = match operator.strip_prefix("not_").unwrap_or(operator) {
            "in" | "in_range" => match (value.get("min"), value.get("max"), value.get("values")) {
                (Some(min), Some(max), _) => Test::Between {
                    min: self.value(self.compared_as, min)?,
                    max: self.value(self.compared_as, max)?,
                    negated,
                },
                (_, _, Some(values)) => self.one_of(values, negated)?,
                _ if value.is_array() => self.one_of(value, negated)?,
                _ => return Err(self.unfit("a smallest and a largest value: {\"min\": …, \"max\": …}")),
            },
            "in_list" => self.one_of(value, negated)?,
            "contains" => Test::Contains { values: self.list(value)?, negated },
            "starts_with" => Test::StartsWith(self.text(value)?),
            "ends_with" => Test::EndsWith(self.text(value)?),
            "regex" => Test::Matches(self.pattern(value)?),
            "empty" => Test::Empty(self.flag_or(value, true)? != negated),
            "exists" => Test::Empty(self.flag_or(value, true)? == negated),
            _ => Test::WithinLast { within: self.within(value)?, negated },
        };
        Ok((self.compared_as, test))
    }

    fn one_of(&self, value: &Json, negated: bool) -> Result<Test> {
        if self.compared_as == ValueType::List {
            return Ok(Test::Contains { values: self.list(value)?, negated });
        }
        Ok(Test::OneOf { values: self.list(value)?, negated })
    }

    /// Refuses operators that do not exist, and those that make no sense for the column.
    fn check_operator(&self, operator: &str) -> Result<()> {
        let (column, holds) = (self.column, self.compared_as);
        let is_document = matches!(
            column,
            Column::Fixed(Fixed::AnnotationsResults | Fixed::PredictionsResults | Fixed::AnnotationsIds)
        );
        let fits = match (Comparison::from_name(operator), operator) {
            (Some(comparison), _) => {
                comparison.is_equality() || !(is_document || matches!(holds, ValueType::Boolean | ValueType::List))
            }
            (_, "in" | "not_in" | "in_range" | "not_in_range") => !is_document && holds != ValueType::Boolean,
            (_, "in_list" | "not_in_list") => {
                holds != ValueType::Boolean && (!is_document || *column == Column::Fixed(Fixed::AnnotationsIds))
            }
            (_, "contains" | "not_contains") => matches!(holds, ValueType::String | ValueType::List),
            (_, "starts_with" | "ends_with") => !is_document && holds == ValueType::String,
            (_, "regex") => holds == ValueType::String && *column != Column::Fixed(Fixed::AnnotationsIds),
            (_, "empty" | "not_empty" | "exists" | "not_exists") => true,
            (_, "within_last" | "not_within_last") => holds == ValueType::Datetime,
            _ => {
                let shown: String = operator.chars().take(80).collect();
                let message = format!("“{shown}” cannot be asked of “{}”: there is no such operator.", column.name());
                return Err(Error::invalid("operator", "unknown_operator", message));
            }
        };
        if fits {
            return Ok(());
        }
        let message = format!(
            "“{operator}” cannot be asked of “{}”, which is compared with {}.",
            column.name(),
            holds.described()
        );
        Err(Error::invalid("operator", "operator_unfit", message))
    }

    /// Numbers are compared by size also where nobody said that the data holds numbers.
    fn sized(&self, comparison: Comparison, value: &Json) -> ValueType {
        match self.compared_as {
            ValueType::String if value.is_number() && !comparison.is_equality() => ValueType::Number,
            as_written => as_written,
        }
    }

    fn value(&self, compared_as: ValueType, value: &Json) -> Result<Value> {
        let read = match compared_as {
            ValueType::Number => Number::read(value).map(Value::Number),
            ValueType::Datetime => value.as_str().and_then(moment).map(Value::Moment),
            ValueType::Boolean => flag(value).map(Value::Flag),
            ValueType::String => return self.text(value).map(Value::Text),
            ValueType::List if self.column.holds_people() => Number::read(value).map(Value::Number),
            ValueType::List => return self.text(value).map(Value::Text),
        };
        read.ok_or_else(|| self.unfit(compared_as.described()))
    }

    /// One value or several of them.
    fn list(&self, value: &Json) -> Result<Vec<Value>> {
        let Json::Array(values) = value else { return Ok(vec![self.value(self.compared_as, value)?]) };
        if values.is_empty() || values.len() > MAX_VALUES {
            return Err(self.unfit(&format!("between 1 and {MAX_VALUES} values")));
        }
        values.iter().map(|value| self.value(self.compared_as, value)).collect()
    }

    /// Numbers of annotations, as a list or written one after another: `1, 2 3`.
    fn ids(&self, operator: &str, value: &Json) -> Result<Test> {
        let negated = operator.starts_with("not_");
        if matches!(operator, "empty" | "not_empty" | "exists" | "not_exists") {
            let is_empty = self.flag_or(value, true)?;
            return Ok(Test::Empty(is_empty != (operator == "not_empty" || operator == "exists")));
        }
        let numbers: Vec<Value> = match value {
            Json::String(text) => {
                let words = text.split([',', ';', ' ']).filter(|word| !word.is_empty());
                words.filter_map(|word| word.parse().ok()).map(|id| Value::Number(Number::Whole(id))).collect()
            }
            Json::Array(values) => values.iter().filter_map(Number::read).map(Value::Number).collect(),
            other => Number::read(other).map(Value::Number).into_iter().collect(),
        };
        if numbers.is_empty() || numbers.len() > MAX_VALUES {
            return Err(self.unfit("the numbers of annotations"));
        }
        Ok(Test::OneOf { values: numbers, negated })
    }

    fn text(&self, value: &Json) -> Result<String> {
        let text = match value {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            Json::Bool(flag) => flag.to_string(),
            _ => return Err(self.unfit(ValueType::String.described())),
        };
        if text.chars().count() > MAX_TEXT_CHARS || text.contains('\0') {
            return Err(self.unfit(&format!("a text of at most {MAX_TEXT_CHARS} characters")));
        }
        Ok(text)
    }

    /// A pattern that takes time in proportion to the text: whatever refers back to what was matched does not.
    fn pattern(&self, value: &Json) -> Result<String> {
        let pattern = self.text(value)?;
        if pattern.chars().count() > MAX_PATTERN_CHARS {
            return Err(self.unfit(&format!("a pattern of at most {MAX_PATTERN_CHARS} characters")));
        }
        let mut characters = pattern.chars();
        while let Some(character) = characters.next() {
            if character == '\\' && characters.next().is_some_and(|next| matches!(next, '1'..='9')) {
                return Err(self.unfit("a pattern that does not refer back to what it matched (\\1)"));
            }
        }
        Ok(pattern)
    }

    fn flag_or(&self, value: &Json, default: bool) -> Result<bool> {
        if value.is_null() || value.as_object().is_some_and(Map::is_empty) {
            return Ok(default);
        }
        flag(value).ok_or_else(|| self.unfit(ValueType::Boolean.described()))
    }

    fn within(&self, value: &Json) -> Result<Within> {
        let unit = value
            .get("unit")
            .map_or(Some(Unit::Days), |unit| Unit::ALL.into_iter().find(|known| Some(known.name()) == unit.as_str()));
        let count = match Number::read(value.get("count").unwrap_or(value)) {
            Some(Number::Whole(count)) => u32::try_from(count).ok().filter(|count| (1..=MAX_WITHIN).contains(count)),
            _ => None,
        };
        match (count, unit) {
            (Some(count), Some(unit)) => Ok(Within { count, unit }),
            _ => Err(self.unfit("a length of time, such as {\"count\": 7, \"unit\": \"days\"}")),
        }
    }

    fn unfit(&self, wanted: &str) -> Error {
        Error::invalid("value", "value_unfit", format!("“{}” is asked here with {wanted}.", self.column.name()))
    }
}

fn flag(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(flag) => Some(*flag),
        Json::Number(number) => number.as_i64().and_then(|number| match number {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }),
        Json::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A moment; without a zone it is of UTC, without a time the beginning of the day.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    let zoned = || DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc());
    let local = || {
        let formats = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M"];
        formats
            .into_iter()
            .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
            .map(|time| time.and_utc())
    };
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0).map(|time| time.and_utc());
    let moment = zoned().or_else(local).or_else(day)?;
    // As the database keeps it.
    DateTime::from_timestamp_micros(moment.timestamp_micros())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parse(column: &str, kind: &str, operator: &str, value: Json) -> Result<Option<Condition>> {
        let json =
            json!({"filter": format!("filter:tasks:{column}"), "operator": operator, "type": kind, "value": value});
        Condition::parse(json.as_object().unwrap())
    }

    #[test]
    fn what_is_written_is_what_is_asked() {
        use Comparison as C;
        let whole = |number| Value::Number(Number::Whole(number));
        let text = |text: &str| Value::Text(text.into());
        let at = |seconds| Value::Moment(DateTime::from_timestamp(seconds, 0).unwrap());
        let contains = |values: Vec<Value>, negated| Test::Contains { values, negated };
        for (column, kind, operator, value, expected) in [
            ("id", "Number", "equal", json!(5), Test::Compare(C::Equal, whole(5))),
            ("id", "Number", "greater", json!("5"), Test::Compare(C::Greater, whole(5))),
            (
                "id",
                "Number",
                "less_or_equal",
                json!(2.5),
                Test::Compare(C::LessOrEqual, Value::Number(Number::Real(2.5))),
            ),
            (
                "id",
                "Number",
                "in",
                json!({"min": 1, "max": 7}),
                Test::Between { min: whole(1), max: whole(7), negated: false },
            ),
            (
                "id",
                "Number",
                "not_in_range",
                json!({"min": 1, "max": 7}),
                Test::Between { min: whole(1), max: whole(7), negated: true },
            ),
            ("id", "List", "in_list", json!([1, 2]), Test::OneOf { values: vec![whole(1), whole(2)], negated: false }),
            ("id", "Number", "not_in", json!({"values": [1]}), Test::OneOf { values: vec![whole(1)], negated: true }),
            ("created_at", "Datetime", "less", json!("1970-01-01T00:01:00.000Z"), Test::Compare(C::Less, at(60))),
            ("created_at", "Datetime", "less", json!("1970-01-02"), Test::Compare(C::Less, at(86_400))),
            (
                "created_at",
                "Datetime",
                "within_last",
                json!({"count": 2, "unit": "hours"}),
                Test::WithinLast { within: Within { count: 2, unit: Unit::Hours }, negated: false },
            ),
            ("created_at", "Datetime", "exists", json!(1), Test::Empty(false)),
            ("data.text", "String", "contains", json!("cat"), contains(vec![text("cat")], false)),
            ("data.text", "String", "not_contains", json!("cat"), contains(vec![text("cat")], true)),
            ("data.text", "String", "regex", json!("^t[12]$"), Test::Matches("^t[12]$".into())),
            ("data.text", "String", "empty", json!("false"), Test::Empty(false)),
            ("data.text", "String", "not_empty", json!(null), Test::Empty(false)),
            ("data.text", "String", "empty", json!(null), Test::Empty(true)),
            ("data.n", "Unknown", "equal", json!(5), Test::Compare(C::Equal, text("5"))),
            ("data.n", "Unknown", "greater", json!(5), Test::Compare(C::Greater, whole(5))),
            ("data.ok", "Boolean", "equal", json!("true"), Test::Compare(C::Equal, Value::Flag(true))),
            ("annotators", "List", "contains", json!(7), contains(vec![whole(7)], false)),
            ("annotators", "List", "equal", json!(7), contains(vec![whole(7)], false)),
            ("annotators", "List", "not_in_list", json!([7]), contains(vec![whole(7)], true)),
            (
                "predictions_model_versions",
                "List",
                "contains",
                json!(["v1", "v2"]),
                contains(vec![text("v1"), text("v2")], false),
            ),
            (
                "annotations_ids",
                "String",
                "contains",
                json!("1, 2;x 3"),
                Test::OneOf { values: vec![whole(1), whole(2), whole(3)], negated: false },
            ),
            ("label_count.Car", "Number", "greater", json!(2), Test::Compare(C::Greater, whole(2))),
        ] {
            let condition = parse(column, kind, operator, value).unwrap().unwrap();
            assert_eq!(condition.test, expected, "{column} {operator}");
            let again = Condition::parse(&condition.write()).unwrap().unwrap();
            assert_eq!(again, condition, "{column} {operator}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_refused_by_name() {
        for (column, kind, operator, value, code) in [
            ("zzz", "Number", "equal", json!(1), "unknown_column"),
            ("id", "Number", "zzz", json!(1), "unknown_operator"),
            ("id", "Number", "", json!(1), "operator_missing"),
            ("id", "Number", "contains", json!(1), "operator_unfit"),
            ("id", "Number", "equal", json!("one"), "value_unfit"),
            ("id", "Number", "equal", json!("inf"), "value_unfit"),
            ("id", "Number", "in", json!({"min": 1}), "value_unfit"),
            ("id", "Number", "in_list", json!([]), "value_unfit"),
            ("created_at", "Datetime", "less", json!(5), "value_unfit"),
            ("created_at", "Datetime", "less", json!("2026-02-31"), "value_unfit"),
            ("created_at", "Datetime", "within_last", json!({"count": 0, "unit": "days"}), "value_unfit"),
            ("created_at", "Datetime", "within_last", json!({"count": 1, "unit": "moons"}), "value_unfit"),
            ("data.text", "String", "within_last", json!(1), "operator_unfit"),
            ("data.text", "String", "contains", json!({"a": 1}), "value_unfit"),
            ("data.text", "String", "contains", json!("\0"), "value_unfit"),
            ("data.text", "String", "regex", json!(r"(a)\1"), "value_unfit"),
            ("data.text", "String", "regex", json!("a".repeat(MAX_PATTERN_CHARS + 1)), "value_unfit"),
            ("data.text", "String", "contains", json!("a".repeat(MAX_TEXT_CHARS + 1)), "value_unfit"),
            ("annotators", "List", "contains", json!("me"), "value_unfit"),
            ("annotators", "List", "greater", json!(1), "operator_unfit"),
            ("draft_exists", "Boolean", "greater", json!(true), "operator_unfit"),
            ("annotations_results", "String", "starts_with", json!("x"), "operator_unfit"),
            ("annotations_ids", "String", "contains", json!("none"), "value_unfit"),
        ] {
            let problem = parse(column, kind, operator, value).unwrap_err();
            assert_eq!(problem.code, code, "{column} {operator}: {}", problem.message);
        }
        let problem = parse("data.text", "String", "zzz", json!(1)).unwrap_err();
        assert_eq!(problem.message, "“zzz” cannot be asked of “data.text”: there is no such operator.");
        assert_eq!(problem.field.unwrap(), "operator");
    }

    #[test]
    fn a_condition_without_a_value_asks_nothing() {
        assert_eq!(parse("id", "Number", "equal", json!(null)), Ok(None));
        assert_eq!(parse("id", "Number", "in", json!({})), Ok(None));
        assert!(parse("id", "Number", "zzz", json!(null)).is_err());
        // A backslash that is one is no reference.
        assert!(parse("data.text", "String", "regex", json!(r"a\\1|\d+\.")).is_ok());
    }
}
