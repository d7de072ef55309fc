//! What has changed between two snapshots.

use axum::{Extension, Json, extract::State};
use domain::{
    format::Changes,
    id::{ExportId, ProjectId},
};
use serde::{Deserialize, Serialize};
use service::{Actor, Cx, export};
use utoipa::{IntoParams, ToSchema};

use crate::api::{
    Answer,
    input::{At, Query},
};

/// With which other one.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ComparisonQuery {
    /// The earlier snapshot, by its number.
    earlier: i64,
}

/// Tasks of one kind.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangesOut {
    count: u64,
    /// The first ones, by their numbers.
    tasks: Vec<i64>,
}

impl From<Changes> for ChangesOut {
    fn from(changes: Changes) -> Self {
        Self { count: changes.count, tasks: changes.tasks }
    }
}

/// What has changed from one snapshot to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct ComparisonOut {
    /// Tasks that only the later one has.
    added: ChangesOut,
    /// Tasks that only the earlier one has.
    removed: ChangesOut,
    /// Tasks that both have, and that are not the same in both.
    changed: ChangesOut,
    /// How many are the same in both.
    same: u64,
}

/// What has changed since an earlier snapshot. Both are JSON or NDJSON, and ready.
#[utoipa::path(get, path = "/v1/projects/{id}/exports/{export}/comparison", tag = "Export",
    params(("id" = i64, Path), ("export" = i64, Path), ComparisonQuery), responses((status = 200, body = ComparisonOut)))]
pub async fn compare(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At((project_id, export_id)): At<(ProjectId, ExportId)>,
    Query(query): Query<ComparisonQuery>,
) -> Answer<ComparisonOut> {
    let compared = export::compare(&cx, &actor, project_id, ExportId(query.earlier), export_id).await?;
    Ok(Json(ComparisonOut {
        added: compared.added.into(),
        removed: compared.removed.into(),
        changed: compared.changed.into(),
        same: compared.same,
    }))
}
