//! What keys do on a surface.

use std::collections::BTreeSet;

use domain::region::{Bounds, ImageVector, RotatedRect, Shape};

use super::document::RegionKey;
use super::edit::Edit;
use super::editor::{Editor, Response};
use super::smart::Advice;
use super::snap;
use super::tool::{self, ToolKind};
use crate::input::{Key, Modifiers};

impl Editor {
    /// A key went down while no field had the focus.
    pub fn key(&mut self, key: Key, modifiers: Modifiers) -> Response {
        if key == Key::Escape {
            return self.escape();
        }
        if self.surfaces.is_empty()
            && let Some(object) = self.active_line().map(str::to_owned)
            && let Some(response) = self.line_key(&object, key, modifiers)
        {
            return response;
        }
        if key == Key::Space && !modifiers.command() && !self.surfaces.is_empty() {
            self.space = true;
            return Response::LIVELY;
        }
        if self.state.is_path() && !self.read_only {
            let undo = key == Key::Char('z') && modifiers.command() && !modifiers.shift;
            if key == Key::Enter && !modifiers.command() {
                let state = std::mem::take(&mut self.state);
                let step = tool::finish(state.clone());
                return self.finish_step(&state, step);
            }
            if matches!(key, Key::Backspace | Key::Delete) || undo {
                let state = std::mem::take(&mut self.state);
                self.state = tool::take_back_point(state);
                return Response { changed: true, panels: true, ..Response::LIVELY };
            }
        }
        if let Some(by) = arrow(key).filter(|_| !self.read_only) {
            return self.arrow(by, modifiers);
        }
        if let Key::Char(character) = key
            && !modifiers.command()
            && !modifiers.alt
            && let Some(response) = self.hotkey(character)
        {
            return response;
        }
        // Some keys mean one thing with a brush in hand and another without.
        let meant = self.keymap.of_key(key, modifiers).find(|command| self.enabled(*command));
        meant.map_or(Response::NONE, |command| self.run(command))
    }

    /// First a running gesture, then what a model was asked, then the selection, then the tool, then the label at hand.
    fn escape(&mut self) -> Response {
        let abandoned = self.abandon();
        if abandoned != Response::NONE {
            return abandoned;
        }
        if self.advice() != Advice::None {
            return self.discard();
        }
        if self.relating.take().is_some() || self.pending.take().is_some() {
            return Response::ALL;
        }
        if !self.selection.is_empty() {
            return self.select(BTreeSet::new());
        }
        if self.tool != ToolKind::Select {
            self.tool = ToolKind::Select;
            return Response { panels: true, ..Response::LIVELY };
        }
        // With nothing left to leave, the key is for whatever is around.
        if self.label.take().is_some() { Response::ALL } else { Response::NONE }
    }

    /// Arrows move what is selected by a pixel, with Shift by ten; with Alt they move its far sides.
    fn arrow(&mut self, by: ImageVector, modifiers: Modifiers) -> Response {
        if self.selection.is_empty() || modifiers.command() {
            return Response::NONE;
        }
        self.drop_gesture();
        let step = if modifiers.shift { 10.0 } else { 1.0 };
        let by = ImageVector::new(by.x * step, by.y * step);
        let mut edits = Vec::new();
        for (object, surface) in &self.surfaces {
            let size = surface.view.image();
            let shapes: Vec<(RegionKey, &Shape)> = self
                .selected_marks()
                .filter(|(_, mark)| mark.is_editable() && mark.region.to_name == *object)
                .map(|(key, mark)| (key, &mark.region.shape))
                .collect();
            if modifiers.alt {
                for (key, shape) in shapes {
                    if let Some(rect) = shape.as_box() {
                        let grown = snap::furthest(size, |part| {
                            shape.with_box(RotatedRect {
                                width: (rect.width + by.x * part).max(snap::MIN_SIDE),
                                height: (rect.height + by.y * part).max(snap::MIN_SIDE),
                                ..rect
                            })
                        });
                        edits.extend(grown.map(|shape| Edit::Reshape(key, shape)));
                    }
                }
                continue;
            }
            let hull = shapes.iter().filter_map(|(_, shape)| shape.bounds()).reduce(Bounds::union);
            let by = hull.map_or(by, |hull| snap::clamp_move(&hull, by, size));
            edits.extend(shapes.into_iter().map(|(key, shape)| Edit::Reshape(key, shape.translated(by))));
        }
        self.apply_all(edits)
    }
}

fn arrow(key: Key) -> Option<ImageVector> {
    Some(match key {
        Key::Left => ImageVector::new(-1.0, 0.0),
        Key::Right => ImageVector::new(1.0, 0.0),
        Key::Up => ImageVector::new(0.0, -1.0),
        Key::Down => ImageVector::new(0.0, 1.0),
        _ => return None,
    })
}
