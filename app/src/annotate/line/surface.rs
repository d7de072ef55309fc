//! A line to work on: events in, redraw out. What lies under the pieces is painted by whoever shows the line.

use domain::region::ScreenSize;
use editor::annotate::Line;
use editor::input::{Event, Key};
use leptos::{ev, html, prelude::*};
use web_sys::CanvasRenderingContext2d;

use super::painter::{self, Colors};
use crate::annotate::bench::Bench;
use crate::annotate::canvas::{
    Repaint, cursor_name, hold_pointer, modifiers_of, observe_size, paint_layer, pointer_of, size_of, wheel_of,
};
use crate::shell::use_theme;

/// Paints what lies under the pieces.
pub(in crate::annotate) type Ground =
    std::sync::Arc<dyn Fn(&CanvasRenderingContext2d, &Line, ScreenSize, &Colors) + Send + Sync>;

/// The surface of an object whose line has been opened.
#[component]
pub(in crate::annotate) fn LineSurface(
    bench: Bench,
    /// The object's name.
    name: String,
    /// What it is called for people who do not see it.
    label: String,
    /// CSS pixels, ruler included.
    #[prop(into)]
    height: Signal<f64>,
    /// What lies under the pieces.
    ground: Ground,
    /// Rises when the ground has changed by itself.
    changed: Signal<u32>,
) -> impl IntoView {
    let object = StoredValue::new(name.clone());
    let frame = NodeRef::<html::Div>::new();
    let (still, lively) = (NodeRef::<html::Canvas>::new(), NodeRef::<html::Canvas>::new());
    let theme = use_theme();
    let queue = Repaint::new(move |paint_still| {
        let Some(size) = size_of(frame) else { return };
        if paint_still && let Some(canvas) = still.get_untracked() {
            let colors = Colors::of(&canvas);
            paint_layer(&canvas, size, |context| {
                // Copied out: what paints may ask the editor things of its own.
                let line = object.with_value(|name| bench.peek(|editor| editor.line(name).cloned()));
                if let Some(line) = line {
                    painter::numbers(context, &line, size, &colors);
                    ground(context, &line, size, &colors);
                }
            });
        }
        if let Some(canvas) = lively.get_untracked() {
            let colors = Colors::of(&canvas);
            paint_layer(&canvas, size, |context| {
                object.with_value(|name| {
                    bench.peek(|editor| {
                        if let Some(line) = editor.line(name) {
                            painter::lively(
                                context,
                                line,
                                &editor.pieces(name),
                                &editor.track_rows(name),
                                size,
                                &colors,
                            );
                        }
                    });
                });
            });
        }
    });
    Effect::new(move |_| {
        bench.still.track();
        changed.track();
        theme.track_colors();
        queue.ask(true);
    });
    Effect::new(move |_| {
        bench.lively.track();
        queue.ask(false);
    });
    observe_size(frame, move || {
        if let Some(size) = size_of(frame) {
            object.with_value(|name| {
                let _ = bench.act(|editor| editor.resize_line(name, size));
            });
        }
    });
    let send = move |event: Event| object.with_value(|name| bench.act(|editor| editor.handle(name, &event)));
    let on_down = move |event: ev::PointerEvent| {
        let Some(pointer) = pointer_of(&event, frame) else { return };
        hold_pointer(&event, frame);
        if send(Event::PointerDown(pointer)).handled {
            event.prevent_default();
        }
    };
    let on_wheel = move |event: ev::WheelEvent| {
        if wheel_of(&event, frame).is_some_and(|wheel| send(wheel).handled) {
            event.prevent_default();
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let Some(key) = Key::from_dom(&event.key()) else { return };
        let modifiers = modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key());
        let known =
            object.with_value(|name| bench.act(|editor| editor.line_key(name, key, modifiers).unwrap_or_default()));
        if known.handled {
            // The page's own listener comes next and leaves alone what has been dealt with.
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
    let cursor = move || {
        bench.lively.track();
        object.with_value(|name| cursor_name(bench.read(|editor| editor.line_cursor(name))))
    };
    view! {
        <div
            class="line-surface"
            role="application"
            aria-label=label
            tabindex="0"
            data-object=name
            data-cursor=cursor
            style=move || format!("block-size: {}px", height.get())
            node_ref=frame
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=on_up
            on:pointercancel=move |_| { let _ = send(Event::PointerCancel); }
            on:pointerleave=move |_| { let _ = send(Event::PointerLeave); }
            on:wheel=on_wheel
            on:keydown=on_key
        >
            <canvas class="line-layer" aria-hidden="true" node_ref=still></canvas>
            <canvas class="line-layer" aria-hidden="true" node_ref=lively></canvas>
        </div>
    }
    .into_any()
}
