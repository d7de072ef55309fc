//! Use cases of Synapse over Postgres: SQL, permissions, jobs, storage.
//!
//! A use case is one function `area::verb(cx, actor, input)`. It asks [`access`] for proof of the permission it needs,
//! begins a transaction with that proof, reads, lets `domain` decide, writes, and commits. Doors (server functions, REST
//! handlers, jobs, the command line) only translate.
//!
//! Invariants:
//! - nothing outside this crate speaks SQL; statements live in each area's `sql.rs` and are checked at compile time;
//! - tenant SQL takes the proof of access, never a bare id from the outside;
//! - only use cases begin and commit, and between the two there is no mail, HTTP or storage;
//! - time and randomness come from [`Cx`];
//! - public functions are `#[boxed]`, so that an edit in here does not recompile the views.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::float_cmp))]

pub mod access;
pub mod account;
pub mod annotation;
pub mod assignment;
pub mod audit;
pub mod client_api;
pub mod cloud;
pub mod comment;
mod cx;
pub mod data_manager;
pub mod demo;
mod error;
pub mod events;
pub mod export;
pub mod health;
pub mod help;
pub mod import;
pub mod job;
pub mod label;
pub mod media;
pub mod ml;
pub mod org;
pub mod prediction;
pub mod project;
pub mod provider;
pub mod secret;
pub mod storage;
pub mod task;
#[cfg(feature = "testing")]
pub mod testing;
pub mod webhook;

pub use access::Actor;
pub use async_recursion::async_recursion as boxed;
pub use cx::{Clock, Cx, CxBuilder, Settings, Tx, migrate};
pub use error::{Error, OnConstraint, Result};
