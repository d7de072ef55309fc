//! Statements about what models have learned from.

use chrono::{DateTime, Utc};
use domain::id::{MlBackendId, ProjectId, WebhookId};
use sqlx::{PgConnection, PgPool};

use crate::{Result, access::ProjectAccess};

/// How many models are found at once; the others a minute later.
const MOST: i64 = 1_000;

/// Models that have enough to learn from. As the owner: jobs work for all tenants.
pub(super) async fn due(pool: &PgPool, webhook_id: Option<WebhookId>) -> Result<Vec<(ProjectId, MlBackendId)>> {
    let rows = sqlx::query!(
        r#"select b.project_id as "project_id: ProjectId", b.ml_backend_id as "ml_backend_id: MlBackendId"
        from ml_backend b join project p using (project_id) join project_count s using (project_id)
        where p.min_annotations_to_start_training > 0 and p.deleted_at is null
            and s.annotation_count - b.trained_count >= p.min_annotations_to_start_training
            and ($1::bigint is null or b.ml_backend_id = (select ml_backend_id from webhook where webhook_id = $1))
        order by b.ml_backend_id limit $2"#,
        webhook_id.map(|id| id.0),
        MOST
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.project_id, row.ml_backend_id)).collect())
}

/// Writes down that a model begins to learn from all there is; with `if_due` only where there still is enough. Returns whether
/// it does.
pub(super) async fn begin(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: MlBackendId,
    now: DateTime<Utc>,
    if_due: bool,
) -> Result<bool> {
    let begun = sqlx::query!(
        "update ml_backend b set trained_at = $3, trained_count = coalesce(s.annotation_count, 0)
        from project p left join project_count s using (project_id)
        where b.project_id = $1 and b.ml_backend_id = $2 and p.project_id = b.project_id
            and (not $4 or p.min_annotations_to_start_training > 0
                and s.annotation_count - b.trained_count >= p.min_annotations_to_start_training)",
        access.project_id().0,
        ml_backend_id.0,
        now,
        if_due
    )
    .execute(conn)
    .await?;
    Ok(begun.rows_affected() > 0)
}

/// Where annotations were deleted, those that come in afterwards count from what is left.
pub(super) async fn forget_deleted(pool: &PgPool) -> Result<()> {
    sqlx::query!(
        "update ml_backend b set trained_count = s.annotation_count
        from project_count s where s.project_id = b.project_id and b.trained_count > s.annotation_count"
    )
    .execute(pool)
    .await?;
    Ok(())
}
