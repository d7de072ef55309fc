//! What the work on a task can be compared with.

use domain::{
    Kind,
    annotation::{MAX_EARLIER, Submission, Version, VersionId},
    id::{PredictionId, TaskId},
    result::ResultItem,
};
use service::{Actor, annotation, task, testing::user_id};

use crate::{
    annotate::{Work, work_without_box},
    refused,
};

async fn versions(work: &Work, who: &Actor, task_id: TaskId) -> Vec<Version> {
    task::open(&work.db.cx, who, work.project_id, task_id).await.unwrap().task.unwrap().versions
}

async fn ids(work: &Work, who: &Actor, task_id: TaskId) -> Vec<VersionId> {
    versions(work, who, task_id).await.into_iter().map(|version| version.id).collect()
}

async fn read(work: &Work, who: &Actor, task_id: TaskId, id: VersionId) -> service::Result<Vec<ResultItem>> {
    annotation::read_version(&work.db.cx, who, work.project_id, task_id, id).await
}

/// Ana has handed in a task and changed it once. Her work, and its version before.
async fn changed_once(work: &Work, ana: &Actor) -> (TaskId, VersionId, VersionId) {
    let task_id = work.next(ana).await.task.unwrap().task_id;
    let first = annotation::submit(&work.db.cx, ana, work.submission(task_id)).await.unwrap();
    let change =
        Submission { annotation_id: Some(first.annotation_id), result: work_without_box(), ..work.submission(task_id) };
    annotation::submit(&work.db.cx, ana, change).await.unwrap();
    (task_id, VersionId::Annotation(first.annotation_id), VersionId::Earlier(first.annotation_id, 1))
}

#[tokio::test]
async fn what_is_changed_stays_as_it_was() {
    let work = Work::new(2, 2).await;
    let ana = work.annotator("ana").await;
    let (task_id, current, before) = changed_once(&work, &ana).await;
    assert_eq!(ids(&work, &ana, task_id).await, [current, before]);
    assert_eq!(read(&work, &ana, task_id, before).await.unwrap(), crate::annotate::work());
    assert_eq!(read(&work, &ana, task_id, current).await.unwrap(), work_without_box());

    // Handed in as it is, it is no other version.
    let VersionId::Annotation(annotation_id) = current else { panic!("{current:?}") };
    let again =
        Submission { annotation_id: Some(annotation_id), result: work_without_box(), ..work.submission(task_id) };
    annotation::submit(&work.db.cx, &ana, again.clone()).await.unwrap();
    assert_eq!(ids(&work, &ana, task_id).await.len(), 2);

    // Mended by somebody else, each version says whose it was.
    annotation::submit(&work.db.cx, &work.owner, Submission { result: crate::annotate::work(), ..again.clone() })
        .await
        .unwrap();
    annotation::submit(&work.db.cx, &ana, again).await.unwrap();
    let told: Vec<(String, bool)> =
        versions(&work, &ana, task_id).await.into_iter().map(|version| (version.by, version.is_mine)).collect();
    let ana_s = || ("ana".to_owned(), true);
    assert_eq!(told, [ana_s(), ("acme-owner".to_owned(), false), ana_s(), ana_s()]);
}

#[tokio::test]
async fn the_oldest_versions_go() {
    let work = Work::new(1, 1).await;
    let ana = work.annotator("ana").await;
    let (task_id, VersionId::Annotation(annotation_id), _) = changed_once(&work, &ana).await else { panic!() };
    for n in 0..MAX_EARLIER {
        let result = if n % 2 == 0 { crate::annotate::work() } else { work_without_box() };
        let change = Submission { annotation_id: Some(annotation_id), result, ..work.submission(task_id) };
        annotation::submit(&work.db.cx, &ana, change).await.unwrap();
    }
    let kept = ids(&work, &ana, task_id).await;
    assert_eq!(kept.len(), usize::try_from(MAX_EARLIER).unwrap() + 1);
    assert_eq!(kept.last(), Some(&VersionId::Earlier(annotation_id, 2)));
}

#[tokio::test]
async fn versions_are_for_those_who_may_see_them() {
    let work = Work::new(2, 2).await;
    let (ana, ben) = (work.annotator("ana").await, work.annotator("ben").await);
    let (task_id, current, before) = changed_once(&work, &ana).await;
    let prediction_id: i64 = sqlx::query_scalar(
        "insert into prediction (project_id, task_id, model_version, score, result) values ($1, $2, 'm1', 0.5, $3) returning prediction_id",
    )
    .bind(work.project_id.0)
    .bind(task_id.0)
    .bind(sqlx::types::Json(work_without_box()))
    .fetch_one(work.db.pool())
    .await
    .unwrap();
    let prediction_id = PredictionId(prediction_id);
    let proposed = VersionId::Prediction(prediction_id);
    let mut all = [current, before, proposed];
    all.sort_by_key(|id| format!("{id:?}"));

    // Ben holds the same task and sees what models say of it, not what Ana did.
    assert_eq!(work.next(&ben).await.task.unwrap().task_id, task_id);
    assert_eq!(ids(&work, &ben, task_id).await, [proposed]);
    let as_proposed = domain::annotation::proposed(prediction_id, work_without_box());
    assert_eq!(read(&work, &ben, task_id, proposed).await.unwrap(), as_proposed);
    for id in [current, before] {
        assert_eq!(refused(read(&work, &ben, task_id, id).await), Kind::NotFound);
    }
    // Who sees all data sees all.
    let mut seen = ids(&work, &work.owner, task_id).await;
    seen.sort_by_key(|id| format!("{id:?}"));
    assert_eq!(seen, all);
    for id in all {
        read(&work, &work.owner, task_id, id).await.unwrap();
    }
    // Of another task they are nobody's.
    let other = TaskId(task_id.0 + 1);
    for id in all {
        assert_eq!(refused(read(&work, &work.owner, other, id).await), Kind::NotFound);
    }
    // Whoever is to find things before a model shows them sees no proposal whole; who sees all data does.
    work.set("reveal_preannotations_interactively = true").await;
    assert_eq!(ids(&work, &ben, task_id).await, []);
    assert_eq!(refused(read(&work, &ben, task_id, proposed).await), Kind::NotFound);
    assert!(ids(&work, &work.owner, task_id).await.contains(&proposed));
    read(&work, &work.owner, task_id, proposed).await.unwrap();
    work.set("reveal_preannotations_interactively = false").await;
    // Proposals only where the project shows them.
    work.set("show_collab_predictions = false").await;
    assert_eq!(ids(&work, &ben, task_id).await, []);
    assert_eq!(refused(read(&work, &ben, task_id, proposed).await), Kind::NotFound);

    let (_, stranger) = work.db.org("other").await;
    let cleo = work.annotator("cleo").await;
    for who in [&stranger, &cleo] {
        assert_eq!(refused(read(&work, who, task_id, current).await), Kind::NotFound, "{:?}", user_id(who));
    }
    assert_eq!(refused(read(&work, &Actor::Anonymous, task_id, current).await), Kind::Unauthenticated);
}
