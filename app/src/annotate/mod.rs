//! The label page: what people look at, what they answer with, and how nothing of it is lost.
//!
//! All rules live in `editor` and `domain`; this folder feeds events in and paints what comes out. The interface is walked
//! by [`tree`], which hands each element to [`visual`], [`object`] or [`control`]: a file per tag there.
//! Invariants:
//! - the work is one value ([`bench::Bench`]) with a few revision signals, never a signal per region;
//! - every change is kept in the browser at once and on the server within two seconds;
//! - what cannot be edited in this version is shown as it is and its results are left untouched.

mod about_region;
pub mod api;
mod autosave;
mod bench;
pub(crate) mod browser;
mod canvas;
mod comments;
mod compare;
mod control;
mod desktop;
mod hand;
mod line;
mod media;
mod object;
mod page;
mod preview;
mod regions;
mod relations;
mod safe;
mod smart;
mod task_page;
mod together;
mod tree;
mod version;
mod visual;

pub use page::LabelPage;
pub use preview::Preview;
pub use task_page::TaskPage;
