//! Looking at objects: whoever may open the task may, and nobody sees anything else of the bucket.

use domain::{
    access::{OrgRole, ProjectRole},
    cloud::{Place, StorageForm},
    id::TaskId,
};
use futures::TryStreamExt;
use service::{
    Actor,
    media::{self, Asked},
    project, task,
    testing::user_id,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Desk, bucket::Bucket, source};
use crate::code;

async fn only_task(desk: &Desk) -> TaskId {
    TaskId(desk.count("select max(task_id) from task where project_id = $1").await)
}

fn asked(desk: &Desk, task_id: Option<TaskId>, src: &str) -> Asked {
    Asked { project_id: desk.project_id, task_id, src: src.into() }
}

#[tokio::test]
async fn an_object_of_a_task_is_shown_in_parts_or_by_a_signed_address() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    let png = include_bytes!("../pixel.png");
    bucket.put("set/a.png", png);
    bucket.put("set/secret.png", png);
    bucket.put("beside/b.png", png);
    let form = StorageForm { prefix: "set".into(), regex: "set/a".into(), ..source(bucket.place()) };
    let id = desk.add(form.clone()).await.cloud_storage_id;
    desk.sync(id).await;
    let task_id = only_task(&desk).await;
    let this = asked(&desk, Some(task_id), "s3://cats/set/a.png");
    let passed = media::pass(&desk.cx, &desk.owner, &this, None).await.unwrap();
    assert_eq!((passed.content_type.as_str(), passed.size_bytes), ("image/png", Some(png.len() as u64)));
    let bytes: Vec<u8> = passed.body.map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap();
    assert_eq!(bytes, png);
    let passed = media::pass(&desk.cx, &desk.owner, &this, Some(1..4)).await.unwrap();
    assert_eq!(passed.part, Some(1..4));
    let bytes: Vec<u8> = passed.body.map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap();
    assert_eq!(bytes, b"PNG");
    // What is derived of it, as tiles and sizes are.
    assert!(matches!(
        media::picture(&desk.cx, &desk.owner, &this).await.unwrap(),
        media::State::Ready(picture) if picture.width == 1
    ));
    // The signed address needs nothing of ours.
    let signed = media::elsewhere(&desk.cx, &desk.owner, &this).await.unwrap().unwrap();
    assert_eq!(signed.good_for.as_secs(), 3_600);
    let url = url::Url::parse(&signed.url).unwrap();
    assert!(url.query().unwrap().contains("X-Amz-Expires=3600"), "{url}");
    let mut stream = tokio::net::TcpStream::connect(bucket.address).await.unwrap();
    let target = format!("{}?{}", url.path(), url.query().unwrap());
    let request = format!("GET {target} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", bucket.address);
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(png));
    let through = StorageForm { presign: false, credentials: domain::cloud::Credentials::Kept, ..form };
    service::cloud::change(&desk.cx, &desk.owner, desk.project_id, id, through).await.unwrap();
    assert!(media::elsewhere(&desk.cx, &desk.owner, &this).await.unwrap().is_none());

    let pass = async |task_id, src: &str| {
        let asked = asked(&desk, task_id, src);
        code(media::pass(&desk.cx, &desk.owner, &asked, None).await.map(|_| ()))
    };
    assert_eq!(pass(None, "s3://cats/set/a.png").await, "not_found", "without a task that names it");
    assert_eq!(pass(Some(task_id), "s3://cats/set/secret.png").await, "not_found");
    // Named by a task, but in no storage of the project, or not there.
    for (src, expected) in [
        ("s3://cats/beside/b.png", "media_storage"),
        ("s3://dogs/set/a.png", "media_storage"),
        ("gs://cats/set/a.png", "media_storage"),
        ("s3://cats/set/gone.png", "storage_no_object"),
    ] {
        sqlx::query("update task set data = jsonb_build_object('picture', $2::text) where task_id = $1")
            .bind(task_id.0)
            .bind(src)
            .execute(desk.db.pool())
            .await
            .unwrap();
        assert_eq!(pass(Some(task_id), src).await, expected, "{src}");
    }
}

#[tokio::test]
async fn a_file_of_a_folder_is_shown_and_a_link_out_of_it_is_not() {
    let desk = Desk::new().await;
    let outside = tempfile::tempdir().unwrap();
    std::fs::write(outside.path().join("secret.txt"), "no").unwrap();
    desk.put("set/a b.txt", "words");
    let id = desk.add(super::folder("set")).await.cloud_storage_id;
    desk.sync(id).await;
    let task_id = only_task(&desk).await;
    let src = "/data/local-files/?d=set/a%20b.txt";
    let passed = media::pass(&desk.cx, &desk.owner, &asked(&desk, Some(task_id), src), None).await.unwrap();
    let bytes: Vec<u8> = passed.body.map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap();
    assert_eq!((passed.content_type.as_str(), bytes.as_slice()), ("text/plain", b"words".as_slice()));
    std::os::unix::fs::symlink(outside.path().join("secret.txt"), desk.folder.path().join("set/link.txt")).unwrap();
    for src in [
        "/data/local-files/?d=set/link.txt",
        "/data/local-files/?d=set/../../secret.txt",
        "/data/local-files/?d=/etc/passwd",
    ] {
        sqlx::query("update task set data = jsonb_build_object('picture', $2::text) where task_id = $1")
            .bind(task_id.0)
            .bind(src)
            .execute(desk.db.pool())
            .await
            .unwrap();
        let passed = media::pass(&desk.cx, &desk.owner, &asked(&desk, Some(task_id), src), None).await;
        let refused = code(passed.map(|_| ()));
        assert!(["storage_no_object", "media_storage"].contains(&refused.as_str()), "{src}: {refused}");
    }
}

#[tokio::test]
async fn a_file_of_a_folder_has_the_address_that_label_studio_gives_it() {
    let desk = Desk::new().await;
    desk.put("set/a.txt", "words");
    desk.put("set/more/notes.txt", "more");
    desk.put("other/b.txt", "no");
    let id = desk.add(super::folder("set")).await.cloud_storage_id;
    desk.sync(id).await;
    let bytes = async |actor: &Actor, key: &str| {
        let passed = media::local_file(&desk.cx, actor, key, None).await;
        match passed {
            Ok(passed) => passed.body.map_ok(|chunk| chunk.to_vec()).try_concat().await.unwrap(),
            Err(error) => code(Err::<(), _>(error)).into_bytes(),
        }
    };
    assert_eq!(bytes(&desk.owner, "set/a.txt").await, b"words");
    assert_eq!(bytes(&desk.owner, "/set/more/notes.txt").await, b"more");
    let (_, stranger) = desk.db.org("other").await;
    let annotator = desk.db.member(desk.org_id, "annotator", OrgRole::Member).await;
    project::put_member(&desk.cx, &desk.owner, desk.project_id, user_id(&annotator), ProjectRole::Annotator)
        .await
        .unwrap();
    for (actor, key) in [
        (&desk.owner, "other/b.txt"),
        (&desk.owner, "set/../other/b.txt"),
        (&desk.owner, "set/nothing.txt"),
        (&stranger, "set/a.txt"),
        // They may open no task yet.
        (&annotator, "set/a.txt"),
        (&annotator, "set/more/notes.txt"),
    ] {
        let refused = bytes(actor, key).await;
        let refused = String::from_utf8(refused).unwrap();
        assert!(refused.ends_with("not_found") || refused == "storage_no_object", "{key}: {refused}");
    }
    assert_eq!(bytes(&Actor::Anonymous, "set/a.txt").await, b"unauthenticated");
}

#[tokio::test]
async fn a_text_of_a_storage_is_read() {
    let (desk, bucket) = (Desk::new().await, Bucket::new().await);
    bucket.put("a.txt", "Hello from the bucket");
    sqlx::query("update project set label_config = $2 where project_id = $1")
        .bind(desk.project_id.0)
        .bind("<View><Text name='t' value='$text' valueType='url'/><Choices name='c' toName='t'><Choice value='x'/></Choices></View>")
        .execute(desk.db.pool())
        .await
        .unwrap();
    let id = desk.add(source(bucket.place())).await.cloud_storage_id;
    desk.sync(id).await;
    let task_id = only_task(&desk).await;
    let text = task::text(&desk.cx, &desk.owner, desk.project_id, task_id, "t").await.unwrap();
    assert_eq!(text, "Hello from the bucket");
    assert!(matches!(bucket.place(), Place::S3 { .. }));
}
