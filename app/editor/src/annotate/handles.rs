//! What can be grabbed on a selected region.

use domain::region::{Polygon, ScreenPoint, ScreenVector, Shape, Vector};

use crate::view::Viewport;

/// One thing to grab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handle {
    /// A corner or side of a box: -1, 0, 1 along its own axes.
    Resize {
        /// Left, neither, right.
        u: i8,
        /// Top, neither, bottom.
        v: i8,
    },
    /// Above the top side.
    Rotate,
    /// A point of a polygon or vector.
    Vertex(usize),
    /// What bends a vector's lines at this point: after it, or before it.
    Bend(usize, bool),
    /// The middle of a polygon's side, which begins at this point, or of this line of a vector; dragging it makes a point
    /// there.
    Midpoint(usize),
}

/// CSS pixels between a box and its rotation handle.
const ROTATE_DISTANCE: f64 = 26.0;
/// Boxes smaller than this on screen show no side handles, polygon sides shorter than this no midpoints.
const ROOM_FOR_MIDDLES: f64 = 28.0;

/// The handles of a shape with their places, those that win ties first.
#[must_use]
pub fn handles(shape: &Shape, view: &Viewport, can_rotate: bool) -> Vec<(Handle, ScreenPoint)> {
    match shape {
        Shape::Rect(_) | Shape::Page(_) => {
            shape.as_box().map(|rect| box_handles(&rect, view, can_rotate)).unwrap_or_default()
        }
        Shape::Ellipse(ellipse) => box_handles(&ellipse.frame(), view, can_rotate),
        Shape::Polygon(polygon) => polygon_handles(polygon, view),
        Shape::Vector(vector) => vector_handles(vector, view),
        _ => Vec::new(),
    }
}

fn box_handles(rect: &domain::region::RotatedRect, view: &Viewport, can_rotate: bool) -> Vec<(Handle, ScreenPoint)> {
    let at = |u: i8, v: i8| {
        view.screen_from_image(rect.at(f64::midpoint(f64::from(u), 1.0), f64::midpoint(f64::from(v), 1.0)))
    };
    let mut handles: Vec<(Handle, ScreenPoint)> =
        [(1, 1), (-1, -1), (1, -1), (-1, 1)].map(|(u, v)| (Handle::Resize { u, v }, at(u, v))).into();
    if rect.width * view.zoom() >= ROOM_FOR_MIDDLES {
        handles.extend([(0, -1), (0, 1)].map(|(u, v)| (Handle::Resize { u, v }, at(u, v))));
    }
    if rect.height * view.zoom() >= ROOM_FOR_MIDDLES {
        handles.extend([(-1, 0), (1, 0)].map(|(u, v)| (Handle::Resize { u, v }, at(u, v))));
    }
    if can_rotate {
        let (top, bottom) = (at(0, -1), at(0, 1));
        let up = top - bottom;
        let length = up.length().max(1e-9);
        let reach = ROTATE_DISTANCE / length;
        let mut place = top + ScreenVector::new(up.x * reach, up.y * reach);
        let surface = view.surface();
        if !(0.0..=surface.width).contains(&place.x) || !(0.0..=surface.height).contains(&place.y) {
            // No room above: below, so that a box at the image's edge can still be turned.
            place = bottom + ScreenVector::new(-up.x * reach, -up.y * reach);
        }
        handles.push((Handle::Rotate, place));
    }
    handles
}

fn polygon_handles(polygon: &Polygon, view: &Viewport) -> Vec<(Handle, ScreenPoint)> {
    let (mut vertices, mut middles) = (Vec::new(), Vec::new());
    for (ring, points) in polygon.rings().enumerate() {
        let first = vertices.len();
        let places: Vec<ScreenPoint> = points.iter().map(|point| view.screen_from_image(*point)).collect();
        let sides = places.iter().enumerate().filter(|(n, _)| polygon.closed || ring > 0 || n + 1 < places.len());
        middles.extend(sides.filter_map(|(n, place)| {
            let next = places[(n + 1) % places.len()];
            let middle = ScreenPoint::new(f64::midpoint(place.x, next.x), f64::midpoint(place.y, next.y));
            (place.distance(next) >= ROOM_FOR_MIDDLES).then_some((Handle::Midpoint(first + n), middle))
        }));
        vertices.extend(places.iter().enumerate().map(|(n, place)| (Handle::Vertex(first + n), *place)));
    }
    vertices.append(&mut middles);
    vertices
}

fn vector_handles(vector: &Vector, view: &Viewport) -> Vec<(Handle, ScreenPoint)> {
    use kurbo::ParamCurve as _;
    let vertices = vector.vertices.iter().enumerate();
    let mut handles: Vec<_> =
        vertices.clone().map(|(n, vertex)| (Handle::Vertex(n), view.screen_from_image(vertex.at))).collect();
    for (n, vertex) in vertices.filter(|(_, vertex)| vertex.is_bezier) {
        let ends = [(true, vertex.handle_out), (false, vertex.handle_in)];
        handles
            .extend(ends.into_iter().filter_map(|(out, at)| Some((Handle::Bend(n, out), view.screen_from_image(at?)))));
    }
    for (n, segment) in vector.segments().into_iter().enumerate() {
        let [start, middle, end] =
            [segment.start(), segment.eval(0.5), segment.end()].map(|at| view.screen_from_image(at.into()));
        if start.distance(end) >= ROOM_FOR_MIDDLES {
            handles.push((Handle::Midpoint(n), middle));
        }
    }
    handles
}

/// The handle at a place on the surface, the nearest one within `radius`.
#[must_use]
pub fn handle_at(handles: &[(Handle, ScreenPoint)], at: ScreenPoint, radius: f64) -> Option<Handle> {
    handles
        .iter()
        .map(|(handle, place)| (*handle, place.distance(at)))
        .filter(|(_, distance)| *distance <= radius)
        .min_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(handle, _)| handle)
}
