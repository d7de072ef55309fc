//! Questions that were asked before, and what was answered.

use chrono::TimeDelta;

use crate::{Actor, Cx, Result, boxed};

/// How long an answer is kept.
pub(super) const KEPT: TimeDelta = TimeDelta::hours(24);
/// After so long a question without an answer was left behind by a node that died.
const ABANDONED: TimeDelta = TimeDelta::minutes(5);

/// What is known of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Nothing: it is being answered from now on.
    New,
    /// It is being answered.
    UnderWay,
    /// Its key was used for another one.
    Otherwise,
    /// It was answered.
    Answered(Kept),
}

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The HTTP status.
    pub status: u16,
    /// What the body is.
    pub media_type: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Notes that the person asks a question with this key, unless they have before. `print` tells one question from another.
///
/// # Errors
/// *Unauthenticated*.
#[boxed]
pub async fn remember_question(cx: &Cx, actor: &Actor, key: &str, print: &[u8]) -> Result<Asked> {
    let me = actor.user()?;
    let now = cx.now();
    let noted = sqlx::query!(
        "insert into idempotency_key as known (user_id, key, print, asked_at) values ($1, $2, $3, $4)
        on conflict (user_id, key) do update set print = excluded.print, asked_at = excluded.asked_at, status = null,
            media_type = null, body = null
        where known.asked_at < $5 or (known.status is null and known.asked_at < $6)",
        me.user_id.0,
        key,
        print,
        now,
        now - KEPT,
        now - ABANDONED
    )
    .execute(cx.pool())
    .await?;
    if noted.rows_affected() == 1 {
        return Ok(Asked::New);
    }
    let row = sqlx::query!(
        "select print, status, media_type, body from idempotency_key where user_id = $1 and key = $2",
        me.user_id.0,
        key
    )
    .fetch_optional(cx.pool())
    .await?;
    Ok(match row {
        // Forgotten between the two statements: whoever asks again finds it free.
        None => Asked::UnderWay,
        Some(row) if row.print != print => Asked::Otherwise,
        Some(row) => match row.status {
            None => Asked::UnderWay,
            Some(status) => Asked::Answered(Kept {
                status: u16::try_from(status).unwrap_or(200),
                media_type: row.media_type.unwrap_or_default(),
                body: row.body.unwrap_or_default(),
            }),
        },
    })
}

/// Keeps the answer.
///
/// # Errors
/// *Unauthenticated*.
#[boxed]
pub async fn finish_question(cx: &Cx, actor: &Actor, key: &str, kept: &Kept) -> Result<()> {
    sqlx::query!(
        "update idempotency_key set status = $3, media_type = $4, body = $5 where user_id = $1 and key = $2",
        actor.user()?.user_id.0,
        key,
        i16::try_from(kept.status).unwrap_or(200),
        kept.media_type,
        kept.body
    )
    .execute(cx.pool())
    .await?;
    Ok(())
}

/// Forgets a question whose answer is not worth keeping.
///
/// # Errors
/// *Unauthenticated*.
#[boxed]
pub async fn forget_question(cx: &Cx, actor: &Actor, key: &str) -> Result<()> {
    sqlx::query!("delete from idempotency_key where user_id = $1 and key = $2", actor.user()?.user_id.0, key)
        .execute(cx.pool())
        .await?;
    Ok(())
}
