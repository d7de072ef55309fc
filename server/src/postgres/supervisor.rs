//! Keeps Postgres running: starts it, or takes over one that a killed server left behind, starts it again if it dies, and
//! stops it at the end.

use std::time::Duration;

use anyhow::{Result, bail};
use sqlx::postgres::PgConnectOptions;
use tokio::{
    process::Child,
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use super::{
    KNOCK_EVERY,
    cluster::{Cluster, explain},
    pid_file, wait_until_ready,
};

/// After a killed postmaster its sessions notice within moments; until then a new one refuses to start.
const SESSIONS_END_WITHIN: Duration = Duration::from_secs(20);
/// Fast shutdown writes a checkpoint.
const STOP_WITHIN: Duration = Duration::from_secs(60);
/// A cluster that dies more often than this within [`DEATHS_WITHIN`] is not started again.
const DEATHS_MAX: usize = 3;
const DEATHS_WITHIN: Duration = Duration::from_secs(60);

/// A running cluster and the task that watches it.
#[derive(Debug)]
pub struct Supervisor {
    options: PgConnectOptions,
    stop: oneshot::Sender<()>,
    lost: CancellationToken,
    watch: JoinHandle<Result<()>>,
}

/// Postgres: a child of ours, or one we found running.
#[derive(Debug)]
enum Process {
    Child(Child),
    Found(i32),
}

impl Supervisor {
    /// Starts the cluster and waits until it answers.
    ///
    /// # Errors
    /// When it does not; the text says why.
    pub async fn start(cluster: Cluster) -> Result<Self> {
        let (process, options) = run(&cluster).await?;
        let (stop, stopped) = oneshot::channel();
        let lost = CancellationToken::new();
        let guard = lost.clone().drop_guard();
        let watch = tokio::spawn(async move {
            let _lost_when_done = guard;
            watch(cluster, process, stopped).await
        });
        Ok(Self { options, stop, lost, watch })
    }

    /// Cancelled when Postgres has stopped for good.
    #[must_use]
    pub fn lost(&self) -> CancellationToken {
        self.lost.clone()
    }

    /// How to connect.
    #[must_use]
    pub fn options(&self) -> PgConnectOptions {
        self.options.clone()
    }

    /// Stops Postgres and waits for it.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn stop(self) -> Result<()> {
        // A watcher that has given up has nothing to stop; joining it tells why.
        let _ = self.stop.send(());
        self.watch.await?
    }
}

async fn watch(cluster: Cluster, mut process: Process, mut stop: oneshot::Receiver<()>) -> Result<()> {
    let mut deaths: Vec<Instant> = Vec::new();
    loop {
        tokio::select! {
            _ = &mut stop => return process.stop(&cluster).await,
            () = process.ended(&cluster) => {}
        }
        deaths.retain(|death| death.elapsed() < DEATHS_WITHIN);
        deaths.push(Instant::now());
        if deaths.len() > DEATHS_MAX {
            bail!(
                "Postgres stopped {} times within {} s; see {}.",
                deaths.len(),
                DEATHS_WITHIN.as_secs(),
                cluster.log().display()
            );
        }
        tracing::warn!("Postgres stopped by itself: starting it again; see {}", cluster.log().display());
        (process, _) = run(&cluster).await?;
    }
}

/// Takes over the running Postgres of this cluster, or starts one.
async fn run(cluster: &Cluster) -> Result<(Process, PgConnectOptions)> {
    if let Some(pid) = cluster.holder() {
        tracing::info!("Postgres still runs (process {pid}): going on with it");
        let mut found = Process::Found(pid);
        tokio::select! {
            options = wait_until_ready(|| Ok(cluster.options_as_running())) => return Ok((found, options?)),
            // It was on its way out.
            () = found.ended(cluster) => {}
        }
    }
    let deadline = Instant::now() + SESSIONS_END_WITHIN;
    loop {
        let log = cluster.log_length();
        let mut process = Process::Child(cluster.spawn()?);
        let ready = wait_until_ready(|| Ok(cluster.options_as_running().filter(|_| cluster.holder().is_some())));
        tokio::select! {
            options = ready => return Ok((process, options?)),
            () = process.ended(cluster) => {}
        }
        let told = cluster.log_since(log);
        if !told.contains("pre-existing shared memory block") || Instant::now() > deadline {
            bail!("{}", explain(&told, &format!("it does not start (log: {})", cluster.log().display())));
        }
        sleep(KNOCK_EVERY * 10).await;
    }
}

impl Process {
    /// Returns when the process has ended.
    async fn ended(&mut self, cluster: &Cluster) {
        match self {
            Self::Child(child) => {
                // The status is in Postgres's own log, in words.
                let _ = child.wait().await;
            }
            // Not our child, so the kernel does not tell us.
            Self::Found(pid) => {
                while cluster.holder() == Some(*pid) {
                    sleep(KNOCK_EVERY * 10).await;
                }
            }
        }
    }

    async fn stop(mut self, cluster: &Cluster) -> Result<()> {
        let pid = match &self {
            Self::Child(child) => child.id().and_then(|id| i32::try_from(id).ok()),
            Self::Found(pid) => Some(*pid),
        };
        if let Some(pid) = pid {
            pid_file::interrupt(pid);
        }
        match timeout(STOP_WITHIN, self.ended(cluster)).await {
            Ok(()) => Ok(()),
            Err(_) => {
                bail!("Postgres did not stop within {} s; see {}.", STOP_WITHIN.as_secs(), cluster.log().display())
            }
        }
    }
}
