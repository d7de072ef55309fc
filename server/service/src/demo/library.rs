//! The labels of a project in the library of the organization, the first of them described and approved.

use domain::{id::ProjectId, label::LabelPatch};

use super::content::People;
use crate::{Cx, Result, label};

/// What the first labels mean, in the order of the labeling interface.
const MEANINGS: [&str; 2] =
    ["Whoever bears a right: everyone, a child, a people.", "What somebody is entitled to, and nobody may take away."];

pub(super) async fn fill(cx: &Cx, people: &People, project_id: ProjectId) -> Result<()> {
    let offers = label::offered(cx, &people.owner, project_id).await?;
    let new = offers.into_iter().map(|offer| offer.into_new(project_id)).collect();
    let made = label::create(cx, &people.owner, new).await?;
    for (label_id, meaning) in made.into_iter().zip(MEANINGS) {
        let patch = LabelPatch { description: Some(meaning.to_owned()), approved: Some(true), ..LabelPatch::default() };
        label::update(cx, &people.owner, label_id, patch).await?;
    }
    Ok(())
}
