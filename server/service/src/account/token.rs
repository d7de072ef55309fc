//! Tokens: what programs act with in a person's name.
//!
//! Invariants: a key is never stored, only its SHA-256; a personal access token and the access it is exchanged for are
//! signed and worth nothing once their row is gone; a token works only as long as its person is active and in its
//! organization, and never beyond what the person may.

use chrono::{DateTime, Utc};
use domain::{
    Error as Problem,
    id::{OrgId, TokenId, UserId},
    token::{ACCESS, CreatedToken, Credential, KEY_PREFIX, MAX_TOKENS, NewToken, Scope, TokenInfo, TokenKind},
};
use serde_json::json;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    session::{Client, hash, new_token},
    signed::{Claims, Purpose},
};
use crate::{Actor, Cx, Result, access::SignedIn, audit, boxed};

/// Uses closer together than this are not written down.
const SEEN_EVERY: chrono::TimeDelta = chrono::TimeDelta::minutes(5);

/// Who comes with a token, and what it may.
#[derive(Debug, Clone)]
pub struct Program {
    /// The person.
    pub actor: Actor,
    /// Which token.
    pub token_id: TokenId,
    /// What it may.
    pub scope: Scope,
}

/// Makes a token for the organization the person works in. Its secret is in the answer, and nowhere else.
///
/// # Errors
/// *Unauthenticated*; what [`NewToken::checked`] refuses; more than [`MAX_TOKENS`].
#[boxed]
pub async fn create_token(cx: &Cx, actor: &Actor, new: NewToken) -> Result<CreatedToken> {
    make(cx, actor.user()?, new).await
}

/// A token for somebody, made by whoever runs the server; it works in the organization the person joined first.
///
/// # Errors
/// *Forbidden* for everybody but the system; *not found* for an unknown address; as [`create_token`].
#[boxed]
pub async fn create_token_for(cx: &Cx, actor: &Actor, email: &str, new: NewToken) -> Result<CreatedToken> {
    if !matches!(actor, Actor::System) {
        return Err(Problem::forbidden("make tokens for others").into());
    }
    let row = sqlx::query!(
        r#"select user_id as "user_id: UserId", name, email, is_staff,
            (select m.organization_id from organization_member m where m.user_id = u.user_id and m.removed_at is null
                order by m.joined_at, m.organization_id limit 1) as "org_id: OrgId"
        from user_account u where lower(email) = lower($1) and deactivated_at is null"#,
        email.trim()
    )
    .fetch_optional(cx.pool())
    .await?
    .ok_or_else(|| Problem::not_found("account"))?;
    let person = SignedIn {
        user_id: row.user_id,
        session_id: None,
        org_id: row.org_id,
        name: row.name,
        email: row.email,
        is_staff: row.is_staff,
    };
    make(cx, &person, new).await
}

async fn make(cx: &Cx, me: &SignedIn, new: NewToken) -> Result<CreatedToken> {
    let new = new.checked()?;
    let now = cx.now();
    let expires_at = new.ends_at(now);
    let jti = (new.kind == TokenKind::Personal).then(|| cx.new_uuid());
    let secret = match jti {
        None => format!("{KEY_PREFIX}{}", new_token(cx)),
        Some(jti) => {
            let claims = Claims::new(Purpose::Refresh, me.user_id, jti, now, expires_at.unwrap_or(now));
            claims.sign(&signing_secret(cx).await?)?
        }
    };
    let key_hash = jti.is_none().then(|| hash(&secret));
    let hint: String = secret.chars().skip(secret.chars().count().saturating_sub(4)).collect();
    let mut tx = cx.begin().await?;
    // One after the other, or two of them would both be the last.
    sqlx::query!("select user_id from user_account where user_id = $1 for update", me.user_id.0)
        .fetch_one(&mut *tx)
        .await?;
    let count = sqlx::query_scalar!(r#"select count(*) as "count!" from api_token where user_id = $1"#, me.user_id.0)
        .fetch_one(&mut *tx)
        .await?;
    if count >= MAX_TOKENS {
        let message = format!("You have {MAX_TOKENS} tokens, which is the most. Revoke one first.");
        return Err(Problem::conflict("too_many_tokens", message).into());
    }
    let token_id = sqlx::query_scalar!(
        r#"insert into api_token (user_id, organization_id, kind, token_hash, jti, title, scope, hint, created_at, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning token_id as "token_id: TokenId""#,
        me.user_id.0,
        me.org_id.map(|id| id.0),
        new.kind.name(),
        key_hash,
        jti,
        new.title,
        new.scope.name(),
        hint,
        now,
        expires_at
    )
    .fetch_one(&mut *tx)
    .await?;
    record(cx, &mut tx, me, "token_created", token_id, &new.title).await?;
    tx.commit().await?;
    let info = TokenInfo {
        token_id,
        title: new.title,
        kind: new.kind,
        scope: new.scope,
        hint,
        created_at: now,
        expires_at,
        last_used_at: None,
    };
    Ok(CreatedToken { info, secret })
}

/// The person's tokens, newest first, those that have ended too.
///
/// # Errors
/// *Unauthenticated* when nobody is signed in.
#[boxed]
pub async fn tokens(cx: &Cx, actor: &Actor) -> Result<Vec<TokenInfo>> {
    let me = actor.user()?;
    let rows = sqlx::query!(
        r#"select token_id as "token_id: TokenId", kind, title, scope, hint, created_at, expires_at, last_used_at
        from api_token where user_id = $1 order by created_at desc, token_id desc limit 100"#,
        me.user_id.0
    )
    .fetch_all(cx.pool())
    .await?;
    let tokens = rows.into_iter().map(|row| TokenInfo {
        token_id: row.token_id,
        title: row.title,
        kind: TokenKind::from_name(&row.kind).unwrap_or(TokenKind::Key),
        scope: Scope::from_name(&row.scope).unwrap_or(Scope::Read),
        hint: row.hint,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    });
    Ok(tokens.collect())
}

/// A personal access token by which its person tells it from others.
#[derive(Debug, Clone)]
pub struct PersonalToken {
    /// All of it but the signature, so it is good for nothing.
    pub unsigned: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// Until when.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The person's personal access tokens, newest first.
///
/// # Errors
/// *Unauthenticated* when nobody is signed in.
#[boxed]
pub async fn personal_tokens(cx: &Cx, actor: &Actor) -> Result<Vec<PersonalToken>> {
    let me = actor.user()?;
    let rows = sqlx::query!(
        r#"select jti as "jti!", created_at, expires_at from api_token
        where user_id = $1 and jti is not null order by created_at desc, token_id desc limit 100"#,
        me.user_id.0
    )
    .fetch_all(cx.pool())
    .await?;
    let token = |row: (Uuid, DateTime<Utc>, Option<DateTime<Utc>>)| {
        let (jti, created_at, expires_at) = row;
        let claims = Claims::new(Purpose::Refresh, me.user_id, jti, created_at, expires_at.unwrap_or(created_at));
        Ok(PersonalToken { unsigned: claims.unsigned()?, created_at, expires_at })
    };
    rows.into_iter().map(|row| token((row.jti, row.created_at, row.expires_at))).collect()
}

/// Takes a token back: whoever comes with it is nobody from then on.
///
/// # Errors
/// *Not found* for somebody else's.
#[boxed]
pub async fn revoke_token(cx: &Cx, actor: &Actor, token_id: TokenId) -> Result<()> {
    let me = actor.user()?;
    let mut tx = cx.begin().await?;
    let title = sqlx::query_scalar!(
        "delete from api_token where token_id = $1 and user_id = $2 returning title",
        token_id.0,
        me.user_id.0
    )
    .fetch_optional(&mut *tx)
    .await?
    .ok_or_else(|| Problem::not_found("token"))?;
    record(cx, &mut tx, me, "token_revoked", token_id, &title).await?;
    tx.commit().await?;
    Ok(())
}

async fn record(
    cx: &Cx,
    conn: &mut PgConnection,
    me: &SignedIn,
    action: &str,
    token_id: TokenId,
    title: &str,
) -> Result<()> {
    let event = audit::Event {
        org_id: me.org_id,
        actor_id: Some(me.user_id),
        action,
        subject: "api_token",
        subject_id: Some(token_id.0),
        data: json!({ "title": title }),
    };
    audit::record(cx, conn, event).await
}

/// Short access for a personal access token.
///
/// # Errors
/// *Unauthenticated* for one that is not ours, has ended or was taken back.
#[boxed]
pub async fn refresh_token(cx: &Cx, token: &str) -> Result<String> {
    let claims = read(cx, token, Purpose::Refresh).await?.ok_or_else(dead)?;
    let user_id = sqlx::query_scalar!(
        r#"select user_id as "user_id: UserId" from api_token where jti = $1 and expires_at > $2"#,
        claims.jti,
        cx.now()
    )
    .fetch_optional(cx.pool())
    .await?
    .ok_or_else(dead)?;
    signed(cx, Purpose::Access, user_id, claims.jti, cx.now() + ACCESS).await
}

/// Who comes with a token, and what it may. Notes the visit now and then.
///
/// # Errors
/// *Unauthenticated* for a token that is not ours, has ended or was taken back.
#[boxed]
pub async fn program(cx: &Cx, shown: &Credential<'_>, client: &Client) -> Result<Program> {
    let (key_hash, jti) = match shown {
        Credential::Key(key) => (Some(hash(key)), None),
        Credential::Bearer(access) => (None, Some(read(cx, access, Purpose::Access).await?.ok_or_else(dead)?.jti)),
    };
    let now = cx.now();
    let row = sqlx::query!(
        r#"select t.token_id as "token_id: TokenId", t.user_id as "user_id: UserId", t.scope, t.last_used_at,
            (select m.organization_id from organization_member m where m.user_id = t.user_id
                and m.organization_id = t.organization_id and m.removed_at is null) as "org_id: OrgId",
            u.name, u.email, u.is_staff
        from api_token t join user_account u using (user_id)
        where (t.token_hash = $1 or t.jti = $2) and (t.expires_at is null or t.expires_at > $3)
            and u.deactivated_at is null"#,
        key_hash,
        jti,
        now
    )
    .fetch_optional(cx.pool())
    .await?
    .ok_or_else(dead)?;
    if row.last_used_at.is_none_or(|last| now - last > SEEN_EVERY) {
        sqlx::query!(
            "update api_token set last_used_at = $2, last_used_ip = $3 where token_id = $1",
            row.token_id.0,
            now,
            client.ip
        )
        .execute(cx.pool())
        .await?;
    }
    let actor = Actor::User(SignedIn {
        user_id: row.user_id,
        session_id: None,
        org_id: row.org_id,
        name: row.name,
        email: row.email,
        is_staff: row.is_staff,
    });
    Ok(Program { actor, token_id: row.token_id, scope: Scope::from_name(&row.scope).unwrap_or(Scope::Read) })
}

fn dead() -> Problem {
    Problem::new(domain::Kind::Unauthenticated, "token_invalid", "This token is not valid, or not any more.")
}

async fn signed(cx: &Cx, purpose: Purpose, user_id: UserId, jti: Uuid, expires_at: DateTime<Utc>) -> Result<String> {
    let secret = signing_secret(cx).await?;
    Ok(Claims::new(purpose, user_id, jti, cx.now(), expires_at).sign(&secret)?)
}

/// What a token says, if it is ours, of this type and has not ended.
async fn read(cx: &Cx, token: &str, purpose: Purpose) -> Result<Option<Claims>> {
    let secrets = sqlx::query_scalar!("select secret from signing_key order by signing_key_id desc limit 4")
        .fetch_all(cx.pool())
        .await?;
    Ok(Claims::read(token, &secrets, purpose, cx.now()))
}

/// The newest key to sign with; the first one is made when it is first wanted.
async fn signing_secret(cx: &Cx) -> Result<Vec<u8>> {
    let newest = || sqlx::query_scalar!("select secret from signing_key order by signing_key_id desc limit 1");
    if let Some(secret) = newest().fetch_optional(cx.pool()).await? {
        return Ok(secret);
    }
    // Two nodes at once make two: the newer one signs, both are believed.
    let secret = cx.random_bytes::<64>().to_vec();
    sqlx::query!("insert into signing_key (secret, created_at) values ($1, $2)", secret, cx.now())
        .execute(cx.pool())
        .await?;
    Ok(newest().fetch_one(cx.pool()).await?)
}

/// Takes a personal access token of the person's back, which the program shows.
///
/// # Errors
/// *Not found* for one that is not theirs, has ended or was taken back.
#[boxed]
pub async fn revoke_refresh(cx: &Cx, actor: &Actor, token: &str) -> Result<()> {
    let (token_id, ..) = shown(cx, actor, token).await?;
    revoke_token(cx, actor, token_id).await
}

/// Makes a personal access token in the place of one that the program shows; it may the same, for `days`.
///
/// # Errors
/// As [`revoke_refresh`] and [`create_token`].
#[boxed]
pub async fn rotate_token(cx: &Cx, actor: &Actor, token: &str, days: u16) -> Result<CreatedToken> {
    let (token_id, title, scope) = shown(cx, actor, token).await?;
    let new = NewToken { title, kind: TokenKind::Personal, scope, days: Some(days) };
    let created = create_token(cx, actor, new).await?;
    revoke_token(cx, actor, token_id).await?;
    Ok(created)
}

async fn shown(cx: &Cx, actor: &Actor, token: &str) -> Result<(TokenId, String, Scope)> {
    let me = actor.user()?;
    let claims = read(cx, token, Purpose::Refresh).await?.ok_or_else(|| Problem::not_found("token"))?;
    let row = sqlx::query!(
        r#"select token_id as "token_id: TokenId", title, scope from api_token where jti = $1 and user_id = $2"#,
        claims.jti,
        me.user_id.0
    )
    .fetch_optional(cx.pool())
    .await?
    .ok_or_else(|| Problem::not_found("token"))?;
    Ok((row.token_id, row.title, Scope::from_name(&row.scope).unwrap_or(Scope::Read)))
}
