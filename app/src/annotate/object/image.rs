//! An image to draw on: events in, redraw out.
//!
//! The picture is an `<img>` until it has loaded, so that the server's page already shows it; from then on two canvases
//! take over: the still one is repainted when something has changed, the lively one on every move.

use domain::region::{ImageSize, ScreenVector};
use editor::annotate::{Editor, Response};
use editor::input::Event;
use leptos::task::spawn_local;
use leptos::{ev, html, prelude::*};
use web_sys::{CanvasRenderingContext2d, HtmlImageElement};

use super::Shown;
use crate::annotate::bench::Bench;
use crate::annotate::browser;
use crate::annotate::canvas::{
    Repaint, Toolbar, ZoomBar, cursor_name, modifiers_of, observe_size, paint, paint_layer, place_of, pointer_of,
    size_of,
};
use crate::ui::{Button, Icon, Size, lu};

/// An `<Image>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    let (name, src) = (shown.name.clone(), shown.address());
    view! { <ImageSurface bench=shown.bench name src/> }.into_any()
}

#[component]
fn ImageSurface(
    bench: Bench,
    /// The object's name.
    name: String,
    /// Where the picture is; empty when the task has none.
    src: String,
) -> impl IntoView {
    let object = StoredValue::new(name.clone());
    let frame = NodeRef::<html::Div>::new();
    let image = NodeRef::<html::Img>::new();
    let (still, lively) = (NodeRef::<html::Canvas>::new(), NodeRef::<html::Canvas>::new());
    let ready = RwSignal::new(false);
    let failed = RwSignal::new(false);
    let reason = RwSignal::new(None::<String>);

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
        let (Some(size), Some(image)) = (size_of(frame), image.get_untracked()) else { return };
        object.with_value(|object| {
            if paint_still && let Some(canvas) = still.get_untracked() {
                paint_layer(&canvas, size, |canvas| {
                    bench.peek(|editor| {
                        draw_image(canvas, editor, object, &image);
                        paint(canvas, &editor.still(object), size.width, size.height);
                    });
                });
            }
            if let Some(canvas) = lively.get_untracked() {
                paint_layer(&canvas, size, |canvas| {
                    bench.peek(|editor| paint(canvas, &editor.lively(object), size.width, size.height));
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

    let address = StoredValue::new(src.clone());
    Effect::new(move |_| {
        if failed.get() {
            spawn_local(async move {
                let sentence = browser::why_no_picture(&address.get_value()).await;
                // The page may have gone on to another task.
                let _ = reason.try_set(Some(sentence));
            });
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
                    move || (failed.get() || src.is_empty()).then(|| trouble(&src, reason, image, failed))
                }
            </div>
            <ZoomBar name/>
        </div>
    }
    .into_any()
}

fn resize(bench: Bench, object: StoredValue<String>, frame: NodeRef<html::Div>) {
    let Some(size) = size_of(frame) else { return };
    object.with_value(|object| {
        let _ = bench.act(|editor| Response { panels: true, ..editor.resize_surface(object, size) });
    });
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

/// What stands in the place of a picture that is not there; everything else of the task can be used.
fn trouble(src: &str, reason: RwSignal<Option<String>>, image: NodeRef<html::Img>, failed: RwSignal<bool>) -> AnyView {
    if src.is_empty() {
        return view! {
            <p class="surface-trouble" role="alert"><Icon icon=lu::LuImageOff/>"This task has no picture here."</p>
        }
        .into_any();
    }
    let address = src.to_owned();
    let again = move |_| {
        reason.set(None);
        failed.set(false);
        if let Some(image) = image.get_untracked() {
            image.set_src(&image.src());
        }
    };
    view! {
        <div class="surface-trouble" role="alert" on:pointerdown=|event| event.stop_propagation()>
            <Icon icon=lu::LuImageOff/>
            <div>
                <p>{move || reason.get().unwrap_or_else(|| "The picture could not be loaded.".to_owned())}</p>
                <p class="muted small object-address">{address}</p>
            </div>
            <Button size=Size::Small icon=lu::LuRotateCw on:click=again>"Try again"</Button>
        </div>
    }
    .into_any()
}
