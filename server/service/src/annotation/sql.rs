//! Statements of the annotation area.

use chrono::{DateTime, Utc};
use domain::{
    annotation::{DraftToSave, MAX_EARLIER, Submission, Submitted},
    id::{AnnotationId, TaskId, UserId},
    result::ResultItem,
    tally::{RegionRow, Tally},
};
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{Result, access::ProjectAccess};

/// What a project asks of a submission.
pub(super) struct Rules {
    pub(super) label_config: String,
    pub(super) label_config_hash: i64,
    pub(super) enable_empty_annotation: bool,
    pub(super) show_skip_button: bool,
    pub(super) ignores_skipped: bool,
    pub(super) state: String,
    /// Whether any webhook of the organization may want to know.
    pub(super) is_listened: bool,
}

pub(super) async fn rules(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Rules> {
    Ok(sqlx::query_as!(
        Rules,
        r#"select label_config, label_config_hash, enable_empty_annotation, show_skip_button,
            skip_queue = 'IGNORE_SKIPPED' as "ignores_skipped!", state,
            exists (select from webhook w where w.organization_id = project.organization_id and w.is_active)
                as "is_listened!"
        from project where project_id = $1"#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?)
}

/// No sum of times may ever overflow: a day, in milliseconds, is more than anybody spends on a task.
const MAX_LEAD_TIME_MS: i64 = 86_400_000;

/// The counts of a task whose row is locked until the end of the transaction.
#[derive(Debug, Clone, Copy)]
pub(super) struct LockedTask {
    pub(super) overlap: i32,
    pub(super) annotation_count: i32,
    pub(super) lease_count: i32,
    pub(super) is_labeled: bool,
}

pub(super) async fn lock_task(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
) -> Result<Option<LockedTask>> {
    Ok(sqlx::query_as!(
        LockedTask,
        "select overlap, annotation_count, lease_count, is_labeled from task where project_id = $1 and task_id = $2 for update",
        access.project_id().0,
        task_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// What is labeled.
pub(super) async fn data(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
) -> Result<Map<String, Value>> {
    let data = sqlx::query_scalar!(
        r#"select data as "data: Json<Map<String, Value>>" from task where project_id = $1 and task_id = $2"#,
        access.project_id().0,
        task_id.0
    )
    .fetch_one(conn)
    .await?;
    Ok(data.0)
}

/// What a submission with this key did, where it was made by this person.
pub(super) async fn submitted(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    key: Uuid,
) -> Result<Option<Submitted>> {
    let row = sqlx::query!(
        r#"select a.annotation_id as "annotation_id: AnnotationId", t.is_labeled
        from annotation a join task t on t.project_id = a.project_id and t.task_id = a.task_id
        where a.project_id = $1 and a.submission_key = $2 and a.completed_by = $3"#,
        access.project_id().0,
        key,
        me.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| Submitted { annotation_id: row.annotation_id, is_labeled: row.is_labeled }))
}

pub(super) async fn has_valid_annotation(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from annotation where project_id = $1 and task_id = $2 and completed_by = $3
            and not was_cancelled and not ground_truth) as "exists!""#,
        access.project_id().0,
        task_id.0,
        me.0
    )
    .fetch_one(conn)
    .await?)
}

/// A new annotation; `None` when its key is taken.
pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    submission: &Submission,
    was_cancelled: bool,
    config_hash: i64,
    now: DateTime<Utc>,
) -> Result<Option<AnnotationId>> {
    Ok(sqlx::query_scalar!(
        r#"insert into annotation (project_id, task_id, completed_by, result, result_count, was_cancelled, lead_time_ms,
            label_config_hash, parent_prediction_id, submission_key, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8,
            (select prediction_id from prediction where project_id = $1 and task_id = $2 and prediction_id = $9), $10, $11, $11)
        on conflict on constraint annotation_was_already_submitted do nothing
        returning annotation_id as "annotation_id: AnnotationId""#,
        access.project_id().0,
        submission.task_id.0,
        me.0,
        Json(&submission.result) as _,
        i32::try_from(submission.result.len()).unwrap_or(i32::MAX),
        was_cancelled,
        submission.lead_time_ms.max(0),
        config_hash,
        submission.prediction_id.map(|id| id.0),
        submission.key,
        now
    )
    .fetch_optional(conn)
    .await?)
}

/// The author of an annotation of this task; the outer `None` when there is no such annotation.
pub(crate) async fn own_annotation(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    annotation_id: AnnotationId,
    task_id: TaskId,
) -> Result<Option<Option<UserId>>> {
    let row = sqlx::query!(
        r#"select completed_by as "completed_by: UserId" from annotation
        where project_id = $1 and annotation_id = $2 and task_id = $3"#,
        access.project_id().0,
        annotation_id.0,
        task_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| row.completed_by))
}

/// Keeps what an annotation is before another result takes its place; nothing where that is the same.
pub(crate) async fn keep_version(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    annotation_id: AnnotationId,
    after: &[ResultItem],
) -> Result<()> {
    sqlx::query!(
        "insert into annotation_version (project_id, annotation_id, version, result, result_count, made_by, made_at)
        select a.project_id, a.annotation_id, 1 + coalesce((select max(v.version) from annotation_version v
                where v.project_id = a.project_id and v.annotation_id = a.annotation_id), 0),
            a.result, a.result_count, coalesce(a.updated_by, a.completed_by), a.updated_at
        from annotation a
        where a.project_id = $1 and a.annotation_id = $2 and not a.was_cancelled and a.result <> $3",
        access.project_id().0,
        annotation_id.0,
        Json(after) as _
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from annotation_version where project_id = $1 and annotation_id = $2
            and version <= (select max(version) from annotation_version where project_id = $1 and annotation_id = $2) - $3",
        access.project_id().0,
        annotation_id.0,
        MAX_EARLIER
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts another result in place and returns the one before; `None` when the annotation was skipped.
pub(super) async fn replace(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    annotation_id: AnnotationId,
    submission: &Submission,
    config_hash: i64,
    now: DateTime<Utc>,
) -> Result<Option<Vec<ResultItem>>> {
    let before = sqlx::query_scalar!(
        r#"with before as (
            select result from annotation where project_id = $1 and annotation_id = $2 and not was_cancelled for update
        )
        update annotation set result = $3, result_count = $4, lead_time_ms = greatest(lead_time_ms, $5),
            label_config_hash = $6, updated_at = $7, updated_by = $8
        from before where project_id = $1 and annotation_id = $2
        returning before.result as "result: Json<Vec<ResultItem>>""#,
        access.project_id().0,
        annotation_id.0,
        Json(&submission.result) as _,
        i32::try_from(submission.result.len()).unwrap_or(i32::MAX),
        submission.lead_time_ms.max(0),
        config_hash,
        now,
        me.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(before.map(|json| json.0))
}

/// One row per result item, in the place of those before.
pub(crate) async fn put_regions(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    annotation_id: AnnotationId,
    task_id: TaskId,
    result: &[ResultItem],
) -> Result<()> {
    sqlx::query!(
        "delete from region where project_id = $1 and annotation_id = $2",
        access.project_id().0,
        annotation_id.0
    )
    .execute(&mut *conn)
    .await?;
    let rows = serde_json::to_value(RegionRow::all(result)).map_err(anyhow::Error::new)?;
    sqlx::query!(
        "insert into region (project_id, annotation_id, position, task_id, region_key, from_name, to_name, type, labels,
            x, y, width, height, area)
        select $1, $2, r.position, $3, r.region_key, r.from_name, r.to_name, r.type, r.labels, r.x, r.y, r.width, r.height,
            r.area
        from jsonb_to_recordset($4) as r(position integer, region_key text, from_name text, to_name text, type text,
            labels text[], x float8, y float8, width float8, height float8, area float8)",
        access.project_id().0,
        annotation_id.0,
        task_id.0,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// One more valid annotation, `leases` fewer leases. Returns whether the task now has all it needs.
pub(super) async fn count_annotation(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
    leases: i32,
    now: DateTime<Utc>,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        "update task set annotation_count = annotation_count + 1, lease_count = lease_count - $3,
            is_labeled = is_labeled or annotation_count + 1 >= overlap,
            completed_at = case when not is_labeled and annotation_count + 1 >= overlap then $4 else completed_at end,
            updated_at = $4
        where project_id = $1 and task_id = $2 returning is_labeled",
        access.project_id().0,
        task_id.0,
        leases,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// One more skip, `leases` fewer leases; it fills a place where the project ignores skipped tasks.
pub(super) async fn count_skip(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
    leases: i32,
    counts_as_done: bool,
    now: DateTime<Utc>,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        "update task set cancelled_count = cancelled_count + 1, lease_count = lease_count - $3,
            is_labeled = is_labeled or ($4 and annotation_count + cancelled_count + 1 >= overlap),
            completed_at = case when not is_labeled and $4 and annotation_count + cancelled_count + 1 >= overlap
                then $5 else completed_at end,
            updated_at = $5
        where project_id = $1 and task_id = $2 returning is_labeled",
        access.project_id().0,
        task_id.0,
        leases,
        counts_as_done,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// Whether the person has business with the task: holds it, has worked on it, or sees everything.
pub(crate) async fn works_on(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
    sees_all: bool,
) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (select from task where project_id = $1 and task_id = $2 and ($4
            or exists (select from assignment where project_id = $1 and user_id = $3 and task_id = $2)
            or exists (select from annotation where project_id = $1 and completed_by = $3 and task_id = $2))) as "works!""#,
        access.project_id().0,
        task_id.0,
        me.0,
        sees_all
    )
    .fetch_one(conn)
    .await?)
}

/// Keeps a draft, or the later one of the same sitting, and returns its revision; `None` where another sitting has saved
/// since and nobody chose this one.
pub(super) async fn put_draft(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    draft: &DraftToSave,
    now: DateTime<Utc>,
) -> Result<Option<i64>> {
    let saved = sqlx::query_scalar!(
        "insert into annotation_draft as d (project_id, task_id, user_id, annotation_id, result, lead_time_ms, revision,
            sitting, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $9, $8, $8)
        on conflict (project_id, task_id, user_id, (coalesce(annotation_id, 0))) do update set
            result = excluded.result,
            lead_time_ms = greatest(excluded.lead_time_ms, d.lead_time_ms),
            updated_at = excluded.updated_at,
            revision = greatest(excluded.revision, d.revision + 1),
            sitting = excluded.sitting
        where case when d.sitting = excluded.sitting then excluded.revision > d.revision else d.revision = $10 or $11 end
        returning revision",
        access.project_id().0,
        draft.task_id.0,
        me.0,
        draft.annotation_id.map(|id| id.0),
        Json(&draft.result) as _,
        draft.lead_time_ms.max(0),
        draft.revision,
        now,
        draft.sitting,
        draft.since,
        draft.is_chosen
    )
    .fetch_optional(&mut *conn)
    .await?;
    if saved.is_some() {
        return Ok(saved);
    }
    // Nothing was written: the same sitting was faster with a later save, or it is another one's.
    Ok(sqlx::query_scalar!(
        "select revision from annotation_draft
        where project_id = $1 and task_id = $2 and user_id = $3 and annotation_id is not distinct from $4 and sitting = $5",
        access.project_id().0,
        draft.task_id.0,
        me.0,
        draft.annotation_id.map(|id| id.0),
        draft.sitting
    )
    .fetch_optional(conn)
    .await?)
}

pub(super) async fn drop_draft(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    task_id: TaskId,
    annotation_id: Option<AnnotationId>,
) -> Result<()> {
    sqlx::query!(
        "delete from annotation_draft
        where project_id = $1 and task_id = $2 and user_id = $3 and annotation_id is not distinct from $4",
        access.project_id().0,
        task_id.0,
        me.0,
        annotation_id.map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a change of one annotation means for the project's counts.
pub(crate) struct SummaryChange {
    pub(crate) annotations: i64,
    pub(crate) skipped: i64,
    pub(crate) labeled_tasks: i64,
    /// Items that came and went.
    pub(crate) tally: Tally,
    /// When somebody last worked on it; `None` leaves that as it is.
    pub(crate) last_annotation_at: Option<DateTime<Utc>>,
}

/// Counts what a person has just done among the work of their day.
pub(super) async fn count_day(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    me: UserId,
    submission: &Submission,
    was_skipped: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into work_day (project_id, day, user_id, submitted_count, skipped_count, lead_time_ms)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (project_id, day, user_id) do update set
            submitted_count = work_day.submitted_count + excluded.submitted_count,
            skipped_count = work_day.skipped_count + excluded.skipped_count,
            lead_time_ms = work_day.lead_time_ms + excluded.lead_time_ms",
        access.project_id().0,
        now.date_naive(),
        me.0,
        i64::from(!was_skipped),
        i64::from(was_skipped),
        if was_skipped { 0 } else { submission.lead_time_ms.clamp(0, MAX_LEAD_TIME_MS) }
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Brings the summary up to date. Its row is locked from here to the commit: call it last.
pub(crate) async fn summarize(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    change: SummaryChange,
    now: DateTime<Utc>,
) -> Result<()> {
    let project_id = access.project_id().0;
    sqlx::query!("insert into project_summary (project_id) values ($1) on conflict do nothing", project_id)
        .execute(&mut *conn)
        .await?;
    let row = sqlx::query!(
        r#"select created_annotations as "annotations: Json<Value>", created_labels as "labels: Json<Value>"
        from project_summary where project_id = $1 for update"#,
        project_id
    )
    .fetch_one(&mut *conn)
    .await?;
    sqlx::query!(
        "update project_summary set annotation_count = annotation_count + $2,
            skipped_annotation_count = skipped_annotation_count + $3, labeled_task_count = labeled_task_count + $4,
            result_count = greatest(result_count + $5, 0), created_annotations = $6, created_labels = $7,
            last_annotation_at = greatest(last_annotation_at, $8), updated_at = $9
        where project_id = $1",
        project_id,
        change.annotations,
        change.skipped,
        change.labeled_tasks,
        change.tally.items,
        change.tally.controls_after(row.annotations.0),
        change.tally.labels_after(row.labels.0),
        change.last_annotation_at,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
