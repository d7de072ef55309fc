//! The doors, through the real router over a real database.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod account;
mod embedded;
mod files;
mod org;
mod pages;
mod project;
mod support;
