//! Housekeeping by the clock.

use domain::id::ProjectId;
use futures::TryStreamExt;
use object_store::{ObjectStore, ObjectStoreExt, path::Path};
use serde::{Deserialize, Serialize};

use super::Job;
use crate::{Actor, Cx, Result, account, project, storage};

/// Frees tasks whose lease has run out.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExpireLeases;

impl Job for ExpireLeases {
    const NAME: &'static str = "expire_leases";

    async fn run(&self, cx: &Cx) -> Result<()> {
        sqlx::query!(
            "with expired as (
                update assignment set state = 'expired', finished_at = $1
                where state = 'lease' and expires_at <= $1
                returning project_id, task_id
            ), counted as (
                select project_id, task_id, count(*)::int as leases from expired group by project_id, task_id
            )
            update task t set lease_count = greatest(t.lease_count - c.leases, 0)
            from counted c where t.project_id = c.project_id and t.task_id = c.task_id",
            cx.now()
        )
        .execute(cx.pool())
        .await?;
        Ok(())
    }
}

/// Forgets what has expired of accounts: sessions, mailed links, counted attempts.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgeSessions;

impl Job for PurgeSessions {
    const NAME: &'static str = "purge_sessions";

    async fn run(&self, cx: &Cx) -> Result<()> {
        account::cleanup(cx).await
    }
}

/// Removes for good what has been in the bin for 30 days: first the rows, then the files nobody knows of any more.
#[derive(Debug, Serialize, Deserialize)]
pub struct PurgeDeletedProjects;

impl Job for PurgeDeletedProjects {
    const NAME: &'static str = "purge_deleted_projects";

    async fn run(&self, cx: &Cx) -> Result<()> {
        project::empty_bin(cx, &Actor::System).await?;
        // By what lies in the store, so that a run that was interrupted between rows and files is made good by the next.
        let folders = Path::from(storage::PROJECT_FOLDERS);
        let found = cx.store().list_with_delimiter(Some(&folders)).await.map_err(anyhow::Error::new)?;
        let stored: Vec<i64> =
            found.common_prefixes.iter().filter_map(|folder| folder.filename()?.parse().ok()).collect();
        let gone = sqlx::query_scalar!(
            r#"select s.project_id as "project_id!: ProjectId" from unnest($1::bigint[]) as s (project_id)
            where not exists (select from project p where p.project_id = s.project_id)"#,
            &stored
        )
        .fetch_all(cx.pool())
        .await?;
        for project_id in gone {
            let folder = Path::from(storage::folder(project_id));
            let mut files = cx.store().list(Some(&folder));
            while let Some(file) = files.try_next().await.map_err(anyhow::Error::new)? {
                cx.store().delete(&file.location).await.map_err(anyhow::Error::new)?;
            }
        }
        Ok(())
    }
}
