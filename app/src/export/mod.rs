//! Taking work out: formats to choose from, and files to download.

pub mod api;
mod options;
mod page;
mod run;
mod snapshot;

pub use page::ExportPage;
