//! Statements of the area of models.

use chrono::{DateTime, Utc};
use domain::{
    id::{MlBackendId, TaskId},
    ml::{Auth, Backend, BackendForm, State},
};
use serde_json::{Map, Value};
use sqlx::{PgConnection, types::Json};

use crate::{
    Cx, Result,
    access::ProjectAccess,
    provider::ml::{Credentials, Model},
};

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

pub(super) async fn task_data(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    task_id: TaskId,
) -> Result<Option<Map<String, Value>>> {
    let data = sqlx::query_scalar!(
        r#"select data as "data: Json<Map<String, Value>>" from task where project_id = $1 and task_id = $2"#,
        access.project_id().0,
        task_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(data.map(|data| data.0))
}

/// Whoever changes the models of a project does so one after the other.
pub(super) async fn lock(conn: &mut PgConnection, access: &ProjectAccess) -> Result<()> {
    sqlx::query!("select project_id from project where project_id = $1 for no key update", access.project_id().0)
        .fetch_one(conn)
        .await?;
    Ok(())
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
    title: String,
    url: String,
    username: Option<String>,
    timeout_seconds: i32,
    is_interactive: bool,
    state: String,
    state_message: String,
    model_version: String,
    checked_at: Option<DateTime<Utc>>,
}

impl From<Row> for Backend {
    fn from(row: Row) -> Self {
        Self {
            ml_backend_id: row.ml_backend_id,
            title: row.title,
            url: row.url,
            username: row.username,
            timeout_s: row.timeout_seconds,
            is_interactive: row.is_interactive,
            state: State::from_name(&row.state).unwrap_or_default(),
            message: row.state_message,
            model_version: row.model_version,
            checked_at: row.checked_at,
        }
    }
}

pub(super) async fn list(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Vec<Backend>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select ml_backend_id as "ml_backend_id: MlBackendId", title, url, username, timeout_seconds, is_interactive,
            state, state_message, model_version, checked_at
        from ml_backend where project_id = $1 order by ml_backend_id"#,
        access.project_id().0
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
    let row = sqlx::query_as!(
        Row,
        r#"select ml_backend_id as "ml_backend_id: MlBackendId", title, url, username, timeout_seconds, is_interactive,
            state, state_message, model_version, checked_at
        from ml_backend where project_id = $1 and ml_backend_id = $2"#,
        access.project_id().0,
        ml_backend_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(Backend::from))
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

pub(super) async fn insert(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    form: &BackendForm,
    now: DateTime<Utc>,
) -> Result<MlBackendId> {
    let (username, password) = match &form.auth {
        Auth::Basic { username, password } => (Some(username.as_str()), password.as_deref()),
        Auth::None => (None, None),
    };
    Ok(sqlx::query_scalar!(
        r#"insert into ml_backend (project_id, title, url, username, password, timeout_seconds, is_interactive, created_by,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9) returning ml_backend_id as "ml_backend_id: MlBackendId""#,
        access.project_id().0,
        form.title,
        form.url,
        username,
        password,
        form.timeout_s,
        form.is_interactive,
        access.user_id().map(|id| id.0),
        now
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
            state = 'unchecked', state_message = '', model_version = '', checked_at = null
        where project_id = $1 and ml_backend_id = $2",
        access.project_id().0,
        ml_backend_id.0,
        form.title,
        form.url,
        form.timeout_s,
        form.is_interactive,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn put_credentials(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    ml_backend_id: MlBackendId,
    credentials: Option<(&String, &String)>,
) -> Result<()> {
    let (username, password) = credentials.unzip();
    sqlx::query!(
        "update ml_backend set username = $3, password = $4 where project_id = $1 and ml_backend_id = $2",
        access.project_id().0,
        ml_backend_id.0,
        username,
        password
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
        "update ml_backend set state = $3, state_message = $4, model_version = $5, checked_at = $6
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

/// The model of that number, or the one that is asked while people draw, to be called. Read as the owner of the table:
/// behind the wall of tenants there are no passwords.
pub(super) async fn model(
    cx: &Cx,
    access: &ProjectAccess,
    ml_backend_id: Option<MlBackendId>,
) -> Result<Option<Model>> {
    let row = sqlx::query!(
        "select title, url, username, password, timeout_seconds from ml_backend
        where project_id = $1 and (ml_backend_id = $2 or $2 is null and is_interactive)",
        access.project_id().0,
        ml_backend_id.map(|id| id.0)
    )
    .fetch_optional(cx.pool())
    .await?;
    Ok(row.map(|row| Model {
        title: row.title,
        url: row.url,
        credentials: row.username.zip(row.password).map(|(username, password)| Credentials { username, password }),
        timeout_s: row.timeout_seconds,
    }))
}
