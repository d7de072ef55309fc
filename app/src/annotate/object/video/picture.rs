//! The boxes on the picture of a video.

use editor::annotate::{Cursor, FilmBox};
use editor::input::{Event, Key};
use leptos::{ev, html, prelude::*};
use web_sys::CanvasRenderingContext2d as Canvas;

use crate::annotate::bench::Bench;
use crate::annotate::canvas::{
    Repaint, cursor_name, hold_pointer, modifiers_of, observe_size, paint_layer, pointer_of, size_of,
};

/// What lies over the picture: the boxes of the frame in sight, and the hands that move them.
#[component]
pub(super) fn Picture(
    bench: Bench,
    /// The object's name.
    object: StoredValue<String>,
    /// Seconds of the video.
    duration: StoredValue<f64>,
) -> impl IntoView {
    let frame = NodeRef::<html::Div>::new();
    let canvas = NodeRef::<html::Canvas>::new();
    let queue = Repaint::new(move |_| {
        let (Some(size), Some(canvas)) = (size_of(frame), canvas.get_untracked()) else { return };
        let boxes = object.with_value(|name| bench.peek(|editor| editor.film_boxes(name, size)));
        paint_layer(&canvas, size, |context| {
            for film in &boxes {
                paint(context, film, size.width, size.height);
            }
        });
    });
    Effect::new(move |_| {
        bench.lively.track();
        queue.ask(false);
    });
    observe_size(frame, move || queue.ask(false));
    let send = move |event: Event| {
        let Some(size) = size_of(frame) else { return };
        object.with_value(|name| {
            let _ = bench.act(|editor| editor.handle_film(name, &event, size, duration.get_value()));
        });
    };
    let on_down = move |event: ev::PointerEvent| {
        let Some(pointer) = pointer_of(&event, frame) else { return };
        hold_pointer(&event, frame);
        send(Event::PointerDown(pointer));
        event.prevent_default();
    };
    let on_move = move |event: ev::PointerEvent| {
        if let Some(pointer) = pointer_of(&event, frame) {
            send(Event::PointerMove(pointer));
        }
    };
    let on_up = move |event: ev::PointerEvent| {
        if let Some(pointer) = pointer_of(&event, frame) {
            send(Event::PointerUp(pointer));
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        let Some(key) = Key::from_dom(&event.key()) else { return };
        let modifiers = modifiers_of(event.shift_key(), event.ctrl_key(), event.alt_key(), event.meta_key());
        let known = object.with_value(|name| {
            bench.act(|editor| match key {
                Key::Enter if !modifiers.command() => editor.place_on_film(name, duration.get_value()),
                Key::Up | Key::Down | Key::Left | Key::Right if modifiers.command() || modifiers.alt => {
                    editor.nudge_on_film(name, key, modifiers)
                }
                _ => editor.line_key(name, key, modifiers).unwrap_or_default(),
            })
        });
        if known.handled {
            event.prevent_default();
        }
    };
    let cursor = move || {
        bench.lively.track();
        let draws = object.with_value(|_| bench.peek(|editor| !editor.is_read_only()));
        let over = bench.peek(|editor| editor.hovered().is_some_and(|key| editor.selection().contains(&key)));
        cursor_name(if over {
            Cursor::Move
        } else if draws {
            Cursor::Crosshair
        } else {
            Cursor::Default
        })
    };
    let label = object.with_value(|name| {
        format!("Picture of video “{name}”. Enter places a box, Alt and the arrow keys move it; arrow keys go from frame to frame.")
    });
    view! {
        <div
            class="film-surface"
            role="application"
            aria-label=label
            tabindex="0"
            data-cursor=cursor
            node_ref=frame
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=on_up
            on:pointercancel=move |_| send(Event::PointerCancel)
            on:pointerleave=move |_| send(Event::PointerLeave)
            on:keydown=on_key
        >
            <canvas class="line-layer" aria-hidden="true" node_ref=canvas></canvas>
        </div>
    }
    .into_any()
}

fn paint(canvas: &Canvas, film: &FilmBox, width: f64, height: f64) {
    let rect = &film.rect;
    canvas.save();
    // Refused only for what is no number.
    let _ = canvas.translate(rect.x * width, rect.y * height);
    let _ = canvas.rotate(rect.rotation.to_radians());
    let (across, down) = (rect.width * width, rect.height * height);
    let strong = film.selected || film.hovered;
    canvas.set_fill_style_str(&film.color);
    canvas.set_global_alpha(if strong { 0.28 } else { 0.14 });
    canvas.fill_rect(0.0, 0.0, across, down);
    canvas.set_global_alpha(1.0);
    let dashes = js_sys::Array::new();
    if !film.is_keyframe {
        // Between keyframes nobody has looked at it.
        dashes.push(&6.0.into());
        dashes.push(&4.0.into());
    }
    let _ = canvas.set_line_dash(&dashes);
    for (color, line) in [("rgb(0 0 0 / 0.35)", 3.5), (film.color.as_str(), 2.0)] {
        canvas.set_stroke_style_str(color);
        canvas.set_line_width(if strong { line + 0.5 } else { line });
        canvas.stroke_rect(0.0, 0.0, across, down);
    }
    let _ = canvas.set_line_dash(&js_sys::Array::new());
    if film.selected && film.key.is_some() && rect.rotation == 0.0 {
        canvas.set_stroke_style_str("#3e63dd");
        canvas.set_line_width(1.5);
        for (x, y) in [(0.0, 0.0), (0.5, 0.0), (1.0, 0.0), (0.0, 0.5), (1.0, 0.5), (0.0, 1.0), (0.5, 1.0), (1.0, 1.0)] {
            canvas.set_fill_style_str("#fff");
            canvas.fill_rect(x * across - 4.0, y * down - 4.0, 8.0, 8.0);
            canvas.stroke_rect(x * across - 4.0, y * down - 4.0, 8.0, 8.0);
        }
    }
    if !film.title.is_empty() {
        canvas.set_font("600 11px ui-sans-serif, system-ui, sans-serif");
        canvas.set_text_baseline("middle");
        let words = canvas.measure_text(&film.title).map_or(40.0, |metrics| metrics.width());
        canvas.begin_path();
        let _ = canvas.round_rect_with_f64(0.0, -19.0, words + 10.0, 17.0, 4.0);
        canvas.set_fill_style_str(&film.color);
        canvas.fill();
        // White words on a veil of black: readable on every color people choose.
        canvas.set_fill_style_str("rgb(0 0 0 / 0.42)");
        canvas.fill();
        canvas.set_fill_style_str("#fff");
        let _ = canvas.fill_text(&film.title, 5.0, -10.0);
    }
    canvas.restore();
}
