//! What objects that run along a line share: the surface with its pieces, the ruler, the window over the whole, and the
//! bar with play and zoom.

mod bar;
mod overview;
mod painter;
mod player;
mod surface;
mod waiting;

pub(super) use bar::{PlayBar, ZoomButtons};
pub(super) use overview::Overview;
pub(super) use painter::{Colors, RULER};
pub(super) use player::{Clock, Player};
pub(super) use surface::{Ground, LineSurface};
pub(super) use waiting::{Making, pending_hint};
