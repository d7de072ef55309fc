//! Storages outside, on screen: a section of a project's settings.

pub mod api;
mod failures;
mod form;
mod places;
mod row;
mod section;

pub(crate) use section::Storages;
