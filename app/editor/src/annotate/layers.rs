//! The display lists of a surface.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use domain::region::{Bounds, ImagePoint, Mask, Polygon, ScreenPoint, Shape, Vector};

use super::document::{Mark, RegionKey};
use super::editor::Editor;
use super::handles::{Handle, handles};
use super::kit::ShapeKind;
use super::tool::{self, State};
use crate::paint::{Knob, Layers, Paint, Piece, Style};
use crate::view::Viewport;

/// With more regions in sight than this, only selected and hovered ones show their label.
const TAG_LIMIT: usize = 150;
/// Regions smaller than this on screen show no label unless selected.
const TAG_ROOM: f64 = 24.0;

/// Opacity of the inside and width of the outline of a region that nobody is touching.
pub(super) const STILL: (f64, f64) = (0.14, 1.5);
/// How large a key point may be on the screen, in CSS pixels from its middle.
pub(super) const POINT_RADIUS: RangeInclusive<f64> = 4.0..=10.0;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Look {
    Still,
    Hovered,
    Selected,
}

impl Editor {
    /// Names the mask that is not yet a region.
    pub(super) const NEW_MASK: u32 = u32::MAX;

    /// What to paint on the surface of `object`. The still layer costs one pass over the regions in sight, the lively
    /// one only what is selected, hovered or being drawn.
    #[must_use]
    pub fn layers(&self, object: &str) -> Layers {
        Layers { still: self.still(object), lively: self.lively(object) }
    }

    /// The regions that are not selected.
    #[must_use]
    pub fn still(&self, object: &str) -> Vec<Paint> {
        let Some(view) = self.view(object) else { return Vec::new() };
        let keys = self.still_order(object, &view.visible());
        self.still_of(&keys, view, keys.len() <= TAG_LIMIT)
    }

    /// The regions of the still layer in a part of the image, in the order they are painted.
    #[must_use]
    pub fn still_order(&self, object: &str, part: &Bounds) -> Vec<RegionKey> {
        let Some(surface) = self.surfaces.get(object) else { return Vec::new() };
        let mut seen: Vec<(RegionKey, i64, f64)> = surface
            .scene
            .near(part)
            .into_iter()
            .filter(|key| !self.selection.contains(key))
            .filter_map(|key| Some((key, self.document.mark(key).filter(|mark| !mark.hidden)?)))
            .map(|(key, mark)| (key, mark.z_order, mark.region.shape.area()))
            .collect();
        // Large ones first, so that small ones lie on top, as the hit test has it; unless people put them otherwise.
        seen.sort_unstable_by(|a, b| a.1.cmp(&b.1).then(b.2.total_cmp(&a.2)).then(a.0.cmp(&b.0)));
        seen.into_iter().map(|(key, ..)| key).collect()
    }

    /// What to paint of some regions as `view` shows them, with their labels where there is room for `tags`.
    #[must_use]
    pub fn still_of(&self, keys: &[RegionKey], view: &Viewport, tags: bool) -> Vec<Paint> {
        let mut colors: BTreeMap<&str, Arc<str>> = BTreeMap::new();
        let mut paints = Vec::with_capacity(keys.len() * 2);
        for (key, mark) in keys.iter().filter_map(|key| Some((key, self.document.mark(*key)?))) {
            let color = colors.entry(self.color_of(mark)).or_insert_with_key(|color| Arc::from(*color)).clone();
            self.paint_mark(*key, mark, view, Look::Still, color, tags, &mut paints);
        }
        paints
    }

    /// What is selected, hovered or being drawn.
    #[must_use]
    pub fn lively(&self, object: &str) -> Vec<Paint> {
        let Some(context) = self.context(object) else { return Vec::new() };
        let view = context.view;
        let mut paints = Vec::new();
        let aids = self.aids(object);
        if aids.grid
            && let Some(rules) = self.image_rules(object)
        {
            paints.extend(super::aids::grid(rules, view));
        }
        let on_object =
            |key: &RegionKey| self.document.mark(*key).filter(|mark| mark.region.to_name == object && !mark.hidden);
        if let Some(key) = self.hovered.filter(|key| !self.selection.contains(key))
            && let Some(mark) = on_object(&key)
        {
            self.paint_mark(key, mark, view, Look::Hovered, Arc::from(self.color_of(mark)), true, &mut paints);
        }
        let is_dragging = matches!(self.state, State::Moving { .. } | State::Resizing { .. } | State::Rotating { .. });
        let painted = self.state.painted().filter(|_| object == self.active);
        for key in &self.selection {
            if painted.is_some_and(|(painted, _)| painted == Some(*key)) {
                // Shown as it is becoming, below.
                continue;
            }
            if let Some(mark) = on_object(key) {
                let color = Arc::from(self.color_of(mark));
                self.paint_mark(*key, mark, view, Look::Selected, color, !is_dragging, &mut paints);
            }
        }
        if let Some((key, shape)) = context.sole()
            && !self.is_read_only()
        {
            let knobs = handles(shape, view, context.can_rotate(key));
            paints.extend(knobs.into_iter().map(|(handle, center)| {
                let look = match handle {
                    Handle::Resize { .. } => Knob::Square,
                    Handle::Vertex(index) if self.vertex == Some((key, index)) => Knob::Strong,
                    Handle::Rotate | Handle::Vertex(_) => Knob::Round,
                    Handle::Midpoint(_) | Handle::Bend(..) => Knob::Faint,
                };
                Paint::Knob { center, look }
            }));
            if let Shape::Vector(vector) = shape {
                paint_stems(vector, view, &mut paints);
            }
        }
        self.paint_advice(object, view, &mut paints);
        if object == self.active {
            self.paint_gesture(view, &mut paints);
            let has_cross = paints.iter().any(|paint| matches!(paint, Paint::Crosshair { .. }));
            if let Some(at) = self.pointer.filter(|_| aids.crosshair && !has_cross) {
                paints.push(Paint::Crosshair { at });
            }
        }
        paints
    }

    fn paint_gesture(&self, view: &Viewport, paints: &mut Vec<Paint>) {
        if let State::Marquee { from, to, .. } = &self.state {
            paints.push(Paint::Marquee { from: view.screen_from_image(*from), to: view.screen_from_image(*to) });
        }
        let color: Arc<str> = Arc::from(self.label().map_or("#3e63dd", |label| label.color.as_str()));
        let style = Style { color, fill: 0.12, width: 2.0, dashed: false };
        if let Some((key, mask)) = self.state.painted() {
            let color = key.and_then(|key| self.document.mark(key)).map(|mark| Arc::from(self.color_of(mark)));
            let color = color.unwrap_or_else(|| style.color.clone());
            let id = key.map_or(Self::NEW_MASK, |key| key.0);
            paints.push(paint_mask(id, mask, view, color, Look::Selected));
        }
        if let Some(shape) = tool::sketch(self.tool, &self.state, view.image()) {
            paint_shape(Self::NEW_MASK, &shape, view, style.clone(), Look::Selected, paints);
        }
        if let State::Vector { vector, .. } = &self.state {
            paint_stems(vector, view, paints);
            paints.extend(
                vector
                    .vertices
                    .iter()
                    .map(|vertex| Paint::Knob { center: view.screen_from_image(vertex.at), look: Knob::Round }),
            );
        }
        if let State::Polygon { points, .. } = &self.state {
            paints.extend(points.iter().enumerate().map(|(n, point)| Paint::Knob {
                center: view.screen_from_image(*point),
                look: if n == 0 && points.len() >= 3 { Knob::Strong } else { Knob::Round },
            }));
        }
        if let State::Point { at } = &self.state {
            paints.push(Paint::Dot { center: view.screen_from_image(*at), radius: 5.0, style });
        }
        if let Some(at) = self.pointer.filter(|_| self.tool.has_tip()) {
            let radius = (self.tip.size * view.zoom() / 2.0).max(1.0);
            paints.push(Paint::Tip { at, radius, square: self.tip.is_square.then(|| view.rotation()) });
        } else if let (Some(kind), Some(at)) = (self.tool.draws(), self.pointer)
            && kind != ShapeKind::Mask
            && matches!(self.state, State::Idle | State::Box { .. })
        {
            paints.push(Paint::Crosshair { at });
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one call site per layer, each argument a plain fact")]
    fn paint_mark(
        &self,
        key: RegionKey,
        mark: &Mark,
        view: &Viewport,
        look: Look,
        color: Arc<str>,
        tags: bool,
        paints: &mut Vec<Paint>,
    ) {
        let (fill, width) = match look {
            Look::Still => STILL,
            Look::Hovered => (0.28, 2.0),
            Look::Selected => (0.22, 2.5),
        };
        let style = Style { color: color.clone(), fill, width, dashed: mark.locked };
        paint_shape(key.0, &mark.region.shape, view, style, look, paints);
        if let (Shape::Mask(mask), Look::Selected) = (&mark.region.shape, look)
            && let Some(hull) = mask.bounds()
        {
            let corners = [
                (hull.min.x, hull.min.y),
                (hull.max.x, hull.min.y),
                (hull.max.x, hull.max.y),
                (hull.min.x, hull.max.y),
            ];
            paints.push(Paint::Ring {
                points: corners.map(|(x, y)| view.screen_from_image(ImagePoint::new(x, y))).into(),
                closed: true,
                style: Style { color: color.clone(), fill: 0.0, width: 1.0, dashed: true },
            });
        }
        let Some(bounds) = mark.region.shape.bounds().filter(|_| tags) else { return };
        let large = bounds.width().max(bounds.height()) * view.zoom() >= TAG_ROOM;
        if !(large || look != Look::Still || matches!(mark.region.shape, Shape::KeyPoint(_))) {
            return;
        }
        let top = match &mark.region.shape {
            Shape::KeyPoint(point) => {
                let at = view.screen_from_image(point.point());
                ScreenPoint::new(at.x + 8.0, at.y - 6.0)
            }
            _ => view.screen_from_image(bounds.min),
        };
        let hint = mark.region.source.as_ref().and_then(domain::result::ResultItem::score);
        let title = self.title(key);
        let text = hint.map_or_else(|| title.clone(), |score| format!("{title} {score:.2}"));
        paints.push(Paint::Tag { at: top, text, color });
    }
}

pub(super) fn paint_shape(id: u32, shape: &Shape, view: &Viewport, style: Style, look: Look, paints: &mut Vec<Paint>) {
    if let Some(rect) = shape.as_box() {
        paints.push(Paint::Ring {
            points: rect.corners().iter().map(|corner| view.screen_from_image(*corner)).collect(),
            closed: true,
            style,
        });
        return;
    }
    match shape {
        Shape::Polygon(polygon) if !polygon.holes.is_empty() => {
            paints.push(Paint::Path { pieces: rings(polygon, view), filled: true, style });
        }
        Shape::Polygon(polygon) => paints.push(Paint::Ring {
            points: polygon.points.iter().map(|point| view.screen_from_image(*point)).collect(),
            closed: polygon.closed,
            style,
        }),
        Shape::Ellipse(ellipse) => paints.push(Paint::Ellipse {
            center: view.screen_from_image(ellipse.center()),
            radius_x: ellipse.radius_x * view.zoom(),
            radius_y: ellipse.radius_y * view.zoom(),
            rotation: ellipse.rotation + view.rotation(),
            style,
        }),
        Shape::KeyPoint(point) => paints.push(Paint::Dot {
            center: view.screen_from_image(point.point()),
            radius: (point.width * view.zoom() / 2.0).clamp(*POINT_RADIUS.start(), *POINT_RADIUS.end()),
            style: Style { fill: 0.9, ..style },
        }),
        Shape::Mask(mask) => paints.push(paint_mask(id, mask, view, style.color, look)),
        Shape::Vector(vector) => paints.push(Paint::Path {
            pieces: pieces(vector, view),
            filled: vector.closed && !vector.is_branching(),
            style,
        }),
        // Not on a canvas, or without a tool that draws it.
        _ => {}
    }
}

fn paint_mask(id: u32, mask: &Mask, view: &Viewport, color: Arc<str>, look: Look) -> Paint {
    Paint::Mask {
        id,
        mask: mask.clone(),
        transform: view.screen_from_image_transform().as_coeffs(),
        color,
        opacity: if look == Look::Still { 0.45 } else { 0.6 },
        is_exact: look == Look::Selected,
    }
}

/// The outline of a polygon, then those of its holes.
fn rings(polygon: &Polygon, view: &Viewport) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (ring, points) in polygon.rings().enumerate() {
        let places = points.iter().map(|point| view.screen_from_image(*point));
        pieces.extend(places.enumerate().map(|(n, at)| if n == 0 { Piece::Move(at) } else { Piece::Line(at) }));
        if !points.is_empty() && (polygon.closed || ring > 0) {
            pieces.push(Piece::Close);
        }
    }
    pieces
}

/// The lines of a vector, one after another where they meet.
fn pieces(vector: &Vector, view: &Viewport) -> Vec<Piece> {
    pieces_of(vector, |point| view.screen_from_image(point.into()))
}

/// As `pieces`, with every point put in its place on the screen.
pub(super) fn pieces_of(vector: &Vector, place: impl Fn(kurbo::Point) -> ScreenPoint) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut pen: Option<kurbo::Point> = None;
    for segment in vector.segments() {
        let (start, piece, end) = match segment {
            kurbo::PathSeg::Line(line) => (line.p0, Piece::Line(place(line.p1)), line.p1),
            kurbo::PathSeg::Cubic(c) => (c.p0, Piece::Curve(place(c.p1), place(c.p2), place(c.p3)), c.p3),
            kurbo::PathSeg::Quad(quad) => {
                let c = quad.raise();
                (c.p0, Piece::Curve(place(c.p1), place(c.p2), place(c.p3)), c.p3)
            }
        };
        if pen != Some(start) {
            pieces.push(Piece::Move(place(start)));
        }
        pieces.push(piece);
        pen = Some(end);
    }
    pieces
}

/// The lines from points to the handles that bend there.
fn paint_stems(vector: &Vector, view: &Viewport, paints: &mut Vec<Paint>) {
    for vertex in vector.vertices.iter().filter(|vertex| vertex.is_bezier) {
        for handle in vertex.handle_in.iter().chain(&vertex.handle_out) {
            paints.push(Paint::Ring {
                points: vec![view.screen_from_image(vertex.at), view.screen_from_image(*handle)],
                closed: false,
                style: Style { color: Arc::from("#3e63dd"), fill: 0.0, width: 1.0, dashed: false },
            });
        }
    }
}
