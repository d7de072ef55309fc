//! Use cases against a real database: for every yes its nearest no.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod access;
mod account;
mod annotate;
mod client_api;
mod cloud;
mod comment;
mod count;
mod data_manager;
mod demo;
mod export;
mod export_snapshot;
mod import;
mod import_files;
mod import_media;
mod label;
mod lifecycle;
mod mail;
mod media;
mod media_pdf;
mod ml;
mod org;
mod project;
mod reimport;
mod sampling;
mod task;
mod text;
mod tree;
mod version;
mod view;
mod webhook;

use domain::Kind;

/// The kind of the refusal, or a panic saying what happened instead.
#[track_caller]
fn refused<T: std::fmt::Debug>(outcome: service::Result<T>) -> Kind {
    match outcome {
        Err(service::Error::Domain(problem)) => problem.kind,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// The stable code of the refusal.
#[track_caller]
fn code<T: std::fmt::Debug>(outcome: service::Result<T>) -> String {
    match outcome {
        Err(service::Error::Domain(problem)) => problem.code.into_owned(),
        other => panic!("expected a refusal, got {other:?}"),
    }
}
