//! Storages outside: buckets and folders that tasks come from, and that annotations go to.
//!
//! Invariants:
//! - keys of a storage are sealed, and read by nobody but the statements that are followed by a call of it; no transaction is
//!   open while a storage is waited for;
//! - every request goes to an address that was judged; a folder of the server lies below the one that the operator allows;
//! - an object becomes tasks once: its row is written in the transaction of its tasks. A run that is killed goes on where it
//!   was; memory does not grow with the bucket;
//! - an object is opened only through a storage of the project that it lies in.

mod export;
mod export_sql;
mod guard;
mod import;
mod local;
mod object;
mod object_sql;
mod run_sql;
mod sql;
mod store;
mod trouble;

use domain::{
    Error as Problem,
    access::ProjectPermission,
    cloud::{
        CloudStorage, Credentials, Direction, FailedObject, ListedObject, MAX_STORAGES, Place, Scope, StorageForm,
        StorageKind,
    },
    id::{CloudStorageId, ProjectId},
    import::RunStatus,
    page::Limit,
};
use serde_json::json;

pub(crate) use export::{SyncTarget, WriteDue};
pub(crate) use import::{Listed, SyncSource, keep_listed};
pub(crate) use object::{Object, find, folders_with};
pub(crate) use store::Store;

use crate::{
    Actor, Cx, Error, Result, Tx,
    access::{self, ProjectAccess},
    audit, boxed, events,
    job::enqueue,
};

/// What a connection is tried with where annotations go; it is deleted again where that is allowed.
const PROBE: &str = "synapse-connection-check.txt";

/// The storages of a project, oldest first.
///
/// # Errors
/// *Not found*, *forbidden* without the right to change settings.
#[boxed]
pub async fn list(cx: &Cx, actor: &Actor, project_id: ProjectId) -> Result<Vec<CloudStorage>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let storages = sql::list(&mut tx, &access, None).await?;
    tx.commit().await?;
    Ok(storages)
}

/// One storage.
///
/// # Errors
/// As [`list`]; *not found* for another project's.
#[boxed]
pub async fn get(cx: &Cx, actor: &Actor, project_id: ProjectId, id: CloudStorageId) -> Result<CloudStorage> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    one(cx, &access, id).await
}

/// Adds a storage, once it has answered.
///
/// # Errors
/// *Not found*, *forbidden* without the right; a value outside its limits, a storage that refuses, more than
/// [`MAX_STORAGES`].
#[boxed]
pub async fn add(cx: &Cx, actor: &Actor, project_id: ProjectId, form: StorageForm) -> Result<CloudStorage> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let form = read(cx, form)?;
    form.may_keep_credentials(None)?;
    try_out(cx, &form, &form.credentials).await?;
    let mut tx = access.begin(cx).await?;
    sql::lock(&mut tx, &access).await?;
    if sql::count(&mut tx, &access, form.direction).await? >= MAX_STORAGES {
        let message = format!("A project has {MAX_STORAGES} storages at most. Remove one first.");
        return Err(Problem::conflict("too_many_storages", message).into());
    }
    let id = sql::insert(cx, &mut tx, &access, &form).await?;
    sql::put_credentials(cx, &mut tx, &access, id, &form.credentials).await?;
    record(cx, &mut tx, &access, "cloud_storage_added", id, &form.title).await?;
    tx.commit().await?;
    one(cx, &access, id).await
}

/// Changes a storage, once it has answered.
///
/// # Errors
/// As [`add`]; *not found* for a storage that is gone; keys that would go to another server than they were typed for; while a
/// sync is under way.
#[boxed]
pub async fn change(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    id: CloudStorageId,
    form: StorageForm,
) -> Result<CloudStorage> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let before = one(cx, &access, id).await?;
    if before.is_syncing() {
        let message = "This storage is being synced. Wait for that, or cancel it, and change it then.";
        return Err(Problem::conflict("storage_syncing", message).into());
    }
    let form = StorageForm { direction: before.direction, ..read(cx, form)? };
    form.may_keep_credentials(Some(&before.place))?;
    let credentials = credentials_of(cx, &access, Some(id), &form).await?;
    try_out(cx, &form, &credentials).await?;
    let mut tx = access.begin(cx).await?;
    // What tasks name is the bucket, however it is called upon.
    if form.place.address("") != before.place.address("") {
        object_sql::forget_all(&mut tx, &access, id).await?;
    }
    sql::update(cx, &mut tx, &access, id, &form).await?;
    sql::put_credentials(cx, &mut tx, &access, id, &form.credentials).await?;
    record(cx, &mut tx, &access, "cloud_storage_changed", id, &form.title).await?;
    tx.commit().await?;
    one(cx, &access, id).await
}

/// Whether a storage would answer, without keeping anything: of a source the first objects that would come, at most `most` of
/// them. With `id`, the keys of that storage stand for those not typed.
///
/// # Errors
/// As [`change`]: what the storage says against it.
#[boxed]
pub async fn check(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    id: Option<CloudStorageId>,
    form: StorageForm,
    most: usize,
) -> Result<Vec<ListedObject>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let form = read(cx, form)?;
    let before = match id {
        Some(id) => Some(one(cx, &access, id).await?.place),
        None => None,
    };
    form.may_keep_credentials(before.as_ref())?;
    let credentials = credentials_of(cx, &access, id, &form).await?;
    let store = try_out(cx, &form, &credentials).await?;
    match form.direction {
        Direction::Import => import::preview(&store, &form, most).await,
        Direction::Export => Ok(Vec::new()),
    }
}

/// Which project a storage belongs to: for programs, which address a storage by its number alone.
///
/// # Errors
/// *Not found* for storages of projects the person is not in; *forbidden* without the right to change settings.
#[boxed]
pub async fn project_of(cx: &Cx, actor: &Actor, id: CloudStorageId) -> Result<ProjectId> {
    let missing = || Problem::not_found("storage");
    let project_id = sql::project_of(cx, id).await?.ok_or_else(missing)?;
    match access::project(cx, actor, project_id, ProjectPermission::Manage).await {
        Err(Error::Domain(problem)) if problem.kind == domain::Kind::NotFound => Err(missing().into()),
        access => access.map(|_| project_id),
    }
}

/// Removes a storage. The tasks that came from it stay, and cannot show its objects any more. Doing it twice is the same as
/// once.
///
/// # Errors
/// *Not found*, *forbidden* without the right.
#[boxed]
pub async fn remove(cx: &Cx, actor: &Actor, project_id: ProjectId, id: CloudStorageId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let mut tx = access.begin(cx).await?;
    let import_id = run_sql::import_of(&mut tx, &access, id).await?;
    if let Some(import_id) = import_id {
        // One that is over stays as it is.
        crate::import::stop(cx, &mut tx, &access, import_id).await?;
    }
    if let Some(title) = sql::delete(&mut tx, &access, id).await? {
        record(cx, &mut tx, &access, "cloud_storage_removed", id, &title).await?;
        events::tell(&mut tx, &topic(id)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Begins to bring in what is new, or to write all annotations; its job starts as soon as this is committed. One that is
/// under way is left at it.
///
/// # Errors
/// *Not found*, *forbidden* without the right; *conflict* while one is under way.
#[boxed]
pub async fn sync(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    id: CloudStorageId,
    scope: Scope,
) -> Result<CloudStorage> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    let storage = one(cx, &access, id).await?;
    if scope == Scope::BehindLast && !Store::is_ordered(storage.place.kind()) {
        let message = "A folder of the server has no order to go on in: all of it is looked through.";
        return Err(Problem::invalid("scope", "storage_unordered", message).into());
    }
    let mut tx = access.begin(cx).await?;
    if !run_sql::begin(cx, &mut tx, &access, id, scope).await? {
        return Err(Problem::conflict("storage_syncing", "A sync of this storage is under way.").into());
    }
    match storage.direction {
        Direction::Import => {
            let import_id = crate::import::begin_for_storage(cx, &mut tx, &access, &storage.title).await?;
            run_sql::put_import(&mut tx, &access, id, import_id).await?;
            enqueue(&mut tx, &SyncSource { project_id, cloud_storage_id: id, import_id }).await?;
        }
        Direction::Export => enqueue(&mut tx, &SyncTarget { project_id, cloud_storage_id: id }).await?,
    }
    events::tell(&mut tx, &topic(id)).await?;
    tx.commit().await?;
    one(cx, &access, id).await
}

/// Stops a sync; what it has done stays.
///
/// # Errors
/// *Not found*, *forbidden* without the right; *conflict* when none is under way.
#[boxed]
pub async fn cancel(cx: &Cx, actor: &Actor, project_id: ProjectId, id: CloudStorageId) -> Result<()> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    if !one(cx, &access, id).await?.is_syncing() {
        return Err(Problem::conflict("storage_not_syncing", "No sync of this storage is under way.").into());
    }
    let mut tx = access.begin(cx).await?;
    if let Some(import_id) = run_sql::import_of(&mut tx, &access, id).await? {
        crate::import::stop(cx, &mut tx, &access, import_id).await?;
    }
    run_sql::finish(cx, &mut tx, &access, id, RunStatus::Cancelled, None).await?;
    events::tell(&mut tx, &topic(id)).await?;
    tx.commit().await?;
    Ok(())
}

/// Objects of a storage that failed, in order of their keys; go on behind the last one of the page before.
///
/// # Errors
/// As [`get`].
#[boxed]
pub async fn failures(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    id: CloudStorageId,
    after: String,
    limit: Limit,
) -> Result<Vec<FailedObject>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Manage).await?;
    one(cx, &access, id).await?;
    let mut tx = access.begin(cx).await?;
    let failed = object_sql::failed(&mut tx, &access, id, &after, limit.rows()).await?;
    tx.commit().await?;
    Ok(failed)
}

/// The name under which changes of a storage are told.
#[must_use]
pub fn topic(id: CloudStorageId) -> String {
    format!("storage:{id}")
}

/// Whether this server lets projects use folders of it.
#[must_use]
pub fn allows_folders(cx: &Cx) -> bool {
    local::root(cx).is_ok()
}

async fn one(cx: &Cx, access: &ProjectAccess, id: CloudStorageId) -> Result<CloudStorage> {
    let mut tx = access.begin(cx).await?;
    let found = sql::list(&mut tx, access, Some(id)).await?.pop();
    tx.commit().await?;
    Ok(found.ok_or_else(|| Problem::not_found("storage"))?)
}

/// A form within its limits, and what only the server can judge of it.
fn read(cx: &Cx, mut form: StorageForm) -> Result<StorageForm> {
    if form.place.kind() == StorageKind::Local {
        form.prefix = local::below(cx, &form.prefix);
    }
    let form = form.checked()?;
    import::filter(&form.regex)?;
    Ok(form)
}

/// Who one is to the storage: as typed, or as known.
async fn credentials_of(
    cx: &Cx,
    access: &ProjectAccess,
    id: Option<CloudStorageId>,
    form: &StorageForm,
) -> Result<Credentials> {
    match (&form.credentials, id) {
        (Credentials::Kept, Some(id)) => {
            let calling = sql::calling(cx, access, id).await?;
            Ok(calling.map(|calling| calling.credentials).ok_or_else(|| Problem::not_found("storage"))?)
        }
        (typed, _) => Ok(typed.clone()),
    }
}

/// Does once what will be done often.
async fn try_out(cx: &Cx, form: &StorageForm, credentials: &Credentials) -> Result<Store> {
    let store = store::open(cx, &form.place, &form.prefix, credentials)?;
    let tried = match form.direction {
        Direction::Import => store.look().await,
        Direction::Export => {
            let key = key_below(&form.prefix, PROBE);
            let put = store.put(&key, b"Synapse may write here.\n".to_vec()).await;
            if put.is_ok() {
                // Whoever may write need not be allowed to delete.
                let _may_stay = store.delete(&key).await;
            }
            put
        }
    };
    // An address that nobody typed is made of the name, so the name is what to look at.
    let named = match &form.place {
        Place::S3 { endpoint, .. } | Place::Gcs { endpoint, .. } if endpoint.is_empty() => "bucket",
        Place::Azure { endpoint, .. } if endpoint.is_empty() => "account",
        _ => "endpoint",
    };
    tried.map_err(|problem| if problem.field.as_deref() == Some("endpoint") { problem.on(named) } else { problem })?;
    Ok(store)
}

fn key_below(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") }
}

/// Opens a storage to work with it.
fn open(cx: &Cx, calling: &sql::Calling) -> Result<Store, Problem> {
    store::open(cx, &calling.place, &calling.prefix, &calling.credentials)
}

/// The proof for a job; nothing when the project went to the bin meanwhile.
async fn for_job(cx: &Cx, project_id: ProjectId) -> Result<Option<ProjectAccess>> {
    match access::project(cx, &Actor::System, project_id, ProjectPermission::Manage).await {
        Err(Error::Domain(problem)) if problem.kind == domain::Kind::NotFound => Ok(None),
        access => access.map(Some),
    }
}

async fn record(
    cx: &Cx,
    tx: &mut Tx,
    access: &ProjectAccess,
    action: &'static str,
    id: CloudStorageId,
    title: &str,
) -> Result<()> {
    let event = audit::Event {
        org_id: Some(access.org_id()),
        actor_id: access.user_id(),
        action,
        subject: "project",
        subject_id: Some(access.project_id().0),
        data: json!({ "cloud_storage_id": id, "title": title }),
    };
    audit::record(cx, tx, event).await
}
