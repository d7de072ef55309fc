//! The writing half of an import: one batch, one transaction, rows in by `COPY`.
//!
//! The transaction runs as the owner of the tables, because Postgres has no `COPY` behind row-level security; every row
//! carries the project of the proof the writer was made with.

use domain::{
    id::{ImportId, ProjectId},
    import::{MAX_COLUMNS, RowError},
};
use serde_json::json;

use super::{
    MAX_KEPT_FAILURES,
    read::{Batch, ReadRow},
    rows::{Origin, count},
    sql::Taken,
    summary::{self, Counts},
    topic,
    uploaded::Uploaded,
};
use crate::{Cx, Result, Tx, access::ProjectAccess, cloud, events};

/// Stores the batches of one run.
pub(crate) struct Writer {
    origin: Origin,
    uploaded: Uploaded,
    /// Whether an earlier worker has stored rows of this run, which this one has not seen.
    is_resumed: bool,
}

impl Writer {
    pub(crate) fn new(access: &ProjectAccess, import_id: ImportId, taken: &Taken, series: Option<String>) -> Self {
        Self {
            origin: Origin::new(access, import_id, taken),
            uploaded: Uploaded::new(series),
            is_resumed: taken.checkpoint.is_some(),
        }
    }

    fn project_id(&self) -> ProjectId {
        self.origin.access.project_id()
    }

    /// Stores a batch; `false` when the run was cancelled and nothing more is wanted.
    pub(crate) async fn store(&mut self, cx: &Cx, batch: Batch) -> Result<bool> {
        self.uploaded.bring(batch.brought);
        if batch.rows.is_empty() {
            return Ok(true);
        }
        let now = cx.now();
        let mut tx = cx.begin().await?;
        if !self.still_wanted(&mut tx).await? {
            return Ok(false);
        }
        let row_count = batch.rows.len();
        let mut failures = Vec::new();
        let mut tasks = Vec::with_capacity(row_count);
        let mut files = Vec::with_capacity(row_count);
        for ReadRow { source, number, file_id, outcome } in batch.rows {
            match outcome {
                Ok(task) => {
                    tasks.push(task);
                    files.push(file_id);
                }
                Err(error) => failures.push((source, number, error)),
            }
        }
        let project_id = self.project_id();
        self.uploaded.resolve(&mut tx, project_id, &mut tasks).await?;
        let mut counts = Counts { failed: count(failures.len()), ..Counts::default() };
        let task_ids = self.origin.write(cx, &mut tx, &tasks, &files, now, &mut counts).await?;
        if let Some(listed) = batch.listed {
            cloud::keep_listed(cx, &mut tx, &self.origin.access, listed, &task_ids).await?;
        }
        keep_failures(&mut tx, &self.origin, failures).await?;
        let columns: Vec<String> = counts.columns.columns.keys().cloned().collect();
        sqlx::query!(
            "update project_import set checkpoint = $3, bytes_done = greatest(bytes_done, $4), row_count = row_count + $5,
                task_count = task_count + $6, failed_count = failed_count + $7,
                annotation_count = annotation_count + $8, prediction_count = prediction_count + $9,
                found_formats = found_formats || $10, updated_at = $11,
                data_columns = coalesce((select jsonb_agg(c.name order by c.name) from (
                    select jsonb_array_elements_text(data_columns) as name union select unnest($12::text[])
                    order by name limit $13) c), '[]')
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
            now,
            &columns,
            i64::try_from(MAX_COLUMNS).unwrap_or(i64::MAX)
        )
        .execute(&mut *tx)
        .await?;
        summary::add(&mut tx, &self.origin.access, counts, now).await?;
        events::tell(&mut tx, &topic(self.origin.import_id)).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Tells which media no row has named, once all rows are stored: they are kept, and are in no task.
    pub(super) async fn tell_unnamed(self, cx: &Cx) -> Result<()> {
        if self.is_resumed {
            // Rows that were stored before the interruption may have named any of them.
            return Ok(());
        }
        let mut tx = cx.begin().await?;
        if !self.still_wanted(&mut tx).await? {
            return Ok(());
        }
        let Self { origin, uploaded, .. } = self;
        let failures: Vec<_> = uploaded
            .unnamed()
            .into_iter()
            .map(|medium| {
                let reason = "No row names this file, so it is in no task.".to_owned();
                (medium.source, medium.number, RowError { reason, original: medium.path })
            })
            .collect();
        let failed = count(failures.len());
        if failed == 0 {
            return Ok(());
        }
        keep_failures(&mut tx, &origin, failures).await?;
        sqlx::query!(
            "update project_import set row_count = row_count + $3, failed_count = failed_count + $3, updated_at = $4
            where project_id = $1 and project_import_id = $2",
            origin.access.project_id().0,
            origin.import_id.0,
            failed,
            cx.now()
        )
        .execute(&mut *tx)
        .await?;
        events::tell(&mut tx, &topic(origin.import_id)).await?;
        tx.commit().await?;
        Ok(())
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
}

async fn keep_failures(tx: &mut Tx, origin: &Origin, failures: Vec<(String, u64, RowError)>) -> Result<()> {
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
            origin.access.project_id().0,
            origin.import_id.0,
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
