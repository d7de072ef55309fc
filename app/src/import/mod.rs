//! Bringing data in: files by drop, dialog, paste or address, watched while they are read.

pub mod api;
mod drop;
mod page;
mod run;
mod update;
mod upload;

pub use page::ImportPage;
pub use update::UpdatePage;
