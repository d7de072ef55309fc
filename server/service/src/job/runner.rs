//! Runs jobs: claimed by lease, woken by notify, retried with growing pauses, recovered when their worker has died.

use std::{fmt, future::Future, time::Duration};

use anyhow::Context;
use futures::FutureExt;
use graphile_worker::{IntoTaskHandlerResult, TaskHandler, Worker, WorkerContext, WorkerOptions};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;

use super::{ExpireLeases, Job, PurgeDeletedProjects, PurgeSessions, RefreshStatistics, SendMail};
use crate::{
    Cx, Error, Result,
    client_api::FillTasks,
    cloud::{SyncSource, SyncTarget, WriteDue},
    data_manager::{RunAction, RunPredictions},
    export::{RunExport, RunExportWithImages},
    import::{RunImport, reimport::RunReimport},
    ml::TrainDue,
    project::PutCountsTogether,
    webhook::{self, DeliverWebhook, PurgeWebhookLog},
};

/// How many jobs one node runs at a time.
const CONCURRENCY: usize = 4;
/// How many jobs it runs beside them that do little but wait for others' servers.
const WAITING: usize = 32;
/// How long a job may go on after the node was told to stop; it is tried again elsewhere.
const GRACE: Duration = Duration::from_secs(10);
/// How often a worker says that it lives, and after how long a silent one is taken for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
const SILENCE: Duration = Duration::from_secs(60);

/// What is done at fixed times, in the crontab's words: minute, hour, day, month, weekday.
const SCHEDULE: &str = "
* * * * * expire_leases
* * * * * train_due
* * * * * put_counts_together
17 * * * * purge_sessions
43 3 * * * purge_deleted_projects
7 4 * * * purge_webhook_log
";

/// Every job that has work of its own to do.
fn working(options: WorkerOptions) -> WorkerOptions {
    options
        .define_job::<Handler<RunImport>>()
        .define_job::<Handler<RunReimport>>()
        .define_job::<Handler<RunExport>>()
        .define_job::<Handler<SyncSource>>()
        .define_job::<Handler<SyncTarget>>()
        .define_job::<Handler<WriteDue>>()
        .define_job::<Handler<RunAction>>()
        .define_job::<Handler<SendMail>>()
        .define_job::<Handler<ExpireLeases>>()
        .define_job::<Handler<TrainDue>>()
        .define_job::<Handler<PutCountsTogether>>()
        .define_job::<Handler<RefreshStatistics>>()
        .define_job::<Handler<PurgeSessions>>()
        .define_job::<Handler<PurgeDeletedProjects>>()
        .define_job::<Handler<PurgeWebhookLog>>()
}

/// Every job that waits for others' servers: they never keep the work of this one from being done.
fn waiting(options: WorkerOptions) -> WorkerOptions {
    options
        .define_job::<Handler<DeliverWebhook>>()
        .define_job::<Handler<FillTasks>>()
        .define_job::<Handler<RunExportWithImages>>()
        .define_job::<Handler<RunPredictions>>()
}

/// Makes the queue's own tables; part of migrating.
///
/// # Errors
/// When the database refuses.
pub(crate) async fn migrate(pool: &PgPool) -> Result<()> {
    let options = WorkerOptions::default().pg_pool(pool.clone()).listen_os_shutdown_signals(false);
    let _worker = options.init().await.map_err(anyhow::Error::new).context("preparing the job queue")?;
    Ok(())
}

/// Runs jobs until `stop` resolves, then lets the running ones finish for a while.
///
/// # Errors
/// When the database cannot be reached at the start, or the schedule cannot be read.
pub async fn run(cx: Cx, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
    let stop = stop.shared();
    let options = |concurrency| {
        WorkerOptions::default()
            .pg_pool(cx.pool().clone())
            .concurrency(concurrency)
            .poll_interval(Duration::from_secs(2))
            .heartbeat_interval(HEARTBEAT)
            .sweep_interval(HEARTBEAT)
            .sweep_threshold(SILENCE)
            .recovery_delay(Duration::from_secs(1))
            .listen_os_shutdown_signals(false)
            .shutdown_grace_period(GRACE)
            .shutdown_signal(stop.clone())
            .add_extension(Context_(cx.clone()))
    };
    let working = working(options(CONCURRENCY))
        .with_cron(SCHEDULE)
        .map_err(|error| anyhow::anyhow!("the schedule cannot be read: {error}"))?;
    let working = working.init().await.map_err(anyhow::Error::new)?;
    let waiting = waiting(options(WAITING)).init().await.map_err(anyhow::Error::new)?;
    tokio::try_join!(working.run(), waiting.run()).map_err(anyhow::Error::new)?;
    Ok(())
}

/// Runs everything that waits, then returns: for tests and one-off commands.
///
/// # Errors
/// When the database cannot be reached.
pub async fn run_waiting(cx: &Cx) -> Result<()> {
    webhook::wake(cx).await?;
    let options = WorkerOptions::default()
        .pg_pool(cx.pool().clone())
        .concurrency(CONCURRENCY)
        .listen_os_shutdown_signals(false)
        .add_extension(Context_(cx.clone()));
    let worker: Worker = waiting(working(options)).init().await.map_err(anyhow::Error::new)?;
    worker.run_once().await.map_err(anyhow::Error::new)?;
    Ok(())
}

/// The context as the library hands it to jobs, which must be printable.
#[derive(Clone)]
struct Context_(Cx);

impl fmt::Debug for Context_ {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cx")
    }
}

/// A [`Job`] in the library's clothes.
#[derive(Serialize, Deserialize)]
#[serde(transparent, bound(serialize = "J: Job", deserialize = "J: Job"))]
struct Handler<J>(J);

impl<J: Job> TaskHandler for Handler<J> {
    const IDENTIFIER: &'static str = J::NAME;

    async fn run(self, ctx: WorkerContext) -> impl IntoTaskHandlerResult {
        let Some(Context_(cx)) = ctx.get_ext::<Context_>() else {
            return Err("a job ran without its context".to_owned());
        };
        let attempt = *ctx.job().attempts();
        let Err(error) = self.0.run(cx).await else { return Ok(()) };
        let last = attempt >= *ctx.job().max_attempts();
        tracing::error!(job = J::NAME, attempt, last, error = %format_args!("{error:#}"), "a job failed");
        if last && let Err(error) = self.0.give_up(cx, &error).await {
            tracing::error!(job = J::NAME, error = %format_args!("{error:#}"), "a job could not even say that it failed");
        }
        Err(message(&error))
    }
}

fn message(error: &Error) -> String {
    match error {
        Error::Domain(problem) => problem.message.clone(),
        Error::Internal(cause) => format!("{cause:#}"),
    }
}
