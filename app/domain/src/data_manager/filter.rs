//! The filter tree: groups of conditions, any of which or all of which must hold, one in another.
//!
//! ```json
//! {"conjunction": "and", "items": [
//!     {"filter": "filter:tasks:data.text", "operator": "contains", "type": "String", "value": "cat"},
//!     {"conjunction": "or", "items": […]}
//! ]}
//! ```
//! Label Studio has one group; ours may hold groups. Its `child_filter` is kept: conditions of one line that are about
//! annotations hold of one and the same annotation ("one by Ann that has the label Car").

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::Condition;
use crate::{Error, Result};

/// How deep groups may lie in each other.
pub const MAX_DEPTH: usize = 8;
/// The most conditions of a filter, and the longest line of children.
pub const MAX_CONDITIONS: usize = 100;

/// A group of conditions. One without any lets everything through.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Whether all must hold, or any.
    pub conjunction: Conjunction,
    /// What must hold.
    pub items: Vec<Item>,
}

/// How the items of a group go together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Conjunction {
    /// All of them hold.
    #[default]
    And,
    /// At least one holds.
    Or,
}

/// What stands in a group.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// Another group, never an empty one.
    Group(Filter),
    /// A condition, and others that go with it: all hold, and those about annotations hold of the same one. Never empty.
    Line(Vec<Condition>),
}

impl Conjunction {
    fn as_str(self) -> &'static str {
        match self {
            Self::And => "and",
            Self::Or => "or",
        }
    }
}

impl Filter {
    /// The filter as it is written; nothing at all lets everything through.
    ///
    /// # Errors
    /// The first thing that is wrong, with where it stands (`filters.items[1].operator`) as the field.
    pub fn parse(written: &Value) -> Result<Self> {
        match written {
            Value::Null => Ok(Self::default()),
            Value::Object(group) if group.is_empty() => Ok(Self::default()),
            Value::Object(group) => Reading::default().group(group, "filters", 1),
            _ => {
                Err(wrong("filters".into(), "filter_malformed", "A filter is an object with a conjunction and items."))
            }
        }
    }

    /// The filter in Label Studio's words.
    #[must_use]
    pub fn write(&self) -> Value {
        let items: Vec<Value> = self.items.iter().map(Item::write).collect();
        json!({ "conjunction": self.conjunction.as_str(), "items": items })
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.items.is_empty()
    }

    /// Both this filter and another.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self.is_open(), other.is_open()) {
            (true, _) => other,
            (_, true) => self,
            _ => Self { conjunction: Conjunction::And, items: vec![Item::Group(self), Item::Group(other)] },
        }
    }
}

impl Item {
    fn write(&self) -> Value {
        match self {
            Self::Group(group) => group.write(),
            Self::Line(line) => {
                let mut written: Option<Map<String, Value>> = None;
                for condition in line.iter().rev() {
                    let mut parent = condition.write();
                    if let Some(child) = written {
                        parent.insert("child_filter".into(), child.into());
                    }
                    written = Some(parent);
                }
                written.unwrap_or_default().into()
            }
        }
    }
}

fn wrong(field: String, code: &'static str, message: impl Into<String>) -> Error {
    Error::new(crate::Kind::Invalid, code, message).on(field)
}

/// Reads a tree and counts as it goes.
#[derive(Default)]
struct Reading {
    conditions: usize,
}

impl Reading {
    fn group(&mut self, group: &Map<String, Value>, path: &str, depth: usize) -> Result<Filter> {
        if depth > MAX_DEPTH {
            let message = format!("Groups lie at most {MAX_DEPTH} deep in each other.");
            return Err(wrong(path.into(), "filter_too_deep", message));
        }
        let conjunction = match group.get("conjunction").and_then(Value::as_str) {
            Some("and") => Conjunction::And,
            Some("or") => Conjunction::Or,
            _ => {
                let message = "A group of conditions is joined by “and” or by “or”.";
                return Err(wrong(format!("{path}.conjunction"), "conjunction_unknown", message));
            }
        };
        let written = match group.get("items") {
            None | Some(Value::Null) => &[][..],
            Some(Value::Array(items)) => items,
            Some(_) => {
                return Err(wrong(format!("{path}.items"), "filter_malformed", "The items of a group are a list."));
            }
        };
        let mut items = Vec::with_capacity(written.len().min(MAX_CONDITIONS));
        for (index, item) in written.iter().enumerate() {
            let path = format!("{path}.items[{index}]");
            let Value::Object(item) = item else {
                return Err(wrong(path, "filter_malformed", "Each item of a filter is a condition or a group."));
            };
            if item.contains_key("items") || item.contains_key("conjunction") {
                let group = self.group(item, &path, depth + 1)?;
                if !group.is_open() {
                    items.push(Item::Group(group));
                }
            } else {
                let line = self.line(item, path)?;
                if !line.is_empty() {
                    items.push(Item::Line(line));
                }
            }
        }
        Ok(Filter { conjunction, items })
    }

    fn line(&mut self, written: &Map<String, Value>, mut path: String) -> Result<Vec<Condition>> {
        let mut line = Vec::new();
        let mut next = Some(written);
        while let Some(written) = next {
            self.conditions += 1;
            if self.conditions > MAX_CONDITIONS {
                let message = format!("A filter has at most {MAX_CONDITIONS} conditions.");
                return Err(wrong(path, "filter_too_long", message));
            }
            let condition = Condition::parse(written).map_err(|problem| {
                let part: Cow<'static, str> = problem.field.clone().unwrap_or_default();
                problem.on(format!("{path}.{part}"))
            })?;
            line.extend(condition);
            path.push_str(".child_filter");
            next = match written.get("child_filter") {
                None | Some(Value::Null) => None,
                Some(Value::Object(child)) => Some(child),
                Some(_) => return Err(wrong(path, "filter_malformed", "What goes with a condition is a condition.")),
            };
        }
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::data_manager::{Column, Comparison, Fixed, Number, Test, Unit, ValueType, Within};

    fn condition(column: &str, operator: &str, value: Value) -> Value {
        json!({"filter": format!("filter:tasks:{column}"), "operator": operator, "type": "Number", "value": value})
    }

    #[test]
    fn groups_lie_in_groups() {
        let written = json!({"conjunction": "and", "items": [
            condition("id", "greater", json!(5)),
            {"conjunction": "or", "items": [
                condition("inner_id", "less", json!(9)),
                condition("total_annotations", "equal", json!(0)),
                {"conjunction": "and", "items": []}
            ]}
        ]});
        let filter = Filter::parse(&written).unwrap();
        let [Item::Line(line), Item::Group(group)] = filter.items.as_slice() else { panic!("{filter:?}") };
        assert_eq!(line[0].column, Column::Fixed(Fixed::Id));
        assert_eq!((group.conjunction, group.items.len()), (Conjunction::Or, 2));
        assert_eq!(Filter::parse(&filter.write()), Ok(filter));
    }

    #[test]
    fn children_stand_in_the_line_of_their_parent() {
        let mut parent = condition("annotators", "contains", json!(7));
        parent["child_filter"] = condition("labels", "contains", json!("Car"));
        parent["child_filter"]["child_filter"] = condition("region_count", "greater", json!(2));
        let filter = Filter::parse(&json!({"conjunction": "and", "items": [parent]})).unwrap();
        let [Item::Line(line)] = filter.items.as_slice() else { panic!("{filter:?}") };
        assert_eq!(line.len(), 3);
        let written = filter.write();
        assert_eq!(written["items"][0]["child_filter"]["child_filter"]["filter"], "filter:tasks:region_count");
        assert_eq!(Filter::parse(&written), Ok(filter));
    }

    #[test]
    fn nothing_lets_everything_through() {
        for written in [
            json!(null),
            json!({}),
            json!({"conjunction": "or", "items": []}),
            json!({"conjunction": "or"}),
            json!({"conjunction": "or", "items": [condition("id", "equal", json!(null))]}),
        ] {
            assert!(Filter::parse(&written).unwrap().is_open(), "{written}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let deep = |depth: usize| {
            let inner = json!({"conjunction": "and", "items": [condition("id", "equal", json!(1))]});
            (1..depth).fold(inner, |group, _| json!({"conjunction": "and", "items": [group]}))
        };
        assert!(Filter::parse(&deep(MAX_DEPTH)).is_ok());
        let and = |items: Value| json!({"conjunction": "and", "items": items});
        let many = |count: usize| and(vec![condition("id", "equal", json!(1)); count].into());
        assert!(Filter::parse(&many(MAX_CONDITIONS)).is_ok());
        let mut chained = condition("id", "equal", json!(1));
        chained["child_filter"] = condition("zzz", "equal", json!(1));
        let inner_path = "filters.items[0]".to_owned() + &".items[0]".repeat(MAX_DEPTH - 1);
        for (written, code, field) in [
            (json!([]), "filter_malformed", "filters"),
            (json!({"conjunction": "xor", "items": []}), "conjunction_unknown", "filters.conjunction"),
            (json!({"items": [1]}), "conjunction_unknown", "filters.conjunction"),
            (and(json!({})), "filter_malformed", "filters.items"),
            (and(json!([5])), "filter_malformed", "filters.items[0]"),
            (
                and(json!([condition("id", "equal", json!(1)), condition("id", "zzz", json!(1))])),
                "unknown_operator",
                "filters.items[1].operator",
            ),
            (
                and(json!([and(json!([condition("zzz", "equal", json!(1))]))])),
                "unknown_column",
                "filters.items[0].items[0].filter",
            ),
            (and(json!([chained])), "unknown_column", "filters.items[0].child_filter.filter"),
            (and(json!([{"filter": "filter:tasks:id"}])), "operator_missing", "filters.items[0].operator"),
            (deep(MAX_DEPTH + 1), "filter_too_deep", inner_path.as_str()),
            (many(MAX_CONDITIONS + 1), "filter_too_long", "filters.items[100]"),
        ] {
            let problem = Filter::parse(&written).unwrap_err();
            assert_eq!((problem.code.as_ref(), problem.field.as_deref()), (code, Some(field)), "{}", problem.message);
        }
    }

    fn conditions() -> impl Strategy<Value = Condition> {
        use crate::data_manager::Value as V;
        let number =
            || prop_oneof![any::<i64>().prop_map(Number::Whole), (-1e9..1e9).prop_map(|real| Number::Real(real + 0.5))];
        let numbers = || number().prop_map(V::Number);
        let on = |column, compared_as, test| Condition { column, compared_as, test };
        let comparison = prop::sample::select(vec![
            Comparison::Equal,
            Comparison::NotEqual,
            Comparison::Less,
            Comparison::LessOrEqual,
            Comparison::Greater,
            Comparison::GreaterOrEqual,
        ]);
        let number_column =
            || prop::sample::select(vec![Fixed::Id, Fixed::Overlap, Fixed::RegionArea]).prop_map(Column::Fixed);
        let data = || "[a-z.]{1,6}".prop_map(Column::Data);
        prop_oneof![
            (number_column(), comparison, numbers()).prop_map(move |(column, comparison, value)| on(
                column,
                ValueType::Number,
                Test::Compare(comparison, value)
            )),
            (data(), numbers(), numbers(), any::<bool>()).prop_map(move |(column, min, max, negated)| on(
                column,
                ValueType::Number,
                Test::Between { min, max, negated }
            )),
            (data(), prop::collection::vec("\\PC{0,9}".prop_map(V::Text), 1..4), any::<bool>()).prop_map(
                move |(column, values, negated)| on(column, ValueType::String, Test::OneOf { values, negated })
            ),
            (data(), "\\PC{0,9}", any::<bool>()).prop_map(move |(column, text, negated)| {
                on(column, ValueType::String, Test::Contains { values: vec![V::Text(text)], negated })
            }),
            (data(), any::<bool>()).prop_map(move |(column, is_empty)| on(
                column,
                ValueType::Boolean,
                Test::Empty(is_empty)
            )),
            (1_u32..1000, any::<bool>()).prop_map(move |(count, negated)| {
                let within = Within { count, unit: Unit::Weeks };
                on(Column::Fixed(Fixed::CreatedAt), ValueType::Datetime, Test::WithinLast { within, negated })
            }),
            (0_i64..4_000_000_000).prop_map(move |seconds| {
                let at = chrono::DateTime::from_timestamp(seconds, 5_000).unwrap();
                on(Column::Fixed(Fixed::UpdatedAt), ValueType::Datetime, Test::Compare(Comparison::Less, V::Moment(at)))
            }),
            prop::collection::vec(number(), 1..4).prop_map(move |ids| {
                let values = ids.into_iter().map(V::Number).collect();
                on(Column::Fixed(Fixed::Annotators), ValueType::List, Test::Contains { values, negated: false })
            }),
        ]
    }

    fn filters() -> impl Strategy<Value = Filter> {
        let conjunction = || prop::sample::select(vec![Conjunction::And, Conjunction::Or]);
        let line = || prop::collection::vec(conditions(), 1..3).prop_map(Item::Line);
        let leaf = (conjunction(), prop::collection::vec(line(), 1..4))
            .prop_map(|(conjunction, items)| Filter { conjunction, items });
        leaf.prop_recursive(3, 12, 3, move |inner| {
            (conjunction(), prop::collection::vec(prop_oneof![line(), inner.prop_map(Item::Group)], 1..4))
                .prop_map(|(conjunction, items)| Filter { conjunction, items })
        })
    }

    proptest! {
        #[test]
        fn written_filters_come_back(filter in filters()) {
            prop_assert_eq!(Filter::parse(&filter.write()), Ok(filter));
        }
    }
}
