//! The editor: events and commands in, changes out.

mod changes;
mod draft;
mod events;
mod response;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::label_config::{LabelConfig, item_of};
use domain::media::pdf::Word;
use domain::region::{ImageSize, ScreenPoint, ScreenSize, Shape};
use domain::result::ResultItem;

pub(in crate::annotate) use draft::Again;
pub use draft::{Draft, Unfinished};
pub use response::Response;

use super::aids::Aids;
use super::document::{Document, Mark, RegionKey};
use super::edit::Edit;
use super::film::Film;
use super::kit::SheetRules;
use super::line::Line;
use super::log::Log;
use super::scene::Scene;
use super::smart::Assistant;
use super::stale::Stale;
use super::tip::{Picture, Tip};
use super::tool::{Fingers, State, ToolKind};
use super::withheld::Withheld;
use crate::history::History;
use crate::keymap::Keymap;
use crate::view::Viewport;

/// One image and what it is shown on.
#[derive(Debug, Clone)]
pub(in crate::annotate) struct Surface {
    pub(in crate::annotate) view: Viewport,
    pub(in crate::annotate) scene: Scene,
    /// The colors, once they are known.
    pub(in crate::annotate) picture: Option<Arc<Picture>>,
    /// What of its still layer is out of date.
    pub(in crate::annotate) stale: Stale,
    pub(in crate::annotate) aids: Aids,
    /// How it wants to be looked at first, until somebody looks.
    pub(in crate::annotate) begins: Option<SheetRules>,
}

impl Surface {
    /// Of an image that has been measured; none for what is no image of the interface.
    pub(in crate::annotate) fn open(document: &Document, name: &str, size: ImageSize) -> Option<Self> {
        let kit = document.kit();
        kit.object(name).filter(|kind| kind.is_canvas())?;
        let mut view = Viewport::new(size, ScreenSize { width: 640.0, height: 480.0 });
        let rules = kit.image(name);
        if rules.is_some_and(|rules| rules.begins_original) {
            view.original();
        }
        let aids = rules.map(|rules| Aids { grid: rules.grid, crosshair: rules.crosshair }).unwrap_or_default();
        let (scene, begins) = (Scene::new(document, name, size), kit.sheet(name));
        Some(Self { view, scene, picture: None, stale: Stale::All, aids, begins })
    }
}

/// The work on one task and how far its gestures are.
#[derive(Debug, Clone)]
pub struct Editor {
    pub(in crate::annotate) config: LabelConfig,
    pub(in crate::annotate) document: Document,
    pub(in crate::annotate) history: History<Edit>,
    pub(in crate::annotate) selection: BTreeSet<RegionKey>,
    pub(in crate::annotate) hovered: Option<RegionKey>,
    /// The region drawn last, while nobody has picked it.
    pub(in crate::annotate) fresh: Option<RegionKey>,
    pub(in crate::annotate) vertex: Option<(RegionKey, usize)>,
    pub(in crate::annotate) tool: ToolKind,
    pub(in crate::annotate) state: State,
    /// The object whose surface the running gesture is on.
    pub(in crate::annotate) active: String,
    pub(in crate::annotate) surfaces: BTreeMap<String, Surface>,
    /// Which picture of each list people look at, where they have turned one over.
    pub(in crate::annotate) turned: BTreeMap<String, u64>,
    /// The words on pages of documents, where they are known.
    pub(in crate::annotate) words: BTreeMap<String, Arc<[Word]>>,
    /// Pages whose words came during a gesture.
    pub(in crate::annotate) unread: BTreeSet<String>,
    /// Sounds, series and videos that have been measured.
    pub(in crate::annotate) lines: BTreeMap<String, Line>,
    /// The line people last worked on.
    pub(in crate::annotate) active_line: String,
    pub(in crate::annotate) label: Option<(String, String)>,
    pub(in crate::annotate) pointer: Option<ScreenPoint>,
    pub(in crate::annotate) pending: Option<(String, Shape)>,
    pub(in crate::annotate) relating: Option<RegionKey>,
    pub(in crate::annotate) fingers: Fingers,
    pub(in crate::annotate) space: bool,
    last_press: Option<(ScreenPoint, f64)>,
    /// How far a gesture on the picture of a video is.
    pub(in crate::annotate) film: Film,
    /// Whether paths are drawn on videos that take boxes, too.
    pub(in crate::annotate) draws_paths: bool,
    /// The last click on a line: where, and when.
    pub(in crate::annotate) last_click: Option<(f64, f64)>,
    /// The items of each region that was copied.
    pub(in crate::annotate) copied: Vec<Vec<ResultItem>>,
    /// Proposals that are shown one by one.
    pub(in crate::annotate) withheld: Withheld,
    /// What a model was asked and what it proposes.
    pub(in crate::annotate) assistant: Assistant,
    ids: u64,
    pub(in crate::annotate) read_only: bool,
    pub(in crate::annotate) tip: Tip,
    /// A polygon that was being drawn on a picture that has not been measured yet.
    pub(in crate::annotate) waiting: Option<Unfinished>,
    pub(in crate::annotate) keymap: Keymap,
    /// What happened since it was last asked for, where somebody asks.
    pub(in crate::annotate) log: Option<Log>,
    /// What to open anew when a picture has been measured.
    pub(in crate::annotate) again: Option<Again>,
    /// What was hidden so that the rest is seen alone.
    pub(in crate::annotate) solo: Option<Vec<RegionKey>>,
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
            .filter_map(|(name, size)| Some((name.clone(), Surface::open(&document, name, *size)?)))
            .collect();
        let first = kit.shapes.iter().find(|shape| shape.kind.has_tool());
        let tool = first.map_or(ToolKind::Select, |shape| ToolKind::Draw(shape.kind));
        let tool = if document.is_empty() { tool } else { ToolKind::Select };
        let active = kit.canvases().next().unwrap_or_default().to_owned();
        let mut editor = Self {
            config: config.clone(),
            document,
            history: History::default(),
            selection: BTreeSet::new(),
            hovered: None,
            fresh: None,
            vertex: None,
            tool,
            state: State::Idle,
            active,
            surfaces,
            turned: BTreeMap::new(),
            words: BTreeMap::new(),
            unread: BTreeSet::new(),
            lines: BTreeMap::new(),
            active_line: String::new(),
            label,
            pointer: None,
            pending: None,
            relating: None,
            fingers: Fingers::default(),
            space: false,
            last_press: None,
            film: Film::Idle,
            draws_paths: false,
            last_click: None,
            copied: Vec::new(),
            withheld: Withheld::default(),
            assistant: Assistant::default(),
            ids: seed,
            read_only: false,
            tip: Tip::default(),
            waiting: None,
            keymap: Keymap::default(),
            log: None,
            again: None,
            solo: None,
        };
        editor.ensure_label();
        editor
    }

    /// Where ids of new regions come from; must differ between sittings.
    pub fn seed(&mut self, seed: u64) {
        self.ids = seed;
    }

    /// The keys of the person.
    #[must_use]
    pub fn keymap(&self) -> &Keymap {
        &self.keymap
    }

    /// The person has other keys from now on.
    pub fn set_keymap(&mut self, keymap: Keymap) -> Response {
        self.document.put_own_keys(&keymap);
        self.keymap = keymap;
        Response { panels: true, ..Response::NONE }
    }

    /// People look at another picture of a list: what they were about to draw on the one before is dropped.
    pub fn turn_to(&mut self, object: &str) -> Response {
        if !self.document.kit().canvases().any(|name| name == object) {
            return Response::NONE;
        }
        if let Some((list, index)) = item_of(object) {
            self.turned.insert(list.to_owned(), index);
        }
        if self.active == object {
            return Response { panels: true, ..Response::NONE };
        }
        self.drop_gesture();
        self.pointer = None;
        object.clone_into(&mut self.active);
        self.ensure_label();
        Response { panels: true, still: true, ..Response::LIVELY }
    }

    /// The object of the surface people last worked on.
    #[must_use]
    pub fn active(&self) -> &str {
        &self.active
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

    /// The brush and eraser in hand.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.tip
    }

    /// Takes another brush in hand.
    pub fn set_tip(&mut self, tip: Tip) -> Response {
        self.tip = tip;
        Response { panels: true, ..Response::LIVELY }
    }

    /// What of the still layer is out of date since this was last asked.
    pub fn take_stale(&mut self, object: &str) -> Stale {
        let surface = self.surfaces.get_mut(object);
        surface.map_or(Stale::NOTHING, |surface| std::mem::replace(&mut surface.stale, Stale::NOTHING))
    }

    /// Selects, and marks as out of date what moves between the layers by it.
    pub(in crate::annotate) fn set_selection(&mut self, keys: BTreeSet<RegionKey>) {
        let before = std::mem::replace(&mut self.selection, keys);
        self.fresh = None;
        let moved: Vec<RegionKey> = before.symmetric_difference(&self.selection).copied().collect();
        self.touch(&moved);
    }

    /// Marks the places of regions as out of date.
    pub(in crate::annotate) fn touch(&mut self, keys: &[RegionKey]) {
        for surface in self.surfaces.values_mut() {
            for key in keys {
                surface.stale.add(surface.scene.bounds(*key));
            }
        }
    }

    /// Whether points of a shape are being set one by one, which is no region before it is ended.
    #[must_use]
    pub fn has_open_path(&self) -> bool {
        self.state.is_path()
    }

    /// Whether a tool in hand needs the colors of an image that nobody has handed over.
    #[must_use]
    pub fn wants_picture(&self, object: &str) -> bool {
        self.tool == ToolKind::Wand && self.surfaces.get(object).is_some_and(|surface| surface.picture.is_none())
    }

    /// Hands over the colors of an image.
    pub fn set_picture(&mut self, object: &str, picture: Picture) {
        if let Some(surface) = self.surfaces.get_mut(object) {
            surface.picture = Some(Arc::new(picture));
        }
    }

    /// The surface has this size now.
    pub fn resize_surface(&mut self, object: &str, size: ScreenSize) -> Response {
        let Some(surface) = self.surfaces.get_mut(object) else { return Response::NONE };
        if size.width.is_finite() && size.height.is_finite() && size.width >= 1.0 && size.height >= 1.0 {
            surface.view.resize(size);
            if let Some(begins) = surface.begins.take() {
                surface.view.rotate_to(begins.rotation);
                surface.view.zoom_from_top(begins.zoom);
            }
        }
        Response { still: true, lively: true, ..Response::NONE }
    }

    pub(in crate::annotate) fn selected_marks(&self) -> impl Iterator<Item = (RegionKey, &Mark)> {
        self.selection.iter().filter_map(|key| Some((*key, self.document.mark(*key)?)))
    }

    /// A new region id: ten letters and digits from the seed.
    pub(in crate::annotate) fn fresh_id(&mut self) -> String {
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
