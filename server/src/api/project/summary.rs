//! What was found in a project's tasks and work.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::id::ProjectId;
use serde::Serialize;
use serde_json::{Value, json};
use service::{Actor, Cx, project};
use utoipa::ToSchema;

use crate::api::{Answer, input::At};

/// What was found in a project's tasks and work.
#[derive(Debug, Serialize, ToSchema)]
pub struct SummaryOut {
    project: i64,
    created_at: DateTime<Utc>,
    /// By column: how many tasks have it.
    #[schema(value_type = Object)]
    all_data_columns: Value,
    /// Columns that every task has.
    #[schema(value_type = Vec<String>)]
    common_data_columns: Value,
    /// By `from_name|to_name|type`: how often.
    #[schema(value_type = Object)]
    created_annotations: Value,
    /// By control and label: how often.
    #[schema(value_type = Object)]
    created_labels: Value,
    #[schema(value_type = Object)]
    created_labels_drafts: Value,
}

/// What was found in a project's tasks and work.
#[utoipa::path(get, path = "/projects/{id}/summary", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = SummaryOut)))]
pub async fn summary(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(project_id): At<ProjectId>,
) -> Answer<SummaryOut> {
    let present = project::record(&cx, &actor, project_id).await?;
    let summary = project::summary(&cx, &actor, project_id).await?;
    Ok(Json(SummaryOut {
        project: project_id.0,
        created_at: present.created_at,
        all_data_columns: summary.all_data_columns,
        common_data_columns: summary.common_data_columns,
        created_annotations: summary.created_annotations,
        created_labels: summary.created_labels,
        created_labels_drafts: json!({}),
    }))
}

/// Counts tasks and work of a project again. The counts are kept with every change, so there is no need to.
#[utoipa::path(post, path = "/projects/{id}/summary/reset", tag = "Projects", params(("id" = i64, Path)),
    responses((status = 200, body = SummaryOut)))]
pub async fn reset_summary(cx: State<Cx>, actor: Extension<Actor>, at: At<ProjectId>) -> Answer<SummaryOut> {
    project::recount(&cx, &actor, at.0).await?;
    summary(cx, actor, at).await
}
