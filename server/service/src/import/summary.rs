//! What tasks that come, change or go mean for the counts of their project.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    id::ProjectId,
    import::{ColumnSummary, MAX_COLUMNS},
    tally::Tally,
};
use serde_json::json;
use sqlx::PgConnection;

use crate::{
    Result, Tx,
    access::ProjectAccess,
    annotation::sql::{SummaryChange, note_change},
    project::count,
};

/// What is added to the counts; negative for what is taken from them.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) tasks: i64,
    pub(crate) labeled: i64,
    pub(crate) annotations: i64,
    pub(crate) skipped: i64,
    pub(crate) predictions: i64,
    pub(crate) failed: i64,
    /// Items of valid annotations.
    pub(crate) given: Tally,
    /// Items of predictions.
    pub(crate) proposed: Tally,
    /// The newest annotation.
    pub(crate) last_annotation_at: Option<DateTime<Utc>>,
    /// Columns of tasks that came.
    pub(crate) columns: ColumnSummary,
    /// Columns of tasks that went.
    pub(crate) gone: ColumnSummary,
}

impl Counts {
    fn is_nothing(&self) -> bool {
        let numbers = [self.tasks, self.labeled, self.annotations, self.skipped, self.predictions];
        numbers.iter().all(|number| *number == 0)
            && [&self.given, &self.proposed].iter().all(|tally| **tally == Tally::default())
            && [&self.columns, &self.gone].iter().all(|columns| columns.columns.is_empty())
    }
}

/// Makes sure of the summary and holds it: tasks are numbered by whoever holds it, without gaps and doubles.
pub(crate) async fn lock(conn: &mut PgConnection, project_id: ProjectId) -> Result<()> {
    sqlx::query!(
        "insert into project_summary (project_id) values ($1) on conflict (project_id) do nothing",
        project_id.0
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("select 1 as held from project_summary where project_id = $1 for update", project_id.0)
        .fetch_one(conn)
        .await?;
    Ok(())
}

/// Changes the counts of a project.
pub(crate) async fn add(tx: &mut Tx, access: &ProjectAccess, counts: Counts, now: DateTime<Utc>) -> Result<()> {
    if counts.is_nothing() {
        return Ok(());
    }
    let project_id = access.project_id().0;
    let before = sqlx::query!(
        "select task_count, all_data_columns, data_column_types, predicted_labels from project_summary
        where project_id = $1 for update",
        project_id
    )
    .fetch_one(&mut **tx)
    .await?;
    let mut present: HashMap<String, i64> = serde_json::from_value(before.all_data_columns).unwrap_or_default();
    let mut kinds: HashMap<String, HashMap<String, u64>> =
        serde_json::from_value(before.data_column_types).unwrap_or_default();
    for (name, column) in &counts.columns.columns {
        // Batch after batch with names of their own must not make the row grow without end.
        if !present.contains_key(name) && present.len() >= MAX_COLUMNS {
            continue;
        }
        *present.entry(name.clone()).or_default() += i64::try_from(column.count + column.empty).unwrap_or(0);
        let known = kinds.entry(name.clone()).or_default();
        for (kind, count) in &column.kinds {
            let kind = serde_json::to_value(kind).map_err(anyhow::Error::new)?;
            *known.entry(kind.as_str().unwrap_or_default().to_owned()).or_default() += count;
        }
    }
    for (name, column) in &counts.gone.columns {
        let Some(count) = present.get_mut(name) else { continue };
        *count -= i64::try_from(column.count + column.empty).unwrap_or(0);
        if *count <= 0 {
            present.remove(name);
            kinds.remove(name);
            continue;
        }
        let Some(known) = kinds.get_mut(name) else { continue };
        for (kind, gone) in &column.kinds {
            let kind = serde_json::to_value(kind).map_err(anyhow::Error::new)?;
            let Some(left) = known.get_mut(kind.as_str().unwrap_or_default()) else { continue };
            *left = left.saturating_sub(*gone);
        }
        known.retain(|_, left| *left > 0);
    }
    let tasks = before.task_count + counts.tasks;
    let mut common: Vec<&String> =
        present.iter().filter(|(_, count)| tasks > 0 && **count == tasks).map(|(name, _)| name).collect();
    common.sort();
    sqlx::query!(
        "update project_summary set task_count = task_count + $2, labeled_task_count = labeled_task_count + $3,
            prediction_count = prediction_count + $4, predicted_labels = $5, all_data_columns = $6,
            common_data_columns = $7, data_column_types = $8, updated_at = $9
        where project_id = $1",
        project_id,
        counts.tasks,
        counts.labeled,
        counts.predictions,
        counts.proposed.labels_after(before.predicted_labels),
        json!(present),
        json!(common),
        json!(kinds),
        now
    )
    .execute(&mut **tx)
    .await?;
    if counts.annotations != 0 || counts.skipped != 0 || counts.given != Tally::default() {
        let change = SummaryChange {
            annotations: counts.annotations,
            skipped: counts.skipped,
            labeled_tasks: 0,
            tally: counts.given,
            last_annotation_at: counts.last_annotation_at,
        };
        note_change(tx, access, change, now).await?;
    }
    // The row is held already: what work has changed is put together with it.
    count::fold(tx, access.project_id()).await
}
