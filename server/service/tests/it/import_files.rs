//! Files that wait, are read again, looked through and thrown away.

use domain::{id::FileId, import::RunStatus};
use serde_json::{Value, json};
use service::{
    import::{self, Manner, Source},
    job, project,
    storage::{self, kept},
};

use crate::{code, import::Desk};

impl Desk {
    async fn again(&self, file: FileId, manner: Manner) -> import::Particulars {
        let (cx, owner, project_id) = (&self.db.cx, &self.owner, self.project_id);
        let source = Source::Files(vec![file]);
        let id = import::start_as(cx, owner, project_id, source, manner).await.unwrap();
        job::runner::run_waiting(cx).await.unwrap();
        let run = import::get(cx, owner, project_id, id).await.unwrap();
        assert_eq!(run.status, RunStatus::Completed, "{run:?}");
        import::particulars(cx, owner, project_id, id, true).await.unwrap()
    }

    async fn summary(&self) -> Value {
        sqlx::query_scalar("select to_jsonb(s) - 'updated_at' from project_count s where project_id = $1")
            .bind(self.project_id.0)
            .fetch_one(self.db.pool())
            .await
            .unwrap()
    }
}

const ROWS: &str = r#"[{"data": {"text": "one", "note": 1}, "annotations": [{"result": []}]}, {"text": "two"}]"#;

#[tokio::test]
async fn a_file_that_is_read_again_takes_the_place_of_what_it_brought() {
    let desk = Desk::new().await;
    desk.file("others.json", r#"[{"text": "stays"}]"#).await;
    let file = desk.upload("rows.json", ROWS).await.unwrap();
    let replaces = Manner { replaces: true, ..Manner::default() };
    let first = desk.again(file, replaces).await;
    assert_eq!(
        (first.files, first.columns),
        (vec![(file, "rows.json".to_owned())], vec!["note".into(), "text".into()])
    );
    let second = desk.again(file, replaces).await;
    assert!(first.task_ids.iter().all(|id| !second.task_ids.contains(id)));
    let data = desk.data().await;
    assert_eq!(data, [json!({"text": "stays"}), json!({"text": "one", "note": 1}), json!({"text": "two"})]);
    assert_eq!(desk.summary().await["annotation_count"], 1, "work went with its task");
    desk.again(file, Manner::default()).await;
    assert_eq!(desk.data().await.len(), 5, "and beside them, where that is wished for");
}

#[tokio::test]
async fn a_file_may_be_one_task() {
    let desk = Desk::new().await;
    let file = desk.upload("table.csv", "a,b\n1,2\n").await.unwrap();
    desk.again(file, Manner { files_are_tasks: true, ..Manner::default() }).await;
    assert_eq!(desk.data().await, [json!({ "picture": storage::address(file, "table.csv") })]);
}

#[tokio::test]
async fn what_waits_is_looked_at_and_kept_out() {
    let desk = Desk::new().await;
    let (cx, owner) = (&desk.db.cx, &desk.owner);
    let table = desk.upload("table.csv", "text,note\none,1\ntwo,2\nthree\n").await.unwrap();
    let picture = desk.upload("p.png", crate::import::png(1, 1)).await.unwrap();
    let looked = import::look(cx, owner, desk.project_id, &[table, picture]).await.unwrap();
    assert_eq!((looked.tasks, looked.columns), (3, vec!["note".to_owned(), "text".to_owned()]));
    assert_eq!(desk.data().await, [] as [Value; 0]);
    let foreign = import::look(cx, owner, desk.project_id, &[FileId(999_999)]).await;
    assert_eq!(code(foreign), "not_found");
}

#[tokio::test]
async fn only_what_nobody_needs_is_thrown_away() {
    let desk = Desk::new().await;
    let (cx, owner, project_id) = (&desk.db.cx, &desk.owner, desk.project_id);
    let picture = desk.upload("p.png", crate::import::png(1, 1)).await.unwrap();
    desk.run(Source::Files(vec![picture])).await;
    let read = desk.upload("rows.json", ROWS).await.unwrap();
    desk.run(Source::Files(vec![read])).await;
    let waiting = desk.upload("later.json", ROWS).await.unwrap();
    import::start(cx, owner, project_id, Source::Files(vec![waiting])).await.unwrap();
    assert_eq!(code(kept::throw_away(cx, owner, picture).await), "file_in_use");
    assert_eq!(code(kept::throw_away(cx, owner, waiting).await), "file_in_use");
    assert_eq!(kept::throw_all_away(cx, owner, project_id, Some(vec![picture, waiting])).await.unwrap(), 0);
    assert_eq!(kept::throw_all_away(cx, owner, project_id, None).await.unwrap(), 1);
    assert_eq!(code(storage::open(cx, owner, read).await), "not_found");
    let left = kept::list(cx, owner, project_id, None).await.unwrap();
    assert_eq!(left.iter().map(|file| file.file_id).collect::<Vec<_>>(), [picture, waiting]);
    assert!(kept::list(cx, owner, project_id, Some(Vec::new())).await.unwrap().is_empty());
    job::runner::run_waiting(cx).await.unwrap();
    assert_eq!(desk.data().await.len(), 5);
    // Somebody else's project has none of these files.
    let (_, stranger) = desk.db.org("other").await;
    assert_eq!(code(kept::throw_away(cx, &stranger, picture).await), "not_found");
    assert_eq!(code(kept::list(cx, &stranger, project_id, None).await), "not_found");
}

#[tokio::test]
async fn counting_again_finds_the_same() {
    let desk = Desk::new().await;
    let result = json!([{ "id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels",
        "value": { "x": 1, "y": 1, "width": 2, "height": 2, "rectanglelabels": ["Cat"] } }]);
    let rows = json!([
        { "data": { "picture": "a.png", "n": 1 }, "annotations": [{ "result": result }, { "result": [], "was_cancelled": true }] },
        { "data": { "picture": "b.png" }, "predictions": [{ "result": result }], "annotations": [{ "result": result, "ground_truth": true }] },
        { "picture": "c.png", "n": "text" },
    ]);
    desk.file("rows.json", rows.to_string()).await;
    let before = desk.summary().await;
    assert_eq!((&before["task_count"], &before["annotation_count"]), (&json!(3), &json!(2)));
    project::recount(&desk.db.cx, &desk.owner, desk.project_id).await.unwrap();
    assert_eq!(desk.summary().await, before);
    sqlx::query("update project_summary set task_count = 99, created_labels = '{}' where project_id = $1")
        .bind(desk.project_id.0)
        .execute(desk.db.pool())
        .await
        .unwrap();
    project::recount(&desk.db.cx, &desk.owner, desk.project_id).await.unwrap();
    assert_eq!(desk.summary().await, before);
}
