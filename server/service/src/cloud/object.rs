//! One object that a task names: which storage of the project it lies in, its bytes, and where a browser finds it.

use std::{ops::Range, time::Duration};

use domain::{
    Error as Problem,
    cloud::{ObjectAddress, is_below},
    id::{CloudStorageId, ProjectId, TaskId, UserId},
};
use object_store::GetResult;

use super::{Store, open, sql};
use crate::{Cx, Result, access::ProjectAccess};

/// An object of a storage of the project.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    store: Store,
    storage_id: CloudStorageId,
    key: String,
    /// For how long browsers may load it from there themselves; nothing where they may not.
    signed_for: Option<Duration>,
}

/// The object behind an address; nothing is asked of its storage yet.
///
/// # Errors
/// *Invalid* where no storage of the project has it.
pub(crate) async fn find(cx: &Cx, access: &ProjectAccess, address: &ObjectAddress) -> Result<Object> {
    let holding = sql::holding(cx, access, address.kind, &address.bucket).await?;
    let calling = holding.into_iter().find(|storage| is_below(&storage.prefix, &address.key)).ok_or_else(|| {
        let message = "No storage of this project has this object. Somebody who manages the project can add one: Settings, \
             Cloud storage.";
        Problem::invalid("src", "media_storage", message)
    })?;
    let minutes = u64::try_from(calling.presign_ttl_min).unwrap_or(1);
    let store = open(cx, &calling).map_err(|problem| problem.on("src"))?;
    Ok(Object {
        store,
        storage_id: calling.id,
        key: address.key.clone(),
        signed_for: calling.presign.then(|| Duration::from_secs(minutes * 60)),
    })
}

/// Where somebody may find a file of a folder of the server: projects, each with the task that it became there.
pub(crate) async fn folders_with(cx: &Cx, user_id: UserId, key: &str) -> Result<Vec<(ProjectId, Option<TaskId>)>> {
    sql::folders_with(cx, user_id, key).await
}

impl Object {
    /// Tells it from every other object.
    pub(crate) fn name(&self) -> String {
        format!("storage {} {}", self.storage_id, self.key)
    }

    /// Its key.
    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    /// All of it or a part of it.
    pub(crate) async fn get(&self, range: Option<Range<u64>>) -> Result<GetResult, Problem> {
        self.store.get(&self.key, range).await.map_err(|problem| problem.on("src"))
    }

    /// Where a browser loads it from by itself, and for how long; nothing where it comes through this server.
    pub(crate) async fn elsewhere(&self) -> Result<Option<(String, Duration)>, Problem> {
        let Some(good_for) = self.signed_for else { return Ok(None) };
        let url = self.store.sign(&self.key, good_for).await.map_err(|problem| problem.on("src"))?;
        Ok(url.map(|url| (url, good_for)))
    }
}
