//! Bringing data in: files by drop, dialog, paste or address, watched while they are read.

pub mod api;
mod drop;
mod earlier;
mod page;
mod run;
mod update;
mod upload;
mod way;

pub use page::ImportPage;
pub use update::UpdatePage;
