//! The still layer: the regions nobody is touching, in any number.
//!
//! A few are painted at once. Many are painted in parts, over as many frames as it takes, onto a canvas behind the one
//! that is shown; meanwhile that one is moved and scaled with the view, so that panning and zooming wait for nothing. A
//! change of a region repaints its own place.

use domain::region::{Bounds, ImagePoint, ScreenSize};
use editor::annotate::{Editor, RegionKey, Stale};
use editor::view::Viewport;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d as Canvas, HtmlCanvasElement};

use super::painter::{paint, paint_crowd};
use super::{clear, paint_layer};
use crate::annotate::browser;

/// Up to this many are painted within one frame, with their labels where the editor finds room.
const FEW: usize = 400;
/// How many are painted between two looks at the clock.
const PART: usize = 128;
/// Milliseconds a frame may spend on painting; the rest of its 16 is the browser's.
const BUDGET_MS: f64 = 4.0;
/// Outlines reach this far beyond the region, in CSS pixels.
const EDGE: f64 = 4.0;

#[derive(Default)]
pub(crate) struct StillLayer {
    shown: Option<Shown>,
    job: Option<Job>,
    /// Which of the two canvases is shown.
    second: bool,
}

/// What a canvas was painted for.
#[derive(Clone, Copy, PartialEq)]
struct Shown {
    view: Viewport,
    ratio: f64,
    is_crowd: bool,
}

struct Job {
    shown: Shown,
    keys: Vec<RegionKey>,
    done: usize,
}

impl StillLayer {
    /// Does what fits into a frame. Returns whether more is to be done in the next one.
    pub(crate) fn frame(
        &mut self,
        canvases: [&HtmlCanvasElement; 2],
        size: ScreenSize,
        editor: &Editor,
        object: &str,
        stale: &Stale,
    ) -> bool {
        let Some(view) = editor.view(object).copied() else { return false };
        let ratio = super::ratio();
        let began = browser::now_ms();
        let wanted = Shown { view, ratio, is_crowd: false };
        let is_content_old = *stale != Stale::NOTHING;
        let is_view_old = self.shown.is_none_or(|shown| (shown.view, shown.ratio) != (view, ratio));
        let front = canvases[usize::from(self.second)];
        for canvas in canvases {
            let _in_memory = context(canvas);
        }
        if is_content_old {
            // Whatever was under way shows what is no longer so.
            self.job = None;
            let patched = match (stale, self.shown) {
                (Stale::Places(places), Some(shown)) if shown.is_crowd => {
                    repaint_places(front, &shown, editor, object, places)
                }
                _ => false,
            };
            if !patched {
                self.shown = self.shown.filter(|shown| shown.is_crowd);
            }
            if !patched || is_view_old {
                self.begin(wanted, canvases, size, editor, object);
            }
        } else if is_view_old && self.job.is_none() {
            self.begin(wanted, canvases, size, editor, object);
        }
        self.go_on(canvases, size, editor, began);
        if let Some(shown) = self.shown {
            follow(canvases[usize::from(self.second)], &shown.view, &view);
        }
        self.job.is_some() || self.shown.is_some_and(|shown| shown.view != view)
    }

    fn begin(
        &mut self,
        wanted: Shown,
        canvases: [&HtmlCanvasElement; 2],
        size: ScreenSize,
        editor: &Editor,
        object: &str,
    ) {
        let keys = editor.still_order(object, &wanted.view.visible());
        if keys.len() <= FEW {
            let paints = editor.still(object);
            paint_layer(canvases[usize::from(self.second)], size, |canvas| {
                paint(canvas, &paints, size.width, size.height);
            });
            self.shown = Some(wanted);
            self.job = None;
        } else {
            paint_layer(canvases[usize::from(!self.second)], size, |_| {});
            self.job = Some(Job { shown: Shown { is_crowd: true, ..wanted }, keys, done: 0 });
        }
    }

    fn go_on(&mut self, canvases: [&HtmlCanvasElement; 2], size: ScreenSize, editor: &Editor, began: f64) {
        let Some(job) = &mut self.job else { return };
        let back = canvases[usize::from(!self.second)];
        let Some(canvas) = context(back) else { return };
        while job.done < job.keys.len() {
            let part = &job.keys[job.done..(job.done + PART).min(job.keys.len())];
            paint_crowd(&canvas, &editor.still_of(part, &job.shown.view, false), size.width, size.height);
            be_painted(&canvas);
            job.done += part.len();
            if browser::now_ms() - began > BUDGET_MS {
                break;
            }
        }
        if job.done >= job.keys.len() {
            self.shown = Some(job.shown);
            self.job = None;
            show(canvases[usize::from(self.second)], false);
            self.second = !self.second;
            show(canvases[usize::from(self.second)], true);
        }
    }
}

/// Paints places anew on a canvas of many regions; `false` where that would be too many at once.
fn repaint_places(front: &HtmlCanvasElement, shown: &Shown, editor: &Editor, object: &str, places: &[Bounds]) -> bool {
    let margin = shown.view.image_length(EDGE);
    let grown: Vec<Bounds> = places.iter().map(|place| place.inflate(margin)).collect();
    let keys: Vec<Vec<RegionKey>> = grown.iter().map(|place| editor.still_order(object, place)).collect();
    let Some(canvas) = context(front) else { return false };
    if keys.iter().map(Vec::len).sum::<usize>() > FEW {
        return false;
    }
    let surface = shown.view.surface();
    for (place, keys) in grown.iter().zip(&keys) {
        canvas.save();
        canvas.begin_path();
        let corners = [
            (place.min.x, place.min.y),
            (place.max.x, place.min.y),
            (place.max.x, place.max.y),
            (place.min.x, place.max.y),
        ];
        for (n, (x, y)) in corners.into_iter().enumerate() {
            let at = shown.view.screen_from_image(ImagePoint::new(x, y));
            if n == 0 { canvas.move_to(at.x, at.y) } else { canvas.line_to(at.x, at.y) }
        }
        canvas.close_path();
        canvas.clip();
        canvas.clear_rect(0.0, 0.0, surface.width, surface.height);
        paint_crowd(&canvas, &editor.still_of(keys, &shown.view, false), surface.width, surface.height);
        canvas.restore();
    }
    true
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
    // Refused only for what is no style.
    let _ = canvas.style().set_property("transform", &transform);
}

fn show(canvas: &HtmlCanvasElement, visible: bool) {
    if !visible {
        clear(canvas);
    }
    let _ = canvas.style().set_property("visibility", if visible { "visible" } else { "hidden" });
}

/// The context of a still canvas: one that lies in memory, so that what is painted can be waited for. The first to ask for it
/// decides that.
fn context(canvas: &HtmlCanvasElement) -> Option<Canvas> {
    let options = js_sys::Object::new();
    // Refused only by what is no object.
    let _ = js_sys::Reflect::set(&options, &"willReadFrequently".into(), &true.into());
    canvas.get_context_with_context_options("2d", &options).ok()??.dyn_into().ok()
}

/// Browsers write down what is to be painted and paint it at the end of the frame, where no clock of ours sees it. A look at
/// a pixel makes them do it now.
fn be_painted(canvas: &Canvas) {
    let _ = canvas.get_image_data(0.0, 0.0, 1.0, 1.0);
}
