//! Statements about runs that bring tasks up to date.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    id::{FileId, ImportId, PredictionId, ReimportId, TaskId, UserId},
    import::{
        NewPrediction,
        reimport::{Change, LookedRow, Outcome, Present, ReimportRun, ReimportStatus, Rules},
    },
    result::ResultItem,
};
use futures::{Stream, TryStreamExt};
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};

use super::judge::{Judged, Verdict, as_json};
use crate::{Result, access::ProjectAccess, task::lock_present};

/// Takes predictions of locked tasks away; returns what they proposed.
pub(super) use crate::prediction::delete_many as delete_predictions;

/// How many rows of a kind are kept for people.
const MAX_KEPT: i64 = 1_000;
/// How many fields are told.
const MAX_FIELDS: usize = 100;

/// A run to be.
pub(super) struct New<'a> {
    pub(super) name: &'a str,
    pub(super) files: &'a [FileId],
    pub(super) rules: &'a Rules,
    pub(super) bytes: u64,
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    new: &New<'_>,
    now: DateTime<Utc>,
) -> Result<ReimportId> {
    let files: Vec<i64> = new.files.iter().map(|id| id.0).collect();
    Ok(sqlx::query_scalar!(
        r#"insert into project_reimport (project_id, created_by, source_name, file_upload_ids, rules, bytes_total, created_at,
            updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7) returning project_reimport_id as "id: ReimportId""#,
        access.project_id().0,
        access.user_id().map(|id| id.0),
        new.name,
        &files,
        Json(new.rules) as _,
        i64::try_from(new.bytes).unwrap_or(i64::MAX),
        now
    )
    .fetch_one(conn)
    .await?)
}

pub(super) async fn runs(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: Option<ReimportId>,
    limit: i64,
) -> Result<Vec<ReimportRun>> {
    let rows = sqlx::query!(
        r#"select r.project_reimport_id as "reimport_id: ReimportId", r.status, r.source_name,
            r.rules as "rules: Json<Rules>", r.error, r.bytes_total, r.bytes_done, r.new_count, r.changed_count,
            r.unchanged_count, r.conflict_count, r.changed_fields as "fields: Json<BTreeMap<String, u64>>", r.task_count,
            r.created_count, r.prediction_count, r.created_at, r.finished_at, u.name as "started_by?"
        from project_reimport r left join user_account u on u.user_id = r.created_by
        where r.project_id = $1 and ($2::bigint is null or r.project_reimport_id = $2)
        order by r.project_reimport_id desc limit $3"#,
        access.project_id().0,
        reimport_id.map(|id| id.0),
        limit
    )
    .fetch_all(conn)
    .await?;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    let runs = rows.into_iter().map(|row| {
        let mut fields: Vec<(String, u64)> = row.fields.0.into_iter().collect();
        fields.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        fields.truncate(MAX_FIELDS);
        ReimportRun {
            reimport_id: row.reimport_id,
            status: ReimportStatus::from_name(&row.status).unwrap_or(ReimportStatus::Failed),
            source_name: row.source_name,
            rules: row.rules.0,
            error: row.error,
            bytes_total: count(row.bytes_total),
            bytes_done: count(row.bytes_done),
            new: count(row.new_count),
            changed: count(row.changed_count),
            unchanged: count(row.unchanged_count),
            conflicts: count(row.conflict_count),
            fields,
            updated: count(row.task_count),
            created: count(row.created_count),
            predictions: count(row.prediction_count),
            started_by: row.started_by,
            created_at: row.created_at,
            finished_at: row.finished_at,
        }
    });
    Ok(runs.collect())
}

pub(super) async fn rows(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: ReimportId,
    outcome: Outcome,
    after: i64,
    limit: i64,
) -> Result<Vec<LookedRow>> {
    let rows = sqlx::query!(
        r#"select r.position, r.source_name, r.row_number, r.key, r.task_id as "task_id: TaskId", r.fields, r.reason,
            t.inner_id as "inner_id?"
        from project_reimport_row r left join task t on t.project_id = r.project_id and t.task_id = r.task_id
        where r.project_id = $1 and r.project_reimport_id = $2 and r.outcome = $3 and r.position > $4
        order by r.position limit $5"#,
        access.project_id().0,
        reimport_id.0,
        outcome.as_str(),
        after,
        limit
    )
    .fetch_all(conn)
    .await?;
    let rows = rows.into_iter().map(|row| LookedRow {
        position: row.position,
        source_name: row.source_name,
        row_number: row.row_number,
        outcome,
        key: row.key,
        task_id: row.task_id,
        inner_id: row.inner_id,
        fields: serde_json::from_value(row.fields).unwrap_or_default(),
        reason: row.reason,
    });
    Ok(rows.collect())
}

/// Turns a run from one status to another; `false` where it has another one.
pub(super) async fn turn(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: ReimportId,
    from: ReimportStatus,
    to: ReimportStatus,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update project_reimport set status = $4, bytes_done = case when $4 = 'ready' then bytes_total else 0 end,
            updated_at = $5
        where project_id = $1 and project_reimport_id = $2 and status = $3",
        access.project_id().0,
        reimport_id.0,
        from.as_str(),
        to.as_str(),
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Ends a run; `false` where it is over already.
pub(super) async fn end(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: ReimportId,
    status: ReimportStatus,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update project_reimport set status = $3, error = $4, finished_at = $5, updated_at = $5,
            bytes_done = case when $3 = 'completed' then bytes_total else bytes_done end
        where project_id = $1 and project_reimport_id = $2 and status in ('created', 'in_progress', 'ready', 'applying')",
        access.project_id().0,
        reimport_id.0,
        status.as_str(),
        error,
        now
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// What the job needs to know of a run.
pub(super) struct Taken {
    pub(super) status: String,
    pub(super) source_name: String,
    pub(super) files: Vec<i64>,
    pub(super) rules: Json<Rules>,
    pub(super) checkpoint: i64,
    pub(super) label_config: String,
}

/// Takes a run on. A look begins anew, with nothing found; applying goes on where it was. `None` when there is nothing to do.
pub(super) async fn take(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: ReimportId,
    now: DateTime<Utc>,
) -> Result<Option<Taken>> {
    sqlx::query!(
        "delete from project_reimport_row r using project_reimport p
        where r.project_id = $1 and r.project_reimport_id = $2 and p.project_id = $1 and p.project_reimport_id = $2
            and p.status in ('created', 'in_progress')",
        access.project_id().0,
        reimport_id.0
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update project_reimport set status = 'in_progress', bytes_done = 0, new_count = 0, changed_count = 0,
            unchanged_count = 0, conflict_count = 0, changed_fields = '{}', updated_at = $3
        where project_id = $1 and project_reimport_id = $2 and status in ('created', 'in_progress')",
        access.project_id().0,
        reimport_id.0,
        now
    )
    .execute(&mut *conn)
    .await?;
    Ok(sqlx::query_as!(
        Taken,
        r#"select r.status, r.source_name, r.file_upload_ids as files, r.rules as "rules: _", r.checkpoint, p.label_config
        from project_reimport r join project p using (project_id)
        where r.project_id = $1 and r.project_reimport_id = $2 and r.status in ('in_progress', 'applying')"#,
        access.project_id().0,
        reimport_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// Locks the run; `false` when it was stopped, or is no longer at this.
pub(super) async fn still(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: ReimportId,
    status: ReimportStatus,
) -> Result<bool> {
    let found = sqlx::query_scalar!(
        "select status from project_reimport where project_id = $1 and project_reimport_id = $2 for update",
        access.project_id().0,
        reimport_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.as_deref() == Some(status.as_str()))
}

/// Every task with what it has in a field.
pub(super) fn keys<'c>(
    conn: &'c mut PgConnection,
    access: &ProjectAccess,
    field: &'c str,
) -> impl Stream<Item = Result<(TaskId, Value), sqlx::Error>> + 'c {
    sqlx::query!(
        r#"select task_id as "task_id: TaskId", data -> $2 as "value!" from task
        where project_id = $1 and data -> $2 is not null order by task_id"#,
        access.project_id().0,
        field
    )
    .fetch(conn)
    .map_ok(|row| (row.task_id, row.value))
}

/// Tasks as they are, in the order of their numbers; with predictions where they matter.
pub(super) async fn present(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    proposed: &[i64],
    locks: bool,
) -> Result<HashMap<i64, Present>> {
    let project_id = access.project_id().0;
    if locks {
        // Whoever changes a task holds its lock, taken in the order of their numbers.
        lock_present(conn, access, tasks).await?;
    }
    let rows = sqlx::query!(
        r#"select task_id, data as "data: Json<Map<String, Value>>", meta as "meta: Json<Map<String, Value>>" from task
        where project_id = $1 and task_id = any($2)"#,
        project_id,
        tasks
    )
    .fetch_all(&mut *conn)
    .await?;
    let present = rows.into_iter().map(|row| {
        let meta = row.meta.map(|meta| meta.0);
        (row.task_id, Present { data: row.data.0, meta, predictions: Vec::new() })
    });
    let mut present: HashMap<i64, Present> = present.collect();
    if proposed.is_empty() {
        return Ok(present);
    }
    let rows = sqlx::query!(
        r#"select prediction_id as "prediction_id: PredictionId", task_id, model_version, score,
            result as "result: Json<Vec<ResultItem>>"
        from prediction where project_id = $1 and task_id = any($2) order by prediction_id"#,
        project_id,
        proposed
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        if let Some(task) = present.get_mut(&row.task_id) {
            let (result, model_version) = (row.result.0, Some(row.model_version));
            task.predictions.push((row.prediction_id, NewPrediction { result, score: row.score, model_version }));
        }
    }
    Ok(present)
}

/// What a batch of the look found.
pub(super) struct Found<'a> {
    pub(super) judged: &'a [Judged],
    pub(super) fields: &'a HashMap<String, i64>,
    pub(super) bytes_done: u64,
}

/// Counts what was found, and keeps the first rows of each kind.
pub(super) async fn keep(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: ReimportId,
    found: &Found<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let count = |wanted: Option<Outcome>| {
        let of_kind = found.judged.iter().filter(|one| one.verdict.outcome() == wanted);
        i64::try_from(of_kind.count()).unwrap_or(i64::MAX)
    };
    let told: Vec<&Judged> = found.judged.iter().filter(|one| one.verdict.outcome().is_some()).collect();
    let clean = |text: &str| text.replace('\0', "\u{fffd}");
    let positions: Vec<i64> = told.iter().map(|one| one.row.position).collect();
    let outcomes: Vec<String> =
        told.iter().filter_map(|one| one.verdict.outcome()).map(|outcome| outcome.as_str().to_owned()).collect();
    let sources: Vec<String> = told.iter().map(|one| clean(&one.row.source)).collect();
    let numbers: Vec<i64> = told.iter().map(|one| one.row.number).collect();
    let keys: Vec<String> = told.iter().map(|one| clean(&one.key)).collect();
    let (mut tasks, mut fields, mut reasons) = (Vec::new(), Vec::new(), Vec::new());
    for one in &told {
        let (task, changed, reason) = match &one.verdict {
            Verdict::Changed(task_id, change) => (Some(task_id.0), as_json(change), String::new()),
            Verdict::Conflict(reason) => (None, Value::Array(Vec::new()), clean(reason)),
            Verdict::New(_) | Verdict::Unchanged => (None, Value::Array(Vec::new()), String::new()),
        };
        tasks.push(task);
        fields.push(changed);
        reasons.push(reason);
    }
    sqlx::query!(
        "insert into project_reimport_row (project_id, project_reimport_id, position, outcome, source_name, row_number, key,
            task_id, fields, reason)
        select $1, $2, n.position, n.outcome, n.source_name, n.row_number, n.key, n.task_id, n.fields, n.reason
        from (select *, row_number() over (partition by outcome order by position) as place
            from unnest($3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::bigint[], $9::jsonb[], $10::text[])
            as r (position, outcome, source_name, row_number, key, task_id, fields, reason)) n
        join project_reimport p on p.project_id = $1 and p.project_reimport_id = $2
        where n.place + case n.outcome when 'new' then p.new_count when 'changed' then p.changed_count
            else p.conflict_count end <= $11",
        access.project_id().0,
        reimport_id.0,
        &positions,
        &outcomes,
        &sources,
        &numbers,
        &keys,
        &tasks as &[Option<i64>],
        &fields,
        &reasons,
        MAX_KEPT
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "update project_reimport set new_count = new_count + $3, changed_count = changed_count + $4,
            unchanged_count = unchanged_count + $5, conflict_count = conflict_count + $6, changed_fields = $7,
            bytes_done = $8, updated_at = $9
        where project_id = $1 and project_reimport_id = $2",
        access.project_id().0,
        reimport_id.0,
        count(Some(Outcome::New)),
        count(Some(Outcome::Changed)),
        count(None),
        count(Some(Outcome::Conflict)),
        Json(found.fields) as _,
        i64::try_from(found.bytes_done).unwrap_or(i64::MAX),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes data and meta of locked tasks.
pub(super) async fn update(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    changes: &[(TaskId, &Change)],
    now: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<i64> = changes.iter().map(|(id, _)| id.0).collect();
    let object = |map: &Option<Map<String, Value>>| map.clone().map(Value::Object);
    let data: Vec<Option<Value>> = changes.iter().map(|(_, change)| object(&change.data)).collect();
    let meta: Vec<Option<Value>> = changes.iter().map(|(_, change)| object(&change.meta)).collect();
    sqlx::query!(
        "update task t set data = coalesce(n.data, t.data), meta = coalesce(n.meta, t.meta), updated_at = $5
        from unnest($2::bigint[], $3::jsonb[], $4::jsonb[]) as n (task_id, data, meta)
        where t.project_id = $1 and t.task_id = n.task_id",
        access.project_id().0,
        &ids,
        &data as &[Option<Value>],
        &meta as &[Option<Value>],
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a batch has done.
#[derive(Default)]
pub(super) struct Done {
    pub(super) updated: i64,
    pub(super) created: i64,
    pub(super) predictions: i64,
    pub(super) checkpoint: i64,
    pub(super) bytes_done: u64,
}

pub(super) async fn progress(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: ReimportId,
    done: &Done,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update project_reimport set task_count = task_count + $3, created_count = created_count + $4,
            prediction_count = prediction_count + $5, checkpoint = greatest(checkpoint, $6), bytes_done = $7, updated_at = $8
        where project_id = $1 and project_reimport_id = $2",
        access.project_id().0,
        reimport_id.0,
        done.updated,
        done.created,
        done.predictions,
        done.checkpoint,
        i64::try_from(done.bytes_done).unwrap_or(i64::MAX),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The run that new tasks come in with, once there is one.
pub(super) async fn import_of(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: ReimportId,
) -> Result<(Option<ImportId>, Option<UserId>)> {
    let row = sqlx::query!(
        r#"select project_import_id as "import_id: ImportId", created_by as "created_by: UserId" from project_reimport
        where project_id = $1 and project_reimport_id = $2"#,
        access.project_id().0,
        reimport_id.0
    )
    .fetch_one(conn)
    .await?;
    Ok((row.import_id, row.created_by))
}

pub(super) async fn set_import(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    reimport_id: ReimportId,
    import_id: ImportId,
    author: Option<UserId>,
) -> Result<()> {
    sqlx::query!(
        "update project_reimport set project_import_id = $3 where project_id = $1 and project_reimport_id = $2",
        access.project_id().0,
        reimport_id.0,
        import_id.0
    )
    .execute(&mut *conn)
    .await?;
    // Begun by the job, in the name of whoever ordered it.
    sqlx::query!(
        "update project_import set created_by = $3 where project_id = $1 and project_import_id = $2",
        access.project_id().0,
        import_id.0,
        author.map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// New tasks of a batch, in the run they came in with.
pub(super) async fn count_new(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    import_id: ImportId,
    counts: &crate::import::summary::Counts,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update project_import set row_count = row_count + $3, task_count = task_count + $3,
            annotation_count = annotation_count + $4, prediction_count = prediction_count + $5, updated_at = $6
        where project_id = $1 and project_import_id = $2",
        access.project_id().0,
        import_id.0,
        counts.tasks,
        counts.annotations + counts.skipped,
        counts.predictions,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
