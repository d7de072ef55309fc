//! Signed-in browsers. The cookie holds 32 random bytes; the database only their SHA-256.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    Error as Problem,
    account::{SessionInfo, device},
    id::{OrgId, SessionId, UserId},
};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::idempotency::KEPT;
use crate::{Actor, Cx, Result, access::SignedIn, boxed};

/// A session ends this long after the last visit.
const IDLE_DAYS: i64 = 30;
/// Visits closer together than this are not written down.
const SEEN_EVERY_MINUTES: i64 = 5;
/// The longest header kept.
const USER_AGENT_MAX_CHARS: usize = 400;

/// What a door knows of the browser that asks.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// The network address.
    pub ip: String,
    /// The `User-Agent` header.
    pub user_agent: String,
}

/// A session just opened. The token goes into the cookie and nowhere else.
#[derive(Clone)]
pub struct NewSession {
    /// Whose.
    pub user_id: UserId,
    /// The cookie's value.
    pub token: String,
    /// When the cookie may be forgotten.
    pub expires_at: DateTime<Utc>,
}

impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

/// A secret for a cookie or a link.
pub(crate) fn new_token(cx: &Cx) -> String {
    URL_SAFE_NO_PAD.encode(cx.random_bytes::<32>())
}

/// What the database keeps of a secret. It is random and long, so a plain hash is enough.
pub(crate) fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

pub(super) async fn open(cx: &Cx, conn: &mut PgConnection, user_id: UserId, client: &Client) -> Result<NewSession> {
    let token = new_token(cx);
    let expires_at = cx.now() + TimeDelta::days(IDLE_DAYS);
    let user_agent: String = client.user_agent.chars().take(USER_AGENT_MAX_CHARS).collect();
    sqlx::query!(
        "insert into session (user_id, token_hash, user_agent, ip, created_at, last_seen_at, expires_at, organization_id)
        values ($1, $2, $3, $4, $5, $5, $6, (
            -- where the person worked last, else where they joined first
            select organization_id from organization_member m
            where m.user_id = $1 and m.removed_at is null
            order by (select max(s.last_seen_at) from session s
                where s.user_id = $1 and s.organization_id = m.organization_id) desc nulls last, m.joined_at, m.organization_id
            limit 1))",
        user_id.0,
        hash(&token),
        user_agent,
        client.ip,
        cx.now(),
        expires_at
    )
    .execute(conn)
    .await?;
    Ok(NewSession { user_id, token, expires_at })
}

/// Who the cookie belongs to; [`Actor::Anonymous`] for an unknown or ended one. Notes the visit now and then.
///
/// # Errors
/// When the database cannot be reached.
#[boxed]
pub async fn actor_from_session(cx: &Cx, token: &str, client: &Client) -> Result<Actor> {
    let now = cx.now();
    let row = sqlx::query!(
        r#"select s.session_id as "session_id: SessionId", s.user_id as "user_id: UserId", s.last_seen_at,
            coalesce(
                (select m.organization_id from organization_member m where m.user_id = s.user_id
                    and m.organization_id = s.organization_id and m.removed_at is null),
                (select m.organization_id from organization_member m where m.user_id = s.user_id
                    and m.removed_at is null order by m.joined_at, m.organization_id limit 1)
            ) as "org_id: OrgId",
            u.name, u.email, u.is_staff
        from session s join user_account u using (user_id)
        where s.token_hash = $1 and s.expires_at > $2 and u.deactivated_at is null"#,
        hash(token),
        now
    )
    .fetch_optional(cx.pool())
    .await?;
    let Some(row) = row else { return Ok(Actor::Anonymous) };
    if now - row.last_seen_at > TimeDelta::minutes(SEEN_EVERY_MINUTES) {
        sqlx::query!(
            "update session set last_seen_at = $2, expires_at = $3, ip = $4 where session_id = $1",
            row.session_id.0,
            now,
            now + TimeDelta::days(IDLE_DAYS),
            client.ip
        )
        .execute(cx.pool())
        .await?;
    }
    Ok(Actor::User(SignedIn {
        user_id: row.user_id,
        session_id: Some(row.session_id),
        org_id: row.org_id,
        name: row.name,
        email: row.email,
        is_staff: row.is_staff,
    }))
}

/// The person's signed-in browsers, this one first.
///
/// # Errors
/// *Unauthenticated* when nobody is signed in.
#[boxed]
pub async fn sessions(cx: &Cx, actor: &Actor) -> Result<Vec<SessionInfo>> {
    let me = actor.user()?;
    let rows = sqlx::query!(
        r#"select session_id as "session_id: SessionId", user_agent, ip, created_at, last_seen_at from session
        where user_id = $1 and expires_at > $2
        order by (session_id = $3) desc, last_seen_at desc limit 100"#,
        me.user_id.0,
        cx.now(),
        me.session_id.map_or(0, |id| id.0)
    )
    .fetch_all(cx.pool())
    .await?;
    let sessions = rows.into_iter().map(|row| SessionInfo {
        session_id: row.session_id,
        device: device(&row.user_agent),
        ip: row.ip,
        created_at: row.created_at,
        last_seen_at: row.last_seen_at,
        is_current: Some(row.session_id) == me.session_id,
    });
    Ok(sessions.collect())
}

/// Ends this browser's session; nothing happens without one.
///
/// # Errors
/// When the database cannot be reached.
#[boxed]
pub async fn sign_out(cx: &Cx, actor: &Actor) -> Result<()> {
    if let Actor::User(SignedIn { session_id: Some(id), .. }) = actor {
        sqlx::query!("delete from session where session_id = $1", id.0).execute(cx.pool()).await?;
    }
    Ok(())
}

/// Ends one session of the person.
///
/// # Errors
/// *Not found* for somebody else's.
#[boxed]
pub async fn sign_out_one(cx: &Cx, actor: &Actor, session_id: SessionId) -> Result<()> {
    let me = actor.user()?;
    let done = sqlx::query!("delete from session where session_id = $1 and user_id = $2", session_id.0, me.user_id.0)
        .execute(cx.pool())
        .await?;
    if done.rows_affected() == 0 { Err(Problem::not_found("session").into()) } else { Ok(()) }
}

/// Ends every other session of the person; returns how many there were.
///
/// # Errors
/// *Unauthenticated* when nobody is signed in.
#[boxed]
pub async fn sign_out_everywhere(cx: &Cx, actor: &Actor) -> Result<u64> {
    let me = actor.user()?;
    super::sql::delete_sessions(&mut *cx.pool().acquire().await?, me.user_id, me.session_id).await
}

/// Makes this browser work in another of the person's organizations.
///
/// # Errors
/// *Not found* for an organization the person is not in.
#[boxed]
pub async fn switch_org(cx: &Cx, actor: &Actor, org_id: OrgId) -> Result<()> {
    let me = actor.user()?;
    let done = sqlx::query!(
        "update session s set organization_id = $1 where session_id = $2 and exists (
            select from organization_member m
            where m.organization_id = $1 and m.user_id = s.user_id and m.removed_at is null)",
        org_id.0,
        me.session_id.map_or(0, |id| id.0)
    )
    .execute(cx.pool())
    .await?;
    if done.rows_affected() == 0 { Err(Problem::not_found("organization").into()) } else { Ok(()) }
}

/// Removes what has expired: sessions, links, counted attempts. Runs on a schedule.
///
/// # Errors
/// When the database cannot be reached.
#[boxed]
pub async fn cleanup(cx: &Cx) -> Result<()> {
    let now = cx.now();
    sqlx::query!("delete from session where expires_at < $1", now).execute(cx.pool()).await?;
    sqlx::query!("delete from email_token where expires_at < $1", now).execute(cx.pool()).await?;
    sqlx::query!("delete from login_attempt where attempted_at < $1", now - TimeDelta::days(1))
        .execute(cx.pool())
        .await?;
    sqlx::query!("delete from idempotency_key where asked_at < $1", now - KEPT).execute(cx.pool()).await?;
    Ok(())
}
