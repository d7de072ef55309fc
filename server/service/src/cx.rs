//! The context of every use case: database, time, randomness and the outside systems.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;
use object_store::ObjectStore;
use rand::Rng;
use sqlx::{PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::{
    Result,
    events::Events,
    media::Workshop,
    provider::{mail::Mailer, resolve::Resolver},
    secret::{Key, Keys},
};

/// How many events a slow watcher may lag behind; it then asks for the present state anyway.
const EVENTS_HELD: usize = 1024;

/// A transaction; dropped without commit it never happened.
pub type Tx = Transaction<'static, Postgres>;

/// What every use case works with. Cheap to clone.
#[derive(Clone)]
pub struct Cx {
    inner: Arc<Inner>,
}

struct Inner {
    pool: PgPool,
    clock: Clock,
    mailer: Mailer,
    resolver: Resolver,
    store: Arc<dyn ObjectStore>,
    settings: Settings,
    keys: Keys,
    events: Events,
    workshop: Workshop,
    /// Keeps ids of the same millisecond in the order they were made.
    ids: Mutex<uuid::ContextV7>,
}

/// What an operator decides, already read and checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where people reach this server, without a slash at the end; links in mails begin with it.
    pub base_url: String,
    /// Development conveniences: the outbox page, the gallery.
    pub dev_pages: bool,
    /// Cookies only over TLS.
    pub secure_cookies: bool,
    /// Where files of this node live.
    pub data_dir: PathBuf,
    /// Networks beyond the public internet that outgoing requests may reach.
    pub allow_networks: Vec<IpNet>,
    /// The largest file a person may send.
    pub max_upload_bytes: u64,
    /// The folder of files that are served to everybody as they are, for the samples in it.
    pub site_dir: Option<PathBuf>,
    /// What secrets of tenants are sealed with: the first seals, all open. None: the one in the data directory, made when
    /// there is none.
    pub secret_keys: Vec<Key>,
    /// The folder below which projects may have storages; none where they may not.
    pub local_files: Option<PathBuf>,
    /// How long an image of another server may take to get here when it leaves with an export.
    pub image_patience: Duration,
    /// This program, to be run once more for work on files that nobody trusts; none does such work in this process.
    pub program: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            base_url: "http://localhost:3000".into(),
            dev_pages: true,
            secure_cookies: false,
            data_dir: "data".into(),
            allow_networks: Vec::new(),
            max_upload_bytes: 5 << 30,
            site_dir: None,
            secret_keys: Vec::new(),
            local_files: None,
            image_patience: Duration::from_secs(120),
            program: None,
        }
    }
}

/// Where the present comes from.
#[derive(Debug, Clone, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that moves only when told; for tests and demo data.
    Fixed(Arc<Mutex<DateTime<Utc>>>),
}

impl Clock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn fixed(now: DateTime<Utc>) -> Self {
        Self::Fixed(Arc::new(Mutex::new(now)))
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Fixed(now) => *now.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        }
    }

    /// Moves a fixed clock; the machine's clock does not listen.
    pub fn advance(&self, by: TimeDelta) {
        if let Self::Fixed(now) = self {
            *now.lock().unwrap_or_else(std::sync::PoisonError::into_inner) += by;
        }
    }
}

/// Collects the parts of a [`Cx`].
pub struct CxBuilder {
    pool: PgPool,
    clock: Clock,
    mailer: Mailer,
    resolver: Resolver,
    store: Option<Arc<dyn ObjectStore>>,
    settings: Settings,
}

impl CxBuilder {
    /// The machine's clock, mail to the outbox, files under the data directory.
    #[must_use]
    pub fn new(pool: PgPool) -> Self {
        Self {
            pool,
            clock: Clock::System,
            mailer: Mailer::Outbox,
            resolver: Resolver::System,
            store: None,
            settings: Settings::default(),
        }
    }

    /// With this clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// With this way of sending mail.
    #[must_use]
    pub fn mailer(mut self, mailer: Mailer) -> Self {
        self.mailer = mailer;
        self
    }

    /// With this way to the addresses of names.
    #[must_use]
    pub fn resolver(mut self, resolver: Resolver) -> Self {
        self.resolver = resolver;
        self
    }

    /// With these networks beyond the public internet that outgoing requests may reach.
    #[must_use]
    pub fn allow_networks(mut self, networks: Vec<IpNet>) -> Self {
        self.settings.allow_networks = networks;
        self
    }

    /// With this folder below which projects may have storages.
    #[must_use]
    pub fn local_files(mut self, folder: PathBuf) -> Self {
        self.settings.local_files = Some(folder);
        self
    }

    /// With this object store.
    #[must_use]
    pub fn store(mut self, store: Arc<dyn ObjectStore>) -> Self {
        self.store = Some(store);
        self
    }

    /// With these settings.
    #[must_use]
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The finished context.
    ///
    /// # Errors
    /// When the folder for files or the key of secrets cannot be made.
    pub fn build(self) -> Result<Cx> {
        let store = match self.store {
            Some(store) => store,
            None => local_store(&self.settings.data_dir.join("files"))?,
        };
        let Self { pool, clock, mailer, resolver, settings, .. } = self;
        let keys = Keys::of(&settings)?;
        Ok(Cx {
            inner: Arc::new(Inner {
                pool,
                clock,
                mailer,
                resolver,
                store,
                settings,
                keys,
                events: Events::new(EVENTS_HELD),
                workshop: Workshop::default(),
                ids: Mutex::new(uuid::ContextV7::new()),
            }),
        })
    }
}

fn local_store(folder: &std::path::Path) -> Result<Arc<dyn ObjectStore>> {
    use anyhow::Context;
    std::fs::create_dir_all(folder).with_context(|| format!("making the folder for files {}", folder.display()))?;
    let store = object_store::local::LocalFileSystem::new_with_prefix(folder)
        .with_context(|| format!("opening the folder for files {}", folder.display()))?;
    Ok(Arc::new(store))
}

impl Cx {
    /// A transaction as the owner of the tables: for sign-in, jobs and whatever has no tenant.
    /// Work on a tenant's rows begins with `ProjectAccess::begin` or `OrgAccess::begin`.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(self.inner.pool.begin().await?)
    }

    /// The pool itself, for long-lived listeners and streams.
    #[must_use]
    pub fn pool(&self) -> &PgPool {
        &self.inner.pool
    }

    /// Who knows the addresses of servers.
    #[must_use]
    pub fn resolver(&self) -> &Resolver {
        &self.inner.resolver
    }

    /// The present, in microseconds as the database keeps it.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let now = self.inner.clock.now();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    /// The clock itself.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// A new id that sorts by time.
    #[must_use]
    pub fn new_uuid(&self) -> Uuid {
        let now = self.inner.clock.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.inner.ids, seconds, now.timestamp_subsec_nanos()))
    }

    /// Random bytes nobody can guess.
    #[must_use]
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }

    /// How mail leaves.
    #[must_use]
    pub fn mailer(&self) -> &Mailer {
        &self.inner.mailer
    }

    /// Where files are.
    #[must_use]
    pub fn store(&self) -> &Arc<dyn ObjectStore> {
        &self.inner.store
    }

    /// What happens, by name.
    #[must_use]
    pub fn events(&self) -> &Events {
        &self.inner.events
    }

    /// What of media is being prepared on this node.
    pub(crate) fn workshop(&self) -> &Workshop {
        &self.inner.workshop
    }

    /// What the operator decided.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    /// What secrets are sealed with.
    pub(crate) fn keys(&self) -> &Keys {
        &self.inner.keys
    }

    /// An absolute link to a path of this server.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.inner.settings.base_url)
    }
}

pub(crate) static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../../migrations");

/// Brings the schema up to date, under an advisory lock, so that several nodes may start at once.
///
/// # Errors
/// When a migration fails or an applied one was edited.
pub async fn migrate(pool: &PgPool) -> Result<()> {
    use anyhow::Context;
    MIGRATOR.run(pool).await.context("migrating the database")?;
    crate::job::runner::migrate(pool).await
}

impl Cx {
    /// Whether the database answers and has every migration of this build.
    ///
    /// # Errors
    /// When the database cannot be reached or lacks migrations; the text says which.
    pub async fn ready(&self) -> Result<()> {
        use anyhow::anyhow;
        let applied: Vec<i64> = sqlx::query_scalar("select version from _sqlx_migrations where success")
            .fetch_all(&self.inner.pool)
            .await?;
        let missing = MIGRATOR.iter().filter(|m| m.migration_type.is_up_migration() && !applied.contains(&m.version));
        match missing.count() {
            0 => Ok(()),
            n => Err(anyhow!("{n} migrations have not been applied").into()),
        }
    }
}
