//! Tokens: keys and personal access tokens, and the access these are exchanged for.

use axum::{Extension, Json, extract::State};
use chrono::{DateTime, Utc};
use domain::{
    Error as Problem, Kind,
    id::TokenId,
    token::{NewToken, Scope, TokenInfo, TokenKind},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service::{Actor, Cx, account};
use utoipa::ToSchema;

use super::{
    Answer, Created,
    input::{At, Input},
};
use crate::error::Failure;

/// How long a personal access token made here lasts, in days.
const PERSONAL_DAYS: u16 = 365;
/// What the one key is called that programs of old ask for.
const LEGACY: &str = "Label Studio key";

/// A token.
#[derive(Debug, Serialize, ToSchema)]
pub struct TokenOut {
    token: String,
    created_at: Option<DateTime<Utc>>,
    expires_at: Option<DateTime<Utc>>,
}

/// The person's key. A key is shown once, when it is made: this answers where to make one.
#[utoipa::path(get, path = "/current-user/token", tag = "Tokens", responses((status = 200, body = TokenOut)))]
pub async fn legacy(Extension(actor): Extension<Actor>) -> Answer<TokenOut> {
    actor.user()?;
    let message = "A key is shown once, when it is made. Make one on the page of your account, or with \
        /current-user/reset-token.";
    Err(Problem::new(Kind::NotFound, "key_not_shown", message).into())
}

/// Makes a new key in the place of the one that was made here before.
#[utoipa::path(post, path = "/current-user/reset-token", tag = "Tokens",
    responses((status = 201, body = TokenOut)))]
pub async fn reset(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Result<Created<TokenOut>, Failure> {
    let before = account::tokens(&cx, &actor).await?;
    let new = NewToken { title: LEGACY.to_owned(), kind: TokenKind::Key, scope: Scope::Write, days: None };
    let created = account::create_token(&cx, &actor, new).await?;
    for token in before.iter().filter(|token| token.kind == TokenKind::Key && token.title == LEGACY) {
        account::revoke_token(&cx, &actor, token.token_id).await?;
    }
    Ok(Created(out(created.secret, &created.info)))
}

fn out(token: String, info: &TokenInfo) -> TokenOut {
    TokenOut { token, created_at: Some(info.created_at), expires_at: info.expires_at }
}

/// The person's personal access tokens. Their secrets are not told again: `token` is without its signature, and good for
/// nothing.
#[utoipa::path(get, path = "/token", tag = "Tokens", responses((status = 200, body = Vec<TokenOut>)))]
pub async fn list(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<Vec<TokenOut>> {
    let tokens = account::personal_tokens(&cx, &actor).await?;
    let told = tokens.into_iter().map(|token| TokenOut {
        token: token.unsigned,
        created_at: Some(token.created_at),
        expires_at: token.expires_at,
    });
    Ok(Json(told.collect()))
}

/// Makes a personal access token, which lasts a year. It is shown this once.
#[utoipa::path(post, path = "/token", tag = "Tokens", responses((status = 201, body = TokenOut)))]
pub async fn create(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Result<Created<TokenOut>, Failure> {
    let created = account::create_token(&cx, &actor, personal()).await?;
    Ok(Created(out(created.secret, &created.info)))
}

fn personal() -> NewToken {
    NewToken {
        title: "Made by a program".to_owned(),
        kind: TokenKind::Personal,
        scope: Scope::Write,
        days: Some(PERSONAL_DAYS),
    }
}

/// A personal access token.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RefreshIn {
    refresh: String,
}

/// Access for five minutes.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccessOut {
    access: String,
}

/// Exchanges a personal access token for access.
#[utoipa::path(post, path = "/token/refresh", tag = "Tokens", request_body = RefreshIn,
    responses((status = 200, body = AccessOut)), security(()))]
pub async fn refresh(State(cx): State<Cx>, Input(input): Input<RefreshIn>) -> Answer<AccessOut> {
    Ok(Json(AccessOut { access: account::refresh_token(&cx, &input.refresh).await? }))
}

/// A personal access token in the place of another.
#[derive(Debug, Serialize, ToSchema)]
pub struct RotatedOut {
    refresh: String,
}

/// Makes a personal access token in the place of one, which is worth nothing from then on.
#[utoipa::path(post, path = "/token/rotate", tag = "Tokens", request_body = RefreshIn,
    responses((status = 200, body = RotatedOut)))]
pub async fn rotate(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<RefreshIn>,
) -> Answer<RotatedOut> {
    let created = account::rotate_token(&cx, &actor, &input.refresh, PERSONAL_DAYS).await?;
    Ok(Json(RotatedOut { refresh: created.secret }))
}

/// Takes a personal access token back.
#[utoipa::path(post, path = "/token/blacklist", tag = "Tokens", request_body = RefreshIn,
    responses((status = 204)))]
pub async fn revoke(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<RefreshIn>,
) -> Result<StatusCode, Failure> {
    account::revoke_refresh(&cx, &actor, &input.refresh).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Which kinds of tokens there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct SettingsOut {
    api_tokens_enabled: bool,
    legacy_api_tokens_enabled: bool,
    api_token_ttl_days: u16,
}

/// Which kinds of tokens there are: both.
#[utoipa::path(get, path = "/jwt/settings", tag = "Tokens", responses((status = 200, body = SettingsOut)))]
pub async fn settings(Extension(actor): Extension<Actor>) -> Answer<SettingsOut> {
    actor.user()?;
    Ok(Json(SettingsOut {
        api_tokens_enabled: true,
        legacy_api_tokens_enabled: true,
        api_token_ttl_days: PERSONAL_DAYS,
    }))
}

/// A token as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeyOut {
    id: i64,
    title: String,
    /// `key` or `personal`.
    kind: &'static str,
    /// `read` or `write`.
    scope: &'static str,
    /// Its last characters.
    hint: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
    /// What programs show; only in the answer to the question that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

fn key(info: TokenInfo, token: Option<String>) -> KeyOut {
    KeyOut {
        id: info.token_id.0,
        title: info.title,
        kind: info.kind.name(),
        scope: info.scope.name(),
        hint: info.hint,
        created_at: info.created_at,
        expires_at: info.expires_at,
        last_used_at: info.last_used_at,
        token,
    }
}

/// The person's tokens of both kinds, newest first.
#[utoipa::path(get, path = "/v1/tokens", tag = "Tokens", responses((status = 200, body = Vec<KeyOut>)))]
pub async fn keys(State(cx): State<Cx>, Extension(actor): Extension<Actor>) -> Answer<Vec<KeyOut>> {
    let tokens = account::tokens(&cx, &actor).await?;
    Ok(Json(tokens.into_iter().map(|info| key(info, None)).collect()))
}

/// A token to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct KeyIn {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100)]
    title: String,
    /// `key`, sent with every question, or `personal`, exchanged for access.
    #[serde(default = "any_key")]
    kind: TokenKindIn,
    /// `read`, or `write` for everything the person may.
    #[serde(default = "all")]
    scope: ScopeIn,
    /// After how many days it ends; a key may do without.
    #[schema(minimum = 1, maximum = 3650)]
    days: Option<u16>,
}

fn any_key() -> TokenKindIn {
    TokenKindIn::Key
}

fn all() -> ScopeIn {
    ScopeIn::Write
}

/// How a program shows it.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TokenKindIn {
    Key,
    Personal,
}

/// What it may.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScopeIn {
    Read,
    Write,
}

/// Makes a token; it is shown this once.
#[utoipa::path(post, path = "/v1/tokens", tag = "Tokens", request_body = KeyIn,
    responses((status = 201, body = KeyOut)))]
pub async fn create_key(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    Input(input): Input<KeyIn>,
) -> Result<Created<KeyOut>, Failure> {
    let kind = match input.kind {
        TokenKindIn::Key => TokenKind::Key,
        TokenKindIn::Personal => TokenKind::Personal,
    };
    let scope = match input.scope {
        ScopeIn::Read => Scope::Read,
        ScopeIn::Write => Scope::Write,
    };
    let new = NewToken { title: input.title, kind, scope, days: input.days };
    let created = account::create_token(&cx, &actor, new).await?;
    Ok(Created(key(created.info, Some(created.secret))))
}

/// Takes a token back: whoever comes with it is nobody from then on.
#[utoipa::path(delete, path = "/v1/tokens/{id}", tag = "Tokens", params(("id" = i64, Path)),
    responses((status = 204)))]
pub async fn revoke_key(
    State(cx): State<Cx>,
    Extension(actor): Extension<Actor>,
    At(token_id): At<TokenId>,
) -> Result<StatusCode, Failure> {
    account::revoke_token(&cx, &actor, token_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
