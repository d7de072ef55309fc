//! The writing half of an import: one batch, one transaction, rows in by `COPY`.
//!
//! The transaction runs as the owner of the tables, because Postgres has no `COPY` behind row-level security; every row
//! carries the project of the proof the writer was made with.

use domain::{
    id::{ImportId, ProjectId},
    import::RowError,
};
use serde_json::json;

use super::{
    MAX_KEPT_FAILURES,
    read::{Batch, ReadRow},
    rows::{Origin, count},
    sql::Taken,
    summary::{self, Counts},
    topic, uploaded,
};
use crate::{Cx, Result, Tx, access::ProjectAccess, events};

/// Stores the batches of one run.
pub(super) struct Writer {
    origin: Origin,
    /// The field that names tables shown as series.
    series: Option<String>,
}

impl Writer {
    pub(super) fn new(access: &ProjectAccess, import_id: ImportId, taken: &Taken, series: Option<String>) -> Self {
        Self { origin: Origin::new(access, import_id, taken), series }
    }

    fn project_id(&self) -> ProjectId {
        self.origin.access.project_id()
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
        uploaded::resolve(&mut tx, self.project_id(), &mut tasks, self.series.as_deref()).await?;
        let mut counts = Counts { failed: count(failures.len()), ..Counts::default() };
        self.origin.write(&mut tx, &tasks, now, &mut counts).await?;
        self.keep_failures(&mut tx, failures).await?;
        sqlx::query!(
            "update project_import set checkpoint = $3, bytes_done = greatest(bytes_done, $4), row_count = row_count + $5,
                task_count = task_count + $6, failed_count = failed_count + $7,
                annotation_count = annotation_count + $8, prediction_count = prediction_count + $9,
                found_formats = found_formats || $10, updated_at = $11
            where project_id = $1 and project_import_id = $2",
            self.project_id().0,
            self.origin.import_id.0,
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
        summary::add(&mut tx, &self.origin.access, counts, now).await?;
        events::tell(&mut tx, &topic(self.origin.import_id)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Locks the run, so that a second worker that took it for dead waits and then finds the checkpoint.
    async fn still_wanted(&self, tx: &mut Tx) -> Result<bool> {
        let status = sqlx::query_scalar!(
            "select status from project_import where project_id = $1 and project_import_id = $2 for update",
            self.project_id().0,
            self.origin.import_id.0
        )
        .fetch_optional(&mut **tx)
        .await?;
        Ok(status.as_deref() == Some("in_progress"))
    }

    async fn keep_failures(&self, tx: &mut Tx, failures: Vec<(String, u64, RowError)>) -> Result<()> {
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
            self.project_id().0,
            self.origin.import_id.0,
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
}
