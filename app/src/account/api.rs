//! The doors of the account area: ask who it is, call the use case, convert.

use domain::account::{DemoPeople, Me, SessionInfo, SignUpAs, Strength};
use domain::id::{OrgId, SessionId, TokenId};
use domain::token::{CreatedToken, Scope, TokenInfo, TokenKind};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

#[cfg(feature = "ssr")]
use super::{local_path, query_value};
use crate::error::AppError;
#[cfg(feature = "ssr")]
use crate::ssr::{self, request};

/// The signed-in person, if anybody is.
#[server]
pub async fn who_am_i() -> Result<Option<Me>, AppError> {
    let (cx, actor) = request()?;
    if matches!(actor, service::Actor::Anonymous) {
        return Ok(None);
    }
    Ok(Some(service::account::me(&cx, &actor).await?))
}

/// Who can be tried out, where there is a demo workspace.
#[server]
pub async fn demo_guests() -> Result<Option<DemoPeople>, AppError> {
    let (cx, _) = request()?;
    Ok(service::demo::guests(&cx).await?)
}

/// Signs in; answers where to go.
#[server]
pub async fn sign_in(email: String, password: String, next: String) -> Result<String, AppError> {
    let (cx, _) = request()?;
    let session = service::account::sign_in(&cx, &ssr::client(), &email, password).await?;
    ssr::set_session(&cx, &session);
    Ok(ssr::go(local_path(&next)))
}

/// Signs up; answers where to go.
#[server]
pub async fn sign_up(
    name: String,
    email: String,
    password: String,
    sign_up_as: SignUpAs,
    #[server(default)] organization: String,
    #[server(default)] invite: String,
) -> Result<String, AppError> {
    let (cx, _) = request()?;
    let query = query_value(&email);
    let input = domain::account::SignUp { email, name, password, sign_up_as, organization, invite };
    service::account::sign_up(&cx, &ssr::client(), input).await?;
    Ok(ssr::go(&format!("/check-mail?email={query}")))
}

/// Mails the confirmation once more, if the address waits for it.
#[server]
pub async fn resend_verification(email: String) -> Result<(), AppError> {
    let (cx, _) = request()?;
    Ok(service::account::resend_verification(&cx, &email).await?)
}

/// Confirms an address and signs in; answers where to go.
#[server]
pub async fn verify_email(token: String) -> Result<String, AppError> {
    let (cx, _) = request()?;
    let session = service::account::verify_email(&cx, &ssr::client(), &token).await?;
    ssr::set_session(&cx, &session);
    Ok(ssr::go(super::HOME))
}

/// Mails a link for a new password, if the address is known; answers where to go.
#[server]
pub async fn request_password_reset(email: String) -> Result<String, AppError> {
    let (cx, _) = request()?;
    service::account::request_password_reset(&cx, &email).await?;
    Ok(ssr::go(&format!("/forgot?sent={}", query_value(&email))))
}

/// Whether a mailed link to choose a new password still works.
#[server]
pub async fn check_reset_link(token: String) -> Result<(), AppError> {
    let (cx, _) = request()?;
    Ok(service::account::check_reset_link(&cx, &token).await?)
}

/// Whether a mailed link to confirm an address still works.
#[server]
pub async fn check_verify_link(token: String) -> Result<(), AppError> {
    let (cx, _) = request()?;
    Ok(service::account::check_verify_link(&cx, &token).await?)
}

/// Sets a new password by a mailed link and signs in; answers where to go.
#[server]
pub async fn reset_password(token: String, password: String) -> Result<String, AppError> {
    let (cx, _) = request()?;
    let session = service::account::reset_password(&cx, &ssr::client(), &token, password).await?;
    ssr::set_session(&cx, &session);
    Ok(ssr::go(super::HOME))
}

/// Changes the password and signs the other browsers out.
#[server]
pub async fn change_password(present: String, new: String) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::account::change_password(&cx, &actor, present, new).await?)
}

/// Changes the name shown to others.
#[server]
pub async fn rename(name: String) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::account::rename(&cx, &actor, &name).await?)
}

/// How hard a password is to guess for somebody who knows these words about the person.
#[server]
pub async fn password_strength(password: String, #[server(default)] known: String) -> Result<Strength, AppError> {
    /// A name and an address.
    const MOST_WORDS: usize = 12;
    let estimate = move || {
        let known: Vec<&str> = known.split_whitespace().filter(|word| word.len() < 100).take(MOST_WORDS).collect();
        service::account::strength(&password, &known)
    };
    // Arithmetic for a moment: not on the threads that answer requests.
    tokio::task::spawn_blocking(estimate).await.map_err(|error| AppError::Transport(error.to_string()))
}

/// The signed-in browsers of this person.
#[server]
pub async fn sessions() -> Result<Vec<SessionInfo>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::account::sessions(&cx, &actor).await?)
}

/// Signs this browser out; answers where to go.
#[server]
pub async fn sign_out() -> Result<String, AppError> {
    let (cx, actor) = request()?;
    service::account::sign_out(&cx, &actor).await?;
    ssr::clear_session(&cx);
    Ok(ssr::go("/login"))
}

/// Signs another browser of this person out.
#[server]
pub async fn sign_out_one(session_id: SessionId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::account::sign_out_one(&cx, &actor, session_id).await?)
}

/// Signs all other browsers of this person out; answers how many.
#[server]
pub async fn sign_out_everywhere() -> Result<u64, AppError> {
    let (cx, actor) = request()?;
    Ok(service::account::sign_out_everywhere(&cx, &actor).await?)
}

/// Works in another organization from now on; answers where to go.
#[server]
pub async fn switch_org(org_id: OrgId) -> Result<String, AppError> {
    let (cx, actor) = request()?;
    service::account::switch_org(&cx, &actor, org_id).await?;
    Ok(ssr::go(super::HOME))
}

/// A mail that was written while no mail server is configured.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxMail {
    /// Which.
    pub id: String,
    /// The address.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// As a mail program shows it.
    pub html: String,
    /// For plain mail programs.
    pub text: String,
    /// When it was written.
    pub created_at: chrono::DateTime<chrono::Utc>,
}

/// The newest mails; in development only.
#[server]
pub async fn outbox() -> Result<Vec<OutboxMail>, AppError> {
    /// As many as one looks through.
    const MOST: i64 = 100;
    let (cx, _) = request()?;
    if !cx.settings().dev_pages {
        return Err(domain::Error::not_found("page").into());
    }
    let mails = service::provider::mail::newest(&cx, MOST).await?;
    Ok(mails
        .into_iter()
        .map(|stored| OutboxMail {
            id: stored.mail_id.to_string(),
            to: stored.mail.to,
            subject: stored.mail.subject,
            html: stored.mail.html,
            text: stored.mail.text,
            created_at: stored.created_at,
        })
        .collect())
}

/// What programs act with in the person's name.
#[server]
pub async fn tokens() -> Result<Vec<TokenInfo>, AppError> {
    let (cx, actor) = request()?;
    Ok(service::account::tokens(&cx, &actor).await?)
}

/// Makes a token; its secret is in this answer alone. It ends after so many days, or never for 0.
#[server]
pub async fn create_token(title: String, kind: TokenKind, scope: Scope, days: u16) -> Result<CreatedToken, AppError> {
    let (cx, actor) = request()?;
    let new = domain::token::NewToken { title, kind, scope, days: (days > 0).then_some(days) };
    Ok(service::account::create_token(&cx, &actor, new).await?)
}

/// Takes a token back.
#[server]
pub async fn revoke_token(token_id: TokenId) -> Result<(), AppError> {
    let (cx, actor) = request()?;
    Ok(service::account::revoke_token(&cx, &actor, token_id).await?)
}
