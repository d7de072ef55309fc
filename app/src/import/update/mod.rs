//! Tasks that are here already, brought up to date from files: looked at first, then applied.

mod page;
mod rows;
mod run;

pub use page::UpdatePage;
