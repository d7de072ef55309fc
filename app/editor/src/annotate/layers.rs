//! The display lists of a surface.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::region::{ScreenPoint, Shape};

use super::document::{Mark, RegionKey};
use super::editor::Editor;
use super::handles::{Handle, handles};
use super::tool::{self, State, ToolKind};
use crate::paint::{Knob, Layers, Paint, Style};
use crate::view::Viewport;

/// With more regions in sight than this, only selected and hovered ones show their label.
const TAG_LIMIT: usize = 150;
/// Regions smaller than this on screen show no label unless selected.
const TAG_ROOM: f64 = 24.0;

#[derive(Clone, Copy, PartialEq)]
enum Look {
    Still,
    Hovered,
    Selected,
}

impl Editor {
    /// What to paint on the surface of `object`. The still layer costs one pass over the regions in sight, the lively
    /// one only what is selected, hovered or being drawn.
    #[must_use]
    pub fn layers(&self, object: &str) -> Layers {
        Layers { still: self.still(object), lively: self.lively(object) }
    }

    /// The regions that are not selected.
    #[must_use]
    pub fn still(&self, object: &str) -> Vec<Paint> {
        let Some(surface) = self.surfaces.get(object) else { return Vec::new() };
        let view = &surface.view;
        let mut colors: BTreeMap<&str, Arc<str>> = BTreeMap::new();
        let mut seen: Vec<(RegionKey, &Mark, f64)> = surface
            .scene
            .near(&view.visible())
            .into_iter()
            .filter(|key| !self.selection.contains(key))
            .filter_map(|key| Some((key, self.document.mark(key).filter(|mark| !mark.hidden)?)))
            .map(|(key, mark)| (key, mark, mark.region.shape.area()))
            .collect();
        // Large ones first, so that small ones lie on top, as the hit test has it.
        seen.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        let tags = seen.len() <= TAG_LIMIT;
        let mut paints = Vec::with_capacity(seen.len() * 2);
        for (key, mark, _) in &seen {
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
        let on_object =
            |key: &RegionKey| self.document.mark(*key).filter(|mark| mark.region.to_name == object && !mark.hidden);
        if let Some(key) = self.hovered.filter(|key| !self.selection.contains(key))
            && let Some(mark) = on_object(&key)
        {
            self.paint_mark(key, mark, view, Look::Hovered, Arc::from(self.color_of(mark)), true, &mut paints);
        }
        let is_dragging = matches!(self.state, State::Moving { .. } | State::Resizing { .. } | State::Rotating { .. });
        for key in &self.selection {
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
                    Handle::Midpoint(_) => Knob::Faint,
                };
                Paint::Knob { center, look }
            }));
        }
        if object == self.active {
            self.paint_gesture(view, &mut paints);
        }
        paints
    }

    fn paint_gesture(&self, view: &Viewport, paints: &mut Vec<Paint>) {
        if let State::Marquee { from, to, .. } = &self.state {
            paints.push(Paint::Marquee { from: view.screen_from_image(*from), to: view.screen_from_image(*to) });
        }
        let color: Arc<str> = Arc::from(self.label().map_or("#3e63dd", |label| label.color.as_str()));
        let style = Style { color, fill: 0.12, width: 2.0, dashed: false };
        if let Some(shape) = tool::sketch(self.tool, &self.state) {
            paint_shape(&shape, view, style.clone(), paints);
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
        if let (ToolKind::Draw(_), Some(at)) = (self.tool, self.pointer)
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
            Look::Still => (0.14, 1.5),
            Look::Hovered => (0.28, 2.0),
            Look::Selected => (0.22, 2.5),
        };
        let style = Style { color: color.clone(), fill, width, dashed: mark.locked };
        paint_shape(&mark.region.shape, view, style, paints);
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

fn paint_shape(shape: &Shape, view: &Viewport, style: Style, paints: &mut Vec<Paint>) {
    match shape {
        Shape::Rect(rect) => paints.push(Paint::Ring {
            points: rect.corners().iter().map(|corner| view.screen_from_image(*corner)).collect(),
            closed: true,
            style,
        }),
        Shape::Polygon(polygon) => paints.push(Paint::Ring {
            points: polygon.points.iter().map(|point| view.screen_from_image(*point)).collect(),
            closed: polygon.closed,
            style,
        }),
        Shape::Ellipse(ellipse) => paints.push(Paint::Ellipse {
            center: view.screen_from_image(ellipse.center()),
            radius_x: ellipse.radius_x * view.zoom(),
            radius_y: ellipse.radius_y * view.zoom(),
            rotation: ellipse.rotation,
            style,
        }),
        Shape::KeyPoint(point) => paints.push(Paint::Dot {
            center: view.screen_from_image(point.point()),
            radius: (point.width * view.zoom() / 2.0).clamp(4.0, 10.0),
            style: Style { fill: 0.9, ..style },
        }),
        // Not on a canvas, or without a tool that draws it.
        _ => {}
    }
}
