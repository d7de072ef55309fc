//! What surfaces that are drawn on share: layers as sharp as the screen, pointers, keys, tools.

mod arrange_bar;
mod crowd;
mod keys;
mod look;
mod masks;
mod minimap;
mod painter;
mod pointer;
mod smart_bar;
mod still;
mod tip_bar;
mod toolbar;

use domain::region::ScreenSize;
use leptos::{html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ResizeObserver};

pub(super) use arrange_bar::ArrangeBar;
pub(super) use keys::listen_to_keys;
pub(super) use look::Light;
pub(super) use minimap::Minimap;
pub(super) use painter::paint;
pub(super) use pointer::{cursor_name, hold_pointer, modifiers_of, pointer_of, wheel_of};
pub(super) use smart_bar::SmartBar;
pub(super) use still::StillLayer;
pub(super) use tip_bar::TipBar;
pub(super) use toolbar::{Toolbar, ZoomBar, glyph};

/// The size of a surface in CSS pixels, fractions included: a page's layout is rarely whole.
pub(super) fn size_of(frame: NodeRef<html::Div>) -> Option<ScreenSize> {
    let rect = frame.get_untracked()?.get_bounding_client_rect();
    Some(ScreenSize { width: rect.width(), height: rect.height() })
}

/// Repaints at most once per frame of the screen.
#[derive(Clone, Copy)]
pub(super) struct Repaint {
    asked: StoredValue<Option<bool>>,
    paint: StoredValue<Box<dyn Fn(bool) + Send + Sync>>,
}

impl Repaint {
    pub(super) fn new(paint: impl Fn(bool) + Send + Sync + 'static) -> Self {
        Self { asked: StoredValue::new(None), paint: StoredValue::new(Box::new(paint)) }
    }

    pub(super) fn ask(self, with_still: bool) {
        let waiting = self.asked.get_value();
        self.asked.set_value(Some(with_still || waiting == Some(true)));
        if waiting.is_none() {
            request_animation_frame(move || {
                // The page may have gone on to another task meanwhile.
                let asked = self.asked.try_get_value().flatten();
                if let Some(with_still) = asked {
                    self.asked.set_value(None);
                    self.paint.with_value(|paint| paint(with_still));
                }
            });
        }
    }
}

pub(super) fn observe_size(frame: NodeRef<html::Div>, changed: impl Fn() + Clone + 'static) {
    Effect::new(move |_| {
        let Some(element) = frame.get() else { return };
        let callback = Closure::<dyn FnMut()>::new(changed.clone());
        let Ok(observer) = ResizeObserver::new(callback.as_ref().unchecked_ref()) else { return };
        observer.observe(&element);
        // Made here and not outside: effects run in the browser alone, where there is one thread.
        let held = StoredValue::new_local((observer, callback));
        on_cleanup(move || {
            // Gone already when the whole page goes.
            let _ = held.try_with_value(|(observer, _)| observer.disconnect());
        });
    });
}

/// Pixels of the screen along one of the page's.
pub(super) fn ratio() -> f64 {
    window().device_pixel_ratio().clamp(0.5, 4.0)
}

/// Clears a canvas, as sharp as the screen, and paints on it.
pub(super) fn paint_layer(
    element: &HtmlCanvasElement,
    size: ScreenSize,
    paint: impl FnOnce(&CanvasRenderingContext2d),
) {
    let ratio = ratio();
    let pixels = |length: f64| format!("{:.0}", (length * ratio).clamp(1.0, 16_384.0)).parse::<u32>().unwrap_or(1);
    let (width, height) = (pixels(size.width), pixels(size.height));
    if element.width() != width || element.height() != height {
        element.set_width(width);
        element.set_height(height);
    }
    let Ok(Some(context)) = element.get_context("2d") else { return };
    let Ok(context) = context.dyn_into::<CanvasRenderingContext2d>() else { return };
    // Refused only for what is no number.
    let _ = context.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    context.clear_rect(0.0, 0.0, size.width, size.height);
    paint(&context);
}
