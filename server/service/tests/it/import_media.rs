//! Media beside rows, and archives of them.

use domain::import::RunStatus;
use serde_json::json;
use service::{import::Source, storage};

use crate::import::{Desk, archive, png};

#[tokio::test]
async fn rows_may_name_uploaded_images() {
    let desk = Desk::new().await;
    let image = desk.upload("cat.png", png(64, 48)).await.unwrap();
    let table =
        desk.upload("t.csv", "picture,other\nimages/cat.png,cat\nhttps://e.org/cat.png,dog.png\n").await.unwrap();
    let run = desk.run(Source::Files(vec![image, table])).await;
    assert_eq!((run.tasks, run.source_name.as_str()), (2, "2 files"));
    let address = storage::address(image, "cat.png");
    assert_eq!(
        desk.data().await,
        [json!({"picture": address, "other": "cat"}), json!({"picture": "https://e.org/cat.png", "other": "dog.png"})]
    );
}

#[tokio::test]
async fn media_beside_rows_are_found_wherever_they_lie_and_told_of_when_no_row_names_them() {
    let desk = Desk::new().await;
    let rows = br#"[{"image": "a/1.png"}, {"image": "set/b/1.png"}, {"image": ["2.png", "b/1.png"]}]"#;
    let set = archive(&[
        // Before what it names, as archives are sorted.
        ("set/all.json", rows),
        ("set/a/1.png", &png(10, 20)),
        ("set/b/1.png", &png(30, 40)),
        ("set/c/1.png", &png(50, 60)),
        ("set/2.png", &png(70, 80)),
    ]);
    let run = desk.file("set.zip", set).await;
    let failures = desk.failures(&run).await;
    assert_eq!((run.status, run.tasks, run.failed), (RunStatus::Completed, 3, 1), "{failures:?}");
    assert_eq!(failures[0].reason, "No row names this file, so it is in no task.");
    assert_eq!((failures[0].original.as_str(), failures[0].row_number), ("set/c/1.png", 4));
    let shown: Vec<(i32, i32)> = sqlx::query_as(
        "select f.width, f.height from task t, jsonb_path_query(t.data, '$.image[*]') as i (path)
        join file_upload f on f.file_upload_id = split_part(i.path #>> '{}', '/', 3)::bigint
        where t.project_id = $1 order by t.inner_id, i.path #>> '{}' like '%/2.png' desc",
    )
    .bind(desk.project_id.0)
    .fetch_all(desk.db.pool())
    .await
    .unwrap();
    assert_eq!(shown, [(10, 20), (30, 40), (70, 80), (30, 40)]);

    // Files of their own, of which an earlier run may have used one.
    let alone = desk.upload("alone.png", png(1, 1)).await.unwrap();
    let named = desk.upload("named.png", png(1, 1)).await.unwrap();
    let table = desk.upload("t.csv", "image\nnamed.png\n2.png\n").await.unwrap();
    let run = desk.run(Source::Files(vec![alone, named, table])).await;
    let failures = desk.failures(&run).await;
    assert_eq!((run.tasks, run.failed), (2, 1), "{failures:?}");
    assert_eq!((failures[0].source_name.as_str(), failures[0].row_number), ("alone.png", 0));

    // A table beside an archive.
    let table = desk.upload("t.csv", "image\nx/9.png\n").await.unwrap();
    let set = desk.upload("set.zip", archive(&[("x/9.png", &png(9, 9))])).await.unwrap();
    let run = desk.run(Source::Files(vec![table, set])).await;
    assert_eq!((run.tasks, run.failed), (1, 0));
    assert!(desk.data().await[5]["image"].as_str().unwrap().starts_with("/files/"));
}

#[tokio::test]
async fn archives_are_opened_with_care() {
    let desk = Desk::new().await;
    let bomb = vec![b' '; 64 << 20];
    let bytes = archive(&[
        ("a/b/cat.png", &png(10, 20)),
        ("../../evil.png", &png(10, 20)),
        ("/etc/evil.png", &png(10, 20)),
        ("__MACOSX/._cat.png", b"?"),
        ("bomb.png", &png(60_000, 60_000)),
        ("fake.jpg", b"no image"),
        ("inner.zip", &archive(&[("x.png", &png(1, 1))])),
    ]);
    let run = desk.file("images.zip", bytes).await;
    let failures = desk.failures(&run).await;
    assert_eq!((run.status, run.tasks, run.failed), (RunStatus::Completed, 1, 5), "{failures:?}");

    // What is no data keeps nothing away from it, and is told.
    let desk = Desk::new().await;
    let cat: &[u8] = &png(10, 20);
    let untidy = archive(&[("cat.png", cat), ("notes.doc", b"hmm"), ("LICENSE", b"CC0"), ("lines.txt", b"one\ntwo\n")]);
    let run = desk.file("untidy.zip", untidy).await;
    let failures = desk.failures(&run).await;
    assert_eq!((run.tasks, run.failed), (3, 2), "{failures:?}");
    assert!(failures.iter().all(|row| row.reason.contains("was not read")), "{failures:?}");
    assert_eq!(failures[0].original, "notes.doc");

    let desk = Desk::new().await;
    let images = archive(&[("a/cat.png", &png(10, 20)), ("b/cat.png", &png(30, 40)), ("../evil.png", &png(1, 1))]);
    let run = desk.file("images.zip", images).await;
    assert_eq!((run.tasks, run.failed), (2, 1));
    assert!(desk.failures(&run).await[0].reason.contains("leads out of the archive"));

    let desk = Desk::new().await;
    let mixed = archive(&[("cat.png", &png(10, 20)), ("rows.csv", b"picture\ncat.png\n"), ("bomb.txt", &bomb)]);
    let run = desk.file("mixed.zip", mixed).await;
    let data = desk.data().await;
    assert!(data[0]["picture"].as_str().unwrap().starts_with("/files/"), "{data:?}");
    let failures = desk.failures(&run).await;
    assert!(failures.iter().any(|row| row.source_name == "mixed.zip/bomb.txt"), "{failures:?}");

    let broken = archive(&[("cat.png", &png(10, 20))]);
    let run = desk.file("cut.zip", broken[..broken.len() - 30].to_vec()).await;
    assert_eq!((run.tasks, run.failed), (0, 1));
}
