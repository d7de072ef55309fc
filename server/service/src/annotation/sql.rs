//! Statements of the annotation area.

use chrono::{DateTime, Utc};
use domain::{
    annotation::{DraftToSave, MAX_EARLIER, Submission},
    id::{AnnotationId, AssignmentId, PredictionId, TaskId, UserId},
    result::ResultItem,
    tally::{RegionRow, Tally},
};
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{Cx, Result, access::ProjectAccess, project::count, task::record::AnnotationRecord};

/// What decides about a submission: what its project asks, and what the person has to do with its task.
pub(super) struct Facts {
    pub(super) label_config: String,
    pub(super) label_config_hash: i64,
    pub(super) enable_empty_annotation: bool,
    pub(super) show_skip_button: bool,
    pub(super) ignores_skipped: bool,
    pub(super) state: String,
    /// Whether any webhook of the organization may want to know.
    pub(super) is_listened: bool,
    /// What a submission of theirs with this key did.
    pub(super) known: Option<AnnotationId>,
    /// Whether they have submitted the task.
    pub(super) has_submitted: bool,
    /// Whether they were ever given the task, or have worked on it.
    pub(super) has_business: bool,
    /// Their lease, if they hold it.
    pub(super) lease: Option<AssignmentId>,
}

/// Asked behind the lock of the task: of two copies sent at the same moment the second sees what the first did.
pub(super) async fn facts(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    author: UserId,
    task_id: TaskId,
    key: Option<Uuid>,
) -> Result<Facts> {
    Ok(sqlx::query_as!(
        Facts,
        r#"select label_config, label_config_hash, enable_empty_annotation, show_skip_button,
            skip_queue = 'IGNORE_SKIPPED' as "ignores_skipped!", state,
            exists (select from webhook w where w.organization_id = p.organization_id and w.is_active) as "is_listened!",
            (select case when a.completed_by = $2 then a.annotation_id end from annotation a
                where a.project_id = $1 and a.submission_key = $4) as "known: AnnotationId",
            exists (select from annotation a where a.project_id = $1 and a.task_id = $3 and a.completed_by = $2
                and not a.was_cancelled and not a.ground_truth) as "has_submitted!",
            (exists (select from assignment s where s.project_id = $1 and s.user_id = $2 and s.task_id = $3)
                or exists (select from annotation a where a.project_id = $1 and a.completed_by = $2 and a.task_id = $3))
                as "has_business!",
            (select s.assignment_id from assignment s where s.project_id = $1 and s.task_id = $3 and s.user_id = $2
                and s.state = 'lease') as "lease: AssignmentId"
        from project p where p.project_id = $1"#,
        access.project_id().0,
        author.0,
        task_id.0,
        key
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
    pub(super) cancelled_count: i32,
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
        "select overlap, annotation_count, cancelled_count, lease_count, is_labeled
        from task where project_id = $1 and task_id = $2 for update",
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

/// An annotation that is new, and what comes with it.
pub(super) struct HandIn<'a> {
    pub(super) task_id: TaskId,
    pub(super) author: UserId,
    pub(super) key: Option<Uuid>,
    pub(super) result: &'a [ResultItem],
    pub(super) was_cancelled: bool,
    pub(super) ground_truth: bool,
    pub(super) lead_time_ms: Option<i64>,
    pub(super) prediction_id: Option<PredictionId>,
    /// The work on the same task that it began with.
    pub(super) parent_id: Option<AnnotationId>,
    pub(super) config_hash: i64,
    /// The author's lease: it is over.
    pub(super) lease: Option<AssignmentId>,
    /// Whether the task has all it needs from now on.
    pub(super) is_labeled: bool,
    /// Whether it had not until now.
    pub(super) is_newly_labeled: bool,
    /// Whether a person did this on the label page or as if there: it counts as work of their day, and what they kept as a
    /// draft is handed in.
    pub(super) is_work: bool,
    /// Changes of state that are recorded, besides that of the annotation itself.
    pub(super) changes: Vec<Change>,
    /// The state that is recorded of the annotation; none leaves it to the others.
    pub(super) state: Option<&'static str>,
    pub(super) now: DateTime<Utc>,
}

/// `from`, `to`, by which `transition`.
pub(super) struct Change {
    pub(super) entity: &'static str,
    pub(super) entity_id: i64,
    pub(super) from: &'static str,
    pub(super) to: &'static str,
    pub(super) transition: &'static str,
}

impl Change {
    pub(super) fn of_lease(lease: AssignmentId, to: &'static str, transition: &'static str) -> Self {
        Self { entity: "assignment", entity_id: lease.0, from: "lease", to, transition }
    }

    pub(super) fn labeled(task_id: TaskId) -> Self {
        Self { entity: "task", entity_id: task_id.0, from: "open", to: "labeled", transition: "complete" }
    }
}

/// Writes an annotation and all that follows from it, and tells what is stored: in one statement, since people wait for it. The task is locked.
/// `None` when the key is taken; nothing of it may stay then.
pub(super) async fn hand_in(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    new: HandIn<'_>,
) -> Result<Option<AnnotationRecord>> {
    let rows = if new.was_cancelled { Vec::new() } else { RegionRow::all(new.result) };
    let regions = serde_json::to_value(rows).map_err(anyhow::Error::new)?;
    let annotation = new.state.map(|to| (cx.new_uuid(), to));
    let ids: Vec<Uuid> = new.changes.iter().map(|_| cx.new_uuid()).collect();
    let entities: Vec<&str> = new.changes.iter().map(|change| change.entity).collect();
    let entity_ids: Vec<i64> = new.changes.iter().map(|change| change.entity_id).collect();
    let from: Vec<&str> = new.changes.iter().map(|change| change.from).collect();
    let to: Vec<&str> = new.changes.iter().map(|change| change.to).collect();
    let transitions: Vec<&str> = new.changes.iter().map(|change| change.transition).collect();
    let lead_time = new.lead_time_ms.map(|time| time.max(0));
    let mut tally = Tally::default();
    if !new.was_cancelled {
        tally.add(new.result, 1);
    }
    count::now_and_then(cx, access.project_id());
    Ok(sqlx::query_as!(
        AnnotationRecord,
        r#"with made as (
            insert into annotation (project_id, task_id, completed_by, result, result_count, was_cancelled, ground_truth,
                lead_time_ms, label_config_hash, parent_prediction_id, submission_key, created_at, updated_at,
                parent_annotation_id)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9,
                (select prediction_id from prediction where project_id = $1 and task_id = $2 and prediction_id = $10),
                $11, $12, $12,
                (select annotation_id from annotation where project_id = $1 and task_id = $2 and annotation_id = $29))
            on conflict on constraint annotation_was_already_submitted do nothing
            returning *
        ), regions as (
            insert into region (project_id, annotation_id, position, task_id, region_key, from_name, to_name, type, labels,
                x, y, width, height, area)
            select $1, m.annotation_id, r.position, $2, r.region_key, r.from_name, r.to_name, r.type, r.labels, r.x, r.y,
                r.width, r.height, r.area
            from made m, jsonb_to_recordset($13) as r(position integer, region_key text, from_name text, to_name text,
                type text, labels text[], x float8, y float8, width float8, height float8, area float8)
        ), lease as (
            update assignment set state = case when $6 then 'skipped' else 'completed' end, finished_at = $12
            where project_id = $1 and task_id = $2 and user_id = $3 and assignment_id = $14 and state = 'lease'
        ), counted as (
            update task set annotation_count = annotation_count + (not $6 and not $7)::int,
                cancelled_count = cancelled_count + $6::int, lease_count = lease_count - ($14::bigint is not null)::int,
                is_labeled = $15, completed_at = case when $15 and not is_labeled then $12 else completed_at end,
                updated_at = $12
            where project_id = $1 and task_id = $2
        ), draft as (
            delete from annotation_draft
            where $16 and project_id = $1 and task_id = $2 and user_id = $3 and annotation_id is null
        ), day as (
            insert into work_day (project_id, day, user_id, submitted_count, skipped_count, lead_time_ms)
            select $1, $17, $3, (not $6)::int, $6::int, case when $6 then 0 else least(coalesce($8, 0), $18::bigint) end where $16
            on conflict (project_id, day, user_id) do update set
                submitted_count = work_day.submitted_count + excluded.submitted_count,
                skipped_count = work_day.skipped_count + excluded.skipped_count,
                lead_time_ms = work_day.lead_time_ms + excluded.lead_time_ms
        ), recorded as (
            insert into state_transition (state_transition_id, organization_id, project_id, entity, entity_id, from_state,
                to_state, transition, actor_id, data, occurred_at)
            select c.id, $19::bigint, $1, c.entity, c.entity_id, c.from_state, c.to_state, c.transition, $20::bigint,
                jsonb_build_object('task_id', $2::bigint), $12
            from unnest($21::uuid[], $22::text[], $23::bigint[], $24::text[], $25::text[], $26::text[])
                c(id, entity, entity_id, from_state, to_state, transition)
            union all
            select $27::uuid, $19, $1, 'annotation', m.annotation_id, null, $28::text, 'submit', $20,
                jsonb_build_object('task_id', $2::bigint), $12
            from made m where $28 is not null
        ), noted as (
            insert into project_summary_change (project_id, labeled_task_count, annotation_count, skipped_annotation_count,
                result_count, created_annotations, created_labels, last_annotation_at, updated_at)
            select $1, $30::boolean::int, (not $6)::int, $6::int, $31::bigint, $32::jsonb, $33::jsonb, $12, $12 from made
        )
        select a.annotation_id as "annotation_id: _", a.task_id as "task_id: _", a.project_id as "project_id: _",
            a.completed_by as "completed_by: _", u.name as "completed_by_name?", u.email as "completed_by_email?",
            a.updated_by as "updated_by: _", a.result as "result: _", a.result_count, a.was_cancelled, a.ground_truth,
            a.lead_time_ms, a.parent_prediction_id as "parent_prediction_id: _",
            a.parent_annotation_id as "parent_annotation_id: _", a.project_import_id as import_id,
            a.created_at, a.updated_at
        from made a left join user_account u on u.user_id = a.completed_by"#,
        access.project_id().0,
        new.task_id.0,
        new.author.0,
        Json(new.result) as _,
        i32::try_from(new.result.len()).unwrap_or(i32::MAX),
        new.was_cancelled,
        new.ground_truth,
        lead_time,
        new.config_hash,
        new.prediction_id.map(|id| id.0),
        new.key,
        new.now,
        regions,
        new.lease.map(|id| id.0),
        new.is_labeled,
        new.is_work,
        new.now.date_naive(),
        MAX_LEAD_TIME_MS,
        access.org_id().0,
        access.user_id().map(|id| id.0),
        &ids,
        &entities as _,
        &entity_ids,
        &from as _,
        &to as _,
        &transitions as _,
        annotation.map(|(id, _)| id),
        annotation.map(|(_, to)| to),
        new.parent_id.map(|id| id.0),
        new.is_newly_labeled,
        tally.items,
        tally.controls(),
        tally.labels(),
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

/// Notes it, with the tasks that are labeled now. Nobody waits for that: see [`count`].
pub(crate) async fn summarize(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    change: SummaryChange,
    now: DateTime<Utc>,
) -> Result<()> {
    note_change(conn, access, change, now).await?;
    count::now_and_then(cx, access.project_id());
    Ok(())
}

/// As [`summarize`], for those who put the changes together themselves.
pub(crate) async fn note_change(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    change: SummaryChange,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into project_summary_change (project_id, labeled_task_count, annotation_count, skipped_annotation_count,
            result_count, created_annotations, created_labels, last_annotation_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        access.project_id().0,
        change.labeled_tasks,
        change.annotations,
        change.skipped,
        change.tally.items,
        change.tally.controls(),
        change.tally.labels(),
        change.last_annotation_at,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
