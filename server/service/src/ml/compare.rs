//! Versions of models beside each other.

use std::collections::HashSet;

use domain::{
    access::ProjectPermission,
    id::ProjectId,
    label_config::read,
    ml::compare::{Compared, MAX_COMPARED, MAX_VERSIONS, Tally},
};

use super::{compare_sql, sql};
use crate::{Actor, Cx, Result, access, boxed};

/// How the newest versions do that have predicted for a project: how much, how sure, and how often they say what people said.
/// References count before other work; of the work on a task the newest does.
///
/// # Errors
/// *Not found*; *forbidden* for people who do not see all data.
#[boxed]
pub async fn compare(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<Compared>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::ViewData).await?;
    let mut tx = access.begin(cx).await?;
    let project = sql::project(&mut tx, &access).await?;
    let config = read(&project.label_config).unwrap_or_default();
    let most = i64::try_from(MAX_VERSIONS).unwrap_or(i64::MAX);
    let versions = compare_sql::versions(&mut tx, &access, most).await?;
    let mut compared = Vec::with_capacity(versions.len());
    for version in versions {
        let (mut tally, mut count, mut references) = (Tally::default(), 0, 0);
        // Twice predicted by one version counts once, as it says now.
        let mut seen = HashSet::new();
        // A page at a time, so that long results do not lie in memory all at once.
        let mut below = i64::MAX;
        let mut left = MAX_COMPARED;
        while left > 0 {
            let page = left.min(compare_sql::PAGE);
            let pairs = compare_sql::pairs(&mut tx, &access, &version.model_version, below, page).await?;
            let Some(last) = pairs.last().map(|pair| pair.prediction_id) else { break };
            for pair in pairs.iter().filter(|pair| seen.insert(pair.task_id)) {
                tally.add(&pair.predicted.0, &pair.given.0);
                count += 1;
                references += i64::from(pair.is_reference);
            }
            (below, left) = (last, left - page);
        }
        compared.push(Compared {
            predictions: version.count,
            mean_score: version.mean_score,
            latest: version.latest,
            counts: version.counts,
            model_version: version.model_version,
            compared: count,
            references,
            controls: tally.into_controls(&config),
        });
    }
    tx.commit().await?;
    Ok(compared)
}
