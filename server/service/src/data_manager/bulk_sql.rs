//! Statements that change many tasks, and what belongs to them, at once.

use chrono::{DateTime, Utc};
use domain::{
    data_manager::Cached,
    id::{AnnotationId, UserId},
    result::ResultItem,
    tally::RegionRow,
};
use serde_json::Value;
use sqlx::{PgConnection, types::Json};

use crate::{Result, access::ProjectAccess};

/// Holds tasks until the end of the transaction, in the order of their numbers, so that two at once wait for each other
/// and never for ever.
pub(super) use crate::task::lock_present as lock;

pub(super) struct Work {
    pub(super) annotation_id: i64,
    pub(super) task_id: i64,
    pub(super) result: Json<Vec<ResultItem>>,
    pub(super) was_cancelled: bool,
}

/// What was done on tasks, by everybody or by one person.
pub(super) async fn annotations(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    of: Option<UserId>,
) -> Result<Vec<Work>> {
    Ok(sqlx::query_as!(
        Work,
        r#"select annotation_id, task_id, result as "result: _", was_cancelled from annotation
        where project_id = $1 and task_id = any($2) and ($3::bigint is null or completed_by = $3)"#,
        access.project_id().0,
        tasks,
        of.map(|id| id.0)
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn delete_annotations(conn: &mut PgConnection, access: &ProjectAccess, ids: &[i64]) -> Result<()> {
    // Drafts of a change to them hang on the task, not on them.
    sqlx::query!(
        "delete from annotation_draft where project_id = $1 and annotation_id = any($2)",
        access.project_id().0,
        ids
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from annotation where project_id = $1 and annotation_id = any($2)",
        access.project_id().0,
        ids
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn delete_drafts(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    of: Option<UserId>,
) -> Result<()> {
    sqlx::query!(
        "delete from annotation_draft
        where project_id = $1 and task_id = any($2) and ($3::bigint is null or user_id = $3)",
        access.project_id().0,
        tasks,
        of.map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What was proposed for tasks, by all versions or by some.
pub(super) async fn predictions(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    versions: Option<&[String]>,
) -> Result<Vec<Json<Vec<ResultItem>>>> {
    Ok(sqlx::query_scalar!(
        r#"select result as "result: Json<Vec<ResultItem>>" from prediction
        where project_id = $1 and task_id = any($2) and ($3::text[] is null or model_version = any($3))"#,
        access.project_id().0,
        tasks,
        versions
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn delete_predictions(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    versions: Option<&[String]>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "with gone as (
            delete from prediction
            where project_id = $1 and task_id = any($2) and ($3::text[] is null or model_version = any($3))
            returning task_id
        ), counted as (select task_id, count(*)::integer as gone from gone group by task_id)
        update task t set prediction_count = greatest(t.prediction_count - c.gone, 0), updated_at = $4
        from counted c where t.project_id = $1 and t.task_id = c.task_id",
        access.project_id().0,
        tasks,
        versions,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) struct Proposal {
    pub(super) prediction_id: i64,
    pub(super) task_id: i64,
    pub(super) result: Json<Vec<ResultItem>>,
}

/// Predictions that no annotation began with, in the order they came.
pub(super) async fn proposals(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    versions: Option<&[String]>,
) -> Result<Vec<Proposal>> {
    Ok(sqlx::query_as!(
        Proposal,
        r#"select p.prediction_id, p.task_id, p.result as "result: _" from prediction p
        where p.project_id = $1 and p.task_id = any($2) and ($3::text[] is null or p.model_version = any($3))
            and not exists (select from annotation a where a.project_id = $1 and a.task_id = p.task_id
                and a.parent_prediction_id = p.prediction_id)
        order by p.task_id, p.prediction_id"#,
        access.project_id().0,
        tasks,
        versions
    )
    .fetch_all(conn)
    .await?)
}

/// An annotation that is copied.
pub(super) async fn source(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    annotation_id: AnnotationId,
) -> Result<Option<Work>> {
    Ok(sqlx::query_as!(
        Work,
        r#"select annotation_id, task_id, result as "result: _", was_cancelled from annotation
        where project_id = $1 and annotation_id = $2 and not was_cancelled"#,
        access.project_id().0,
        annotation_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// An annotation to be.
pub(super) struct NewWork {
    pub(super) task_id: i64,
    pub(super) prediction_id: Option<i64>,
    pub(super) result: Vec<ResultItem>,
}

/// The numbers of the new annotations, in their order.
pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    author: Option<UserId>,
    new: &[NewWork],
    now: DateTime<Utc>,
) -> Result<Vec<i64>> {
    let tasks: Vec<i64> = new.iter().map(|work| work.task_id).collect();
    let predictions: Vec<Option<i64>> = new.iter().map(|work| work.prediction_id).collect();
    let results: Vec<Value> = new
        .iter()
        .map(|work| serde_json::to_value(&work.result))
        .collect::<Result<_, _>>()
        .map_err(anyhow::Error::new)?;
    Ok(sqlx::query_scalar!(
        r#"with new as (
            select nextval(pg_get_serial_sequence('annotation', 'annotation_id')::regclass) as id, n.*
            from unnest($3::bigint[], $4::bigint[], $5::jsonb[]) with ordinality n (task_id, prediction_id, result, place)
        ), made as (
            insert into annotation (project_id, annotation_id, task_id, completed_by, result, result_count,
                label_config_hash, parent_prediction_id, created_at, updated_at)
            overriding system value
            select $1, id, task_id, $2, result, jsonb_array_length(result),
                (select label_config_hash from project where project_id = $1), prediction_id, $6, $6
            from new
        )
        select id as "id!" from new order by place"#,
        access.project_id().0,
        author.map(|id| id.0),
        &tasks,
        &predictions as _,
        &results,
        now
    )
    .fetch_all(conn)
    .await?)
}

/// One row per item of the results of new annotations.
pub(super) async fn insert_regions(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ids: &[i64],
    new: &[NewWork],
) -> Result<()> {
    let mut rows = Vec::new();
    for (id, work) in ids.iter().zip(new) {
        for row in RegionRow::all(&work.result) {
            let mut row = serde_json::to_value(row).map_err(anyhow::Error::new)?;
            row["annotation_id"] = (*id).into();
            row["task_id"] = work.task_id.into();
            rows.push(row);
        }
    }
    sqlx::query!(
        "insert into region (project_id, annotation_id, position, task_id, region_key, from_name, to_name, type, labels,
            x, y, width, height, area)
        select $1, r.annotation_id, r.position, r.task_id, r.region_key, r.from_name, r.to_name, r.type, r.labels, r.x, r.y,
            r.width, r.height, r.area
        from jsonb_to_recordset($2) as r(annotation_id bigint, task_id bigint, position integer, region_key text,
            from_name text, to_name text, type text, labels text[], x float8, y float8, width float8, height float8,
            area float8)",
        access.project_id().0,
        Value::Array(rows)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts the annotations of locked tasks anew. Returns those that have all they need since, and those that have not any
/// more. Skips count where they are ignored.
pub(super) async fn recount(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    now: DateTime<Utc>,
) -> Result<Vec<(i64, bool)>> {
    let rows = sqlx::query!(
        r#"with counted as (
            select t.task_id, t.is_labeled as was_labeled,
                (count(*) filter (where not a.was_cancelled and not a.ground_truth))::integer as valid,
                (count(*) filter (where a.was_cancelled))::integer as cancelled
            from task t left join annotation a on a.project_id = t.project_id and a.task_id = t.task_id
            where t.project_id = $1 and t.task_id = any($2) group by t.project_id, t.task_id
        ), judged as (
            select c.*, c.valid + case when p.skip_queue = 'IGNORE_SKIPPED' then c.cancelled else 0 end >= t.overlap as labeled
            from counted c join task t on t.project_id = $1 and t.task_id = c.task_id
            join project p on p.project_id = $1
        ), changed as (
            update task t set annotation_count = j.valid, cancelled_count = j.cancelled, is_labeled = j.labeled,
                completed_at = case when not j.labeled then null when j.was_labeled then t.completed_at else $3 end,
                updated_at = $3
            from judged j where t.project_id = $1 and t.task_id = j.task_id
            returning t.task_id, j.was_labeled, j.labeled
        )
        select task_id as "task_id!", labeled as "labeled!" from changed where labeled <> was_labeled"#,
        access.project_id().0,
        tasks,
        now
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.task_id, row.labeled)).collect())
}

pub(super) struct LabelRow {
    pub(super) task_id: i64,
    pub(super) label: String,
    pub(super) count: i64,
}

/// How often each label was used on each task.
pub(super) async fn labels(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    cached: &Cached,
) -> Result<Vec<LabelRow>> {
    let project_id = access.project_id().0;
    let control = cached.control.as_deref();
    if cached.of_predictions {
        return Ok(sqlx::query_as!(
            LabelRow,
            r#"select r.task_id, label as "label!", count(*) as "count!" from prediction_region r, unnest(r.labels) label
            where r.project_id = $1 and r.task_id = any($2) and ($3::text is null or r.from_name = $3) group by 1, 2"#,
            project_id,
            tasks,
            control
        )
        .fetch_all(conn)
        .await?);
    }
    Ok(sqlx::query_as!(
        LabelRow,
        r#"select r.task_id, label as "label!", count(*) as "count!" from region r, unnest(r.labels) label
        where r.project_id = $1 and r.task_id = any($2) and ($3::text is null or r.from_name = $3) group by 1, 2"#,
        project_id,
        tasks,
        control
    )
    .fetch_all(conn)
    .await?)
}

/// What tasks say in a field, where they have it.
pub(super) async fn field(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    name: &str,
) -> Result<Vec<Option<Value>>> {
    Ok(sqlx::query_scalar!(
        "select data -> $3::text from task where project_id = $1 and task_id = any($2)",
        access.project_id().0,
        tasks,
        name
    )
    .fetch_all(conn)
    .await?)
}

/// Returns how many tasks there were.
pub(super) async fn set_field(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    name: &str,
    values: &[Value],
    now: DateTime<Utc>,
) -> Result<i64> {
    let updated = sqlx::query!(
        "update task t set data = t.data || jsonb_build_object($4::text, n.value), updated_at = $5
        from unnest($2::bigint[], $3::jsonb[]) n (task_id, value)
        where t.project_id = $1 and t.task_id = n.task_id",
        access.project_id().0,
        tasks,
        values,
        name,
        now
    )
    .execute(conn)
    .await?;
    Ok(i64::try_from(updated.rows_affected()).unwrap_or(i64::MAX))
}

/// Annotations in which a control gave a label.
pub(super) async fn labeled(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    control: &str,
    label: &str,
) -> Result<Vec<Work>> {
    Ok(sqlx::query_as!(
        Work,
        r#"select a.annotation_id, a.task_id, a.result as "result: _", a.was_cancelled from annotation a
        where a.project_id = $1 and a.task_id = any($2) and not a.was_cancelled
            and exists (select from region r where r.project_id = $1 and r.annotation_id = a.annotation_id
                and r.from_name = $3 and exists (select from unnest(r.labels) step
                    where step = $4 or $4 = any(string_to_array(step, '/'))))
        order by a.annotation_id"#,
        access.project_id().0,
        tasks,
        control,
        label
    )
    .fetch_all(conn)
    .await?)
}

/// Puts another result in the place of the one before.
pub(super) async fn replace(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    annotation_id: AnnotationId,
    result: &[ResultItem],
    who: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update annotation set result = $3, updated_at = $4, updated_by = $5 where project_id = $1 and annotation_id = $2",
        access.project_id().0,
        annotation_id.0,
        Json(result) as _,
        now,
        who.map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Moves what people did and said from some tasks to others, place by place. What models proposed stays: the kept task has
/// the same data, and its own proposals. Leases end with their task; of drafts without an annotation a person keeps the one on
/// the kept task, or else the newest.
pub(super) async fn move_work(conn: &mut PgConnection, access: &ProjectAccess, from: &[i64], to: &[i64]) -> Result<()> {
    let project_id = access.project_id().0;
    sqlx::query!(
        "with moved as (select * from unnest($2::bigint[], $3::bigint[]) m (dropped, kept)),
        annotations as (
            update annotation a set task_id = m.kept from moved m where a.project_id = $1 and a.task_id = m.dropped
        ), regions as (
            update region r set task_id = m.kept from moved m where r.project_id = $1 and r.task_id = m.dropped
        ), finished as (
            update assignment l set task_id = m.kept from moved m
            where l.project_id = $1 and l.task_id = m.dropped and l.state <> 'lease'
        ), newest as (
            select distinct on (m.kept, d.user_id) d.annotation_draft_id
            from annotation_draft d join moved m on d.task_id = m.dropped
            where d.project_id = $1 and d.annotation_id is null and not exists (select from annotation_draft k
                where k.project_id = $1 and k.task_id = m.kept and k.user_id = d.user_id and k.annotation_id is null)
            order by m.kept, d.user_id, d.updated_at desc
        ), drafts as (
            update annotation_draft d set task_id = m.kept from moved m
            where d.project_id = $1 and d.task_id = m.dropped
                and (d.annotation_id is not null or d.annotation_draft_id in (select annotation_draft_id from newest))
        )
        update comment c set task_id = m.kept from moved m where c.project_id = $1 and c.task_id = m.dropped",
        project_id,
        from,
        to
    )
    .execute(conn)
    .await?;
    Ok(())
}
