//! What a change means for what is on the screen.

use crate::command::Command;

/// What an event changed, so that no more than that is redrawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct Response {
    /// The still layer.
    pub still: bool,
    /// The lively layer.
    pub lively: bool,
    /// Panels: tools, labels, selection, history buttons.
    pub panels: bool,
    /// The work itself: save a draft.
    pub changed: bool,
    /// The event had a meaning here; the browser's own is to be prevented.
    pub handled: bool,
    /// A command only the page can carry out.
    pub request: Option<Command>,
}

impl Response {
    pub(in crate::annotate) const NONE: Self =
        Self { still: false, lively: false, panels: false, changed: false, handled: false, request: None };
    pub(in crate::annotate) const ALL: Self =
        Self { still: true, lively: true, panels: true, changed: false, handled: true, request: None };
    pub(in crate::annotate) const CHANGED: Self = Self { changed: true, ..Self::ALL };
    pub(in crate::annotate) const LIVELY: Self = Self { lively: true, handled: true, ..Self::NONE };

    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self {
            still: self.still || other.still,
            lively: self.lively || other.lively,
            panels: self.panels || other.panels,
            changed: self.changed || other.changed,
            handled: self.handled || other.handled,
            request: self.request.or(other.request),
        }
    }
}
