//! Carrying out commands.

use std::collections::BTreeSet;

use domain::region::{Bounds, ImagePoint, KeyPoint, Mask, RotatedRect, Shape, Vector, Vertex};
use domain::result::ResultItem;

use super::document::RegionKey;
use super::edit::Edit;
use super::editor::{Editor, Response};
use super::kit::ShapeKind;
use super::snap;
use super::tip::Tip;
use super::tool::{self, ToolKind};
use crate::command::Command;
use crate::input::Pointer;
use crate::view::Viewport;

/// One press of a zoom button or key.
const ZOOM_STEP: f64 = 1.25;

impl Editor {
    /// Whether a command can be carried out now.
    #[must_use]
    pub fn enabled(&self, command: Command) -> bool {
        let editable = || self.selected_marks().any(|(_, mark)| mark.is_editable());
        match command {
            Command::Tool(ToolKind::Select) | Command::SelectNext | Command::SelectPrevious | Command::SelectAll => {
                true
            }
            Command::Tool(ToolKind::Pan)
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomFit
            | Command::ZoomOriginal => !self.surfaces.is_empty(),
            Command::ToggleHidden | Command::ToggleLocked => !self.selection.is_empty(),
            Command::Solo => self.is_solo() || !self.selection.is_empty(),
            Command::RotateView => !self.surfaces.is_empty(),
            _ if self.read_only => false,
            Command::Tool(tool) => self.document.kit().offers(tool),
            Command::BrushSmaller | Command::BrushLarger | Command::BrushShape => self.tool.has_tip(),
            Command::Arrange(how) => self.can_arrange(how),
            Command::Undo => self.history.can_undo() || self.state.is_path() || self.has_prompts(),
            Command::Redo => self.history.can_redo(),
            Command::Delete => editable() || self.can_drop_suggested(),
            Command::Relate => self.relating().is_some() || self.selection.len() == 1,
            Command::Duplicate | Command::Copy => {
                self.selected_marks().any(|(_, mark)| mark.region.shape.bounds().is_some())
            }
            Command::Paste => !self.copied.is_empty(),
            Command::ToFront | Command::ToBack => self.can_stack(),
            Command::Reveal => self.withheld() > 0,
            Command::TurnLeft | Command::TurnRight => {
                self.selected_marks().any(|(_, mark)| mark.is_editable() && is_turned(&mark.region.shape))
            }
            Command::Smart => self.document.kit().asks_models(),
            Command::Accept => self.can_accept() || self.can_ask_again(),
            Command::Place => self.tool.draws().is_some() && !self.waits_for_hands(),
            Command::Submit | Command::Skip | Command::ShowKeys => true,
        }
    }

    /// Carries out a command; one that is not enabled does nothing.
    pub fn run(&mut self, command: Command) -> Response {
        if !self.enabled(command) {
            return Response::NONE;
        }
        match command {
            Command::Submit | Command::Skip | Command::ShowKeys => {
                Response { request: Some(command), handled: true, ..Response::NONE }
            }
            Command::Undo | Command::Redo => self.travel(command == Command::Undo),
            Command::Tool(tool) => {
                self.drop_gesture();
                self.tool = tool;
                self.ensure_label();
                Response::ALL
            }
            Command::Smart => self.toggle_smart(),
            Command::Accept if self.can_accept() => self.accept(),
            Command::Accept => self.ask_again(),
            Command::Delete if self.can_drop_suggested() => self.drop_suggested(),
            Command::Delete => self.delete(),
            Command::Relate => self.relate(),
            Command::Copy => self.copy(),
            Command::Paste => self.paste(),
            Command::Duplicate => self.duplicate(),
            Command::ToFront | Command::ToBack => self.stack(command == Command::ToFront),
            Command::Reveal => self.reveal(None),
            Command::SelectAll => {
                let keys = self.document.marks().filter(|(_, mark)| !mark.hidden).map(|(key, _)| key).collect();
                self.select(keys)
            }
            Command::SelectNext | Command::SelectPrevious => self.select_neighbour(command == Command::SelectNext),
            Command::TurnRight => self.turn(snap::ANGLE_STEP),
            Command::TurnLeft => self.turn(-snap::ANGLE_STEP),
            Command::ToggleHidden | Command::ToggleLocked => {
                let keys: Vec<_> = self.selection.iter().copied().collect();
                keys.into_iter().fold(Response::NONE, |response, key| {
                    response.and(if command == Command::ToggleHidden {
                        self.toggle_hidden(key)
                    } else {
                        self.toggle_locked(key)
                    })
                })
            }
            Command::ZoomIn => self.look_at(|view| view.zoom_by(ZOOM_STEP)),
            Command::ZoomOut => self.look_at(|view| view.zoom_by(1.0 / ZOOM_STEP)),
            Command::ZoomFit => self.look_at(Viewport::fit),
            Command::ZoomOriginal => self.look_at(Viewport::original),
            Command::Place => self.place(),
            Command::BrushSmaller | Command::BrushLarger => {
                self.set_tip(self.tip.resized(command == Command::BrushLarger))
            }
            Command::Arrange(how) => self.arrange(how),
            Command::Solo => self.toggle_solo(),
            Command::RotateView => self.look_at(|view| view.rotate_to(view.rotation() + 90.0)),
            Command::BrushShape => self.set_tip(Tip { is_square: !self.tip.is_square, ..self.tip }),
        }
    }

    fn look_at(&mut self, change: impl Fn(&mut Viewport)) -> Response {
        if let Some(surface) = self.surfaces.get_mut(&self.active) {
            change(&mut surface.view);
        }
        Response { panels: true, ..self.view_moved() }
    }

    fn travel(&mut self, back: bool) -> Response {
        if self.state.is_path() && back {
            let state = std::mem::take(&mut self.state);
            self.state = tool::take_back_point(state);
            return Response { changed: true, panels: true, ..Response::LIVELY };
        }
        if back && self.has_prompts() {
            return self.take_back_prompt();
        }
        self.drop_gesture();
        let before: BTreeSet<RegionKey> = self.document.marks().map(|(key, _)| key).collect();
        self.commit_step();
        let moved = if back { self.history.undo(&mut self.document) } else { self.history.redo(&mut self.document) };
        if moved {
            self.log_travel(back);
        }
        self.refresh_all();
        self.withhold_again();
        // What came back is selected, so that people see what happened.
        let new: BTreeSet<_> = self.document.marks().map(|(key, _)| key).filter(|key| !before.contains(key)).collect();
        if !new.is_empty() {
            self.set_selection(new);
        }
        if moved { Response::CHANGED } else { Response::NONE }
    }

    fn delete(&mut self) -> Response {
        self.drop_gesture();
        if let Some((key, index)) = self.vertex.take()
            && let Some(shape) = self.without_point(key, index)
        {
            return self.apply_all(vec![Edit::Reshape(key, shape)]);
        }
        let edits =
            self.selected_marks().filter(|(_, mark)| mark.is_editable()).map(|(key, _)| Edit::Remove(key)).collect();
        let response = self.apply_all(edits);
        self.refresh_selection();
        response
    }

    /// The shape of a region without one of its points; `None` where it needs them all.
    fn without_point(&self, key: RegionKey, index: usize) -> Option<Shape> {
        let mark = self.document.mark(key).filter(|mark| mark.is_editable())?;
        let fewer = match &mark.region.shape {
            Shape::Polygon(polygon) if index < polygon.all_points().count() => Shape::Polygon(polygon.without(index)),
            Shape::Vector(vector) => {
                let least = self.document.kit().shape(&mark.region.from_name).map_or(2, |shape| shape.vector.least());
                Some(vector.without(index)).filter(|fewer| fewer.vertices.len() >= least).map(Shape::Vector)?
            }
            _ => return None,
        };
        snap::is_proper(&fewer).then_some(fewer)
    }

    /// Removes one region; locked ones stay.
    pub fn remove(&mut self, key: RegionKey) -> Response {
        self.drop_gesture();
        if self.read_only || self.document.mark(key).is_none_or(|mark| mark.locked) {
            return Response::NONE;
        }
        let response = self.apply_all(vec![Edit::Remove(key)]);
        self.refresh_selection();
        response
    }

    fn refresh_selection(&mut self) {
        let document = &self.document;
        self.selection.retain(|key| document.mark(*key).is_some());
        self.hovered = self.hovered.filter(|key| document.mark(*key).is_some());
        self.vertex = None;
    }

    fn select_neighbour(&mut self, forward: bool) -> Response {
        let keys: Vec<RegionKey> = self.document.marks().map(|(key, _)| key).collect();
        let next = if forward {
            let last = self.selection.last();
            keys.iter().find(|key| last.is_none_or(|last| *key > last)).or(keys.first())
        } else {
            let first = self.selection.first();
            keys.iter().rev().find(|key| first.is_none_or(|first| *key < first)).or(keys.last())
        };
        next.map_or(Response::NONE, |key| self.select([*key].into()))
    }

    fn turn(&mut self, by: f64) -> Response {
        self.drop_gesture();
        let edits = self
            .selected_marks()
            .filter(|(_, mark)| mark.is_editable())
            .filter(|(_, mark)| self.document.kit().shape(&mark.region.from_name).is_none_or(|s| s.can_rotate))
            .filter_map(|(key, mark)| {
                let size = self.view(&mark.region.to_name)?.image();
                let now = match &mark.region.shape {
                    Shape::Ellipse(ellipse) => ellipse.rotation,
                    shape => shape.as_box()?.rotation,
                };
                Some(Edit::Reshape(key, snap::rotated(&mark.region.shape, now + by, size)?))
            })
            .collect();
        self.apply_all(edits)
    }

    /// Shows or hides a region; not an undo step, since the work does not change.
    pub fn toggle_hidden(&mut self, key: RegionKey) -> Response {
        if let Some(mark) = self.document.mark_mut(key) {
            mark.hidden = !mark.hidden;
        }
        self.touch(&[key]);
        Response::ALL
    }

    /// Protects a region or allows changes; what came read-only stays so.
    pub fn toggle_locked(&mut self, key: RegionKey) -> Response {
        if let Some(mark) = self.document.mark_mut(key) {
            let is_fixed = mark.region.source.as_ref().is_some_and(ResultItem::is_readonly);
            mark.locked = is_fixed || !mark.locked;
        }
        self.touch(&[key]);
        Response::ALL
    }

    /// A shape in the middle of what can be seen, for those who draw by keyboard: arrows then move and size it.
    fn place(&mut self) -> Response {
        self.drop_gesture();
        let Some(kind) = self.tool.draws() else { return Response::NONE };
        self.ensure_label();
        let object = self.active.clone();
        let Some(view) = self.view(&object) else { return Response::NONE };
        let (visible, size) = (view.visible(), view.image());
        let seen = Bounds { min: size.clamp(visible.min), max: size.clamp(visible.max) };
        let middle = seen.center();
        let (width, height) = ((seen.width() / 4.0).max(snap::MIN_SIDE), (seen.height() / 4.0).max(snap::MIN_SIDE));
        let corner = ImagePoint::new(middle.x - width / 2.0, middle.y - height / 2.0);
        let rect = RotatedRect { x: corner.x, y: corner.y, width, height, rotation: 0.0 };
        let shape = match kind {
            ShapeKind::Rect => Shape::Rect(rect),
            ShapeKind::Ellipse => Shape::Ellipse(domain::region::Ellipse::from_frame(&rect)),
            ShapeKind::Polygon => Shape::Polygon(domain::region::Polygon::of(rect.corners().to_vec(), true)),
            ShapeKind::KeyPoint => Shape::KeyPoint(KeyPoint { x: middle.x, y: middle.y, width: 0.0 }),
            ShapeKind::Mask => match Mask::on(size) {
                Some(mut mask) => {
                    mask.stroke(middle, middle, self.tip.brush(&Pointer::default()), true);
                    Shape::Mask(mask)
                }
                None => return Response::NONE,
            },
            ShapeKind::Vector => {
                let end = ImagePoint::new(corner.x + width, middle.y);
                let vertices = vec![
                    Vertex::corner("1", ImagePoint::new(corner.x, middle.y), None),
                    Vertex::corner("2", end, Some("1")),
                ];
                Shape::Vector(Vector { vertices, closed: false })
            }
            _ => return Response::NONE,
        };
        self.draw(&object, shape)
    }
}

/// Whether a shape can be turned.
fn is_turned(shape: &Shape) -> bool {
    matches!(shape, Shape::Rect(_) | Shape::Ellipse(_) | Shape::Page(_))
}
