//! Boxes of three points: the first two are one side, the third says how far the box reaches from it.

use domain::region::{ImagePoint, ImageSize, ImageVector, RotatedRect, Shape};

use super::{CLICK_SLOP, Context, Effect, State, Step};
use crate::annotate::snap;
use crate::input::{Event, Pointer};

pub(super) fn step(state: State, event: &Event, context: &Context<'_>) -> Step {
    match (event, state) {
        (Event::PointerDown(pointer), State::Idle) => {
            let from = context.drawing_point(pointer);
            Step::to(State::Side { from, to: from, at: pointer.at })
        }
        (Event::PointerMove(pointer), State::Side { from, at, .. }) => {
            Step::to(State::Side { from, to: end(from, pointer, context), at })
        }
        // Released after a drag, or pressed a second time.
        (Event::PointerUp(pointer) | Event::PointerDown(pointer), State::Side { from, at, .. }) => {
            let to = end(from, pointer, context);
            let is_click = pointer.at.distance(at) < CLICK_SLOP;
            let is_set = !is_click && from.distance(to) >= snap::MIN_SIDE;
            Step::to(if is_set {
                State::Depth { from, to, out: to, at: pointer.at }
            } else {
                State::Side { from, to, at }
            })
        }
        (Event::PointerMove(pointer), State::Depth { from, to, at, .. }) => {
            Step::to(State::Depth { from, to, out: context.image_point(pointer), at })
        }
        (Event::PointerDown(pointer) | Event::PointerUp(pointer), State::Depth { from, to, at, .. }) => {
            let out = context.image_point(pointer);
            let waits = State::Depth { from, to, out, at };
            // The release that ends the click which set the side is not the third point.
            let is_same_click = matches!(event, Event::PointerUp(_)) && pointer.at.distance(at) < CLICK_SLOP;
            match shape(from, to, out, context.view.image()).filter(|_| !is_same_click) {
                Some(shape) => Step::to(State::Idle).with(Effect::Draw(shape)),
                None => Step::to(waits),
            }
        }
        (_, state) => Step::to(state),
    }
}

fn end(from: ImagePoint, pointer: &Pointer, context: &Context<'_>) -> ImagePoint {
    let to = context.drawing_point(pointer);
    if !pointer.modifiers.shift {
        return to;
    }
    let by = to - from;
    let (sin, cos) = snap::angle(by.y.atan2(by.x).to_degrees(), true).to_radians().sin_cos();
    let length = by.x * cos + by.y * sin;
    context.view.image().clamp(from + ImageVector::new(length * cos, length * sin))
}

/// The box over the side `from`–`to` that reaches as far as `out`, or as far as the image allows; `None` where that is
/// no box.
pub(super) fn shape(from: ImagePoint, to: ImagePoint, out: ImagePoint, size: ImageSize) -> Option<Shape> {
    let side = to - from;
    let width = side.length();
    if width < snap::MIN_SIDE {
        return None;
    }
    let depth = ((out - from).y * side.x - (out - from).x * side.y) / width;
    if depth.abs() < snap::MIN_SIDE {
        return None;
    }
    let rotation = side.y.atan2(side.x).to_degrees();
    // Seen from the other end the box lies on the other side.
    let (corner, rotation) = if depth > 0.0 { (from, rotation) } else { (to, rotation + 180.0) };
    let rotation = rotation.rem_euclid(360.0);
    snap::furthest(size, |part| {
        let height = snap::MIN_SIDE + (depth.abs() - snap::MIN_SIDE) * part;
        Shape::Rect(RotatedRect { x: corner.x, y: corner.y, width, height, rotation })
    })
}
