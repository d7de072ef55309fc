//! The counts of a project, while many people work and others put the changes together.

use std::sync::atomic::{AtomicBool, Ordering};

use domain::id::{AnnotationId, TaskId};
use serde_json::{Value, json};
use service::{
    Actor,
    annotation::{
        self,
        change::{self, AnnotationPatch},
    },
    job::Job,
    project::{self, PutCountsTogether},
    task::change::delete,
};

use crate::annotate::{Work, items};

/// What is counted, and what there is, at one and the same moment.
const TRUE: &str =
    "select (c.task_count, c.labeled_task_count, c.annotation_count, c.skipped_annotation_count, c.result_count)
        = ((select count(*) from task t where t.project_id = $1),
            (select count(*) from task t where t.project_id = $1 and t.is_labeled),
            (select count(*) from annotation a where a.project_id = $1 and not a.was_cancelled),
            (select count(*) from annotation a where a.project_id = $1 and a.was_cancelled),
            (select coalesce(sum(jsonb_array_length(a.result)), 0) from annotation a
                where a.project_id = $1 and not a.was_cancelled))
        and coalesce((c.created_labels -> 'box' ->> 'Cat')::bigint, 0) = (select count(*) from region r
            where r.project_id = $1 and 'Cat' = any(r.labels))
        and coalesce((c.created_annotations ->> 'box|img|rectanglelabels')::bigint, 0) = (select count(*) from region r
            where r.project_id = $1 and r.from_name = 'box')
    from project_count c where c.project_id = $1";

async fn is_true(work: &Work) -> bool {
    sqlx::query_scalar(TRUE).bind(work.project_id.0).fetch_one(work.db.pool()).await.unwrap()
}

async fn counts(work: &Work) -> Value {
    sqlx::query_scalar("select to_jsonb(c) - 'updated_at' from project_count c where project_id = $1")
        .bind(work.project_id.0)
        .fetch_one(work.db.pool())
        .await
        .unwrap()
}

/// Hands in, skips every fifth task, and every third time thinks again.
async fn label(work: &Work, who: &Actor) {
    let cx = &work.db.cx;
    for round in 0.. {
        let Ok(task) = work.next(who).await.task else { break };
        let submission = work.submission(task.task_id);
        if round % 5 == 4 {
            annotation::skip(cx, who, submission).await.unwrap();
            continue;
        }
        let done = annotation::submit(cx, who, submission).await.unwrap();
        if round % 3 == 2 {
            let result = items(json!([{ "id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels",
                "value": { "x": 1, "y": 1, "width": 5, "height": 5, "rotation": 0, "rectanglelabels": ["Dog"] } }]));
            let patch = AnnotationPatch { result: Some(result), ..AnnotationPatch::default() };
            change::update(cx, who, done.annotation_id, patch).await.unwrap();
        }
    }
}

/// Takes annotations and tasks away while others work.
async fn take_away(work: &Work) {
    let cx = &work.db.cx;
    for round in 0..6 {
        let found: Option<(i64, i64)> = sqlx::query_as(
            "select annotation_id, task_id from annotation where project_id = $1 order by annotation_id limit 1",
        )
        .bind(work.project_id.0)
        .fetch_optional(work.db.pool())
        .await
        .unwrap();
        let Some((annotation_id, task_id)) = found else { continue };
        if round % 2 == 0 {
            change::delete(cx, &work.owner, AnnotationId(annotation_id)).await.unwrap();
        } else {
            delete(cx, &work.owner, TaskId(task_id)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn counts_are_true_at_every_moment_whoever_hands_in_and_whoever_puts_together() {
    let work = Work::new(90, 1).await;
    let mut people = Vec::new();
    for name in ["ana", "ben", "cyd", "dan", "eve", "fay"] {
        people.push(work.annotator(name).await);
    }
    let is_over = AtomicBool::new(false);
    let everybody = async {
        let labeling = futures::future::join_all(people.iter().map(|who| label(&work, who)));
        futures::join!(labeling, take_away(&work));
        is_over.store(true, Ordering::Relaxed);
    };
    let together = async {
        while !is_over.load(Ordering::Relaxed) {
            PutCountsTogether.run(&work.db.cx).await.unwrap();
        }
    };
    let again = async {
        while !is_over.load(Ordering::Relaxed) {
            project::recount(&work.db.cx, &work.owner, work.project_id).await.unwrap();
        }
    };
    let looking = async {
        let mut looks = 0;
        while !is_over.load(Ordering::Relaxed) {
            assert!(is_true(&work).await, "{}", counts(&work).await);
            looks += 1;
        }
        looks
    };
    let ((), (), (), looks) = futures::join!(everybody, together, again, looking);
    assert!(looks > 10, "only looked {looks} times");
    assert!(is_true(&work).await, "{}", counts(&work).await);
    let before = counts(&work).await;
    assert!(before["labeled_task_count"].as_i64().unwrap() > 50, "{before}");
    PutCountsTogether.run(&work.db.cx).await.unwrap();
    assert_eq!(work.number("select count(*) from project_summary_change where project_id = $1").await, 0);
    assert_eq!(counts(&work).await, before, "put together, they say the same");
    project::recount(&work.db.cx, &work.owner, work.project_id).await.unwrap();
    assert_eq!(counts(&work).await, before, "counted again, they are the same");
}

#[tokio::test]
async fn whoever_hands_in_waits_for_nobody_who_holds_the_summary() {
    let work = Work::new(2, 1).await;
    let ana = work.annotator("ana").await;
    let task = work.next(&ana).await.task.unwrap();
    let mut held = work.db.cx.begin().await.unwrap();
    sqlx::query("select from project_summary where project_id = $1 for update")
        .bind(work.project_id.0)
        .execute(&mut *held)
        .await
        .unwrap();
    annotation::submit(&work.db.cx, &ana, work.submission(task.task_id)).await.unwrap();
    // Nobody waits to put it together either: what is held is left for later.
    PutCountsTogether.run(&work.db.cx).await.unwrap();
    assert_eq!(work.number("select count(*) from project_summary_change where project_id = $1").await, 1);
    assert_eq!(work.number("select annotation_count from project_count where project_id = $1").await, 1);
    held.rollback().await.unwrap();
    PutCountsTogether.run(&work.db.cx).await.unwrap();
    assert_eq!(work.number("select annotation_count from project_summary where project_id = $1").await, 1);
}

#[tokio::test]
async fn changes_go_with_their_project() {
    let work = Work::new(1, 1).await;
    let ana = work.annotator("ana").await;
    let task = work.next(&ana).await.task.unwrap();
    annotation::submit(&work.db.cx, &ana, work.submission(task.task_id)).await.unwrap();
    sqlx::query("delete from project where project_id = $1")
        .bind(work.project_id.0)
        .execute(work.db.pool())
        .await
        .unwrap();
    assert_eq!(work.number("select count(*) from project_summary_change where project_id = $1").await, 0);
}

#[tokio::test]
async fn names_nothing_is_left_of_go_and_made_up_ones_do_not_grow_without_end() {
    let work = Work::new(0, 1).await;
    let cases = [
        ("counts_after('{\"a\": 1}', null)", json!({ "a": 1 })),
        ("counts_after('{\"a\": 1, \"b\": 2}', '[{\"a\": -1, \"c\": 3}, {\"b\": 1}]')", json!({ "b": 3, "c": 3 })),
        ("counts_after('{}', '[{\"a\": 1}, {\"a\": -1}]')", json!({})),
        ("label_counts_after('{\"x\": {\"a\": 1}}', null)", json!({ "x": { "a": 1 } })),
        (
            "label_counts_after('{\"x\": {\"a\": 1, \"b\": 1}}', '[{\"x\": {\"a\": -1}}, {\"y\": {\"a\": 2}}]')",
            json!({ "x": { "b": 1 }, "y": { "a": 2 } }),
        ),
        ("label_counts_after('{\"x\": {\"a\": 1}}', '[{\"x\": {\"a\": -1}}]')", json!({})),
        (
            "(select jsonb_build_array(count(*), bool_or(key = 'zz')) from jsonb_each(counts_after('{\"zz\": 1}',
                (select jsonb_build_array(jsonb_object_agg(n, 1)) from generate_series(1, 10001) n))))",
            json!([10_000, true]),
        ),
        (
            "(select jsonb_build_array(count(*), bool_or(key = 'zz')) from jsonb_each(label_counts_after('{\"x\": {\"zz\": 1}}',
                (select jsonb_build_array(jsonb_build_object('x', jsonb_object_agg(n, 1))) from generate_series(1, 10001) n))
                -> 'x'))",
            json!([10_000, true]),
        ),
    ];
    for (expression, expected) in cases {
        let query = format!("select {expression}");
        let found: Value = sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_one(work.db.pool()).await.unwrap();
        assert_eq!(found, expected, "{expression}");
    }
}
