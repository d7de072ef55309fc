//! How fast annotated tasks leave as JSON, and how much memory that takes.
//!
//! `cargo bench -p service --bench export -- [tasks]` with `TEST_DATABASE_URL` naming a server. Prints, judges nothing.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement that cannot go on should stop and say so")]

use std::time::Instant;

use bytes::Bytes;
use domain::{
    format::{ExportFormat, ExportOptions},
    project::NewProject,
};
use futures::StreamExt;
use service::{
    export,
    import::{self, Source},
    job, project, storage,
    testing::TestDb,
};

const TASKS: u64 = 100_000;

#[tokio::main]
async fn main() {
    let tasks = std::env::args().filter_map(|argument| argument.parse().ok()).next().unwrap_or(TASKS);
    let db = TestDb::new().await;
    let (_, owner) = db.org("bench").await;
    let input = NewProject { title: "Bench".into(), ..NewProject::default() };
    let project_id = project::create(&db.cx, &owner, input).await.unwrap();
    let boxes = |number: u64| {
        let region = |part: u64| {
            format!(
                r#"{{"id":"r{part}","from_name":"box","to_name":"image","type":"rectanglelabels","original_width":640,"original_height":480,"image_rotation":0,"value":{{"x":{}.5,"y":{part}.25,"width":10.125,"height":20,"rotation":0,"rectanglelabels":["Cat"]}}}}"#,
                number % 80
            )
        };
        format!("{},{},{}", region(1), region(2), region(3))
    };
    let lines = (0..tasks).map(|number| {
        let result = boxes(number);
        format!(r#"{{"data":{{"image":"https://example.org/{number}.jpg"}},"annotations":[{{"result":[{result}]}}]}}"#)
            + "\n"
    });
    let body = futures::stream::iter(lines.map(|line| Ok(Bytes::from(line))).collect::<Vec<_>>()).boxed();
    let file = storage::receive(&db.cx, &owner, project_id, "tasks.ndjson", body).await.unwrap();
    let id = import::start(&db.cx, &owner, project_id, Source::Files(vec![file.file_id])).await.unwrap();
    job::runner::run_waiting(&db.cx).await.unwrap();
    assert_eq!(import::get(&db.cx, &owner, project_id, id).await.unwrap().annotations, tasks);

    for format in [ExportFormat::Json, ExportFormat::Csv, ExportFormat::Coco, ExportFormat::Parquet] {
        let before = memory("VmRSS");
        reset_peak();
        let start = Instant::now();
        let id = export::start(&db.cx, &owner, project_id, format, ExportOptions::default()).await;
        let Ok(id) = id else { continue };
        job::runner::run_waiting(&db.cx).await.unwrap();
        let took = start.elapsed().as_secs_f64();
        let run = export::get(&db.cx, &owner, project_id, id).await.unwrap();
        let size = run.size_bytes.unwrap() >> 20;
        let growth = memory("VmHWM").saturating_sub(before) >> 10;
        println!("{:<10}{tasks:>10} tasks{took:>10.2} s{size:>8} MB written{growth:>8} MB more memory", format.code());
    }
}

/// Kilobytes, as Linux tells them.
fn memory(what: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(what));
    line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
}

/// The peak is counted from now on.
fn reset_peak() {
    let _refused = std::fs::write("/proc/self/clear_refs", "5");
}
