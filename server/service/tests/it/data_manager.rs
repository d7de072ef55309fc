//! The Data Manager: what filters find, what views remember, and what actions on many tasks leave behind.

use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    data_manager::{Action, ActionRun, Filter, NewView, Order, Ordering, Pick, Selection, View, ViewPatch},
    id::{TaskId, ViewId},
    import::RunStatus,
};
use serde_json::{Value, json};
use service::{
    Actor,
    data_manager::{self, Asked, Picked, Slice},
    job, project,
    task::record::{With, record},
    testing::user_id,
};

use crate::{code, import::Desk, refused};

/// A box of `size` by `size` percent of an image of 100 by 100 pixels.
fn item(label: &str, size: i64) -> Value {
    json!({"id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels", "original_width": 100,
        "original_height": 100, "value": {"x": 0, "y": 0, "width": size, "height": size, "rotation": 0,
        "rectanglelabels": [label]}})
}

/// Eight tasks, no two alike.
async fn full() -> Desk {
    let desk = Desk::new().await;
    let other = desk.db.signed_in("acme-owner@example.com").await;
    let email = other.user().unwrap().email.clone();
    let tasks = json!([
        {"data": {"picture": "/1", "text": "Cat one", "n": 1, "ok": true, "when": "2026-01-01"},
            "annotations": [{"result": [item("Cat", 10), item("Cat", 50)], "completed_by": {"email": email}}],
            "predictions": [{"model_version": "v1", "score": 0.9, "result": [item("Cat", 10)]}]},
        {"data": {"picture": "/2", "text": "dog", "n": "10", "ok": "false", "when": "2026-02-01T12:00:00+02:00"},
            "annotations": [{"result": [], "was_cancelled": true}]},
        {"data": {"picture": "/3", "text": "100% cat_fish", "n": 2.5, "when": "soon"},
            "predictions": [{"model_version": "v1", "score": 0.2, "result": []}, {"model_version": "v10", "score": 0.4, "result": []}]},
        {"data": {"picture": "/4", "text": "", "n": null}},
        {"data": {"picture": "/5"}},
        {"data": {"picture": "/6", "text": "it's \"quoted\" \\ and ; drop table task", "n": 1e300},
            "annotations": [
                {"result": [item("Dog", 20)], "ground_truth": true},
                {"result": [item("Cat", 1)], "lead_time": 3.5},
                {"result": [item("Dog", 2), item("Dog", 3)], "lead_time": 6.5}]},
        {"data": {"picture": "/7", "text": "Zebra", "n": -3}},
        {"data": {"picture": "/8", "text": "zoo", "n": 7}}
    ]);
    assert_eq!(desk.file("tasks.json", tasks.to_string()).await.tasks, 8);
    desk
}

impl Desk {
    async fn pick(&self, pick: Pick) -> service::Result<Picked> {
        let asked = Asked { project_id: Some(self.project_id), pick, ..Asked::default() };
        let (access, pick) = data_manager::ask(&self.db.cx, &self.owner, asked).await?;
        data_manager::pick(&self.db.cx, &access, &pick, Slice { offset: 0, limit: 100 }).await
    }

    /// The numbers in the project of tasks, in order.
    async fn inner(&self, tasks: &[TaskId]) -> Vec<i64> {
        let ids: Vec<i64> = tasks.iter().map(|id| id.0).collect();
        sqlx::query_scalar(
            "select inner_id from task join unnest($1::bigint[]) with ordinality o (id, place) on task_id = o.id order by place",
        )
        .bind(&ids)
        .fetch_all(self.db.pool())
        .await
        .unwrap()
    }

    async fn found(&self, items: Value) -> Vec<i64> {
        let filter = Filter::parse(&json!({"conjunction": "and", "items": items})).unwrap();
        let picked = self.pick(Pick { filter, ..Pick::default() }).await.unwrap();
        assert_eq!(picked.totals.tasks, i64::try_from(picked.task_ids.len()).unwrap());
        self.inner(&picked.task_ids).await
    }

    async fn task(&self, inner_id: i64) -> TaskId {
        let id = sqlx::query_scalar("select task_id from task where project_id = $1 and inner_id = $2");
        TaskId(id.bind(self.project_id.0).bind(inner_id).fetch_one(self.db.pool()).await.unwrap())
    }

    async fn act(&self, action: Action, answers: Value, inner_ids: &[i64]) -> service::Result<ActionRun> {
        let mut tasks = Vec::new();
        for inner_id in inner_ids {
            tasks.push(self.task(*inner_id).await);
        }
        let selection = if tasks.is_empty() { Selection::default() } else { Selection::Only(tasks) };
        let pick = Pick { selection, ..Pick::default() };
        let asked = Asked { project_id: Some(self.project_id), pick, ..Asked::default() };
        let order = Order::parse(action, answers.as_object().unwrap())?;
        data_manager::act(&self.db.cx, &self.owner, asked, order).await
    }

    async fn number(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).bind(self.project_id.0).fetch_one(self.db.pool()).await.unwrap()
    }

    /// The summary says what is there, and every task counts its own.
    async fn assert_counted(&self) {
        let said: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(
            "select task_count, labeled_task_count, annotation_count, skipped_annotation_count, prediction_count, result_count
            from project_count where project_id = $1",
        )
        .bind(self.project_id.0)
        .fetch_one(self.db.pool())
        .await
        .unwrap();
        let is: (i64, i64, i64, i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from task where project_id = $1),
                (select count(*) from task where project_id = $1 and is_labeled),
                (select count(*) from annotation where project_id = $1 and not was_cancelled),
                (select count(*) from annotation where project_id = $1 and was_cancelled),
                (select count(*) from prediction where project_id = $1),
                (select count(*) from region where project_id = $1)",
        )
        .bind(self.project_id.0)
        .fetch_one(self.db.pool())
        .await
        .unwrap();
        assert_eq!(said, is, "tasks, labeled, annotations, skipped, predictions, results");
        let (columns, labels, predicted): (Value, Value, Value) = sqlx::query_as(
            "select all_data_columns, created_labels, predicted_labels from project_count where project_id = $1",
        )
        .bind(self.project_id.0)
        .fetch_one(self.db.pool())
        .await
        .unwrap();
        let counted: Value = sqlx::query_scalar(
            "select coalesce(jsonb_object_agg(key, count), '{}') from (select key, count(*) from task, jsonb_object_keys(data) key
                where project_id = $1 group by key) counted",
        )
        .bind(self.project_id.0)
        .fetch_one(self.db.pool())
        .await
        .unwrap();
        assert_eq!(columns, counted);
        for (said, table) in [(labels, "region"), (predicted, "prediction_region")] {
            let counted: Value = sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
                "select coalesce(jsonb_object_agg(label, count), '{{}}') from (select label, count(*) from {table}, unnest(labels) label
                    where project_id = $1 group by label) counted"
            )))
            .bind(self.project_id.0)
            .fetch_one(self.db.pool())
            .await
            .unwrap();
            assert_eq!(said.get("box").cloned().unwrap_or_else(|| json!({})), counted, "labels of {table}");
        }
        let wrong = self
            .number(
                "select count(*) from task t where project_id = $1 and (
                    annotation_count <> (select count(*) from annotation a where a.project_id = $1 and a.task_id = t.task_id
                        and not a.was_cancelled and not a.ground_truth)
                    or cancelled_count <> (select count(*) from annotation a where a.project_id = $1 and a.task_id = t.task_id
                        and a.was_cancelled)
                    or prediction_count <> (select count(*) from prediction p where p.project_id = $1 and p.task_id = t.task_id)
                    or is_labeled <> (annotation_count >= overlap))",
            )
            .await;
        assert_eq!(wrong, 0, "tasks that count wrongly");
    }
}

fn on(column: &str, kind: &str, operator: &str, value: Value) -> Value {
    json!({"filter": format!("filter:tasks:{column}"), "operator": operator, "type": kind, "value": value})
}

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

fn view(data: Value) -> NewView {
    NewView { data: data.as_object().unwrap().clone(), is_private: false }
}

#[tokio::test]
async fn views_are_kept_shared_ordered_and_cleared() {
    let desk = full().await;
    let (cx, owner, project_id) = (&desk.db.cx, &desk.owner, desk.project_id);
    let org_id = owner.user().unwrap().org_id.unwrap();
    let reviewer = desk.db.member(org_id, "reviewer", OrgRole::Member).await;
    project::put_member(cx, owner, project_id, user_id(&reviewer), ProjectRole::Reviewer).await.unwrap();
    let annotator = desk.db.member(org_id, "annotator", OrgRole::Member).await;
    project::put_member(cx, owner, project_id, user_id(&annotator), ProjectRole::Annotator).await.unwrap();
    let (_, stranger) = desk.db.org("globex").await;

    let sent = json!({"title": "Small", "filters": {"conjunction": "and", "items": [on("inner_id", "Number", "less", json!(4))]},
        "ordering": ["-tasks:id"], "theirs": {"kept": true}});
    let first = data_manager::create_view(cx, owner, project_id, view(sent.clone())).await.unwrap();
    assert_eq!(Value::Object(first.data.json().clone()), sent);
    let own = NewView { is_private: true, ..view(json!({"title": "Mine"})) };
    let own = data_manager::create_view(cx, &reviewer, project_id, own).await.unwrap();
    assert_eq!((first.order, own.order, own.user_id), (0, 1, Some(user_id(&reviewer))));

    let list = async |actor: &Actor, project| -> Vec<ViewId> {
        let views: Vec<View> = data_manager::views(cx, actor, project).await.unwrap();
        views.iter().map(|view| view.view_id).collect()
    };
    assert_eq!(list(owner, Some(project_id)).await, [first.view_id]);
    assert_eq!(list(&reviewer, Some(project_id)).await, [first.view_id, own.view_id]);
    assert_eq!(list(&reviewer, None).await, [first.view_id, own.view_id]);
    assert!(list(&annotator, None).await.is_empty());
    assert!(list(&stranger, None).await.is_empty());
    assert_eq!(refused(data_manager::views(cx, &annotator, Some(project_id)).await), Kind::Forbidden);
    assert_eq!(refused(data_manager::views(cx, &stranger, Some(project_id)).await), Kind::NotFound);
    assert_eq!(refused(data_manager::view(cx, owner, own.view_id).await), Kind::NotFound);
    assert_eq!(refused(data_manager::view(cx, &stranger, first.view_id).await), Kind::NotFound);
    assert_eq!(refused(data_manager::view(cx, &annotator, first.view_id).await), Kind::Forbidden);
    assert_eq!(refused(data_manager::view(cx, &Actor::Anonymous, first.view_id).await), Kind::Unauthenticated);

    // Through a view: its filter and order; what is asked beside it holds as well.
    let asked = Asked { view_id: Some(first.view_id), ..Asked::default() };
    let (access, pick) = data_manager::ask(cx, &reviewer, asked.clone()).await.unwrap();
    let slice = Slice { offset: 0, limit: 10 };
    let picked = data_manager::pick(cx, &access, &pick, slice).await.unwrap();
    assert_eq!(desk.inner(&picked.task_ids).await, [3, 2, 1]);
    let filter =
        Filter::parse(&json!({"conjunction": "or", "items": [on("inner_id", "Number", "greater", json!(1))]})).unwrap();
    let narrower = Asked { pick: Pick { filter, ..Pick::default() }, ..asked.clone() };
    let (access, pick) = data_manager::ask(cx, &reviewer, narrower).await.unwrap();
    let picked = data_manager::pick(cx, &access, &pick, slice).await.unwrap();
    assert_eq!(desk.inner(&picked.task_ids).await, [3, 2]);
    assert_eq!(refused(data_manager::ask(cx, &annotator, asked.clone()).await), Kind::Forbidden);
    assert_eq!(refused(data_manager::ask(cx, &stranger, asked).await), Kind::NotFound);

    let patch = |data: Value| ViewPatch { data: Some(data.as_object().unwrap().clone()), ..ViewPatch::default() };
    let renamed = data_manager::update_view(cx, owner, first.view_id, patch(json!({"title": "Tiny"}))).await.unwrap();
    assert_eq!((renamed.data.title(), renamed.data.filter().unwrap().items.len()), ("Tiny", 1));
    let refusal = data_manager::update_view(cx, &reviewer, first.view_id, patch(json!({"title": "No"}))).await;
    assert_eq!(refused(refusal), Kind::Forbidden);
    assert_eq!(refused(data_manager::delete_view(cx, &reviewer, first.view_id).await), Kind::Forbidden);
    let malformed =
        data_manager::update_view(cx, owner, first.view_id, patch(json!({"ordering": ["tasks:zzz"]}))).await;
    assert_eq!(code(malformed), "unknown_column");

    let shared = ViewPatch { is_private: Some(false), order: Some(9), ..ViewPatch::default() };
    data_manager::update_view(cx, &reviewer, own.view_id, shared).await.unwrap();
    assert_eq!(list(owner, Some(project_id)).await, [first.view_id, own.view_id]);
    data_manager::order_views(cx, &reviewer, project_id, vec![own.view_id, first.view_id, ViewId(999)]).await.unwrap();
    assert_eq!(list(owner, Some(project_id)).await, [own.view_id, first.view_id]);

    data_manager::delete_view(cx, owner, own.view_id).await.unwrap();
    assert_eq!(refused(data_manager::delete_view(cx, owner, own.view_id).await), Kind::NotFound);
    assert_eq!(refused(data_manager::reset_views(cx, &reviewer, project_id).await), Kind::Forbidden);
    data_manager::reset_views(cx, owner, project_id).await.unwrap();
    assert!(list(owner, Some(project_id)).await.is_empty());
}

#[tokio::test]
async fn columns_and_actions_are_told_to_those_who_may_use_them() {
    let desk = full().await;
    let (cx, owner, project_id) = (&desk.db.cx, &desk.owner, desk.project_id);
    let columns = serde_json::to_value(data_manager::columns(cx, owner, Some(project_id)).await.unwrap()).unwrap();
    let by_id = |id: &str| columns.as_array().unwrap().iter().find(|column| column["id"] == id).cloned().unwrap();
    assert_eq!((&by_id("picture")["type"], &by_id("text")["type"]), (&json!("Image"), &json!("String")));
    assert_eq!(by_id("predictions_model_versions")["schema"]["items"], json!(["v1", "v10"]));
    assert_eq!(by_id("annotators")["schema"]["items"], json!([user_id(owner)]));
    assert!(data_manager::columns(cx, owner, None).await.unwrap().len() < columns.as_array().unwrap().len());

    assert_eq!(data_manager::actions(cx, owner, project_id).await.unwrap().len(), Action::ALL.len());
    let form = data_manager::action_form(cx, owner, project_id, Action::DeleteTasksAnnotations).await.unwrap();
    assert_eq!(form[0]["fields"][0]["options"][0]["label"], "acme-owner");
    let org_id = owner.user().unwrap().org_id.unwrap();
    let reviewer = desk.db.member(org_id, "reviewer", OrgRole::Member).await;
    project::put_member(cx, owner, project_id, user_id(&reviewer), ProjectRole::Reviewer).await.unwrap();
    assert!(data_manager::actions(cx, &reviewer, project_id).await.unwrap().is_empty());
    let asked = Asked { project_id: Some(project_id), ..Asked::default() };
    assert_eq!(refused(data_manager::act(cx, &reviewer, asked.clone(), Order::DeleteTasks).await), Kind::Forbidden);
    let (_, stranger) = desk.db.org("globex").await;
    assert_eq!(refused(data_manager::act(cx, &stranger, asked, Order::DeleteTasks).await), Kind::NotFound);
    assert_eq!(desk.number("select count(*) from task where project_id = $1").await, 8);
}

#[tokio::test]
async fn what_is_done_to_many_tasks_is_counted() {
    let desk = full().await;
    desk.assert_counted().await;
    let run = desk.act(Action::PredictionsToAnnotations, json!({"model_version": "v1"}), &[]).await.unwrap();
    assert_eq!((run.status, run.total, run.changed), (RunStatus::Completed, 8, 2));
    assert_eq!(run.told, "Created 2 annotations");
    assert_eq!(desk.found(json!([on("is_labeled", "Boolean", "equal", json!(true))])).await, [1, 3, 6]);
    desk.assert_counted().await;
    // What has become an annotation once does not again.
    assert_eq!(desk.act(Action::PredictionsToAnnotations, json!({}), &[1, 3]).await.unwrap().changed, 1);
    desk.assert_counted().await;

    let run = desk.act(Action::CacheLabels, json!({}), &[1, 6, 7]).await.unwrap();
    assert_eq!(run.told, "Updated 3 tasks");
    assert_eq!(desk.found(json!([on("data.cache_all", "String", "equal", json!("Cat: 1, Dog: 3"))])).await, [6]);
    assert_eq!(desk.found(json!([on("data.cache_all", "String", "equal", json!("Cat: 3"))])).await, [1]);
    desk.assert_counted().await;
    let field = json!({"value_name": "n", "value_type": "Number", "value": "42"});
    desk.act(Action::AddDataField, field, &[4, 5]).await.unwrap();
    assert_eq!(desk.found(json!([on("data.n", "Number", "equal", json!(42))])).await, [4, 5]);
    desk.assert_counted().await;

    let renaming = json!({"control_tag": "box", "old_label_name": "Dog", "new_label_name": "Wolf"});
    assert_eq!(desk.act(Action::RenameLabels, renaming, &[]).await.unwrap().told, "Renamed 3 labels");
    assert_eq!(desk.found(json!([on("labels", "List", "contains", json!("Wolf"))])).await, [6]);
    assert_eq!(desk.number("select count(*) from annotation_version where project_id = $1").await, 2);
    desk.assert_counted().await;

    let source =
        desk.number("select min(annotation_id) from annotation where project_id = $1 and result_count = 2").await;
    let copying = json!({ "source_annotation_id": source });
    assert_eq!(desk.act(Action::PropagateAnnotations, copying, &[1, 7, 8]).await.unwrap().changed, 2);
    assert_eq!(desk.found(json!([on("label_count.Cat", "Number", "equal", json!(2))])).await, [7, 8]);
    desk.assert_counted().await;
    let unknown = desk.act(Action::PropagateAnnotations, json!({"source_annotation_id": 0}), &[7]).await;
    assert_eq!(code(unknown), "source_unknown");

    assert_eq!(
        desk.act(Action::DeleteTasksPredictions, json!({"model_version": "v10"}), &[]).await.unwrap().changed,
        1
    );
    desk.assert_counted().await;
    let of_nobody = json!({"annotator": 0});
    assert_eq!(desk.act(Action::DeleteTasksAnnotations, of_nobody, &[6]).await.unwrap().changed, 0);
    assert_eq!(desk.act(Action::DeleteTasksAnnotations, json!({}), &[1, 2, 6]).await.unwrap().changed, 6);
    assert_eq!(desk.found(json!([on("is_labeled", "Boolean", "equal", json!(true))])).await, [3, 7, 8]);
    desk.assert_counted().await;

    assert_eq!(desk.act(Action::DeleteTasks, json!({}), &[1, 7]).await.unwrap().told, "Deleted 2 tasks");
    desk.assert_counted().await;
    assert_eq!(desk.act(Action::DeleteTasks, json!({}), &[]).await.unwrap().changed, 6);
    desk.assert_counted().await;
    let runs = data_manager::action_runs(&desk.db.cx, &desk.owner, desk.project_id).await.unwrap();
    assert_eq!(runs[0].started_by.as_deref(), Some("acme-owner"));
    let events = "select count(*) from audit_event where subject_id = $1 and action = 'tasks_acted_on'";
    assert_eq!(usize::try_from(desk.number(events).await).unwrap(), runs.len());
}

#[tokio::test]
async fn of_tasks_with_the_same_data_one_is_kept_with_all_work() {
    let desk = Desk::new().await;
    let same = json!({"picture": "/a", "text": "x"});
    let turned = json!({"text": "x", "picture": "/a"});
    let tasks = json!([
        {"data": same, "predictions": [{"model_version": "v1", "result": [item("Cat", 1)]}]},
        {"data": turned, "annotations": [{"result": [item("Cat", 10)]}]},
        {"data": same, "annotations": [{"result": [item("Cat", 20)]}, {"result": [], "was_cancelled": true}]},
        {"data": {"picture": "/b"}},
        {"data": {"picture": "/b"}},
        {"data": {"picture": "/c"}}
    ]);
    desk.file("tasks.json", tasks.to_string()).await;
    let run = desk.act(Action::RemoveDuplicates, json!({}), &[]).await.unwrap();
    assert_eq!((run.changed, run.told.as_str()), (3, "Removed 3 duplicated tasks"));
    assert_eq!(desk.found(json!([])).await, [2, 4, 6]);
    assert_eq!(desk.found(json!([on("label_count.Cat", "Number", "equal", json!(2))])).await, [2]);
    assert_eq!(desk.found(json!([on("cancelled_annotations", "Number", "equal", json!(1))])).await, [2]);
    desk.assert_counted().await;
    assert_eq!(desk.act(Action::RemoveDuplicates, json!({}), &[]).await.unwrap().changed, 0);
}

#[tokio::test]
async fn an_action_on_very_many_tasks_is_a_job() {
    let desk = Desk::new().await;
    let lines: Vec<String> =
        (0..2_600).map(|n| json!({"data": {"picture": "/p", "n": n % 2_599}}).to_string()).collect();
    assert_eq!(desk.file("tasks.jsonl", lines.join("\n")).await.tasks, 2_600);
    let asked = Asked { project_id: Some(desk.project_id), ..Asked::default() };
    let (access, pick) = data_manager::ask(&desk.db.cx, &desk.owner, asked.clone()).await.unwrap();
    let mut stream = data_manager::stream(&desk.db.cx, &access, &pick).await.unwrap();
    let mut streamed = Vec::new();
    loop {
        let next = stream.next().await.unwrap();
        assert!(next.len() <= 1_000);
        if next.is_empty() {
            break;
        }
        streamed.extend(next);
    }
    drop(stream);
    assert_eq!(streamed.len(), 2_600);
    assert!(streamed.is_sorted());

    let run = desk.act(Action::RemoveDuplicates, json!({}), &[]).await.unwrap();
    assert_eq!((run.status, run.total, run.done), (RunStatus::Created, 2_600, 0));
    let filter = json!({"conjunction": "and", "items": [on("data.n", "Number", "greater_or_equal", json!(99))]});
    let pick = Pick { filter: Filter::parse(&filter).unwrap(), ..Pick::default() };
    let order = data_manager::act(&desk.db.cx, &desk.owner, Asked { pick, ..asked }, Order::DeleteTasks).await.unwrap();
    assert_eq!((order.status, order.total), (RunStatus::Created, 2_500));
    job::runner::run_waiting(&desk.db.cx).await.unwrap();
    let get = async |id| data_manager::action_run(&desk.db.cx, &desk.owner, desk.project_id, id).await.unwrap();
    let merged = get(run.run_id).await;
    assert_eq!((merged.status, merged.changed, merged.done), (RunStatus::Completed, 1, 2_600));
    let deleted = get(order.run_id).await;
    assert_eq!((deleted.status, deleted.changed, deleted.done), (RunStatus::Completed, 2_500, 2_500));
    assert_eq!(desk.number("select count(*) from task where project_id = $1").await, 99);
    desk.assert_counted().await;
    // A job that is tried once more finds nothing to do.
    let again = data_manager::RunAction { project_id: desk.project_id, run_id: order.run_id };
    job::Job::run(&again, &desk.db.cx).await.unwrap();
    assert_eq!(desk.number("select count(*) from task where project_id = $1").await, 99);
}
