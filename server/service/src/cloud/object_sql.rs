//! Statements about the objects of storages.

use chrono::{DateTime, Utc};
use domain::{cloud::FailedObject, id::CloudStorageId};
use sqlx::PgConnection;

use crate::{Cx, Result, access::ProjectAccess};

/// Which of these keys need nothing: they became tasks, and where they became one it is still there.
pub(super) async fn known(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    keys: &[String],
) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        "select key from storage_object
        where project_id = $1 and cloud_storage_id = $2 and key = any($3) and error is null
            and (task_count <> 1 or task_id is not null)",
        access.project_id().0,
        id.0,
        keys
    )
    .fetch_all(conn)
    .await?)
}

/// What has become of an object.
#[derive(Debug, Clone, Default)]
pub(crate) struct Kept {
    pub(crate) key: String,
    pub(crate) etag: Option<String>,
    pub(crate) size: Option<i64>,
    pub(crate) modified: Option<DateTime<Utc>>,
    pub(crate) task_count: i32,
    pub(crate) task_id: Option<i64>,
    pub(crate) annotation_id: Option<i64>,
    pub(crate) error: Option<String>,
}

pub(super) async fn keep(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    objects: &[Kept],
) -> Result<()> {
    if objects.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = objects.iter().map(|object| object.key.clone()).collect();
    let etags: Vec<Option<String>> = objects.iter().map(|object| object.etag.clone()).collect();
    let sizes: Vec<Option<i64>> = objects.iter().map(|object| object.size).collect();
    let modified: Vec<Option<DateTime<Utc>>> = objects.iter().map(|object| object.modified).collect();
    let counts: Vec<i32> = objects.iter().map(|object| object.task_count).collect();
    let tasks: Vec<Option<i64>> = objects.iter().map(|object| object.task_id).collect();
    let annotations: Vec<Option<i64>> = objects.iter().map(|object| object.annotation_id).collect();
    let errors: Vec<Option<String>> = objects.iter().map(|object| object.error.clone()).collect();
    sqlx::query!(
        "insert into storage_object (project_id, cloud_storage_id, key, etag, size_bytes, modified_at, task_count, task_id,
            annotation_id, error, synced_at)
        select $1, $2, o.key, o.etag, o.size_bytes, o.modified_at, o.task_count, o.task_id, o.annotation_id, o.error, $11
        from unnest($3::text[], $4::text[], $5::bigint[], $6::timestamptz[], $7::int[], $8::bigint[], $9::bigint[],
            $10::text[]) as o (key, etag, size_bytes, modified_at, task_count, task_id, annotation_id, error)
        on conflict (project_id, cloud_storage_id, key) do update set etag = excluded.etag,
            size_bytes = excluded.size_bytes, modified_at = excluded.modified_at, task_count = excluded.task_count,
            task_id = excluded.task_id, annotation_id = excluded.annotation_id, error = excluded.error,
            synced_at = excluded.synced_at",
        access.project_id().0,
        id.0,
        &keys,
        &etags as &[Option<String>],
        &sizes as &[Option<i64>],
        &modified as &[Option<DateTime<Utc>>],
        &counts,
        &tasks as &[Option<i64>],
        &annotations as &[Option<i64>],
        &errors as &[Option<String>],
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn forget(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    keys: &[String],
) -> Result<()> {
    sqlx::query!(
        "delete from storage_object where project_id = $1 and cloud_storage_id = $2 and key = any($3)",
        access.project_id().0,
        id.0,
        keys
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets all objects: those of another bucket say nothing about this one.
pub(super) async fn forget_all(conn: &mut PgConnection, access: &ProjectAccess, id: CloudStorageId) -> Result<()> {
    sqlx::query!(
        "delete from storage_object where project_id = $1 and cloud_storage_id = $2",
        access.project_id().0,
        id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Objects that failed, in order of their keys.
pub(super) async fn failed(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    after: &str,
    limit: i64,
) -> Result<Vec<FailedObject>> {
    Ok(sqlx::query_as!(
        FailedObject,
        r#"select key, error as "error!", synced_at as tried_at from storage_object
        where project_id = $1 and cloud_storage_id = $2 and error is not null and key > $3
        order by key limit $4"#,
        access.project_id().0,
        id.0,
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}
