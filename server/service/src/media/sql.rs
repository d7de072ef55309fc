//! Statements of the media area.

use domain::id::TaskId;
use serde_json::Value;
use sqlx::PgConnection;

use crate::{Result, access::ProjectAccess};

/// The data of a task the person may open: any for those who see all data, their own for others.
pub(super) async fn task_data(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
    sees_all: bool,
) -> Result<Option<Value>> {
    Ok(sqlx::query_scalar!(
        "select t.data from task t where t.project_id = $1 and t.task_id = $2 and ($4
            or exists (select from assignment l where l.project_id = $1 and l.task_id = $2 and l.user_id = $3
                and l.state = 'lease')
            or exists (select from annotation a where a.project_id = $1 and a.task_id = $2 and a.completed_by = $3))",
        access.project_id().0,
        task_id.0,
        access.user_id().map(|id| id.0),
        sees_all
    )
    .fetch_optional(conn)
    .await?)
}

/// Whether the project lets its people load media of other servers through this one.
pub(super) async fn allows_proxy(conn: &mut PgConnection, access: &ProjectAccess) -> Result<bool> {
    Ok(sqlx::query_scalar!("select allow_media_proxy from project where project_id = $1", access.project_id().0)
        .fetch_one(conn)
        .await?)
}
