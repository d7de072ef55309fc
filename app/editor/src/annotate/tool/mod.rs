//! Tools: what a press, a drag and a click mean, as pure steps from state to state.
//!
//! A tool never changes anything itself: it answers with the next state and a few [`Effect`]s. A drag previews from
//! the shapes it began with, so nothing drifts; one commit ends it.

mod brush;
mod keypoint;
mod pan;
mod polygon;
mod rect;
mod select;
mod turned;
pub(super) mod vector;
mod wand;

use std::collections::BTreeSet;

use domain::region::mask::Wand;
use domain::region::{ImagePoint, ImageSize, ImageVector, Mask, Polygon, ScreenPoint, Shape, Vector, Vertex};
use serde::{Deserialize, Serialize};

pub use pan::Fingers;

use super::document::{Document, RegionKey};
use super::edit::Edit;
use super::handles::{Handle, handle_at, handles};
use super::scene::Scene;
use super::tip::{Picture, Tip};
use crate::annotate::kit::{ShapeControl, ShapeKind, VectorRules};
use crate::input::{Button, Event, Pointer};
use crate::view::Viewport;

/// What the pointer does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ToolKind {
    /// Picks, moves and shapes regions.
    #[default]
    Select,
    /// Draws a shape; a mask with a brush.
    Draw(ShapeKind),
    /// Draws a turned box by three points.
    Turned,
    /// Takes pixels of a mask away.
    Eraser,
    /// Picks an area by its color.
    Wand,
    /// Moves the view.
    Pan,
}

impl ToolKind {
    /// The shape it makes.
    #[must_use]
    pub fn draws(self) -> Option<ShapeKind> {
        match self {
            Self::Draw(kind) => Some(kind),
            Self::Turned => Some(ShapeKind::Rect),
            Self::Wand => Some(ShapeKind::Mask),
            Self::Select | Self::Eraser | Self::Pan => None,
        }
    }

    /// Whether it paints with a tip that has a size.
    #[must_use]
    pub fn has_tip(self) -> bool {
        matches!(self, Self::Draw(ShapeKind::Mask) | Self::Eraser)
    }
}

/// Where a gesture stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum State {
    /// Nothing is going on.
    #[default]
    Idle,
    /// Pressed, and not yet clear whether it is a click or a drag.
    Pressed {
        /// Where.
        from: ImagePoint,
        /// Where on the surface.
        at: ScreenPoint,
        /// The region under it.
        hit: Option<RegionKey>,
        /// Adds to the selection.
        extend: bool,
    },
    /// Regions follow the pointer.
    Moving {
        /// Where the drag began.
        from: ImagePoint,
        /// The shapes it began with.
        origin: Vec<(RegionKey, Shape)>,
    },
    /// A box follows one handle.
    Resizing {
        /// Which region.
        key: RegionKey,
        /// Which side: -1, 0, 1 along its own axes.
        u: i8,
        /// Which side: -1, 0, 1 along its own axes.
        v: i8,
        /// The shape it began with.
        origin: Shape,
        /// From the handle's exact place to where it was grabbed.
        grip: ImageVector,
    },
    /// A box turns.
    Rotating {
        /// Which region.
        key: RegionKey,
        /// The shape it began with.
        origin: Shape,
        /// Degrees between the grip and the rotation.
        grip: f64,
    },
    /// A polygon's point follows the pointer.
    Vertex {
        /// Which region.
        key: RegionKey,
        /// Which point.
        index: usize,
        /// The polygon it began with, the new point already in it.
        origin: Polygon,
    },
    /// A frame selects what it meets.
    Marquee {
        /// Where it began.
        from: ImagePoint,
        /// Where it is.
        to: ImagePoint,
        /// What was selected before.
        base: BTreeSet<RegionKey>,
    },
    /// A box is being drawn.
    Box {
        /// The first corner.
        from: ImagePoint,
        /// The corner under the pointer.
        to: ImagePoint,
        /// Where the press was on the surface.
        at: ScreenPoint,
        /// The button is up: the next press sets the second corner.
        second_click: bool,
    },
    /// A polygon is being drawn.
    Polygon {
        /// The points set.
        points: Vec<ImagePoint>,
        /// The pointer.
        to: ImagePoint,
    },
    /// A point is about to be set.
    Point {
        /// Where.
        at: ImagePoint,
    },
    /// The first side of a turned box is being drawn.
    Side {
        /// Where it begins.
        from: ImagePoint,
        /// Where it ends.
        to: ImagePoint,
        /// Where the press was on the surface.
        at: ScreenPoint,
    },
    /// The first side of a turned box is set, the third point is not.
    Depth {
        /// Where the side begins.
        from: ImagePoint,
        /// Where it ends.
        to: ImagePoint,
        /// How far the box reaches.
        out: ImagePoint,
        /// Where the side was set, on the surface.
        at: ScreenPoint,
    },
    /// A vector is being drawn.
    Vector {
        /// The points set.
        vector: Vector,
        /// The point the next one hangs on.
        from: usize,
        /// The pointer.
        to: ImagePoint,
        /// Where the press is that set the last point, while it lasts.
        pulled: Option<ScreenPoint>,
        /// What the vector may be like.
        rules: VectorRules,
    },
    /// A vector's point or handle follows the pointer.
    Joint {
        /// Which region.
        key: RegionKey,
        /// Which point.
        index: usize,
        /// Its handle after it or before it; `None` for the point itself.
        handle: Option<bool>,
        /// The vector it began with, a new point already in it.
        origin: Vector,
    },
    /// A stroke is being painted.
    Painting {
        /// The region it goes on; `None` for a new one.
        key: Option<RegionKey>,
        /// The mask it began with.
        before: Mask,
        /// The mask as it is now.
        now: Mask,
        /// Where the stroke is.
        at: ImagePoint,
        /// Paints, as opposed to erases.
        on: bool,
    },
    /// The magic wand is held down.
    Picking {
        /// The region it goes on; `None` for a new one.
        key: Option<RegionKey>,
        /// The mask it began with.
        before: Mask,
        /// The mask as it is now.
        now: Mask,
        /// The pixel picked.
        at: ImagePoint,
        /// Where the press was on the surface.
        from: ScreenPoint,
        /// The threshold of what is picked now.
        threshold: u8,
        /// Takes in, as opposed to away.
        on: bool,
    },
}

impl State {
    /// Points of a shape are being set one by one: they can be taken back, and the shape ended.
    #[must_use]
    pub fn is_path(&self) -> bool {
        matches!(self, Self::Polygon { .. } | Self::Vector { .. })
    }

    /// How many points of a path are set.
    #[must_use]
    pub fn path_len(&self) -> usize {
        match self {
            Self::Polygon { points, .. } => points.len(),
            Self::Vector { vector, .. } => vector.vertices.len(),
            _ => 0,
        }
    }

    /// The mask being painted, and whose it is.
    #[must_use]
    pub fn painted(&self) -> Option<(Option<RegionKey>, &Mask)> {
        match self {
            Self::Painting { key, now, .. } | Self::Picking { key, now, .. } => Some((*key, now)),
            _ => None,
        }
    }
}

/// What a step wants done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A gesture begins: mark the document.
    Begin,
    /// Back to the mark, then these edits.
    Preview(Vec<Edit>),
    /// The gesture ends well.
    Commit,
    /// Back to the mark, and forget it.
    Rollback,
    /// These regions are selected.
    Select(BTreeSet<RegionKey>),
    /// This region is under the pointer.
    Hover(Option<RegionKey>),
    /// This point of this polygon is the one Delete removes.
    Vertex(Option<(RegionKey, usize)>),
    /// A new region of this shape.
    Draw(Shape),
}

/// What comes of an event.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The next state.
    pub next: State,
    /// What is to be done, in order.
    pub effects: Vec<Effect>,
}

impl Step {
    fn to(next: State) -> Self {
        Self { next, effects: Vec::new() }
    }

    fn with(mut self, effect: Effect) -> Self {
        self.effects.push(effect);
        self
    }
}

/// What a tool may look at.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The work.
    pub document: &'a Document,
    /// Regions by place.
    pub scene: &'a Scene,
    /// What the surface shows.
    pub view: &'a Viewport,
    /// The object of the surface.
    pub object: &'a str,
    /// Selected regions.
    pub selection: &'a BTreeSet<RegionKey>,
    /// The control that draws now, or that drew what is selected.
    pub control: Option<&'a ShapeControl>,
    /// The brush in hand.
    pub tip: Tip,
    /// How the magic wand picks.
    pub wand: Wand,
    /// The colors of the image, once the page has handed them over.
    pub picture: Option<&'a Picture>,
}

impl Context<'_> {
    fn image_point(&self, pointer: &Pointer) -> ImagePoint {
        self.view.image_from_screen(pointer.at)
    }

    /// On the image, on a whole pixel where wanted.
    fn drawing_point(&self, pointer: &Pointer) -> ImagePoint {
        super::snap::point(self.image_point(pointer), self.view.image(), self.snaps())
    }

    /// Whether what is drawn snaps to whole pixels.
    fn snaps(&self) -> bool {
        self.control.is_some_and(|control| control.snap_pixel)
    }

    fn region_at(&self, pointer: &Pointer) -> Option<RegionKey> {
        let tolerance = self.view.image_length(pointer.kind.tolerance());
        super::hit::region_at(self.document, self.scene, self.image_point(pointer), tolerance)
    }

    /// The only selected region, when it can be changed here.
    pub(crate) fn sole(&self) -> Option<(RegionKey, &Shape)> {
        let [key] = self.selection.iter().copied().collect::<Vec<_>>()[..] else { return None };
        let mark = self.document.mark(key)?;
        (mark.is_editable() && mark.region.to_name == self.object).then_some((key, &mark.region.shape))
    }

    /// Whether the region's control allows rotation.
    pub(crate) fn can_rotate(&self, key: RegionKey) -> bool {
        let name = self.document.mark(key).map(|mark| mark.region.from_name.as_str()).unwrap_or_default();
        self.document.kit().shape(name).is_none_or(|shape| shape.can_rotate)
    }

    /// The handle under the pointer.
    pub(crate) fn handle_at(&self, pointer: &Pointer) -> Option<(RegionKey, Handle)> {
        let (key, shape) = self.sole()?;
        let places = handles(shape, self.view, self.can_rotate(key));
        handle_at(&places, pointer.at, pointer.kind.handle_radius()).map(|handle| (key, handle))
    }
}

/// How far in CSS pixels a press may wander and still be a click.
const CLICK_SLOP: f64 = 4.0;

/// One event at one tool. `is_double` marks the second press of a double click.
#[must_use]
pub fn step(kind: ToolKind, state: State, event: &Event, is_double: bool, context: &Context<'_>) -> Step {
    if let Event::PointerDown(pointer) = event
        && pointer.button != Button::Primary
    {
        return Step::to(state);
    }
    if matches!(event, Event::PointerCancel) {
        return cancel(state);
    }
    match (&state, kind) {
        (State::Box { .. }, _) => rect::step(kind, state, event, context),
        (State::Polygon { .. }, _) => polygon::step(state, event, is_double, context),
        (State::Point { .. }, _) => keypoint::step(state, event, context),
        (State::Side { .. } | State::Depth { .. }, _) => turned::step(state, event, context),
        (State::Vector { .. }, _) => vector::step(state, event, is_double, context),
        (State::Painting { .. }, _) => brush::step(kind, state, event, context),
        (State::Picking { .. }, _) => wand::step(state, event, context),
        (State::Idle, ToolKind::Draw(ShapeKind::Mask) | ToolKind::Eraser | ToolKind::Wand) => match event {
            Event::PointerMove(_) | Event::PointerLeave => select::hover(state, event, context),
            _ if kind == ToolKind::Wand => wand::step(state, event, context),
            _ => brush::step(kind, state, event, context),
        },
        (State::Idle, ToolKind::Draw(_) | ToolKind::Turned) => match event {
            // A handle of the selected region stays within reach while drawing.
            Event::PointerDown(pointer) if context.handle_at(pointer).is_some() => {
                select::step(state, event, is_double, context)
            }
            Event::PointerMove(_) | Event::PointerLeave => select::hover(state, event, context),
            _ => match kind {
                ToolKind::Turned => turned::step(state, event, context),
                ToolKind::Draw(ShapeKind::Rect | ShapeKind::Ellipse) => rect::step(kind, state, event, context),
                ToolKind::Draw(ShapeKind::Polygon) => polygon::step(state, event, is_double, context),
                ToolKind::Draw(ShapeKind::KeyPoint) => keypoint::step(state, event, context),
                ToolKind::Draw(ShapeKind::Vector) => vector::step(state, event, is_double, context),
                _ => Step::to(state),
            },
        },
        (State::Idle, ToolKind::Pan) => Step::to(state),
        _ => select::step(state, event, is_double, context),
    }
}

/// Leaves a gesture as if it had not begun.
#[must_use]
pub fn cancel(state: State) -> Step {
    match state {
        State::Moving { .. }
        | State::Resizing { .. }
        | State::Rotating { .. }
        | State::Vertex { .. }
        | State::Joint { .. } => Step::to(State::Idle).with(Effect::Rollback),
        State::Marquee { base, .. } => Step::to(State::Idle).with(Effect::Select(base)),
        _ => Step::to(State::Idle),
    }
}

/// The shape a drawing state would give now, for the preview.
#[must_use]
pub fn sketch(kind: ToolKind, state: &State, size: ImageSize) -> Option<Shape> {
    match state {
        State::Side { from, to, .. } => Some(Shape::Polygon(Polygon::of(vec![*from, *to], false))),
        State::Depth { from, to, out, .. } => {
            turned::shape(*from, *to, *out, size).or_else(|| Some(Shape::Polygon(Polygon::of(vec![*from, *to], false))))
        }
        State::Vector { vector, from, to, pulled, .. } => {
            let mut vector = vector.clone();
            if pulled.is_none() {
                let (id, previous) = (vector::fresh_id(&vector), vector.vertices[*from].id.clone());
                vector.vertices.push(Vertex::corner(&id, *to, Some(&previous)));
            }
            Some(Shape::Vector(vector))
        }
        State::Box { from, to, .. } => Some(rect::shape(kind, *from, *to)),
        State::Polygon { points, to } => {
            Some(Shape::Polygon(Polygon::of(points.iter().copied().chain([*to]).collect(), false)))
        }
        _ => None,
    }
}

/// Finishes a polygon or vector that is being drawn; the state stays when it is not one yet.
#[must_use]
pub fn finish(state: State) -> Step {
    match state {
        State::Polygon { points, to } => polygon::close(points, to),
        State::Vector { .. } => vector::finish(state),
        other => Step::to(other),
    }
}

/// Takes back the last point of a polygon or vector that is being drawn.
#[must_use]
pub fn take_back_point(state: State) -> State {
    match state {
        State::Polygon { mut points, to } => {
            points.pop();
            if points.is_empty() { State::Idle } else { State::Polygon { points, to } }
        }
        State::Vector { vector, to, rules, .. } => vector::take_back(vector, to, rules),
        other => other,
    }
}
