//! Answers, relations, notes and parents.

use super::*;
use crate::answer::Side;

#[test]
fn answers_come_back_to_the_letter_and_change_alone() {
    let new = [
        Answer::Choices(vec![vec!["z".to_owned()]]),
        Answer::Choices(vec![vec!["y".to_owned(), "z".to_owned()]]),
        Answer::Taxonomy(vec![vec!["z".to_owned()]]),
        Answer::Texts(vec!["z".to_owned()]),
        Answer::Texts(vec!["z".to_owned()]),
        Answer::Rating(5),
        Answer::Number(-1.5),
        Answer::DateTime("2027".to_owned()),
        Answer::Pairwise(Side::Left),
        Answer::Ranking(vec![("best".to_owned(), vec!["1".to_owned()])]),
        Answer::Outputs(json!({"score": 4})),
    ];
    for (json, new) in answers().iter().zip(new) {
        let before = item(json);
        assert_eq!(Region::from_item(&before, None), Ok(None), "{json}");
        let answer = Answer::from_item(&before).unwrap_or_else(|| panic!("an answer: {json}"));
        assert_eq!(answer.item_type(), before.item_type());
        let mut same = before.clone();
        answer.write_to(&mut same);
        assert_eq!(text(&same), text(&before));
        let mut changed = before.clone();
        new.write_to(&mut changed);
        assert_eq!(Answer::from_item(&changed).as_ref(), Some(&new), "{changed:?}");
        assert_eq!((changed.origin(), changed.score()), (Some("prediction-changed"), Some(0.5)));
        assert_eq!(changed.value().unwrap().len(), before.value().unwrap().len(), "{changed:?}");
        let mut blank = ResultItem::new("r", "f", "o", new.item_type(), Map::new());
        new.write_to(&mut blank);
        assert_eq!(Answer::from_item(&blank), Some(new));
    }
}

#[test]
fn relations_come_back_to_the_letter_and_change_alone() {
    let json = json!({"from_id": "a", "to_id": "b", "type": "relation", "direction": "bi", "labels": ["is"], "k": {"deep": 1}});
    let mut relation = Relation::from_item(&item(&json)).unwrap();
    assert_eq!((relation.direction, relation.to_item()), (Direction::Bi, item(&json)));
    relation.direction = Direction::Left;
    let mut expected = json.clone();
    expected["direction"] = json!("left");
    assert_eq!(Value::from(relation.to_item()), expected);
    // What is absent stays absent, and an unknown direction is not corrected behind one's back.
    let odd = json!({"from_id": "a", "to_id": "b", "type": "relation", "direction": "up"});
    assert_eq!(Value::from(Relation::from_item(&item(&odd)).unwrap().to_item()), odd);
    assert_eq!(Relation::from_item(&item(&json!({"type": "relation", "from_id": 3}))), None);
    let mut new = Relation::new("x", "y");
    new.labels = vec!["part of".to_owned()];
    assert_eq!(
        Value::from(new.to_item()),
        json!({"from_id": "x", "to_id": "y", "type": "relation", "direction": "right", "labels": ["part of"]})
    );
}

#[test]
fn notes_and_parents() {
    let mut item = item(&json!({"id": "r", "meta": {"text": ["look"], "k": 1}, "parentID": "p"}));
    assert_eq!((item.notes(), item.parent_id()), (vec!["look"], Some("p")));
    let before = item.clone();
    item.set_notes(&["look".to_owned()]);
    item.set_parent_id(Some("p"));
    assert_eq!(item, before);
    item.set_notes(&[]);
    item.set_parent_id(None);
    assert_eq!(Value::from(item.clone()), json!({"id": "r", "meta": {"k": 1}}));
    item.0.shift_remove("meta");
    item.set_notes(&["new".to_owned()]);
    item.set_notes(&[]);
    assert_eq!(Value::from(item), json!({"id": "r"}));
}
