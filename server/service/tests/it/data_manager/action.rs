//! What actions on many tasks leave behind.

use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    data_manager::{Action, Filter, Order, Pick},
    import::RunStatus,
};
use serde_json::json;
use service::{
    data_manager::{self, Asked},
    job, project,
    testing::user_id,
};

use super::{full, item, on};
use crate::{code, import::Desk, refused};

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
