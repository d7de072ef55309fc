//! Masks on a canvas: each is kept as a picture of its own, to which a stroke adds only the pixels it changed.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use domain::region::Mask;
use domain::region::mask::PixelRect;
use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d as Canvas, HtmlCanvasElement};

/// The most pixels of the picture of a mask that is being worked on, and of any other.
const MOST_EXACT: f64 = 16e6;
const MOST_STILL: f64 = 2e6;
/// The most pixels of all pictures together; those painted longest ago go first.
const MOST_KEPT: f64 = 48e6;
/// Room around a mask for the strokes to come, in image pixels.
const ROOM: u32 = 192;

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::new(Kept::default());
}

#[derive(Default)]
struct Kept {
    pictures: HashMap<u32, Picture>,
    /// Counts uses.
    clock: u64,
}

struct Picture {
    canvas: HtmlCanvasElement,
    mask: Mask,
    color: Arc<str>,
    /// The part of the image it shows.
    part: PixelRect,
    /// Image pixels along a side of one of its own.
    scale: u32,
    used: u64,
}

/// A mask as it is to be painted.
pub(super) struct Painted<'p> {
    pub(super) id: u32,
    pub(super) mask: &'p Mask,
    pub(super) transform: [f64; 6],
    pub(super) color: &'p Arc<str>,
    pub(super) opacity: f64,
    pub(super) is_exact: bool,
}

/// Paints a mask. Nothing where a browser refuses another canvas.
pub(super) fn draw(onto: &Canvas, painted: &Painted<'_>) {
    KEPT.with_borrow_mut(|kept| {
        kept.clock += 1;
        let clock = kept.clock;
        let Some(picture) = kept.bring_up_to_date(painted) else { return };
        picture.used = clock;
        picture.onto(onto, painted);
        kept.forget_oldest(painted.id);
    });
}

impl Kept {
    fn bring_up_to_date(&mut self, painted: &Painted<'_>) -> Option<&mut Picture> {
        let bounds = painted.mask.pixel_bounds()?;
        let scale = scale_for(bounds, painted.is_exact);
        let fits = self.pictures.get(&painted.id).is_some_and(|picture| picture.can_show(painted, bounds, scale));
        if fits {
            let picture = self.pictures.get_mut(&painted.id)?;
            if let Some(changed) = picture.mask.difference(painted.mask) {
                picture.mask = painted.mask.clone();
                picture.fill(changed)?;
            }
        } else {
            let picture = Picture::new(painted, bounds, scale)?;
            self.pictures.insert(painted.id, picture);
        }
        self.pictures.get_mut(&painted.id)
    }

    fn forget_oldest(&mut self, but: u32) {
        let size = |picture: &Picture| f64::from(picture.canvas.width()) * f64::from(picture.canvas.height());
        let mut total: f64 = self.pictures.values().map(size).sum();
        while total > MOST_KEPT {
            let oldest = self.pictures.iter().filter(|(id, _)| **id != but).min_by_key(|(_, picture)| picture.used);
            let Some(id) = oldest.map(|(id, _)| *id) else { return };
            if let Some(gone) = self.pictures.remove(&id) {
                total -= size(&gone);
            }
        }
    }
}

impl Picture {
    fn new(painted: &Painted<'_>, bounds: PixelRect, scale: u32) -> Option<Self> {
        let room = if painted.is_exact { ROOM } else { 0 };
        // Whole pixels of the picture are whole pixels of the image.
        let part = PixelRect {
            x0: bounds.x0.saturating_sub(room) / scale * scale,
            y0: bounds.y0.saturating_sub(room) / scale * scale,
            x1: bounds.x1.saturating_add(room).min(painted.mask.width()),
            y1: bounds.y1.saturating_add(room).min(painted.mask.height()),
        };
        let canvas = document().create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
        canvas.set_width((part.x1 - part.x0).div_ceil(scale));
        canvas.set_height((part.y1 - part.y0).div_ceil(scale));
        let mask = painted.mask.clone();
        let picture = Self { canvas, mask, color: painted.color.clone(), part, scale, used: 0 };
        picture.fill(part)?;
        Some(picture)
    }

    fn can_show(&self, painted: &Painted<'_>, bounds: PixelRect, scale: u32) -> bool {
        let is_inside = self.part.x0 <= bounds.x0
            && self.part.y0 <= bounds.y0
            && self.part.x1 >= bounds.x1
            && self.part.y1 >= bounds.y1;
        let is_same_image = (self.mask.width(), self.mask.height()) == (painted.mask.width(), painted.mask.height());
        is_inside && is_same_image && self.scale <= scale && self.color == *painted.color
    }

    /// Paints a part of the mask anew.
    fn fill(&self, part: PixelRect) -> Option<()> {
        let canvas = self.canvas.get_context("2d").ok()??.dyn_into::<Canvas>().ok()?;
        let scale = f64::from(self.scale);
        let (left, top) = (f64::from(self.part.x0), f64::from(self.part.y0));
        // Refused only for what is no number.
        canvas.set_transform(1.0 / scale, 0.0, 0.0, 1.0 / scale, -left / scale, -top / scale).ok()?;
        // Rows of the picture, whole ones.
        let part = PixelRect {
            x0: part.x0 / self.scale * self.scale,
            y0: part.y0 / self.scale * self.scale,
            x1: part.x1.div_ceil(self.scale) * self.scale,
            y1: part.y1.div_ceil(self.scale) * self.scale,
        };
        let side = |from: u32, to: u32| f64::from(to - from);
        canvas.clear_rect(f64::from(part.x0), f64::from(part.y0), side(part.x0, part.x1), side(part.y0, part.y1));
        canvas.set_fill_style_str(&self.color);
        self.mask.spans_in(part, |y, x0, x1| {
            if y % self.scale == 0 {
                canvas.fill_rect(f64::from(x0), f64::from(y), f64::from(x1 - x0), scale);
            }
        });
        Some(())
    }

    fn onto(&self, canvas: &Canvas, painted: &Painted<'_>) {
        let [a, b, c, d, e, f] = painted.transform;
        canvas.save();
        // Refused only for what is no number, and for a picture without pixels, which is never kept.
        let _ = canvas.transform(a, b, c, d, e, f);
        canvas.set_global_alpha(painted.opacity);
        canvas.set_image_smoothing_enabled(a.hypot(b) < 1.0);
        let scale = f64::from(self.scale);
        let _ = canvas.draw_image_with_html_canvas_element_and_dw_and_dh(
            &self.canvas,
            f64::from(self.part.x0),
            f64::from(self.part.y0),
            f64::from(self.canvas.width()) * scale,
            f64::from(self.canvas.height()) * scale,
        );
        canvas.restore();
    }
}

fn scale_for(bounds: PixelRect, is_exact: bool) -> u32 {
    let pixels = f64::from(bounds.x1 - bounds.x0) * f64::from(bounds.y1 - bounds.y0);
    let most = if is_exact { MOST_EXACT } else { MOST_STILL };
    let mut scale = 1;
    while pixels / f64::from(scale).powi(2) > most {
        scale *= 2;
    }
    scale
}
