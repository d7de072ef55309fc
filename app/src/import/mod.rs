//! Bringing data in: files by drop, dialog, paste or address, watched while they are read.

pub mod api;
mod page;
mod run;
mod upload;

pub use page::ImportPage;
