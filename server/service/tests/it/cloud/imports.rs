//! Bringing in: what becomes tasks, what is passed over, what fails.

use domain::{
    cloud::{Credentials, Place, Scope, StorageForm},
    import::RunStatus,
};
use serde_json::json;
use service::{cloud, import, job};

use super::{
    Desk,
    bucket::{self, Bucket, Objects},
    source,
};
use crate::code;

#[tokio::test]
async fn objects_become_tasks_once() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    for key in ["set/a.png", "set/b ä.JPG", "set/deep/c.png", "set/notes.txt", "other/d.png"] {
        bucket.put(key, "bytes");
    }
    bucket.put("set/empty.png", "");
    let form = StorageForm { prefix: "set".into(), regex: r".*\.(png|(?i)jpe?g)$".into(), ..source(bucket.place()) };
    let id = desk.add(form).await.cloud_storage_id;
    let synced = desk.sync(id).await;
    let run = synced.sync.clone().unwrap();
    assert_eq!((run.status, run.made, run.failed, run.error), (RunStatus::Completed, 3, 0, None));
    assert_eq!((run.done, synced.object_count, synced.last_sync_count), (5, 3, Some(3)));
    let named: Vec<_> = desk.data().await.iter().map(|data| data["picture"].as_str().unwrap().to_owned()).collect();
    assert_eq!(named, ["s3://cats/set/a.png", "s3://cats/set/b ä.JPG", "s3://cats/set/deep/c.png"]);
    let history = import::list(&desk.cx, &desk.owner, desk.project_id).await.unwrap();
    assert_eq!((history[0].source_name.as_str(), history[0].tasks), ("cats", 3));
    assert_eq!(history[0].status, RunStatus::Completed);

    bucket.put("set/aa.png", "new");
    bucket.put("set/a.png", "changed");
    let again = desk.sync(id).await;
    assert_eq!((again.sync.unwrap().made, again.object_count), (1, 4), "what is known is passed over");

    // What comes behind the last key, and nothing before it.
    bucket.put("set/0.png", "before");
    bucket.put("set/z.png", "behind");
    assert_eq!(desk.sync_scope(id, Scope::BehindLast).await.sync.unwrap().made, 1);
    assert_eq!(desk.sync(id).await.sync.unwrap().made, 1);

    sqlx::query("delete from task where project_id = $1 and data->>'picture' = 's3://cats/set/a.png'")
        .bind(desk.project_id.0)
        .execute(desk.db.pool())
        .await
        .unwrap();
    assert_eq!(desk.sync(id).await.sync.unwrap().made, 1, "a task that was deleted comes again");
    assert_eq!(desk.count("select count(*) from task where project_id = $1").await, 6);
    assert_eq!(desk.count("select task_count from project_count where project_id = $1").await, 7);
}

#[tokio::test]
async fn another_bucket_with_the_same_keys_is_another_bucket() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    bucket.put("a.png", "bytes");
    std::fs::create_dir(bucket.path("../other")).unwrap();
    std::fs::write(bucket.path("../other/a.png"), "bytes").unwrap();
    let id = desk.add(source(bucket.place())).await.cloud_storage_id;
    desk.sync(id).await;
    let change = async |place| {
        let form = StorageForm { credentials: Credentials::Kept, ..source(place) };
        cloud::change(&desk.cx, &desk.owner, desk.project_id, id, form).await.unwrap();
        desk.sync(id).await.sync.unwrap().made
    };
    let Place::S3 { bucket: name, endpoint, .. } = bucket.place() else { panic!("it speaks S3") };
    let elsewhere = Place::S3 { bucket: name, region: "eu-central-1".into(), endpoint };
    assert_eq!(change(elsewhere).await, 0, "the same bucket, called upon otherwise");
    assert_eq!(change(bucket.place_of("other")).await, 1);
}

#[tokio::test]
async fn folders_within_can_be_left_out() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    for key in ["a.png", "set/b.png", "set/deep/c.png"] {
        bucket.put(key, "bytes");
        desk.put(key, "bytes");
    }
    for (place, prefix, made) in
        [(bucket.place(), "", 1), (bucket.place(), "set", 1), (Place::Local, "", 1), (Place::Local, "set", 1)]
    {
        let form = StorageForm { recursive: false, prefix: prefix.into(), ..source(place) };
        let id = desk.add(form).await.cloud_storage_id;
        assert_eq!(desk.sync(id).await.sync.unwrap().made, made, "{prefix}");
    }
}

#[tokio::test]
async fn files_bring_tasks_and_failures_are_told() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    bucket.put("1-one.json", json!({"data": {"picture": "https://e.org/1.png"}}).to_string());
    let labeled = json!({
        "data": {"picture": "https://e.org/2.png"},
        "annotations": [{"result": [{"id": "x", "from_name": "box", "to_name": "img", "type": "rectanglelabels",
            "value": {"x": 1, "y": 1, "width": 5, "height": 5, "rectanglelabels": ["Cat"]}}]}],
    });
    bucket.put("2-list.json", json!([labeled, {"picture": "https://e.org/3.png"}]).to_string());
    bucket.put("3-lines.jsonl", "{\"picture\": \"https://e.org/4.png\"}\n{\"picture\": \"https://e.org/5.png\"}\n");
    bucket.put("4-half.json", "[{\"picture\": \"https://e.org/6.png\"}, 7]");
    bucket.put("5-broken.json", "{\"picture\": ");
    bucket.put("6-none.json", "[]");
    let form = StorageForm { use_blob_urls: false, ..source(bucket.place()) };
    let id = desk.add(form).await.cloud_storage_id;
    let synced = desk.sync(id).await;
    let run = synced.sync.unwrap();
    assert_eq!((run.status, run.made, run.failed), (RunStatus::Completed, 6, 2));
    assert_eq!((synced.object_count, synced.error_count), (4, 2));
    assert_eq!(desk.count("select count(*) from annotation where project_id = $1").await, 1);
    let failed = desk.failures(id).await;
    let keys: Vec<_> = failed.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(keys, ["5-broken.json", "6-none.json"]);
    assert_eq!(failed[1].1, "There are no tasks in this file.");
    // Those that were mended come with the next sync; the others do not come twice.
    bucket.put("5-broken.json", json!({"picture": "https://e.org/7.png"}).to_string());
    let mended = desk.sync(id).await;
    assert_eq!((mended.sync.unwrap().made, mended.error_count), (1, 1));
    assert_eq!(desk.data().await.len(), 7);
}

#[tokio::test]
async fn a_bucket_of_a_hundred_thousand_keys_is_brought_in_page_by_page() {
    let desk = Desk::new().await;
    let address = bucket::endless(100_000).await;
    let place = Place::S3 { bucket: "cats".into(), region: String::new(), endpoint: format!("http://{address}") };
    let id = desk.add(source(place)).await.cloud_storage_id;
    let synced = desk.sync(id).await;
    let run = synced.sync.unwrap();
    assert_eq!((run.status, run.done, run.made), (RunStatus::Completed, 100_000, 100_000));
    assert_eq!(desk.count("select count(distinct data->>'picture') from task where project_id = $1").await, 100_000);
    assert_eq!(desk.count("select count(distinct inner_id) from task where project_id = $1").await, 100_000);
    let behind = desk.sync_scope(id, Scope::BehindLast).await.sync.unwrap();
    assert_eq!((behind.done, behind.made), (0, 0));
}

#[tokio::test]
async fn a_sync_can_be_cancelled_and_goes_on_where_it_was() {
    let desk = Desk::new().await;
    let address = bucket::endless(3_000).await;
    let place = Place::S3 { bucket: "cats".into(), region: String::new(), endpoint: format!("http://{address}") };
    let id = desk.add(source(place)).await.cloud_storage_id;
    let (cx, owner, project_id) = (&desk.cx, &desk.owner, desk.project_id);
    assert_eq!(code(cloud::cancel(cx, owner, project_id, id).await), "storage_not_syncing");
    cloud::sync(cx, owner, project_id, id, Scope::All).await.unwrap();
    assert_eq!(code(cloud::sync(cx, owner, project_id, id, Scope::All).await), "storage_syncing");
    cloud::cancel(cx, owner, project_id, id).await.unwrap();
    job::runner::run_waiting(cx).await.unwrap();
    assert_eq!(desk.storage(id).await.sync.unwrap().status, RunStatus::Cancelled);
    assert_eq!(desk.data().await.len(), 0);
    // As a worker leaves it that was killed behind the second page.
    cloud::sync(cx, owner, project_id, id, Scope::All).await.unwrap();
    sqlx::query("update cloud_storage set run_status = 'in_progress', run_cursor = 'p/001999.png', run_done = 2000")
        .execute(desk.db.pool())
        .await
        .unwrap();
    job::runner::run_waiting(cx).await.unwrap();
    let run = desk.storage(id).await.sync.unwrap();
    assert_eq!((run.status, run.done, run.made), (RunStatus::Completed, 3_000, 1_000));
}

#[tokio::test]
async fn a_storage_that_breaks_off_leaves_what_came_before() {
    let desk = Desk::new().await;
    let address = bucket::serve(|asked| match asked.parameter("continuation-token") {
        None if asked.parameter("max-keys").as_deref() != Some("1") => {
            let page = "<ListBucketResult><Contents><Key>a.png</Key><LastModified>2026-11-20T10:00:00.000Z</LastModified>\
                <Size>1</Size></Contents><NextContinuationToken>1</NextContinuationToken></ListBucketResult>";
            ("200 OK", String::new(), page.into())
        }
        None => ("200 OK", String::new(), b"<ListBucketResult></ListBucketResult>".to_vec()),
        Some(_) => ("403 Forbidden", String::new(), b"<Error><Code>AccessDenied</Code></Error>".to_vec()),
    })
    .await;
    let place = Place::S3 { bucket: "cats".into(), region: String::new(), endpoint: format!("http://{address}") };
    let id = desk.add(source(place)).await.cloud_storage_id;
    let run = desk.sync(id).await.sync.unwrap();
    assert_eq!((run.status, run.made), (RunStatus::Failed, 1));
    assert!(run.error.unwrap().contains("do not have the right"));
    assert_eq!(desk.data().await.len(), 1);
}

#[tokio::test]
async fn google_and_azure_are_spoken() {
    let desk = Desk::new().await;
    let objects = Objects::default();
    objects.lock().unwrap().insert("set/a.png".into(), b"bytes".to_vec());
    objects.lock().unwrap().insert("settle.png".into(), b"bytes".to_vec());
    let google =
        Place::Gcs { bucket: "box".into(), endpoint: format!("http://{}", bucket::google(objects.clone()).await) };
    let azure = Place::Azure {
        account: "account".into(),
        container: "box".into(),
        endpoint: format!("http://{}", bucket::azure(objects.clone()).await),
    };
    let key = Credentials::Azure { account_key: "c2VjcmV0IG9mIHRoZSBhY2NvdW50".into() };
    for (place, credentials, named) in [
        (google, Credentials::Public, "gs://box/set/a.png"),
        (azure.clone(), key.clone(), "azure-blob://box/set/a.png"),
    ] {
        let form = StorageForm {
            place: place.clone(),
            credentials: credentials.clone(),
            prefix: "set".into(),
            ..StorageForm::default()
        };
        let id = desk.add(form.clone()).await.cloud_storage_id;
        assert_eq!(desk.sync(id).await.sync.unwrap().made, 1, "{place:?}");
        assert_eq!(desk.data().await.last().unwrap()["picture"], named);
        let form = StorageForm { direction: domain::cloud::Direction::Export, ..form };
        cloud::check(&desk.cx, &desk.owner, desk.project_id, None, form, 10).await.unwrap();
        assert_eq!(objects.lock().unwrap().len(), 2, "the probe is gone again");
    }
    let nobody = StorageForm { place: azure, credentials: Credentials::Public, ..StorageForm::default() };
    assert_eq!(code(cloud::check(&desk.cx, &desk.owner, desk.project_id, None, nobody, 10).await), "storage_wrong_key");
}
