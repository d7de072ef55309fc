//! How fast simple JSON tasks come in, beside a bare `COPY` of the same rows in the same run.
//!
//! `cargo bench -p service --bench import -- [tasks]` with `TEST_DATABASE_URL` naming a server. Prints a table, judges
//! nothing: what is fast enough depends on the machine.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on should stop and say so")]

use std::time::{Duration, Instant};

use bytes::Bytes;
use domain::{id::ProjectId, project::NewProject};
use futures::StreamExt;
use service::{
    import::{self, Source},
    job, project, storage,
    testing::TestDb,
};

const TASKS: u64 = 200_000;

#[tokio::main]
async fn main() {
    let tasks = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(TASKS);
    let db = TestDb::new().await;
    let (_, owner) = db.org("bench").await;
    let input = NewProject { title: "Bench".into(), ..NewProject::default() };
    let project_id = project::create(&db.cx, &owner, input).await.unwrap();
    let text: String = (0..tasks)
        .map(|number| {
            format!("{{\"id\": {number}, \"text\": \"The quick brown fox number {number} jumps over a dog\"}}\n")
        })
        .collect();
    let bytes = text.len();
    let body = futures::stream::iter([Ok(Bytes::from(text.clone()))]).boxed();
    let file = storage::receive(&db.cx, &owner, project_id, "tasks.ndjson", body).await.unwrap();

    let start = Instant::now();
    let id = import::start(&db.cx, &owner, project_id, Source::Files(vec![file.file_id])).await.unwrap();
    job::runner::run_waiting(&db.cx).await.unwrap();
    let imported = start.elapsed();
    let run = import::get(&db.cx, &owner, project_id, id).await.unwrap();
    assert_eq!((run.tasks, run.failed), (tasks, 0));

    let start = Instant::now();
    let rows = import_rows(text.as_bytes());
    let read = start.elapsed();
    assert_eq!(rows, tasks);
    let copied = bare_copy(&db, project_id).await;

    println!("{tasks} tasks, {} MB of NDJSON", bytes >> 20);
    println!("{:<28}{:>10}{:>14}", "", "seconds", "tasks/s");
    for (name, took) in
        [("whole import", imported), ("reading and judging alone", read), ("bare COPY of the rows", copied)]
    {
        let seconds = took.as_secs_f64();
        let rate = f64::from(u32::try_from(tasks).unwrap()) / seconds;
        println!("{name:<28}{seconds:>10.2}{rate:>14.0}");
    }
    println!("import / bare COPY: {:.2}", imported.as_secs_f64() / copied.as_secs_f64());
}

fn import_rows(bytes: &[u8]) -> u64 {
    let rows = domain::import::open("tasks.ndjson", bytes).unwrap().unwrap();
    rows.filter(|row| row.as_ref().unwrap().outcome.is_ok()).count().try_into().unwrap()
}

/// The same rows into the same kind of table, with its indexes, in one `COPY`.
async fn bare_copy(db: &TestDb, project_id: ProjectId) -> Duration {
    let mut conn = db.pool().acquire().await.unwrap();
    sqlx::query("create table bare (like task including all)").execute(&mut *conn).await.unwrap();
    let mut rows = Vec::new();
    let mut out = conn.copy_out_raw("copy (select * from task) to stdout").await.unwrap();
    while let Some(chunk) = out.next().await {
        rows.extend_from_slice(&chunk.unwrap());
    }
    drop(out);
    assert!(!rows.is_empty(), "project {project_id} has tasks");
    let start = Instant::now();
    let mut copy = conn.copy_in_raw("copy bare from stdin").await.unwrap();
    for chunk in rows.chunks(1 << 20) {
        copy.send(chunk).await.unwrap();
    }
    copy.finish().await.unwrap();
    start.elapsed()
}
