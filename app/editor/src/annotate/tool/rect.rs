//! Boxes and ellipses: press, drag, release; or click, move, click. Shift draws squares and circles.

use domain::region::{Ellipse, ImagePoint, RotatedRect, Shape};

use super::{CLICK_SLOP, Context, Effect, State, Step, ToolKind};
use crate::annotate::kit::ShapeKind;
use crate::annotate::snap;
use crate::input::{Event, Pointer};

pub(super) fn step(kind: ToolKind, state: State, event: &Event, context: &Context<'_>) -> Step {
    match (event, state) {
        (Event::PointerDown(pointer), State::Idle) => {
            let from = context.drawing_point(pointer);
            Step::to(State::Box { from, to: from, at: pointer.at, second_click: false })
        }
        (Event::PointerDown(pointer), State::Box { from, at, second_click: true, .. }) => {
            let to = corner(from, pointer, context);
            finish(kind, from, to, State::Box { from, to, at, second_click: true })
        }
        (Event::PointerMove(pointer), State::Box { from, at, second_click, .. }) => {
            Step::to(State::Box { from, to: corner(from, pointer, context), at, second_click })
        }
        (Event::PointerUp(pointer), State::Box { from, at, second_click: false, .. }) => {
            let to = corner(from, pointer, context);
            if pointer.at.distance(at) < CLICK_SLOP {
                return Step::to(State::Box { from, to, at, second_click: true });
            }
            finish(kind, from, to, State::Idle)
        }
        (_, state) => Step::to(state),
    }
}

fn corner(from: ImagePoint, pointer: &Pointer, context: &Context<'_>) -> ImagePoint {
    let to = context.drawing_point(pointer);
    if pointer.modifiers.shift { snap::square(from, to, context.view.image()) } else { to }
}

/// The shape between two corners.
pub(super) fn shape(kind: ToolKind, from: ImagePoint, to: ImagePoint) -> Shape {
    let rect = RotatedRect::from_corners(from, to);
    if kind == ToolKind::Draw(ShapeKind::Ellipse) {
        Shape::Ellipse(Ellipse::from_frame(&rect))
    } else {
        Shape::Rect(rect)
    }
}

fn finish(kind: ToolKind, from: ImagePoint, to: ImagePoint, otherwise: State) -> Step {
    let shape = shape(kind, from, to);
    if snap::is_proper(&shape) { Step::to(State::Idle).with(Effect::Draw(shape)) } else { Step::to(otherwise) }
}
