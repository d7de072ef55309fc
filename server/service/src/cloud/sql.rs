//! Statements about storages.

use domain::{
    cloud::{CloudStorage, Credentials, Direction, Place, StorageForm, StorageKind, SyncRun},
    id::{CloudStorageId, ProjectId, TaskId, UserId},
    import::RunStatus,
};
use serde_json::Value;
use sqlx::PgConnection;

use crate::{Cx, Result, access::ProjectAccess, secret};

/// Whoever adds storages to a project does so one after the other.
pub(super) use crate::project::lock;

pub(super) async fn count(conn: &mut PgConnection, access: &ProjectAccess, direction: Direction) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from cloud_storage where project_id = $1 and direction = $2"#,
        access.project_id().0,
        direction.as_str()
    )
    .fetch_one(conn)
    .await?)
}

/// The storages of a project, or one of them, oldest first.
pub(super) async fn list(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    only: Option<CloudStorageId>,
) -> Result<Vec<CloudStorage>> {
    let rows = sqlx::query!(
        r#"select s.cloud_storage_id as "cloud_storage_id: CloudStorageId", s.direction, s.title, s.description, s.place,
            s.prefix, s.regex, s.recursive, s.use_blob_urls, s.presign, s.presign_ttl_minutes, s.can_delete_objects,
            s.credentials_hint, s.run_status, s.run_done, s.run_total, s.run_made, s.run_failed, s.run_error,
            s.run_started_at, s.run_finished_at, s.last_sync_at, s.last_sync_count, s.created_at,
            (select count(*) from storage_object o where o.project_id = s.project_id
                and o.cloud_storage_id = s.cloud_storage_id and o.error is null) as "object_count!",
            (select count(*) from storage_object o where o.project_id = s.project_id
                and o.cloud_storage_id = s.cloud_storage_id and o.error is not null) as "error_count!"
        from cloud_storage s
        where s.project_id = $1 and ($2::bigint is null or s.cloud_storage_id = $2)
        order by s.cloud_storage_id"#,
        access.project_id().0,
        only.map(|id| id.0)
    )
    .fetch_all(conn)
    .await?;
    let count = |count: i64| u64::try_from(count).unwrap_or(0);
    let storages = rows.into_iter().map(|row| {
        let run = row.run_status.as_deref().and_then(RunStatus::from_name);
        CloudStorage {
            cloud_storage_id: row.cloud_storage_id,
            direction: Direction::from_name(&row.direction).unwrap_or_default(),
            title: row.title,
            description: row.description,
            place: place(row.place),
            prefix: row.prefix,
            regex: row.regex,
            recursive: row.recursive,
            use_blob_urls: row.use_blob_urls,
            presign: row.presign,
            presign_ttl_min: row.presign_ttl_minutes,
            can_delete_objects: row.can_delete_objects,
            credentials_hint: row.credentials_hint,
            object_count: count(row.object_count),
            error_count: count(row.error_count),
            sync: run.map(|status| SyncRun {
                status,
                done: count(row.run_done),
                total: row.run_total.map(count),
                made: count(row.run_made),
                failed: count(row.run_failed),
                error: row.run_error,
                started_at: row.run_started_at,
                finished_at: row.run_finished_at,
            }),
            last_sync_at: row.last_sync_at,
            last_sync_count: row.last_sync_count.map(count),
            created_at: row.created_at,
        }
    });
    Ok(storages.collect())
}

/// As it was stored; nothing but this crate writes it.
fn place(value: Value) -> Place {
    serde_json::from_value(value).unwrap_or(Place::Local)
}

pub(super) async fn insert(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    form: &StorageForm,
) -> Result<CloudStorageId> {
    Ok(sqlx::query_scalar!(
        r#"insert into cloud_storage (project_id, kind, direction, title, description, place, bucket, prefix, regex,
            recursive, use_blob_urls, presign, presign_ttl_minutes, can_delete_objects, created_by, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16)
        returning cloud_storage_id as "id: CloudStorageId""#,
        access.project_id().0,
        form.place.kind().as_str(),
        form.direction.as_str(),
        form.title,
        form.description,
        serde_json::to_value(&form.place).map_err(anyhow::Error::new)?,
        form.place.bucket(),
        form.prefix,
        form.regex,
        form.recursive,
        form.use_blob_urls,
        form.presign,
        form.presign_ttl_min,
        form.can_delete_objects,
        access.user_id().map(|id| id.0),
        cx.now()
    )
    .fetch_one(conn)
    .await?)
}

/// All but who one is to it.
pub(super) async fn update(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    form: &StorageForm,
) -> Result<()> {
    sqlx::query!(
        "update cloud_storage set kind = $3, title = $4, description = $5, place = $6, bucket = $7,
            -- what was seen elsewhere says nothing about here
            last_key = case when place = $6 and prefix = $8 then last_key end,
            prefix = $8, regex = $9, recursive = $10, use_blob_urls = $11, presign = $12, presign_ttl_minutes = $13,
            can_delete_objects = $14, updated_at = $15
        where project_id = $1 and cloud_storage_id = $2",
        access.project_id().0,
        id.0,
        form.place.kind().as_str(),
        form.title,
        form.description,
        serde_json::to_value(&form.place).map_err(anyhow::Error::new)?,
        form.place.bucket(),
        form.prefix,
        form.regex,
        form.recursive,
        form.use_blob_urls,
        form.presign,
        form.presign_ttl_min,
        form.can_delete_objects,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn place_of_secret(id: CloudStorageId) -> String {
    format!("cloud_storage:{id}")
}

/// Seals who one is to a storage.
pub(super) async fn put_credentials(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    credentials: &Credentials,
) -> Result<()> {
    let sealed = match credentials {
        Credentials::Kept => return Ok(()),
        Credentials::Public => None,
        keys => {
            let plain = serde_json::to_vec(keys).map_err(anyhow::Error::new)?;
            Some(secret::seal(cx, &place_of_secret(id), &plain)?)
        }
    };
    sqlx::query!(
        "update cloud_storage set credentials = $3, credentials_hint = $4
        where project_id = $1 and cloud_storage_id = $2",
        access.project_id().0,
        id.0,
        sealed,
        credentials.hint()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What is needed to call a storage: only for statements that are followed by a call of it.
pub(super) struct Calling {
    pub(super) id: CloudStorageId,
    pub(super) place: Place,
    pub(super) prefix: String,
    pub(super) credentials: Credentials,
    pub(super) regex: String,
    pub(super) recursive: bool,
    pub(super) use_blob_urls: bool,
    pub(super) presign: bool,
    pub(super) presign_ttl_min: i32,
    pub(super) can_delete_objects: bool,
    pub(super) run_cursor: Option<String>,
}

struct CallingRow {
    id: CloudStorageId,
    place: Value,
    prefix: String,
    credentials: Option<Vec<u8>>,
    regex: String,
    recursive: bool,
    use_blob_urls: bool,
    presign: bool,
    presign_ttl_minutes: i32,
    can_delete_objects: bool,
    run_cursor: Option<String>,
}

impl CallingRow {
    fn open(self, cx: &Cx) -> Result<Calling> {
        let credentials = match self.credentials {
            None => Credentials::Public,
            Some(sealed) => {
                let plain = secret::open(cx, &place_of_secret(self.id), &sealed)?;
                serde_json::from_slice(&plain).map_err(anyhow::Error::new)?
            }
        };
        Ok(Calling {
            id: self.id,
            place: place(self.place),
            prefix: self.prefix,
            credentials,
            regex: self.regex,
            recursive: self.recursive,
            use_blob_urls: self.use_blob_urls,
            presign: self.presign,
            presign_ttl_min: self.presign_ttl_minutes,
            can_delete_objects: self.can_delete_objects,
            run_cursor: self.run_cursor,
        })
    }
}

/// One storage, to be called.
pub(super) async fn calling(cx: &Cx, access: &ProjectAccess, id: CloudStorageId) -> Result<Option<Calling>> {
    let row = sqlx::query_as!(
        CallingRow,
        r#"select cloud_storage_id as "id: CloudStorageId", place, prefix, credentials, regex, recursive, use_blob_urls,
            presign, presign_ttl_minutes, can_delete_objects, run_cursor
        from cloud_storage where project_id = $1 and cloud_storage_id = $2"#,
        access.project_id().0,
        id.0
    )
    .fetch_optional(cx.pool())
    .await?;
    row.map(|row| row.open(cx)).transpose()
}

/// The storages that may have an object of this kind and bucket, those that tasks come from first.
pub(super) async fn holding(cx: &Cx, access: &ProjectAccess, kind: StorageKind, bucket: &str) -> Result<Vec<Calling>> {
    let rows = sqlx::query_as!(
        CallingRow,
        r#"select cloud_storage_id as "id: CloudStorageId", place, prefix, credentials, regex, recursive, use_blob_urls,
            presign, presign_ttl_minutes, can_delete_objects, run_cursor
        from cloud_storage where project_id = $1 and kind = $2 and bucket = $3
        order by direction = 'import' desc, length(prefix) desc, cloud_storage_id"#,
        access.project_id().0,
        kind.as_str(),
        bucket
    )
    .fetch_all(cx.pool())
    .await?;
    rows.into_iter().map(|row| row.open(cx)).collect()
}

/// The projects in which somebody works that have a folder with this file, each with the task that it became there.
pub(super) async fn folders_with(cx: &Cx, user_id: UserId, key: &str) -> Result<Vec<(ProjectId, Option<TaskId>)>> {
    /// More projects with one folder are not looked through.
    const MOST: i64 = 100;
    let rows = sqlx::query!(
        r#"select s.project_id as "project_id: ProjectId", max(o.task_id) as "task_id: TaskId"
        from cloud_storage s join project p on p.project_id = s.project_id and p.deleted_at is null
        join organization_member m
            on m.organization_id = p.organization_id and m.user_id = $1 and m.removed_at is null
        left join storage_object o
            on o.project_id = s.project_id and o.cloud_storage_id = s.cloud_storage_id and o.key = $2
        where s.kind = 'localfiles' and (s.prefix = '' or starts_with($2, s.prefix || '/'))
        group by s.project_id order by s.project_id limit $3"#,
        user_id.0,
        key,
        MOST
    )
    .fetch_all(cx.pool())
    .await?;
    Ok(rows.into_iter().map(|row| (row.project_id, row.task_id)).collect())
}

/// The project of a storage, whoever asks: the caller proves the right afterwards.
pub(super) async fn project_of(cx: &Cx, id: CloudStorageId) -> Result<Option<ProjectId>> {
    Ok(sqlx::query_scalar!(
        r#"select project_id as "id: ProjectId" from cloud_storage where cloud_storage_id = $1"#,
        id.0
    )
    .fetch_optional(cx.pool())
    .await?)
}

/// The targets of a project.
pub(super) async fn targets(cx: &Cx, access: &ProjectAccess) -> Result<Vec<Calling>> {
    let rows = sqlx::query_as!(
        CallingRow,
        r#"select cloud_storage_id as "id: CloudStorageId", place, prefix, credentials, regex, recursive, use_blob_urls,
            presign, presign_ttl_minutes, can_delete_objects, run_cursor
        from cloud_storage where project_id = $1 and direction = 'export' order by cloud_storage_id"#,
        access.project_id().0
    )
    .fetch_all(cx.pool())
    .await?;
    rows.into_iter().map(|row| row.open(cx)).collect()
}

pub(super) async fn delete(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "delete from cloud_storage where project_id = $1 and cloud_storage_id = $2 returning title",
        access.project_id().0,
        id.0
    )
    .fetch_optional(conn)
    .await?)
}
