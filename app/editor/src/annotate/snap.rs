//! Keeping shapes on their image, and people's hands steady.

use domain::region::{Bounds, Ellipse, ImagePoint, ImageSize, ImageVector, Polygon, RotatedRect, Shape};

/// The least side of a box in image pixels.
pub const MIN_SIDE: f64 = 1.0;
/// The least area of a polygon in square image pixels.
pub const MIN_AREA: f64 = 1.0;
/// Shift turns in steps of this many degrees.
pub const ANGLE_STEP: f64 = 15.0;
/// What rounding may add up to; far below what can be seen or stored.
const EPSILON: f64 = 1e-7;

/// The nearest point on the image, on a whole pixel where wanted.
#[must_use]
pub fn point(point: ImagePoint, size: ImageSize, whole_pixels: bool) -> ImagePoint {
    let point = if whole_pixels { ImagePoint::new(point.x.round(), point.y.round()) } else { point };
    size.clamp(point)
}

/// `to` moved so that `from` to `to` is a square, still on the image.
#[must_use]
pub fn square(from: ImagePoint, to: ImagePoint, size: ImageSize) -> ImagePoint {
    let by = to - from;
    let room = |at: f64, forward: bool, side: f64| if forward { side - at } else { at };
    let side = by.x.abs().max(by.y.abs()).min(room(from.x, by.x >= 0.0, size.width)).min(room(
        from.y,
        by.y >= 0.0,
        size.height,
    ));
    from + ImageVector::new(side.copysign(by.x), side.copysign(by.y))
}

/// The angle, on a step of [`ANGLE_STEP`] where wanted.
#[must_use]
pub fn angle(degrees: f64, stepped: bool) -> f64 {
    let degrees = if stepped { (degrees / ANGLE_STEP).round() * ANGLE_STEP } else { degrees };
    degrees.rem_euclid(360.0)
}

/// Whether a hull is on the image.
#[must_use]
pub fn is_inside(bounds: &Bounds, size: ImageSize) -> bool {
    bounds.min.x >= -EPSILON
        && bounds.min.y >= -EPSILON
        && bounds.max.x <= size.width + EPSILON
        && bounds.max.y <= size.height + EPSILON
}

/// Whether a shape has an extent that can be seen and stored.
#[must_use]
pub fn is_proper(shape: &Shape) -> bool {
    match shape {
        Shape::Rect(rect) => rect.width >= MIN_SIDE - EPSILON && rect.height >= MIN_SIDE - EPSILON,
        Shape::Ellipse(e) => 2.0 * e.radius_x >= MIN_SIDE - EPSILON && 2.0 * e.radius_y >= MIN_SIDE - EPSILON,
        Shape::Polygon(polygon) => polygon.points.len() >= 3 && polygon.area() >= MIN_AREA - EPSILON,
        Shape::KeyPoint(_) => true,
        Shape::Mask(mask) => !mask.is_empty(),
        Shape::Vector(vector) => vector.vertices.len() >= 2,
        Shape::Page(page) => match page.pixels() {
            Some(rect) => rect.width >= MIN_SIDE - EPSILON && rect.height >= MIN_SIDE - EPSILON,
            None => page.rect.width > 0.0 && page.rect.height > 0.0,
        },
        Shape::BoxTrack(track) => !track.keyframes.is_empty(),
        Shape::VectorTrack(track) => !track.keyframes.is_empty(),
        Shape::Frames(frames) => !frames.ranges.is_empty(),
        Shape::Time(span) => span.start < span.end,
        Shape::Series(span) => span.instant || span.start != span.end,
        Shape::Text(span) => span.start < span.end,
        Shape::Paragraph(span) => (span.start, span.start_offset) < (span.end, span.end_offset),
        Shape::Message(message) => !message.content.is_empty(),
        Shape::HyperText(span) => (&span.start, span.start_offset) != (&span.end, span.end_offset),
    }
}

/// The shape moved onto the image by the smallest move; `None` when it cannot fit or is degenerate.
#[must_use]
pub fn settle(shape: &Shape, size: ImageSize) -> Option<Shape> {
    if !is_proper(shape) || !shape.is_finite() {
        return None;
    }
    let bounds = shape.bounds()?;
    if is_inside(&bounds, size) {
        return Some(shape.clone());
    }
    let moved = shape.translated(bounds.offset_into(size));
    is_inside(&moved.bounds()?, size).then_some(moved)
}

/// How far `bounds` may really move towards `by` and stay on the image.
#[must_use]
pub fn clamp_move(bounds: &Bounds, by: ImageVector, size: ImageSize) -> ImageVector {
    let moved = Bounds { min: bounds.min + by, max: bounds.max + by };
    let back = moved.offset_into(size);
    ImageVector::new(by.x + back.x, by.y + back.y)
}

/// A box with one handle dragged to `to`. `u`, `v` say which: -1, 0, 1 along the box's own axes; the opposite side
/// stays. Dragging past it turns the box over.
#[must_use]
pub fn resized(rect: &RotatedRect, u: i8, v: i8, to: ImagePoint, keep_aspect: bool) -> RotatedRect {
    let local = rect.to_local(to);
    let axis = |which: i8, length: f64, at: f64| match which {
        -1 => (at, length),
        1 => (0.0, at),
        _ => (0.0, length),
    };
    let (mut x0, mut x1) = axis(u, rect.width, local.x);
    let (mut y0, mut y1) = axis(v, rect.height, local.y);
    if keep_aspect && u != 0 && v != 0 && rect.width > 0.0 && rect.height > 0.0 {
        let scale = ((x1 - x0).abs() / rect.width).max((y1 - y0).abs() / rect.height);
        let (width, height) = ((rect.width * scale).copysign(x1 - x0), (rect.height * scale).copysign(y1 - y0));
        if u < 0 {
            x0 = x1 - width;
        } else {
            x1 = x0 + width;
        }
        if v < 0 {
            y0 = y1 - height;
        } else {
            y1 = y0 + height;
        }
    }
    let ordered = |a: f64, b: f64, moves_start: bool| {
        let (low, high) = (a.min(b), a.max(b));
        match high - low < MIN_SIDE {
            true if moves_start => (high - MIN_SIDE, high),
            true => (low, low + MIN_SIDE),
            false => (low, high),
        }
    };
    let (left, right) = ordered(x0, x1, u < 0);
    let (top, bottom) = ordered(y0, y1, v < 0);
    let unit = RotatedRect { width: 1.0, height: 1.0, ..*rect };
    let origin = unit.at(left, top);
    RotatedRect { x: origin.x, y: origin.y, width: right - left, height: bottom - top, rotation: rect.rotation }
}

/// The last of the shapes `from(0.0)` to `from(1.0)` that is on the image and proper; `None` when not even the first.
#[must_use]
pub fn furthest(size: ImageSize, from: impl Fn(f64) -> Shape) -> Option<Shape> {
    let allowed = |shape: &Shape| is_proper(shape) && shape.bounds().is_some_and(|bounds| is_inside(&bounds, size));
    let wanted = from(1.0);
    if allowed(&wanted) {
        return Some(wanted);
    }
    let (mut good, mut bad) = (0.0, 1.0);
    let mut best = Some(from(0.0)).filter(|shape| allowed(shape))?;
    // 24 halvings are finer than a thousandth of a pixel on any image.
    for _ in 0..24 {
        let middle = f64::midpoint(good, bad);
        let shape = from(middle);
        if allowed(&shape) {
            (good, best) = (middle, shape);
        } else {
            bad = middle;
        }
    }
    Some(best)
}

/// A box or ellipse turned about its centre, moved onto the image if it has to; `None` for other shapes and when it
/// does not fit.
#[must_use]
pub fn rotated(shape: &Shape, degrees: f64, size: ImageSize) -> Option<Shape> {
    let turned = match shape {
        Shape::Rect(_) | Shape::Page(_) => shape.with_box(shape.as_box()?.rotated_to(degrees)),
        Shape::Ellipse(ellipse) => Shape::Ellipse(Ellipse { rotation: degrees.rem_euclid(360.0), ..*ellipse }),
        _ => return None,
    };
    settle(&turned, size)
}

/// A polygon with one vertex elsewhere; `None` when that would leave no area.
#[must_use]
pub fn with_vertex(polygon: &Polygon, index: usize, at: ImagePoint) -> Option<Polygon> {
    let mut moved = polygon.clone();
    *moved.point_mut(index)? = at;
    // One that came in too small may grow, never shrink.
    (moved.area() >= MIN_AREA.min(polygon.area())).then_some(moved)
}
