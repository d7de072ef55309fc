//! The writing half of an import: one batch, one transaction, rows in by `COPY`.
//!
//! The transaction runs as the owner of the tables, because Postgres has no `COPY` behind row-level security; every row
//! carries the project of the proof the writer was made with.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    id::{FileId, ImportId, ProjectId},
    import::{ColumnSummary, NewAnnotation, NewTask},
};
use serde_json::{Value, json};
use sqlx::PgConnection;

use super::{
    MAX_KEPT_FAILURES,
    read::{Batch, ReadRow},
    sql::Taken,
    topic,
};
use crate::{
    Cx, Result, Tx,
    access::ProjectAccess,
    events,
    storage::{self, kind},
};

/// Stores the batches of one run.
pub(super) struct Writer {
    project_id: ProjectId,
    import_id: ImportId,
    organization_id: i64,
    created_by: Option<i64>,
    maximum_annotations: i32,
    cohort_percentage: i32,
}

/// What a batch adds to the counts.
#[derive(Default)]
struct Counts {
    tasks: i64,
    labeled: i64,
    annotations: i64,
    skipped: i64,
    results: i64,
    predictions: i64,
    failed: i64,
}

impl Writer {
    pub(super) fn new(access: &ProjectAccess, import_id: ImportId, taken: &Taken) -> Self {
        Self {
            project_id: access.project_id(),
            import_id,
            organization_id: access.org_id().0,
            created_by: taken.created_by,
            maximum_annotations: taken.maximum_annotations,
            cohort_percentage: taken.cohort_percentage,
        }
    }

    /// Stores a batch; `false` when the run was cancelled and nothing more is wanted.
    pub(super) async fn store(&self, cx: &Cx, batch: Batch) -> Result<bool> {
        let now = cx.now();
        let mut tx = cx.begin().await?;
        if !self.still_wanted(&mut tx).await? {
            return Ok(false);
        }
        let row_count = batch.rows.len();
        let mut failures = Vec::new();
        let mut tasks = Vec::with_capacity(row_count);
        for ReadRow { source, number, outcome } in batch.rows {
            match outcome {
                Ok(task) => tasks.push(task),
                Err(error) => failures.push((source, number, error)),
            }
        }
        self.resolve_files(&mut tx, &mut tasks).await?;
        let mut counts = Counts { failed: count(failures.len()), ..Counts::default() };
        let mut columns = ColumnSummary::default();
        for task in &tasks {
            columns.add(&task.data);
        }
        self.copy_tasks(&mut tx, &tasks, now, &mut counts).await?;
        self.keep_failures(&mut tx, failures).await?;
        self.add_to_summary(&mut tx, &counts, &columns, now).await?;
        sqlx::query!(
            "update project_import set checkpoint = $3, bytes_done = greatest(bytes_done, $4), row_count = row_count + $5,
                task_count = task_count + $6, failed_count = failed_count + $7,
                annotation_count = annotation_count + $8, prediction_count = prediction_count + $9,
                found_formats = found_formats || $10, updated_at = $11
            where project_id = $1 and project_import_id = $2",
            self.project_id.0,
            self.import_id.0,
            serde_json::to_value(batch.checkpoint).map_err(anyhow::Error::new)?,
            i64::try_from(batch.bytes_done).unwrap_or(i64::MAX),
            count(row_count),
            counts.tasks,
            counts.failed,
            counts.annotations + counts.skipped,
            counts.predictions,
            if batch.format.is_empty() { json!({}) } else { json!({ batch.format: true }) },
            now
        )
        .execute(&mut *tx)
        .await?;
        events::tell(&mut tx, &topic(self.import_id)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Locks the run, so that a second worker that took it for dead waits and then finds the checkpoint.
    async fn still_wanted(&self, tx: &mut Tx) -> Result<bool> {
        let status = sqlx::query_scalar!(
            "select status from project_import where project_id = $1 and project_import_id = $2 for update",
            self.project_id.0,
            self.import_id.0
        )
        .fetch_optional(&mut **tx)
        .await?;
        Ok(status.as_deref() == Some("in_progress"))
    }

    /// A value that names an uploaded image becomes its address.
    async fn resolve_files(&self, tx: &mut Tx, tasks: &mut [NewTask]) -> Result<()> {
        let mut names: HashSet<String> = HashSet::new();
        for value in tasks.iter().flat_map(|task| task.data.values()) {
            names.extend(uploaded_name(value).map(str::to_owned));
        }
        if names.is_empty() {
            return Ok(());
        }
        let names: Vec<String> = names.into_iter().collect();
        let rows = sqlx::query!(
            r#"select file_name, max(file_upload_id) as "file_id!: FileId" from file_upload
            where project_id = $1 and file_name = any($2) group by file_name"#,
            self.project_id.0,
            &names
        )
        .fetch_all(&mut **tx)
        .await?;
        let known: HashMap<String, FileId> = rows.into_iter().map(|row| (row.file_name, row.file_id)).collect();
        for value in tasks.iter_mut().flat_map(|task| task.data.values_mut()) {
            let found = uploaded_name(value).and_then(|name| Some(storage::address(*known.get(name)?, name)));
            if let Some(address) = found {
                *value = Value::from(address);
            }
        }
        Ok(())
    }

    async fn copy_tasks(&self, tx: &mut Tx, tasks: &[NewTask], now: DateTime<Utc>, counts: &mut Counts) -> Result<()> {
        if tasks.is_empty() {
            return Ok(());
        }
        let people = self.people(tx, tasks).await?;
        sqlx::query!(
            "insert into project_summary (project_id) values ($1) on conflict (project_id) do nothing",
            self.project_id.0
        )
        .execute(&mut **tx)
        .await?;
        // Whoever adds tasks holds the summary, so the numbers within a project have no gaps and no doubles.
        sqlx::query!("select 1 as held from project_summary where project_id = $1 for update", self.project_id.0)
            .fetch_one(&mut **tx)
            .await?;
        let last = sqlx::query_scalar!(
            r#"select coalesce(max(inner_id), 0) as "last!" from task where project_id = $1"#,
            self.project_id.0
        )
        .fetch_one(&mut **tx)
        .await?;
        let ids = sqlx::query_scalar!(
            r#"select nextval(pg_get_serial_sequence('task', 'task_id')) as "id!" from generate_series(1, $1::int)"#,
            i32::try_from(tasks.len()).unwrap_or(i32::MAX)
        )
        .fetch_all(&mut **tx)
        .await?;
        let mut task_rows = CopyText::new();
        let mut annotation_rows = CopyText::new();
        let mut prediction_rows = CopyText::new();
        for ((task, task_id), inner_id) in tasks.iter().zip(ids).zip(last + 1..) {
            let cancelled = count(task.annotations.iter().filter(|annotation| annotation.was_cancelled).count());
            let truth = |annotation: &&NewAnnotation| !annotation.was_cancelled && !annotation.ground_truth;
            let valid = count(task.annotations.iter().filter(truth).count());
            let overlap = self.overlap(task_id);
            let labeled = valid >= i64::from(overlap);
            task_rows
                .number(self.project_id.0)
                .number(task_id)
                .number(inner_id)
                .json(&task.data)?
                .maybe_json(task.meta.as_ref())?
                .number(overlap.into())
                .number(valid)
                .number(cancelled)
                .number(count(task.predictions.len()))
                .flag(labeled)
                .number(self.import_id.0)
                .moment(now)
                .moment(now)
                .maybe_moment(labeled.then_some(now))
                .end();
            for annotation in &task.annotations {
                let person = annotation.completed_by.as_deref().and_then(|email| people.get(&email.to_lowercase()));
                let at = annotation.created_at.unwrap_or(now);
                annotation_rows
                    .number(self.project_id.0)
                    .number(task_id)
                    .maybe_number(person.copied().or(self.created_by))
                    .json(&annotation.result)?
                    .number(count(annotation.result.len()))
                    .flag(annotation.was_cancelled)
                    .flag(annotation.ground_truth)
                    .maybe_number(annotation.lead_time.and_then(milliseconds))
                    .number(self.import_id.0)
                    .moment(at)
                    .moment(at)
                    .end();
                counts.results += count(annotation.result.len());
            }
            for prediction in &task.predictions {
                prediction_rows
                    .number(self.project_id.0)
                    .number(task_id)
                    .text(prediction.model_version.as_deref().unwrap_or_default())
                    .maybe_float(prediction.score)
                    .json(&prediction.result)?
                    .number(self.import_id.0)
                    .moment(now)
                    .end();
            }
            counts.tasks += 1;
            counts.labeled += i64::from(labeled);
            counts.skipped += cancelled;
            counts.annotations += count(task.annotations.len()) - cancelled;
            counts.predictions += count(task.predictions.len());
        }
        task_rows
            .send(
                tx,
                "copy task (project_id, task_id, inner_id, data, meta, overlap, annotation_count, cancelled_count,
                    prediction_count, is_labeled, project_import_id, created_at, updated_at, completed_at) from stdin",
            )
            .await?;
        annotation_rows
            .send(
                tx,
                "copy annotation (project_id, task_id, completed_by, result, result_count, was_cancelled, ground_truth,
                    lead_time_ms, project_import_id, created_at, updated_at) from stdin",
            )
            .await?;
        prediction_rows
            .send(
                tx,
                "copy prediction (project_id, task_id, model_version, score, result, project_import_id, created_at)
                from stdin",
            )
            .await
    }

    /// Members of the organization by their address: only they can be named as authors.
    async fn people(&self, tx: &mut Tx, tasks: &[NewTask]) -> Result<HashMap<String, i64>> {
        let annotations = tasks.iter().flat_map(|task| &task.annotations);
        let emails: HashSet<String> =
            annotations.filter_map(|annotation| Some(annotation.completed_by.as_ref()?.to_lowercase())).collect();
        if emails.is_empty() {
            return Ok(HashMap::new());
        }
        let emails: Vec<String> = emails.into_iter().collect();
        let rows = sqlx::query!(
            r#"select lower(u.email) as "email!", u.user_id from user_account u
            join organization_member m on m.user_id = u.user_id and m.organization_id = $1
            where lower(u.email) = any($2)"#,
            self.organization_id,
            &emails
        )
        .fetch_all(&mut **tx)
        .await?;
        Ok(rows.into_iter().map(|row| (row.email, row.user_id)).collect())
    }

    /// How many annotations a task needs. A stable hash of its id decides whether it belongs to the cohort, so raising
    /// the percentage only ever adds tasks to it.
    fn overlap(&self, task_id: i64) -> i32 {
        let mut hash = task_id.cast_unsigned().wrapping_add(0x9e37_79b9_7f4a_7c15);
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let position = (hash ^ (hash >> 31)) % 100;
        let in_cohort = position < u64::try_from(self.cohort_percentage).unwrap_or(100);
        if in_cohort { self.maximum_annotations } else { 1 }
    }

    async fn keep_failures(&self, tx: &mut Tx, failures: Vec<(String, u64, domain::import::RowError)>) -> Result<()> {
        if failures.is_empty() {
            return Ok(());
        }
        let mut names = Vec::with_capacity(failures.len());
        let mut numbers = Vec::with_capacity(failures.len());
        let mut reasons = Vec::with_capacity(failures.len());
        let mut originals = Vec::with_capacity(failures.len());
        for (name, number, error) in failures {
            names.push(name.replace('\0', "\u{fffd}"));
            numbers.push(i64::try_from(number).unwrap_or(i64::MAX));
            reasons.push(error.reason.replace('\0', "\u{fffd}"));
            originals.push(error.original);
        }
        sqlx::query!(
            "insert into project_import_error (project_id, project_import_id, source_name, row_number, reason, excerpt)
            select $1, $2, f.source_name, f.row_number, f.reason, f.excerpt
            from unnest($3::text[], $4::bigint[], $5::text[], $6::text[]) as f (source_name, row_number, reason, excerpt)
            where (select failed_count from project_import where project_import_id = $2) < $7
            on conflict (project_import_id, source_name, row_number) do nothing",
            self.project_id.0,
            self.import_id.0,
            &names,
            &numbers,
            &reasons,
            &originals,
            MAX_KEPT_FAILURES
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }

    async fn add_to_summary(
        &self,
        tx: &mut Tx,
        counts: &Counts,
        columns: &ColumnSummary,
        now: DateTime<Utc>,
    ) -> Result<()> {
        if counts.tasks == 0 {
            return Ok(());
        }
        let before = sqlx::query!(
            "select task_count, all_data_columns, data_column_types from project_summary where project_id = $1 for update",
            self.project_id.0
        )
        .fetch_one(&mut **tx)
        .await?;
        let mut present: HashMap<String, i64> = serde_json::from_value(before.all_data_columns).unwrap_or_default();
        let mut kinds: HashMap<String, HashMap<String, u64>> =
            serde_json::from_value(before.data_column_types).unwrap_or_default();
        for (name, column) in &columns.columns {
            *present.entry(name.clone()).or_default() += i64::try_from(column.count + column.empty).unwrap_or(0);
            let known = kinds.entry(name.clone()).or_default();
            for (kind, count) in &column.kinds {
                let kind = serde_json::to_value(kind).map_err(anyhow::Error::new)?;
                *known.entry(kind.as_str().unwrap_or_default().to_owned()).or_default() += count;
            }
        }
        let tasks = before.task_count + counts.tasks;
        let mut common: Vec<&String> =
            present.iter().filter(|(_, count)| **count == tasks).map(|(name, _)| name).collect();
        common.sort();
        sqlx::query!(
            "update project_summary set task_count = task_count + $2, labeled_task_count = labeled_task_count + $3,
                annotation_count = annotation_count + $4, skipped_annotation_count = skipped_annotation_count + $5,
                prediction_count = prediction_count + $6, result_count = result_count + $7,
                all_data_columns = $8, common_data_columns = $9, data_column_types = $10, updated_at = $11
            where project_id = $1",
            self.project_id.0,
            counts.tasks,
            counts.labeled,
            counts.annotations,
            counts.skipped,
            counts.predictions,
            counts.results,
            json!(present),
            json!(common),
            json!(kinds),
            now
        )
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}

/// The name of an uploaded image a value may mean: its last part, where it is no address of its own.
fn uploaded_name(value: &Value) -> Option<&str> {
    let text = value.as_str()?;
    let is_address = text.contains("://") || text.starts_with("data:") || text.starts_with("/files/");
    let name = text.rsplit('/').next().unwrap_or(text);
    (!is_address && text.len() <= 1024 && kind::is_image_name(name)).then_some(name)
}

fn milliseconds(seconds: f64) -> Option<i64> {
    // Through text, because a float has no checked way to an integer.
    format!("{:.0}", seconds * 1000.0).parse().ok()
}

fn count(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Rows in the text format of `COPY`.
struct CopyText {
    rows: Vec<u8>,
    first: bool,
}

impl CopyText {
    fn new() -> Self {
        Self { rows: Vec::new(), first: true }
    }

    fn separate(&mut self) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.first) {
            self.rows.push(b'\t');
        }
        &mut self.rows
    }

    fn raw(&mut self, text: &str) -> &mut Self {
        self.separate().extend_from_slice(text.as_bytes());
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        let rows = self.separate();
        for byte in text.bytes() {
            match byte {
                b'\\' => rows.extend_from_slice(b"\\\\"),
                b'\n' => rows.extend_from_slice(b"\\n"),
                b'\r' => rows.extend_from_slice(b"\\r"),
                b'\t' => rows.extend_from_slice(b"\\t"),
                other => rows.push(other),
            }
        }
        self
    }

    fn null(&mut self) -> &mut Self {
        self.raw("\\N")
    }

    fn number(&mut self, number: i64) -> &mut Self {
        self.raw(&number.to_string())
    }

    fn maybe_number(&mut self, number: Option<i64>) -> &mut Self {
        match number {
            Some(number) => self.number(number),
            None => self.null(),
        }
    }

    fn maybe_float(&mut self, number: Option<f64>) -> &mut Self {
        match number {
            Some(number) => self.raw(&number.to_string()),
            None => self.null(),
        }
    }

    fn flag(&mut self, flag: bool) -> &mut Self {
        self.raw(if flag { "t" } else { "f" })
    }

    fn moment(&mut self, at: DateTime<Utc>) -> &mut Self {
        self.raw(&at.to_rfc3339())
    }

    fn maybe_moment(&mut self, at: Option<DateTime<Utc>>) -> &mut Self {
        match at {
            Some(at) => self.moment(at),
            None => self.null(),
        }
    }

    fn json(&mut self, value: &impl serde::Serialize) -> Result<&mut Self> {
        let text = serde_json::to_string(value).map_err(anyhow::Error::new)?;
        Ok(self.text(&text))
    }

    fn maybe_json(&mut self, value: Option<&impl serde::Serialize>) -> Result<&mut Self> {
        match value {
            Some(value) => self.json(value),
            None => Ok(self.null()),
        }
    }

    fn end(&mut self) {
        self.rows.push(b'\n');
        self.first = true;
    }

    async fn send(self, conn: &mut PgConnection, statement: &'static str) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        let mut copy = conn.copy_in_raw(statement).await?;
        copy.send(self.rows).await?;
        copy.finish().await?;
        Ok(())
    }
}
