//! A Postgres of our own under the data directory, for everyone who has not set `DATABASE_URL`.
//!
//! Drives the `initdb` and `postgres` that are already on the machine; downloads nothing.
//!
//! Invariants:
//! - one process at a time owns a cluster: it holds an advisory lock that the kernel drops with the process, however it dies;
//! - a cluster exists whole or not at all: it is made beside its place and moved there;
//! - a process is taken for our Postgres only if it was started on our folder, never because of its number;
//! - durability is never traded: `fsync` stays on;
//! - only those who can read the data directory can sign in: socket in a private folder, random password, scram.

mod binaries;
mod cluster;
mod pid_file;
mod run_as;
mod supervisor;

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io::Write,
    os::unix::fs::DirBuilderExt,
    path::Path,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use sqlx::{
    ConnectOptions, Connection, Postgres,
    migrate::MigrateDatabase,
    postgres::{PgConnectOptions, PgConnection},
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::{cluster::Cluster, pid_file::PidFile, supervisor::Supervisor};

/// How long a cluster may take to become ready; recovery after a crash of the machine replays its journal first.
const READY_WITHIN: Duration = Duration::from_secs(120);
/// How often we knock while it starts.
const KNOCK_EVERY: Duration = Duration::from_millis(20);
const DATABASE: &str = "synapse";

/// What the caller wants from the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To run on it alone.
    Serve,
    /// To do one thing, beside a running server if there is one.
    Command,
}

/// A running cluster.
#[derive(Debug)]
pub struct Embedded {
    options: PgConnectOptions,
    owned: Option<Owned>,
}

#[derive(Debug)]
struct Owned {
    supervisor: Supervisor,
    // Held until Postgres has stopped.
    _lock: File,
}

impl Embedded {
    /// Makes the cluster if there is none, starts it if it does not run, and opens its database.
    ///
    /// # Errors
    /// When another server owns the folder, no usable Postgres is installed, or it does not start; the text says what to do.
    pub async fn open(data: &Path, pg_bin: Option<&Path>, purpose: Purpose) -> Result<Self> {
        // Others may pass through, because Postgres may run as another user, but not look around.
        DirBuilder::new().recursive(true).mode(0o711).create(data).with_context(|| {
            format!("The data directory {} cannot be made; choose another with --data", data.display())
        })?;
        let data =
            data.canonicalize().with_context(|| format!("The data directory {} cannot be read", data.display()))?;
        let Some(lock) = lock(&data)? else {
            return Self::beside_its_owner(&data, purpose).await;
        };
        let cluster = Cluster::prepare(&data, pg_bin).await?;
        let supervisor = Supervisor::start(cluster).await?;
        let options = supervisor.options();
        create_database(&options).await?;
        Ok(Self { options: options.database(DATABASE), owned: Some(Owned { supervisor, _lock: lock }) })
    }

    async fn beside_its_owner(data: &Path, purpose: Purpose) -> Result<Self> {
        let owner = fs::read_to_string(data.join(LOCK)).unwrap_or_default();
        if purpose == Purpose::Serve {
            let owner = owner.trim();
            bail!(
                "Another Synapse server (process {owner}) already uses the data directory {}. \
                 Stop it, or choose another with --data.",
                data.display()
            );
        }
        let options = wait_until_ready(|| Cluster::running(data)).await?;
        create_database(&options).await?;
        Ok(Self { options: options.database(DATABASE), owned: None })
    }

    /// How to connect to the database.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// Cancelled when Postgres has stopped for good, so that nothing works any more.
    #[must_use]
    pub fn lost(&self) -> Option<CancellationToken> {
        self.owned.as_ref().map(|owned| owned.supervisor.lost())
    }

    /// Stops Postgres and waits until everything is on disk; a cluster that belongs to another process goes on.
    ///
    /// # Errors
    /// When Postgres does not stop.
    pub async fn close(self) -> Result<()> {
        match self.owned {
            Some(owned) => owned.supervisor.stop().await,
            None => Ok(()),
        }
    }
}

const LOCK: &str = "postgres.lock";

/// The lock on the cluster of this data directory, or nothing if another process holds it.
fn lock(data: &Path) -> Result<Option<File>> {
    let path = data.join(LOCK);
    let explain = || {
        format!(
            "{} cannot be written; give this user the data directory, or choose another with --data",
            path.display()
        )
    };
    let mut file =
        File::options().create(true).truncate(false).read(true).write(true).open(&path).with_context(explain)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(None),
        Err(TryLockError::Error(error)) => return Err(error).with_context(explain),
    }
    // For the message that a second server prints.
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).with_context(explain)?;
    Ok(Some(file))
}

async fn create_database(options: &PgConnectOptions) -> Result<()> {
    let url = options.clone().database(DATABASE).to_url_lossy();
    if !Postgres::database_exists(url.as_str()).await? {
        match Postgres::create_database(url.as_str()).await {
            Ok(()) => {}
            // A command beside a starting server may have been faster.
            Err(_) if Postgres::database_exists(url.as_str()).await? => {}
            Err(error) => return Err(error).context("making the database"),
        }
    }
    Ok(())
}

/// Knocks until the cluster lets us in. `find` says how to reach it, as soon as that is known.
async fn wait_until_ready(find: impl Fn() -> Result<Option<PgConnectOptions>>) -> Result<PgConnectOptions> {
    let deadline = Instant::now() + READY_WITHIN;
    loop {
        let refusal = match find()? {
            Some(options) => match PgConnection::connect_with(&options).await {
                Ok(connection) => {
                    connection.close().await?;
                    return Ok(options);
                }
                Err(error) if is_final(&error) => return Err(error).context("Postgres refuses its own password"),
                Err(error) => error.to_string(),
            },
            None => "it does not run yet".to_owned(),
        };
        if Instant::now() > deadline {
            bail!("Postgres did not become ready within {} s: {refusal}.", READY_WITHIN.as_secs());
        }
        tokio::time::sleep(KNOCK_EVERY).await;
    }
}

/// A refusal that waiting does not change: the password is not the cluster's.
fn is_final(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() == Some("28P01")
}
