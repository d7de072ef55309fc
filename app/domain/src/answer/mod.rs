//! Answers that are no region: choices, paths, stars, numbers, dates, comparisons, rankings, written text.
//!
//! One file per kind of question, each with its rules, how an answer is read from a result's `value` and written to it,
//! and what is wrong with one. [`Answer`] knows every kind that results hold, [`Asks`] those the label page can ask;
//! [`Asks::of`] is the only place that knows which tag asks what; everything else matches
//! [`Asks`] and [`Answer`], so a new kind is a variant of both and whatever the compiler then lists.
//!
//! The same answer may be about a whole task or about one of its regions (`perRegion`): that is its place, not its kind,
//! and nothing here knows of it.

mod choices;
mod date_time;
mod entries;
mod item;
mod number;
mod ranker;
mod rating;
mod shortcut;
mod taxonomy;
mod text_area;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use choices::Choices;
pub use date_time::{DateTime, Precision};
pub use entries::{MAX_ENTRIES, read_entries};
pub use item::Side;
pub use number::Number;
pub use ranker::{Board, Bucket, ListItem, Ranker, UNSORTED, items_of};
pub use rating::{MOST_STARS, Rating};
pub use shortcut::{Held, Keys, Shortcut};
pub use taxonomy::{Taxonomy, Tree, TreeNode};
pub use text_area::TextArea;

use crate::label_config::Control;
use crate::result::ResultItem;

/// What was answered to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Paths of stored values; paths of one where results are not nested.
    Choices(Vec<Vec<String>>),
    /// Stars given.
    Rating(u32),
    /// A number.
    Number(f64),
    /// Written texts.
    Texts(Vec<String>),
    /// Paths of nodes of a taxonomy, from the root down.
    Taxonomy(Vec<Vec<String>>),
    /// A date, a time or a year, as the control's format writes it.
    DateTime(String),
    /// The better one of two.
    Pairwise(Side),
    /// The ids of items in each bucket, best first.
    Ranking(Vec<(String, Vec<String>)>),
    /// What a `ReactCode` interface declared.
    Outputs(Value),
}

/// What a control asks for, and within which limits.
#[derive(Debug, Clone, PartialEq)]
pub enum Asks {
    /// Pick from choices.
    Choices(Choices),
    /// Stars.
    Rating(Rating),
    /// A number.
    Number(Number),
    /// Written text.
    TextArea(TextArea),
    /// A date or a time.
    DateTime(DateTime),
    /// Entries of a tree.
    Taxonomy(Taxonomy),
    /// One of two objects.
    Pairwise,
    /// An order of items.
    Ranker(Ranker),
}

impl Asks {
    /// What a control asks; `None` for one that draws or is not understood.
    #[must_use]
    pub fn of(control: &Control) -> Option<Self> {
        Some(match control.tag.as_str() {
            "Choices" => Self::Choices(Choices::of(control)),
            "Rating" => Self::Rating(Rating::of(control)),
            "Number" => Self::Number(Number::of(control)),
            "TextArea" => Self::TextArea(TextArea::of(control)),
            "DateTime" => Self::DateTime(DateTime::of(control)),
            "Taxonomy" => Self::Taxonomy(Taxonomy::of(control)),
            "Pairwise" => Self::Pairwise,
            "Ranker" => Self::Ranker(Ranker::of(control)),
            _ => return None,
        })
    }

    /// The answer an item holds; `None` when it is no answer to this question.
    #[must_use]
    pub fn read(&self, item: &ResultItem) -> Option<Answer> {
        match self {
            Self::Choices(_) => Choices::read(item),
            Self::Rating(rating) => rating.read(item),
            Self::Number(_) => Number::read(item),
            Self::TextArea(_) => TextArea::read(item),
            Self::Ranker(_) => Ranker::read(item),
            Self::DateTime(_) | Self::Taxonomy(_) | Self::Pairwise => {
                Answer::from_item(item).filter(Answer::is_storable)
            }
        }
    }

    /// What stands there before anybody has answered: choices marked `selected`, a `defaultValue`.
    #[must_use]
    pub fn initial(&self, control: &Control) -> Option<Answer> {
        match self {
            Self::Choices(choices) => choices.initial(control),
            Self::Rating(rating) => rating.initial(control),
            Self::Number(number) => number.initial(control),
            Self::DateTime(date_time) => date_time.initial(control),
            Self::Taxonomy(taxonomy) => taxonomy.initial(control),
            Self::TextArea(_) => TextArea::initial(control),
            Self::Pairwise | Self::Ranker(_) => None,
        }
    }

    /// What is wrong with an item that answers this question, in a sentence.
    #[must_use]
    pub fn problem(&self, item: &ResultItem) -> Option<String> {
        match self {
            Self::Choices(_) | Self::Pairwise | Self::Ranker(_) => None,
            Self::DateTime(date_time) => date_time.problem(item),
            Self::Taxonomy(taxonomy) => taxonomy.problem(item),
            Self::Rating(rating) => rating.problem(item),
            Self::Number(number) => number.problem(item),
            Self::TextArea(text_area) => text_area.problem(item),
        }
    }
}

impl Answer {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Choices(paths) | Self::Taxonomy(paths) => paths.is_empty(),
            Self::Texts(texts) => texts.iter().all(|text| text.trim().is_empty()),
            Self::Rating(stars) => *stars == 0,
            Self::DateTime(written) => written.trim().is_empty(),
            Self::Ranking(buckets) => buckets.iter().all(|(_, ids)| ids.is_empty()),
            Self::Outputs(outputs) => outputs.is_null() || outputs.as_object().is_some_and(Map::is_empty),
            Self::Number(_) | Self::Pairwise(_) => false,
        }
    }

    /// Whether it can be stored: no list without entries, no star rating of none, no number that is none.
    #[must_use]
    pub fn is_storable(&self) -> bool {
        match self {
            Self::Choices(paths) | Self::Taxonomy(paths) => !paths.is_empty(),
            Self::Texts(texts) => !texts.is_empty(),
            Self::Rating(stars) => *stars > 0,
            Self::Number(number) => number.is_finite(),
            Self::DateTime(written) => !written.is_empty(),
            Self::Ranking(buckets) => !buckets.is_empty(),
            Self::Pairwise(_) | Self::Outputs(_) => true,
        }
    }

    /// Whether it is put together little by little, so that changes in a row are one step back.
    #[must_use]
    pub fn is_typed(&self) -> bool {
        matches!(self, Self::Texts(_) | Self::Number(_) | Self::DateTime(_))
    }

    /// Writes it into a result's `value`, leaving all other keys.
    pub fn write(&self, value: &mut Map<String, Value>) {
        let (key, json): (&str, Value) = match self {
            Self::Choices(paths) => ("choices", choices::to_json(paths)),
            Self::Rating(stars) => ("rating", (*stars).into()),
            Self::Number(number) => ("number", number::to_json(*number)),
            Self::Texts(texts) => ("text", texts.clone().into()),
            Self::Taxonomy(paths) => ("taxonomy", paths.iter().map(|path| Value::from(path.as_slice())).collect()),
            Self::DateTime(written) => ("datetime", written.as_str().into()),
            Self::Pairwise(side) => ("selected", side.code().into()),
            Self::Ranking(buckets) => {
                let bucket = |(name, ids): &(String, Vec<String>)| (name.clone(), Value::from(ids.as_slice()));
                ("ranker", Value::Object(buckets.iter().map(bucket).collect()))
            }
            Self::Outputs(outputs) => ("reactcode", outputs.clone()),
        };
        value.insert(key.to_owned(), json);
    }
}

/// A limit written as an attribute, where it is a number.
fn limit(control: &Control, name: &str) -> Option<f64> {
    control.attribute(name)?.trim().parse::<f64>().ok().filter(|number| number.is_finite())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::label_config::parse;

    fn control(xml: &str) -> Control {
        let config = parse(&format!("<View><Text name=\"t\" value=\"$t\"/>{xml}</View>")).config.unwrap();
        config.controls[0].clone()
    }

    #[test]
    fn answers_are_read_back_as_written() {
        let table = [
            (r#"<Choices name="c" toName="t"><Choice value="A"/></Choices>"#, json!({"choices": ["A", ["B", "C"]]})),
            (r#"<Rating name="c" toName="t"/>"#, json!({"rating": 3})),
            (r#"<Number name="c" toName="t"/>"#, json!({"number": 2.5})),
            (r#"<Number name="c" toName="t"/>"#, json!({"number": 2})),
            (r#"<TextArea name="c" toName="t"/>"#, json!({"text": ["one", "two"]})),
            (r#"<DateTime name="c" toName="t" only="date"/>"#, json!({"datetime": "2024-03-01"})),
            (
                r#"<Taxonomy name="c" toName="t"><Choice value="A"/></Taxonomy>"#,
                json!({"taxonomy": [["A"], ["A", "B"]]}),
            ),
            (r#"<Pairwise name="c" toName="t,t"/>"#, json!({"selected": "right"})),
            (r#"<Ranker name="c" toName="t"/>"#, json!({"ranker": {"_": [], "best": ["b", "a"]}})),
        ];
        for (xml, value) in table {
            let control = control(xml);
            let Value::Object(map) = value.clone() else { unreachable!() };
            let item = ResultItem::new("i", "c", "t", &control.tag.to_ascii_lowercase(), map);
            let answer = Asks::of(&control).unwrap().read(&item).unwrap();
            let mut written = Map::new();
            answer.write(&mut written);
            assert_eq!(Value::Object(written), value, "{xml}");
            assert!(answer.is_storable() && !answer.is_empty());
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let table = [
            (r#"<Rating name="c" toName="t" maxRating="3"/>"#, json!({"rating": 3}), None),
            (
                r#"<Rating name="c" toName="t" maxRating="3"/>"#,
                json!({"rating": 4}),
                Some("There are not that many stars."),
            ),
            (r#"<Number name="c" toName="t" min="2"/>"#, json!({"number": 1}), Some("The number must be 2 or more.")),
            (
                r#"<Number name="c" toName="t" max="2.5"/>"#,
                json!({"number": 3}),
                Some("The number must be 2.5 or less."),
            ),
            (r#"<Number name="c" toName="t" step="0.1"/>"#, json!({"number": 0.3}), None),
            (
                r#"<Number name="c" toName="t" min="1" step="2"/>"#,
                json!({"number": 4}),
                Some("The number must be 1, 3, 5 and so on, in steps of 2."),
            ),
            (
                r#"<TextArea name="c" toName="t" maxSubmissions="1"/>"#,
                json!({"text": ["a", "b"]}),
                Some("There are more texts here than the 1 allowed."),
            ),
            (
                r#"<TextArea name="c" toName="t" skipDuplicates="true"/>"#,
                json!({"text": ["a", "b", " a"]}),
                Some("The same text is here twice."),
            ),
            (r#"<TextArea name="c" toName="t"/>"#, json!({"text": ["a", "a"]}), None),
        ];
        for (xml, value, expected) in table {
            let control = control(xml);
            let Value::Object(map) = value.clone() else { unreachable!() };
            let item = ResultItem::new("i", "c", "t", &control.tag.to_ascii_lowercase(), map);
            assert_eq!(Asks::of(&control).unwrap().problem(&item).as_deref(), expected, "{xml} {value}");
        }
    }

    #[test]
    fn what_is_there_at_the_start() {
        let table = [
            (
                r#"<Choices name="c" toName="t"><Choice value="A" selected="true"/><Choice value="B" selected="true"/></Choices>"#,
                Some(Answer::Choices(vec![vec!["A".to_owned()]])),
            ),
            (
                r#"<Choices name="c" toName="t" choice="multiple"><Choice value="A" selected="true"/><Choice value="B" alias="b" selected="true"/></Choices>"#,
                Some(Answer::Choices(vec![vec!["A".to_owned()], vec!["b".to_owned()]])),
            ),
            (r#"<Rating name="c" toName="t" defaultValue="2"/>"#, Some(Answer::Rating(2))),
            (r#"<Rating name="c" toName="t" defaultValue="9"/>"#, Some(Answer::Rating(5))),
            (r#"<Number name="c" toName="t" defaultValue="2.5"/>"#, Some(Answer::Number(2.5))),
            (r#"<Number name="c" toName="t"/>"#, None),
            (r#"<TextArea name="c" toName="t"/>"#, None),
            (r#"<TextArea name="c" toName="t" value="$later"/>"#, None),
            (r#"<TextArea name="c" toName="t" value="Dear "/>"#, Some(Answer::Texts(vec!["Dear ".to_owned()]))),
        ];
        for (xml, expected) in table {
            let control = control(xml);
            assert_eq!(Asks::of(&control).unwrap().initial(&control), expected, "{xml}");
        }
    }
}
