//! Imports: hostile files, addresses and people, through the real job.

use std::io::{Cursor, Write};

use bytes::Bytes;
use domain::{
    Kind,
    access::{OrgRole, ProjectRole},
    id::{FileId, ImportId, ProjectId},
    import::{FailedRow, ImportRun, MAX_ROW_BYTES, RunStatus},
    page::Limit,
    project::NewProject,
};
use futures::StreamExt;
use serde_json::{Value, json};
use service::{
    Actor,
    import::{self, Source},
    job::{self, Job},
    project, storage,
    testing::{TestDb, user_id},
};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{code, refused};

pub(crate) const BOXES: &str = "<View><Image name='img' value='$picture'/><RectangleLabels name='box' toName='img'>\
    <Label value='Cat'/></RectangleLabels></View>";

pub(crate) struct Desk {
    pub(crate) db: TestDb,
    pub(crate) owner: Actor,
    pub(crate) project_id: ProjectId,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let db = TestDb::new().await;
        let (_, owner) = db.org("acme").await;
        let input = NewProject { title: "Cats".into(), label_config: BOXES.into(), ..NewProject::default() };
        let project_id = project::create(&db.cx, &owner, input).await.unwrap();
        Self { db, owner, project_id }
    }

    pub(crate) async fn upload(&self, name: &str, bytes: impl Into<Bytes>) -> service::Result<FileId> {
        let bytes: Bytes = bytes.into();
        // In pieces, as a socket hands them out.
        let pieces: Vec<_> = bytes.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
        let body = futures::stream::iter(pieces).boxed();
        Ok(storage::receive(&self.db.cx, &self.owner, self.project_id, name, body).await?.file_id)
    }

    pub(crate) async fn run(&self, source: Source) -> ImportRun {
        let id = import::start(&self.db.cx, &self.owner, self.project_id, source).await.unwrap();
        self.finish(id).await
    }

    async fn finish(&self, id: ImportId) -> ImportRun {
        job::runner::run_waiting(&self.db.cx).await.unwrap();
        import::get(&self.db.cx, &self.owner, self.project_id, id).await.unwrap()
    }

    pub(crate) async fn file(&self, name: &str, bytes: impl Into<Bytes>) -> ImportRun {
        let file = self.upload(name, bytes).await.unwrap();
        self.run(Source::Files(vec![file])).await
    }

    pub(crate) async fn data(&self) -> Vec<Value> {
        sqlx::query_scalar("select data from task where project_id = $1 order by inner_id")
            .bind(self.project_id.0)
            .fetch_all(self.db.pool())
            .await
            .unwrap()
    }

    pub(crate) async fn failures(&self, run: &ImportRun) -> Vec<FailedRow> {
        let limit = Limit::new(Limit::MAX);
        import::failures(&self.db.cx, &self.owner, self.project_id, run.import_id, None, limit).await.unwrap()
    }

    async fn counts(&self) -> (i64, i64, i64, Value, Value) {
        sqlx::query_as(
            "select task_count, annotation_count, prediction_count, common_data_columns, data_column_types
            from project_count where project_id = $1",
        )
        .bind(self.project_id.0)
        .fetch_one(self.db.pool())
        .await
        .unwrap()
    }
}

/// A PNG of one gray pixel that claims another size.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend(width.to_be_bytes());
    bytes.extend(height.to_be_bytes());
    bytes.extend([8, 0, 0, 0, 0]);
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    };
    let crc = !bytes[12..].iter().fold(!0, step);
    bytes.extend(crc.to_be_bytes());
    bytes.extend(b"\0\0\0\x01IDAT\0\0\0\0\0");
    bytes.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    bytes
}

pub(crate) fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn nine_hundred_and_fifty_of_a_thousand_rows_come_in() {
    let desk = Desk::new().await;
    let mut text = String::from("id;text\n");
    for number in 1..=1000 {
        text.push_str(&if number % 20 == 0 { format!("{number}\n") } else { format!("{number};row {number}\n") });
    }
    let run = desk.file("rows.csv", text).await;
    assert_eq!(run.status, RunStatus::Completed);
    assert_eq!((run.rows, run.tasks, run.failed), (1000, 950, 50));
    assert_eq!(run.bytes_total, Some(run.bytes_done));
    let failures = desk.failures(&run).await;
    assert_eq!(failures.len(), 50);
    assert_eq!((failures[0].row_number, failures[0].source_name.as_str()), (20, "rows.csv"));
    assert_eq!(failures[0].reason, "This row has 1 value, but the table has 2 columns.");
    assert_eq!(failures[0].original, "20");
    assert_eq!(desk.data().await[0], json!({"id": "1", "text": "row 1"}));
    let (tasks, _, _, common, kinds) = desk.counts().await;
    assert_eq!((tasks, common), (950, json!(["id", "text"])));
    assert_eq!(kinds, json!({"id": {"number": 950}, "text": {"string": 950}}));
    let rest = import::failures(
        &desk.db.cx,
        &desk.owner,
        desk.project_id,
        run.import_id,
        Some(("rows.csv".into(), 980)),
        Limit::new(10),
    );
    assert_eq!(rest.await.unwrap()[0].row_number, 1000);
}

#[tokio::test]
async fn label_studio_tasks_bring_their_work_along() {
    let desk = Desk::new().await;
    let item = json!({"id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels", "odd": [1.5],
        "value": {"x": 1, "y": 2, "width": 3, "height": 4, "rectanglelabels": ["Cat"]}});
    let text = json!([
        {"data": {"picture": "https://example.org/a.png"},
         "annotations": [{"result": [item], "completed_by": {"email": "ACME-owner@example.com"}, "lead_time": 2.5},
                         {"result": [], "was_cancelled": true}],
         "predictions": [{"result": [item], "score": 0.5, "model_version": "tab\there\\"}]},
        {"picture": "b\\c\t\n\r.png"}
    ])
    .to_string();
    let run = desk.file("tasks.json", text).await;
    assert_eq!((run.tasks, run.annotations, run.predictions), (2, 2, 1));
    let (result, by, lead): (Value, Option<i64>, Option<i64>) = sqlx::query_as(
        "select result, completed_by, lead_time_ms from annotation where not was_cancelled and project_id = $1",
    )
    .bind(desk.project_id.0)
    .fetch_one(desk.db.pool())
    .await
    .unwrap();
    assert_eq!((result, by, lead), (json!([item]), Some(user_id(&desk.owner).0), Some(2500)));
    let version: String =
        sqlx::query_scalar("select model_version from prediction").fetch_one(desk.db.pool()).await.unwrap();
    assert_eq!(version, "tab\there\\");
    assert_eq!(desk.data().await[1], json!({"picture": "b\\c\t\n\r.png"}));
    let labeled: Vec<(bool, i32, i32, i64)> =
        sqlx::query_as("select is_labeled, annotation_count, cancelled_count, inner_id from task order by inner_id")
            .fetch_all(desk.db.pool())
            .await
            .unwrap();
    assert_eq!(labeled, [(true, 1, 1, 1), (false, 0, 0, 2)]);
    let (tasks, annotations, predictions, ..) = desk.counts().await;
    assert_eq!((tasks, annotations, predictions), (2, 1, 1));
}

/// Rows of `region` or `prediction_region`, as filters see them.
async fn regions(desk: &Desk, table: &str) -> Vec<(i32, String, String, Vec<String>, Option<f64>, Option<f64>)> {
    let statement = format!(
        "select position, from_name, type, labels, x, area from {table} where project_id = $1 order by task_id, position"
    );
    sqlx::query_as(sqlx::AssertSqlSafe(statement)).bind(desk.project_id.0).fetch_all(desk.db.pool()).await.unwrap()
}

#[tokio::test]
async fn imported_work_is_indexed_and_counted_like_submitted_work() {
    let desk = Desk::new().await;
    let item = |label: &str| {
        json!({"id": "r", "from_name": "box", "to_name": "img", "type": "rectanglelabels", "original_width": 200,
            "original_height": 100, "value": {"x": 1, "y": 2, "width": 10, "height": 10, "rectanglelabels": [label]}})
    };
    let choice = json!({"from_name": "mood", "to_name": "img", "type": "choices", "value": {"choices": ["a \"b\"\\"]}});
    let text = json!([
        {"data": {"picture": "a.png"},
         "annotations": [{"result": [item("Cat"), choice], "created_at": "2026-01-02T03:04:05Z"},
                         {"result": [item("Cat")], "was_cancelled": true}],
         "predictions": [{"result": [item("Dog"), item("Dog")], "score": 0.5}]},
        {"data": {"picture": "b.png"}, "annotations": [{"result": [item("Cat"), {"type": "relation"}]}]},
    ])
    .to_string();
    let run = desk.file("tasks.json", text).await;
    assert_eq!((run.tasks, run.annotations, run.predictions), (2, 3, 1));
    let cat = (0, "box".to_owned(), "rectanglelabels".to_owned(), vec!["Cat".to_owned()], Some(2.0), Some(200.0));
    assert_eq!(
        regions(&desk, "region").await,
        [
            cat.clone(),
            (1, "mood".to_owned(), "choices".to_owned(), vec!["a \"b\"\\".to_owned()], None, None),
            cat,
            (1, String::new(), "relation".to_owned(), vec![], None, None),
        ]
    );
    let proposed = regions(&desk, "prediction_region").await;
    assert_eq!(proposed.len(), 2);
    assert_eq!(proposed[1].3, ["Dog"]);
    let counts = || async {
        sqlx::query_as::<_, (Value, Value, Value, i64, i64, i64, Option<chrono::DateTime<chrono::Utc>>)>(
            "select created_annotations, created_labels, predicted_labels, annotation_count, skipped_annotation_count,
                result_count, last_annotation_at
            from project_count where project_id = $1",
        )
        .bind(desk.project_id.0)
        .fetch_one(desk.db.pool())
        .await
        .unwrap()
    };
    let (controls, labels, proposed, annotations, skipped, results, last) = counts().await;
    assert_eq!(controls, json!({"box|img|rectanglelabels": 2, "mood|img|choices": 1, "||relation": 1}));
    assert_eq!(labels, json!({"box": {"Cat": 2}, "mood": {"a \"b\"\\": 1}}));
    assert_eq!(proposed, json!({"box": {"Dog": 2}}));
    assert_eq!((annotations, skipped, results, last), (2, 1, 4, Some(desk.db.cx.now())));

    // Work that is handed in afterwards counts on from there, and its rows look the same.
    let task_id: i64 =
        sqlx::query_scalar("insert into task (project_id, inner_id, data) values ($1, 3, '{}') returning task_id")
            .bind(desk.project_id.0)
            .fetch_one(desk.db.pool())
            .await
            .unwrap();
    let submission = domain::annotation::Submission {
        project_id: desk.project_id,
        task_id: domain::id::TaskId(task_id),
        annotation_id: None,
        result: domain::result::ResultItem::list_from_json(json!([item("Cat")])).unwrap(),
        lead_time_ms: 1,
        prediction_id: None,
        key: uuid::Uuid::now_v7(),
    };
    service::annotation::submit(&desk.db.cx, &desk.owner, submission).await.unwrap();
    let (_, labels, ..) = counts().await;
    assert_eq!(labels["box"], json!({"Cat": 3}));
    let all = regions(&desk, "region").await;
    assert_eq!(all.last(), all.first());
}

#[tokio::test]
async fn skips_that_come_along_fill_places_where_they_are_ignored() {
    for (queue, labeled) in [("IGNORE_SKIPPED", true), ("REQUEUE_FOR_OTHERS", false)] {
        let desk = Desk::new().await;
        sqlx::query("update project set skip_queue = $1").bind(queue).execute(desk.db.pool()).await.unwrap();
        let text = json!([{"data": {"a": 1}, "annotations": [{"result": [], "was_cancelled": true}]}]).to_string();
        desk.file("tasks.json", text).await;
        let is_labeled: bool =
            sqlx::query_scalar("select is_labeled from task").fetch_one(desk.db.pool()).await.unwrap();
        assert_eq!(is_labeled, labeled, "{queue}");
    }
}

#[tokio::test]
async fn numbers_survive_the_way_in_and_out() {
    let desk = Desk::new().await;
    let data =
        json!({"id": 9_007_199_254_740_993_i64, "least": i64::MIN, "most": u64::MAX, "part": 0.1, "large": 1e20});
    let item = json!({"id": "r", "from_name": "box", "to_name": "img", "type": "number",
        "value": {"number": 9_007_199_254_740_995_i64}, "mine": u64::MAX});
    let text = json!([
        {"data": data, "annotations": [{"result": [item]}]}, {"data": {"id": 1}, "meta": {"k": u64::MAX}}
    ])
    .to_string();
    let text = text.replace("]}]},", "]}]},{\"data\":{\"id\":18446744073709551616}},");
    let run = desk.file("tasks.json", text).await;
    assert_eq!((run.tasks, run.failed), (2, 1));
    let reason = &desk.failures(&run).await[0].reason;
    assert!(reason.contains("18446744073709551616 is too large to be kept exactly"), "{reason}");
    let options = domain::format::ExportOptions { include_unlabeled: true, ..Default::default() };
    for (format, needles) in [
        (
            domain::format::ExportFormat::Json,
            &[
                "\"id\":9007199254740993,",
                "\"number\":9007199254740995",
                "\"mine\":18446744073709551615",
                "\"k\":18446744073709551615",
                "\"least\":-9223372036854775808",
                "\"part\":0.1",
            ][..],
        ),
        (domain::format::ExportFormat::JsonMin, &["\"_data_id\":9007199254740993,", "9007199254740995"]),
        (domain::format::ExportFormat::Csv, &["9007199254740993", "18446744073709551615", "9007199254740995"]),
    ] {
        let id = service::export::start(&desk.db.cx, &desk.owner, desk.project_id, format, options.clone());
        let id = id.await.unwrap();
        job::runner::run_waiting(&desk.db.cx).await.unwrap();
        let download = service::export::download(&desk.db.cx, &desk.owner, desk.project_id, id).await.unwrap();
        let chunks: Vec<_> = service::export::read(&desk.db.cx, &download, None).await.unwrap().collect().await;
        let bytes: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect();
        let text = String::from_utf8(bytes).unwrap();
        for needle in needles {
            assert!(text.contains(needle), "{format:?}: {needle} in {text}");
        }
    }
}

#[tokio::test]
async fn hostile_rows_cost_only_themselves() {
    let desk = Desk::new().await;
    let deep = "[".repeat(10_000) + &"]".repeat(10_000);
    let huge = "x".repeat(MAX_ROW_BYTES + 1);
    let mut bytes =
        format!("[{{\"t\": 1}}, {{\"t\": {deep}}}, {{\"t\": \"{huge}\"}}, 7, {{\"t\": \"\\u0000\"}}, {{\"t\": \"")
            .into_bytes();
    bytes.extend(b"\xff\"}, {\"t\": 2}, {\"t\": ");
    let run = desk.file("hostile.json", bytes).await;
    assert_eq!(run.status, RunStatus::Completed);
    assert_eq!((run.tasks, run.failed), (2, 6));
    assert_eq!(desk.data().await, [json!({"t": 1}), json!({"t": 2})]);
    let numbers: Vec<i64> = desk.failures(&run).await.iter().map(|row| row.row_number).collect();
    assert_eq!(numbers, [2, 3, 4, 5, 6, 8]);
}

#[tokio::test]
async fn files_are_judged_by_their_bytes() {
    let desk = Desk::new().await;
    assert_eq!(code(desk.upload("cat.png", "MZ no image").await), "not_an_image");
    assert_eq!(code(desk.upload("bomb.png", png(60_000, 60_000)).await), "image_too_large");
    assert_eq!(code(desk.upload("ruin.png", png(5, 5)[..20].to_vec()).await), "not_an_image");
    let whole = png(5, 5);
    assert_eq!(code(desk.upload("half.png", whole[..whole.len() - 12].to_vec()).await), "image_cut_off");
    assert_eq!(code(desk.upload("x.csv", b"\xff\xfea\0".to_vec()).await), "import_not_utf8");
    assert_eq!(code(desk.upload("x.zip", "no archive").await), "not_an_archive");
    assert_eq!(code(desk.upload("x.svg", "<svg><g></svg>").await), "svg_refused");
    let left: i64 = sqlx::query_scalar("select count(*) from file_upload").fetch_one(desk.db.pool()).await.unwrap();
    assert_eq!(left, 0);
    let image = desk.upload("../../etc/Kätzchen 1.png", png(64, 48)).await.unwrap();
    let file = storage::open(&desk.db.cx, &desk.owner, image).await.unwrap();
    assert_eq!((file.name.as_str(), file.content_type.as_str()), ("Kätzchen 1.png", "image/png"));
    assert_eq!((file.width, file.height), (Some(64), Some(48)));
    assert_eq!(storage::file_of(&file.address()), Some(image));
    let run = desk.run(Source::Files(vec![image])).await;
    assert_eq!(run.tasks, 1);
    assert_eq!(desk.data().await, [json!({"picture": file.address()})]);
}

#[tokio::test]
async fn an_interrupted_import_goes_on_without_duplicates() {
    let desk = Desk::new().await;
    let text: String = (0..12_000).map(|number| format!("{{\"n\": {number}}}\n")).collect();
    let file = desk.upload("many.ndjson", text).await.unwrap();
    let id = import::start(&desk.db.cx, &desk.owner, desk.project_id, Source::Files(vec![file])).await.unwrap();
    let run = desk.finish(id).await;
    assert_eq!(run.tasks, 12_000);
    // As if the worker had died behind the first batch: its work is there, the run is not finished.
    sqlx::query("delete from task where project_id = $1 and inner_id > 5000")
        .bind(desk.project_id.0)
        .execute(desk.db.pool())
        .await
        .unwrap();
    sqlx::query(
        "update project_import set status = 'in_progress', task_count = 5000, row_count = 5000,
            checkpoint = '{\"file\": 1, \"entry\": 0, \"row\": 5000}'",
    )
    .execute(desk.db.pool())
    .await
    .unwrap();
    let mut conn = desk.db.pool().acquire().await.unwrap();
    let again = import::RunImport { project_id: desk.project_id, import_id: id };
    job::enqueue(&mut conn, &again).await.unwrap();
    drop(conn);
    let run = desk.finish(id).await;
    assert_eq!((run.status, run.tasks, run.rows), (RunStatus::Completed, 12_000, 12_000));
    let numbers: Vec<Value> = desk.data().await.into_iter().map(|data| data["n"].clone()).collect();
    assert_eq!(numbers, (0..12_000).map(Value::from).collect::<Vec<_>>());
    job::runner::run_waiting(&desk.db.cx).await.unwrap();
    assert_eq!(desk.data().await.len(), 12_000, "a second run of a finished import changes nothing");
}

#[tokio::test]
async fn text_is_pasted_and_runs_can_be_cancelled() {
    let desk = Desk::new().await;
    let run = desk.run(Source::Text("one\ntwo\n\nthree".into())).await;
    assert_eq!((run.tasks, run.source_name.as_str()), (3, "Pasted text"));
    let start = |text: &str| import::start(&desk.db.cx, &desk.owner, desk.project_id, Source::Text(text.into()));
    assert_eq!(code(start("  ").await), "import_empty");
    let id = start("{\"a\": 1}").await.unwrap();
    import::cancel(&desk.db.cx, &desk.owner, desk.project_id, id).await.unwrap();
    assert_eq!(code(import::cancel(&desk.db.cx, &desk.owner, desk.project_id, id).await), "import_over");
    let run = desk.finish(id).await;
    assert_eq!((run.status, run.tasks), (RunStatus::Cancelled, 0));
    assert_eq!(import::list(&desk.db.cx, &desk.owner, desk.project_id).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_database_learns_at_once_of_much_that_came() {
    let desk = Desk::new().await;
    let known = async || -> i64 {
        sqlx::query_scalar("select reltuples::bigint from pg_class where oid = 'task'::regclass")
            .fetch_one(desk.db.pool())
            .await
            .unwrap()
    };
    let lines = |count: usize| Source::Text(vec!["word"; count].join("\n"));
    desk.run(lines(1_000)).await;
    assert_eq!(known().await, 1_000);
    desk.run(lines(999)).await;
    assert_eq!(known().await, 1_000, "few rows are left to the database's own housekeeping");
    job::RefreshStatistics { rows: 99 }.run(&desk.db.cx).await.unwrap();
    assert_eq!(known().await, 1_000, "less than a tenth changes no plan");
    job::RefreshStatistics { rows: 100 }.run(&desk.db.cx).await.unwrap();
    assert_eq!(known().await, 1_999);
}

#[tokio::test]
async fn private_addresses_are_not_fetched() {
    let desk = Desk::new().await;
    let start = |url: &str| import::start(&desk.db.cx, &desk.owner, desk.project_id, Source::Url(url.into()));
    for url in [
        "http://127.0.0.1/a.json",
        "http://localhost:8000/a.json",
        "http://[::1]/a.json",
        "http://[::ffff:169.254.169.254]/latest/meta-data",
        "http://2130706433/a.json",
        "http://0x7f.1/a.json",
        "https://10.0.0.1/a.json",
    ] {
        assert_eq!(code(start(url).await), "url_private", "{url}");
    }
    assert_eq!(code(start("file:///etc/passwd").await), "url_scheme");
}

#[tokio::test]
async fn only_admins_of_the_project_import() {
    let desk = Desk::new().await;
    let cx = &desk.db.cx;
    let (_, stranger) = desk.db.org("other").await;
    let org_id = desk.db.again(&desk.owner).await.user().unwrap().org_id.unwrap();
    let annotator = desk.db.member(org_id, "ann", OrgRole::Member).await;
    project::put_member(cx, &desk.owner, desk.project_id, user_id(&annotator), ProjectRole::Annotator).await.unwrap();
    let run = desk.run(Source::Text("one".into())).await;
    let image = desk.upload("cat.png", png(4, 4)).await.unwrap();
    let table = desk.upload("t.csv", "a,b\n1,2\n").await.unwrap();
    for (actor, kind) in
        [(&stranger, Kind::NotFound), (&annotator, Kind::Forbidden), (&Actor::Anonymous, Kind::Unauthenticated)]
    {
        let project_id = desk.project_id;
        assert_eq!(refused(import::start(cx, actor, project_id, Source::Text("x".into())).await), kind);
        assert_eq!(refused(import::list(cx, actor, project_id).await), kind);
        assert_eq!(refused(import::get(cx, actor, project_id, run.import_id).await), kind);
        assert_eq!(refused(import::cancel(cx, actor, project_id, run.import_id).await), kind);
        let limit = Limit::default();
        assert_eq!(refused(import::failures(cx, actor, project_id, run.import_id, None, limit).await), kind);
        let body = futures::stream::iter([Ok(Bytes::from_static(b"one"))]).boxed();
        assert_eq!(refused(storage::receive(cx, actor, project_id, "a.txt", body).await), kind);
        assert_eq!(refused(storage::open(cx, actor, table).await), kind);
    }
    assert!(storage::open(cx, &annotator, image).await.is_ok(), "annotators see the images they label");
    assert_eq!(refused(storage::open(cx, &stranger, image).await), Kind::NotFound);
    let foreign = project::create(cx, &stranger, NewProject { title: "Other".into(), ..NewProject::default() });
    let foreign = foreign.await.unwrap();
    let stolen = import::start(cx, &stranger, foreign, Source::Files(vec![table])).await;
    assert_eq!(refused(stolen), Kind::NotFound);
    assert_eq!(refused(import::get(cx, &stranger, foreign, run.import_id).await), Kind::NotFound);
}

#[tokio::test]
async fn scheduled_jobs_start_without_a_payload() {
    let desk = Desk::new().await;
    for name in ["expire_leases", "purge_sessions", "purge_deleted_projects"] {
        // As the schedule enqueues them.
        sqlx::query("select enqueue_job($1, 'null', null, 1, null, null)")
            .bind(name)
            .execute(desk.db.pool())
            .await
            .unwrap();
    }
    let kept = desk.upload("cat.png", png(4, 4)).await.unwrap();
    job::runner::run_waiting(&desk.db.cx).await.unwrap();
    let left: i64 =
        sqlx::query_scalar("select count(*) from graphile_worker._private_jobs where last_error is not null")
            .fetch_one(desk.db.pool())
            .await
            .unwrap();
    assert_eq!(left, 0);
    let file = storage::open(&desk.db.cx, &desk.owner, kept).await.unwrap();
    assert!(storage::read(&desk.db.cx, &file, None).await.is_ok(), "files of living projects stay");
    project::delete(&desk.db.cx, &desk.owner, desk.project_id).await.unwrap();
    desk.db.wait(chrono::TimeDelta::days(31));
    let mut conn = desk.db.pool().acquire().await.unwrap();
    job::enqueue(&mut conn, &job::PurgeDeletedProjects).await.unwrap();
    job::runner::run_waiting(&desk.db.cx).await.unwrap();
    assert!(storage::read(&desk.db.cx, &file, None).await.is_err(), "files of purged projects go with them");
}

#[tokio::test]
async fn a_sound_becomes_a_task_where_sounds_are_shown() {
    let desk = Desk::new().await;
    let sound: &[u8] = include_bytes!("../../../../public/demo/melody.wav");
    let film: &[u8] = include_bytes!("../../../../public/demo/balls.mp4");
    let run = desk.file("melody.wav", sound).await;
    assert_eq!((run.status, run.tasks, run.failed), (RunStatus::Completed, 1, 0));
    desk.file("balls.mp4", film).await;
    let data = desk.data().await;
    assert!(data[0]["audio"].as_str().unwrap().ends_with("/melody.wav"), "{data:?}");
    assert!(data[1]["video"].as_str().unwrap().ends_with("/balls.mp4"), "{data:?}");
    assert_eq!(code(desk.upload("cut.wav", &b""[..]).await), "not_media");
}

#[tokio::test]
async fn a_table_becomes_a_series_where_series_are_shown() {
    let desk = Desk::new().await;
    let series = "<View><TimeSeriesLabels name='l' toName='s'><Label value='a'/></TimeSeriesLabels>\
        <TimeSeries name='s' value='$csv' timeColumn='t'><Channel column='v'/></TimeSeries></View>";
    let input = NewProject { title: "Series".into(), label_config: series.into(), ..NewProject::default() };
    let project_id = project::create(&desk.db.cx, &desk.owner, input).await.unwrap();
    let desk = Desk { project_id, ..desk };
    let table = "t,v\n1,2\n2,3\n";
    assert_eq!(desk.file("alone.csv", table).await.tasks, 1);
    // A table of tasks has a column that is called like the field.
    assert_eq!(desk.file("tasks.csv", "id,\"csv\"\n1,https://e.org/a.csv\n2,https://e.org/b.csv\n").await.tasks, 2);
    // Rows may name the table that comes with them.
    let list = desk.upload("list.json", r#"[{"csv": "named.csv"}]"#).await.unwrap();
    let named = desk.upload("named.csv", table).await.unwrap();
    assert_eq!(desk.run(Source::Files(vec![list, named])).await.tasks, 1);
    let shown: Vec<String> = desk.data().await.iter().map(|data| data["csv"].as_str().unwrap().to_owned()).collect();
    let ends = ["/alone.csv", "/a.csv", "/b.csv", "/named.csv"];
    assert!(shown.iter().zip(ends).all(|(address, end)| address.ends_with(end)), "{shown:?}");
    assert!(shown[0].starts_with("/files/") && shown[3].starts_with("/files/"), "{shown:?}");
}
