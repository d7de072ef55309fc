//! Polygons: click the points; the first point, Enter or a double click closes the ring.

use domain::region::{ImagePoint, Polygon, Shape};

use super::{Context, Effect, State, Step};
use crate::annotate::snap;
use crate::input::{Event, Pointer};

pub(super) fn step(state: State, event: &Event, is_double: bool, context: &Context<'_>) -> Step {
    match (event, state) {
        (Event::PointerDown(pointer), State::Idle) => {
            let at = context.drawing_point(pointer);
            Step::to(State::Polygon { points: vec![at], to: at })
        }
        (Event::PointerDown(pointer), State::Polygon { mut points, .. }) => {
            let to = context.drawing_point(pointer);
            if is_double || touches_first(&points, pointer, context) {
                return close(points, to);
            }
            let is_new = points.last().is_none_or(|last| last.distance(to) > f64::EPSILON);
            if is_new && points.len() < domain::result::MAX_POLYGON_POINTS {
                points.push(to);
            }
            Step::to(State::Polygon { points, to })
        }
        (Event::PointerMove(pointer), State::Polygon { points, .. }) => {
            let to = if touches_first(&points, pointer, context) { points[0] } else { context.drawing_point(pointer) };
            Step::to(State::Polygon { points, to })
        }
        (_, state) => Step::to(state),
    }
}

fn touches_first(points: &[ImagePoint], pointer: &Pointer, context: &Context<'_>) -> bool {
    points.len() >= 3
        && context.view.screen_from_image(points[0]).distance(pointer.at) <= pointer.kind.handle_radius() + 3.0
}

/// The finished ring; with too few points or no area the drawing goes on.
pub(super) fn close(points: Vec<ImagePoint>, to: ImagePoint) -> Step {
    let shape = Shape::Polygon(Polygon::of(points.clone(), true));
    if snap::is_proper(&shape) {
        Step::to(State::Idle).with(Effect::Draw(shape))
    } else {
        Step::to(State::Polygon { points, to })
    }
}
