//! The whole of a line in small, with a window over what is shown: drag it, or its edges.

use leptos::{ev, html, prelude::*};

use crate::annotate::bench::Bench;

/// What of the window is held.
#[derive(Clone, Copy, PartialEq)]
enum Held {
    Start,
    End,
    Whole,
}

/// The window over a line. What lies under it is handed in.
#[component]
pub(in crate::annotate) fn Overview(
    bench: Bench,
    /// The object's name.
    name: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let object = StoredValue::new(name);
    let frame = NodeRef::<html::Div>::new();
    let held = StoredValue::new(None::<(Held, f64, (f64, f64))>);
    let window_style = move || {
        bench.still.track();
        object.with_value(|name| {
            bench.read(|editor| {
                let line = editor.line(name)?;
                let ((low, high), (from, to)) = (line.axis().whole(), line.shown());
                let share = |at: f64| (at - low) / (high - low) * 100.0;
                Some(format!("inset-inline: {:.4}% {:.4}%", share(from), 100.0 - share(to)))
            })
        })
    };
    // Where on the line a pointer is, and how much of the line is one CSS pixel.
    let place = move |event: &ev::PointerEvent| {
        let rect = frame.get_untracked()?.get_bounding_client_rect();
        let (low, high) = object.with_value(|name| bench.peek(|editor| Some(editor.line(name)?.axis().whole())))?;
        let per_pixel = (high - low) / rect.width().max(1.0);
        Some((low + (f64::from(event.client_x()) - rect.left()) * per_pixel, per_pixel))
    };
    let look = move |from: f64, to: f64| {
        object.with_value(|name| {
            let _ = bench.act(|editor| editor.look_along(name, from, to));
        });
    };
    let on_down = move |event: ev::PointerEvent| {
        let Some((at, per_pixel)) = place(&event).filter(|_| event.button() == 0) else { return };
        let Some(shown) = object.with_value(|name| bench.peek(|editor| Some(editor.line(name)?.shown()))) else {
            return;
        };
        let near = per_pixel * 7.0;
        let (from, to) = shown;
        let (grip, shown) = if (at - from).abs() < near {
            (Held::Start, shown)
        } else if (at - to).abs() < near {
            (Held::End, shown)
        } else if (from..to).contains(&at) {
            (Held::Whole, shown)
        } else {
            // Beside it: the window comes here.
            let half = (to - from) / 2.0;
            look(at - half, at + half);
            (Held::Whole, (at - half, at + half))
        };
        held.set_value(Some((grip, at, shown)));
        if let Some(frame) = frame.get_untracked() {
            // Refused when the pointer is already gone.
            let _ = frame.set_pointer_capture(event.pointer_id());
        }
        event.prevent_default();
    };
    let on_move = move |event: ev::PointerEvent| {
        let (Some((grip, pressed, (from, to))), Some((at, _))) = (held.get_value(), place(&event)) else { return };
        match grip {
            Held::Whole => look(from + at - pressed, to + at - pressed),
            Held::Start => look(at.min(to), to),
            Held::End => look(from, at.max(from)),
        }
    };
    view! {
        <div
            class="line-overview"
            aria-hidden="true"
            node_ref=frame
            on:pointerdown=on_down
            on:pointermove=on_move
            on:pointerup=move |_| held.set_value(None)
            on:pointercancel=move |_| held.set_value(None)
        >
            {children.map(|children| children())}
            <div class="line-window" style=window_style></div>
        </div>
    }
    .into_any()
}
