//! Vectors: click the points; a drag while setting one bends the lines there where curves are allowed. A click on the
//! first point closes what may be closed, a click on any point of a skeleton goes on from there; Enter or a double click
//! ends the rest.

use domain::region::{ImagePoint, ImageSize, ImageVector, Shape, Vector, Vertex};

use super::{CLICK_SLOP, Context, Effect, State, Step};
use crate::annotate::kit::VectorRules;
use crate::annotate::snap;
use crate::input::{Event, Pointer};

pub(super) fn step(state: State, event: &Event, is_double: bool, context: &Context<'_>) -> Step {
    match (event, state) {
        (Event::PointerDown(pointer), State::Idle) => {
            let at = context.drawing_point(pointer);
            let vector = Vector { vertices: vec![Vertex::corner("1", at, None)], closed: false };
            let rules = context.control.map(|control| control.vector).unwrap_or_default();
            Step::to(State::Vector { vector, from: 0, to: at, pulled: Some(pointer.at), rules })
        }
        (Event::PointerDown(pointer), State::Vector { vector, from, to, rules, .. }) => {
            press(vector, from, to, rules, pointer, is_double, context)
        }
        (Event::PointerMove(pointer), State::Vector { mut vector, from, pulled, rules, .. }) => {
            let to = context.drawing_point(pointer);
            if let Some(at) = pulled
                && rules.curves
                && pointer.at.distance(at) >= CLICK_SLOP
            {
                bend(&mut vector, from, to, context.view.image());
            }
            Step::to(State::Vector { vector, from, to, pulled, rules })
        }
        (Event::PointerUp(pointer), State::Vector { vector, from, rules, .. }) => {
            let to = context.drawing_point(pointer);
            let is_full = vector.vertices.len() >= rules.most();
            let state = State::Vector { vector, from, to, pulled: None, rules };
            if is_full { finish(state) } else { Step::to(state) }
        }
        (_, state) => Step::to(state),
    }
}

fn press(
    mut vector: Vector,
    from: usize,
    to: ImagePoint,
    rules: VectorRules,
    pointer: &Pointer,
    is_double: bool,
    context: &Context<'_>,
) -> Step {
    if is_double {
        return finish(State::Vector { vector, from, to, pulled: None, rules });
    }
    let near = |vertex: &Vertex| {
        context.view.screen_from_image(vertex.at).distance(pointer.at) <= pointer.kind.handle_radius() + 1.0
    };
    match vector.vertices.iter().position(near) {
        Some(0) if rules.closable && vector.vertices.len() >= rules.least().max(3) && !vector.is_branching() => {
            vector.closed = true;
            Step::to(State::Idle).with(Effect::Draw(Shape::Vector(vector)))
        }
        Some(at) if rules.skeleton => Step::to(State::Vector { vector, from: at, to, pulled: None, rules }),
        Some(_) => Step::to(State::Vector { vector, from, to, pulled: None, rules }),
        None => {
            let at = context.drawing_point(pointer);
            let id = fresh_id(&vector);
            let previous = vector.vertices[from].id.clone();
            vector.vertices.push(Vertex::corner(&id, at, Some(&previous)));
            let from = vector.vertices.len() - 1;
            Step::to(State::Vector { vector, from, to: at, pulled: Some(pointer.at), rules })
        }
    }
}

/// The finished vector; with too few points the drawing goes on.
pub(super) fn finish(state: State) -> Step {
    match state {
        State::Vector { vector, rules, .. }
            if vector.vertices.len() >= rules.least() && snap::is_proper(&Shape::Vector(vector.clone())) =>
        {
            Step::to(State::Idle).with(Effect::Draw(Shape::Vector(vector)))
        }
        other => Step::to(other),
    }
}

/// Without the last point; idle when there was no other.
pub(super) fn take_back(mut vector: Vector, to: ImagePoint, rules: VectorRules) -> State {
    let gone = vector.vertices.pop();
    if vector.vertices.is_empty() {
        return State::Idle;
    }
    let previous = gone.and_then(|gone| gone.previous);
    let from = vector.vertices.iter().position(|vertex| Some(&vertex.id) == previous.as_ref());
    let from = from.unwrap_or(vector.vertices.len() - 1);
    State::Vector { vector, from, to, pulled: None, rules }
}

/// An id no point of the vector has.
pub(super) fn fresh_id(vector: &Vector) -> String {
    let highest = vector.vertices.iter().filter_map(|vertex| vertex.id.parse::<u64>().ok()).max().unwrap_or(0);
    highest.saturating_add(1).to_string()
}

/// Both handles of a point, one mirrored in it, as far as the curve stays on the image.
pub(in crate::annotate) fn bend(vector: &mut Vector, index: usize, to: ImagePoint, size: ImageSize) {
    let Some(vertex) = vector.vertices.get(index) else { return };
    let (at, way) = (vertex.at, to - vertex.at);
    let bent = |part: f64| {
        let mut bent = vector.clone();
        let by = ImageVector::new(way.x * part, way.y * part);
        let vertex = &mut bent.vertices[index];
        vertex.is_bezier = part > 0.0;
        vertex.handle_out = vertex.is_bezier.then_some(at + by);
        vertex.handle_in = vertex.is_bezier.then(|| at + ImageVector::new(-by.x, -by.y));
        bent
    };
    let fits = |vector: &Vector| vector.bounds().is_some_and(|hull| snap::is_inside(&hull, size));
    let wanted = [1.0, 0.75, 0.5, 0.25].into_iter().map(bent).find(fits);
    if let Some(wanted) = wanted {
        *vector = wanted;
    }
}

/// The vector with one point and its handles moved to `to`, as far as it stays on the image.
pub(super) fn moved(origin: &Vector, index: usize, to: ImagePoint, context: &Context<'_>) -> Option<Vector> {
    let start = origin.vertices.get(index)?.at;
    let way = to - start;
    furthest(context.view.image(), |part| {
        let by = ImageVector::new(way.x * part, way.y * part);
        let mut moved = origin.clone();
        moved.vertices[index] = moved.vertices[index].map(|place| *place + by);
        moved
    })
}

/// The vector with one handle moved to `to`; the other one keeps opposite unless they are to be `apart`.
pub(in crate::annotate) fn bent(
    origin: &Vector,
    index: usize,
    is_out: bool,
    to: ImagePoint,
    apart: bool,
    size: ImageSize,
) -> Option<Vector> {
    let vertex = origin.vertices.get(index)?;
    let start = if is_out { vertex.handle_out } else { vertex.handle_in }?;
    let way = to - start;
    furthest(size, |part| {
        let mut bent = origin.clone();
        let vertex = &mut bent.vertices[index];
        let place = start + ImageVector::new(way.x * part, way.y * part);
        let by = place - vertex.at;
        let opposite = vertex.at + ImageVector::new(-by.x, -by.y);
        let (mine, other) = if is_out {
            (&mut vertex.handle_out, &mut vertex.handle_in)
        } else {
            (&mut vertex.handle_in, &mut vertex.handle_out)
        };
        *mine = Some(place);
        if !apart && other.is_some() && part > 0.0 {
            *other = Some(opposite);
        }
        bent
    })
}

fn furthest(size: ImageSize, at: impl Fn(f64) -> Vector) -> Option<Vector> {
    match snap::furthest(size, |part| Shape::Vector(at(part)))? {
        Shape::Vector(vector) => Some(vector),
        _ => None,
    }
}

/// The vector with a new point in the middle of a line or curve, which keeps its form; and which point that is.
pub(super) fn split(origin: &Vector, joint: usize) -> Option<(Vector, usize)> {
    use kurbo::{ParamCurve as _, PathSeg};
    let (from, to) = *origin.joints().get(joint)?;
    let segment = *origin.segments().get(joint)?;
    let mut more = origin.clone();
    let is_closing = origin.closed && (from, to) == (origin.vertices.len() - 1, 0);
    let named = !is_closing && origin.vertices[to].previous.is_some();
    let id = fresh_id(origin);
    let mut made = Vertex::corner(&id, segment.eval(0.5).into(), None);
    if named || is_closing {
        made.previous = Some(origin.vertices[from].id.clone()).filter(|id| !id.is_empty());
    }
    if let PathSeg::Cubic(curve) = segment {
        let (first, second) = curve.subdivide();
        made.is_bezier = true;
        (made.handle_in, made.handle_out) = (Some(first.p2.into()), Some(second.p1.into()));
        (more.vertices[from].is_bezier, more.vertices[from].handle_out) = (true, Some(first.p1.into()));
        (more.vertices[to].is_bezier, more.vertices[to].handle_in) = (true, Some(second.p2.into()));
    }
    if named {
        more.vertices[to].previous = Some(id);
    }
    let place = if is_closing { more.vertices.len() } else { to };
    more.vertices.insert(place, made);
    Some((more, place))
}

/// The vector with a point made round, its handles along the line between its neighbours, or made sharp again; `None`
/// where the curve would leave the image.
pub(in crate::annotate) fn toggled(origin: &Vector, index: usize, size: ImageSize) -> Option<Vector> {
    let other = turned_round(origin, index)?;
    let shape = Shape::Vector(other.clone());
    (snap::settle(&shape, size).as_ref() == Some(&shape)).then_some(other)
}

fn turned_round(origin: &Vector, index: usize) -> Option<Vector> {
    let mut other = origin.clone();
    let joints = origin.joints();
    let vertex = other.vertices.get_mut(index)?;
    if vertex.is_bezier {
        (vertex.is_bezier, vertex.handle_in, vertex.handle_out) = (false, None, None);
        return Some(other);
    }
    let before = joints.iter().find(|(_, to)| *to == index).map(|(from, _)| origin.vertices[*from].at);
    let after = joints.iter().find(|(from, _)| *from == index).map(|(_, to)| origin.vertices[*to].at);
    let way = after.unwrap_or(vertex.at) - before.unwrap_or(vertex.at);
    let by = ImageVector::new(way.x / 4.0, way.y / 4.0);
    vertex.is_bezier = true;
    vertex.handle_in = Some(vertex.at + ImageVector::new(-by.x, -by.y));
    vertex.handle_out = Some(vertex.at + by);
    Some(other)
}
