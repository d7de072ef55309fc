//! The one binary: the web server, and the commands of an operator.
//!
//! Reads the command line and hands over; everything else is in the library beside it.

use std::process::ExitCode;

use anyhow::{Result, anyhow};
use clap::{Parser, Subcommand};

use server::{
    apart, cause, check,
    config::{Config, Flags},
    database::Database,
    logging, person,
    postgres::Purpose,
    serve, token,
};
use service::media::PAGES;

/// A server rests most of the time: this allocator gives memory back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The data-labeling platform.
#[derive(Debug, Parser)]
#[command(name = "server", version, after_help = "Every setting is described in docs/configuration.md.")]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve until told to stop
    Serve,
    /// Bring the database's schema up to date
    Migrate,
    /// Fill an empty database with the demo workspace
    Demo,
    /// Verify database, files, mail and clock, and say what is wrong
    Check,
    /// Prepare a document for the server that asks
    #[command(hide = true, name = PAGES)]
    Pages,
    /// Make people and set passwords
    #[command(subcommand)]
    User(person::Command),
    /// Make keys for programs
    #[command(subcommand)]
    Token(token::Command),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if matches!(cli.command, Command::Pages) {
        return apart::pages();
    }
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("synapse: {}", cause::told(&error));
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<()> {
    // Before the first connection: with several providers compiled in, rustls would refuse to choose.
    rustls::crypto::ring::default_provider()
        .install_default()
        .map_err(|_| anyhow!("a TLS provider is already installed"))?;
    let config = Config::load(&cli.flags)?;
    logging::init(&config)?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        match cli.command {
            // Answered before there is a runtime.
            Command::Pages => Ok(()),
            Command::Serve => serve::serve(config).await,
            Command::Migrate => {
                let database = Database::open(&config, Purpose::Command).await?;
                let migrated = service::migrate(&database.pool).await;
                database.close().await?;
                migrated?;
                println!("The schema is up to date.");
                Ok(())
            }
            Command::Demo => serve::demo(&config).await,
            Command::Check => check::check(&config).await,
            Command::User(command) => person::run(&config, command).await,
            Command::Token(command) => token::run(&config, command).await,
        }
    })
}
