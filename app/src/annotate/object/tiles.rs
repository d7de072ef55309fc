//! A picture in tiles: those that can be seen, as sharp as the screen, above coarser ones until they are there.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use domain::media::tiles::{Grid, TILE};
use domain::region::{Bounds, ImagePoint};
use editor::view::Viewport;
use leptos::prelude::{document, set_timeout};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Element, Event, HtmlElement, HtmlImageElement};

use crate::annotate::canvas;

/// How much is fetched around what can be seen, in parts of its sides.
const MARGIN: f64 = 0.25;
/// At most so many stay on the page while others come.
const MOST: usize = 600;
/// How often a tile that does not come is asked for, and after how long again.
const TRIES: u8 = 4;
const PAUSE: Duration = Duration::from_secs(3);

type Hear = Closure<dyn FnMut(Event)>;
/// Level, column, row.
type Tile = (usize, u32, u32);

/// Tiles that did not come.
#[derive(Default)]
struct Missed {
    /// Since they were last looked after.
    lately: Vec<Tile>,
    /// How often in all.
    times: BTreeMap<Tile, u8>,
}

/// The tiles on the page.
pub(super) struct TileLayer {
    root: HtmlElement,
    grid: Grid,
    address: Box<dyn Fn(usize, u32, u32) -> String>,
    shown: BTreeMap<Tile, HtmlImageElement>,
    missed: Rc<RefCell<Missed>>,
    /// Heard at the root, before they reach the tile: they do not rise from it.
    heard: [(&'static str, Hear); 2],
}

impl TileLayer {
    /// `wake` is called when another tile is there, or should be asked for again.
    pub(super) fn new(
        root: HtmlElement,
        grid: Grid,
        address: impl Fn(usize, u32, u32) -> String + 'static,
        wake: impl Fn() + Clone + 'static,
    ) -> Self {
        let missed = Rc::<RefCell<Missed>>::default();
        let arrived = wake.clone();
        let on_load = Hear::new(move |_| arrived());
        let counted = missed.clone();
        let on_error = Hear::new(move |event: Event| {
            let Some(tile) = event.target().and_then(|target| tile_of(&target.unchecked_into())) else { return };
            let mut counted = counted.borrow_mut();
            counted.lately.push(tile);
            *counted.times.entry(tile).or_default() += 1;
            set_timeout(wake.clone(), PAUSE);
        });
        let heard = [("load", on_load), ("error", on_error)];
        for (name, hear) in &heard {
            // Refused only for what is no listener.
            let _ = root.add_event_listener_with_callback_and_bool(name, hear.as_ref().unchecked_ref(), true);
        }
        Self { root, grid, address: Box::new(address), shown: BTreeMap::new(), missed, heard }
    }

    /// Whether this is still the place that is on the page.
    pub(super) fn is_in(&self, root: &HtmlElement) -> bool {
        self.root == *root
    }

    /// Shows what a view shows. What is not needed any more goes once what is needed has come.
    pub(super) fn place(&mut self, view: &Viewport) {
        let [a, b, c, d, e, f] = view.screen_from_image_transform().as_coeffs();
        set(&self.root, "transform", &format!("matrix({a}, {b}, {c}, {d}, {e}, {f})"));
        let density = view.zoom() * canvas::ratio();
        set(&self.root, "image-rendering", if density < 4.0 { "auto" } else { "pixelated" });
        let level = self.grid.level_for(density);
        let seen = view.visible();
        let (x, y) = ((seen.max.x - seen.min.x) * MARGIN, (seen.max.y - seen.min.y) * MARGIN);
        let near = Bounds {
            min: ImagePoint::new(seen.min.x - x, seen.min.y - y),
            max: ImagePoint::new(seen.max.x + x, seen.max.y + y),
        };
        let coarsest = self.grid.levels().len() - 1;
        let mut wanted: BTreeSet<Tile> =
            self.grid.within(level, near).into_iter().map(|(column, row)| (level, column, row)).collect();
        wanted.insert((coarsest, 0, 0));

        let mut missed = self.missed.borrow_mut();
        for tile in missed.lately.drain(..) {
            if let Some(image) = self.shown.remove(&tile) {
                image.remove();
            }
        }
        for tile in &wanted {
            if !self.shown.contains_key(tile)
                && missed.times.get(tile).is_none_or(|times| *times < TRIES)
                && let Some(image) = self.tile(*tile)
            {
                // Coarser ones lie below: in the order of the page, the finer ones come later.
                let finer = self.shown.range(..*tile).next_back().map(|(_, finer)| finer);
                // Refused only for what is not on the page.
                let _ = self.root.insert_before(&image, finer.map(AsRef::as_ref));
                self.shown.insert(*tile, image);
            }
        }
        let all_there = wanted.iter().all(|tile| self.shown.get(tile).is_none_or(HtmlImageElement::complete));
        if all_there || self.shown.len() > MOST {
            self.shown.retain(|tile, image| {
                let stays = wanted.contains(tile);
                if !stays {
                    image.remove();
                }
                stays
            });
        }
        let pending = self.shown.values().filter(|image| !image.complete()).count();
        // Refused only for what is no name.
        let _ = self.root.set_attribute("data-pending", &pending.to_string());
    }

    fn tile(&self, (level, column, row): Tile) -> Option<HtmlImageElement> {
        let image: HtmlImageElement = document().create_element("img").ok()?.dyn_into().ok()?;
        let size = *self.grid.levels().get(level)?;
        let side = Grid::side(level);
        let scale = side / f64::from(TILE);
        let rest = |at: u32, whole: u32| f64::from(whole.saturating_sub(at * TILE).min(TILE)) * scale;
        for (name, value) in [
            ("left", f64::from(column) * side),
            ("top", f64::from(row) * side),
            ("width", rest(column, size.width)),
            ("height", rest(row, size.height)),
        ] {
            set(&image, name, &format!("{value}px"));
        }
        image.set_alt("");
        image.set_draggable(false);
        image.set_decoding("async");
        // Refused only for what is no name.
        let _ = image.set_attribute("data-tile", &format!("{level}/{column}/{row}"));
        image.set_src(&(self.address)(level, column, row));
        Some(image)
    }
}

impl Drop for TileLayer {
    fn drop(&mut self) {
        for (name, hear) in &self.heard {
            // Refused only for what is no listener.
            let _ = self.root.remove_event_listener_with_callback_and_bool(name, hear.as_ref().unchecked_ref(), true);
        }
    }
}

/// Which tile an element shows.
fn tile_of(element: &Element) -> Option<Tile> {
    let written = element.get_attribute("data-tile")?;
    let mut numbers = written.split('/').map(str::parse::<u32>);
    let mut next = || numbers.next()?.ok();
    Some((usize::try_from(next()?).ok()?, next()?, next()?))
}

fn set(element: &HtmlElement, name: &str, value: &str) {
    // Refused only for what is no style.
    let _ = element.style().set_property(name, value);
}
