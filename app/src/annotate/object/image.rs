//! An image to draw on: events in, redraw out.
//!
//! The picture is an `<img>`, so that the server's page already shows it; once it has loaded it is moved and scaled with
//! the view. Above it lie the still layer, repainted where something has changed, and the lively one, repainted on every
//! move.

use domain::region::ImageSize;
use editor::annotate::{Editor, Picture, Response, Stale};
use editor::input::Event;
use editor::view::Viewport;
use leptos::task::spawn_local;
use leptos::{ev, html, prelude::*};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlImageElement};

use super::Shown;
use super::source::{Source, State};
use super::tiles::TileLayer;
use super::trouble::unreadable;
use crate::annotate::bench::{Bench, OpenedTask};
use crate::annotate::canvas::{
    self, Light, Minimap, Repaint, SmartBar, StillLayer, TipBar, Toolbar, ZoomBar, cursor_name, hold_pointer,
    observe_size, paint, paint_layer, pointer_of, size_of, wheel_of,
};
use crate::annotate::comments::pins;
use crate::ui::{Button, Icon, ProgressBar, Size, lu, use_toasts};

/// An `<Image>` of the interface.
pub(super) fn view(shown: &Shown) -> AnyView {
    if shown.value.as_ref().is_some_and(|value| !value.is_string() && !value.is_null()) {
        return unreadable("This task's picture is no address that can be loaded.");
    }
    let (name, src) = (shown.name.clone(), shown.address());
    let task = use_context::<OpenedTask>();
    view! { <ImageSurface bench=shown.bench title=name.clone() name src task/> }.into_any()
}

#[component]
pub(super) fn ImageSurface(
    bench: Bench,
    /// The object's name.
    name: String,
    /// What it is called for people who do not see it.
    title: String,
    /// Where the picture is; empty when the task has none.
    src: String,
    /// The task that names it; none in a preview, and for what this server has made itself.
    task: Option<OpenedTask>,
) -> impl IntoView {
    let object = StoredValue::new(name.clone());
    let frame = NodeRef::<html::Div>::new();
    let image = NodeRef::<html::Img>::new();
    let still = NodeRef::<html::Canvas>::new();
    let lively = NodeRef::<html::Canvas>::new();
    let toasts = use_toasts();
    let ready = RwSignal::new(false);
    let source = Source::new(task, src.clone());
    let tiles = NodeRef::<html::Div>::new();
    let light = RwSignal::new(Light::new());
    Effect::new(move |_| {
        let light = light.get();
        if let Some(image) = image.get() {
            light.shine_on(&image);
        }
        if let Some(tiles) = tiles.get() {
            light.shine_on(&tiles);
        }
    });

    let measured = move |size: ImageSize| {
        object.with_value(|object| bench.measure(object, size));
        resize(bench, object, frame);
        ready.set(true);
    };
    let measure = move || {
        if let Some(size) = source.arrived(image) {
            measured(size);
        }
    };
    Effect::new(move |_| {
        if let State::Cut(grid) = source.state.get()
            && let Some(size) = ImageSize::new(f64::from(grid.width), f64::from(grid.height))
        {
            measured(size);
        }
    });
    Effect::new(move |_| {
        // The picture may have loaded before the page came alive, or failed, which looks the same.
        let Some(element) = image.get() else { return };
        if !element.complete() {
            source.watch(image);
        } else if !source.cut_if_too_large(&element) {
            let decoded = JsFuture::from(element.decode());
            spawn_local(async move {
                match decoded.await {
                    // The page may have gone on to another task.
                    Ok(_) if image.try_get_untracked().flatten().is_some() => measure(),
                    Ok(_) => {}
                    Err(_) => source.broke(image),
                }
            });
        }
    });
    // While a pointer is down nothing moves under it: what changes the place of the picture then is made up for later.
    let held = StoredValue::new(false);
    let owed = StoredValue::new(false);
    observe_size(frame, move || {
        if held.get_value() {
            owed.set_value(true);
        } else {
            resize(bench, object, frame);
        }
    });
    let let_go = move || {
        held.set_value(false);
        if owed.get_value() {
            owed.set_value(false);
            resize(bench, object, frame);
        }
    };

    // Begun in the browser, in its one thread: the server only ever holds none.
    let layer = StoredValue::new(None::<SendWrapper<StillLayer>>);
    let cut = StoredValue::new(None::<SendWrapper<TileLayer>>);
    let again = StoredValue::new(None::<Repaint>);
    let bare = StoredValue::new(true);
    let wake = move || {
        // The page may have gone on to another task.
        if let Some(queue) = again.try_get_value().flatten() {
            queue.ask(true);
        }
    };
    let queue = Repaint::new(move |paint_still| {
        let Some(image) = image.get_untracked() else { return };
        object.with_value(|object| {
            if paint_still && let Some(canvas) = still.get_untracked() {
                if let (State::Cut(grid), Some(root)) = (source.state.get_untracked(), tiles.get_untracked()) {
                    cut.update_value(|cut| {
                        if cut.as_ref().is_none_or(|layer| !layer.is_in(&root)) {
                            let address = move |level, column, row| source.tile(level, column, row);
                            *cut = Some(SendWrapper::new(TileLayer::new(root.into(), grid, address, wake)));
                        }
                        if let (Some(layer), Some(view)) = (cut, bench.peek(|editor| editor.view(object).copied())) {
                            layer.place(&view);
                        }
                    });
                } else {
                    bench.peek(|editor| place_image(editor, object, &image));
                }
                let stale = bench.quietly(|editor| editor.take_stale(object)).unwrap_or(Stale::All);
                layer.update_value(|layer| {
                    let layer = layer.get_or_insert_with(|| SendWrapper::new(StillLayer::new(wake)));
                    bench.peek(|editor| layer.frame(&canvas, editor, object, &stale));
                });
            }
            if let Some(canvas) = lively.get_untracked() {
                bench.peek(|editor| {
                    // What the surface has told: asking the page would have it laid out at once.
                    let Some(size) = editor.view(object).map(Viewport::surface) else { return };
                    let paints = editor.lively(object);
                    // An empty layer that stays empty costs nothing, one that is cleared is handed to the screen anew.
                    if bare.get_value() && paints.is_empty() {
                        return;
                    }
                    bare.set_value(paints.is_empty());
                    paint_layer(&canvas, size, |canvas| paint(canvas, &paints, size.width, size.height));
                });
            }
        });
    });
    again.set_value(Some(queue));
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

    // The wand looks at colors, which a browser tells of this server's pictures only.
    let wants_colors =
        Memo::new(move |_| bench.read(|editor| object.with_value(|object| editor.wants_picture(object))));
    Effect::new(move |_| {
        if source.state.get() != State::Whole || !wants_colors.get() {
            return;
        }
        let Some(image) = image.get_untracked() else { return };
        match colors_of(&image) {
            Some(picture) => {
                let _ = object.with_value(|object| bench.quietly(|editor| editor.set_picture(object, picture)));
            }
            None => source.ask_for_colors(&image),
        }
    });

    let send = move |event: Event| object.with_value(|object| bench.act(|editor| editor.handle(object, &event)));
    let cursor = move || {
        bench.lively.track();
        object.with_value(|object| cursor_name(bench.read(|editor| editor.cursor(object))))
    };
    let on_down = move |event: ev::PointerEvent| {
        let Some(pointer) = pointer_of(&event, frame) else { return };
        hold_pointer(&event, frame);
        held.set_value(true);
        if object.with_value(|object| bench.peek(|editor| editor.wants_picture(object))) {
            toasts.info(match source.state.get_untracked() {
                State::Cut(_) => "The magic wand cannot look at a picture of this size.",
                _ => "The magic wand cannot look at this picture: the server it comes from does not allow it.",
            });
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
        let_go();
    };
    let on_wheel = move |event: ev::WheelEvent| {
        if wheel_of(&event, frame).is_some_and(|wheel| send(wheel).handled) {
            event.prevent_default();
        }
    };
    // All of it in a single tile.
    let small = Signal::derive(move || match source.state.get() {
        State::Cut(grid) => source.tile(grid.levels().len() - 1, 0, 0),
        _ => source.loads().get(),
    });
    let label = if bench.peek(Editor::is_read_only) {
        format!("Picture “{title}”. Its regions can be picked in the list of regions.")
    } else {
        format!("Picture “{title}”. Regions can be drawn with the tools, and picked in the list of regions.")
    };
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
                on:pointercancel=move |_| { let _ = send(Event::PointerCancel); let_go(); }
                on:pointerleave=move |_| { let _ = send(Event::PointerLeave); }
                on:wheel=on_wheel
                on:contextmenu=move |event| event.prevent_default()
            >
                {(!src.is_empty()).then(|| view! {
                    <img
                        class="surface-image"
                        class:is-missing=move || !matches!(source.state.get(), State::Coming | State::Whole)
                        src=move || Some(source.loads().get()).filter(|loads| !loads.is_empty())
                        alt=""
                        draggable="false"
                        decoding="async"
                        node_ref=image
                        on:load=move |_| measure()
                        on:error=move |_| source.broke(image)
                    />
                })}
                {move || matches!(source.state.get(), State::Cut(_)).then(|| view! {
                    <div class="surface-tiles" aria-hidden="true" node_ref=tiles></div>
                })}
                <canvas class="surface-layer" aria-hidden="true" node_ref=still></canvas>
                <canvas class="surface-layer" aria-hidden="true" node_ref=lively></canvas>
                {pins(bench, object)}
                {
                    let src = src.clone();
                    move || match source.state.get() {
                        _ if src.is_empty() => Some(missing()),
                        State::Failed(reason) => Some(trouble(&src, reason, source, image)),
                        State::Cutting(share) => Some(cutting(share)),
                        State::Coming | State::Whole | State::Cut(_) => None,
                    }
                }
            </div>
            <TipBar/>
            <SmartBar name=name.clone()/>
            {(!src.is_empty()).then(|| view! { <Minimap bench name=name.clone() src=small/> })}
            <ZoomBar name light/>
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

/// Moves and scales the picture with the view: the browser's compositor does it, however large the picture.
fn place_image(editor: &Editor, object: &str, image: &HtmlImageElement) {
    let Some(view) = editor.view(object) else { return };
    let [a, b, c, d, e, f] = view.screen_from_image_transform().as_coeffs();
    let size = view.image();
    // Real pixels once they are large enough to be counted.
    let rendering = if view.zoom() * canvas::ratio() < 4.0 { "auto" } else { "pixelated" };
    // Named in full: views have a method of the same name.
    let style = web_sys::HtmlElement::style(image);
    for (name, value) in [
        ("width", format!("{}px", size.width)),
        ("height", format!("{}px", size.height)),
        ("transform", format!("matrix({a}, {b}, {c}, {d}, {e}, {f})")),
        ("image-rendering", rendering.to_owned()),
    ] {
        // Refused only for what is no style.
        let _ = style.set_property(name, &value);
    }
}

/// The colors of a picture; none where its server does not allow other pages to read them.
fn colors_of(image: &HtmlImageElement) -> Option<Picture> {
    let (width, height) = (image.natural_width(), image.natural_height());
    let canvas = document().create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    canvas.set_width(width);
    canvas.set_height(height);
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.draw_image_with_html_image_element(image, 0.0, 0.0).ok()?;
    let data = context.get_image_data(0.0, 0.0, f64::from(width), f64::from(height)).ok()?;
    Picture::new(width, height, data.data().0)
}

fn missing() -> AnyView {
    view! { <p class="surface-trouble" role="alert"><Icon icon=lu::LuImageOff/>"This task has no picture here."</p> }
        .into_any()
}

/// A picture of very many pixels is being made ready for the first time.
fn cutting(share: f64) -> AnyView {
    view! {
        <div class="surface-trouble" role="status">
            <div class="surface-making">
                <p>"This picture is very large. It is being cut into tiles, once for everybody."</p>
                <ProgressBar label="Cutting".to_owned() value=Signal::derive(move || Some(share))/>
            </div>
        </div>
    }
    .into_any()
}

/// What stands in the place of a picture that is not there; everything else of the task can be used.
fn trouble(src: &str, reason: Option<String>, source: Source, image: NodeRef<html::Img>) -> AnyView {
    let address = src.to_owned();
    let again = move |_| source.again(image);
    view! {
        <div class="surface-trouble" role="alert" on:pointerdown=|event| event.stop_propagation()>
            <Icon icon=lu::LuImageOff/>
            <div>
                <p>{reason.unwrap_or_else(|| "The picture could not be loaded.".to_owned())}</p>
                <p class="muted small object-address">{address}</p>
            </div>
            <Button size=Size::Small icon=lu::LuRotateCw on:click=again>"Try again"</Button>
        </div>
    }
    .into_any()
}
