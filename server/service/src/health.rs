//! Whether the outside systems work, for an operator who wants to know what is wrong.

use anyhow::{Context, anyhow, bail};
use chrono::{DateTime, TimeDelta, Utc};
use object_store::{ObjectStoreExt, path::Path};

use crate::{Cx, boxed, provider::mail::Mailer};

/// The oldest Postgres that the schema is written for.
const OLDEST_POSTGRES: i32 = 150_000;
/// Sessions and leases of several nodes are compared by time.
const SKEW_MAX: TimeDelta = TimeDelta::seconds(5);

/// What was looked at, and what was found: a fact, or what is wrong.
#[derive(Debug)]
pub struct Finding {
    /// One word.
    pub subject: &'static str,
    /// A line for people.
    pub outcome: anyhow::Result<String>,
}

/// Looks at database, schema, clock, files and mail.
#[boxed]
pub async fn check(cx: &Cx) -> Vec<Finding> {
    vec![
        Finding { subject: "database", outcome: database(cx).await },
        Finding { subject: "schema", outcome: schema(cx).await },
        Finding { subject: "clock", outcome: clock(cx).await },
        Finding { subject: "files", outcome: files(cx).await },
        Finding { subject: "mail", outcome: mail(cx).await },
    ]
}

async fn database(cx: &Cx) -> anyhow::Result<String> {
    let (number, version): (String, String) =
        sqlx::query_as("select current_setting('server_version_num'), current_setting('server_version')")
            .fetch_one(cx.pool())
            .await?;
    let number: i32 = number.parse().context("reading the version of the database")?;
    if number < OLDEST_POSTGRES {
        bail!("PostgreSQL {version} is too old; Synapse needs {} or newer", OLDEST_POSTGRES / 10_000);
    }
    Ok(format!("PostgreSQL {version}"))
}

async fn schema(cx: &Cx) -> anyhow::Result<String> {
    let is_there: bool =
        sqlx::query_scalar("select to_regclass('_sqlx_migrations') is not null").fetch_one(cx.pool()).await?;
    if !is_there {
        bail!("the database is empty: run `server migrate`, or `server serve`, which does it too");
    }
    cx.ready().await.map_err(into_anyhow).context("run `server migrate`")?;
    Ok("up to date".to_owned())
}

async fn clock(cx: &Cx) -> anyhow::Result<String> {
    let theirs: DateTime<Utc> = sqlx::query_scalar("select clock_timestamp()").fetch_one(cx.pool()).await?;
    let skew = (cx.now() - theirs).abs();
    if skew > SKEW_MAX {
        bail!("this machine and the database differ by {} s; synchronise both", skew.num_seconds());
    }
    Ok("agrees with the database".to_owned())
}

async fn files(cx: &Cx) -> anyhow::Result<String> {
    let probe = Path::from(format!("probe-{}", cx.new_uuid()));
    let written = cx.new_uuid().to_string();
    cx.store().put(&probe, written.clone().into()).await.context("writing")?;
    let read = cx.store().get(&probe).await.context("reading")?.bytes().await.context("reading")?;
    cx.store().delete(&probe).await.context("removing")?;
    if read != written.as_bytes() {
        bail!("what was written comes back changed");
    }
    Ok("can be written, read and removed".to_owned())
}

async fn mail(cx: &Cx) -> anyhow::Result<String> {
    cx.mailer().check().await.map_err(into_anyhow)?;
    Ok(match cx.mailer() {
        Mailer::Outbox => "stays in the outbox; set smtp_url to send it".to_owned(),
        Mailer::Smtp { .. } => "the mail server answers".to_owned(),
    })
}

fn into_anyhow(error: crate::Error) -> anyhow::Error {
    match error {
        crate::Error::Domain(problem) => anyhow!(problem),
        crate::Error::Internal(error) => error,
    }
}
