//! The Data Manager: what filters find, what views remember, and what actions on many tasks leave behind.

mod action;
mod filter;
mod view;

use domain::{
    data_manager::{Action, ActionRun, Filter, Order, Pick, Selection},
    id::TaskId,
};
use serde_json::{Value, json};
use service::data_manager::{self, Asked, Picked, Slice};

use crate::import::Desk;

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
