//! Picking, moving and shaping regions.

use std::collections::BTreeSet;

use domain::region::{Bounds, Ellipse, ImagePoint, RotatedRect, Shape};

use super::{CLICK_SLOP, Context, Effect, State, Step};
use crate::annotate::document::RegionKey;
use crate::annotate::edit::Edit;
use crate::annotate::handles::Handle;
use crate::annotate::snap;
use crate::input::{Event, Pointer};

pub(super) fn step(state: State, event: &Event, is_double: bool, context: &Context<'_>) -> Step {
    match (event, state) {
        (Event::PointerDown(pointer), State::Idle) => press(pointer, is_double, context),
        (Event::PointerMove(pointer), State::Pressed { from, at, hit, extend }) => {
            if pointer.at.distance(at) < CLICK_SLOP {
                return Step::to(State::Pressed { from, at, hit, extend });
            }
            begin_drag(from, hit, extend, pointer, context)
        }
        (Event::PointerUp(_), State::Pressed { hit, extend, .. }) => click(hit, extend, context),
        (Event::PointerMove(pointer), state) => drag(state, pointer, context),
        (Event::PointerUp(pointer), state) => {
            let mut step = drag(state, pointer, context);
            let was_marquee = matches!(step.next, State::Marquee { .. });
            step.next = State::Idle;
            if was_marquee { step } else { step.with(Effect::Commit) }
        }
        (Event::PointerLeave, State::Idle) => Step::to(State::Idle).with(Effect::Hover(None)),
        (_, state) => Step::to(state),
    }
}

/// Only says what is under the pointer.
pub(super) fn hover(state: State, event: &Event, context: &Context<'_>) -> Step {
    let hit = match event {
        Event::PointerMove(pointer) => context.region_at(pointer),
        _ => None,
    };
    Step::to(state).with(Effect::Hover(hit))
}

fn press(pointer: &Pointer, is_double: bool, context: &Context<'_>) -> Step {
    if let Some((key, handle)) = context.handle_at(pointer)
        && let Some((_, shape)) = context.sole()
    {
        return grab(key, handle, shape.clone(), pointer, is_double, context);
    }
    let hit = context.region_at(pointer);
    let extend = pointer.modifiers.shift || pointer.modifiers.command();
    let pressed = Step::to(State::Pressed { from: context.image_point(pointer), at: pointer.at, hit, extend })
        .with(Effect::Vertex(None));
    match hit {
        Some(key) if !extend && !context.selection.contains(&key) => pressed.with(Effect::Select([key].into())),
        _ => pressed,
    }
}

fn grab(
    key: RegionKey,
    handle: Handle,
    origin: Shape,
    pointer: &Pointer,
    is_double: bool,
    context: &Context<'_>,
) -> Step {
    let at = context.image_point(pointer);
    match (handle, &origin) {
        (Handle::Resize { u, v }, Shape::Rect(_) | Shape::Ellipse(_) | Shape::Page(_)) => {
            let place = frame(&origin)
                .map_or(at, |rect| rect.at(f64::midpoint(f64::from(u), 1.0), f64::midpoint(f64::from(v), 1.0)));
            Step::to(State::Resizing { key, u, v, origin, grip: at - place }).with(Effect::Begin)
        }
        (Handle::Rotate, Shape::Rect(_) | Shape::Ellipse(_) | Shape::Page(_)) => {
            let grip = frame(&origin).map_or(0.0, |rect| bearing(&rect, at) - rect.rotation);
            Step::to(State::Rotating { key, origin, grip }).with(Effect::Begin)
        }
        (Handle::Vertex(index), Shape::Polygon(polygon)) if pointer.modifiers.alt || is_double => {
            at_once(key, Some(Shape::Polygon(polygon.without(index))).filter(snap::is_proper))
        }
        (Handle::Vertex(index), Shape::Polygon(polygon)) => {
            Step::to(State::Vertex { key, index, origin: polygon.clone() })
                .with(Effect::Vertex(Some((key, index))))
                .with(Effect::Begin)
        }
        (Handle::Vertex(index), Shape::Vector(vector)) if pointer.modifiers.alt || is_double => {
            let fewer = vector.without(index);
            let least = context.control.map_or(2, |control| control.vector.least());
            let fewer = (fewer.vertices.len() >= least).then_some(Shape::Vector(fewer));
            at_once(key, fewer.filter(snap::is_proper))
        }
        (Handle::Vertex(index), Shape::Vector(vector))
            if pointer.modifiers.shift && context.control.is_none_or(|control| control.vector.curves) =>
        {
            at_once(key, super::vector::toggled(vector, index, context.view.image()).map(Shape::Vector))
        }
        (Handle::Vertex(index), Shape::Vector(vector)) => {
            Step::to(State::Joint { key, index, handle: None, origin: vector.clone() })
                .with(Effect::Vertex(Some((key, index))))
                .with(Effect::Begin)
        }
        (Handle::Bend(index, is_out), Shape::Vector(vector)) => {
            Step::to(State::Joint { key, index, handle: Some(is_out), origin: vector.clone() }).with(Effect::Begin)
        }
        (Handle::Midpoint(joint), Shape::Vector(vector)) => {
            let most = context.control.map_or(usize::MAX, |control| control.vector.most());
            match super::vector::split(vector, joint).filter(|(more, _)| more.vertices.len() <= most) {
                Some((more, index)) => Step::to(State::Joint { key, index, handle: None, origin: more })
                    .with(Effect::Vertex(Some((key, index))))
                    .with(Effect::Begin),
                None => Step::to(State::Idle),
            }
        }
        (Handle::Midpoint(index), Shape::Polygon(polygon)) => {
            let more = polygon.with_after(index, context.drawing_point(pointer));
            Step::to(State::Vertex { key, index: index + 1, origin: more })
                .with(Effect::Vertex(Some((key, index + 1))))
                .with(Effect::Begin)
        }
        _ => Step::to(State::Idle),
    }
}

/// A change that needs no drag.
fn at_once(key: RegionKey, shape: Option<Shape>) -> Step {
    let step = Step::to(State::Idle).with(Effect::Vertex(None));
    match shape {
        Some(shape) => {
            step.with(Effect::Begin).with(Effect::Preview(vec![Edit::Reshape(key, shape)])).with(Effect::Commit)
        }
        None => step,
    }
}

fn click(hit: Option<RegionKey>, extend: bool, context: &Context<'_>) -> Step {
    let idle = Step::to(State::Idle);
    match (hit, extend) {
        (Some(key), true) => {
            let mut selection = context.selection.clone();
            if !selection.remove(&key) {
                selection.insert(key);
            }
            idle.with(Effect::Select(selection))
        }
        (Some(key), false) => idle.with(Effect::Select([key].into())),
        (None, true) => idle,
        (None, false) => idle.with(Effect::Select(BTreeSet::new())),
    }
}

fn begin_drag(
    from: ImagePoint,
    hit: Option<RegionKey>,
    extend: bool,
    pointer: &Pointer,
    context: &Context<'_>,
) -> Step {
    let Some(key) = hit else {
        let base = if extend { context.selection.clone() } else { BTreeSet::new() };
        return drag(State::Marquee { from, to: from, base }, pointer, context);
    };
    let mut selection = context.selection.clone();
    selection.insert(key);
    let origin: Vec<_> = selection
        .iter()
        .filter_map(|key| Some((*key, context.document.mark(*key)?)))
        .filter(|(_, mark)| mark.is_editable() && mark.region.to_name == context.object)
        .map(|(key, mark)| (key, mark.region.shape.clone()))
        .collect();
    if origin.is_empty() {
        return Step::to(State::Idle).with(Effect::Select(selection));
    }
    let moved = drag(State::Moving { from, origin }, pointer, context);
    let effects = [Effect::Select(selection), Effect::Begin].into_iter().chain(moved.effects).collect();
    Step { next: moved.next, effects }
}

/// Recomputes a running drag from where it began.
fn drag(state: State, pointer: &Pointer, context: &Context<'_>) -> Step {
    let size = context.view.image();
    let at = context.image_point(pointer);
    let edits = match &state {
        State::Moving { from, origin } => {
            let by = at - *from;
            let hull = origin.iter().filter_map(|(_, shape)| shape.bounds()).reduce(Bounds::union);
            let by = hull.map_or(by, |hull| snap::clamp_move(&hull, by, size));
            origin.iter().map(|(key, shape)| Edit::Reshape(*key, shape.translated(by))).collect()
        }
        State::Resizing { key, u, v, origin, grip } => {
            let wanted = ImagePoint::new(at.x - grip.x, at.y - grip.y);
            resize(origin, *u, *v, wanted, pointer.modifiers.shift, context)
                .map(|shape| Edit::Reshape(*key, shape))
                .into_iter()
                .collect()
        }
        State::Rotating { key, origin, grip } => frame(origin)
            .map(|rect| snap::angle(bearing(&rect, at) - grip, pointer.modifiers.shift))
            .and_then(|degrees| snap::rotated(origin, degrees, size))
            .map(|shape| Edit::Reshape(*key, shape))
            .into_iter()
            .collect(),
        State::Vertex { key, index, origin } => snap::with_vertex(origin, *index, context.drawing_point(pointer))
            .map(|polygon| Edit::Reshape(*key, Shape::Polygon(polygon)))
            .into_iter()
            .collect(),
        State::Joint { key, index, handle, origin } => {
            let moved = match handle {
                None => super::vector::moved(origin, *index, context.drawing_point(pointer), context),
                Some(is_out) => {
                    super::vector::bent(origin, *index, *is_out, size.clamp(at), pointer.modifiers.alt, size)
                }
            };
            moved.map(|vector| Edit::Reshape(*key, Shape::Vector(vector))).into_iter().collect()
        }
        State::Marquee { from, base, .. } => {
            let area = Bounds::from_corners(*from, at);
            let met = context
                .scene
                .near(&area)
                .into_iter()
                .filter(|key| context.document.mark(*key).is_some_and(|mark| !mark.hidden));
            let selection = base.iter().copied().chain(met).collect();
            return Step::to(State::Marquee { from: *from, to: at, base: base.clone() })
                .with(Effect::Select(selection));
        }
        _ => return hover(state, &Event::PointerMove(*pointer), context),
    };
    Step::to(state).with(Effect::Preview(edits))
}

/// The box whose handles are shown.
fn frame(shape: &Shape) -> Option<RotatedRect> {
    match shape {
        Shape::Ellipse(ellipse) => Some(ellipse.frame()),
        _ => shape.as_box(),
    }
}

/// Degrees from straight up, clockwise, from the middle of the box to a point.
fn bearing(rect: &RotatedRect, at: ImagePoint) -> f64 {
    let by = at - rect.center();
    by.x.atan2(-by.y).to_degrees()
}

fn resize(origin: &Shape, u: i8, v: i8, wanted: ImagePoint, keep_aspect: bool, context: &Context<'_>) -> Option<Shape> {
    let size = context.view.image();
    let rect = frame(origin)?;
    let upright = rect.rotation.rem_euclid(90.0) == 0.0;
    let wanted = if upright { snap::point(wanted, size, context.snaps()) } else { wanted };
    let start = rect.at(f64::midpoint(f64::from(u), 1.0), f64::midpoint(f64::from(v), 1.0));
    let way = wanted - start;
    snap::furthest(size, |part| {
        let to = ImagePoint::new(start.x + way.x * part, start.y + way.y * part);
        let resized = snap::resized(&rect, u, v, to, keep_aspect);
        match origin {
            Shape::Ellipse(_) => Shape::Ellipse(Ellipse::from_frame(&resized)),
            _ => origin.with_box(resized),
        }
    })
}
