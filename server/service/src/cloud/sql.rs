//! Statements about storages and their objects.

use chrono::{DateTime, Utc};
use domain::{
    cloud::{CloudStorage, Credentials, Direction, FailedObject, Place, Scope, StorageForm, StorageKind, SyncRun},
    id::{CloudStorageId, ImportId, ProjectId, TaskId, UserId},
    import::RunStatus,
};
use serde_json::Value;
use sqlx::PgConnection;

use crate::{Cx, Result, access::ProjectAccess, secret};

/// Whoever adds storages to a project does so one after the other.
pub(super) async fn lock(conn: &mut PgConnection, access: &ProjectAccess) -> Result<()> {
    sqlx::query!("select project_id from project where project_id = $1 for no key update", access.project_id().0)
        .fetch_one(conn)
        .await?;
    Ok(())
}

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

/// Begins a run, unless one is under way.
pub(super) async fn begin(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    scope: Scope,
) -> Result<bool> {
    let begun = sqlx::query!(
        "update cloud_storage set run_status = 'created',
            run_cursor = case when $3 then last_key end, run_done = 0, run_total = null, run_made = 0,
            run_failed = 0, run_error = null, run_started_at = $4, run_finished_at = null, updated_at = $4
        where project_id = $1 and cloud_storage_id = $2
            and (run_status is null or run_status not in ('created', 'in_progress'))",
        access.project_id().0,
        id.0,
        scope == Scope::BehindLast,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(begun.rows_affected() == 1)
}

pub(super) async fn put_import(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    import_id: ImportId,
) -> Result<()> {
    sqlx::query!(
        "update cloud_storage set project_import_id = $3 where project_id = $1 and cloud_storage_id = $2",
        access.project_id().0,
        id.0,
        import_id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The run of the history that the last sync is.
pub(super) async fn import_of(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
) -> Result<Option<ImportId>> {
    let found = sqlx::query_scalar!(
        "select project_import_id from cloud_storage where project_id = $1 and cloud_storage_id = $2",
        access.project_id().0,
        id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(found.flatten().map(ImportId))
}

/// Marks a run as under way; whether it is still wanted.
pub(super) async fn take(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    total: Option<i64>,
) -> Result<bool> {
    let taken = sqlx::query!(
        "update cloud_storage set run_status = 'in_progress', run_total = coalesce($3, run_total), updated_at = $4
        where project_id = $1 and cloud_storage_id = $2 and run_status in ('created', 'in_progress')",
        access.project_id().0,
        id.0,
        total,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(taken.rows_affected() == 1)
}

/// How a run has got on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Step {
    pub(crate) done: i64,
    pub(crate) made: i64,
    pub(crate) failed: i64,
    /// Where it goes on after an interruption.
    pub(crate) cursor: Option<String>,
}

/// Adds to a run; whether it is still wanted.
pub(super) async fn step(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    step: &Step,
) -> Result<bool> {
    let stepped = sqlx::query!(
        "update cloud_storage set run_done = run_done + $3, run_made = run_made + $4, run_failed = run_failed + $5,
            run_cursor = coalesce($6, run_cursor), updated_at = $7
        where project_id = $1 and cloud_storage_id = $2 and run_status = 'in_progress'",
        access.project_id().0,
        id.0,
        step.done,
        step.made,
        step.failed,
        step.cursor,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(stepped.rows_affected() == 1)
}

/// Ends a run that is under way.
pub(super) async fn finish(
    cx: &Cx,
    conn: &mut PgConnection,
    access: &ProjectAccess,
    id: CloudStorageId,
    status: RunStatus,
    error: Option<&str>,
) -> Result<()> {
    let name = match status {
        RunStatus::Completed => "completed",
        RunStatus::Cancelled => "cancelled",
        RunStatus::Created | RunStatus::InProgress | RunStatus::Failed => "failed",
    };
    sqlx::query!(
        "update cloud_storage set run_status = $3, run_error = $4, run_finished_at = $5, updated_at = $5,
            last_key = case when $3 = 'completed' then greatest(last_key, run_cursor) else last_key end,
            last_sync_at = case when $3 = 'completed' then $5 else last_sync_at end,
            last_sync_count = case when $3 = 'completed' then run_made else last_sync_count end
        where project_id = $1 and cloud_storage_id = $2 and run_status in ('created', 'in_progress')",
        access.project_id().0,
        id.0,
        name,
        error,
        cx.now()
    )
    .execute(conn)
    .await?;
    Ok(())
}

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

/// An annotation that is due at the targets, and which change of it.
pub(super) struct Due {
    pub(super) annotation_id: i64,
    pub(super) revision: i64,
    pub(super) attempts: i32,
}

/// The next that are due behind one.
pub(super) async fn due(conn: &mut PgConnection, access: &ProjectAccess, after: i64, limit: i64) -> Result<Vec<Due>> {
    Ok(sqlx::query_as!(
        Due,
        "select annotation_id, revision, attempts from storage_due
        where project_id = $1 and annotation_id > $2 order by annotation_id limit $3",
        access.project_id().0,
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// Takes out what is written, unless it has changed since.
pub(super) async fn written(conn: &mut PgConnection, access: &ProjectAccess, due: &[(i64, i64)]) -> Result<()> {
    let (ids, revisions): (Vec<i64>, Vec<i64>) = due.iter().copied().unzip();
    sqlx::query!(
        "delete from storage_due d using unnest($2::bigint[], $3::bigint[]) as w (annotation_id, revision)
        where d.project_id = $1 and d.annotation_id = w.annotation_id and d.revision = w.revision",
        access.project_id().0,
        &ids,
        &revisions
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Counts an attempt that failed; those that were tried too often are taken out, and wait for a sync.
pub(super) async fn not_written(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    due: &[(i64, i64)],
    most: i32,
) -> Result<()> {
    let (ids, revisions): (Vec<i64>, Vec<i64>) = due.iter().copied().unzip();
    sqlx::query!(
        "update storage_due d set attempts = d.attempts + 1 from unnest($2::bigint[], $3::bigint[]) as w (annotation_id, revision)
        where d.project_id = $1 and d.annotation_id = w.annotation_id and d.revision = w.revision",
        access.project_id().0,
        &ids,
        &revisions
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("delete from storage_due where project_id = $1 and attempts >= $2", access.project_id().0, most)
        .execute(conn)
        .await?;
    Ok(())
}

/// The annotations behind one, in order: what a whole sync writes.
pub(super) async fn annotations_behind(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    after: i64,
    limit: i64,
) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar!(
        "select annotation_id from annotation where project_id = $1 and annotation_id > $2 order by annotation_id limit $3",
        access.project_id().0,
        after,
        limit
    )
    .fetch_all(conn)
    .await?)
}

pub(super) async fn annotation_count(conn: &mut PgConnection, access: &ProjectAccess) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from annotation where project_id = $1"#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?)
}

/// An annotation with its task, as it is written.
pub(super) struct Work {
    pub(super) annotation_id: i64,
    pub(super) task_id: i64,
    pub(super) inner_id: i64,
    pub(super) data: Value,
    pub(super) meta: Option<Value>,
    pub(super) task_created_at: DateTime<Utc>,
    pub(super) task_updated_at: DateTime<Utc>,
    pub(super) completed_by: Option<i64>,
    pub(super) email: Option<String>,
    pub(super) name: Option<String>,
    pub(super) result: Value,
    pub(super) was_cancelled: bool,
    pub(super) ground_truth: bool,
    pub(super) lead_time_ms: Option<i64>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) updated_at: DateTime<Utc>,
}

pub(super) async fn work(conn: &mut PgConnection, access: &ProjectAccess, ids: &[i64]) -> Result<Vec<Work>> {
    Ok(sqlx::query_as!(
        Work,
        r#"select a.annotation_id, a.task_id, t.inner_id, t.data, t.meta, t.created_at as task_created_at,
            t.updated_at as task_updated_at, a.completed_by, u.email as "email?", u.name as "name?", a.result,
            a.was_cancelled, a.ground_truth, a.lead_time_ms, a.created_at, a.updated_at
        from annotation a
        join task t on t.project_id = a.project_id and t.task_id = a.task_id
        left join user_account u on u.user_id = a.completed_by
        where a.project_id = $1 and a.annotation_id = any($2) order by a.annotation_id"#,
        access.project_id().0,
        ids
    )
    .fetch_all(conn)
    .await?)
}
