//! The annotation canvas without a canvas: events in, edits and display lists out.
//!
//! Nothing here knows a browser, a clock or a random source: time comes with the events, a seed with the editor. The
//! browser feeds [`annotate::Editor::handle`] and paints what [`annotate::Editor::layers`] returns.
//!
//! Invariants:
//! - a gesture is one undo step; Escape and a lost pointer take the document back to where the gesture began;
//! - all edits undone give the document as it was loaded;
//! - whatever is drawn or moved stays on its image and never becomes degenerate;
//! - results the editor does not understand come out exactly as they went in.

#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::float_cmp))]

pub mod annotate;
pub mod command;
pub mod history;
pub mod input;
pub mod keymap;
pub mod pace;
pub mod paint;
#[cfg(test)]
mod testing;
pub mod view;
