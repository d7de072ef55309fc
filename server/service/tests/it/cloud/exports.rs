//! Writing annotations: with every change, and all of them.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::{
    annotation::Submission,
    cloud::{Place, StorageForm},
    id::{CloudStorageId, TaskId},
    import::RunStatus,
    result::ResultItem,
};
use serde_json::json;
use service::{
    CxBuilder, annotation,
    import::{self, Source},
    job,
};

use super::{
    Desk,
    bucket::{self, Bucket, Objects},
    target,
};

impl Desk {
    async fn import(&self, count: usize) {
        let rows: Vec<_> = (0..count).map(|n| json!({"picture": format!("https://e.org/{n}.png")})).collect();
        let source = Source::Text(serde_json::to_string(&rows).unwrap());
        import::start(&self.cx, &self.owner, self.project_id, source).await.unwrap();
        job::runner::run_waiting(&self.cx).await.unwrap();
        sqlx::query("update project set state = 'live' where project_id = $1")
            .bind(self.project_id.0)
            .execute(self.db.pool())
            .await
            .unwrap();
    }

    /// Hands in work on a task; the number of the annotation.
    async fn submit(&self, inner_id: i64, again: Option<i64>, x: f64) -> i64 {
        let task_id: i64 = sqlx::query_scalar("select task_id from task where project_id = $1 and inner_id = $2")
            .bind(self.project_id.0)
            .bind(inner_id)
            .fetch_one(self.db.pool())
            .await
            .unwrap();
        let result = json!([{"id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels",
            "value": {"x": x, "y": 1, "width": 5, "height": 5, "rotation": 0, "rectanglelabels": ["Cat"]}}]);
        let submission = Submission {
            project_id: self.project_id,
            task_id: TaskId(task_id),
            annotation_id: again.map(domain::id::AnnotationId),
            key: self.cx.new_uuid(),
            result: ResultItem::list_from_json(result).unwrap(),
            lead_time_ms: 1_500,
            prediction_id: None,
        };
        let id = annotation::submit(&self.cx, &self.owner, submission).await.unwrap().annotation_id.0;
        job::runner::run_waiting(&self.cx).await.unwrap();
        id
    }

    async fn delete_annotation(&self, id: i64) {
        sqlx::query("delete from annotation where annotation_id = $1").bind(id).execute(self.db.pool()).await.unwrap();
        job::runner::run_waiting(&self.cx).await.unwrap();
    }

    async fn due(&self) -> i64 {
        self.count("select count(*) from storage_due where project_id = $1").await
    }
}

#[tokio::test]
async fn an_annotation_is_written_as_it_is_submitted_and_changed() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    desk.import(2).await;
    let form = StorageForm { prefix: "out/labels".into(), can_delete_objects: true, ..target(bucket.place()) };
    let id = desk.add(form).await.cloud_storage_id;
    let annotation_id = desk.submit(1, None, 10.0).await;
    let key = format!("out/labels/{annotation_id}");
    let written = bucket.get(&key).unwrap();
    assert_eq!(written["id"], annotation_id);
    assert_eq!(written["result"][0]["value"]["x"], 10.0);
    assert_eq!(written["task"]["data"]["picture"], "https://e.org/0.png");
    assert_eq!(written["completed_by"]["email"], "acme-owner@example.com");
    assert_eq!(written["lead_time"], 1.5);
    desk.submit(1, Some(annotation_id), 20.0).await;
    assert_eq!(bucket.get(&key).unwrap()["result"][0]["value"]["x"], 20.0);
    assert_eq!(desk.storage(id).await.object_count, 1);
    desk.delete_annotation(annotation_id).await;
    assert!(bucket.get(&key).is_none());
    assert_eq!((desk.storage(id).await.object_count, desk.due().await), (0, 0));
}

#[tokio::test]
async fn objects_of_deleted_annotations_stay_unless_somebody_wants_otherwise() {
    let desk = Desk::new().await;
    desk.import(1).await;
    desk.add(StorageForm { prefix: "out".into(), ..with_folder(&desk) }).await;
    let annotation_id = desk.submit(1, None, 10.0).await;
    desk.delete_annotation(annotation_id).await;
    assert!(desk.folder.path().join(format!("out/{annotation_id}")).is_file());
    assert_eq!(desk.due().await, 0);
    // A project goes with everything that was still due.
    sqlx::query("insert into annotation (project_id, task_id, result) select project_id, task_id, '[]' from task where project_id = $1")
        .bind(desk.project_id.0)
        .execute(desk.db.pool())
        .await
        .unwrap();
    assert_eq!(desk.due().await, 1);
    sqlx::query("delete from project where project_id = $1")
        .bind(desk.project_id.0)
        .execute(desk.db.pool())
        .await
        .unwrap();
    assert_eq!(desk.due().await, 0);
}

fn with_folder(desk: &Desk) -> StorageForm {
    std::fs::create_dir_all(desk.folder.path().join("out")).unwrap();
    StorageForm { prefix: "out".into(), ..target(Place::Local) }
}

#[tokio::test]
async fn a_sync_writes_everything_that_is_there() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    desk.import(250).await;
    // More than a page of them, from before there was a target.
    sqlx::query(
        "insert into annotation (project_id, task_id, result, created_at, updated_at)
        select project_id, task_id, '[]', now(), now() from task where project_id = $1",
    )
    .bind(desk.project_id.0)
    .execute(desk.db.pool())
    .await
    .unwrap();
    assert_eq!(desk.due().await, 0, "without a target nothing is due");
    let id: CloudStorageId = desk.add(target(bucket.place())).await.cloud_storage_id;
    let run = desk.sync(id).await.sync.unwrap();
    assert_eq!((run.status, run.done, run.total, run.made), (RunStatus::Completed, 250, Some(250), 250));
    assert_eq!(
        std::fs::read_dir(bucket.path(""))
            .unwrap()
            .filter(|entry| { entry.as_ref().unwrap().file_name().to_string_lossy().parse::<i64>().is_ok() })
            .count(),
        250
    );
}

#[tokio::test]
async fn what_a_target_refuses_is_told_and_tried_again() {
    let mut desk = Desk::new().await;
    // With the clock that the queue goes by, so that a pause is one.
    desk.cx = CxBuilder::new(desk.db.pool().clone()).settings(desk.cx.settings().clone()).build().unwrap();
    desk.import(1).await;
    let refuses = Arc::new(AtomicBool::new(false));
    let objects = Objects::default();
    let (is_refusing, written) = (refuses.clone(), objects.clone());
    let address = bucket::serve(move |asked| {
        if is_refusing.load(Ordering::SeqCst) {
            return ("403 Forbidden", String::new(), b"<Error><Code>AccessDenied</Code></Error>".to_vec());
        }
        if asked.method == "PUT" {
            let key = asked.target.trim_start_matches("/cats/").to_owned();
            written.lock().unwrap().insert(key, asked.body.clone());
        }
        ("200 OK", "etag: \"1\"\r\n".into(), Vec::new())
    })
    .await;
    let place = Place::S3 { bucket: "cats".into(), region: String::new(), endpoint: format!("http://{address}") };
    let id = desk.add(target(place)).await.cloud_storage_id;
    refuses.store(true, Ordering::SeqCst);
    let annotation_id = desk.submit(1, None, 10.0).await;
    let failed = desk.failures(id).await;
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!((failed[0].0.as_str(), desk.due().await), (annotation_id.to_string().as_str(), 1));
    assert!(failed[0].1.contains("do not have the right"));
    refuses.store(false, Ordering::SeqCst);
    // The pause is over.
    sqlx::query("update graphile_worker._private_jobs set run_at = now()").execute(desk.db.pool()).await.unwrap();
    job::runner::run_waiting(&desk.cx).await.unwrap();
    assert!(objects.lock().unwrap().contains_key(&annotation_id.to_string()));
    assert_eq!((desk.failures(id).await.len(), desk.due().await), (0, 0));
}
