//! Statements of the account area.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    access::OrgRole,
    account::MyOrg,
    hotkeys::OwnKeys,
    id::{OrgId, SessionId, UserId},
};
use sqlx::{PgConnection, types::Json};

use crate::Result;

/// A person with what signing in needs.
pub(super) struct User {
    pub user_id: UserId,
    pub email: String,
    pub name: String,
    pub password_hash: Option<String>,
    pub email_verified: bool,
    pub deactivated: bool,
}

pub(super) struct NewUser<'a> {
    pub email: &'a str,
    pub name: &'a str,
    pub password_hash: Option<&'a str>,
    pub is_client: bool,
    pub is_annotator: bool,
    pub is_staff: bool,
    pub is_demo: bool,
    pub verified_at: Option<DateTime<Utc>>,
    pub now: DateTime<Utc>,
}

pub(super) async fn lock_sign_up(conn: &mut PgConnection) -> Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtext('sign_up'))").execute(conn).await?;
    Ok(())
}

pub(super) async fn is_first(conn: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select not exists (select from user_account) as "first!""#).fetch_one(conn).await?)
}

pub(super) async fn has_demo_people(conn: &mut PgConnection) -> Result<bool> {
    Ok(sqlx::query_scalar!(r#"select exists (select from user_account where is_demo) as "any!""#)
        .fetch_one(conn)
        .await?)
}

pub(super) async fn user_by_email(conn: &mut PgConnection, email: &str) -> Result<Option<User>> {
    let user = sqlx::query_as!(
        User,
        r#"select user_id as "user_id: UserId", email, name, password_hash,
            email_verified_at is not null as "email_verified!", deactivated_at is not null as "deactivated!"
        from user_account where lower(email) = lower($1)"#,
        email
    )
    .fetch_optional(conn)
    .await?;
    Ok(user)
}

pub(super) async fn insert_user(conn: &mut PgConnection, user: &NewUser<'_>) -> Result<UserId> {
    let user_id = sqlx::query_scalar!(
        r#"insert into user_account (email, name, password_hash, is_client, is_annotator, is_staff, is_demo,
            email_verified_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
        returning user_id as "user_id: UserId""#,
        user.email,
        user.name,
        user.password_hash,
        user.is_client,
        user.is_annotator,
        user.is_staff,
        user.is_demo,
        user.verified_at,
        user.now
    )
    .fetch_one(conn)
    .await?;
    Ok(user_id)
}

/// The newest link of a purpose is the only one that works.
pub(super) async fn replace_email_token(
    conn: &mut PgConnection,
    user_id: UserId,
    purpose: &str,
    token_hash: &[u8],
    now: DateTime<Utc>,
    lifetime: TimeDelta,
) -> Result<()> {
    sqlx::query!("delete from email_token where user_id = $1 and purpose = $2", user_id.0, purpose)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        "insert into email_token (token_hash, user_id, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        token_hash,
        user_id.0,
        purpose,
        now,
        now + lifetime
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn has_email_token(
    conn: &mut PgConnection,
    purpose: &str,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<bool> {
    let works = sqlx::query_scalar!(
        r#"select exists (
            select from email_token where token_hash = $1 and purpose = $2 and expires_at > $3
        ) as "works!""#,
        token_hash,
        purpose,
        now
    )
    .fetch_one(conn)
    .await?;
    Ok(works)
}

/// Deleting is what makes it single-use: of two clicks one gets the row.
pub(super) async fn take_email_token(
    conn: &mut PgConnection,
    purpose: &str,
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<UserId>> {
    let user_id = sqlx::query_scalar!(
        r#"delete from email_token where token_hash = $1 and purpose = $2 and expires_at > $3
        returning user_id as "user_id: UserId""#,
        token_hash,
        purpose,
        now
    )
    .fetch_optional(conn)
    .await?;
    Ok(user_id)
}

pub(super) async fn mark_verified(conn: &mut PgConnection, user_id: UserId, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update user_account set email_verified_at = coalesce(email_verified_at, $2), updated_at = $2 where user_id = $1",
        user_id.0,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn set_password(
    conn: &mut PgConnection,
    user_id: UserId,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update user_account set password_hash = $2, updated_at = $3 where user_id = $1",
        user_id.0,
        hash,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn set_name(conn: &mut PgConnection, user_id: UserId, name: &str, now: DateTime<Utc>) -> Result<()> {
    sqlx::query!("update user_account set name = $2, updated_at = $3 where user_id = $1", user_id.0, name, now)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn set_keys(
    conn: &mut PgConnection,
    user_id: UserId,
    keys: &OwnKeys,
    now: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update user_account set keys = $2, updated_at = $3 where user_id = $1",
        user_id.0,
        Json(keys) as _,
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All sessions of the person but, if given, one.
pub(super) async fn delete_sessions(
    conn: &mut PgConnection,
    user_id: UserId,
    except: Option<SessionId>,
) -> Result<u64> {
    let done = sqlx::query!(
        "delete from session where user_id = $1 and ($2::bigint is null or session_id <> $2)",
        user_id.0,
        except.map(|id| id.0)
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn orgs_of(conn: &mut PgConnection, user_id: UserId) -> Result<Vec<MyOrg>> {
    let rows = sqlx::query!(
        r#"select o.organization_id as "org_id: OrgId", o.name, m.role
        from organization_member m join organization o using (organization_id)
        where m.user_id = $1 and m.removed_at is null
        order by lower(o.name), o.organization_id limit 200"#,
        user_id.0
    )
    .fetch_all(conn)
    .await?;
    let orgs = rows
        .into_iter()
        .filter_map(|row| Some(MyOrg { org_id: row.org_id, name: row.name, role: OrgRole::from_name(&row.role)? }));
    Ok(orgs.collect())
}

/// The keys a person has chosen.
pub(crate) async fn keys(conn: &mut PgConnection, user_id: UserId) -> Result<OwnKeys> {
    let keys =
        sqlx::query_scalar!(r#"select keys as "keys: Json<OwnKeys>" from user_account where user_id = $1"#, user_id.0);
    Ok(keys.fetch_one(conn).await?.0)
}
