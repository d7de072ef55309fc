//! The whole picture small, with the part that is shown; a press or a drag shows another.

use domain::region::{ImagePoint, ScreenPoint};
use leptos::{ev, html, prelude::*};

use crate::annotate::bench::Bench;

/// The picture small, while it is not all to be seen.
#[component]
pub(in crate::annotate) fn Minimap(
    bench: Bench,
    /// The object shown.
    name: String,
    /// Where the picture is.
    #[prop(into)]
    src: Signal<String>,
) -> impl IntoView {
    let object = StoredValue::new(name);
    let is_needed = Memo::new(move |_| {
        bench.still.track();
        bench.peek(|editor| object.with_value(|object| editor.view(object).is_some_and(|view| !view.shows_all())))
    });
    move || is_needed.get().then(|| map(bench, object, src))
}

fn map(bench: Bench, object: StoredValue<String>, src: Signal<String>) -> AnyView {
    let frame = NodeRef::<html::Div>::new();
    // The corners of the surface on the picture, in thousandths of its sides: a turned view is a turned frame.
    let corners = move || {
        bench.still.track();
        bench.peek(|editor| {
            object.with_value(|object| {
                let view = editor.view(object)?;
                let (size, surface) = (view.image(), view.surface());
                let (w, h) = (surface.width, surface.height);
                let corners = [(0.0, 0.0), (w, 0.0), (w, h), (0.0, h)].map(|(x, y)| {
                    let at = view.image_from_screen(ScreenPoint::new(x, y));
                    let part = |at: f64, side: f64| (at / side * 1_000.0).clamp(0.0, 1_000.0);
                    format!("{:.1},{:.1}", part(at.x, size.width), part(at.y, size.height))
                });
                Some(corners.join(" "))
            })
        })
    };
    let points = move || corners().unwrap_or_default();
    let go = move |event: &ev::PointerEvent| {
        let Some(place) = frame.get_untracked().map(|frame| frame.get_bounding_client_rect()) else { return };
        let part = |at: i32, from: f64, side: f64| (f64::from(at) - from) / side.max(1.0);
        let (x, y) =
            (part(event.client_x(), place.left(), place.width()), part(event.client_y(), place.top(), place.height()));
        let _ = bench.act(|editor| {
            object.with_value(|object| {
                let Some(size) = editor.view(object).map(editor::view::Viewport::image) else {
                    return editor::annotate::Response::default();
                };
                editor.center_on(object, ImagePoint::new(x * size.width, y * size.height))
            })
        });
    };
    let on_down = move |event: ev::PointerEvent| {
        event.prevent_default();
        if let Some(frame) = frame.get_untracked() {
            // Refused when the pointer is already gone.
            let _ = frame.set_pointer_capture(event.pointer_id());
        }
        go(&event);
    };
    let on_move = move |event: ev::PointerEvent| {
        if event.buttons() & 1 == 1 {
            go(&event);
        }
    };
    view! {
        // The view is moved by keys elsewhere: this is one more way, for pointers.
        <div class="minimap" aria-hidden="true" node_ref=frame on:pointerdown=on_down on:pointermove=on_move>
            <img src=src alt="" draggable="false"/>
            <svg viewBox="0 0 1000 1000" preserveAspectRatio="none"><polygon points=points></polygon></svg>
        </div>
    }
    .into_any()
}
