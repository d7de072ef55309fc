//! Statements about predictions.

use chrono::{DateTime, Utc};
use domain::{
    id::{PredictionId, TaskId},
    result::ResultItem,
    tally::RegionRow,
};
use sqlx::{PgConnection, types::Json};

use super::{ModelVersion, NewPrediction, PredictionPatch};
use crate::{Result, access::ProjectAccess, task::record::PredictionRecord};

pub(super) use crate::task::lock_present;

pub(super) async fn page(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: Option<TaskId>,
    offset: i64,
    limit: i64,
) -> Result<Vec<PredictionRecord>> {
    Ok(sqlx::query_as!(
        PredictionRecord,
        r#"select prediction_id as "prediction_id: _", task_id as "task_id: _", project_id as "project_id: _",
            model_version, score, result as "result: _", created_at, updated_at
        from prediction where project_id = $1 and ($2::bigint is null or task_id = $2)
        order by prediction_id offset $3 limit $4"#,
        access.project_id().0,
        task_id.map(|id| id.0),
        offset,
        limit
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn get(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    prediction_id: PredictionId,
) -> Result<Option<PredictionRecord>> {
    Ok(sqlx::query_as!(
        PredictionRecord,
        r#"select prediction_id as "prediction_id: _", task_id as "task_id: _", project_id as "project_id: _",
            model_version, score, result as "result: _", created_at, updated_at
        from prediction where project_id = $1 and prediction_id = $2"#,
        access.project_id().0,
        prediction_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// Locks tasks in the order of their numbers; the first that is not there, if any is not.
pub(super) async fn lock_tasks(conn: &mut PgConnection, access: &ProjectAccess, tasks: &[i64]) -> Result<Option<i64>> {
    let found = lock_present(conn, access, tasks).await?;
    Ok(tasks.iter().find(|task| found.binary_search(task).is_err()).copied())
}

/// What a version said last of a task.
pub(super) async fn of_version(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
    model_version: &str,
) -> Result<Option<(PredictionId, Vec<ResultItem>)>> {
    let row = sqlx::query!(
        r#"select prediction_id as "prediction_id: PredictionId", result as "result: Json<Vec<ResultItem>>" from prediction
        where project_id = $1 and task_id = $2 and model_version = $3 order by prediction_id desc limit 1"#,
        access.project_id().0,
        task_id.0,
        model_version
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.prediction_id, row.result.0)))
}

/// The score of the newest prediction that counts.
pub(super) async fn score(conn: &mut PgConnection, access: &ProjectAccess, task_id: TaskId) -> Result<Option<f64>> {
    let score = sqlx::query_scalar!(
        "select score from prediction where project_id = $1 and task_id = $2
            and model_version = coalesce((select counting_model_version($1)), model_version)
        order by prediction_id desc limit 1",
        access.project_id().0,
        task_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(score.flatten())
}

/// Some predictions of a version, and their tasks.
pub(super) async fn some_of_version(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    model_version: &str,
    limit: i64,
) -> Result<Vec<(i64, i64)>> {
    let rows = sqlx::query!(
        "select prediction_id, task_id from prediction where project_id = $1 and model_version = $2 limit $3",
        access.project_id().0,
        model_version,
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.prediction_id, row.task_id)).collect())
}

/// Takes predictions away, and returns what they said.
pub(crate) async fn delete_many(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ids: &[i64],
) -> Result<Vec<Json<Vec<ResultItem>>>> {
    Ok(sqlx::query_scalar!(
        r#"delete from prediction where project_id = $1 and prediction_id = any($2)
        returning result as "result: Json<Vec<ResultItem>>""#,
        access.project_id().0,
        ids
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    new: &NewPrediction,
    now: DateTime<Utc>,
) -> Result<PredictionId> {
    Ok(sqlx::query_scalar!(
        r#"insert into prediction (project_id, task_id, model_version, score, result, created_at)
        values ($1, $2, $3, $4, $5, $6) returning prediction_id as "prediction_id: PredictionId""#,
        access.project_id().0,
        new.task_id.0,
        new.model_version,
        new.score,
        Json(&new.result) as _,
        now
    )
    .fetch_one(conn)
    .await?)
}

/// One row per result item, in the place of those before.
pub(super) async fn put_regions(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    prediction_id: PredictionId,
    task_id: TaskId,
    result: &[ResultItem],
) -> Result<()> {
    sqlx::query!(
        "delete from prediction_region where project_id = $1 and prediction_id = $2",
        access.project_id().0,
        prediction_id.0
    )
    .execute(&mut *conn)
    .await?;
    let rows = serde_json::to_value(RegionRow::all(result)).map_err(anyhow::Error::new)?;
    sqlx::query!(
        "insert into prediction_region (project_id, prediction_id, position, task_id, region_key, from_name, to_name, type,
            labels, x, y, width, height, area)
        select $1, $2, r.position, $3, r.region_key, r.from_name, r.to_name, r.type, r.labels, r.x, r.y, r.width, r.height,
            r.area
        from jsonb_to_recordset($4) as r(position integer, region_key text, from_name text, to_name text, type text,
            labels text[], x float8, y float8, width float8, height float8, area float8)",
        access.project_id().0,
        prediction_id.0,
        task_id.0,
        rows
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What is proposed now; the row stays locked.
pub(super) async fn take(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    prediction_id: PredictionId,
) -> Result<Option<Vec<ResultItem>>> {
    let found = sqlx::query_scalar!(
        r#"select result as "result: Json<Vec<ResultItem>>" from prediction
        where project_id = $1 and prediction_id = $2 for update"#,
        access.project_id().0,
        prediction_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.map(|json| json.0))
}

pub(super) async fn update(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    prediction_id: PredictionId,
    patch: &PredictionPatch,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update prediction set result = coalesce($3, result), score = case when $4 then $5 else score end,
            model_version = coalesce($6, model_version), updated_at = $7
        where project_id = $1 and prediction_id = $2",
        access.project_id().0,
        prediction_id.0,
        patch.result.as_ref().map(Json) as _,
        patch.score.is_some(),
        patch.score.flatten(),
        patch.model_version,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn delete(conn: &mut PgConnection, access: &ProjectAccess, prediction_id: PredictionId) -> Result<()> {
    sqlx::query!(
        "delete from prediction where project_id = $1 and prediction_id = $2",
        access.project_id().0,
        prediction_id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts the predictions of locked tasks anew.
pub(super) async fn recount(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[i64],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update task t set updated_at = $3, prediction_count =
            (select count(*)::int from prediction p where p.project_id = $1 and p.task_id = t.task_id)
        where t.project_id = $1 and t.task_id = any($2)",
        access.project_id().0,
        tasks,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn versions(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Vec<ModelVersion>> {
    Ok(sqlx::query_as!(
        ModelVersion,
        r#"select model_version, count(*) as "count!", max(created_at) as "latest!" from prediction
        where project_id = $1 group by model_version order by max(created_at) desc, model_version limit 1000"#,
        access.project_id().0
    )
    .fetch_all(conn)
    .await?)
}
