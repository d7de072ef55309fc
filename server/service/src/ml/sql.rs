//! Statements of setting models up, and of calling one.

use chrono::{DateTime, Utc};
use domain::{
    id::{MlBackendId, ProjectId, TaskId, WebhookId},
    ml::{Backend, BackendForm, State},
};
use serde_json::{Map, Value};
use sqlx::{PgConnection, PgPool, types::Json};

use crate::{
    Cx, Result,
    access::ProjectAccess,
    provider::ml::{Credentials, Model},
};

/// Whoever changes the models of a project does so one after the other.
pub(super) use crate::project::lock;

/// What a model is told of the project.
pub(super) struct Project {
    pub(super) label_config: String,
    pub(super) created_at: DateTime<Utc>,
}

pub(super) async fn project(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Project> {
    Ok(sqlx::query_as!(
        Project,
        "select label_config, created_at from project where project_id = $1",
        access.project_id().0
    )
    .fetch_one(conn)
    .await?)
}

/// What is labeled, of these tasks that are in the project.
pub(super) async fn task_data(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    tasks: &[TaskId],
) -> Result<Vec<(TaskId, Map<String, Value>)>> {
    let ids: Vec<i64> = tasks.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select task_id as "task_id: TaskId", data as "data: Json<Map<String, Value>>" from task
        where project_id = $1 and task_id = any($2) order by task_id"#,
        access.project_id().0,
        &ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.task_id, row.data.0)).collect())
}

/// Some task of the project, by chance: the next one behind a number that is as likely as any other.
pub(super) async fn some_task(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    chance: u64,
) -> Result<Option<(TaskId, Map<String, Value>)>> {
    #[allow(clippy::cast_precision_loss, reason = "any number will do")]
    let part = chance as f64 / u64::MAX as f64;
    let row = sqlx::query!(
        r#"select task_id as "task_id: TaskId", data as "data: Json<Map<String, Value>>" from task
        where project_id = $1 and task_id >= (select min(task_id) + floor((max(task_id) - min(task_id)) * $2::float8)::bigint
            from task where project_id = $1)
        order by task_id limit 1"#,
        access.project_id().0,
        part
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| (row.task_id, row.data.0)))
}

/// Whether a model is to be asked about a task that somebody opens: where the project wants it, and its present version has
/// not said anything about the task.
pub(crate) async fn wants_prediction(conn: &mut PgConnection, access: &ProjectAccess, task_id: TaskId) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select exists (
            select from project p
            cross join lateral (select b.model_version from ml_backend b where b.project_id = p.project_id
                order by b.title = p.model_version desc, b.ml_backend_id limit 1) b
            where p.project_id = $1 and p.evaluate_predictions_automatically
                and not exists (select from prediction d where d.project_id = $1 and d.task_id = $2
                    and (b.model_version = '' or d.model_version = b.model_version))
        ) as "wants!""#,
        access.project_id().0,
        task_id.0
    )
    .fetch_one(conn)
    .await?)
}

pub(super) async fn count(conn: &mut PgConnection, access: &ProjectAccess) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"select count(*) as "count!" from ml_backend where project_id = $1"#,
        access.project_id().0
    )
    .fetch_one(conn)
    .await?)
}

/// A model as it is stored, but for its password.
struct Row {
    ml_backend_id: MlBackendId,
    project_id: ProjectId,
    title: String,
    description: String,
    url: String,
    username: Option<String>,
    timeout_seconds: i32,
    is_interactive: bool,
    extra_params: Option<Value>,
    state: String,
    state_message: String,
    model_version: String,
    checked_at: Option<DateTime<Utc>>,
    rests_until: Option<DateTime<Utc>>,
    webhook_id: Option<WebhookId>,
    trained_at: Option<DateTime<Utc>>,
    untrained: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for Backend {
    fn from(row: Row) -> Self {
        Self {
            ml_backend_id: row.ml_backend_id,
            project_id: row.project_id,
            title: row.title,
            description: row.description,
            url: row.url,
            username: row.username,
            timeout_s: row.timeout_seconds,
            is_interactive: row.is_interactive,
            extra_params: row.extra_params,
            state: State::from_name(&row.state).unwrap_or_default(),
            message: row.state_message,
            model_version: row.model_version,
            checked_at: row.checked_at,
            rests_until: row.rests_until,
            webhook_id: row.webhook_id,
            trained_at: row.trained_at,
            untrained: row.untrained,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The models of a project, or one of them.
pub(super) async fn list(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: Option<MlBackendId>,
) -> Result<Vec<Backend>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select b.ml_backend_id as "ml_backend_id: _", b.project_id as "project_id: _", b.title, b.description, b.url,
            b.username, b.timeout_seconds, b.is_interactive, b.extra_params, b.state, b.state_message, b.model_version,
            b.checked_at, b.rests_until, b.trained_at, b.created_at, b.updated_at,
            (select webhook_id from webhook w where w.ml_backend_id = b.ml_backend_id) as "webhook_id: WebhookId",
            greatest(coalesce(s.annotation_count, 0) - b.trained_count, 0) as "untrained!"
        from ml_backend b left join project_count s using (project_id)
        where b.project_id = $1 and ($2::bigint is null or b.ml_backend_id = $2) order by b.ml_backend_id"#,
        access.project_id().0,
        ml_backend_id.map(|id| id.0)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(Backend::from).collect())
}

pub(super) async fn get(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: MlBackendId,
) -> Result<Option<Backend>> {
    Ok(list(conn, access, Some(ml_backend_id)).await?.pop())
}

/// No other model than this one is asked while people draw.
pub(super) async fn ask_no_other(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    but: Option<MlBackendId>,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update ml_backend set is_interactive = false, updated_at = $3
        where project_id = $1 and is_interactive and ml_backend_id is distinct from $2",
        access.project_id().0,
        but.map(|id| id.0),
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All but who one is to it.
pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    form: &BackendForm,
    now: DateTime<Utc>,
) -> Result<MlBackendId> {
    Ok(sqlx::query_scalar!(
        r#"insert into ml_backend (project_id, title, url, timeout_seconds, is_interactive, created_by, created_at,
            updated_at, description, extra_params)
        values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9) returning ml_backend_id as "ml_backend_id: MlBackendId""#,
        access.project_id().0,
        form.title,
        form.url,
        form.timeout_s,
        form.is_interactive,
        access.user_id().map(|id| id.0),
        now,
        form.description,
        form.extra_params
    )
    .fetch_one(conn)
    .await?)
}

/// All but who one is to it; what was known of its state was about the one before.
pub(super) async fn update(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: MlBackendId,
    form: &BackendForm,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update ml_backend set title = $3, url = $4, timeout_seconds = $5, is_interactive = $6, updated_at = $7,
            description = $8, extra_params = $9, failures = 0, rests_until = null,
            state = 'unchecked', state_message = '', model_version = '', checked_at = null
        where project_id = $1 and ml_backend_id = $2",
        access.project_id().0,
        ml_backend_id.0,
        form.title,
        form.url,
        form.timeout_s,
        form.is_interactive,
        now,
        form.description,
        form.extra_params
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A user name and a sealed password, or none of both.
pub(super) async fn put_credentials(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: MlBackendId,
    credentials: Option<(&String, Vec<u8>)>,
) -> Result<()> {
    let (username, sealed) = credentials.unzip();
    sqlx::query!(
        "update ml_backend set username = $3, sealed_password = $4, password = null
        where project_id = $1 and ml_backend_id = $2",
        access.project_id().0,
        ml_backend_id.0,
        username,
        sealed
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Another user name with the password that is known.
pub(super) async fn put_username(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: MlBackendId,
    username: &str,
) -> Result<()> {
    sqlx::query!(
        "update ml_backend set username = $3 where project_id = $1 and ml_backend_id = $2",
        access.project_id().0,
        ml_backend_id.0,
        username
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn set_interactive(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: MlBackendId,
    is_interactive: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update ml_backend set is_interactive = $3, updated_at = $4 where project_id = $1 and ml_backend_id = $2",
        access.project_id().0,
        ml_backend_id.0,
        is_interactive,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn put_state(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: MlBackendId,
    state: State,
    message: &str,
    version: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update ml_backend set state = $3, state_message = $4, checked_at = $6,
            model_version = case when $3 = 'up' then $5 else model_version end,
            failures = case when $3 = 'up' then 0 else failures end,
            rests_until = case when $3 = 'up' then null else rests_until end
        where project_id = $1 and ml_backend_id = $2",
        access.project_id().0,
        ml_backend_id.0,
        state.as_str(),
        message,
        version,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Removes a model and returns its title.
pub(super) async fn delete(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: MlBackendId,
) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "delete from ml_backend where project_id = $1 and ml_backend_id = $2 returning title",
        access.project_id().0,
        ml_backend_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// Which model is called.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    /// The one of this number.
    Numbered(MlBackendId),
    /// The one that is asked while people draw.
    Interactive,
    /// The one that the project goes by, or the first.
    Usual,
}

/// A model to be called. Read as the owner of the table: behind the wall of tenants there are no passwords.
pub(super) async fn model(cx: &Cx, access: &ProjectAccess, which: Which) -> Result<Option<Model>> {
    let (numbered, interactive) = match which {
        Which::Numbered(id) => (Some(id.0), false),
        Which::Interactive => (None, true),
        Which::Usual => (None, false),
    };
    let row = sqlx::query!(
        r#"select b.ml_backend_id as "ml_backend_id: MlBackendId", b.title, b.url, b.username, b.password,
            b.sealed_password, b.timeout_seconds, b.extra_params, b.model_version, b.failures, b.rests_until
        from ml_backend b join project p using (project_id)
        where b.project_id = $1 and ($2::bigint is null or b.ml_backend_id = $2) and (b.is_interactive or not $3)
        order by b.title = p.model_version desc, b.ml_backend_id limit 1"#,
        access.project_id().0,
        numbered,
        interactive
    )
    .fetch_optional(cx.pool())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let password = match row.sealed_password {
        Some(sealed) => Some(super::password::open(cx, row.ml_backend_id, &sealed)?),
        None => row.password,
    };
    Ok(Some(Model {
        ml_backend_id: row.ml_backend_id,
        title: row.title,
        url: row.url,
        credentials: row.username.zip(password).map(|(username, password)| Credentials { username, password }),
        timeout_s: row.timeout_seconds,
        extra_params: row.extra_params,
        version: row.model_version,
        failures: row.failures,
        rests_until: row.rests_until,
    }))
}

/// A model answered, or did not: so many questions without an answer, and until when it is left alone. As the owner, since it is
/// no change that anybody made.
pub(super) async fn put_failures(
    cx: &Cx,
    ml_backend_id: MlBackendId,
    failures: i32,
    rests_until: Option<DateTime<Utc>>,
) -> Result<()> {
    sqlx::query!(
        "update ml_backend set failures = $2, rests_until = $3 where ml_backend_id = $1",
        ml_backend_id.0,
        failures,
        rests_until
    )
    .execute(cx.pool())
    .await?;
    Ok(())
}

/// Some passwords that lie as they were typed, as earlier versions stored them.
pub(super) async fn open_passwords(pool: &PgPool, limit: i64) -> Result<Vec<(MlBackendId, String)>> {
    let rows = sqlx::query!(
        r#"select ml_backend_id as "ml_backend_id: MlBackendId", password as "password!" from ml_backend
        where password is not null limit $1"#,
        limit
    )
    .fetch_all(pool)
    .await?;
    Ok(rows.into_iter().map(|row| (row.ml_backend_id, row.password)).collect())
}

/// Puts a sealed password in the place of the one that lies as it was typed, unless that has been changed meanwhile.
pub(super) async fn seal_password(
    pool: &PgPool,
    ml_backend_id: MlBackendId,
    password: &str,
    sealed: &[u8],
) -> Result<()> {
    sqlx::query!(
        "update ml_backend set sealed_password = $3, password = null where ml_backend_id = $1 and password = $2",
        ml_backend_id.0,
        password,
        sealed
    )
    .execute(pool)
    .await?;
    Ok(())
}
