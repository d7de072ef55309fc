//! The doors, through the real router over a real database.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod account;
mod api;
mod data_manager;
mod doors;
mod embedded;
mod files;
mod import;
mod media;
mod org;
mod pages;
mod problems;
mod project;
mod rendering;
mod support;
mod webhook;
