//! The way into the queue; which library keeps it is known here and in `runner` only.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::Job;
use crate::Result;

/// Adds a job to the transaction on `conn`; it starts when that commits.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue<J: Job>(conn: &mut PgConnection, job: &J) -> Result<()> {
    enqueue_at(conn, job, None).await
}

/// As [`enqueue`], not before `run_at`.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue_at<J: Job>(conn: &mut PgConnection, job: &J, run_at: Option<DateTime<Utc>>) -> Result<()> {
    let payload = serde_json::to_value(job).map_err(anyhow::Error::new)?;
    sqlx::query!(
        "select enqueue_job($1, $2, $3, $4, $5, $6)",
        J::NAME,
        payload,
        job.queue(),
        J::MAX_ATTEMPTS,
        job.key(),
        run_at
    )
    .execute(conn)
    .await?;
    Ok(())
}
