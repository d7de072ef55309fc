//! The doors of the area of storages: ask who it is, call the use case, convert.

use domain::cloud::{CloudStorage, FailedObject, ListedObject, Scope, StorageForm};
use domain::id::{CloudStorageId, ProjectId};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ssr::request;

/// Adds a storage to a project, or changes one; how it is now.
#[server(input = Json)]
pub async fn put_storage(
    project_id: ProjectId,
    cloud_storage_id: Option<CloudStorageId>,
    form: StorageForm,
) -> Result<CloudStorage, AppError> {
    let (cx, actor) = request()?;
    Ok(match cloud_storage_id {
        Some(id) => service::cloud::change(&cx, &actor, project_id, id, form).await?,
        None => service::cloud::add(&cx, &actor, project_id, form).await?,
    })
}

/// How many objects a check shows.
#[cfg(feature = "ssr")]
const SHOWN: usize = 5;

/// Whether a storage would answer, and the first objects that would come; nothing is kept.
#[server(input = Json)]
pub async fn check_storage(
    project_id: ProjectId,
    cloud_storage_id: Option<CloudStorageId>,
    form: StorageForm,
) -> Result<Vec<ListedObject>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::cloud::check(&cx, &actor, project_id, cloud_storage_id, form, SHOWN).await?)
}

/// Removes a storage from a project.
#[server]
pub async fn remove_storage(project_id: ProjectId, cloud_storage_id: CloudStorageId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::cloud::remove(&cx, &actor, project_id, cloud_storage_id).await?)
}

/// Begins a sync; how the storage is now.
#[server]
pub async fn sync_storage(
    project_id: ProjectId,
    cloud_storage_id: CloudStorageId,
    scope: Scope,
) -> Result<CloudStorage, AppError> {
    let (cx, actor) = request()?;
    Ok(service::cloud::sync(&cx, &actor, project_id, cloud_storage_id, scope).await?)
}

/// Stops a sync.
#[server]
pub async fn cancel_storage_sync(project_id: ProjectId, cloud_storage_id: CloudStorageId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::cloud::cancel(&cx, &actor, project_id, cloud_storage_id).await?)
}

/// Objects that failed, behind one of them.
#[server]
pub async fn storage_failures(
    project_id: ProjectId,
    cloud_storage_id: CloudStorageId,
    after: String,
) -> Result<Vec<FailedObject>, AppError> {
    let (cx, actor) = request()?;
    let limit = domain::page::Limit::default();
    Ok(service::cloud::failures(&cx, &actor, project_id, cloud_storage_id, after, limit).await?)
}
