//! `server user …`: people made and passwords set by whoever runs the server.

use std::io::{BufRead, IsTerminal, stdin};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use service::{
    Actor, Cx,
    account::{self, NewPerson},
};

use crate::{config::Config, database::Database, postgres::Purpose, serve};

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a confirmed account
    Create {
        #[command(flatten)]
        login: Login,
        /// The name others see [default: the part before the @]
        #[arg(long)]
        name: Option<String>,
        /// Make an organization of this name, owned by the person
        #[arg(long)]
        organization: Option<String>,
        /// Give the rights of platform staff
        #[arg(long)]
        staff: bool,
    },
    /// Set a person's password and sign them out everywhere
    SetPassword {
        #[command(flatten)]
        login: Login,
    },
}

/// Whose account.
#[derive(Args)]
pub struct Login {
    /// The mail address
    #[arg(long)]
    email: String,
    /// The password; better left out and given on standard input, where other users of the machine do not see it
    #[arg(long)]
    password: Option<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login").field("email", &self.email).finish_non_exhaustive()
    }
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
    service::migrate(&database.pool).await?;
    let cx: Cx = serve::context(config, config.addr, database)?;
    match command {
        Command::Create { login, name, organization, staff } => {
            let name = name.unwrap_or_else(|| login.email.split('@').next().unwrap_or_default().to_owned());
            let (email, password) = login.read()?;
            let person =
                NewPerson { email, name, password, organization, is_staff: staff, is_demo: false, is_annotator: false };
            let created = account::create(&cx, &Actor::System, person).await?;
            println!("{}", created.user_id.0);
        }
        Command::SetPassword { login } => {
            let (email, password) = login.read()?;
            account::set_password(&cx, &Actor::System, &email, password).await?;
        }
    }
    Ok(())
}

impl Login {
    fn read(self) -> Result<(String, String)> {
        let password = match self.password {
            Some(password) => password,
            None if stdin().is_terminal() => bail!("Give the password with --password, or on standard input."),
            None => {
                let mut line = String::new();
                stdin().lock().read_line(&mut line).context("reading the password from standard input")?;
                line.trim_end_matches(['\r', '\n']).to_owned()
            }
        };
        Ok((self.email, password))
    }
}
