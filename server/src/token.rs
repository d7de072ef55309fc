//! `server token …`: keys for programs, made by whoever runs the server.

use anyhow::Result;
use clap::Subcommand;
use domain::token::{NewToken, Scope, TokenKind};
use service::{Actor, Cx, account};

use crate::{config::Config, database::Database, postgres::Purpose, serve};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a key in a person's name, and print it alone
    Create {
        /// The person's mail address
        #[arg(long)]
        email: String,
        /// What it is for
        #[arg(long, default_value = "Made on the command line")]
        title: String,
        /// A personal access token, as the Label Studio SDK calls it, instead of a key
        #[arg(long)]
        personal: bool,
        /// It may only read
        #[arg(long)]
        read_only: bool,
        /// After how many days it ends [default: never; a personal access token after a year]
        #[arg(long)]
        days: Option<u16>,
    },
}

/// Does it, on the database of these settings.
///
/// # Errors
/// What the use case refuses.
pub async fn run(config: &Config, command: Command) -> Result<()> {
    let database = Database::open(config, Purpose::Command).await?;
    let done = on_database(config, &database, command).await;
    database.close().await?;
    done
}

async fn on_database(config: &Config, database: &Database, command: Command) -> Result<()> {
    /// A year.
    const PERSONAL_DAYS: u16 = 365;
    service::migrate(&database.pool).await?;
    let cx: Cx = serve::context(config, config.addr, database)?;
    let Command::Create { email, title, personal, read_only, days } = command;
    let new = NewToken {
        title,
        kind: if personal { TokenKind::Personal } else { TokenKind::Key },
        scope: if read_only { Scope::Read } else { Scope::Write },
        days: days.or(personal.then_some(PERSONAL_DAYS)),
    };
    let created = account::create_token_for(&cx, &Actor::System, &email, new).await?;
    println!("{}", created.secret);
    Ok(())
}
