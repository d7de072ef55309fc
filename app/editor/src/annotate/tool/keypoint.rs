//! Single points: set where the press ends, so that it can still be corrected while held.

use domain::region::{KeyPoint, Shape};

use super::{Context, Effect, State, Step};
use crate::input::Event;

pub(super) fn step(state: State, event: &Event, context: &Context<'_>) -> Step {
    match (event, state) {
        (Event::PointerDown(pointer), State::Idle) => Step::to(State::Point { at: context.drawing_point(pointer) }),
        (Event::PointerMove(pointer), State::Point { .. }) => {
            Step::to(State::Point { at: context.drawing_point(pointer) })
        }
        (Event::PointerUp(pointer), State::Point { .. }) => {
            let at = context.drawing_point(pointer);
            // The editor knows the width its control draws at.
            Step::to(State::Idle).with(Effect::Draw(Shape::KeyPoint(KeyPoint { x: at.x, y: at.y, width: 0.0 })))
        }
        (_, state) => Step::to(state),
    }
}
