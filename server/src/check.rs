//! `server check`: verifies everything the server leans on, and says what is wrong.

use anyhow::{Result, bail};
use service::health::{self, Finding};

use crate::{cause, config::Config, database::Database, postgres::Purpose, serve};

/// Prints one line per subject.
///
/// # Errors
/// When anything is wrong.
pub async fn check(config: &Config) -> Result<()> {
    let mut findings =
        vec![Finding { subject: "front end", outcome: config.site().map(|folder| folder.display().to_string()) }];
    match Database::open(config, Purpose::Command).await {
        Ok(database) => {
            match serve::context(config, config.addr, &database) {
                Ok(cx) => findings.extend(health::check(&cx).await),
                Err(error) => findings.push(Finding { subject: "settings", outcome: Err(error) }),
            }
            database.close().await?;
        }
        Err(error) => findings.push(Finding { subject: "database", outcome: Err(error) }),
    }
    let mut wrong = 0;
    for Finding { subject, outcome } in &findings {
        match outcome {
            Ok(fact) => println!("ok     {subject:<10} {fact}"),
            Err(error) => {
                wrong += 1;
                println!("wrong  {subject:<10} {}", cause::told(error));
            }
        }
    }
    match wrong {
        0 => Ok(()),
        n => bail!("{n} of {} checks failed.", findings.len()),
    }
}
