//! The doors of the library of labels: ask who it is, call the use case, convert.

use domain::id::{LabelId, ProjectId};
use domain::label::{Library, Offer};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ssr::request;

/// The labels that fit a search, so many of them.
#[server]
pub async fn find_labels(#[server(default)] search: String, limit: i64) -> Result<Library, AppError> {
    let (cx, actor) = request()?;
    Ok(service::label::library(&cx, &actor, search, limit).await?)
}

/// What the labeling interface of a project offers.
#[server]
pub async fn offered_labels(project_id: ProjectId) -> Result<Vec<Offer>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::label::offered(&cx, &actor, project_id).await?)
}

/// Puts labels of a project into the library; answers how many.
#[server(input = Json)]
pub async fn add_labels(project_id: ProjectId, labels: Vec<Offer>) -> Result<usize, AppError> {
    let (cx, actor) = request()?;
    let new = labels.into_iter().map(|label| label.into_new(project_id)).collect();
    Ok(service::label::create(&cx, &actor, new).await?.len())
}

/// Changes a label in the library.
#[server]
pub async fn update_label(
    label_id: LabelId,
    title: String,
    #[server(default)] value: Option<String>,
    #[server(default)] description: String,
    #[server(default)] approved: bool,
) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    let patch = domain::label::LabelPatch {
        title: Some(title),
        value: value.map(|value| vec![value]),
        description: Some(description),
        approved: Some(approved),
    };
    Ok(service::label::update(&cx, &actor, label_id, patch).await?)
}

/// Takes a label out of the library.
#[server]
pub async fn remove_label(label_id: LabelId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::label::delete(&cx, &actor, label_id).await?)
}

/// Renames a label in the results of a project; answers how many annotations have it.
#[server]
pub async fn rename_in_results(project_id: ProjectId, from: String, new_label: String) -> Result<i64, AppError> {
    let (cx, actor) = request()?;
    let asked = service::label::Rename { project_id, from_name: None, from: vec![from], to: vec![new_label] };
    Ok(service::label::rename(&cx, &actor, asked).await?.annotations)
}
