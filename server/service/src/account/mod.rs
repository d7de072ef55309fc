//! People: signing up, in and out, passwords, sessions.
//!
//! Nothing here tells whether an address is known: sign-up and reset answer the same either way, and a failed sign-in
//! takes as long for an unknown address as for a wrong password.

mod idempotency;
mod mails;
mod password;
mod session;
mod signed;
mod sql;
mod throttle;
mod token;

use chrono::TimeDelta;
use domain::{
    Error as Problem, Kind,
    account::{
        Email, Me, MyOrg, PASSWORD_MAX_BYTES, SignUp, SignUpAs, Strength, check_password, check_password_length,
        parse_name,
    },
    hotkeys::OwnKeys,
    id::{OrgId, UserId},
};
use serde_json::json;

pub use self::idempotency::{Asked, Kept, finish_question, forget_question, remember_question};
pub use self::session::{
    Client, NewSession, actor_from_session, cleanup, sessions, sign_out, sign_out_everywhere, sign_out_one, switch_org,
};
pub(crate) use self::session::{hash as hash_token, new_token};
pub(crate) use self::sql::keys as keys_of;
pub(crate) use self::throttle::{Limit, spend};
pub use self::token::{
    PersonalToken, Program, create_token, create_token_for, personal_tokens, program, refresh_token, revoke_refresh,
    revoke_token, rotate_token, tokens,
};
use crate::{Actor, Cx, OnConstraint, Result, boxed, org, provider::mail};

/// How long a confirmation link lives.
const VERIFY_HOURS: i64 = 48;
/// How long a password link lives.
const RESET_HOURS: i64 = 1;

/// Makes an account and sends the confirmation. Whoever comes first, and every client without an invitation, gets an
/// organization; an invitation leads into its own.
///
/// A known address is told by mail, not on the screen.
///
/// # Errors
/// Malformed input, a weak password, a dead invitation, too many mails.
#[boxed]
pub async fn sign_up(cx: &Cx, client: &Client, input: SignUp) -> Result<()> {
    // In the order of the form: what is named is the first that is wrong.
    let name = parse_name("name", &input.name, 1, 120)?;
    let email = Email::parse(&input.email)?;
    let strength = strength(&input.password, &[email.as_str(), &name]);
    check_password(&input.password, &strength)?;
    throttle::spend(cx, throttle::Limit::SignUp, &client.ip).await?;
    throttle::spend(cx, throttle::Limit::Mail, email.as_str()).await?;
    let organization = match input.organization.trim() {
        "" => format!("{}’s organization", name.chars().take(80).collect::<String>()),
        given => parse_name("organization", given, 2, 100)?,
    };
    let hash = password::hash(input.password).await?;

    let mut tx = cx.begin().await?;
    // Whoever comes first owns the first organization: the lock makes "first" true on every node.
    sql::lock_sign_up(&mut tx).await?;
    if let Some(user) = sql::user_by_email(&mut tx, email.as_str()).await? {
        let mail = if user.email_verified {
            mails::already_known(cx, &user)
        } else {
            verification(cx, &mut tx, user.user_id, &user.email, &user.name).await?
        };
        mail::enqueue(cx, &mut tx, &mail).await?;
        tx.commit().await?;
        return Ok(());
    }
    let is_first = sql::is_first(&mut tx).await?;
    let user_id = sql::insert_user(
        &mut tx,
        &sql::NewUser {
            email: email.as_str(),
            name: &name,
            password_hash: Some(&hash),
            is_client: input.sign_up_as == SignUpAs::Client,
            is_annotator: input.sign_up_as == SignUpAs::Annotator,
            is_staff: false,
            is_demo: false,
            verified_at: None,
            now: cx.now(),
        },
    )
    .await?;
    if input.invite.trim().is_empty() {
        if is_first || input.sign_up_as == SignUpAs::Client {
            org::create_for(cx, &mut tx, user_id, &organization).await?;
        }
    } else {
        org::accept_for(cx, &mut tx, user_id, email.as_str(), input.invite.trim()).await?;
    }
    let mail = verification(cx, &mut tx, user_id, email.as_str(), &name).await?;
    mail::enqueue(cx, &mut tx, &mail).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends the confirmation again, if the address waits for one.
///
/// # Errors
/// A malformed address; too many mails.
#[boxed]
pub async fn resend_verification(cx: &Cx, email: &str) -> Result<()> {
    let email = Email::parse(email)?;
    throttle::spend(cx, throttle::Limit::Mail, email.as_str()).await?;
    let mut tx = cx.begin().await?;
    if let Some(user) = sql::user_by_email(&mut tx, email.as_str()).await?.filter(|user| !user.email_verified) {
        let mail = verification(cx, &mut tx, user.user_id, &user.email, &user.name).await?;
        mail::enqueue(cx, &mut tx, &mail).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn verification(
    cx: &Cx,
    conn: &mut sqlx::PgConnection,
    user_id: UserId,
    email: &str,
    name: &str,
) -> Result<mail::Mail> {
    let token = session::new_token(cx);
    sql::replace_email_token(
        conn,
        user_id,
        "verify_email",
        &session::hash(&token),
        cx.now(),
        TimeDelta::hours(VERIFY_HOURS),
    )
    .await?;
    Ok(mails::verify(cx, email, name, &token))
}

/// Confirms the address behind a mailed link and signs the person in: whoever holds the link reads the mailbox.
///
/// # Errors
/// *Conflict* when the link was used or has expired.
#[boxed]
pub async fn verify_email(cx: &Cx, client: &Client, token: &str) -> Result<NewSession> {
    let mut tx = cx.begin().await?;
    let user_id =
        sql::take_email_token(&mut tx, "verify_email", &session::hash(token), cx.now()).await?.ok_or_else(dead_link)?;
    sql::mark_verified(&mut tx, user_id, cx.now()).await?;
    let session = session::open(cx, &mut tx, user_id, client).await?;
    tx.commit().await?;
    Ok(session)
}

/// Signs a person in.
///
/// # Errors
/// *Unauthenticated* for a wrong pair, *rate limited* after too many, *forbidden* before the address is confirmed.
#[boxed]
pub async fn sign_in(cx: &Cx, client: &Client, email: &str, password: String) -> Result<NewSession> {
    let email = Email::parse(email)?;
    if password.is_empty() {
        return Err(Problem::invalid("password", "password_missing", "Please enter your password.").into());
    }
    // A longer password cannot be anybody's; do not hash it.
    let password = if password.len() > PASSWORD_MAX_BYTES { String::new() } else { password };
    throttle::check(cx, throttle::Limit::SignIn, email.as_str()).await?;
    throttle::check(cx, throttle::Limit::SignInFrom, &client.ip).await?;
    let user = sql::user_by_email(&mut *cx.pool().acquire().await?, email.as_str()).await?;
    let hash = user.as_ref().and_then(|user| user.password_hash.clone());
    let matches = password::verify(password, hash).await?;
    let Some(user) = user.filter(|user| matches && !user.deactivated) else {
        throttle::record(cx, throttle::Limit::SignIn, email.as_str()).await?;
        throttle::record(cx, throttle::Limit::SignInFrom, &client.ip).await?;
        return Err(Problem::new(
            Kind::Unauthenticated,
            "wrong_credentials",
            "This e-mail address and password do not belong together.",
        )
        .on("password")
        .into());
    };
    if !user.email_verified {
        return Err(Problem::new(
            Kind::Forbidden,
            "email_unverified",
            "Please confirm your e-mail address first: we have sent you a link.",
        )
        .on("email")
        .into());
    }
    let mut tx = cx.begin().await?;
    throttle::forgive(&mut tx, throttle::Limit::SignIn, email.as_str()).await?;
    let session = session::open(cx, &mut tx, user.user_id, client).await?;
    tx.commit().await?;
    Ok(session)
}

/// Mails a link to choose a new password, if the address is known.
///
/// # Errors
/// A malformed address; too many mails.
#[boxed]
pub async fn request_password_reset(cx: &Cx, email: &str) -> Result<()> {
    let email = Email::parse(email)?;
    throttle::spend(cx, throttle::Limit::Mail, email.as_str()).await?;
    let mut tx = cx.begin().await?;
    if let Some(user) = sql::user_by_email(&mut tx, email.as_str()).await?.filter(|user| !user.deactivated) {
        let token = session::new_token(cx);
        let hash = session::hash(&token);
        sql::replace_email_token(
            &mut tx,
            user.user_id,
            "reset_password",
            &hash,
            cx.now(),
            TimeDelta::hours(RESET_HOURS),
        )
        .await?;
        mail::enqueue(cx, &mut tx, &mails::reset(cx, &user, &token)).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whether a mailed link to choose a new password still works: told before anything is typed.
///
/// # Errors
/// *Conflict* when the link was used or has expired.
#[boxed]
pub async fn check_reset_link(cx: &Cx, token: &str) -> Result<()> {
    check_link(cx, "reset_password", token).await
}

/// Whether a mailed link to confirm an address still works: told before anybody clicks.
///
/// # Errors
/// *Conflict* when the link was used or has expired.
#[boxed]
pub async fn check_verify_link(cx: &Cx, token: &str) -> Result<()> {
    check_link(cx, "verify_email", token).await
}

async fn check_link(cx: &Cx, purpose: &str, token: &str) -> Result<()> {
    let works =
        sql::has_email_token(&mut *cx.pool().acquire().await?, purpose, &session::hash(token), cx.now()).await?;
    if works { Ok(()) } else { Err(dead_link().into()) }
}

fn dead_link() -> Problem {
    Problem::conflict("link_expired", "This link has been used or has expired. Ask for a new one.")
}

/// Sets a new password by a mailed link, signs every browser out, and this one in.
///
/// # Errors
/// A weak password; *conflict* when the link was used or has expired.
#[boxed]
pub async fn reset_password(cx: &Cx, client: &Client, token: &str, password: String) -> Result<NewSession> {
    check_password(&password, &strength(&password, &[]))?;
    let hash = password::hash(password).await?;
    let mut tx = cx.begin().await?;
    let user_id = sql::take_email_token(&mut tx, "reset_password", &session::hash(token), cx.now())
        .await?
        .ok_or_else(dead_link)?;
    sql::set_password(&mut tx, user_id, &hash, cx.now()).await?;
    sql::mark_verified(&mut tx, user_id, cx.now()).await?;
    sql::delete_sessions(&mut tx, user_id, None).await?;
    audit(cx, &mut tx, user_id, "password_reset").await?;
    let session = session::open(cx, &mut tx, user_id, client).await?;
    tx.commit().await?;
    Ok(session)
}

/// Changes the password of the signed-in person and signs the other browsers out.
///
/// # Errors
/// A wrong present password, a weak new one.
#[boxed]
pub async fn change_password(cx: &Cx, actor: &Actor, present: String, new: String) -> Result<()> {
    let me = actor.user()?;
    throttle::check(cx, throttle::Limit::SignIn, &me.email).await?;
    let user = sql::user_by_email(&mut *cx.pool().acquire().await?, &me.email).await?;
    let hash = user.and_then(|user| user.password_hash);
    if present.len() > PASSWORD_MAX_BYTES || !password::verify(present, hash).await? {
        throttle::record(cx, throttle::Limit::SignIn, &me.email).await?;
        return Err(Problem::invalid("present", "wrong_password", "This is not your present password.").into());
    }
    check_password(&new, &strength(&new, &[&me.email, &me.name])).map_err(|problem| problem.on("new"))?;
    let hash = password::hash(new).await?;
    let mut tx = cx.begin().await?;
    sql::set_password(&mut tx, me.user_id, &hash, cx.now()).await?;
    sql::delete_sessions(&mut tx, me.user_id, me.session_id).await?;
    audit(cx, &mut tx, me.user_id, "password_changed").await?;
    tx.commit().await?;
    Ok(())
}

/// Changes the name shown to others.
///
/// # Errors
/// A name that cannot be shown.
#[boxed]
pub async fn rename(cx: &Cx, actor: &Actor, name: &str) -> Result<()> {
    let me = actor.user()?;
    let name = parse_name("name", name, 1, 120)?;
    let mut tx = cx.begin().await?;
    sql::set_name(&mut tx, me.user_id, &name, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Puts the commands of the label page on keys of the person's own.
///
/// # Errors
/// More keys than can be kept.
#[boxed]
pub async fn set_keys(cx: &Cx, actor: &Actor, keys: &OwnKeys) -> Result<()> {
    let me = actor.user()?;
    keys.check()?;
    let mut tx = cx.begin().await?;
    sql::set_keys(&mut tx, me.user_id, keys, cx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// The keys a person has chosen.
///
/// # Errors
/// *Unauthenticated* when nobody is signed in.
#[boxed]
pub async fn keys(cx: &Cx, actor: &Actor) -> Result<OwnKeys> {
    sql::keys(&mut *cx.pool().acquire().await?, actor.user()?.user_id).await
}

/// The signed-in person and where they work.
///
/// # Errors
/// *Unauthenticated* when nobody is signed in.
#[boxed]
pub async fn me(cx: &Cx, actor: &Actor) -> Result<Me> {
    let user = actor.user()?;
    let orgs: Vec<MyOrg> = sql::orgs_of(&mut *cx.pool().acquire().await?, user.user_id).await?;
    let org = orgs.iter().find(|org| Some(org.org_id) == user.org_id).cloned();
    Ok(Me {
        user_id: user.user_id,
        name: user.name.clone(),
        email: user.email.clone(),
        is_staff: user.is_staff,
        org,
        orgs,
    })
}

/// How hard a password is to guess, given what an attacker knows about the person.
#[must_use]
pub fn strength(password: &str, known: &[&str]) -> Strength {
    // The estimate is super-linear; more than this adds nothing to it.
    let sample: String = password.chars().take(100).collect();
    let estimate = zxcvbn::zxcvbn(&sample, known);
    let feedback = estimate.feedback();
    Strength {
        score: estimate.score().into(),
        warning: feedback.and_then(zxcvbn::feedback::Feedback::warning).map(|w| w.to_string()),
        suggestions: feedback.map(|f| f.suggestions().iter().map(ToString::to_string).collect()).unwrap_or_default(),
    }
}

/// A person made by the command line or by demo data: confirmed, and optionally in an organization.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// The address.
    pub email: String,
    /// As shown to others.
    pub name: String,
    /// In clear.
    pub password: String,
    /// The name of an organization to make, which the person owns.
    pub organization: Option<String>,
    /// Platform staff.
    pub is_staff: bool,
    /// Has a public password.
    pub is_demo: bool,
    /// Labels data.
    pub is_annotator: bool,
}

/// Who and what [`create`] made.
#[derive(Debug, Clone, Copy)]
pub struct Created {
    /// The person.
    pub user_id: UserId,
    /// The organization, if one was named.
    pub org_id: Option<OrgId>,
}

/// Makes a confirmed account; only for the command line and demo data, hence for [`Actor::System`].
///
/// # Errors
/// A malformed or taken address; a password or an organization's name outside the limits.
#[boxed]
pub async fn create(cx: &Cx, actor: &Actor, person: NewPerson) -> Result<Created> {
    if !matches!(actor, Actor::System) {
        return Err(Problem::forbidden("create accounts").into());
    }
    let email = Email::parse(&person.email)?;
    let name = parse_name("name", &person.name, 1, 120)?;
    check_password_length(&person.password)?;
    let organization = person.organization.map(|name| parse_name("organization", &name, 2, 100)).transpose()?;
    let hash = password::hash(person.password).await?;
    let mut tx = cx.begin().await?;
    let user_id = sql::insert_user(
        &mut tx,
        &sql::NewUser {
            email: email.as_str(),
            name: &name,
            password_hash: Some(&hash),
            is_client: !person.is_annotator,
            is_annotator: person.is_annotator,
            is_staff: person.is_staff,
            is_demo: person.is_demo,
            verified_at: Some(cx.now()),
            now: cx.now(),
        },
    )
    .await
    .on_constraint("email_is_taken", || {
        Problem::conflict("email_taken", "There is already an account with this address.").on("email")
    })?;
    let org_id = match organization {
        Some(name) => Some(org::create_for(cx, &mut tx, user_id, &name).await?),
        None => None,
    };
    tx.commit().await?;
    Ok(Created { user_id, org_id })
}

/// Sets anybody's password; only for the command line.
///
/// # Errors
/// An unknown address; a password outside the limits.
#[boxed]
pub async fn set_password(cx: &Cx, actor: &Actor, email: &str, password: String) -> Result<()> {
    if !matches!(actor, Actor::System) {
        return Err(Problem::forbidden("set passwords").into());
    }
    check_password_length(&password)?;
    let hash = password::hash(password).await?;
    let mut tx = cx.begin().await?;
    let user = sql::user_by_email(&mut tx, email).await?.ok_or_else(|| Problem::not_found("account"))?;
    sql::set_password(&mut tx, user.user_id, &hash, cx.now()).await?;
    sql::delete_sessions(&mut tx, user.user_id, None).await?;
    audit(cx, &mut tx, user.user_id, "password_set_by_operator").await?;
    tx.commit().await?;
    Ok(())
}

/// Whether anybody has a public password; such a server must not be reachable from outside.
///
/// # Errors
/// When the database cannot be reached.
#[boxed]
pub async fn has_demo_people(cx: &Cx) -> Result<bool> {
    sql::has_demo_people(&mut *cx.pool().acquire().await?).await
}

/// Whether nobody has an account yet.
///
/// # Errors
/// When the database cannot be reached.
#[boxed]
pub async fn nobody_yet(cx: &Cx) -> Result<bool> {
    sql::is_first(&mut *cx.pool().acquire().await?).await
}

async fn audit(cx: &Cx, conn: &mut sqlx::PgConnection, user_id: UserId, action: &str) -> Result<()> {
    crate::audit::record(
        cx,
        conn,
        crate::audit::Event {
            org_id: None::<OrgId>,
            actor_id: Some(user_id),
            action,
            subject: "user_account",
            subject_id: Some(user_id.0),
            data: json!({}),
        },
    )
    .await
}
