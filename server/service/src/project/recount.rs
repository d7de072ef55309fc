//! The counts of a project made anew from its rows, for whoever does not believe them.

use domain::{access::ProjectPermission, id::ProjectId, result::ResultItem};
use futures::TryStreamExt;
use serde_json::{Map, Value};
use sqlx::types::Json;

use crate::{
    Actor, Cx, Error, Result,
    access::{self, ProjectAccess},
    boxed,
    import::summary::{self, Counts},
};

/// How often it begins anew where others were faster to change the summary.
const ATTEMPTS: usize = 8;

/// Counts tasks, work and proposals of a project again. Tasks neither come nor go meanwhile, and work goes on: all is counted
/// at one moment, and what is handed in after it stays noted as a change.
///
/// # Errors
/// *Not found*, *forbidden* without the right to manage the project.
#[boxed]
pub async fn recount(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    for _ in 1..ATTEMPTS {
        match count(cx, &access).await {
            // Somebody changed the summary between the moment that is counted and this.
            Err(error) if is_too_late(&error) => {}
            ended => return ended,
        }
    }
    count(cx, &access).await
}

fn is_too_late(error: &Error) -> bool {
    let Error::Internal(cause) = error else { return false };
    let error = cause.downcast_ref::<sqlx::Error>().and_then(sqlx::Error::as_database_error);
    error.and_then(sqlx::error::DatabaseError::code).is_some_and(|code| code == "40001")
}

async fn count(cx: &Cx, access: &ProjectAccess) -> Result<()> {
    let project_id = access.project_id();
    let mut tx = access.begin_at_one_moment(cx).await?;
    summary::lock(&mut tx, project_id).await?;
    let mut counts = Counts::default();
    {
        let mut tasks = sqlx::query!(
            r#"select data as "data: Json<Map<String, Value>>", is_labeled from task where project_id = $1"#,
            project_id.0
        )
        .fetch(&mut *tx);
        while let Some(task) = tasks.try_next().await? {
            counts.tasks += 1;
            counts.labeled += i64::from(task.is_labeled);
            counts.columns.add(&task.data.0);
        }
    }
    {
        let mut work = sqlx::query!(
            r#"select result as "result: Json<Vec<ResultItem>>", was_cancelled, created_at from annotation
            where project_id = $1"#,
            project_id.0
        )
        .fetch(&mut *tx);
        while let Some(one) = work.try_next().await? {
            if one.was_cancelled {
                counts.skipped += 1;
            } else {
                counts.annotations += 1;
                counts.given.add(&one.result.0, 1);
                counts.last_annotation_at = counts.last_annotation_at.max(Some(one.created_at));
            }
        }
    }
    {
        let mut proposals = sqlx::query_scalar!(
            r#"select result as "result: Json<Vec<ResultItem>>" from prediction where project_id = $1"#,
            project_id.0
        )
        .fetch(&mut *tx);
        while let Some(result) = proposals.try_next().await? {
            counts.predictions += 1;
            counts.proposed.add(&result.0, 1);
        }
    }
    sqlx::query!("delete from project_summary_change where project_id = $1", project_id.0).execute(&mut *tx).await?;
    sqlx::query!(
        "update project_summary set task_count = 0, labeled_task_count = 0, annotation_count = 0,
            skipped_annotation_count = 0, prediction_count = 0, result_count = 0, all_data_columns = '{}',
            common_data_columns = '[]', data_column_types = '{}', created_annotations = '{}', created_labels = '{}',
            predicted_labels = '{}', updated_at = $2
        where project_id = $1",
        project_id.0,
        cx.now()
    )
    .execute(&mut *tx)
    .await?;
    summary::add(&mut tx, access, counts, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}
