//! Statements about versions of models and what people said.

use chrono::{DateTime, Utc};
use domain::result::ResultItem;
use sqlx::{PgConnection, types::Json};

use crate::{Result, access::ProjectAccess};

/// How many results are in memory at once.
pub(super) const PAGE: i64 = 250;

/// A version of a model.
pub(super) struct Version {
    pub(super) model_version: String,
    pub(super) count: i64,
    pub(super) mean_score: Option<f64>,
    pub(super) latest: DateTime<Utc>,
    pub(super) counts: bool,
}

/// The newest versions.
pub(super) async fn versions(conn: &mut PgConnection, access: &ProjectAccess, limit: i64) -> Result<Vec<Version>> {
    Ok(sqlx::query_as!(
        Version,
        r#"select v.*, v.model_version = (select counting_model_version($1)) is true as "counts!" from (
            select model_version, count(*) as "count!", avg(score) as mean_score, max(created_at) as "latest!"
            from prediction where project_id = $1 group by model_version
            order by max(created_at) desc, model_version limit $2
        ) v"#,
        access.project_id().0,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// What a version and people say about a task.
pub(super) struct Pair {
    pub(super) prediction_id: i64,
    pub(super) task_id: i64,
    pub(super) predicted: Json<Vec<ResultItem>>,
    pub(super) given: Json<Vec<ResultItem>>,
    pub(super) is_reference: bool,
}

/// Predictions of a version older than `below`, the newest first, on tasks that people have answered. An answer that began as
/// this very prediction and was handed in as it was is an answer all the same.
pub(super) async fn pairs(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    model_version: &str,
    below: i64,
    limit: i64,
) -> Result<Vec<Pair>> {
    Ok(sqlx::query_as!(
        Pair,
        r#"select p.prediction_id, p.task_id, p.result as "predicted: _", a.result as "given: _",
            a.ground_truth as is_reference
        from prediction p
        cross join lateral (
            select a.result, a.ground_truth from annotation a
            where a.project_id = p.project_id and a.task_id = p.task_id and not a.was_cancelled
            order by a.ground_truth desc, a.annotation_id desc limit 1
        ) a
        where p.project_id = $1 and p.model_version = $2 and p.prediction_id < $3
        order by p.prediction_id desc limit $4"#,
        access.project_id().0,
        model_version,
        below,
        limit
    )
    .fetch_all(conn)
    .await?)
}
