//! The rules of Synapse as data and functions from data to data.
//!
//! Nothing here reads a clock, a file, a socket or a random source, so the browser and the server run the same
//! code and every rule is tested in milliseconds. Inputs are treated as hostile: whatever can be malformed comes
//! back as an [`Error`] or a list of problems, never as a panic.
//!
//! Invariants that hold for every module:
//! - ids are types of their own ([`id`]), never bare integers;
//! - whatever a person can act on is an [`Error`] with a stable code, a field and a kind sentence;
//! - percent coordinates exist only in `result`; everywhere else a point says which space it lives in.

#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::float_cmp))]

pub mod access;
pub mod account;
pub mod agreement;
pub mod annotation;
pub mod answer;
pub mod calendar;
pub mod chat;
pub mod client_api;
pub mod cloud;
pub mod comment;
pub mod consensus;
pub mod data_manager;
pub mod dialogue;
pub mod error;
pub mod format;
pub mod hotkeys;
pub mod id;
pub mod import;
pub mod label;
pub mod label_config;
pub mod media;
pub mod ml;
pub mod org;
pub mod page;
pub mod problem;
pub mod project;
pub mod region;
pub mod result;
pub mod tally;
pub mod task;
pub mod template;
pub mod token;
pub mod webhook;

pub use error::{Error, Kind, Result};
