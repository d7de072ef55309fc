//! Statements about what programs said of a project.

use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};

use super::Said;
use crate::{Result, access::ProjectAccess};

pub(super) async fn keep(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    said: &Said,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update project set said = said || $2, updated_at = $3 where project_id = $1",
        access.project_id().0,
        Json(said) as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What was said is no longer so.
pub(crate) async fn forget(conn: &mut PgConnection, access: &ProjectAccess, name: &str) -> Result<()> {
    sqlx::query!(
        "update project set said = said - $2::text where project_id = $1 and said ? $2::text",
        access.project_id().0,
        name
    )
    .execute(conn)
    .await?;
    Ok(())
}
