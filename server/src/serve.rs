//! `server serve`: from settings to a listening server, and back down without losing a request.

use std::net::SocketAddr;

use anyhow::{Context, Result, bail};
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
};
use futures::StreamExt;
use http::header;
use leptos::config::{Env, LeptosOptions};
use service::{Cx, CxBuilder, account, demo, events, job, ml, provider::mail::Mailer, webhook};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
    time::timeout,
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use crate::{config::Config, database::Database, postgres::Purpose, router::router, state::AppState};

/// Serves until told to stop.
///
/// # Errors
/// When the address is taken, there is no database, or the front end has not been built.
pub async fn serve(config: Config) -> Result<()> {
    let site = config.site()?;
    // First of all, so that a taken port is told at once and nothing has to be stopped again.
    let listener = TcpListener::bind(config.addr)
        .await
        .with_context(|| format!("Cannot listen on {}; choose another with --addr", config.addr))?;
    let listening = listener.local_addr()?;
    // Before there is anything to stop: a signal during the start is then obeyed as soon as everything stands,
    // instead of ending this process and leaving its Postgres behind.
    let stop_signals = StopSignals::catch()?;
    let database = Database::open(&config, Purpose::Serve).await?;
    let served = on_database(&config, &site.to_string_lossy(), listener, listening, &database, stop_signals).await;
    database.close().await?;
    served
}

async fn on_database(
    config: &Config,
    site: &str,
    listener: TcpListener,
    listening: SocketAddr,
    database: &Database,
    mut stop_signals: StopSignals,
) -> Result<()> {
    service::migrate(&database.pool).await?;
    let cx = context(config, listening, database)?;
    ml::seal_passwords(&cx).await?;
    if config.demo {
        demo::seed(&cx).await?;
    }
    let has_demo = account::has_demo_people(&cx).await?;
    if !config.is_local() && has_demo {
        bail!(
            "This database has demo people, whose password is public, so the server does not listen on {listening} for {}. \
             Use a loopback address and no public base_url, or another database.",
            config.base_url(listening)
        );
    }
    let leptos = LeptosOptions::builder()
        .output_name("synapse")
        .site_root(site)
        .site_pkg_dir("pkg")
        .hash_files(true)
        .hash_file(format!("{site}/hash.txt").into())
        .site_addr(listening)
        .env(Env::PROD)
        .build();
    let router = router(AppState { cx: cx.clone(), leptos }, config)?;

    let stop = CancellationToken::new();
    // Each holds a connection: nothing of them may be left when the database closes.
    let hearing = AbortOnDropHandle::new(tokio::spawn(events::listen(cx.clone())));
    let waking = AbortOnDropHandle::new(tokio::spawn(webhook::keep_waking(cx.clone())));
    let working = AbortOnDropHandle::new(tokio::spawn(job::runner::run(cx, stop.clone().cancelled_owned())));
    let router = router.layer(middleware::from_fn_with_state(stop.clone(), end_feeds));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let graceful = stop.clone().cancelled_owned();
    let serving = tokio::spawn(axum::serve(listener, service).with_graceful_shutdown(graceful).into_future());
    tracing::info!("Synapse serves {}", config.base_url(listening));
    if has_demo {
        print_demo_people();
    }

    tokio::select! {
        () = stop_signals.next() => {}
        // Closing the database tells why.
        () = database.lost() => return Ok(()),
    }
    tracing::info!("stopping: no new requests, the running ones are finished");
    stop.cancel();
    drop((hearing, waking));
    tokio::select! {
        done = timeout(config.shutdown_timeout(), async { (serving.await, working.await) }) => match done {
            Ok((served, worked)) => {
                if let Err(error) = worked? {
                    tracing::error!(error = %format_args!("{error:#}"), "jobs could not be run");
                }
                served?.context("serving")
            }
            Err(_) => {
                tracing::warn!("some requests went on for too long and were cut off");
                Ok(())
            }
        },
        () = stop_signals.next() => {
            tracing::warn!("told again: the running requests were cut off");
            Ok(())
        }
    }
}

/// A live feed has no end of its own: it ends when the server stops, and the browser asks the next server.
async fn end_feeds(State(stop): State<CancellationToken>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if !kind.is_some_and(|kind| kind.starts_with("text/event-stream")) {
        return response;
    }
    let (parts, body) = response.into_parts();
    let feed = body.into_data_stream().take_until(stop.cancelled_owned());
    Response::from_parts(parts, Body::from_stream(feed))
}

/// `server demo`: the demo workspace in an empty database.
///
/// # Errors
/// When the database cannot be reached, or is not empty.
pub async fn demo(config: &Config) -> Result<()> {
    if !config.is_local() {
        bail!("Demo people have a public password: this needs a loopback address and no public base_url.");
    }
    let database = Database::open(config, Purpose::Command).await?;
    let seeded = async {
        service::migrate(&database.pool).await?;
        anyhow::Ok(demo::seed(&context(config, config.addr, &database)?).await?)
    };
    let seeded = seeded.await;
    database.close().await?;
    if !seeded? {
        bail!("There are people in this database already; the demo workspace needs an empty one.");
    }
    print_demo_people();
    Ok(())
}

/// Who can sign in, for the person who has just started this server to look around.
pub fn print_demo_people() {
    println!("\nSign in as one of the demo people; the password of each is {}", demo::PASSWORD);
    for (email, role) in demo::people() {
        println!("  {email:<24} {role}");
    }
    println!();
}

/// The context of use cases over this database.
///
/// # Errors
/// When the mail settings make no sense or files cannot be kept.
pub fn context(config: &Config, listening: SocketAddr, database: &Database) -> Result<Cx> {
    let mailer = match &config.smtp_url {
        Some(url) => Mailer::smtp(url.expose(), &config.mail_from)?,
        None => Mailer::Outbox,
    };
    Ok(CxBuilder::new(database.pool.clone()).mailer(mailer).settings(config.settings(listening)).build()?)
}

/// Ctrl-C in a terminal, SIGTERM from a service manager.
struct StopSignals {
    terminate: Signal,
    interrupt: Signal,
}

impl StopSignals {
    /// From here on no signal ends the process by itself, and none is lost: one that comes early waits for [`Self::next`].
    fn catch() -> Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
