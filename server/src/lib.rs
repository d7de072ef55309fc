//! The doors of Synapse: the web server around the pages and server functions, and what an operator commands.
//!
//! Holds no rules and no SQL: it reads settings, opens the database, and hands requests and commands to `service`.
//! A library, so that the tests call the real router.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod apart;
pub mod api;
pub mod auth;
pub mod cause;
pub mod check;
pub mod config;
pub mod database;
pub mod error;
pub mod events;
pub mod files;
pub mod health;
pub mod logging;
pub mod media;
pub mod person;
pub mod postgres;
pub mod reference;
pub mod router;
pub mod security;
pub mod serve;
pub mod state;
pub mod token;
pub mod trace;
