//! What changes the work: effects of tools, selections, edits and their history.

use std::collections::BTreeSet;

use domain::region::Shape;

use super::{Editor, Response};
use crate::annotate::document::{Mark, RegionKey};
use crate::annotate::edit::Edit;
use crate::annotate::scene::Scene;
use crate::annotate::snap;
use crate::annotate::stale::Stale;
use crate::annotate::tool::{self, Effect, State};
use crate::view::Viewport;

impl Editor {
    pub(in crate::annotate) fn perform(&mut self, effect: Effect) -> Response {
        match effect {
            Effect::Begin => {
                self.begin_step();
                // What is being dragged moves to the lively layer.
                Response { still: true, ..Response::LIVELY }
            }
            Effect::Preview(edits) => {
                let open = self.history.is_open();
                if open {
                    self.history.rewind(&mut self.document);
                }
                for edit in edits {
                    self.apply(edit);
                }
                Response::LIVELY
            }
            Effect::Commit => {
                let could = self.history.is_open();
                self.commit_step();
                self.take_in_unread();
                Response { changed: could, ..Response::ALL }
            }
            Effect::Rollback => {
                self.history.rollback(&mut self.document);
                self.refresh_all();
                self.take_in_unread();
                Response::ALL
            }
            Effect::Select(keys) => self.select(keys),
            Effect::Hover(key) => self.hover(key),
            Effect::Vertex(vertex) => {
                self.vertex = vertex;
                Response::LIVELY
            }
            Effect::Draw(shape) => {
                let object = self.active.clone();
                self.draw(&object, shape)
            }
        }
    }

    /// Selects exactly these regions.
    pub fn select(&mut self, keys: BTreeSet<RegionKey>) -> Response {
        let keys: BTreeSet<_> = keys.into_iter().filter(|key| self.document.mark(*key).is_some()).collect();
        if let Some(to) = keys.first().copied().filter(|_| keys.len() == 1)
            && let Some(response) = self.end_relation(to)
        {
            self.set_selection(keys);
            self.vertex = None;
            return response;
        }
        // Picked by hand, even if it was selected already.
        self.fresh = None;
        // What is selected gets the next label, not a piece marked before.
        let was_pending = self.pending.take().is_some();
        if keys == self.selection {
            return if was_pending { Response::ALL } else { Response::LIVELY };
        }
        self.set_selection(keys);
        self.vertex = None;
        Response::ALL
    }

    /// The pointer is over this region, in a panel or on a surface.
    pub fn hover(&mut self, key: Option<RegionKey>) -> Response {
        if self.hovered == key {
            return Response::LIVELY;
        }
        self.hovered = key;
        Response { panels: true, ..Response::LIVELY }
    }

    /// A new region, selected, as an undo step of its own.
    pub(in crate::annotate) fn draw(&mut self, object: &str, shape: Shape) -> Response {
        let Some(size) = self.view(object).map(Viewport::image) else { return Response::NONE };
        let Some(mark) = self.new_mark(object, shape, Some(size)) else { return Response::LIVELY };
        let Some(shape) = snap::settle(&mark.region.shape, size) else { return Response::LIVELY };
        let mark = Mark { region: domain::result::Region { shape, ..mark.region }, ..mark };
        if self.asks_with(&mark.region.from_name) {
            return self.prompt(mark);
        }
        let response = self.insert_all(vec![mark]);
        self.fresh = self.selection.first().copied();
        response
    }

    /// Inserts regions as one step and selects them.
    pub(in crate::annotate) fn insert_all(&mut self, marks: Vec<Mark>) -> Response {
        if marks.is_empty() {
            return Response::NONE;
        }
        self.begin_step();
        let mut keys = BTreeSet::new();
        for mark in marks {
            let key = self.document.fresh_key();
            keys.insert(key);
            self.apply(Edit::Insert(key, Box::new(mark)));
        }
        self.commit_step();
        self.let_go_of_used_up();
        let first = keys.first().copied();
        self.set_selection(keys);
        self.vertex = None;
        if self.withheld() > 0 {
            let _ = self.reveal(first);
        }
        Response::CHANGED
    }

    pub(in crate::annotate) fn begin_step(&mut self) {
        self.commit_step();
        self.history.begin();
    }

    pub(in crate::annotate) fn commit_step(&mut self) {
        if self.history.commit() {
            self.log_step(None);
        }
    }

    pub(in crate::annotate) fn apply(&mut self, edit: Edit) -> bool {
        let edit = self.with_words(edit);
        let key = edit.key();
        let changed = self.history.apply(edit, &mut self.document);
        if changed && !self.history.is_open() {
            self.log_step(None);
        }
        self.refresh(key);
        changed
    }

    /// As [`Editor::apply`], one step with those before it that have the same name.
    pub(in crate::annotate) fn apply_merged(&mut self, edit: Edit, name: &str) -> bool {
        self.commit_step();
        let changed = self.history.apply_merged(edit, &mut self.document, name);
        if changed {
            self.log_step(Some(name));
        }
        changed
    }

    /// One step from several edits.
    pub(in crate::annotate) fn apply_all(&mut self, edits: Vec<Edit>) -> Response {
        self.begin_step();
        let mut changed = false;
        for edit in edits {
            changed |= self.apply(edit);
        }
        self.commit_step();
        if changed { Response::CHANGED } else { Response::LIVELY }
    }

    fn refresh(&mut self, key: Option<RegionKey>) {
        if let Some(key) = key {
            for (object, surface) in &mut self.surfaces {
                surface.stale.add(surface.scene.bounds(key));
                surface.scene.update(&self.document, object, key);
                surface.stale.add(surface.scene.bounds(key));
            }
        }
    }

    /// Rebuilds what is derived from the document: the cost of one pass over all regions.
    pub(in crate::annotate) fn refresh_all(&mut self) {
        for (object, surface) in &mut self.surfaces {
            surface.scene = Scene::new(&self.document, object, surface.view.image());
            surface.stale = Stale::All;
        }
        let document = &self.document;
        self.selection.retain(|key| document.mark(*key).is_some());
        self.hovered = self.hovered.filter(|key| document.mark(*key).is_some());
        self.relating = self.relating.filter(|key| document.mark(*key).is_some());
        self.vertex = self.vertex.filter(|(key, _)| document.mark(*key).is_some());
    }

    /// Leaves a running gesture as if it had not begun; nothing happens when there is none.
    pub fn abandon(&mut self) -> Response {
        if self.state == State::Idle {
            return self.abandon_line();
        }
        let state = std::mem::take(&mut self.state);
        let step = tool::cancel(state.clone());
        let was_path = state.is_path();
        let response = self.finish_step(&state, step);
        Response { changed: response.changed || was_path, ..response }
    }

    /// As [`Editor::abandon`], where what follows redraws everything anyway.
    pub(in crate::annotate) fn drop_gesture(&mut self) {
        let _ = self.abandon();
    }
}
