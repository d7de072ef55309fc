//! The library of labels on screen.

mod add;
pub mod api;
mod edit;
mod page;

pub use page::LabelsPage;
