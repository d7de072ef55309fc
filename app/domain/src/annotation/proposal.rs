//! What a model proposes, as work that somebody takes up.

use crate::id::PredictionId;
use crate::result::{ResultItem, is_region_type};

/// The items of a proposal, saying that they are one until somebody changes them. Regions without an id get one, the same
/// each time, so that answers can be about them.
#[must_use]
pub fn proposed(id: PredictionId, items: Vec<ResultItem>) -> Vec<ResultItem> {
    let said = |(at, mut item): (usize, ResultItem)| {
        if item.id().is_empty() && is_region_type(item.item_type()) {
            item.0.insert("id".to_owned(), format!("proposed{id}-{at}").into());
        }
        item.0.entry("origin").or_insert_with(|| "prediction".into());
        item
    };
    items.into_iter().enumerate().map(said).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_proposal_says_so_and_its_regions_have_names() {
        let message = json!({"type": "chatmessage", "from_name": "c", "to_name": "c", "value": {"role": "user", "content": "Hi"}});
        let named =
            json!({"id": "a", "type": "labels", "from_name": "l", "to_name": "t", "origin": "manual", "value": {}});
        let choice = json!({"type": "choices", "from_name": "k", "to_name": "t", "value": {"choices": ["A"]}});
        let items = ResultItem::list_from_json(json!([message, named, choice])).unwrap();
        let told: Vec<_> = proposed(PredictionId(7), items)
            .iter()
            .map(|item| (item.id().to_owned(), item.origin().unwrap_or_default().to_owned()))
            .collect();
        let expected = [("proposed7-0", "prediction"), ("a", "manual"), ("", "prediction")];
        assert_eq!(told, expected.map(|(id, origin)| (id.to_owned(), origin.to_owned())));
    }
}
