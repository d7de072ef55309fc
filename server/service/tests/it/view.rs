//! A task that is looked at: which of its answers, and whose.

use domain::{
    Kind,
    annotation::{Submission, VersionId},
    id::{AnnotationId, PredictionId, TaskId},
    task::TaskView,
};
use service::{Actor, annotation, task};

use crate::{
    annotate::{Work, work_without_box},
    refused,
};

async fn view(work: &Work, who: &Actor, task_id: TaskId, shown: Option<VersionId>) -> service::Result<TaskView> {
    task::view(&work.db.cx, who, work.project_id, task_id, shown).await
}

fn ids(view: &TaskView) -> Vec<VersionId> {
    let mut ids: Vec<VersionId> = view.versions.iter().map(|version| version.id).collect();
    ids.sort_by_key(|id| format!("{id:?}"));
    ids
}

#[tokio::test]
async fn people_who_see_all_data_look_at_everybodys_work() {
    let work = Work::new(3, 2).await;
    let (ana, ben) = (work.annotator("ana").await, work.annotator("ben").await);
    let task_id = work.next(&ana).await.task.unwrap().task_id;
    assert_eq!(work.next(&ben).await.task.unwrap().task_id, task_id);

    // Of a task nobody has done there is only what is to be labeled.
    let empty = view(&work, &work.owner, task_id, None).await.unwrap();
    assert_eq!((empty.shown, empty.result.len(), empty.versions.len()), (None, 0, 0));
    let first = annotation::submit(&work.db.cx, &ana, work.submission(task_id)).await.unwrap().annotation_id;
    let change = Submission { annotation_id: Some(first), result: work_without_box(), ..work.submission(task_id) };
    annotation::submit(&work.db.cx, &ana, change).await.unwrap();
    let second = annotation::skip(&work.db.cx, &ben, work.submission(task_id)).await.unwrap().annotation_id;
    let proposed: i64 = sqlx::query_scalar(
        "insert into prediction (project_id, task_id, result, created_at) values ($1, $2, $3, now() + interval '9 years') returning prediction_id",
    )
    .bind(work.project_id.0)
    .bind(task_id.0)
    .bind(sqlx::types::Json(work_without_box()))
    .fetch_one(work.db.pool())
    .await
    .unwrap();
    let [first, second] = [first, second].map(VersionId::Annotation);
    let proposed = VersionId::Prediction(PredictionId(proposed));

    let seen = view(&work, &work.owner, task_id, None).await.unwrap();
    // What it was before is for comparing.
    assert_eq!(ids(&seen), [first, second, proposed]);
    assert_ne!(seen.shown, Some(proposed), "work comes before proposals");
    let skipped = seen.versions.iter().find(|version| version.id == second).unwrap();
    assert!(skipped.was_cancelled && skipped.by == "ben");
    let of_ana = view(&work, &work.owner, task_id, Some(first)).await.unwrap();
    assert_eq!((of_ana.shown, of_ana.result), (Some(first), work_without_box()));
    assert_eq!((of_ana.before, of_ana.after), (None, Some(TaskId(task_id.0 + 1))));

    // Ana sees her own, and no way through the project.
    let own = view(&work, &ana, task_id, None).await.unwrap();
    assert_eq!((ids(&own), own.shown), (vec![first, proposed], Some(first)));
    assert_eq!((own.before, own.after), (None, None));
    assert_eq!(refused(view(&work, &ana, task_id, Some(second)).await), Kind::NotFound);
}

#[tokio::test]
async fn nobody_else_learns_of_it() {
    let work = Work::new(2, 1).await;
    let ana = work.annotator("ana").await;
    let task_id = work.next(&ana).await.task.unwrap().task_id;
    let (_, stranger) = work.db.org("other").await;
    let cleo = work.annotator("cleo").await;
    for who in [&stranger, &cleo] {
        assert_eq!(refused(view(&work, who, task_id, None).await), Kind::NotFound);
    }
    assert_eq!(refused(view(&work, &Actor::Anonymous, task_id, None).await), Kind::Unauthenticated);
    let no_task = TaskId(task_id.0 + 100);
    assert_eq!(refused(view(&work, &work.owner, no_task, None).await), Kind::NotFound);
    let nobodys = Some(VersionId::Annotation(AnnotationId(0)));
    assert_eq!(refused(view(&work, &work.owner, task_id, nobodys).await), Kind::NotFound);
}
