//! `<Ranker>`: items of a `<List>` in order, perhaps sorted into buckets.

use serde_json::Value;

use super::Answer;
use crate::label_config::Control;
use crate::result::ResultItem;

/// The key of items that are in no bucket.
pub const UNSORTED: &str = "_";
/// The most items that are ranked.
pub const MAX_ITEMS: usize = 10_000;

/// One place for items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bucket {
    /// The key in results.
    pub name: String,
    /// As shown.
    pub title: String,
    /// Items begin here.
    pub is_default: bool,
}

/// The rules of a `<Ranker>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranker {
    /// Where items go. Without any in the interface, one of the ranker's own name: all items are in it.
    pub buckets: Vec<Bucket>,
    /// Whether items may be in no bucket.
    pub has_unsorted: bool,
}

/// Items by bucket, all of them once; the first entry is for items in no bucket where there may be such.
pub type Board = Vec<(String, Vec<String>)>;

impl Ranker {
    pub(super) fn of(control: &Control) -> Self {
        let buckets: Vec<Bucket> = control
            .labels
            .iter()
            .map(|label| Bucket {
                name: label.stored().to_owned(),
                title: label.hint.clone().filter(|title| !title.is_empty()).unwrap_or_else(|| label.value.clone()),
                is_default: label.selected,
            })
            .collect();
        if buckets.is_empty() {
            let title = control.attribute("title").unwrap_or_default().to_owned();
            let only = Bucket { name: control.name.clone(), title, is_default: true };
            return Self { buckets: vec![only], has_unsorted: false };
        }
        let has_unsorted = !buckets.iter().any(|bucket| bucket.is_default);
        Self { buckets, has_unsorted }
    }

    pub(super) fn read(item: &ResultItem) -> Option<Answer> {
        // Older results are the list itself.
        let bare = item.value().and_then(|value| value.get("ranker")?.as_array());
        if let Some(list) = bare {
            let ids = list.iter().map(|id| id.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>()?;
            return Some(Answer::Ranking(vec![(item.from_name().to_owned(), ids)]));
        }
        Answer::from_item(item).filter(Answer::is_storable)
    }

    /// Where each item is now. Items that the answer does not name are where items begin; names that are no item are left
    /// out.
    #[must_use]
    pub fn board(&self, answer: Option<&Answer>, items: &[String]) -> Board {
        let unsorted = self.has_unsorted.then_some(UNSORTED);
        let mut board: Board = unsorted
            .into_iter()
            .chain(self.buckets.iter().map(|bucket| bucket.name.as_str()))
            .map(|name| (name.to_owned(), Vec::new()))
            .collect();
        let mut open: std::collections::HashSet<&str> = items.iter().map(String::as_str).collect();
        if let Some(Answer::Ranking(ranked)) = answer {
            for (name, ids) in ranked {
                let Some((_, place)) = board.iter_mut().find(|(known, _)| known == name) else { continue };
                place.extend(ids.iter().filter(|id| open.remove(id.as_str())).cloned());
            }
        }
        let start = self.buckets.iter().position(|bucket| bucket.is_default).unwrap_or(0);
        let mut seen = std::collections::HashSet::new();
        let rest = items.iter().filter(|id| open.contains(id.as_str()) && seen.insert(id.as_str())).cloned();
        if let Some((_, place)) = board.get_mut(start) {
            place.extend(rest);
        }
        board
    }

    /// The answer after `item` was put at `at` of the bucket at `to`, counted without the item itself.
    #[must_use]
    pub fn moved(&self, board: &Board, item: &str, to: usize, at: usize) -> Option<Answer> {
        let mut board = board.clone();
        for (_, ids) in &mut board {
            ids.retain(|id| id != item);
        }
        let (_, place) = board.get_mut(to)?;
        place.insert(at.min(place.len()), item.to_owned());
        Some(Answer::Ranking(board))
    }
}

/// The items of a `<List>` as its data holds them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListItem {
    /// What results name it by.
    pub id: String,
    /// A heading.
    pub title: String,
    /// What it says.
    pub body: String,
    /// What it says as HTML, to be made harmless before it is shown.
    pub html: String,
}

/// Reads the items of a `<List>`: objects with `id`, `title`, `body`, `html`, or bare texts, whose number is their id.
#[must_use]
pub fn items_of(data: &Value) -> Vec<ListItem> {
    let list = data.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .take(MAX_ITEMS)
        .enumerate()
        .map(|(at, item)| {
            let text = |key: &str| match item.get(key) {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Number(number)) => number.to_string(),
                _ => String::new(),
            };
            let id = Some(text("id")).filter(|id| !id.is_empty()).unwrap_or_else(|| at.to_string());
            match item {
                Value::Object(_) => ListItem { id, title: text("title"), body: text("body"), html: text("html") },
                Value::String(body) => ListItem { id, title: String::new(), body: body.clone(), html: String::new() },
                other => ListItem { id, title: String::new(), body: other.to_string(), html: String::new() },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label_config::parse;

    fn ranker(inside: &str) -> Ranker {
        let xml = format!(r#"<View><List name="l" value="$l"/><Ranker name="r" toName="l">{inside}</Ranker></View>"#);
        Ranker::of(&parse(&xml).config.unwrap().controls[0])
    }

    fn owned(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn shown(board: &Board) -> String {
        board.iter().map(|(name, ids)| format!("{name}:{}", ids.join(","))).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_item_has_one_place() {
        let items = owned(&["a", "b", "c"]);
        let buckets = r#"<Bucket name="good" title="Good"/><Bucket name="bad"/>"#;
        let ranking = |ranked: &[(&str, &[&str])]| {
            Some(Answer::Ranking(ranked.iter().map(|(name, ids)| ((*name).to_owned(), owned(ids))).collect()))
        };
        let table = [
            ("", None, "r:a,b,c"),
            ("", ranking(&[("r", &["c", "a"])]), "r:c,a,b"),
            (buckets, None, "_:a,b,c good: bad:"),
            (buckets, ranking(&[("good", &["b", "gone", "b"]), ("lost", &["a"])]), "_:a,c good:b bad:"),
            (r#"<Bucket name="good"/><Bucket name="bad" default="true"/>"#, None, "good: bad:a,b,c"),
        ];
        for (inside, answer, expected) in table {
            assert_eq!(shown(&ranker(inside).board(answer.as_ref(), &items)), expected, "{inside}");
        }
    }

    #[test]
    fn moving_puts_an_item_where_it_is_dropped() {
        let ranker = ranker(r#"<Bucket name="good"/><Bucket name="bad"/>"#);
        let items = owned(&["a", "b", "c"]);
        let table = [
            ("a", 1, 0, "_:b,c good:a bad:"),
            ("a", 0, 2, "_:b,c,a good: bad:"),
            ("c", 0, 0, "_:c,a,b good: bad:"),
            ("b", 2, 9, "_:a,c good: bad:b"),
        ];
        for (item, to, at, expected) in table {
            let answer = ranker.moved(&ranker.board(None, &items), item, to, at);
            assert_eq!(shown(&ranker.board(answer.as_ref(), &items)), expected, "{item} {to} {at}");
        }
        assert_eq!(ranker.moved(&ranker.board(None, &items), "a", 9, 0), None);
    }

    #[test]
    fn items_of_every_kind_have_an_id() {
        let data =
            serde_json::json!([{"id": "a", "title": "A", "body": "one"}, {"id": 7, "html": "<b>x</b>"}, "plain", 5]);
        let items = items_of(&data);
        let ids: Vec<_> = items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(ids, ["a", "7", "2", "3"]);
        assert_eq!((items[2].body.as_str(), items[3].body.as_str()), ("plain", "5"));
        assert_eq!(items_of(&Value::Null), []);
    }
}
