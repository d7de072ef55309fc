//! Statements about runs of imports.

use std::collections::BTreeMap;

use domain::{
    id::{FileId, ImportId, TaskId},
    import::{FailedRow, ImportRun, RunStatus},
};
use sqlx::PgConnection;

use super::{Manner, Particulars, summary::Counts};
use crate::{Cx, Result, access::ProjectAccess, job};

pub(super) struct NewImport {
    pub(super) source: &'static str,
    pub(super) name: String,
    pub(super) url: Option<String>,
    pub(super) size: Option<u64>,
    pub(super) files: Vec<FileId>,
}

pub(super) async fn insert(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    new: &NewImport,
    manner: Manner,
) -> Result<ImportId> {
    let files: Vec<i64> = new.files.iter().map(|id| id.0).collect();
    Ok(sqlx::query_scalar!(
        r#"insert into project_import
            (project_id, created_by, source, source_name, url, file_upload_ids, bytes_total, labels_as, files_are_tasks,
                replaces, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) returning project_import_id as "id: ImportId""#,
        access.project_id().0,
        access.user_id().map(|id| id.0),
        new.source,
        new.name,
        new.url,
        &files,
        new.size.and_then(|size| i64::try_from(size).ok()),
        manner.labels_as.code(),
        manner.files_are_tasks,
        manner.replaces,
        cx.now()
    )
    .fetch_one(conn)
    .await?)
}

/// What a run has brought that was done at once.
pub(super) async fn count_direct(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
    counts: &Counts,
) -> Result<()> {
    sqlx::query!(
        r#"update project_import set row_count = $3, task_count = $3, annotation_count = $4, prediction_count = $5,
            found_formats = '{"JSON": true}', data_columns = $6
        where project_id = $1 and project_import_id = $2"#,
        access.project_id().0,
        import_id.0,
        counts.tasks,
        counts.annotations + counts.skipped,
        counts.predictions,
        serde_json::to_value(counts.columns.columns.keys().collect::<Vec<_>>()).map_err(anyhow::Error::new)?
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All that programs are told of a run, but its tasks.
pub(super) async fn particulars(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
) -> Result<Option<Particulars>> {
    let Some(row) = sqlx::query!(
        "select url, file_upload_ids, data_columns, files_are_tasks, updated_at from project_import
        where project_id = $1 and project_import_id = $2",
        access.project_id().0,
        import_id.0
    )
    .fetch_optional(&mut *conn)
    .await?
    else {
        return Ok(None);
    };
    // Files that were thrown away since are told no more.
    let files = sqlx::query!(
        r#"select f.file_upload_id as "file_id: FileId", f.file_name
        from unnest($2::bigint[]) with ordinality as wanted (file_upload_id, place)
        join file_upload f on f.project_id = $1 and f.file_upload_id = wanted.file_upload_id
        order by wanted.place"#,
        access.project_id().0,
        &row.file_upload_ids
    )
    .fetch_all(conn)
    .await?;
    Ok(Some(Particulars {
        files: files.into_iter().map(|file| (file.file_id, file.file_name)).collect(),
        url: row.url,
        columns: serde_json::from_value(row.data_columns).unwrap_or_default(),
        files_are_tasks: row.files_are_tasks,
        updated_at: row.updated_at,
        task_ids: Vec::new(),
    }))
}

/// The tasks of a run in the order they came.
pub(super) async fn tasks_of(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
    limit: i64,
) -> Result<Vec<TaskId>> {
    Ok(sqlx::query_scalar!(
        r#"select task_id as "task_id: TaskId" from task where project_id = $1 and project_import_id = $2
        order by task_id limit $3"#,
        access.project_id().0,
        import_id.0,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Tasks that came in these files with earlier runs.
pub(super) async fn came_before(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    files: &[i64],
    import_id: ImportId,
    limit: i64,
) -> Result<Vec<TaskId>> {
    Ok(sqlx::query_scalar!(
        r#"select task_id as "task_id: TaskId" from task
        where project_id = $1 and file_upload_id = any($2) and project_import_id is distinct from $3
        order by task_id limit $4"#,
        access.project_id().0,
        files,
        import_id.0,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// In the order given.
pub(super) async fn names_and_sizes(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ids: &[FileId],
) -> Result<Vec<(String, u64)>> {
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        "select file_name, size_bytes from file_upload where project_id = $1 and file_upload_id = any($2)",
        access.project_id().0,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.file_name, u64::try_from(row.size_bytes).unwrap_or(0))).collect())
}

pub(super) async fn runs(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: Option<ImportId>,
    limit: i64,
) -> Result<Vec<ImportRun>> {
    let rows = sqlx::query!(
        r#"select i.project_import_id as "import_id: ImportId", i.status, i.source_name, i.error, i.bytes_total,
            i.bytes_done, i.row_count, i.task_count, i.failed_count, i.annotation_count, i.prediction_count,
            i.created_at, i.finished_at, u.name as "started_by?"
        from project_import i left join user_account u on u.user_id = i.created_by
        where i.project_id = $1 and ($2::bigint is null or i.project_import_id = $2)
        order by i.project_import_id desc limit $3"#,
        access.project_id().0,
        import_id.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    let runs = rows.into_iter().map(|row| ImportRun {
        import_id: row.import_id,
        status: RunStatus::from_name(&row.status).unwrap_or(RunStatus::Failed),
        source_name: row.source_name,
        error: row.error,
        bytes_total: row.bytes_total.map(count),
        bytes_done: count(row.bytes_done),
        rows: count(row.row_count),
        tasks: count(row.task_count),
        failed: count(row.failed_count),
        annotations: count(row.annotation_count),
        predictions: count(row.prediction_count),
        started_by: row.started_by,
        created_at: row.created_at,
        finished_at: row.finished_at,
    });
    Ok(runs.collect())
}

pub(super) async fn cancel(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
) -> Result<bool> {
    let done = sqlx::query!(
        "update project_import set status = 'cancelled', finished_at = $3, updated_at = $3
        where project_id = $1 and project_import_id = $2 and status in ('created', 'in_progress')",
        access.project_id().0,
        import_id.0,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

pub(super) async fn failures(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
    after_name: &str,
    after_number: i64,
    limit: i64,
) -> Result<Vec<FailedRow>> {
    Ok(sqlx::query_as!(
        FailedRow,
        "select source_name, row_number, reason, excerpt as original from project_import_error
        where project_id = $1 and project_import_id = $2 and (source_name, row_number) > ($3, $4)
        order by source_name, row_number limit $5",
        access.project_id().0,
        import_id.0,
        after_name,
        after_number,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// What the job needs to know of a run.
pub(crate) struct Taken {
    pub(super) url: Option<String>,
    pub(super) files: Vec<i64>,
    pub(super) checkpoint: Option<serde_json::Value>,
    pub(super) created_by: Option<i64>,
    pub(super) labels_as: String,
    pub(super) files_are_tasks: bool,
    pub(super) replaces: bool,
    pub(super) label_config: String,
    pub(super) maximum_annotations: i32,
    pub(super) cohort_percentage: i32,
    pub(super) ignores_skipped: bool,
}

impl Taken {
    /// The labeling interface of the project.
    pub(crate) fn label_config(&self) -> &str {
        &self.label_config
    }
}

/// Marks a run as under way; `None` when it is over.
pub(crate) async fn take(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
) -> Result<Option<Taken>> {
    Ok(sqlx::query_as!(
        Taken,
        r#"update project_import i
        set status = 'in_progress', started_at = coalesce(i.started_at, $3), updated_at = $3
        from project p
        where i.project_id = $1 and i.project_import_id = $2 and i.status in ('created', 'in_progress')
            and p.project_id = i.project_id
        returning i.url, i.file_upload_ids as files, i.checkpoint, i.created_by,
            i.labels_as, i.files_are_tasks, i.replaces, p.label_config, p.maximum_annotations,
            p.overlap_cohort_percentage as cohort_percentage, p.skip_queue = 'IGNORE_SKIPPED' as "ignores_skipped!""#,
        access.project_id().0,
        import_id.0,
        cx.now()
    )
    .fetch_optional(conn)
    .await?)
}

/// Keeps the file an address led to, so that a second attempt does not fetch it again.
pub(super) async fn keep_file(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
    file_id: FileId,
    size: u64,
) -> Result<()> {
    sqlx::query!(
        "update project_import set file_upload_ids = array[$3::bigint], bytes_total = $4
        where project_id = $1 and project_import_id = $2",
        access.project_id().0,
        import_id.0,
        file_id.0,
        i64::try_from(size).ok()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Ends a run that is under way; `false` where it is over already.
pub(super) async fn finish(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
    error: Option<&str>,
) -> Result<bool> {
    let brought = sqlx::query_scalar!(
        "update project_import
        set status = case when $3::text is null then 'completed' else 'failed' end, error = $3,
            bytes_done = case when $3::text is null then coalesce(bytes_total, bytes_done) else bytes_done end,
            finished_at = $4, updated_at = $4
        where project_id = $1 and project_import_id = $2 and status in ('created', 'in_progress')
        returning task_count",
        access.project_id().0,
        import_id.0,
        error,
        cx.now()
    )
    .fetch_optional(&mut *conn)
    .await?;
    let Some(brought) = brought else { return Ok(false) };
    job::statistics::after(conn, brought).await?;
    Ok(true)
}

/// The labeling interface, in how many tasks each column is, and how many tasks there are.
pub(super) async fn columns(
    conn: &mut PgConnection,
    access: &ProjectAccess,
) -> Result<(String, BTreeMap<String, u64>, u64)> {
    let row = sqlx::query!(
        "select p.label_config, s.task_count, s.all_data_columns from project p join project_summary s using (project_id)
        where p.project_id = $1",
        access.project_id().0
    )
    .fetch_one(conn)
    .await?;
    let columns = serde_json::from_value(row.all_data_columns).unwrap_or_default();
    Ok((row.label_config, columns, u64::try_from(row.task_count).unwrap_or(0)))
}
