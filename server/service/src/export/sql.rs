//! Statements about exports, and the pages of tasks they read.

use std::collections::HashMap;

use domain::{
    format::{
        Answers, ExportAnnotation, ExportComments, ExportDraft, ExportFormat, ExportOptions, ExportPrediction,
        ExportRun, ExportTask, Manifest,
    },
    id::{ExportId, UserId},
    label_config::{self, LabelConfig},
};
use serde_json::{Map, Value};
use sqlx::PgConnection;

use super::{Download, status};
use crate::{Cx, Result, access::ProjectAccess, project};

pub(super) async fn label_config(conn: &mut PgConnection, access: &ProjectAccess) -> Result<LabelConfig> {
    let text = project::label_config(conn, access).await?;
    Ok(label_config::read(&text).unwrap_or_default())
}

pub(super) async fn insert(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    format: ExportFormat,
    options: &ExportOptions,
    source: Option<ExportId>,
) -> Result<ExportId> {
    Ok(sqlx::query_scalar!(
        r#"insert into project_export
            (project_id, created_by, format, options, source_export_id, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6) returning project_export_id as "id: ExportId""#,
        access.project_id().0,
        access.user_id().map(|id| id.0),
        format.code(),
        serde_json::to_value(options).map_err(anyhow::Error::new)?,
        source.map(|id| id.0),
        cx.now()
    )
    .fetch_one(conn)
    .await?)
}

/// Which exports are told of.
#[derive(Clone, Copy)]
pub(super) enum Which<'a> {
    /// The newest.
    All,
    /// The newest that are made from the project itself.
    Originals,
    /// One.
    One(ExportId),
    /// Those that are made from these.
    MadeFrom(&'a [i64]),
}

/// Newest first.
pub(super) async fn runs(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    which: Which<'_>,
    limit: i64,
) -> Result<Vec<ExportRun>> {
    let one = if let Which::One(export_id) = which { Some(export_id.0) } else { None };
    let sources = if let Which::MadeFrom(sources) = which { Some(sources) } else { None };
    let rows = sqlx::query!(
        r#"select e.project_export_id as "export_id: ExportId", e.format, e.options, e.status, e.error, e.file_name,
            e.size_bytes, e.md5, e.manifest, e.progress_done, e.progress_total, e.created_at, e.finished_at,
            e.source_export_id as "source: ExportId", u.user_id as "starter_id?: UserId", u.name as "started_by?",
            u.email as "starter_email?"
        from project_export e left join user_account u on u.user_id = e.created_by
        where e.project_id = $1 and ($2::bigint is null or e.project_export_id = $2)
            and ($3::bigint[] is null or e.source_export_id = any($3)) and (not $4 or e.source_export_id is null)
        order by e.project_export_id desc limit $5"#,
        access.project_id().0,
        one,
        sources,
        matches!(which, Which::Originals),
        limit
    )
    .fetch_all(conn)
    .await?;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    let runs = rows.into_iter().map(|row| ExportRun {
        export_id: row.export_id,
        format: ExportFormat::from_code(&row.format).unwrap_or(ExportFormat::Json),
        options: serde_json::from_value(row.options).unwrap_or_default(),
        source: row.source,
        status: status(&row.status),
        error: row.error,
        file_name: row.file_name,
        md5: row.md5.map(hex::encode),
        size_bytes: row.size_bytes.map(count),
        manifest: row.manifest.and_then(|manifest| serde_json::from_value(manifest).ok()),
        done: count(row.progress_done),
        total: row.progress_total.map(count),
        started_by: row.started_by,
        starter: row.starter_id.zip(row.starter_email),
        created_at: row.created_at,
        finished_at: row.finished_at,
    });
    Ok(runs.collect())
}

pub(super) async fn file(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    export_id: ExportId,
) -> Result<Option<Download>> {
    let row = sqlx::query!(
        r#"select file_name as "file_name!", content_type as "content_type!", size_bytes as "size_bytes!",
            storage_key as "storage_key!"
        from project_export
        where project_id = $1 and project_export_id = $2 and status = 'completed' and storage_key is not null"#,
        access.project_id().0,
        export_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Download {
        file_name: row.file_name,
        content_type: row.content_type,
        size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
        storage_key: row.storage_key,
    }))
}

/// The key of the deleted export's file; the outer `None` when there was no such export.
pub(super) async fn delete(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    export_id: ExportId,
) -> Result<Option<Option<String>>> {
    Ok(sqlx::query_scalar!(
        "delete from project_export where project_id = $1 and project_export_id = $2 returning storage_key",
        access.project_id().0,
        export_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// What the job needs to know.
pub(super) struct Taken {
    pub(super) format: String,
    pub(super) options: Value,
    /// The snapshot to read instead of the project.
    pub(super) source: Option<ExportId>,
    pub(super) label_config: String,
    pub(super) title: String,
}

/// Marks an export as under way; `None` when it is over or gone.
pub(super) async fn take(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    export_id: ExportId,
) -> Result<Option<Taken>> {
    Ok(sqlx::query_as!(
        Taken,
        r#"update project_export e
        set status = 'in_progress', progress_done = 0, updated_at = $3,
            progress_total = (select task_count from project_summary s where s.project_id = e.project_id)
        from project p
        where e.project_id = $1 and e.project_export_id = $2 and e.status in ('created', 'in_progress')
            and p.project_id = e.project_id
        returning e.format, e.options, e.source_export_id as "source: ExportId", p.label_config, p.title"#,
        access.project_id().0,
        export_id.0,
        cx.now()
    )
    .fetch_optional(conn)
    .await?)
}

/// Says how many tasks there will be to look at.
pub(super) async fn expect(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    export_id: ExportId,
    tasks: usize,
) -> Result<()> {
    sqlx::query!(
        "update project_export set progress_total = $3 where project_id = $1 and project_export_id = $2",
        access.project_id().0,
        export_id.0,
        i64::try_from(tasks).unwrap_or(i64::MAX)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether the export is still wanted.
pub(super) async fn progress(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    export_id: ExportId,
    done: u64,
) -> Result<bool> {
    let updated = sqlx::query!(
        "update project_export set progress_done = $3, updated_at = $4
        where project_id = $1 and project_export_id = $2 and status = 'in_progress'",
        access.project_id().0,
        export_id.0,
        i64::try_from(done).unwrap_or(i64::MAX),
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// What is known of a finished file.
pub(super) struct Finished {
    pub(super) storage_key: String,
    pub(super) file_name: String,
    pub(super) content_type: &'static str,
    pub(super) size_bytes: u64,
    pub(super) sha256: Vec<u8>,
    pub(super) md5: Vec<u8>,
    pub(super) manifest: Manifest,
}

pub(super) async fn finish(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    export_id: ExportId,
    finished: &Finished,
) -> Result<bool> {
    let as_column = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let updated = sqlx::query!(
        "update project_export set status = 'completed', storage_key = $3, file_name = $4, content_type = $5,
            size_bytes = $6, sha256 = $7, manifest = $8, task_count = $9, annotation_count = $10, progress_done = $11,
            progress_total = $11, finished_at = $12, updated_at = $12, md5 = $13
        where project_id = $1 and project_export_id = $2 and status = 'in_progress'",
        access.project_id().0,
        export_id.0,
        finished.storage_key,
        finished.file_name,
        finished.content_type,
        as_column(finished.size_bytes),
        finished.sha256,
        serde_json::to_value(&finished.manifest).map_err(anyhow::Error::new)?,
        as_column(finished.manifest.tasks_written),
        as_column(finished.manifest.annotations),
        as_column(finished.manifest.tasks),
        cx.now(),
        finished.md5
    )
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

pub(super) async fn fail(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    export_id: ExportId,
    error: &str,
) -> Result<bool> {
    let updated = sqlx::query!(
        "update project_export set status = 'failed', error = $3, finished_at = $4, updated_at = $4
        where project_id = $1 and project_export_id = $2 and status in ('created', 'in_progress')",
        access.project_id().0,
        export_id.0,
        error,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(updated.rows_affected() == 1)
}

/// The next page of tasks behind `after`, of `chosen` ones where there are any, with everything that belongs to them.
pub(super) async fn tasks(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    after: i64,
    limit: i64,
    chosen: &[i64],
    options: &ExportOptions,
) -> Result<Vec<ExportTask>> {
    let project = access.project_id().0;
    let rows = sqlx::query!(
        r#"select t.task_id, t.inner_id, t.data, t.meta, t.is_labeled, t.created_at, t.updated_at,
            f.file_name as "file_upload?"
        from task t left join file_upload f on f.project_id = t.project_id and f.file_upload_id = t.file_upload_id
        where t.project_id = $1 and t.task_id > $2 and ($4::bigint[] = '{}' or t.task_id = any($4))
        order by t.task_id limit $3"#,
        project,
        after,
        limit,
        chosen
    )
    .fetch_all(&mut *conn)
    .await?;
    let ids: Vec<i64> = rows.iter().map(|row| row.task_id).collect();
    let mut tasks: Vec<ExportTask> = rows
        .into_iter()
        .map(|row| ExportTask {
            id: row.task_id,
            inner_id: row.inner_id,
            project,
            data: object(row.data),
            meta: row.meta.map(object),
            created_at: row.created_at,
            updated_at: row.updated_at,
            file_upload: row.file_upload,
            comments: ExportComments::default(),
            annotations: Vec::new(),
            predictions: Vec::new(),
            drafts: Vec::new(),
            is_finished: row.is_labeled,
        })
        .collect();
    let places: HashMap<i64, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let (first, last) = range(&ids);
    let annotations = sqlx::query!(
        r#"select a.task_id, a.annotation_id, a.completed_by, u.email as "email?", a.result::text as "result!", a.was_cancelled,
            a.ground_truth, a.lead_time_ms, a.updated_by, a.parent_prediction_id, a.parent_annotation_id, a.project_import_id,
            a.created_at, a.updated_at
        from annotation a left join user_account u on u.user_id = a.completed_by
        where a.project_id = $1 and a.task_id between $3 and $4 and a.task_id = any($2) order by a.annotation_id"#,
        project,
        &ids,
        first,
        last
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in annotations {
        let Some(place) = places.get(&row.task_id) else { continue };
        tasks[*place].annotations.push(ExportAnnotation {
            id: row.annotation_id,
            completed_by: row.completed_by.map(|id| (id, row.email.unwrap_or_default())),
            result: Answers::from_text(&row.result),
            was_cancelled: row.was_cancelled,
            ground_truth: row.ground_truth,
            lead_time: row.lead_time_ms.and_then(seconds),
            updated_by: row.updated_by.or(row.completed_by),
            parent_prediction: row.parent_prediction_id,
            parent_annotation: row.parent_annotation_id,
            import_id: row.project_import_id,
            created_at: row.created_at,
            updated_at: row.updated_at,
        });
    }
    count_comments(conn, project, &ids, &places, &mut tasks).await?;
    if options.without_predictions {
        return with_drafts(conn, project, options, &ids, &places, tasks).await;
    }
    let predictions = sqlx::query!(
        r#"select task_id, prediction_id, model_version, score, result::text as "result!", created_at
        from prediction where project_id = $1 and task_id between $3 and $4 and task_id = any($2) order by prediction_id"#,
        project,
        &ids,
        first,
        last
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in predictions {
        let Some(place) = places.get(&row.task_id) else { continue };
        tasks[*place].predictions.push(ExportPrediction {
            id: row.prediction_id,
            model_version: row.model_version,
            score: row.score,
            result: Answers::from_text(&row.result),
            created_at: row.created_at,
        });
    }
    with_drafts(conn, project, options, &ids, &places, tasks).await
}

/// The first and the last of these tasks, which stand in order. Statements say them beside the list, because the index of
/// tasks answers a range: of a list alone the database may think that going through all of the project is no more, as long
/// as it has not counted what an import has just brought.
fn range(ids: &[i64]) -> (i64, i64) {
    (ids.first().copied().unwrap_or_default(), ids.last().copied().unwrap_or_default())
}

/// How much has been said about each.
async fn count_comments(
    conn: &mut PgConnection,
    project: i64,
    ids: &[i64],
    places: &HashMap<i64, usize>,
    tasks: &mut [ExportTask],
) -> Result<()> {
    let (first, last) = range(ids);
    let rows = sqlx::query!(
        r#"select task_id, count(*) as "count!", max(created_at) as last_at,
            count(*) filter (where parent_id is null and resolved_at is null) as "open!",
            coalesce(array_agg(distinct author_id) filter (where author_id is not null), '{}') as "authors!"
        from comment
        where project_id = $1 and task_id between $3 and $4 and task_id = any($2) and deleted_at is null group by task_id"#,
        project,
        ids,
        first,
        last
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let Some(task) = places.get(&row.task_id).and_then(|place| tasks.get_mut(*place)) else { continue };
        task.comments = ExportComments { count: row.count, open: row.open, last_at: row.last_at, authors: row.authors };
    }
    Ok(())
}

/// Adds unfinished work, where it is wanted.
async fn with_drafts(
    conn: &mut PgConnection,
    project: i64,
    options: &ExportOptions,
    ids: &[i64],
    places: &HashMap<i64, usize>,
    mut tasks: Vec<ExportTask>,
) -> Result<Vec<ExportTask>> {
    if !options.include_drafts {
        return Ok(tasks);
    }
    let (first, last) = range(ids);
    let drafts = sqlx::query!(
        r#"select task_id, annotation_draft_id, user_id, annotation_id, result::text as "result!", lead_time_ms, created_at,
            updated_at
        from annotation_draft
        where project_id = $1 and task_id between $3 and $4 and task_id = any($2) order by annotation_draft_id"#,
        project,
        ids,
        first,
        last
    )
    .fetch_all(&mut *conn)
    .await?;
    for row in drafts {
        let Some(place) = places.get(&row.task_id) else { continue };
        tasks[*place].drafts.push(ExportDraft {
            id: row.annotation_draft_id,
            user: row.user_id,
            annotation: row.annotation_id,
            result: Answers::from_text(&row.result),
            lead_time: seconds(row.lead_time_ms),
            created_at: row.created_at,
            updated_at: row.updated_at,
        });
    }
    Ok(tasks)
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

fn seconds(milliseconds: i64) -> Option<f64> {
    i32::try_from(milliseconds).ok().map(|milliseconds| f64::from(milliseconds) / 1000.0)
}
