//! The still layer: the regions nobody is touching, in any number.
//!
//! A few are painted at once. Of many a picture is painted beside the page, with a margin around what is to be seen; it is
//! moved and scaled with the view, so that panning and zooming wait for nothing, and painted anew when the view comes to
//! rest or leaves it. A change of a region repaints its own place.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use domain::region::{Bounds, ImagePoint, ScreenSize, ScreenVector};
use editor::annotate::{Editor, RegionKey, Stale};
use editor::view::Viewport;
use leptos::prelude::set_timeout;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d as Canvas, HtmlCanvasElement, ImageBitmap};

use super::crowd::Painter;
use super::paint_layer;
use super::painter::paint;
use crate::annotate::browser;

/// Up to this many are painted within one frame, with their labels where the editor finds room.
const FEW: usize = 400;
/// Outlines reach this far beyond the region, in CSS pixels.
const EDGE: f64 = 4.0;
/// How much of a crowd is painted around what is to be seen, in parts of the surface's sides.
const MARGIN: f64 = 0.25;
/// Without a move for so long, the view is at rest.
const REST: Duration = Duration::from_millis(100);

pub(crate) struct StillLayer {
    /// Begun with the first crowd.
    painter: Option<Painter>,
    wake: Rc<dyn Fn()>,
    shown: Option<Shown>,
    /// Regions have changed since; what is shown stays until there is better.
    is_outdated: bool,
    /// What the picture that is on its way will show.
    asked: Option<Asked>,
    /// Rises with every change of the regions.
    version: u32,
    /// The version the painter has.
    handed: Option<u32>,
    /// The view of the frame before, and since when it has been the same.
    seen: Option<(Viewport, f64)>,
    is_waiting: Rc<Cell<bool>>,
}

/// What the canvas was painted for.
#[derive(Clone, Copy, PartialEq)]
struct Shown {
    /// What the surface showed.
    view: Viewport,
    /// What the canvas shows: of a crowd, a margin more.
    painted: Viewport,
    ratio: f64,
    is_crowd: bool,
}

#[derive(Clone, Copy)]
struct Asked {
    shown: Shown,
    version: u32,
}

impl StillLayer {
    /// `wake` is called when there is something new to show.
    pub(crate) fn new(wake: impl Fn() + 'static) -> Self {
        Self {
            painter: None,
            wake: Rc::new(wake),
            shown: None,
            is_outdated: false,
            asked: None,
            version: 0,
            handed: None,
            seen: None,
            is_waiting: Rc::default(),
        }
    }

    /// Brings the canvas up to date, as far as that can be done within a frame.
    pub(crate) fn frame(&mut self, canvas: &HtmlCanvasElement, editor: &Editor, object: &str, stale: &Stale) {
        let Some(view) = editor.view(object).copied() else { return };
        let is_crowd = editor.is_crowded(object, &view.visible(), FEW);
        let margin = if is_crowd { MARGIN } else { 0.0 };
        let ScreenSize { width, height } = view.surface();
        let painted = view.with_margin(ScreenVector::new(width * margin, height * margin));
        let wanted = Shown { view, painted, ratio: super::ratio(), is_crowd };
        if *stale != Stale::NOTHING {
            self.version = self.version.wrapping_add(1);
            let mended =
                is_crowd && matches!(stale, Stale::Places(places) if self.mend(canvas, editor, object, places));
            if !mended {
                self.is_outdated = true;
            }
        }
        if is_crowd {
            self.show_crowd(canvas, wanted, editor, object);
        } else if self.is_outdated || self.shown != Some(wanted) {
            let paints = editor.still(object);
            let size = view.surface();
            paint_layer(canvas, size, |canvas| paint(canvas, &paints, size.width, size.height));
            self.shown = Some(wanted);
            self.is_outdated = false;
        }
        if let Some(shown) = self.shown {
            follow(canvas, &shown.painted, &view);
        }
    }

    fn show_crowd(&mut self, canvas: &HtmlCanvasElement, wanted: Shown, editor: &Editor, object: &str) {
        let wake = self.wake.clone();
        let painter = self.painter.get_or_insert_with(|| Painter::new(wake));
        let is_alone = painter.is_alone();
        if let Some(picture) = painter.take() {
            // What was asked stays known until its picture is there.
            if let Some(asked) = self.asked.take().filter(|asked| asked.version == self.version) {
                show(canvas, &picture, &asked.shown, editor, object);
                self.shown = Some(asked.shown);
                self.is_outdated = false;
            }
            picture.close();
        }
        if (self.shown == Some(wanted) && !self.is_outdated) || painter.is_busy() {
            return;
        }
        let serves = |shown: &Shown| {
            shown.is_crowd
                && shown.ratio.to_bits() == wanted.ratio.to_bits()
                && shown.painted.stands_in_for(&wanted.view)
        };
        if !self.is_outdated && self.shown.as_ref().is_some_and(serves) && !self.is_at_rest(&wanted.view) {
            return;
        }
        let Some(painter) = &self.painter else { return };
        let is_known = self.handed == Some(self.version) && !is_alone;
        let crowd = (!is_known).then(|| editor.crowd(object, &editor.still_order(object, &whole(&wanted.view))));
        if let (true, Some(crowd)) = (is_alone, &crowd) {
            let size = wanted.painted.surface();
            let mut is_painted = false;
            paint_layer(canvas, size, |canvas| {
                paint(canvas, &editor.still_of(&crowd.masks, &wanted.painted, false), size.width, size.height);
                is_painted = painter.paint(canvas, crowd, &wanted.painted, wanted.ratio);
            });
            if is_painted {
                self.shown = Some(wanted);
                self.is_outdated = false;
            }
            return;
        }
        painter.ask(crowd.as_ref(), &wanted.painted, wanted.ratio);
        self.handed = Some(self.version);
        self.asked = Some(Asked { shown: wanted, version: self.version });
    }

    /// Whether the view has not moved for a while; if it has, `wake` is called after one.
    fn is_at_rest(&mut self, view: &Viewport) -> bool {
        let now = browser::now_ms();
        let since = self.seen.filter(|(seen, _)| seen == view).map_or(now, |(_, since)| since);
        self.seen = Some((*view, since));
        if now - since >= REST.as_secs_f64() * 1_000.0 {
            return true;
        }
        if !self.is_waiting.replace(true) {
            let (is_waiting, wake) = (self.is_waiting.clone(), self.wake.clone());
            let again = move || {
                is_waiting.set(false);
                wake();
            };
            set_timeout(again, REST);
        }
        false
    }

    /// Paints places anew on a canvas of many regions; `false` where that cannot be done at once.
    fn mend(&self, canvas: &HtmlCanvasElement, editor: &Editor, object: &str, places: &[Bounds]) -> bool {
        let shown = self.shown.filter(|shown| shown.is_crowd && !self.is_outdated);
        let (Some(shown), Some(painter), Some(canvas)) = (shown, &self.painter, context(canvas)) else { return false };
        let margin = shown.painted.image_length(EDGE);
        let grown: Vec<Bounds> = places.iter().map(|place| place.inflate(margin)).collect();
        let keys: Vec<Vec<RegionKey>> = grown.iter().map(|place| editor.still_order(object, place)).collect();
        if keys.iter().map(Vec::len).sum::<usize>() > FEW {
            return false;
        }
        let ScreenSize { width, height } = shown.painted.surface();
        grown.iter().zip(&keys).all(|(place, keys)| {
            let crowd = editor.crowd(object, keys);
            canvas.save();
            // Refused only for what is no number.
            let _ = canvas.set_transform(shown.ratio, 0.0, 0.0, shown.ratio, 0.0, 0.0);
            clip(&canvas, place, &shown.painted);
            canvas.clear_rect(0.0, 0.0, width, height);
            paint(&canvas, &editor.still_of(&crowd.masks, &shown.painted, false), width, height);
            let is_painted = painter.paint(&canvas, &crowd, &shown.painted, shown.ratio);
            canvas.restore();
            is_painted
        })
    }
}

/// Shows a picture of a crowd above its masks.
fn show(canvas: &HtmlCanvasElement, picture: &ImageBitmap, shown: &Shown, editor: &Editor, object: &str) {
    let size = shown.painted.surface();
    paint_layer(canvas, size, |canvas| {
        paint(canvas, &editor.still_of(&editor.still_masks(object), &shown.painted, false), size.width, size.height);
        // Refused only for a picture that is closed.
        let _ = canvas.draw_image_with_image_bitmap_and_dw_and_dh(picture, 0.0, 0.0, size.width, size.height);
    });
}

/// All of the plane, and more than any region reaches beyond it.
fn whole(view: &Viewport) -> Bounds {
    Bounds::from_corners(ImagePoint::default(), ImagePoint::new(view.image().width, view.image().height))
        .inflate(view.image().width + view.image().height)
}

fn clip(canvas: &Canvas, place: &Bounds, view: &Viewport) {
    let corners = [
        (place.min.x, place.min.y),
        (place.max.x, place.min.y),
        (place.max.x, place.max.y),
        (place.min.x, place.max.y),
    ];
    canvas.begin_path();
    for (n, (x, y)) in corners.into_iter().enumerate() {
        let at = view.screen_from_image(ImagePoint::new(x, y));
        if n == 0 { canvas.move_to(at.x, at.y) } else { canvas.line_to(at.x, at.y) }
    }
    canvas.close_path();
    canvas.clip();
}

/// Moves and scales what was painted for one view to where another one shows it.
fn follow(canvas: &HtmlCanvasElement, painted: &Viewport, now: &Viewport) {
    let transform = if painted == now {
        "none".to_owned()
    } else {
        let way = now.screen_from_image_transform() * painted.screen_from_image_transform().inverse();
        let [a, b, c, d, e, f] = way.as_coeffs();
        format!("matrix({a}, {b}, {c}, {d}, {e}, {f})")
    };
    let ScreenSize { width, height } = painted.surface();
    let style = canvas.style();
    for (name, value) in [("width", format!("{width}px")), ("height", format!("{height}px")), ("transform", transform)]
    {
        // Refused only for what is no style.
        let _ = style.set_property(name, &value);
    }
}

fn context(canvas: &HtmlCanvasElement) -> Option<Canvas> {
    canvas.get_context("2d").ok()??.dyn_into().ok()
}
