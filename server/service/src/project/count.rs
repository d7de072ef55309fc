//! The counts of a project. What work changes of them is a row of its own, so that nobody who hands work in waits for
//! anybody else; here those rows are put together with the summary, which keeps them few.
//!
//! Invariants: the view `project_count` is true at any moment; whoever puts changes together, or sets a count that work
//! changes, holds the row of the summary.

use domain::id::ProjectId;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use crate::{Cx, Result, job::Job};

/// One of so many changes has those before it put together: as many are there to be added up, more or less, when counts are
/// read while people work.
const ONE_OF: u8 = 128;

/// Has the changes of a project put together, beside the work of whoever calls: by chance, since to count them each time would
/// cost more than to add them up.
pub(crate) fn now_and_then(cx: &Cx, project_id: ProjectId) {
    let [chance] = cx.random_bytes();
    if !chance.is_multiple_of(ONE_OF) {
        return;
    }
    let cx = cx.clone();
    tokio::spawn(async move {
        if let Err(error) = put_together(&cx, project_id).await {
            // Nothing is lost: the next one does it, and the job does it in any case.
            tracing::warn!("the counts of project {project_id} were not put together: {error:#}");
        }
    });
}

/// Puts the changes of a project together with its summary, unless somebody holds that. As the owner of the tables: it is work
/// for nobody in particular.
pub(crate) async fn put_together(cx: &Cx, project_id: ProjectId) -> Result<()> {
    let mut tx = cx.begin().await?;
    let held = sqlx::query_scalar!(
        r#"select 1 as "held!" from project_summary where project_id = $1 for update skip locked"#,
        project_id.0
    )
    .fetch_optional(&mut *tx)
    .await?;
    if held.is_some() {
        fold(&mut tx, project_id).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// For whoever holds the summary. What is forgotten is what is added up, in one pass: rows that went are still in the way of
/// whoever comes by until the table is cleaned.
pub(crate) async fn fold(conn: &mut PgConnection, project_id: ProjectId) -> Result<()> {
    sqlx::query!(
        "with forgotten as (
            delete from project_summary_change where project_id = $1 returning *
        ), added as (
            select sum(labeled_task_count)::bigint as labeled_task_count, sum(annotation_count)::bigint as annotation_count,
                sum(skipped_annotation_count)::bigint as skipped_annotation_count, sum(result_count)::bigint as result_count,
                jsonb_agg(created_annotations) filter (where created_annotations <> '{}') as created_annotations,
                jsonb_agg(created_labels) filter (where created_labels <> '{}') as created_labels,
                max(last_annotation_at) as last_annotation_at, max(updated_at) as updated_at
            from forgotten having count(*) > 0
        )
        update project_summary s set labeled_task_count = s.labeled_task_count + a.labeled_task_count,
            annotation_count = s.annotation_count + a.annotation_count,
            skipped_annotation_count = s.skipped_annotation_count + a.skipped_annotation_count,
            result_count = greatest(s.result_count + a.result_count, 0),
            created_annotations = counts_after(s.created_annotations, a.created_annotations),
            created_labels = label_counts_after(s.created_labels, a.created_labels),
            last_annotation_at = greatest(s.last_annotation_at, a.last_annotation_at),
            updated_at = greatest(s.updated_at, a.updated_at)
        from added a where s.project_id = $1",
        project_id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts together what is left of all projects: where nobody works any more, counts are read without adding up.
#[derive(Debug, Serialize, Deserialize)]
pub struct PutCountsTogether;

impl Job for PutCountsTogether {
    const NAME: &'static str = "put_counts_together";

    async fn run(&self, cx: &Cx) -> Result<()> {
        // Of a project that went while somebody handed work in.
        sqlx::query!(
            "delete from project_summary_change c
            where not exists (select from project_summary s where s.project_id = c.project_id)"
        )
        .execute(cx.pool())
        .await?;
        let projects =
            sqlx::query_scalar!(r#"select distinct project_id as "project_id: ProjectId" from project_summary_change"#)
                .fetch_all(cx.pool())
                .await?;
        for project_id in projects {
            put_together(cx, project_id).await?;
        }
        Ok(())
    }
}
