//! What the database knows of its tables, looked at again as soon as an import has brought much. Its own housekeeping comes
//! by once a minute; until then it takes a new project for a handful of rows, and goes through all of it for each page.

use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::{Job, enqueue};
use crate::{Cx, Result};

/// What fewer rows cost is not worth a look.
const MANY: i64 = 1_000;

/// Looks at the tables of tasks anew, where what came is a tenth of what was there: the share at which Postgres would, too
/// (`autovacuum_analyze_scale_factor`). Reads as many rows of a large table as of a small one.
#[derive(Debug, Serialize, Deserialize)]
pub struct RefreshStatistics {
    /// How many tasks came.
    pub rows: i64,
}

impl Job for RefreshStatistics {
    const NAME: &'static str = "refresh_statistics";

    async fn run(&self, cx: &Cx) -> Result<()> {
        let is_news = sqlx::query_scalar!(
            r#"select $1::float8 >= reltuples / 10 as "is_news!" from pg_class where oid = 'task'::regclass"#,
            f64::from(u32::try_from(self.rows).unwrap_or(u32::MAX))
        )
        .fetch_one(cx.pool())
        .await?;
        if is_news {
            // A role that does not own the tables is told so in the database's log, and nothing happens.
            sqlx::query!("analyze task, annotation, prediction").execute(cx.pool()).await?;
        }
        Ok(())
    }
}

/// Has the tables looked at when the transaction on `conn`, which has brought as many tasks, commits.
pub(crate) async fn after(conn: &mut PgConnection, rows: i64) -> Result<()> {
    if rows < MANY {
        return Ok(());
    }
    enqueue(conn, &RefreshStatistics { rows }).await
}
