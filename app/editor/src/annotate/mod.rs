//! The label page's editor: one value that holds the work on a task and how far its gestures are.
//!
//! [`Editor::handle`] takes what people do on a surface, [`Editor::run`] takes commands, the rest takes what panels
//! offer. Every change goes through [`crate::history::History`], regions and answers alike, so undo covers them all.

mod aids;
mod answers;
mod arrange;
mod chat;
mod clipboard;
mod commands;
mod compare;
mod crowd;
mod cursor;
mod document;
mod edit;
mod editor;
mod film;
mod hand;
mod handles;
mod hit;
mod keys;
mod kit;
mod labeling;
mod layers;
mod line;
mod listing;
mod log;
mod oddity;
mod pieces;
mod relations;
mod reveal;
mod scene;
mod sheet;
mod smart;
mod snap;
mod stale;
#[cfg(test)]
mod tests;
mod text;
mod tip;
mod together;
mod tool;
mod withheld;

pub use aids::Aids;
pub use answers::MAX_REMARK_CHARS;
pub use arrange::Arrange;
pub use compare::{Difference, How, Subject};
pub use crowd::{Crowd, Face};
pub use cursor::Cursor;
pub use document::{About, Document, Mark, Pair, RegionKey, Relation, RelationKey};
pub use domain::answer::{Answer, Asks};
pub use domain::result::Direction;
pub use edit::{Edit, Naming};
pub use editor::{Draft, Editor, Response, Unfinished};
pub use film::{FilmBox, FilmPath, TrackRow};
pub use hand::Hand;
pub use handles::Handle;
pub use hit::region_at;
pub use kit::{
    ChoiceEntry, ImageRules, Keyed, Kit, LabelChoice, LabelSet, ObjectKind, Question, RelationKit, RelationLabel,
    ShapeControl, ShapeKind, VectorRules, safe_color,
};
pub use labeling::speaker;
pub use line::{Axis, Line, Part, Piece, Place, clock, month_starts};
pub use listing::{Entry, Wanted};
pub use log::{Change, Record};
pub use oddity::{Oddity, Unshown};
pub use pieces::words_of;
pub use scene::Scene;
pub use sheet::MAX_PAGE_TEXT_CHARS;
pub use smart::Advice;
pub use stale::Stale;
pub use text::{Overlay, Segment, Stretch, part_segments, piece_between, segments, stretches};
pub use tip::{Picture, Tip};
pub use together::{DRIFT_S, Ensemble, Mine, Turn};
pub use tool::{Context, Effect, State, Step, ToolKind, step};
