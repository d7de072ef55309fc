//! The database of this process: the one at `DATABASE_URL`, or an embedded one.

use anyhow::{Context, Result};
use sqlx::{
    Connection, Executor, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::{str::FromStr, time::Duration};
use tokio::time::Instant;

use crate::{
    config::Config,
    postgres::{Embedded, Purpose},
};

/// How long a request may wait for a free connection.
const ACQUIRE_WITHIN: Duration = Duration::from_secs(10);

/// How long a connection may lie idle before it is asked whether it still lives.
const TRUSTED_FOR: Duration = Duration::from_secs(2);

/// How often we knock at a database that does not listen yet.
const KNOCK_EVERY: Duration = Duration::from_millis(200);

/// A pool, and the Postgres behind it if it is ours.
pub struct Database {
    pub pool: PgPool,
    embedded: Option<Embedded>,
}

impl Database {
    /// Connects, starting the embedded cluster where there is no `DATABASE_URL`.
    ///
    /// # Errors
    /// When there is no database to be had; the text says why, without the password.
    pub async fn open(config: &Config, purpose: Purpose) -> Result<Self> {
        let (options, embedded) = match &config.database_url {
            Some(url) => (options_of(url.expose())?, None),
            None => {
                let embedded = Embedded::open(&config.data, config.pg_bin.as_deref(), purpose).await?;
                (embedded.options(), Some(embedded))
            }
        };
        let place =
            format!("{}:{}/{}", options.get_host(), options.get_port(), options.get_database().unwrap_or_default());
        let pool = PgPoolOptions::new()
            .max_connections(config.database_connections)
            .acquire_timeout(ACQUIRE_WITHIN)
            .test_before_acquire(false)
            .after_connect(|connection, _| {
                Box::pin(async move {
                    // Compiling a statement takes longer than anything it is compiled for here: it goes by guesses about how
                    // many pieces a document has, which are far too high.
                    connection.execute("set jit = off").await.map(|_| ())
                })
            })
            .before_acquire(|connection, before| {
                Box::pin(async move {
                    // One that was in use a moment ago is alive: asking each time would double the small questions.
                    Ok(before.idle_for < TRUSTED_FOR || connection.ping().await.is_ok())
                })
            });
        let pool = match reach(&options).await {
            Ok(()) => Ok(pool.connect_lazy_with(options)),
            Err(error) => Err(error).with_context(|| format!("The database at {place} cannot be reached")),
        };
        match (pool, embedded) {
            (Ok(pool), embedded) => Ok(Self { pool, embedded }),
            (Err(error), Some(embedded)) => {
                embedded.close().await?;
                Err(error)
            }
            (Err(error), None) => Err(error),
        }
    }

    /// Waits until there is no database any more; for one that others run, for ever.
    pub async fn lost(&self) {
        match self.embedded.as_ref().and_then(Embedded::lost) {
            Some(lost) => lost.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// Ends all connections, then the embedded cluster.
    ///
    /// # Errors
    /// When the cluster does not stop.
    pub async fn close(self) -> Result<()> {
        self.pool.close().await;
        match self.embedded {
            Some(embedded) => embedded.close().await,
            None => Ok(()),
        }
    }
}

/// The text names no part of the address: there is a password in it.
fn options_of(url: &str) -> Result<PgConnectOptions> {
    let is_postgres = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    PgConnectOptions::from_str(url)
        .ok()
        .filter(|_| is_postgres)
        .context("DATABASE_URL cannot be read; expected postgres://user:password@host:5432/database.")
}

/// Waits a moment for a database that starts beside us. A refusal of its own (wrong password, no such database) is final.
/// The pool would only say that it timed out.
async fn reach(options: &PgConnectOptions) -> Result<()> {
    let deadline = Instant::now() + ACQUIRE_WITHIN;
    loop {
        match PgConnection::connect_with(options).await {
            Ok(connection) => return Ok(connection.close().await?),
            Err(sqlx::Error::Io(_)) if Instant::now() < deadline => tokio::time::sleep(KNOCK_EVERY).await,
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_postgres_are_accepted_and_refusals_keep_the_password() {
        assert!(options_of("postgresql://synapse:hunter2@db.example.com/synapse").is_ok());
        for url in ["mysql://synapse:hunter2@db.example.com/synapse", "synapse:hunter2@db.example.com", ""] {
            let error = format!("{:#}", options_of(url).unwrap_err());
            assert!(error.contains("postgres://") && !error.contains("hunter2"), "{error}");
        }
    }
}
