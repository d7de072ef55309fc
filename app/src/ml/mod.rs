//! The models of a project on screen: a section of its settings.

pub mod api;
mod form;
mod section;
mod work;

pub(crate) use section::Models;
