//! What the pointer looks like.

use domain::region::Shape;

use super::document::Mark;
use super::editor::Editor;
use super::handles::Handle;
use super::tool::{State, ToolKind};
use crate::input::Pointer;

/// What the pointer looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// Nothing special.
    Default,
    /// Over something that can be picked.
    Pointer,
    /// Drawing.
    Crosshair,
    /// The view can be moved.
    Grab,
    /// The view moves.
    Grabbing,
    /// Regions move.
    Move,
    /// A side is dragged: up and down, across, or along a diagonal, as seen on the screen.
    ResizeVertical,
    /// See [`Cursor::ResizeVertical`].
    ResizeHorizontal,
    /// See [`Cursor::ResizeVertical`].
    ResizeFalling,
    /// See [`Cursor::ResizeVertical`].
    ResizeRising,
}

impl Editor {
    /// What the pointer looks like over the surface of `object`.
    #[must_use]
    pub fn cursor(&self, object: &str) -> Cursor {
        if self.fingers.count() > 0 && self.state == State::Idle {
            return Cursor::Grabbing;
        }
        if self.space || self.tool == ToolKind::Pan {
            return Cursor::Grab;
        }
        match self.state {
            State::Moving { .. } => return Cursor::Move,
            State::Rotating { .. } => return Cursor::Grabbing,
            State::Idle | State::Pressed { .. } => {}
            State::Resizing { .. } | State::Vertex { .. } | State::Joint { .. } => {}
            _ => return Cursor::Crosshair,
        }
        let (Some(context), Some(at)) = (self.context(object), self.pointer) else { return Cursor::Default };
        let paints = self.tool.has_tip() || self.tool == ToolKind::Wand;
        if !self.read_only
            && !paints
            && let Some((key, handle)) = context.handle_at(&Pointer { at, ..Pointer::default() })
        {
            return match handle {
                Handle::Rotate => Cursor::Grab,
                Handle::Vertex(_) | Handle::Bend(..) | Handle::Midpoint(_) => Cursor::Pointer,
                Handle::Resize { u, v } => resize_cursor(self.document.mark(key), u, v),
            };
        }
        match (self.tool, self.hovered) {
            (tool, _) if paints || tool.draws().is_some() => Cursor::Crosshair,
            (_, Some(key)) if self.selection.contains(&key) => Cursor::Move,
            (_, Some(_)) => Cursor::Pointer,
            _ => Cursor::Default,
        }
    }
}

/// The arrows of a handle as they look after the box is turned.
fn resize_cursor(mark: Option<&Mark>, u: i8, v: i8) -> Cursor {
    let rotation = match mark.map(|mark| &mark.region.shape) {
        Some(shape @ (Shape::Rect(_) | Shape::Page(_))) => shape.as_box().map_or(0.0, |rect| rect.rotation),
        Some(Shape::Ellipse(ellipse)) => ellipse.rotation,
        _ => 0.0,
    };
    let degrees = (f64::from(v).atan2(f64::from(u)).to_degrees() + rotation).rem_euclid(180.0);
    match degrees {
        d if !(22.5..157.5).contains(&d) => Cursor::ResizeHorizontal,
        d if d < 67.5 => Cursor::ResizeFalling,
        d if d < 112.5 => Cursor::ResizeVertical,
        _ => Cursor::ResizeRising,
    }
}
