//! An image to draw on: events in, redraw out.
//!
//! The picture is an `<img>` until it has loaded, so that the server's page already shows it; from then on two canvases
//! take over: the still one is repainted when something has changed, the lively one on every move.

use domain::region::{ImageSize, ScreenPoint, ScreenSize, ScreenVector};
use editor::annotate::{Cursor, Editor, Response};
use editor::input::{Button, Event, Key, Modifiers, Pointer, PointerKind};
use leptos::{ev, html, prelude::*};
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement, ResizeObserver};

use super::bench::{Bench, use_bench};
use super::{
    browser, painter,
    toolbar::{Toolbar, ZoomBar},
};
use crate::ui::{Icon, lu};

/// An `<Image>` of the interface.
#[component]
pub(super) fn ImageSurface(
    /// The object's name.
    name: String,
    /// Where the picture is; empty when the task has none.
    src: String,
) -> impl IntoView {
    let bench = use_bench();
    let object = StoredValue::new(name.clone());
    let frame = NodeRef::<html::Div>::new();
    let image = NodeRef::<html::Img>::new();
    let (still, lively) = (NodeRef::<html::Canvas>::new(), NodeRef::<html::Canvas>::new());
    let ready = RwSignal::new(false);
    let failed = RwSignal::new(false);

    let measure = move || {
        let Some(element) = image.get_untracked() else { return };
        let (width, height) = (f64::from(element.natural_width()), f64::from(element.natural_height()));
        // A drawing without a size of its own is as large as it is shown.
        let size = ImageSize::new(width, height)
            .or_else(|| ImageSize::new(f64::from(element.client_width()), f64::from(element.client_height())));
        match size.filter(|_| element.complete()) {
            Some(size) => {
                object.with_value(|object| bench.measure(object, size));
                resize(bench, object, frame);
                ready.set(true);
            }
            None => failed.set(true),
        }
    };
    Effect::new(move |_| {
        // The picture may have loaded, or failed, before the page came alive.
        if let Some(element) = image.get()
            && element.complete()
        {
            measure();
        }
    });
    observe_size(frame, move || resize(bench, object, frame));

    let queue = Repaint::new(move |paint_still| {
        let (Some(frame), Some(image)) = (frame.get_untracked(), image.get_untracked()) else { return };
        let size = ScreenSize { width: f64::from(frame.client_width()), height: f64::from(frame.client_height()) };
        object.with_value(|object| {
            if paint_still && let Some(canvas) = still.get_untracked() {
                paint_layer(&canvas, size, |canvas| {
                    bench.peek(|editor| {
                        draw_image(canvas, editor, object, &image);
                        painter::paint(canvas, &editor.still(object), size.width, size.height);
                    });
                });
            }
            if let Some(canvas) = lively.get_untracked() {
                paint_layer(&canvas, size, |canvas| {
                    bench.peek(|editor| painter::paint(canvas, &editor.lively(object), size.width, size.height));
                });
            }
        });
    });
    Effect::new(move |_| {
        bench.still.track();
        if ready.get() {
            queue.ask(true);
        }
    });
    Effect::new(move |_| {
        bench.lively.track();
        if ready.get() {
            queue.ask(false);
        }
    });

    let send = move |event: Event| object.with_value(|object| bench.act(|editor| editor.handle(object, &event)));
    let cursor = move || {
        bench.lively.track();
        object.with_value(|object| cursor_name(bench.read(|editor| editor.cursor(object))))
    };
    let on_down = move |event: ev::PointerEvent| {
        let Some(pointer) = pointer_of(&event, frame) else { return };
        if let Some(frame) = frame.get_untracked() {
            // Refused when the pointer is already gone; the cancel event then ends the gesture.
            let _ = frame.set_pointer_capture(event.pointer_id());
            let _ = frame.focus();
        }
        let response = send(Event::PointerDown(pointer));
        if response.handled {
            event.prevent_default();
        }
    };
    let on_move = move |event: ev::PointerEvent| {
        if let Some(pointer) = pointer_of(&event, frame) {
            let _ = send(Event::PointerMove(pointer));
        }
    };
    let on_up = move |event: ev::PointerEvent| {
        if let Some(pointer) = pointer_of(&event, frame) {
            let _ = send(Event::PointerUp(pointer));
        }
    };
    let on_wheel = move |event: ev::WheelEvent| {
        let Some(at) = place_of(&event, frame) else { return };
        // Browsers count in pixels, lines or pages.
        let unit = [1.0, 16.0, 400.0].get(usize::try_from(event.delta_mode()).unwrap_or(0)).copied().unwrap_or(1.0);
        let by = ScreenVector::new(event.delta_x() * unit, event.delta_y() * unit);
        let modifiers = modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key());
        if send(Event::Wheel { at, by, modifiers }).handled {
            event.prevent_default();
        }
    };
    let label = format!("Picture “{name}”. Regions can be drawn with the tools, and picked in the list of regions.");
    view! {
        <div class="surface-frame">
            <Toolbar/>
            <div
                class="surface"
                class:is-ready=ready
                role="application"
                aria-label=label
                tabindex="0"
                data-object=name.clone()
                data-cursor=cursor
                node_ref=frame
                on:pointerdown=on_down
                on:pointermove=on_move
                on:pointerup=on_up
                on:pointercancel=move |_| { let _ = send(Event::PointerCancel); }
                on:pointerleave=move |_| { let _ = send(Event::PointerLeave); }
                on:wheel=on_wheel
                on:contextmenu=move |event| event.prevent_default()
            >
                {(!src.is_empty()).then(|| view! {
                    <img
                        class="surface-image"
                        src=src.clone()
                        alt=""
                        draggable="false"
                        decoding="async"
                        node_ref=image
                        on:load=move |_| measure()
                        on:error=move |_| failed.set(true)
                    />
                })}
                <canvas class="surface-layer" aria-hidden="true" node_ref=still></canvas>
                <canvas class="surface-layer" aria-hidden="true" node_ref=lively></canvas>
                {
                    let src = src.clone();
                    move || (failed.get() || src.is_empty()).then(|| {
                        let sentence = if src.is_empty() {
                            "This task has no picture here.".to_owned()
                        } else {
                            format!("The picture could not be loaded: {src}")
                        };
                        view! { <p class="surface-trouble" role="alert"><Icon icon=lu::LuImageOff/>{sentence}</p> }
                    })
                }
            </div>
            <ZoomBar name/>
        </div>
    }
    .into_any()
}

/// Repaints at most once per frame of the screen.
#[derive(Clone, Copy)]
struct Repaint {
    asked: StoredValue<Option<bool>>,
    paint: StoredValue<Box<dyn Fn(bool) + Send + Sync>>,
}

impl Repaint {
    fn new(paint: impl Fn(bool) + Send + Sync + 'static) -> Self {
        Self { asked: StoredValue::new(None), paint: StoredValue::new(Box::new(paint)) }
    }

    fn ask(self, with_still: bool) {
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

fn resize(bench: Bench, object: StoredValue<String>, frame: NodeRef<html::Div>) {
    let Some(frame) = frame.get_untracked() else { return };
    let size = ScreenSize { width: f64::from(frame.client_width()), height: f64::from(frame.client_height()) };
    object.with_value(|object| {
        let _ = bench.act(|editor| Response { panels: true, ..editor.resize_surface(object, size) });
    });
}

fn observe_size(frame: NodeRef<html::Div>, changed: impl Fn() + Clone + 'static) {
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

/// Clears a canvas, as sharp as the screen, and paints on it.
fn paint_layer(element: &HtmlCanvasElement, size: ScreenSize, paint: impl FnOnce(&CanvasRenderingContext2d)) {
    let ratio = window().device_pixel_ratio().clamp(0.5, 4.0);
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

fn draw_image(canvas: &CanvasRenderingContext2d, editor: &Editor, object: &str, image: &HtmlImageElement) {
    let Some(view) = editor.view(object) else { return };
    let ratio = window().device_pixel_ratio().clamp(0.5, 4.0);
    let [a, b, c, d, e, f] = view.screen_from_image_transform().as_coeffs();
    canvas.save();
    let _ = canvas.transform(a, b, c, d, e, f);
    // Real pixels once they are large enough to be counted.
    canvas.set_image_smoothing_enabled(view.zoom() * ratio < 4.0);
    let size = view.image();
    // Refused for a broken picture, about which the page already says so.
    let _ = canvas.draw_image_with_html_image_element_and_dw_and_dh(image, 0.0, 0.0, size.width, size.height);
    canvas.restore();
}

fn place_of(event: &web_sys::MouseEvent, frame: NodeRef<html::Div>) -> Option<ScreenPoint> {
    let rect = frame.get_untracked()?.get_bounding_client_rect();
    Some(ScreenPoint::new(f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top()))
}

fn pointer_of(event: &web_sys::PointerEvent, frame: NodeRef<html::Div>) -> Option<Pointer> {
    Some(Pointer {
        id: event.pointer_id(),
        at: place_of(event, frame)?,
        kind: match event.pointer_type().as_str() {
            "touch" => PointerKind::Touch,
            "pen" => PointerKind::Pen,
            _ => PointerKind::Mouse,
        },
        button: match event.button() {
            1 => Button::Middle,
            2 => Button::Secondary,
            _ => Button::Primary,
        },
        modifiers: modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key()),
        time_ms: browser::now_ms(),
    })
}

pub(super) fn modifiers_of(shift: bool, control: bool, alt: bool, meta: bool) -> Modifiers {
    Modifiers { shift, control, alt, meta }
}

/// Keys anywhere on the page, while no field has the focus.
pub(super) fn listen_to_keys(bench: Bench) {
    let down = window_event_listener(ev::keydown, move |event| {
        if browser::is_typing(&event) || event.default_prevented() {
            return;
        }
        let Some(key) = Key::from_dom(&event.key()) else { return };
        let on_button = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|e| e.closest("button, a, summary, label, [role=radio]").ok().flatten().is_some());
        let modifiers = modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key());
        // Enter and space press what has the focus, arrows move among radio buttons.
        let is_for_button = !modifiers.command()
            && matches!(key, Key::Enter | Key::Space | Key::Up | Key::Down | Key::Left | Key::Right);
        if key == Key::Tab || (on_button && is_for_button) || (key == Key::Char('k') && modifiers.command()) {
            return;
        }
        if bench.act(|editor| editor.key(key, modifiers)).handled {
            event.prevent_default();
        }
    });
    let up = window_event_listener(ev::keyup, move |event| {
        if let Some(key) = Key::from_dom(&event.key()) {
            let object = bench.peek(|editor| editor.active().to_owned());
            let _ = bench.act(|editor| editor.handle(&object, &Event::KeyUp { key }));
        }
    });
    on_cleanup(move || {
        down.remove();
        up.remove();
    });
}

fn cursor_name(cursor: Cursor) -> &'static str {
    match cursor {
        Cursor::Default => "default",
        Cursor::Pointer => "pointer",
        Cursor::Crosshair => "crosshair",
        Cursor::Grab => "grab",
        Cursor::Grabbing => "grabbing",
        Cursor::Move => "move",
        Cursor::ResizeVertical => "ns-resize",
        Cursor::ResizeHorizontal => "ew-resize",
        Cursor::ResizeFalling => "nwse-resize",
        Cursor::ResizeRising => "nesw-resize",
    }
}
