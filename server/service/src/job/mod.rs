//! Work that goes on after the answer: each job is a small serde struct with a name, limits and `run`.
//!
//! A job is enqueued in the transaction of the change it follows, so there is no job without its change and no change
//! without its job. It runs at least once: `run` finds the same result when it runs twice. Every job is listed once, in
//! [`runner`].

mod clean;
mod history;
mod mail;
pub mod queue;
pub mod runner;
pub(crate) mod statistics;

use std::future::Future;

use serde::{Serialize, de::DeserializeOwned};

pub use clean::{ExpireLeases, PurgeDeletedProjects, PurgeSessions};
pub use history::{Run, runs};
pub use mail::SendMail;
pub use queue::enqueue;
pub use statistics::RefreshStatistics;

use crate::{Cx, Error, Result};

/// One kind of work.
pub trait Job: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Stable: it is what the database remembers.
    const NAME: &'static str;
    /// How often it is tried before it is left for an operator to look at.
    const MAX_ATTEMPTS: i32 = 8;

    /// Jobs of one queue run one after another.
    fn queue(&self) -> Option<String> {
        None
    }

    /// A waiting job of the same key is replaced rather than joined.
    fn key(&self) -> Option<String> {
        None
    }

    /// Does the work.
    fn run(&self, cx: &Cx) -> impl Future<Output = Result<()>> + Send;

    /// Says so where people look, after the last attempt has failed.
    fn give_up(&self, _cx: &Cx, _error: &Error) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}
