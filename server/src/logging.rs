//! Log lines: readable in a terminal, JSON in production.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Config, LogFormat};

/// Sends events to standard error from now on.
///
/// # Errors
/// When the filter makes no sense.
pub fn init(config: &Config) -> Result<()> {
    let filter = EnvFilter::try_new(&config.log).with_context(|| format!("Configuration: log = {:?}", config.log))?;
    let human = match config.log_format {
        LogFormat::Auto => std::io::stderr().is_terminal(),
        LogFormat::Human => true,
        LogFormat::Json => false,
    };
    let registry = tracing_subscriber::registry().with(filter);
    let writer = std::io::stderr;
    if human {
        let lines = fmt::layer().with_writer(writer).with_target(false).with_ansi(std::io::stderr().is_terminal());
        registry.with(lines).init();
    } else {
        registry
            .with(
                fmt::layer()
                    .with_writer(writer)
                    .json()
                    .flatten_event(true)
                    .with_current_span(true)
                    .with_span_list(false),
            )
            .init();
    }
    Ok(())
}
