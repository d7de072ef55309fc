//! The editor: events and commands in, changes out.

use std::collections::{BTreeMap, BTreeSet};

use domain::label_config::LabelConfig;
use domain::region::{ImagePoint, ImageSize, ScreenPoint, ScreenSize, Shape};
use domain::result::ResultItem;
use serde::{Deserialize, Serialize};

use super::document::{Document, Mark, RegionKey};
use super::edit::Edit;
use super::kit::ShapeKind;
use super::scene::Scene;
use super::snap;
use super::tool::{self, Context, Effect, Fingers, State, ToolKind};
use crate::command::Command;
use crate::history::History;
use crate::input::{Button, Event, Key, Pointer, PointerKind};
use crate::view::Viewport;

/// Two presses within this time and [`DOUBLE_REACH`] are a double click.
const DOUBLE_MS: f64 = 400.0;
/// CSS pixels between the presses of a double click.
const DOUBLE_REACH: f64 = 6.0;

/// What an event changed, so that no more than that is redrawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[must_use]
pub struct Response {
    /// The still layer.
    pub still: bool,
    /// The lively layer.
    pub lively: bool,
    /// Panels: tools, labels, selection, history buttons.
    pub panels: bool,
    /// The work itself: save a draft.
    pub changed: bool,
    /// The event had a meaning here; the browser's own is to be prevented.
    pub handled: bool,
    /// A command only the page can carry out.
    pub request: Option<Command>,
}

impl Response {
    pub(super) const NONE: Self =
        Self { still: false, lively: false, panels: false, changed: false, handled: false, request: None };
    pub(super) const ALL: Self =
        Self { still: true, lively: true, panels: true, changed: false, handled: true, request: None };
    pub(super) const CHANGED: Self = Self { changed: true, ..Self::ALL };
    pub(super) const LIVELY: Self = Self { lively: true, handled: true, ..Self::NONE };

    /// Both.
    pub fn and(self, other: Self) -> Self {
        Self {
            still: self.still || other.still,
            lively: self.lively || other.lively,
            panels: self.panels || other.panels,
            changed: self.changed || other.changed,
            handled: self.handled || other.handled,
            request: self.request.or(other.request),
        }
    }
}

/// The work as kept by the browser at every action.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The results as they would be submitted.
    pub results: Vec<ResultItem>,
    /// A polygon that is being drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unfinished: Option<Unfinished>,
}

/// A polygon that is being drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Unfinished {
    /// On which object.
    pub object: String,
    /// The points set so far.
    pub points: Vec<ImagePoint>,
}

/// One image and what it is shown on.
#[derive(Debug, Clone)]
pub(super) struct Surface {
    pub(super) view: Viewport,
    pub(super) scene: Scene,
}

/// The work on one task and how far its gestures are.
#[derive(Debug, Clone)]
pub struct Editor {
    pub(super) config: LabelConfig,
    pub(super) document: Document,
    pub(super) history: History<Edit>,
    pub(super) selection: BTreeSet<RegionKey>,
    pub(super) hovered: Option<RegionKey>,
    pub(super) vertex: Option<(RegionKey, usize)>,
    pub(super) tool: ToolKind,
    pub(super) state: State,
    /// The object whose surface the running gesture is on.
    pub(super) active: String,
    pub(super) surfaces: BTreeMap<String, Surface>,
    pub(super) label: Option<(String, String)>,
    pub(super) pointer: Option<ScreenPoint>,
    pub(super) pending_text: Option<(String, domain::region::TextSpan)>,
    pub(super) fingers: Fingers,
    pub(super) space: bool,
    last_press: Option<(ScreenPoint, f64)>,
    pub(super) clipboard: Vec<Mark>,
    ids: u64,
    pub(super) read_only: bool,
}

impl Editor {
    /// Opens the results of a task. `sizes` are the real sizes of its images by object name; `seed` makes the ids of
    /// new regions and must differ between sittings.
    #[must_use]
    pub fn new(config: &LabelConfig, results: &[ResultItem], sizes: &BTreeMap<String, ImageSize>, seed: u64) -> Self {
        let document = Document::from_results(config, results, sizes);
        let kit = document.kit();
        let label = kit.labels.iter().find(|label| label.selected).map(|l| (l.control.clone(), l.value.clone()));
        let surfaces = sizes
            .iter()
            .filter(|(name, _)| kit.images.contains(name))
            .map(|(name, size)| {
                let view = Viewport::new(*size, ScreenSize { width: 640.0, height: 480.0 });
                (name.clone(), Surface { view, scene: Scene::new(&document, name, *size) })
            })
            .collect();
        let tool = kit.shapes.first().map_or(ToolKind::Select, |shape| ToolKind::Draw(shape.kind));
        let tool = if document.is_empty() { tool } else { ToolKind::Select };
        let active = kit.images.first().cloned().unwrap_or_default();
        let mut editor = Self {
            config: config.clone(),
            document,
            history: History::default(),
            selection: BTreeSet::new(),
            hovered: None,
            vertex: None,
            tool,
            state: State::Idle,
            active,
            surfaces,
            label,
            pointer: None,
            pending_text: None,
            fingers: Fingers::default(),
            space: false,
            last_press: None,
            clipboard: Vec::new(),
            ids: seed,
            read_only: false,
        };
        editor.ensure_label();
        editor
    }

    /// Opens what a browser kept, the unfinished polygon included.
    #[must_use]
    pub fn from_draft(config: &LabelConfig, draft: &Draft, sizes: &BTreeMap<String, ImageSize>, seed: u64) -> Self {
        let mut editor = Self::new(config, &draft.results, sizes, seed);
        if let Some(unfinished) = &draft.unfinished
            && let Some(last) = unfinished.points.last()
            && editor.surfaces.contains_key(&unfinished.object)
            && editor.document.kit().draws(ShapeKind::Polygon)
        {
            editor.tool = ToolKind::Draw(ShapeKind::Polygon);
            editor.active.clone_from(&unfinished.object);
            let size = editor.surfaces[&unfinished.object].view.image();
            let points = unfinished.points.iter().map(|point| size.clamp(*point)).collect();
            editor.state = State::Polygon { points, to: size.clamp(*last) };
            editor.ensure_label();
        }
        editor
    }

    /// The images have been measured: opens the same work on them. Steps made before are kept as done.
    pub fn measure(&mut self, sizes: &BTreeMap<String, ImageSize>) {
        let draft = self.draft();
        let (read_only, ids) = (self.read_only, self.ids);
        *self = Self::from_draft(&self.config.clone(), &draft, sizes, ids);
        self.set_read_only(read_only);
    }

    /// Where ids of new regions come from; must differ between sittings.
    pub fn seed(&mut self, seed: u64) {
        self.ids = seed;
    }

    /// The object of the surface people last worked on.
    #[must_use]
    pub fn active(&self) -> &str {
        &self.active
    }

    /// What the browser is to keep.
    #[must_use]
    pub fn draft(&self) -> Draft {
        let unfinished = match &self.state {
            State::Polygon { points, .. } => Some(Unfinished { object: self.active.clone(), points: points.clone() }),
            _ => None,
        };
        Draft { results: self.document.to_results(), unfinished }
    }

    /// Looks only: everything can be seen, picked and zoomed, nothing changed.
    pub fn set_read_only(&mut self, read_only: bool) {
        self.read_only = read_only;
        if read_only {
            self.drop_gesture();
            self.tool = ToolKind::Select;
        }
    }

    /// Whether nothing can be changed.
    #[must_use]
    pub fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// The work.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The interface.
    #[must_use]
    pub fn config(&self) -> &LabelConfig {
        &self.config
    }

    /// Selected regions.
    #[must_use]
    pub fn selection(&self) -> &BTreeSet<RegionKey> {
        &self.selection
    }

    /// The region under the pointer, on a surface or in a panel.
    #[must_use]
    pub fn hovered(&self) -> Option<RegionKey> {
        self.hovered
    }

    /// The tool.
    #[must_use]
    pub fn tool(&self) -> ToolKind {
        self.tool
    }

    /// How far the gesture is.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What the surface of an image shows.
    #[must_use]
    pub fn view(&self, object: &str) -> Option<&Viewport> {
        self.surfaces.get(object).map(|surface| &surface.view)
    }

    /// The surface has this size now.
    pub fn resize_surface(&mut self, object: &str, size: ScreenSize) -> Response {
        let Some(surface) = self.surfaces.get_mut(object) else { return Response::NONE };
        if size.width.is_finite() && size.height.is_finite() && size.width >= 1.0 && size.height >= 1.0 {
            surface.view.resize(size);
        }
        Response { still: true, lively: true, ..Response::NONE }
    }

    /// One thing a person did on the surface of `object`.
    pub fn handle(&mut self, object: &str, event: &Event) -> Response {
        if !event.is_finite() || !self.surfaces.contains_key(object) {
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
                let slides = (by.x != 0.0 || modifiers.shift) && !modifiers.command();
                if slides {
                    surface.view.pan(domain::region::ScreenVector::new(-by.x, -by.y));
                } else {
                    // A notch of 100 pixels is about a fifth; clamped, so that no wheel jumps.
                    surface.view.zoom_at(*at, (-by.y.clamp(-240.0, 240.0) / 500.0).exp());
                }
                return Response { panels: true, ..self.view_moved() };
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
        if self.read_only && self.tool != ToolKind::Pan {
            return self.look(object, event);
        }
        let active = self.active.clone();
        self.ensure_label();
        let state = std::mem::take(&mut self.state);
        let Some(context) = self.context(&active) else { return Response::NONE };
        let step = tool::step(self.tool, state.clone(), event, is_double, &context);
        self.finish_step(&state, step)
    }

    pub(super) fn finish_step(&mut self, before: &State, step: tool::Step) -> Response {
        let progressed = std::mem::discriminant(before) != std::mem::discriminant(&step.next)
            || matches!((&before, &step.next), (State::Polygon { points: a, .. }, State::Polygon { points: b, .. }) if a.len() != b.len());
        self.state = step.next;
        let mut response = Response::LIVELY;
        if progressed && matches!(self.state, State::Polygon { .. }) {
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
        let hit = super::hit::region_at(&self.document, &surface.scene, at, tolerance);
        if matches!(event, Event::PointerDown(_)) { self.select(hit.into_iter().collect()) } else { self.hover(hit) }
    }

    pub(super) fn context<'a>(&'a self, object: &'a str) -> Option<Context<'a>> {
        let surface = self.surfaces.get(object)?;
        let drawing = match self.tool {
            ToolKind::Draw(kind) => self.shape_control(kind, object),
            ToolKind::Select | ToolKind::Pan => self
                .selection
                .first()
                .and_then(|key| self.document.mark(*key))
                .and_then(|mark| self.document.kit().shape(&mark.region.from_name)),
        };
        Some(Context {
            document: &self.document,
            scene: &surface.scene,
            view: &surface.view,
            object,
            selection: &self.selection,
            snap_pixel: drawing.is_some_and(|control| control.snap_pixel),
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
                held.then(|| Response { panels: self.fingers.count() == 2, ..self.view_moved() })
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

    pub(super) fn view_moved(&self) -> Response {
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

    fn perform(&mut self, effect: Effect) -> Response {
        match effect {
            Effect::Begin => {
                self.history.begin();
                // What is being dragged moves to the lively layer.
                Response { still: true, ..Response::LIVELY }
            }
            Effect::Preview(edits) => {
                let open = self.history.is_open();
                if open {
                    self.history.rewind(&mut self.document);
                }
                for edit in edits {
                    let key = edit.key();
                    self.history.apply(edit, &mut self.document);
                    self.refresh(key);
                }
                Response::LIVELY
            }
            Effect::Commit => {
                let could = self.history.is_open();
                self.history.commit();
                Response { changed: could, ..Response::ALL }
            }
            Effect::Rollback => {
                self.history.rollback(&mut self.document);
                self.refresh_all();
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
        if keys == self.selection {
            return Response::LIVELY;
        }
        self.selection = keys;
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
    pub(super) fn draw(&mut self, object: &str, shape: Shape) -> Response {
        let Some(size) = self.view(object).map(Viewport::image) else { return Response::NONE };
        let Some(mark) = self.new_mark(object, shape, Some(size)) else { return Response::LIVELY };
        let Some(shape) = snap::settle(&mark.region.shape, size) else { return Response::LIVELY };
        let mark = Mark { region: domain::result::Region { shape, ..mark.region }, ..mark };
        self.insert_all(vec![mark])
    }

    /// Inserts regions as one step and selects them.
    pub(super) fn insert_all(&mut self, marks: Vec<Mark>) -> Response {
        if marks.is_empty() {
            return Response::NONE;
        }
        self.history.begin();
        let mut keys = BTreeSet::new();
        for mark in marks {
            let key = self.document.fresh_key();
            keys.insert(key);
            self.apply(Edit::Insert(key, Box::new(mark)));
        }
        self.history.commit();
        self.selection = keys;
        self.vertex = None;
        Response::CHANGED
    }

    pub(super) fn apply(&mut self, edit: Edit) -> bool {
        let key = edit.key();
        let changed = self.history.apply(edit, &mut self.document);
        self.refresh(key);
        changed
    }

    /// One step from several edits.
    pub(super) fn apply_all(&mut self, edits: Vec<Edit>) -> Response {
        self.history.begin();
        let mut changed = false;
        for edit in edits {
            changed |= self.apply(edit);
        }
        self.history.commit();
        if changed { Response::CHANGED } else { Response::LIVELY }
    }

    fn refresh(&mut self, key: Option<RegionKey>) {
        if let Some(key) = key {
            for (object, surface) in &mut self.surfaces {
                surface.scene.update(&self.document, object, key);
            }
        }
    }

    /// Rebuilds what is derived from the document: the cost of one pass over all regions.
    pub(super) fn refresh_all(&mut self) {
        for (object, surface) in &mut self.surfaces {
            surface.scene = Scene::new(&self.document, object, surface.view.image());
        }
        let document = &self.document;
        self.selection.retain(|key| document.mark(*key).is_some());
        self.hovered = self.hovered.filter(|key| document.mark(*key).is_some());
        self.vertex = self.vertex.filter(|(key, _)| document.mark(*key).is_some());
    }

    /// Leaves a running gesture as if it had not begun; nothing happens when there is none.
    pub fn abandon(&mut self) -> Response {
        if self.state == State::Idle {
            return Response::NONE;
        }
        let state = std::mem::take(&mut self.state);
        let step = tool::cancel(state.clone());
        let was_polygon = matches!(state, State::Polygon { .. });
        let response = self.finish_step(&state, step);
        Response { changed: response.changed || was_polygon, ..response }
    }

    /// As [`Editor::abandon`], where what follows redraws everything anyway.
    pub(super) fn drop_gesture(&mut self) {
        let _ = self.abandon();
    }

    pub(super) fn selected_marks(&self) -> impl Iterator<Item = (RegionKey, &Mark)> {
        self.selection.iter().filter_map(|key| Some((*key, self.document.mark(*key)?)))
    }

    /// A new region id: ten letters and digits from the seed.
    pub(super) fn fresh_id(&mut self) -> String {
        const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        // splitmix64: the whole state is one number, and every number leads to another id.
        self.ids = self.ids.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.ids;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^= z >> 31;
        (0..10)
            .map(|n| {
                let at = usize::try_from((z >> (6 * n)) & 63).expect("six bits fit");
                char::from(LETTERS[at])
            })
            .collect()
    }
}
