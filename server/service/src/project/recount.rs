//! The counts of a project made anew from its rows, for whoever does not believe them.

use domain::{access::ProjectPermission, id::ProjectId, result::ResultItem};
use futures::TryStreamExt;
use serde_json::{Map, Value};
use sqlx::types::Json;

use crate::{
    Actor, Cx, Result, access, boxed,
    import::summary::{self, Counts},
};

/// Counts tasks, work and proposals of a project again. Nobody changes the project meanwhile.
///
/// # Errors
/// *Not found*, *forbidden* without the right to manage the project.
#[boxed]
pub async fn recount(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    // Whoever changes tasks or work changes the summary at last, and waits here until this has ended.
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
    summary::add(&mut tx, &access, counts, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}
