//! What people do on a surface.

use domain::region::ScreenVector;

use super::{Editor, Response};
use crate::annotate::tool::{self, Context, State, ToolKind};
use crate::input::{Button, Event, Key, Pointer, PointerKind};

/// Two presses within this time and [`DOUBLE_REACH`] are a double click.
const DOUBLE_MS: f64 = 400.0;
/// CSS pixels between the presses of a double click.
const DOUBLE_REACH: f64 = 6.0;

impl Editor {
    /// One thing a person did on the surface of `object`.
    pub fn handle(&mut self, object: &str, event: &Event) -> Response {
        if !event.is_finite() {
            return Response::NONE;
        }
        if self.lines.contains_key(object) {
            return self.handle_line(object, event);
        }
        if !self.surfaces.contains_key(object) {
            return Response::NONE;
        }
        match event {
            Event::KeyDown { key, modifiers } => return self.key(*key, *modifiers),
            Event::KeyUp { key } => {
                self.space &= *key != Key::Space;
                return Response::LIVELY;
            }
            Event::Wheel { at, by, modifiers } => {
                let Some(surface) = self.surfaces.get_mut(object) else { return Response::NONE };
                let rules = self.document.kit().image(object);
                let slides = (by.x != 0.0 || modifiers.shift) && !modifiers.command();
                if slides {
                    surface.view.pan(ScreenVector::new(-by.x, -by.y));
                } else {
                    if rules.is_some_and(|rules| !rules.wheel_zooms) && !modifiers.command() {
                        // The wheel is the page's.
                        return Response::NONE;
                    }
                    // A notch of 100 pixels is about a fifth; clamped, so that no wheel jumps.
                    let per_pixel = rules.and_then(|rules| rules.zoom_by).map_or(1.0 / 500.0, |by| by.ln() / 100.0);
                    surface.view.zoom_at(*at, (-by.y.clamp(-240.0, 240.0) * per_pixel).exp());
                    if rules.is_some_and(|rules| !rules.may_shrink) && surface.view.is_smaller_than_fitted() {
                        surface.view.fit();
                    }
                }
                return self.view_moved();
            }
            Event::PointerDown(_) | Event::PointerMove(_) | Event::PointerUp(_) => {}
            Event::PointerCancel | Event::PointerLeave => {
                self.pointer = None;
                if matches!(event, Event::PointerCancel) {
                    self.fingers.clear();
                }
            }
        }
        if object != self.active {
            // A gesture belongs to the surface it began on.
            if matches!(event, Event::PointerDown(_)) {
                self.drop_gesture();
            }
            if self.state == State::Idle {
                object.clone_into(&mut self.active);
            }
        }
        if let Some(response) = self.hold_view(object, event) {
            return response;
        }
        let is_double = self.is_double(event);
        if let Event::PointerMove(pointer) | Event::PointerDown(pointer) | Event::PointerUp(pointer) = event {
            self.pointer = Some(pointer.at);
        }
        let begun = match event {
            Event::PointerDown(pointer) if self.asks_beside(pointer) => return Response::LIVELY,
            Event::PointerDown(pointer) => self.begin_prompt(pointer),
            _ => Response::NONE,
        };
        if self.read_only && self.tool != ToolKind::Pan {
            return self.look(object, event);
        }
        let active = self.active.clone();
        self.ensure_label();
        let state = std::mem::take(&mut self.state);
        let Some(context) = self.context(&active) else { return Response::NONE };
        let step = tool::step(self.tool, state.clone(), event, is_double, &context);
        begun.and(self.finish_step(&state, step))
    }

    pub(in crate::annotate) fn finish_step(&mut self, before: &State, step: tool::Step) -> Response {
        let progressed = std::mem::discriminant(before) != std::mem::discriminant(&step.next)
            || before.path_len() != step.next.path_len();
        self.state = step.next;
        let mut response = Response::LIVELY;
        if progressed && self.state.is_path() {
            // Every point set is worth keeping.
            response.changed = true;
        }
        response.panels = progressed;
        for effect in step.effects {
            response = response.and(self.perform(effect));
        }
        response
    }

    /// In a read-only editor a press picks and nothing more.
    fn look(&mut self, object: &str, event: &Event) -> Response {
        let (Event::PointerDown(pointer) | Event::PointerMove(pointer)) = event else { return Response::LIVELY };
        let Some(surface) = self.surfaces.get(object) else { return Response::NONE };
        let tolerance = surface.view.image_length(pointer.kind.tolerance());
        let at = surface.view.image_from_screen(pointer.at);
        let hit = crate::annotate::hit::region_at(&self.document, &surface.scene, at, tolerance);
        if matches!(event, Event::PointerDown(_)) { self.select(hit.into_iter().collect()) } else { self.hover(hit) }
    }

    pub(in crate::annotate) fn context<'a>(&'a self, object: &'a str) -> Option<Context<'a>> {
        let surface = self.surfaces.get(object)?;
        let selected = || {
            let mark = self.selection.first().and_then(|key| self.document.mark(*key))?;
            self.document.kit().shape(&mark.region.from_name)
        };
        let control = match self.tool.draws() {
            // The handles of what is selected stay within reach while drawing: they follow their own control.
            Some(_) if matches!(self.state, State::Joint { .. } | State::Vertex { .. }) => selected(),
            Some(kind) => self.shape_control(kind, object),
            None => selected(),
        };
        Some(Context {
            document: &self.document,
            scene: &surface.scene,
            view: &surface.view,
            object,
            selection: &self.selection,
            control,
            tip: self.tip,
            wand: self.document.kit().shapes.iter().find_map(|shape| shape.wand).unwrap_or_default(),
            picture: surface.picture.as_deref(),
        })
    }

    /// The view is held by the middle button, by space and a drag, by the pan tool or by two fingers.
    fn hold_view(&mut self, object: &str, event: &Event) -> Option<Response> {
        match event {
            Event::PointerDown(pointer) => {
                let is_touch = pointer.kind == PointerKind::Touch;
                let pans = pointer.button == Button::Middle
                    || (pointer.button == Button::Primary && (self.space || self.tool == ToolKind::Pan));
                if !(pans || is_touch) {
                    return None;
                }
                self.fingers.press(pointer);
                if pans || self.fingers.count() == 2 {
                    // The first finger may have begun something that was not meant.
                    return Some(self.abandon().and(Response::LIVELY));
                }
                None
            }
            Event::PointerMove(pointer) => {
                if self.fingers.count() == 0 || (self.fingers.count() == 1 && self.is_gesture_of_one_finger(pointer)) {
                    return None;
                }
                let surface = self.surfaces.get_mut(object)?;
                let held = self.fingers.drag(pointer, &mut surface.view);
                held.then(|| self.view_moved())
            }
            Event::PointerUp(pointer) => {
                let was = self.fingers.count();
                let one_finger = was == 1 && self.is_gesture_of_one_finger(pointer);
                self.fingers.release(pointer.id);
                (was > self.fingers.count() && !one_finger).then_some(Response::LIVELY)
            }
            _ => None,
        }
    }

    /// One finger draws and selects unless the view is what it holds.
    fn is_gesture_of_one_finger(&self, pointer: &Pointer) -> bool {
        pointer.kind == PointerKind::Touch && self.tool != ToolKind::Pan && !self.space
    }

    pub(in crate::annotate) fn view_moved(&self) -> Response {
        Response { still: true, lively: true, handled: true, ..Response::NONE }
    }

    fn is_double(&mut self, event: &Event) -> bool {
        let Event::PointerDown(pointer) = event else { return false };
        let double = self.last_press.is_some_and(|(at, time)| {
            pointer.at.distance(at) <= DOUBLE_REACH && (0.0..=DOUBLE_MS).contains(&(pointer.time_ms - time))
        });
        self.last_press = (!double).then_some((pointer.at, pointer.time_ms));
        double
    }
}
