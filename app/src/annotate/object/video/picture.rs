//! The boxes on the picture of a video.

use domain::region::ScreenPoint;
use editor::annotate::{Cursor, FilmBox, FilmPath};
use editor::input::{Event, Key};
use editor::paint::Piece;
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
        let (boxes, paths) = object
            .with_value(|name| bench.peek(|editor| (editor.film_boxes(name, size), editor.film_paths(name, size))));
        paint_layer(&canvas, size, |context| {
            for path in &paths {
                paint_path(context, path);
            }
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
            bench.act(|editor| {
                let known = editor.film_key(name, key, modifiers, duration.get_value());
                known.or_else(|| editor.line_key(name, key, modifiers)).unwrap_or_default()
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
    write_title(canvas, &film.title, &film.color, ScreenPoint::new(0.0, 0.0));
    canvas.restore();
}

/// The labels of a thing above its upper left corner.
fn write_title(canvas: &Canvas, title: &str, color: &str, at: ScreenPoint) {
    if !title.is_empty() {
        canvas.set_font("600 11px ui-sans-serif, system-ui, sans-serif");
        canvas.set_text_baseline("middle");
        let words = canvas.measure_text(title).map_or(40.0, |metrics| metrics.width());
        canvas.begin_path();
        let _ = canvas.round_rect_with_f64(at.x, at.y - 19.0, words + 10.0, 17.0, 4.0);
        canvas.set_fill_style_str(color);
        canvas.fill();
        // White words on a veil of black: readable on every color people choose.
        canvas.set_fill_style_str("rgb(0 0 0 / 0.42)");
        canvas.fill();
        canvas.set_fill_style_str("#fff");
        let _ = canvas.fill_text(title, at.x + 5.0, at.y - 10.0);
    }
}

fn paint_path(canvas: &Canvas, path: &FilmPath) {
    let strong = path.selected || path.hovered;
    canvas.save();
    canvas.begin_path();
    for piece in &path.pieces {
        match *piece {
            Piece::Move(at) => canvas.move_to(at.x, at.y),
            Piece::Line(at) => canvas.line_to(at.x, at.y),
            Piece::Curve(a, b, at) => canvas.bezier_curve_to(a.x, a.y, b.x, b.y, at.x, at.y),
            Piece::Close => canvas.close_path(),
        }
    }
    if path.closed {
        canvas.set_fill_style_str(&path.color);
        canvas.set_global_alpha(if strong { 0.28 } else { 0.14 });
        canvas.fill();
        canvas.set_global_alpha(1.0);
    }
    if !path.is_keyframe {
        // Between keyframes nobody has looked at it. Refused only for what is no list.
        let _ = canvas.set_line_dash(&js_sys::Array::of2(&6.0.into(), &4.0.into()));
    }
    for (color, line) in [("rgb(0 0 0 / 0.35)", 3.5), (path.color.as_str(), 2.0)] {
        canvas.set_stroke_style_str(color);
        canvas.set_line_width(if strong { line + 0.5 } else { line });
        canvas.stroke();
    }
    let _ = canvas.set_line_dash(&js_sys::Array::new());
    canvas.set_stroke_style_str("#3e63dd");
    canvas.set_fill_style_str("#fff");
    canvas.set_line_width(1.5);
    canvas.begin_path();
    for [from, to] in &path.stems {
        canvas.move_to(from.x, from.y);
        canvas.line_to(to.x, to.y);
    }
    canvas.set_line_width(1.0);
    canvas.stroke();
    canvas.set_line_width(1.5);
    for [_, handle] in &path.stems {
        canvas.begin_path();
        let _ = canvas.arc(handle.x, handle.y, 3.0, 0.0, std::f64::consts::TAU);
        canvas.fill();
        canvas.stroke();
    }
    for knob in &path.knobs {
        canvas.begin_path();
        let _ = canvas.arc(knob.x, knob.y, 4.5, 0.0, std::f64::consts::TAU);
        canvas.fill();
        canvas.stroke();
    }
    if let Some((title, at)) = &path.title {
        write_title(canvas, title, &path.color, *at);
    }
    canvas.restore();
}
