//! Taking work out: formats to choose from, and files to download.

pub mod api;
mod page;

pub use page::ExportPage;
