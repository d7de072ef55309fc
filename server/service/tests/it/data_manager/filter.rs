//! What filters find, and in which order.

use domain::{
    data_manager::{Filter, Ordering, Pick, Selection},
    id::TaskId,
};
use serde_json::json;
use service::{
    data_manager::{self, Asked, Slice},
    task::record::{With, record},
    testing::user_id,
};

use super::{full, on};
use crate::code;

#[tokio::test]
async fn filters_find_what_they_ask_for() {
    let desk = full().await;
    let me = user_id(&desk.owner).0;
    for (column, kind, operator, value, expected) in [
        ("inner_id", "Number", "equal", json!(3), vec![3]),
        ("inner_id", "Number", "not_equal", json!(3), vec![1, 2, 4, 5, 6, 7, 8]),
        ("inner_id", "Number", "less_or_equal", json!(2.5), vec![1, 2]),
        ("inner_id", "Number", "in", json!({"min": 2, "max": 3}), vec![2, 3]),
        ("inner_id", "Number", "not_in", json!({"min": 2, "max": 7}), vec![1, 8]),
        ("inner_id", "List", "in_list", json!([8, 1]), vec![1, 8]),
        ("inner_id", "List", "in_list", json!([8, 1.5]), vec![8]),
        // Text: whatever its case, and nothing in it means more than itself.
        ("data.text", "String", "contains", json!("CAT"), vec![1, 3]),
        ("data.text", "String", "contains", json!("%"), vec![3]),
        ("data.text", "String", "contains", json!("t_f"), vec![3]),
        ("data.text", "String", "contains", json!("'s \"quoted\" \\ and ;"), vec![6]),
        ("data.text", "String", "not_contains", json!("cat"), vec![2, 4, 5, 6, 7, 8]),
        ("data.text", "String", "starts_with", json!("z"), vec![7, 8]),
        ("data.text", "String", "ends_with", json!("FISH"), vec![3]),
        ("data.text", "String", "regex", json!("^[zZ]o"), vec![8]),
        ("data.text", "String", "equal", json!("dog"), vec![2]),
        ("data.text", "String", "not_equal", json!("dog"), vec![1, 3, 4, 5, 6, 7, 8]),
        ("data.text", "String", "empty", json!(true), vec![4, 5]),
        ("data.text", "String", "empty", json!(false), vec![1, 2, 3, 6, 7, 8]),
        ("data.text", "String", "in_list", json!(["dog", "zoo"]), vec![2, 8]),
        // Numbers, also those written as text; what is none is never in any range.
        ("data.n", "Number", "greater", json!(2), vec![2, 3, 6, 8]),
        ("data.n", "Number", "equal", json!(10), vec![2]),
        ("data.n", "Number", "equal", json!(2.5), vec![3]),
        ("data.n", "Number", "less", json!(0), vec![7]),
        ("data.n", "Number", "not_in", json!({"min": -5, "max": 1e301}), vec![4, 5]),
        ("data.n", "Number", "in_list", json!([2.5, 7]), vec![3, 8]),
        ("data.n", "Unknown", "greater", json!(5), vec![2, 6, 8]),
        ("data.n", "Unknown", "equal", json!(7), vec![8]),
        ("data.n", "Number", "empty", json!(true), vec![4, 5]),
        ("data.ok", "Boolean", "equal", json!(true), vec![1]),
        ("data.ok", "Boolean", "equal", json!(false), vec![2]),
        ("data.when", "Datetime", "less", json!("2026-01-31"), vec![1]),
        ("data.when", "Datetime", "equal", json!("2026-02-01T10:00:00Z"), vec![2]),
        ("data.nothing", "String", "contains", json!("x"), vec![]),
        ("data.nothing", "String", "not_contains", json!("x"), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        // What people and models did.
        ("total_annotations", "Number", "equal", json!(2), vec![6]),
        ("total_annotations", "Number", "empty", json!(true), vec![2, 3, 4, 5, 7, 8]),
        ("cancelled_annotations", "Number", "greater", json!(0), vec![2]),
        ("total_predictions", "List", "in_list", json!([1, 2]), vec![1, 3]),
        ("annotators", "List", "contains", json!(me), vec![1, 2, 6]),
        ("annotators", "List", "not_contains", json!(me), vec![3, 4, 5, 7, 8]),
        ("annotators", "List", "empty", json!(true), vec![3, 4, 5, 7, 8]),
        ("updated_by", "List", "contains", json!(me), vec![1, 2, 6]),
        ("annotations_results", "String", "contains", json!("dog"), vec![6]),
        ("annotations_results", "String", "empty", json!(true), vec![2, 3, 4, 5, 7, 8]),
        ("annotations_results", "String", "equal", json!("[]"), vec![2]),
        ("annotations_results", "String", "equal", json!("no json"), vec![]),
        ("predictions_results", "String", "contains", json!("rectanglelabels"), vec![1]),
        ("predictions_score", "Number", "greater", json!(0.5), vec![1]),
        ("predictions_score", "Number", "less", json!(1), vec![1, 3]),
        ("predictions_model_versions", "List", "contains", json!(["v10"]), vec![3]),
        ("predictions_model_versions", "List", "not_contains", json!("v1"), vec![2, 4, 5, 6, 7, 8]),
        ("avg_lead_time", "Number", "equal", json!(5), vec![6]),
        ("ground_truth", "Boolean", "equal", json!(true), vec![6]),
        ("ground_truth", "Boolean", "equal", json!(false), vec![1, 2, 3, 4, 5, 7, 8]),
        ("is_labeled", "Boolean", "equal", json!(true), vec![1, 6]),
        ("draft_exists", "Boolean", "equal", json!(false), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        ("labels", "List", "contains", json!("Dog"), vec![6]),
        ("labels", "List", "contains", json!(["Dog", "Cat"]), vec![1, 6]),
        ("labels", "List", "not_contains", json!("Cat"), vec![2, 3, 4, 5, 7, 8]),
        ("predicted_labels", "List", "contains", json!("Cat"), vec![1]),
        ("label_count.Cat", "Number", "greater_or_equal", json!(2), vec![1]),
        ("label_count.Dog", "Number", "equal", json!(3), vec![6]),
        ("region_count", "Number", "equal", json!(2), vec![1]),
        ("region_area", "Number", "greater", json!(2000), vec![1]),
        ("region_area", "Number", "less", json!(2), vec![6]),
        ("created_at", "Datetime", "within_last", json!({"count": 1, "unit": "days"}), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        ("created_at", "Datetime", "not_within_last", json!({"count": 1, "unit": "days"}), vec![]),
        ("completed_at", "Datetime", "empty", json!(false), vec![1, 6]),
        ("file_upload", "String", "contains", json!("tasks"), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        ("file_upload", "String", "contains", json!("others"), vec![]),
        ("storage_filename", "String", "empty", json!(true), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        ("project_import", "Number", "empty", json!(true), vec![]),
        ("comment_count", "Number", "empty", json!(true), vec![1, 2, 3, 4, 5, 6, 7, 8]),
    ] {
        let found = desk.found(json!([on(column, kind, operator, value.clone())])).await;
        assert_eq!(found, expected, "{column} {operator} {value}");
    }
}

#[tokio::test]
async fn groups_lines_and_hostile_words() {
    let desk = full().await;
    let number = |operator: &str, value: i64| on("inner_id", "Number", operator, json!(value));
    let or = json!({"conjunction": "or", "items": [number("equal", 1), {"conjunction": "and", "items": [number("greater", 5), number("less", 8)]}]});
    assert_eq!(desk.found(json!([or, number("not_equal", 6)])).await, [1, 7]);

    // Two conditions of one line are asked of one and the same annotation, two lines of any two.
    let labeled = |label: &str| on("labels", "List", "contains", json!(label));
    let mut line = labeled("Dog");
    line["child_filter"] = on("region_count", "Number", "equal", json!(1));
    line["child_filter"]["child_filter"] = on("ground_truth", "Boolean", "equal", json!(false));
    assert_eq!(desk.found(json!([line.clone()])).await, Vec::<i64>::new());
    line["child_filter"] = on("region_count", "Number", "equal", json!(2));
    assert_eq!(desk.found(json!([line.clone()])).await, [6]);
    line["child_filter"] = labeled("Cat");
    assert_eq!(desk.found(json!([line])).await, Vec::<i64>::new());
    assert_eq!(desk.found(json!([labeled("Dog"), labeled("Cat")])).await, [6]);
    let mut mixed = labeled("Dog");
    mixed["child_filter"] = on("data.text", "String", "contains", json!("quoted"));
    assert_eq!(desk.found(json!([mixed])).await, [6]);

    for words in ["' or true --", "\"; drop table task; --", "$1", "\\", "%' or '1'='1", "$$", "?", "{}", "$undefined$"]
    {
        for column in ["data.text".to_owned(), format!("data.{words}"), format!("label_count.{words}")] {
            let (kind, operator, value) = if column.starts_with("label") {
                ("Number", "greater", json!(0))
            } else {
                ("String", "equal", json!(words))
            };
            assert_eq!(desk.found(json!([on(&column, kind, operator, value)])).await, Vec::<i64>::new(), "{column}");
        }
        let ordering = Ordering::parse(&json!([format!("-tasks:data.{words}")])).unwrap();
        assert_eq!(desk.pick(Pick { ordering, ..Pick::default() }).await.unwrap().task_ids.len(), 8);
    }
    assert_eq!(desk.number("select count(*) from task where project_id = $1").await, 8);

    let filter =
        Filter::parse(&json!({"conjunction": "and", "items": [on("data.text", "String", "regex", json!("(("))]}))
            .unwrap();
    assert_eq!(code(desk.pick(Pick { filter, ..Pick::default() }).await), "pattern_malformed");
}

#[tokio::test]
async fn scores_are_those_of_the_version_that_counts() {
    let desk = full().await;
    let score = async |inner_id| {
        let task_id = desk.task(inner_id).await;
        record(&desk.db.cx, &desk.owner, task_id, With::default()).await.unwrap().prediction_score
    };
    let average = score(3).await.unwrap();
    assert!((average - 0.3).abs() < 1e-6, "{average}");
    for (version, of_third, ordered, above) in [
        ("v10", Some(0.4), vec![3, 1, 2, 4, 5, 6, 7, 8], vec![3]),
        ("v1", Some(0.2), vec![1, 3, 2, 4, 5, 6, 7, 8], vec![1]),
        ("v2", None, vec![1, 2, 3, 4, 5, 6, 7, 8], vec![]),
    ] {
        let patch = domain::project::ProjectPatch { model_version: Some(version.into()), ..Default::default() };
        service::project::update(&desk.db.cx, &desk.owner, desk.project_id, patch).await.unwrap();
        assert_eq!(score(3).await.map(|score: f64| (score * 10.0).round() / 10.0), of_third, "{version}");
        let ordering = Ordering::parse(&json!(["-tasks:predictions_score"])).unwrap();
        let picked = desk.pick(Pick { ordering, ..Pick::default() }).await.unwrap();
        assert_eq!(desk.inner(&picked.task_ids).await, ordered, "{version}");
        assert_eq!(desk.found(json!([on("predictions_score", "Number", "greater", json!(0.35))])).await, above);
        let empty = desk.found(json!([on("predictions_score", "Number", "empty", json!(false))])).await;
        assert_eq!(empty.contains(&3), of_third.is_some());
    }
}

#[tokio::test]
async fn tasks_come_in_the_order_that_was_asked_for_page_by_page() {
    let desk = full().await;
    for (ordering, expected) in [
        (json!([]), vec![1, 2, 3, 4, 5, 6, 7, 8]),
        (json!(["-tasks:id"]), vec![8, 7, 6, 5, 4, 3, 2, 1]),
        (json!(["tasks:data.n"]), vec![1, 2, 6, 3, 8, 7, 4, 5]),
        (json!(["-tasks:total_annotations", "-tasks:id"]), vec![6, 1, 8, 7, 5, 4, 3, 2]),
        (json!(["-tasks:predictions_score"]), vec![1, 3, 2, 4, 5, 6, 7, 8]),
        (json!(["tasks:completed_at", "-tasks:inner_id"]), vec![6, 1, 8, 7, 5, 4, 3, 2]),
        (json!(["-tasks:label_count.Dog"]), vec![6, 1, 2, 3, 4, 5, 7, 8]),
        (json!(["tasks:annotators", "tasks:id"]), vec![1, 2, 6, 3, 4, 5, 7, 8]),
    ] {
        let ordering_ = Ordering::parse(&ordering).unwrap();
        let mut picked = desk.pick(Pick { ordering: ordering_, ..Pick::default() }).await.unwrap();
        let order = desk.inner(&picked.task_ids).await;
        if ordering == json!(["tasks:data.n"]) {
            // Mixed kinds are compared as text, whose order is the database's; what has none comes last.
            assert_eq!(order[6..], [4, 5]);
            continue;
        }
        assert_eq!(order, expected, "{ordering}");
        picked.task_ids.clear();
        assert_eq!((picked.totals.tasks, picked.totals.annotations, picked.totals.predictions), (8, 4, 3));
    }
    // Where all tasks agree that it is a number, it is sorted as one.
    sqlx::query("update project_summary set data_column_types = '{\"n\": {\"number\": 6}}' where project_id = $1")
        .bind(desk.project_id.0)
        .execute(desk.db.pool())
        .await
        .unwrap();
    let ordering = Ordering::parse(&json!(["tasks:data.n"])).unwrap();
    let picked = desk.pick(Pick { ordering: ordering.clone(), ..Pick::default() }).await.unwrap();
    assert_eq!(desk.inner(&picked.task_ids).await, [7, 1, 3, 8, 2, 6, 4, 5]);

    let asked =
        Asked { project_id: Some(desk.project_id), pick: Pick { ordering, ..Pick::default() }, ..Asked::default() };
    let (access, pick) = data_manager::ask(&desk.db.cx, &desk.owner, asked).await.unwrap();
    let page = data_manager::pick(&desk.db.cx, &access, &pick, Slice { offset: 6, limit: 5 }).await.unwrap();
    assert_eq!(desk.inner(&page.task_ids).await, [4, 5]);
    let beyond = data_manager::pick(&desk.db.cx, &access, &pick, Slice { offset: 8, limit: 5 }).await.unwrap();
    assert_eq!((beyond.task_ids.len(), beyond.totals.tasks), (0, 8));
    let mut stream = data_manager::stream(&desk.db.cx, &access, &pick).await.unwrap();
    let all = stream.next().await.unwrap();
    assert_eq!(desk.inner(&all).await, [7, 1, 3, 8, 2, 6, 4, 5]);
    assert!(stream.next().await.unwrap().is_empty());

    let some = Selection::Only(vec![desk.task(2).await, desk.task(7).await, TaskId(i64::MAX)]);
    let picked = desk.pick(Pick { selection: some, ..Pick::default() }).await.unwrap();
    assert_eq!((desk.inner(&picked.task_ids).await, picked.totals.tasks), (vec![2, 7], 2));
    let others = Selection::AllBut(vec![desk.task(2).await, desk.task(7).await]);
    let picked = desk.pick(Pick { selection: others, ..Pick::default() }).await.unwrap();
    assert_eq!(desk.inner(&picked.task_ids).await, [1, 3, 4, 5, 6, 8]);
}
