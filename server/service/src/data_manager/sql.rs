//! Statements about views, about what a project's columns are, and those that `translate` wrote.

use std::{borrow::Cow, collections::BTreeMap};

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    data_manager::{Columns, Offered, View, ViewData},
    id::{ProjectId, TaskId, UserId, ViewId},
    label_config,
};
use sea_query::{Expr, PostgresQueryBuilder, SelectStatement};
use sea_query_sqlx::SqlxBinder;
use sqlx::{AssertSqlSafe, PgConnection, Row, types::Json};

use crate::{
    Error, Result,
    access::{OrgAccess, ProjectAccess},
    task::record::Totals,
};

/// How long a filter may look before the person is told to ask for less.
const PATIENCE: &str = "20s";
/// How many versions of models are told apart.
const MAX_VERSIONS: i64 = 500;
/// How many tasks a stream reads at a time.
const STREAMED: &str = "fetch forward 1000 from picked";

/// How many tasks have a column, or a kind of value in it.
type Counts = BTreeMap<String, i64>;
type Kinds = BTreeMap<String, Counts>;

struct ViewRow {
    view_id: ViewId,
    project_id: ProjectId,
    user_id: Option<UserId>,
    is_private: bool,
    position: i32,
    data: Json<ViewData>,
}

impl From<ViewRow> for View {
    fn from(row: ViewRow) -> Self {
        Self {
            view_id: row.view_id,
            project_id: row.project_id,
            user_id: row.user_id,
            is_private: row.is_private,
            order: row.position,
            data: row.data.0,
        }
    }
}

/// The project of a view, whoever asks: what they may see of it is asked next.
pub(super) async fn project_of(conn: &mut PgConnection, view_id: ViewId) -> Result<Option<ProjectId>> {
    Ok(sqlx::query_scalar!(
        r#"select project_id as "project_id: ProjectId" from data_manager_view where data_manager_view_id = $1"#,
        view_id.0
    )
    .fetch_optional(conn)
    .await?)
}

/// The views of a project that the person sees, from the left.
pub(super) async fn views(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Vec<View>> {
    let rows = sqlx::query_as!(
        ViewRow,
        r#"select data_manager_view_id as "view_id: ViewId", project_id as "project_id: ProjectId",
            user_id as "user_id: UserId", is_private, position, data as "data: Json<ViewData>"
        from data_manager_view where project_id = $1 and (not is_private or user_id = $2)
        order by position, data_manager_view_id"#,
        access.project_id().0,
        access.user_id().map(|id| id.0)
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(View::from).collect())
}

/// The views of all projects of the organization whose data the person sees.
pub(super) async fn views_of_org(conn: &mut PgConnection, access: &OrgAccess, limit: i64) -> Result<Vec<View>> {
    let rows = sqlx::query_as!(
        ViewRow,
        r#"select v.data_manager_view_id as "view_id: ViewId", v.project_id as "project_id: ProjectId",
            v.user_id as "user_id: UserId", v.is_private, v.position, v.data as "data: Json<ViewData>"
        from data_manager_view v join project p using (project_id)
        left join project_member m on m.project_id = p.project_id and m.user_id = $2 and m.enabled
        where p.organization_id = $1 and p.deleted_at is null and (not v.is_private or v.user_id = $2)
            -- people who see all data: everybody in it but annotators
            and ($3 or m.member_type < 4)
        order by v.position, v.data_manager_view_id limit $4"#,
        access.org_id().0,
        access.user_id().map(|id| id.0),
        access.role().in_projects().is_some(),
        limit
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(View::from).collect())
}

/// One view that the person sees; its row is locked.
pub(super) async fn lock_view(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    view_id: ViewId,
) -> Result<Option<View>> {
    let row = sqlx::query_as!(
        ViewRow,
        r#"select data_manager_view_id as "view_id: ViewId", project_id as "project_id: ProjectId",
            user_id as "user_id: UserId", is_private, position, data as "data: Json<ViewData>"
        from data_manager_view
        where project_id = $1 and data_manager_view_id = $3 and (not is_private or user_id = $2) for update"#,
        access.project_id().0,
        access.user_id().map(|id| id.0),
        view_id.0
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(View::from))
}

/// How many views there are; whoever makes one holds the project, so that there are never too many.
pub(super) async fn lock_views(conn: &mut PgConnection, access: &ProjectAccess) -> Result<i64> {
    sqlx::query!("select 1 as held from project where project_id = $1 for no key update", access.project_id().0)
        .fetch_one(&mut *conn)
        .await?;
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from data_manager_view where project_id = $1"#,
        access.project_id().0
    );
    Ok(count.fetch_one(conn).await?)
}

/// A new view, right of all others.
pub(super) async fn insert_view(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    data: &ViewData,
    is_private: bool,
    now: DateTime<Utc>,
) -> Result<View> {
    let row = sqlx::query_as!(
        ViewRow,
        r#"insert into data_manager_view (project_id, user_id, is_private, position, data, created_at, updated_at)
        values ($1, $2, $3, (select coalesce(max(position) + 1, 0) from data_manager_view where project_id = $1), $4, $5, $5)
        returning data_manager_view_id as "view_id: ViewId", project_id as "project_id: ProjectId",
            user_id as "user_id: UserId", is_private, position, data as "data: Json<ViewData>""#,
        access.project_id().0,
        access.user_id().map(|id| id.0),
        is_private,
        Json(data) as _,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(row.into())
}

pub(super) async fn put_view(conn: &mut PgConnection, view: &View, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update data_manager_view set is_private = $3, position = $4, data = $5, updated_at = $6
        where project_id = $1 and data_manager_view_id = $2",
        view.project_id.0,
        view.view_id.0,
        view.is_private,
        view.order,
        Json(&view.data) as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn delete_view(conn: &mut PgConnection, access: &ProjectAccess, view_id: ViewId) -> Result<()> {
    sqlx::query!(
        "delete from data_manager_view where project_id = $1 and data_manager_view_id = $2",
        access.project_id().0,
        view_id.0
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Every view that everybody sees, and the person's own.
pub(super) async fn delete_views(conn: &mut PgConnection, access: &ProjectAccess) -> Result<u64> {
    let deleted = sqlx::query!(
        "delete from data_manager_view where project_id = $1 and (not is_private or user_id = $2)",
        access.project_id().0,
        access.user_id().map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(deleted.rows_affected())
}

/// Puts views into the places that their ids have in the list; others stay where they are.
pub(super) async fn order_views(
    conn: &mut PgConnection,
    access: &ProjectAccess,
    view_ids: &[i64],
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update data_manager_view v set position = wanted.place - 1, updated_at = $4
        from unnest($3::bigint[]) with ordinality wanted (view_id, place)
        where v.project_id = $1 and v.data_manager_view_id = wanted.view_id and (not v.is_private or v.user_id = $2)",
        access.project_id().0,
        access.user_id().map(|id| id.0),
        view_ids,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What a project's columns are made of.
pub(super) async fn columns(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Columns> {
    let row = sqlx::query!(
        r#"select p.label_config, s.all_data_columns as "all_data_columns?: Json<Counts>",
            s.data_column_types as "data_column_types?: Json<Kinds>"
        from project p left join project_summary s using (project_id) where p.project_id = $1"#,
        access.project_id().0
    )
    .fetch_one(&mut *conn)
    .await?;
    let mut kinds = row.data_column_types.map(|json| json.0).unwrap_or_default();
    let present = row.all_data_columns.map(|json| json.0).unwrap_or_default();
    let data = present.into_keys().map(|name| (name.clone(), kinds.remove(&name).unwrap_or_default()));
    Ok(Columns {
        data: data.collect(),
        config: label_config::read(&row.label_config).unwrap_or_default(),
        ..Columns::default()
    })
}

/// Who may work in the project, by number.
pub(super) async fn people(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Vec<UserId>> {
    Ok(sqlx::query_scalar!(
        r#"select m.user_id as "user_id!: UserId" from organization_member m
        where m.organization_id = $2 and m.removed_at is null and (m.role in ('owner', 'admin')
            or exists (select from project_member pm where pm.project_id = $1 and pm.user_id = m.user_id and pm.enabled))
        order by m.user_id"#,
        access.project_id().0,
        access.org_id().0
    )
    .fetch_all(conn)
    .await?)
}

/// Versions of models that proposed something. Steps from one version to the next in the index, however many predictions
/// each has.
pub(super) async fn model_versions(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar!(
        r#"with recursive version as (
            (select model_version from prediction where project_id = $1 order by model_version limit 1)
            union all
            select (select p.model_version from prediction p
                where p.project_id = $1 and p.model_version > v.model_version order by p.model_version limit 1)
            from version v where v.model_version is not null
        )
        select model_version as "model_version!" from version where model_version is not null limit $2"#,
        access.project_id().0,
        MAX_VERSIONS
    )
    .fetch_all(conn)
    .await?)
}

/// What the forms of actions offer.
pub(super) async fn offered(conn: &mut PgConnection, access: &ProjectAccess) -> Result<Offered> {
    let config = columns(conn, access).await?.config;
    let model_versions = model_versions(conn, access).await?;
    let annotators = sqlx::query!(
        r#"select u.user_id as "user_id: UserId", u.name from user_account u
        where exists (select from annotation a where a.project_id = $1 and a.completed_by = u.user_id)
            and exists (select from organization_member m where m.organization_id = $2 and m.user_id = u.user_id)
        order by u.name, u.user_id limit 1000"#,
        access.project_id().0,
        access.org_id().0
    )
    .fetch_all(conn)
    .await?;
    let annotators = annotators.into_iter().map(|row| (row.user_id, row.name)).collect();
    Ok(Offered { model_versions, annotators, config })
}

/// The numbers of a page of tasks.
pub(super) async fn ids(
    conn: &mut PgConnection,
    mut tasks: SelectStatement,
    offset: i64,
    limit: i64,
) -> Result<Vec<TaskId>> {
    tasks.expr(Expr::cust("t.task_id"));
    // Never negative: limits and offsets come from checked types.
    tasks.offset(u64::try_from(offset).unwrap_or(0)).limit(u64::try_from(limit).unwrap_or(0));
    let (sql, values) = tasks.build_sqlx(PostgresQueryBuilder);
    let rows = sqlx::query_scalar_with::<_, TaskId, _>(AssertSqlSafe(sql), values).fetch_all(conn).await;
    rows.map_err(refused)
}

/// How many tasks there are, with how many annotations and predictions.
pub(super) async fn totals(conn: &mut PgConnection, mut tasks: SelectStatement) -> Result<Totals> {
    tasks
        .expr(Expr::cust("count(*)"))
        .expr(Expr::cust("coalesce(sum(t.annotation_count), 0)::bigint"))
        .expr(Expr::cust("coalesce(sum(t.prediction_count), 0)::bigint"));
    let (sql, values) = tasks.build_sqlx(PostgresQueryBuilder);
    let row = sqlx::query_with(AssertSqlSafe(sql), values).fetch_one(conn).await.map_err(refused)?;
    Ok(Totals { tasks: row.try_get(0)?, annotations: row.try_get(1)?, predictions: row.try_get(2)? })
}

/// Opens a cursor over the numbers of tasks; it lasts as long as the transaction.
pub(super) async fn open_stream(conn: &mut PgConnection, mut tasks: SelectStatement) -> Result<()> {
    tasks.expr(Expr::cust("t.task_id"));
    let (sql, values) = tasks.build_sqlx(PostgresQueryBuilder);
    let declare = ["declare picked no scroll cursor for ", &sql].concat();
    sqlx::query_with(AssertSqlSafe(declare), values).execute(conn).await.map_err(refused)?;
    Ok(())
}

/// The next numbers of the cursor; none at its end.
pub(super) async fn stream(conn: &mut PgConnection) -> Result<Vec<TaskId>> {
    sqlx::query_scalar::<_, TaskId>(STREAMED).fetch_all(conn).await.map_err(refused)
}

/// A filter that looks at every task may take a while, and not for ever.
pub(super) async fn have_patience(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("select set_config('statement_timeout', $1, true) as patience", PATIENCE).fetch_one(conn).await?;
    Ok(())
}

/// What only the database can say about a filter: that a pattern is none, or that it takes too long.
fn refused(error: sqlx::Error) -> Error {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code).map(Cow::into_owned);
    match code.as_deref() {
        Some("2201B") => {
            Problem::invalid("filters", "pattern_malformed", "A pattern of this filter is not a regular expression.")
                .into()
        }
        Some("57014") => {
            let message = "This filter takes too long on so many tasks. Add a condition that leaves fewer of them.";
            Problem::invalid("filters", "filter_too_slow", message).into()
        }
        _ => error.into(),
    }
}
