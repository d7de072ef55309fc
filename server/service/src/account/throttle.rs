//! Limits on guessing and on mailing, counted in the database so that they hold across nodes.

use chrono::TimeDelta;
use domain::{Error as Problem, Kind};
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use crate::{Cx, Result};

/// What is limited.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    /// Wrong passwords for one address.
    SignIn,
    /// Wrong passwords from one network address.
    SignInFrom,
    /// Sign-ups from one network address.
    SignUp,
    /// Mails to one address.
    Mail,
    /// Comments of one person.
    Comment,
    /// Questions of one person to a model.
    Model,
    /// Tests of one webhook.
    Webhook,
    /// Tests of the client APIs of one project.
    ClientApi,
}

impl Limit {
    /// How many within how long.
    fn rule(self) -> (&'static str, i64, TimeDelta) {
        match self {
            Self::SignIn => ("sign_in", 10, TimeDelta::minutes(15)),
            Self::SignInFrom => ("sign_in_from", 100, TimeDelta::minutes(15)),
            Self::SignUp => ("sign_up", 30, TimeDelta::hours(1)),
            Self::Mail => ("mail", 5, TimeDelta::hours(1)),
            Self::Comment => ("comment", 60, TimeDelta::minutes(10)),
            Self::Model => ("model", 300, TimeDelta::minutes(5)),
            Self::Webhook => ("webhook", 30, TimeDelta::minutes(5)),
            Self::ClientApi => ("client_api", 60, TimeDelta::minutes(5)),
        }
    }

    fn bucket(self, subject: &str) -> Vec<u8> {
        Sha256::digest(format!("{}|{}", self.rule().0, subject.to_lowercase())).to_vec()
    }
}

/// Refuses when the limit is reached.
pub(super) async fn check(cx: &Cx, limit: Limit, subject: &str) -> Result<()> {
    let (_, most, window) = limit.rule();
    let row = sqlx::query!(
        r#"select count(*) as "count!", min(attempted_at) as oldest from login_attempt
        where bucket = $1 and attempted_at > $2"#,
        limit.bucket(subject),
        cx.now() - window
    )
    .fetch_one(cx.pool())
    .await?;
    if row.count < most {
        return Ok(());
    }
    let wait = row.oldest.map_or(window, |oldest| oldest + window - cx.now());
    let minutes = wait.num_minutes().max(0) + 1;
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    Err(Problem::new(
        Kind::RateLimited,
        "too_many_attempts",
        format!("Too many attempts. Please try again in {minutes} {unit}."),
    )
    .into())
}

/// Counts one attempt.
pub(super) async fn record(cx: &Cx, limit: Limit, subject: &str) -> Result<()> {
    sqlx::query!("insert into login_attempt (bucket, attempted_at) values ($1, $2)", limit.bucket(subject), cx.now())
        .execute(cx.pool())
        .await?;
    Ok(())
}

/// Checks, then counts: for what is limited whether it succeeds or not.
pub(crate) async fn spend(cx: &Cx, limit: Limit, subject: &str) -> Result<()> {
    check(cx, limit, subject).await?;
    record(cx, limit, subject).await
}

/// Forgets the failures of somebody who has now succeeded.
pub(super) async fn forgive(conn: &mut PgConnection, limit: Limit, subject: &str) -> Result<()> {
    sqlx::query!("delete from login_attempt where bucket = $1", limit.bucket(subject)).execute(conn).await?;
    Ok(())
}
