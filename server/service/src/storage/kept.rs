//! The files of a project as a list, and throwing them away.
//!
//! Nobody's task loses its picture: what a task shows, and what an import is about to read, is kept.

use domain::{
    Error as Problem,
    access::ProjectPermission,
    id::{FileId, ProjectId},
};
use object_store::{ObjectStoreExt, path::Path};
use serde_json::json;

use super::{FileRow, StoredFile};
use crate::{
    Actor, Cx, Result,
    access::{self, ProjectAccess},
    audit, boxed,
};

/// The most files of a list.
pub const MAX_LISTED: i64 = 10_000;

/// The files of a project in the order they came, or those of them that are wanted.
///
/// # Errors
/// *Not found*; *forbidden* without the right to import.
#[boxed]
pub async fn list(
    cx: &Cx,
    actor: &Actor,
    project_id: ProjectId,
    wanted: Option<Vec<FileId>>,
) -> Result<Vec<StoredFile>> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let wanted = wanted.map(|ids| ids.into_iter().map(|id| id.0).collect::<Vec<_>>());
    let mut tx = access.begin(cx).await?;
    let rows = sqlx::query_as!(
        FileRow,
        r#"select file_upload_id as "file_upload_id: FileId", project_id as "project_id: ProjectId", file_name, storage_key,
            content_type, size_bytes, sha256, width, height
        from file_upload where project_id = $1 and ($2::bigint[] is null or file_upload_id = any($2))
        order by file_upload_id limit $3"#,
        project_id.0,
        wanted.as_deref(),
        MAX_LISTED
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(rows.into_iter().map(StoredFile::from).collect())
}

/// Throws a file away.
///
/// # Errors
/// *Not found*; *forbidden* without the right to import; *conflict* `file_in_use` where a task shows it or an import is about
/// to read it.
#[boxed]
pub async fn throw_away(cx: &Cx, actor: &Actor, file_id: FileId) -> Result<()> {
    let file = super::open(cx, actor, file_id).await?;
    let access = access::project(cx, actor, file.project_id, ProjectPermission::Import).await?;
    if throw(cx, &access, Some(&[file_id.0])).await? == 0 {
        let message = format!("“{}” is kept: tasks show it, or an import is about to read it.", file.name);
        return Err(Problem::conflict("file_in_use", message).into());
    }
    Ok(())
}

/// Throws the files of a project away, or those of them that are wanted; returns how many. What a task shows or an import is
/// about to read is kept.
///
/// # Errors
/// *Not found*; *forbidden* without the right to import.
#[boxed]
pub async fn throw_all_away(cx: &Cx, actor: &Actor, project_id: ProjectId, wanted: Option<Vec<FileId>>) -> Result<u64> {
    let access = access::project(cx, actor, project_id, ProjectPermission::Import).await?;
    let wanted = wanted.map(|ids| ids.into_iter().map(|id| id.0).collect::<Vec<_>>());
    throw(cx, &access, wanted.as_deref()).await
}

async fn throw(cx: &Cx, access: &ProjectAccess, wanted: Option<&[i64]>) -> Result<u64> {
    let mut tx = access.begin(cx).await?;
    // Data is whatever people bring, so all of it is looked through: files are thrown away once in a while.
    let keys = sqlx::query_scalar!(
        r"with shown as (
            select distinct named[1]::bigint as file_upload_id
            from task t, regexp_matches(t.data::text, '/files/(\d{1,18})/', 'g') named where t.project_id = $1
        ), awaited as (
            select unnest(file_upload_ids) as file_upload_id from project_import
            where project_id = $1 and status in ('created', 'in_progress')
        )
        delete from file_upload f where f.project_id = $1 and ($2::bigint[] is null or f.file_upload_id = any($2))
            and not exists (select from shown s where s.file_upload_id = f.file_upload_id)
            and not exists (select from awaited a where a.file_upload_id = f.file_upload_id)
        returning f.storage_key",
        access.project_id().0,
        wanted
    )
    .fetch_all(&mut *tx)
    .await?;
    if !keys.is_empty() {
        let event = audit::Event {
            org_id: Some(access.org_id()),
            actor_id: access.user_id(),
            action: "files_deleted",
            subject: "project",
            subject_id: Some(access.project_id().0),
            data: json!({ "count": keys.len() }),
        };
        audit::record(cx, &mut tx, event).await?;
    }
    tx.commit().await?;
    for key in &keys {
        // The row is gone, so nobody can ask for the file; one that is gone already is as good.
        let _gone = cx.store().delete(&Path::from(key.as_str())).await;
    }
    Ok(keys.len() as u64)
}
