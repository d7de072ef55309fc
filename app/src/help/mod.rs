//! Help inside the product: the pages of `docs/` that people read while they work.

pub mod api;
mod page;

pub use page::HelpPage;
